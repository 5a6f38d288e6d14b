"""Values: who is who, and walking a thread without recursion."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import ContentError, Problem
from generator.model import REMOVED, TOP, Author, Post, Reply, Thread

ANN = Author("notes", "Ann")


def thread(parents: list[int | None]) -> Thread:
    posts = tuple(Post(str(number), "", ANN, None, None, "text") for number in range(len(parents)))
    replies = tuple(TOP if parent is None else Reply(str(parent), "stated") for parent in parents)
    return Thread("notes", "1", "Title", "Story", posts, replies=replies)


def test_an_author_is_a_uid_or_a_name() -> None:
    assert Author("slashdot", "Ann", "7").key == Author("slashdot", "Bob", "7").key == "slashdot/7"
    assert Author("slashdot", "ANN").key == Author("slashdot", "ann").key == "slashdot/@ann"
    assert Author("slashdot", "7").key != Author("slashdot", "Ann", "7").key
    assert Author("notes", "Straße").key == Author("notes", "STRASSE").key


def test_errors_come_home_from_workers_with_all_their_problems() -> None:
    problems = [Problem("b.txt", 2, "it is bad", "mend it"), Problem("a.txt", 0, "it is odd", "look", "warning")]
    error = pickle.loads(pickle.dumps(ContentError(problems)))
    assert type(error) is ContentError
    assert (error.problems, str(error)) == (tuple(sorted(problems)), str(ContentError(problems)))


def test_a_tombstone_is_no_author() -> None:
    assert Author("slashdot", REMOVED).removed
    assert not Author("slashdot", REMOVED, "7").removed


def test_posts_are_walked_before_their_replies() -> None:
    assert list(thread([None, 0, 1, 0, None, 4]).walk()) == [(0, 0), (1, 1), (2, 2), (3, 1), (4, 0), (5, 1)]


def test_replies_that_stand_before_their_parents_are_walked_behind_them() -> None:
    assert list(thread([2, None, None, 0]).walk()) == [(1, 0), (2, 0), (0, 1), (3, 2)]


def test_a_very_deep_thread_is_walked() -> None:
    deep = thread([None, *range(20_000)])
    assert list(deep.walk())[-1] == (20_000, 20_000)


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_a_walk_meets_every_post_once_one_deeper_than_its_parent(numbers: list[int]) -> None:
    parents = [None if number % (index + 1) == index else number % (index + 1) for index, number in enumerate(numbers)]
    made = thread(parents)
    depth = dict(made.walk())
    assert len(depth) == len(parents)
    assert list(depth) == sorted(depth, key=list(depth).index)
    for index, parent in enumerate(made.parents()):
        assert parent == parents[index]
        assert depth[index] == (0 if parent is None else depth[parent] + 1)
    seen = list(depth)
    assert all(parent is None or seen.index(parent) < seen.index(index) for index, parent in enumerate(parents))


def test_values_are_frozen_and_travel() -> None:
    made = thread([None, 0])
    assert pickle.loads(pickle.dumps(made)) == made
    with pytest.raises(AttributeError):
        made.title = "Other"  # type: ignore[misc]
