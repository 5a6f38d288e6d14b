"""A story page of Slashdot, saved from the browser (SPEC section 2.3).

The bytes of a page come in, a `Reading` goes out: the story and its comments. The number of the thread is that of the
text save of the same story where the page says it, which pages do since about 2009. Older ones, and pages of some
comments only, say the number of the discussion, which differs. What the one who saved the page sees of their own
account is not read. Pages without a thread are told apart, so that the message can say what to save instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.errors import Problem
from generator.model import Post, Thread
from generator.readers.decoding import AWAY, as_utf8
from generator.readers.html_page import addresses, attribute, page_text, parse, starts_page, text_of
from generator.readers.reading import Reading, SavedThread
from generator.readers.slashdot.page_posts import CID, find_posts
from generator.readers.slashdot.page_script import Noted, read_script
from generator.readers.slashdot.page_story import Story, count_stories, discussion, read_story
from generator.readers.slashdot.page_tables import find_posts_in_tables
from generator.readers.slashdot.starts import SOURCE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

NAME = "slashdot-html"
ENDING = ".html"
PLAIN = False
EXPECTED = "<title>A Story - Slashdot</title>"

_MARK = re.compile(
    rb"""<(?:ul|ol)\b[^<>]{0,300}\bid=["']?commentlisting\b"""
    rb"""|<article\b[^<>]{0,500}\bdata-fhid="""
    rb"""|<a\s+name=["']?[0-9]+["']?\s*>\s*(?:<(?:b|h4)>)?[^<>]{0,300}(?:</b>|</h4>)?\s*</a>(?:\s*</h4>)?\s*\(Score:""",
    re.IGNORECASE,
)
"""What only pages of this site have in their markup."""
_TITLE = re.compile(
    rb"<title\b[^<>]{0,100}>(?:[^<]{0,1000}[-:|]\s*)?Slashdot(?:\s*\(\d+\))?\s*</title>"
    rb"|<title\b[^<>]{0,100}>\s*Slashdot\s*[|:](?![^<]*\|\s*Hacker News)[^<]{0,1000}</title>",
    re.IGNORECASE,
)
_SAVE = "open the story itself in a browser, wait until its comments show, and save that page"


def sniff(raw: bytes) -> bool:
    """Say whether bytes are a page of the site: it names itself, in its markup or in its title."""
    if not starts_page(raw):
        return False
    text = as_utf8(raw)
    if b"slashdot.org" not in text and b"Slashdot" not in text:
        return False
    return _TITLE.search(text) is not None or (b"slashdot.org" in text and _MARK.search(text) is not None)


def read(raw: bytes, path: str) -> Reading:
    """Read a page: one thread."""
    text, problems = page_text(raw, path)
    page = parse(text)
    noted = read_script("\n".join(script.text() for script in page.css("script")))
    posts = find_posts(page, noted) or find_posts_in_tables(page)
    pages = list(addresses(text, page))
    story = read_story(page, pages)
    number = story.id or discussion([*pages, *_own_links(page, posts)])
    if (wrong := _what_is_wrong(page, story, number, posts, path)) is not None:
        meant = ((SOURCE, story.id),) if story.id else ()
        return Reading(problems=(*problems, wrong), meant=meant)
    partial = _is_partial(pages, page, noted)
    thread = Thread(
        source=SOURCE,
        id=number,
        title=story.title or "Untitled",
        body=story.body,
        posts=tuple(posts),
        url=story.url,
        posted=story.posted,
        posted_raw=story.posted_raw,
        author=story.author,
        department=story.department,
        tags=story.tags,
        footer=None if partial else text_of(page.css_first(".slashqt p, .slashqt")) or None,
        markup="html",
    )
    return Reading((SavedThread(thread, partial=partial),), (*problems, *_warnings(thread, page, path)))


def _own_links(page: LexborHTMLParser, posts: list[Post]) -> Iterator[str]:
    """Give the addresses of the comments of a page; beside them a page may show comments of other threads."""
    numbers = {post.id for post in posts}
    for link in page.css('a[href*="comments.pl"][href*="sid="]'):
        if (cid := CID.search(attribute(link, "href"))) and cid[1] in numbers:
            yield attribute(link, "href")


def _what_is_wrong(page: LexborHTMLParser, story: Story, number: str, posts: list[Post], path: str) -> Problem | None:
    """Say why a page can't be used, and which one to save instead."""
    if posts and number:
        return None
    if count_stories(page) > 1:
        return Problem(path, 0, "this page of Slashdot lists stories and has no thread", f"{_SAVE}, or {AWAY}")
    if page.css_first('input[type="password"], form[action*="login"]') is not None and not story.id:
        return Problem(path, 0, "this is a login page of Slashdot", f"{_SAVE}, or {AWAY}")
    if story.id and story.body:
        return None
    what = "this page of Slashdot has no story and no comments, perhaps since the site first asks who wants to see it"
    if posts:
        what = "this page of Slashdot has comments but does not say which story they are about"
    return Problem(path, 0, what, f"{_SAVE}, or {AWAY}")


def _is_partial(pages: list[str], page: LexborHTMLParser, noted: Noted) -> bool:
    """Say whether a page shows one branch of the thread, or one of several parts."""
    if any(re.search(r"comments\.pl\?(?:.*&)?(?:cid|pid|startat)=[1-9]", address) for address in pages):
        return True
    return page.css_first("#commentlisting .comment_footer") is not None or noted.branch


def _warnings(thread: Thread, page: LexborHTMLParser, path: str) -> tuple[Problem, ...]:
    """Warn of a page that was saved before its comments were there."""
    counts = (re.sub(r"\D", "", text_of(bubble))[:9] for bubble in page.css(".comment-bubble"))
    count = next(filter(None, counts), "0")
    if thread.posts or not int(count):
        return ()
    message = f"this page has none of the {count} comments that it speaks of"
    return (Problem(path, 0, message, "save it again once the comments show", "warning"),)
