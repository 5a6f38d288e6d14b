"""Saved HTML to tags and text: any text comes in, a flat list of `Tag` and `str` comes out, in linear time.

Whatever browsers and sites wrote is read as a browser would read it, as far as its tags go: attributes in any quotes or
none, comments, declarations, elements that hold raw text. Nothing is nested here, no name is judged, and nothing that
comes out may be written to a page as it is.

A general HTML parser does not do for this: the time that html5ever (in nh3) takes grows with the square of the depth,
100,000 nested lists are five minutes. So depth is limited first, by `blocks`, and nh3 reads what that wrote.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

_TAG = re.compile(
    r"<(/?)([A-Za-z][^\s/>]*+)"
    # A quotation mark counts only where a value starts.
    r"((?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+'|(?=[^\s>\"'])[^\s>]++)?+)*+)>"
)
_NAME = re.compile("</?[A-Za-z]")
_COMMENT = re.compile("<(?:[!?]|/[^A-Za-z])")
_ATTRIBUTE = re.compile(r"([^\s/>=][^\s/>=]*+)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]++)))?+")
_TEXT_CHARACTER = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9A-Fa-f]++;?|[A-Za-z][A-Za-z0-9]{1,31};?)")
_ATTRIBUTE_CHARACTER = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9A-Fa-f]++;?|[A-Za-z][A-Za-z0-9]{1,31};)")
"""In addresses, `&copy=1` is no copyright sign."""
_SURROGATE = re.compile("[\ud800-\udfff]")

RAW = frozenset(
    {"script", "style", "textarea", "title", "noembed", "noframes", "noscript", "iframe", "xmp", "plaintext"}
)
"""Elements whose content is text, whatever it looks like."""
_SHOWN = frozenset({"xmp", "plaintext"})
"""Those of them whose text a browser shows."""


class Tag(NamedTuple):
    """A start tag or an end tag."""

    name: str
    """In lower case."""
    ends: bool
    """Whether it is an end tag."""
    text: str = ""
    """Its attributes, as written."""

    def attributes(self) -> dict[str, str]:
        """Read the attributes, names in lower case; if one is there twice, the first counts."""
        values: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(self.text) if self.text else ():
            name = match[1].lower()
            if name not in values:
                values[name] = _characters(match[2] or match[3] or match[4] or "", _ATTRIBUTE_CHARACTER)
        return values


def tokens(text: str) -> Iterator[Tag | str]:
    """Yield the tags and the text of saved HTML; in text, character references are replaced already.

    What stands between tags that hold no text of the page, such as a script, is left out. An unclosed comment or script
    takes the rest with it, as in a browser. Of a tag that never ends, all is text.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _SURROGATE.sub("\ufffd", text.replace("\0", ""))
    at = 0
    while (start := text.find("<", at)) >= 0:
        if start > at:
            yield _characters(text[at:start], _TEXT_CHARACTER)
        match = _TAG.match(text, start)
        if match is None:
            shown, at = _no_tag(text, start)
            if shown:
                yield shown
            continue
        at = match.end()
        name = match[2].lower()
        yield Tag(name, bool(match[1]), match[3])
        if name in RAW and not match[1]:
            shown, at = _raw(text, at, name)
            if shown:
                yield shown
            yield Tag(name, True)
    if at < len(text):
        yield _characters(text[at:], _TEXT_CHARACTER)


def _no_tag(text: str, start: int) -> tuple[str, int]:
    """Read what a `<` starts that no tag follows: give what it shows, and where that ends."""
    if _COMMENT.match(text, start):
        return "", _comment_end(text, start)
    if not _NAME.match(text, start):
        return "<", start + 1
    # A tag that never ends. Trying again at the next `<` would be quadratic.
    return _characters(text[start:], _TEXT_CHARACTER), len(text)


def _comment_end(text: str, start: int) -> int:
    """Give the end of a comment, a declaration or a processing instruction."""
    if not text.startswith("<!--", start):
        return text.find(">", start) + 1 or len(text)
    if text.startswith((">", "->"), start + 4):
        return text.index(">", start) + 1
    end = text.find("-->", start + 4)
    return len(text) if end < 0 else end + 3


def _raw(text: str, at: int, name: str) -> tuple[str, int]:
    """Give the text that an element of raw text shows, and where the element ends."""
    end = None
    if name != "plaintext":  # nothing ends it
        end = re.compile(rf"</{name}(?=[\s/>])[^>]*+>?+", re.IGNORECASE).search(text, at)
    stop, after = (len(text), len(text)) if end is None else (end.start(), end.end())
    return (text[at:stop] if name in _SHOWN else ""), after


def _characters(text: str, pattern: re.Pattern[str]) -> str:
    """Replace character references."""
    return pattern.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    # The standard library's function fails on numbers of thousands of digits.
    return "\ufffd" if reference[0][1] == "#" and len(reference[0]) > 12 else html.unescape(reference[0])
