"""Add: saves that came in go into the content folder, checked first, all of them or none.

`Received` values come in, files with the same bytes go out, and an `AddReport` of what is new. A file that is there is
never changed or replaced. Pages are `build`'s work: nothing else of the site is touched.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from generator import urls
from generator.commands.add.cards import Card, card
from generator.commands.add.incoming import Incoming, Received
from generator.commands.add.names import first_place, next_place, stem
from generator.commands.archive import Archive, authors, survey, with_saves
from generator.config import Config
from generator.errors import ContentError, Problem
from generator.readers import decode, read_save, reader_of
from generator.threads.merge import age
from generator.threads.read import assemble
from generator.threads.redact import Redactions

LONGEST = 255
"""Bytes of a file's name that every system takes."""

Key = tuple[str, str]
"""Source and id of a thread."""


class Checked(msgspec.Struct, frozen=True):
    """A save that can be read."""

    name: str
    raw: bytes
    keys: tuple[Key, ...]
    """Its threads."""
    ending: str
    """What names of its kind end in."""


class Arrival(msgspec.Struct, frozen=True):
    """Where a save is to lie, or lies already."""

    save: Checked
    path: str
    """In the content folder."""
    new: bool
    """False: a file there holds the same bytes."""


class AddReport(msgspec.Struct, frozen=True):
    """What came in."""

    added: tuple[str, ...]
    """Paths of the new files."""
    there: tuple[tuple[str, str], ...]
    """Saves that bring nothing, as the user named them, each with the path of the file that holds the same bytes."""
    cards: tuple[Card, ...]
    """Of each thread with a new save."""
    problems: tuple[Problem, ...]
    """Warnings."""


def add(config: Config, site: Path, received: Received, *, dry_run: bool = False) -> AddReport:
    """Store saves in the content folder of the site in folder `site`.

    Raises `ContentError` with all that is wrong with any of them, before anything is written. With `dry_run` nothing
    is written at all.
    """
    checked, problems = _check(received.saves)
    problems += received.problems
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    archive = survey(config, site)
    arrivals = tuple(_allot(checked, archive, config))
    fresh = {arrival.path: arrival.save for arrival in arrivals if arrival.new}
    warnings = set(received.problems)
    found = tuple(_cards(fresh, archive, config, warnings)) if fresh else ()
    if not dry_run:
        store(archive.content, {path: save.raw for path, save in fresh.items()})
    return AddReport(
        added=tuple(f"{config.content}/{path}" for path in fresh),
        there=tuple((arrival.save.name, f"{config.content}/{arrival.path}") for arrival in arrivals if not arrival.new),
        cards=found,
        problems=tuple(sorted(warnings)),
    )


def _check(saves: Iterable[Incoming]) -> tuple[list[Checked], list[Problem]]:
    """Read every save, and gather what is wrong with any."""
    checked: list[Checked] = []
    problems: list[Problem] = []
    for save in saves:
        reading = read_save(save.raw, save.name)
        problems += reading.problems
        reader = reader_of(decode(save.raw, save.name)[0])
        if reader and reading.threads:
            keys = tuple(dict.fromkeys(thread.key for thread in reading.threads))
            checked.append(Checked(save.name, save.raw, keys, reader.ENDING))
    return checked, problems


def _allot(checked: Iterable[Checked], archive: Archive, config: Config) -> Iterator[Arrival]:
    """Give each save its place: behind the newest of its threads, or where the same bytes lie already."""
    places: dict[Key, list[str]] = {key: list(group.saves) for key, group in archive.groups.items()}
    taken = {stem(path) for path in archive.listing.saves}
    fresh: dict[str, bytes] = {}

    def holds(path: str, raw: bytes) -> bool:
        if path in fresh:
            return fresh[path] == raw
        return archive.listing.saves[path].size == len(raw) and (archive.content / path).read_bytes() == raw

    for save in checked:
        mine = sorted({path for key in save.keys for path in places.get(key, ())}, key=age)
        same = next((path for path in mine if holds(path, save.raw)), None)
        if same is not None:
            yield Arrival(save, same, new=False)
            continue
        path = next_place(mine[-1], save.ending, taken) if mine else first_place(*save.keys[0], save.ending, taken)
        if len(os.fsencode(path.rpartition("/")[2])) > LONGEST:
            message = "its name leaves no room for the number of a newer save"
            raise ContentError(Problem(f"{config.content}/{mine[-1]}", 0, message, "rename it, shorter, and add again"))
        for key in save.keys:
            places.setdefault(key, []).append(path)
        taken.add(stem(path))
        fresh[path] = save.raw
        yield Arrival(save, path, new=True)


def _cards(fresh: Mapping[str, Checked], archive: Archive, config: Config, warnings: set[Problem]) -> Iterator[Card]:
    """Sum up each thread that has new saves; what there is to warn of in those goes to `warnings`."""
    after = with_saves(archive, {path: save.keys for path, save in fresh.items()})
    raws = {path: save.raw for path, save in fresh.items()}
    redactions = Redactions.of(config.redact)
    known = authors(archive)
    pages = _pages(after)
    for key in dict.fromkeys(key for save in fresh.values() for key in save.keys):
        loaded = assemble(archive.content, after.groups[key], redactions, loose=raws)
        warnings.update(
            msgspec.structs.replace(problem, path=fresh[problem.path].name)
            for problem in loaded.problems
            if problem.path in fresh
        )
        if loaded.thread is None:
            raise ContentError(loaded.problems)
        before = assemble(archive.content, archive.groups[key], redactions).thread if key in archive.groups else None
        mine = tuple(f"{config.content}/{path}" for path in after.groups[key].saves if path in fresh)
        yield card(loaded.thread, before, known, pages[key], mine)


def _pages(archive: Archive) -> dict[Key, str]:
    """URL of the first page of every thread."""
    wanted: dict[str, dict[str, str]] = {}
    for source, number in archive.groups:
        wanted.setdefault(source, {})[number] = number
    return {
        (source, number): urls.thread_page(source, stem)
        for source, numbers in wanted.items()
        for number, stem in urls.unique_slugs(numbers).items()
    }


def store(content: Path, files: Mapping[str, bytes]) -> None:
    """Write new files, all of them or none.

    Each appears under its name whole or not at all: it is written under a name that `build` ignores first. Raises
    `ContentError` if a file of such a name has come up meanwhile.
    """
    content.mkdir(parents=True, exist_ok=True)
    waiting: list[tuple[Path, Path]] = []
    done: list[Path] = []
    token = secrets.token_hex(8)
    try:
        for number, (path, raw) in enumerate(files.items()):
            target = content / path
            temporary = target.with_name(f".threadpress-{token}-{number}")
            waiting.append((temporary, target))
            with temporary.open("xb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
        for temporary, target in waiting:
            _appear(temporary, target)
            done.append(target)
    except BaseException:
        for target in done:  # of ours, made a moment ago
            target.unlink()
        raise
    finally:
        for temporary, _ in waiting:
            temporary.unlink(missing_ok=True)


def _appear(temporary: Path, target: Path) -> None:
    """Give a file its name, unless there is one of that name."""
    try:
        target.hardlink_to(temporary)
    except OSError as error:
        if isinstance(error, FileExistsError) or os.path.lexists(target):
            problem = Problem(target.as_posix(), 0, "another program has just put a file here", "add the save again")
            raise ContentError(problem) from error
        temporary.rename(target)  # FAT and some network disks have no hard links
