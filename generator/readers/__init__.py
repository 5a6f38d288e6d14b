"""Readers: one kind of save each, text in, `Reading` out.

A reader is a module with the attributes of `Reader`; the table `READERS` at the foot of this file is all there is to
registering one. Readers open no files, keep no state, and fail on no text: what can't be read becomes a `Problem`,
all of them, with the line. They give posts ids (native ones, or `identity.post_id`) that may repeat within a thread;
`merge` makes them unique.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection
from typing import Protocol

import msgspec

from generator.errors import Problem
from generator.model import Thread

STORY = -1
"""Stands for the story where the posts of a thread are numbered from 0."""
_AWAY = "leave this file out of the content folder"


class Reading(msgspec.Struct, frozen=True):
    """What one save holds. With an error among `problems`, `threads` may lack the thread it is about."""

    threads: tuple[Thread, ...]
    problems: tuple[Problem, ...] = ()


class Reader(Protocol):
    """What a reader module offers."""

    NAME: str
    """As it stands in the data (`saves[].reader`)."""

    ENDING: str
    """What the names of such saves end in."""

    EXPECTED: str
    """What the first line of such a save looks like, for the message when no reader knows a file."""

    def sniff(self, text: str) -> bool:
        """Say whether the text is (meant to be) a save of this kind, from its first lines."""

    def identify(self, text: str) -> tuple[Thread, ...]:
        """Give the threads in the save as far as its head tells, as cheaply as can be; () where it can't be told.

        Sources and ids must be those that `read` gives. Titles, dates, departments and tags are believed only until
        the save is read; texts and posts are left out.
        """

    def read(self, text: str, path: str, *, footer: bool = True) -> Reading:
        """Read a save. `path` is for problems only; with `footer` false the last block belongs to the last post."""

    def rewrite(
        self, text: str, gone: Collection[tuple[int, int]], change: Callable[[str], str], *, footer: bool = True
    ) -> str:
        """Give the save as it would stand with some texts removed; all else stays to the letter.

        `gone` holds (number of the thread in the save, number of the post in the thread or `STORY`): their names, uids
        and texts become `model.REMOVED`. Every other text (post or story) becomes `change(text)`, which is never empty.
        """


def decode(raw: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """Decode a save: UTF-8, else Windows-1252 (with a warning); BOM dropped, line ends made LF.

    Bytes that are no text at all (a NUL among them) are an error: the text is then empty.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
    zero = raw.find(b"\0")
    if zero >= 0:
        message = "this is no text file (it holds a NUL byte)"
        return "", (Problem(path, _line_of(raw, zero), message, f"save the thread as text, or {_AWAY}"),)
    problems: tuple[Problem, ...] = ()
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        text = raw.decode("cp1252", "replace")
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8, so the file was read as Windows-1252"
        hint = "save it as UTF-8 if characters look wrong"
        problems = (Problem(path, _line_of(raw, error.start), message, hint, "warning"),)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, problems


def _line_of(raw: bytes, offset: int) -> int:
    return raw[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1


def reader_of(text: str) -> Reader | None:
    """Find the reader for a text, from its first lines."""
    return next((reader for reader in READERS if reader.sniff(text)), None)


def read_save(raw: bytes, path: str, *, footer: bool = True) -> Reading:
    """Read the bytes of a save with the reader that knows its kind.

    Gives a thread or at least one error, whatever the bytes are. `path` is for the problems; with `footer` false the
    save has no footer (a sidecar said so).
    """
    text, problems = decode(raw, path)
    if any(problem.severity == "error" for problem in problems):
        return Reading((), problems)
    reader = reader_of(text)
    if reader is not None:
        reading = reader.read(text, path, footer=footer)
        return Reading(reading.threads, problems + reading.problems)
    if not text or text.isspace():
        nothing = Problem(path, 1, "the file is empty", f"save the thread again, or {_AWAY}")
        return Reading((), (*problems, nothing))
    kinds = " or ".join(f"{reader.EXPECTED} ({reader.NAME})" for reader in READERS)
    unknown = Problem(
        path,
        1,
        f"this is no kind of save that Threadpress reads; it starts {quote(text.lstrip())}",
        f"start a save with a line such as {kinds}, or {_AWAY}",
    )
    return Reading((), (*problems, unknown))


# The readers need `Reading` from above, so they are imported down here.
from generator.readers import markdown, slashdot_text  # noqa: E402
from generator.readers.findings import quote  # noqa: E402

READERS: tuple[Reader, ...] = (slashdot_text, markdown)
"""Every kind of save we read. A file goes to the first reader that knows it."""
