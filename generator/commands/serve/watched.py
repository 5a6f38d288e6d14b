"""What a site is built from: settings in, the folders that matter out, and which of their files are not as they were.

Nothing is read here but names and stamps. Files that a build passes over, what builds write themselves, and what
editors leave beside a file are no part of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from generator.config import FILE_NAME, Config
from generator.engine.lock import FOLDER
from generator.theme.layers import shipped

PROBE = "4913"
"""What vim calls the empty file by which it tries whether it may write in a folder."""

Stamp = tuple[int, int, int, int]
"""Of a file: inode, size, times of writing and of change."""


class Place(msgspec.Struct, frozen=True):
    """A folder that is read with all that lies in it."""

    shown: str
    """As the user names it."""
    named: str
    """Its absolute path, with links in it."""
    real: str
    """Its absolute path without links."""

    @classmethod
    def of(cls, shown: str, path: Path) -> Place:
        """Find out where a folder lies, which need not be there."""
        named = os.path.abspath(path)  # noqa: PTH100  # links in it stay
        return cls(shown, named, os.path.realpath(named))


class Area(msgspec.Struct, frozen=True):
    """All that the site is built from."""

    settings: Place
    """The file with the settings."""
    places: tuple[Place, ...]
    closed: tuple[str, ...]
    """Real paths of folders that builds write."""

    def takes(self, path: str) -> bool:
        """Say whether what happens at an absolute path can change the site."""
        if any(_within(path, closed) for closed in self.closed):
            return False
        for place in self.places:
            if _within(path, place.real):
                names = path[len(place.real) :].split(os.sep)  # noqa: PTH206  # once a file
                return not any(map(_passed_over, names))
        return self.is_door(path) or path in (self.settings.named, self.settings.real)

    def is_door(self, path: str) -> bool:
        """Say whether a whole place comes and goes with this path."""
        return any(_within(place.real, path) or _within(place.named, path) for place in self.places)

    def folders(self) -> Iterator[tuple[str, bool]]:
        """Give the folders to look at that are there now, each with whether what lies deeper counts."""
        above: dict[str, None] = {}
        for place in (self.settings, *self.places):
            for path in (place.named, place.real):
                parent = Path(path).parent
                while not parent.is_dir():
                    parent = parent.parent
                above[str(parent)] = None
        deep = {place.real: None for place in self.places if Path(place.real).is_dir()}
        yield from ((path, True) for path in deep)
        yield from ((path, False) for path in above if path not in deep)

    def shown(self, path: str) -> str:
        """Name a path as the user does."""
        for place in (*self.places, self.settings):
            for root in (place.real, place.named):
                if _within(path, root):
                    return (place.shown + path[len(root) :]).replace(os.sep, "/")
        return Path(path).name


def area(config: Config, site: Path) -> Area:
    """Say what the site in a folder is built from with these settings."""
    themes = Place.of("themes", site / "themes")
    places = [Place.of(config.content.rstrip("/") or "/", site / config.content), themes]
    if (own := shipped()) and (built_in := Place.of("themes", own)).real != themes.real:
        places.append(built_in)
    closed = (os.path.realpath(site / config.output), os.path.realpath(site / FOLDER))
    return Area(Place.of(FILE_NAME, site / FILE_NAME), tuple(places), closed)


class Snapshot:
    """Stamps of all files of an area, as they were when they were last looked at."""

    def __init__(self, area: Area) -> None:
        self.area = area
        self._stamps: dict[str, Stamp] = {}
        self._folders: set[str] = set()
        self.update({area.settings.real, *(place.real for place in area.places)})

    def update(self, paths: Iterable[str]) -> list[str]:
        """Look at files, and at folders with all that lies in them; give the files that are not as they were."""
        changed = []
        for path in paths:
            before = self._known(path)
            now = dict(self._walk(path))
            changed += [file for file in before.keys() | now.keys() if before.get(file) != now.get(file)]
            for gone in before.keys() - now.keys():
                del self._stamps[gone]
            self._stamps |= now
        return sorted(set(changed))

    def _known(self, path: str) -> dict[str, Stamp]:
        if path in self._folders:
            return {file: stamp for file, stamp in self._stamps.items() if _within(file, path)}
        return {path: self._stamps[path]} if path in self._stamps else {}

    def _walk(self, path: str) -> Iterator[tuple[str, Stamp]]:
        waiting = [path]
        while waiting:
            path = waiting.pop()
            try:
                found = os.stat(path)  # noqa: PTH116  # once a file
                if not stat.S_ISDIR(found.st_mode):
                    if found.st_size or not path.endswith(os.sep + PROBE):
                        yield path, (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
                    continue
                self._folders.add(path)
                with os.scandir(path) as entries:
                    waiting += [entry.path for entry in entries if self.area.takes(entry.path) and not _loops(entry)]
            except OSError:  # it has gone, or is closed to us: a build says what that means
                continue


def empty(path: str) -> bool:
    """Say whether a file is there and empty, as many are for a moment while they are written."""
    try:
        found = Path(path).stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and not found.st_size


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _passed_over(name: str) -> bool:
    return name.startswith((".", "README")) or name.endswith("~")


def _loops(entry: os.DirEntry[str]) -> bool:
    """A link to a folder: builds don't follow it, and it may lead round in a circle."""
    return entry.is_symlink() and entry.is_dir()
