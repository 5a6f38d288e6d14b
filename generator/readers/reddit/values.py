"""What Reddit's exports and pages have in common: ids, addresses, and what is shown where something is gone.

Values as Reddit writes them come in, those of the model go out. Nothing here looks at JSON or at a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.errors import Problem
from generator.model import Author, Post
from generator.readers.json_values import time_of

SOURCE = "reddit"
SITE = "https://www.reddit.com"
DELETED = "[deleted]"

_ID = re.compile(r"(?:t[0-9]_)?([A-Za-z0-9]{1,20})")
_GONE = re.compile(
    r"\[\s*(?:(removed|unavailable|(?:removed|deleted) (?:by|due) [^\[\]]{1,80})|deleted)\s*\]", re.IGNORECASE
)
"""What Reddit shows in place of a text that is gone."""
_NOBODY = re.compile(r"\[(?:deleted|removed)\]|DELETED")
"""What is shown for an author who is gone; one exporter writes it without brackets."""
_COMMENTS = re.compile(
    r"(?:https?://(?:[a-z]+\.)?reddit\.com)?(/(?:(r|u|user)/([A-Za-z0-9_-]+)/)?comments/([A-Za-z0-9]+)(?![A-Za-z0-9]))"
    r"(/[^/?#\s]*)?(?:/([A-Za-z0-9]+)/?(?:[?#]|$))?"
)
"""The address of a thread, or of a comment in it."""
_ROOTED = re.compile(r"""(<a\b[^>]{0,500}?\bhref=["']?)/(?!/)""")


_AMERICAN = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2})")
"""How URS writes a time, by the clock of whoever ran it."""


class Place(NamedTuple):
    """Where an address of Reddit leads."""

    subreddit: str
    """Empty if the address doesn't say it."""
    thread: str
    url: str
    """The address of the thread, on Reddit's main site."""
    at_comment: bool
    """Whether it leads to one comment of the thread."""


def bare_id(name: object) -> str:
    """Give an id without the kind that stands before it (`t1_` or `t3_`); "" if it is none."""
    match = _ID.fullmatch(name) if isinstance(name, str) else None
    return match[1].lower() if match else ""


def author_of(name: str) -> Author:
    """Give an author by name. Reddit's names never change and can't be taken twice, so they need no uid."""
    if _NOBODY.fullmatch(name):
        return Author(SOURCE, DELETED)
    return Author(SOURCE, "" if name.startswith("[") else name)


def is_gone(body: str, author: Author) -> bool:
    """Say whether the text of a comment is gone. Somebody whose name is still there may have written "[deleted]"."""
    match = _GONE.fullmatch(body)
    return match is not None and (match[1] is not None or author.name in ("", DELETED))


def place_of(address: str) -> Place | None:
    """Say which thread an address leads to; None if to none."""
    match = _COMMENTS.match(address)
    if not match:
        return None
    url = f"{SITE}{match[1]}{'' if match[5] in (None, '/', '/comment') else match[5]}/"
    return Place((match[3] or "") if match[2] == "r" else "", match[4].lower(), url, match[6] is not None)


def absolute(html: str) -> str:
    """Write the addresses in a text out that only make sense on Reddit's own pages."""
    return _ROOTED.sub(rf"\1{SITE}/", html) if "href" in html else html


def when(value: object) -> str | None:
    """Give a time as ISO 8601, in UTC; without a zone if an exporter wrote that of its own clock."""
    if isinstance(value, str) and (match := _AMERICAN.fullmatch(value.strip())):
        month, day, year, clock = match.groups()
        return time_of(f"{year}-{month}-{day} {clock}")
    return time_of(value)


def with_parents(posts: Sequence[Post]) -> tuple[Post, ...]:
    """Put a missing post before the others for each one that they answer and the save does not hold."""
    held = {post.id for post in posts}
    lacking = dict.fromkeys(post.stated for post in posts if post.stated and post.stated not in held)
    nobody = Author(SOURCE, "")
    return (*(Post(name, "", nobody, None, None, "", missing=True) for name in lacking), *posts)


def incomplete(left_out: int, branches: int, hint: str, path: str) -> Iterator[Problem]:
    """Warn that a save lacks so many comments, and the rest of so many branches."""
    parts = [f"{left_out} comment{'s' * (left_out > 1)}"] if left_out else []
    parts += [f"the rest of {branches} branch{'es' * (branches > 1)}"] if branches else []
    if parts:
        yield Problem(path, 0, f"Reddit left {' and '.join(parts)} out of this page", hint, "warning")
