"""Symbolic links among the watched files: where they lead comes in, what has to be observed for them goes out.

The system reports no change of a file for a link that leads to it. So the folders of such files are observed as well,
and `Symlinks` says which links a change elsewhere concerns. What a link leads to is not read here.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import msgspec

MOST_LINKS = 40
"""Symlinks from one to the next that are followed, as in the system itself: they may go in a circle."""


class Symlinks(msgspec.Struct, frozen=True):
    """All links among the watched files. The paths are absolute, and have no links in them but the last name."""

    by_place: dict[str, tuple[str, ...]] = {}
    """The links that lead to, or through, each place."""
    above: frozenset[str] = frozenset()
    """All folders above these places, and those that are read: if one comes, moves or goes, all links are concerned."""
    folders: tuple[str, ...] = ()
    """The folders to observe. They need not exist."""

    @classmethod
    def of(cls, trails: Mapping[str, tuple[str, ...]], read: Collection[str]) -> Symlinks:
        """Take links, each with its `trail`; `read` has those that lead to a folder whose files are read."""
        by_place: dict[str, list[str]] = {}
        above: set[str] = set()
        folders: set[str] = set()
        for link, (*passed, end) in sorted(trails.items()):
            for place in {*passed, end} - {link}:
                by_place.setdefault(place, []).append(link)
                folder = str(Path(place).parent)
                # And the folder above, which alone is told if this one is moved away and replaced.
                folders |= {folder, str(Path(folder).parent)}
                above.update(map(str, Path(place).parents))
            if link in read:
                folders.add(end)
                above.add(end)
        ends = {place: tuple(links) for place, links in by_place.items()}
        return cls(ends, frozenset(above), tuple(sorted(folders)))

    def concerned(self, path: str) -> Iterable[str]:
        """Give the links that a change at a path concerns."""
        if path in self.above:
            return {link for links in self.by_place.values() for link in links}
        return (*self.by_place.get(path, ()), *self.by_place.get(os.path.dirname(path), ()))  # noqa: PTH120  # once a file


def trail(path: str) -> tuple[str, ...]:
    """Give each link on the way from an absolute path to its file, and last the file itself, which need not exist.

    Each is given without links above it.
    """
    anchor, *names = Path(path).parts
    place, waiting, links = anchor, names[::-1], list[str]()
    while waiting and len(links) < MOST_LINKS:
        name = waiting.pop()
        if name == os.pardir:
            place = str(Path(place).parent)
            continue
        here = str(Path(place) / name)
        try:
            target = Path(os.readlink(here))  # noqa: PTH115  # as it is written
        except OSError:  # it is no link, or not there
            place = here
            continue
        links.append(here)
        place = target.anchor or place
        waiting += target.parts[:0:-1] if target.anchor else target.parts[::-1]
    # What is left was not followed: a circle has no end.
    return tuple(dict.fromkeys(links)) if waiting else (*links, place)
