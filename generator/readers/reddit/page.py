"""What a saved page of Reddit says of its thread, whichever of Reddit's two sites it is from.

`old_page` and `new_page` fill a `PageThread`; `html` makes a thread of it.
"""

from __future__ import annotations

import re

import msgspec

from generator.model import Author, Post

_NUMBER = re.compile(r"-?[0-9]{1,9}")
_POINTS = re.compile(r"\s*(-?[0-9]{1,3}(?:[,.][0-9]{3})+|-?[0-9]{1,9})(?![0-9.,]|\s*[km]\b)", re.IGNORECASE)


class PageThread(msgspec.Struct):
    """A thread as a page shows it."""

    id: str = ""
    title: str = ""
    address: str = ""
    """Of the thread, as the page has it."""
    subreddit: str = ""
    author: Author | None = None
    posted: str | None = None
    posted_raw: str | None = None
    body: str = ""
    link: str = ""
    """What the post is about, if it is a link."""
    posts: list[Post] = []
    left_out: int = 0
    """How many comments the page says it lacks."""
    branches: int = 0
    """How many branches go on elsewhere, so that nobody says how many comments they have."""
    is_branch: bool = False
    """Whether the page is about one comment and its replies."""


def points(text: str) -> int | None:
    """Give a score that is written out, such as "1 point" or "1,204 points"; None if it is hidden or rounded."""
    match = _POINTS.match(text)
    return int(re.sub("[,.]", "", match[1])) if match else None


def whole(text: str) -> int | None:
    """Give a whole number; None if a text is none."""
    return int(text) if _NUMBER.fullmatch(text) else None
