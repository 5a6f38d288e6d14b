"""Dates: a page of all years, a page for each year (never cut: it has at most twelve rows), and lists by month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from generator import dates, urls
from generator.config import Config
from generator.pages.lists import Bar, Listing, fullest, list_pages, list_view, posts_by_month, ribbon
from generator.pages.page import Page, head
from generator.site import Links, mark
from generator.theme import Head, Ref

KIND = "dates"
TEMPLATE = "dates.html"
"""For the page of all years and for those of one year; months use the template of lists."""
_ALL = Ref("Dates", urls.DATES)


class DateCount(msgspec.Struct, frozen=True):
    """A year or month, with its number of threads and posts."""

    name: str
    url: str | None
    threads: int
    posts: int


class Dates(Head, frozen=True, kw_only=True):
    """dates/index.html (all years) and dates/YYYY.html (the months of one)."""

    up: Ref | None
    rows: tuple[DateCount, ...]
    ribbon: tuple[tuple[Ref, tuple[Bar, ...]], ...]
    older: Ref | None = None
    newer: Ref | None = None


def pages(links: Links, config: Config) -> Iterator[Page]:
    """List the pages. Those of years show their months, and bars relative to the fullest month of all."""
    posts = posts_by_month(links)
    counts = [(when, len(threads), posts[when]) for when, threads in links.months.items()]
    yield Page(urls.DATES, KIND, "dates", mark(counts), TEMPLATE)
    years = _years(links)
    for year in years:
        mine = [count for count in counts if count[0][0] == year]
        fingerprint = mark(mine, fullest(links), _neighbours(year, years))
        yield Page(urls.year_page(year), KIND, f"year {year}", fingerprint, TEMPLATE, key=f"{year:04}")
    for year, month in links.months:
        key = f"{year:04}-{month:02}"
        yield from list_pages(_month((year, month), links, config)._replace(key=key), KIND, links, config)


def view(page: Page, links: Links, config: Config) -> Head:
    """Make the view of one page."""
    if not page.key:
        return _all(links, config)
    year, _, month = page.key.partition("-")
    if month:
        return list_view(_month((int(year), int(month)), links, config), page, links, config)
    return _year(int(year), links, config)


def _all(links: Links, config: Config) -> Dates:
    return Dates(
        **head(urls.DATES, config),
        title="Dates",
        description=f"The threads of {config.title} by year and month.",
        up=None,
        rows=tuple(
            _count(str(year), urls.year_page(year), links, _months(year, links)) for year in reversed(_years(links))
        ),
        ribbon=ribbon(links),
    )


def _year(year: int, links: Links, config: Config) -> Dates:
    older, newer = _neighbours(year, _years(links))
    return Dates(
        **head(urls.year_page(year), config),
        title=str(year),
        description=f"The threads of {config.title} from {year}, by month.",
        up=_ALL,
        rows=tuple(
            _count(dates.month(*when), urls.month_page(*when), links, [when]) for when in reversed(_months(year, links))
        ),
        ribbon=ribbon(links, [year]),
        older=older,
        newer=newer,
    )


def _month(when: tuple[int, int], links: Links, config: Config) -> Listing:
    name, year = dates.month(*when), when[0]
    return Listing(
        urls.month_page(*when),
        "month",
        name,
        f"The threads of {config.title} from {name}.",
        links.months[when],
        Ref(str(year), urls.year_page(year)),
    )


def _count(name: str, url: str, links: Links, months: Sequence[tuple[int, int]]) -> DateCount:
    threads = [number for when in months for number in links.months[when]]
    return DateCount(name, url, len(threads), sum(links.threads[number].posts for number in threads))


def _years(links: Links) -> list[int]:
    return sorted({year for year, _ in links.months})


def _months(year: int, links: Links) -> list[tuple[int, int]]:
    return [when for when in links.months if when[0] == year]


def _neighbours(year: int, years: Sequence[int]) -> tuple[Ref | None, Ref | None]:
    """Name the nearest years before and after this one that have threads."""
    at = years.index(year)
    refs = [Ref(str(each), urls.year_page(each)) for each in years]
    return refs[at - 1] if at else None, refs[at + 1] if at + 1 < len(refs) else None
