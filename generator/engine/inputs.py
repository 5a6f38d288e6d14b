"""Inputs: is a file of the content folder as the last build read it? Its stamp says, else its hash.

A file as young as the last listing may have changed within the same tick of the clock, so it is always hashed. Whoever
needs the content without what a build left (`check`) reads all of it here.

Runs of removed texts go from the whole archive, so all of them must be known before the first thread is scanned. Only
where `redact` has entries are files read for that, and only those that the last build did not read as they are.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.config import Config, find_entries
from generator.engine.project import Project
from generator.engine.store import LastBuild, Removals
from generator.errors import Problem
from generator.files import read_file
from generator.site import Unmatched, in_threads, unmatched
from generator.stamps import FileStamp
from generator.threads import (
    Folder,
    Group,
    Input,
    Listing,
    Redactions,
    Runs,
    ThreadReading,
    group_files,
    list_content,
    read_group,
    read_removed,
    stray_sidecars,
)
from generator.workers import Workers, batches

YOUNG = 2_000_000_000
"""Nanoseconds before a build within which a file may have changed after it was read and kept its stamp."""


class Looked(msgspec.Struct, frozen=True, dict=True):
    """The content folder before anything in it is read."""

    listed: int
    """When, in nanoseconds."""
    listing: Listing
    last: dict[str, Input]
    """Files as the last build read them; empty if it would read them differently now."""
    doubtful: frozenset[str]
    """Paths of files that may have changed since, or are new."""

    @functools.cached_property
    def files(self) -> dict[str, FileStamp]:
        """Stamps of all saves and sidecars."""
        return self.listing.saves | self.listing.sidecars

    @property
    def untouched(self) -> bool:
        """Whether stamps alone say that nothing has changed."""
        return not self.doubtful and self.last.keys() == self.files.keys()


def look(content: Path, last: LastBuild, *, same: bool) -> Looked:
    """List the content folder; `same`: the last build read saves as they would be read now."""
    listed = time.time_ns()
    listing = list_content(content)
    inputs = last.state.inputs if same else {}
    doubtful = frozenset(
        path
        for path, stamp in (*listing.saves.items(), *listing.sidecars.items())
        if path not in inputs
        or inputs[path].stamp != stamp
        or max(stamp.modified, stamp.changed) > last.state.listed - YOUNG
    )
    return Looked(listed, listing, inputs, doubtful)


def changed_files(project: Project, last: LastBuild) -> set[str]:
    """Name the files that differ from what the last build read, are new or gone; those with new stamps are hashed."""
    looked = look(project.content, last, same=True)
    strays = {problem.path for problem in stray_sidecars(looked.listing)}
    changed = {path for path in looked.doubtful - strays if not _is_same(project.content / path, looked.last.get(path))}
    changed |= looked.last.keys() ^ looked.files.keys()
    if looked.listing.problems != last.state.strays:
        changed |= {problem.path for problem in looked.listing.problems}
    return changed


def problems_of(project: Project, files: Iterable[str]) -> tuple[Problem, ...]:
    """Tell what is wrong with files of the content folder, each by itself."""
    listing = list_content(project.content)
    problems = list(listing.problems)
    for path in files:
        if path in listing.saves:
            problems += read_group(project.saves, Group((path,)), Redactions()).problems
    return settled(problems, project.config.content)


def _is_same(path: Path, last: Input | None) -> bool:
    """Say whether a file has the bytes that the last build read."""
    try:
        return last is not None and hashlib.sha256(read_file(path)).hexdigest() == last.sha256
    except OSError:
        return False


def settled(problems: Iterable[Problem], folder: str) -> tuple[Problem, ...]:
    """Each problem once, sorted, under its path in the site."""
    return tuple(
        msgspec.structs.replace(problem, path=f"{folder}/{problem.path}" if problem.path else folder)
        for problem in sorted(set(problems))
    )


class ContentReading(NamedTuple):
    """All threads of a site."""

    threads: list[ThreadReading]
    problems: tuple[Problem, ...]
    runs: Runs
    """Those of all removed texts."""


def read_content(site: Path, config: Config) -> ContentReading:
    """Read all threads of a site and tell what is wrong with its content, whatever any build left: for `check`."""
    content, redactions = Folder.of(config, site), Redactions.of(config.redact)
    listing = list_content(content.path)
    each_alone = group_files(listing, dict.fromkeys(listing.saves, ()))
    alone = {group: read_group(content, group, redactions) for group in each_alone}
    ties = {file.path: file.ties for reading in alone.values() for file in reading.files if not file.failed}
    groups = group_files(listing, {path: ties[path] for path in listing.saves if path in ties})
    readings = [alone[group] if group in alone else read_group(content, group, redactions) for group in groups]
    runs = Runs(text for reading in readings for text in reading.removed)
    if runs:
        redactions = msgspec.structs.replace(redactions, runs=runs)
        readings = [read_group(content, group, redactions) for group in groups]
    readings += [reading for group, reading in alone.items() if not reading.threads]
    problems = [*listing.problems, *stray_sidecars(listing)]
    problems += (problem for reading in readings for problem in reading.problems)
    threads = [thread for reading in readings for thread in reading.threads]
    hits = (hit for thread in threads for hit in thread.hits)
    idle = unmatched(config.redact, hits, in_threads([reading.thread for reading in threads]))
    return ContentReading(threads, (*settled(problems, config.content), *lines_of(idle, site)), runs)


def lines_of(entries: Iterable[Unmatched], site: Path) -> tuple[Problem, ...]:
    """Tell of entries of `redact` that match nothing, with the lines that they have now."""
    idle = tuple(entries)
    lines = find_entries(site, "redact", (each.entry for each in idle))
    return tuple(each.problem(line) for each, line in zip(idle, lines, strict=True))


BATCH = 1_000_000
"""Bytes of saves in a batch."""


class RemovalsTask(msgspec.Struct, frozen=True):
    """Groups to look at: a task for a worker."""

    content: str
    groups: tuple[Group, ...]
    redactions: Redactions


class Found(msgspec.Struct, frozen=True, array_like=True):
    """What a group holds of removed texts."""

    group: Group
    texts: tuple[str, ...]
    ties: dict[str, tuple[str, ...]]
    """Of each file that can be used."""


def with_runs(config: Config, removals: Removals) -> Redactions:
    """Give what is removed, with the runs of all removed texts."""
    runs = Runs(text for texts in removals.values() for text in texts)
    return msgspec.structs.replace(Redactions.of(config.redact), runs=runs)


def find_removals(project: Project, looked: Looked, last: LastBuild, workers: Workers) -> Removals:
    """Find what the authors of removed texts wrote, in all groups."""
    if not project.config.redact:
        return {}
    listing = looked.listing
    ties: dict[str, tuple[str, ...]] = {
        path: looked.last[path].ties if path in looked.last else () for path in listing.saves
    }
    kept: set[Group] = {facts.group for facts in last.facts.value} if looked.last else set()
    results: dict[Group, Found] = {}
    groups: list[Group] = []
    for _ in range(2):  # the second time those of which it is known only now that they share threads
        groups = group_files(listing, ties)
        wanted = [
            group
            for group in groups
            if group not in results
            and (group not in kept or not looked.doubtful.isdisjoint((*group.saves, *group.sidecars)))
        ]
        for found in _read(project, wanted, looked, workers):
            results[found.group] = found
            for path in found.group.saves:
                if path in found.ties:
                    ties[path] = found.ties[path]
                else:
                    ties.pop(path, None)
    groups = group_files(listing, ties)
    old = last.removed.value if looked.last else {}
    texts = {group: results[group].texts if group in results else old.get(group, ()) for group in groups}
    return {group: some for group, some in sorted(texts.items(), key=lambda item: item[0].saves) if some}


def _read(project: Project, groups: Iterable[Group], looked: Looked, workers: Workers) -> Iterable[Found]:
    def size(group: Group) -> int:
        return sum(looked.listing.saves[path].size for path in group.saves)

    wanted = list(groups)
    entries, content = Redactions.of(project.config.redact), str(project.content)
    tasks = (RemovalsTask(content, tuple(batch), entries) for batch in batches(wanted, size, BATCH))
    for packed in workers.run(look_for_removed, tasks, sum(map(size, wanted))):
        yield from _unpack(packed)


def look_for_removed(task: RemovalsTask) -> bytes:
    """Look for removed texts in some groups."""
    found = (Found(group, *read_removed(Path(task.content), group, task.redactions)) for group in task.groups)
    return _encode(list(found))


_encode = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Found]).decode
