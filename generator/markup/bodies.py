"""Turns the body of a post or a story into HTML, in the way of its markup: plain, Markdown or HTML.

Markdown that would take too long to parse is shown as plain text (`costly`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from markupsafe import Markup as SafeHtml

from generator.costly import is_costly
from generator.markup import plain, story_links
from generator.markup.quotes import Cite, Numbered
from generator.model import Link, Markup

_safe: Callable[[str], SafeHtml] = functools.partial(str.__new__, SafeHtml)
"""`SafeHtml` for a value that is certainly a `str`. It takes half the time, and is called once for each post."""


def post_html(
    body: str,
    markup: Markup,
    dated: str | None = None,
    cite: Cite | None = None,
    numbered: Numbered | None = None,
) -> SafeHtml:
    """Turn the body of a post into HTML.

    The blocks have no element around them. The template's must say which kind they are: spaces count in plain ones
    (``white-space: pre-wrap``), but not in others. HTML has to be clean (`clean_html`). With `dated`, a day as
    ``YYYYMMDD``, each link is followed by one to the web archive's snapshot nearest that day. `cite` is asked where
    quotes are from, and `numbered` where those are from that name a post by its number.
    """
    if markup == "html":
        return SafeHtml(_html_html(body, dated, cite, numbered))
    if markup == "markdown" and not is_costly(body):
        return SafeHtml(_markdown_html(body, dated, cite))
    return _safe(plain.plain_html_fast(body, dated, cite))


def story_html(body: str, links: tuple[Link, ...], markup: Markup, dated: str | None = None) -> SafeHtml:
    """Turn the body of a story into HTML; in a plain one, each ``[n]`` of the link list becomes a link.

    SPEC section 2.1 says how. The linked words end at a space before punctuation; the save put that space there and
    the page drops it. Without such a space the marker itself is the link. A marker stays text if the list has no entry
    for it, or an address that is not allowed.
    """
    if markup != "plain":
        return post_html(body, markup, dated)
    return SafeHtml(story_links.plain_story_html(body, links, dated))


def _markdown_html(body: str, dated: str | None, cite: Cite | None) -> str:
    from generator.markup.commonmark import markdown_html  # slow to import, so only archives with Markdown pay for it

    return markdown_html(body, dated, cite)


def _html_html(body: str, dated: str | None, cite: Cite | None, numbered: Numbered | None) -> str:
    from generator.markup.html import html_html

    return html_html(body, dated, cite, numbered)
