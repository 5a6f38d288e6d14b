"""Find posts and comments in JSON, whatever an exporter wrapped around them.

A value comes in, `Item`s go out in its own order, each comment before what answers it. Reddit's API, scripts that keep
what it gave in lists or in fields of their own, URS and dumps all come down to the same items.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

Kind = Literal["post", "comment", "more"]

_KINDS: Mapping[object, Kind] = {"t1": "comment", "t3": "post", "more": "more"}
_OTHER_KIND = re.compile("t[0-9]")
_INSIDE: Mapping[Kind, str] = {"post": "comments", "comment": "replies", "more": ""}
"""The field of an item that holds further items."""
_OF_POSTS = ("selftext", "permalink", "num_comments", "subreddit")
_URS = {
    "Parent ID": "parent_id",
    "Comment ID": "id",
    "Author": "author",
    "Date Created": "created_utc",
    "Upvotes": "score",
    "Text": "body",
    "Edited?": "edited",
}
"""The fields of URS, and what Reddit calls them."""

_LEVEL = re.compile(r"\s*&((?:amp;)*)lt;")
_BARE = re.compile(r"[<>]|&(?!(?:amp|lt|gt|quot|#39|#x27);)")
"""What is in no text that was escaped."""


class Item(NamedTuple):
    """A post, a comment, or a note that there are more comments."""

    kind: Kind
    data: Mapping[str, Any]
    urs: bool = False
    """Whether URS wrote it, which leaves out what the thread is."""


def find_items(value: object) -> list[Item]:
    """List the items of a value, in order. Linear, without recursion."""
    items: list[Item] = []
    stack = [value]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(reversed(value))
        elif isinstance(value, dict):
            item = _item(value)
            if item is None:
                stack.extend(inner for inner in reversed(value.values()) if isinstance(inner, (list, dict)))
            elif item.data:
                items.append(item)
                stack.append(item.data.get(_INSIDE[item.kind]))
    return items


def is_listing(value: object) -> bool:
    """Say whether this is one list or a list of lists, as the API gives them, or what URS made of one page."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and (first.get("kind") == "Listing" or "scrape_settings" in first)


def _item(value: dict[str, Any]) -> Item | None:
    """Say what a dict is; None if it only holds others. An item without data is of a kind that no thread holds."""
    kind, data = value.get("kind"), value.get("data")
    if isinstance(data, dict) and isinstance(kind, str):
        if kind in _KINDS:
            return Item(_KINDS[kind], data)
        if _OTHER_KIND.fullmatch(kind):
            return Item("more", {})
    if "Comment ID" in value:
        return Item("comment", {name: value.get(field) for field, name in _URS.items()}, urs=True)
    if "body" in value and ("id" in value or "name" in value):
        return Item("comment", value)
    if "title" in value and ("id" in value or "name" in value) and any(field in value for field in _OF_POSTS):
        return Item("post", value)
    if "children" in value and "parent_id" in value:
        return Item("more", value)
    return None


class Escaping:
    """Takes back how often an export has its texts escaped: Reddit itself does it once, some exporters once more.

    HTML shows it by how it starts. Texts without HTML beside them are taken as the others of the file.
    """

    def __init__(self, items: Sequence[Item]) -> None:
        levels = (_level(data.get(name)) for _, data, _ in items for name in ("body_html", "selftext_html"))
        self._level = next((level for level in levels if level is not None), None)
        if self._level is None:
            self._level = _guess(items)

    def markup(self, value: str) -> str:
        """Give a piece of HTML as HTML."""
        level = _level(value)
        return _unescaped(value, self._level or 0 if level is None else level)

    def text(self, value: str) -> str:
        """Give any other text."""
        return _unescaped(value, self._level or 0)


def _level(value: object) -> int | None:
    """Say how often HTML is escaped; None if it doesn't show."""
    if not isinstance(value, str) or not value:
        return None
    if match := _LEVEL.match(value):
        return 1 + len(match[1]) // len("amp;")
    return 0 if value.lstrip().startswith("<") else None


def _guess(items: Sequence[Item]) -> int:
    """Say whether texts were escaped: then none has a bare character of those that are escaped, and some an escape."""
    escaped = 0
    for _, data, _ in items:
        for name in ("body", "selftext", "title", "url"):
            value = data.get(name)
            if isinstance(value, str):
                if _BARE.search(value):
                    return 0
                escaped = escaped or int("&" in value)
    return escaped


def _unescaped(value: str, level: int) -> str:
    for _ in range(level if "&" in value else 0):
        value = html.unescape(value)
    return value
