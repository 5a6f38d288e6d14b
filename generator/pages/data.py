"""A thread as data, for other programs (SPEC section 5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from generator import urls
from generator.config import Config
from generator.model import Author, Thread
from generator.pages.page import Page
from generator.pages.thread import origin
from generator.site import Links, mark, slug_of

KIND = "data"
FORMAT = "threadpress/1"


def pages(links: Links, number: int, config: Config) -> Iterator[Page]:
    """List the one page of a thread, if data is published."""
    if config.publish_data:
        facts, tags = links.threads[number], links.tagged[number]
        url = urls.thread_data(facts.source, links.stems[number])
        yield Page(url, KIND, origin(facts, config), mark(facts.content, tags, links.exceptions[number]))


class AuthorData(msgspec.Struct, frozen=True):
    """Who wrote a post or posted the story."""

    name: str
    uid: str | None
    slug: str | None


class PostData(msgspec.Struct, frozen=True):
    """A post, field by field as SPEC section 5 has them."""

    id: str
    subject: str
    author: AuthorData
    posted: str | None
    posted_raw: str | None
    score: int | None
    label: str | None
    body: str
    markup: str
    truncated: str
    saves: tuple[int, ...]
    parent: str | None
    evidence: str | None
    confidence: float


def thread_json(thread: Thread, tags: tuple[str, ...], exceptions: Mapping[str, str]) -> bytes:
    """Give a thread as UTF-8 JSON, one field on a line, with a final line end; `exceptions` as for `author_ref`."""
    authors: dict[Author, AuthorData] = {}

    def author(who: Author) -> AuthorData:
        if who not in authors:
            authors[who] = AuthorData(who.name, who.uid, None if who.removed else slug_of(who, exceptions))
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
                post.body, post.markup, post.truncated, post.saves, reply.parent, reply.evidence, reply.confidence,
            )
            for post, reply in zip(thread.posts, thread.replies, strict=True)
        ],
    }  # fmt: skip
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"
