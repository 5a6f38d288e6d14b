"""Figures: the web of threads and authors in, numbers over all of it out: for the page of statistics and the index.

No files. All of it is counted from what facts hold of each thread, so a build that changes one reads no other again.
"""

from __future__ import annotations

import bisect
import heapq
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from generator import dates, urls
from generator.model import Author
from generator.pages.drawings import columns, share
from generator.pages.paging import page_url
from generator.pages.views import BestPost, Share, Stats
from generator.site.facts import SCORES, Tally, ranked, tally
from generator.site.links import Links, ThreadRow, author_ref
from generator.theme.views import Ref

SIZES = (1, 10, 25, 50, 100, 250, 500, 1000)
"""Posts from which on a thread is of the next size."""
ACTIVE = 15
"""Authors listed as the most active."""
BEST = 5
"""Threads and posts that the index names before all others."""
FROM = 10
"""Threads from which on the index does that: of fewer, the list itself shows enough."""


class Figures(NamedTuple):
    """Counts of each thread, in the order of `Links.threads`."""

    links: Links
    tallies: Sequence[Tally]


def figures(links: Links) -> Figures:
    """Unpack what was counted in each thread."""
    return Figures(links, [tally(facts) for facts in links.threads])


def discussed(links: Links) -> tuple[ThreadRow, ...]:
    """Give the threads with most posts, the newer of equals first."""
    if len(links.rows) < FROM:
        return ()
    numbers = heapq.nlargest(BEST, range(len(links.rows)), key=lambda number: (links.rows[number].posts, number))
    return tuple(links.rows[number] for number in numbers)


def praised(found: Figures, posts_per_page: int) -> tuple[BestPost, ...]:
    """Give the posts with the highest scores: of equals those with more answers, then those of newer threads."""
    links = found.links
    if len(links.rows) < FROM:
        return ()
    scores = [post.score for tally in found.tallies for post in tally.best]
    least = min(heapq.nlargest(BEST, scores), default=0)
    posts = ((post, number) for number, tally in enumerate(found.tallies) for post in tally.best if post.score >= least)
    best = heapq.nlargest(BEST, posts, key=lambda each: (each[0].score, each[0].answers, each[1], -each[0].place))
    return tuple(
        BestPost(
            url=page_url(links.urls[number], post.place // posts_per_page + 1) + urls.anchor(post.id),
            score=post.score,
            author=author_ref(Author(links.threads[number].source, post.name, post.uid), links.odd),
            thread=Ref(links.rows[number].title, links.urls[number]),
        )
        for post, number in best
    )


def stats(found: Figures, head: dict[str, Any]) -> Stats:
    """Make the view of stats.html; `head` holds the fields that follow from its URL."""
    links = found.links
    posts = {when: sum(links.rows[number].posts for number in numbers) for when, numbers in links.months.items()}
    months = [(year, month) for year in _years(posts) for month in range(1, 13)]
    while months and months[0] not in posts:
        months.pop(0)
    while months and months[-1] not in posts:
        months.pop()
    total = sum(row.posts for row in links.rows)
    labels: dict[str, int] = {}
    for each in found.tallies:
        for label, count in each.labels:
            labels[label] = labels.get(label, 0) + count
    counts = zip(*(each.scores for each in found.tallies if each.scores), strict=True)  # none where no post has a score
    scores = dict.fromkeys(SCORES, 0) | dict(zip(SCORES, map(sum, counts), strict=False))
    return Stats(
        **head,
        title="Statistics",
        description="The archive in numbers: posts by month, by score and by label, and who wrote most.",
        threads=len(links.threads),
        posts=total,
        authors=len(links.authors),
        first=dates.month(*months[0]) if months else "",
        last=dates.month(*months[-1]) if months else "",
        undated=total - sum(posts.values()),
        timeline=columns("Posts by month", [(dates.month(*when), posts.get(when, 0)) for when in months]),
        months=_shares(
            (dates.month(*when), count, urls.month_page(*when)) for when, count in sorted(posts.items(), reverse=True)
        ),
        scores=_shares((_score(score, links), count, None) for score, count in scores.items())
        if any(scores.values())
        else (),
        labels=_shares((label, count, None) for label, count in ranked(labels)),
        sizes=_shares((name, count, None) for name, count in _sizes(row.posts for row in links.rows)),
        active=_shares((author.name, author.posts, author.url) for author in links.authors[:ACTIVE] if author.posts),
    )


def _years(months: Iterable[tuple[int, int]]) -> range:
    years = {year for year, _ in months}
    return range(min(years), max(years) + 1) if years else range(0)


def _score(score: int, links: Links) -> str:
    """Name a score; the highest stands for those beyond it too, where there are any."""
    more = score == SCORES[-1] and any(row.best is not None and row.best > score for row in links.rows)
    return f"{score} or more" if more else str(score)


def _sizes(counts: Iterable[int]) -> Iterable[tuple[str, int]]:
    """Count threads by size, from the smallest that there is to the largest."""
    steps = (0, *SIZES)
    found = dict.fromkeys(steps, 0)
    for count in counts:
        found[steps[bisect.bisect_right(SIZES, count)]] += 1
    sizes = [size for size, number in found.items() if number]
    for size, upper in zip(steps, (*SIZES, None), strict=True):
        if sizes and sizes[0] <= size <= sizes[-1]:
            name = "no posts" if not size else f"{size:,} or more" if upper is None else f"{size}–{upper - 1}"
            yield name, found[size]


def _shares(counts: Iterable[tuple[str, int, str | None]]) -> tuple[Share, ...]:
    """Make rows of a table of counts, each with a bar as long as its part of the largest."""
    found = tuple(counts)
    most = max((count for _, count, _ in found), default=0)
    return tuple(Share(name, count, share(count, most), url) for name, count, url in found)
