"""Render the templates of a theme: in a fast way if the template allows it, else in the general way.

The fast way reads `a.b`, `a["b"]` and `a(b)` as Python does, which saves a third of the time in templates. If `a` has
no such attribute or entry (`a.b` is an entry of a table, or a template asks `a.b is defined`), Python raises an error.
Then the page is rendered in the general way, which reads these as Jinja2 does. If that works, the template needs it:
from then on it is rendered in the general way, and `slow` holds a warning. If it fails too, the template is wrong, and
its author is told what the general way raised. Any other error is the same in both ways.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from generator.errors import Problem
from generator.theme.blocks import Load
from generator.theme.environment import AttributeEnvironment, Environment
from generator.theme.slow import read_slow, write_slow


class Templates:
    """The templates of a theme, compiled when first used, or taken from the folder `compiled`."""

    def __init__(self, load: Load, compiled: str = "", names: Collection[str] = ()) -> None:
        self._load, self._compiled, self._names = load, compiled, names
        self._fast, self._general = AttributeEnvironment(load, compiled, names), Environment(load, compiled, names)
        self.slow: dict[str, Problem] = read_slow(compiled) if compiled else {}
        """A warning for each template that is rendered in the general way: where and why, and what to write instead."""

    def render(self, name: str, **values: Any) -> bytes:
        """Render a template as UTF-8; raises whatever it raises."""
        if name in self.slow:
            return self._general.render(name, values)
        try:
            return self._fast.render(name, values)
        except (AttributeError, LookupError, TypeError) as error:
            reason = error
        page = self._general.render(name, values)
        self.slow[name] = self._warn(name, reason)
        if self._compiled:
            write_slow(self._compiled, name, self.slow[name])
        return page

    def _warn(self, name: str, error: Exception) -> Problem:
        """Say where the fast way failed, and what to write there."""
        from generator.theme.mistakes import place_of

        files = {each: file[1] for each in self._names if (file := self._load(each))}
        path, line = place_of(error, files.get(name, name), files.values())
        if isinstance(error, AttributeError):
            what = f"something here has no attribute {error.name!r}"
            hint = f"write [{error.name!r}] for an entry of a table; `is defined` and `default` cost this too"
        else:
            what = f"Python can't do what stands here: {error}"
            hint = "ask for entries that are there, and call only what can be called"
        message = f"{name} is rendered more slowly, since {what}"
        return Problem(path, line, message, hint, "warning")
