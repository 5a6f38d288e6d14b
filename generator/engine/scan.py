"""Scan: the content folder in; what is new in it, as `Facts` and spools of rows, out (`reduce`).

Whether a file is as it was, its stamp says, else its hash. Whether a thread is, the hashes of its group's files say. So
groups of files that the last build read are not read again, and a file whose stamp alone is new is only hashed.

Which threads a file holds is known once it was read. So each new file is first read as a group of its own, and a
changed one with the group it had; then files that turn out to share threads are read as one group.

Lists the content folder; workers read what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from generator.config import zone
from generator.engine.inputs import Looked, find_removals, look, settled, with_runs
from generator.engine.project import Project
from generator.engine.reduce import GroupResult, ScanJob, ScanResult, ScanTask, scan_batch, unpack_groups
from generator.engine.spool import SpoolPart, leave
from generator.engine.store import LastBuild, Part, Removals, Store
from generator.errors import Problem
from generator.model import Thread
from generator.site import (
    Facts,
    Unmatched,
    in_facts,
    unmatched,
)
from generator.threads import (
    Group,
    Input,
    Redactions,
    group_files,
    read_group,
    stray_sidecars,
)
from generator.workers import Workers, batches

BATCH = 1_000_000
"""Bytes of saves in a batch: enough to be worth sending, few enough to keep memory small and workers even."""


class Content(msgspec.Struct, frozen=True):
    """What scan found, against what the last build left."""

    listed: int
    """When the folder was listed, in nanoseconds."""
    inputs: dict[str, Input]
    facts: tuple[Facts, ...] = ()
    """Of all threads, unless `untouched`."""
    fresh: tuple[Facts, ...] = ()
    """Those that were read again."""
    gone: tuple[Facts, ...] = ()
    """What the last build had of those, and of threads that are gone."""
    spools: tuple[tuple[SpoolPart, ...], ...] = ()
    """Of each batch, the rows of each partition."""
    problems: tuple[Problem, ...] = ()
    strays: tuple[Problem, ...] = ()
    """Those of what is no file to read."""
    unmatched: tuple[Unmatched, ...] = ()
    """Entries of `redact` that match nothing."""
    ids: Mapping[Group, tuple[str, ...]] = {}
    """`GroupReading.ids` of what was read again."""
    untouched: bool = False
    """Whether every thread is as the last build read it."""
    passed_over: int = 0
    """How many files of other programs are in the folder."""
    removed: Part[Removals] = Part.of({})
    """What the authors of removed texts wrote."""


def scan(project: Project, last: LastBuild, store: Store, workers: Workers, *, same: bool) -> Content:
    """Read what is new in the content folder; `same`: the last build read saves as they would be read now."""
    looked = look(project.content, last, same=same)
    if same and looked.untouched and looked.listing.problems == last.state.strays:
        state = last.state
        return Content(
            looked.listed, looked.last, problems=state.problems, strays=state.strays, unmatched=state.unmatched,
            passed_over=looked.listing.passed_over, untouched=True, removed=last.removed,
        )  # fmt: skip
    store.begin_scan()
    removed, redactions, afresh = _removals(project, looked, last, workers)
    leave(store.spool / "redactions", redactions)
    reader = _Reader(project, store, workers, looked, last.facts.value if same else ())
    reader.afresh = afresh
    reader.read()
    reader.read()  # those of which it is known only now that they share threads
    return msgspec.structs.replace(reader.content(last), removed=removed)


def _removals(
    project: Project, looked: Looked, last: LastBuild, workers: Workers
) -> tuple[Part[Removals], Redactions, bool]:
    """Find what is removed; also says whether that differs from what the last build removed from all groups."""
    removals = find_removals(project, looked, last, workers)
    redactions = with_runs(project.config, removals)
    if not looked.last:
        return Part.of(removals), redactions, False
    if removals == last.removed.value:
        return last.removed, redactions, False
    return Part.of(removals), redactions, with_runs(project.config, last.removed.value).runs != redactions.runs


class _Reader:
    """Reads groups, and knows which are read."""

    def __init__(
        self, project: Project, store: Store, workers: Workers, looked: Looked, old: tuple[Facts, ...]
    ) -> None:
        self.afresh = False
        """Whether every group must be read, since what is removed from all of them differs."""
        self.project, self.store, self.workers, self.looked, self.old = project, store, workers, looked, old
        self.last: dict[Group, list[Facts]] = {}
        """What the last build had of each group."""
        self.last_in: dict[str, list[Facts]] = {}
        """What it had of the threads of each save."""
        for facts in old:
            self.last.setdefault(facts.group, []).append(facts)
            for path in facts.group.saves:
                self.last_in.setdefault(path, []).append(facts)
        self.inputs: dict[str, Input] = {}
        """Files as they are read now."""
        self.unusable: set[str] = set()
        self.results: dict[Group, GroupResult] = {}
        self.batches: list[tuple[ScanResult, tuple[GroupResult, ...]]] = []
        self.groups = self._group()

    def _group(self) -> list[Group]:
        """Put the saves into groups, as far as is known which threads they hold."""
        read = self.looked.last | self.inputs
        ties = {
            path: read[path].ties if path in read else ()
            for path in self.looked.listing.saves
            if path not in self.unusable
        }
        return group_files(self.looked.listing, ties)

    def read(self) -> None:
        """Read those groups that were not read yet, by this build or, as they are, by the last."""
        doubtful = self.looked.doubtful
        wanted = [
            group
            for group in self.groups
            if group not in self.results
            and (self.afresh or group not in self.last or not doubtful.isdisjoint((*group.saves, *group.sidecars)))
        ]
        config, start = self.project.config, len(self.batches)
        removed, posts_per_page = str(self.store.spool / "redactions"), config.posts_per_page
        tasks = (
            ScanTask(
                self.project.saves,
                tuple(map(self._job, batch)),
                removed,
                zone(config),
                posts_per_page,
                str(self.store.spool / f"{number:06d}"),
            )
            for number, batch in enumerate(batches(wanted, self._size, BATCH), start)
        )
        done = 0
        for result in self.workers.run(scan_batch, tasks, sum(map(self._size, wanted))):
            groups_read = tuple(unpack_groups(result.groups))
            self.batches.append((result, groups_read))
            for group in groups_read:
                self._take(group)
            done += len(groups_read)
            self.workers.tell("scan", done, len(wanted))
        if wanted:
            self.groups = self._group()

    def _size(self, group: Group) -> int:
        return sum(self.looked.listing.saves[path].size for path in group.saves)

    def _job(self, group: Group) -> ScanJob:
        files = (*group.saves, *group.sidecars)
        hashes = {path: self.looked.last[path].sha256 for path in files} if group in self.last else {}
        if self.afresh or any(path in self.inputs for path in files):  # one has changed, as was just found
            hashes = {}
        threads = (facts for path in group.saves for facts in self.last_in.get(path, ()))
        return ScanJob(group, hashes, {facts.key: facts.row_marks for facts in threads})

    def _take(self, result: GroupResult) -> None:
        group, files = result.group, self.looked.files
        self.results[group] = result
        for path in (*group.saves, *group.sidecars):
            if result.same:
                self.inputs[path] = msgspec.structs.replace(self.looked.last[path], stamp=files[path])
            elif path in result.files:
                self.inputs[path] = Input(files[path], *result.files[path])
            else:
                self.inputs.pop(path, None)
                self.unusable.add(path)

    def content(self, last: LastBuild) -> Content:
        """Give what was found."""
        looked, config = self.looked, self.project.config
        final, groups = self.groups, set(self.groups)
        fresh = [facts for group in final for facts in self._read_facts(group)]
        kept = [facts for group in final if self._is_kept(group) for facts in self.last[group]]
        gone = self.unusable.union(looked.last.keys() - looked.files.keys())
        inputs = {path: file for path, file in looked.last.items() if path not in gone} | self.inputs
        strays = stray_sidecars(looked.listing)
        inputs |= {problem.path: Input(looked.files[problem.path], "") for problem in strays}
        problems = [*looked.listing.problems, *strays]
        for result in self.results.values():  # those of threads are in their facts, unless they were read again
            problems += (each for each in result.problems if not result.facts or each.path in self.unusable)
        problems += (problem for facts in (*fresh, *kept) for problem in facts.problems)
        told = settled(problems, config.content)
        idle = self._unmatched((*fresh, *kept))
        stays = {facts.key for facts in kept}
        return Content(
            looked.listed,
            inputs,
            (*fresh, *kept),
            tuple(fresh),
            tuple(facts for facts in self.old if facts.key not in stays),
            tuple(self._spool(result, read, groups) for result, read in self.batches),
            told,
            looked.listing.problems,
            idle,
            passed_over=looked.listing.passed_over,
            ids={group: result.ids for group, result in self.results.items() if group in groups},
            untouched=not fresh
            and len(kept) == last.state.counts[0]
            and (told, idle) == (last.state.problems, last.state.unmatched),
        )

    def _unmatched(self, facts: tuple[Facts, ...]) -> tuple[Unmatched, ...]:
        """Find the entries of `redact` that match nothing."""
        content, entries = self.project.saves, self.project.config.redact
        if not entries:
            return ()
        redactions = Redactions.of(entries)

        def read(group: Group) -> list[Thread]:
            return [reading.thread for reading in read_group(content, group, redactions).threads]

        return unmatched(entries, (hit for each in facts for hit in each.hits), in_facts(facts, read))

    def _is_kept(self, group: Group) -> bool:
        return group in self.last and (group not in self.results or self.results[group].same)

    def _read_facts(self, group: Group) -> tuple[Facts, ...]:
        return () if self._is_kept(group) else self.results[group].facts

    def _spool(self, result: ScanResult, groups: Iterable[GroupResult], final: set[Group]) -> tuple[SpoolPart, ...]:
        """Say where the rows of a batch are, but for those of groups that were read again as parts of larger ones."""
        left_out = frozenset(facts.order for group in groups if group.group not in final for facts in group.facts)
        return tuple(SpoolPart(result.spool, start, length, left_out) for start, length in result.parts)
