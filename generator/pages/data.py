"""The thread as data: SPEC section 5, to the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from generator.model import Author, Thread
from generator.site.links import slug_of

FORMAT = "threadpress/1"


def thread_json(thread: Thread, tags: tuple[str, ...], odd: Mapping[str, str]) -> bytes:
    """Give a thread as UTF-8 JSON, one field a line, with a line end; `odd`: slugs that don't follow from names."""

    def author(who: Author) -> dict[str, Any]:
        return {"name": who.name, "uid": who.uid, "slug": None if who.removed else slug_of(who, odd)}

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
            {
                "id": post.id,
                "subject": post.subject,
                "author": author(post.author),
                "posted": post.posted,
                "posted_raw": post.posted_raw,
                "score": post.score,
                "label": post.label,
                "body": post.body,
                "markup": post.markup,
                "truncated": post.truncated,
                "saves": post.saves,
                "parent": reply.parent,
                "evidence": reply.evidence,
                "confidence": reply.confidence,
            }
            for post, reply in zip(thread.posts, thread.replies, strict=True)
        ],
    }
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"
