"""Folder: the output folder as one build meets it.

`Output` answers what a build asks: is everything as it was left, what is the hash of our file at a URL, is anything in
the way. How much it looks at for that is its own affair:

- In a process that has just built the site it trusts its memory, and looks only at the files that are to be written.
- Else it digests all names and stamps; if these are as they were left, so is every file.
- Only if they differ does it look at each file (`survey`).

Nothing that is not ours is ever changed or removed.
"""

from __future__ import annotations

import errno
import functools
import hashlib
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from pathlib import Path, PurePosixPath

import msgspec

from generator import urls
from generator.errors import HINTS, OutputError, Problem
from generator.files import read_file
from generator.output import write
from generator.output.records import Records, page_record
from generator.output.sums import list_sums, read_listed
from generator.output.survey import CLOSED, Digests, Survey, begin_digests, digests, stands, survey
from generator.stamps import stamp_bytes
from generator.workers import Workers

CHANGED = "it was changed since the build that wrote it"
DELETE_IT = "delete it or move it away, then run `threadpress build`"
"""What is said of a file of a build that somebody changed: it is the user's now, and only the user may remove it."""

Render = Callable[[Set[str]], Iterable[tuple[str, bytes]]]
"""Gives the bytes that pages of some URLs are to have, without writing them."""


class Left(msgspec.Struct, frozen=True):
    """How a build left the output."""

    records: Callable[[], Records]
    """Gives the records of all files of ours; they are many, and not always needed."""
    foreign: Mapping[str, bytes] = {}
    """Files that are not ours, with their stamps."""
    digests: Digests = ()
    """Of all names and stamps; empty if nobody knows."""
    files: int = 0
    """How many files are ours."""


NOTHING = Left(lambda: Records.of({}))
"""Where no build is known."""


class Finished(msgspec.Struct, frozen=True):
    """What a build made of the output."""

    left: Left
    removed: tuple[str, ...]
    """URLs of obsolete files, sorted."""
    sums: tuple[str, ...]
    """The URL of the list of sums if that was written."""


