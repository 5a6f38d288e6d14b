"""What does a Markdown save say? `markdown` reads the save; the others its front matter and its fences of code."""
