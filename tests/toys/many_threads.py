"""A toy reader: one file holds many whole threads, as a mailbox or an export does."""

from __future__ import annotations

import json

from generator.errors import Problem
from generator.model import Author, Post, Thread
from generator.readers import Reading, SavedThread
from tests.toys.counting import note

NAME = "toy-many"
ENDING = ".many"
PLAIN = False
EXPECTED = '{"toy": "many"}'


def sniff(raw: bytes) -> bool:
    """Say whether it is one."""
    return raw.startswith(b'{"toy": "many"')


def read(raw: bytes, path: str) -> Reading:
    """Read all threads."""
    note(path)
    try:
        held = json.loads(raw)
        source = held["source"]
        return Reading(
            tuple(
                SavedThread(
                    Thread(
                        source,
                        each["id"],
                        each["title"],
                        "",
                        tuple(
                            Post(name, "", Author(source, author), None, None, text, stated=parent)
                            for name, author, parent, text in each["posts"]
                        ),
                    )
                )
                for each in held["threads"]
            )
        )
    except (ValueError, KeyError, TypeError) as error:
        return Reading(problems=(Problem(path, 1, f"this can't be read: {error!r}", "export it again"),))
