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
from generator.assemble import Group, Loaded
from generator.errors import Problem
from generator.model import INFERRED, TOP, Author, Evidence, Reply, SaveRef, Thread, Tree
from generator.partition import Row


class Entry(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A post, or the posting of a story, as its author's page needs it."""

    post: str | None
    """Id; None: the author posted the story."""
    place: int
    """Of the post in reading order: says which page of the thread it is on."""
    subject: str
    excerpt: str
    score: int | None
    label: str | None
    truncated: str
    parent: str | None
    parent_place: int
    to: str
    """Name of the parent's author."""
    inferred: bool


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


_encode = msgspec.msgpack.Encoder().encode
_decode_tally = msgspec.msgpack.Decoder(Tally).decode
_marks = msgspec.msgpack.Decoder(dict[str, bytes]).decode
_replies = msgspec.msgpack.Decoder(tuple[list[int], bytes, bytes]).decode


def facts_of(loaded: Loaded, group: Group, order: str, marks: Mapping[str, bytes]) -> Facts:
    """Reduce a thread to what other pages need of it.

    `order` is its order key, and `marks` are those of its rows, by author.
    """
    thread = loaded.thread
    assert thread is not None
    return Facts(
        group=group,
        read=loaded.read,
        order=order,
        title=thread.title,
        posted=thread.posted,
        author=thread.author,
        department=thread.department,
        tags=thread.tags,
        posts=len(thread.posts),
        authors=len({post.author.key for post in thread.posts}),
        best=max((post.score for post in thread.posts if post.score is not None), default=None),
        saves=thread.saves,
        removed=any(who.removed for who in (*(post.author for post in thread.posts), thread.author) if who),
        rows=_encode(marks),
        replies=_pack(loaded.tree.parents, thread.replies),
        tally=_encode(_tally(thread, loaded.tree)),
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


def _tally(thread: Thread, tree: Tree) -> Tally:
    posts = thread.posts
    scores = [post.score for post in posts if post.score is not None]
    good = [(post.score, index) for index, post in enumerate(posts) if post.score is not None and post.score >= GOOD]
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
    return _encode(
        (
            [-1 if parent is None else parent for parent in parents],
            bytes([_NUMBER[reply.evidence] for reply in replies]),
            bytes([round(reply.confidence * 100) for reply in replies]),
        )
    )


_EVIDENCE: tuple[Evidence | None, ...] = (None, *get_args(Evidence))
_NUMBER = {kind: number for number, kind in enumerate(_EVIDENCE)}


def unpack_replies(facts: Facts) -> Iterator[tuple[int, Evidence | None, float]]:
    """Yield index of the parent (-1: none), evidence and confidence of each post of a thread."""
    parents, kinds, percents = _replies(facts.replies)
    for parent, kind, percent in zip(parents, kinds, percents, strict=True):
        yield parent, _EVIDENCE[kind], percent / 100


def order_key(thread: Thread, zone: datetime.tzinfo) -> str:
    """Make the text by which threads sort: date, then source, then id with its digits as numbers."""
    number = re.sub(r"[0-9]+", lambda run: run[0].lstrip("0").zfill(40), thread.id)
    return f"{dates.rank(thread.posted, zone)} {thread.source} {number} {thread.id}"


def author_rows(thread: Thread, tree: Tree, order: str) -> Iterator[Row]:
    """Yield what each author wrote in the thread: the story first, then posts in reading order."""
    found: dict[str, tuple[list[Entry], list[Author], list[int], list[str], list[str], list[str]]] = {}
    """Of each author, by key: entries, the author as each names them, scores, whom they answer, who answers, labels."""
    author = thread.author
    if author and not author.removed:
        excerpt = markup.excerpt(thread.body, thread.markup)
        story = Entry(None, -1, "", excerpt, None, None, "no", None, -1, "", False)
        found[author.key] = ([story], [author], [], [], [], [])
    posts, replies, parents = thread.posts, thread.replies, tree.parents
    places: Sequence[int] = tree.order
    if not isinstance(places, range):
        places = [0] * len(posts)
        for place, index in enumerate(tree.order):
            places[index] = place
    keys = [""] * len(posts)
    for index in tree.order:
        post, reply, parent = posts[index], replies[index], parents[index]
        author = post.author
        if author.removed:
            continue
        key = keys[index] = author.key
        mine = found.get(key)
        if mine is None:
            mine = found[key] = ([], [], [], [], [], [])
        if parent is not None and (other := keys[parent]) and other != key:  # nobody answers themselves
            mine[3].append(f"{other}\0{posts[parent].author.name}")
            found[other][4].append(f"{key}\0{author.name}")
        mine[0].append(
            Entry(
                post.id,
                places[index],
                post.subject,
                markup.excerpt(post.body, post.markup),
                post.score,
                post.label,
                post.truncated,
                reply.parent,
                -1 if parent is None else places[parent],
                "" if parent is None else posts[parent].author.name,
                reply.evidence in INFERRED,
            )
        )
        mine[1].append(author)
        if post.score is not None:
            mine[2].append(post.score)
        if post.label:
            mine[5].append(post.label)
    when = dates.year_month(thread.posted)
    year = when[0] if when else None
    for key, (entries, people, scores, answers, answered, labels) in found.items():
        first, stories = people[0], int(entries[0].post is None)
        yield Row(
            key,
            order,
            people[-1].name,
            first.name,
            first.uid,
            first.source,
            len(entries) - stories,
            stories,
            year,
            tuple(scores),
            tuple(dict.fromkeys(person.name for person in reversed(people)))[::-1] if len(people) > 1 else (),
            _encode(entries),
            "\n".join(answers),
            "\n".join(answered),
            "\n".join(labels),
        )


def spread(scores: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Count scores from -1 to 5, those beyond with the nearest; empty without any."""
    counts = dict.fromkeys(SCORES, 0)
    for score, times in Counter(scores).items():
        counts[min(max(score, SCORES[0]), SCORES[-1])] += times
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
        Reply(None if parent < 0 else posts[parent].id, evidence, confidence)
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
