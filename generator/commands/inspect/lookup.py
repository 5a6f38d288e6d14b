"""Finds a thread by the name that the user gives: a name in, the thread out as pages would show it.

A file, standard input or an address is read as a save by itself. Any other name is that of a thread of the archive,
which is put together from all its saves and its sidecar. Redactions apply to both.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from generator.commands.add import is_named, receive
from generator.commands.archive import find_group, read_archive
from generator.config import Config
from generator.engine import settled
from generator.errors import InputError, Problem
from generator.threads import Group, Redactions, ThreadReading, read_group


class LookUp(msgspec.Struct, frozen=True):
    """The threads with a name."""

    threads: tuple[ThreadReading, ...]
    problems: tuple[Problem, ...]
    """Warnings of its files, with paths as the user sees them."""


def look_up(config: Config, site: Path, name: str, stdin: BinaryIO) -> LookUp:
    """Find and read the thread with this name; if it is a file with several threads, all of them.

    Raises `InputError` with everything that is wrong with its saves.
    """
    redactions = Redactions.of(config.redact)
    if not is_named(name):
        group, full_name = find_group(read_archive(config, site), name)
        reading = read_group(site / config.content, group, redactions)
        problems = settled(reading.problems, (site / config.content).as_posix())
        if any(problem.severity == "error" for problem in problems):
            raise InputError(problems)
        return LookUp(tuple(read for read in reading.threads if _has_name(read, full_name)), problems)
    if os.path.isdir(name):  # noqa: PTH112  # Path raises if a name is too long for the system
        raise InputError(Problem(name, 0, "this is a folder", "name a save in it"))
    received = receive((name,), stdin)
    if received.problems:
        raise InputError(received.problems)
    (save,) = received.saves
    reading = read_group(Path(), Group((save.name,)), redactions, loose={save.name: save.raw})
    if any(problem.severity == "error" for problem in reading.problems):
        raise InputError(reading.problems)
    return LookUp(reading.threads, tuple(sorted(set(reading.problems))))


def _has_name(read: ThreadReading, name: str) -> bool:
    """Say whether a thread, or a post in it, has this name."""
    source, _, number = name.partition("/")
    thread = read.thread
    return thread.source == source and (thread.id == number or any(post.id == number for post in thread.posts))
