"""Paging: how long lists and threads are cut into pages (SPEC section 4). Numbers in, numbers out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from generator import urls
from generator.theme import Ref

NEAR = 2
"""How many pages are named on either side of a page."""


class Paging(msgspec.Struct, frozen=True, gc=False):
    """Where a page is among the pages of a list or thread."""

    number: int
    """1-based. In a list, 0 is the front page, which has the newest entries."""
    older: str | None = None
    """The page before (lists: with older entries)."""
    newer: str | None = None
    """The page after (lists: the front page)."""
    pages: tuple[Ref, ...] = ()
    """Links to pages by number, in steps for those far away; empty if they would change a finished page."""
    count: int = 1
    """How many pages there are, if they are named; 0 on pages of a ranking that more pages may follow."""


class Cut(msgspec.Struct, frozen=True, gc=False):
    """One page of a long list or thread: which items it has, and where it is among the pages."""

    url: str
    start: int
    stop: int
    paging: Paging


def cut_list(url: str, count: int, size: int) -> Iterator[Cut]:
    """Cut a list, oldest item first, from its oldest end: X/1.html has the oldest `size` items, X.html the newest.

    X.html comes first and has 1 to `size` items. A full page links to the older page and to X.html only: a link to
    the newer page would change it when that page fills.
    """
    full = max(0, (count - 1) // size)
    yield Cut(url, full * size, count, Paging(0, older=urls.numbered(url, full) if full else None))
    for number in range(full, 0, -1):
        older = urls.numbered(url, number - 1) if number > 1 else None
        yield Cut(
            urls.numbered(url, number), (number - 1) * size, number * size, Paging(number, older=older, newer=url)
        )


def cut_thread(url: str, count: int, size: int) -> Iterator[Cut]:
    """Cut a thread from its start: X.html has the first `size` posts, X/2.html the next."""
    if count <= size:  # nearly always
        return iter((Cut(url, 0, count, Paging(1)),))
    return _cut(url, [*range(0, count, size), count])


def cut_ranking(url: str, ties: Iterable[int], size: int) -> Iterator[Cut]:
    """Cut a ranking into pages of at most `size`, so that few change; `ties` has the size of each group of equals.

    A group of equals starts a new page if it doesn't fit onto the page of those before it. So if somebody moves from
    one rank to another, only the pages of these two ranks change, unless a rank then needs one more page. Only the
    first page says how many pages there are; otherwise all would change with the last."""
    bounds = [0]
    end = 0
    for tie in ties:
        start, end = end, end + tie
        if end - bounds[-1] > size:
            bounds += range(start if start > bounds[-1] else start + size, end, size)
    return _cut(url, [*bounds, end], grows=True)


def _cut(url: str, bounds: Sequence[int], *, grows: bool = False) -> Iterator[Cut]:
    """Yield the pages between bounds; the first has no number in its URL.

    `grows`: only the first page says how many there are.
    """
    pages = len(bounds) - 1
    if pages == 1:
        yield Cut(url, bounds[0], bounds[1], Paging(1))
        return
    names = [Ref(str(number), page_url(url, number)) for number in range(1, pages + 1)]
    sizes = (size for power in itertools.count() for size in (10**power, 2 * 10**power, 5 * 10**power))
    step = next(size for size in sizes if size * 10 >= pages)
    for number, (start, stop) in enumerate(itertools.pairwise(bounds), 1):
        hushed = grows and number > 1
        shown = [each for each in _named(number, pages, step) if not hushed or each < pages or number + NEAR >= pages]
        yield Cut(
            page_url(url, number),
            start,
            stop,
            Paging(
                number,
                older=page_url(url, number - 1) if number > 1 else None,
                newer=page_url(url, number + 1) if number < pages else None,
                pages=tuple(names[each - 1] for each in shown),
                count=0 if hushed else pages,
            ),
        )


def _named(number: int, pages: int, step: int) -> list[int]:
    """Choose the pages that page `number` links to: the first, the last, those near, and about ten in even steps.

    Links to all of them would make the pages of a long ranking much longer, and nobody could find one among them.
    """
    near = range(max(1, number - NEAR), min(pages, number + NEAR) + 1)
    return sorted({1, *range(step, pages, step), *near, pages})


def page_url(url: str, number: int) -> str:
    """Give the URL of page `number` of a thread, 1-based."""
    return url if number == 1 else urls.numbered(url, number)
