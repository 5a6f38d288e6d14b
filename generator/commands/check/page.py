"""Reads one page as a browser would: HTML text in, `PageContent` out.

The page is read by a parser of HTML5 (selectolax). What the theme's Content-Security-Policy would block (inline scripts
and styles, handlers) is a fault, since the page would not work. The parser gives no line numbers; they are searched for
in the text when something is wrong. Nothing is opened or requested here.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

import msgspec

from generator.commands.check.links import BLOCKED, OWN_RELS, Fault, FileLink, Use

_ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "xlink:href"})
_LOADED_RELS = frozenset({"stylesheet", "icon", "apple-touch-icon", "manifest", "preload", "modulepreload"})
_LOADING_TAGS = frozenset({"script", "img", "use", "image", "source", "video", "audio", "iframe", "embed", "track"})
_DATA_BLOCKS = frozenset({"application/ld+json", "application/json"})
"""Scripts that are data: they never run, so the policy does not block them."""
_INLINE = frozenset({"script", "style"})


class PageContent(msgspec.Struct, frozen=True):
    """What has to be checked of a page."""

    ids: tuple[str, ...]
    links: tuple[FileLink, ...]
    """In the order of the page, without lines."""
    faults: tuple[Fault, ...]
    canonical: str | None


class _Mark(NamedTuple):
    """A part of a start tag that has to be checked."""

    kind: Literal["id", "link", "canonical", "blocked"]
    text: str
    """The id, the address, or what is blocked."""
    use: Use = "follow"


def read_page(text: str) -> PageContent:
    """Read a page: its ids, its links in order, and what is wrong with it whatever other files hold."""
    from selectolax.lexbor import LexborHTMLParser

    marks: list[_Mark] = []
    for node in LexborHTMLParser(text).css("*"):
        values = node.attributes
        if values or node.tag in _INLINE:
            marks += _marks(str(node.tag), values)
    canonical = [mark.text for mark in marks if mark.kind == "canonical"]
    return PageContent(
        tuple(dict.fromkeys(mark.text for mark in marks if mark.kind == "id" and mark.text)),
        tuple(FileLink(0, mark.text, mark.use) for mark in marks if mark.kind == "link"),
        tuple(_faults(text, marks)),
        canonical[-1] if canonical else None,
    )


def link_lines(text: str, links: Sequence[FileLink]) -> list[int]:
    """Find the line of each link of a page; 0 if it is not in the text as it is."""
    lines = _lines(text)
    count = Counter[str]()
    result = []
    for link in links:
        result.append(_nth(lines["link", link.url], count[link.url]))
        count[link.url] += 1
    return result


def _marks(tag: str, values: Mapping[str, str | None]) -> Iterator[_Mark]:
    """Yield what has to be checked of a start tag with these attributes."""
    for name, given in values.items():
        value = given or ""
        if name == "id":
            yield _Mark("id", value)
        elif name in _ADDRESSES:
            yield from _address(tag, name, value.strip(" \t\n\r\f"), values)
        elif name == "style":
            yield _Mark("blocked", f"<{tag}> has an inline style")
        elif name.startswith("on"):
            yield _Mark("blocked", f"<{tag}> has an inline {name} handler")
    if tag == "style":
        yield _Mark("blocked", "an inline <style>")
    elif tag == "script" and "src" not in values and (values.get("type") or "").lower() not in _DATA_BLOCKS:
        yield _Mark("blocked", "an inline <script>")


def _address(tag: str, name: str, url: str, values: Mapping[str, str | None]) -> Iterator[_Mark]:
    rels = set((values.get("rel") or "").lower().split()) if tag == "link" else set()
    if "canonical" in rels:
        yield _Mark("canonical", url)
    if tag in _LOADING_TAGS or rels & _LOADED_RELS or name == "poster":
        yield _Mark("link", url, "load")
    else:
        yield _Mark("link", url, "own" if rels & OWN_RELS else "follow")


def _faults(text: str, marks: Sequence[_Mark]) -> Iterator[Fault]:
    """Yield what is wrong with a page: ids that are empty or used twice, and whatever is blocked."""
    count = Counter[tuple[str, str]]()
    lines: Mapping[tuple[str, str], list[int]] | None = None
    for mark in marks:
        key = (mark.kind, mark.text)
        number = count[key]
        count[key] += 1
        if mark.kind not in ("id", "blocked") or (mark.kind == "id" and mark.text and not number):
            continue
        lines = _lines(text) if lines is None else lines
        line = _nth(lines[key], number)
        if mark.kind == "blocked":
            yield Fault(line, mark.text, BLOCKED)
        else:
            first = _nth(lines[key], 0)
            message = f'the id "{mark.text}" again, first on line {first}' if mark.text else "an empty id"
            yield Fault(line, message, "give every element of a page an id of its own")


_ATTRIBUTES = r"""(?:[^>"']|"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))*+"""
_TAG = re.compile(
    rf"""<!--.*?(?:-->|\Z)
    | <(?P<raw>iframe|noembed|noframes|script|style|textarea|title|xmp)(?=[\s/>])
       (?P<of_raw>{_ATTRIBUTES})(?:>|\Z).*?(?:</(?P=raw)|\Z)
    | <(?P<tag>[A-Za-z][^\s/>]*+)(?P<attributes>{_ATTRIBUTES})(?:>|\Z)""",
    re.X | re.S | re.I,
)
"""A comment, an element whose text holds no tags, or any start tag."""
_ATTRIBUTE = re.compile(r"""([^\s/>"'=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")


def _lines(text: str) -> Mapping[tuple[str, str], list[int]]:
    """Find the lines of everything that has to be checked on a page, by kind and text."""
    lines: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    line, at = 1, 0
    for match in _TAG.finditer(text):
        line, at = line + text.count("\n", at, match.start()), match.start()
        tag = (match["raw"] or match["tag"] or "").lower()
        values: dict[str, str | None] = {}
        for name, *forms in _ATTRIBUTE.findall(match["of_raw"] or match["attributes"] or ""):
            values.setdefault(name.lower(), html.unescape("".join(forms)))
        for mark in _marks(tag, values) if tag else ():
            lines[mark.kind, mark.text].append(line)
    return lines


def _nth(lines: Sequence[int], number: int) -> int:
    """Give line `number`, counted from 0; the last if a browser repeats what the text has once; 0 if there is none."""
    return lines[min(number, len(lines) - 1)] if lines else 0
