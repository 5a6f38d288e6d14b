"""Stamps of files: the stat of a file in, a stamp out. While the stamp is the same, the file need not be read again."""

from __future__ import annotations

import os
import struct

import msgspec


class FileStamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What shows, without reading a file, that it has not changed."""

    size: int
    modified: int
    """Nanoseconds."""
    changed: int
    """Nanoseconds. Of the inode, so a copy that keeps its old date is noticed."""

    @classmethod
    def of(cls, stat: os.stat_result) -> FileStamp:
        """Take the stamp of a file from its stat."""
        return cls(stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)


def stamp_bytes(stat: os.stat_result) -> bytes:
    """Pack the stamp of a file: these bytes end its record in `output.records`."""
    return struct.pack("<qqq", stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
