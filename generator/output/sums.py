"""`SHA256SUMS`: which files are listed, and in what form (SPEC section 4).

The list names every file of ours but itself, sorted by URL, as `sha256sum -c` takes it. Reads lists, writes none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from generator import urls
from generator.errors import NotAFile
from generator.files import lead_out, read_file
from generator.output.records import Records

ALWAYS = frozenset({urls.INDEX, urls.ABOUT, urls.NOT_FOUND, urls.ROBOTS})
"""Pages that every site of ours has: a list of sums without them belongs to somebody else."""

_LINE = re.compile(r"^([0-9a-f]{64})  (.+)$")


def list_sums(records: Records) -> bytes:
    """Write the list: a line for each recorded file but the list itself."""
    hashes = records.hashes.hex("\n", 32).split("\n") if records.names else []
    lines = list(map("  ".join, zip(hashes, records.names, strict=True)))
    if urls.SUMS in records.places:
        del lines[records.places[urls.SUMS]]
    return "\n".join([*lines, ""]).encode()


def sum_line(url: str, sha256: bytes) -> str:
    """Write one line of a list, without its line end."""
    return f"{sha256.hex()}  {url}"


def read_listed(path: Path) -> frozenset[str]:
    """Give the URLs that a list of ours names; none if the list is somebody else's."""
    listed = frozenset(url for url, _ in read_sums(path))
    return listed if listed >= ALWAYS else frozenset()


def read_sums(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the URL and hash of each line of a file; see `parse_sums`."""
    try:
        data = read_file(path)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, NotAFile):
        return
    yield from parse_sums(data)


def parse_sums(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield the URL and hash of each line; lines of another form, or that lead out of the folder, are passed over."""
    for line in re.split(r"\r\n?|\n", data.decode("utf-8", "replace")):
        match = _LINE.match(line)
        if match and not lead_out((match[2],)):
            yield match[2], match[1]
