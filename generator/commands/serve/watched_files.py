"""Which files `serve` watches, and which of them changed: settings in, folders and changed files out.

It watches everything that a site is built from, but not the files that a build ignores or writes, nor what editors
leave beside a file. Only names and stamps are read here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from generator.config import FILE_NAME, Config
from generator.engine import FOLDER
from generator.theme import shipped

PROBE = "4913"
"""The name of the empty file that vim makes to find out whether it may write in a folder."""

Stamp = tuple[int, int, int, int]
"""What shows that a file changed: inode, size, times of writing and of change."""


class WatchedPath(msgspec.Struct, frozen=True):
    """A folder with everything in it, or a single file. It need not exist."""

    shown: str
    """As the user names it."""
    named: str
    """Its absolute path, with links in it."""
    real: str
    """Its absolute path without links."""

    @classmethod
    def of(cls, shown: str, path: Path) -> WatchedPath:
        """Find out where a path leads."""
        named = os.path.abspath(path)  # noqa: PTH100  # links in it stay
        return cls(shown, named, os.path.realpath(named))


class WatchedFiles(msgspec.Struct, frozen=True):
    """Everything that a site is built from."""

    settings: WatchedPath
    """The file with the settings."""
    folders: tuple[WatchedPath, ...]
    """The content folder and the folders of themes."""
    excluded: tuple[str, ...]
    """Real paths of folders that builds write."""

    def covers(self, path: str) -> bool:
        """Say whether a change at an absolute path can change the site."""
        if any(_within(path, folder) for folder in self.excluded):
            return False
        for folder in self.folders:
            if _within(path, folder.real):
                names = path[len(folder.real) :].split(os.sep)  # noqa: PTH206  # once a file
                return not any(map(_is_ignored, names))
        return self.leads_to_folder(path) or path in (self.settings.named, self.settings.real)

    def leads_to_folder(self, path: str) -> bool:
        """Say whether a path is a watched folder or above one, so that a change there can replace the folder."""
        return any(_within(folder.real, path) or _within(folder.named, path) for folder in self.folders)

    def to_observe(self) -> Iterator[tuple[str, bool]]:
        """Give the folders that the system has to observe now, each with whether folders in it count too."""
        parents: dict[str, None] = {}
        for watched in (self.settings, *self.folders):
            for path in (watched.named, watched.real):
                parent = Path(path).parent
                while not parent.is_dir():
                    parent = parent.parent
                parents[str(parent)] = None
        deep = {folder.real: None for folder in self.folders if Path(folder.real).is_dir()}
        yield from ((path, True) for path in deep)
        yield from ((path, False) for path in parents if path not in deep)

    def shown(self, path: str) -> str:
        """Name a path as the user does."""
        for watched in (*self.folders, self.settings):
            for root in (watched.real, watched.named):
                if _within(path, root):
                    return (watched.shown + path[len(root) :]).replace(os.sep, "/")
        return Path(path).name


def watched_files(config: Config, site: Path) -> WatchedFiles:
    """Say what the site in folder `site` is built from with these settings."""
    themes = WatchedPath.of("themes", site / "themes")
    folders = [WatchedPath.of(config.content.rstrip("/") or "/", site / config.content), themes]
    if (own := shipped()) and (built_in := WatchedPath.of("themes", own)).real != themes.real:
        folders.append(built_in)
    excluded = (os.path.realpath(site / config.output), os.path.realpath(site / FOLDER))
    return WatchedFiles(WatchedPath.of(FILE_NAME, site / FILE_NAME), tuple(folders), excluded)


class Snapshot:
    """Stamps of all watched files, as they were at the last look."""

    def __init__(self, watched: WatchedFiles) -> None:
        self.watched = watched
        self._stamps: dict[str, Stamp] = {}
        self._folders: set[str] = set()
        self.update({watched.settings.real, *(folder.real for folder in watched.folders)})

    def update(self, paths: Iterable[str]) -> list[str]:
        """Look at files, and at folders with everything in them; give the files that changed."""
        changed = []
        for path in paths:
            last = self._last_stamps(path)
            now = dict(self._walk(path))
            changed += [file for file in last.keys() | now.keys() if last.get(file) != now.get(file)]
            for gone in last.keys() - now.keys():
                del self._stamps[gone]
            self._stamps |= now
        return sorted(set(changed))

    def _last_stamps(self, path: str) -> dict[str, Stamp]:
        if path in self._folders:
            return {file: stamp for file, stamp in self._stamps.items() if _within(file, path)}
        return {path: self._stamps[path]} if path in self._stamps else {}

    def _walk(self, path: str) -> Iterator[tuple[str, Stamp]]:
        waiting = [path]
        while waiting:
            path = waiting.pop()
            try:
                about = os.stat(path)  # noqa: PTH116  # once a file
                if not stat.S_ISDIR(about.st_mode):
                    if about.st_size or not path.endswith(os.sep + PROBE):
                        yield path, (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)
                    continue
                self._folders.add(path)
                with os.scandir(path) as entries:
                    waiting += [
                        entry.path
                        for entry in entries
                        if self.watched.covers(entry.path) and not _is_linked_folder(entry)
                    ]
            except OSError:  # it has gone, or we may not read it: a build says what that means
                continue


def is_empty(path: str) -> bool:
    """Say whether a file is there and empty, as many are for a moment while they are written."""
    try:
        about = Path(path).stat()
    except OSError:
        return False
    return stat.S_ISREG(about.st_mode) and not about.st_size


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_ignored(name: str) -> bool:
    return name.startswith((".", "README")) or name.endswith("~")


def _is_linked_folder(entry: os.DirEntry[str]) -> bool:
    """Say whether this is a link to a folder: builds don't follow it, and it may lead in a circle."""
    return entry.is_symlink() and entry.is_dir()
