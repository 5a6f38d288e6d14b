"""Pages of old.reddit.com, which were all of Reddit until 2018.

A parsed page comes in, a `PageThread` goes out, or None if the page is of another kind. Comments are `div.thing`, each
inside of what it answers. Of three scores (with the reader's vote against, without, for) the one without counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from generator.model import Author, Post
from generator.readers.html_page import attribute, inner_html, text_of
from generator.readers.json_values import time_of
from generator.readers.reddit.page import PageThread, points, whole
from generator.readers.reddit.values import DELETED, absolute, author_of, bare_id, is_gone

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_FULLNAME = re.compile(r"(?:^|\s)(?:id-|thing_|thingrow_|siteTable_)?(t[13]_[a-z0-9]+)(?=\s|$)", re.IGNORECASE)
_PARENT = re.compile(r"#([a-z0-9]+)$|/comments/[a-z0-9]+/[^/?#]*/([a-z0-9]+)/?(?:[?#]|$)", re.IGNORECASE)
_REPLIES = re.compile(r"\(\s*([0-9,.]+)\s")
_STEPS = 40
"""How far above a comment the one that it answers may be in the page. Reddit's own pages need three steps."""
_VOTES = {"unvoted": 0, "likes": -1, "dislikes": 1}
"""By how much a score is to be changed to be the one without the reader's vote; programs that save pages may keep
only the one that was shown."""


def read_old_page(page: LexborHTMLParser) -> PageThread | None:
    """Read a page; None if it is of the other site. A page that is no thread has no id."""
    things = [(node, _fullname(node), _classes(node)) for node in page.css(".thing")]
    area = page.css_first(".commentarea")
    if not things and area is None:
        return None
    thread = PageThread()
    head = next((node for node, name, classes in things if name[:3] == "t3_" and "promoted" not in classes), None)
    if area is None:
        return thread
    if head is not None:
        _read_head(head, thread)
    for node, name, classes in things:
        if classes & {"morechildren", "morerecursion"} or name[:3] != "t1_":
            if name[:3] != "t3_":
                _count_more(node, thread)
        else:
            thread.posts.append(_post(node, bare_id(name)))
    thread.branches += len(page.css(".deepthread"))
    thread.is_branch = page.css_first('.infobar a[href*="/comments/"]') is not None
    return thread


def _classes(node: LexborNode) -> set[str]:
    return set(attribute(node, "class").split())


def _fullname(node: LexborNode) -> str:
    """Give what Reddit calls a post or comment: `t3_` or `t1_` and the id; "" if it is neither."""
    for name in ("data-fullname", "id", "class"):
        if match := _FULLNAME.search(attribute(node, name)):
            return match[1].lower()
    return ""


def _entry(node: LexborNode) -> LexborNode | None:
    """Give what a thing says itself, without the things inside it."""
    return next((inner for inner in node.iter() if "entry" in _classes(inner)), None)


def _read_head(node: LexborNode, thread: PageThread) -> None:
    """Read the post that the thread is about."""
    entry = _entry(node)
    if entry is None:
        return
    title = entry.css_first("a.title")
    thread.id = bare_id(_fullname(node))
    thread.title = text_of(title)
    comments = entry.css_first("a.comments")
    thread.address = attribute(node, "data-permalink") or attribute(comments, "href")
    thread.subreddit = attribute(node, "data-subreddit")
    thread.author = _author(entry)
    thread.posted, thread.posted_raw = _posted(entry)
    thread.body = absolute(inner_html(_text(entry)))
    thread.link = attribute(node, "data-url") or attribute(title, "href")


def _text(entry: LexborNode) -> LexborNode | None:
    """Give what holds the text, which is in fewer boxes in the pages of the first years."""
    return entry.css_first(".usertext-body .md") or entry.css_first(".md") or entry.css_first(".commentbody")


def _author(entry: LexborNode) -> Author:
    """Give the author; one who is gone is no link but a word."""
    link = entry.css_first("a.author")
    if link is not None:
        return author_of(text_of(link))
    return author_of(DELETED if DELETED in text_of(entry.css_first(".tagline")) else "")


def _posted(entry: LexborNode) -> tuple[str | None, str | None]:
    """Give the time, and what the page says of it, which is "3 years ago" if that is all."""
    time = next((node for node in entry.css(".tagline time") if "edited-timestamp" not in _classes(node)), None)
    exact = attribute(time, "datetime")
    return time_of(exact), exact or text_of(time) or None


def _post(node: LexborNode, number: str) -> Post:
    """Read a comment."""
    entry = _entry(node)
    if entry is None:
        return Post(number, "", author_of(""), None, None, "", stated=_parent(node, None), missing=True)
    author = _author(entry)
    text = _text(entry)
    missing = text is None or is_gone(text_of(text), author)
    posted, posted_raw = _posted(entry)
    edited = entry.css_first("time.edited-timestamp")
    return Post(
        id=number,
        subject="",
        author=author,
        score=_score(entry),
        label=None,
        body="" if missing else absolute(inner_html(text)),
        markup="plain" if missing else "html",
        posted=posted,
        posted_raw=posted_raw,
        updated=posted if edited is None else time_of(attribute(edited, "datetime")),
        stated=_parent(node, entry),
        missing=missing,
    )


def _score(entry: LexborNode) -> int | None:
    """Give the score without the reader's vote."""
    scores = {name: node for node in entry.css(".tagline .score") for name in _classes(node)}
    for name, change in _VOTES.items():
        if name in scores:
            score = whole(attribute(scores[name], "title"))
            score = points(text_of(scores[name])) if score is None else score
            return None if score is None else score + change
    return None


def _parent(node: LexborNode, entry: LexborNode | None) -> str:
    """Give the id of the comment that this one is inside, or of the one that its link "parent" leads to, or ""."""
    above = node.parent
    for _ in range(_STEPS):
        if above is None:
            break
        if (name := _fullname(above))[:3] == "t1_":
            return bare_id(name)
        if name or "commentarea" in _classes(above):
            break
        above = above.parent
    link = entry.css_first('a[data-event-action="parent"]') if entry is not None else None
    match = _PARENT.search(attribute(link, "href"))
    return (match[1] or match[2]).lower() if match else ""


def _count_more(node: LexborNode, thread: PageThread) -> None:
    """Count the comments that a button would have loaded."""
    if node.css_first(".deepthread") is not None:
        return  # the caller counts these
    match = _REPLIES.search(text_of(node))
    thread.left_out += int(re.sub("[,.]", "", match[1])) if match else 1
