"""What does each page show? Threads and what they say together in, pages as data out."""
