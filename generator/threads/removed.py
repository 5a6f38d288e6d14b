"""Which posts and stories are removed from a group of saves, and which words are their authors' own.

The parts of all saves of a group and the `Redactions` come in, a `Removed` goes out. Nothing is changed here.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from generator.model import REMOVED, Post, SaveRef, Thread
from generator.threads.join import Key, Part
from generator.threads.merge import merge
from generator.threads.redactions import Redactions
from generator.threads.runs import own_texts, words_of

STORY = -1
"""The index of the story, where posts are counted from 0."""
TITLE = -2
"""The place of the title, before the story."""
CUT, LONGEST = 20, 60
"""A subject may be cut short where another post names it: two of at least `CUT` letters are the same if one starts with
the other. Only the first `LONGEST` letters are compared for that."""

_REPLY = re.compile(r"(?:(?:re|aw|sv|fwd?)(?:\[[0-9]{1,3}\])?:\s*)+", re.IGNORECASE)


class Subjects(msgspec.Struct, frozen=True):
    """The subjects of removed posts of one thread that are their authors' own."""

    whole: tuple[str, ...]
    """Their letters, sorted."""

    def name(self, subject: str) -> bool:
        """Say whether a subject is one of them, or names one cut short."""
        key = _key(subject)
        at = bisect_left(self.whole, key)
        if at < len(self.whole) and (self.whole[at] == key or (len(key) >= CUT and self.whole[at].startswith(key))):
            return True
        return any(
            (place := bisect_left(self.whole, key[:size])) < len(self.whole) and self.whole[place] == key[:size]
            for size in range(CUT, min(len(key), LONGEST))
        )


class Removed(msgspec.Struct, frozen=True):
    """What is removed from a group."""

    gone: tuple[frozenset[int], ...]
    """Of each part, the indices of the posts that are removed; `STORY` for the story."""
    hits: dict[Key, tuple[str, ...]]
    """Which redactions applied, by thread; and which nearly did, with `NEARLY` before them."""
    texts: tuple[str, ...] = ()
    """What the authors of removed texts wrote themselves, for `Runs`; none if these were there already."""
    subjects: dict[Key, Subjects] = {}
    """The subjects of removed posts, by thread."""


def may_remove(parts: Iterable[Part], redactions: Redactions) -> bool:
    """Say whether anything may be removed, before posts have their ids."""
    return redactions.name_posts or any(
        redactions.hit_author(author)
        for thread in (part.thread for part in parts)
        for author in {thread.author, *(post.author for post in thread.posts)}
    )


def find_removed(parts: Sequence[Part], redactions: Redactions) -> Removed:
    """Find what `redactions` remove. A hit on one version of a post removes it from all saves."""
    applied = _find_hits(parts, redactions)
    gone = tuple(_select(part.thread, applied[part.thread.key]) for part in parts)
    threads: dict[Key, list[tuple[Part, frozenset[int]]]] = {}
    for part, here in zip(parts, gone, strict=True):
        threads.setdefault(part.thread.key, []).append((part, here))
    texts: dict[str, None] = {}
    subjects: dict[Key, Subjects] = {}
    for key, pairs in threads.items():
        if any(here for _, here in pairs):
            removed, kept, subjects[key] = _own(pairs)
            if redactions.runs is None:  # else they were asked for before
                texts.update(dict.fromkeys(own_texts(removed, kept)))
    near = _find_near(parts, redactions, applied)
    hits = {key: tuple(sorted(near[key].union(*by_post.values()))) for key, by_post in applied.items()}
    return Removed(gone, hits, tuple(texts), subjects)


