"""The link list of a plain story (SPEC section 2.1): makes links of its ``[n]`` markers, or drops the markers."""

from __future__ import annotations

import re

from generator.markup import plain
from generator.markup.links import close_link, is_safe, link_urls, open_link
from generator.markup.text import escape
from generator.model import Link

_MARKER = re.compile(r"\[([0-9]{1,9})\]")
_LINK_END = re.compile(r" (?=(?:[.,;:!?)\]]|['’]s)(?:[\s.,;:!?)\]}\"'”’»]|\Z))")


def plain_story_html(body: str, links: tuple[Link, ...], dated: str | None) -> str:
    """Turn the body of a story into HTML, with each marker replaced by its link of the list."""
    urls = {link.n: link.url for link in reversed(links) if link.n is not None and is_safe(link.url)}
    if not urls or "[" not in body:
        return plain.plain_html_fast(body, dated)
    return plain.plain_html(body, lambda text: _link_markers(text, urls, dated))


def without_markers(body: str, links: tuple[Link, ...]) -> str:
    """Drop the markers of a link list, and the space before punctuation that ends the words of each."""
    listed = {str(link.n) for link in links}
    text = _MARKER.sub(lambda marker: "" if marker[1].lstrip("0") in listed else marker[0], body)
    return _LINK_END.sub("", text)


def _link_markers(text: str, urls: dict[int, str], dated: str | None) -> str:
    """Turn the markers of a story's paragraph, or the words after them, into links."""
    markers = list(_MARKER.finditer(text))
    starts = [marker.start() for marker in markers] + [len(text)]
    parts = [link_urls(text[: starts[0]], dated)]
    for marker, end in zip(markers, starts[1:], strict=True):
        url = urls.get(int(marker[1]))
        after = text[marker.end() : end]
        if url is None:
            parts.append(marker[0] + link_urls(after, dated))
            continue
        words, rest = _split_link(after)
        parts.append(f"{open_link(url, dated)}{escape(words or marker[0])}{close_link(url, dated)}")
        parts.append(link_urls(rest, dated))
    return "".join(parts)


def _split_link(after: str) -> tuple[str, str]:
    """Split what follows a marker into the link's words, "" if it is unclear where they end, and the rest.

    Linked words start right after the marker, so a marker with a space after it is a link by itself.
    """
    sign = _LINK_END.search(after)
    if sign is None or not after[: sign.start()] or after[0].isspace():
        return "", after
    return after[: sign.start()], after[sign.end() :]
