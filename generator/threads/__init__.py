"""What is a thread, from all its saves? Files of the content folder in, threads out."""
