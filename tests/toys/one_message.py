"""A toy reader: one file holds one message, whose thread is known only by the messages it answers, as mail does.

It does not say either which list it is from, unless the save has a `source`.
"""

from __future__ import annotations

import json

from generator.errors import Problem
from generator.model import Author, Post, Thread
from generator.readers import Reading, SavedThread
from tests.toys.counting import note

NAME = "toy-message"
ENDING = ".message"
PLAIN = False
EXPECTED = '{"toy": "message"}'


def sniff(raw: bytes) -> bool:
    """Say whether it is one."""
    return raw.startswith(b'{"toy": "message"')


def read(raw: bytes, path: str) -> Reading:
    """Read the message: a part of a thread without an id."""
    note(path)
    try:
        held = json.loads(raw)
        source, refs = held.get("source", ""), tuple(held["refs"])
        subject = held.get("subject", "A subject")
        post = Post(
            held["id"],
            subject,
            Author(source, held["author"]),
            None,
            None,
            held["text"],
            posted=held.get("posted"),
            stated=refs[-1] if refs else None,
        )
        thread = Thread(source, "", subject, "", (post,), posted=post.posted)
    except (ValueError, KeyError, TypeError) as error:
        return Reading(problems=(Problem(path, 1, f"this can't be read: {error!r}", "save it again"),))
    return Reading((SavedThread(thread, partial=True, refs=refs),))
