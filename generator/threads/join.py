"""Join what belongs to one thread: which thread is each part of a save from?

The readings of some saves come in, `Part`s go out, each with the source and id of its thread. A reading without an id
is known by its posts, by their stated parents and by the posts above them. Readings that share one of these are one
thread, and its id is the id of its root. The result depends on the set of readings, not on their order.

A save may know a post by another name than its id (`SavedThread.other_names`). Whatever names it so gets the id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from generator import urls
from generator.errors import Problem
from generator.model import Author, Post, Thread
from generator.readers import ID, Reading, SavedThread
from generator.threads.content import Joined

LONGEST = 40
"""Most characters of a source that is named after a folder."""

Key = tuple[str, str]
"""Source and id of a thread."""


class Part(msgspec.Struct, frozen=True):
    """What one save holds of one thread."""

    path: str
    thread: Thread
    """With its source and its id."""
    saved: SavedThread
    """As the reader gave it."""
    alone: str = ""
    """The id that the thread has if nothing but this save is read."""
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


class _Names(msgspec.Struct, frozen=True):
    """What a thread is known by."""

    chain: tuple[str, ...]
    """`source/id` of it; if it has no id, of its posts, with the posts above them first."""
    others: tuple[str, ...] = ()
    """Names that are no ids, of its posts and of posts that these name."""


_Saved = tuple[SavedThread, str]
"""A thread of a save, and its source."""


def join_parts(readings: Mapping[str, Reading]) -> Parts:
    """Name the thread of everything that was read; `readings` are by path. Near-linear, without recursion."""
    problems: list[Problem] = []
    saves: dict[str, list[_Saved]] = {}
    for path, reading in readings.items():
        folder = _source_of(path)
        if not folder and not all(saved.thread.source for saved in reading.threads):
            hint = "move it into a folder of the content folder, whose name in letters and digits says it"
            problems.append(Problem(path, 0, "this save does not say where its thread is from", hint))
        else:
            saves[path] = [(saved, saved.thread.source or folder) for saved in reading.threads]
    everything = [each for held in saves.values() for each in held]
    ids = _ids_by_name(everything)
    keys = _keys([_names(saved, source, ids) for saved, source in everything if not saved.thread.id])
    parts: list[Part] = []
    ties: dict[str, tuple[str, ...]] = {}
    for path, held in saves.items():
        names = [_names(saved, source, ids) for saved, source in held]
        ties[path] = tuple(sorted({name for each in names for name in (*each.chain, *each.others)}))
        alone = [""] * len(held) if len(saves) == 1 else _ids_alone(held)
        for (saved, _), each, lone in zip(held, names, alone, strict=True):
            key = keys.get(each.chain[0], each.chain[0])
            parts.append(Part(path, _named(saved.thread, key.partition("/")[::2], ids), saved, lone))
    return Parts(tuple(parts), ties, tuple(problems))


def _ids_alone(held: Sequence[_Saved]) -> list[str]:
    """Give the id that each thread of a save has if nothing else is read; "" if that is what it always has."""
    ids = _ids_by_name(held)
    names = [_names(saved, source, ids) for saved, source in held]
    keys = _keys([each for each, (saved, _) in zip(names, held, strict=True) if not saved.thread.id])
    return [keys.get(each.chain[0], "").partition("/")[2] for each in names]


def _source_of(path: str) -> str:
    """Name the source after the first folder a save is in, if the save does not name one; empty without a folder."""
    folder, slash, _ = path.partition("/")
    return urls.slug(folder)[:LONGEST].strip("-") if slash else ""


def _ids_by_name(held: Iterable[_Saved]) -> dict[str, str]:
    """Give the id of each post that has another name; of several that have one, the smallest."""
    ids: dict[str, str] = {}
    for saved, source in held:
        for name, post in saved.other_names:
            key = f"{source}/{name}"
            ids[key] = min(ids.get(key, post), post)
    return ids


def _names(saved: SavedThread, source: str, ids: Mapping[str, str]) -> _Names:
    """Give the name of a thread. If it has no id, give the names of its posts, with the posts above them first."""
    thread = saved.thread
    if thread.id:
        return _Names((f"{source}/{thread.id}",))
    own = dict.fromkeys(post.id for post in thread.posts)
    above = [name for post in thread.posts for name in (post.stated, post.guessed) if name]
    if not saved.other_names:
        above = [name for name in above if name not in own]
        return _Names(tuple([f"{source}/{name}" for name in dict.fromkeys((*saved.refs, *above, *own))]))
    others = [*(name for name, _ in saved.other_names), *(name for name in above if not ID.fullmatch(name))]
    above = [ids.get(f"{source}/{name}", name) for name in above]
    above = [name for name in above if name not in own and ID.fullmatch(name)]
    chain = dict.fromkeys((*saved.refs, *above, *own))
    return _Names(tuple([f"{source}/{name}" for name in chain]), tuple([f"{source}/{name}" for name in others]))


def _keys(names: Sequence[_Names]) -> dict[str, str]:
    """Give the root of the thread that each id belongs to.

    The root is the name that has no other above it. If there are several, the smallest counts; if there is none, since
    the posts name each other in a circle, the smallest name of all counts.
    """
    joined = Joined()
    below: set[str] = set()
    for each in names:
        for name in (*each.chain[1:], *each.others):
            joined.join(each.chain[0], name)
        below.update(each.chain[1:])
    tops = {each.chain[0] for each in names} - below
    roots: dict[str, str] = {}
    for name in (*sorted(tops), *sorted(below)):
        roots.setdefault(joined.root(name), name)
    return {name: roots[joined.root(name)] for name in tops | below}


def _named(thread: Thread, key: tuple[str, ...], ids: Mapping[str, str]) -> Thread:
    """Give the thread its source and id, its authors the source, and posts that it names otherwise their ids."""
    source, name = key
    if ids:
        posts = tuple([_with_ids(post, source, ids) for post in thread.posts])
        thread = msgspec.structs.replace(thread, posts=posts)
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


def _with_ids(post: Post, source: str, ids: Mapping[str, str]) -> Post:
    """Name the post that is answered by its id; where nobody knows that, the post is top-level."""
    stated, guessed = (
        name if not name or ID.fullmatch(name) else ids.get(f"{source}/{name}", "")
        for name in (post.stated, post.guessed)
    )
    if stated == post.stated and guessed == post.guessed:
        return post
    return msgspec.structs.replace(post, stated=stated, guessed=guessed)


def without_footer(part: Part) -> Part:
    """Move the footer back into the last post."""
    thread, body = part.thread, part.saved.last_body
    if body is None:
        return part
    last, judge_cut = thread.posts[-1], part.saved.judge_cut
    last = msgspec.structs.replace(last, body=body, truncated=judge_cut(body) if judge_cut else last.truncated)
    thread = msgspec.structs.replace(thread, posts=(*thread.posts[:-1], last), footer=None)
    return msgspec.structs.replace(part, thread=thread, footer=False)
