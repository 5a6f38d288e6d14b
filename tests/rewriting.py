"""What redaction makes of one save: its text in, the text of its published copy out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import msgspec

from generator.model import Post, Thread
from generator.readers import Piece, Reading, post_id, read_save, splice
from generator.threads.join import Part, join_parts, without_footer
from generator.threads.redact import _pieces, without_texts
from generator.threads.removed import STORY

__all__ = ("STORY", "only_part", "redacted", "redacted_parts", "rewritten", "thread_of", "with_ids", "without_ids")


def thread_of(reading: Reading, *, footer: bool = True) -> Thread:
    """Give the one thread of a save; with `footer` false the footer belongs to the last post."""
    return only_part(reading, footer=footer).thread


def only_part(reading: Reading, *, footer: bool = True) -> Part:
    """Give the one thread of a save, on its way into `redact`."""
    (part,) = join_parts({"content/save": reading}).parts
    part = part if footer else without_footer(part)
    return msgspec.structs.replace(part, thread=with_ids(part.thread))


def redacted(
    reading: Reading,
    gone: Collection[int],
    change: Callable[[str], str] = str,
    subject: Callable[[str], str] = str,
    *,
    footer: bool = True,
) -> tuple[Thread, str]:
    """Remove posts (or the `STORY`) and change all other texts; gives the thread and the text of the copy."""
    part = only_part(reading, footer=footer)
    thread = _without(part, gone, change, subject)
    return thread, splice(reading.text, sorted(_pieces(part, thread, set(gone))))


def rewritten(text: str, gone: Collection[int], change: Callable[[str], str] = str, *, footer: bool = True) -> str:
    """Give the text of the copy of a save."""
    return redacted(read_save(text.encode(), "save"), gone, change, footer=footer)[1]


def redacted_parts(reading: Reading, gone: Sequence[Collection[int]]) -> tuple[list[Thread], str]:
    """Remove posts (or the `STORY`) from each thread of a save; gives the threads and the text of the copy."""
    threads: list[Thread] = []
    pieces: list[Piece] = []
    for part, here in zip(join_parts({"content/save": reading}).parts, gone, strict=True):
        thread = _without(part, here, str, str)
        threads.append(thread)
        pieces += _pieces(part, thread, set(here))
    return threads, splice(reading.text, sorted(pieces))


def with_ids(thread: Thread) -> Thread:
    """Give the thread with ids for the posts that have none in the save; equal ones may be there."""
    posts = (msgspec.structs.replace(post, id=post.id or post_id(post.author, post.body)) for post in thread.posts)
    return msgspec.structs.replace(thread, posts=tuple(posts))


def _without(part: Part, gone: Collection[int], change: Callable[[str], str], subject: Callable[[str], str]) -> Thread:
    def new_subject(post: Post, removed: bool) -> str:
        return subject(post.subject)

    return without_texts(part, set(gone), lambda text, markup: change(text), new_subject)


def without_ids(thread: Thread) -> Thread:
    """Give the thread with no ids: those made from texts differ where the texts do."""
    return msgspec.structs.replace(thread, posts=tuple(msgspec.structs.replace(post, id="") for post in thread.posts))
