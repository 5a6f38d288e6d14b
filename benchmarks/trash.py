"""Old outputs, set aside: moved out of the way before a measured run, deleted when nothing is measured any more.

On ext4 a file is made up to ten times slower soon after many were deleted: inodes deleted within the last minute (or
five, while that is not on the disk yet) are passed over one by one in the search for a free one. Whoever is measured
after a deletion would pay for it. A rename deletes nothing, so before a measured run nothing is ever deleted.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

SPARE = 4.0
"""Free disk space to keep, as a multiple of the largest thing set aside so far."""
REST = 65.0
"""Seconds after a deletion that is on the disk until inodes are taken again without a search."""


class Trash:
    """A folder on the file system of what is measured."""

    def __init__(self, folder: Path, spare: float = SPARE, rest: float = REST) -> None:
        self.folder, self.spare, self.rest = folder, spare, rest
        self.number = self.largest = 0

    def take(self, path: Path) -> None:
        """Set a file or folder aside; nothing is there afterwards, as if it had been deleted.

        Where the disk runs full the trash is emptied after all, and the deletion is waited for.
        """
        if not path.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        while (target := self.folder / str(self.number)).exists():  # left by an interrupted sitting
            self.number += 1
        path.rename(target)
        self.largest = max(self.largest, _room(target))
        if shutil.disk_usage(self.folder).free < self.spare * self.largest:
            self.empty()
            os.sync()
            time.sleep(self.rest)

    def empty(self) -> None:
        """Delete all of it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _room(path: Path) -> int:
    """Bytes on the disk."""
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return sum(file.lstat().st_blocks * 512 for file in files)
