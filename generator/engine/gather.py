"""Gather: the rows of scan's spool into the partitions, and a summary of each key they touch out. A partition a task.

This is a group-by that knows nothing of what is grouped: rows have a kind, a key and a thread, and the table of kinds
(`site.KINDS`) says what the rows of a key come to. The rows of a thread are replaced as a whole, so a task can be
repeated. Scan sends only rows that differ from those gathered before, by their marks; only the keys of these, and of
rows that are gone, are summed up again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from generator.engine.partition import PARTITIONS, Damaged, Key, Partition, partition_of
from generator.engine.scan import Content
from generator.engine.spool import SpoolPart, take_part
from generator.engine.store import LastBuild, Store
from generator.site import KINDS, Facts, Gathered, Row, Summary
from generator.workers import Workers


class GatherTask(msgspec.Struct, frozen=True):
    """One partition and what is new for it: a task for a worker."""

    number: int
    """Of the partition."""
    partition: str
    parts: tuple[SpoolPart, ...]
    """This partition's rows."""
    gone: tuple[tuple[str, str, str], ...]
    """Rows to remove, by kind, key and thread."""


class GatherResult(msgspec.Struct, frozen=True):
    """What the touched keys of a partition come to."""

    sums: dict[str, bytes]
    """Summaries by kind, packed: there are many, and pickling values takes ten times as long."""
    counts: dict[Key, int]
    """How many rows each touched key has now."""


STORED = 50
"""So many bytes of a touched partition cost as much as a byte of saves."""

_decode_rows = msgspec.msgpack.Decoder(list[Row]).decode


def gather_partition(task: GatherTask) -> GatherResult:
    """Bring a partition up to date and sum up the keys that this touches."""
    rows: list[Row] = []
    for part in task.parts:
        rows += (row for row in _decode_rows(take_part(part)) if row.thread not in part.left_out)
    with Partition(Path(task.partition)) as partition:
        touched = partition.replace(task.gone, rows)
    sums = {
        kind.name: msgspec.msgpack.encode(
            [
                kind.sum(key, [value for _, value in values])
                for (name, key), values in touched.items()
                if values and name == kind.name
            ]
        )
        for kind in KINDS
    }
    return GatherResult(sums, {key: len(values) for key, values in touched.items()})


def gather(
    content: Content, last: LastBuild, store: Store, workers: Workers, *, afresh: bool
) -> dict[str, Gathered[Summary]]:
    """Bring all partitions up to date with what scan found, and give the summaries of all keys, by kind.

    Raises `Damaged` if rows got lost in a partition.
    """
    change = _Change({}, {}) if afresh else _change(content.fresh, content.gone)
    tasks = _tasks(content.spools, change.gone, store, afresh=afresh)
    if tasks:
        store.begin_gather(afresh=afresh)
    fresh: dict[str, list[Summary]] = {kind.name: [] for kind in KINDS}
    counts: dict[Key, int] = {}
    weight = _weight(tasks, last)
    for number, result in enumerate(workers.run(gather_partition, tasks, weight), 1):
        workers.tell("gather", number, len(tasks))
        counts |= result.counts
        for kind in KINDS:
            fresh[kind.name] += kind.unpack(result.sums[kind.name])
    old = {} if afresh else last.sums.value
    gathered = {kind.name: _compare(kind.name, old.get(kind.name, ()), fresh[kind.name], counts) for kind in KINDS}
    if not afresh:
        _refuse_lost(gathered, counts, change.counts)
    return gathered


def _weight(tasks: Sequence[GatherTask], last: LastBuild) -> int:
    """Weigh tasks in bytes of saves. In a large archive many keys have long rows, and all of a key are read again."""
    marks = last.state.partitions
    stored = sum(marks[task.number][0] for task in tasks) if marks else 0
    return sum(part.length for task in tasks for part in task.parts) + stored // STORED


def _compare(kind: str, old: Sequence[Summary], fresh: list[Summary], touched: Mapping[Key, int]) -> Gathered[Summary]:
    """Tell summaries of touched keys from the others."""
    mine = {key for name, key in touched if name == kind}
    kept = [each for each in old if each.key not in mine]
    last = [each for each in old if each.key in mine]
    return Gathered(tuple(kept), tuple(fresh), tuple(last))


def _refuse_lost(
    gathered: Mapping[str, Gathered[Summary]], counts: Mapping[Key, int], change: Mapping[Key, int]
) -> None:
    """Raise `Damaged` if a key has another number of rows than the last build left and this one added."""
    left = {(kind, each.key): each.threads for kind, sums in gathered.items() for each in sums.last}
    for key, count in counts.items():
        if count != left.get(key, 0) + change.get(key, 0):
            raise Damaged(f"rows of {key} got lost")


class _Change(msgspec.Struct):
    """How the rows of threads differ from those of the last build."""

    gone: dict[int, list[tuple[str, str, str]]]
    """Rows to remove, by partition."""
    counts: dict[Key, int]
    """How many more rows each touched key has."""


def _change(fresh: Iterable[Facts], gone: Iterable[Facts]) -> _Change:
    """Compare the marks of rows: those that a thread had and has are gathered, and scan did not send them."""
    change = _Change({}, {})
    after = {facts.key: {kind: marks.by_key() for kind, marks in facts.row_marks.items()} for facts in fresh}
    for facts in gone:
        now = after.get(facts.key, {})
        for kind, marks in facts.row_marks.items():
            mine = now.get(kind, {})
            for key, mark in marks.by_key().items():
                if mine.get(key) == mark:
                    del mine[key]
                else:
                    change.gone.setdefault(partition_of((kind, key)), []).append((kind, key, facts.order))
                    change.counts[kind, key] = change.counts.get((kind, key), 0) - 1
    for rows in after.values():
        for kind, keys in rows.items():
            for key in keys:
                change.counts[kind, key] = change.counts.get((kind, key), 0) + 1
    return change


def _tasks(
    spools: Iterable[tuple[SpoolPart, ...]],
    gone: Mapping[int, list[tuple[str, str, str]]],
    store: Store,
    *,
    afresh: bool,
) -> list[GatherTask]:
    tasks = []
    batches = list(spools)
    for number in range(PARTITIONS):
        parts = tuple(batch[number] for batch in batches if batch[number].length > 1)  # an empty list takes one byte
        if parts or number in gone or afresh:
            tasks.append(GatherTask(number, str(store.partition_path(number)), parts, tuple(gone.get(number, ()))))
    return tasks
