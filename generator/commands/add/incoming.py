"""Gets what is to be added: the names on the command line in, the bytes of saves out.

A name is a file, a folder (all files in it that a build would read), `-` for standard input, or an http(s) address.
Everything that can't be had is reported at once. Nothing is written, and nothing is read as a save yet.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import msgspec

from generator.commands.add.fetch import LARGEST, SCHEMES, fetch, shown, too_large
from generator.commands.terminal import quoted
from generator.errors import ContentError, Problem, unreadable
from generator.sources import SOURCE
from generator.threads import age, is_left_behind, list_content

STDIN = "-"
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")


class Incoming(msgspec.Struct, frozen=True):
    """One file that may be a save."""

    name: str
    """What messages call it: its path, its address, or `stdin`."""
    raw: bytes


class Received(msgspec.Struct, frozen=True):
    """What was behind all the names, in the order given."""

    saves: tuple[Incoming, ...]
    problems: tuple[Problem, ...] = ()
    """What could not be had."""
    source: str = ""
    """The source of those that don't say it, if the user named one."""


def receive(names: Iterable[str], stdin: BinaryIO, source: str = "") -> Received:
    """Get the bytes behind each name; the files of a folder come oldest save first. `source` is for `add`."""
    saves: list[Incoming] = []
    problems: list[Problem] = []
    for name in names:
        try:
            for one in _one(name, stdin):
                (problems if isinstance(one, Problem) else saves).append(one)  # type: ignore[arg-type]
        except ContentError as error:
            problems += error.problems
    return Received(tuple(saves), tuple(problems), source)


def is_named(name: str) -> bool:
    """Say whether `receive` can use a name: it is standard input, an address, or something on the disk."""
    return name == STDIN or bool(_SCHEME.match(name)) or os.path.exists(name)  # noqa: PTH110  # see _one


def is_source(name: str) -> bool:
    """Say whether a source can have this name."""
    return SOURCE.fullmatch(name) is not None


def _one(name: str, stdin: BinaryIO) -> Iterable[Incoming | Problem]:
    if name == STDIN:
        return [Incoming("stdin", _limited(stdin, "stdin"))]
    scheme = _SCHEME.match(name)
    if scheme and scheme[1].lower() in SCHEMES:
        return [Incoming(shown(name), fetch(name))]
    path = Path(name)
    # Path's own methods raise if a name is too long for the system.
    if scheme and not os.path.exists(path):  # noqa: PTH110
        hint = "save the thread and add the file"
        return [Problem(shown(name), 0, f"{scheme[1]} is not fetched, only http and https", hint)]
    label = _label(name)
    # A name with a dot in front was meant: no shell gives it for `*`.
    if not path.name.startswith(".") and is_left_behind(str(path.parent), path.name):
        if os.path.isdir(path):  # noqa: PTH112
            message = "it is passed over, since it belongs to the saved page beside it"
            return [Problem(label, 0, message, "add the page alone", "warning")]
        message = "it is passed over, since other programs leave files of such names"
        return [Problem(label, 0, message, "rename it if it is a save", "warning")]
    if not os.path.isdir(path):  # noqa: PTH112
        return [_file(path, label)]
    listed = list_content(path)
    contents: list[Incoming | Problem] = [_inside(problem, label) for problem in listed.problems]
    contents += (
        Problem(
            f"{label}/{_label(sidecar)}",
            0,
            "sidecars are not brought in",
            "copy it beside the save once that is in the content folder, under the save's name",
            "warning",
        )
        for sidecar in listed.sidecars
    )
    contents += (_file(path / save, f"{label}/{_label(save)}") for save in sorted(listed.saves, key=age))
    return contents or [Problem(label, 0, "there is no save in this folder", "name a save, or another folder")]


def _inside(problem: Problem, folder: str) -> Problem:
    """Put the folder in front of the path that a problem names."""
    return msgspec.structs.replace(problem, path=f"{folder}/{_label(problem.path)}" if problem.path else folder)


def _file(path: Path, label: str) -> Incoming | Problem:
    """Read a file, or a pipe that looks like one."""
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
    """Write a path as messages show it."""
    return quoted(Path(name).as_posix())
