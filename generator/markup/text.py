"""Text on its way into HTML: escaped, and without characters that lie or that HTML forbids.

In comes saved text, out goes text for an element or an attribute. Forbidden are the control characters but for tab
and line feed, surrogates and noncharacters (HTML Standard, "Preprocessing the input stream"); liars are the bidi
embeddings, overrides and isolates (Unicode Annex 9), which make a text read otherwise than it stands. None of them is
dropped: all are shown. The marks LRM, RLM and ALM reorder nothing but their neighbours, and Hebrew and Arabic need
them: they stay. Nothing here knows about paragraphs, links or any other markup.
"""

from __future__ import annotations

import re
import unicodedata

CONTROLS = (
    "\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f"
    "\\u202a-\\u202e\\u2066-\\u2069"
    "\\ud800-\\udfff\\ufdd0-\\ufdef\\ufffe\\uffff"
    + "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(1, 17))
)
"""The characters that are shown instead of sent, as the inside of a regular expression's class.

`str.isprintable` is false for every one of them (and for some others), which makes it the cheap first question.
"""

_ASCII = bytes(range(0x20, 0x7F))
_SENT = _ASCII + b"\t\n"
"""Of ASCII, all that is not in `CONTROLS`."""

_CONTROL = re.compile(f"[{CONTROLS}]")


def is_shown(text: str) -> bool:
    """Say whether `str.isprintable`: of long texts, most of which are ASCII, three times as fast."""
    others = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return not others or others.decode("utf-8", "surrogatepass").isprintable()


def escape(text: str) -> str:
    """Escape text for the inside of an element, so that no character of it is markup and every one can be seen.

    Quotes stay as they are, so this will not do for an attribute: see `attribute`.
    """
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    others = text.encode("utf-8", "surrogatepass").translate(None, _SENT)
    if others:
        doubtful = others.decode("utf-8", "surrogatepass")
        if not doubtful.isprintable() and _CONTROL.search(doubtful):
            return _CONTROL.sub(_show, text)
    return text


def attribute(text: str) -> str:
    """Escape text for an attribute in double quotes."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def visible(text: str) -> str:
    """Put a visible sign in the place of each control character, where no element can stand (titles, attributes).

    The result is text, not HTML: it still has to be escaped.
    """
    return text if text.isprintable() else _CONTROL.sub(lambda match: _sign(ord(match[0])), text)


def _sign(code: int) -> str:
    """The picture of a control character that has one (Unicode block Control Pictures), else its number."""
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"[U+{code:04X}]"


def _show(match: re.Match[str]) -> str:
    code = ord(match[0])
    title = f"U+{code:04X} {unicodedata.name(match[0], '')}".rstrip()
    return f'<span class="control" title="{title}">{_sign(code)}</span>'
