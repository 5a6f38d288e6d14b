"""What one build leaves for the next, in `.threadpress/`: never needed, never trusted beyond what it can prove.

Two kinds of file. `state` is one value (`State`): facts of threads, sums of authors, a record a page, each decoded
only when asked for; it is replaced by rename when a build has done everything else, so it says less than is true,
never more. `authors/NN` are the partitions: SQLite files with what each author wrote in each thread, by a stable hash
of the author's key; one worker writes one, and its transactions replace rows by their key. `begin_ingest` leaves a mark
while partitions may differ from the state; a build that finds it reads all saves again.

A state that is damaged, or of another version, counts as missing. This is the only module that knows SQL.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import sqlite3
import struct
import time
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from generator.errors import Problem

VERSION = b"threadpress state 3\n"
PARTITIONS = 32
"""A constant, not the number of workers: the same rows lie in the same file on every machine."""

HEADER = 100
"""Bytes of SQLite's header (https://www.sqlite.org/fileformat.html): change counter and our `user_version` in it."""

Value = TypeVar("Value")


class FileStamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """By what a file is known to be the same without reading it."""

    size: int
    modified: int
    """Nanoseconds."""
    changed: int
    """Nanoseconds; of the inode, so that a copy with its old date is noticed."""

    @classmethod
    def of(cls, found: os.stat_result) -> FileStamp:
        """Take the stamp of a file from its stat."""
        return cls(found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class InputFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A save or sidecar as the last build read it."""

    stamp: FileStamp
    sha256: str
    keys: tuple[tuple[str, str], ...]
    """Threads it holds; none for a sidecar."""


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one author wrote in one thread."""

    author: str
    """Key of the author."""
    thread: str
    """Order key of the thread: rows sort by it, oldest thread first."""
    name: str
    """As used last there."""
    first_name: str
    uid: str | None
    source: str
    posts: int
    story: int
    year: int | None
    scores: tuple[int, ...]
    names: tuple[str, ...]
    data: bytes
    """The entries, encoded."""
    answers: str = ""
    """Whom the author answers, once a reply: a line of key and name, parted by NUL."""
    answered: str = ""
    """Who answers the author, in the same way."""
    labels: str = ""
    """Of the author's posts, a line each."""


class State(msgspec.Struct, frozen=True):
    """Everything but the partitions. Raw fields are decoded by who needs them (`decode`)."""

    scan: str = ""
    """Digest of what reading saves depends on besides the saves."""
    site: str = ""
    """Digest of what every page depends on besides content."""
    shown: bytes = b""
    """Fingerprint of what every page shows of the site."""
    built: int = 0
    """When the content was listed, in nanoseconds: a file as young as that may have changed since."""
    inputs: msgspec.Raw = msgspec.Raw(b"\x80")
    """Path to `InputFile`."""
    threads: msgspec.Raw = msgspec.Raw(b"\x90")
    authors: msgspec.Raw = msgspec.Raw(b"\x90")
    rows: msgspec.Raw = msgspec.Raw(b"\x80")
    """Order key of a thread to the fingerprint of how author pages name it."""
    pages: msgspec.Raw = msgspec.Raw(b"\x80")
    """URL to `page_record`, `SHA256SUMS` among them."""
    foreign: dict[str, bytes] = {}
    """What else lay in the output, with stamps."""
    standing: bytes = b""
    """What a glance at the output shows while all that is as it was left."""
    files: int = 0
    """In the output that are ours."""
    counts: tuple[int, int, int] = (0, 0, 0)
    """Threads, posts, authors."""
    problems: tuple[Problem, ...] = ()
    """Of the content, to be repeated by every build."""
    strays: tuple[Problem, ...] = ()
    """Those of files that belong to no thread: once they are others, all are to be told anew."""
    partitions: tuple[tuple[int, bytes], ...] = ()
    """Size and header of each partition."""


EMPTY = State()

_encoder = msgspec.msgpack.Encoder()
_decode_rows = msgspec.msgpack.Decoder(list[Row]).decode
_RECORD = struct.Struct("<8s32sqqq")


def encode(value: Any) -> msgspec.Raw:
    """Encode a field of `State`."""
    return msgspec.Raw(_encoder.encode(value))


def decode(raw: msgspec.Raw, kind: type[Value]) -> Value:
    """Decode a field of `State`."""
    return msgspec.msgpack.decode(raw, type=kind)


def page_record(fingerprint: bytes, sha256: bytes, stamp: FileStamp) -> bytes:
    """Pack what is known of a page: fingerprint (8 bytes), hash (32 bytes), stamp."""
    return _RECORD.pack(fingerprint, sha256, stamp.size, stamp.modified, stamp.changed)


def stamp_bytes(found: os.stat_result) -> bytes:
    """Give the end of the `page_record` that a file in place would have."""
    return struct.pack("<qqq", found.st_size, found.st_mtime_ns, found.st_ctime_ns)


FINGERPRINT, SHA256, STAMP = slice(0, 8), slice(8, 40), slice(40, 64)
"""Where the parts of a `page_record` are."""


class Store:
    """The folder `.threadpress/` of a site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spools = folder / "spool"
        self.spool = self.spools / str(time.time_ns())
        """Of this build: a name that no worker has seen before."""
        self.mark = folder / "ingesting"

    def size(self) -> int:
        """Bytes of the state; 0 if there is none."""
        with contextlib.suppress(OSError):
            return (self.folder / "state").stat().st_size
        return 0

    def stamp(self) -> FileStamp | None:
        """Give what tells this state from any other; None if there is none, or partitions may differ from it."""
        if self.mark.exists():
            return None
        with contextlib.suppress(OSError):
            return FileStamp.of((self.folder / "state").stat())
        return None

    def load(self) -> State:
        """Read the state; `EMPTY` if there is none that can be trusted.

        With partitions that the state does not know, only its pages are kept: they are proved by their files.
        """
        try:
            raw = memoryview((self.folder / "state").read_bytes())  # fields are views of it, not copies
        except OSError:
            return EMPTY
        start = len(VERSION) + 32
        if raw[: len(VERSION)] != VERSION or hashlib.sha256(raw[start:]).digest() != raw[len(VERSION) : start]:
            return EMPTY
        try:
            state = msgspec.msgpack.decode(raw[start:], type=State)
        except msgspec.DecodeError:
            return EMPTY
        if self.mark.exists() or state.partitions != self._partition_marks():
            return State(
                site=state.site,
                shown=state.shown,
                pages=state.pages,
                foreign=state.foreign,
                standing=state.standing,
                files=state.files,
            )
        return state

    def save(self, state: State) -> State:
        """Commit: from here on the next build starts from `state`, which is given back as it would be loaded."""
        state = msgspec.structs.replace(state, partitions=self._partition_marks())
        # Field by field, as the encoder would: it would copy all of them, and they are the most that a build holds.
        fields = msgspec.structs.asdict(state)
        parts: list[bytes | memoryview] = [b"\xde" + len(fields).to_bytes(2, "big")]  # msgpack's "map 16"
        for name, value in fields.items():
            parts.append(_encoder.encode(name))
            parts.append(memoryview(value) if isinstance(value, msgspec.Raw) else _encoder.encode(value))
        whole = hashlib.sha256()
        for part in parts:
            whole.update(part)
        temporary = self.folder / "state.new"
        with temporary.open("wb") as file:
            file.write(VERSION + whole.digest())
            file.writelines(parts)
        temporary.replace(self.folder / "state")
        self.mark.unlink(missing_ok=True)
        shutil.rmtree(self.spools, ignore_errors=True)
        return state

    def forget(self) -> None:
        """Remove everything, as if there had been no build."""
        for name in ("state", "state.new"):
            (self.folder / name).unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "authors", ignore_errors=True)
        shutil.rmtree(self.spools, ignore_errors=True)

    def compiled(self, digest: str) -> str:
        """Give the folder for compiled templates of a program and theme; those of others go."""
        folder = self.folder / "templates"
        with contextlib.suppress(FileNotFoundError):
            for other in folder.iterdir():
                if other.name != digest:
                    shutil.rmtree(other, ignore_errors=True)
        return str(folder / digest)

    def begin_scan(self) -> None:
        """Make an empty spool for what scan hands to ingest."""
        shutil.rmtree(self.spools, ignore_errors=True)
        self.spool.mkdir(parents=True)

    def begin_ingest(self, *, afresh: bool) -> None:
        """Mark the partitions as changing; `afresh`: drop what is in them."""
        self.mark.touch()
        if afresh:
            shutil.rmtree(self.folder / "authors", ignore_errors=True)
        (self.folder / "authors").mkdir(exist_ok=True)

    def partition_path(self, number: int) -> Path:
        """File of a partition."""
        return self.folder / "authors" / f"{number:02d}"

    def _partition_marks(self) -> tuple[tuple[int, bytes], ...]:
        """Size and header of each partition: that holds a number drawn when it was changed last."""
        marks = []
        for number in range(PARTITIONS):
            try:
                with self.partition_path(number).open("rb") as file:
                    marks.append((os.fstat(file.fileno()).st_size, file.read(HEADER)))
            except OSError:
                return ()
        return tuple(marks)


def partition_of(author: str) -> int:
    """Partition of an author's key: by CRC-32, which is the same everywhere and always."""
    return zlib.crc32(author.encode("utf-8", "surrogatepass")) % PARTITIONS


class Damaged(Exception):  # noqa: N818  # nobody sees it
    """A partition is not what it should be; the store is to be forgotten and the build started again."""


_DISK = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
}
"""Of SQLite's errors (https://www.sqlite.org/rescode.html) those that starting again would not mend."""

_FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""What Python's `sqlite3` raises; the second where SQLite's message quotes a damaged file."""


def _trouble(error: Exception, path: Path) -> Exception:
    """Tell what the system refused from what is wrong with the file."""
    number = _DISK.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return OSError(number, os.strerror(number), str(path)) if number else Damaged(f"{path}: {error}")


class Partition(contextlib.AbstractContextManager["Partition"]):
    """One partition, open. Not synced to disk: the mark, and the headers in the state, tell which can't be trusted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._sql = sqlite3.connect(path, isolation_level=None)
            self._sql.executescript(
                "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                "PRAGMA cache_size = -8000;"
                "CREATE TABLE IF NOT EXISTS authors"
                " (author TEXT NOT NULL PRIMARY KEY, rows BLOB NOT NULL, sum INTEGER NOT NULL);"
            )
        except _FAULTS as error:
            raise _trouble(error, self.path) from error

    def __exit__(self, *error: object) -> None:
        self._sql.close()

    def replace(self, gone: Iterable[tuple[str, str]], rows: Iterable[Row]) -> dict[str, list[Row]]:
        """In one transaction, remove rows by (author, thread) and put others in their place.

        Gives all rows of the authors that this touches, sorted by thread, as they are now. They are read and written
        as a whole: of nearly all authors they are few, and a statement for each row costs more than the rows.
        """
        fresh: dict[str, dict[str, Row | None]] = {}
        for author, thread in gone:
            fresh.setdefault(author, {})[thread] = None
        for row in rows:
            fresh.setdefault(row.author, {})[row.thread] = row
        found: dict[str, list[Row]] = {}
        drawn = int.from_bytes(os.urandom(4), "big") >> 1
        try:
            self._sql.execute("BEGIN")
            if self._sql.execute("SELECT 1 FROM authors LIMIT 1").fetchone():
                found = {mine[0].author: mine for mine in self.rows(fresh)}
            for author in sorted(fresh):
                merged = {row.thread: row for row in found.get(author, ())} | fresh[author]
                found[author] = [row for _, row in sorted(merged.items()) if row is not None]
            left = [(author,) for author in fresh if not found[author]]
            kept = ((author, data := _encoder.encode(mine), zlib.crc32(data)) for author, mine in found.items() if mine)
            self._sql.executemany("DELETE FROM authors WHERE author = ?", left)
            self._sql.executemany("INSERT OR REPLACE INTO authors VALUES (?, ?, ?)", kept)
            self._sql.execute(f"PRAGMA user_version = {drawn}")
            self._sql.execute("COMMIT")
        except _FAULTS as error:
            raise _trouble(error, self.path) from error
        return found

    def rows(self, authors: Collection[str] | None = None) -> Iterator[list[Row]]:
        """Yield the rows of some authors who have any, or of all, an author at a time; sorted by author and thread."""
        try:
            if authors is None:
                yield from self._proved("SELECT author, rows, sum FROM authors ORDER BY author")
                return
            for author in sorted(authors):
                yield from self._proved("SELECT author, rows, sum FROM authors WHERE author = ?", author)
        except _FAULTS as error:
            raise _trouble(error, self.path) from error

    def _proved(self, query: str, *values: str) -> Iterator[list[Row]]:
        """Yield what a query finds, each author's rows as they were put there, or raise `Damaged`."""
        last = ""
        for author, data, crc in self._sql.execute(query, values):
            if type(data) is not bytes or zlib.crc32(data) != crc:
                raise Damaged(f"{self.path}: the rows of {author} are not what was written")
            rows = _decode_rows(data)
            if author <= last or not rows or rows[0].author != author:
                raise Damaged(f"{self.path}: {author} is out of place")
            last = author
            yield rows
