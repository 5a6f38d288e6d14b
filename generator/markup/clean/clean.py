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
_BETWEEN = re.compile("</?p>")
_WRAPPED = re.compile(r'(?:<!-- SC_OFF -->)?<div class="md">(.*)</div>\s*+(?:<!-- SC_ON -->\s*+)?+', re.DOTALL)
"""What Reddit writes around each text."""
_LINE_END = re.compile("<br ?/?>")
_SPACES = re.compile("[ \t\n]+")
_PARAGRAPHS = re.compile(
    # Text without spaces of other kinds, and without signs of quotes.
    "(?:[^<>&\x00-\x08\x0b-\x1f\x7f\u00a0\u200b\u2060\ufeff\ud800-\udfff]++"
    f"|&(?:amp|lt|quot|#x27|#39|#x2F);|{_BETWEEN.pattern}|{_LINE_END.pattern})*+"
)
_CHARACTERS = re.compile("&[a-z]{2,5};")


def clean_html(fragment: str, base: str | None = None, topic: str = "") -> str:
    """Give the canonical form of saved HTML.

    `base` is the address of the page that it is from, if that is known. `topic` is the id of its thread: a quote that
    names a post by number keeps the number only if that post is in the same thread.
    """
    if not fragment:
        return ""
    html = paragraphs_fast(fragment)
    if html is not None:
        return html
    html = _canonical(fragment, base, topic)
    kept = _allowed(html)
    # nh3 knows addresses that are none, such as `http://[`, and takes them away. Then the link has to go, too.
    return html if kept == html else _allowed(_canonical(kept, None, ""))


def paragraphs_fast(fragment: str) -> str | None:
    """Do what `clean_html` does for HTML that is nothing but paragraphs and lines, as most posts are; else None.

    It takes a tenth of the time. No tags get through but the two it writes, so nh3 isn't asked. A property test holds
    the two together.
    """
    if fragment.startswith("<") and (wrapped := _WRAPPED.fullmatch(fragment)):
        fragment = wrapped[1]
    if not _PARAGRAPHS.fullmatch(fragment):
        return None
    text = _BETWEEN.sub("<", _LINE_END.sub(">", _SPACES.sub(" ", fragment)))
    if "&" in text:
        text = text.replace("&quot;", '"').replace("&#x27;", "'").replace("&#39;", "'").replace("&#x2F;", "/")
    parts: list[str] = []
    for paragraph in text.split("<"):
        if ">" not in paragraph:
            parts.append(paragraph.strip(" "))
        else:
            lines = ">".join([line.strip(" ") for line in paragraph.split(">")])
            parts += [block.strip(">").replace(">", "<br>") for block in lines.split(">>")]
    return "".join([f"<p>{part}</p>" for part in parts if part])


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
