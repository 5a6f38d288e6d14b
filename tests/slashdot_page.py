"""Write the page of a Slashdot story, as a browser saves it, with the posts of a text save."""

from __future__ import annotations

import datetime
from collections.abc import Container, Sequence
from html import escape

from generator.model import Thread

FIRST = 65_000_001
"""The number of the first comment."""
_OPENED = datetime.datetime(2025, 10, 15, 17, 30)


def story_page(thread: Thread, parents: Sequence[int | None], hidden: Container[int] = ()) -> str:
    """Give the page: comments in their order, each in the list of its parent; `hidden` ones have no text."""
    children: dict[int | None, list[int]] = {}
    for index, parent in enumerate(parents):
        children.setdefault(parent, []).append(index)
    return "\n".join(
        (
            "<!DOCTYPE html>",
            f"<html lang=en><head><title>{escape(thread.title)} - Slashdot</title></head><body>",
            _story(thread),
            '<ul id="commentlisting" class="d2">',
            *_comments(thread, children, hidden),
            "</ul>",
            f"<script>D2.comments({_script(thread, parents)});</script>",
            "</body></html>",
        )
    )


def _story(thread: Thread) -> str:
    number, author = int(thread.id), escape(thread.author.name if thread.author else "")
    return f"""
<article id="firehose-{number}" data-fhid="{number}" data-fhtype="story" class="fhitem fhitem-story article">
<header><h2 class="story"><span id="title-{number}" class="story-title">
<a href="//news.slashdot.org/story/25/10/15/2052201/a-story">{escape(thread.title)}</a></span></h2>
<div class="details" id="details-{number}"><span class="story-byline">Posted by {author}
<time id="fhtime-{number}" datetime="on {thread.posted_raw}">on {thread.posted_raw}</time>
from the <span class="dept-text">{escape(thread.department or "")}</span> dept.</span></div></header>
<div class="body" id="fhbody-{number}"><div id="text-{number}" class="p">{_paragraphs(thread.body)}</div></div>
</article>"""


def _comments(thread: Thread, children: dict[int | None, list[int]], hidden: Container[int]) -> list[str]:
    """Write the comments, each before its replies, without recursion."""
    lines: list[str] = []
    waiting: list[int | str] = list(reversed(children.get(None, [])))
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            lines.append(item)
            continue
        lines.append(_comment(thread, item, hidden=item in hidden))
        lines.append(f'<ul id="commtree_{FIRST + item}">')
        waiting += ["</ul></li>", *reversed(children.get(item, []))]
    return lines


def _comment(thread: Thread, index: int, *, hidden: bool) -> str:
    post, number = thread.posts[index], FIRST + index
    if hidden:
        return f'<li id="tree_{number}" class="comment hidden"><div id="comment_{number}" class="cw"></div>'
    when = (_OPENED + datetime.timedelta(minutes=7 * index)).strftime("%A %B %d, %Y @%I:%M%p")
    name, uid = escape(post.author.name), post.author.uid
    user = '<a href="//slashdot.org/~x">'
    by = name if uid is None else f'{user}{name}</a> <span class="uid">{user}( {uid} )</a></span>'
    label = f", {escape(post.label)}" if post.label else ""
    score = f'<a href="#"><span class=opt>Score:</span>{post.score}</a>{label}'
    address = f"//news.slashdot.org/comments.pl?sid=23800001&amp;cid={number}"
    return f"""<li id="tree_{number}" class="comment full contain">
<div id="comment_{number}" class="cw"><div id="comment_top_{number}" class="commentTop">
<div class="title"><h4><a id="comment_link_{number}" name="comment_link_{number}" href="{address}">
{escape(post.subject)}</a> <span id="comment_score_{number}" class="score"> ({score})</span></h4></div>
<div class="details"><span class="by"><span class="byby">by </span>{by}</span>
<span class="otherdetails" id="comment_otherdetails_{number}">on {when} (<a href="{address}">#{number}</a>)</span>
</div></div>
<div class="commentBody"><div id="comment_body_{number}">{_paragraphs(post.body)}</div></div></div>"""


def _paragraphs(text: str) -> str:
    """Write text as the site does: a paragraph for each block."""
    return "".join(f"<p>{escape(block).replace(chr(10), '<br>')}</p>" for block in text.split("\n\n"))


def _script(thread: Thread, parents: Sequence[int | None]) -> str:
    entries = (
        f'{FIRST + index}:{{"uid":{post.author.uid or 666},"pid":{0 if parent is None else FIRST + parent}}}'
        for index, (post, parent) in enumerate(zip(thread.posts, parents, strict=True))
    )
    return "{" + ",".join(entries) + "}"
