"""Join what belongs to one thread: which thread is each part of a save from?

The readings of some saves come in, `Part`s go out, each with the source and id of its thread. A reading without an id
is known by its posts, by their stated parents and by the posts above them. Readings that share one of these are one
thread, and its id is the id of its root. The result depends on the set of readings, not on their order.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from generator.errors import Problem
from generator.model import Author, Thread
from generator.readers import Reading, SavedThread
from generator.sources import mend_sourceless
from generator.threads.content import Folder, Joined

SOURCELESS = "this save does not say where its thread is from"
"""What is wrong with a save whose source is unclear."""
Key = tuple[str, str]
"""Source and id of a thread."""


_NAMED = Folder()
"""A folder without settings: those in it are named after it."""


class Part(msgspec.Struct, frozen=True):
    """What one save holds of one thread."""

    path: str
    thread: Thread
    """With its source and its id."""
    saved: SavedThread
    """As the reader gave it."""
    footer: bool = True
    """False if a sidecar says that the footer is really part of the last post."""


class Parts(msgspec.Struct, frozen=True):
    """Some saves, by the threads they hold."""

    parts: tuple[Part, ...]
    """In the order in which they came in."""
    ties: dict[str, tuple[str, ...]]
    """The ties of each save, by path: see `content.Input`."""
    problems: tuple[Problem, ...]
    """Errors about saves that are left out because they don't say where their thread is from."""


def join_parts(readings: Mapping[str, Reading], folder: Folder = _NAMED) -> Parts:
    """Name the thread of everything that was read; `readings` are by path. Near-linear, without recursion.

    `folder` says which source a save is from that does not say it.
    """
    problems: list[Problem] = []
    read: list[tuple[str, SavedThread, tuple[str, ...]]] = []
    ties: dict[str, tuple[str, ...]] = {}
    for path, reading in readings.items():
        source = folder.source_of(path)
        names = [_names(saved, saved.thread.source or source) for saved in reading.threads]
        if not source and not all(saved.thread.source for saved in reading.threads):
            problems.append(Problem(path, 0, SOURCELESS, mend_sourceless(path)))
            continue
        ties[path] = tuple(sorted({name for some in names for name in some}))
        read += ((path, saved, some) for saved, some in zip(reading.threads, names, strict=True))
    keys = _keys([names for _, saved, names in read if not saved.thread.id])
    parts = (
        Part(path, _named(saved.thread, keys.get(names[0], names[0]).partition("/")[::2]), saved)
        for path, saved, names in read
    )
    return Parts(tuple(parts), ties, tuple(problems))


def _names(saved: SavedThread, source: str) -> tuple[str, ...]:
    """Give the name of a thread. If it has no id, give the names of its posts, with the posts above them first."""
    thread = saved.thread
    if thread.id:
        return (f"{source}/{thread.id}",)
    own = dict.fromkeys(post.id for post in thread.posts)
    above = dict.fromkeys([*saved.refs, *(post.stated for post in thread.posts if post.stated)])
    return tuple(f"{source}/{name}" for name in [*(name for name in above if name not in own), *own])


def _keys(chains: list[tuple[str, ...]]) -> dict[str, str]:
    """Give the root of the thread that each name belongs to.

    The root is the name that has no other above it. If there are several, the smallest counts; if there is none, since
    the posts name each other in a circle, the smallest name of all counts.
    """
    joined = Joined()
    below: set[str] = set()
    for names in chains:
        for name in names[1:]:
            joined.join(names[0], name)
            below.add(name)
    tops = {names[0] for names in chains} - below
    roots: dict[str, str] = {}
    for name in (*sorted(tops), *sorted(below)):
        roots.setdefault(joined.root(name), name)
    return {name: roots[joined.root(name)] for name in tops | below}


def _named(thread: Thread, key: tuple[str, ...]) -> Thread:
    """Give the thread its source and id, and its authors the source."""
    source, name = key
    if thread.source:
        return thread if thread.id else msgspec.structs.replace(thread, id=name)

    def of_source(author: Author) -> Author:
        return author if author.source else msgspec.structs.replace(author, source=source)

    return msgspec.structs.replace(
        thread,
        source=source,
        id=name,
        author=thread.author and of_source(thread.author),
        posts=tuple(msgspec.structs.replace(post, author=of_source(post.author)) for post in thread.posts),
    )


def without_footer(part: Part) -> Part:
    """Move the footer back into the last post."""
    thread, body = part.thread, part.saved.last_body
    if body is None:
        return part
    last, judge_cut = thread.posts[-1], part.saved.judge_cut
    last = msgspec.structs.replace(last, body=body, truncated=judge_cut(body) if judge_cut else last.truncated)
    thread = msgspec.structs.replace(thread, posts=(*thread.posts[:-1], last), footer=None)
    return msgspec.structs.replace(part, thread=thread, footer=False)
