"""Look-up: one thread by what the user calls it, as pages would show it.

A file, standard input or an address is read as one save by itself; anything else names a thread of the archive, which
is put together from all its saves, with its sidecar. Redactions apply to both.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

import msgspec

from generator.commands.add.incoming import is_named, receive
from generator.commands.archive import find, survey
from generator.config import Config
from generator.engine.scan import settled
from generator.errors import ContentError, Problem
from generator.readers import read_save
from generator.threads.read import Group, Loaded, assemble
from generator.threads.redact import Redactions


def look_up(config: Config, site: Path, name: str, stdin: BinaryIO) -> tuple[Loaded, ...]:
    """Find and read the thread of that name; of a file that holds several, all.

    Raises `ContentError` with all that is wrong with its saves; otherwise their warnings are in what it gives.
    """
    redactions = Redactions.of(config.redact)
    if not is_named(name):
        loaded = assemble(site / config.content, find(survey(config, site), name), redactions)
        problems = settled(loaded.problems, config.content)
        if loaded.thread is None or any(problem.severity == "error" for problem in problems):
            raise ContentError(problems)
        return (msgspec.structs.replace(loaded, problems=problems),)
    if os.path.isdir(name):  # noqa: PTH112  # Path raises where a name is too long for the system
        raise ContentError(Problem(name, 0, "this is a folder", "name a save in it"))
    received = receive((name,), stdin)
    if received.problems:
        raise ContentError(received.problems)
    (save,) = received.saves
    reading = read_save(save.raw, save.name)
    if any(problem.severity == "error" for problem in reading.problems):
        raise ContentError(reading.problems)
    groups = (Group(*key, (save.name,)) for key in dict.fromkeys(thread.key for thread in reading.threads))
    return tuple(assemble(Path(), group, redactions, loose={save.name: save.raw}) for group in groups)
