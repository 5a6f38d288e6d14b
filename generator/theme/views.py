"""What every template sees: `site`, and the fields that each `page` has (docs/themes.md).

URLs are relative to the root of the site. Templates write ``{{ page.root }}{{ thread.url }}``.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Ref(msgspec.Struct, frozen=True):
    """A page to link to, with its title or name."""

    name: str
    url: str | None = None
    """None: there is no page (a removed author)."""


class Site(msgspec.Struct, frozen=True):
    """The archive as every page shows it."""

    title: str
    description: str
    language: str
    url: str
    """The site's future address, with a final slash; empty if not known."""
    noindex: bool
    nav: tuple[Ref, ...]
    """Threads, Authors, Dates ...: the same on every page."""
    assets: dict[str, str]
    """Theme asset name (`style.css`, `icon.svg`) to URL."""
    options: dict[str, Any]
    """The values of `[theme_options]`, else the theme's own defaults; an option that is not set is an empty text."""
    sources: tuple[str, ...] = ()
    """Where the threads are from, if they are from several sources; else empty."""
    unlimited: tuple[str, ...] = ()
    """Sources whose scores have no limits, not only -1 to 5."""


class Head(msgspec.Struct, frozen=True):
    """What every page has."""

    url: str
    root: str
    """The way from this page to the root of the site: "", "../", ... ("/" or "/repo/" for 404.html)."""
    title: str
    description: str = ""
    """What the page holds, in a sentence, for search engines."""
    canonical: str | None = None
