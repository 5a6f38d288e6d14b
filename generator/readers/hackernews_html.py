"""An item page of Hacker News, saved from the browser: the markup of 2007 to now (SPEC section 2.3).

The bytes of a page come in, a `Reading` goes out: a story with its comments, or, from the page of a comment or one of
several pages of a thread, a part of one. Who answers whom is stated by how far comments are indented. Times that are
only said as an age stay as they are said. Comments that are gone keep their place. Lists of stories or of comments from
several threads are no saves, and the message says which page to save instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from generator.errors import Problem
from generator.model import Author, Post, Thread
from generator.readers.decoding import AWAY, as_utf8
from generator.readers.hackernews_story import (
    ITEM,
    SOURCE,
    choices_of,
    link_to,
    read_author,
    read_time,
    story_id,
    story_text,
    text_of_comment,
)
from generator.readers.html_page import attribute, mark_above, page_text, parse, starts_page, text_of
from generator.readers.reading import Reading, SavedThread

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

NAME = "hackernews-html"
ENDING = ".html"
PLAIN = False
EXPECTED = "<title>A Story | Hacker News</title>"

STEP = 40
"""How many pixels a reply is indented."""

_MARK = re.compile(
    rb"<title\b[^<>]{0,100}>(?:[^<]{0,2000}\|\s*)?(?:Hacker|Startup) News\s*</title>"
    rb"|<table\b[^<>]{0,300}\bid=[\"']?hnmain\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r"item\?id=([0-9]{1,20})")
_LATER_PAGE = r"item(?:\?id=|%3[Ff]id%3[Dd]){}(?:&amp;|&|%26)p(?:=|%3[Dd])[0-9]"
_POINTS = re.compile(r"(-?[0-9]{1,9}) points?\b")
_MARKED = re.compile(r"\[(dead|flagged)\]")
_NEAR = 12
"""How many elements are between the row of a comment and its text, at most."""
_SAVE = "open the thread itself (the link with the number of comments) and save that page"


class Row(msgspec.Struct):
    """A comment as the page shows it."""

    post: Post
    depth: int
    parent: str | None = None
    """Where the link "parent" leads; only pages of comments have it."""
    story: str | None = None
    """The thread that a link "on: TITLE" leads to."""
    title: str = ""


def sniff(raw: bytes) -> bool:
    """Say whether bytes are a page of the site, by its title or the mark of its outermost table."""
    return starts_page(raw) and _MARK.search(as_utf8(raw)) is not None


def read(raw: bytes, path: str) -> Reading:
    """Read a page: one thread."""
    text, problems = page_text(raw, path)
    page = parse(text)
    top = _top(page)
    rows = _rows(page, top)
    heading = _heading(top) if top is not None else None
    if len({row.story for row in rows if row.story}) > 1 or (len(page.css("td.subtext")) > 1 and not rows):
        what = "this page of Hacker News lists comments or stories of several threads"
        return Reading(problems=(*problems, Problem(path, 0, what, f"{_SAVE}, or {AWAY}")))
    if top is not None and heading is not None:
        saved = _thread(page, top, heading, rows, text)
    else:
        saved = _branch(top, rows)
    if saved is None:
        what = (
            "this page of Hacker News has no thread, perhaps since it was saved while the site asked for something else"
        )
        return Reading(problems=(*problems, Problem(path, 0, what, f"{_SAVE}, or {AWAY}")))
    return Reading((saved,), problems)


def _rows(page: LexborHTMLParser, top: LexborNode | None) -> list[Row]:
    """Read the comments of a page, but for what is in the table of the item itself, or in the text of a comment."""
    marks = {top.mem_id: "top"} if top is not None else {}
    rows = []
    for cell in page.css("td.default"):
        if not mark_above(cell, marks):
            marks[cell.mem_id] = "comment"
            row = _row(cell)
            rows += [row] if row is not None else []
    return rows


def _top(page: LexborHTMLParser) -> LexborNode | None:
    """Find the table with the item that the page is about."""
    if (top := page.css_first("table.fatitem")) is not None:
        return top
    subtexts = page.css("td.subtext")
    form = page.css_first('form[action="comment"], form[action*="/comment"], form[action$="/r"]')
    node = subtexts[0] if len(subtexts) == 1 else form if not subtexts else None
    while node is not None and node.tag != "table":
        node = node.parent
    return node


def _heading(top: LexborNode) -> LexborNode | None:
    """Find the title of a story: a link, but for stories that are dead."""
    link = top.css_first(".titleline > a, td.title a")
    return link or next((cell for cell in top.css("td.title") if text_of(cell)), None)


def _thread(
    page: LexborHTMLParser, top: LexborNode, heading: LexborNode, rows: list[Row], text: str
) -> SavedThread | None:
    """Make the thread of a page about a story."""
    subtext = top.css_first("td.subtext")
    number = story_id(page, top, text)
    title = _MARKED.sub("", text_of(heading)).strip()
    if not number or not title:
        return None
    posted, posted_raw = read_time(subtext)
    address = attribute(heading, "href")
    body = [link_to(address)] if "://" in address and address != f"{ITEM}{number}" else []
    thread = Thread(
        source=SOURCE,
        id=number,
        title=title,
        body="\n".join([*body, *story_text(top), *choices_of(top)]),
        posts=_posts(rows, ""),
        url=f"{ITEM}{number}",
        posted=posted,
        posted_raw=posted_raw,
        author=read_author(subtext),
        markup="html",
    )
    return SavedThread(thread, partial=re.search(_LATER_PAGE.format(number), text) is not None)


def _branch(top: LexborNode | None, rows: list[Row]) -> SavedThread | None:
    """Make the part of a thread that is on the page of a comment."""
    cell = top.css_first("td.default") if top is not None else None
    head = _row(cell) if cell is not None else None
    if head is None:
        head = rows.pop(0) if rows and rows[0].parent else None
    if head is None:
        return None
    first = msgspec.structs.replace(head.post, stated="" if head.parent and head.parent == head.story else head.parent)
    thread = Thread(
        source=SOURCE,
        id=head.story or "",
        title=head.title or "Untitled",
        body="",
        posts=(first, *_posts(rows, first.id)),
        url=f"{ITEM}{head.story}" if head.story else None,
        markup="html",
    )
    return SavedThread(thread, partial=True, refs=(head.parent,) if head.parent else ())


def _posts(rows: list[Row], root: str) -> tuple[Post, ...]:
    """Give each comment its parent: the last one before it that is indented less, else `root`."""
    posts: list[Post] = []
    path: list[tuple[int, str]] = []
    for at, row in enumerate(rows):
        while path and path[-1][0] >= row.depth:
            path.pop()
        post = row.post
        if not post.id and at + 1 < len(rows) and rows[at + 1].depth > row.depth and rows[at + 1].post.id:
            # The site does not say the number of a comment that is gone; its first reply is how it can be told.
            post = msgspec.structs.replace(post, id=f"above-{rows[at + 1].post.id}")
        # The second page of a thread may begin within a branch.
        stated = path[-1][1] if path else None if row.depth else root
        posts.append(msgspec.structs.replace(post, stated=stated))
        if post.id:
            path.append((row.depth, post.id))
    return tuple(posts)


def _row(cell: LexborNode) -> Row | None:
    """Read the comment in a cell."""
    head, comment = cell.css_first(".comhead"), cell.css_first(".comment")
    if head is None or comment is None:
        return None
    links = [
        (text_of(link), link, match[1]) for link in head.css("a") if (match := _ITEM.search(attribute(link, "href")))
    ]
    on = links[-1] if links and re.search(r"\bon:", text_of(head)) else None
    parent = next((number for name, _, number in links if name == "parent"), None)
    own = next((number for name, _, number in links[:1] if name not in ("parent", "root")), "")
    text = text_of_comment(comment)
    marks = _MARKED.findall(text_of(head))
    points = _POINTS.search(text_of(head))
    posted, posted_raw = read_time(head)
    post = Post(
        id=_row_number(cell) or own,
        subject="",
        author=read_author(head) or Author(SOURCE, ""),
        score=int(points[1]) if points else None,
        label=marks[-1].capitalize() if marks and text else None,
        body=text,
        markup="html",
        missing=not text,
        posted=posted,
        posted_raw=posted_raw,
    )
    if on is None:
        return Row(post, _depth(cell), parent)
    return Row(post, _depth(cell), parent, on[2], attribute(on[1], "title") or on[0])


def _row_number(cell: LexborNode) -> str:
    """Give the number of the row that is a comment, as rows have it since 2016."""
    node: LexborNode | None = cell
    for _ in range(_NEAR):
        node = node.parent if node is not None else None
        if node is not None and node.tag == "tr" and (node.id or "").isdigit():
            return node.id or ""
    return ""


def _depth(cell: LexborNode) -> int:
    """Say how deep a comment is: by its row, or by the width of the image that moves it to the right."""
    first = cell.parent.first_child if cell.parent is not None else None
    while first is not None and first.tag != "td":
        first = first.next
    if first is None:
        return 0
    indent = attribute(first, "indent")
    if indent.isdigit():
        return int(indent[:6])
    image = first.first_child
    width = attribute(image if image is not None and image.tag == "img" else first.css_first("img[width]"), "width")
    return int(width[:8]) // STEP if width.isdigit() else 0
