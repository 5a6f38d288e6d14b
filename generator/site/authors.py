"""Authors: the rows of what they wrote in each thread in, a sum of each over the whole site out, ranked, with slugs.

No files. There are many authors, and a build touches few: those it does not touch keep their slugs and their order.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from generator import urls
from generator.model import source_and_uid
from generator.site.rows import Row


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
    since: int = 0
    """The date of the first thread, as threads sort by it."""
    slug: str = ""
    """As settled among all authors (`rank`)."""
    odd: bool = False
    """Whether the slug does not follow from the author as each thread has them."""

    @property
    def url(self) -> str:
        """Front page of the author."""
        return f"{urls.author_folder(self.source)}/{self.slug}.html"


class Authors(msgspec.Struct, frozen=True):
    """All authors of a site, as a build finds them."""

    kept: Sequence[AuthorSum] = ()
    """Those whom nothing touched, ranked, with their slugs."""
    fresh: Sequence[AuthorSum] = ()
    """The others, without slugs."""
    before: Sequence[AuthorSum] = ()
    """What the last build knew of those, and of authors who are gone."""


def sum_up(rows: Sequence[Row]) -> AuthorSum:
    """Sum up the rows of one author, which come oldest thread first."""
    oldest = rows[0]
    source, uid = source_and_uid(oldest.author)
    posts = stories = 0
    scores: list[int] = []
    years: list[int] = []
    used: dict[str, None] = {}
    for row in rows:
        posts += row.posts
        stories += row.story
        scores += row.scores
        if row.year is not None:
            years.append(row.year)
        for name in row.names or (row.name,):
            used.pop(name, None)
            used[name] = None
    names = tuple(used)
    return AuthorSum(
        oldest.author,
        source,
        uid,
        names[-1],
        names[:-1],
        urls.author_slug(oldest.name, uid),
        posts,
        stories,
        len(rows),
        _median(scores),
        min(years, default=None),
        max(years, default=None),
        int(oldest.thread.partition(" ")[0]),
    )


def _median(scores: list[int]) -> float | None:
    """Give the median; `statistics.median` takes three times as long, and there are many authors."""
    scores.sort()
    middle = len(scores) // 2
    return (scores[middle] + scores[~middle]) / 2 if scores else None


def rank(authors: Authors) -> tuple[list[AuthorSum], frozenset[str]]:
    """Give all authors, most posts first, each with a slug, and the keys of kept ones whose slug is another now.

    The same comes out whatever was kept: `_settle` is the rule, and authors are only spared it where it would say what
    they have already.
    """
    before = {author.key: author for author in authors.before}
    again: list[AuthorSum] = []
    new: list[AuthorSum] = []
    for author in authors.fresh:
        known = before.get(author.key)
        if known is not None and known.wanted == author.wanted:
            again.append(_named(author, known.slug))
            del before[author.key]
        else:
            new.append(author)
    kept: Sequence[AuthorSum] = authors.kept
    moved: frozenset[str] = frozenset()
    if before or not _are_free(new, kept, again):
        settled = _settle((*kept, *again, *new))
        moved = frozenset(author.key for author in kept if settled[author.key] != author.slug)
        again = [_named(author, settled[author.key]) for author in (*kept, *again, *new)]
        kept, new = (), []
    fresh = again + [_named(author, author.wanted) for author in new]
    if len(fresh) * 50 > len(kept):
        return sorted((*kept, *fresh), key=_rank), moved
    ranked = list(kept)
    for author in fresh:
        bisect.insort(ranked, author, key=_rank)
    return ranked, moved


def _rank(author: AuthorSum) -> tuple[int, int, int, str, str]:
    """Most posts first, then most stories; of equals those who came first, so that who comes new stands behind them."""
    return (-author.posts, -author.stories, author.since, author.wanted, author.key)


def ties(ranked: Sequence[AuthorSum]) -> Iterator[int]:
    """Say how many authors each have equally many posts, from the top of a ranking."""
    start = 0
    while start < len(ranked):
        stop = bisect.bisect_right(ranked, -ranked[start].posts, start, key=lambda author: -author.posts)
        yield stop - start
        start = stop


def _named(author: AuthorSum, slug: str) -> AuthorSum:
    odd = bool(author.names) or slug != urls.lone_slug(author.key, author.wanted)
    return msgspec.structs.replace(author, slug=slug, odd=odd)


def _are_free(new: Sequence[AuthorSum], kept: Sequence[AuthorSum], again: Sequence[AuthorSum]) -> bool:
    """Say whether new authors can have what they want without a thought of the others."""
    if not new:
        return True
    wanted = {author.wanted for author in new}
    if len(wanted) < len(new) or not all(map(urls.is_safe_name, wanted)):
        return False
    return not any(author.wanted in wanted or author.slug in wanted for part in (kept, again) for author in part)


def _settle(authors: Iterable[AuthorSum]) -> dict[str, str]:
    """Settle the slugs of all authors, source by source."""
    wanted: dict[str, dict[str, str]] = {}
    for author in authors:
        wanted.setdefault(author.source, {})[author.key] = author.wanted
    return {key: slug for mine in wanted.values() for key, slug in urls.unique_slugs(mine).items()}
