"""Merging saves of one thread: which is newer, whose word counts for what, and where posts go."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model import Author, Link, Post, SaveRef, Thread
from generator.threads.match import unique_ids
from generator.threads.merge import age, merge

ANN = Author("slashdot", "Ann", "7")


def post(name: str, body: str = "text", subject: str = "Re:", score: int | None = 1, label: str | None = None) -> Post:
    return Post(name, subject, ANN, score, label, body)


def thread(*posts: Post, **fields: object) -> Thread:
    made = Thread("slashdot", "1", "Title", "Story", posts)
    return msgspec.structs.replace(made, **fields)


def ref(path: str) -> SaveRef:
    return SaveRef(path, "0" * 64, "slashdot-text")


def merged(*threads: Thread) -> Thread:
    """Merge threads, oldest first."""
    return merge([(ref(f"1.{number}.txt"), made) for number, made in enumerate(threads, 1)])[0]


def order(made: Thread) -> str:
    return "".join(found.id for found in made.posts)


@pytest.mark.parametrize(
    "paths",
    [
        ["179.txt", "179.2.txt", "179.3.txt", "179.10.txt"],
        ["2024/9.txt", "2024/10.txt", "2025/1.txt"],
        ["a.txt", "a.2.txt", "b.txt"],
        ["a1b2", "a1b10", "a2"],
        ["01.txt", "1.txt", "1.2.txt"],
        ["a.md", "a.txt"],
        ["x/1.txt", "x/y/1.txt"],
    ],
)
def test_the_newer_save_is_the_one_whose_path_sorts_last_with_digits_as_numbers(paths: list[str]) -> None:
    shuffled = random.Random(1).sample(paths, len(paths))
    assert sorted(shuffled, key=age) == paths


@given(st.lists(st.text("a1290./-_²٣", max_size=8), max_size=8))
def test_any_paths_can_be_ordered_and_no_two_are_equal(paths: list[str]) -> None:
    turned = list(reversed(paths))
    assert sorted(paths, key=age) == sorted(turned, key=age)
    assert len({age(path) for path in paths}) == len(set(paths))


def test_one_save_is_the_thread() -> None:
    made, walks = merge([(ref("1.txt"), thread(post("a"), post("b")))])
    assert made == thread(post("a"), post("b"), saves=(ref("1.txt"),))
    assert walks == ((0, 1),)


def test_the_newer_gives_order_score_and_label() -> None:
    old = thread(post("a", score=1, label="Funny"), post("b"))
    made = merged(old, thread(post("b"), post("a", score=5, label=None)))
    assert order(made) == "ba"
    assert (made.posts[1].score, made.posts[1].label) == (5, None)


def test_the_longer_text_and_the_fuller_subject_win_from_wherever_they_are() -> None:
    old = thread(
        msgspec.structs.replace(post("a", "all of the text", "Re:"), truncated="no"),
        msgspec.structs.replace(post("b", "cut o", "Re:Long subject"), truncated="yes"),
    )
    new = thread(
        msgspec.structs.replace(post("a", "all of", "Re:Boo hoo"), truncated="yes"),
        msgspec.structs.replace(post("b", "cut off no more", "Re:"), truncated="no"),
    )
    a, b = merged(old, new).posts
    assert (a.body, a.truncated, a.subject) == ("all of the text", "no", "Re:Boo hoo")
    assert (b.body, b.truncated, b.subject) == ("cut off no more", "no", "Re:Long subject")


def test_of_texts_as_long_as_each_other_the_newer_wins() -> None:
    assert merged(thread(post("a", "one")), thread(post("a", "two"))).posts[0].body == "two"


def test_a_post_that_only_an_older_save_has_follows_its_predecessor_there_and_is_marked() -> None:
    made = merged(
        thread(*map(post, "abxyc")),
        thread(*map(post, "cab")),
    )
    assert order(made) == "cabxy"
    assert [found.saves for found in made.posts] == [(0, 1), (0, 1), (0, 1), (0,), (0,)]


def test_posts_of_an_older_save_without_a_predecessor_come_first() -> None:
    assert order(merged(thread(*map(post, "xya")), thread(*map(post, "ab")))) == "xyab"


def test_posts_that_several_older_saves_have_stand_where_the_newest_of_these_has_them() -> None:
    made = merged(thread(*map(post, "axb")), thread(*map(post, "abx")), thread(*map(post, "ab")))
    assert order(made) == "abx"
    assert made.posts[2].saves == (0, 1)


def test_the_walks_are_the_orders_of_the_saves() -> None:
    made, walks = merge([(ref("1.txt"), thread(*map(post, "abx"))), (ref("1.2.txt"), thread(*map(post, "ba")))])
    assert ["".join(made.posts[index].id for index in walk) for walk in walks] == ["abx", "ba"]


def test_of_a_story_the_longest_text_goes_with_its_links_and_what_is_missing_is_filled() -> None:
    old = thread(body="A long story [1]here", links=(Link(1, "https://example.org/"),), footer="Old", masthead="Quote")
    made = merged(old, thread(body="A long", title="New title", footer="New", department="d"))
    assert (made.body, made.links) == (old.body, old.links)
    assert (made.title, made.footer, made.masthead, made.department) == ("New title", "New", "Quote", "d")


def test_equal_ids_are_numbered_in_order() -> None:
    assert unique_ids(["a", "b", "a", "a"]) == ["a", "b", "a-2", "a-3"]


def test_a_numbered_id_takes_no_place_that_a_post_has() -> None:
    assert unique_ids(["a", "a", "a-2"]) == ["a", "a-3", "a-2"]


@given(st.lists(st.sampled_from(["a", "b", "a-2", "a-3", "a-2-2"]), max_size=9))
def test_ids_become_unique_and_the_first_of_a_kind_keeps_its_own(names: list[str]) -> None:
    made = unique_ids(names)
    assert len(set(made)) == len(names)
    assert [made[names.index(name)] for name in dict.fromkeys(names)] == list(dict.fromkeys(names))
    assert all(new.startswith(old) for new, old in zip(made, names, strict=True))


bodies = st.sampled_from(["", "x", "xy", "xyz", "abc"])
posts = st.builds(
    post,
    st.sampled_from("abcdef"),
    bodies,
    st.sampled_from(["", "Re:", "Re:Boo", "Boo"]),
    st.none() | st.integers(-1, 5),
    st.sampled_from([None, "Funny"]),
)
threads = st.builds(
    lambda found, body, title, tags: thread(*found, body=body, title=title, tags=tags),
    st.lists(posts, max_size=6, unique_by=lambda made: made.id),
    bodies,
    st.sampled_from(["One", "Two"]),
    st.sampled_from([(), ("x",)]),
)
saves = st.lists(threads, min_size=1, max_size=4).map(
    lambda made: [(ref("1.txt" if number == 1 else f"1.{number}.txt"), each) for number, each in enumerate(made, 1)]
)


@given(saves, st.randoms(use_true_random=False))
def test_the_order_in_which_saves_come_does_not_matter(
    found: list[tuple[SaveRef, Thread]], luck: random.Random
) -> None:
    shuffled = luck.sample(found, len(found))
    assert merge(shuffled) == merge(found)


@given(saves, st.data())
def test_a_copy_of_the_newest_save_changes_nothing_but_who_holds_the_posts(
    found: list[tuple[SaveRef, Thread]], data: st.DataObject
) -> None:
    def without_saves(made: Thread) -> Thread:
        kept = [msgspec.structs.replace(each, saves=()) for each in made.posts]
        return msgspec.structs.replace(made, saves=(), posts=tuple(kept))

    copy = (ref("1.99.txt"), found[-1][1])
    again, walks = merge([*found, copy])
    once, _ = merge(found)
    assert without_saves(again) == without_saves(once)
    assert again.saves == (*once.saves, copy[0])
    assert walks[-1] == walks[-2]


@given(saves)
def test_nothing_is_lost_and_the_newest_order_holds(found: list[tuple[SaveRef, Thread]]) -> None:
    made, walks = merge(found)
    assert {each.id for each in made.posts} == {each.id for _, one in found for each in one.posts}
    newest = [each.id for each in found[-1][1].posts]
    assert [each.id for each in made.posts if each.id in newest] == newest
    for each in made.posts:
        versions = [(number, old) for number, (_, one) in enumerate(found) for old in one.posts if old.id == each.id]
        assert each.saves == tuple(number for number, _ in versions)
        assert len(each.body) == max(len(old.body) for _, old in versions)
        assert (each.score, each.label) == (versions[-1][1].score, versions[-1][1].label)
    _is_a_list_of_walks(walks, [one for _, one in found], made)


def _is_a_list_of_walks(walks: Sequence[Sequence[int]], found: list[Thread], made: Thread) -> None:
    assert [[made.posts[index].id for index in walk] for walk in walks] == [[e.id for e in one.posts] for one in found]


# Partial saves: they add what they hold, and say nothing of what they lack.


def numbered(name: str, number: int | None = None, posted: str | None = None) -> Post:
    return msgspec.structs.replace(post(name), number=number, posted=posted)


def merged_with_parts(whole: Sequence[Thread], parts: Sequence[Thread]) -> Thread:
    """Merge whole saves (1.1, 1.2 ...) and newer partial ones (2.1, 2.2 ...)."""
    saves = [(ref(f"{kind}.{number}.txt"), made) for kind, some in ((1, whole), (2, parts)) for number, made in
             enumerate(some, 1)]  # fmt: skip
    return merge(saves, {save.path for save, _ in saves if save.path.startswith("2")})[0]


def test_parts_stand_by_number_else_by_time_else_by_id() -> None:
    parts = [
        thread(numbered("z")),
        thread(numbered("b", 10)),
        thread(numbered("y", posted="2007-04-05T12:00:00+02:00"), numbered("x", posted="2007-04-05T11:00:00Z")),
        thread(numbered("a", 9), numbered("c", 11)),
        thread(numbered("m")),
    ]
    assert order(merged_with_parts([], parts)) == "abcyxmz"


def test_a_post_of_a_part_follows_the_last_post_that_is_not_greater() -> None:
    whole = thread(numbered("a", 1), numbered("d", 4), numbered("b", 2), numbered("x"), numbered("f", 6))
    parts = [thread(numbered("c", 3)), thread(numbered("0", 0)), thread(numbered("e", 5), numbered("g", 7))]
    assert order(merged_with_parts([whole], parts)) == "0adbcexfg"


def test_where_nothing_can_be_compared_a_post_of_a_part_goes_to_the_end() -> None:
    made = merged_with_parts([thread(*map(post, "ba"))], [thread(numbered("d", 1)), thread(post("c"))])
    assert order(made) == "badc"
    assert (made.partial, made.newest_whole) == ((1, 2), 0)


def test_a_part_gives_a_newer_text_and_not_the_name_of_the_thread() -> None:
    whole, part = thread(post("a", "short"), title="Whole"), thread(post("a", "a longer text"), title="Part", url="u")
    made = merged_with_parts([whole], [part])
    assert (made.title, made.url, made.posts[0].body, made.posts[0].saves) == ("Whole", "u", "a longer text", (0, 1))


def test_of_parts_the_one_that_opens_the_thread_names_it() -> None:
    parts = [thread(numbered("a", 1), title="Rain", tags=("x",)), thread(numbered("b", 2), title="Re: Rain")]
    assert merged_with_parts([], parts).title == "Rain"
    assert merged_with_parts([], parts[::-1]).title == "Rain"


def test_of_parts_the_one_that_knows_who_started_the_thread_names_it() -> None:
    parts = [thread(title="Rain", author=ANN), thread(numbered("b", 2), title="name of a file")]
    assert merged_with_parts([], parts).title == "Rain"
    assert merged_with_parts([], parts[::-1]).title == "Rain"


def test_parts_of_one_file_are_one_save() -> None:
    made, walks = merge([(ref("1.txt"), thread(post("b"))), (ref("1.txt"), thread(post("a")))], {"1.txt"})
    assert (order(made), made.saves, [each.saves for each in made.posts]) == ("ab", (ref("1.txt"),), [(0,), (0,)])
    assert walks == ((0, 1),)


part_posts = st.builds(
    numbered, st.sampled_from("abcdefgh"), st.none() | st.integers(0, 4), st.sampled_from([None, "2007-04-05"])
)
part_threads = st.lists(part_posts, min_size=1, max_size=3, unique_by=lambda made: made.id).map(
    lambda found: thread(*found)
)


@given(saves, st.lists(part_threads, max_size=4), st.randoms(use_true_random=False))
def test_whole_saves_keep_their_order_whatever_parts_add(
    found: list[tuple[SaveRef, Thread]], parts: list[Thread], luck: random.Random
) -> None:
    """Parts lose nothing, move nothing, mark nothing, and the order in which saves come does not matter."""
    held = [(ref(f"{luck.choice([0, 1])}.{number}.part"), part) for number, part in enumerate(parts)]
    partial = {save.path for save, _ in held}
    made, walks = merge([*held, *found], partial)
    assert merge(luck.sample([*held, *found], len(held) + len(found)), partial) == (made, walks)
    alone, _ = merge(found)
    names = [each.id for each in alone.posts]
    assert [each.id for each in made.posts if each.id in names] == names
    assert {each.id for each in made.posts} == {*names, *(each.id for part in parts for each in part.posts)}
    newest = max(number for number, save in enumerate(made.saves) if save.path not in partial)
    assert made.newest_whole == newest
    last = {each.id for each in found[-1][1].posts}
    for each in made.posts:
        if each.saves[-1] < made.newest_whole:
            assert each.id not in last
        elif each.id not in last:
            assert made.saves[each.saves[-1]].path in partial
    assert walks[-1] == tuple([each.id for each in made.posts].index(each.id) for each in found[-1][1].posts)
