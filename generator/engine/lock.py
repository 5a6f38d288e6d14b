"""One build at a time: a lock on a file that ends with the process that holds it, however that ends."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from generator.errors import BusyError, Problem

FOLDER = ".threadpress"
"""What builds leave for themselves, beside the configuration; it can be deleted at any time."""


@contextlib.contextmanager
def lock(site: Path) -> Iterator[None]:
    """Hold the site's build lock; raises `BusyError` at once if another process does."""
    folder = site / FOLDER
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("a+b") as file:
        try:
            _take(file.fileno())
        except OSError as error:
            raise BusyError(
                Problem(f"{FOLDER}/lock", 0, "another build of this site is running", "wait until it has ended")
            ) from error
        yield


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
