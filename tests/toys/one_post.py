"""A toy reader: one file holds one post, which names its thread and its number in it, as a forum's export does."""

from __future__ import annotations

import json

from generator.errors import Problem
from generator.model import Author, Post, Thread
from generator.readers import Reading, SavedThread
from tests.toys.counting import note

NAME = "toy-post"
ENDING = ".post"
PLAIN = False
EXPECTED = '{"toy": "post"}'


def sniff(raw: bytes) -> bool:
    """Say whether it is one."""
    return raw.startswith(b'{"toy": "post"')


def read(raw: bytes, path: str) -> Reading:
    """Read the post: a part of its thread."""
    note(path)
    try:
        held = json.loads(raw)
        source = held.get("source", "forum")
        name, author, parent, text = held["post"]
        post = Post(
            name,
            "",
            Author(source, author),
            None,
            None,
            text,
            posted=held.get("posted"),
            stated=parent,
            number=held.get("number"),
            markup=held.get("markup", "plain"),
        )
        thread = Thread(source, held["thread"], held["title"], "", (post,), url=held.get("url"))
    except (ValueError, KeyError, TypeError) as error:
        return Reading(problems=(Problem(path, 1, f"this can't be read: {error!r}", "export it again"),))
    return Reading((SavedThread(thread, partial=True),))
