"""Values: who is who, and reading a thread in its order without recursion."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

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


def walk(made: Thread) -> list[tuple[int, int]]:
    """Posts in reading order, each with its depth."""
    tree = made.tree()
    return [(index, tree.depths[index]) for index in tree.order]


def test_posts_are_read_before_their_replies() -> None:
    assert walk(thread([None, 0, 1, 0, None, 4])) == [(0, 0), (1, 1), (2, 2), (3, 1), (4, 0), (5, 1)]


def test_replies_that_stand_before_their_parents_are_read_behind_them() -> None:
    assert walk(thread([2, None, None, 0])) == [(1, 0), (2, 0), (0, 1), (3, 2)]


def test_a_reply_behind_another_branch_is_read_in_its_own() -> None:
    assert walk(thread([None, 0, None, 0, 2])) == [(0, 0), (1, 1), (3, 1), (2, 0), (4, 1)]


def test_a_very_deep_thread_is_read() -> None:
    """Both as its save has it and, where a reply stands before its parent, in another order."""
    deep = thread([None, *range(20_000)])
    assert walk(deep)[-1] == (20_000, 20_000)
    mixed = thread([1, None, 0, *range(2, 20_000)])
    assert walk(mixed) == [(1, 0), (0, 1), *((index, index) for index in range(2, 20_001))]


@st.composite
def forests(draw: st.DrawFn) -> list[int | None]:
    """Parents of posts in any order, or in one near that of a save."""
    size = draw(st.integers(0, 30))
    if draw(st.booleans()):  # each answers one of the few posts before it
        back = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
        return [None if index < step or step == 0 else index - step for index, step in enumerate(back)]
    names = draw(st.permutations(range(size)))
    parents: list[int | None] = [None] * size
    for place, name in enumerate(names):
        above = draw(st.integers(-1, place - 1))
        parents[name] = None if above < 0 else names[above]
    return parents


def read(parents: list[int | None]) -> list[tuple[int, int]]:
    """What a tree is, said as simply as can be."""

    def branch(top: int | None, depth: int) -> Iterator[tuple[int, int]]:
        for index, parent in enumerate(parents):
            if parent == top:
                yield index, depth
                yield from branch(index, depth + 1)

    return list(branch(None, 0))


@given(forests())
def test_a_tree_is_every_post_before_its_replies_and_siblings_as_they_stand(parents: list[int | None]) -> None:
    made = thread(parents)
    assert list(made.tree().parents) == made.parents() == parents
    assert walk(made) == read(parents)


def test_values_are_frozen_and_travel() -> None:
    made = thread([None, 0])
    assert pickle.loads(pickle.dumps(made)) == made
    with pytest.raises(AttributeError):
        made.title = "Other"  # type: ignore[misc]
