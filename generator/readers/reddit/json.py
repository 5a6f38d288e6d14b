"""Reddit's threads as JSON: what `.json` behind an address gives, what exporters make of it, and dumps.

The bytes of one export come in, a `Reading` goes out. An export holds one thread, or many if it is a dump. `items`
finds posts and comments in it. Comments that Reddit left out ("more") are counted, not made up. Nothing is taken of
what Reddit says to the one who saved: votes, marks, and the token for forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePosixPath
from typing import Any

from generator.errors import Problem
from generator.model import Link, Markup, Post, Thread
from generator.readers.decoding import AWAY
from generator.readers.json_values import (
    holds_lines,
    json_lines,
    json_value,
    line_of,
    starts_json,
    string_of,
    whole_of,
)
from generator.readers.reading import Reading, SavedThread
from generator.readers.reddit.items import Escaping, Item, find_items, is_listing
from generator.readers.reddit.values import (
    SITE,
    SOURCE,
    absolute,
    author_of,
    bare_id,
    incomplete,
    is_gone,
    place_of,
    when,
    with_parents,
)

NAME = "reddit-json"
ENDING = ".json"
PLAIN = False
EXPECTED = '[{"kind": "Listing"'

_MARK = re.compile(
    rb'"kind"\s*:\s*"(?:Listing|t[1-6])"|"(?:link_id|parent_id|name|id)"\s*:\s*"t[13]_|"(?:subreddit|selftext)"\s*:\s*"'
    rb'|"(?:Comment ID|submission_metadata|scrape_settings)"\s*:'
)
_WORDS = (b'"kind"', b'"t1_', b'"t3_', b'"subreddit"', b'"selftext"', b"Comment ID", b"submission_", b"scrape_settings")
"""What `_MARK` has; looking for words is many times as fast."""
_REFUSED = re.compile(rb'\s*\{(?=[^{}]*"message"\s*:\s*")(?=[^{}]*"error"\s*:\s*[0-9]{3}\b)[^{}]*\}\s*')
"""What the API gives instead of a thread."""
_WAY = "save the page of one post, with .json behind its address"


def sniff(raw: bytes) -> bool:
    """Say whether this is JSON with the names that Reddit gives to things."""
    head = starts_json(raw)
    if any(word in head for word in _WORDS) and _MARK.search(head):
        return True
    return _REFUSED.fullmatch(head) is not None


def read(raw: bytes, path: str) -> Reading:
    """Read the threads of an export. Those of a dump are partial, and so is the page of a single comment."""
    lines = holds_lines(raw)
    value, problems = json_lines(raw, path) if lines else json_value(raw, path)
    if any(problem.severity == "error" for problem in problems):
        return Reading(problems=problems)
    items = find_items(value)
    drafts = _drafts(items)
    if not drafts or (len(drafts) > 1 and is_listing(value)):
        return Reading(problems=(*problems, _no_thread(value, len(drafts), path)))
    escaping = Escaping(items)
    name, many = PurePosixPath(path).stem, len(drafts) > 1
    threads = tuple(draft.saved(escaping, f"{name}: {draft.id}" if many else name, lines or many) for draft in drafts)
    return Reading(threads, (*problems, *_warnings(drafts, path)))


def _no_thread(value: object, threads: int, path: str) -> Problem:
    """Say why an export can't be used."""
    if isinstance(value, dict) and isinstance(value.get("message"), str) and "error" in value:
        message = f"Reddit gave no thread here but the error {value['error']} ({line_of(value['message'])[:60]})"
        return Problem(path, 0, message, f"{_WAY} while you can see it in your browser, or {AWAY}")
    if threads:
        message = f"this is a list of {threads} posts (a subreddit, a search or what one user wrote), not a thread"
        return Problem(path, 0, message, f"{_WAY}, for each thread you want, or {AWAY}")
    return Problem(path, 0, "no post and no comment of Reddit is in this export", f"{_WAY}, or {AWAY}")


class _Draft:
    """What an export holds of one thread, while its items are sorted."""

    def __init__(self, number: str) -> None:
        self.id = number
        self.head: Mapping[str, Any] | None = None
        self.comments: dict[str, Mapping[str, Any]] = {}
        """By id, each once: the last is the newest in a dump that holds a comment several times."""
        self.urs = False
        self.left_out = 0
        """How many comments the export says it lacks."""
        self.branches = 0
        """How many branches go on in a page of their own, so that nobody says how many comments they have."""

    def add(self, item: Item, number: str) -> None:
        """Take an item with the id `number`; a note of more comments needs none."""
        self.urs = self.urs or item.urs
        if item.kind == "post":
            self.head = item.data
        elif item.kind == "comment":
            self.comments[number] = item.data
        else:
            children = item.data.get("children")
            count = max(whole_of(item.data.get("count")) or 0, len(children) if isinstance(children, list) else 0)
            self.left_out += count
            self.branches += not count

    def saved(self, escaping: Escaping, title: str, dump: bool) -> SavedThread:
        """Make the thread; `title` is for one that has none."""
        posts = tuple(_post(number, data, escaping) for number, data in self.comments.items())
        partial = dump or self.urs or self.head is None or self._is_a_part(posts)
        return SavedThread(_thread(self, with_parents(posts), escaping, title), partial=partial)

    def _is_a_part(self, posts: Sequence[Post]) -> bool:
        """Say whether this is the page of one comment, as far as it shows, or the post without the comments it has."""
        tops = sum(not post.stated for post in posts)
        told = whole_of((self.head or {}).get("num_comments"))
        if not tops:
            return bool(posts) or told != 0
        return tops == 1 and (told or 0) > len(posts) + self.left_out

    @property
    def titled(self) -> bool:
        """Whether the export says the title."""
        return self.head is not None or any(data.get("link_title") for data in self.comments.values())


