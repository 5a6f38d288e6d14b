"""Clean saved HTML: it comes in as it was saved and goes out in its canonical form, with nh3's consent."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from generator.markup.clean.elements import Cleaner
from generator.markup.clean.tokens import tokens

ALLOWED: dict[str, frozenset[str]] = {
    **{
        name: frozenset()
        for name in (
            "br", "del", "details", "em", "hr", "ins", "kbd", "li", "pre", "q", "strong", "sub", "summary", "sup", "ul",
        )
    },
    "a": frozenset({"href"}),
    "abbr": frozenset({"title"}),
    "blockquote": frozenset({"data-post"}),
    "code": frozenset({"class"}),
    "ol": frozenset({"start"}),
    "p": frozenset({"class"}),
}  # fmt: skip
"""The elements of clean HTML, with the attributes of each."""
SCHEMES = frozenset({"http", "https", "mailto"})

LONG = 50_000
"""Characters of a body that is long."""
_CHARACTERS = re.compile("&[a-z]{2,5};")


def clean_html(fragment: str, base: str | None = None, topic: str = "") -> str:
    """Give the canonical form of saved HTML.

    `base` is the address of the page that it is from, if that is known. `topic` is the id of its thread: a quote that
    names a post by number keeps the number only if that post is in the same thread.
    """
    if not fragment:
        return ""
    html = _canonical(fragment, base, topic)
    kept = _allowed(html)
    # nh3 knows addresses that are none, such as `http://[`, and takes them away. Then the link has to go, too.
    return html if kept == html else _allowed(_canonical(kept, None, ""))


def _canonical(fragment: str, base: str | None, topic: str) -> str:
    return Cleaner(base, topic).html(list(tokens(fragment)))


def _allowed(html: str) -> str:
    """Remove what is not allowed."""
    # nh3 writes text in time that grows with the square of its length, if there are many `&` in it. They don't matter
    # to what is allowed.
    if len(html) > LONG:
        simple = _CHARACTERS.sub("+", html)
        if _gate()(simple) == simple:
            return html
    return _gate()(html)


@functools.cache
def _gate() -> Callable[[str], str]:
    """Make the function that removes what is not allowed."""
    import nh3  # slow to import, so only archives with HTML pay for it

    cleaner = nh3.Cleaner(
        tags=set(ALLOWED),
        clean_content_tags={"script", "style"},
        attributes={name: set(attributes) for name, attributes in ALLOWED.items() if attributes and name != "p"},
        tag_attribute_values={"p": {"class": {"heading", "who"}}},
        url_schemes=set(SCHEMES),
        url_relative="deny",
        link_rel=None,
    )
    return cleaner.clean
