"""The command `new --upgrade`: puts the program that runs now into the `program/` of a site.

It replaces the one that is there and touches nothing else. Workflows that would install something else are named, not
changed: they are the user's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from generator.commands.new.program import FOLDER, REQUIREMENTS, program_files
from generator.errors import OutputError, Problem, naming

WORKFLOWS = ".github/workflows"
INSTALL = f"python -m pip install --require-hashes -r {REQUIREMENTS}"
"""Installs the program of a site, from the folder of the site."""
_WHEEL = re.compile(rf"^\./({FOLDER}/[^/\s]+\.whl) ", re.M)
"""The line of `program/requirements.txt` that names the wheel."""
_BY_NAME = re.compile(
    r"^[^#]*(?:\b(?:pip3?|pipx|uv tool) install\b[^#]*|\b(?:uvx|pipx run)\b[^#]*)(?<![\w./-])threadpress(?![\w./-])"
)


class Upgrade(msgspec.Struct, frozen=True):
    """What became of the program in a site."""

    written: tuple[str, ...]
    """The files that are new or differ from before."""
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]
    """Steps of workflows that install some other program."""


def upgrade(folder: Path) -> Upgrade:
    """Put the program that runs now into the `program/` of a site, in place of the one that is there.

    If this is cut off in the middle, pip refuses what is there, since the hash is not that of the wheel. It can be
    repeated at any time.
    """
    files = program_files()
    if wrong := [path for path in files if (folder / path).is_dir()]:
        raise OutputError(_in_the_way(folder / path, "a folder") for path in wrong)
    if (folder / FOLDER).exists() and not (folder / FOLDER).is_dir():
        raise OutputError(_in_the_way(folder / FOLDER, "a file"))
    named = _WHEEL.findall(_text(folder / REQUIREMENTS))
    written = tuple(path for path, content in files.items() if not _holds(folder / path, content))
    for path in written:
        (folder / path).parent.mkdir(exist_ok=True)
        temporary = folder / f"{path}.new"
        with naming(temporary):
            temporary.write_bytes(files[path])
        temporary.replace(folder / path)
    removed = tuple(path for path in named if path not in files and (folder / path).is_file())
    for path in removed:
        (folder / path).unlink()
    return Upgrade(written, removed, tuple(_installs_by_name(folder)))


def upgrade_lines(report: Upgrade) -> Iterator[str]:
    """Say what became of the program."""
    yield from (f"written: {path}" for path in report.written)
    yield from (f"removed: {path}" for path in report.removed)
    if report.written:
        yield "commit these files, and the workflow builds with them"
    else:
        yield "the site has this program already: nothing was written"


def _in_the_way(path: Path, kind: str) -> Problem:
    return Problem(path.as_posix(), 0, f"it is {kind}, and the program has to be put there", "move it away")


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _installs_by_name(folder: Path) -> Iterator[Problem]:
    """Find steps of workflows that install whatever an index has under the program's name."""
    for path in sorted((folder / WORKFLOWS).glob("*.y*ml")):
        for number, line in enumerate(_text(path).split("\n"), 1):
            if _BY_NAME.search(line):
                place = path.relative_to(folder).as_posix()
                message = "this installs what an index has under the name threadpress, whoever put it there"
                yield Problem(place, number, message, f"write {INSTALL}", "warning")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
