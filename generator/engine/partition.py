"""Partitions: what each author wrote in each thread, in SQLite files by a stable hash of the author's key.

One worker writes one file, and its transactions replace rows by their key. Rows carry a sum, and what is not as it was
written is `Damaged`. Which partitions can be trusted is for the store to say. This is the only module that knows SQL.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from generator.site.rows import Row

PARTITIONS = 32
"""A constant, not the number of workers: the same rows lie in the same file on every machine."""


_encoder = msgspec.msgpack.Encoder()
_decode_rows = msgspec.msgpack.Decoder(list[Row]).decode


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
