"""Rows: what a thread adds to pages that are about many threads. The table `KINDS` lists the kinds of rows.

A kind says which rows a thread has and how the rows of one key are summed up. Nobody else needs to know what is in a
row: all kinds are gathered by key in the same way, and a thread's rows are always replaced as a whole. No files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, cast

import msgspec

from generator.model import Thread, Tree
from generator.site.authors import AuthorSum, sum_up
from generator.site.contributions import NAME, author_rows
from generator.site.gathered import Gathered


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one thread says of one key."""

    kind: str
    key: str
    """Without line breaks."""
    thread: str
    """Order key of the thread. The rows of a key are sorted by it, oldest thread first."""
    value: bytes
    """Encoded; only the kind knows how to decode it."""


class Summary(Protocol):
    """The summary of a key's rows, a struct that msgspec can encode."""

    @property
    def key(self) -> str:
        """The key of the rows."""

    @property
    def threads(self) -> int:
        """How many rows there are, which is one for each thread."""


class Kind(NamedTuple):
    """A kind of rows."""

    name: str
    rows_of: Callable[[Thread, Tree, str, int], Iterator[tuple[str, bytes]]]
    """Yields key and value of each row of a thread, from the thread, its tree, its order key and `posts_per_page`."""
    sum: Callable[[str, Sequence[bytes]], Summary]
    """Sums up the values of a key, oldest thread first. There is at least one."""
    summary: type[Summary]
    """The type that `sum` gives."""

    def unpack(self, data: bytes | msgspec.Raw) -> list[Summary]:
        """Decode a list of what `sum` gave."""
        return msgspec.msgpack.decode(data, type=list[self.summary])  # type: ignore[name-defined]  # it exists at run time


KINDS: tuple[Kind, ...] = (Kind(NAME, author_rows, sum_up, AuthorSum),)


def authors_in(gathered: Mapping[str, Gathered[Summary]]) -> Gathered[AuthorSum]:
    """Pick the authors from the gathered kinds."""
    return cast("Gathered[AuthorSum]", gathered[NAME])
