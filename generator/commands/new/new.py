"""New: a folder in, a fresh site in it: settings, an example save, what git and GitHub Pages need.

The files lie in `fresh/` beside this module, as they are written. Nothing that is there already is overwritten: if one
of the names is taken, nothing is written at all.
"""

from __future__ import annotations

import os
from pathlib import Path

from generator.errors import OutputError, Problem

FILES = {
    "threadpress.toml": "threadpress.toml",
    "content/1.txt": "content/1.txt",
    "README.md": "README.md",
    ".gitignore": "gitignore",
    ".gitattributes": "gitattributes",
    ".github/workflows/pages.yml": "pages.yml",
}
"""What a site begins with, and the file in `fresh/` that it is a copy of: there, names with a dot would count."""
OWN = ("content",)
"""Folders that belong to the site as a whole: one that is there already is somebody's."""

_SOURCE = Path(__file__).parent / "fresh"


def new(folder: Path) -> tuple[str, ...]:
    """Lay out a fresh site in a folder, made if it is not there; gives the paths of its files.

    Raises `OutputError` that names everything that is in the way.
    """
    if problems := [_taken(path) for path in _in_the_way(folder)]:
        raise OutputError(problems)
    for path, source in FILES.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write((_SOURCE / source).read_bytes())
    return tuple(FILES)


def _in_the_way(folder: Path) -> set[Path]:
    """Find what stands where a file, or a folder for it, is to be."""
    if os.path.lexists(folder) and not folder.is_dir():
        return {folder}
    found = {folder / name for name in (*FILES, *OWN) if os.path.lexists(folder / name)}
    parents = {folder / parent for name in FILES for parent in Path(name).parents}
    found.update(parent for parent in parents if os.path.lexists(parent) and not parent.is_dir())
    return {path for path in found if not found & set(path.parents)}  # of a folder in the way, not what it holds


def _taken(path: Path) -> Problem:
    return Problem(path.as_posix(), 0, "it is there already", "move it away, or name another folder")
