"""Survey: what lies in the output folder before a build, and what of it is ours.

A file is ours if the last `SHA256SUMS`, the store, or the journals of a build that was cut off list it with its present
bytes (SPEC section 4). Only files whose stamp is not the recorded one are read. Nothing is written here.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from concurrent.futures import Future
from pathlib import Path, PurePosixPath

import msgspec

from generator import urls
from generator.output.records import STAMP, Files, Records, digest
from generator.stamps import stamp_bytes
from generator.workers import Workers

TEMPORARY = ".threadpress-tmp"
"""Folder in the output while a build writes."""

APART = "apart"
"""Folder in that one, for what a first build writes."""
ALWAYS = frozenset({urls.INDEX, urls.ABOUT, urls.NOT_FOUND, urls.ROBOTS})
"""Pages every site of ours has: a list of sums without them is somebody else's."""

CLOSED = bytes(STAMP.stop - STAMP.start)
"""Stamp of a folder that can't be looked into."""

HASHED = 500
"""Files in a batch that is hashed."""
HASHING = 1_000
"""Bytes of saves that a file to hash stands for when work is weighed."""

PIECE = 1 << 16
"""Bytes of a file that are read at once."""

BINARY = getattr(os, "O_BINARY", 0)
"""For Windows, which would change line ends."""
_READ = os.O_RDONLY | BINARY
_SUM = re.compile(r"^([0-9a-f]{64})  (.+)$")


class Standing(Mapping[str, bytes]):
    """Files of ours in the output, by URL, with the SHA-256 of their bytes: the recorded ones but for what differs.

    Nearly all stand as recorded, and there are many, so only the others are kept here.
    """

    def __init__(self, records: Records, absent: Set[str], others: dict[str, bytes]) -> None:
        self.records = records
        self.absent = absent
        """Recorded, but not there with the recorded bytes."""
        self.others = others
        """There with other bytes, or not recorded."""

    def __getitem__(self, url: str) -> bytes:
        if url in self.others:
            return self.others[url]
        if url in self.absent:
            raise KeyError(url)
        return self.records.sha256(self.records.places[url])

    def __iter__(self) -> Iterator[str]:
        yield from self.others
        yield from (url for url in self.records if url not in self.absent and url not in self.others)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def beyond(self, planned: Files) -> set[str]:
        """Give those that are not planned."""
        return set(planned.gone - self.absent) | {url for url in self.others if url not in planned}


class Survey(msgspec.Struct, frozen=True):
    """What lies in the output folder before a build."""

    present: Standing
    """Files of ours."""
    foreign: dict[str, bytes]
    """All other files, and links, with their stamps."""
    folders: frozenset[str] | None
    """None: not looked at."""
    stamps: dict[str, bytes]
    """Of files of ours whose stamp is not the recorded one."""
    foreign_sums: bool
    """Whether somebody else's list of sums stands where ours is to be."""

    @property
    def records(self) -> Records:
        """What is known of them."""
        return self.present.records

    @property
    def bare(self) -> bool:
        """Whether nothing lies there, and nothing is recorded."""
        return not (self.records or self.present.others or self.foreign or self.folders)

    @property
    def whole(self) -> bool:
        """Whether every recorded file is there as it was written, and no other file of ours."""
        return not self.present.absent and not self.present.others


_END = chr(0x10FFFF) * 256
"""Behind all URLs: no file has so long a name."""


def _walk(output: Path, start: str = "", stop: str = _END) -> Iterator[tuple[str, bytes, bool]]:
    """Yield what lies in the output: URL and stamp, and whether it is a plain file; folders end with a slash.

    Only what sorts from `start` on, and before `stop`, is looked at.
    """
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        if prefix >= stop or (prefix < start and not start.startswith(prefix)):
            continue
        try:
            entries = os.scandir(output / prefix)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            if not prefix:
                raise
            url = prefix.rstrip("/")
            if start <= url < stop:
                yield url, CLOSED, False  # we make none that are closed to us
            continue
        with entries:
            for entry in entries:
                url = prefix + entry.name
                plain = entry.is_file(follow_symlinks=False)
                if not plain and entry.is_dir(follow_symlinks=False):
                    if url != TEMPORARY:
                        url += "/"
                        waiting.append(url)
                        if start <= url < stop:
                            yield url, b"", False
                elif start <= url < stop:
                    yield url, stamp_bytes(entry.stat(follow_symlinks=False)), plain


