"""Lists: the web of threads and authors in, the views of all pages that list them out, and those of the fixed pages.

A page kind is one function here and one template. Nothing is rendered and no file is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from generator import dates, urls
from generator.config import Config
from generator.pages.figures import ACTIVE, Figures, discussed, figures, praised, stats
from generator.pages.paging import Cut, cut_list, cut_ranking
from generator.pages.views import (
    About,
    AuthorList,
    AuthorRow,
    Bar,
    DateCount,
    Dates,
    Paging,
    Plain,
    TagCloud,
    ThreadGroup,
    ThreadList,
)
from generator.site.authors import AuthorSum, ties
from generator.site.links import Links, ThreadRow
from generator.theme.views import Head, Ref

AUTHORS_PER_PAGE = 500
"""Authors on a page of authors/index.html."""


class ListPage(NamedTuple):
    """One page that lists, or a fixed one."""

    template: str
    view: Head
    origin: str
    """What it is, for the message when two pages want one URL."""


def head(url: str, config: Config) -> dict[str, Any]:
    """The fields of `Head` that follow from a page's URL."""
    canonical = None
    if config.site_url:
        canonical = config.site_url + ("" if url == urls.INDEX else urls.link(url))
    return {"url": url, "root": urls.root(url), "canonical": canonical}


def tag_ref(links: Links, tag: str) -> Ref:
    """A tag and its page."""
    return Ref(tag, urls.tag_page(links.tag_slugs[tag]))


def summaries(links: Links, config: Config) -> Iterator[ListPage]:
    """Yield the index with its further pages, and the statistics: what shows the sum of all threads and authors."""
    found = figures(links)
    yield from _index(links, links.rows, found, config)
    yield ListPage("stats.html", stats(found, head(urls.STATS, config)), "stats")


def same_summaries(links: Links, before: Links) -> bool:
    """Say whether `summaries` gives what it gave: threads as they were counted, and authors as statistics name them."""
    return (
        same_lists(links, before)
        and all(
            one is other or one.tally == other.tally for one, other in zip(links.threads, before.threads, strict=True)
        )
        and list(links.authors[:ACTIVE]) == list(before.authors[:ACTIVE])
    )


def lists(links: Links, config: Config) -> Iterator[ListPage]:
    """Yield dates, tags and the fixed pages, each with its further pages. `author_slice` makes the others."""
    yield from _dates(links, links.rows, config)
    yield from _tags(links, links.rows, config)
    yield from _fixed(links, config)


def same_lists(links: Links, before: Links) -> bool:
    """Say whether `lists` gives what it gave: threads as rows show them, and as many authors."""
    return links.rows is before.rows and len(links.authors) == len(before.authors)


def _list_pages(
    url: str,
    rows: Sequence[ThreadRow],
    config: Config,
    *,
    kind: str,
    title: str,
    description: str,
    up: Ref | None = None,
    **front_only: Any,
) -> Iterator[ListPage]:
    """Pages of a list of threads (oldest first), grouped by month; `front_only` are fields of its front page."""
    for cut in cut_list(url, len(rows), config.threads_per_page):
        front = cut.paging.number == 0
        view = ThreadList(
            **head(cut.url, config),
            title=title if front else f"{title}, page {cut.paging.number}",
            description=description if front else f"{title}: page {cut.paging.number} of its threads, from the oldest.",
            kind=kind,
            groups=_by_month(rows[cut.start : cut.stop]),
            paging=cut.paging,
            up=up,
            total=len(rows) if front else None,
            **front_only if front else {},
        )
        yield ListPage("list.html", view, f"{kind} list {title}")


def _by_month(rows: Sequence[ThreadRow]) -> tuple[ThreadGroup, ...]:
    """Rows (oldest first) under their months, newest first."""
    groups: dict[str, list[ThreadRow]] = {}
    for row in reversed(rows):
        groups.setdefault(row.posted[:7] if row.posted else "", []).append(row)
    return tuple(
        ThreadGroup(dates.month(*when), urls.month_page(*when), tuple(found))
        if (when := dates.year_month(posted))
        else ThreadGroup("Undated", None, tuple(found))
        for posted, found in groups.items()
    )


