"""What is told of a thread that came in: counts, words, and what a newer save brought."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.add.summary import NOTHING_NEW, Gain, gain, gain_line, summarize, summary_lines
from generator.commands.terminal import one_line
from generator.model import Author, Post, SaveRef, Thread


def post(number: str, body: str = "x", **fields: object) -> Post:
    plain = Post(number, "Re:", Author("notes", f"Ann {number}"), 1, None, body)
    return msgspec.structs.replace(plain, **fields)


def thread(*posts: Post, **fields: object) -> Thread:
    return msgspec.structs.replace(Thread("notes", "n", "A title", "A story.", posts), **fields)


@pytest.mark.parametrize(
    ("after", "expected", "told"),
    [
        (thread(post("1")), Gain(), NOTHING_NEW),
        (thread(post("1", saves=(0, 1)), saves=(SaveRef("a", "b", "c"),)), Gain(), NOTHING_NEW),
        (thread(post("1"), footer="Bye"), Gain(other=True), "other details changed"),
        (thread(post("1", subject="Hello")), Gain(other=True), "other details changed"),
        (thread(post("1"), post("2"), post("3")), Gain(posts=2, other=True), "+2 posts"),
        (thread(post("1", "xy")), Gain(texts=1, other=True), "1 fuller text"),
        (thread(post("1"), body="A longer story."), Gain(texts=1, other=True), "1 fuller text"),
        (thread(post("1", "y")), Gain(edits=1, other=True), "1 text changed"),
        (thread(post("1"), body="A tale."), Gain(edits=1, other=True), "1 text changed"),
        (thread(post("1", score=2)), Gain(scores=1, other=True), "1 score changed"),
        (thread(post("1", label="Funny")), Gain(labels=1, other=True), "1 label changed"),
        (
            thread(post("1", "xy", score=5, label="Funny"), post("2"), body="Another story."),
            Gain(1, 2, 0, 1, 1, other=True),
            "+1 post, 2 fuller texts, 1 score changed, 1 label changed",
        ),
    ],
)
def test_a_gain_counts_what_came_and_names_only_that(after: Thread, expected: Gain, told: str) -> None:
    assert gain(thread(post("1")), after) == expected
    assert gain_line(expected) == told


def test_many_are_told_as_many() -> None:
    assert gain_line(Gain(1200, 3, 5, 2, 4)) == (
        "+1,200 posts, 3 fuller texts, 5 texts changed, 2 scores changed, 4 labels changed"
    )


def test_the_summary_of_a_new_thread() -> None:
    posts = (post("1"), post("2", truncated="yes"), post("3", truncated="unknown", author=Author("notes", "ann 1")))
    known = {Author("notes", "Ann 2").key, Author("notes", "Bob").key}
    made = summarize(thread(*posts, posted="2025-10-15"), None, known, "threads/notes/n.html", ("content/n.md",))
    assert list(summary_lines(made)) == [
        "A title",
        "  15 October 2025, 3 posts by 2 authors (1 new to the archive), 1 cut, 1 perhaps cut",
        "  content/n.md",
        "  page: threads/notes/n.html",
    ]


def test_the_summary_of_a_known_thread_says_what_is_new_and_no_more_than_it_knows() -> None:
    made = summarize(
        thread(post("1"), post("2")),
        thread(post("1")),
        {post("1").author.key},
        "threads/notes/n.html",
        ("c/n.2.md", "c/n.3.md"),
    )
    assert list(summary_lines(made)) == [
        "A title",
        "  2 posts by 2 authors (1 new to the archive)",
        "  +1 post",
        "  c/n.2.md",
        "  c/n.3.md",
        "  page: threads/notes/n.html",
    ]


@given(st.text())
def test_what_a_terminal_gets_is_one_line_without_controls(text: str) -> None:
    shown = one_line(text)
    assert len(shown.splitlines()) <= 1
    assert not [char for char in shown if char < " " or "\x7f" <= char <= "\x9f" or "\u202a" <= char <= "\u202e"]


def test_titles_cannot_drive_the_terminal() -> None:
    made = summarize(thread(title="\x1b[31mRed\a\n\u202eevil"), None, (), "p", ())
    assert next(summary_lines(made)) == "␛[31mRed␇ [U+202E]evil"


def test_whoever_was_taken_out_is_no_author() -> None:
    posts = [post(name, author=Author("notes", name)) for name in ("ann", "[removed]", "[deleted]")]
    summary = summarize(thread(*posts), None, (), "threads/notes/n.html", ("content/n.md",))
    assert (summary.posts, summary.authors) == (3, 1)
