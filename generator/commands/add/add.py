"""The command `add`: checks the saves that came in, and puts them into the content folder, all of them or none.

A `Received` comes in; files with the same bytes go out, and an `AddReport` of what is new. A file that exists is never
changed or replaced. Making pages is left to `build`: nothing else of the site is touched.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from generator import urls
from generator.commands.add.file_names import first_name, next_name, stem_in_any_case
from generator.commands.add.incoming import Incoming, Received
from generator.commands.add.summary import ThreadSummary, summarize, summary_lines
from generator.commands.archive import Archive, read_archive, with_saves
from generator.commands.terminal import count
from generator.config import Config
from generator.engine import clear_unfinished, noted
from generator.errors import InputError, Problem
from generator.files import read_file
from generator.readers import reader_of
from generator.threads import Group, GroupReading, Redactions, age, read_group

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
    threads: tuple[ThreadSummary, ...]
    """The threads with a new save."""
    problems: tuple[Problem, ...]
    """Warnings, and with `keep_going` the errors of saves that were left out."""


def add(
    config: Config, site: Path, received: Received, *, dry_run: bool = False, keep_going: bool = False
) -> AddReport:
    """Store saves in the content folder of the site in folder `site`.

    Raises `InputError` with everything that is wrong with any of them, before anything is written; with `keep_going`
    these are left out, and the report says why. With `dry_run` nothing is written at all.
    """
    if not dry_run:
        clear_unfinished(site / config.content)
    checked, problems = _check(received.saves)
    problems += received.problems
    if not keep_going:
        _stop_at_errors(problems)
    archive = read_archive(config, site)
    assigned: list[Assigned] = []
    for each in _assign_paths(checked, archive, config):
        (problems if isinstance(each, Problem) else assigned).append(each)  # type: ignore[arg-type]
    if not keep_going:
        _stop_at_errors(problems)
    new_saves = {each.path: each.save for each in assigned if each.new}
    told = {problem for problem in problems if problem.severity == "error"}.union(received.problems)
    threads = tuple(_summaries(new_saves, archive, config, told)) if new_saves else ()
    if new_saves and not dry_run:
        write_files(archive.content, {path: save.raw for path, save in new_saves.items()})
    return AddReport(
        added=tuple(f"{config.content}/{path}" for path in new_saves),
        same_bytes=tuple((each.save.name, f"{config.content}/{each.path}") for each in assigned if not each.new),
        threads=threads,
        problems=tuple(sorted(told)),
    )


def report_lines(report: AddReport, site: Path, *, dry_run: bool) -> Iterator[str]:
    """Write a report for the terminal; `site` is the way to the site's folder."""
    for thread in report.threads:
        yield from summary_lines(thread, site)
    for name, path in report.same_bytes:
        yield f"{name}: nothing new, the same bytes are in {(site / path).as_posix()}"
    added = count(len(report.added), "save")
    if dry_run:
        yield f"{added} would be added; nothing was written"
    elif report.added:
        yield f"{added} added; `threadpress build` makes the pages"
    else:
        yield "nothing was added"


def _stop_at_errors(problems: Collection[Problem]) -> None:
    if any(problem.severity == "error" for problem in problems):
        raise InputError(problems)


_NO_PATH = "save"
"""A path for a save that has none yet. It has no folder, since a folder may say what the source is."""


def _check(saves: Iterable[Incoming]) -> tuple[list[Checked], list[Problem]]:
    """Read every save, leave out those that are wrong, and collect what is wrong with any of them."""
    checked: list[Checked] = []
    problems: list[Problem] = []
    for save in saves:
        reading = read_group(Path(), Group((_NO_PATH,)), Redactions(), loose={_NO_PATH: save.raw})
        problems += (msgspec.structs.replace(problem, path=save.name) for problem in reading.problems)
        reader = reader_of(save.raw)
        is_good = all(problem.severity == "warning" for problem in reading.problems)
        if reader and reading.threads and is_good:
            first, (file,) = reading.threads[0].thread.key, reading.files
            checked.append(Checked(save.name, save.raw, first, file.ties, reader.ENDING))
    return checked, problems


def _assign_paths(checked: Iterable[Checked], archive: Archive, config: Config) -> Iterator[Assigned | Problem]:
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
        path = next_name(related[-1], save.ending, taken) if related else first_name(*save.first, save.ending, taken)
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


def _summaries(
    new_saves: Mapping[str, Checked], archive: Archive, config: Config, told: set[Problem]
) -> Iterator[ThreadSummary]:
    """Sum up each thread that has new saves; warnings about these are added to `told`."""
    after = with_saves(archive, {path: save.ties for path, save in new_saves.items()})
    raws = {path: save.raw for path, save in new_saves.items()}
    redactions = Redactions.of(config.redact)
    pages = _pages(after)
    for group in dict.fromkeys(after.groups[tie] for save in new_saves.values() for tie in save.ties):
        reading = read_group(archive.content, group, redactions, loose=raws)
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
        yield read_group(archive.content, old, redactions)


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


def _appear(temporary: Path, target: Path) -> None:
    """Give a file its name, unless another file has it."""
    try:
        target.hardlink_to(temporary)
    except OSError as error:
        if isinstance(error, FileExistsError) or os.path.lexists(target):
            message = "another program has just put a file here"
            raise InputError(Problem(target.as_posix(), 0, message, "add the save again")) from error
        temporary.rename(target)  # FAT and some network disks have no hard links
