"""A thread as data: the JSON for other programs (SPEC section 5), and of a long thread the posts of each page.

The second is for the theme's `moved.js`, which leads from the address that a post had to the page it is on now. It is a
script that does nothing but hand over what it lists, since a page opened from disk can load no other kind of data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from generator import urls
from generator.config import Config
from generator.model import Author, Thread, Tree
from generator.pages.page import Page
from generator.pages.paging import cut_thread
from generator.pages.thread import ThreadContext, origin
from generator.site import Links, mark, slug_of

KIND = "data"
POST_LIST = "post list"
FORMAT = "threadpress/1"


def pages(links: Links, number: int, config: Config) -> Iterator[Page]:
    """List the JSON of a thread, if data is published, and the list of its posts, if it has several pages."""
    facts, tags, stem = links.threads[number], links.tagged[number], links.stems[number]
    if config.publish_data:
        url = urls.thread_data(facts.source, stem)
        yield Page(url, KIND, origin(facts, config), mark(facts.content, tags, links.exceptions[number]))
    if facts.posts > config.posts_per_page:
        yield Page(urls.thread_posts(facts.source, stem), POST_LIST, origin(facts, config), facts.ids)


def thread_file(page: Page, thread: Thread, tree: Tree, context: ThreadContext, config: Config) -> bytes:
    """Make one of these files."""
    if page.kind == POST_LIST:
        return post_list(thread, tree, context.url, config)
    return thread_json(thread, tuple(tag.name for tag in context.tags), context.exceptions)


def post_list(thread: Thread, tree: Tree, url: str, config: Config) -> bytes:
    """Give the ids on each page of a thread as a script: one call, with a table of addresses relative to itself."""
    names = [" ".join(thread.posts[index].names) for index in tree.order]
    root = urls.root(urls.further(url))
    pages = {
        root + cut.url: " ".join(names[cut.start : cut.stop])
        for cut in cut_thread(url, len(names), config.posts_per_page)
    }
    return b"threadpressPosts(" + msgspec.json.format(msgspec.json.encode(pages), indent=1) + b");\n"


class AuthorData(msgspec.Struct, frozen=True):
    """Who wrote a post or posted the story."""

    name: str
    uid: str | None
    slug: str | None


class PostData(msgspec.Struct, frozen=True):
    """A post, field by field as SPEC section 5 has them."""

    id: str
    subject: str
    author: AuthorData | None
    posted: str | None
    posted_raw: str | None
    score: int | None
    label: str | None
    body: str
    markup: str
    truncated: str
    saves: tuple[int, ...]
    parent: str | None
    aliases: tuple[str, ...]
    missing: bool
    evidence: str | None
    confidence: float


def thread_json(thread: Thread, tags: tuple[str, ...], exceptions: Mapping[str, str]) -> bytes:
    """Give a thread as UTF-8 JSON, one field on a line, with a final line end; `exceptions` as for `author_ref`."""
    authors: dict[Author, AuthorData | None] = {}

    def author(who: Author) -> AuthorData | None:
        if who not in authors:
            slug = None if who.nobody else slug_of(who, exceptions)
            authors[who] = AuthorData(who.name, who.uid, slug) if who.name else None
        return authors[who]

    value = {
        "format": FORMAT,
        "source": thread.source,
        "id": thread.id,
        "title": thread.title,
        "url": thread.url,
        "posted": thread.posted,
        "posted_raw": thread.posted_raw,
        "author": author(thread.author) if thread.author else None,
        "department": thread.department,
        "tags": tags,
        "masthead": thread.masthead,
        "footer": thread.footer,
        "body": thread.body,
        "markup": thread.markup,
        "links": thread.links,
        "saves": thread.saves,
        "posts": [
            PostData(  # by position: there are a million of them
                post.id, post.subject, author(post.author), post.posted, post.posted_raw, post.score, post.label,
                post.body, post.markup, post.truncated, post.saves, reply.parent, post.aliases,
                post.missing, reply.evidence, reply.confidence,
            )
            for post, reply in zip(thread.posts, thread.replies, strict=True)
        ],
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"
