"""Write: rendered pages into the output folder, atomically, only where bytes differ, and nothing of anybody else's.

A file is ours if the last `SHA256SUMS`, the store, or the journals of a build that was cut off list it with its present
bytes, or if it equals what we would write (SPEC section 4). Every file is written under a temporary name in `TEMPORARY`
and renamed; a journal there is told first, so that a build that dies anywhere leaves only files the next one knows.
Each worker has a temporary name and a journal of its own.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path, PurePosixPath

import msgspec

from generator import urls
from generator.errors import OutputError, Problem
from generator.parallel import Workers
from generator.store import SHA256, STAMP, FileStamp, page_record, stamp_bytes

TEMPORARY = ".threadpress-tmp"
"""Folder in the output while a build writes."""
ALWAYS = frozenset({urls.INDEX, urls.ABOUT, urls.NOT_FOUND, urls.ROBOTS})
"""Pages every site of ours has: a list of sums without them is somebody else's."""

HASHED = 500
"""Files in a batch that is hashed."""
HASHING = 1_000
"""Bytes of saves that a file to hash stands for when work is weighed."""

_SUM = re.compile(r"^([0-9a-f]{64})  (.+)$")


class Standing(Mapping[str, bytes]):
    """Files of ours in the output, by URL, with the SHA-256 of their bytes: the recorded ones but for what differs.

    Nearly all stand as recorded, and there are many, so only the others are kept here.
    """

    def __init__(self, records: Mapping[str, bytes], absent: Set[str], others: dict[str, bytes]) -> None:
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
        return self.records[url][SHA256]

    def __iter__(self) -> Iterator[str]:
        yield from self.others
        yield from (url for url in self.records if url not in self.absent and url not in self.others)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def beyond(self, planned: Mapping[str, object]) -> set[str]:
        """Give those that are not planned."""
        return (self.records.keys() - planned.keys() - self.absent) | (self.others.keys() - planned.keys())


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
    def records(self) -> Mapping[str, bytes]:
        """What is known of them."""
        return self.present.records

    @property
    def whole(self) -> bool:
        """Whether every recorded file is there as it was written, and no other file of ours."""
        return not self.present.absent and not self.present.others


class Sums(msgspec.Struct, frozen=True):
    """The list of sums in place: its page record, and whether it was written."""

    record: bytes
    written: bool


def _walk(output: Path) -> Iterator[tuple[str, bytes, bool]]:
    """Yield what lies in the output: URL and stamp, and whether it is a plain file; folders end with a slash."""
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            entries = os.scandir(output / prefix)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except PermissionError:
            if not prefix:
                raise
            yield prefix.rstrip("/"), b"", False  # we make none that are closed to us
            continue
        with entries:
            for entry in entries:
                url = prefix + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if url != TEMPORARY:
                        yield f"{url}/", b"", False
                        waiting.append(f"{url}/")
                else:
                    yield url, stamp_bytes(entry.stat(follow_symlinks=False)), entry.is_file(follow_symlinks=False)


def glance(output: str) -> bytes:
    """Give a digest of names and stamps of all files in the output: equal to `standing` if it is as it was left."""
    return _digest((url, stamp) for url, stamp, _ in _walk(Path(output)) if url[-1] != "/")


def standing(records: Mapping[str, bytes], foreign: Mapping[str, bytes]) -> bytes:
    """Give the digest that a glance at an output with these files finds."""
    return _digest(itertools.chain(((url, record[STAMP]) for url, record in records.items()), foreign.items()))


def _digest(files: Iterable[tuple[str, bytes]]) -> bytes:
    parts = sorted(url.encode("utf-8", "surrogateescape") + b"\0" + stamp for url, stamp in files)
    return hashlib.sha256(b"".join(parts)).digest()


def as_left(records: Mapping[str, bytes], foreign: dict[str, bytes]) -> Survey:
    """Give what a survey would find where a glance showed that nothing is different."""
    return Survey(Standing(records, frozenset(), {}), foreign, None, {}, False)


def survey(output: Path, records: Mapping[str, bytes], workers: Workers) -> Survey:
    """Look at every file in the output folder; only those whose stamp is not the recorded one are read.

    Lists of sums are read only if there is such a file whose bytes are not the recorded ones either.
    """
    seen: list[str] = []
    strange: dict[str, bytes] = {}
    foreign: dict[str, bytes] = {}
    folders: set[str] = set()
    for url, stamp, plain in _walk(output):
        if plain:
            if url in records and records[url][STAMP] == stamp:
                seen.append(url)
            else:
                strange[url] = stamp
        elif url[-1] == "/":
            folders.add(url[:-1])
        else:
            foreign[url] = stamp
    absent = set(records).difference(seen) if len(seen) < len(records) else set()
    others, stamps, foreign_sums = _identify(output, records, strange, foreign, workers)
    absent.difference_update(url for url in stamps if url not in others)
    return Survey(Standing(records, frozenset(absent), others), foreign, frozenset(folders), stamps, foreign_sums)


