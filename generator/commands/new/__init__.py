"""The command `new`: a fresh site."""
