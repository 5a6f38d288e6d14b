"""Quoted lines to HTML: ``>`` at the start of lines becomes `blockquote`, and a quote gets a link to its source.

A plain body comes in; its quotes go out as HTML, each with the lines that it quotes. Which post those lines are from is
for the caller to say, by `Cite`. The quotes of Markdown are in `commonmark`, which uses `cite_link` too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from generator.markup.text import attribute, escape

MAX_QUOTES = 8
"""Levels of nested quotes; further ``>`` signs stay in the text."""

Cite = Callable[[Sequence[str]], tuple[str, str] | None]
"""Given the lines of a quote, gives the link to the post they are from and the name of its author, or None."""

Numbered = Callable[[int], tuple[str, str] | None]
"""The same, given the source's own number of the quoted post."""


def cite_link(cite: Cite | None, quoted: Sequence[str]) -> str:
    """Write the line after a quote that links to the post it is from; empty if that is unknown."""
    return source_link(cite(quoted) if cite and quoted else None)


def source_link(source: tuple[str, str] | None) -> str:
    """Write that line for a source that was found; empty for none."""
    if source is None:
        return ""
    href, name = source
    return f'<p class="from"><a href="{attribute(href)}">from <bdi>{escape(name)}</bdi></a></p>'


def quoted_line(line: str, html: str) -> Iterable[tuple[str, Sequence[str]]]:
    """Give what `pieces` would for a body of this one line, whose HTML, with its signs, is known already."""
    depth, text = _signs(line)
    if not text.strip(" \t"):
        return ()
    html = html[len(line) - len(text) + depth * len("gt;") :]
    html = f"{'<blockquote>' * depth}<p>{html}</p>{'</blockquote>' * depth}"
    return ((html, (text,) if depth == 1 else ()),)


def pieces(body: str, inline: Callable[[str], str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Turn any body into HTML, and yield it in pieces: each quote with its lines, and what is between quotes with none.

    The lines are those to be looked up in other posts, so lines that the quote itself quotes are left out. `inline`
    makes HTML of the text of one paragraph, line feeds untouched.
    """
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
    """Give the depth of quoting of a line, and its text without the signs."""
    depth = 0
    while line[:1] == ">" and depth < MAX_QUOTES:
        line = line[1:].removeprefix(" ")
        depth += 1
    return depth, line


def _paragraphs(body: str) -> Iterator[tuple[int, str]]:
    """Yield (depth of quoting, text) for every paragraph, and (depth, "") for every blank line.

    A quote sign counts only at the very start of a line: mail programs put a space before a ``>`` that is not one
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