def _identify(
    output: Path, records: Mapping[str, bytes], strange: dict[str, bytes], foreign: dict[str, bytes], workers: Workers
) -> tuple[dict[str, bytes], dict[str, bytes], bool]:
    """Sort files whose stamp is not the recorded one into those of ours and others (`foreign`).

    Gives the hashes of ours where they are not the recorded ones either, the stamps of all of ours, and whether
    `SHA256SUMS` is somebody else's.
    """
    others: dict[str, bytes] = {}
    if not strange and urls.SUMS not in foreign:
        return others, {}, False
    hashes = _hash_all(output, [url for url in strange if url in records], workers)
    stamps = {url: strange[url] for url, sha256 in hashes.items() if sha256 == records[url][SHA256]}
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
    hashes |= _hash_all(output, [url for url in known if url not in hashes], workers)
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
    room = bytearray(1 << 18)
    view = memoryview(room)
    for url in task.urls:
        hashed = hashlib.sha256()
        with open(f"{task.output}/{url}", "rb", buffering=0) as file:  # noqa: PTH123  # once a page
            while size := file.readinto(room):
                hashed.update(view[:size])
        found.append(hashed.digest())
    return found


def _hash_all(output: Path, names: list[str], workers: Workers) -> dict[str, bytes]:
    """Hash files of the output, by URL."""
    tasks = [HashTask(str(output), tuple(names[at : at + HASHED])) for at in range(0, len(names), HASHED)]
    hashes = itertools.chain.from_iterable(workers.run(hash_files, tasks, len(names) * HASHING))
    return dict(zip(names, hashes, strict=True))


def refuse(output: Path, shown: str, found: Survey, suspects: Iterable[tuple[str, bytes]]) -> Survey:
    """Raise `OutputError` for what is not ours and not what we would write (`suspects`: URL and bytes) either.

    Gives the survey in which files that equal what we would write are ours.
    """
    problems = set()
    equal: dict[str, bytes] = {}
    if found.foreign_sums:
        problems.add(
            Problem(f"{shown}/{urls.SUMS}", 0, "this is not ours and stands where our list goes", "move it away")
        )
    for url, data in suspects:
        path = output / url
        way = [str(parent) for parent in reversed(PurePosixPath(url).parents[:-1])]
        blocking = next((parent for parent in way if parent in found.foreign), url)
        if blocking == url and path.is_file() and not path.is_symlink() and path.read_bytes() == data:
            equal[url] = hashlib.sha256(data).digest()
            continue
        message = f"this is not ours and stands where {url} is to be written"
        problems.add(Problem(f"{shown}/{blocking}", 0, message, "move it away"))
    if problems:
        raise OutputError(problems)
    present = Standing(found.present.records, found.present.absent, found.present.others | equal)
    foreign = {url: stamp for url, stamp in found.foreign.items() if url not in equal}
    return msgspec.structs.replace(found, present=present, foreign=foreign)


class Writer:
    """Writes files into the output; one a task. A context manager, for its journal."""

    def __init__(self, output: Path) -> None:
        self.output = output
        self.temporary = output / TEMPORARY
        _make_folder(self.temporary)
        self.file = f"{self.temporary}/file-{os.getpid()}"
        self.journal = (self.temporary / f"journal-{os.getpid()}").open("ab", buffering=0)
        self.made: set[str] = set()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *error: object) -> None:
        self.journal.close()

    def stamp(self, url: str) -> FileStamp:
        """Give the stamp of a file that is in place."""
        return FileStamp.of(os.stat(f"{self.output}/{url}"))  # noqa: PTH116  # once a page

    def put(self, url: str, data: bytes, sha256: bytes) -> FileStamp:
        """Write one file."""
        create(self.file, data)
        return self._place(self.file, url, sha256)

    def take(self, url: str, path: str, sha256: bytes) -> FileStamp:
        """Move a finished file (of `create`) to its place; it may be there already, as tasks can be repeated."""
        try:
            return self._place(path, url, sha256)
        except FileNotFoundError:
            place = self.output / url
            if not place.is_file() or hashlib.sha256(place.read_bytes()).digest() != sha256:
                raise
            return self.stamp(url)
        except OSError as error:
            if error.errno != errno.EXDEV:  # the output lies on another disk
                raise
            return self.put(url, Path(path).read_bytes(), sha256)

    def _place(self, path: str, url: str, sha256: bytes) -> FileStamp:
        # The line end comes first: a full disk may have cut the line before.
        _write(self.journal.fileno(), f"\n{sha256.hex()}  {url}\n".encode())
        place = f"{self.output}/{url}"
        folder = place.rpartition("/")[0]
        if folder not in self.made:
            _make_folder(Path(folder))
            self.made.add(folder)
        os.replace(path, place)  # noqa: PTH105  # once a page
        return self.stamp(url)  # a rename may change it


