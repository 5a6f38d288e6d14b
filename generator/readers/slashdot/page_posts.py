"""The comments of a Slashdot page since 2006, where each is an element of a list.

A parsed page and what its script says come in, posts go out, in the order of the page. Comments that are hidden, left
out, or shown as a mere link have no text, and are `missing`. Whom a comment answers is stated by the script, by its
link "Parent", or by the list that it is in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from generator.model import Author, Post, Truncated
from generator.readers.html_page import attribute, copy_without, inner_html, mark_above, text_of
from generator.readers.slashdot.header import read_when
from generator.readers.slashdot.page_script import NOBODY, Comment, Noted
from generator.readers.slashdot.starts import ANONYMOUS, SOURCE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

CID = re.compile(r"\bcid=([0-9]{1,20})")
READ_REST = "Read the rest of this comment"
CUT = range(508, 517)
"""Lengths of a text that the site probably cut: it shortens the comments that it shows as one line."""

_TREE = re.compile(r"tree_([0-9]{1,20})")
_OWN = re.compile(r"comment_[0-9]{1,20}")
_SCORE = re.compile(r"Score:\s*([+-]?[0-9]{1,9})(?:\s*,\s*([^()]{1,100}))?")
_NAME_AND_UID = re.compile(r"(.*?)\s*\(\s*([0-9]{1,40})\s*\)")
_NUMBER = re.compile(r"\([\s0-9]+\)")
_WHEN = re.compile(r"\bon ([^()#]{6,60}?)\s*(?:\(\s*#|$)")
_LONGEST = 500
"""No name and date behind the link to a comment are so long."""
_LINKED = re.compile(r"\s*(?:by (.+?)\s*)?\(Score:\s*([+-]?[0-9]{1,9})[^)]*\)\s*(?:on )?(.{0,60}?)\s*")
_LISTING, _TEXT = "listing", "text"
"""What an element around a comment may be, if it is no comment with a number."""
_FLAT = frozenset({"flat", "parents", "child", "archive"})
_ENDS = ".!?…。！？"


class Parts(msgspec.Struct):
    """The elements of one comment, without those of its replies."""

    cid: str
    body: LexborNode | None = None
    by: str = ""
    """What names the author, as in ``ann (1135)``."""
    linked: bool = False
    """Whether the author is a link, as every user is."""
    subject: str = ""
    score: str = ""
    details: str = ""
    above: str | None = None
    """The comment that the link "Parent" leads to; None if there is none."""
    rest: bool = False
    """Whether a link leads to the rest of the text."""
    oneline: bool = False
    """Whether the page shows it as one line, to be opened."""
    read: list[int] = []
    """The elements that were read, by `mem_id`. What is in them is no further comment."""


def find_posts(page: LexborHTMLParser, noted: Noted) -> list[Post]:
    """Give the comments of a page; those it only has a place for come last, by number."""
    posts: dict[str, Post] = {}
    listing = page.css_first("#commentlisting")
    marks = {listing.mem_id: _LISTING} if listing is not None else {}
    # In a flat list, and in one of a single branch, nothing says that a comment answers no other.
    nested = not _FLAT.intersection(attribute(listing, "class").split())
    top = "" if nested and not noted.branch and page.css_first(".comment_footer") is None else None
    for item in page.css("li"):
        place = mark_above(item, marks)
        if place == _TEXT or (not place and "comment" not in attribute(item, "class").split()):
            continue
        shown = _parts(item)
        if shown is None:
            continue
        marks[item.mem_id] = shown.cid
        marks.update(dict.fromkeys(shown.read, _TEXT))
        if shown.cid not in posts:
            posts[shown.cid] = _post(shown, noted, place if place.isdigit() else top)
    # If none is there, the page was saved too early.
    left_out = {*noted.comments, *noted.not_shown}.difference(posts) if posts else ()
    for cid in sorted(left_out, key=lambda cid: (len(cid), cid)):
        posts[cid] = missing(cid, noted.comments.get(cid, Comment()))
    return list(posts.values())


def missing(cid: str, comment: Comment) -> Post:
    """Give a comment of which only the script of the page knows."""
    author = Author(SOURCE, ANONYMOUS) if comment.uid == NOBODY else Author(SOURCE, "", comment.uid)
    return Post(
        cid, comment.subject, author, comment.points, None, "", markup="html", missing=True, stated=comment.parent
    )


def read_author(by: str, linked: bool, uid: str | None) -> Author:
    """Read ``ann (1135)``, where `uid` is the number that the page gives elsewhere."""
    named = _NAME_AND_UID.fullmatch(by)
    linked = linked or named is not None
    name, uid = (named[1], named[2]) if named else (by, uid)
    return Author(SOURCE, name or (ANONYMOUS if uid == NOBODY else ""), None if uid == NOBODY or not linked else uid)


def read_score(text: str) -> tuple[int | None, str | None]:
    """Read ``(Score:5, Interesting)``."""
    score = _SCORE.search(text)
    return (int(score[1]), (score[2] or "").strip() or None) if score else (None, None)


def read_time(details: str) -> tuple[str | None, str | None]:
    """Read ``on Wednesday October 15, 2025 @05:30PM (#65728888)``: as ISO 8601 if it is a whole date, and as it is."""
    when = _WHEN.search(details)
    return (read_when(when[1].strip()), when[1].strip()) if when else (None, None)


def _parts(item: LexborNode) -> Parts | None:
    """Find the elements of the comment that an element of a list holds; None if it holds none."""
    numbered = _TREE.fullmatch(item.id or "")
    shown = Parts(numbered[1] if numbered else "", oneline="oneline" in attribute(item, "class").split())
    nodes = list(item.iter())
    while nodes:
        node = nodes.pop(0)
        classes = attribute(node, "class").split()
        if _OWN.fullmatch(node.id or ""):
            shown.oneline = shown.oneline or "oneline" in classes
            nodes = [*node.iter(), *nodes]
            continue
        if "commentTop" in classes:
            _read_top(node, shown)
        elif "commentBody" in classes or (shown.cid and node.id == f"comment_body_{shown.cid}"):
            shown.body = node.css_first(f"#comment_body_{shown.cid}") if shown.cid else node
            shown.body = shown.body or node
            shown.rest = READ_REST in node.text()
        elif node.tag == "a" and not shown.cid:
            return _parts_of_link(node)
        elif "commentSub" in classes or node.tag in ("span", "small", "font", "p"):
            shown.above = shown.above or parent_link(node)
        else:
            continue
        shown.read.append(node.mem_id)
    return shown if shown.cid else None


def _read_top(top: LexborNode, shown: Parts) -> None:
    """Read what stands above the text of a comment."""
    link = top.css_first("h4 a, .title a")
    if not shown.cid:
        shown.cid = attribute(link, "name") if attribute(link, "name").isdigit() else ""
        own = CID.search(attribute(top.css_first('.details a[href*="cid="], .otherdetails a[href*="cid="]'), "href"))
        shown.cid = shown.cid or (own[1] if own else "")
    shown.subject = text_of(link)
    title, details = top.css_first(".title"), top.css_first(".details")
    shown.score = text_of(top.css_first(".score") or title)
    said = text_of(details)
    by = top.css_first(".details .by") or details
    links = by.css('a[href*="/~"]') if by is not None else []
    users = [text_of(link) for link in links if "/journal" not in attribute(link, "href")]
    shown.linked = bool(users)
    plain = re.sub(r"^by\s+|\s+(?:writes:.*|on \w+day .*)$", "", text_of(by))
    if users:
        # The number is in the link to the user, or in one of its own.
        plain = " ".join(users[:2]) if users[1:] and _NUMBER.fullmatch(users[1]) else users[0]
    shown.by = plain
    shown.details = text_of(top.css_first(".otherdetails")) or said


def post_of_link(item: LexborNode, above: str | None) -> Post | None:
    """Read a comment that is shown as a mere link in a list: ``<a>SUBJECT</a> by NAME (Score:2) DATE``."""
    link = next((node for node in item.iter() if node.tag == "a"), None)
    shown = _parts_of_link(link) if link is not None else None
    return _post(shown, Noted({}, None, (), False), _item_above(item) or above) if shown else None


def _item_above(item: LexborNode) -> str | None:
    """Find the link to a comment in whose list another is."""
    above = item.parent
    if above is None or above.tag != "ul" or above.parent is None or above.parent.tag != "li":
        return None
    link = next((node for node in above.parent.iter() if node.tag == "a"), None)
    cid = CID.search(attribute(link, "href"))
    return cid[1] if cid else None


def _parts_of_link(link: LexborNode) -> Parts | None:
    cid = CID.search(attribute(link, "href"))
    behind = []
    node = link.next
    while node is not None and node.tag not in ("ul", "li", "a"):
        behind.append(node.text())
        node = node.next
    text = " ".join(" ".join(behind).split())
    said = _LINKED.fullmatch(text) if len(text) < _LONGEST else None
    if not cid or not said:
        return None
    by, score, when = said.groups()
    return Parts(cid[1], by=by or "", subject=text_of(link), score=f"Score:{score}", details=f"on {when}")


def parent_link(node: LexborNode) -> str | None:
    """Give the number of the comment that a link "Parent" leads to."""
    for link in node.css('a[href*="cid="]'):
        if text_of(link) == "Parent" and (cid := CID.search(attribute(link, "href"))) and cid[1].strip("0"):
            return cid[1]
    return None


def _post(shown: Parts, noted: Noted, above: str | None) -> Post:
    comment = noted.comments.get(shown.cid)
    parent = shown.above or above
    if comment is not None and comment.parent is not None:
        parent = comment.parent
    body = text_body(shown.body)
    if not body and not shown.by:
        post = missing(shown.cid, comment or Comment())
        subject = shown.subject or post.subject
        return msgspec.structs.replace(post, subject=subject, stated=parent)
    comment = comment or Comment()
    score, label = read_score(shown.score)
    posted, posted_raw = read_time(shown.details)
    return Post(
        id=shown.cid,
        subject=comment.subject if shown.subject in ("", "Re:") and comment.subject else shown.subject,
        author=read_author(shown.by, shown.linked, comment.uid),
        score=comment.points if score is None else score,
        label=label,
        body=body,
        truncated=_cut(shown, noted),
        markup="html",
        missing=not body,
        posted=posted,
        posted_raw=posted_raw,
        stated=parent,
    )


def text_body(body: LexborNode | None) -> str:
    """Give the HTML of a text, without the signature and the link to its rest; quotes become `blockquote`."""
    if body is None:
        return ""
    copy = copy_without(body, "div.sig, div.commentshrunk")
    rest = next((link for link in copy.css('a[href*="cid="]') if text_of(link).startswith(READ_REST)), None)
    if rest is None and copy.css_first("div.quote") is None:
        return inner_html(copy)
    copy = copy.clone() if copy.mem_id == body.mem_id else copy
    _drop_link(copy)
    _mark_quotes(copy)
    return inner_html(copy)


def _drop_link(copy: LexborNode) -> None:
    """Take the link to the rest of a text out, with the elements that hold nothing else."""
    rest = [link for link in copy.css('a[href*="cid="]') if text_of(link).startswith(READ_REST)]
    if not rest:
        return
    last, said = rest[-1], text_of(rest[-1])
    while last.parent is not None and last.parent.tag in ("b", "p") and text_of(last.parent) == said:
        last = last.parent
    last.decompose()


def _mark_quotes(copy: LexborNode) -> None:
    """Make `blockquote` of the elements that the site has for quotes."""
    from selectolax.lexbor import create_tag

    for quote in reversed(copy.css("div.quote")):  # the innermost first, since what is around one is made anew
        if quote.mem_id == copy.mem_id:
            continue
        block = create_tag("blockquote")
        while (child := quote.first_child) is not None:
            block.insert_child(child, move=True)
        quote.replace_with(block, move=True)


def _cut(shown: Parts, noted: Noted) -> Truncated:
    """Say whether the page has only the start of a text."""
    if shown.rest or shown.cid in (noted.cut or ()):
        return "yes"
    if noted.cut is not None or not shown.oneline:
        return "no"
    text = shown.body.text().strip() if shown.body is not None else ""
    if len(text) not in CUT:
        return "no"
    return "unknown" if text.rstrip(" \t\n\"'”’»›)]}*_")[-1:] in _ENDS else "yes"
