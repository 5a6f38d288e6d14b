"""Sidecars: `NAME.toml` beside `NAME.txt` corrects what can't be known from a save (SPEC section 6).

`parse` reads the sidecar of one thread, `parse_tables` that of a save with several threads, and `apply` applies it to
the merged thread. All return problems and never raise."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any

import msgspec

from generator.config import Words, nearest, take
from generator.errors import Problem
from generator.model import TOP, Reply, Thread
from generator.readers import decode
from generator.toml import line_of, read_toml

TOP_LEVEL = "top"
"""The value for a post that answers nobody."""

Address = Annotated[str, msgspec.Meta(pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s<>\"]+\Z")]
MENDS = {
    "title": 'write words, as in title = "A better title"',
    "url": "write an address that starts with https:// or http://",
    "tags": 'write a list of words, as in tags = ["one", "two"]',
    "footer": "write footer = false if the last block is no closing quote",
    "replies": 'write ids of posts, as in "7c11fe09b2" = "b17d02e6aa", or "top" for a post that answers nobody',
}
"""Hints about values that can't be used."""


class Sidecar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Corrections of one thread; None keeps what the saves say."""

    title: Words | None = None
    url: Address | None = None
    tags: tuple[Words, ...] | None = None
    footer: bool = True
    """False if the last block is not a footer but part of the last post."""
    replies: dict[str, str] = {}
    """Post id = id of its parent, or `top`."""


class Correction(msgspec.Struct, frozen=True):
    """A sidecar, and where it is from."""

    sidecar: Sidecar
    path: str
    text: str
    """For finding the lines of problems."""


def parse(raw: bytes, path: str) -> tuple[Correction, tuple[Problem, ...]]:
    """Read a sidecar. If there are problems, it holds what could be read."""
    text, table, problems = _read(raw, path)
    sidecar, more = _take(table, text, path)
    return Correction(sidecar, path, text), (*problems, *more)


def parse_tables(raw: bytes, path: str, ids: Collection[str]) -> tuple[dict[str, Correction], tuple[Problem, ...]]:
    """Read the sidecar of a save with several threads: a table of the same keys for each, named by the thread's id."""
    text, tables, problems = _read(raw, path)
    corrections: dict[str, Correction] = {}
    for name, table in tables.items():
        line = line_of(text, name)
        if not isinstance(table, dict):
            message = f"the save beside this sidecar holds several threads, so {name!r} does not say which it is for"
            problems.append(Problem(path, line, message, f'put it below a line ["{min(ids)}"] with the thread\'s id'))
        elif name not in ids:
            message = f"the save beside this sidecar has no thread {name!r}"
            problems.append(Problem(path, line, message, nearest(name, ids), "warning"))
        else:
            header = re.search(rf"""^[ \t]*\[?[ \t]*["']?{re.escape(name)}\b""", text, re.MULTILINE)
            start = header.end() if header else 0
            below = "\n" * text.count("\n", 0, start) + text[start:]
            sidecar, more = _take(table, below, path)
            corrections[name] = Correction(sidecar, path, below)
            problems += more
    return corrections, tuple(problems)


def _read(raw: bytes, path: str) -> tuple[str, dict[str, Any], list[Problem]]:
    """Give the text of a sidecar, its keys, and problems. It may be saved as any save, also as a shell writes it."""
    text, problems = decode(raw, path)
    table = read_toml(text, path)
    return (text, {}, [*problems, table]) if isinstance(table, Problem) else (text, table, [*problems])


def _take(table: dict[str, Any], text: str, path: str) -> tuple[Sidecar, list[Problem]]:
    values, problems = take(table, text, path, Sidecar, MENDS.__getitem__)
    return Sidecar(**values), problems


def apply(thread: Thread, correction: Correction) -> tuple[Thread, tuple[Problem, ...]]:
    """Apply a sidecar to a merged thread whose replies are inferred.

    A reply edited to a post that does not exist, or into a circle, is left as it was, with a warning.
    """
    sidecar = correction.sidecar
    changes: dict[str, Any] = {}
    if sidecar.title is not None:
        changes["title"] = sidecar.title.strip()
    if sidecar.url is not None:
        changes["url"] = sidecar.url
    if sidecar.tags is not None:
        changes["tags"] = tuple(dict.fromkeys(tag.strip() for tag in sidecar.tags))
    problems: list[Problem] = []
    if sidecar.replies:
        changes["replies"] = _edited(thread, correction, problems)
    return (msgspec.structs.replace(thread, **changes) if changes else thread), tuple(problems)


def _edited(thread: Thread, correction: Correction, problems: list[Problem]) -> tuple[Reply, ...]:
    """Give the thread's replies with the edits applied."""
    path, text = correction.path, correction.text
    at = {post.id: index for index, post in enumerate(thread.posts)}
    wanted: dict[int, int | None] = {}
    for child, parent in correction.sidecar.replies.items():
        wrong = [] if child in at else [child]
        if parent not in at and parent != TOP_LEVEL:
            wrong.append(parent)
        for name in wrong:
            hint = nearest(name, at) if len(at) <= 5000 else "see the # links of the thread's page for the ids"
            problems.append(Problem(path, line_of(text, child), f"no post has the id {name!r}", hint, "warning"))
        if not wrong:
            wanted[at[child]] = None if parent == TOP_LEVEL and parent not in at else at[parent]
    for index in drop_circles(thread.parents(), wanted):
        child = thread.posts[index].id
        problems.append(
            Problem(
                path,
                line_of(text, child),
                f"post {child!r} would answer itself by way of its replies",
                "name a parent outside its own branch",
                "warning",
            )
        )
    return tuple(
        reply
        if index not in wanted
        else TOP
        if (target := wanted[index]) is None
        else Reply(thread.posts[target].id, "edited")
        for index, reply in enumerate(thread.replies)
    )


def drop_circles(parents: list[int | None], wanted: dict[int, int | None]) -> list[int]:
    """Take what would close a circle out of `wanted` (post to its new parent); give those posts, sorted."""
    dropped: list[int] = []
    while circle := _circle([wanted.get(index, parent) for index, parent in enumerate(parents)]) & wanted.keys():
        dropped += circle
        for index in circle:
            del wanted[index]
    return sorted(dropped)


def _circle(parents: list[int | None]) -> set[int]:
    """Give the indices that are on a circle, in one pass."""
    state = [0] * len(parents)  # 0 unseen, else the number of the walk that saw it
    circle: set[int] = set()
    for start in range(len(parents)):
        here: int | None = start
        while here is not None and state[here] == 0:
            state[here] = start + 1
            here = parents[here]
        if here is not None and state[here] == start + 1 and here not in circle:
            while here not in circle:
                circle.add(here)
                following = parents[here]
                assert following is not None
                here = following
    return circle
