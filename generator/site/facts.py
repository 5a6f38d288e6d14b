"""Facts: one thread in, what other pages need of it out: small `Facts`, and rows for the pages of its authors.

No files, and no bodies go out.
"""

from __future__ import annotations

import datetime
import hashlib
import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

import msgspec

from generator import dates, markup
from generator.errors import Problem
from generator.model import INFERRED, TOP, Author, Evidence, Reply, SaveRef, Thread, Tree
from generator.site.rows import AuthorPost, Row
from generator.threads.read import Group, Loaded


class Best(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One of the highest scored posts of a thread."""

    score: int
    answers: int
    place: int
    """In reading order."""
    id: str
    name: str
    """Of its author."""
    uid: str | None


class Tally(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is counted in a thread for the pages that sum up the site."""

    scores: tuple[int, ...]
    """Posts of each of `SCORES`; empty without any."""
    labels: tuple[tuple[str, int], ...]
    best: tuple[Best, ...]


SCORES = range(-1, 6)
"""Scores that are counted apart; posts beyond count with the nearest."""
GOOD = 3
"""The least score of a post that counts as one of the best."""
BEST = 3
"""Of the best posts of a thread so many are kept: a site names a handful."""


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What other pages need of a thread."""

    source: str
    id: str
    group: Group
    read: tuple[tuple[str, str], ...]
    """Its saves and sidecars with their hashes: while they stand, so do the facts."""
    order: str
    """Sorts threads oldest first, undated ones before all."""
    title: str
    posted: str | None
    author: Author | None
    department: str | None
    tags: tuple[str, ...]
    posts: int
    authors: int
    best: int | None
    saves: tuple[SaveRef, ...]
    removed: bool
    """Whether it holds tombstones."""
    rows: bytes
    """Keys of the authors it has rows for, each with what tells its row from any other (`row_mark`), encoded."""
    replies: bytes
    """Parents and evidence of its posts, encoded."""
    tally: bytes
    """`Tally`, encoded."""
    hits: tuple[str, ...]
    """Redactions that applied to it."""
    problems: tuple[Problem, ...]
    """Warnings of its saves, to be repeated by every build."""
    odd: dict[str, str] | None = None
    """Slugs of its authors that don't follow from their names in it, as link found them; None: not yet."""

    @property
    def key(self) -> tuple[str, str]:
        """Identity of the thread (SPEC section 3)."""
        return (self.source, self.id)


_encode = msgspec.msgpack.Encoder().encode
_decode_tally = msgspec.msgpack.Decoder(Tally).decode
_marks = msgspec.msgpack.Decoder(dict[str, bytes]).decode
_replies = msgspec.msgpack.Decoder(tuple[list[int | None], bytes, bytes]).decode


def facts_of(loaded: Loaded, group: Group, order: str, marks: Mapping[str, bytes]) -> Facts:
    """Reduce a thread to what other pages need of it.

    `order` is its order key, and `marks` are those of its rows, by author.
    """
    thread = loaded.thread
    assert thread is not None
    writers = {post.author for post in thread.posts}
    scores = [post.score for post in thread.posts]
    return Facts(
        source=thread.source,
        id=thread.id,
        group=group,
        read=loaded.read,
        order=order,
        title=thread.title,
        posted=thread.posted,
        author=thread.author,
        department=thread.department,
        tags=thread.tags,
        posts=len(thread.posts),
        authors=len({author.key for author in writers}),
        best=max((score for score in scores if score is not None), default=None),
        saves=thread.saves,
        removed=any(who.removed for who in (*writers, thread.author) if who),
        rows=_encode(marks),
        replies=_pack(loaded.tree.parents, thread.replies),
        tally=_encode(_tally(thread, loaded.tree, scores)),
        hits=loaded.hits,
        problems=loaded.problems,
    )


def row_mark(row: bytes) -> bytes:
    """Eight bytes that stand for an encoded row."""
    return hashlib.blake2b(row, digest_size=8).digest()


def row_marks(facts: Facts) -> dict[str, bytes]:
    """Give the marks of a thread's rows, by the keys of their authors."""
    return _marks(facts.rows)


def tally(facts: Facts) -> Tally:
    """Give what was counted in a thread."""
    return _decode_tally(facts.tally)


def _tally(thread: Thread, tree: Tree, scores: Sequence[int | None]) -> Tally:
    """Count in a thread; `scores` are those of its posts."""
    posts = thread.posts
    good = [(score, index) for index, score in enumerate(scores) if score is not None and score >= GOOD]
    best: list[Best] = []
    if good:
        answers = Counter(tree.parents)
        ranked = heapq.nsmallest(
            BEST,
            [(-score, -answers[index], index) for score, index in good if not posts[index].author.removed],
        )
        for score, times, index in ranked:
            post = posts[index]
            best.append(Best(-score, -times, tree.order.index(index), post.id, post.author.name, post.author.uid))
    return Tally(
        tuple([count for _, count in spread(scores)]),
        tuple(sorted(Counter([post.label for post in posts if post.label]).items())),
        tuple(best),
    )


def _pack(parents: Sequence[int | None], replies: Sequence[Reply]) -> bytes:
    """Pack replies small, there are a million of them: parents, evidence by number, confidence in percent."""
    sure = [reply.confidence for reply in replies]
    percents = {confidence: round(confidence * 100) for confidence in set(sure)}
    return _encode(
        (
            parents,
            bytes([_NUMBER[reply.evidence] for reply in replies]),
            bytes([percents[confidence] for confidence in sure]),
        )
    )


_EVIDENCE: tuple[Evidence | None, ...] = (None, *get_args(Evidence))
_NUMBER = {kind: number for number, kind in enumerate(_EVIDENCE)}


def unpack_replies(facts: Facts) -> Iterator[tuple[int | None, Evidence | None, float]]:
    """Yield index of the parent, evidence and confidence of each post of a thread."""
    parents, kinds, percents = _replies(facts.replies)
    for parent, kind, percent in zip(parents, kinds, percents, strict=True):
        yield parent, _EVIDENCE[kind], percent / 100


def order_key(thread: Thread, zone: datetime.tzinfo) -> str:
    """Make the text by which threads sort: date, then source, then id with its digits as numbers."""
    number = re.sub(r"[0-9]+", lambda run: run[0].lstrip("0").zfill(40), thread.id)
    return f"{dates.rank(thread.posted, zone)} {thread.source} {number} {thread.id}"


class _Wrote:
    """What one author wrote in a thread, while it is being gathered."""

    __slots__ = ("answered", "answers", "labels", "names", "posts", "scores", "story")

    def __init__(self) -> None:
        self.story = 0
        self.names: list[str] = []
        """As each post has it, and the story."""
        self.posts: list[AuthorPost] = []
        self.scores: list[int] = []
        self.labels: list[str] = []
        self.answers: list[str] = []
        self.answered: list[str] = []


def author_rows(thread: Thread, tree: Tree, order: str, posts_per_page: int) -> Iterator[Row]:
    """Yield what each author wrote in the thread: the story first, then posts in reading order."""
    found: dict[str, _Wrote] = {}
    """By the author's key."""
    known: dict[Author, tuple[str, _Wrote]] = {}
    """By the author as posts name them, with the lines that stand for them: keys take long to make."""

    def meet(author: Author) -> tuple[str, _Wrote]:
        key = author.key
        wrote = found.get(key)
        if wrote is None:
            wrote = found[key] = _Wrote()
        mine = known[author] = (f"{key}\n{author.name}", wrote)
        return mine

    if thread.author and not thread.author.removed:
        _, wrote = meet(thread.author)
        wrote.story = 1
        wrote.names.append(thread.author.name)
    posts, replies, parents = thread.posts, thread.replies, tree.parents
    pages = _pages(tree, posts_per_page)
    writers: list[tuple[str, _Wrote] | None] = [None] * len(posts)
    for index in tree.order:
        post, parent = posts[index], parents[index]
        author = post.author
        mine = known.get(author)
        if mine is None:
            if author.removed:
                continue
            mine = meet(author)
        writers[index] = mine
        person, wrote = mine
        to, above, page = None, "", 0
        if parent is not None:
            answered, other, page = posts[parent], writers[parent], pages[parent]
            to, above = answered.author.name, answered.id
            if other and other[1] is not wrote:  # nobody answers themselves
                wrote.answers.append(other[0])
                other[1].answered.append(person)
        wrote.names.append(author.name)
        score, label = post.score, post.label
        if score is not None:
            wrote.scores.append(score)
        if label:
            wrote.labels.append(label)
        wrote.posts.append(
            AuthorPost(  # by place, since there are a million of them
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
    when = dates.year_month(thread.posted)
    year = when[0] if when else None
    for key, wrote in found.items():
        names = wrote.names
        name = names[0]
        yield Row(
            key,
            order,
            name,
            len(wrote.posts),
            wrote.story,
            year,
            tuple(wrote.scores),
            () if names.count(name) == len(names) else tuple(dict.fromkeys(reversed(names)))[::-1],
            _encode(wrote.posts),
            "\n".join(wrote.answers),
            "\n".join(wrote.answered),
            "\n".join(wrote.labels),
            1
            if len(posts) <= posts_per_page
            else 1 + max([max(post.page, post.parent_page) for post in wrote.posts], default=0),
        )


def _pages(tree: Tree, posts_per_page: int) -> Sequence[int]:
    """Give on which of its thread's pages each post stands, from 0."""
    pages = [0] * len(tree.parents)
    for start in range(posts_per_page, len(pages), posts_per_page):
        for index in tree.order[start : start + posts_per_page]:
            pages[index] = start // posts_per_page
    return pages


def spread(scores: Iterable[int | None]) -> tuple[tuple[int, int], ...]:
    """Count scores from -1 to 5, those beyond with the nearest; empty without any."""
    counts = dict.fromkeys(SCORES, 0)
    for score in scores:
        if score in counts:
            counts[score] += 1
        elif score is not None:
            counts[SCORES[0] if score < SCORES[0] else SCORES[-1]] += 1
    return tuple(counts.items()) if any(counts.values()) else ()


def ranked(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Put what was counted in order, most often first."""
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def replies_of(facts: Facts, thread: Thread) -> tuple[Reply, ...]:
    """Rebuild a thread's replies from its facts; of other posts (a save changed meanwhile) nothing is known."""
    posts = thread.posts
    if len(posts) != facts.posts:
        return (TOP,) * len(posts)
    return tuple(
        Reply(None if parent is None else posts[parent].id, evidence, confidence)
        for parent, evidence, confidence in unpack_replies(facts)
    )


def unchanged(facts: Facts | None, group: Group, hashes: Mapping[str, str]) -> bool:
    """Say whether a thread's facts still hold: the same files with the same bytes."""
    return facts is not None and facts.group == group and all(hashes.get(path) == sha256 for path, sha256 in facts.read)


def alike(facts: Facts, other: Facts) -> bool:
    """Say whether rows of lists show the same of two threads: all but texts, who wrote what, and what is counted."""
    return facts is other or _listed(facts) == _listed(other)


def _listed(facts: Facts) -> Facts:
    saves = tuple(msgspec.structs.replace(save, sha256="") for save in facts.saves)
    return msgspec.structs.replace(facts, read=(), saves=saves, rows=b"", replies=b"", tally=b"", hits=(), problems=())
