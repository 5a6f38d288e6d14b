"""Threads of Reddit as pages saved from the browser: old.reddit.com, and www.reddit.com since 2023.

The bytes of one page come in, a `Reading` of one thread goes out. Nothing is taken from around the post and its
comments: not the name of who saved the page, nor the votes. Comments that a button would have loaded are counted, not
made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from generator.errors import Problem
from generator.model import Link, Thread
from generator.readers.decoding import AWAY, as_utf8
from generator.readers.html_page import addresses, page_text, parse, starts_page, text_of
from generator.readers.reading import Reading, SavedThread
from generator.readers.reddit.new_page import read_new_page
from generator.readers.reddit.old_page import read_old_page
from generator.readers.reddit.page import PageThread
from generator.readers.reddit.values import SITE, SOURCE, Place, incomplete, place_of, with_parents

NAME = "reddit-html"
ENDING = ".html"
PLAIN = False
EXPECTED = '<!doctype html><div class="thing id-t3_'

_THING = re.compile(
    rb"""<[a-z]+\s[^<>]*?\b(?:data-fullname=["']?t[13]_|id=["']?thing(?:row)?_t[13]_|class=["'][^"'<>]*\bid-t[13]_)""",
    re.IGNORECASE,
)
_OF_REDDIT = re.compile(
    rb"""(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*|<link rel=["']?canonical["']? href=["']?)"""
    rb"""https?://(?:[a-z]+\.)?reddit\.com/""",
    re.IGNORECASE,
)
_HEAD = 8_192
_WAY = "open the thread with old.reddit.com in its address, expand what you want to keep, and save that page"


def sniff(raw: bytes) -> bool:
    """Say whether this is a page with Reddit's own marks for posts and comments, or one saved from Reddit."""
    if not starts_page(raw):
        return False
    raw = as_utf8(raw)
    # Most pages are of other kinds, and looking for words is many times as fast as the patterns are.
    if b"<shreddit-" in raw or (b"reddit.com/" in raw[:_HEAD] and _OF_REDDIT.search(raw, 0, _HEAD)):
        return True
    return (b"t1_" in raw or b"t3_" in raw) and _THING.search(raw) is not None


def read(raw: bytes, path: str) -> Reading:
    """Read the thread of a page. The page of a single comment is a partial save."""
    text, problems = page_text(raw, path)
    if any(problem.severity == "error" for problem in problems):
        return Reading(problems=problems)
    page = parse(text)
    thread = read_old_page(page) or read_new_page(page)
    place = next((place for url in addresses(text, page) if (place := place_of(url))), None)
    if thread is None or not (thread.id or (thread.posts and place)):
        return Reading(problems=(*problems, _no_thread(text_of(page.css_first("title")), path)))
    is_branch = thread.is_branch or (bool(thread.posts) and all(post.stated for post in thread.posts))
    partial = is_branch or not thread.title or (place is not None and place.at_comment)
    saved = SavedThread(_thread(thread, place_of(thread.address) or place, path), partial=partial)
    return Reading((saved,), (*problems, *_warnings(thread, path)))


def _no_thread(title: str, path: str) -> Problem:
    """Say that a page of Reddit holds no thread: it is a list, asks for a login, or leaves all to scripts."""
    message = f"this page of Reddit ({title[:60] or 'without a title'}) holds no thread that can be read"
    return Problem(path, 0, message, f"{_WAY}, or {AWAY}")


def _warnings(thread: PageThread, path: str) -> Iterator[Problem]:
    """Warn of what the page doesn't hold."""
    if not thread.title:
        hint = "add the page of the whole thread too, or give the title in a sidecar"
        yield Problem(
            path, 0, "this page does not say the title of its thread, so it is named after the file", hint, "warning"
        )
    yield from incomplete(
        thread.left_out,
        thread.branches,
        "load them before you save the page, or save the pages of the comments above them too",
        path,
    )


def _thread(thread: PageThread, place: Place | None, path: str) -> Thread:
    """Make the thread of what the page says."""
    subreddit = thread.subreddit or (place.subreddit if place else "")
    link = place_of(thread.link)
    about_itself = not thread.link or (link is not None and link.thread == thread.id)
    return Thread(
        source=SOURCE,
        id=thread.id or (place.thread if place else ""),
        title=thread.title or PurePosixPath(path).stem,
        body=thread.body,
        posts=with_parents(list({post.id: post for post in thread.posts}.values())),
        url=place.url if place else None,
        posted=thread.posted,
        posted_raw=thread.posted_raw,
        author=thread.author,
        tags=(subreddit,) if subreddit else (),
        markup="html" if thread.body else "plain",
        links=() if about_itself else (Link(None, SITE + thread.link if thread.link[0] == "/" else thread.link),),
    )
