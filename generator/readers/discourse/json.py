"""Discourse's topics as JSON: a topic, a page of one, single posts, lists of posts.

The bytes of one export come in, a `Reading` goes out: a thread for each topic that the export holds posts of. It says
which posts a topic has, so an export that holds fewer is partial. No export says which forum it is from. A post's place
in the tree is stated by number, which is turned into an id as far as the export allows. Nothing is taken of what the
forum says to the one who saved (read, bookmarked, may edit), nor what only its staff sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import msgspec

from generator.errors import Problem
from generator.model import Author, Markup, Post, Thread
from generator.readers.decoding import AWAY
from generator.readers.discourse.topics import Topic, find_topics, id_in, ids_by_number
from generator.readers.json_values import (
    holds_lines,
    json_lines,
    json_value,
    line_of,
    starts_json,
    string_of,
    time_of,
    whole_of,
)
from generator.readers.reading import Reading, SavedThread

NAME = "discourse-json"
ENDING = ".json"
PLAIN = False
EXPECTED = '{"post_stream":'

_MARK = re.compile(
    rb'"(?:post_stream|topic_list|category_list|latest_posts|grouped_search_result|user_actions)"\s*:'
    rb'|"errors"\s*:\s*\[[^\]]*\]\s*,\s*"error_type"\s*:'
)
_WORDS = (b"post_stream", b'_list"', b"latest_posts", b"grouped_search_result", b"user_actions", b"error_type")
"""What `_MARK` has; looking for words is many times as fast."""
_POST = (re.compile(rb'"cooked"\s*:'), re.compile(rb'"(?:avatar_template|topic_id|post_number|topic_slug)"\s*:'))
_WORD = re.compile(r"<[^>]*>|\s")

_ACTION, _WHISPER = 3, 4
"""Kinds of posts: what somebody did to the topic, and what only staff may read."""
_DONE = {
    "closed": ("opened this topic", "closed this topic"),
    "autoclosed": ("this topic was automatically opened", "this topic was automatically closed"),
    "archived": ("took this topic out of the archive", "archived this topic"),
    "pinned": ("unpinned this topic", "pinned this topic"),
    "pinned_globally": ("unpinned this topic", "pinned this topic globally"),
    "visible": ("unlisted this topic", "listed this topic"),
    "banner": ("removed this banner", "made this a banner"),
}
"""What was done, by the start of its code: what `disabled` means, and what `enabled` means."""
_WAY = "save the address of one topic with .json behind it"


def sniff(raw: bytes) -> bool:
    """Say whether this is JSON with the names that Discourse gives to things."""
    head = starts_json(raw)
    if any(word in head for word in _WORDS) and _MARK.search(head):
        return True
    return b'"cooked"' in head and all(mark.search(head) for mark in _POST)


def read(raw: bytes, path: str) -> Reading:
    """Read the topics of an export."""
    value, problems = json_lines(raw, path) if holds_lines(raw) else json_value(raw, path)
    if any(problem.severity == "error" for problem in problems):
        return Reading(problems=problems)
    topics = find_topics(value)
    threads = tuple(SavedThread(_thread(topic, path), partial=not topic.whole) for topic in topics)
    if not threads:
        return Reading(problems=(*problems, _no_topic(value, path)))
    return Reading(threads, (*problems, *(problem for topic in topics for problem in _missing_pages(topic, path))))


def _no_topic(value: object, path: str) -> Problem:
    """Say why an export can't be used."""
    if isinstance(value, dict):
        errors = value.get("errors")
        if isinstance(errors, list) and errors:
            message = f"the forum gave no topic here but an error ({line_of(errors[0])[:60]})"
            return Problem(path, 0, message, f"{_WAY} while you can see it in your browser, or {AWAY}")
        if any(name in value for name in ("topic_list", "category_list", "grouped_search_result", "user_actions")):
            message = "this is a list (a category, a search, or what one user wrote), not a topic"
            return Problem(path, 0, message, f"{_WAY}, for each topic you want, or {AWAY}")
    return Problem(path, 0, "no post of a Discourse topic is in this export", f"{_WAY}, or {AWAY}")


def _missing_pages(topic: Topic, path: str) -> Iterator[Problem]:
    """Warn of what the export doesn't hold, once for a topic, and of what may not be meant for others."""
    held = {id_in(post) for post in topic.posts}
    if topic.stream and topic.stream[0] in held and not topic.whole:
        message = f"this page holds {len(held)} of the {len(topic.stream)} posts of topic {topic.id}"
        hint = "save the other pages beside it (?page=2 behind .json, and so on), unless they are there already"
        yield Problem(path, 0, message, hint, "warning")
    if topic.head.get("archetype") == "private_message":
        message = f"topic {topic.id} is a private conversation"
        yield Problem(path, 0, message, "ask those who wrote it before you publish it", "warning")


