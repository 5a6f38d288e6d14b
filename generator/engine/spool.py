"""Spool: what one stage of a build leaves in files for another, so that processes send each other paths and no values.

The files lie in `Store.spool` and go when the build is done.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from generator.errors import naming


class SpoolPart(NamedTuple):
    """One of the things that a batch left in a file."""

    path: str
    start: int
    length: int
    left_out: frozenset[str] = frozenset()
    """Order keys of threads whose rows in it do not count."""


def leave(path: Path, value: object) -> str:
    """Leave a value; gives the path to take it from."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with naming(path):
        path.write_bytes(pickle.dumps(value))
    return str(path)


def take(path: str) -> Any:
    """Take a value that was left by this build, on this machine."""
    return pickle.loads(Path(path).read_bytes())


def leave_parts(path: str, parts: Iterable[bytes]) -> tuple[tuple[int, int], ...]:
    """Leave several things in one file; gives offset and length of each."""
    places: list[tuple[int, int]] = []
    with naming(path), Path(path).open("wb") as file:
        for part in parts:
            places.append((file.tell(), len(part)))
            file.write(part)
    return tuple(places)


def take_part(part: SpoolPart) -> bytes:
    """Take one of the things that were left in a file."""
    with Path(part.path).open("rb") as file:
        file.seek(part.start)
        return file.read(part.length)
