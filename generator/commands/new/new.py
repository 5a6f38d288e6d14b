"""The command `new`: makes a fresh site in a folder: settings, an example save, files for git and GitHub Pages, and the
program that it is made with.

The files are copied from `fresh/`, beside this module; `program` makes those of the program. Nothing is overwritten: if
one of the names is taken, nothing is written at all.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from generator.commands.new.program import FOLDER, program_files
from generator.commands.terminal import count, some
from generator.config import FILE_NAME
from generator.errors import OutputError, Problem, naming

FILES = {
    FILE_NAME: "threadpress.toml",
    "content/1.txt": "content/1.txt",
    "README.md": "README.md",
    ".gitignore": "gitignore",
    ".gitattributes": "gitattributes",
    ".github/workflows/pages.yml": "pages.yml",
}
"""The files of a new site, each with the file in `fresh/` that it is copied from. In there no name starts with a dot,
since git would obey such files."""
OWN = ("content", FOLDER)
"""Folders that a new site needs for itself: if one exists, it belongs to somebody."""

_SOURCE = Path(__file__).parent / "fresh"


def new(folder: Path) -> tuple[str, ...]:
    """Make a fresh site in a folder, which need not exist, and give the paths of its files.

    Raises `OutputError` with everything that is in the way, and `InstallationError` if there is no whole program to put
    into the site.
    """
    program = program_files()
    files = {path: (_SOURCE / source).read_bytes() for path, source in FILES.items()} | program
    if os.path.lexists(folder / FILE_NAME):
        raise OutputError(_a_site(folder))
    if problems := [_taken(path) for path in _in_the_way(folder, files)]:
        raise OutputError(problems)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with naming(target), target.open("xb") as file:
            file.write(content)
    return tuple(files)


def new_lines(folder: Path, files: Sequence[str]) -> Iterator[str]:
    """Say what was made in a folder, and what comes next."""
    ours = {Path(path).parts[0] for path in files}
    others = some(sorted(path.name for path in folder.iterdir() if path.name not in ours))
    beside = f", beside what you had there ({others})" if others else ""
    yield f"{count(len(files), 'file')} in {folder}{beside}: {', '.join(files)}"
    yield "next:"
    if folder.resolve() != Path.cwd():
        yield f"  cd {shlex.quote(str(folder))}"
    yield "  threadpress build       # then open output/index.html in a browser"
    yield "  bring in saves of your own (`threadpress add FILE`) and build again; README.md says how to publish"


def _in_the_way(folder: Path, files: Iterable[str]) -> set[Path]:
    """Find what exists where a file, or a folder for it, has to be made."""
    if os.path.lexists(folder) and not folder.is_dir():
        return {folder}
    taken = {folder / name for name in (*files, *OWN) if os.path.lexists(folder / name)}
    parents = {folder / parent for name in files for parent in Path(name).parents}
    taken.update(parent for parent in parents if os.path.lexists(parent) and not parent.is_dir())
    return {path for path in taken if not taken & set(path.parents)}  # a folder stands for what is in it


def _a_site(folder: Path) -> Problem:
    hint = (
        f"name another folder, or put this program into it with `threadpress new --upgrade {shlex.quote(str(folder))}`"
    )
    return Problem(folder.as_posix(), 0, "this is a site already", hint)


def _taken(path: Path) -> Problem:
    return Problem(path.as_posix(), 0, "it is there already", "move it away, or name another folder")
