"""Parents that a source states by number are found across the saves of a thread."""

from __future__ import annotations

from generator.model import Author, Post, Thread
from generator.threads.numbers import by_number


def post(number: int | None, name: str, **more: object) -> Post:
    return Post(name, "", Author("forum", "ann"), None, None, "text", number=number, **more)  # type: ignore[arg-type]


def saves(*threads: list[Post]) -> list[Thread]:
    return [Thread("forum", "1", "Rain", "", tuple(posts)) for posts in threads]


def test_a_post_of_another_save_is_found_by_its_number() -> None:
    first, second = by_number(saves([post(1, "71"), post(2, "72")], [post(3, "73", stated_number=2)]))
    assert [each.stated for each in first.posts] == [None, None]
    assert second.posts[0].stated == "72"


def test_a_number_that_no_save_has_states_nothing() -> None:
    _, second = by_number(saves([post(1, "71")], [post(3, "73", stated_number=2)]))
    assert second.posts[0].stated is None


def test_a_missing_post_is_the_one_with_its_number() -> None:
    whole = [post(1, "71"), post(2, "n2", missing=True), post(3, "73", stated="n2")]
    first, second = by_number(saves(whole, [post(2, "72")]))
    assert [(each.id, each.stated) for each in first.posts] == [("71", None), ("72", None), ("73", "72")]
    assert second.posts[0].id == "72"


def test_the_order_of_saves_does_not_matter() -> None:
    parts = [
        [post(1, "71")],
        [post(2, "72", stated_number=1)],
        [post(2, "n2", missing=True), post(3, "73", stated="n2")],
    ]
    assert list(by_number(saves(*parts)))[::-1] == list(by_number(saves(*parts[::-1])))


def test_saves_without_numbers_stay_as_they_are() -> None:
    threads = saves([post(None, "71")], [post(None, "72", stated="71")])
    assert all(new is old for new, old in zip(by_number(threads), threads, strict=True))
