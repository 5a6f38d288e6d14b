"""Records: what is known of every file of ours in the output, by URL. No files are touched.

There are many, and most builds change few. So they are columns, sorted by URL: a list of the URLs, and strings of bytes
with a piece for each, from which the list of sums and the digest of the output are made as wholes. Only what is asked
for is taken apart.
"""

from __future__ import annotations

import functools
import hashlib
import struct
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Set

from generator import urls
from generator.stamps import FileStamp

FINGERPRINT, SHA256, STAMP = slice(0, 8), slice(8, 40), slice(40, 64)
"""Where the parts of a `page_record` are."""
_RECORD = struct.Struct("<8s32sqqq")

PARTS = (FINGERPRINT, SHA256, STAMP)
"""Parts of a `page_record`, a column each."""
FEW = 10
"""Of so many records, one that changes is few."""
WIDTHS = tuple(part.stop - part.start for part in PARTS)
WHOLE = 20_000
"""Files up to which an output is looked at as a whole; a larger one in two parts, side by side."""


def page_record(fingerprint: bytes, sha256: bytes, stamp: FileStamp) -> bytes:
    """Pack what is known of a page: fingerprint (8 bytes), hash (32 bytes), stamp."""
    return _RECORD.pack(fingerprint, sha256, stamp.size, stamp.modified, stamp.changed)


class Records(Mapping[str, bytes]):
    """URL to `page_record`, sorted by URL. Nobody changes it."""

    def __init__(self, names: list[str], columns: tuple[bytes, ...]) -> None:
        self.names = names
        self.columns = columns

    @classmethod
    def of(cls, records: Mapping[str, bytes]) -> Records:
        """Take records as they come."""
        if isinstance(records, Records):
            return records
        names = sorted(records)
        sorted_records = [records[url] for url in names]
        return cls(names, tuple(b"".join([record[part] for record in sorted_records]) for part in PARTS))

    @classmethod
    def unpacked(cls, packed: tuple[str, tuple[bytes, ...]]) -> Records:
        """Give what was `packed`."""
        names, columns = packed
        return cls(names.split("\0") if names else [], columns)

    def packed(self) -> tuple[str, tuple[bytes, ...]]:
        """Give what stands for all of it; no URL holds a zero byte."""
        return "\0".join(self.names), self.columns

    @functools.cached_property
    def places(self) -> dict[str, int]:
        """Where each URL stands."""
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
        """Give the fingerprint of a page; empty if nothing is known of it."""
        place = self.places.get(url)
        return b"" if place is None else self.columns[0][place * WIDTHS[0] : (place + 1) * WIDTHS[0]]

    def sha256(self, place: int) -> bytes:
        """Give the hash of the file at a place."""
        return self.columns[1][place * WIDTHS[1] : (place + 1) * WIDTHS[1]]

    def stamp(self, place: int) -> bytes:
        """Give the stamp of the file at a place."""
        return self.columns[2][place * WIDTHS[2] : (place + 1) * WIDTHS[2]]

    def replaced(self, gone: Collection[str], put: Mapping[str, bytes]) -> Records:
        """Give the records without those `gone`, and with others put there or in their place."""
        if (len(gone) + len(put)) * FEW > len(self.names):
            kept = {url: self[url] for url in self.names if url not in put and url not in gone}
            return Records.of(kept | dict(put))
        return self.patched(gone, put)

    def patched(self, gone: Collection[str], put: Mapping[str, bytes]) -> Records:
        """Give what `replaced` gives; faster where little changes, since what lies between is copied as a whole."""
        names: list[str] = []
        columns = tuple(bytearray() for _ in PARTS)
        start = 0

        def keep(stop: int) -> None:
            names.extend(self.names[start:stop])
            for column, known, width in zip(columns, self.columns, WIDTHS, strict=True):
                column.extend(memoryview(known)[start * width : stop * width])

        for url in sorted({*gone, *put}):
            stop = bisect_left(self.names, url, start)
            if stop > start:
                keep(stop)
            if record := put.get(url):
                names.append(url)
                for column, part in zip(columns, PARTS, strict=True):
                    column.extend(record[part])
            start = stop + (stop < len(self.names) and self.names[stop] == url)
        keep(len(self.names))
        found = Records(names, tuple(map(bytes, columns)))
        if names == self.names:  # then so are places, which take longer to find than all else here
            found.names = self.names
            found.__dict__.update({"places": self.places} if "places" in self.__dict__ else {})
        return found

    def stamped(self, stamps: Mapping[str, bytes]) -> Records:
        """Give the records with other stamps of some files."""
        if not stamps:
            return self
        found = [stamps.get(url) or self.stamp(place) for place, url in enumerate(self.names)]
        return Records(self.names, (*self.columns[:2], b"".join(found)))

    def listing(self) -> bytes:
        """Give `SHA256SUMS`: a line for each file but that one itself."""
        sums = self.columns[1].hex("\n", WIDTHS[1]).split("\n") if self.names else []
        lines = list(map("  ".join, zip(sums, self.names, strict=True)))
        if urls.SUMS in self.places:
            del lines[self.places[urls.SUMS]]
        return "\n".join([*lines, ""]).encode()

    def standing(self, foreign: Mapping[str, bytes]) -> tuple[tuple[str, bytes], ...]:
        """Tell an output in which these files lie as recorded, and `foreign` ones with these stamps, from any other.

        Gives where each part of it starts, and the part's digest.
        """
        found = self
        if foreign:
            found = self.replaced((), {url: bytes(STAMP.start) + stamp for url, stamp in foreign.items()})
        names, stamps, width = found.names, memoryview(found.columns[2]), WIDTHS[2]
        middle = len(names) // 2 if len(names) > WHOLE else len(names)
        parts = [("", digest(names[:middle], stamps[: middle * width]))]
        if middle < len(names):
            parts.append((names[middle], digest(names[middle:], stamps[middle * width :])))
        return tuple(parts)

    def inside(self, folder: str) -> list[str]:
        """Give the URLs that start with the name of a folder, slash and all."""
        start, stop = self._range(folder)
        return self.names[start:stop]

    def outside(self, folder: str) -> list[str]:
        """Give the other URLs."""
        start, stop = self._range(folder)
        return self.names[:start] + self.names[stop:]

    def _range(self, folder: str) -> tuple[int, int]:
        start = bisect_left(self.names, folder)
        return start, bisect_left(self.names, folder[:-1] + chr(ord("/") + 1), start)


class Files(Collection[str]):
    """The URLs of all files of a site but the list of sums: the recorded ones, without those `gone`, and `new` ones."""

    def __init__(self, records: Records, gone: Set[str], new: Set[str]) -> None:
        self.records = records
        self.gone = gone
        self.new = new

    @classmethod
    def of(cls, records: Records, before: Set[str], after: Set[str]) -> Files:
        """Say which of the recorded files there are, where all but those `before` are, and those `after`."""
        gone = {url for url in before - after if url in records}
        return cls(records, gone | {urls.SUMS}, after - before)

    def __contains__(self, url: object) -> bool:
        return url in self.new or (url in self.records and url not in self.gone)

    def __iter__(self) -> Iterator[str]:
        yield from (url for url in self.records if url not in self.gone)
        yield from self.new

    def __len__(self) -> int:
        return sum(1 for _ in self)


def digest(names: Iterable[str], stamps: bytes | memoryview) -> bytes:
    """Digest all names, sorted, and then all stamps: no name holds a zero byte, and all stamps are of one length."""
    found = hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape"))
    found.update(stamps)
    return found.digest()
