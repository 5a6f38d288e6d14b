"""Which post is a quote from? A thread and its parents come in; the source of each quote goes out, if it is certain.

A quote is from the post that is answered if that post holds every line of it. People quote parts of lines too, so parts
count. Otherwise it is from the story, by the same rule, since the story comes before all posts. Otherwise it is from
the one earlier post that has every line of the quote as a whole line. Lines of a few characters prove nothing and are
skipped, and so are quotes inside the quote. Linear in the text of the thread: the lines of all posts are indexed once,
and only if there is a quote that is in neither the answered post nor the story."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from generator.markup import plain_text, without_markers
from generator.model import Thread
from generator.threads.replies import LINES, REACH, SHORTEST, fold, said_by, words

STORY = -1
"""The source of a quote of the story. The source of any other quote is the index of a post."""


class QuoteSources:
    """Finds where the quotes of one thread are from."""

    def __init__(self, thread: Thread, parents: Sequence[int | None]) -> None:
        self.thread, self.posts, self.parents = thread, thread.posts, parents
        self.words: dict[int, str] = {}
        """The folded own words of each post that was asked for."""

    def source(self, index: int, lines: Sequence[str]) -> int | None:
        """Give the post that the post at `index` quotes with these lines, or `STORY`; None if that can't be told."""
        folded = [text for text in map(fold, lines) if len(text) >= SHORTEST]
        if not folded:
            return None
        parent = self.parents[index]
        if parent is not None:
            body = said_by(self.posts[parent])[:REACH]
            if len(lines) <= LINES and ">" not in body and all(line in body for line in lines):
                return parent  # then it holds the folded lines too
            said = self.words.get(parent)
            if said is None:
                said = self.words[parent] = words(body)[0]
            if all(text in said for text in folded[:LINES]):
                return parent
        if all(text in self.story for text in folded[:LINES]):
            return STORY
        sources = {self.lines.get(text, index) for text in folded}
        source = sources.pop()
        return source if not sources and source < index else None

    @functools.cached_property
    def story(self) -> str:
        """The folded words of the story as readers see it, without the markers of its links."""
        body = plain_text(self.thread.body, self.thread.markup)
        return words(without_markers(body[:REACH], self.thread.links))[0]

    @functools.cached_property
    def numbers(self) -> dict[int, int]:
        """The post that has each number of the source's."""
        return {post.number: index for index, post in enumerate(self.posts) if post.number is not None}

    @functools.cached_property
    def lines(self) -> dict[str, int]:
        """The first post that has each line; quoted lines are left out."""
        lines: dict[str, int] = {}
        for index, post in enumerate(self.posts):
            for line in said_by(post).split("\n"):
                if len(line) >= SHORTEST and not line.lstrip().startswith(">"):
                    lines.setdefault(fold(line), index)
        return lines
