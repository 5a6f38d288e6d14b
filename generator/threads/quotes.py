"""Quotes: a thread with its replies in, of each quote what it was taken from out, where that is beyond doubt.

A quote is from the post that its own post answers if that holds every line of it; people quote parts of lines, too.
Else it is from the story, by the same rule, since that stands before all posts. Else it is from the one post before it
of which every line of the quote is a line. Lines of a few characters prove nothing and are not looked at, and neither
is what a quote quotes itself. Linear in the text of the thread: the lines of all posts are put into an index once, and
only if there is a quote that neither the answered post nor the story explains.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from generator.markup import without_markers
from generator.model import Thread
from generator.threads.replies import LINES, REACH, SHORTEST, fold, words

STORY = -1
"""What a quote of the story is from, where a post would be its index."""


class Quotes:
    """The quotes of one thread."""

    def __init__(self, thread: Thread, parents: Sequence[int | None]) -> None:
        self.thread, self.posts, self.parents = thread, thread.posts, parents
        self.words: dict[int, str] = {}
        """What posts say themselves, folded, of those that were asked for."""

    def source(self, index: int, lines: Sequence[str]) -> int | None:
        """Give the post that the post at `index` quotes with these lines, or `STORY`; None if that can't be told."""
        folded = [text for text in map(fold, lines) if len(text) >= SHORTEST]
        if not folded:
            return None
        parent = self.parents[index]
        if parent is not None:
            body = self.posts[parent].body[:REACH]
            if len(lines) <= LINES and ">" not in body and all(line in body for line in lines):
                return parent  # what holds them as they stand holds them folded, too
            said = self.words.get(parent)
            if said is None:
                said = self.words[parent] = words(body)[0]
            if all(text in said for text in folded[:LINES]):
                return parent
        if all(text in self.story for text in folded[:LINES]):
            return STORY
        found = {self.lines.get(text, index) for text in folded}
        source = found.pop()
        return source if not found and source < index else None

    @functools.cached_property
    def story(self) -> str:
        """What the story says, folded, as its readers see it: without the markers of its links."""
        return words(without_markers(self.thread.body[:REACH], self.thread.links))[0]

    @functools.cached_property
    def lines(self) -> dict[str, int]:
        """The post that each line stands in first, quotes left out."""
        lines: dict[str, int] = {}
        for index, post in enumerate(self.posts):
            for line in post.body.split("\n"):
                if len(line) >= SHORTEST and not line.lstrip().startswith(">"):
                    lines.setdefault(fold(line), index)
        return lines
