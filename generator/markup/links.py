"""Links in saved text: which addresses may be linked to, how a link is written, and where bare URLs are.

Addresses and text come in; HTML made of `a` elements and escaped text goes out. An address that is not on the
allow-list never becomes a link, here or anywhere else. Nothing is looked up: a dated link says where a web archive
would have the page, not that it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from markupsafe import Markup as SafeHtml

from generator.markup.text import CONTROLS, attribute, escape

REL = "nofollow ugc noopener noreferrer"
"""On every link that a user wrote."""

_ALLOWED = re.compile(r"(?:https?://[^/?#\\]|mailto:[^?])", re.IGNORECASE)
_SCHEME = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_LINE_ENDS = str.maketrans("", "", "\t\n\r")
_CONTROLS_AND_SPACE = "".join(map(chr, range(0x21)))
_UNSAFE = re.compile(f"[\\s{CONTROLS}]")

_URL = re.compile(
    r"(?<![A-Za-z0-9])[Hh][Tt][Tt][Pp][Ss]?://"
    # ASCII has a class of its own, which is found ten times as fast.
    f"(?:[!#-;=?-_a-~]+|[^\\x00-\\x7f\\s“”„«»，。、；：！？（）「」『』【】{CONTROLS}]+)++"
)
_TRAILING = frozenset(".,;:!?'’…*_~")
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_DOUBTFUL = _TRAILING.union(_BRACKETS)


def is_safe(url: str) -> bool:
    """Say whether an address may be linked to: http and https with a host, mailto, no space or control character in it.

    An allow-list, because browsers know more schemes than any list of bad ones. Addresses relative to the page would
    point into the archive, and ``//host`` to nowhere on a disk, so they are not allowed either.
    """
    return _ALLOWED.match(url) is not None and (url.isprintable() or not _UNSAFE.search(url)) and " " not in url


def absolute(url: str, base: str | None) -> str | None:
    """Give an address of a saved page as it may be linked to: whole, or None if it can't be made so.

    `base` is the page's own address, if that is known. A link to a place in the page leads nowhere once its text stands
    elsewhere. Spaces at the ends and line ends are no part of an address, as in a browser.
    """
    url = url.translate(_LINE_ENDS).strip(_CONTROLS_AND_SPACE)
    if not url or url[0] == "#":
        return None
    if not _SCHEME.match(url):
        try:
            url = urljoin(base or "https:", url) if base or url.startswith("//") else ""
        except ValueError:  # a host in brackets that is no address
            return None
    url = url.replace(" ", "%20")
    return url if is_safe(url) else None


def archived(url: str, dated: str) -> str:
    """Give the address at which the Web Archive would show `url` near the day `dated` (``YYYYMMDD``)."""
    return f"https://web.archive.org/web/{dated}/{url}"


def open_link(url: str, dated: str | None, title: str = "") -> str:
    """Write the start tag of a link to an allowed address.

    With `dated`, links to the web carry the attributes of Robust Links (robustlinks.mementoweb.org): the address as
    it was written and the day on which it was. Calling this with an address that is not allowed is a bug.
    """
    if not is_safe(url):
        raise ValueError(f"{url!r} may not be linked to")
    return _open_link(url, attribute(url), dated, title)


def _open_link(url: str, href: str, dated: str | None, title: str = "") -> str:
    robust = ""
    if dated is not None and _on_web(url):
        robust = f' data-originalurl="{href}" data-versiondate="{dated[:4]}-{dated[4:6]}-{dated[6:]}"'
    named = f' title="{attribute(title)}"' if title else ""
    return f'<a href="{href}" rel="{REL}"{robust}{named}>'


def close_link(url: str, dated: str | None) -> str:
    """Write the end tag of a link and, with `dated`, the small dated link that follows it."""
    if dated is None or not _on_web(url):
        return "</a>"
    year = dated[:4]
    return (
        f'</a> <a class="dated" href="{attribute(archived(url, dated))}" rel="{REL}"'
        f' aria-label="{year}: the same address in the Web Archive, if it was kept">{year}</a>'
    )


def link_urls(text: str, dated: str | None) -> str:
    """Escape text and turn the bare http(s) URLs in it into links. Linear in the length of the text."""
    if "/" not in text or "://" not in text:  # one character is found ten times as fast
        return escape(text)
    parts: list[str] = []
    at = 0
    for start, url in _bare_urls(text):
        href = attribute(url)  # it has no quotation mark, so the same string can be the text
        parts += (escape(text[at:start]), _open_link(url, href, dated), href, close_link(url, dated))
        at = start + len(url)
    parts.append(escape(text[at:]))
    return "".join(parts)


def line_html(text: str) -> SafeHtml:
    """Escape a line that the keeper of the archive wrote, and link the bare http(s) URLs in it."""
    parts: list[str] = []
    at = 0
    for start, url in _bare_urls(text):
        href = attribute(url)
        parts += (escape(text[at:start]), f'<a href="{href}" rel="noopener noreferrer">{href}</a>')
        at = start + len(url)
    parts.append(escape(text[at:]))
    return SafeHtml("".join(parts))


def _bare_urls(text: str) -> Iterator[tuple[int, str]]:
    # Find each "://" first: a search by regular expression for what is before it takes ten times as long. The character
    # after a URL can't begin another one, so no URL is found twice.
    at = text.find("://")
    while at >= 0:
        match = _URL.match(text, max(at - 5, 0)) or _URL.match(text, max(at - 4, 0))
        if match is None:
            at += 3
        else:
            url = _trim(match[0])
            if is_safe(url):
                yield match.start(), url
            at = match.end()
        at = text.find("://", at)


def _trim(url: str) -> str:
    """Drop what belongs to the sentence, not to the URL: punctuation, and closing brackets that were opened before it.

    ``https://en.wikipedia.org/wiki/Mercury_(planet)`` keeps its bracket, ``(see https://example.org/)`` loses it.
    Brackets are counted once and the counts are kept up to date: counting again at each step would be quadratic.
    """
    if url[-1] not in _DOUBTFUL:
        return url
    surplus = {close: url.count(close) - url.count(opening) for close, opening in _BRACKETS.items()}
    end = len(url)
    while end:
        last = url[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]


def _on_web(url: str) -> bool:
    return url[:4].lower() == "http"
