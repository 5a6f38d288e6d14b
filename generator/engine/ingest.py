"""Ingest: the rows of scan's spool into the partitions, and sums of their authors out. One partition a task.

Rows are replaced by (author, thread), so a task can be repeated. Authors that lost or gained a row, or had one
changed, are *touched*; only their sums are worked out anew. Of a thread that changed, most rows are what they were:
scan knows them by their marks and does not send them.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import msgspec

from generator.engine.partition import PARTITIONS, Damaged, Partition, partition_of
from generator.engine.past import Past
from generator.engine.scan import Content
from generator.engine.spool import take_part
from generator.engine.store import Store
from generator.site.authors import Authors, AuthorSum, sum_up
from generator.site.facts import row_marks
from generator.site.rows import Row
from generator.workers import Workers


class IngestTask(msgspec.Struct, frozen=True):
    """One partition and what is new for it: a task for a worker."""

    partition: str
    parts: tuple[tuple[str, int, int], ...]
    """Spools with offset and length of this partition's rows."""
    gone: tuple[tuple[str, str], ...]
    """Rows to remove, by (author, thread)."""


class IngestResult(msgspec.Struct, frozen=True):
    """Sums of the touched authors, and the keys of those who have no row left."""

    authors: bytes
    """`AuthorSum`s, packed: there are many, and pickling values takes ten times as long."""
    gone: tuple[str, ...]


_decode_authors = msgspec.msgpack.Decoder(list[AuthorSum]).decode
_decode_rows = msgspec.msgpack.Decoder(list[Row]).decode


def ingest_partition(task: IngestTask) -> IngestResult:
    """Bring a partition up to date and sum up the authors it touches."""
    rows: list[Row] = []
    for spool, start, length in task.parts:
        rows += _decode_rows(take_part(spool, start, length))
    with Partition(Path(task.partition)) as partition:
        found = partition.replace(task.gone, rows)
    gone = tuple(author for author, mine in found.items() if not mine)
    return IngestResult(msgspec.msgpack.encode([sum_up(mine) for mine in found.values() if mine]), gone)


def ingest(content: Content, past: Past, store: Store, workers: Workers, *, afresh: bool) -> Authors:
    """Bring all partitions up to date with what scan found; raises `Damaged` if rows got lost in one."""
    gone: dict[int, list[tuple[str, str]]] = {}
    threads: dict[str, int] = {}
    after = {} if afresh else {facts.key: row_marks(facts) for facts in content.fresh}
    for facts in content.before:
        mine = after.get(facts.key, {})
        for key, mark in row_marks(facts).items():
            if mine.get(key) == mark:
                del mine[key]  # the row is in its partition, and scan did not send it
            else:
                gone.setdefault(partition_of(key), []).append((key, facts.order))
                threads[key] = threads.get(key, 0) - 1
    for key in itertools.chain.from_iterable(after.values()):
        threads[key] = threads.get(key, 0) + 1
    authors = [] if afresh else past.authors
    before: list[AuthorSum] = []
    kept: list[AuthorSum] = []
    for author in authors:
        (before if author.key in threads else kept).append(author)
    for author in before:
        threads[author.key] += author.threads
    tasks = []
    for number in range(PARTITIONS):
        parts = tuple(
            (result.spool, *result.parts[number])
            for result in content.spools
            if result.parts and result.parts[number][1] > 1
        )
        if parts or number in gone or afresh:
            tasks.append(IngestTask(str(store.partition_path(number)), parts, tuple(gone.get(number, ()))))
    if tasks:
        store.begin_ingest(afresh=afresh)
    fresh: list[AuthorSum] = []
    weight = sum(length for task in tasks for _, _, length in task.parts)
    for number, result in enumerate(workers.run(ingest_partition, tasks, weight), 1):
        workers.tell("ingest", number, len(tasks))
        summed = _decode_authors(result.authors)
        for key, count in ((author.key, author.threads) for author in summed):
            if not afresh and count != threads[key]:
                raise Damaged(f"rows of {key} got lost")
        if any(threads[key] for key in result.gone):
            raise Damaged(f"rows of {result.gone} got lost")
        fresh += summed
    return Authors(kept, fresh, before)