def _thread(topic: Topic, path: str) -> Thread:
    """Make the thread of a topic. Its first post is a post like the others, since others answer it."""
    head = topic.head
    posts = [post for post in topic.posts if post.get("post_type") != _WHISPER]
    first = next((post for post in posts if post.get("post_number") == 1), {})
    some = head if head.get("title") else next((post for post in posts if post.get("topic_title")), {})
    slug = next((slug for post in posts if (slug := line_of(post.get("topic_slug")))), "")
    details = head.get("details")
    starter = details.get("created_by") if isinstance(details, dict) else None
    posted = head.get("created_at") or first.get("created_at")
    ids = ids_by_number(topic)
    made = [_post(post, ids) for post in posts]
    return Thread(
        source="",
        id=topic.id,
        title=line_of(some.get("title") or some.get("topic_title"))
        or slug.replace("-", " ")
        or PurePosixPath(path).stem,
        body="",
        posts=_with_parents(made, posts) if topic.whole else tuple(made),
        posted=time_of(posted),
        posted_raw=string_of(posted) or None,
        author=_author(starter, "id") if isinstance(starter, dict) else _author(first, "user_id") if first else None,
        tags=tuple(dict.fromkeys(_tags(head))),
    )


def _with_parents(posts: Sequence[Post], data: Iterable[Mapping[str, Any]]) -> tuple[Post, ...]:
    """Give the posts of a whole topic with those that are answered in it and no longer there, each in its place.

    Who wrote them is known by those who answer.
    """
    lacking: dict[int, Post] = {}
    answers = []
    for post, value in zip(posts, data, strict=True):
        number = post.stated_number
        if number is not None and number != post.number:
            writer = value.get("reply_to_user")
            author = _author(writer, "id") if isinstance(writer, dict) else Author("", "")
            gone = Post(f"n{number}", "", author, None, None, "", number=number, missing=True)
            post = msgspec.structs.replace(post, stated=lacking.setdefault(number, gone).id, stated_number=None)
        answers.append(post)
    if not lacking:
        return tuple(posts)
    return tuple(sorted((*answers, *lacking.values()), key=lambda post: post.number or 0))


def _tags(head: Mapping[str, Any]) -> Iterator[str]:
    """Give the tags, and the category if the exporter wrote its name."""
    tags = head.get("tags")
    for tag in (head.get("category"), *(tags if isinstance(tags, list) else ())):
        if name := line_of(tag.get("name") if isinstance(tag, dict) else tag):
            yield name


def _author(value: Mapping[str, Any], uid: str) -> Author:
    """Give an author. Names can change on a forum, numbers don't."""
    number = whole_of(value.get(uid))
    name = line_of(value.get("username"))
    return Author("", name, str(number) if name and number is not None else None)


def _post(data: Mapping[str, Any], ids: Mapping[int, str]) -> Post:
    """Make a post."""
    missing = any(data.get(name) for name in ("hidden", "user_deleted", "deleted_at"))
    nothing: tuple[str, Markup] = "", "plain"
    body, markup = nothing if missing else _body(data)
    parent = whole_of(data.get("reply_to_post_number"))
    stated = ids.get(parent) if parent else ""
    return Post(
        id=id_in(data),
        subject="",
        author=_author(data, "user_id"),
        score=None,
        label=None,
        body=body,
        markup=markup,
        posted=time_of(data.get("created_at")),
        posted_raw=string_of(data.get("created_at")) or None,
        updated=time_of(data.get("updated_at")),
        stated=stated,
        stated_number=parent if stated is None else None,
        number=whole_of(data.get("post_number")),
        missing=missing,
    )


def _body(data: Mapping[str, Any]) -> tuple[str, Markup]:
    """Give the text of a post; of a note that somebody did something, what was done."""
    cooked = string_of(data.get("cooked"))
    if _WORD.sub("", cooked) or "<img" in cooked:
        return cooked, "html"
    if raw := string_of(data.get("raw")):
        return raw, "markdown"
    code = line_of(data.get("action_code"))
    if data.get("post_type") != _ACTION or not code:
        return cooked, "html"
    what, _, state = code.partition(".")
    if what in _DONE and state in ("enabled", "disabled"):
        return _DONE[what][state == "enabled"], "plain"
    return " ".join([*code.replace("_", " ").split("."), line_of(data.get("action_code_who"))]).strip(), "plain"
