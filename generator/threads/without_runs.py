"""Takes runs of removed texts out of another text: a text and `Runs` in, the text without them out.

Of a `>` quote that holds a run, all goes; of other text, the sentence. `REMOVED` stands in its place. The rest of the
text stays as it was, so what others wrote around a quote is still there.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import msgspec

from generator.markup import excerpt, post_html, shown_texts
from generator.model import REMOVED, Markup
from generator.threads.runs import Runs, Span

LONGEST = 200
"""The most characters of a text that lists and descriptions show."""
_MARKS = re.compile(r"[ \t]*(?:>[ \t]*)+")
_SENTENCE_END = re.compile(
    r"[.!?\u2026]+[\"'\u2018\u2019\u201c\u201d\u00bb)\]}*_]*(?=\s)"
    r"|[\u3002\uff01\uff1f]+[\u300d\u300f\uff09]*"
    r"|:(?=[ \t]*\n)"
    r"|(?=\n[ \t]*(?:[-*+\u2022]|[0-9]{1,3}[.)])[ \t])"  # an item of a list
)


class _Passage(msgspec.Struct, frozen=True):
    """Lines that belong together: those of a quote, or of a paragraph."""

    start: int
    end: int
    marks: str
    """What its first line starts with if it is a quote; else empty."""


def without_runs(text: str, runs: Runs, markup: Markup = "plain") -> str:
    """Take the sentences and quotes out of a text that hold runs; the same text if there are none.

    If a page would still show one, since markup hides what is between its words, nothing of the text is left.
    """
    spans = runs.find(text)
    left = _without(text, spans) if spans else text
    if not spans and (markup == "plain" or not runs.may_hold(text)):
        return text
    return REMOVED if runs.holds(left) or (markup != "plain" and _shows(left, runs, markup)) else left


def _shows(text: str, runs: Runs, markup: Markup) -> bool:
    """Say whether a page shows a run, or a list does that has the start of the text."""
    return runs.holds(excerpt(text, markup, LONGEST)) or any(
        runs.holds(shown) for _, shown in shown_texts(post_html(text, markup))
    )


def _without(text: str, spans: Sequence[Span]) -> str:
    parts: list[str] = []
    done = number = 0
    for passage in _passages(text):
        while number < len(spans) and spans[number][1] <= passage.start:
            number += 1
        last = number
        while last < len(spans) and spans[last][0] < passage.end:
            last += 1
        if number < last:
            for start, end, new in _replaced(text, passage, spans[number:last]):
                parts += text[done:start], new
                done = end
            number = last - 1  # it may go on in the next passage
    return "".join(parts) + text[done:]


def _passages(text: str) -> Iterator[_Passage]:
    """Yield the quotes and paragraphs of a text, in order. A quote ends where its depth changes."""
    start, depth, marks, at = 0, -1, "", 0
    for line in text.split("\n"):
        quote = _MARKS.match(line)
        deep = quote[0].count(">") if quote else 0 if line.strip() else -1
        if deep != depth:
            if depth >= 0:
                yield _Passage(start, at - 1, marks)
            start, depth, marks = at, deep, quote[0] if quote else ""
        at += len(line) + 1
    if depth >= 0:
        yield _Passage(start, at - 1, marks)


def _replaced(text: str, passage: _Passage, spans: Sequence[Span]) -> Iterator[tuple[int, int, str]]:
    """Yield what is replaced in a passage that holds runs."""
    start, end, marks = passage.start, passage.end, passage.marks
    if marks:
        yield start, end, marks + REMOVED
        return
    ends = [start, *(match.end() for match in _SENTENCE_END.finditer(text, start, end)), end]
    pieces: list[Span] = []
    for first, last in spans:
        begin = ends[max(0, bisect_right(ends, max(first, start)) - 1)]
        stop = ends[min(bisect_left(ends, min(last, end)), len(ends) - 1)]
        begin += len(text[begin:stop]) - len(text[begin:stop].lstrip())
        if pieces and not text[pieces[-1][1] : begin].strip():
            pieces[-1] = (pieces[-1][0], max(stop, pieces[-1][1]))
        else:
            pieces.append((begin, stop))
    yield from ((begin, stop, REMOVED) for begin, stop in pieces)
