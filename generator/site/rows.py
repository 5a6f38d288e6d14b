"""Rows: what one thread adds to the pages of others, to be grouped by key across all threads."""

from __future__ import annotations

import msgspec


class AuthorPost(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A post as its author's page shows it."""

    id: str
    """Without the `c` that anchors start with."""
    page: int
    """On which of the thread's `pages` the post stands, from 0."""
    subject: str
    excerpt: str
    score: int | None
    label: str | None
    to: str | None
    """Name of the parent's author; None for a top-level post."""
    parent: str
    """Id of the parent; empty for a top-level post."""
    parent_page: int
    """On which of the thread's `pages` the parent stands."""
    inferred: bool
    truncated: str


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one author wrote in one thread."""

    author: str
    """Key of the author."""
    thread: str
    """Order key of the thread: rows sort by it, oldest thread first."""
    name: str
    """As used first there."""
    posts: int
    story: int
    year: int | None
    scores: tuple[int, ...]
    names: tuple[str, ...]
    """Where there are several: the one used last there comes last."""
    data: bytes
    """The posts, as the author's page shows them, encoded."""
    answers: str = ""
    """Whom the author answers, once a reply: a line with the key, then one with the name."""
    answered: str = ""
    """Who answers the author, in the same way."""
    labels: str = ""
    """Of the author's posts, a line each."""
    pages: int = 1
    """Of the thread, up to the last one that the posts lead to."""
