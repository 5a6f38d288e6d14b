"""Finds a thread by the name that the user gives: a name in, the thread out as pages would show it.

A file, standard input or an address is read as a save by itself. Any other name is that of a thread of the archive,
which is put together from all its saves and its sidecar. Redactions apply to both.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path, PurePath, PurePosixPath
from typing import BinaryIO

import msgspec

from generator.commands.add import SCHEMES, STDIN, is_named, receive
from generator.commands.archive import find_group, read_archive
from generator.config import Config
from generator.engine import settled
from generator.errors import InputError, Problem
from generator.model import nfc, nfd
from generator.sources import folder_key
from generator.threads import SIDECAR, Folder, Group, Redactions, ThreadReading, read_group, stem


class LookUp(msgspec.Struct, frozen=True):
    """The threads with a name."""

    threads: tuple[ThreadReading, ...]
    problems: tuple[Problem, ...]
    """Warnings of its files, with paths as the user sees them."""
    sidecar: str = ""
    """Where the sidecar that corrects them is, or would be."""
    there: bool = False
    """Whether that sidecar is there, and not empty."""
    many: bool = False
    """Whether it needs a table for each thread."""


UNKNOWN = "unknown"
"""The source of a save that does not say it, outside of the content folder."""
NOWHERE = "NAME.toml beside the save, which is then NAME.txt or the like"
"""Where the sidecar of a save goes that has no name of its own."""


def look_up(config: Config, site: Path, name: str, stdin: BinaryIO, *, corrected: bool = False) -> LookUp:
    """Find and read the thread with this name; if it is a file with several threads, all of them.

    `corrected` applies the sidecar beside a file, which is otherwise read by itself. Raises `InputError` with
    everything that is wrong with its saves.
    """
    redactions = Redactions.of(config.redact)
    if not is_named(name):
        group, full_name = find_group(read_archive(config, site), name)
        reading = read_group(Folder.of(config, site), group, redactions)
        problems = settled(reading.problems, (site / config.content).as_posix())
        if any(problem.severity == "error" for problem in problems):
            raise InputError(problems)
        threads = tuple(read for read in reading.threads if _has_name(read, full_name))
        found = _with_sidecar(LookUp(threads, problems), reading.threads, group, (site / config.content).as_posix())
        return msgspec.structs.replace(found, there=found.there and _is_written(found.sidecar))
    if os.path.isdir(name):  # noqa: PTH112  # Path raises if a name is too long for the system
        raise InputError(Problem(name, 0, "this is a folder", "name a save in it"))
    received = receive((name,), stdin)
    if received.problems:
        raise InputError(received.problems)
    (save,) = received.saves
    sidecar = _beside(name)
    there = bool(sidecar) and _is_written(sidecar)
    sidecars = (sidecar,) if there and corrected else ()
    folder = Folder(sources={folder_key(save.name.rpartition("/")[0]): _source(config, site, name)})
    reading = read_group(folder, Group((save.name,), sidecars), redactions, loose={save.name: save.raw})
    if any(problem.severity == "error" for problem in reading.problems):
        raise InputError(reading.problems)
    problems = tuple(sorted(set(reading.problems)))
    found = LookUp(reading.threads, problems, sidecar or NOWHERE, there, len(reading.threads) > 1)
    return _with_sidecar_there(found, config, site, name) if corrected and sidecar and not there else found


def _source(config: Config, site: Path, name: str) -> str:
    """Say which source a save is from that does not say it: that of its folder, if it is in the content folder."""
    content = os.path.realpath(site / config.content)
    path = os.path.realpath(name) if os.path.exists(name) else ""  # noqa: PTH110  # as for folders
    inside = os.path.relpath(path, content) if path.startswith(os.path.join(content, "")) else ""  # noqa: PTH118
    return (Folder.of(config, site).source_of(PurePath(inside).as_posix()) if inside else "") or UNKNOWN


def _beside(path: str) -> str:
    """Give the path of the sidecar of a file; empty for what is no file.

    If there is one whose name has its accents in the other form, as some systems write them, it is that one.
    """
    if path == STDIN or path.lower().startswith(tuple(f"{scheme}://" for scheme in SCHEMES)):
        return ""
    beside = PurePosixPath(path).with_suffix(SIDECAR)
    spellings = (beside.with_name(form(beside.name)).as_posix() for form in (str, nfc, nfd))
    return next(filter(os.path.isfile, spellings), beside.as_posix())


def _is_written(sidecar: str) -> bool:
    """Say whether a sidecar holds anything: a shell makes an empty file before a command can write into it."""
    return os.path.isfile(sidecar) and os.path.getsize(sidecar) > 0  # noqa: PTH113, PTH202  # as for folders


def _with_sidecar_there(found: LookUp, config: Config, site: Path, name: str) -> LookUp:
    """Name the sidecar that the thread of a save has already, beside another save: a second one would replace it."""
    content = site / config.content
    archive = read_archive(config, site)
    try:
        path = Path(name).resolve().relative_to(content.resolve()).as_posix()
        group = archive.groups[archive.inputs[path].ties[0]]
    except (ValueError, KeyError, IndexError):  # it is no save of this site
        return found
    together = read_group(Folder.of(config, site), group, Redactions.of(config.redact)).threads
    keys = {read.thread.key for read in found.threads}
    same = msgspec.structs.replace(found, threads=tuple(read for read in together if read.thread.key in keys))
    whole = _with_sidecar(same, together, group, content.as_posix()) if same.threads else same
    if not (whole.there and _is_written(whole.sidecar)):
        return found
    return msgspec.structs.replace(found, sidecar=whole.sidecar, there=True, many=whole.many)


def _with_sidecar(found: LookUp, together: Iterable[ThreadReading], group: Group, content: str) -> LookUp:
    """Say which sidecar corrects a thread: the newest there is, or else one beside its newest save."""
    saves = [save.path for read in found.threads for save in read.thread.saves]
    own = [path for path in group.sidecars if any(stem(path) == stem(save) for save in saves)]
    own = [path for path in own if _is_written(f"{content}/{path}")] or own
    path = own[-1] if own else _beside(saves[-1])
    corrects = [read for read in together if any(stem(save.path) == stem(path) for save in read.thread.saves)]
    return msgspec.structs.replace(found, sidecar=f"{content}/{path}", there=bool(own), many=len(corrects) > 1)


def _has_name(read: ThreadReading, name: str) -> bool:
    """Say whether a thread, or a post in it, has this name."""
    source, _, number = name.partition("/")
    thread = read.thread
    return thread.source == source and (thread.id == number or any(post.id == number for post in thread.posts))