def create(path: str, data: bytes) -> None:
    """Write a file that everybody may read, whatever this process's umask is: hosts refuse others."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        _write(handle, data)
        if os.name == "posix" and os.fstat(handle).st_mode & 0o777 != 0o644:
            os.fchmod(handle, 0o644)
    finally:
        os.close(handle)


def _write(handle: int, data: bytes) -> None:
    """Write all of it: the system takes a part only where the disk is full, and says so when asked for the rest."""
    written = os.write(handle, data)
    while written < len(data):
        written += os.write(handle, data[written:])


def remove(output: Path, url: str) -> None:
    """Remove a file of ours, and the folders that leaves empty."""
    (output / url).unlink(missing_ok=True)
    for parent in PurePosixPath(url).parents[:-1]:
        try:
            (output / parent).rmdir()
        except OSError:  # it holds something else
            return


def blocked(found: Survey, planned: Iterable[str]) -> set[str]:
    """Find planned files in whose place, or in the place of whose folders, something stands that is not ours."""
    if not found.foreign:
        return set()
    wanted = set(planned)
    inside: dict[str, list[str]] = {}
    for url in wanted:
        inside.setdefault(url.rpartition("/")[0], []).append(url)
    result = wanted & found.foreign.keys()
    for folder, urls_inside in inside.items():
        parts = folder.split("/")
        if any("/".join(parts[: depth + 1]) in found.foreign for depth in range(len(parts))):
            result.update(urls_inside)
    # Foreign files in a folder that stands where a file is to be.
    for url in found.foreign:
        parts = url.split("/")
        result.update(name for depth in range(1, len(parts)) if (name := "/".join(parts[:depth])) in wanted)
    return result


def make_room(output: Path, found: Survey, planned: Mapping[str, object]) -> tuple[str, ...]:
    """Remove files of ours that the site no longer has, and folders they leave empty; gives their URLs, sorted.

    This goes before any page is written: such a file may stand where a folder is to be.
    """
    gone = tuple(sorted(found.present.beyond(planned) - {urls.SUMS}))
    for url in gone:
        remove(output, url)
    if found.folders is None:
        folders = {url for url in planned.keys() - found.present.records.keys() if (output / url).is_dir()}
    else:
        folders = set(found.folders) & planned.keys()
    for url in folders:  # a build that died may have left empty folders there
        for folder, _, _ in os.walk(output / url, topdown=False):
            Path(folder).rmdir()
    return gone


def clear(output: Path, found: Survey) -> tuple[str, ...]:
    """Remove every file of ours, so that a build starts from nothing; gives their URLs, sorted."""
    gone = make_room(output, found, {})
    if urls.SUMS in found.present:
        remove(output, urls.SUMS)
    return gone


def write_sums(output: Path, records: Mapping[str, bytes], found: Survey) -> Sums:
    """List every file of the site in `SHA256SUMS`.

    This goes last: until then the old list and the journals together name every file of ours.
    """
    listing = "".join([f"{records[url][SHA256].hex()}  {url}\n" for url in sorted(records)]).encode()
    sha256 = hashlib.sha256(listing).digest()
    written = found.present.get(urls.SUMS) != sha256
    with Writer(output) as writer:
        stamp = writer.put(urls.SUMS, listing, sha256) if written else writer.stamp(urls.SUMS)
    return Sums(page_record(bytes(8), sha256, stamp), written)


def _make_folder(path: Path) -> None:
    """Make a folder and those it lies in, open to everybody as its files are; another worker may do the same."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o755)


def tidy(output: Path) -> None:
    """Remove what a finished build needs no longer."""
    shutil.rmtree(output / TEMPORARY, ignore_errors=True)


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
