"""What `add` tells about a thread: its size, and what a newer save brought. Threads in, values and lines of text out.

The threads are as pages show them, after redaction, so nothing here names what was removed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from generator import dates
from generator.commands.terminal import count, one_line
from generator.model import Thread

NOTHING_NEW = "nothing in it is new: it is just one more save of this thread"


class Gain(msgspec.Struct, frozen=True):
    """What newer saves brought: how a thread differs from what it was without them."""

    posts: int = 0
    """New posts."""
    texts: int = 0
    """Posts with a fuller text than before; a story counts as one."""
    edits: int = 0
    """Posts with another text that is no longer than before; a story counts as one."""
    scores: int = 0
    labels: int = 0
    other: bool = False
    """Whether anything else differs."""


class ThreadSummary(msgspec.Struct, frozen=True):
    """A thread with new saves, in short."""

    title: str
    posted: str | None
    posts: int
    authors: int
    """How many wrote posts in it."""
    new_authors: int
    """How many of these the archive did not have yet."""
    cut: int
    perhaps_cut: int
    page: str
    """URL of its first page."""
    saves: tuple[str, ...]
    """Where its new saves go."""
    gain: Gain | None
    """None: the thread is new."""


def summarize(
    thread: Thread, earlier: Thread | None, archive_authors: Collection[str], page: str, saves: tuple[str, ...]
) -> ThreadSummary:
    """Sum up a thread; `earlier` is what the archive had of it, `archive_authors` the keys of the authors it had."""
    authors = {post.author.key for post in thread.posts if not post.author.nobody}
    return ThreadSummary(
        title=thread.title,
        posted=thread.posted,
        posts=len(thread.posts),
        authors=len(authors),
        new_authors=len(authors.difference(archive_authors)),
        cut=sum(post.truncated == "yes" for post in thread.posts),
        perhaps_cut=sum(post.truncated == "unknown" for post in thread.posts),
        page=page,
        saves=saves,
        gain=gain(earlier, thread) if earlier else None,
    )


def gain(earlier: Thread, now: Thread) -> Gain:
    """Compare a thread with what it was before newer saves were merged in."""
    old = {post.id: post for post in earlier.posts}
    both = [(old[post.id], post) for post in now.posts if post.id in old]
    texts = [(earlier.body, now.body), *((was.body, post.body) for was, post in both)]
    changed = sum(was != text for was, text in texts)
    fuller = sum(len(text) > len(was) for was, text in texts)
    return Gain(
        posts=len(now.posts) - len(both),
        texts=fuller,
        edits=changed - fuller,
        scores=sum(was.score != post.score for was, post in both),
        labels=sum(was.label != post.label for was, post in both),
        other=_without_saves(earlier) != _without_saves(now),
    )


def _without_saves(thread: Thread) -> Thread:
    """Leave out the list of saves, which differs even if a newer save says nothing new."""
    posts = tuple(msgspec.structs.replace(post, saves=()) for post in thread.posts)
    return msgspec.structs.replace(thread, posts=posts, saves=())


def summary_lines(summary: ThreadSummary, site: Path = Path()) -> Iterator[str]:
    """Write a summary for the terminal: the title, and below it the rest; `site` is the way to the site's folder."""
    yield one_line(summary.title)
    parts = [dates.day(summary.posted)] if summary.posted else []
    new = f" ({summary.new_authors:,} new to the archive)" if summary.new_authors else ""
    parts.append(f"{count(summary.posts, 'post')} by {count(summary.authors, 'author')}{new}")
    if summary.cut:
        parts.append(f"{summary.cut:,} cut")
    if summary.perhaps_cut:
        parts.append(f"{summary.perhaps_cut:,} perhaps cut")
    yield f"  {', '.join(parts)}"
    if summary.gain:
        yield f"  {gain_line(summary.gain)}"
    yield from (f"  {one_line((site / path).as_posix())}" for path in summary.saves)
    yield f"  page: {summary.page}"


def gain_line(gain: Gain) -> str:
    """Say what newer saves brought, and leave out what they did not bring."""
    parts = [f"+{count(gain.posts, 'post')}"] if gain.posts else []
    parts += [
        words
        for number, words in (
            (gain.texts, count(gain.texts, "fuller text")),
            (gain.edits, f"{count(gain.edits, 'text')} changed"),
            (gain.scores, f"{count(gain.scores, 'score')} changed"),
            (gain.labels, f"{count(gain.labels, 'label')} changed"),
        )
        if number
    ]
    if parts:
        return ", ".join(parts)
    return "other details changed" if gain.other else NOTHING_NEW
