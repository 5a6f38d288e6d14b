"""Find the headings of a Markdown text that are not in fenced code, as CommonMark sees it.

The text of a save comes in; `Mark`s of headings go out. A post line starts at the margin, where every list item and
every quote ends, and with it the code inside. So only code outside of them can hold a post line. HTML is no markup in a
save, so it hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from generator.readers.markdown.front_matter import HEAD

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_MARK = re.compile(
    r"\n(?:(##[ \t][^\n]*)| {0,3}(`{3,}|~{3,})([^\n]*)"
    r"|([\ufeff\u200b]* {0,3}[#\uff03][^\n]*[={\uff5b][^\n]*"
    rf"|\ufeff?News:[ \t]*[0-9]+[ \t]*(?=\n[ \t]*\n)|{HEAD}))"
)
_ITEM = re.compile(r"\n {0,3}(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|\n|\Z)")
"""A line that may start an item of a list."""


class Mark(NamedTuple):
    """A line that matters for finding posts: a heading of level two, a fence, or what may be meant for a post line."""

    at: int
    """Where the line starts."""
    end: int
    """Where it ends."""
    heading: str
    """The line, if it is a heading."""
    run: str
    """The characters that a fence is made of."""
    rest: str
    """What follows them."""
    other: str
    """The line, if it only starts with ``#`` and has a ``=`` or a brace, or if it may start a further save."""

    def closes(self, fence: Mark) -> bool:
        """Say whether this ends the code that a fence started."""
        return self.run[0] == fence.run[0] and len(self.run) >= len(fence.run) and self.may_close

    @property
    def may_close(self) -> bool:
        """Whether nothing but the fence is on the line."""
        return not self.rest.strip(" \t")


class Walk:
    """Goes through a text from an offset on, which is the start of the text or the end of a line."""

    def __init__(self, text: str, begin: int) -> None:
        self._marks = [
            Mark(match.start() + 1, match.end(), *(group or "" for group in match.groups()))
            for match in _MARK.finditer(text, begin)
        ]
        self._lists = _Lists(text, begin, self._marks)
        self.fence: Mark | None = None
        """The start of the code that the walk is in."""
        self.fences: list[tuple[str, str]] = []
        """The fences so far that start and end code outside of lists."""

    def headings(self) -> Iterator[Mark]:
        """Yield the headings outside of code, and those in code that is never closed; outside of code other lines too.

        Whoever takes one of the latter for a post line sets `fence` to None, which ends the code there.
        """
        for mark, longest in zip(self._marks, _longest_closers(self._marks), strict=True):
            if mark.other:
                if self.fence is None:
                    yield mark
            elif mark.heading:
                if self.fence is None or longest[self.fence.run[0]] < len(self.fence.run):
                    yield mark
                if self.fence is None:
                    self._lists.end(mark)
            elif self.fence is None:
                if self._lists.starts_code(mark):
                    self.fence = mark
                    self.fences.append((mark.run, mark.rest))
            elif mark.closes(self.fence):
                self.fence = None
                self._lists.end(mark)
                self.fences.append((mark.run, mark.rest))


def code_fences(body: str) -> list[tuple[str, str]]:
    """List the fences of a body that start and end code outside of lists: their characters, and what follows these."""
    walk = Walk(f"\n{body}", 0)
    for _ in walk.headings():
        pass
    return walk.fences


def _longest_closers(marks: list[Mark]) -> list[dict[str, int]]:
    """Give, for each mark, the length of the longest later fence that can close one, for both kinds of fence."""
    longest = {"`": 0, "~": 0}
    behind: list[dict[str, int]] = []
    for mark in reversed(marks):
        behind.append(longest)
        if mark.run and len(mark.run) > longest[mark.run[0]] and mark.may_close:
            longest = {**longest, mark.run[0]: len(mark.run)}
    behind.reverse()
    return behind


class _Lists:
    """Knows which fences are in lists. It is asked about fences in order, and never about one in code."""

    def __init__(self, text: str, begin: int, marks: list[Mark]) -> None:
        self._text = text
        self._begin = begin
        """Where no list is open."""
        self._parsed = begin
        self._outside: set[int] = set()
        # A mark at the margin ends every list, so the text between two of them can be parsed by itself.
        at_margin = [mark.at for mark in marks if text[mark.at] != " " and not mark.other]
        self._margins = [len(text), *reversed(at_margin)]

    def end(self, mark: Mark) -> None:
        """Note that no list is open behind a mark."""
        self._begin = mark.end

    def starts_code(self, mark: Mark) -> bool:
        """Say whether a fence starts code that is in no list."""
        if mark.run[0] == "`" and "`" in mark.rest:
            return False
        if self._text[mark.at] != " ":
            return True
        if mark.at >= self._parsed:
            while self._margins[-1] <= mark.at:
                self._margins.pop()
            self._parsed = self._margins[-1]
            self._outside = set(_fences_outside(self._text, self._begin, self._parsed))
        return mark.at in self._outside


def _fences_outside(text: str, begin: int, end: int) -> Iterator[int]:
    """Give where the fences start that are in no list, in a part of a text at whose start no list is open."""
    part = text[begin:end]
    if not _ITEM.search(part):
        yield from (begin + match.start() + 1 for match in _MARK.finditer(part) if match[2])
        return
    lines = [0, *(match.end() for match in re.finditer("\n", part))]
    for token in _parser().parse(part):
        if token.type == "fence" and token.level == 0 and token.map:
            yield begin + lines[token.map[0]]


@cache
def _parser() -> MarkdownIt:
    """Make a parser that finds blocks and does not look into them."""
    from markdown_it import MarkdownIt  # slow to import, and few saves need it

    parser = MarkdownIt("commonmark", {"html": False}).disable("html_block")
    parser.core.ruler.enableOnly(["block"])
    return parser