def _find_hits(parts: Sequence[Part], redactions: Redactions) -> dict[Key, dict[str | None, set[str]]]:
    """Find the redactions that apply to any version of each post (by id) and story (None) of each thread.

    A hash is that of one spelling of a name. It removes what the same author wrote under the others, too.
    """
    applied: dict[Key, dict[str | None, set[str]]] = {}
    by_author: dict[str, set[str]] = {}
    for thread in (part.thread for part in parts):
        for author in {thread.author, *(post.author for post in thread.posts)}:
            if author is not None and (hits := redactions.hit_author(author)):
                by_author.setdefault(author.key, set()).update(hits)
    for thread in (part.thread for part in parts):
        by_post = applied.setdefault(thread.key, {})
        if by_author and thread.author and (hits := by_author.get(thread.author.key, set())):
            by_post.setdefault(None, set()).update(hits)
        for post in thread.posts if by_author or redactions.name_posts else ():
            hits = redactions.hit_post(thread, post)
            if by_author and (more := by_author.get(post.author.key)):
                hits |= more
            if hits:
                by_post.setdefault(post.id, set()).update(hits)
    return applied


def _find_near(
    parts: Sequence[Part], redactions: Redactions, applied: Mapping[Key, Mapping[str | None, set[str]]]
) -> dict[Key, set[str]]:
    """Find the redactions that name a post of each thread in a wrong way, unless it is removed by another."""
    near: dict[Key, set[str]] = {}
    for thread in (part.thread for part in parts):
        named = near.setdefault(thread.key, set())
        for post in thread.posts if redactions.hashes else ():
            if post.id not in applied[thread.key]:
                named |= redactions.near_post(thread, post)
    return near


def _select(thread: Thread, hits: dict[str | None, set[str]]) -> frozenset[int]:
    """Give the indices of the posts and the story that must be removed here and are not removed yet."""
    nobody = thread.author is None or thread.author.removed
    gone = {STORY} if None in hits and not (nobody and thread.body in ("", REMOVED)) else set()
    for index, post in enumerate(thread.posts if hits else ()):
        if post.id in hits and not (post.author.removed and post.body == REMOVED):
            gone.add(index)
    return frozenset(gone)


Placed = list[tuple[int, str]]
"""Texts with their places in the thread."""


def _own(pairs: Iterable[tuple[Part, frozenset[int]]]) -> tuple[Placed, Placed, Subjects]:
    """Give what is removed of one thread, what is kept, and the removed subjects that are their authors' own."""
    pairs = list(pairs)
    places = _places([part for part, _ in pairs])
    removed: Placed = []
    kept: Placed = []
    named: list[tuple[int, Post]] = []
    first: dict[str, int] = {}
    """The first place where each subject is kept: whole, and the start of it."""
    for part, gone in pairs:
        thread = part.thread
        story = removed if STORY in gone else kept
        story.append((STORY, "\n".join([thread.body, *(link.url for link in thread.links)])))
        kept.append((TITLE, thread.title))
        first[_key(thread.title)] = TITLE
        for index, post in enumerate(thread.posts):
            place = places[post.id]
            (removed if index in gone else kept).extend(((place, post.body), (place, bare(post.subject))))
            if index in gone:
                named.append((place, post))
            elif key := _key(post.subject):
                for form in (key, key[:CUT]):
                    first[form] = min(place, first.get(form, place))
    whole = set()
    for place, post in named:
        key = _key(post.subject)
        same = key[:CUT] if len(key) > CUT and bare(post.subject) != post.subject else key
        if key and first.get(same, place) >= place:
            whole.add(key)
    return removed, kept, Subjects(tuple(sorted(whole)))


def _places(parts: Sequence[Part]) -> dict[str, int]:
    """Give the place of each post in its thread, by id."""
    if len(parts) == 1:
        posts: Sequence[Post] = parts[0].thread.posts
    else:
        partial = {part.path for part in parts if part.saved.partial}
        posts = merge([(SaveRef(part.path, "", ""), part.thread) for part in parts], partial)[0].posts
    return {post.id: place for place, post in enumerate(posts)}


def bare(subject: str) -> str:
    """Give a subject without the `Re:` in front of it."""
    mark = _REPLY.match(subject)
    return subject[mark.end() :] if mark else subject


def _key(subject: str) -> str:
    """Give what two subjects that are the same have in common."""
    text = bare(subject).strip()
    return "".join(words_of(text)) or text
