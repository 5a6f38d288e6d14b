"""Partition: rows grouped by key, in SQLite files by a stable hash of the key. This is the only module that knows SQL.

A row is what one thread adds to what all threads say of a key (`site/rows.py`). One worker writes one file, and its
transactions replace rows by key and thread, so a task can be repeated. All rows of a key are one value with a sum; one
that is not as it was written is `Damaged`. Whether partitions belong to a state is for the store to say.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from generator.site import Row

PARTITIONS = 32
"""A constant, not the number of workers: the same rows lie in the same file on every machine."""


Key = tuple[str, str]
"""Kind and key of a row."""
Values = list[tuple[str, bytes]]
"""The rows of one key: order key of each thread and the encoded value, oldest thread first."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Values).decode


def partition_of(key: Key) -> int:
    """Partition of a key: by CRC-32, which is the same everywhere and always."""
    return _sum(key, b"") % PARTITIONS


def _sum(key: Key, data: bytes) -> int:
    """Check sum of a key and its encoded rows."""
    return zlib.crc32(data, zlib.crc32("\0".join(key).encode("utf-8", "surrogatepass")))


class Damaged(Exception):  # noqa: N818  # nobody sees it
    """A partition is not what it should be; the store is to be forgotten and the build started again."""


_REFUSED = frozenset(
    {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
)
"""Of SQLite's errors (https://www.sqlite.org/rescode.html) those that starting again would not mend."""
_PROBE = bytes(1_000_000)
"""More than SQLite writes at once."""

_FAULTS = (sqlite3.Error, UnicodeDecodeError, msgspec.DecodeError)
"""What Python's `sqlite3` raises, the second where SQLite's message quotes a damaged file; and rows that are none."""


def _trouble(error: Exception, path: Path) -> Exception:
    """Tell what the system refused from what is wrong with the file."""
    if (code := getattr(error, "sqlite_errorcode", 0) & 0xFF) not in _REFUSED:
        return Damaged(f"{path}: {error}")
    if cause := _refusal(path):
        return cause
    number = errno.ENOSPC if code == sqlite3.SQLITE_FULL else errno.EIO
    return OSError(number, str(error), str(path))


def _refusal(path: Path) -> OSError | None:
    """Find out by trying what the system has against a partition: SQLite keeps that to itself."""
    try:
        with path.open("ab", buffering=0) as file:
            size = file.tell()
            try:
                left = _PROBE
                while left:
                    left = left[file.write(left) :]
            finally:
                file.truncate(size)
    except OSError as error:
        return OSError(error.errno, error.strerror, str(path))
    return None


class Partition(contextlib.AbstractContextManager["Partition"]):
    """One partition, open. Not synced to disk: the mark, and the headers in the state, tell which can't be trusted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            # Without SQLite's own locks: one worker writes one file, and some file systems have none.
            self._sql = sqlite3.connect(f"{path.absolute().as_uri()}?nolock=1", uri=True, isolation_level=None)
            self._sql.executescript(
                "PRAGMA page_size = 8192; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                "PRAGMA cache_size = -8000;"
                "CREATE TABLE IF NOT EXISTS rows"
                " (kind TEXT NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL, sum INTEGER NOT NULL,"
                " PRIMARY KEY (kind, key));"
            )
        except _FAULTS as error:
            raise _trouble(error, self.path) from error

    def __exit__(self, *error: object) -> None:
        self._sql.close()

    def replace(self, gone: Iterable[tuple[str, str, str]], rows: Iterable[Row]) -> Mapping[Key, Values]:
        """In one transaction, remove rows by kind, key and thread, and put others in their place.

        Gives all rows of the keys that this touches, as they are now. They are read and written as a whole: of nearly
        all keys they are few, and a statement for each row costs more than the rows.
        """
        fresh: dict[Key, dict[str, bytes | None]] = {}
        for kind, name, thread in gone:
            fresh.setdefault((kind, name), {})[thread] = None
        for row in rows:
            fresh.setdefault((row.kind, row.key), {})[row.thread] = row.value
        touched: dict[Key, Values] = {}
        drawn = int.from_bytes(os.urandom(4), "big") >> 1
        try:
            self._sql.execute("BEGIN")
            if self._sql.execute("SELECT 1 FROM rows LIMIT 1").fetchone():
                touched = dict(self._of(fresh))
            for key in sorted(fresh):
                merged = {**dict(touched.get(key, ())), **fresh[key]}
                touched[key] = [(thread, value) for thread, value in sorted(merged.items()) if value is not None]
            left = [key for key in fresh if not touched[key]]
            kept = ((*key, data := _encode(values), _sum(key, data)) for key, values in touched.items() if values)
            self._sql.executemany("DELETE FROM rows WHERE kind = ? AND key = ?", left)
            self._sql.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?)", kept)
            self._sql.execute(f"PRAGMA user_version = {drawn}")
            self._sql.execute("COMMIT")
        except _FAULTS as error:
            raise _trouble(error, self.path) from error
        return touched

    def rows(self, kind: str, keys: Collection[str] | None = None) -> Iterator[tuple[str, Values]]:
        """Yield the rows of some keys of a kind that have any, or of all, a key at a time; sorted by key."""
        try:
            if keys is None:
                query = "SELECT kind, key, data, sum FROM rows WHERE kind = ? ORDER BY key"
                yield from ((key, values) for (_, key), values in self._proved(query, kind))
            else:
                yield from ((key, values) for (_, key), values in self._of((kind, key) for key in keys))
        except _FAULTS as error:
            raise _trouble(error, self.path) from error

    def _of(self, keys: Iterable[Key]) -> Iterator[tuple[Key, Values]]:
        for key in sorted(keys):
            yield from self._proved("SELECT kind, key, data, sum FROM rows WHERE kind = ? AND key = ?", *key)

    def _proved(self, query: str, *values: str) -> Iterator[tuple[Key, Values]]:
        """Yield the keys that a query gives, with their rows as they were put there, or raise `Damaged`."""
        last: Key = ("", "")
        for kind, name, data, crc in self._sql.execute(query, values):
            key = (kind, name)
            if type(data) is not bytes or _sum(key, data) != crc:
                raise Damaged(f"{self.path}: the rows of {key} are not what was written")
            rows = _decode(data)
            if key <= last or not rows:
                raise Damaged(f"{self.path}: {key} is out of place")
            last = key
            yield key, rows
