"""Items of Hacker News as its APIs give them: JSON (SPEC section 2.3).

The bytes of a file come in, a `Reading` goes out. The Algolia API gives an item with all that is below it: a story is a
whole thread, a comment a part of one. The Firebase API gives single items; a file may hold one, or a list of them, or
one a line, and they are hung together by their parents. What is below an item and not in the file is not invented. A
page of search results is no save, and the message says what to save instead.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from generator.errors import Problem
from generator.model import Author, Post, Thread
from generator.readers.decoding import AWAY, as_utf8, decode
from generator.readers.hackernews_story import ITEM, SOURCE, link_to
from generator.readers.reading import Reading, SavedThread

NAME = "hackernews-json"
ENDING = ".json"
PLAIN = False
EXPECTED = '{"id": 8863, "created_at_i": 1175714200,'

Item = dict[str, Any]

_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*[{\[]")
_ALGOLIA = re.compile(rb'"created_at_i"\s*:\s*[0-9]')
_FIREBASE = re.compile(rb'"type"\s*:\s*"(?:story|comment|job|poll|pollopt)"')
_FIREBASE_TOO = re.compile(rb'"time"\s*:\s*[0-9]')
_FETCH = "save what https://hn.algolia.com/api/v1/items/ID answers, with the number of the story"


def sniff(raw: bytes) -> bool:
    """Say whether bytes are JSON with the fields that only these APIs use."""
    if not _START.match(raw) and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return False
    text = as_utf8(raw)
    if not _START.match(text):
        return False
    return _ALGOLIA.search(text) is not None or (
        _FIREBASE.search(text) is not None and _FIREBASE_TOO.search(text) is not None
    )


def read(raw: bytes, path: str) -> Reading:
    """Read a file: a thread for each story in it, and for each comment whose story is not in it."""
    text, problems = decode(raw, path)
    value: Any = None
    try:
        value = _decoded(text)
    except RecursionError:
        what, hint = "this JSON nests deeper than any thread does", f"save it again, or {AWAY}"
        return Reading(problems=(*problems, Problem(path, 0, what, hint)))
    except ValueError as error:
        line, what = (error.lineno, error.msg) if isinstance(error, json.JSONDecodeError) else (0, str(error))
        hint = f"save it again, whole, or {AWAY}"
        return Reading(problems=(*problems, Problem(path, line, f"this JSON can't be read: {what}", hint)))
    if isinstance(value, dict) and "hits" in value:
        what = "this is a page of search results of Hacker News, and has no thread"
        return Reading(problems=(*problems, Problem(path, 0, what, f"{_FETCH}, or {AWAY}")))
    threads = tuple(_threads(_flat(value)))
    if not threads:
        what = "this JSON has no item of Hacker News with a number"
        problems = (*problems, Problem(path, 0, what, f"{_FETCH}, or {AWAY}"))
    return Reading(threads, problems)


def _decoded(text: str) -> Any:  # JSON may be anything
    """Decode JSON, or JSON of which each line is a value."""
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        lines = [line for line in text.split("\n") if line.strip()]
        if error.msg != "Extra data" or len(lines) < 2:
            raise
        return [json.loads(line, strict=False) for line in lines]


def _flat(value: Any) -> dict[str, Item]:  # JSON may be anything
    """Give all items, by number, each before those below it. Without recursion."""
    items: dict[str, Item] = {}
    waiting: list[tuple[Any, str | None]] = [(value, None)]
    while waiting:
        item, above = waiting.pop()
        if isinstance(item, list):
            waiting += [(each, above) for each in reversed(item)]
        elif isinstance(item, dict) and (number := _number(item.get("id"))):
            parent = above or _number(item.get("parent_id")) or _number(item.get("parent"))
            items.setdefault(number, {**item, "id": number, "parent": parent})
            waiting.append((item.get("children"), number))
    return items


def _number(value: Any) -> str | None:  # JSON may be anything
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _threads(items: dict[str, Item]) -> Iterator[SavedThread]:
    """Put items together that have the same item at the top."""
    tops: dict[str, str] = {}
    for number in items:
        path: list[str] = []
        at = number
        while at not in tops and at not in path[-1:]:
            path.append(at)
            parent = items[at]["parent"]
            tops[at] = at
            if parent not in items:
                break
            at = parent
        top = tops[at]
        tops.update(dict.fromkeys(path, top))
    below: dict[str, list[str]] = {}
    for number, item in items.items():
        if item.get("type") != "pollopt":
            below.setdefault(tops[number], []).append(number)
    for top, numbers in below.items():
        yield _thread(items, top, numbers)


def _thread(items: dict[str, Item], top: str, numbers: list[str]) -> SavedThread:
    head = items[top]
    if head.get("type") == "comment" or (head["parent"] and not head.get("title")):
        story = _number(head.get("story_id"))
        posts = [_post(items[number], story) for number in numbers]
        title = _text(head, "story_title") or "Untitled"
        url = f"{ITEM}{story}" if story else None
        thread = Thread(SOURCE, story or "", title, "", tuple(posts), url=url, markup="html")
        return SavedThread(thread, partial=True, refs=(head["parent"],) if head["parent"] else ())
    address = _text(head, "url")
    body = [link_to(address)] if address else []
    posted, posted_raw = _time(head)
    author, title = _text(head, "author") or _text(head, "by"), _text(head, "title")
    thread = Thread(
        source=SOURCE,
        id=top,
        title=(title if "created_at_i" in head else html.unescape(title)) or "Untitled",
        body="\n".join([*body, *filter(None, [_text(head, "text").strip()]), *_options(head, items)]),
        posts=tuple(_post(items[number], top) for number in numbers if number != top),
        url=f"{ITEM}{top}",
        posted=posted,
        posted_raw=posted_raw,
        author=Author(SOURCE, author) if author else None,
        markup="html",
    )
    kids = (kid for number in numbers if isinstance(kids := items[number].get("kids"), list) for kid in kids)
    return SavedThread(thread, partial=any(_number(kid) not in items for kid in kids))


def _post(item: Item, story: str | None) -> Post:
    posted, posted_raw = _time(item)
    text = "" if item.get("deleted") is True else _text(item, "text").strip()
    author = _text(item, "author") or _text(item, "by")
    points = item.get("points")
    return Post(
        id=item["id"],
        subject="",
        author=Author(SOURCE, author),
        score=points if isinstance(points, int) and not isinstance(points, bool) else None,
        label="Dead" if item.get("dead") is True and text else None,
        body=text,
        markup="html",
        missing=not text,
        posted=posted,
        posted_raw=posted_raw,
        stated="" if item["parent"] and item["parent"] == story else item["parent"],
    )


def _text(item: Item, name: str) -> str:
    """Give a field that should be text; "" if it is not."""
    value = item.get(name)
    if not isinstance(value, str):
        return ""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    # JSON can hold half a character, which is no text.
    return value if value.isascii() else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _time(item: Item) -> tuple[str | None, str | None]:
    """Give the time in ISO 8601, and as it is written if it is."""
    raw = _text(item, "created_at") or None
    seconds = item.get("created_at_i", item.get("time"))
    if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < 10**11:
        return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z"), raw
    return None, raw


def _options(head: Item, items: dict[str, Item]) -> Iterator[str]:
    """Give the choices of a poll, with their points, as a list."""
    parts = head.get("options") or head.get("parts")
    choices = [items.get(_number(part) or "", part) for part in parts] if isinstance(parts, list) else []
    named = [choice for choice in choices if isinstance(choice, dict)]
    if named:
        points = [choice.get("points", choice.get("score", 0)) for choice in named]
        shown = [
            f"<li>{_text(choice, 'text')} ({number} points)</li>" for choice, number in zip(named, points, strict=True)
        ]
        yield f"<ul>{''.join(shown)}</ul>"
