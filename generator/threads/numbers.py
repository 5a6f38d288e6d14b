"""Find posts by the numbers that their source gives them in a thread: forums say so which post another one answers.

Saves of one thread come in, their posts matched (`match_posts`), and go out with more of the parents stated. Within a
save, its reader knows the numbers; here a post of one save answers a post of another.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from generator.model import Thread


def by_number(saves: Sequence[Thread]) -> tuple[Thread, ...]:
    """State the parents that are known by number only, if one of the saves has them.

    A missing post whose number another save knows is that post: a save may know of it only by those who answer it.
    """
    posts = [post for thread in saves for post in thread.posts] if len(saves) > 1 else []
    if not any(post.stated_number is not None or (post.missing and post.number is not None) for post in posts):
        return tuple(saves)
    names: dict[int, str] = {}
    for post in posts:
        if post.number is not None and not post.missing:
            names[post.number] = min(post.id, names.get(post.number, post.id))
    same = {post.id: names[post.number] for post in posts if post.missing and post.number in names}
    return tuple(
        msgspec.structs.replace(
            thread,
            posts=tuple(
                msgspec.structs.replace(
                    post,
                    id=same.get(post.id, post.id),
                    stated=names.get(post.stated_number or 0)
                    if post.stated is None
                    else same.get(post.stated, post.stated),
                )
                for post in thread.posts
            ),
        )
        for thread in saves
    )
