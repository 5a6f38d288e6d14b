"""The values that go from `readers` to `threads`: what a reader makes of one save.

A `Reading` holds the threads as the save has them. For plain text it also says where each piece of a thread is in the
text, so that a copy of the save can be published in which some names and texts are replaced. Nothing here decides what
is replaced, or how several saves become one thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from generator.errors import Problem
from generator.model import Thread, Truncated

Span = tuple[int, int]
"""Start and end in the text of a save."""
Piece = tuple[int, int, str]
"""A span, and the text that replaces it."""


class PostSpans(NamedTuple):
    """Where a post is in the text of its save."""

    head: Callable[[bool, str], tuple[Piece, ...]]
    """Given whether the author is removed, and the subject that the post has now, gives what is replaced above the
    body. A native id stays readable."""
    body: Span
    """Exactly `Post.body`."""


class Spans(msgspec.Struct, frozen=True):
    """Where a thread is in the text of its save."""

    story: Span
    """Exactly `Thread.body`."""
    removed_story: tuple[Piece, ...]
    """Everything that is replaced if the story is removed: its author, its text, and its list of links."""
    posts: tuple[PostSpans, ...]
    """In the order of `Thread.posts`."""
    footer: Span | None = None
    """Exactly `Thread.footer`."""
    last_body: Span | None = None
    """Exactly `SavedThread.last_body`."""


class SavedThread(msgspec.Struct, frozen=True):
    """A thread as one save has it: all of it, or some of its posts."""

    thread: Thread
    """Its `source` is empty if the save does not name it. Its `id` may be empty if it is partial. Then the thread is
    known only by the ids of its posts, of their stated parents and of `refs`."""
    partial: bool = False
    """Whether the save may lack posts of the thread, without meaning that they are gone."""
    refs: tuple[str, ...] = ()
    """Ids of posts that the save names but does not have: those above its posts, as the source names them, oldest
    first. If its own oldest post is above some of them, it is named too."""
    above: tuple[tuple[str, str], ...] = ()
    """The parents of posts that the save only names, as pairs of ids. Where nobody has a post, its answers are to be
    hung under its parent."""
    other_names: tuple[tuple[str, str], ...] = ()
    """Names that other saves may have for posts of this one, where they don't know their ids, each with the id. What
    posts state or guess may be such a name."""
    last_body: str | None = None
    """The text of the last post in case the footer is part of it after all; None if the save has no footer."""
    judge_cut: Callable[[str], Truncated] | None = None
    """Says whether the source cut the text of a post, if the text alone can tell; else None."""
    fits: Callable[[str, str], bool] | None = None
    """Says whether the first text may replace the second in the save without changing how the rest is read."""
    spans: Callable[[], Spans] | None = None
    """Finds where the thread is in `Reading.text`; None unless the save is plain text. It is called for few saves."""


class Reading(msgspec.Struct, frozen=True):
    """What one save holds. If there is an error among the problems, the thread it is about may be missing."""

    threads: tuple[SavedThread, ...] = ()
    problems: tuple[Problem, ...] = ()
    near_misses: Callable[[], tuple[Problem, ...]] | None = None
    """Gives warnings of what only looks like the start of a post or of a save. It takes time, and a save that is read
    again need not be searched again."""
    text: str = ""
    """The text of a plain save, which spans refer to."""
    meant: tuple[tuple[str, str], ...] = ()
    """For a save that can't be used: source and id of the threads it should hold, as far as it names them."""
    reader: str = ""
    """The name of its reader; `read_save` fills it in."""

    def all_problems(self) -> tuple[Problem, ...]:
        """Give the problems with those of near misses."""
        return (*self.problems, *self.near_misses()) if self.near_misses else self.problems

    @property
    def failed(self) -> bool:
        """Whether the save can't be used."""
        return any(problem.severity == "error" for problem in self.problems)
