"""Any bytes become a thread or an error that helps; what an editor or a system does to line ends is no matter."""

from __future__ import annotations

import codecs
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.errors import Problem
from generator.model import Thread
from generator.readers import READERS, Reading, read_save, reader_of
from generator.readers.decoding import decode
from tests.golden import SAVES
from tests.rewriting import STORY, redacted, thread_of

FILES = [next(case.glob("save.*")) for case in SAVES.cases()]


def only_error(raw: bytes) -> Problem:
    reading = read_save(raw, "some/file.txt")
    assert reading.threads == ()
    (problem,) = (found for found in reading.problems if found.severity == "error")
    assert problem.path == "some/file.txt"
    return problem


@pytest.mark.parametrize("raw", [b"", b"\n \r\n", codecs.BOM_UTF8, b"\t"])
def test_an_empty_file(raw: bytes) -> None:
    assert str(only_error(raw)) == (
        "some/file.txt:1: the file is empty; save the thread again, or leave this file out of the content folder"
    )


def test_a_file_that_is_no_save() -> None:
    assert str(only_error(b"Dear diary,\ntoday ...")) == (
        'some/file.txt:1: Threadpress does not read this kind of file; it starts "Dear diary,"; start a save with a '
        "line such as News: 0179799118 (slashdot-text) or +++ (markdown), or leave this file out of the content folder"
    )


def test_bytes_that_are_no_text() -> None:
    assert only_error(b"News: 1\r\n\r\nA\0B").line == 3
    assert only_error(b"News: 1\rA\0B").line == 2
    assert "NUL" in only_error("News: 1".encode("utf-16")).message


def test_a_long_line_is_quoted_short_and_answered_fast() -> None:
    begin = time.process_time()
    assert len(str(only_error(b"x (Score:1) { " * 500_000))) < 400
    problems = read_save(b"News: " + b"7" * 5_000_000, "a.txt").problems
    assert [problem.severity for problem in problems] == ["error"] * 3
    assert all(len(str(problem)) < 400 for problem in problems)
    assert time.process_time() - begin < 5


def test_what_a_terminal_would_act_on_is_not_quoted() -> None:
    message = only_error("\x1b[31mred \u202eleft".encode()).message
    assert "\x1b" not in message
    assert "\u202e" not in message


def test_windows_1252_is_the_fallback() -> None:
    text, (problem,) = decode(codecs.BOM_UTF8 + b"one\r\ntwo\r\n\x80 5\x81", "a.txt")
    assert text == "one\ntwo\n€ 5\N{REPLACEMENT CHARACTER}"
    assert str(problem) == (
        "a.txt:3: warning: byte 0x80 is not UTF-8, so the file was read as Windows-1252; "
        "save it as UTF-8 if characters look wrong"
    )


def test_readers_are_told_apart() -> None:
    assert [reader.NAME for reader in READERS] == ["slashdot-text", "markdown"]
    for reader in READERS:
        assert reader_of(reader.EXPECTED.encode()) is reader
    assert reader_of(b"anything") is None


def told(reading: Reading) -> tuple[list[Thread], tuple[Problem, ...], str]:
    return [saved.thread for saved in reading.threads], reading.problems, reading.text


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_and_bom_are_no_matter(file: Path, end: bytes) -> None:
    raw = file.read_bytes().replace(b"\r\n", b"\n").removeprefix(codecs.BOM_UTF8)
    plain = told(read_save(raw, "x"))
    assert told(read_save(raw.replace(b"\n", end), "x")) == plain
    assert told(read_save(codecs.BOM_UTF8 + raw.replace(b"\n", end), "x")) == plain


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
def test_a_save_says_where_its_texts_stand(file: Path) -> None:
    reading = read_save(file.read_bytes(), "x")
    for saved in reading.threads:
        assert saved.spans
        spans, thread = saved.spans(), saved.thread
        assert reading.text[slice(*spans.story)] == thread.body
        assert [reading.text[slice(*post.body)] for post in spans.posts] == [post.body for post in thread.posts]
        assert (spans.footer and reading.text[slice(*spans.footer)]) == thread.footer
        assert (spans.last_body and reading.text[slice(*spans.last_body)]) == saved.last_body


PIECES = st.lists(
    st.one_of(
        st.binary(max_size=8),
        st.sampled_from([line + b"\n" for file in FILES for line in file.read_bytes().split(b"\n")]),
        st.sampled_from(
            [b"\n\n", b"\r", b"\xc2\xa0", b"\xef\xbb\xbf", b"+++\n", b"News: 1\n\n", b" (Score:", b"```\n"]
        ),
    ),
    max_size=12,
).map(b"".join)


@given(
    st.sampled_from([b"", b"News: 1\n\n", b"News: 1\n\nT\n\n(a (b))\n\n", b'+++\nid = "1"\ntitle = "T"\n+++\n']), PIECES
)
@example(b"", b"News: 1\n\n(" + b"(" * 100)
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_thread_or_an_error(head: bytes, rest: bytes) -> None:
    reading = read_save(head + rest, "file")
    assert reading.threads or any(problem.severity == "error" for problem in reading.problems)
    lines = (head + rest).replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
    for problem in reading.problems:
        assert problem.path == "file"
        assert 1 <= problem.line <= lines
        assert problem.message
        assert problem.hint
    if reading.threads:
        posts = thread_of(reading).posts
        assert redacted(reading, ()) == (thread_of(reading), reading.text)
        values, copy = redacted(reading, range(STORY, len(posts)))
        again = thread_of(read_save(copy.encode(), "file"))
        assert len(again.posts) == len(posts)
        assert {again.body, *(post.body for post in again.posts)} == {"[removed]"}
        assert without_ids(values) == without_ids(again)


def without_ids(thread: Thread) -> Thread:
    """The thread with no ids: those made from texts differ where the texts do."""
    return msgspec.structs.replace(thread, posts=tuple(msgspec.structs.replace(post, id="") for post in thread.posts))
