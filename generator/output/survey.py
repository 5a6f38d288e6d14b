"""Survey: what lies in the output folder, and which of its files are ours.

A file is ours if the last `SHA256SUMS`, the records of the last build, or the journals of a build that was cut off
list it with its present bytes (SPEC section 4). Only files whose stamp differs from the recorded one are read. Nothing
is written here.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path, PurePosixPath

import msgspec

from generator import urls
from generator.files import open_handle
from generator.output.records import STAMP, Records, digest
from generator.output.sums import ALWAYS, read_sums
from generator.stamps import stamp_bytes
from generator.workers import Workers

TEMPORARY = ".threadpress-tmp"
"""Folder in the output while a build writes."""

CLOSED = bytes(STAMP.stop - STAMP.start)
"""Stamp of a folder that can't be looked into."""

WHOLE = 20_000
"""Files up to which one worker walks through an output; two share a larger one."""
HASHED = 500
"""Files in a batch that is hashed."""
WEIGHT = 1_000
"""Bytes of saves that a file of the output counts for when work is weighed."""
PIECE = 1 << 16
"""Bytes of a file that are read at once."""

BINARY = getattr(os, "O_BINARY", 0)
"""For Windows, which would change line ends."""
_STRAY = re.compile("[\ud800-\udfff]")
"""In a name that is not UTF-8."""
_END = chr(0x10FFFF) * 256
"""Sorts behind all URLs: no file has so long a name."""

Digests = tuple[tuple[str, bytes], ...]
"""What tells an output from any other: where each part of it starts, and the digest of its names and stamps."""


class Survey(msgspec.Struct, frozen=True):
    """What lies in the output folder.

    Nearly all recorded files are there as recorded and there are many, so only the exceptions are listed.
    """

    records: Records
    absent: frozenset[str] = frozenset()
    """Recorded, but not there with the recorded bytes."""
    others: Mapping[str, bytes] = {}
    """Files of ours with other bytes than recorded, or without a record: the hashes of their bytes."""
    foreign: Mapping[str, bytes] = {}
    """Files and links that are not ours, with their stamps."""
    folders: frozenset[str] = frozenset()
    stamps: Mapping[str, bytes] = {}
    """Of files of ours whose stamp differs from the recorded one."""
    foreign_sums: bool = False
    """Whether somebody else's list of sums is where ours goes."""

    @property
    def whole(self) -> bool:
        """Whether every recorded file is there as it was written, and no other file of ours."""
        return not self.absent and not self.others

    @property
    def bare(self) -> bool:
        """Whether nothing is there, and nothing recorded."""
        return not (self.records or self.others or self.foreign or self.folders)

    def hash_of(self, url: str) -> bytes | None:
        """Give the hash of our file at a URL; None if there is none."""
        if url in self.others:
            return self.others[url]
        place = None if url in self.absent else self.records.places.get(url)
        return None if place is None else self.records.sha256(place)

    def beyond(self, planned: Collection[str], unplanned: Iterable[str]) -> set[str]:
        """Give the URLs of our files that are not planned; `unplanned` are those of them that are recorded."""
        return {url for url in unplanned if url not in self.absent} | {url for url in self.others if url not in planned}


def digests(records: Records, foreign: Mapping[str, bytes]) -> Digests:
    """Digest an output in which all files are as recorded, and `foreign` ones have these stamps."""
    names, stamps = records.names, records.stamps
    if foreign:
        merged = records.replaced((), {url: bytes(STAMP.start) + stamp for url, stamp in foreign.items()})
        names, stamps = merged.names, merged.stamps
    middle = len(names) // 2 if len(names) > WHOLE else len(names)
    while middle < len(names) and _STRAY.search(names[middle]):  # the state can't name it
        middle += 1
    parts = [("", digest(names[:middle], stamps[: middle * 24]))]
    if middle < len(names):
        parts.append((names[middle], digest(names[middle:], stamps[middle * 24 :])))
    return tuple(parts)


class WalkTask(msgspec.Struct, frozen=True):
    """A part of an output to walk through: a task for a worker."""

    output: str
    start: str
    stop: str


def digest_part(task: WalkTask) -> bytes:
    """Digest the names and stamps of all files in a part of the output."""
    files = {url: stamp for url, stamp, _ in _walk(Path(task.output), task.start, task.stop) if url[-1] != "/"}
    names = sorted(files)
    return digest(names, b"".join(map(files.__getitem__, names)))


