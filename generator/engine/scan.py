"""Scan: what lies in the content folder in, small `Facts` a thread and the rows of its authors out. Bodies stay behind.

Threads whose files are as the last build read them keep their facts; the others are read again, in batches, and what
they add to author pages goes into a spool, a file a batch, sorted into partitions. Reads content, writes the spool.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

import msgspec

from generator.config import FILE_NAME, Config, zone
from generator.engine.partition import PARTITIONS, partition_of
from generator.engine.past import Past
from generator.engine.project import Project
from generator.engine.spool import leave_parts
from generator.engine.store import Store
from generator.errors import Problem
from generator.site.facts import Facts, author_rows, facts_of, order_key, row_mark, row_marks, unchanged
from generator.stamps import FileStamp
from generator.threads.content import InputFile, Listing, Look, groups, list_content, look_into, unknown
from generator.threads.read import Group, assemble
from generator.threads.redact import Redactions
from generator.workers import Workers, batches

BATCH = 1_000_000
"""Bytes of saves in a batch: enough to be worth sending, few enough to keep memory small and workers even."""
LOOK_COSTS = 8
"""How much less there is to do for a file that is looked into than for one that is scanned."""


class ScanTask(msgspec.Struct, frozen=True):
    """Threads to read: a task for a worker."""

    content: str
    groups: tuple[Group, ...]
    redactions: Redactions
    zone: datetime.tzinfo
    posts_per_page: int
    """Of threads."""
    spool: str
    """File to write their rows to."""
    known: tuple[dict[str, bytes], ...] = ()
    """Marks of the rows that the partitions have of these threads already."""


class ScanResult(msgspec.Struct, frozen=True):
    """Facts of the threads read, and where their rows are."""

    facts: bytes
    """Packed, which takes a tenth of the time of pickling them."""
    failed: tuple[Group, ...]
    problems: tuple[Problem, ...]
    """Of threads that can't be read."""
    read: tuple[tuple[str, str], ...]
    spool: str
    parts: tuple[tuple[int, int], ...]
    """Offset and length of each partition's rows in the spool."""


_encode = msgspec.msgpack.Encoder().encode
_decode_facts = msgspec.msgpack.Decoder(list[Facts]).decode


def scan_task(config: Config, site: Path, groups: Iterable[Group], spool: Path) -> ScanTask:
    """Make a task for `scan_batch`."""
    redactions = Redactions.of(config.redact)
    size = config.posts_per_page
    return ScanTask(str(site / config.content), tuple(groups), redactions, zone(config), size, str(spool))


def scan_batch(task: ScanTask) -> ScanResult:
    """Read threads and reduce them to what other pages need."""
    facts: list[Facts] = []
    failed: list[Group] = []
    problems: list[Problem] = []
    read: dict[str, str] = {}
    parts: list[list[msgspec.Raw]] = [[] for _ in range(PARTITIONS)]
    content = Path(task.content)
    for number, group in enumerate(task.groups):
        loaded = assemble(content, group, task.redactions)
        read.update(loaded.read)
        if loaded.thread is None:
            failed.append(group)
            problems += loaded.problems
            continue
        order = order_key(loaded.thread, task.zone)
        known = task.known[number] if task.known else {}
        marks = {}
        for row in author_rows(loaded.thread, loaded.tree, order, task.posts_per_page):
            packed = _encode(row)
            mark = marks[row.author] = row_mark(packed)
            if known.get(row.author) != mark:
                parts[partition_of(row.author)].append(msgspec.Raw(packed))
        facts.append(facts_of(loaded, group, order, marks))
    places = leave_parts(task.spool, map(_encode, parts))
    return ScanResult(_encode(facts), tuple(failed), tuple(problems), tuple(read.items()), task.spool, places)


def settled(problems: Iterable[Problem], folder: str) -> tuple[Problem, ...]:
    """Each problem once, sorted, under its path in the site."""
    return tuple(
        msgspec.structs.replace(problem, path=f"{folder}/{problem.path}" if problem.path else folder)
        for problem in sorted(set(problems))
    )


class Content(msgspec.Struct, frozen=True):
    """What scan found, against what the last build knew."""

    inputs: dict[str, InputFile]
    facts: dict[tuple[str, str], Facts]
    """Of all threads, unless `untouched`."""
    fresh: tuple[Facts, ...]
    """Those that were read again."""
    before: tuple[Facts, ...]
    """What was known before of those, and of threads that are gone."""
    spools: tuple[ScanResult, ...]
    problems: tuple[Problem, ...]
    strays: tuple[Problem, ...]
    """Those of files that belong to no thread."""
    untouched: bool
    """Nothing differs from the last build: `facts` are not even decoded."""
    doubted: bool
    """Whether files had to be read to tell."""


class Looked(msgspec.Struct, frozen=True):
    """The content folder, before any thread is read."""

    listed: Listing
    inputs: dict[str, InputFile]
    problems: tuple[Problem, ...]
    """Of files that belong to no thread."""
    untouched: bool
    """Nothing differs from the last build."""
    doubted: bool
    """Whether files had to be read to tell."""


