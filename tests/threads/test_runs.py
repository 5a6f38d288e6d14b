"""Runs of words: what is the same run, what is an author's own, and that time is linear."""

from __future__ import annotations

import pickle
import re
import time
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.threads.runs import Runs, own_texts
from tests.small import examples

SAID = "The harbour master doesn't keep two well-known sets of books in a basket."
RUNS = Runs(own_texts([(0, SAID)], []))


@pytest.mark.parametrize(
    "text",
    [
        SAID,
        SAID.upper(),
        SAID.replace(" ", "\n"),
        SAID.replace(" ", "\n> "),
        SAID.replace(" ", "\n| "),
        SAID.replace(" ", "\n> > "),
        SAID.replace(" ", "\u00a0 "),
        SAID.replace(" ", ", "),
        SAID.replace("'", "\u2019").replace("-", "\u2010"),
        SAID.replace("'", "").replace("-", ""),
        SAID.replace("'", " ").replace("-", " "),
        SAID.replace("harbour", "har\u00adbour").replace("basket", "bas\u200bket"),
        SAID.replace("keep two", "*keep* **two**").replace("books", "`books`"),
        SAID.replace("keep two", "[keep](https://example.org/a_b 'x') two"),
        SAID.replace("two", "[1]two").replace("sets", "&quot;sets&quot;"),
        SAID.replace("doesn't", "doesn\u02bct").replace("books", "\uff42\uff4f\uff4f\uff4b\uff53"),
        unicodedata.normalize("NFD", SAID.replace("books", "b\u00f6\u00f6ks")),
        "He said: \u201cmaster doesn't keep two well-known sets of\u201d, and so on.",
        f"xx {SAID} yy",
    ],
)
def test_what_is_the_same_run(text: str) -> None:
    assert RUNS.holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The harbour master keeps nothing.",
        "doesn't keep two well-known sets",  # seven words, since "doesn't" counts as two of them
        "The harbour master doesn't keep one well-known set of books",
        "master doesn't keep two [removed] well-known sets of books",
        "Master doesn't keep two well-known set sofa",
        "smaster doesn't keep two well-known sets",
    ],
)
def test_what_is_no_run(text: str) -> None:
    assert not RUNS.holds(text)
    assert RUNS.find(text) == []


def test_a_run_is_found_where_it_is() -> None:
    text = f"No. {SAID}\n\nYes: {SAID[4:]}"
    found = RUNS.find(text)
    assert [text[start:end] for start, end in found] == [SAID[:-1], SAID[4:-1]]


def test_short_words_are_words() -> None:
    runs = Runs(own_texts([(0, "a b c d e f g h, or is it so to us as we do it")], []))
    assert runs.holds("x A B C D E F G H y")
    assert runs.holds("is it so to us as we do")
    assert not runs.holds("a b c d e f g x")


def test_scripts_without_spaces_have_runs_too() -> None:
    runs = Runs(own_texts([(0, "人が多いところに行くのは好きではないです。")], []))
    assert runs.holds("彼は「人が多いところに行くのは好きではない」と言った")
    assert not runs.holds("人が多いところ。")


def test_what_is_quoted_or_came_earlier_is_not_the_authors() -> None:
    story = "The council will rebuild the old harbour wall next year."
    own = own_texts(
        [
            (
                3,
                f"> one two three four five six seven eight nine\n\nSo: {story} And I say that this is wrong, friends.",
            )
        ],
        [(-1, story), (5, "And I say that this is wrong, friends.")],
    )
    runs = Runs(own)
    assert not runs.holds(story)
    assert not runs.holds("one two three four five six seven eight nine")
    assert runs.holds("and I say that this is wrong friends")


def test_what_somebody_else_quotes_before_is_still_the_authors_if_another_text_has_it() -> None:
    own = own_texts([(1, SAID), (5, SAID)], [(3, f"> {SAID}")])
    assert Runs(own).holds(SAID)


def test_runs_travel_as_texts() -> None:
    again = pickle.loads(pickle.dumps(RUNS))
    assert again == RUNS
    assert hash(again) == hash(RUNS)
    assert again.find(SAID) == RUNS.find(SAID)
    assert not Runs()


PLAIN = ["a", "to", "harbour", "books", "is", "known", "two", "I", "x1", "2", "the"]
plain = st.lists(st.sampled_from(PLAIN), max_size=40)
words = st.lists(st.sampled_from([*PLAIN, "it's", "well-known", "Ünï", "人", "[removed]"]), max_size=40)
gaps = st.sampled_from([" ", "\n", ", ", "\n> ", " \u2014 ", "\n\n"])


def plain_runs(text: str) -> set[tuple[str, ...]]:
    """What a run is if one looks at every word of a text of simple words."""
    found = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())
    return {tuple(found[at : at + 8]) for at in range(len(found) - 7)}


@given(plain.map(" ".join), plain, gaps)
def test_every_run_is_found_and_nothing_else(removed: str, others: list[str], gap: str) -> None:
    text = gap.join(others)
    assert Runs(own_texts([(0, removed)], [])).holds(text) == bool(plain_runs(removed) & plain_runs(text))


@given(words.map(" ".join), words.map(" ".join), words.map(" ".join))
def test_a_copy_in_any_surroundings_is_found(removed: str, before: str, after: str) -> None:
    runs = Runs(own_texts([(0, removed)], []))
    found = runs.find(f"{before} {removed.upper()} {after}")
    assert bool(runs) <= bool(found)
    assert found == sorted(found)


def seconds(work: Callable[[], object]) -> float:
    best = 1e9
    for _ in range(3):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


HOSTILE: tuple[Callable[[int], str], ...] = (
    lambda many: "\n".join(f"The very same start of a line that goes on and on, number {n}." for n in range(many)),
    lambda many: "a " * 12 * many,
    lambda many: "a b c d e f g " * 2 * many,
    lambda many: "\n".join("x" * n for n in range(1, int((24 * many) ** 0.5))),
    lambda many: "> a b c d e f g h\nthe harbour\n" * many,
    lambda many: " ".join(f"{n * 7919:x}" for n in range(4 * many)),
    lambda many: "[" * 12 * many + "](" * 6 * many,
    lambda many: "人" * 10 * many,
)


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_time_is_linear(number: int) -> None:
    """Lines that start alike, or words that are all the same, take no more than others."""

    def work(many: int) -> Callable[[], object]:
        text = HOSTILE[number](many)
        return lambda: Runs(own_texts([(0, text)], [(1, text)])).find(text)

    small, large = seconds(work(examples(1500))), seconds(work(4 * examples(1500)))
    assert large < 8 * small + 0.05
