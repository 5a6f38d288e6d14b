"""Merge several saves of one thread into one thread (SPEC section 3, the bullet before the last).

The result depends on the set of saves, not on the order they come in. Merging a save with itself changes nothing. A
partial save adds what it holds; what it lacks is not taken away. Which posts of several saves are the same post was
found out before (`match`).
"""

from __future__ import annotations

import datetime
import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import msgspec

from generator import dates
from generator.model import Post, SaveRef, Thread


def age(path: str) -> tuple[Any, ...]:
    """Give the sort key of a save, oldest first: its path with digits compared as numbers, and its ending last.

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


def merge(
    saves: Iterable[tuple[SaveRef, Thread]], partial: Collection[str] = ()
) -> tuple[Thread, tuple[tuple[int, ...], ...]]:
    """Merge saves of one thread (their posts matched, without replies); `partial` holds the paths of partial saves.

    A save may come in several pieces. Returns the thread and its walks, oldest first, as indices of posts: all posts of
    partial saves as the thread has them, then those of each whole save in the save's own order. Replies are inferred
    along these.
    """
    ordered = sorted(saves, key=lambda save: age(save[0].path))
    refs = tuple(dict.fromkeys(ref for ref, _ in ordered))
    if len(ordered) == 1 and not partial:
        thread = ordered[0][1]
        return msgspec.structs.replace(thread, saves=refs), (tuple(range(len(thread.posts))),)
    number_of = {ref: number for number, ref in enumerate(refs)}
    versions: dict[str, list[tuple[int, Post]]] = {}
    for ref, thread in ordered:
        for post in thread.posts:
            versions.setdefault(post.id, []).append((number_of[ref], post))
    whole = [thread for ref, thread in ordered if ref.path not in partial]
    parts = [thread for ref, thread in ordered if ref.path in partial]
    posts = {name: _merged(same) for name, same in versions.items()}
    order = _order(whole, posts)
    at = {name: index for index, name in enumerate(order)}
    walks = [tuple(at[post.id] for post in thread.posts) for thread in whole]
    if parts:
        walks.insert(0, tuple(sorted({at[post.id] for thread in parts for post in thread.posts})))
    # A part that knows when or by whom the thread was started has the best title, then the one that opens it. A whole
    # save has a better one than any part.
    first = order[0] if order else ""
    parts.sort(
        key=lambda thread: (
            thread.posted is not None or thread.author is not None,
            any(post.id == first for post in thread.posts),
        )
    )
    return msgspec.structs.replace(
        _merged_head([*parts, *whole]),
        posts=tuple(posts[name] for name in order),
        saves=refs,
        partial=tuple(number for number, ref in enumerate(refs) if ref.path in partial),
    ), tuple(walks)


def hang(thread: Thread, above: Mapping[str, str]) -> Thread:
    """Let posts that answer a post that no save has answer the nearest one above it; `above` has parents of such posts.

    A post whose parents are all unknown keeps what it states. Linear, and without an end to circles.
    """
    here = {post.id for post in thread.posts}
    nearest: dict[str, str | None] = {}
    posts: list[Post] = []
    for post in thread.posts:
        name, walk = post.stated, dict[str, None]()
        while name is not None and name not in here and name not in nearest and name not in walk:
            walk[name] = None
            name = above.get(name)
        end = name if name is None or name in here else nearest.get(name)
        nearest.update(dict.fromkeys(walk, end))
        known = post.stated is None or post.stated in here or end is None or end == post.id
        posts.append(post if known else msgspec.structs.replace(post, stated=end))
    return msgspec.structs.replace(thread, posts=tuple(posts))


def _merged_head(threads: Sequence[Thread]) -> Thread:
    """Give everything of a thread but its posts; where saves differ, the later one counts."""
    newest = threads[-1]
    story = _longest(threads)
    dated = next((thread for thread in reversed(threads) if thread.posted), newest)
    return msgspec.structs.replace(
        newest,
        body=story.body,
        links=story.links,
        markup=story.markup,
        posted=dated.posted,
        posted_raw=dated.posted_raw,
        **{name: _latest(threads, name) for name in ("url", "author", "department", "tags", "masthead", "footer")},
    )


def _order(whole: Sequence[Thread], posts: Mapping[str, Post]) -> list[str]:
    """Put posts in order, by id: the order of the newest whole save, with the other posts where they belong."""
    order = [post.id for post in whole[-1].posts] if whole else []
    for thread in reversed(whole[:-1]):
        order = _insert(order, [post.id for post in thread.posts])
    if len(order) == len(posts):
        return order
    placed = set(order)
    return _place(order, [name for name in posts if name not in placed], posts)


def _place(order: list[str], names: list[str], posts: Mapping[str, Post]) -> list[str]:
    """Add to `order` the posts that only partial saves hold, by number, else by time, else by id.

    Each goes after the last post of `order` whose number (or time) is not greater. If no post of `order` can be
    compared with it, it goes to the end.
    """
    ranks = [_rank(posts[name]) for name in order]
    kinds: dict[int, tuple[list[tuple[Any, ...]], list[int]]] = {}
    for kind in (NUMBER, TIME):
        sortable = sorted((rank[:2], place) for place, rank in enumerate(ranks) if rank[0] == kind)
        kinds[kind] = [rank for rank, _ in sortable], list(accumulate((place for _, place in sortable), max))
    follow: dict[int, list[str]] = {}
    for rank, name in sorted((_rank(posts[name]), name) for name in names):
        compared, last_places = kinds.get(rank[0], ([], []))
        anchor = len(order) - 1
        if compared:
            smaller = bisect_right(compared, rank[:2])
            anchor = last_places[smaller - 1] if smaller else -1
        follow.setdefault(anchor, []).append(name)
    result = follow.get(-1, [])
    for place, name in enumerate(order):
        result.append(name)
        result += follow.get(place, ())
    return result


NUMBER, TIME, NAME = range(3)
"""What a post of a partial save is sorted by: the first of these that it has."""


def _rank(post: Post) -> tuple[int, float, str]:
    """Give the sort key of a post whose saves don't say what order posts are in."""
    if post.number is not None:
        return NUMBER, post.number, post.id
    if post.posted:
        return TIME, dates.instant(post.posted, datetime.UTC), post.id
    return NAME, 0, post.id


