"""Blank lines, blocks and splices."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.readers.spans import full_lines, last_block, splice, trim

TEXTS = st.text("ab \n\t\N{NO-BREAK SPACE}\x0c", max_size=20)


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("", ""),
        ("\n\n\n\n", ""),
        (" \t", ""),
        ("\n\na\n\n", "a"),
        ("\n\n  a \n\n", "  a "),
        ("\n \n  a\n\t\nb \n \n ", "  a\n\t\nb "),
        ("\n\n\N{NO-BREAK SPACE}\n\n", "\N{NO-BREAK SPACE}"),
        ("\x0c\n", "\x0c"),
    ],
)
def test_trim(text: str, trimmed: str) -> None:
    start, end = trim(text, 0, len(text))
    assert text[start:end] == trimmed


def blank(line: str) -> bool:
    return not line.strip(" \t")


@given(TEXTS, TEXTS, TEXTS)
def test_trim_drops_the_blank_lines_and_nothing_else(before: str, text: str, after: str) -> None:
    lines = text.split("\n")
    while lines and blank(lines[0]):
        del lines[0]
    while lines and blank(lines[-1]):
        del lines[-1]
    start, end = trim(before + text + after, len(before), len(before + text))
    assert (before + text + after)[start:end] == "\n".join(lines)
    assert len(before) <= start <= end <= len(before + text)


@given(TEXTS, TEXTS)
def test_last_block_stands_behind_the_last_blank_line(before: str, text: str) -> None:
    whole = before + text
    start, end = trim(whole, len(before), len(whole))
    at = last_block(whole, start, end)
    assert start <= at <= end
    assert whole[at:end] == re.split(r"\n(?:[ \t]*\n)+", whole[start:end])[-1]


@given(TEXTS)
def test_full_lines(text: str) -> None:
    assert [text[start:end] for start, end in full_lines(text, 0, len(text))] == [
        line for line in text.split("\n") if not blank(line)
    ]


def test_splice() -> None:
    assert splice("abcdef", [(0, 1, "X"), (2, 2, "Y"), (4, 6, "")]) == "XbYcd"
    assert splice("abc", []) == "abc"
