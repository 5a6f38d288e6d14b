"""Which posts of several saves are the same post? Saves of one thread come in, and go out with equal ids for those.

Every post has an id from here on. If its source gives none, one is made of its author and its text (SPEC section 3).
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from generator.markup import plain_text
from generator.model import Thread
from generator.readers import post_id


def match_posts(saves: Sequence[Thread], ids: Sequence[str] = ()) -> tuple[Thread, ...]:
    """Give the same id to posts of several saves that are the same post, and different ids to all others.

    Two posts are the same if their ids are equal. Posts of one save are always different, even if their ids are equal.
    `ids` are what this gave the posts of a thread with only one save before, if that is known: making them takes long.
    """
    if len(saves) == 1 and len(ids) == len(saves[0].posts):
        return (_with_ids(saves[0], ids),)
    return tuple(
        _with_ids(
            thread,
            unique_ids([post.id or post_id(post.author, plain_text(post.body, post.markup)) for post in thread.posts]),
        )
        for thread in saves
    )


def _with_ids(thread: Thread, ids: Sequence[str]) -> Thread:
    replace = msgspec.structs.replace
    posts = tuple(
        [post if post.id == name else replace(post, id=name) for post, name in zip(thread.posts, ids, strict=True)]
    )
    return replace(thread, posts=posts)


def unique_ids(ids: Sequence[str]) -> Sequence[str]:
    """Add `-2`, `-3` ... to ids that posts of one save share, in order. This is the one case where order counts."""
    taken = set(ids)
    if len(taken) == len(ids):
        return ids
    count: dict[str, int] = {}
    result = []
    for name in ids:
        number = count[name] = count.get(name, 0) + 1
        unique = name
        if number > 1:
            while f"{name}-{number}" in taken:
                number += 1
            count[name] = number
            unique = f"{name}-{number}"
            taken.add(unique)
        result.append(unique)
    return result
