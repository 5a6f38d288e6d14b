"""Facts: a thread comes in, and the little that other pages need of it goes out. No files, and no bodies go out.

Pages that list a thread need not compare all of its facts to see whether something changed. Facts hold marks, which are
made here once: each is the mark of what one kind of page shows.
"""

from __future__ import annotations

import datetime
import heapq
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import get_args

import msgspec

from generator import dates
from generator.errors import Problem
from generator.model import TOP, Author, Evidence, Reply, SaveRef, Thread, Tree
from generator.site import contributions
from generator.site.marks import mark, mark_of_bytes
from generator.site.scores import are_unlimited, classed, spread
from generator.threads import Group


class Best(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One of the highest scored posts of a thread."""

    score: int
    answers: int
    place: int
    """Its index in reading order."""
    id: str
    name: str
    """Name of its author."""
    uid: str | None


class Tally(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is counted in a thread, for the pages that sum up the site."""

    scores: tuple[int, ...]
    """Number of posts with each of `SCORES`; empty if no post has a score."""
    classes: tuple[int, ...]
    """Number of posts of each class of scores, if scores have no limits."""
    labels: tuple[tuple[str, int], ...]
    best: tuple[Best, ...]


GOOD = 3
"""The lowest score that makes a post one of the best."""
BEST = 3
"""How many of a thread's best posts are kept: a site shows only a handful."""


class Origin(msgspec.Struct, frozen=True):
    """What a thread was read from, and what was noticed while reading it."""

    group: Group
    read: tuple[tuple[str, str], ...]
    """Saves and sidecars with their hashes. As long as these are the same, the facts are still true."""
    hits: tuple[str, ...] = ()
    """Redactions that applied."""
    problems: tuple[Problem, ...] = ()
    """Warnings, to be repeated by every build."""
    touched: bool = False
    """Whether redaction changed anything of the thread or of its saves."""
    withheld: tuple[str, ...] = ()
    """Saves that can't be published, since what was removed can't be taken out of them."""


class RowMarks(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The keys and marks of a thread's rows of one kind. They are many, so each field has all of them."""

    keys: str
    """One on a line."""
    marks: bytes
    """The marks of the values, eight bytes each."""

    def by_key(self) -> dict[str, bytes]:
        """Give the mark of each row."""
        keys = self.keys.split("\n") if self.keys else ()
        return {key: self.marks[8 * at : 8 * at + 8] for at, key in enumerate(keys)}


class Facts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What other pages need of a thread."""

    source: str
    id: str
    group: Group
    read: tuple[tuple[str, str], ...]
    """Its saves and sidecars with their hashes."""
    content: bytes
    """Mark of the fields above, and of what redaction left if it changed anything. The thread's own pages show nothing
    else that could change, except what `link` finds."""
    ids: bytes
    """Mark of the ids and aliases of its posts in the order in which its pages show them."""
    listed: bytes
    """Mark of what lists show of it, except addresses."""
    order: str
    """Sorts threads oldest first, with undated ones before all others."""
    title: str
    posted: str | None
    author: Author | None
    department: str | None
    tags: tuple[str, ...]
    posts: int
    former: tuple[str, ...]
    """Its former ids: see `Thread.former`."""
    authors: int
    best: int | None
    unlimited: bool
    """Whether it shows that the scores of its source have no limits."""
    saves: tuple[SaveRef, ...]
    removed: bool
    """Whether it has removed authors or posts."""
    touched: bool
    """Whether redaction changed anything: otherwise its saves can be read without."""
    withheld: tuple[str, ...]
    """Those of its saves that can't be published."""
    row_marks: dict[str, RowMarks]
    """By kind of row."""
    names: str
    """The name of each author that it has a row for, one on a line; empty if an author has several names."""
    replies: bytes
    """The parents of its posts, with evidence and confidence, encoded."""
    tally: bytes
    """`Tally`, encoded."""
    top: tuple[int, int] | None
    """Score and number of answers of the first of the tally's best posts; None if there are none."""
    hits: tuple[str, ...]
    """Redactions that applied to it."""
    problems: tuple[Problem, ...]
    """Warnings of its saves, to be repeated by every build."""

    @property
    def key(self) -> tuple[str, str]:
        """Source and id of the thread, which identify it (SPEC section 3)."""
        return (self.source, self.id)


_encode = msgspec.msgpack.Encoder().encode
_decode_tally = msgspec.msgpack.Decoder(Tally).decode
_replies = msgspec.msgpack.Decoder(tuple[list[int | None], bytes, bytes]).decode


def facts_of(thread: Thread, tree: Tree, origin: Origin, order: str, marks: Mapping[str, Mapping[str, bytes]]) -> Facts:
    """Reduce a thread to what other pages need of it.

    `order` is its order key, and `marks` has the marks of its rows, by kind and key.
    """
    scores = [post.score for post in thread.posts]
    best = max((score for score in scores if score is not None), default=None)
    counted = _tally(thread, tree, scores)
    writers = {post.author for post in thread.posts}
    authors = len({author.key for author in writers if not author.nobody})
    if thread.author:
        writers.add(thread.author)
    return Facts(
        source=thread.source,
        id=thread.id,
        group=origin.group,
        read=origin.read,
        content=mark(thread.key, origin.group, origin.read, *((thread,) if origin.touched else ())),
        ids=mark_of_bytes(" ".join([name for index in tree.order for name in thread.posts[index].names]).encode()),
        listed=mark(thread.title, thread.posted, thread.author, thread.department, len(scores), authors, best),
        order=order,
        title=thread.title,
        posted=thread.posted,
        author=thread.author,
        department=thread.department,
        tags=thread.tags,
        posts=len(scores),
        former=thread.former,
        authors=authors,
        best=best,
        unlimited=are_unlimited(thread.source, scores),
        saves=thread.saves,
        removed=any(author.removed for author in writers),
        touched=origin.touched,
        withheld=origin.withheld,
        row_marks={kind: RowMarks("\n".join(by_key), b"".join(by_key.values())) for kind, by_key in marks.items()},
        names=_names(writers, marks.get(contributions.NAME, ())),
        replies=_pack(tree.parents, thread.replies),
        tally=_encode(counted),
        top=(counted.best[0].score, counted.best[0].answers) if counted.best else None,
        hits=origin.hits,
        problems=origin.problems,
    )


def _names(writers: Iterable[Author], keys: Iterable[str]) -> str:
    """Give the names of authors, in the order of `keys`."""
    names: dict[str, str] = {}
    for author in writers:
        name = names.setdefault(author.key, author.name)
        if name != author.name:
            names[author.key] = ""
    return "\n".join([names[key] for key in keys])


def row_keys(facts: Facts, kind: str) -> list[str]:
    """Give the keys of a thread's rows of a kind."""
    lines = key_lines(facts, kind)
    return lines.split("\n") if lines else []


def key_lines(facts: Facts, kind: str) -> str:
    """Give the keys of a thread's rows of a kind, one on a line."""
    marks = facts.row_marks.get(kind)
    return marks.keys if marks else ""


def tally(facts: Facts) -> Tally:
    """Give what was counted in a thread."""
    return _decode_tally(facts.tally)


def _tally(thread: Thread, tree: Tree, scores: Sequence[int | None]) -> Tally:
    """Count what a thread holds; `scores` are the scores of its posts."""
    posts = thread.posts
    good = [(score, index) for index, score in enumerate(scores) if score is not None and score >= GOOD]
    best: list[Best] = []
    if good:
        answers = Counter(tree.parents)
        ranked = heapq.nsmallest(
            BEST,
            [(-score, -answers[index], index) for score, index in good if not posts[index].author.nobody],
        )
        for score, times, index in ranked:
            post = posts[index]
            best.append(Best(-score, -times, tree.order.index(index), post.id, post.author.shown, post.author.uid))
    return Tally(
        tuple([count for _, count in spread(scores)]),
        classed(scores),
        tuple(sorted(Counter([post.label for post in posts if post.label]).items())),
        tuple(best),
    )


def _pack(parents: Sequence[int | None], replies: Sequence[Reply]) -> bytes:
    """Pack replies into few bytes, since there are a million: parents, evidence by number, confidence in percent."""
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
    """Yield the parent's index, the evidence and the confidence of each post of a thread."""
    parents, kinds, percents = _replies(facts.replies)
    for parent, kind, percent in zip(parents, kinds, percents, strict=True):
        yield parent, _EVIDENCE[kind], percent / 100


def order_key(thread: Thread, zone: datetime.tzinfo) -> str:
    """Make the text that threads sort by: date, then source, then id with its digits as numbers."""
    number = re.sub(r"[0-9]+", lambda run: run[0].lstrip("0").zfill(40), thread.id)
    return f"{dates.rank(thread.posted, zone)} {thread.source} {number} {thread.id}"


def by_count(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Sort counts, most frequent first."""
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def replies_of(facts: Facts, thread: Thread) -> tuple[Reply, ...]:
    """Rebuild a thread's replies from its facts. If a save changed meanwhile, all posts become top-level."""
    posts = thread.posts
    if len(posts) != facts.posts:
        return (TOP,) * len(posts)
    return tuple(
        Reply(None if parent is None else posts[parent].id, evidence, confidence)
        for parent, evidence, confidence in unpack_replies(facts)
    )
