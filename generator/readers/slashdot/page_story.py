"""The story of a Slashdot page: its number, title, author, department, time, text and tags.

A parsed page and the addresses it may be from come in, a `Story` goes out. What a page doesn't say is None or empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus, urljoin

import msgspec

from generator.model import Author
from generator.readers.html_page import attribute, inner_html, text_of
from generator.readers.slashdot.header import read_when
from generator.readers.slashdot.starts import SOURCE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

DIGITS = 10
"""The number of a story has leading zeros in the text save, up to so many digits."""

_FHID = re.compile(r"(?:firehose|title|details|fhbody|text|fhtime)-([0-9]{1,20})")
_SID = re.compile(
    r"\bsid=([0-9]{1,20}|[0-9]{2}(?:/|%2[Ff])[0-9]{2}(?:/|%2[Ff])[0-9]{2}(?:/|%2[Ff])[0-9]{1,10})(?![0-9/%])"
)
_STORY_PATH = re.compile(r"^(?:https?:)?//(?:[a-z0-9-]+\.)*slashdot\.org(?::\d+)?/story/[0-9/]+(?:[a-z0-9-]+)?", re.I)
_BY = re.compile(r"(?:[Pp]osted|[Ww]ritten)\s+by\s+(.+?)\s*(?=\bon\s+\w+day\b|\bat\s+\d|\bfrom the\b|@|$)")
_WHEN = re.compile(r"\bon\s+(\w+day,?\s+\w[^()|]{5,40}?[AaPp]\.?[Mm]\b)")
_DEPARTMENT = re.compile(r"\bfrom the\s+(\S.{0,300}?)\s+dept\b")
_TAG = re.compile(r"(?:/tags?/|[?&]fhfilter=)([^/?&#\"]{1,80})")
_TITLE = re.compile(r"^\s*(?:Slashdot\s*\|\s*)?(.*?)\s*(?:-\s*Slashdot\s*)?$", re.DOTALL)
_STORIES = "article[data-fhid], [id^=firehose-][class*=fhitem]"
_OLD_STORIES = "div.article, div.generalbody"


class Story(msgspec.Struct, frozen=True):
    """What a page says of its story."""

    id: str = ""
    """As in the text save; "" if the page doesn't say it."""
    title: str = ""
    author: Author | None = None
    department: str | None = None
    posted: str | None = None
    posted_raw: str | None = None
    body: str = ""
    url: str | None = None
    tags: tuple[str, ...] = ()


def count_stories(page: LexborHTMLParser) -> int:
    """Count the stories on a page: lists of stories have several."""
    stories = page.css("article[data-fhtype=story]") or page.css("article.fhitem-story") or page.css(_STORIES)
    return len({story.mem_id for story in stories or page.css(_OLD_STORIES)})


def discussion(texts: Iterable[str]) -> str:
    """Give the number of the discussion in some addresses: the only name of a thread that pages before 2006 give."""
    for text in texts:
        if sid := _SID.search(text):
            return unquote_plus(sid[1]).replace("/", "-")
    return ""


def read_story(page: LexborHTMLParser, addresses: Iterable[str]) -> Story:
    """Read the story of a page."""
    article = page.css_first("article[data-fhtype=story]") or page.css_first(_STORIES) or page.css_first(_OLD_STORIES)
    title = _title(page, article)
    links = [] if article is None else [attribute(link, "href") for link in article.css("h2 a, h3 a, .story-title a")]
    url = next((path[0] for address in [*links, *addresses] if (path := _STORY_PATH.match(address))), None)
    url = urljoin("https://slashdot.org/", url) if url else None
    if article is None:
        return _story_in_cells(page, title, url)
    said = text_of(article.css_first(".story-byline") or article.css_first(".details"))
    story = _story_of(said.replace(text_of(article.css_first("time")) or "\0", "@", 1), title, url, _body(article))
    posted, posted_raw = _when(article)
    return msgspec.structs.replace(
        story,
        id=_number(article),
        department=text_of(article.css_first(".dept-text")) or story.department,
        posted=posted if posted_raw else story.posted,
        posted_raw=posted_raw or story.posted_raw,
        tags=tuple(dict.fromkeys(_tags(article))),
    )


def _story_of(said: str, title: str, url: str | None, body: str) -> Story:
    """Read ``Posted by emil on DATE from the tea-first dept.``; an ``@`` may stand for the date."""
    by, when, department = _BY.search(said), _WHEN.search(said), _DEPARTMENT.search(said)
    return Story(
        title=title,
        author=Author(SOURCE, by[1]) if by else None,
        department=department[1] if department else None,
        posted=read_when(when[1]) if when else None,
        posted_raw=when[1] if when else None,
        body=body,
        url=url,
    )


def _story_in_cells(page: LexborHTMLParser, title: str, url: str | None) -> Story:
    """Read the story of a page of before 2006, where its text is in the cell after the one that says who posted it."""
    said = None
    for cell in page.css("td"):
        if len(cell.css("td")) > 1:
            continue
        text = text_of(cell)
        if said is not None and text:
            return _story_of(said, title, url, inner_html(cell))
        if said is None and text.lower().startswith("posted by ") and _WHEN.search(text):
            said = text
    return Story(title=title, url=url)


def _number(article: LexborNode) -> str:
    """Give the number of the story as the text save has it."""
    number = attribute(article, "data-fhid")
    if not re.fullmatch("[0-9]{1,20}", number):
        ids = (_FHID.fullmatch(node.id or "") for node in [article, *article.css("[id]")])
        number = next((match[1] for match in ids if match), "")
    return number.zfill(DIGITS) if number else ""


def _title(page: LexborHTMLParser, article: LexborNode | None) -> str:
    """Give the title: the link in the heading, without its section and without the link to the site of the story."""
    named = _TITLE.match(text_of(page.css_first("title")))
    title = named[1] if named else ""
    heading = (
        (article.css_first(".story-title") or article.css_first("h2, h3, .title")) if article is not None else None
    )
    link = heading.css_first('a[href*="/story/"], a[href*="article.pl"]') if heading is not None else None
    shown = text_of(link) or text_of(heading)
    return title if not shown or (title and shown.endswith(f": {title}")) else shown


def _when(article: LexborNode) -> tuple[str | None, str | None]:
    """Give the time, in ISO 8601 if all of a date is there, and as in the text save: without the word before it."""
    time = article.css_first("time")
    for text in (text_of(time), attribute(time, "datetime")):
        if text:
            raw = text.removeprefix("on ").strip()
            return read_when(raw), raw
    return None, None


def _body(article: LexborNode) -> str:
    """Give the HTML of the story."""
    texts = [node for node in article.css("[id^=text-]") if (node.id or "")[5:].isdigit()]
    if not texts:
        texts = article.css("div.intro, div.full") or article.css("div.body")[:1]
    return "\n".join(filter(None, (inner_html(node) for node in texts)))


def _tags(article: LexborNode) -> Iterable[str]:
    for link in article.css('a[href*="/tag"], a[rel~=tag], .topic a[href*="fhfilter="]'):
        if tag := _TAG.search(attribute(link, "href")):
            yield " ".join(unquote_plus(tag[1]).strip('"').split()).lower()
