"""Three small readers that show what the reading contract carries, and how little a new reader takes.

Each is one module that reads JSON, and `install` adds it to the table `READERS` as one more line there would; processes
that are forked afterwards have it too. Each notes every read in the file named by `TOY_READS`, so that reads can be
counted across processes: `reads` counts them, by the paths that the readers were given.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from generator import readers
from generator.readers import Reader
from tests.toys import many_threads, one_message, one_post
from tests.toys.counting import LOG

ALL: tuple[Reader, ...] = (many_threads, one_post, one_message)

Said = Sequence[str | None]
"""Id, author, parent (or None) and text of a post."""


def install(monkeypatch: pytest.MonkeyPatch, log: Path, *toys: Reader) -> None:
    """Read saves with these readers too (all of them by default), and count their reads in a file."""
    monkeypatch.setattr(readers, "READERS", (*readers.READERS, *(toys or ALL)))
    monkeypatch.setenv(LOG, str(log))
    log.write_text("")


def reads(log: Path) -> dict[str, int]:
    """Give how often each file was read since the last call, and count anew."""
    counts = Counter(log.read_text(encoding="utf-8").splitlines())
    log.write_text("")
    return dict(counts)


def many(threads: Iterable[tuple[str, Sequence[Said]]], source: str = "list") -> str:
    """Write a save of many threads, each an id and its posts."""
    held = [{"id": name, "title": f"Thread {name}", "posts": list(posts)} for name, posts in threads]
    return json.dumps({"toy": "many", "source": source, "threads": held})


def post(thread: str, number: int | None, said: Said, **more: str) -> str:
    """Write a save of one post that names its thread."""
    fields = {"thread": thread, "title": f"Thread {thread}", "number": number, "post": list(said), **more}
    return json.dumps({"toy": "post", **fields})


def message(name: str, refs: Sequence[str] = (), text: str = "Text.", **more: str | None) -> str:
    """Write a save of one message, known by what it answers; `refs` from the oldest on."""
    return json.dumps({"toy": "message", "id": name, "refs": list(refs), "author": "Ann", "text": text, **more})
