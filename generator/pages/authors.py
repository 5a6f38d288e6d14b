"""The authors' index: everybody who wrote, most posts first."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence

import msgspec

from generator import urls
from generator.config import Config
from generator.pages.page import Page, head
from generator.pages.paging import Paging, cut_ranking
from generator.site import AuthorSum, Links, mark, ties
from generator.theme import Head, Ref

KIND = "authors"
TEMPLATE = "authors.html"
AUTHORS_PER_PAGE = 500


class AuthorRow(msgspec.Struct, frozen=True):
    """An author as lists show them."""

    name: str
    uid: str | None
    url: str
    posts: int
    threads: int
    first: str
    """Year of the first thread; "" if no thread has a date."""
    last: str
    source: str | None = None
    """Where the author wrote, on the list of the authors of several sources."""


class AuthorList(Head, frozen=True, kw_only=True):
    """authors/index.html and its further pages."""

    authors: tuple[AuthorRow, ...]
    paging: Paging
    total: int | None = None
    """How many wrote posts; None on further pages."""
    posted_only: int = 0
    """How many only posted stories."""
    source: str | None = None
    """Whose authors these are; None for those of all sources."""
    sources: tuple[Ref, ...] = ()
    """The lists of each source's authors, if there are several sources, after that of all."""


def pages(links: Links, config: Config) -> Iterator[Page]:
    """List the pages. Only the first says how many authors there are; otherwise a new author would change all pages."""
    for source in ("", *(links.sources if len(links.sources) > 1 else ())):
        authors = _authors(links, source)
        url = urls.author_index(source) if source else urls.AUTHORS
        for cut in cut_ranking(url, ties(authors), AUTHORS_PER_PAGE):
            part = authors[cut.start : cut.stop]
            total = (_writers(authors), len(authors)) if cut.paging.number == 1 else None
            shown = b"".join([author.listed for author in part]), "\n".join([author.slug for author in part])
            yield Page(cut.url, KIND, "authors", mark(cut.paging, total, shown), TEMPLATE, cut=cut, key=source)


def _authors(links: Links, source: str) -> Sequence[AuthorSum]:
    """Give the authors of a source, most posts first; "" stands for all sources."""
    return [author for author in links.authors if author.source == source] if source else links.authors


def _writers(authors: Sequence[AuthorSum]) -> int:
    """Count those who wrote posts; those who only posted stories come last."""
    return bisect.bisect_left(authors, 1, key=lambda author: not author.posts)


def view(page: Page, links: Links, config: Config) -> AuthorList:
    """Make the view of one page."""
    cut = page.cut
    assert cut is not None
    front, source = cut.paging.number == 1, page.key
    authors = _authors(links, source)
    title = f"Authors on {source}" if source else "Authors"
    return AuthorList(
        **head(cut.url, config),
        title=title if front else f"{title}, page {cut.paging.number}",
        description=f"Everybody who wrote in {config.title}{f' on {source}' if source else ''}, by number of posts.",
        authors=tuple(
            AuthorRow(
                name=author.name,
                uid=author.uid,
                url=author.url,
                posts=author.posts,
                threads=author.threads,
                first="" if author.first is None else str(author.first),
                last="" if author.last is None else str(author.last),
                source=author.source if not source and len(links.sources) > 1 else None,
            )
            for author in authors[cut.start : cut.stop]
        ),
        paging=cut.paging,
        total=_writers(authors) if front else None,
        posted_only=len(authors) - _writers(authors) if front else 0,
        source=source or None,
        sources=_sources(links),
    )


def _sources(links: Links) -> tuple[Ref, ...]:
    """Link to the list of all authors and to those of each source, if there are several."""
    if len(links.sources) < 2:
        return ()
    return (Ref("all", urls.AUTHORS), *(Ref(source, urls.author_index(source)) for source in links.sources))