Seen = list[tuple[str, bytes, bool]]
"""What `_walk` yields."""


class GlanceTask(msgspec.Struct, frozen=True):
    """A part of an output to glance at, with the digest expected of it: a task for a worker."""

    output: str
    start: str
    stop: str
    expected: bytes


def glance(task: GlanceTask) -> Seen | None:
    """Look at names and stamps of the files in a part of the output: None if they are as expected, else what there is.

    So nobody need walk through it again.
    """
    seen = list(_walk(Path(task.output), task.start, task.stop))
    files = {url: stamp for url, stamp, _ in seen if url[-1] != "/"}
    names = sorted(files)
    return None if digest(names, b"".join(map(files.__getitem__, names))) == task.expected else seen


class Glance:
    """A look at the whole output, by workers, while the build goes on."""

    def __init__(self, output: Path, standing: tuple[tuple[str, bytes], ...], workers: Workers, weight: int) -> None:
        """Begin to look; `standing` is that of the state, and `weight` as for `Workers.begin`."""
        stops = [*(start for start, _ in standing[1:]), _END]
        self.tasks = [
            GlanceTask(str(output), start, stop, expected)
            for (start, expected), stop in zip(standing, stops, strict=True)
        ]
        self._parts: list[Future[Seen | None]] = [workers.begin(glance, task, weight) for task in self.tasks]

    def done(self) -> bool:
        """Say whether it has come to its end."""
        return all(part.done() for part in self._parts)

    def same(self) -> bool:
        """Say whether all is as it was left."""
        return all(part.result() is None for part in self._parts)

    def seen(self) -> Iterator[tuple[str, bytes, bool]]:
        """Yield what there is; parts that are as they were left are walked through again."""
        for task, part in zip(self.tasks, self._parts, strict=True):
            found = part.result()
            yield from _walk(Path(task.output), task.start, task.stop) if found is None else found


def left_over(output: Path) -> bool:
    """Say whether a build that wrote into the output did not come to its end."""
    return (output / TEMPORARY).exists()


def without(output: Path, found: Survey, planned: Files) -> Survey:
    """Give the survey in which obsolete files are ours only if they are still as they were left."""
    changed = {url for url in found.present.beyond(planned) if not stands(output, found.records, [url])}
    if not changed:
        return found
    present = Standing(found.records, found.present.absent | changed, found.present.others)
    there = {url: stamp_bytes(os.lstat(output / url)) for url in changed if os.path.lexists(output / url)}
    return msgspec.structs.replace(found, present=present, foreign=found.foreign | there)


def stands(output: Path, records: Mapping[str, bytes], some: Iterable[str]) -> bool:
    """Say whether some files are as they were left: recorded ones as recorded, and nothing where there is no record."""
    folders: set[str] = set()
    for url in some:
        folders.update(str(folder) for folder in PurePosixPath(url).parents)
        try:
            stamp = stamp_bytes(os.lstat(output / url))
        except FileNotFoundError:
            stamp = b""
        except NotADirectoryError:
            return False
        if stamp != records.get(url, b"")[STAMP]:
            return False
    return not any((output / folder).is_symlink() for folder in folders)


def as_left(records: Records, foreign: dict[str, bytes]) -> Survey:
    """Give what a survey would find where a glance showed that nothing is different."""
    return Survey(Standing(records, frozenset(), {}), foreign, None, {}, False)


def survey(output: Path, records: Records, workers: Workers) -> Survey:
    """Look at every file in the output folder; only those whose stamp is not the recorded one are read.

    Lists of sums are read only if there is such a file whose bytes are not the recorded ones either.
    """
    return begin(output, records, workers, None)()


