"""Reads files other than pages: the text of a style sheet, a script, of JSON or of XML in, its links and faults out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

import msgspec

from generator.commands.check.links import OWN_RELS, Fault, FileLink

_CSS = re.compile(r"""/\*.*?(?:\*/|\Z)|(?:url\(\s*|@import\s+)["']?([^"')\s]+)""", re.S)
_POSTS = re.compile(r"threadpressPosts\((.*)\);\n?", re.S)
_BROKEN = "run `threadpress build` again"


def line_of(text: str, part: str) -> int:
    """Find the 1-based line where a part of a text first occurs; 0 if it is not there in this form."""
    at = text.find(part)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


def _read_css(text: str) -> tuple[list[FileLink], list[Fault]]:
    """Read what a style sheet loads."""
    addresses = (match for match in _CSS.finditer(text) if match[1])
    return [FileLink(text.count("\n", 0, match.start()) + 1, match[1], "load") for match in addresses], []


def _read_json(text: str) -> tuple[list[FileLink], list[Fault]]:
    """Read JSON; if it is a feed, give the addresses of this site in it."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return [], [Fault(error.lineno, f"this is not JSON: {error.msg}", _BROKEN)]
    return [FileLink(line_of(text, json.dumps(url)), url, "own") for url in _feed_urls(value)], []


def _read_js(text: str) -> tuple[list[FileLink], list[Fault]]:
    """Read where the list of a thread's posts says that each of them is; other scripts have no links."""
    match = _POSTS.fullmatch(text)
    if not match:
        return [], []
    try:
        pages = msgspec.json.decode(match[1], type=dict[str, str])
    except msgspec.DecodeError as error:
        return [], [Fault(0, f"this is no list of posts: {error}", _BROKEN)]
    lines = {page: line_of(text, json.dumps(page)) for page in pages}
    posts = ((page, post) for page, ids in pages.items() for post in ids.split())
    return [FileLink(lines[page], f"{page}#c{post}", "follow") for page, post in posts], []


def _feed_urls(value: object) -> Iterator[str]:
    if not isinstance(value, dict) or not str(value.get("version")).startswith("https://jsonfeed.org/"):
        return
    for each in (value, *value.get("items", ())):
        for key in ("home_page_url", "feed_url", "url"):
            if key in each:
                yield str(each[key])


def _read_xml(text: str) -> tuple[list[FileLink], list[Fault]]:
    """Read the `link`s of a feed and the `loc`s of a site map."""
    links: list[FileLink] = []
    parts: list[str] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        parts.clear()
        if tag == "link" and "href" in attributes:
            own = attributes.get("rel", "alternate") in OWN_RELS
            links.append(FileLink(parser.CurrentLineNumber, attributes["href"], "own" if own else "follow"))

    def end(tag: str) -> None:
        if tag == "loc":
            links.append(FileLink(parser.CurrentLineNumber, "".join(parts).strip(), "own"))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, parts.append
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        return links, [Fault(error.lineno, f"this is not XML: {expat.ErrorString(error.code)}", _BROKEN)]
    return links, []


DOCUMENTS: dict[str, Callable[[str], tuple[list[FileLink], list[Fault]]]] = {
    "css": _read_css,
    "js": _read_js,
    "json": _read_json,
    "xml": _read_xml,
}
"""How each kind of document is read, by the ending of its file; other kinds have no links."""
