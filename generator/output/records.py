"""Records: for every file of ours in the output, the fingerprint of its page, the hash of its bytes, and its stamp.

There are many files and most builds change few of them. So records are columns, sorted by URL: a list of URLs, and
three strings of bytes with a piece for each URL. The list of sums and the digest of the output are made of whole
columns; a dict of records took a second of every build at 137,000 files. No files are touched here.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import operator
import struct
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping

from generator.files import lead_out
from generator.stamps import FileStamp

FINGERPRINT, SHA256, STAMP = slice(0, 8), slice(8, 40), slice(40, 64)
"""Where the parts of a record are."""
PARTS = (FINGERPRINT, SHA256, STAMP)
"""A column each."""
WIDTHS = tuple(part.stop - part.start for part in PARTS)
FEW = 10
"""One record in so many counts as few: then columns are patched instead of built anew."""

_RECORD = struct.Struct("<8s32sqqq")


def page_record(fingerprint: bytes, sha256: bytes, stamp: FileStamp) -> bytes:
    """Pack the record of a file: fingerprint (8 bytes), hash (32 bytes), stamp (24 bytes)."""
    return _RECORD.pack(fingerprint, sha256, stamp.size, stamp.modified, stamp.changed)


class Records(Mapping[str, bytes]):
    """URL to record, sorted by URL. Nobody changes it."""

    def __init__(self, names: list[str], columns: tuple[bytes, bytes, bytes]) -> None:
        self.names = names
        self.fingerprints, self.hashes, self.stamps = columns

    @classmethod
    def of(cls, records: Mapping[str, bytes]) -> Records:
        """Take records from any mapping."""
        if isinstance(records, Records):
            return records
        names = sorted(records)
        in_order = [records[url] for url in names]
        fingerprints, hashes, stamps = (b"".join([record[part] for record in in_order]) for part in PARTS)
        return cls(names, (fingerprints, hashes, stamps))

    @classmethod
    def unpacked(cls, packed: tuple[str, tuple[bytes, bytes, bytes]]) -> Records:
        """Give what was `packed`; raises `ValueError` for anything else, such as names that lead out of the output."""
        joined, columns = packed
        names = joined.split("\0") if joined else []
        lengths = [len(names) * width for width in WIDTHS]
        in_order = all(map(operator.lt, names, itertools.islice(names, 1, None)))
        if lead_out(names) or [*map(len, columns)] != lengths or not in_order:
            raise ValueError("these are no records")
        return cls(names, columns)

    def packed(self) -> tuple[str, tuple[bytes, bytes, bytes]]:
        """Give a compact form to store; no URL holds a zero byte."""
        return "\0".join(self.names), self.columns

    @property
    def columns(self) -> tuple[bytes, bytes, bytes]:
        """The three columns."""
        return self.fingerprints, self.hashes, self.stamps

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """The place of each URL in the columns."""
        return dict(zip(self.names, range(len(self.names)), strict=True))

    def __getitem__(self, url: str) -> bytes:
        place = self.places[url]
        return b"".join(
            [column[place * width : (place + 1) * width] for column, width in zip(self.columns, WIDTHS, strict=True)]
        )

    def __contains__(self, url: object) -> bool:
        return url in self.places

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)

    def fingerprint(self, url: str) -> bytes:
        """Give the fingerprint of a page; empty if there is no record of it."""
        place = self.places.get(url)
        return b"" if place is None else self.fingerprints[place * 8 : (place + 1) * 8]

    def sha256(self, place: int) -> bytes:
        """Give the hash of the file at a place."""
        return self.hashes[place * 32 : (place + 1) * 32]

    def stamp(self, place: int) -> bytes:
        """Give the stamp of the file at a place."""
        return self.stamps[place * 24 : (place + 1) * 24]

    def replaced(self, gone: Collection[str], put: Mapping[str, bytes]) -> Records:
        """Give the records without those `gone`, and with others added or in their place."""
        if (len(gone) + len(put)) * FEW > len(self.names):
            kept = {url: self[url] for url in self.names if url not in put and url not in gone}
            return Records.of(kept | dict(put))
        return self.patched(gone, put)

    def patched(self, gone: Collection[str], put: Mapping[str, bytes]) -> Records:
        """Give what `replaced` gives; faster where little changes, since the rest is copied in long pieces."""
        names: list[str] = []
        fingerprints, hashes, stamps = bytearray(), bytearray(), bytearray()
        start = 0

        def keep(stop: int) -> None:
            names.extend(self.names[start:stop])
            fingerprints.extend(self.fingerprints[start * 8 : stop * 8])
            hashes.extend(self.hashes[start * 32 : stop * 32])
            stamps.extend(self.stamps[start * 24 : stop * 24])

        for url in sorted({*gone, *put}):
            stop = bisect_left(self.names, url, start)
            if stop > start:
                keep(stop)
            if record := put.get(url):
                names.append(url)
                fingerprints.extend(record[FINGERPRINT])
                hashes.extend(record[SHA256])
                stamps.extend(record[STAMP])
            start = stop + (stop < len(self.names) and self.names[stop] == url)
        keep(len(self.names))
        return Records(names, (bytes(fingerprints), bytes(hashes), bytes(stamps)))

    def stamped(self, stamps: Mapping[str, bytes]) -> Records:
        """Give the records with other stamps of some files."""
        if not stamps:
            return self
        column = b"".join([stamps.get(url) or self.stamp(place) for place, url in enumerate(self.names)])
        return Records(self.names, (self.fingerprints, self.hashes, column))


def digest(names: Iterable[str], stamps: bytes | memoryview) -> bytes:
    """Digest all names, sorted, and then all stamps: no name holds a zero byte, and all stamps are of one length."""
    whole = hashlib.sha256("\0".join(names).encode("utf-8", "surrogatepass"))
    whole.update(stamps)
    return whole.digest()
