"""How does a site begin? An empty folder goes in, a small site in it comes out; its files are copied from `fresh/`."""

from generator.commands.new.new import new

__all__ = ["new"]
