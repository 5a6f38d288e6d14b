"""Several saves of one thread become one (SPEC section 3, last bullet).

The result depends on the set of saves alone, not on the order they come in, and merging a save with itself changes
nothing. Also here: `unique_ids`, which settles equal ids within one save.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from generator.model import Post, SaveRef, Thread
from generator.readers import Reading


def age(path: str) -> tuple[Any, ...]:
    """Sort key of saves, oldest first: by path, digits compared as numbers, the ending last.

    So `179.txt` comes before `179.2.txt`, and that before `179.10.txt`.
    """
    stem, dot, ending = path.rpartition(".")
    if not dot or "/" in ending:
        stem, ending = path, ""
    parts = tuple(
        tuple((0, int(run), "") if run.isdecimal() else (1, 0, run) for run in re.split(r"([0-9]+)", part) if run)
        for part in stem.split("/")
    )
    return (parts, ending, path)


def unique_ids(posts: Sequence[Post]) -> tuple[Post, ...]:
    """Give posts of one save that share an id `-2`, `-3` ... in order, the one case where order counts."""
    seen: dict[str, int] = {}
    for post in posts:
        seen[post.id] = seen.get(post.id, 0) + 1
    if len(seen) == len(posts):
        return tuple(posts)
    taken = set(seen)
    count: dict[str, int] = {}
    result = []
    for post in posts:
        number = count[post.id] = count.get(post.id, 0) + 1
        if number > 1:
            while f"{post.id}-{number}" in taken:
                number += 1
            count[post.id] = number
            name = f"{post.id}-{number}"
            taken.add(name)
            post = msgspec.structs.replace(post, id=name)
        result.append(post)
    return tuple(result)


def settle(reading: Reading) -> Reading:
    """Give the posts of every thread of a save unique ids."""
    return msgspec.structs.replace(
        reading,
        threads=tuple(msgspec.structs.replace(thread, posts=unique_ids(thread.posts)) for thread in reading.threads),
    )


def merge(saves: Iterable[tuple[SaveRef, Thread]]) -> tuple[Thread, tuple[tuple[int, ...], ...]]:
    """Merge saves of one thread (their posts with unique ids, without replies).

    Returns the thread and, for each of its saves, oldest first, the indices of that save's posts in the save's own
    order: the walk that replies are to be inferred from.
    """
    ordered = sorted(saves, key=lambda save: age(save[0].path))
    refs = tuple(ref for ref, _ in ordered)
    if len(ordered) == 1:
        thread = ordered[0][1]
        return msgspec.structs.replace(thread, saves=refs), (tuple(range(len(thread.posts))),)
    threads = [thread for _, thread in ordered]
    newest = threads[-1]
    versions: dict[str, list[tuple[int, Post]]] = {}
    for number, thread in enumerate(threads):
        for post in thread.posts:
            versions.setdefault(post.id, []).append((number, post))
    order = [post.id for post in newest.posts]
    for thread in reversed(threads[:-1]):
        order = _insert(order, [post.id for post in thread.posts])
    posts = tuple(_merged(versions[name]) for name in order)
    at = {name: index for index, name in enumerate(order)}
    story = _longest(threads)
    dated = next((thread for thread in reversed(threads) if thread.posted), newest)
    merged = msgspec.structs.replace(
        newest,
        body=story.body,
        links=story.links,
        markup=story.markup,
        posted=dated.posted,
        posted_raw=dated.posted_raw,
        posts=posts,
        saves=refs,
        **{name: _latest(threads, name) for name in ("url", "author", "department", "tags", "masthead", "footer")},
    )
    return merged, tuple(tuple(at[post.id] for post in thread.posts) for thread in threads)


def _insert(order: list[str], older: list[str]) -> list[str]:
    """`order` with what only `older` has, each behind its predecessor there."""
    known = set(order)
    follow: dict[str | None, list[str]] = {}
    anchor: str | None = None
    for name in older:
        if name in known:
            anchor = name
        else:
            follow.setdefault(anchor, []).append(name)
    if not follow:
        return order
    result = list(follow.get(None, ()))
    for name in order:
        result.append(name)
        result += follow.get(name, ())
    return result


def _merged(versions: list[tuple[int, Post]]) -> Post:
    """One post from its versions, oldest first: the newest, with the longest text and the fullest subject of all."""
    newest = versions[-1][1]
    text, subject = newest, newest.subject
    for _, post in reversed(versions):
        if len(post.body) > len(text.body):
            text = post
        if len(post.subject) > len(subject):
            subject = post.subject
    return msgspec.structs.replace(
        newest,
        subject=subject,
        body=text.body,
        markup=text.markup,
        truncated=text.truncated,
        saves=tuple(number for number, _ in versions),
        **{name: _latest([post for _, post in versions], name) for name in ("posted", "posted_raw", "stated")},
    )


def _latest(values: Sequence[Thread] | Sequence[Post], name: str) -> Any:
    """The newest value of a field that is there."""
    return next((value for item in reversed(values) if (value := getattr(item, name))), getattr(values[-1], name))


def _longest(threads: Sequence[Thread]) -> Thread:
    """The thread with the longest story, the newest of several."""
    best = threads[-1]
    for thread in reversed(threads):
        if len(thread.body) > len(best.body):
            best = thread
    return best
