"""Incoming: what the user names on the command line in, the bytes of saves out.

Files, folders with all that build would read in them, `-` for standard input, http(s) addresses. What can't be had is
a problem, all of them at once. Nothing is written, and nothing is read as a save yet.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec

from generator.commands.add.fetch import LARGEST, SCHEMES, fetch, shown, too_large
from generator.errors import ContentError, Problem
from generator.markup import visible
from generator.threads.content import list_content
from generator.threads.merge import age
from generator.threads.read import unreadable

STDIN = "-"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


class Incoming(msgspec.Struct, frozen=True):
    """One file that may be a save."""

    name: str
    """What messages call it: its path, its address, or `stdin`."""
    raw: bytes


class Received(msgspec.Struct, frozen=True):
    """All that was named: what came of it, in the order given, and what did not."""

    saves: tuple[Incoming, ...]
    problems: tuple[Problem, ...] = ()


def receive(names: Iterable[str], stdin: BinaryIO) -> Received:
    """Get the bytes behind each name; the files of a folder come oldest save first."""
    saves: list[Incoming] = []
    problems: list[Problem] = []
    for name in names:
        try:
            for one in _one(name, stdin):
                (problems if isinstance(one, Problem) else saves).append(one)  # type: ignore[arg-type]
        except ContentError as error:
            problems += error.problems
    return Received(tuple(saves), tuple(problems))


def is_named(name: str) -> bool:
    """Say whether a name is one that `receive` looks at: standard input, an address, or something on the disk."""
    return name == STDIN or bool(_SCHEME.match(name)) or os.path.exists(name)  # noqa: PTH110  # see _one


def _one(name: str, stdin: BinaryIO) -> Iterable[Incoming | Problem]:
    if name == STDIN:
        return [Incoming("stdin", _limited(stdin, "stdin"))]
    scheme = _SCHEME.match(name)
    if scheme and scheme[1].lower() in SCHEMES:
        return [Incoming(shown(name), fetch(name))]
    path = Path(name)
    # Path's own questions raise where a name is too long for the system.
    if scheme and not os.path.exists(path):  # noqa: PTH110
        hint = "save the thread and add the file"
        return [Problem(shown(name), 0, f"{scheme[1]} is not fetched, only http and https", hint)]
    label = _label(name)
    if not os.path.isdir(path):  # noqa: PTH112
        return [_file(path, label)]
    listed = list_content(path)
    found: list[Incoming | Problem] = [_inside(problem, label) for problem in listed.problems]
    found += (
        Problem(
            f"{label}/{_label(sidecar)}",
            0,
            "sidecars are not brought in",
            "copy it beside the save once that is in the content folder, under the save's name",
            "warning",
        )
        for sidecar in listed.sidecars
    )
    found += (_file(path / save, f"{label}/{_label(save)}") for save in sorted(listed.saves, key=age))
    return found or [Problem(label, 0, "there is no save in this folder", "name a save, or another folder")]


def _inside(problem: Problem, folder: str) -> Problem:
    """A problem with its place as seen from here."""
    return msgspec.structs.replace(problem, path=f"{folder}/{_label(problem.path)}" if problem.path else folder)


def _file(path: Path, label: str) -> Incoming | Problem:
    """Read a file, or a pipe that the shell made one."""
    try:
        with path.open("rb") as file:
            return Incoming(label, _limited(file, label))
    except FileNotFoundError:
        return Problem(label, 0, "there is no such file", "check the path")
    except OSError as error:
        return unreadable(label, error)


def _limited(file: BinaryIO, name: str) -> bytes:
    raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise too_large(name)
    return raw


def _label(name: str) -> str:
    """A path as messages show it."""
    return visible(Path(name).as_posix().encode("utf-8", "backslashreplace").decode())
