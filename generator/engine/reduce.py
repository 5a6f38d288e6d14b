"""Reduce: groups of saves in, small `Facts` of each thread and rows for the pages of several out. Bodies stay behind.

This is what a worker does for `scan`. Of a group that the last build read it compares the hashes first, and stops if
they are the same. Rows go into the spool, a file a batch, sorted into partitions. Reads content, writes the spool.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
from pathlib import Path

import msgspec

from generator.engine.partition import PARTITIONS, partition_of
from generator.engine.spool import leave_parts, take
from generator.errors import Problem
from generator.files import read_file
from generator.site import KINDS, Facts, Origin, Row, RowMarks, facts_of, mark_of_bytes, order_key
from generator.threads import Folder, Group, Redactions, ThreadReading, read_group

ThreadKey = tuple[str, str]


class ScanJob(msgspec.Struct, frozen=True):
    """A group to read."""

    group: Group
    hashes: dict[str, str]
    """Of its files as the last build read them: while they have these, nothing else is done. Empty: read it anyway."""
    row_marks: dict[ThreadKey, dict[str, RowMarks]]
    """The rows that are gathered of its threads already, by kind."""


class ScanTask(msgspec.Struct, frozen=True):
    """Groups to read: a task for a worker."""

    content: Folder
    jobs: tuple[ScanJob, ...]
    redactions: str
    """File with the `Redactions`."""
    zone: datetime.tzinfo
    posts_per_page: int
    """Of threads."""
    spool: str
    """File to write rows to."""


class GroupResult(msgspec.Struct, frozen=True):
    """What reading a group gave."""

    group: Group
    files: dict[str, tuple[str, tuple[str, ...]]]
    """Hash and ties of each file that can be used, by path."""
    facts: tuple[Facts, ...]
    problems: tuple[Problem, ...]
    ids: tuple[str, ...] = ()
    """`GroupReading.ids`, which spare making them again when its threads are rendered."""
    same: bool = False
    """Whether the files have the expected hashes; then it was not read any further."""


class ScanResult(msgspec.Struct, frozen=True):
    """What came of a task."""

    groups: bytes
    """`GroupResult`s, packed: that takes a tenth of the time of pickling them."""
    spool: str
    parts: tuple[tuple[int, int], ...]
    """Offset and length of each partition's rows in the spool."""


_encode = msgspec.msgpack.Encoder().encode
unpack_groups = msgspec.msgpack.Decoder(list[GroupResult]).decode


@functools.lru_cache(maxsize=1)
def read_redactions(path: str) -> Redactions:
    """Read what is removed, once a build: its file has a name of its own in each."""
    redactions = take(path)
    assert isinstance(redactions, Redactions)
    return redactions


def scan_batch(task: ScanTask) -> ScanResult:
    """Read groups and reduce their threads to what other pages need."""
    parts: list[list[Row]] = [[] for _ in range(PARTITIONS)]
    groups = [_scan_group(job, task, parts) for job in task.jobs]
    return ScanResult(_encode(groups), task.spool, leave_parts(task.spool, map(_encode, parts)))


def _scan_group(job: ScanJob, task: ScanTask, parts: list[list[Row]]) -> GroupResult:
    """Read one group; rows that are not gathered yet go to their parts."""
    content, group = task.content, job.group
    raws: dict[str, bytes] = {}
    if job.hashes:
        raws = _open(content.path, group)
        if {path: hashlib.sha256(raw).hexdigest() for path, raw in raws.items()} == job.hashes:
            return GroupResult(group, {}, (), (), same=True)
    reading = read_group(content, group, read_redactions(task.redactions), loose=raws)
    files = {file.path: (file.sha256, file.ties) for file in reading.files if not file.failed}
    read = tuple((file.path, file.sha256) for file in reading.files)
    facts = []
    for number, thread in enumerate(reading.threads):
        problems = () if number else reading.problems
        withheld = tuple(ref.path for ref in thread.thread.saves if reading.published[ref.path] is None)
        origin = Origin(group, read, thread.hits, problems, thread.touched, withheld)
        facts.append(_reduce(thread, origin, job, task, parts))
    return GroupResult(group, files, tuple(facts), reading.problems, reading.ids)


def _open(content: Path, group: Group) -> dict[str, bytes]:
    """Read the files of a group, as far as they can be read."""
    raws: dict[str, bytes] = {}
    for path in (*group.saves, *group.sidecars):
        try:
            raws[path] = read_file(content / path)
        except OSError:  # `read_group` tells of it
            continue
    return raws


def _reduce(reading: ThreadReading, origin: Origin, job: ScanJob, task: ScanTask, parts: list[list[Row]]) -> Facts:
    """Give the facts of a thread; those of its rows that differ from the gathered ones go to their parts."""
    thread, tree = reading.thread, reading.tree
    order = order_key(thread, task.zone)
    gathered = job.row_marks.get(thread.key, {})
    start = f"{order}\0".encode("utf-8", "surrogatepass")
    marks: dict[str, dict[str, bytes]] = {}
    for kind in KINDS:
        mine = marks[kind.name] = {}
        theirs = gathered[kind.name].by_key() if kind.name in gathered else {}
        for key, value in kind.rows_of(thread, tree, order, task.posts_per_page):
            mark = mine[key] = mark_of_bytes(start + value)
            if theirs.get(key) != mark:
                parts[partition_of((kind.name, key))].append(Row(kind.name, key, order, value))
    return facts_of(thread, tree, origin, order, marks)
