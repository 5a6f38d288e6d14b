"""How long lists and threads are cut into pages (SPEC section 4). Numbers in, numbers out."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from generator import urls
from generator.views import Paging, Ref


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
    """Cut a thread, or a list by rank, from its start: X.html holds the first `size`, X/2.html the next."""
    pages = max(1, -(-count // size))
    names = tuple(Ref(str(number), page_url(url, number)) for number in range(1, pages + 1)) if pages > 1 else ()
    for number in range(1, pages + 1):
        yield Cut(
            page_url(url, number),
            (number - 1) * size,
            min(number * size, count),
            Paging(
                number,
                older=page_url(url, number - 1) if number > 1 else None,
                newer=page_url(url, number + 1) if number < pages else None,
                pages=names,
            ),
        )


def page_url(url: str, number: int) -> str:
    """URL of page `number` of a thread, 1-based."""
    return url if number == 1 else urls.numbered(url, number)
