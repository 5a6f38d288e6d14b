"""The values that flow through a build: frozen, picklable, with no behaviour beyond questions about themselves.

A `Thread` is flat: its posts in the order of the save, and a `Reply` for each post, which names its parent. Nothing is
nested, so nothing has to recurse; `Thread.tree` gives reading order and depths in one pass. Readers make threads
without replies, `threads.merge` joins several saves of a thread, and `threads.replies` finds the parents.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Literal

import msgspec

REMOVED = "[removed]"
"""What replaces a name or a text that was redacted (SPEC section 6)."""
_NOBODY = (REMOVED, "[deleted]", "")
"""What stands for an author who was taken out, here or at the source, or whom nobody knows."""

Markup = Literal["plain", "markdown", "html"]
Truncated = Literal["yes", "unknown", "no"]
Evidence = Literal["stated", "edited", "quote", "subject", "name", "turn", "order"]
INFERRED: frozenset[str] = frozenset({"quote", "subject", "name", "turn", "order"})
"""Kinds of evidence that are our inference; `stated` and `edited` are not."""


def nfc(name: str) -> str:
    """Give the form in which names are compared: two that look the same may have their accents apart (SPEC section 2).

    Only what is compared takes this form. What is shown stays as it was saved.
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def nfd(name: str) -> str:
    """Give the other form, in which accents are apart: some systems write names of files so."""
    return name if name.isascii() else unicodedata.normalize("NFD", name)


class Author(msgspec.Struct, frozen=True):
    """Who wrote a post or posted a story, as a save names them."""

    source: str
    name: str
    """One line; empty if nobody knows who it was."""
    uid: str | None = None

    @property
    def key(self) -> str:
        """Identity (SPEC section 3): source and uid, or source and casefolded name if there is no uid.

        Readers make sure that no uid has an ``@``, so keys of the two kinds are never equal. Spellings that are equal
        after NFC have one key.
        """
        name = self.name if self.uid is None else self.uid
        if not name.isascii():  # asked here, since keys are made for every post and a call takes longer than the answer
            name = nfc(name)
        return f"{self.source}/@{name.casefold()}" if self.uid is None else f"{self.source}/{name}"

    @property
    def removed(self) -> bool:
        """Whether this replaces a redacted author."""
        return self.uid is None and self.name == REMOVED

    @property
    def nobody(self) -> bool:
        """Whether this stands where an author was taken out or is unknown: no author, with no page, and not counted."""
        return self.uid is None and self.name in _NOBODY

    @property
    def shown(self) -> str:
        """The name as pages show it."""
        return self.name or "unknown author"


def source_and_uid(key: str) -> tuple[str, str | None]:
    """Split the key of an author into source and uid, None for an author who has none."""
    source, _, uid = key.partition("/")
    return source, None if uid.startswith("@") else uid


class Post(msgspec.Struct, frozen=True):
    """One comment or message."""

    id: str
    """Unique in its thread after merging; from the source or made by `readers.post_id`, never from position. A reader
    leaves it empty if the source gives none."""
    subject: str
    author: Author
    score: int | None
    label: str | None
    body: str
    """With LF as line ends and no blank lines around it, otherwise as saved."""
    truncated: Truncated = "no"
    markup: Markup = "plain"
    posted: str | None = None
    """ISO 8601, as much as the source gives (a zone only if the source has one), or None; never made up."""
    posted_raw: str | None = None
    stated: str | None = None
    """The parent's id, if the source itself gives one. Empty if the source says that the post is top-level; None if it
    doesn't say which it answers, so that this has to be inferred."""
    saves: tuple[int, ...] = (0,)
    """The saves that hold the post, as indices into `Thread.saves`, in order."""
    number: int | None = None
    """The source's own number of the post in its thread, if it has one; posts of partial saves are sorted by it."""
    stated_number: int | None = None
    """The parent's number, if the source states only that and the save does not hold the parent."""
    missing: bool = False
    """Whether no save holds its text: it was hidden, deleted, or never saved. It keeps its place and its replies."""
    aliases: tuple[str, ...] = ()
    """Other ids that it has or had."""
    updated: str | None = None
    """When the source says that this version was written, in ISO 8601; of several versions the newest counts."""
    guessed: str | None = None
    """The parent's id, if the source itself only guesses it; the evidence is then `subject`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its id and its aliases, all of which mean it."""
        return (self.id, *self.aliases)


