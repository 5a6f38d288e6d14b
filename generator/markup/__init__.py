"""Saved text to HTML: the only way on which it reaches a page other than as escaped text.

::

    body -> plain      -> links, text -> Markup       words, quotes, URLs, a story's [n] links
         -> commonmark -> code, links, text -> Markup CommonMark; loaded when the first such body comes

In come bodies, links and addresses as saved, out go `Markup` (HTML that is safe whatever was saved) or plain `str`
that the template escapes. Everything here is pure, and linear in the length of the text also where the text was made
to be slow; elements nest to a fixed depth. The elements that can come out are ``a bdi blockquote br code div em hr li
ol p pre span strong ul``, the attributes ``href rel title class start aria-label data-originalurl data-versiondate``:
no ids, no styles, no images, no scripts. Nothing is fetched, and which post is quoted is for the caller to say.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from markupsafe import Markup as SafeHtml

from generator.markup import plain
from generator.markup.links import Cite, archived, is_safe
from generator.markup.plain import without_markers
from generator.markup.text import is_shown, visible
from generator.model import Link, Markup

__all__ = ["Cite", "archived", "excerpt", "is_safe", "post_html", "story_html", "summary", "visible", "without_markers"]


def post_html(body: str, markup: Markup, dated: str | None = None, cite: Cite | None = None) -> SafeHtml:
    """Turn the body of a post into HTML.

    The blocks come without an element around them. The template's must say which kind they are: in plain ones spaces
    count (``white-space: pre-wrap``), in Markdown they do not. `dated` is the day (``YYYYMMDD``) of the web archive's
    snapshots to link to beside each link, None for no such links. `cite` is asked where quotes are from.
    """
    if markup == "markdown":
        return SafeHtml(_markdown_html(body, dated, cite))
    return _safe(plain.post_html(body, dated, cite))


_safe: Callable[[str], SafeHtml] = functools.partial(str.__new__, SafeHtml)
"""`SafeHtml` for what is a `str` for sure: half of the time, a million times."""


def story_html(body: str, links: tuple[Link, ...], markup: Markup, dated: str | None = None) -> SafeHtml:
    """Turn the body of a story into HTML; in plain ones the ``[n]`` of the link list become links (SPEC section 2.1).

    The linked words end at a space before punctuation, which the save put there and the page drops. Without such a
    sign the marker itself is the link. Markers without an entry, or with an address that is not allowed, stay text.
    """
    if markup == "markdown":
        return post_html(body, markup, dated)
    return SafeHtml(plain.story_html(body, links, dated))


_READ = 16
"""An excerpt looks at so many times its own length; what is skipped (quotes, white space) may fill that."""

_SPARE = 60
"""Characters beyond an excerpt's own length that blank lines may take without a second look."""

_QUOTED = re.compile(r"^>.*\n?", re.MULTILINE)
_SIGNS = re.compile(r"^>[> ]*", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~).*$", re.MULTILINE)
_BLOCK_SIGN = re.compile(r"^ {0,3}(?:#{1,6}|[*+-]) +", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]{0,200})\]\([^()\s]{0,500}\)")
_EMPHASIS = re.compile(r"\*{1,3}(?=\S)|(?<=\S)\*{1,3}|`+|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)")


def excerpt(body: str, markup: Markup, limit: int = 160) -> str:
    """Give the start of a body as plain text of at most `limit` characters: text, not HTML.

    Quotes are left out where there is anything else, white space is folded, and the end is at a word, with an
    ellipsis. Only the start of the body is looked at. Markdown is not parsed for this, the most common signs are just
    taken away.
    """
    if markup == "plain":
        # Most bodies need no more than this: quotes in front or none, and enough text at once.
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
            if "  " in text or not is_shown(text):  # no other white space is shown
                text = visible(" ".join(start.split()))
            if len(text) > limit:
                return _cut(text, limit)
            if text and at + len(start) == len(body):
                return text
    start = body[: limit * _READ]
    if start.startswith(">") or "\n>" in start:
        unquoted = _QUOTED.sub("", start)
        start = unquoted if unquoted.strip() else _SIGNS.sub("", start)
    if markup == "markdown":
        for pattern in (_FENCE, _BLOCK_SIGN):
            start = pattern.sub("", start)
        start = _EMPHASIS.sub("", _LINK.sub(r"\1", start))
    text = visible(" ".join(start.split()))
    if len(text) <= limit and len(body) <= limit * _READ:
        return text
    return _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    """End a text at a word, with an ellipsis."""
    # A space among so many characters leaves room for the ellipsis; a word longer than that is cut all the same.
    end = text.rfind(" ", 0, limit) if len(text) > limit else -1
    return f"{text[: end if end > 0 else limit - 1]}…"


def summary(body: str, links: tuple[Link, ...], markup: Markup, limit: int) -> str:
    """Give the start of a story as plain text, without the markers of its link list and what they left behind."""
    if markup == "plain" and links:
        body = without_markers(body[: limit * _READ], links)
    return excerpt(body, markup, limit)


def _markdown_html(body: str, dated: str | None, cite: Cite | None) -> str:
    from generator.markup.commonmark import markdown_html  # a start-up cost that plain archives must not pay

    return markdown_html(body, dated, cite)
