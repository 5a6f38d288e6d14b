"""Quotes: a thread with its replies in, of each quote the post it was taken from out, where that is beyond doubt.

A quote is from the post that its own post answers if that holds every line of it; people quote parts of lines, too.
Else it is from the one post before it of which every line of the quote is a line. Lines of a few characters prove
nothing and are not looked at, and neither is what a quote quotes itself. Linear in the text of the thread: the lines of
all posts are put into an index once, and only if there is a quote that the answered post does not explain.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from generator.model import Post
from generator.replies import LINES, SHORTEST, fold, words


class Quotes:
    """The quotes of one thread."""

    def __init__(self, posts: Sequence[Post], parents: Sequence[int | None]) -> None:
        self.posts, self.parents = posts, parents
        self.words: dict[int, str] = {}
        """What posts say themselves, folded, of those that were asked for."""

    def source(self, index: int, lines: Sequence[str]) -> int | None:
        """Give the post that the post at `index` quotes with these lines, None if that can't be told."""
        folded = [text for text in map(fold, lines) if len(text) >= SHORTEST]
        if not folded:
            return None
        parent = self.parents[index]
        if parent is not None:
            said = self.words.get(parent)
            if said is None:
                said = self.words[parent] = words(self.posts[parent].body)[0]
            if all(text in said for text in folded[:LINES]):
                return parent
        found = {self.lines.get(text, index) for text in folded}
        source = found.pop()
        return source if not found and source < index else None

    @functools.cached_property
    def lines(self) -> dict[str, int]:
        """The post that each line stands in first, quotes left out."""
        lines: dict[str, int] = {}
        for index, post in enumerate(self.posts):
            for line in post.body.split("\n"):
                if len(line) >= SHORTEST and not line.lstrip().startswith(">"):
                    lines.setdefault(fold(line), index)
        return lines
