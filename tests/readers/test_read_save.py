"""Any bytes become a thread or an error that helps; what an editor or a system does to line ends is no matter."""

from __future__ import annotations

import codecs
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.errors import Problem
from generator.readers import READERS, decode, read_save, reader_of
from tests.golden import SAVES

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
        'some/file.txt:1: this is no kind of save that Threadpress reads; it starts "Dear diary,"; start a save with a '
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
        assert reader_of(reader.EXPECTED) is reader
    assert reader_of("anything") is None


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_and_bom_are_no_matter(file: Path, end: bytes) -> None:
    raw = file.read_bytes().replace(b"\r\n", b"\n").removeprefix(codecs.BOM_UTF8)
    plain = read_save(raw, "x")
    assert read_save(raw.replace(b"\n", end), "x") == plain
    assert read_save(codecs.BOM_UTF8 + raw.replace(b"\n", end), "x") == plain


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
def test_a_save_is_identified_as_what_it_reads_as(file: Path) -> None:
    text, _ = decode(file.read_bytes(), "x")
    reader = reader_of(text)
    assert reader is not None
    for thread in read_save(file.read_bytes(), "x").threads:
        (head,) = reader.identify(text)
        assert (head.key, head.title, head.posted) == (thread.key, thread.title, thread.posted)
        assert (head.department, head.tags) == (thread.department, thread.tags)
        assert (head.body, head.posts) == ("", ())


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
    text, _ = decode(head + rest, "file")
    if reading.threads and (reader := reader_of(text)):
        assert reader.rewrite(text, (), lambda body: body) == text
        posts = range(-1, len(reading.threads[0].posts))
        (again,) = reader.read(reader.rewrite(text, {(0, at) for at in posts}, str), "file").threads
        assert len(again.posts) == len(reading.threads[0].posts)
        assert {again.body, *(post.body for post in again.posts)} == {"[removed]"}
