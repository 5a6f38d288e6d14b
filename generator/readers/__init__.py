"""What does this file say?

The bytes of one save come in, a `Reading` goes out: its threads, and every problem with its line. `threads` makes whole
threads of readings. Each module in the table `READERS` reads one kind of save; a new reader is registered by one line
there. Readers open no files, keep no state, and accept any bytes: what can't be read becomes a `Problem`. They know
nothing about redaction, sidecars and merging. If the source gives a post no id, its `id` is empty, and `threads` makes
one by `post_id`; ids may repeat within a thread. An id has only ASCII letters and digits, `-` and `_`, since links show
it unescaped; `read_save` takes any other for an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec

from generator.errors import Problem
from generator.readers import hackernews_html, hackernews_json, hypermail
from generator.readers.decoding import AWAY, decode
from generator.readers.discourse import json as discourse_json
from generator.readers.findings import quote
from generator.readers.foreign import what_text_it_is
from generator.readers.ids import ID, ID_BYTES, post_id
from generator.readers.mail import mail
from generator.readers.markdown import markdown
from generator.readers.markdown.front_matter import SOURCE
from generator.readers.reading import Piece, PostSpans, Reading, SavedThread, Span, Spans
from generator.readers.reddit import html as reddit_html
from generator.readers.reddit import json as reddit_json
from generator.readers.slashdot import html as slashdot_html
from generator.readers.slashdot import text as slashdot_text
from generator.readers.spans import block_for, splice

__all__ = (
    "ID", "MAIL", "PLAIN", "READERS", "SOURCE", "Piece", "PostSpans", "Reader", "Reading", "SavedThread", "Span",
    "Spans",
    "block_for", "decode", "post_id", "quote", "read_save", "reader_of", "splice",
)  # fmt: skip


class Reader(Protocol):
    """What a reader module offers."""

    NAME: str
    """The name of the reader, as in the published data (`saves[].reader`)."""

    ENDING: str
    """The ending of the names of such saves."""

    PLAIN: bool
    """Whether such a save is plain text that holds the thread and nothing else: then it is published beside it."""

    EXPECTED: str
    """What the first line of such a save looks like, for the message about a file that no reader can read."""

    def sniff(self, raw: bytes) -> bool:
        """Say from the start of the bytes whether they are (meant to be) a save of this kind."""

    def read(self, raw: bytes, path: str) -> Reading:
        """Read a save that `sniff` accepted; `path` is only for problems. Gives at least one thread or one error."""


READERS: tuple[Reader, ...] = (
    slashdot_text,
    markdown,
    slashdot_html,
    hackernews_html,
    hackernews_json,
    reddit_json,
    reddit_html,
    discourse_json,
    mail,
    hypermail,
)
"""Every kind of save we read. A file goes to the first reader whose `sniff` accepts it."""
PLAIN = frozenset(reader.NAME for reader in READERS if reader.PLAIN)
"""Names of the readers of plain saves."""
MAIL = frozenset((mail.NAME, hypermail.NAME))
"""Readers whose plain texts are mails: with quotes of whole messages, and with signatures."""


def reader_of(raw: bytes) -> Reader | None:
    """Find the reader for a save by its first bytes."""
    return next((reader for reader in READERS if reader.sniff(raw)), None)


def read_save(raw: bytes, path: str) -> Reading:
    """Read the bytes of a save with the reader for its kind.

    Gives at least one thread or one error, whatever the bytes are. `path` is only for problems.
    """
    reader = reader_of(raw)
    if reader is None:
        return Reading(problems=_no_save(raw, path))
    reading = reader.read(raw, path)
    wrong = [problem for saved in reading.threads for problem in _wrong_ids(saved, reader.NAME, path)]
    return msgspec.structs.replace(reading, problems=(*reading.problems, *wrong), reader=reader.NAME)


def _wrong_ids(saved: SavedThread, reader: str, path: str) -> Iterator[Problem]:
    """Report ids of posts that can't be part of an address as they are."""
    ids = [post.id for post in saved.thread.posts if post.id]
    # Looking at all of them at once is many times as fast.
    joined = "\n".join(["", *ids, ""])
    if not ids or (
        joined.encode("ascii", "replace").translate(None, ID_BYTES) == b"\n" * (len(ids) + 1) and "\n\n" not in joined
    ):
        return
    for name in ids:
        if not ID.fullmatch(name):
            message = f"the reader {reader} gives a post the id {quote(name)}"
            hint = f"an id has only ASCII letters and digits, - and _; that is a mistake in the reader, or {AWAY}"
            yield Problem(path, 0, message, hint)


def _no_save(raw: bytes, path: str) -> tuple[Problem, ...]:
    """Report a file that no reader can read, with what was expected."""
    text, problems = decode(raw, path)
    if any(problem.severity == "error" for problem in problems):
        return problems
    if not text or text.isspace():
        return (*problems, Problem(path, 1, "the file is empty", f"save the thread again, or {AWAY}"))
    if kind := what_text_it_is(text):
        message = f"this is {kind}, but none of the kinds that this version reads"
        hint = f"write the thread in a form that `threadpress help formats` shows, or {AWAY}"
        return (*problems, Problem(path, 1, message, hint))
    kinds = " or ".join(f"{reader.EXPECTED} ({reader.NAME})" for reader in READERS if reader.PLAIN)
    unknown = Problem(
        path,
        1,
        f"Threadpress does not read this kind of file; it starts {quote(text.lstrip())}",
        f"start a save with a line such as {kinds}, or {AWAY}",
    )
    return (*problems, unknown)
