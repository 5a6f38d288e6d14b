"""The comments of a Slashdot page of before 2006, where each is a table.

A parsed page comes in, posts go out, in the order of the page. The link "Parent" says whom a comment answers; where a
page has no such links, nobody knows. A comment that is shown as a mere link has no text, and is `missing`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.model import Post
from generator.readers.html_page import attribute, text_of
from generator.readers.slashdot.page_posts import (
    READ_REST,
    parent_link,
    post_of_link,
    read_author,
    read_score,
    read_time,
    text_body,
)

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_NEAR = 12
"""How many elements are between the name of a comment and the table that holds all of it, at most."""
_BY = re.compile(r"\bby\s+(.+?)\s+on\s+\w+day\b")
_UID = re.compile(r"\bUser #([0-9]{1,20}) Info\b")
_ADDRESS = re.compile(r"\s*\([^()]*@[^()]*\)$")


def find_posts_in_tables(page: LexborHTMLParser) -> list[Post]:
    """Give the comments of a page."""
    posts: dict[str, Post] = {}
    links = {text_of(link): link for link in page.css('a[href*="cid="]')}
    tables: set[int] = set()
    last = None
    for node in page.css("a[name], li"):
        if node.tag == "a":
            cid = attribute(node, "name")
            own = links.get(f"#{cid}")
            table = _table(node, own) if own is not None else None
            if table is None or own is None or table.mem_id in tables:
                continue
            tables.add(table.mem_id)  # a table holds one comment
            post = _post(cid, node, own, table)
            last = post.id if post is not None else last
        else:
            post = post_of_link(node, last)
        if post is not None:
            posts.setdefault(post.id, post)
    return list(posts.values())


def _table(anchor: LexborNode, own: LexborNode) -> LexborNode | None:
    """Find the innermost table that holds the name of a comment and the link to it."""
    inside = {node.mem_id for node in _around(own) if node.tag == "table"}
    return next((node for node in _around(anchor) if node.mem_id in inside), None)


def _post(cid: str, anchor: LexborNode, own: LexborNode, table: LexborNode) -> Post | None:
    """Read a comment: `anchor` is its name, `own` the link to it."""
    said = next((node for node in _around(own) if node.tag == "td"), None)
    if said is None:
        return None
    cells = [cell for cell in table.css("td") if len(cell.css("td")) == 1]
    at = next((at for at, cell in enumerate(cells) if cell.mem_id == said.mem_id), len(cells))
    body = next((cell for cell in cells[at + 1 :] if text_of(cell)), None)
    rest = body is not None and READ_REST in body.text()
    html = text_body(body)
    details = text_of(said)
    by = _BY.search(details)
    uid = _UID.search(details)
    user = next((text_of(link) for link in said.css('a[href*="/~"]') if "(" in text_of(link)), "")
    score, label = read_score(text_of(anchor.parent))
    posted, posted_raw = read_time(details)
    return Post(
        id=cid,
        subject=text_of(anchor),
        author=read_author(user or _ADDRESS.sub("", by[1] if by else ""), bool(user or uid), uid and uid[1]),
        score=score,
        label=label,
        body=html,
        truncated="yes" if rest else "no",
        markup="html",
        missing=not html,
        posted=posted,
        posted_raw=posted_raw,
        stated=_parent(table),
    )


def _around(node: LexborNode) -> list[LexborNode]:
    """Give the elements that a node is in, the nearest first."""
    around: list[LexborNode] = []
    above = node.parent
    while above is not None and len(around) < _NEAR:
        around.append(above)
        above = above.parent
    return around


def _parent(table: LexborNode) -> str | None:
    """Find the link "Parent" in the row below a comment; "" if there are links, but none to a parent."""
    row = next((node for node in _around(table) if node.tag == "tr"), None)
    row = row.next if row is not None else None
    while row is not None and row.tag != "tr":
        row = row.next
    if row is None or row.css_first("table") is not None or row.css_first('a[href*="op=Reply"]') is None:
        return None
    return parent_link(row) or ""
