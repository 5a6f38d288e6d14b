"""Gives the start of a body as plain text, for lists of posts and descriptions of pages: bodies in, text out."""

from __future__ import annotations

import re

from generator.markup.story_links import without_markers
from generator.markup.text import is_shown, visible
from generator.model import Link, Markup

_READ = 16
"""How many times its own length an excerpt looks at, since quotes and white space are skipped."""

_SPARE = 60
"""Characters read beyond an excerpt's own length, so that a few blank lines don't cost a second look."""

OMITTED = "[\u2060…\u2060]"
"""Stands where a quote is left out between other text, so that what was said apart does not look like one sentence. Two
characters that nobody sees tell it from what people write."""

_QUOTED = re.compile(r"(?:^>.*(?:\n|\Z))+", re.MULTILINE)
_SIGNS = re.compile(r"^>[> ]*", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE)
_BLOCK_SIGN = re.compile(r"^ {0,3}(?:#{1,6}|[*+-]) +", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_EMPHASIS = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|`+|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)")


def excerpt(body: str, markup: Markup, limit: int = 160) -> str:
    """Give the start of a body as plain text of at most `limit` characters: text, not HTML.

    Quotes are left out unless there is nothing else (`OMITTED` says where in between), white space is folded, and the
    text ends at a word with an ellipsis. Only the start of the body is read. Markdown is not parsed: its most common
    """
    if markup == "plain":
        # This is enough for most bodies: they begin with quotes or have none, and their text comes at once.
        at = 0
        start = body[: limit + _SPARE]
        if start[:1] == ">":
            reach = limit * _READ
            while at < reach and body.startswith(">", at):
                at = body.find("\n", at) + 1 or len(body)
            start = body[at : min(at + limit + _SPARE, reach)]
        if ">" not in start:
            text = " ".join(filter(None, start.split("\n"))) if "\n" in start else start
            text = text.strip()[: limit + 1]
            if "  " in text or not is_shown(text):  # nothing else that is white space is printable
                text = visible(" ".join(start.split()))
            if len(text) > limit:
                return _cut(text, limit)
            if text and at + len(start) == len(body):
                return text
    start = body[: limit * _READ]
    if start.startswith(">") or "\n>" in start:
        start = _without_quotes(start) or _SIGNS.sub("", start)
    if markup == "markdown":
        for pattern in (_FENCE, _BLOCK_SIGN):
            start = pattern.sub("", start)
        start = _EMPHASIS.sub("", _LINK.sub(r"\1", start))
    text = visible(" ".join(start.split()))
    if len(text) <= limit and len(body) <= limit * _READ:
        return text
    return _cut(text, limit)


def _without_quotes(text: str) -> str:
    """Leave quotes out; `OMITTED` stands between what others are around."""
    unquoted = _QUOTED.sub(f"\n{OMITTED}\n", text).strip()
    while unquoted.startswith(OMITTED):
        unquoted = unquoted.removeprefix(OMITTED).lstrip()
    return unquoted.removesuffix(OMITTED).rstrip()


def _cut(text: str, limit: int) -> str:
    """End a text at a word, with an ellipsis."""
    # A space within the limit leaves room for the ellipsis. A word that is longer than the limit is cut anyway.
    end = text.rfind(" ", 0, limit) if len(text) > limit else -1
    return f"{text[: end if end > 0 else limit - 1]}…"


def summary(body: str, links: tuple[Link, ...], markup: Markup, limit: int) -> str:
    """Give the start of a story as plain text, without the markers of its link list and the spaces around them."""
    if markup == "plain" and links:
        body = without_markers(body[: limit * _READ], links)
    return excerpt(body, markup, limit)
