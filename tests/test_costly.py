"""Markdown bodies that would take the parser too long: which these are, and how they are shown."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.costly import LINES, LINES_EACH, is_costly
from generator.markup import post_html, story_html

COSTLY = {
    "quotes in quotes without text": ">>\nb\n",
    "quotes of fences": "> ```\nb\n",
    "quotes of headings": "> # a\nb\n",
    "quotes of rules": "> ---\nb\n",
    "quotes of code": ">     a\nb\n",
    "quotes of empty items": "> -\nb\n",
    "many levels": f"{'>' * 16}\nb\n",
    "more levels than are opened": f"{'>' * 400}\nb\n",
    "in a list": "  > ```\n  b\n",
    "other line ends": ">>\rb\r",
    "the end of a fence": "\n> ~~~\n<a:~~",
    "a reference": "> > >\n[a]: b\n",
}
"""Each line by line, many times over."""

USUAL = {
    "a long quote": "> a word\n",
    "a long quote of a quote": ">> a word\n",
    "quotes and answers": "> a word\n> another\n\nAn answer.\n\n",
    "quotes of quotes and answers": "> > a word\n> another\n>\n> and more\n\nAn answer.\nAnd more.\n\n",
    "quotes at once one after the other": "> ```\n> code\n> ```\n\nb\n\n",
    "quotes in lists": "- > a\n\n  b\n\n",
    "no quotes": "a > b\nc\n",
    "code": "    > a\n    b\n\n",
}


@pytest.mark.parametrize("unit", COSTLY.values(), ids=COSTLY.keys())
def test_what_would_take_long_is_shown_as_plain_text(unit: str) -> None:
    body = unit * 1000
    assert is_costly(body)
    assert post_html(body, "markdown") == post_html(body, "plain")
    assert story_html(body, (), "markdown") == story_html(body, (), "plain")


@pytest.mark.parametrize("unit", USUAL.values(), ids=USUAL.keys())
def test_quotes_as_people_write_them_are_markdown_however_many_they_are(unit: str) -> None:
    assert not is_costly(unit * 5000)


def test_a_wrapped_quote_of_mail_is_markdown() -> None:
    """The ends of its long lines stand outside of the quote, so it starts again and again."""
    assert not is_costly("> > a long line that was\nwrapped\n" * 150)


def test_few_quotes_are_markdown_whatever_they_hold() -> None:
    for unit in COSTLY.values():
        assert not is_costly(unit * 8)
        assert "<blockquote>" in post_html(f"> quoted\n\n{unit * 8}", "markdown")


lines = st.lists(
    st.sampled_from([">", "> ", ">>", "b", "```", "# ", "- ", "1. ", "  ", "    ", "\t", "---", "[a]: b", "\n", "\n"]),
    min_size=1,
    max_size=8,
).map("".join)


@settings(max_examples=100)
@given(lines, st.sampled_from(["", "> ", "- ", "> - "]))
@example("> ~~~\n<a:~~\n", "")
def test_what_is_not_shown_as_plain_text_takes_no_longer_than_it_may(unit: str, start: str) -> None:
    body = start + unit * 400
    if not is_costly(body):
        begin = time.process_time()
        post_html(body, "markdown")
        # Ten times what was measured. Without the limit many of these take half a minute.
        assert time.process_time() - begin < 1 + 1e-5 * (LINES + LINES_EACH * body.count("\n")) + 1e-4 * len(body)
