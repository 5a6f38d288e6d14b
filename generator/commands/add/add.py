"""The command `add`: checks the saves that came in, and puts them into the content folder, all of them or none.

A `Received` comes in; files with the same bytes go out, and an `AddReport` of what is new. A file that exists is never
changed or replaced. Making pages is left to `build`: nothing else of the site is touched.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from generator import urls
from generator.commands.add.file_names import first_name, next_name, own_name, stem_in_any_case
from generator.commands.add.incoming import Incoming, Received
from generator.commands.add.summary import ThreadSummary, summarize, summary_lines
from generator.commands.archive import Archive, read_archive, with_saves
from generator.commands.terminal import count, left_out
from generator.config import Config
from generator.engine import clear_unfinished, noted
from generator.errors import InputError, Problem
from generator.files import read_file
from generator.readers import AWAY, reader_of
from generator.sources import TABLE
from generator.threads import SOURCELESS, Folder, Group, GroupReading, Redactions, age, read_group

MOST = 20
"""How many threads are told of one by one; a mailbox has thousands."""
LONGEST = 255
"""Bytes of a file's name that every system takes."""


class Checked(msgspec.Struct, frozen=True):
    """A save that can be read."""

    name: str
    raw: bytes
    first: tuple[str, str]
    """Source and id of the first of its threads."""
    ties: tuple[str, ...]
    """Names that it has in common with other saves of the same threads."""
    ending: str
    """The ending of file names of its kind."""
    kind: str
    """The name of its reader."""
    threads: int
    posts: int
    source: str = ""
    """The source that the user named for it; empty if it says that itself."""


class Assigned(msgspec.Struct, frozen=True):
    """A save with its place in the content folder, which it may have already."""

    save: Checked
    path: str
    """In the content folder."""
    new: bool
    """False: a file there holds the same bytes."""


class AddReport(msgspec.Struct, frozen=True):
    """What was added, or with `dry_run` would be."""

    added: tuple[str, ...]
    """Paths of the new files."""
    same_bytes: tuple[tuple[str, str], ...]
    """Saves that were not added: the name the user gave, and the path of the file that has the same bytes."""
    kinds: tuple[str, ...]
    """What was found in each new save: its kind, its threads and posts."""
    threads: tuple[ThreadSummary, ...]
    """The threads with a new save."""
    problems: tuple[Problem, ...]
    """Warnings, and with `keep_going` the errors of saves that were left out."""


def add(
    config: Config, site: Path, received: Received, *, dry_run: bool = False, keep_going: bool = False
) -> AddReport:
    """Store saves in the content folder of the site in folder `site`.

    Saves that don't say which source they are from are of `received.source`, and go into a folder of that name.
    Raises `InputError` with everything that is wrong with any of them, before anything is written; with `keep_going`
    these are left out, and the report says why. With `dry_run` nothing is written at all.
    """
    if not dry_run:
        clear_unfinished(site / config.content)
    folder, source = Folder.of(config, site), received.source
    if source and (other := folder.source_of(f"{source}/{_NO_PATH}")) != source:
        message = f"[{TABLE}] in threadpress.toml says that {config.content}/{source}/ is from {other}"
        raise InputError(Problem(f"--source {source}", 0, message, f"write --source {other}, or change that entry"))
    checked, problems = _check(received.saves, source)
    problems += received.problems
    if not keep_going:
        _stop_at_errors(problems)
    archive = read_archive(config, site)
    assigned: list[Assigned] = []
    for each in _assign_paths(checked, archive, folder):
        (problems if isinstance(each, Problem) else assigned).append(each)  # type: ignore[arg-type]
    if not keep_going:
        _stop_at_errors(problems)
    new_saves = {each.path: each.save for each in assigned if each.new}
    told = {each for each in problems if each.severity == "error" or each.message == SAID}.union(received.problems)
    threads = tuple(_summaries(new_saves, archive, config, told)) if new_saves else ()
    if new_saves and not dry_run:
        write_files(archive.content, {path: save.raw for path, save in new_saves.items()})
    return AddReport(
        added=tuple(f"{config.content}/{path}" for path in new_saves),
        same_bytes=tuple((each.save.name, f"{config.content}/{each.path}") for each in assigned if not each.new),
        kinds=tuple(map(_found, new_saves.values())),
        threads=threads,
        problems=tuple(sorted(told)),
    )


