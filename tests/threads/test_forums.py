"""Saves of Reddit and Discourse become threads: pages of a topic, single posts, pages of single comments, dumps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.model import Thread
from generator.threads import Folder, Group, read_group
from generator.threads.redactions import Redactions


def threads(folder: Path, **saves: object) -> list[Thread]:
    """Read saves that share threads, by their names."""
    (folder / "forum").mkdir(parents=True)
    paths = tuple(f"forum/{name}.json" for name in saves)
    for path, value in zip(paths, saves.values(), strict=True):
        (folder / path).write_text(json.dumps(value))
    reading = read_group(Folder(folder), Group(paths), Redactions())
    assert not [problem for problem in reading.problems if problem.severity == "error"]
    return [each.thread for each in reading.threads]


def tree(thread: Thread) -> list[tuple[str, str | None]]:
    return [(post.id, reply.parent) for post, reply in zip(thread.posts, thread.replies, strict=True)]


def post(number: int, answered: int | None = None, **more: object) -> dict[str, Any]:
    value = {"id": 70 + number, "post_number": number, "topic_id": 8, "topic_title": "Rain", "username": "ann"}
    return {**value, "user_id": 3, "cooked": f"<p>{number}</p>", "reply_to_post_number": answered, **more}


def page(*posts: dict[str, Any], stream: list[int]) -> dict[str, Any]:
    return {"post_stream": {"posts": list(posts), "stream": stream}, "id": 8, "title": "Rain"}


TREE = [("71", None), ("72", "71"), ("74", "72"), ("75", "74")]


def test_single_posts_answer_each_other_across_files(tmp_path: Path) -> None:
    (thread,) = threads(tmp_path, a=post(5, 4), b=post(2, 1), c=post(1), d=post(4, 2))
    assert tree(thread) == TREE
    assert (thread.source, thread.id, thread.title) == ("forum", "8", "Rain")


def test_pages_of_a_topic_in_which_a_post_was_deleted(tmp_path: Path) -> None:
    stream = [71, 72, 74, 75]
    (thread,) = threads(
        tmp_path, a=page(post(1), post(2, 1), stream=stream), b=page(post(4, 2), post(5, 4), stream=stream)
    )
    assert tree(thread) == TREE


def test_a_single_post_fills_the_place_of_one_that_the_topic_no_longer_has(tmp_path: Path) -> None:
    whole = page(post(1), post(3, 2), stream=[71, 73])
    (alone,) = threads(tmp_path / "alone", a=whole)
    assert tree(alone) == [("71", None), ("n2", None), ("73", "n2")]
    (thread,) = threads(tmp_path / "both", a=whole, b=post(2, 1))
    assert sorted(tree(thread)) == [("71", None), ("72", "71"), ("73", "72")]
    assert not any(post.missing for post in thread.posts)


def comment(name: str, parent: str, *replies: object) -> dict[str, Any]:
    inside = {"kind": "Listing", "data": {"children": list(replies)}} if replies else ""
    data = {"id": name, "parent_id": parent, "link_id": "t3_a", "author": "ann", "body": "Text.", "replies": inside}
    return {"kind": "t1", "data": data}


def listings(*comments: object) -> list[object]:
    head = {"id": "a", "title": "Rain", "author": "bob", "selftext": "", "is_self": True, "num_comments": 9}
    lists = [{"kind": "t3", "data": head}], comments
    return [{"kind": "Listing", "data": {"children": list(children)}} for children in lists]


def test_the_page_of_a_comment_adds_what_the_page_of_the_thread_lacks(tmp_path: Path) -> None:
    whole = listings(comment("c1", "t3_a", comment("c2", "t1_c1")), comment("c5", "t3_a"))
    part = listings(comment("c3", "t1_c2", comment("c4", "t1_c3")))
    (thread,) = threads(tmp_path, a=whole, b=part)
    assert sorted(tree(thread)) == [("c1", None), ("c2", "c1"), ("c3", "c2"), ("c4", "c3"), ("c5", None)]
    assert not any(post.missing for post in thread.posts)


def test_two_dumps_one_of_posts_and_one_of_comments(tmp_path: Path) -> None:
    head = {"id": "a", "title": "Rain", "author": "bob", "selftext": "It rains.", "created_utc": 1422901461}
    (thread,) = threads(tmp_path, comments=[comment("c1", "t3_a")["data"]], posts={"data": [head]})
    assert (thread.title, thread.body, tree(thread)) == ("Rain", "It rains.", [("c1", None)])
