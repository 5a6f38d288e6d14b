"""Threadpress turns saved discussion threads into a static, cross-linked HTML archive.

::

    content/ -> scan -> ingest -> link -> plan -> render -> write -> output/    around it: cli, serve, check,
    (files)   per thread  per     across   what    page     files               add, publish, new
                         author  threads   pages

`readers` turn saves into `model` values, `merge` joins several saves of one thread, `replies` finds who answers whom,
`markup` makes safe HTML of texts, `theme` makes pages of values. `build` is the spine. What is named here is the
public API; everything else may change.
"""

from generator.config import Config, load
from generator.engine.build import BuildReport, Order, build
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
