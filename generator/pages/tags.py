"""Tags: all of them, and a list of threads for each."""

from __future__ import annotations

from collections.abc import Iterator

from generator import urls
from generator.config import Config
from generator.pages.lists import Listing, list_pages, list_view
from generator.pages.page import Page, head, tag_ref
from generator.site import Links, mark
from generator.theme import Head, Ref

KIND = "tags"
TEMPLATE = "tags.html"
"""The template of the page of all tags."""


class TagCloud(Head, frozen=True, kw_only=True):
    """tags/index.html."""

    tags: tuple[tuple[Ref, int], ...]


def pages(links: Links, config: Config) -> Iterator[Page]:
    """List the pages, if there are tags. The first shows only names and sizes."""
    if not links.tags:
        return
    sizes = [(tag, links.tag_slugs[tag], len(threads)) for tag, threads in links.tags.items()]
    yield Page(urls.TAGS, KIND, "tags", mark(sizes), TEMPLATE)
    for tag in links.tags:
        yield from list_pages(_listing(tag, links, config)._replace(key=tag), KIND, links, config)


def view(page: Page, links: Links, config: Config) -> Head:
    """Make the view of one page."""
    if page.url != urls.TAGS:
        return list_view(_listing(page.key, links, config), page, links, config)
    return TagCloud(
        **head(urls.TAGS, config),
        title="Tags",
        description=f"The threads of {config.title} by tag.",
        tags=tuple((tag_ref(links, tag), len(threads)) for tag, threads in sorted(links.tags.items(), key=_by_name)),
    )


def _listing(tag: str, links: Links, config: Config) -> Listing:
    return Listing(
        urls.tag_page(links.tag_slugs[tag]),
        "tag",
        tag,
        f"The threads of {config.title} with the tag {tag}.",
        links.tags[tag],
        Ref("Tags", urls.TAGS),
    )


def _by_name(item: tuple[str, object]) -> tuple[str, str]:
    return (item[0].casefold(), item[0])
