"""The index: all threads, newest first, and the best of them on its front page."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator

from generator import urls
from generator.config import Config
from generator.model import Author
from generator.pages.lists import (
    BestPost,
    Listing,
    ThreadList,
    ThreadRow,
    list_pages,
    list_view,
    ribbon,
    shown,
    thread_row,
)
from generator.pages.page import Page
from generator.pages.paging import page_url
from generator.site import Links, author_ref, by_count, mark, tally, weight
from generator.theme import Ref

KIND = "index"
BEST = 5
"""How many threads and posts the front page shows as the best."""
SOURCES, FEW = 3, 3
"""Of several sources the front page shows the best posts of so many, and so many of each."""
FROM = 10
"""The fewest threads for which it does so; for fewer, the list itself is enough."""


def pages(links: Links, config: Config) -> Iterator[Page]:
    """List the index and its further pages. The front page depends on all threads if it shows the best."""
    best: list[object] = []
    if len(links.threads) >= FROM:
        best = [shown(range(len(links.threads)), links), [facts.tally for facts in links.threads]]
    months = [(when, len(threads)) for when, threads in links.months.items()]
    return list_pages(_listing(links, config)._replace(in_front=mark(months, best)), KIND, links, config)


def view(page: Page, links: Links, config: Config) -> ThreadList:
    """Make the view of one page."""
    listing = _listing(links, config)
    if page.url != urls.INDEX:
        return list_view(listing, page, links, config)
    return list_view(
        listing,
        page,
        links,
        config,
        ribbon=ribbon(links),
        discussed=discussed(links),
        praised=praised(links, config.posts_per_page),
    )


def _listing(links: Links, config: Config) -> Listing:
    description = config.description or f"{config.title}: saved discussions, newest first."
    return Listing(urls.INDEX, KIND, config.title, description, range(len(links.threads)))


def discussed(links: Links) -> tuple[ThreadRow, ...]:
    """Give the threads with the most posts; of equals, the newer ones come first."""
    threads = links.threads
    if len(threads) < FROM:
        return ()
    numbers = heapq.nlargest(BEST, range(len(threads)), key=lambda number: (threads[number].posts, number))
    return tuple(thread_row(links, number) for number in numbers)


def praised(links: Links, posts_per_page: int) -> tuple[BestPost, ...]:
    """Give the posts with the highest scores; of equals, those with more answers, then those of newer threads.

    Scores can be compared only within a source. So the best of each source are together; the source with most threads
    comes first.
    """
    threads = links.threads
    if len(threads) < FROM:
        return ()
    sources = [source for source, _ in by_count(Counter([facts.source for facts in threads if facts.top]))[:SOURCES]]
    return tuple(post for source in sources for post in _praised(links, source, posts_per_page, len(sources)))


def _praised(links: Links, source: str, posts_per_page: int, sources: int) -> Iterator[BestPost]:
    """Yield the posts of a source with the highest scores; if there are several sources, fewer of each."""
    threads, most = links.threads, BEST if sources == 1 else FEW
    tops = ((facts.top, number) for number, facts in enumerate(threads) if facts.top and facts.source == source)
    # Every one of the best posts is in one of the threads that have the best posts at their top.
    posts = ((post, number) for _, number in heapq.nlargest(most, tops) for post in tally(threads[number]).best)
    best = heapq.nlargest(most, posts, key=lambda each: (each[0].score, each[0].answers, each[1], -each[0].place))
    for post, number in best:
        yield BestPost(
            url=page_url(links.urls[number], post.place // posts_per_page + 1) + urls.anchor(post.id),
            score=post.score,
            author=author_ref(Author(threads[number].source, post.name, post.uid), links.exceptions[number]),
            thread=Ref(threads[number].title, links.urls[number]),
            weight=weight(post.score, unlimited=source in links.unlimited),
            source=source if len(links.sources) > 1 else None,
        )
