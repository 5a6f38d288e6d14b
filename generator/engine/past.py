"""Past: what the last build left, as values: each part of its state decoded when it is first asked for, and then kept.

A process that builds once gets it from the store; one that builds again and again (`Engine`) hands it on from build to
build, with more than the store holds. Nobody changes the values in it. No files.
"""

from __future__ import annotations

import functools
from typing import Any

from generator.engine.store import State, decode
from generator.output.records import Records
from generator.pages.plan import Web
from generator.site.authors import AuthorSum
from generator.site.facts import Facts
from generator.threads.content import InputFile


class Past:
    """What a build knows of the one before."""

    def __init__(self, state: State, web: Web | None = None, **known: Any) -> None:
        """Take a state; `known` are parts of it that need not be decoded any more."""
        self.state = state
        self.web = web
        """How that build linked and planned the site, if it was made in this process."""
        self.warm = False
        """Whether this process knows that the output was as the state says, and need not look at all of it again."""
        self.__dict__.update(known)

    def later(self, state: State, **known: Any) -> Past:
        """Give the past that has another state, with all that is known but for these parts."""
        others = {name: value for name, value in self.__dict__.items() if name not in ("state", "web", "warm")}
        return Past(state, self.web, **(others | known))

    @functools.cached_property
    def inputs(self) -> dict[str, InputFile]:
        """Saves and sidecars, by path."""
        return decode(self.state.inputs, dict[str, InputFile])

    @functools.cached_property
    def threads(self) -> list[Facts]:
        """Facts of all threads, oldest first."""
        return decode(self.state.threads, list[Facts])

    @functools.cached_property
    def authors(self) -> list[AuthorSum]:
        """All authors, ranked."""
        return decode(self.state.authors, list[AuthorSum])

    @functools.cached_property
    def rows(self) -> dict[str, bytes]:
        """Order key of each thread to the fingerprint of how author pages name it."""
        return decode(self.state.rows, dict[str, bytes])

    @functools.cached_property
    def pages(self) -> Records:
        """What is known of each file of ours."""
        return Records.unpacked(decode(self.state.pages, tuple[str, tuple[bytes, ...]]))
