"""How long lists and threads are cut into pages (SPEC section 4). Numbers in, numbers out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from generator import urls
from generator.pages.views import Paging
from generator.theme.views import Ref

NEAR = 2
"""Pages named on either side of one."""


class Cut(msgspec.Struct, frozen=True):
    """A page of something long: which items it holds, and where it stands."""

    url: str
    start: int
    stop: int
    paging: Paging


def cut_list(url: str, count: int, size: int) -> Iterator[Cut]:
    """Cut a list, oldest item first, from its oldest end: X/1.html holds the oldest `size`, X.html the newest.

    X.html comes first and holds 1 to `size` items. A full page links to the older page and to X.html only: a link to
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
    """Cut a thread from its start: X.html holds the first `size`, X/2.html the next."""
    return _cut(url, [*range(0, max(count, 1), size), count])


def cut_ranking(url: str, ties: Iterable[int], size: int) -> Iterator[Cut]:
    """Cut a ranking, of which so many each are equal, into pages of at most `size`, and with regard to who moves.

    Those who are equal begin a page of their own where they don't fit onto one with those before them. So somebody who
    goes from one rank to another moves those of the two ranks alone, unless a rank needs one page more then. A page
    says nothing of how many there are but for the first, or all would change with the last.
    """
    bounds = [0]
    end = 0
    for tie in ties:
        start, end = end, end + tie
        if end - bounds[-1] > size:
            bounds += range(start if start > bounds[-1] else start + size, end, size)
    return _cut(url, [*bounds, end], grows=True)


def _cut(url: str, bounds: Sequence[int], *, grows: bool = False) -> Iterator[Cut]:
    """Give the pages between bounds, the first of which has no number in its URL.

    `grows`: pages but the first don't say how many there are.
    """
    pages = len(bounds) - 1
    if pages == 1:  # as nearly always
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
    """Choose the pages that page `number` names: the first and the last, those near, and about ten in even steps.

    Naming all would make pages of a long ranking longer by far, and nobody could find one among them.
    """
    near = range(max(1, number - NEAR), min(pages, number + NEAR) + 1)
    return sorted({1, *range(step, pages, step), *near, pages})


def page_url(url: str, number: int) -> str:
    """URL of page `number` of a thread, 1-based."""
    return url if number == 1 else urls.numbered(url, number)