def _index(links: Links, rows: Sequence[ThreadRow], found: Figures, config: Config) -> Iterator[ListPage]:
    return _list_pages(
        urls.INDEX,
        rows,
        config,
        kind="index",
        title=config.title,
        description=config.description or f"{config.title}: saved discussions, newest first.",
        ribbon=_ribbon(links),
        discussed=discussed(links),
        praised=praised(found, config.posts_per_page),
    )


def _ribbon(links: Links, years: Iterable[int] | None = None) -> tuple[tuple[Ref, tuple[Bar, ...]], ...]:
    """Years, newest first, each with a bar for each of its months."""
    wanted = sorted({year for year, _ in links.months} if years is None else years, reverse=True)
    fullest = max((len(threads) for threads in links.months.values()), default=1)
    return tuple(
        (
            Ref(str(year), urls.year_page(year)),
            tuple(
                Bar(
                    name=dates.month(year, month),
                    url=urls.month_page(year, month) if (year, month) in links.months else None,
                    count=(count := len(links.months.get((year, month), ()))),
                    level=-(-count * 8 // fullest),
                )
                for month in range(1, 13)
            ),
        )
        for year in wanted
    )


def _dates(links: Links, rows: Sequence[ThreadRow], config: Config) -> Iterator[ListPage]:
    """dates/index.html, a page a year (never cut: it has twelve rows at most), and a list a month."""
    posts = {when: sum(rows[number].posts for number in found) for when, found in links.months.items()}
    years = sorted({year for year, _ in links.months})
    all_dates = Ref("Dates", urls.DATES)

    def count(name: str, url: str, months: Iterable[tuple[int, int]]) -> DateCount:
        found = tuple(months)
        return DateCount(name, url, sum(len(links.months[when]) for when in found), sum(posts[when] for when in found))

    by_year = {year: tuple(when for when in links.months if when[0] == year) for year in years}
    view = Dates(
        **head(urls.DATES, config),
        title="Dates",
        description=f"The threads of {config.title} by year and month.",
        up=None,
        rows=tuple(count(str(year), urls.year_page(year), by_year[year]) for year in reversed(years)),
        ribbon=_ribbon(links),
    )
    yield ListPage("dates.html", view, "dates")
    for index, year in enumerate(years):
        url = urls.year_page(year)
        around = [Ref(str(other), urls.year_page(other)) for other in years]
        view = Dates(
            **head(url, config),
            title=str(year),
            description=f"The threads of {config.title} from {year}, by month.",
            up=all_dates,
            rows=tuple(count(dates.month(*when), urls.month_page(*when), [when]) for when in reversed(by_year[year])),
            ribbon=_ribbon(links, [year]),
            older=around[index - 1] if index else None,
            newer=around[index + 1] if index + 1 < len(years) else None,
        )
        yield ListPage("dates.html", view, f"year {year}")
    for (year, month), found in links.months.items():
        yield from _list_pages(
            urls.month_page(year, month),
            [rows[number] for number in found],
            config,
            kind="month",
            title=dates.month(year, month),
            description=f"The threads of {config.title} from {dates.month(year, month)}.",
            up=Ref(str(year), urls.year_page(year)),
        )


def _tags(links: Links, rows: Sequence[ThreadRow], config: Config) -> Iterator[ListPage]:
    if not links.tags:
        return
    view = TagCloud(
        **head(urls.TAGS, config),
        title="Tags",
        description=f"The threads of {config.title} by tag.",
        tags=tuple((tag_ref(links, tag), len(found)) for tag, found in sorted(links.tags.items(), key=_by_name)),
    )
    yield ListPage("tags.html", view, "tags")
    for tag, found in links.tags.items():
        yield from _list_pages(
            urls.tag_page(links.tag_slugs[tag]),
            [rows[number] for number in found],
            config,
            kind="tag",
            title=tag,
            description=f"The threads of {config.title} with the tag {tag}.",
            up=Ref("Tags", urls.TAGS),
        )


def _by_name(item: tuple[str, object]) -> tuple[str, str]:
    return (item[0].casefold(), item[0])


def author_cuts(authors: Sequence[AuthorSum], before: Sequence[AuthorSum] = ()) -> Iterator[tuple[Cut, bool]]:
    """Yield the pages of the authors' index, and of each whether it shows what it did when authors were as `before`."""
    equals, equals_before = list(ties(authors)), list(ties(before))
    cuts = list(cut_ranking(urls.AUTHORS, equals, AUTHORS_PER_PAGE))
    if equals == equals_before:
        known = {cut.url: cut for cut in cuts}
    else:
        known = {cut.url: cut for cut in cut_ranking(urls.AUTHORS, equals_before, AUTHORS_PER_PAGE)}
    for cut in cuts:
        part = slice(cut.start, cut.stop)
        same = (cut.paging.number > 1 or len(authors) == len(before)) and list(authors[part]) == list(before[part])
        yield cut, same and known.get(cut.url) == cut


def author_slice(links: Links, cut: Cut, config: Config) -> AuthorSlice:
    """Make a page of the authors' index."""
    front = cut.paging.number == 1
    return AuthorSlice(
        **head(cut.url, config),
        title="Authors" if front else f"Authors, page {cut.paging.number}",
        description=f"Everybody who wrote in {config.title}, by number of posts.",
        authors=_encode([_shown(author) for author in links.authors[cut.start : cut.stop]]),
        paging=cut.paging,
        total=len(links.authors) if front else None,
    )


class AuthorSlice(Head, frozen=True, kw_only=True):
    """What becomes an `AuthorList` when its page is rendered; most such pages never are."""

    authors: bytes
    """What `_shown` gives of each, encoded: that is how it becomes a fingerprint, and how it travels."""
    paging: Paging
    total: int | None


_encode, _decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(list[tuple[Any, ...]]).decode
_shown = attrgetter("name", "uid", "source", "slug", "posts", "threads", "first", "last")


def author_list(part: AuthorSlice) -> AuthorList:
    """Make the view of a page of the authors' index."""
    fields = {name: getattr(part, name) for name in part.__struct_fields__}
    rows = tuple(
        AuthorRow(
            name=name,
            uid=uid,
            url=urls.author_page(source, slug),
            posts=posts,
            threads=threads,
            first="" if first is None else str(first),
            last="" if last is None else str(last),
        )
        for name, uid, source, slug, posts, threads, first, last in _decode(part.authors)
    )
    return AuthorList(**fields | {"authors": rows})


def _fixed(links: Links, config: Config) -> Iterator[ListPage]:
    """about.html, 404.html and robots.txt."""
    dated = [day for facts in links.threads if (day := dates.day(facts.posted))]
    readers: dict[str, int] = {}
    for facts in links.threads:
        for save in facts.saves:
            readers[save.reader] = readers.get(save.reader, 0) + 1
    about = About(
        **head(urls.ABOUT, config),
        title="About",
        description=f"What {config.title} is, where its text comes from, and how far it can be trusted.",
        threads=len(links.threads),
        posts=sum(facts.posts for facts in links.threads),
        authors=len(links.authors),
        first=dated[0] if dated else "",
        last=dated[-1] if dated else "",
        saves=sum(readers.values()),
        readers=tuple(sorted(readers.items())),
        data=config.publish_data,
        removed=any(facts.removed for facts in links.threads),
    )
    yield ListPage("about.html", about, "about")
    root = urlsplit(config.site_url).path or "/"
    lost = Plain(url=urls.NOT_FOUND, root=root, title="Not found")
    yield ListPage("404.html", lost, "404")
    robots = Plain(url=urls.ROBOTS, root="", title="")
    yield ListPage("robots.txt", robots, "robots")
