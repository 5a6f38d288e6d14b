"""The command `add`: saves from files, pipes and addresses into the content folder."""
