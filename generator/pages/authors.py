"""The authors' index: everybody who wrote, most posts first."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from generator import urls
from generator.config import Config
from generator.pages.page import Page, head
from generator.pages.paging import Paging, cut_ranking
from generator.site import Links, mark, ties
from generator.theme import Head

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


class AuthorList(Head, frozen=True, kw_only=True):
    """authors/index.html and its further pages."""

    authors: tuple[AuthorRow, ...]
    paging: Paging
    total: int | None = None
    """How many wrote posts; None on further pages."""
    posted_only: int = 0
    """How many only posted stories."""


def pages(links: Links, config: Config) -> Iterator[Page]:
    """List the pages. Only the first says how many authors there are; otherwise a new author would change all pages."""
    authors = links.authors
    for cut in cut_ranking(urls.AUTHORS, ties(authors), AUTHORS_PER_PAGE):
        part = authors[cut.start : cut.stop]
        total = (links.writers, len(authors)) if cut.paging.number == 1 else None
        shown = b"".join([author.listed for author in part]), "\n".join([author.slug for author in part])
        yield Page(cut.url, KIND, "authors", mark(cut.paging, total, shown), TEMPLATE, cut=cut)


def view(page: Page, links: Links, config: Config) -> AuthorList:
    """Make the view of one page."""
    cut = page.cut
    assert cut is not None
    front = cut.paging.number == 1
    return AuthorList(
        **head(cut.url, config),
        title="Authors" if front else f"Authors, page {cut.paging.number}",
        description=f"Everybody who wrote in {config.title}, by number of posts.",
        authors=tuple(
            AuthorRow(
                name=author.name,
                uid=author.uid,
                url=author.url,
                posts=author.posts,
                threads=author.threads,
                first="" if author.first is None else str(author.first),
                last="" if author.last is None else str(author.last),
            )
            for author in links.authors[cut.start : cut.stop]
        ),
        paging=cut.paging,
        total=links.writers if front else None,
        posted_only=len(links.authors) - links.writers if front else 0,
    )
