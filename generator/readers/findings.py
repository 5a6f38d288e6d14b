"""Collect what a reader finds wrong in a save, as `Problem`s with line numbers.

Offsets into the text and messages come in, problems go out. Messages quote at most `QUOTED` characters of a save.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left
from collections.abc import Collection
from typing import Literal

from generator.errors import Problem, first_few
from generator.mending import nearest

QUOTED = 60
"""Most characters of a save that a message may quote."""
_QUOTATION = re.compile('".*"', re.DOTALL)
_PATIENCE = 20_000
"""How many words are compared for hints in one save: a long save may be wrong in many places for the same reason."""


class Findings:
    """The problems of one save, collected while it is read."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._path = path
        self._line_ends: list[int] | None = None
        self._problems: list[Problem] = []
        self._lines: set[int] = set()
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
        """Give all problems, by line; of many errors of one kind the first few, and how many more there are.

        Warnings are all given: each is about what somebody has to look at.
        """
        kinds: dict[tuple[str, str], list[Problem]] = {}
        for problem in sorted(self._problems):
            kind = problem.severity, _QUOTATION.sub("", problem.message)
            kinds.setdefault(kind, []).append(problem)
        told = (
            alike if severity == "warning" else first_few(alike, lambda problem: problem)
            for (severity, _), alike in kinds.items()
        )
        return tuple(sorted(itertools.chain.from_iterable(told)))

    def tells_of(self, offset: int) -> bool:
        """Say whether a problem with the line at an offset is among the findings: others may only follow from it."""
        return bool(self._problems) and self._line(offset) in self._lines

    def nearest(self, word: str, candidates: Collection[str]) -> str | None:
        """Find the candidate that was probably meant, if one is near and this was not done too often already."""
        self._patience -= len(candidates)
        return nearest(word, candidates) if self._patience >= 0 else None

    def _note(self, offset: int, message: str, hint: str, severity: Literal["error", "warning"]) -> None:
        line = self._line(offset)
        self._lines.add(line)
        self._problems.append(Problem(self._path, line, message, hint, severity))

    def _line(self, offset: int) -> int:
        if self._line_ends is None:  # most saves have no problems and need no line numbers
            self._line_ends = [end.start() for end in re.finditer("\n", self._text)]
        return bisect_left(self._line_ends, offset) + 1


def quote(text: str) -> str:
    """Quote the start of a text for a message: short, on one line, without control characters."""
    start = text[: QUOTED + 1].split("\n", 1)[0]
    if len(start) > QUOTED:
        start = start[: QUOTED - 1] + "…"
    return '"' + "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in start) + '"'