def report_lines(report: AddReport, site: Path, *, dry_run: bool) -> Iterator[str]:
    """Write a report for the terminal; `site` is the way to the site's folder."""
    yield from report.kinds
    for thread in report.threads[:MOST]:
        yield from summary_lines(thread, site)
    if len(report.threads) > MOST:
        yield f"and {count(len(report.threads) - MOST, 'more thread')}"
    for name, path in report.same_bytes:
        yield f"{name}: nothing new, the same bytes are in {(site / path).as_posix()}"
    added = count(len(report.added), "save")
    if dry_run:
        done = f"{added} would be added; nothing was written"
    elif report.added:
        done = f"{added} added; `threadpress build` makes the pages"
    else:
        done = "nothing was added"
    yield "; ".join(filter(None, (done, left_out(report.problems))))


def _stop_at_errors(problems: Collection[Problem]) -> None:
    if any(problem.severity == "error" for problem in problems):
        raise InputError(problems)


_NO_PATH = "save"
"""A path for a save that has none yet. It has no folder, since a folder may say what the source is."""


SAID = "it says itself which source it is from"
"""What is the matter with a save that --source is not for."""


def _check(saves: Iterable[Incoming], source: str) -> tuple[list[Checked], list[Problem]]:
    """Read every save, leave out those that are wrong, and collect what is wrong with any of them."""
    checked: list[Checked] = []
    problems: list[Problem] = []
    for save in saves:
        reading, named = _read(save.raw, Folder()), ""
        if any(problem.message == SOURCELESS for problem in reading.problems):
            named = source
            reading = _read(save.raw, Folder(sources={"": source})) if source else _ask_for_source(reading)
        problems += (_of_file(problem, save.name) for problem in reading.problems)
        reader = reader_of(save.raw)
        is_good = all(problem.severity == "warning" for problem in reading.problems)
        if not (reader and reading.threads and is_good):
            continue
        threads, (file,) = [each.thread for each in reading.threads], reading.files
        if source and not named and any(thread.source != source for thread in threads):
            hint = f"it was added as {threads[0].source}; --source is for saves that don't say it"
            problems.append(Problem(save.name, 0, SAID, hint, "warning"))
        posts = sum(len(thread.posts) for thread in threads)
        first, ending = threads[0].key, reader.ENDING
        checked.append(Checked(save.name, save.raw, first, file.ties, ending, reader.NAME, len(threads), posts, named))
    return checked, problems


def _read(raw: bytes, folder: Folder) -> GroupReading:
    return read_group(folder, Group((_NO_PATH,)), Redactions(), loose={_NO_PATH: raw})


def _ask_for_source(reading: GroupReading) -> GroupReading:
    """Put what helps here into the problem of a save whose source is unclear."""
    hint = "name it: threadpress add --source NAME, in small letters, digits and -"
    problems = (
        msgspec.structs.replace(problem, hint=hint) if problem.message == SOURCELESS else problem
        for problem in reading.problems
    )
    return msgspec.structs.replace(reading, problems=tuple(problems))


def _found(save: Checked) -> str:
    """Say what is in a save."""
    return f"{save.name}: {save.kind}, {count(save.threads, 'thread')}, {count(save.posts, 'post')}"


def _of_file(problem: Problem, name: str) -> Problem:
    """Tell of a file that is not in the content folder yet, so that nobody has to take it out."""
    return msgspec.structs.replace(problem, path=name, hint=problem.hint.removesuffix(f", or {AWAY}"))


def _assign_paths(checked: Iterable[Checked], archive: Archive, folder: Folder) -> Iterator[Assigned | Problem]:
    """Give each save a path that sorts after all saves it shares a thread with, or the path of the same bytes.

    Where such a path would be too long for a file there is a problem instead.
    """
    paths_by_tie: dict[str, list[str]] = {}
    for path in archive.listing.saves.keys() & archive.inputs.keys():
        for tie in archive.inputs[path].ties:
            paths_by_tie.setdefault(tie, []).append(path)
    taken = {stem_in_any_case(path) for path in archive.listing.saves}
    new_bytes: dict[str, bytes] = {}

    def holds(path: str, raw: bytes) -> bool:
        if path in new_bytes:
            return new_bytes[path] == raw
        return archive.listing.saves[path].size == len(raw) and read_file(archive.content / path) == raw

    for save in checked:
        related = sorted({path for tie in save.ties for path in paths_by_tie.get(tie, ())}, key=age)
        same = next((path for path in related if holds(path, save.raw)), None)
        if same is not None:
            yield Assigned(save, same, new=False)
            continue
        path = _name(save, related, taken, folder)
        if len(os.fsencode(path.rpartition("/")[2])) > LONGEST:
            message = "its name leaves no room for the number of a newer save"
            hint = "rename it, shorter, and add again"
            yield Problem((archive.content / related[-1]).as_posix(), 0, message, hint)
            continue
        for tie in save.ties:
            paths_by_tie.setdefault(tie, []).append(path)
        taken.add(stem_in_any_case(path))
        new_bytes[path] = save.raw
        yield Assigned(save, path, new=True)


