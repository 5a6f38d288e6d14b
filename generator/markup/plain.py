"""Plain bodies to HTML: paragraphs, line breaks, ``>`` quotes, bare URLs, and a story's ``[n]`` links.

In comes the body as saved, out goes HTML. No other character is markup (SPEC section 2.1). Spaces stay as they are;
the theme's ``white-space: pre-wrap`` shows them, so no line feed is written that the body did not mean.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from generator.markup.links import Cite, cite_link, close_link, is_safe, link_urls, open_link
from generator.markup.text import escape
from generator.model import Link

MAX_QUOTES = 8
"""Quotes nest as deep as this; further ``>`` signs stay in the text."""

_MARKER = re.compile(r"\[([0-9]{1,9})\]")
_LINK_END = re.compile(r" (?=(?:[.,;:!?)\]]|['’]s)(?:[\s.,;:!?)\]}\"'”’»]|\Z))")


def post_html(body: str, dated: str | None, cite: Cite | None = None) -> str:
    """Turn the body of a post into HTML.

    Text is escaped and URLs are linked in the whole body, since neither goes over the end of a line. Five bodies in six
    hold no quote, and no blank lines but one between two blocks; then there is little left to do. A property test
    proves that equal to the general way. Behind the last of several quotes from one source stands a link to it, if
    `cite` knows it.
    """
    html = link_urls(body, dated)
    if "\n" not in body and body[:1] != ">" and body.strip():
        return f"<p>{html}</p>"
    lines = html.split("\n")
    apart = not any(lines[1::2])  # an empty line behind each: sought ten times as fast as two line feeds
    blocks = lines[::2] if apart else html.split("\n\n")
    if ">" not in body and all(map(str.strip, blocks if apart else "\n".join(blocks).split("\n"))):
        html = "</p><p>".join(blocks)
        if not apart:
            html = html.replace("\n", "<br>")
        return f"<p>{html}</p>"
    parts: list[str] = []
    held = ""
    # An empty line ends every quote, so blocks do not depend on each other.
    pieces: Iterable[tuple[str, Sequence[str]]]
    for text, html in zip(body.split("\n")[::2] if apart else body.split("\n\n"), blocks, strict=True):
        if "\n" in text:
            pieces = _pieces(text, functools.partial(link_urls, dated=dated))
        elif text[:1] == ">":
            pieces = _quote(text, html)
        else:
            if text.strip(" \t"):
                parts += (held, "<p>", html, "</p>")
                held = ""
            continue
        for piece, quoted in pieces:
            link = cite_link(cite, quoted) if cite and quoted else ""
            if held and held != link:
                parts.append(held)
            held = link
            parts.append(piece)
    parts.append(held)
    return "".join(parts)


def story_html(body: str, links: tuple[Link, ...], dated: str | None) -> str:
    """Turn the body of a story into HTML, with the links of its list where their markers stand."""
    urls = {link.n: link.url for link in reversed(links) if is_safe(link.url)}
    if not urls or "[" not in body:
        return post_html(body, dated)
    return general_html(body, lambda text: _link_markers(text, urls, dated))


def general_html(body: str, inline: Callable[[str], str]) -> str:
    """Turn any body into HTML; `inline` makes HTML of the text of one paragraph, line feeds untouched."""
    return "".join([html for html, _ in _pieces(body, inline)])


def _quote(line: str, html: str) -> Iterable[tuple[str, Sequence[str]]]:
    """Give what `_pieces` does, of a line with its signs that is HTML already."""
    depth, text = _signs(line)
    if not text.strip(" \t"):
        return ()
    html = html[len(line) - len(text) + depth * len("gt;") :]
    html = f"{'<blockquote>' * depth}<p>{html}</p>{'</blockquote>' * depth}"
    return ((html, (text,) if depth == 1 else ()),)


def _pieces(body: str, inline: Callable[[str], str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each quote with its lines, those that it quotes itself left out, and what is between as HTML alone."""
    opened = 0
    parts: list[str] = []
    quoted: list[str] = []
    for depth, text in _paragraphs(body):
        if depth < opened:
            parts.append("</blockquote>" * (opened - depth))
            opened = depth
            if not depth:
                yield "".join(parts), quoted
                parts, quoted = [], []
        if text:
            if depth and not opened:
                yield "".join(parts), ()
                parts = []
            parts.append("<blockquote>" * (depth - opened))
            opened = depth
            parts += ("<p>", inline(text).replace("\n", "<br>"), "</p>")
            if depth == 1:
                quoted += text.split("\n")
    parts.append("</blockquote>" * opened)
    yield "".join(parts), quoted


def _signs(line: str) -> tuple[int, str]:
    """Depth of quoting of a line, and its text."""
    depth = 0
    while line[:1] == ">" and depth < MAX_QUOTES:
        line = line[1:].removeprefix(" ")
        depth += 1
    return depth, line


def _paragraphs(body: str) -> Iterator[tuple[int, str]]:
    """Yield (depth of quoting, text) of every paragraph, and (depth, "") for every blank line.

    A quote sign counts at the very start of a line only: mail programs put a space before a ``>`` that is none
    (RFC 3676, section 4.4).
    """
    lines: list[str] = []
    at = 0
    for line in body.split("\n"):
        depth, line = _signs(line)
        blank = not line.strip(" \t")
        if lines and (blank or depth != at):
            yield at, "\n".join(lines)
            lines = []
        if blank:
            yield depth, ""
        else:
            lines.append(line)
            at = depth
    if lines:
        yield at, "\n".join(lines)


def without_markers(body: str, links: tuple[Link, ...]) -> str:
    """Drop the markers of a link list, and the spaces before punctuation that end their words."""
    listed = {str(link.n) for link in links}
    text = _MARKER.sub(lambda marker: "" if marker[1].lstrip("0") in listed else marker[0], body)
    return _LINK_END.sub("", text)


def _link_markers(text: str, urls: dict[int, str], dated: str | None) -> str:
    """Turn the markers of a story's paragraph, or the words they stand before, into links."""
    markers = list(_MARKER.finditer(text))
    starts = [marker.start() for marker in markers] + [len(text)]
    parts = [link_urls(text[: starts[0]], dated)]
    for marker, end in zip(markers, starts[1:], strict=True):
        url = urls.get(int(marker[1]))
        after = text[marker.end() : end]
        if url is None:
            parts.append(marker[0] + link_urls(after, dated))
            continue
        words, rest = _split_link(after)
        parts.append(f"{open_link(url, dated)}{escape(words or marker[0])}{close_link(url, dated)}")
        parts.append(link_urls(rest, dated))
    return "".join(parts)


def _split_link(after: str) -> tuple[str, str]:
    """Split what follows a marker into the link's words, "" if their end can't be told, and the rest.

    Linked words start right behind the marker, so a marker with a space behind it is one that stands for itself.
    """
    sign = _LINK_END.search(after)
    if sign is None or not after[: sign.start()] or after[0].isspace():
        return "", after
    return after[: sign.start()], after[sign.end() :]
