"""Removals: the content folder in, what the authors of removed texts wrote out, before any thread is made.

Runs of removed texts go from the whole archive, so all of them must be known before the first thread is scanned. Only
where `redact` has entries are files read for that, and only those that the last build did not read as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from generator.config import Config
from generator.engine.inputs import Looked
from generator.engine.project import Project
from generator.engine.store import LastBuild, Removals
from generator.threads import Group, Redactions, Runs, group_files, read_removed
from generator.workers import Workers, batches

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
