"""What lies in an output: its folder comes in, the paths of all files go out, or why it can't be checked at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from generator.errors import Problem, unreadable
from generator.urls import SUMS

FIRST = "run `threadpress build` first"


def unusable(output: Path, shown: str) -> Problem | None:
    """Say why an output, which messages call `shown`, can't be checked at all; None if it can."""
    try:
        os.scandir(output).close()
    except OSError as error:
        there = os.path.lexists(output)
        return unreadable(shown, error) if there else Problem(shown, 0, "it is not there", FIRST)
    return None if (output / SUMS).is_file() else Problem(f"{shown}/{SUMS}", 0, "it is not there", FIRST)


def walk(folder: Path, closed: list[OSError]) -> Iterator[str]:
    """Give the path of every file in a folder, with forward slashes, in no order; what refuses goes to `closed`."""
    for top, _, names in os.walk(folder, onerror=closed.append):
        inner = Path(top).relative_to(folder).as_posix()
        for name in names:
            yield name if inner == "." else f"{inner}/{name}"
