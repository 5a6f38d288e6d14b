"""The site in a real browser: what reading the files can't show."""
