"""The story at the top of a page of Hacker News, and how its pages write authors, times and texts.

Elements of a parsed page come in; a number, an author, a time, HTML go out. `hackernews_html` reads whole pages.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.dates import MONTHS
from generator.model import Author
from generator.readers.html_page import addresses, attribute, copy_without, inner_html, text_of

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

SOURCE = "hackernews"
ITEM = "https://news.ycombinator.com/item?id="

_AGE = re.compile(r"\b(?:[0-9]+ (?:second|minute|hour|day|month|year)s? ago|on [A-Z][a-z]{2,8} [0-9]{1,2}, [0-9]{4})\b")
_DAY = re.compile(r"on ([A-Z][a-z]{2,8}) ([0-9]{1,2}), ([0-9]{4})")
_GONE = re.compile(r"(?:\[(?:deleted|dead|flagged)\]\s*)+")
_WRAPPED = re.compile(r"</?(?:font|span)\b[^<>]*>")
"""Elements around a text that only say its colour."""
_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.[0-9]+)?(Z| [0-9]{9,11})?")


def link_to(address: str) -> str:
    """Give the HTML of a link that is all of a story: the readers of pages and of JSON write it alike."""
    return f'<p><a href="{html.escape(address)}">{html.escape(address)}</a></p>'


def read_author(node: LexborNode | None) -> Author | None:
    """Give who wrote something; None if nobody is named."""
    name = text_of(node.css_first('a.hnuser, a[href*="user?id="]')) if node is not None else ""
    return Author(SOURCE, name) if name else None


def read_time(node: LexborNode | None) -> tuple[str | None, str | None]:
    """Give the time, in ISO 8601 as far as it is said, and as the page says it."""
    if node is None:
        return None, None
    age = node.css_first(".age")
    said = _AGE.search(text_of(age or node))
    raw = said[0] if said else None
    if exact := _ISO.fullmatch(attribute(age, "title")):
        # The seconds since 1970, which are there since 2024, are what says that the zone is UTC.
        return exact[1] + ("Z" if exact[2] else ""), raw
    day = _DAY.fullmatch(raw or "")
    month = next((number for number, name in enumerate(MONTHS, 1) if day and name.startswith(day[1])), None)
    return (f"{day[3]}-{month:02}-{int(day[2]):02}" if day and month else None), raw


def story_id(page: LexborHTMLParser, top: LexborNode, text: str) -> str:
    """Give the number of the story of a page."""
    places = [
        attribute(top.css_first("tr.athing"), "id"),
        attribute(top.css_first("[id^=score_]"), "id").removeprefix("score_"),
        attribute(top.css_first("input[name=parent]"), "value"),
        *(attribute(link, "href").rpartition("item?id=")[2] for link in top.css('.subtext a[href*="item?id="]')),
        *(address.rpartition("item?id=")[2] for address in addresses(text, page)),
    ]
    return next((place for place in places if re.fullmatch("[0-9]{1,20}", place)), "")


def story_text(top: LexborNode) -> Iterator[str]:
    """Give the text that the story itself has, if it has one."""
    if (text := top.css_first(".toptext")) is not None:
        yield inner_html(text)
        return
    cells = top.css("td")
    after = next((at for at, cell in enumerate(cells) if "subtext" in attribute(cell, "class").split()), len(cells))
    for cell in cells[after + 1 :]:
        if not attribute(cell, "class") and text_of(cell) and cell.css_first("form, table, textarea") is None:
            yield inner_html(cell)
            return


def choices_of(top: LexborNode) -> Iterator[str]:
    """Give the choices of a poll, with their points, as a list."""
    points = [text_of(cell.css_first(".comhead")) for cell in top.css("td.default")]
    choices = [text_of(cell) for cell in top.css("td.comment")]
    if choices:
        items = (
            f"<li>{html.escape(choice)} ({html.escape(number)})</li>"
            for choice, number in zip(choices, points, strict=False)
        )
        yield f"<ul>{''.join(items)}</ul>"


def text_of_comment(comment: LexborNode) -> str:
    """Give the HTML of a comment; "" if it is gone."""
    # Where a page leaves paragraphs open, what follows the text is parsed as a part of it.
    comment = copy_without(comment, "div.reply, p > font[size]")
    said = comment.css_first(".commtext")
    if said is None and comment.css_first("font[color]") is None and _GONE.fullmatch(text_of(comment) + " "):
        return ""
    text = _WRAPPED.sub("", inner_html(said if said is not None else comment)).rstrip()
    if not text.endswith("</p>"):
        return text
    inner = text[:-4].rstrip()
    return inner[:-3].rstrip() if inner.endswith("<p>") else f"{inner}</p>"
