"""What does a Markdown save say? `markdown` reads the save; the other modules its front matter and its fences of code."""
