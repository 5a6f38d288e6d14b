"""The command `inspect`: a thread as a tree in the terminal."""
