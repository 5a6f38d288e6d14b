"""The text of a body without its markup, for whatever compares, searches or shortens it: bodies in, text out.

Plain text and Markdown are read as they were written, so their text is the body itself. HTML has to be as `clean` makes
it. Its text looks like plain text: paragraphs with blank lines between them, quotes behind ``>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.markup.clean import clean_html, escape_text
from generator.model import Markup

TOKEN = re.compile(r"<(/?)([a-z]+)([^<>]*)>|([^<]+|<)")
"""A tag of clean HTML (end sign, name, attributes), or text."""
_CHARACTERS = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&nbsp;": "\u00a0"}
_CHARACTER = re.compile("|".join(_CHARACTERS))
_PARAGRAPHS = frozenset({"p", "pre", "summary", "ul", "ol", "blockquote", "details", "hr"})
_FOLDED = re.compile(
    r"<details><summary>((?:(?!</summary>).)*+)</summary>(?:(?!</?details>).)*+(?:</details>|\Z)", re.DOTALL
)
_PARTIAL = re.compile(r"(?:<[^<>]*|&[a-z]{0,5})\Z")


class _Piece(NamedTuple):
    """Text of a body, and where it is in its HTML."""

    text: str
    start: int
    end: int
    """Equal to `start` for what only divides text: line feeds, and the signs of quotes."""


def plain_text(body: str, markup: Markup) -> str:
    """Give the text of a body: what a reader of its page reads, without addresses of links."""
    return body if markup != "html" else "".join([piece.text for piece in _pieces(body)])


def opening(body: str, reach: int) -> str:
    """Give text from the start of clean HTML, of which about `reach` characters are read, without what is folded."""
    if len(body) > reach:
        body = _PARTIAL.sub("", body[:reach])
    left = None
    while left != body:  # once for each part that is folded inside another
        left, body = body, _FOLDED.sub(r"<p>\1</p>", body)
    return plain_text(body, "html")


def replace_text(body: str, markup: Markup, runs: Iterable[tuple[int, int]], by: str) -> str:
    """Replace runs of a body's text, given as starts and ends in its `plain_text`, in order and apart from each other.

    Of HTML, the text goes and its elements stay, but for those that are empty then, links among them. Line feeds and
    the signs of quotes in a run stay too, since they are no text of the HTML.
    """
    if markup != "html":
        parts: list[str] = []
        at = 0
        for start, end in runs:
            parts += body[at:start], by
            at = end
        return "".join([*parts, body[at:]])
    waiting = iter(runs)
    run = next(waiting, None)
    told = False
    parts = []
    at = here = 0
    for text, start, end in _pieces(body):
        after = here + len(text)
        if start == end:
            here = after
            continue
        left: list[str] = []
        done = 0
        while run is not None and run[0] < after:
            first, last = max(run[0] - here, 0), min(run[1] - here, len(text))
            if first < last:
                left += text[done:first], "" if told else by
                done, told = last, True
            if run[1] > after:
                break
            run, told = next(waiting, None), False
        if done:
            parts += body[at:start], escape_text("".join([*left, text[done:]]))
            at = end
        here = after
    return clean_html("".join([*parts, body[at:]]))


def _pieces(body: str) -> Iterator[_Piece]:
    """Yield the text of clean HTML, and what divides it."""
    depth = 0
    gap = ""
    filled = False
    quote = ""
    for match in TOKEN.finditer(body):
        ends, name, values, text = match.groups()
        if text is not None:
            at = match.start()
            for number, line in enumerate(text.split("\n")):
                if number:
                    gap = gap or "\n"
                    at += 1
                if line:
                    if filled and gap:
                        yield _Piece(gap + quote, at, at)
                    elif not filled and quote:
                        yield _Piece(quote, at, at)
                    filled, gap = True, ""
                    yield _Piece(unescape_text(line), at, at + len(line))
                    at += len(line)
        elif name == "br" or name == "li":
            gap = gap or "\n"
        elif name in _PARAGRAPHS:
            if name == "blockquote":
                depth += -1 if ends else 1
            # Who is quoted is said as part of the quote.
            quote = "> " * (depth + (name == "p" and not ends and 'class="who"' in values))
            gap = "\n\n"


def unescape_text(text: str) -> str:
    """Give the text that clean HTML stands for."""
    return _CHARACTER.sub(lambda match: _CHARACTERS[match[0]], text) if "&" in text else text
