"""Which watched files changed: paths that may have changed in, those that did out. Only names and stamps are read.

Symlinks to files are followed, as builds do. Where they lead is kept as `links`, so that it can be observed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from generator.commands.serve.symlinks import Symlinks, trail
from generator.commands.serve.watched_files import WatchedFiles, within

Stamp = tuple[int, int, int, int]
"""What shows that a file changed: inode, size, times of writing and of change."""
LINKED_FOLDER: Stamp = (0, 0, 0, 0)
"""Of a link to a folder that builds pass over, with a warning."""


class Snapshot:
    """Stamps of all watched files, as they were at the last look; to begin with, none."""

    def __init__(self, watched: WatchedFiles) -> None:
        self.watched = watched
        self.links = Symlinks()
        """It is replaced as a whole, so that another thread can read it."""
        self._stamps: dict[str, Stamp] = {}
        self._folders: set[str] = set()
        self._trails: dict[str, tuple[str, ...]] = {}

    def update_all(self) -> list[str]:
        """Look at all watched files; give those that changed."""
        return self.update({root.real for root in self.watched.roots})

    def update(self, paths: Iterable[str]) -> list[str]:
        """Look at files, and at folders with everything in them; give the files that changed."""
        changed, trails = [], dict(self._trails)
        for path in paths:
            last = self._last_stamps(path)
            self._forget_links(path)
            now = dict(self._walk(path))
            changed += [file for file in last.keys() | now.keys() if last.get(file) != now.get(file)]
            for gone in last.keys() - now.keys():
                del self._stamps[gone]
            self._stamps |= now
        if self._trails != trails:
            read = {link for link in self._trails if link in self._folders and self.watched.in_themes(link)}
            self.links = Symlinks.of(self._trails, read)
        return sorted(set(changed))

    def _last_stamps(self, path: str) -> dict[str, Stamp]:
        if path in self._folders:
            return {file: stamp for file, stamp in self._stamps.items() if within(file, path)}
        return {path: self._stamps[path]} if path in self._stamps else {}

    def _forget_links(self, path: str) -> None:
        if path in self._folders:
            self._trails = {link: places for link, places in self._trails.items() if not within(link, path)}
        else:
            self._trails.pop(path, None)

    def _walk(self, path: str) -> Iterator[tuple[str, Stamp]]:
        waiting = [path]
        while waiting:
            path = waiting.pop()
            try:
                about = os.lstat(path)
                if linked := stat.S_ISLNK(about.st_mode):
                    self._trails[path] = trail(path)
                    about = os.stat(path)  # noqa: PTH116  # once a file
                if not stat.S_ISDIR(about.st_mode):
                    yield path, (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
                elif self.watched.enters(path, linked):
                    waiting += self._entries(path)
                elif linked:
                    yield path, LINKED_FOLDER
            except OSError:  # it has gone, or we may not read it: a build says what that means
                continue

    def _entries(self, folder: str) -> list[str]:
        """List what counts in a folder."""
        self._folders.add(folder)
        if self.watched.in_themes(folder) and len(places := trail(folder)) > 1:  # a folder above it may be a link, too
            self._trails[folder] = places
        with os.scandir(folder) as entries:
            return [entry.path for entry in entries if self.watched.covers(entry.path)]


def is_empty(path: str) -> bool:
    """Say whether a file is there and empty, as many are for a moment while they are written."""
    try:
        about = Path(path).stat()
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and not about.st_size
