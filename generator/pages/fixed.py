"""Small pages: about.html, 404.html and robots.txt, and those that lead on.

A page leads on from the address that a thread had before a further save showed where it starts (SPEC section 3).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from generator import dates, urls
from generator.config import Config
from generator.pages.page import Page, head
from generator.pages.thread import origin
from generator.site import Links, mark
from generator.theme import Head, Ref

KIND = "fixed"


class About(Head, frozen=True, kw_only=True):
    """about.html."""

    threads: int
    posts: int
    authors: int
    """How many wrote posts; who only posted stories is not among them."""
    first: str
    last: str
    saves: int
    readers: tuple[tuple[str, int], ...]
    """Kinds of save, and the number of saves of each."""
    data: bool
    removed: bool
    """Whether any name or text was removed."""


class Moved(Head, frozen=True, kw_only=True):
    """threads/SOURCE/ID.html, where ID is one that the thread no longer has."""

    thread: Ref
    """The thread as it is now."""


class Plain(Head, frozen=True, kw_only=True):
    """404.html and robots.txt."""


MOVED = "moved.html"
"""The template of pages that lead on."""


def pages(links: Links, config: Config) -> Iterator[Page]:
    """List the pages. Their views are small, so they are the base of the fingerprints."""
    for url, number in links.former:
        shown = mark(links.threads[number].title, links.urls[number])
        yield Page(url, KIND, origin(links.threads[number], config), shown, MOVED, key=str(number))
    for url in (urls.ABOUT, urls.NOT_FOUND, urls.ROBOTS):
        shown = mark(_view(url, links, config))
        yield Page(url, KIND, url, shown, template=url)


def view(page: Page, links: Links, config: Config) -> Head:
    """Make the view of one page."""
    if page.template == MOVED:
        number = int(page.key)
        now = Ref(links.threads[number].title, links.urls[number])
        return Moved(**head(now.url or "", config) | {"url": page.url}, title=now.name, thread=now)
    return _view(page.url, links, config)


def _view(url: str, links: Links, config: Config) -> Head:
    if url == urls.ABOUT:
        return _about(links, config)
    if url == urls.ROBOTS:
        return Plain(url=url, root="", title="")
    return Plain(url=url, root=urlsplit(config.site_url).path or "/", title="Not found")


def _about(links: Links, config: Config) -> About:
    dated = [facts.posted for facts in links.threads if facts.posted]
    readers: dict[str, int] = {}
    for save in {save.path: save for facts in links.threads for save in facts.saves}.values():
        readers[save.reader] = readers.get(save.reader, 0) + 1
    return About(
        **head(urls.ABOUT, config),
        title="About",
        description=f"What {config.title} is, where its text comes from, and how far it can be trusted.",
        threads=len(links.threads),
        posts=sum([facts.posts for facts in links.threads]),
        authors=links.writers,
        first=dates.day(dated[0]) if dated else "",
        last=dates.day(dated[-1]) if dated else "",
        saves=sum(readers.values()),
        readers=tuple(sorted(readers.items())),
        data=config.publish_data,
        removed=any(facts.removed for facts in links.threads),
    )
