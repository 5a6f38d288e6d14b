"""Threadpress turns saved discussion threads into a static, cross-linked HTML archive.

::

    content/ -> scan -> gather -> link -> plan -> render -> write -> output/       around it: the commands
    (files)   per group  per key  across  what    page      files
              parallel   parallel threads pages   parallel

`engine.build` is the spine. A package's docstring says which question it answers; `docs/architecture.md` walks a save
through all of them. What is named here is the public API; everything else may change.
"""

from generator.config import Config, load
from generator.engine import BuildReport, Order, build
from generator.errors import ConfigError, ContentError, OutputError, Problem, ThemeError, ThreadpressError
from generator.model import Author, Post, Reply, Thread

__all__ = [
    "Author",
    "BuildReport",
    "Config",
    "ConfigError",
    "ContentError",
    "Order",
    "OutputError",
    "Post",
    "Problem",
    "Reply",
    "ThemeError",
    "Thread",
    "ThreadpressError",
    "build",
    "load",
]
