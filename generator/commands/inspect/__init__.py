"""How do the posts of a thread hang together, and how is that known? A name goes in, a tree for the terminal comes out.

`lookup` finds the thread, in a file or in the archive; `tree` draws it, a line for each post.
"""

from generator.commands.inspect.lookup import look_up
from generator.commands.inspect.tree import ASCII, LINES, tree_lines

__all__ = ["ASCII", "LINES", "look_up", "tree_lines"]
