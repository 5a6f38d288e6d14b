"""Stamps: by what a file is known to be the same without reading it."""

from __future__ import annotations

import os
import struct

import msgspec


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


def stamp_bytes(found: os.stat_result) -> bytes:
    """Give the end of the `page_record` that a file in place would have."""
    return struct.pack("<qqq", found.st_size, found.st_mtime_ns, found.st_ctime_ns)
