"""Which files `serve` watches: settings in, folders to observe and answers about single paths out.

It watches everything that a site is built from, but not the files that a build ignores or writes, nor what editors
leave beside a file. Which of the files changed, `snapshot` says.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from generator.commands.serve.symlinks import trail
from generator.config import FILE_NAME, Config
from generator.engine import FOLDER
from generator.theme import named_files, shipped
from generator.threads import is_ignored

THEME_PARTS = ("templates", "static")
"""The folders of a theme that builds read."""


class WatchedPath(msgspec.Struct, frozen=True):
    """A folder with everything in it, or a single file. It need not exist."""

    shown: str
    """As the user names it."""
    named: str
    """Its absolute path, with links in it."""
    real: str
    """Its absolute path without links."""
    places: tuple[str, ...]
    """Where each link on the way is, and last where it is itself, all without links above them."""

    @classmethod
    def of(cls, shown: str, path: Path) -> WatchedPath:
        """Find out where a path leads."""
        named = os.path.abspath(path)  # noqa: PTH100  # links in it stay
        return cls(shown, named, os.path.realpath(named), trail(named))


class WatchedFiles(msgspec.Struct, frozen=True):
    """Everything that a site is built from."""

    settings: WatchedPath
    """The file with the settings."""
    content: WatchedPath
    themes: tuple[WatchedPath, ...]
    """The folders with themes, and the files that options of the theme name."""
    excluded: tuple[str, ...]
    """Real paths of folders that builds write."""

    @property
    def folders(self) -> tuple[WatchedPath, ...]:
        """All folders."""
        return (self.content, *self.themes)

    @property
    def roots(self) -> tuple[WatchedPath, ...]:
        """The settings and all folders."""
        return (self.settings, *self.folders)

    def again(self) -> WatchedFiles:
        """Find out where all paths lead now."""
        settings, content, *themes = (WatchedPath.of(root.shown, Path(root.named)) for root in self.roots)
        return WatchedFiles(settings, content, tuple(themes), self.excluded)

    def covers(self, path: str) -> bool:
        """Say whether a change at an absolute path can change the site."""
        if any(within(path, folder) for folder in self.excluded):
            return False
        for folder in self.folders:
            if within(path, folder.real):
                _, *names = path[len(folder.real) :].split(os.sep)  # noqa: PTH206  # once a file
                ignored = _is_ignored_below(folder.real, names)
                return not ignored and (folder is self.content or _of_theme(names[1:]))
        return path == self.settings.real or self.can_replace(path)

    def can_replace(self, path: str) -> bool:
        """Say whether a change at a path can replace a watched folder: it is one, a link to one, or above one."""
        if any(within(place, path) for folder in self.folders for place in folder.places):
            return True
        return path != self.settings.real and any(within(place, path) for place in self.settings.places)

    def enters(self, path: str, linked: bool) -> bool:
        """Say whether builds read the files in a folder; `linked`: it is a link, which they follow in themes only."""
        for folder in self.themes:
            if within(path, folder.real):
                parts = Path(path).relative_to(folder.real).parts[1:]
                return not parts or (len(parts) == 1 and parts[0] in THEME_PARTS)
        return not linked

    def in_themes(self, path: str) -> bool:
        """Say whether a path is in a folder with themes."""
        return any(within(path, folder.real) for folder in self.themes)

    def to_observe(self, linked: Iterable[str] = ()) -> tuple[tuple[str, bool], ...]:
        """Give the folders that the system has to observe now, each with whether folders in it count too.

        `linked` are the folders that links lead to. Instead of a folder that does not exist, the nearest one above it
        is observed, where it would appear.
        """
        deep = {folder.real: None for folder in self.folders if Path(folder.real).is_dir()}
        parents = [str(Path(place).parent) for root in self.roots for place in root.places]
        # And the folder above one that a link leads to, which alone is told if that is moved away, or put back.
        parents += [str(Path(place).parent.parent) for root in self.roots for place in root.places[1:]]
        shallow = {
            folder: None for folder in map(_existing, dict.fromkeys((*parents, *linked)))
            if not any(within(folder, path) for path in deep)
        }  # fmt: skip
        return (*((path, True) for path in deep), *((path, False) for path in shallow))

    def shown(self, path: str) -> str:
        """Name a path as the user does."""
        for watched in (*self.folders, self.settings):
            for root in (watched.real, watched.named):
                if within(path, root):
                    return (watched.shown + path[len(root) :]).replace(os.sep, "/")
        return Path(path).name


def watched_files(config: Config, site: Path) -> WatchedFiles:
    """Say what the site in folder `site` is built from with these settings."""
    site = Path(os.path.realpath(site))  # links that lead to the site itself are no part of it
    content = WatchedPath.of(config.content.rstrip("/") or "/", site / config.content)
    themes = [WatchedPath.of("themes", site / "themes")]
    if (own := shipped()) and (built_in := WatchedPath.of("themes", own)).real != themes[0].real:
        themes.append(built_in)
    themes += (WatchedPath.of(name, site / name) for name in named_files(config.theme_options) if "\0" not in name)
    excluded = (os.path.realpath(site / config.output), os.path.realpath(site / FOLDER))
    return WatchedFiles(WatchedPath.of(FILE_NAME, site / FILE_NAME), content, tuple(themes), excluded)


def within(path: str, folder: str) -> bool:
    """Say whether a path is a folder or in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _is_ignored_below(folder: str, names: Sequence[str]) -> bool:
    """Say whether builds ignore a path in a folder, given as its names, or a folder on the way to it."""
    for name in names:
        if is_ignored(folder, name):
            return True
        folder = f"{folder}{os.sep}{name}"
    return False


def _of_theme(names: Sequence[str]) -> bool:
    """Say whether builds may read a path in the folder of a theme; each of the two folders they read is flat."""
    return len(names) < 2 or (len(names) == 2 and names[0] in THEME_PARTS)


def _existing(folder: str) -> str:
    """Give a folder, or the nearest one above that exists."""
    path = Path(folder)
    while not path.is_dir():
        path = path.parent
    return str(path)
