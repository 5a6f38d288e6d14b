"""Paging: which items a page holds, and which pages an addition changes."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from generator.pages.paging import Cut, Paging, cut_list, cut_ranking, cut_thread, page_url

counts, sizes = st.integers(0, 60), st.integers(1, 9)


def test_a_list_is_cut_from_its_oldest_end() -> None:
    front, second, first = cut_list("index.html", 7, 3)
    assert (front.url, front.start, front.stop) == ("index.html", 6, 7)
    assert (second.url, second.start, second.stop) == ("index/2.html", 3, 6)
    assert (first.url, first.start, first.stop) == ("index/1.html", 0, 3)
    assert front.paging == Paging(0, older="index/2.html")
    assert second.paging == Paging(2, older="index/1.html", newer="index.html")
    assert first.paging == Paging(1, newer="index.html")


def test_a_short_list_is_one_page() -> None:
    assert list(cut_list("a.html", 3, 3)) == [Cut("a.html", 0, 3, Paging(0))]
    assert list(cut_list("a.html", 0, 3)) == [Cut("a.html", 0, 0, Paging(0))]


def test_a_thread_is_cut_from_its_start() -> None:
    first, second = cut_thread("t/1.html", 4, 3)
    assert (first.url, first.start, first.stop, first.paging.newer) == ("t/1.html", 0, 3, "t/1/2.html")
    assert (second.url, second.start, second.stop, second.paging.older) == ("t/1/2.html", 3, 4, "t/1.html")
    assert [ref.url for ref in first.paging.pages] == ["t/1.html", "t/1/2.html"]
    assert first.paging.pages == second.paging.pages


def test_far_pages_are_named_in_steps() -> None:
    cuts = list(cut_thread("t/1.html", 240, 1))
    assert {cut.paging.count for cut in cuts} == {240}
    for number, named in (
        (1, "1 2 3 50 100 150 200 240"),
        (98, "1 50 96 97 98 99 100 150 200 240"),
        (240, "1 50 100 150 200 238 239 240"),
    ):
        assert " ".join(ref.name for ref in cuts[number - 1].paging.pages) == named
    assert [ref.name for ref in list(cut_thread("t/1.html", 10, 1))[9].paging.pages] == [
        str(number) for number in range(1, 11)
    ]


def test_a_short_thread_names_no_pages() -> None:
    assert list(cut_thread("t.html", 0, 3)) == [Cut("t.html", 0, 0, Paging(1))]


@given(counts, sizes)
def test_pages_of_a_list_hold_every_item_once_and_are_linked_from_new_to_old(count: int, size: int) -> None:
    cuts = list(cut_list("x.html", count, size))
    assert [item for cut in reversed(cuts) for item in range(cut.start, cut.stop)] == list(range(count))
    assert all(cut.stop - cut.start == size for cut in cuts[1:])
    assert 0 < cuts[0].stop - cuts[0].start <= size or count == 0
    assert [cut.paging.older for cut in cuts] == [*(cut.url for cut in cuts[1:]), None]
    assert all(cut.paging.newer == "x.html" for cut in cuts[1:])


@given(counts, sizes, st.integers(1, 20))
def test_an_addition_to_a_list_changes_no_page_but_the_newest(count: int, size: int, more: int) -> None:
    """Full pages stay to the letter: what they hold, and what they say of other pages."""
    before = {cut.url: cut for cut in cut_list("x.html", count, size)}
    after = {cut.url: cut for cut in cut_list("x.html", count + more, size)}
    assert {url for url in before if after[url] != before[url]} <= {"x.html"}


@given(counts, sizes)
def test_pages_of_a_thread_hold_every_post_once_where_links_say(count: int, size: int) -> None:
    cuts = list(cut_thread("x.html", count, size))
    assert [place for cut in cuts for place in range(cut.start, cut.stop)] == list(range(count))
    assert all(page_url("x.html", place // size + 1) == cut.url for cut in cuts for place in range(cut.start, cut.stop))
    assert [cut.paging.newer for cut in cuts] == [*(cut.url for cut in cuts[1:]), None]
    for cut in cuts if len(cuts) > 1 else ():
        named = {ref.url: int(ref.name) for ref in cut.paging.pages}
        assert all(page_url("x.html", number) == url for url, number in named.items())
        assert {cuts[0].url, cuts[-1].url, cut.url, cut.paging.older, cut.paging.newer} - {None} <= named.keys()
        assert list(named.values()) == sorted(set(named.values()))
        assert len(named) <= 10 + 2 + 5


def spans(cuts: Iterable[Cut]) -> list[tuple[int, int]]:
    return [(cut.start, cut.stop) for cut in cuts]


def test_equals_of_a_ranking_begin_a_page_where_they_fit_onto_none() -> None:
    assert spans(cut_ranking("a.html", [1, 1, 1], 4)) == [(0, 3)]
    assert spans(cut_ranking("a.html", [1, 2, 2, 9, 1], 4)) == [(0, 3), (3, 5), (5, 9), (9, 13), (13, 15)]
    assert spans(cut_ranking("a.html", [9], 4)) == [(0, 4), (4, 8), (8, 9)]
    assert spans(cut_ranking("a.html", [], 4)) == [(0, 0)]


def test_only_the_first_page_of_a_ranking_names_one_far_behind() -> None:
    cuts = list(cut_ranking("a.html", [1] * 60, 1))
    assert [" ".join(ref.name for ref in cuts[number - 1].paging.pages) for number in (1, 2, 58)] == [
        "1 2 3 10 20 30 40 50 60",
        "1 2 3 4 10 20 30 40 50",
        "1 10 20 30 40 50 56 57 58 59 60",
    ]
    assert [cut.paging.count for cut in cuts] == [60, *[0] * 59]


@given(st.lists(st.integers(1, 12), max_size=12), sizes)
def test_pages_of_a_ranking_hold_everybody_once_and_are_linked(ties: list[int], size: int) -> None:
    cuts = list(cut_ranking("x.html", ties, size))
    assert [place for cut in cuts for place in range(cut.start, cut.stop)] == list(range(sum(ties)))
    assert all(cut.stop - cut.start <= size for cut in cuts)
    assert [cut.paging.newer for cut in cuts] == [*(cut.url for cut in cuts[1:]), None]
    assert [cut.paging.older for cut in cuts] == [None, *(cut.url for cut in cuts[:-1])]
    ends = list(itertools.accumulate(ties))
    for start, stop in zip([0, *ends], ends, strict=False):
        assert start in {cut.start for cut in cuts} or stop - start < size


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12), sizes)
def test_who_comes_last_changes_the_last_page_of_a_ranking(ties: list[int], size: int) -> None:
    before = list(cut_ranking("x.html", ties, size))
    after = list(cut_ranking("x.html", [*ties[:-1], ties[-1] + 1], size))
    assert spans(before)[:-1] == spans(after)[: len(before) - 1]
