"""Pages as data: what the plan says about each file of the site, and what every page kind needs to make one.

These are only values. What a page shows is made when it is rendered; until then its fingerprint represents it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from generator import urls
from generator.config import Config
from generator.pages.paging import Cut
from generator.site import Links
from generator.theme import Head, Ref


class Page(msgspec.Struct, frozen=True, gc=False):
    """One file of the site. There are many."""

    url: str
    kind: str
    """The name of its page kind."""
    origin: str
    """What it is made from, for the message when two pages have the same URL."""
    fingerprint: bytes
    """Changes whenever what the page shows changes."""
    template: str = ""
    """Empty if its bytes are not made by the theme."""
    key: str = ""
    """Which page of its kind this is, if the kind needs to know: a month, a tag, a path, the name of an asset."""
    cut: Cut | None = None
    """The part of a long list or thread that it shows."""


class PageKind(Protocol):
    """What the module of a page kind offers, if its pages are made from `Links`."""

    KIND: str
    """Its name, as in `Page.kind`."""

    def pages(self, links: Links, config: Config) -> Iterator[Page]:
        """List the pages of this kind that the site has."""

    def view(self, page: Page, links: Links, config: Config) -> Head:
        """Make the view of one of these pages, which its template sees as `page`."""


def head(url: str, config: Config) -> dict[str, Any]:
    """Give the fields of `Head` that follow from a page's URL."""
    canonical = None
    if config.site_url:
        canonical = config.site_url + ("" if url == urls.INDEX else urls.link(url))
    return {"url": url, "root": urls.root(url), "canonical": canonical}


def tag_ref(links: Links, tag: str) -> Ref:
    """Give a tag and its page."""
    return Ref(tag, urls.tag_page(links.tag_slugs[tag]))