def begin(output: Path, records: Records, workers: Workers, glance: Glance | None) -> Callable[[], Survey]:
    """Begin a `survey`; what is given waits for its end. Workers read files meanwhile.

    Whoever glanced at the output a moment ago need not walk through it again.
    """
    places = records.places
    untouched: list[str] = []
    strange: dict[str, bytes] = {}
    foreign: dict[str, bytes] = {}
    folders: set[str] = set()
    for url, stamp, plain in glance.seen() if glance else _walk(output):
        if plain:
            place = places.get(url)
            if place is not None and records.stamp(place) == stamp:
                untouched.append(url)
            else:
                strange[url] = stamp
        elif url[-1] == "/":
            folders.add(url[:-1])
        else:
            foreign[url] = stamp
    hashing = _hash(output, [url for url in strange if url in places], workers)

    def finish() -> Survey:
        absent = set(records).difference(untouched) if len(untouched) < len(records) else set()
        others, stamps, foreign_sums = _identify(output, records, strange, foreign, workers, hashing())
        absent.difference_update(url for url in stamps if url not in others)
        return Survey(Standing(records, frozenset(absent), others), foreign, frozenset(folders), stamps, foreign_sums)

    return finish


def _identify(
    output: Path,
    records: Records,
    strange: dict[str, bytes],
    foreign: dict[str, bytes],
    workers: Workers,
    hashes: dict[str, bytes],
) -> tuple[dict[str, bytes], dict[str, bytes], bool]:
    """Sort files whose stamp is not the recorded one into those of ours and others (`foreign`).

    `hashes` are those of the recorded ones. Gives the hashes of ours where they are not the recorded ones either, the
    stamps of all of ours, and whether `SHA256SUMS` is somebody else's.
    """
    others: dict[str, bytes] = {}
    if not strange and urls.SUMS not in foreign:
        return others, {}, False
    places = records.places
    stamps = {url: strange[url] for url, sha256 in hashes.items() if sha256 == records.sha256(places[url])}
    if len(stamps) == len(strange) and urls.SUMS not in foreign:
        return others, stamps, False
    sums = output / urls.SUMS
    listed = dict(read_sums(sums))
    foreign_sums = urls.SUMS in foreign or (
        urls.SUMS in strange and urls.SUMS not in stamps and not listed.keys() >= ALWAYS
    )
    known: dict[str, set[bytes]] = {}
    for listing in (sums, *sorted((output / TEMPORARY).glob("journal-*"))):
        if not (foreign_sums and listing == sums):
            for url, sha256 in read_sums(listing):
                if url in strange and url not in stamps:
                    known.setdefault(url, set()).add(bytes.fromhex(sha256))
    if urls.SUMS in strange and not foreign_sums:
        known.setdefault(urls.SUMS, set())
    hashes |= _hash(output, [url for url in known if url not in hashes], workers)()
    for url, stamp in strange.items():
        if url in stamps:
            continue
        if url in known and (hashes[url] in known[url] or url == urls.SUMS):
            others[url], stamps[url] = hashes[url], stamp
        else:
            foreign[url] = stamp
    return others, stamps, foreign_sums


class HashTask(msgspec.Struct, frozen=True):
    """Files to hash: a task for a worker."""

    output: str
    urls: tuple[str, ...]


def hash_files(task: HashTask) -> list[bytes]:
    """Give the SHA-256 of each file."""
    found = []
    for url in task.urls:  # there are many, and a file object takes a third of the time
        handle = os.open(f"{task.output}/{url}", _READ)
        try:
            hashed = hashlib.sha256(os.read(handle, PIECE))
            while data := os.read(handle, PIECE):
                hashed.update(data)
        finally:
            os.close(handle)
        found.append(hashed.digest())
    return found


def _hash(output: Path, names: list[str], workers: Workers) -> Callable[[], dict[str, bytes]]:
    """Begin to hash files of the output; what is given waits for the hashes, by URL."""
    tasks = [HashTask(str(output), tuple(names[at : at + HASHED])) for at in range(0, len(names), HASHED)]
    hashing = [workers.begin(hash_files, task, len(names) * HASHING) for task in tasks]
    return lambda: dict(zip(names, itertools.chain.from_iterable(part.result() for part in hashing), strict=True))


def read_sums(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (URL, hash) of a list of sums; lines that are none, or lead out of the folder, are passed over."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return
    for line in text.split("\n"):
        found = _SUM.match(line)
        if found and ".." not in found[2].split("/") and not found[2].startswith("/"):
            yield found[2], found[1]
