"""Cards: what to tell about a thread that came in, and what a newer save brought. Threads in, values and words out.

Threads come as pages show them, after redaction, so no card names what was removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from generator import dates
from generator.markup import visible
from generator.model import Thread


class Gain(msgspec.Struct, frozen=True):
    """What differs between a thread as it was and as it is with newer saves."""

    posts: int = 0
    """New ones."""
    texts: int = 0
    """Posts, and the story, whose text is fuller than before."""
    scores: int = 0
    labels: int = 0
    other: bool = False
    """Whether anything else differs."""


class Card(msgspec.Struct, frozen=True):
    """A thread that came in, in short."""

    title: str
    posted: str | None
    posts: int
    authors: int
    """Who wrote posts in it."""
    known: int
    """Of these, how many the archive had before."""
    cut: int
    perhaps_cut: int
    page: str
    """URL of its first page."""
    saves: tuple[str, ...]
    """Where its new saves go."""
    gain: Gain | None
    """None: the thread is new."""


def card(thread: Thread, before: Thread | None, known: Collection[str], page: str, saves: tuple[str, ...]) -> Card:
    """Sum up a thread; `before` is what the archive had of it, `known` the keys of the authors it had."""
    authors = {post.author.key for post in thread.posts}
    return Card(
        title=thread.title,
        posted=thread.posted,
        posts=len(thread.posts),
        authors=len(authors),
        known=len(authors.intersection(known)),
        cut=sum(post.truncated == "yes" for post in thread.posts),
        perhaps_cut=sum(post.truncated == "unknown" for post in thread.posts),
        page=page,
        saves=saves,
        gain=gain(before, thread) if before else None,
    )


def gain(before: Thread, after: Thread) -> Gain:
    """Compare a thread with what it was before newer saves were merged in."""
    old = {post.id: post for post in before.posts}
    both = [(old[post.id], post) for post in after.posts if post.id in old]
    return Gain(
        posts=len(after.posts) - len(both),
        texts=sum(was.body != now.body for was, now in both) + (before.body != after.body),
        scores=sum(was.score != now.score for was, now in both),
        labels=sum(was.label != now.label for was, now in both),
        other=_bare(before) != _bare(after),
    )


def _bare(thread: Thread) -> Thread:
    """The thread without what a save that says nothing new changes as well."""
    posts = tuple(msgspec.structs.replace(post, saves=()) for post in thread.posts)
    return msgspec.structs.replace(thread, posts=posts, saves=())


def lines(card: Card) -> Iterator[str]:
    """Word a card for the terminal: the title, and what is known below it."""
    yield one_line(card.title)
    parts = [dates.day(card.posted)] if card.posted else []
    parts.append(f"{count(card.posts, 'post')} by {count(card.authors, 'author')}")
    if card.known:
        parts.append(f"{card.known:,} of them already in the archive")
    if card.cut:
        parts.append(f"{card.cut:,} cut")
    if card.perhaps_cut:
        parts.append(f"{card.perhaps_cut:,} perhaps cut")
    yield f"  {', '.join(parts)}"
    if card.gain:
        yield f"  {words(card.gain)}"
    yield from (f"  {one_line(path)}" for path in card.saves)
    yield f"  page: {card.page}"


def words(gain: Gain) -> str:
    """Word what newer saves brought: only what there is of it."""
    parts = [f"+{count(gain.posts, 'post')}"] if gain.posts else []
    parts += [
        words
        for number, words in (
            (gain.texts, count(gain.texts, "fuller text")),
            (gain.scores, f"{count(gain.scores, 'score')} changed"),
            (gain.labels, f"{count(gain.labels, 'label')} changed"),
        )
        if number
    ]
    if parts:
        return ", ".join(parts)
    return "other details changed" if gain.other else "nothing new in it"


def count(number: int, noun: str) -> str:
    """Word a number of things."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def one_line(text: str) -> str:
    """Make saved text fit for a terminal: one line, and control characters shown instead of sent."""
    return visible(" ".join(text.split()))
