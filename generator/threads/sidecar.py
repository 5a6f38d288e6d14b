"""Sidecars: `NAME.toml` beside `NAME.txt` corrects what can't be known from a save (SPEC section 6).

`parse` reads the sidecar of one thread, `parse_tables` that of a save with several threads, and `apply` applies it to
the merged thread. All return problems and never raise."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection
from functools import partial
from typing import Annotated, Any

import msgspec

from generator.config import Words, take
from generator.errors import Problem, first_few
from generator.mending import MOST, suggest
from generator.model import TOP, Reply, Thread
from generator.readers import decode
from generator.toml import read_toml
from generator.toml_lines import line_in, line_of

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
    table: tuple[str, ...] = ()
    """The name of the table that it is; none if it is the whole file."""


def parse(raw: bytes, path: str) -> tuple[Correction, tuple[Problem, ...]]:
    """Read a sidecar. If there are problems, it holds what could be read."""
    text, table, problems = _read(raw, path)
    sidecar, more = _take(table, path, partial(line_of, text))
    return Correction(sidecar, path, text), (*problems, *more)


def parse_tables(raw: bytes, path: str, ids: Collection[str]) -> tuple[dict[str, Correction], tuple[Problem, ...]]:
    """Read the sidecar of a save with several threads: a table of the same keys for each, named by the thread's id."""
    text, tables, problems = _read(raw, path)
    corrections: dict[str, Correction] = {}
    unclear = [name for name, table in tables.items() if not isinstance(table, dict)]
    strange = [name for name, table in tables.items() if isinstance(table, dict) and name not in ids]
    for name, table in tables.items():
        if isinstance(table, dict) and name in ids:
            sidecar, more = _take(table, path, partial(line_in, text, name))
            corrections[name] = Correction(sidecar, path, text, (name,))
            problems += more

    def tell_unclear(name: str) -> Problem:
        message = f"the save beside this sidecar holds several threads, so {name!r} does not say which it is for"
        hint = f'put it below a line ["{min(ids)}"] with the thread\'s id'
        return Problem(path, line_of(text, name), message, hint)

    def tell_strange(name: str) -> Problem:
        message = f"the save beside this sidecar has no thread {name!r}"
        return Problem(path, line_of(text, name), message, suggest(name, ids), "warning")

    problems += first_few(unclear, tell_unclear)
    problems += first_few(strange, tell_strange)
    return corrections, tuple(problems)


def _read(raw: bytes, path: str) -> tuple[str, dict[str, Any], list[Problem]]:
    """Give the text of a sidecar, its keys, and problems. It may be saved as any save, also as a shell writes it."""
    text, problems = decode(raw, path)
    table = read_toml(text, path)
    return (text, {}, [*problems, table]) if isinstance(table, Problem) else (text, table, [*problems])


def _take(table: dict[str, Any], path: str, place: Callable[[str], int]) -> tuple[Sidecar, list[Problem]]:
    values, problems = take(table, path, Sidecar, place, MENDS.__getitem__)
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
    at = {name: index for index, post in enumerate(thread.posts) for name in post.aliases}
    at.update((post.id, index) for index, post in enumerate(thread.posts))
    wanted: dict[int, int | None] = {}
    wrong: list[tuple[str, str]] = []
    """Each id that no post has, behind the post whose reply is edited."""
    for child, parent in correction.sidecar.replies.items():
        strange = [] if child in at else [(child, child)]
        if parent not in at and parent != TOP_LEVEL:
            strange.append((child, parent))
        wrong += strange
        if not strange:
            wanted[at[child]] = None if parent == TOP_LEVEL and parent not in at else at[parent]

    def tell(child: str, message: str, hint: str) -> Problem:
        line = line_in(correction.text, *correction.table, "replies", child)
        return Problem(correction.path, line, message, hint, "warning")

    def tell_wrong(each: tuple[str, str]) -> Problem:
        child, name = each
        many = "see the # links of the thread's page for the ids"
        return tell(child, f"no post has the id {name!r}", suggest(name, at) if len(at) <= MOST else many)

    def tell_circle(index: int) -> Problem:
        child = thread.posts[index].id
        message = f"post {child!r} would answer itself by way of its replies"
        return tell(child, message, "name a parent outside its own branch")

    problems += first_few(wrong, tell_wrong)
    problems += first_few(drop_circles(thread.parents(), wanted), tell_circle)
    return tuple(
        reply
        if index not in wanted
        else TOP
        if (target := wanted[index]) is None
        else Reply(thread.posts[target].id, "edited")
        for index, reply in enumerate(thread.replies)
    )


def drop_circles(parents: list[int | None], wanted: dict[int, int | None]) -> list[int]:
    """Take what would close a circle out of `wanted` (post to its new parent); give those posts, sorted.

    `parents` has no circles. All posts of a circle that were to get another parent keep theirs, which may close another
    circle. Near-linear: only posts with a new parent are walked along, and all others are joined to the next such post
    above them, or to the top.
    """
    joined = list(range(len(parents)))
    for index, parent in enumerate(parents):
        if parent is not None and index not in wanted:
            joined[index] = parent
    settled: set[int] = set()
    """Posts from which one gets to the top."""
    dropped: list[int] = []
    for start in sorted(wanted):
        walk: dict[int, None] = {}
        here: int | None = start
        while here is not None and here in wanted and here not in settled:
            if here in walk:
                circle = _from(walk, here)
                for index in circle:
                    del wanted[index], walk[index]
                    parent = parents[index]
                    joined[index] = index if parent is None else parent
                dropped += circle
                here = next(reversed(walk), None)
                if here is None:
                    break
            else:
                walk[here] = None
            parent = wanted[here]
            here = None if parent is None else _next(joined, parent)
        settled.update(walk)
    return sorted(dropped)


def _from(walk: dict[int, None], start: int) -> list[int]:
    """Give the last posts of a walk, from one on."""
    last = list(itertools.takewhile(start.__ne__, reversed(walk)))
    return [start, *reversed(last)]


def _next(joined: list[int], index: int) -> int:
    """Give the post that a post is joined to, and shorten the way there."""
    end = index
    while joined[end] != end:
        end = joined[end]
    while joined[index] != end:
        joined[index], index = end, joined[index]
    return end
