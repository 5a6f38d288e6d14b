"""Turn the HTML that Hypermail made of a plain mail back into that text. HTML comes in, text goes out, or nothing.

A mail that was HTML itself can't be told by text alone, so nothing goes out for it. One pass over the tags.
"""

from __future__ import annotations

import html
import re

from generator.readers.mail import mbox

_TAG = re.compile(r"(<[^<>]*>)")
_TAG_NAME = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*)")
_PLAIN_TAGS = frozenset(
    ("a", "address", "b", "body", "br", "dd", "dfn", "div", "dl", "dt", "em", "hr", "i", "li", "p", "pre", "span",
     "strong", "tt", "u", "ul")
)  # fmt: skip
_ATTACHMENT = re.compile(r"\s*([\w.+-]+/[\w.+-]+)\s+attachment:\s*(.*?)\s*", re.DOTALL)
_ADDRESS = re.compile(r"\bhref=[\"']?(https?:[^\"'\s>]*|ftp:[^\"'\s>]*)", re.IGNORECASE)
_SIGNS = {
    "br": "\x01", "p": "\x02", "/em": "\x03", "/span": "\x03", "/i": "\x03",
    "hr": "\x01", "dd": "\x01", "dt": "\x01", "li": "\x01", "pre": "\x01", "/pre": "\x01", "/ul": "\x01",
}  # fmt: skip
"""What stands for a tag until it is known how lines end around it."""
_LINE_ENDS = ((re.compile("\n?\x01\n?"), "\n"), (re.compile("\x02\n?"), "\n"), (re.compile("\n?\x03"), ""))
"""Hypermail writes each line, its tag, and a line end before or after the tag."""
_BLANK = re.compile(r"\A(?:[ \t]*\n)+")


def plain_text(body: str) -> str | None:
    """Give the text, without blank lines around it; None if the mail was not plain text."""
    pieces = _TAG.split(_without_comments(body))
    names = [found[1].lower() if (found := _TAG_NAME.match(tag)) else "" for tag in pieces[1::2]]
    if not _PLAIN_TAGS.issuperset([name.lstrip("/") for name in names if name]):
        return None
    text = _plain(pieces, names)
    for pattern, end in _LINE_ENDS:
        text = pattern.sub(end, text)
    text = html.unescape(text).replace("\xa0", " ")
    text = mbox.unescape(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
    return _BLANK.sub("", text).rstrip(" \t\n")


def _without_comments(text: str) -> str:
    """Leave out comments; one that does not end is text."""
    parts: list[str] = []
    done = 0
    while (start := text.find("<!--", done)) >= 0 and (end := text.find("-->", start)) >= 0:
        parts.append(text[done:start])
        done = end + 3
    return "".join((*parts, text[done:]))


def _plain(pieces: list[str], names: list[str]) -> str:
    """Put the text between tags together, with signs for what ends lines; `names` are those of the tags."""
    parts = [pieces[0]]
    address, linked, item = "", 0, 0
    for name, tag, text in zip(names, pieces[1::2], pieces[2::2], strict=True):
        if name == "a":
            found = _ADDRESS.search(tag)
            address, linked = found[1] if found else "", len(parts)
        elif name == "/a" and address:
            shown = "".join(parts[linked:]).strip()
            if shown.rstrip("/") != address.rstrip("/"):
                parts.append(f" &lt;{address}&gt;" if shown and shown not in address else "")
            address = ""
        elif name in ("/li", "/ul") and item:
            if held := _ATTACHMENT.fullmatch("".join(parts[item:]).strip("\x01")):
                parts[item:] = [f"\x01[attachment: {held[2]}, {held[1]}]"]
            item = 0
        elif name == "li":
            while parts and not parts[-1].strip("\x01 \n"):
                parts.pop()
            parts.append("\x01")
            item = len(parts)
        parts += _SIGNS.get(name, ""), text
    return "".join(parts)
