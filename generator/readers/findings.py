"""Collect what a reader finds wrong in a save, as `Problem`s with line numbers.

Offsets into the text and messages come in, problems go out. Messages quote at most `QUOTED` characters of a save.
"""

from __future__ import annotations

import difflib
import re
from bisect import bisect_left
from collections.abc import Collection
from typing import Literal

from generator.errors import Problem

QUOTED = 60
"""Most characters of a save that a message may quote."""
_PATIENCE = 20_000
"""How many words are compared for hints in one save: a long save may be wrong in many places for the same reason."""


class Findings:
    """The problems of one save, collected while it is read."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._line_ends: list[int] | None = None
        self._problems: list[Problem] = []
        self._patience = _PATIENCE
        self.failed = False

    def error(self, offset: int, message: str, hint: str) -> None:
        """Note a problem that makes the save unusable."""
        self.failed = True
        self._note(offset, message, hint, "error")

    def warn(self, offset: int, message: str, hint: str) -> None:
        """Note something that looks wrong but was read all the same."""
        self._note(offset, message, hint, "warning")

    def problems(self) -> tuple[Problem, ...]:
        """Give all problems, by line."""
        return tuple(sorted(self._problems))

    def nearest(self, word: str, candidates: Collection[str]) -> str | None:
        """Find the candidate that was probably meant, if one is near and this was not done too often already."""
        self._patience -= len(candidates)
        if self._patience < 0 or len(word) > QUOTED:
            return None
        return next(iter(difflib.get_close_matches(word, candidates, n=1)), None)

    def _note(self, offset: int, message: str, hint: str, severity: Literal["error", "warning"]) -> None:
        if self._line_ends is None:  # most saves have no problems and need no line numbers
            self._line_ends = [end.start() for end in re.finditer("\n", self._text)]
        line = bisect_left(self._line_ends, offset) + 1
        self._problems.append(Problem(self._path, line, message, hint, severity))


def quote(text: str) -> str:
    """Quote the start of a text for a message: short, on one line, without control characters."""
    start = text[: QUOTED + 1].split("\n", 1)[0]
    if len(start) > QUOTED:
        start = start[: QUOTED - 1] + "…"
    return '"' + "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in start) + '"'
