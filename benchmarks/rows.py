"""The values of a sitting: which builds are measured, and what was found."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.measure import Command, Run


class Row(msgspec.Struct, frozen=True):
    """A build that is measured, a row of the table."""

    key: str
    """Its name for `--only`."""
    name: str
    prepare: Callable[[], None]
    """Brings about what the build shall find; not measured."""
    work: Command | Callable[[], Run]
    """What is measured, or what measures itself."""
    output: Path
    rival: str
    """Key of the row whose wall time this one's is divided by."""


class Found(msgspec.Struct, frozen=True):
    """What was measured of one row."""

    key: str
    name: str
    rival: str
    runs: tuple[Run, ...]
    memory: int | None
    """Bytes at the peak, from a run of its own that is none of `runs`; None where no process is watched."""
    files: int
    size: int
    """Bytes in the output."""

    @property
    def wall(self) -> float:
        """Median wall time in seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """Median CPU time in seconds."""
        return statistics.median(run.cpu for run in self.runs)


class Size(msgspec.Struct, frozen=True):
    """All rows of one corpus."""

    threads: int
    posts: int
    rows: tuple[Found, ...]

    def row(self, key: str) -> Found | None:
        """Find a row by its key."""
        return next((row for row in self.rows if row.key == key), None)