def begin_digests(output: Path, left: Digests, files: int, workers: Workers) -> list[Future[bytes]]:
    """Begin to digest the parts of an output that were digested when it was left; `files` is about how many it has."""
    bounds = [*(start for start, _ in left), _END]
    tasks = [WalkTask(str(output), *part) for part in itertools.pairwise(bounds)]
    return workers.begin(digest_part, tasks, files * WEIGHT)


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


def survey(output: Path, records: Records, workers: Workers) -> Survey:
    """Walk through the whole output folder and sort its files into ours and others."""
    places = records.places
    untouched: set[str] = set()
    doubtful: dict[str, bytes] = {}
    foreign: dict[str, bytes] = {}
    folders: set[str] = set()
    for url, stamp, plain in _walk(output):
        if url[-1] == "/":
            folders.add(url[:-1])
        elif not plain:
            foreign[url] = stamp
        elif (place := places.get(url)) is not None and records.stamp(place) == stamp:
            untouched.add(url)
        else:
            doubtful[url] = stamp
    hashes = _hash(output, [url for url in doubtful if url in places], workers)
    same = {url for url, sha256 in hashes.items() if sha256 == records.sha256(places[url])}
    stamps = {url: doubtful.pop(url) for url in same}
    foreign_sums = urls.SUMS in foreign
    others: dict[str, bytes] = {}
    if doubtful or foreign_sums:
        listed = _listed_hashes(output, doubtful.keys(), sums=not foreign_sums)
        foreign_sums = foreign_sums or (urls.SUMS in doubtful and urls.SUMS not in listed)
        hashes |= _hash(output, [url for url in listed if url not in hashes], workers)
        for url, stamp in doubtful.items():
            if url in listed and (hashes[url] in listed[url] or url == urls.SUMS):
                others[url], stamps[url] = hashes[url], stamp
            else:
                foreign[url] = stamp
    absent = records.keys() - untouched - same if len(untouched) < len(records) else set()
    return Survey(records, frozenset(absent), others, foreign, frozenset(folders), stamps, foreign_sums)


def _listed_hashes(output: Path, doubtful: Iterable[str], *, sums: bool) -> dict[str, set[bytes]]:
    """Collect the hashes that the list of sums and the journals give for some files; the list itself too if it is ours.

    `sums`: whether the list of sums is a plain file.
    """
    wanted = set(doubtful)
    listed: dict[str, set[bytes]] = {}
    lists = sorted((output / TEMPORARY).glob("journal-*"))
    if sums:
        ours = dict(read_sums(output / urls.SUMS))
        if urls.SUMS not in wanted or ours.keys() >= ALWAYS:
            lists.append(output / urls.SUMS)
            if urls.SUMS in wanted:
                listed[urls.SUMS] = set()
    for path in lists:
        for url, sha256 in read_sums(path):
            if url in wanted:
                listed.setdefault(url, set()).add(bytes.fromhex(sha256))
    return listed


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
            os.stat(os.path.join(output, prefix, "."))  # noqa: PTH116, PTH118  # fails where nothing in it can be read
            entries = os.scandir(output / prefix)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            if not prefix:
                raise
            url = prefix.rstrip("/")
            if start <= url < stop:
                yield url, CLOSED, False  # not ours: we make none that are closed to us
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
                    with contextlib.suppress(FileNotFoundError):  # it has just been removed
                        yield url, stamp_bytes(entry.stat(follow_symlinks=False)), plain


class HashTask(msgspec.Struct, frozen=True):
    """Files to hash: a task for a worker."""

    output: str
    urls: tuple[str, ...]


def hash_files(task: HashTask) -> list[bytes]:
    """Give the SHA-256 of each file."""
    hashes = []
    for url in task.urls:  # there are many, and a file object takes a third of the time
        handle = open_handle(f"{task.output}/{url}")
        try:
            hashed = hashlib.sha256(os.read(handle, PIECE))
            while data := os.read(handle, PIECE):
                hashed.update(data)
        finally:
            os.close(handle)
        hashes.append(hashed.digest())
    return hashes


def _hash(output: Path, names: list[str], workers: Workers) -> dict[str, bytes]:
    """Hash files of the output, by URL."""
    tasks = [HashTask(str(output), tuple(names[at : at + HASHED])) for at in range(0, len(names), HASHED)]
    hashes = workers.run(hash_files, tasks, len(names) * WEIGHT)
    return dict(zip(names, (sha256 for part in hashes for sha256 in part), strict=True))
