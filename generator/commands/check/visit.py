"""One page as a browser meets it: HTML text in, `Visit` out; the links of other documents; and where links lead.

Nothing is opened or requested here: whether a target is there is for `check` to say. A page is read in one pass: by one
pattern where it is written plainly, as ours are, else by the standard library's parser. What the theme's
Content-Security-Policy would block (inline scripts and styles, handlers, anything loaded from another host) is a fault,
for the page would not work.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import unquote
from xml.parsers import expat

import msgspec

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FOLLOWED = ("http:", "https:", "mailto:")
"""Kinds of address a page may link to; all others are a trap or open another program."""
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "xlink:href"})
_LOADED_RELS = frozenset({"stylesheet", "icon", "apple-touch-icon", "manifest", "preload", "modulepreload"})
_LOADING_TAGS = frozenset({"script", "img", "use", "image", "source", "video", "audio", "iframe", "embed", "track"})
_OWN_RELS = frozenset({"canonical", "alternate", "self"})
_DATA_BLOCKS = frozenset({"application/ld+json", "application/json"})
"""Scripts that are data: never run, so no policy blocks them."""
_CSS = re.compile(r"""/\*.*?(?:\*/|\Z)|(?:url\(\s*|@import\s+)["']?([^"')\s]+)""", re.S)

BLOCKED = "move it into a file of the theme's static folder: the pages' Content-Security-Policy blocks it"
BROKEN = "run `threadpress build` again"
RELATIVE = "use a link relative to the page that ends in a real file name"


class Fault(msgspec.Struct, frozen=True):
    """Something wrong on a page, whatever other pages hold."""

    line: int
    message: str
    hint: str


class Link(msgspec.Struct, frozen=True):
    """An address on a page."""

    line: int
    url: str
    use: Literal["follow", "load", "own"]
    """`load`: the browser fetches it with the page; `own`: it names this site by its full address (canonical)."""


class Visit(msgspec.Struct, frozen=True):
    """What a page offers and asks for."""

    ids: tuple[str, ...]
    links: tuple[Link, ...]
    faults: tuple[Fault, ...]
    canonical: str | None


class Goal(msgspec.Struct, frozen=True):
    """A place inside the site."""

    path: str
    fragment: str


class _Found:
    """Collects what `visit` returns, tag by tag."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.links: list[Link] = []
        self.faults: list[Fault] = []
        self.canonical: str | None = None

    def take(self, tag: str, values: dict[str, str], line: int) -> None:
        """Take note of a start tag."""
        for name, value in values.items():
            if name == "id":
                self._meet(value, line)
            elif name in _ADDRESSES:
                self._follow(tag, name, value.strip(" \t\n\r\f"), values, line)
            elif name == "style":
                self.faults.append(Fault(line, f"<{tag}> has an inline style", BLOCKED))
            elif name.startswith("on"):
                self.faults.append(Fault(line, f"<{tag}> has an inline {name} handler", BLOCKED))
        if tag == "style":
            self.faults.append(Fault(line, "an inline <style>", BLOCKED))
        elif tag == "script" and "src" not in values and values.get("type", "").lower() not in _DATA_BLOCKS:
            self.faults.append(Fault(line, "an inline <script>", BLOCKED))

    def _meet(self, value: str, line: int) -> None:
        if value and value not in self.ids:
            self.ids[value] = line
            return
        message = f'the id "{value}" again, first on line {self.ids[value]}' if value else "an empty id"
        self.faults.append(Fault(line, message, "give every element of a page an id of its own"))

    def _follow(self, tag: str, name: str, url: str, values: dict[str, str], line: int) -> None:
        rels = set(values.get("rel", "").lower().split()) if tag == "link" else set()
        if "canonical" in rels:
            self.canonical = url
        if tag in _LOADING_TAGS or rels & _LOADED_RELS or name == "poster":
            self.links.append(Link(line, url, "load"))
        else:
            self.links.append(Link(line, url, "own" if rels & _OWN_RELS else "follow"))

    @property
    def visit(self) -> Visit:
        return Visit(tuple(self.ids), tuple(self.links), tuple(self.faults), self.canonical)


class _Parser(HTMLParser):
    """Reads any page, by the standard library."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found = _Found()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values: dict[str, str] = {}
        for name, value in attrs:
            values.setdefault(name, value or "")
        self.found.take(tag, values, self.getpos()[0])


def visit(text: str) -> Visit:
    """Read a page: its ids, its links in order, and what is wrong with it by itself."""
    return visit_plain(text) or visit_any(text)


def visit_any(text: str) -> Visit:
    """Read any page, as `visit` says."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    return parser.found.visit


_SPACE = r"[ \t\n\r\f]"
_TAG = re.compile(
    rf"""<(?:
        /(?P<end>[A-Za-z][A-Za-z0-9]*+){_SPACE}*+>
      | (?P<tag>[A-Za-z][A-Za-z0-9]*+)
        (?P<attributes>(?:{_SPACE}++[A-Za-z][A-Za-z0-9:-]*+(?:="[^"]*+")?+)*+){_SPACE}*+/?>
      | !doctype\ html>
    )?""",
    re.X | re.I,
)
"""Tags as nearly all pages have them: names, and values in double quotes. Of any other only `<` matches."""
_ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z0-9:-]*+)(?:=\"([^\"]*+)\")?+")
_RAW = frozenset(
    {"iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp"}
)
"""Elements in which a tag may be text."""


def visit_plain(text: str) -> Visit | None:
    """Read a page that is written plainly, five times as fast as any parser of ours; None if it is not."""
    found = _Found()
    line, at, raw = 1, 0, ""
    for match in _TAG.finditer(text):
        end, tag, attributes = match.groups()
        if raw and (end or "").lower() != raw:
            return None
        raw = ""
        if tag is None:
            if end is None and match.end() - match.start() == 1:
                return None
            continue
        tag = tag.lower()
        if tag in _RAW:
            raw = tag
        elif not attributes:
            continue
        line += text.count("\n", at, match.start())
        at = match.start()
        values: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(attributes):
            values.setdefault(name.lower(), html.unescape(value) if "&" in value else value)
        found.take(tag, values, line)
    return None if raw else found.visit


def follow(link: Link, page: str, site_url: str) -> Goal | Fault | None:
    """Say where a link on `page` leads: a place in the site, None for one outside (not looked at), or what is wrong.

    `page` is the path of the page in the site. `site_url`, where known, ends in a slash; 404.html is served at any
    depth, so there alone links start with its path (or with "/"), and relative ones are wrong.
    """
    url = link.url
    if link.use == "own" and site_url and url.startswith(site_url):
        return _inside(link, [], url.removeprefix(site_url) or "index.html")
    scheme = _SCHEME.match(url)
    if scheme or url.startswith("//"):
        if link.use == "load":
            return Fault(link.line, f"loads {url} from another place", BLOCKED)
        if link.use == "own":
            expected = f"does not start with {site_url}" if site_url else "is no relative address"
            return Fault(link.line, f"{url} {expected}", "run `threadpress build` with the right site_url")
        if scheme and scheme[0].lower() in _FOLLOWED:
            return None
        return Fault(link.line, f"links to {url}", "link to http, https and mailto addresses only")
    if url.startswith(("#", "?")) or not url:
        return Goal(page, _fragment(url))
    if page == "404.html":
        base = base_path(site_url)
        if not url.startswith(base):
            message = f"links to {url}, which does not start with {base}"
            return Fault(
                link.line, message, "start the links of 404.html with the site's path: it is served at any depth"
            )
        return _inside(link, [], url.removeprefix(base))
    if url.startswith("/"):
        return Fault(link.line, f"links to {url}, from the root of the host", RELATIVE)
    return _inside(link, page.split("/")[:-1], url)


def base_path(site_url: str) -> str:
    """Give the path that a site stands at on its host, "/" or "/repo/"."""
    return "/" + site_url.partition("://")[2].partition("/")[2]


def _inside(link: Link, folder: list[str], url: str) -> Goal | Fault:
    """Walk from a folder of the site along a relative address."""
    path = url.partition("#")[0].partition("?")[0]
    steps = path.split("/")
    if steps[-1] in ("", ".", ".."):
        hint = "name the file itself, as in index.html: a folder is no page when read from disk"
        return Fault(link.line, f"links to {link.url}, which names a folder", hint)
    at = list(folder)
    for step in steps:
        if step == "..":
            if not at:
                return Fault(link.line, f"links to {link.url}, which leaves the site", RELATIVE)
            at.pop()
        elif step != ".":
            at.append(unquote(step, errors="surrogateescape"))
    return Goal("/".join(at), _fragment(url))


def _fragment(url: str) -> str:
    return unquote(url.partition("#")[2])


def line_of(text: str, part: str) -> int:
    """Find the 1-based line where a part of a text first stands; 0 if it is written otherwise."""
    at = text.find(part)
    return text.count("\n", 0, at) + 1 if at >= 0 else 0


def _read_css(text: str) -> tuple[list[Link], list[Fault]]:
    """Read what a style sheet loads."""
    found = (match for match in _CSS.finditer(text) if match[1])
    return [Link(text.count("\n", 0, match.start()) + 1, match[1], "load") for match in found], []


def _read_json(text: str) -> tuple[list[Link], list[Fault]]:
    """Read JSON, and if it is a feed, what of this site it names."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return [], [Fault(error.lineno, f"this is not JSON: {error.msg}", BROKEN)]
    return [Link(line_of(text, json.dumps(url)), url, "own") for url in _feed_urls(value)], []


def _feed_urls(value: object) -> Iterator[str]:
    if not isinstance(value, dict) or not str(value.get("version")).startswith("https://jsonfeed.org/"):
        return
    for each in (value, *value.get("items", ())):
        for key in ("home_page_url", "feed_url", "url"):
            if key in each:
                yield str(each[key])


def _read_xml(text: str) -> tuple[list[Link], list[Fault]]:
    """Read what a feed's `link`s and a site map's `loc`s name."""
    links: list[Link] = []
    parts: list[str] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        parts.clear()
        if tag == "link" and "href" in attributes:
            own = attributes.get("rel", "alternate") in _OWN_RELS
            links.append(Link(parser.CurrentLineNumber, attributes["href"], "own" if own else "follow"))

    def end(tag: str) -> None:
        if tag == "loc":
            links.append(Link(parser.CurrentLineNumber, "".join(parts).strip(), "own"))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, parts.append
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        return links, [Fault(error.lineno, f"this is not XML: {expat.ErrorString(error.code)}", BROKEN)]
    return links, []


DOCUMENTS: dict[str, Callable[[str], tuple[list[Link], list[Fault]]]] = {
    "css": _read_css,
    "json": _read_json,
    "xml": _read_xml,
}
"""How documents other than pages are read, by the end of their name; further kinds hold no links."""