class Reply(msgspec.Struct, frozen=True):
    """Which post a post replies to, and how that is known."""

    parent: str | None = None
    """None for a top-level post."""
    evidence: Evidence | None = None
    confidence: float = 1.0
    """0.00 to 1.00, two digits: how often such evidence is right in threads whose true tree is known."""


TOP = Reply()
"""The reply of a top-level post."""


class Link(msgspec.Struct, frozen=True):
    """An entry of a story's link list."""

    n: int | None
    """Its number; None for a line among the entries that has none."""
    url: str
    """Its address. For an entry that can't be read, the text that is there."""


class SaveRef(msgspec.Struct, frozen=True):
    """Where a thread was read from."""

    path: str
    """Relative to the content folder, with forward slashes."""
    sha256: str
    """Of the bytes as published, that is after redaction."""
    reader: str


class Thread(msgspec.Struct, frozen=True):
    """A story and its posts."""

    source: str
    id: str
    title: str
    body: str
    posts: tuple[Post, ...]
    url: str | None = None
    posted: str | None = None
    posted_raw: str | None = None
    author: Author | None = None
    department: str | None = None
    tags: tuple[str, ...] = ()
    masthead: str | None = None
    footer: str | None = None
    markup: Markup = "plain"
    links: tuple[Link, ...] = ()
    saves: tuple[SaveRef, ...] = ()
    replies: tuple[Reply, ...] = ()
    """One for each post, in the order of `posts`; empty until they are inferred."""
    former: tuple[str, ...] = ()
    """Ids that the thread would have if only one of its saves were there, where they differ from its id. Pages at the
    addresses made of them lead on to it."""
    partial: tuple[int, ...] = ()
    """The partial saves, as indices into `saves`: that they lack a post says nothing about it."""

    @property
    def newest_whole(self) -> int:
        """Index of the newest save that is not partial; -1 if there is none.

        If all of `Post.saves` are older than it, then only an older save holds the post.
        """
        return max(set(range(len(self.saves))).difference(self.partial), default=-1)

    @property
    def key(self) -> tuple[str, str]:
        """Identity (SPEC section 3)."""
        return (self.source, self.id)

    def parents(self) -> list[int | None]:
        """Give the index of each post's parent in `posts`, None for top-level posts."""
        at = {post.id: index for index, post in enumerate(self.posts)}
        return [None if reply.parent is None else at[reply.parent] for reply in self.replies]

    def tree(self) -> Tree:
        """Give the order in which posts are read: each before its replies, siblings in their own order.

        For a save in pre-order, as nearly all are, this is the order of the save.
        """
        parents = self.parents()
        depths = [0] * len(parents)
        path: list[int] = []
        for index, parent in enumerate(parents):
            if parent is None:
                path.clear()
            while path and path[-1] != parent:
                path.pop()
            if parent is not None and not path:
                return Tree(parents, *_sort(parents))
            depths[index] = len(path)
            path.append(index)
        return Tree(parents, range(len(parents)), depths)


class Tree(msgspec.Struct, frozen=True):
    """How the posts of a thread hang together, by their indices in `Thread.posts`."""

    parents: Sequence[int | None]
    """None for a top-level post."""
    order: Sequence[int]
    """Reading order."""
    depths: Sequence[int]
    """0 for a top-level post."""


def _sort(parents: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """Give reading order and depths of posts in any order."""
    children: list[list[int]] = [[] for _ in parents]
    tops: list[int] = []
    for index, parent in enumerate(parents):
        (tops if parent is None else children[parent]).append(index)
    order: list[int] = []
    depths = [0] * len(parents)
    stack = tops[::-1]
    while stack:
        index = stack.pop()
        order.append(index)
        for child in reversed(children[index]):
            depths[child] = depths[index] + 1
            stack.append(child)
    return order, depths
