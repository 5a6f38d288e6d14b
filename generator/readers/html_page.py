"""What readers of saved web pages share: bytes to text, text to a tree, and what a node says.

The bytes of a page come in; its text, its parsed tree, the text or the HTML of a node go out. Nothing here knows a
site, and nothing is cleaned: HTML goes out as it was saved, and `markup` decides what of it is shown.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING

from generator.errors import Problem
from generator.readers.decoding import as_utf8, decode

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

DEEPEST = 4_000
"""How deep elements may nest. No site nests its pages so deep, and the time to parse grows with the depth."""
_HEAD = 8_192
"""How many bytes are searched for what a page says of its encoding; comments of those who saved it may come first."""

_STARTS_PAGE = re.compile(rb"(?:\s|\xef\xbb\xbf)*+<[!?a-zA-Z]")
_CHARSET = re.compile(rb"""<meta\b[^>]{0,500}?\bcharset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"""\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_WESTERN = frozenset({"ascii", "iso8859-1", "cp1252"})
"""What browsers read as Windows-1252."""
_SEVEN_BITS = frozenset({"iso2022_jp", "hz"})
"""Encodings whose text looks like ASCII, and so like UTF-8."""
_OTHER_NAMES = {"gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc_kr": "cp949", "iso8859-9": "cp1254"}
"""Encodings which browsers read as a larger one."""

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)")
_NEVER_NESTED = (
    "area|base|br|col|embed|hr|img|input|link|meta|param|source|wbr|"  # hold nothing
    "script|style|textarea|title|iframe|noembed|noframes|xmp|"  # hold text
    "p|li|d[dt]|t[drh]|tbody|option"  # are closed by the next of their kind
)
_NESTING_TAG = re.compile(rf"<(/?)(?!(?:{_NEVER_NESTED})\b)[a-zA-Z]", re.IGNORECASE)
_NAME_NEVER_NESTED = re.compile(_NEVER_NESTED)

_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->", re.IGNORECASE)
_SINGLE_FILE = re.compile(r"<!--\s*Page saved with SingleFile\s+url:\s*(\S+)", re.IGNORECASE)


def starts_page(raw: bytes) -> bool:
    """Say whether bytes start as a web page does: with a tag, a comment or a doctype."""
    return _STARTS_PAGE.match(as_utf8(raw[:_HEAD])) is not None


def page_text(raw: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """Decode a page: by its BOM, as UTF-8 if it is that, by what it says of its encoding, else as Windows-1252.

    UTF-8 comes before what the page says, since programs that save pages convert them and leave the old name there.
    Line ends become LF. Bytes that mean nothing are U+FFFD; only a page that doesn't say its encoding warns of them.
    """
    named = _encoding(raw)
    if named is not None and (named in _SEVEN_BITS or not _is_utf_8(raw)):
        text = raw.decode(named, "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
        # The characters are known now, so that nothing can be wrong with the bytes.
        return decode(text.encode("utf-8", "replace"), path)
    if b"\0" in raw and not raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raw = raw.replace(b"\0", "\N{REPLACEMENT CHARACTER}".encode())
    return decode(raw, path)


def parse(text: str) -> LexborHTMLParser:
    """Parse a page. Elements that nest too deep are put beside each other; no text is lost by it."""
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(_flattened(text) if _may_be_deep(text) else text)


def text_of(node: LexborNode | None) -> str:
    """Give the text of a node on one line, white space folded; "" without a node."""
    return " ".join(node.text().split()) if node is not None else ""


def inner_html(node: LexborNode | None) -> str:
    """Give the HTML inside a node, without white space around it; "" without a node."""
    # `&#13;` is a line end that the parser keeps.
    return (node.inner_html or "").replace("\r", "\n").strip() if node is not None else ""


def copy_without(node: LexborNode, selector: str) -> LexborNode:
    """Give a copy of a node without some of what is in it.

    The page itself is never changed, since a node that was taken out of it must not be used any more.
    """
    if node.css_first(selector) is None:
        return node
    copy = node.clone()
    # A node that two parts of a selector match is found twice. The innermost nodes have to go first.
    for part in reversed({part.mem_id: part for part in copy.css(selector)}.values()):
        if part.mem_id != copy.mem_id:
            part.decompose()
    return copy


def mark_above(node: LexborNode, marks: dict[int, str]) -> str:
    """Give the mark of the nearest element around a node that has one; "" if none has.

    `marks` are by `mem_id`. The answer is noted there for all elements between, so that asking for every node of a page
    takes linear time: a selector such as ``ul li`` takes as many steps for each node as it is deep.
    """
    between: list[int] = []
    above = node.parent
    while above is not None and above.mem_id not in marks:
        between.append(above.mem_id)
        above = above.parent
    mark = marks[above.mem_id] if above is not None else ""
    marks.update(dict.fromkeys(between, mark))
    return mark


def attribute(node: LexborNode | None, name: str) -> str:
    """Give the value of an attribute, without white space around it; "" if there is none."""
    return (node.attributes.get(name) or "").strip() if node is not None else ""


def addresses(text: str, page: LexborHTMLParser) -> Iterator[str]:
    """Give the addresses that a page may be from, the surest first: programs that save pages write it in a comment."""
    for pattern in (_SINGLE_FILE, _SAVED_FROM):
        if noted := pattern.search(text, 0, _HEAD):
            yield noted[1]
    for selector, name in (("link[rel=canonical]", "href"), ('meta[property="og:url"]', "content")):
        if address := attribute(page.css_first(selector), name):
            yield address


def _encoding(raw: bytes) -> str | None:
    """Give Python's name for the encoding that a page without BOM says it has; None for UTF-8 and unknown ones."""
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return None
    named = _XML_ENCODING.match(raw, 0, _HEAD) or _CHARSET.search(raw, 0, _HEAD)
    if not named:
        return None
    try:
        name = codecs.lookup(named[1].decode()).name
        "".encode(name)  # codecs that don't make bytes of text are no encodings
    except LookupError:
        return None
    if name.startswith(("utf", "idna", "punycode", "unicode", "raw")):
        return None
    return "cp1252" if name in _WESTERN else _OTHER_NAMES.get(name, name)


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _may_be_deep(text: str) -> bool:
    """Say whether elements may nest deeper than `DEEPEST`. Counts the tags, since that is faster than parsing."""
    if text.count("<") - text.count("</") <= DEEPEST:
        return False
    depths = accumulate(-1 if slash else 1 for slash in _NESTING_TAG.findall(text))
    return max(depths, default=0) > DEEPEST


def _flattened(text: str) -> str:
    """Turn the tags of elements that nest too deep into `wbr`, which holds nothing."""
    stack: list[str] = []
    inside: Counter[str] = Counter()
    too_deep: Counter[str] = Counter()

    def judged(tag: re.Match[str]) -> str:
        slash, name = tag[1], tag[2].lower()
        if _NAME_NEVER_NESTED.fullmatch(name):
            return tag[0]
        if slash and too_deep[name]:
            too_deep[name] -= 1
            return "</wbr"
        if slash and inside[name]:
            while (last := stack.pop()) != name:
                inside[last] -= 1
            inside[name] -= 1
        elif not slash and len(stack) >= DEEPEST:
            too_deep[name] += 1
            return "<wbr"
        elif not slash:
            stack.append(name)
            inside[name] += 1
        return tag[0]

    return _TAG.sub(judged, text)