class Output:
    """The output folder, from the first question to the list of sums."""

    def __init__(self, folder: Path, name: str, left: Left, workers: Workers, *, trusted: bool = False) -> None:
        """Take the folder as `left`, and begin to see whether it still is so.

        `name` is what messages call the folder. `trusted`: this process left it so, and no other build came between.
        """
        write.refuse_links(folder, name)
        self.folder = folder
        self.name = name
        self._left = left
        self._workers = workers
        self._trusted = trusted
        # At 137,000 files this takes half a second, so it is begun here, and planning goes on meanwhile.
        self._digests = [] if trusted else begin_digests(folder, left.digests, left.files, workers)
        self._survey: Survey | None = None
        self._gone: Collection[str] | None = None
        self._removed: tuple[str, ...] = ()

    @functools.cached_property
    def records(self) -> Records:
        """The records of the last build."""
        return self._left.records()

    @functools.cached_property
    def is_as_left(self) -> bool:
        """Whether every file has the name and stamp it was left with."""
        left = self._left.digests
        return self._trusted or (
            bool(left) and [digest for _, digest in left] == [part.result() for part in self._digests]
        )

    @property
    def is_whole(self) -> bool:
        """Whether every file of ours is there with the bytes it was left with, and no other."""
        return self.is_as_left or self.survey.whole

    def find_difference(self) -> str:
        """Name a file of ours that a build would make again; "" if all are as they were left.

        Raises `OutputError` with the files that somebody has changed: a build refuses these, too.
        """
        if self.is_whole:
            return ""
        if changed := self.survey.absent & self.survey.foreign.keys():
            raise OutputError(Problem(f"{self.name}/{url}", 0, CHANGED, DELETE_IT) for url in changed)
        return min(self.survey.absent | self.survey.others.keys())

    @property
    def survey(self) -> Survey:
        """What lies there."""
        if self._survey is None:
            # What was left may have been written by anybody: then a digest need not be that of the records.
            if self._trusted or (self.is_as_left and digests(self.records, self._left.foreign) == self._left.digests):
                self._survey = Survey(self.records, foreign=self._left.foreign)
            else:
                self._survey = survey(self.folder, self.records, self._workers)
        return self._survey

    def as_it_stands(self) -> Left:
        """Give how the output stands now if nothing is written: what was left, with the stamps of now."""
        return self._left if self.is_as_left else _left(self.records.stamped(self.survey.stamps), self.survey)

    def prepare(
        self, writing: Callable[[], Iterable[str]], planned: Callable[[], Collection[str]], render: Render
    ) -> None:
        """Make sure that nothing is in the way of the files to be written, before the first of them is.

        `writing` gives their URLs, `planned` those of all files of the site, and `render` the bytes of some: a file
        that equals what we would write is ours. Raises `OutputError` that names everything in the way; then nothing is
        changed.
        """
        write.clear_apart(self.folder)
        if self._trusted:
            if stands(self.folder, self.records, (urls.SUMS, *writing())):
                return
            self._trusted = False  # somebody was at it
            self._survey = survey(self.folder, self.records, self._workers)
        if not self.survey.bare:
            files = planned()
            self._adopt(render(self._blocked(files)))
            self._removed = self._make_room(files, self._unplanned(files))

    def clear(self, planned: Callable[[], Collection[str]], render: Render) -> None:
        """Remove every file of ours, so that a build starts from nothing. Raises what `prepare` raises."""
        write.clear_apart(self.folder)
        self._adopt(render(self._blocked(planned())))
        self._removed = self._make_room((), self.records)
        if self.survey.hash_of(urls.SUMS):
            write.remove(self.folder, urls.SUMS)
        self.records = Records.of({})
        self._survey = survey(self.folder, self.records, self._workers)

    @property
    def bare(self) -> bool:
        """Whether files are put apart first, since nothing is there yet."""
        return not self._trusted and self.survey.bare

    def move_in(self) -> None:
        """Move what was put apart to its place."""
        write.move_in(self.folder, self.name)

    def finish(self, planned: Collection[str], records: Mapping[str, bytes]) -> Finished:
        """Remove what is obsolete and write the list of sums; `records` are those of the pages that were looked at.

        The list is written last: until then the old list and the journals together name every file of ours.
        """
        if self._trusted:
            self._removed = self._remove_unchanged(planned)
        after = self.records.stamped(self.survey.stamps).replaced(self._unplanned(planned), records)
        data = list_sums(after)
        sha256 = hashlib.sha256(data).digest()
        written = self.survey.hash_of(urls.SUMS) != sha256
        with write.Writer(self.folder) as writer:
            stamp = writer.put(urls.SUMS, data, sha256) if written else writer.stamp(urls.SUMS)
        self.tidy()
        after = after.replaced((), {urls.SUMS: page_record(bytes(8), sha256, stamp)})
        return Finished(
            _left(after, self.survey), tuple(url for url in self._removed if url not in after), (urls.SUMS,) * written
        )

    def tidy(self) -> None:
        """Remove what a finished build needs no longer."""
        write.tidy(self.folder)

    def _adopt(self, expected: Iterable[tuple[str, bytes]]) -> None:
        """Count files in the way as ours if they have the expected bytes; raise `OutputError` for all others."""
        here, problems, equal = self.survey, set(), dict[str, bytes]()
        if here.foreign_sums:
            message = "this is not ours and is where our list goes"
            problems.add(Problem(f"{self.name}/{urls.SUMS}", 0, message, "move it away"))
        listed = here.absent
        if here.foreign and not here.records:  # the store is gone, and the list still says what a build wrote
            listed = frozenset(read_listed(self.folder / urls.SUMS))
        for url, data in expected:
            path = self.folder / url
            parents = [str(parent) for parent in reversed(PurePosixPath(url).parents[:-1])]
            blocking = next((parent for parent in parents if parent in here.foreign), url)
            if blocking == url and path.is_file() and not path.is_symlink() and read_file(path) == data:
                equal[url] = hashlib.sha256(data).digest()
                continue
            message, hint = f"this is not ours and is where {url} is to be written", "move it away"
            if blocking in listed:
                message, hint = CHANGED, DELETE_IT
            if here.foreign.get(blocking) == CLOSED:
                message, hint = f"it can't be read ({os.strerror(errno.EACCES)})", HINTS[errno.EACCES]
            problems.add(Problem(f"{self.name}/{blocking}", 0, message, hint))
        if problems:
            raise OutputError(problems)
        foreign = {url: stamp for url, stamp in here.foreign.items() if url not in equal}
        self._survey = msgspec.structs.replace(here, others={**here.others, **equal}, foreign=foreign)

    def _blocked(self, planned: Collection[str]) -> set[str]:
        """Find the planned files whose place, or the place of whose folders, is taken by something that is not ours."""
        foreign = self.survey.foreign
        if not foreign:
            return set()
        wanted = set(planned)
        inside: dict[str, list[str]] = {}
        for url in wanted:
            inside.setdefault(url.rpartition("/")[0], []).append(url)
        blocked = wanted & foreign.keys()
        for folder, files in inside.items():
            parts = folder.split("/")
            if any("/".join(parts[: depth + 1]) in foreign for depth in range(len(parts))):
                blocked.update(files)
        # Foreign files in a folder that is where a file is to be.
        for url in foreign:
            parts = url.split("/")
            blocked.update(name for depth in range(1, len(parts)) if (name := "/".join(parts[:depth])) in wanted)
        return blocked

    def _unplanned(self, planned: Collection[str]) -> Collection[str]:
        """Give the recorded files that the site no longer has; this is worked out once a build."""
        if self._gone is None:
            self._gone = [url for url in self.records if url not in planned]
        return self._gone

    def _make_room(self, planned: Collection[str], unplanned: Collection[str]) -> tuple[str, ...]:
        """Remove obsolete files before any page is written: one may be where a folder is to be."""
        obsolete = self._remove(self.survey.beyond(planned, unplanned))
        write.remove_empty(self.folder, {url for url in self.survey.folders if url in planned})
        return obsolete

    def _remove_unchanged(self, planned: Collection[str]) -> tuple[str, ...]:
        """Remove obsolete files that are still as they were left; others are not ours any more."""
        obsolete = self.survey.beyond(planned, self._unplanned(planned))
        changed = {url for url in obsolete if not stands(self.folder, self.records, [url])}
        if changed:
            there = {
                url: stamp_bytes(os.lstat(self.folder / url)) for url in changed if os.path.lexists(self.folder / url)
            }
            self._survey = msgspec.structs.replace(
                self.survey, absent=self.survey.absent | changed, foreign={**self.survey.foreign, **there}
            )
        return self._remove(obsolete - changed)

    def _remove(self, obsolete: set[str]) -> tuple[str, ...]:
        removed = tuple(sorted(obsolete - {urls.SUMS}))
        for url in removed:
            write.remove(self.folder, url)
        return removed


def _left(records: Records, here: Survey) -> Left:
    return Left(lambda: records, here.foreign, digests(records, here.foreign), len(records))
