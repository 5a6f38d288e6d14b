"""The texts that a reader of a page sees: HTML in, one text for each stretch that reads as one out.

Paragraphs, quotes and line breaks don't end a text, nor do elements inside a line. Any other element does, and so does
a class on a paragraph or block, which bodies don't have. Texts of attributes come by themselves, and so does what is in
scripts and comments. Addresses within the site are left out. This is no parser: any text may come in.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

from generator.model import REMOVED

_TAG = re.compile(r"<!--(.*?)-->|<(/?)([A-Za-z][A-Za-z0-9:-]*)((?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([A-Za-z:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*+)"')
_WITHIN = frozenset({"a", "abbr", "b", "bdi", "bdo", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q",
                     "s", "small", "span", "strong", "sub", "sup", "u", "wbr"})  # fmt: skip
_BLOCKS = frozenset({"blockquote", "hr", "p", "pre"})
_RAW = frozenset({"script", "style"})
_NO_TEXTS = frozenset({"aria-describedby", "aria-labelledby", "class", "for", "id", "name", "rel"})
_ADDRESSES = frozenset({"action", "cite", "href", "src"})
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")


def shown_texts(page: str) -> Iterator[tuple[int, str]]:
    """Yield the texts of a page, or of a piece of one, each with the offset where it starts."""
    parts: list[str] = []
    done = begin = 0
    for tag in _TAG.finditer(page):
        if tag.start() < done:
            continue
        parts.append(page[done : tag.start()])
        done = tag.end()
        comment, closing, name, rest = tag.groups()
        name = (name or "").lower()
        if comment is not None:
            yield tag.start(), comment
            continue
        if rest:
            yield from ((tag.start(), value) for value in _attributes(rest))
        if name in _WITHIN or (name in _BLOCKS and not rest.strip(" /")):
            if name not in _WITHIN or name in ("br", "wbr"):
                parts.append(" ")
            continue
        yield begin, html.unescape("".join(parts))
        parts = []
        if name in _RAW and not closing:
            end = page.find(f"</{name}", done)
            end = len(page) if end < 0 else end
            yield from ((done + at, text) for at, text in strings(page[done:end]))
            done = end
        begin = done
    yield begin, html.unescape("".join(parts) + page[done:])


def strings(data: str) -> Iterator[tuple[int, str]]:
    """Yield the strings of JSON, or of a script, each with the offset where it starts; then all else."""
    for string in _STRING.finditer(data):
        text = string[1]
        yield string.start(), _ESCAPE.sub(_unescaped, text) if "\\" in text else text
    yield 0, _STRING.sub(_gap, data)


_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\(.)", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _gap(string: re.Match[str]) -> str:
    """Keep what stands around a string apart."""
    return f'"{REMOVED}"' + "\n" * string[0].count("\n")


def _unescaped(escape: re.Match[str]) -> str:
    if escape[1] is not None:
        return _SHORT.get(escape[1], escape[1])
    units = bytes.fromhex(escape[0].replace("\\u", ""))
    return units.decode("utf-16-be", "replace")


def _attributes(tag: str) -> Iterator[str]:
    for attribute in _ATTRIBUTE.finditer(tag):
        name, value = attribute[1].lower(), html.unescape(attribute[2] or attribute[3] or "")
        if name in _NO_TEXTS:
            continue
        if name not in _ADDRESSES:
            yield value
        elif _SCHEME.match(value):
            yield unquote(value)
