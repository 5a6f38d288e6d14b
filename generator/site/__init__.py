"""What do all threads together say? Facts of single threads in; order, authors, tags and months out."""
