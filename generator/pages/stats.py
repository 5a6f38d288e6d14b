"""The statistics: the archive in numbers.

Everything is counted from the facts of each thread, so a build that changes one thread reads no other thread again.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from markupsafe import Markup

from generator import dates, urls
from generator.config import Config
from generator.pages.drawings import columns, share
from generator.pages.lists import posts_by_month
from generator.pages.page import Page, head
from generator.site import CLASSES, SCORES, AuthorSum, Facts, Links, by_count, mark, occurring, tally
from generator.theme import Head

KIND = "stats"
TEMPLATE = "stats.html"
SIZES = (1, 10, 25, 50, 100, 250, 500, 1000)
"""The fewest posts of a thread of each size."""
ACTIVE = 15
"""How many authors are listed as the most active."""


class Share(msgspec.Struct, frozen=True):
    """A row of a table of counts."""

    name: str
    count: int
    bar: Markup
    """The count as a drawing, relative to the largest count of its table."""
    url: str | None = None
    """The page of the thing that is counted, if it has one."""


class Table(msgspec.Struct, frozen=True):
    """The counts of one source."""

    source: str
    """Empty if no other source has such a table."""
    rows: tuple[Share, ...]


class Stats(Head, frozen=True, kw_only=True):
    """stats.html."""

    threads: int
    posts: int
    authors: int
    """How many wrote posts; who only posted stories is not among them."""
    first: str
    """Month of the first dated thread, "" without dates."""
    last: str
    undated: int
    """Number of posts of threads without a date."""
    timeline: Markup
    """Posts by month as a drawing, from the first month to the last."""
    months: tuple[Share, ...]
    """Months with posts, newest first."""
    scores: tuple[Table, ...]
    """Posts by score, a table for each source that has scores: those of two sources can't be compared."""
    labels: tuple[Table, ...]
    """Posts by label, most frequent first, a table for each source that has labels."""
    sources: tuple[Share, ...]
    """Posts by source; empty if all are from one."""
    sizes: tuple[Share, ...]
    """Threads by number of posts."""
    active: tuple[Share, ...]
    """Authors with the most posts."""


def pages(links: Links, config: Config) -> Iterator[Page]:
    """List the one page."""
    shown = mark(
        [(facts.source, facts.posts, facts.best, facts.tally) for facts in links.threads],
        list(links.months.items()),
        links.writers,
        [(author.listed, author.slug) for author in links.authors[:ACTIVE]],
    )
    yield Page(urls.STATS, KIND, "stats", shown, TEMPLATE)


def view(page: Page, links: Links, config: Config) -> Stats:
    """Make the view of the page."""
    posts = posts_by_month(links)
    months = _months(posts)
    total = sum(facts.posts for facts in links.threads)
    sums = {source: _Sum() for source in links.sources}
    for facts in links.threads:
        sums[facts.source].add(facts)
    return Stats(
        **head(urls.STATS, config),
        title="Statistics",
        description="The archive in numbers: posts by month, by score and by label, and who wrote most.",
        threads=len(links.threads),
        posts=total,
        authors=links.writers,
        first=dates.month(*months[0]) if months else "",
        last=dates.month(*months[-1]) if months else "",
        undated=total - sum(posts.values()),
        timeline=columns("Posts by month", [(dates.month(*when), posts.get(when, 0)) for when in months]),
        months=_shares(
            (dates.month(*when), count, urls.month_page(*when)) for when, count in sorted(posts.items(), reverse=True)
        ),
        scores=_tables({name: each.by_score(unlimited=name in links.unlimited) for name, each in sums.items()}),
        labels=_tables({name: by_count(each.labels) for name, each in sums.items()}),
        sources=_shares(
            (name, count, None) for name, count in by_count({name: each.posts for name, each in sums.items()})
        )
        if len(sums) > 1
        else (),
        sizes=_shares((name, count, None) for name, count in _sizes(facts.posts for facts in links.threads)),
        active=_shares(
            (_name(author, links), author.posts, author.url) for author in links.authors[:ACTIVE] if author.posts
        ),
    )


def _months(posts: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    """List all months from the first with threads to the last, also those without threads."""
    if not posts:
        return []
    first, last = min(posts), max(posts)
    months = [(year, month) for year in range(first[0], last[0] + 1) for month in range(1, 13)]
    return [when for when in months if first <= when <= last]


def _name(author: AuthorSum, links: Links) -> str:
    """Name an author, with the source if there are several: they may have authors of the same name."""
    return f"{author.name} ({author.source})" if len(links.sources) > 1 else author.name


class _Sum:
    """What is counted in all threads of a source."""

    def __init__(self) -> None:
        self.posts = 0
        self.labels: dict[str, int] = {}
        self.scores = [0] * len(SCORES)
        self.classes = [0] * len(CLASSES)
        self.beyond = False
        """Whether a post has a higher score than the highest of `SCORES`."""

    def add(self, facts: Facts) -> None:
        """Add a thread."""
        counted = tally(facts)
        self.posts += facts.posts
        for label, count in counted.labels:
            self.labels[label] = self.labels.get(label, 0) + count
        for index, count in enumerate(counted.scores):  # empty if no post has a score
            self.scores[index] += count
        for index, count in enumerate(counted.classes):
            self.classes[index] += count
        self.beyond = self.beyond or (facts.best is not None and facts.best > SCORES[-1])

    def by_score(self, *, unlimited: bool) -> Sequence[tuple[str, int]]:
        """Give the number of posts by score, or by class; the highest score stands for higher ones too."""
        if unlimited:
            return occurring(self.classes)
        names = [*map(str, SCORES[:-1]), f"{SCORES[-1]} or more" if self.beyond else str(SCORES[-1])]
        return list(zip(names, self.scores, strict=True)) if any(self.scores) else ()


def _tables(counts: Mapping[str, Sequence[tuple[str, int]]]) -> tuple[Table, ...]:
    """Make a table for each source that has something to count."""
    some = {source: rows for source, rows in counts.items() if rows}
    return tuple(
        Table(source if len(some) > 1 else "", _shares((name, count, None) for name, count in rows))
        for source, rows in some.items()
    )


def _sizes(counts: Iterable[int]) -> Iterable[tuple[str, int]]:
    """Count threads by size, from the smallest size that occurs to the largest."""
    steps = (0, *SIZES)
    threads = dict.fromkeys(steps, 0)
    for count in counts:
        threads[steps[bisect.bisect_right(SIZES, count)]] += 1
    sizes = [size for size, number in threads.items() if number]
    for size, upper in zip(steps, (*SIZES, None), strict=True):
        if sizes and sizes[0] <= size <= sizes[-1]:
            name = "no posts" if not size else f"{size:,} or more" if upper is None else f"{size}–{upper - 1}"
            yield name, threads[size]


def _shares(counts: Iterable[tuple[str, int, str | None]]) -> tuple[Share, ...]:
    """Make the rows of a table of counts, each with a bar relative to the largest."""
    table = tuple(counts)
    most = max((count for _, count, _ in table), default=0)
    return tuple(Share(name, count, share(count, most), url) for name, count, url in table)
