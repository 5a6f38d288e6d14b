"""The command `new`: makes a fresh site in a folder: settings, an example save, files for git and GitHub Pages, and the
program that it is made with.

The files are copied from `fresh/`, beside this module; `program` makes those of the program. Nothing is overwritten: a
folder of saves and the files that a repository begins with stay as they are. If anything else is in the way, nothing is
written at all.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

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
SAVES = "content"
"""The folder of saves: if there is one, it stays as it is, and gets no example."""
MAY_STAY = ("README.md", ".gitignore", ".gitattributes", ".github/workflows/pages.yml")
"""Files that may be there, as in a fresh clone: then they stay as they are."""
NEEDED = (".gitignore", ".gitattributes")
"""Those of them of which a site needs every line."""

_SOURCE = Path(__file__).parent / "fresh"


class Fresh(msgspec.Struct, frozen=True):
    """What became of a folder."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    """What stayed as it was, in place of a file or folder of ours."""


def new(folder: Path) -> Fresh:
    """Make a fresh site in a folder, which need not exist; what is missing is filled in.

    Raises `OutputError` with everything that is in the way, and `InstallationError` if there is no whole program to put
    into the site.
    """
    program = program_files()
    files = {path: (_SOURCE / source).read_bytes() for path, source in FILES.items()} | program
    if os.path.lexists(folder / FILE_NAME):
        raise OutputError(_a_site(folder))
    kept = tuple(name for name in (SAVES, *MAY_STAY) if _stays(folder / name, name))
    files = {path: content for path, content in files.items() if path not in kept and Path(path).parts[0] not in kept}
    if problems := [_taken(path) for path in _in_the_way(folder, files)]:
        raise OutputError(problems)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with naming(target), target.open("xb") as file:
            file.write(content)
    return Fresh(tuple(files), kept)


def new_lines(folder: Path, fresh: Fresh) -> Iterator[str]:
    """Say what was made in a folder, what stayed there, and what comes next."""
    files = fresh.written
    ours = {Path(path).parts[0] for path in (*files, *fresh.kept)}
    others = some(sorted(path.name for path in folder.iterdir() if path.name not in ours))
    beside = f", beside what you had there ({others})" if others else ""
    yield f"{count(len(files), 'file')} in {folder}{beside}: {', '.join(files)}"
    if fresh.kept:
        yield f"left as you had them: {', '.join(fresh.kept)}"
    for name in NEEDED:
        if name in fresh.kept and (lacking := _lacking(folder, name)):
            yield f"{name} lacks lines that a site needs; add them at its end:"
            yield from (f"  {line}" for line in lacking)
    yield "next:"
    if folder.resolve() != Path.cwd():
        yield f"  cd {shlex.quote(str(folder))}"
    yield "  threadpress build       # then open output/index.html in a browser"
    guide = "`threadpress help publishing`" if "README.md" in fresh.kept else "README.md"
    yield f"  bring in saves of your own (`threadpress add FILE`) and build again; {guide} says how to publish"


def _stays(path: Path, name: str) -> bool:
    return path.is_dir() if name == SAVES else path.is_file()


def _lacking(folder: Path, name: str) -> list[str]:
    """Give the lines of our file that the user's own file of that name has not, comments aside."""
    theirs = {line.strip().strip("/") for line in (folder / name).read_text("utf-8", "replace").splitlines()}
    lines = (_SOURCE / FILES[name]).read_text("utf-8").splitlines()
    return [line for line in lines if line and line[0] != "#" and line.strip("/") not in theirs]


def _in_the_way(folder: Path, files: Iterable[str]) -> set[Path]:
    """Find what exists where a file, or a folder for it, has to be made."""
    if os.path.lexists(folder) and not folder.is_dir():
        return {folder}
    taken = {folder / name for name in (*files, FOLDER) if os.path.lexists(folder / name)}
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