def _warnings(drafts: Sequence[_Draft], path: str) -> Iterator[Problem]:
    """Warn of what the export doesn't hold."""
    untitled = [draft.id for draft in drafts if not draft.titled]
    if untitled:
        which = f"the thread {untitled[0]}" if len(untitled) == 1 else f"{len(untitled)} threads"
        message = f"this export does not say the title of {which}, so the name of the file stands for it"
        hint = "add the thread as Reddit's own .json too, or give the title in a sidecar"
        yield Problem(path, 0, message, hint, "warning")
    hint = "save the pages of the comments above them too, with .json behind the address: they are joined"
    left_out, branches = sum(draft.left_out for draft in drafts), sum(draft.branches for draft in drafts)
    yield from incomplete(left_out, branches, hint, path)


def _drafts(items: Sequence[Item]) -> list[_Draft]:
    """Sort items by thread. A comment that doesn't name its thread is in that of the item before it."""
    drafts: dict[str, _Draft] = {}
    current = ""
    for item in items:
        data = item.data
        number = bare_id(data.get("id")) or bare_id(data.get("name"))
        parent = data.get("parent_id")
        if item.kind == "post":
            current = number
        elif isinstance(parent, str) and parent.startswith("t3_"):
            current = bare_id(parent)
        current = bare_id(data.get("link_id") or data.get("submission")) or current
        if number or item.kind == "more":
            drafts.setdefault(current, _Draft(current)).add(item, number)
    return [draft for draft in drafts.values() if draft.head is not None or draft.comments]


def _thread(draft: _Draft, posts: tuple[Post, ...], escaping: Escaping, title: str) -> Thread:
    """Make the thread of what is said of it, and of its posts."""
    head = draft.head or {}
    some = head or next(iter(draft.comments.values()), {})
    title = line_of(escaping.text(string_of(some.get("title") or some.get("link_title")))) or title
    author = author_of(line_of(head.get("author"))) if head else None
    gone = author is not None and is_gone(string_of(head.get("selftext")), author)
    nothing: tuple[str, Markup] = "", "plain"
    body, markup = nothing if gone else _with_poll(*_body(head, "selftext", escaping), head, escaping)
    permalink = string_of(head.get("permalink"))
    return Thread(
        source=SOURCE,
        id=draft.id,
        title=title,
        body=body,
        posts=posts,
        url=SITE + permalink if permalink.startswith("/") else permalink or None,
        posted=when(head.get("created_utc")),
        author=author,
        tags=tuple(filter(None, [line_of(some.get("subreddit"))])),
        markup=markup,
        links=tuple(Link(None, url) for url in dict.fromkeys(_links(head, escaping))),
    )


def _post(number: str, data: Mapping[str, Any], escaping: Escaping) -> Post:
    """Make a post of a comment."""
    author = author_of(line_of(data.get("author")))
    missing = is_gone(string_of(data.get("body")), author)
    body, markup = _body(data, "body", escaping)
    posted, edited = when(data.get("created_utc")), data.get("edited")
    parent = data.get("parent_id")
    return Post(
        id=number,
        subject="",
        author=author,
        score=None if data.get("score_hidden") is True else whole_of(data.get("score", data.get("ups"))),
        label=None,
        body="" if missing else body,
        markup="plain" if missing else markup,
        posted=posted,
        updated=posted if edited is False else when(edited),
        stated="" if isinstance(parent, str) and parent.startswith("t3_") else bare_id(parent) or None,
        missing=missing,
    )


def _body(data: Mapping[str, Any], name: str, escaping: Escaping) -> tuple[str, Markup]:
    """Give a text as HTML, which is what Reddit showed; without it, as the Markdown it was written in."""
    if html := string_of(data.get(f"{name}_html")):
        return absolute(escaping.markup(html)), "html"
    return escaping.text(string_of(data.get(name))).strip(), "markdown"


def _links(head: Mapping[str, Any], escaping: Escaping) -> Iterator[str]:
    """Give the addresses that a post is about: its link, and the pictures of a gallery."""
    url = escaping.text(string_of(head.get("url")))
    place = place_of(url)
    if url and not head.get("is_self") and (place is None or place.thread != bare_id(head.get("id"))):
        yield SITE + url if url.startswith("/") else url
    media = head.get("media_metadata")
    for picture in media.values() if isinstance(media, dict) else ():
        largest = picture.get("s") if isinstance(picture, dict) else None
        if isinstance(largest, dict) and (address := string_of(largest.get("u") or largest.get("gif"))):
            yield escaping.text(address)


def _with_poll(body: str, markup: Markup, head: Mapping[str, Any], escaping: Escaping) -> tuple[str, Markup]:
    """Add the choices of a poll to the text of its post, with their votes if they are told."""
    poll = head.get("poll_data")
    options = poll.get("options") if isinstance(poll, dict) else None
    choices = []
    for option in options if isinstance(options, list) else ():
        choice = line_of(option.get("text")) if isinstance(option, dict) else ""
        votes = whole_of(option.get("vote_count")) if choice else None
        choices.append(f"<li>{escape(escaping.text(choice))}{'' if votes is None else f' ({votes})'}</li>")
    if not choices or (body and markup != "html"):
        return body, markup
    return f"{body}\n<ul>{''.join(choices)}</ul>".strip(), "html"
