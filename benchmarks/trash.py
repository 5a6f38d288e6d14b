"""Old outputs are moved out of the way before a measured run, and deleted when nothing is measured any more.

On ext4, making files is up to ten times slower soon after many were deleted: the search for a free inode skips inodes
that were deleted within the last minute (or five, if that is not on the disk yet) one by one. A run after a deletion
would be slow for that reason. Renaming deletes nothing, so nothing is ever deleted before a measured run.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

SPARE = 4.0
"""Free disk space to keep, as a multiple of the largest thing moved here so far."""
REST = 65.0
"""Seconds from a deletion that is on the disk until free inodes are found quickly again."""


class Trash:
    """A folder on the file system of what is measured."""

    def __init__(self, folder: Path, spare: float = SPARE, rest: float = REST) -> None:
        self.folder, self.spare, self.rest = folder, spare, rest
        self.number = self.largest = 0

    def take(self, path: Path) -> None:
        """Move a file or folder here, so that it is gone as if it had been deleted.

        If the disk runs full, the trash is emptied after all, and this waits until the deletion is done.
        """
        if not path.exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        while (target := self.folder / str(self.number)).exists():  # left by an interrupted run
            self.number += 1
        path.rename(target)
        self.largest = max(self.largest, _room(target))
        if shutil.disk_usage(self.folder).free < self.spare * self.largest:
            self.empty()
            os.sync()
            time.sleep(self.rest)

    def empty(self) -> None:
        """Delete everything in it."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _room(path: Path) -> int:
    """Bytes on the disk."""
    files = [path, *path.rglob("*")] if path.is_dir() else [path]
    return sum(file.lstat().st_blocks * 512 for file in files)
