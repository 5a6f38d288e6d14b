"""How do the posts of a thread hang together, and how is that known? A name goes in, a tree for the terminal comes out.

`lookup` finds the thread, in a file or in the archive. `tree` draws it, a line for each post; `edit` writes a sidecar
to correct it with.
"""

from generator.commands.inspect.edit import sidecar_lines
from generator.commands.inspect.lookup import look_up
from generator.commands.inspect.tree import ASCII, LINES, tree_lines

__all__ = ["ASCII", "LINES", "look_up", "sidecar_lines", "tree_lines"]
