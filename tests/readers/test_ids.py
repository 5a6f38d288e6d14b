"""Ids of posts without one: what may change between two saves does not count, all else does."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model import Author
from generator.readers.ids import SIGNIFICANT, post_id

ANN, BOB, NOBODY = (
    Author("slashdot", "Ann", "7"),
    Author("slashdot", "Bob", "8"),
    Author("slashdot", "Anonymous Coward"),
)
LONG = "word " * 100


def test_an_id_is_made_of_the_authors_key_and_the_start_of_the_text() -> None:
    assert post_id(ANN, "Hello\nthere") == hashlib.sha256(b"slashdot/7\nHello there").hexdigest()[:10]


def test_an_author_with_a_uid_keeps_it_under_another_name() -> None:
    assert post_id(Author("slashdot", "Ann B.", "7"), "Hello") == post_id(ANN, "Hello")
    assert post_id(BOB, "Hello") != post_id(ANN, "Hello")
    assert post_id(Author("slashdot", "ANONYMOUS coward"), "Hello") == post_id(NOBODY, "Hello")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hello", "Hello\n\nA second block, or was it the footer?"),
        ("Hello", "Hello\n \t\nA blank line may hold white space"),
        (LONG, LONG[:250]),
        (LONG, LONG[:SIGNIFICANT] + "cut elsewh"),
        ("a  b\tc\nd", "a b c d"),
        ("\u00a0a", "a"),
        (" " * 5000 + "a", "a"),
        ("a" + " " * 5000 + "b", "a b"),
    ],
)
def test_what_does_not_count(one: str, other: str) -> None:
    assert post_id(ANN, one) == post_id(ANN, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hello", "hello"), ("ab", "a b"), ("", "a"), ("a" * 199 + "b", "a" * 199 + "c"), ("a" + " " * 5000 + "b", "a")],
)
def test_what_counts(one: str, other: str) -> None:
    assert post_id(ANN, one) != post_id(ANN, other)


@given(st.text("ab \t\n\u00a0", max_size=1200), st.text(max_size=50))
def test_folding_a_part_gives_what_folding_all_would(block: str, rest: str) -> None:
    """The first block is found and folded the plain way; what follows it does not matter."""
    lines = block.split("\n")
    first = next((at for at in range(1, len(lines) - 1) if not lines[at].strip(" \t")), len(lines))
    folded = " ".join("\n".join(lines[:first]).split())[:SIGNIFICANT]
    assert post_id(ANN, block) == hashlib.sha256(f"slashdot/7\n{folded}".encode()).hexdigest()[:10]
    assert post_id(ANN, f"{block}x\n\n{rest}") == post_id(ANN, f"{block}x")
