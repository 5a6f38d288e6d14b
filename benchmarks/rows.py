"""Which builds are measured, and what was measured."""

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
    """Prepares what the build starts from; not measured."""
    work: Command | Callable[[], Run]
    """The command to measure, or a function that measures itself."""
    output: Path
    rival: str
    """Key of the row whose wall time this one's is divided by."""


class Measured(msgspec.Struct, frozen=True):
    """What was measured of one row."""

    key: str
    name: str
    rival: str
    runs: tuple[Run, ...]
    memory: int | None
    """Most bytes of memory, from a separate run that is not in `runs`; None if no process is watched."""
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
    rows: tuple[Measured, ...]

    def row(self, key: str) -> Measured | None:
        """Find a row by its key."""
        return next((row for row in self.rows if row.key == key), None)