def _insert(order: list[str], older: list[str]) -> list[str]:
    """Add to `order` the posts that only `older` has, each after its predecessor there."""
    placed = set(order)
    follow: dict[str | None, list[str]] = {}
    anchor: str | None = None
    for name in older:
        if name in placed:
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
    """Make one post of its versions, oldest first: the newest, with the longest text and the fullest subject of all.

    Saves that only know that there is a post count if none holds it.
    """
    newest = versions[-1][1]
    if len(versions) == 1:
        return msgspec.structs.replace(newest, saves=(versions[0][0],))
    if all(post.updated for _, post in versions):  # what the source says of its own versions beats the path
        versions = sorted(versions, key=lambda version: version[1].updated or "")
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
        saves=tuple(sorted({number for number, post in versions if not _is_named(post)} or {versions[-1][0]})),
        number=next((post.number for _, post in reversed(versions) if post.number is not None), None),
        stated=_stated(versions),
        author=next((post.author for _, post in reversed(versions) if post.author.name), newest.author),
        missing=all(post.missing for _, post in versions),
        aliases=tuple(sorted({name for _, post in versions for name in post.aliases})),
        **{name: _latest([post for _, post in versions], name) for name in ("posted", "posted_raw", "guessed")},
    )


def _stated(versions: Sequence[tuple[int, Post]]) -> str | None:
    """Give the parent that the newest version states; what a save says of a post that it only names comes last."""
    held = next((post.stated for _, post in reversed(versions) if post.stated is not None and not post.missing), None)
    return held or next((post.stated for _, post in reversed(versions) if post.stated and post.missing), held)


def _latest(values: Sequence[Thread] | Sequence[Post], name: str) -> Any:
    """Give the newest value of a field that is not empty."""
    return next((value for item in reversed(values) if (value := getattr(item, name))), getattr(values[-1], name))


def _longest(threads: Sequence[Thread]) -> Thread:
    """Give the thread with the longest story; of several, the newest."""
    best = threads[-1]
    for thread in reversed(threads):
        if len(thread.body) > len(best.body):
            best = thread
    return best


def _is_named(post: Post) -> bool:
    """Say whether a save only names a post."""
    return post.missing and not post.author.name
