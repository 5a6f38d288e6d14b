"""Text for HTML: escaped, and with a visible sign for each character that HTML forbids or that deceives the reader.

Saved text comes in; text for an element or an attribute goes out. HTML forbids the control characters except tab and
line feed, surrogates and noncharacters (HTML Standard, "Preprocessing the input stream"). The bidi embeddings,
overrides and isolates (Unicode Annex 9) deceive: they show text in another order than it has. All of these are shown,
and none is dropped. The marks LRM, RLM and ALM only affect their neighbours, and Hebrew and Arabic need them, so they
stay. Nothing here knows about paragraphs, links or any other markup.
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
"""The characters that are replaced by a visible sign, as the inside of a regular expression's class.

`str.isprintable` is false for each of them (and for some others), so it makes a cheap first test.
"""

_ASCII = bytes(range(0x20, 0x7F))
_PLAIN_ASCII = _ASCII + b"\t\n"
"""The ASCII characters that are not in `CONTROLS`."""

_CONTROL = re.compile(f"[{CONTROLS}]")


def is_shown(text: str) -> bool:
    """Do what `str.isprintable` does, but three times as fast for long texts, which are mostly ASCII."""
    others = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return not others or others.decode("utf-8", "surrogatepass").isprintable()


def escape(text: str) -> str:
    """Escape text for the inside of an element, so that no character of it is markup and all can be seen.

    Quotation marks stay as they are, so this is not enough for an attribute: see `attribute`.
    """
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    others = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN_ASCII)
    if others:
        doubtful = others.decode("utf-8", "surrogatepass")
        if not doubtful.isprintable() and _CONTROL.search(doubtful):
            return _CONTROL.sub(_show, text)
    return text


def attribute(text: str) -> str:
    """Escape text for an attribute in double quotes."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def visible(text: str) -> str:
    """Replace each control character by a visible sign, for places that can't hold an element (titles, attributes).

    The result is text, not HTML: it still has to be escaped.
    """
    return text if text.isprintable() else _CONTROL.sub(lambda match: _sign(ord(match[0])), text)


def _sign(code: int) -> str:
    """Give the picture of a control character (Unicode block Control Pictures), or its number if it has none."""
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"[U+{code:04X}]"


def _show(match: re.Match[str]) -> str:
    code = ord(match[0])
    title = f"U+{code:04X} {unicodedata.name(match[0], '')}".rstrip()
    return f'<span class="control" title="{title}">{_sign(code)}</span>'
