"""Sidecars: `NAME.toml` beside `NAME.txt` corrects what can't be known from a save (SPEC section 6).

`parse` makes a `Sidecar` of its bytes, `apply` lays it over the merged thread. Both return problems, never raise.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from generator.config import Words, line_of, nearest, read_toml, take
from generator.errors import Problem
from generator.model import TOP, Reply, Thread

TOP_LEVEL = "top"
"""Parent of a post that answers nobody."""

Address = Annotated[str, msgspec.Meta(pattern=r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s<>\"]+\Z")]
MENDS = {
    "title": 'write words, as in title = "A better title"',
    "url": "write an address that starts with https:// or http://",
    "tags": 'write a list of words, as in tags = ["one", "two"]',
}
"""What to do about a value that can't be used."""


class Sidecar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Corrections of one thread; None leaves what the saves say."""

    title: Words | None = None
    url: Address | None = None
    tags: tuple[Words, ...] | None = None
    footer: bool = True
    """False: the last block is no footer but belongs to the last post."""
    replies: dict[str, str] = {}
    """Post id = id of its parent, or `top`."""


def parse(raw: bytes, path: str) -> tuple[Sidecar, tuple[Problem, ...]]:
    """Read a sidecar; with problems it says what could be read."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return Sidecar(), (Problem(path, 0, "this sidecar is not UTF-8 text", "save it as UTF-8"),)
    table = read_toml(text, path)
    if isinstance(table, Problem):
        return Sidecar(), (table,)
    values, problems = take(table, text, path, Sidecar, lambda key: MENDS.get(key, "see docs/formats.md, Sidecars"))
    return Sidecar(**values), tuple(problems)


def apply(thread: Thread, sidecar: Sidecar, raw: bytes, path: str) -> tuple[Thread, tuple[Problem, ...]]:
    """Lay a sidecar over a merged thread whose replies are inferred.

    A reply edited to a post that does not exist, or into a circle, is left as it was, with a warning.
    """
    changes: dict[str, Any] = {}
    if sidecar.title is not None:
        changes["title"] = sidecar.title.strip()
    if sidecar.url is not None:
        changes["url"] = sidecar.url
    if sidecar.tags is not None:
        changes["tags"] = tuple(dict.fromkeys(tag.strip() for tag in sidecar.tags))
    problems: list[Problem] = []
    if sidecar.replies:
        text = raw.decode("utf-8-sig", "replace")
        changes["replies"] = _edited(thread, sidecar.replies, text, path, problems)
    return (msgspec.structs.replace(thread, **changes) if changes else thread), tuple(problems)


def _edited(thread: Thread, edits: dict[str, str], text: str, path: str, problems: list[Problem]) -> tuple[Reply, ...]:
    """The thread's replies with edits laid over them."""
    at = {post.id: index for index, post in enumerate(thread.posts)}
    wanted: dict[int, int | None] = {}
    for child, parent in edits.items():
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
    """Take out of `wanted` (post to its new parent) what would close a circle; give the posts, sorted."""
    dropped: list[int] = []
    while circle := _circle([wanted.get(index, parent) for index, parent in enumerate(parents)]) & wanted.keys():
        dropped += circle
        for index in circle:
            del wanted[index]
    return sorted(dropped)


def _circle(parents: list[int | None]) -> set[int]:
    """Indices that lie on a circle, in one pass."""
    state = [0] * len(parents)  # 0 unseen, else the number of the walk that saw it
    found: set[int] = set()
    for start in range(len(parents)):
        here: int | None = start
        while here is not None and state[here] == 0:
            state[here] = start + 1
            here = parents[here]
        if here is not None and state[here] == start + 1 and here not in found:
            while here not in found:
                found.add(here)
                following = parents[here]
                assert following is not None
                here = following
    return found
