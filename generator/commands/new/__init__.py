"""How does a site begin? An empty folder goes in, a small site in it comes out.

Its files are copied from `fresh/`, and beside them goes the program they were made with: `program` finds it, `wheel`
makes one file of it.
"""

from generator.commands.new.new import Fresh, new, new_lines
from generator.commands.new.upgrade import Upgrade, upgrade, upgrade_lines

__all__ = ["Fresh", "Upgrade", "new", "new_lines", "upgrade", "upgrade_lines"]
