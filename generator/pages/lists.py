"""Lists of threads, for the index, months and tags: threads in, pages that list them by month out.

This is not a page kind. Each page kind with a list has its own module, which says what is listed and what else is
shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from generator import dates, urls
from generator.config import Config
from generator.pages.page import Page, head
from generator.pages.paging import Paging, cut_list
from generator.site import Links, author_ref, mark
from generator.theme import Head, Ref

TEMPLATE = "list.html"


class ThreadRow(msgspec.Struct, frozen=True):
    """A thread as lists show it."""

    title: str
    url: str
    day: str
    """"15 October 2025", or "" without a date."""
    posted: str | None
    """ISO 8601, for <time datetime>."""
    posts: int
    authors: int
    best: int | None
    """The highest score of a post."""
    department: str | None
    author: Ref | None
    source: str | None = None
    """Where it is from, if the site has threads of several sources."""


class ThreadGroup(msgspec.Struct, frozen=True):
    """Threads of one month, or of a year, under one heading."""

    name: str
    """"October 2025", or "Undated"."""
    url: str | None
    threads: tuple[ThreadRow, ...]


class Bar(msgspec.Struct, frozen=True):
    """A bar of the year ribbon: a month or year, with its number of threads."""

    name: str
    url: str | None
    count: int
    level: int
    """0 (no threads) to 8 (as many as the fullest), for a class."""


class BestPost(msgspec.Struct, frozen=True):
    """One of the highest scored posts of the site."""

    url: str
    """The post's address in its thread."""
    score: int
    author: Ref
    thread: Ref
    weight: int
    """The weight of the score; see `PostView.weight`."""
    source: str | None = None
    """Where it is from, if the site has threads of several sources."""


class ThreadList(Head, frozen=True, kw_only=True):
    """index.html, dates/YYYY/MM.html, tags/TAG.html and their older pages."""

    kind: str
    """`index`, `month` or `tag`."""
    groups: tuple[ThreadGroup, ...]
    paging: Paging
    up: Ref | None = None
    """The list that this one is part of (a month's year)."""
    total: int | None = None
    """The number of threads on all pages; only on the front page."""
    ribbon: tuple[tuple[Ref, tuple[Bar, ...]], ...] = ()
    """(year, its twelve months), newest year first; only on the front page of the index."""
    discussed: tuple[ThreadRow, ...] = ()
    """Threads with the most posts; only on the front page of the index, if there are enough threads."""
    praised: tuple[BestPost, ...] = ()
    """Posts with the highest scores, on the same page; of each source in turn, since only these can be compared."""


class Listing(NamedTuple):
    """A list of threads with all its pages."""

    url: str
    kind: str
    """As `ThreadList.kind`."""
    title: str
    description: str
    threads: Sequence[int]
    """Their numbers in `Links`, oldest first."""
    up: Ref | None = None
    key: str = ""
    """As `Page.key`."""
    in_front: bytes = b""
    """Mark of everything else that the front page shows."""


def list_pages(listing: Listing, kind: str, links: Links, config: Config) -> Iterator[Page]:
    """List the pages of a list; `kind` is their page kind."""
    threads = listing.threads
    for cut in cut_list(listing.url, len(threads), config.threads_per_page):
        front = (len(threads), listing.in_front) if cut.paging.number == 0 else ()
        yield Page(
            url=cut.url,
            kind=kind,
            origin=f"{listing.kind} list {listing.title}",
            template=TEMPLATE,
            fingerprint=mark(cut, listing.title, listing.up, front, shown(threads[cut.start : cut.stop], links)),
            key=listing.key,
            cut=cut,
        )


def shown(numbers: Iterable[int], links: Links) -> list[object]:
    """Give the part of a fingerprint that covers the rows of some threads."""
    threads, addresses, exceptions = links.threads, links.urls, links.exceptions
    return [(threads[number].listed, addresses[number], exceptions[number]) for number in numbers]


def list_view(listing: Listing, page: Page, links: Links, config: Config, **front_only: Any) -> ThreadList:
    """Make the view of one page of a list; `front_only` are further fields of its front page."""
    cut = page.cut
    assert cut is not None
    number, title, front = cut.paging.number, listing.title, cut.paging.number == 0
    return ThreadList(
        **head(cut.url, config),
        title=title if front else f"{title}, page {number}",
        description=listing.description if front else f"{title}: page {number} of its threads, from the oldest.",
        kind=listing.kind,
        groups=_by_month([thread_row(links, each) for each in listing.threads[cut.start : cut.stop]]),
        paging=cut.paging,
        up=listing.up,
        total=len(listing.threads) if front else None,
        **front_only if front else {},
    )


def thread_row(links: Links, number: int) -> ThreadRow:
    """Make the row of a thread."""
    thread = links.threads[number]
    return ThreadRow(
        title=thread.title,
        url=links.urls[number],
        day=dates.day(thread.posted),
        posted=thread.posted,
        posts=thread.posts,
        authors=thread.authors,
        best=thread.best,
        department=thread.department,
        author=author_ref(thread.author, links.exceptions[number]) if thread.author else None,
        source=thread.source if len(links.sources) > 1 else None,
    )


def _by_month(threads: Sequence[ThreadRow]) -> tuple[ThreadGroup, ...]:
    """Group threads (oldest first) by month, newest first."""
    months: dict[str, list[ThreadRow]] = {}
    for thread in reversed(threads):
        months.setdefault(thread.posted[:7] if thread.posted else "", []).append(thread)
    return tuple(
        ThreadGroup(dates.month(*when), urls.month_page(*when), tuple(listed))
        if (when := dates.year_month(posted))
        else ThreadGroup("Undated", None, tuple(listed))
        for posted, listed in months.items()
    )


def ribbon(links: Links, years: Iterable[int] | None = None) -> tuple[tuple[Ref, tuple[Bar, ...]], ...]:
    """Give years, newest first, each with a bar for each of its months."""
    wanted = sorted({year for year, _ in links.months} if years is None else years, reverse=True)
    most = fullest(links)
    return tuple(
        (
            Ref(str(year), urls.year_page(year)),
            tuple(
                Bar(
                    name=dates.month(year, month),
                    url=urls.month_page(year, month) if (year, month) in links.months else None,
                    count=(count := len(links.months.get((year, month), ()))),
                    level=-(-count * 8 // most),
                )
                for month in range(1, 13)
            ),
        )
        for year in wanted
    )


def fullest(links: Links) -> int:
    """Count the threads of the month that has most; bars are relative to it."""
    return max((len(threads) for threads in links.months.values()), default=1)


def posts_by_month(links: Links) -> dict[tuple[int, int], int]:
    """Count the posts of each month that has threads."""
    return {when: sum([links.threads[number].posts for number in numbers]) for when, numbers in links.months.items()}