def _name(save: Checked, related: Sequence[str], taken: Collection[str], folder: Folder) -> str:
    """Give a save a path: after its thread, or after its own name if it holds many threads.

    `related` are the saves that it shares threads with, oldest first. It goes where they are, unless it would be taken
    for a save of another source there.
    """
    beside = [path for path in related if not save.source or folder.source_of(path) == save.source]
    base = f"{save.source}/" if save.source else ""
    if save.threads > 1:
        return own_name(base, save.name, save.ending, taken)
    if beside:
        return next_name(beside[-1], save.ending, taken)
    return first_name(base, *save.first, save.ending, taken)


def _summaries(
    new_saves: Mapping[str, Checked], archive: Archive, config: Config, told: set[Problem]
) -> Iterator[ThreadSummary]:
    """Sum up each thread that has new saves; warnings about these are added to `told`."""
    after = with_saves(archive, {path: save.ties for path, save in new_saves.items()})
    raws = {path: save.raw for path, save in new_saves.items()}
    redactions = Redactions.of(config.redact)
    pages = _pages(after)
    for group in dict.fromkeys(after.groups[tie] for save in new_saves.values() for tie in save.ties):
        reading = read_group(archive.folder, group, redactions, loose=raws)
        told.update(
            msgspec.structs.replace(problem, path=new_saves[problem.path].name)
            for problem in reading.problems
            if problem.path in new_saves
        )
        earlier_groups = _read_earlier(group, archive, redactions)
        earlier = {read.thread.key: read.thread for old in earlier_groups for read in old.threads}
        for thread in (read.thread for read in reading.threads):
            saves = tuple(f"{config.content}/{save.path}" for save in thread.saves if save.path in new_saves)
            if saves:
                yield summarize(thread, earlier.get(thread.key), archive.authors, pages[thread.key], saves)


def _read_earlier(group: Group, archive: Archive, redactions: Redactions) -> Iterator[GroupReading]:
    """Read the groups that the archive has now, of which the new saves make one."""
    ties = [tie for path in group.saves if path in archive.inputs for tie in archive.inputs[path].ties]
    for old in dict.fromkeys(archive.groups[tie] for tie in ties):
        yield read_group(archive.folder, old, redactions)


def _pages(archive: Archive) -> dict[tuple[str, str], str]:
    """Give the URL of the first page of every thread."""
    ids: dict[str, dict[str, str]] = {}
    for source, _, number in (tie.partition("/") for tie in archive.groups):
        ids.setdefault(source, {})[number] = number
    return {
        (source, number): urls.thread_page(source, name)
        for source, numbers in ids.items()
        for number, name in urls.unique_slugs(numbers).items()
    }


def write_files(content: Path, files: Mapping[str, bytes]) -> None:
    """Write new files, all of them or none.

    Each is first written under a name that `build` ignores, so that under its own name it appears complete or not at
    all. Raises `InputError` if a file of such a name has appeared meanwhile.
    """
    done: list[Path] = []
    with noted(content, tuple(files)) as unfinished:
        try:
            _make_folders(content, files)
            for path, raw in files.items():
                try:
                    with (content / unfinished[path]).open("xb") as file:
                        file.write(raw)
                        file.flush()
                        os.fsync(file.fileno())
                except OSError as error:
                    error.filename = str(content / path)  # for messages; of a full disk the system names no file
                    raise
            for path in files:
                _appear(content / unfinished[path], content / path)
                done.append(content / path)
        except BaseException:
            for target in done:  # all of them ours, made a moment ago
                target.unlink()
            raise


def _make_folders(content: Path, files: Iterable[str]) -> None:
    """Make the folders of sources that are not there yet."""
    for folder in dict.fromkeys((content / path).parent for path in files):
        if folder != content and folder.is_symlink():
            message = "this link to a folder is not followed, so saves in it would not be read"
            raise InputError(Problem(folder.as_posix(), 0, message, "put the folder itself here"))
        folder.mkdir(exist_ok=True)


def _appear(temporary: Path, target: Path) -> None:
    """Give a file its name, unless another file has it."""
    try:
        target.hardlink_to(temporary)
    except OSError as error:
        if isinstance(error, FileExistsError) or os.path.lexists(target):
            message = "another program has just put a file here"
            raise InputError(Problem(target.as_posix(), 0, message, "add the save again")) from error
        temporary.rename(target)  # FAT and some network disks have no hard links
