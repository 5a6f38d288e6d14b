"""Contributions: what each author wrote in one thread, to be gathered by author over all threads.

A thread comes in, an encoded `Contribution` for each of its authors goes out. No files. There are a million posts, and
most of what is gathered is never looked at again, so posts stay encoded in the contribution until a page shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from generator import dates, markup
from generator.model import INFERRED, Author, Thread, Tree

NAME = "authors"
"""The name of this kind of row."""


class AuthorPost(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A post as its author's page shows it."""

    id: str
    """Without the `c` that anchors start with."""
    page: int
    """On which of the thread's `pages` the post is, from 0."""
    subject: str
    excerpt: str
    score: int | None
    label: str | None
    to: str | None
    """Name of the parent's author; None for a top-level post."""
    parent: str
    """Id of the parent; empty for a top-level post."""
    parent_page: int
    """On which of the thread's `pages` the parent is."""
    inferred: bool
    truncated: str


class Contribution(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one author wrote in one thread."""

    since: int
    """The thread's date, in the form that threads sort by."""
    year: int | None
    pages: int
    """How many pages the thread has, up to the last one that the posts link to."""
    name: str
    """The name used first in the thread."""
    names: tuple[str, ...]
    """All names used in the thread if there are several; the one used last comes last."""
    posts: int
    story: int
    """1 if the author posted the story."""
    scores: tuple[int, ...]
    data: tuple[bytes, ...]
    """The posts as the author's page shows them, encoded in pieces of `PIECE` posts (`pieces_of`, `posts_in`)."""
    answers: str
    """Whom the author answers, once for each reply: a line with the key, then one with the name."""
    answered: str
    """Who answers the author, in the same way."""
    labels: str
    """The labels of the author's posts, one on a line."""


PIECE = 100
"""Posts in a piece. A page decodes only the pieces that it shows, since one author can have many posts in a thread."""

contribution_in = msgspec.msgpack.Decoder(Contribution).decode
_decode_piece = msgspec.msgpack.Decoder(tuple[AuthorPost, ...]).decode
_encode = msgspec.msgpack.Encoder().encode


def pieces_of(contribution: Contribution, start: int, stop: int) -> tuple[bytes, ...]:
    """Give the encoded pieces that hold the posts from `start` to `stop`."""
    return contribution.data[start // PIECE : -(-stop // PIECE)]


def posts_in(contribution: Contribution, start: int, stop: int) -> tuple[AuthorPost, ...]:
    """Decode the posts from `start` to `stop`. Takes no longer if there are many others."""
    pieces = pieces_of(contribution, start, stop)
    if len(pieces) == 1:
        posts = _decode_piece(pieces[0])
    else:
        posts = tuple([post for piece in pieces for post in _decode_piece(piece)])
    skipped = start // PIECE * PIECE
    return posts[start - skipped : stop - skipped]


class _Writer:
    """An author of a thread, with what was collected so far."""

    __slots__ = ("answered", "answers", "labels", "names", "posts", "scores", "story")

    def __init__(self) -> None:
        self.story = 0
        self.names: list[str] = []
        """The name on each post, and on the story."""
        self.posts: list[AuthorPost] = []
        self.scores: list[int] = []
        self.labels: list[str] = []
        self.answers: list[str] = []
        self.answered: list[str] = []


def author_rows(thread: Thread, tree: Tree, order: str, posts_per_page: int) -> Iterator[tuple[str, bytes]]:
    """Yield the key and the encoded `Contribution` of each author in the thread.

    `order` is the thread's order key. Whoever posted the story comes first, then the others in reading order.
    """
    count = len(thread.posts)
    when = dates.year_month(thread.posted)
    year = when[0] if when else None
    since = int(order.partition(" ")[0])
    for key, writer in _writers(thread, tree, posts_per_page).items():
        names = writer.names
        pages = 1
        if count > posts_per_page:
            pages += max([max(post.page, post.parent_page) for post in writer.posts], default=0)
        yield (
            key,
            _encode(
                Contribution(  # by position: there are many
                    since,
                    year,
                    pages,
                    names[0],
                    () if names.count(names[0]) == len(names) else tuple(dict.fromkeys(reversed(names)))[::-1],
                    len(writer.posts),
                    writer.story,
                    tuple(writer.scores),
                    (_encode(writer.posts),) if len(writer.posts) <= PIECE else _in_pieces(writer.posts),
                    "\n".join(writer.answers),
                    "\n".join(writer.answered),
                    "\n".join(writer.labels),
                )
            ),
        )


def _in_pieces(posts: list[AuthorPost]) -> tuple[bytes, ...]:
    return tuple(_encode(posts[start : start + PIECE]) for start in range(0, len(posts), PIECE))


def _writers(thread: Thread, tree: Tree, posts_per_page: int) -> dict[str, _Writer]:
    """Collect what each author wrote, by the author's key: the story first, then posts in reading order."""
    by_key: dict[str, _Writer] = {}
    by_author: dict[Author, tuple[str, _Writer]] = {}
    """Each writer with two lines, the key and the name: making keys is slow."""

    def meet(author: Author) -> tuple[str, _Writer]:
        key = author.key
        writer = by_key.get(key)
        if writer is None:
            writer = by_key[key] = _Writer()
        entry = by_author[author] = (f"{key}\n{author.name}", writer)
        return entry

    if thread.author and not thread.author.nobody:
        _, writer = meet(thread.author)
        writer.story = 1
        writer.names.append(thread.author.name)
    posts, replies, parents = thread.posts, thread.replies, tree.parents
    pages = _pages(tree, posts_per_page)
    writers: list[tuple[str, _Writer] | None] = [None] * len(posts)
    for index in tree.order:
        post, parent = posts[index], parents[index]
        author = post.author
        entry = by_author.get(author)
        if entry is None:
            if author.nobody:
                continue
            entry = meet(author)
        writers[index] = entry
        lines, writer = entry
        to, above, page = None, "", 0
        if parent is not None:
            answered, other, page = posts[parent], writers[parent], pages[parent]
            to, above = answered.author.shown, answered.id
            if other and other[1] is not writer:  # nobody answers themselves
                writer.answers.append(other[0])
                other[1].answered.append(lines)
        writer.names.append(author.name)
        score, label = post.score, post.label
        if score is not None:
            writer.scores.append(score)
        if label:
            writer.labels.append(label)
        writer.posts.append(
            AuthorPost(  # by position, since there are a million of them
                post.id,
                pages[index],
                post.subject,
                markup.excerpt(post.body, post.markup),
                score,
                label,
                to,
                above,
                page,
                replies[index].evidence in INFERRED,
                post.truncated,
            )
        )
    return by_key


def _pages(tree: Tree, posts_per_page: int) -> Sequence[int]:
    """Give the number of the thread's page that each post is on, from 0."""
    pages = [0] * len(tree.parents)
    for start in range(posts_per_page, len(pages), posts_per_page):
        for index in tree.order[start : start + posts_per_page]:
            pages[index] = start // posts_per_page
    return pages
