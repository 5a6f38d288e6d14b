"""Warn of what looks like the start of a post in a Slashdot text save but is not one, so that it stays text.

The starts of a save come in, and the places where something only looks like a subject; warnings go out. Nothing here
changes what is read: a body may hold such lines, and only the user can say what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.readers.findings import Findings, quote
from generator.readers.reading import Span
from generator.readers.slashdot.starts import ANONYMOUS, BY_LINE, SCORED, Start, read_score, starts_block

_BY = "\nby"
"""What by lines start with. Searching for it is faster if it does not end in a common character."""
_EXACT = re.compile(rf"{BY_LINE}[ \t]*")
_NEARLY = re.compile(r"[\W_]*by\b.*|.*\([ \t]*#?[0-9]+[ \t]*\)\s*", re.IGNORECASE)
"""A line that starts with "by", or ends in a number in brackets."""
_SCORE_WORD = re.compile(r"\bscore\b", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[(\[{]\s*score\W{0,3}[+-]?[0-9][^)\]}]*[)\]}]?\s*\Z", re.IGNORECASE)
_AS_WRITTEN = f"write by NAME ( UID ) or by {ANONYMOUS} if a post starts here"
_BLANKS = "put a blank line above and below it if a post starts here"


class _Line(NamedTuple):
    start: int
    end: int


class _Part(NamedTuple):
    """The posts of one save, in the text of its file."""

    text: str
    begin: int
    end: int

    def said(self, line: _Line) -> str:
        """Give the text of a line."""
        return self.text[line.start : line.end]

    def line_at(self, at: int) -> _Line:
        """Give the line that an offset is on."""
        start = self.text.rfind("\n", self.begin, at) + 1 or self.begin
        end = self.text.find("\n", at, self.end)
        return _Line(start, self.end if end < 0 else end)

    def line_below(self, line: _Line) -> _Line | None:
        """Give the next line with any text; a no-break space is none here."""
        start = line.end + 1
        while start < self.end:
            below = self.line_at(start)
            if self.said(below).strip():
                return below
            start = below.end + 1
        return None

    def line_above(self, at: int) -> _Line | None:
        """Give the last line with any text before the line that starts at `at`."""
        end = at - 1
        while end > self.begin:
            above = _Line(self.text.rfind("\n", self.begin, end) + 1 or self.begin, end)
            if self.said(above).strip():
                return above
            end = above.start - 1
        return None


def warn_of_near_misses(
    text: str, span: Span, posts: Sequence[Start], others: Sequence[int], findings: Findings
) -> None:
    """Warn of all near misses in a span of the text; `posts` and `others` are what `find_starts` gave there."""
    part = _Part(text, *span)
    subjects = list(_subjects(part, others)) if others else []
    told = [by for subject in subjects if (by := _check_subject(part, subject, findings)) is not None]
    # All of them are by lines of posts in nearly every save, and counting is much faster than looking at each.
    if text.count(_BY, *span) != len(posts):
        used = {*(post.by for post in posts), *told}
        for by in _by_lines(part):
            if by not in used:
                _check_by_line(part, by, findings)
    if subjects and not posts:
        findings.warn(
            subjects[-1].start,
            f"{quote(part.said(subjects[-1]))} looks like a subject, but the save has no post that can be read",
            f"start each post with Subject (Score:2), a blank line, and by NAME ( UID ) or by {ANONYMOUS}",
        )


def _subjects(part: _Part, others: Sequence[int]) -> Iterator[_Line]:
    """Yield the lines that end in a score which can be read, from the last to the first."""
    last = part.end
    for at in reversed(others):
        if at < last:  # else it is one more on a line that was looked at
            line = part.line_at(at)
            last = line.start
            field = part.text[at + len(SCORED) : line.end].rstrip()
            if field.endswith(")") and read_score(field) is not None:
                yield line


def _by_lines(part: _Part) -> Iterator[int]:
    """Yield where the lines start that start with "by": it may be the blank line above that is missing."""
    at = part.text.find(_BY, part.begin, part.end)
    while at >= 0:
        yield at + 1
        at = part.text.find(_BY, at + 1, part.end)


def _check_subject(part: _Part, subject: _Line, findings: Findings) -> int | None:
    """Warn if something like a by line is below a subject, or if it is a block by itself. Gives where that line is."""
    below = part.line_below(subject)
    line = part.said(below) if below else ""
    if below is None or (not (exact := _EXACT.fullmatch(line)) and not _NEARLY.fullmatch(line)):
        ends_block = below is None or part.text[subject.end + 1 : below.start].strip(" \t") != ""
        if ends_block and starts_block(part.text, subject.start, part.begin):
            said = quote(part.said(subject))
            findings.warn(subject.start, f"{said} looks like a subject, but no by line is below it", _AS_WRITTEN)
        return None
    if not exact:
        findings.warn(
            below.start, f"{quote(line)} can't be read as a by line, so the subject above it stays text", _AS_WRITTEN
        )
    elif below.start == subject.end + 1:
        findings.warn(below.start, f"{quote(line)} is right under its subject, so both stay text", _BLANKS)
    elif not starts_block(part.text, subject.start, part.begin):
        said = quote(part.said(subject))
        findings.warn(subject.start, f"{said} is right under other text, so it and its by line stay text", _BLANKS)
    else:
        findings.warn(below.start, f"{quote(line)} has no blank line on each side, so it starts no post", _BLANKS)
    return below.start


def _check_by_line(part: _Part, by: int, findings: Findings) -> None:
    """Warn of a by line that no post starts with, though no line with a proper score is above it."""
    line = part.said(part.line_at(by))
    exact = _EXACT.fullmatch(line)
    above = part.line_above(by)
    subject = part.said(above) if above else ""
    if above and (_SCORE_WORD if exact else _IN_BRACKETS).search(subject):
        findings.warn(
            above.start,
            f"{quote(subject)} can't be read as a subject, so it and the by line under it stay text",
            "write Subject (Score:2) or Subject (Score:2, Insightful) if a post starts here",
        )
    elif exact:
        findings.warn(
            by,
            f"{quote(line)} looks like the by line of a post, but no subject with a score is above it",
            "write Subject (Score:2) and a blank line above it if a post starts here",
        )
