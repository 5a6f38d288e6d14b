"""Takes runs of removed texts out of another text: a text and `Runs` in, the text without them out.

Of a `>` quote that holds a run, all goes; of other text, the sentence. `REMOVED` takes its place. The rest of the
text stays as it was, so what others wrote around a quote is still there.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote

import msgspec

from generator.markup import clean_html, excerpt, plain_text, replace_text
from generator.model import REMOVED, Markup
from generator.threads.runs import Runs, Span

LONGEST = 200
"""The most characters of a text that lists and descriptions show."""
_QUOTED = re.compile(r"^>.*", re.MULTILINE)
_LINK = re.compile(r'<a [^<>]*?href="([^"]*)"[^<>]*>')
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

    If one would still be there, since markup hides what is between its words, nothing of the text is left.
    """
    if markup == "html":
        text = _without_addresses(text, runs)
    text = _without(text, runs, markup, str)
    if shows_run(text, runs, markup):
        text = _without(text, runs, markup, _unquoted)
        return REMOVED if shows_run(text, runs, markup) else text
    return text


def shows_run(text: str, runs: Runs, markup: Markup) -> bool:
    """Say whether a list that shows the start of a text without its quotes shows a run that goes across one."""
    return ("\n>" in text or "<blockquote" in text) and runs.holds(excerpt(text, markup, LONGEST))


def _without(text: str, runs: Runs, markup: Markup, view: Callable[[str], str]) -> str:
    """Take what holds runs out of a text, as they are in a view of it."""
    seen = view(plain_text(text, markup))
    spans = runs.find(seen)
    if not spans:
        return text
    left = replace_text(text, markup, _pieces(seen, spans), REMOVED)
    return REMOVED if runs.holds(view(plain_text(left, markup))) else left


def _unquoted(text: str) -> str:
    """Blank the quotes in the start of a text."""
    return _QUOTED.sub(lambda match: " " * len(match[0]), text[: LONGEST * 16])


def _without_addresses(text: str, runs: Runs) -> str:
    """Take links out of clean HTML whose addresses hold a run: no text of the page says them."""

    def link(match: re.Match[str]) -> str:
        return "" if runs.holds(unquote(html.unescape(match[1]))) else match[0]

    left = _LINK.sub(link, text) if "<a " in text else text
    return text if left == text else clean_html(left)


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the sentences and quotes that hold runs, in order; the signs of a quote are no part of it."""
    number = 0
    for passage in _passages(text):
        while number < len(spans) and spans[number][1] <= passage.start:
            number += 1
        last = number
        while last < len(spans) and spans[last][0] < passage.end:
            last += 1
        if number < last:
            yield from _in_passage(text, passage, spans[number:last])
            number = last - 1  # it may go on in the next passage


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


def _in_passage(text: str, passage: _Passage, spans: Sequence[Span]) -> Iterator[Span]:
    """Yield what is replaced in a passage that holds runs."""
    start, end, marks = passage.start, passage.end, passage.marks
    if marks:
        yield start + len(marks), end
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
    yield from pieces
