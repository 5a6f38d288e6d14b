"""Authors: what each one wrote in each thread comes in, one sum for each author goes out, ranked and with slugs.

No files. There are many authors, and a build touches few of them; the others keep their slugs and their order.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from generator import urls
from generator.model import Author, nfc, source_and_uid
from generator.site.contributions import contribution_in
from generator.site.gathered import Gathered
from generator.site.marks import mark


class AuthorSum(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An author over the whole site."""

    key: str
    source: str
    uid: str | None
    name: str
    """The name used in the newest thread."""
    names: tuple[str, ...]
    """The other names, oldest first."""
    wanted: str
    """The slug made from the name in the oldest thread; the author gets it if nobody else wants it."""
    posts: int
    stories: int
    threads: int
    median: float | None
    first: int | None
    """Year of the first dated thread."""
    last: int | None
    since: int
    """The date of the first thread, in the form that threads sort by."""
    listed: bytes
    """Mark of what lists show of the author, except the address."""
    slug: str = ""
    """As decided among all authors (`rank`)."""
    exceptional: bool = False
    """Whether the slug may differ from the one that is made from the author's name in some thread."""

    @property
    def url(self) -> str:
        """The author's front page."""
        return f"{urls.author_folder(self.source)}/{self.slug}.html"


def sum_up(key: str, values: Sequence[bytes]) -> AuthorSum:
    """Sum up the encoded contributions of one author, oldest thread first."""
    written = list(map(contribution_in, values))
    oldest = written[0]
    source, uid = source_and_uid(key)
    posts = stories = 0
    scores: list[int] = []
    years: list[int] = []
    used: dict[str, str] = {}
    for each in written:
        posts += each.posts
        stories += each.story
        scores += each.scores
        if each.year is not None:
            years.append(each.year)
        for name in filter(None, each.names or (each.name,)):
            used.pop(nfc(name), None)
            used[nfc(name)] = name
    names = tuple(used.values()) or (Author(source, "", uid).shown,)
    first, last = min(years, default=None), max(years, default=None)
    return AuthorSum(
        key,
        source,
        uid,
        names[-1],
        names[:-1],
        urls.author_slug(oldest.name, uid),
        posts,
        stories,
        len(written),
        _median(scores),
        first,
        last,
        oldest.since,
        mark(names[-1], key, posts, len(written), first, last),
    )


def _median(scores: list[int]) -> float | None:
    """Give the median; `statistics.median` takes three times as long, and there are many authors."""
    scores.sort()
    middle = len(scores) // 2
    return (scores[middle] + scores[~middle]) / 2 if scores else None


def rank(authors: Gathered[AuthorSum]) -> tuple[list[AuthorSum], frozenset[str]]:
    """Give all authors with slugs, most posts first, and the keys of those whose slug has changed.

    What was kept makes no difference to the result: `_settle` is the rule, and it is only skipped for authors where it
    would give the slug they already have.
    """
    last = {author.key: author for author in authors.last}
    again: list[AuthorSum] = []
    new: list[AuthorSum] = []
    for author in authors.fresh:
        old = last.get(author.key)
        if old is not None and old.wanted == author.wanted:
            again.append(_named(author, old.slug))
            del last[author.key]
        else:
            new.append(author)
    kept: Sequence[AuthorSum] = authors.kept
    moved: frozenset[str] = frozenset()
    if last or not _are_free(new, kept, again):
        settled = _settle((*kept, *again, *new))
        old_slugs = [(author.key, author.slug) for author in (*kept, *authors.last)]
        moved = frozenset(key for key, slug in old_slugs if settled.get(key, slug) != slug)
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
    """Sort by most posts, then most stories, then who came first, so that new authors come after their equals."""
    return (-author.posts, -author.stories, author.since, author.wanted, author.key)


def ties(ranked: Sequence[AuthorSum]) -> Iterator[int]:
    """Yield how many authors share each number of posts, from the top of a ranking."""
    start = 0
    while start < len(ranked):
        stop = bisect.bisect_right(ranked, -ranked[start].posts, start, key=lambda author: -author.posts)
        yield stop - start
        start = stop


def _named(author: AuthorSum, slug: str) -> AuthorSum:
    exceptional = bool(author.names) or slug != urls.lone_slug(author.key, author.wanted)
    return msgspec.structs.replace(author, slug=slug, exceptional=exceptional)


def _are_free(new: Sequence[AuthorSum], kept: Sequence[AuthorSum], again: Sequence[AuthorSum]) -> bool:
    """Say whether new authors can have the slugs they want without changing those of others."""
    if not new:
        return True
    wanted = {author.wanted for author in new}
    if len(wanted) < len(new) or not all(map(urls.is_safe_name, wanted)):
        return False
    return not any(author.wanted in wanted or author.slug in wanted for part in (kept, again) for author in part)


def _settle(authors: Iterable[AuthorSum]) -> dict[str, str]:
    """Decide the slugs of all authors, source by source."""
    wanted: dict[str, dict[str, str]] = {}
    for author in authors:
        wanted.setdefault(author.source, {})[author.key] = author.wanted
    return {key: slug for by_key in wanted.values() for key, slug in urls.unique_slugs(by_key).items()}