def look(project: Project, past: Past, workers: Workers, *, same: bool) -> Looked:
    """List the content folder, and look into the files that the last build can't vouch for; `same` as for `scan`."""
    content = project.folder / project.config.content
    listed = list_content(content)
    known = past.inputs if same else {}
    unsure = list(unknown(listed, known, past.state.built))
    looks = (Look(str(content), tuple(batch)) for batch in batches(unsure, _size, BATCH * LOOK_COSTS))
    seen = list(workers.run(look_into, looks, sum(map(_size, unsure)) // LOOK_COSTS))
    paths = listed.saves.keys() | listed.sidecars.keys()
    doubted = {path for path, _, _ in unsure}
    inputs = {path: file for path, file in known.items() if path in paths and path not in doubted}
    inputs.update(entry for part in seen for entry in part.files)
    problems = tuple(sorted((*listed.problems, *(problem for part in seen for problem in part.problems))))
    still = same and problems == past.state.strays and known.keys() == paths
    return Looked(
        listed,
        inputs,
        problems,
        untouched=still and all(inputs[path].sha256 == known[path].sha256 for path in doubted),
        doubted=bool(doubted),
    )


def scan(project: Project, past: Past, store: Store, workers: Workers, *, same: bool) -> Content:
    """Read what is new in the content folder; `same`: the facts of the last build were made as they would be now."""
    config, site = project.config, project.folder
    looked = look(project, past, workers, same=same)
    inputs, strays = looked.inputs, looked.problems
    if looked.untouched:
        return Content(inputs, {}, (), (), (), past.state.problems, strays, untouched=True, doubted=looked.doubted)
    wanted, more = groups(looked.listed, inputs)
    problems = [*strays, *more]
    old = {facts.key: facts for facts in (past.threads if same else ())}
    hashes = {path: file.sha256 for path, file in inputs.items()}
    again = [group for group in wanted if not unchanged(old.get((group.source, group.id)), group, hashes)]
    store.begin_scan()

    def size(group: Group) -> int:
        return sum(inputs[path].stamp.size for path in group.saves)

    def task(number: int, batch: list[Group]) -> ScanTask:
        made = scan_task(config, site, batch, store.spool / f"{number:06d}")
        known = (old.get((group.source, group.id)) for group in batch)
        return msgspec.structs.replace(made, known=tuple(row_marks(facts) if facts else {} for facts in known))

    tasks = (task(number, batch) for number, batch in enumerate(batches(again, size, BATCH)))
    results: list[ScanResult] = []
    fresh: list[Facts] = []
    failed = 0
    for result in workers.run(scan_batch, tasks, sum(map(size, again))):
        results.append(result)
        fresh += _decode_facts(result.facts)
        failed += len(result.failed)
        workers.tell("scan", len(fresh) + failed, len(again))
    read = {path: sha256 for result in results for path, sha256 in result.read}
    inputs.update(
        (path, msgspec.structs.replace(inputs[path], sha256=sha256)) for path, sha256 in read.items() if path in inputs
    )
    for group in (group for result in results for group in result.failed):
        for path in (*group.saves, *group.sidecars):  # the next build is to find them at fault again
            inputs.pop(path, None)
    keys = {(group.source, group.id) for group in wanted}
    touched = {(group.source, group.id) for group in again}
    facts = {key: found for key, found in old.items() if key in keys and key not in touched}
    facts.update((found.key, found) for found in fresh)
    problems += (problem for result in results for problem in result.problems)
    problems += (problem for found in facts.values() for problem in found.problems)
    before = tuple(found for key, found in old.items() if key not in keys or key in touched)
    idle = Redactions.of(config.redact).idle(hit for found in facts.values() for hit in found.hits)
    told = (*settled(problems, config.content), *map(_applies_to_nothing, idle))
    return Content(
        inputs,
        facts,
        tuple(fresh),
        before,
        tuple(results),
        told,
        strays,
        untouched=False,
        doubted=looked.doubted,
    )


def _applies_to_nothing(redaction: str) -> Problem:
    hint = "take uid or name from the author's page and ids from # links, or leave the entry out"
    return Problem(FILE_NAME, 0, f"redact: {redaction!r} applies to nothing", hint, "warning")


def _size(file: tuple[str, FileStamp, InputFile | None]) -> int:
    return file[1].size


def complete(content: Content, past: Past) -> Content:
    """Fill in the facts of all threads where scan had no need of them."""
    if not content.untouched:
        return content
    facts = {facts.key: facts for facts in past.threads}
    return msgspec.structs.replace(content, facts=facts)


def traces(content: Path, redactions: Redactions, folder: str) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Read all saves for `check`: lines of the texts that redaction removes, and the problems of the content."""
    listed = list_content(content)
    seen = look_into(Look(str(content), tuple(unknown(listed, {}, 0))))
    found, more = groups(listed, dict(seen.files))
    problems = [*listed.problems, *seen.problems, *more]
    lines: set[str] = set()
    for group in found:
        loaded = assemble(content, group, redactions)
        lines.update(loaded.traces)
        problems += loaded.problems
    return tuple(sorted(lines)), settled(problems, folder)
