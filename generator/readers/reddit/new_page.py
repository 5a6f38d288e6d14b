"""Pages of www.reddit.com since 2023, which are made of elements of Reddit's own.

A parsed page comes in, a `PageThread` goes out, or None if the page is of another kind. Each comment is a
`shreddit-comment`, whose attributes say who wrote it and what it answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.model import Author, Post
from generator.readers.html_page import attribute, inner_html, text_of
from generator.readers.json_values import time_of
from generator.readers.reddit.page import PageThread, whole
from generator.readers.reddit.values import DELETED, absolute, author_of, bare_id, is_gone

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_STEPS = 40
"""How far above a comment the one that it answers may be in the page."""
_GONE = re.compile(r"(?:comment|post) (?:deleted|removed) by .{1,60}", re.IGNORECASE)
_REPLIES = re.compile(r"([0-9][0-9,.]*)\s+more repl", re.IGNORECASE)


def read_new_page(page: LexborHTMLParser) -> PageThread | None:
    """Read a page; None if it is of the other site. A page that is no thread has no id."""
    heads = page.css("shreddit-post")
    comments = page.css("shreddit-comment")
    if not heads and not comments:
        return None
    thread = PageThread()
    if len(heads) > 1 and not comments:
        return thread
    if heads:
        _read_head(heads[0], thread)
    thread.id = thread.id or next((name for node in comments if (name := bare_id(attribute(node, "postid")))), "")
    for node in comments:
        if number := bare_id(attribute(node, "thingid")):
            thread.posts.append(_post(node, number))
    for node in page.css('faceplate-partial[src*="more-comments"]'):
        match = _REPLIES.search(text_of(node))
        thread.left_out += int(re.sub("[,.]", "", match[1])) if match else 0
        thread.branches += not match
    return thread


def _read_head(node: LexborNode, thread: PageThread) -> None:
    """Read the post that the thread is about."""
    thread.id = bare_id(attribute(node, "id"))
    thread.title = attribute(node, "post-title") or text_of(node.css_first('[slot="title"]'))
    thread.address = attribute(node, "permalink")
    thread.subreddit = attribute(node, "subreddit-name") or attribute(node, "subreddit-prefixed-name").removeprefix(
        "r/"
    )
    thread.author = _author(attribute(node, "author"))
    thread.posted_raw = attribute(node, "created-timestamp") or None
    thread.posted = time_of(thread.posted_raw)
    thread.body = absolute(inner_html(_text(node.css_first('[slot="text-body"]'))))
    thread.link = attribute(node, "content-href")


def _author(name: str) -> Author:
    return author_of(name or DELETED)


def _text(node: LexborNode | None) -> LexborNode | None:
    """Give the innermost element that holds just the text."""
    return (node.css_first(".md") or node.css_first('[id$="-rtjson-content"]') or node) if node is not None else None


def _post(node: LexborNode, number: str) -> Post:
    """Read a comment. What is in it belongs to it up to the comments inside."""
    author = _author(attribute(node, "author"))
    own = [inner for inner in node.iter() if inner.tag != "shreddit-comment"]
    text = _text(next((inner for inner in own if attribute(inner, "slot") == "comment"), None))
    said = text_of(text)
    missing = text is None or is_gone(said, author) or (author.name == DELETED and _GONE.fullmatch(said) is not None)
    time = next((found for inner in own if (found := inner.css_first("time")) is not None), None)
    exact = attribute(node, "created") or attribute(time, "datetime")
    return Post(
        id=number,
        subject="",
        author=author,
        score=whole(attribute(node, "score")),
        label=None,
        body="" if missing else absolute(inner_html(text)),
        markup="plain" if missing else "html",
        posted=time_of(exact),
        posted_raw=exact or text_of(time) or None,
        stated=_parent(node),
        missing=missing,
    )


def _parent(node: LexborNode) -> str:
    """Give the id of the comment that this one answers, by an attribute or by what it is inside; "" for none."""
    if name := attribute(node, "parentid"):
        return bare_id(name) if name.startswith("t1_") else ""
    above = node.parent
    for _ in range(_STEPS):
        if above is None:
            break
        if above.tag == "shreddit-comment":
            return bare_id(attribute(above, "thingid"))
        above = above.parent
    return ""
