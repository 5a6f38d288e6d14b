"""Plain bodies to HTML: paragraphs, line breaks, ``>`` quotes (`quotes`) and bare URLs (`links`).

The body comes in as saved and goes out as HTML. Nothing else in it is markup (SPEC section 2.1). Spaces stay as they
are, and the theme shows them by ``white-space: pre-wrap``. So no line feed is written that is not in the body.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence

from generator.markup.links import link_urls
from generator.markup.quotes import Cite, cite_link, pieces, quoted_line


def plain_html_fast(body: str, dated: str | None, cite: Cite | None = None) -> str:
    """Turn the body of a post into HTML: what `plain_html` does, with shortcuts.

    Text is escaped and URLs are linked in the whole body at once, since neither crosses the end of a line. Five bodies
    in six have no quote, and no more than one blank line between blocks; for them there is little left to do. A
    property test holds the two together. After the last of several quotes from one source comes a link to it, if `cite`
    knows the source.
    """
    html = link_urls(body, dated)
    if "\n" not in body and body[:1] != ">" and body.strip():
        return f"<p>{html}</p>"
    lines = html.split("\n")
    # True if an empty line follows each: ten times as fast to find out as to search for two line feeds.
    apart = not any(lines[1::2])
    blocks = lines[::2] if apart else html.split("\n\n")
    if ">" not in body and all(map(str.strip, blocks if apart else "\n".join(blocks).split("\n"))):
        html = "</p><p>".join(blocks)
        if not apart:
            html = html.replace("\n", "<br>")
        return f"<p>{html}</p>"
    parts: list[str] = []
    held = ""
    # An empty line ends every quote, so blocks are independent of each other.
    block: Iterable[tuple[str, Sequence[str]]]
    for text, html in zip(body.split("\n")[::2] if apart else body.split("\n\n"), blocks, strict=True):
        if "\n" in text:
            block = pieces(text, functools.partial(link_urls, dated=dated))
        elif text[:1] == ">":
            block = quoted_line(text, html)
        else:
            if text.strip(" \t"):
                parts += (held, "<p>", html, "</p>")
                held = ""
            continue
        for piece, quoted in block:
            link = cite_link(cite, quoted) if cite and quoted else ""
            if held and held != link:
                parts.append(held)
            held = link
            parts.append(piece)
    parts.append(held)
    return "".join(parts)


def plain_html(body: str, inline: Callable[[str], str]) -> str:
    """Turn any plain body into HTML; `inline` makes HTML of the text of one paragraph, line feeds untouched."""
    return "".join([html for html, _ in pieces(body, inline)])
