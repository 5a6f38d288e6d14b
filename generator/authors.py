"""Authors: the rows of what they wrote in each thread in, a sum of each over the whole site out. No files."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Iterable, Iterator

import msgspec

from generator import urls
from generator.store import Row


class AuthorSum(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An author over the whole site."""

    key: str
    source: str
    uid: str | None
    name: str
    """As in the newest thread."""
    names: tuple[str, ...]
    """The others, oldest first."""
    wanted: str
    """The slug, if nobody else wants it: from the name in the oldest thread."""
    posts: int
    stories: int
    threads: int
    median: float | None
    first: int | None
    """Year of the first dated thread."""
    last: int | None


def sums_of(rows: Iterable[Row]) -> Iterator[AuthorSum]:
    """Sum up rows that come sorted by author and thread."""
    for key, run in itertools.groupby(rows, key=lambda row: row.author):
        mine = list(run)
        oldest = mine[0]
        posts = stories = 0
        scores: list[int] = []
        years: list[int] = []
        used: dict[str, None] = {}
        for row in mine:
            posts += row.posts
            stories += row.story
            scores += row.scores
            if row.year is not None:
                years.append(row.year)
            for name in row.names or (row.name,):
                used.pop(name, None)
                used[name] = None
        names = tuple(used)
        yield AuthorSum(
            key=key,
            source=oldest.source,
            uid=oldest.uid,
            name=names[-1],
            names=names[:-1],
            wanted=urls.author_slug(oldest.first_name, oldest.uid),
            posts=posts,
            stories=stories,
            threads=len(mine),
            median=float(statistics.median(scores)) if scores else None,
            first=min(years, default=None),
            last=max(years, default=None),
        )
