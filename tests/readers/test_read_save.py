"""Any bytes become a thread or an error that helps; what an editor or a system does to line ends is no matter."""

from __future__ import annotations

import codecs
import re
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.errors import Problem
from generator.model import Thread
from generator.readers import READERS, Reading, markdown, read_save, reader_of
from generator.readers.decoding import decode
from tests.golden import SAVES
from tests.rewriting import STORY, redacted_parts, without_ids

FILES = [next(case.glob("save.*")) for case in SAVES.cases()]
PLAIN = [file for file in FILES if file.suffix in (".txt", ".md")]


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
        "line such as News: 0179799118 (slashdot-text) or +++ (markdown) or From ann@example.org Thu Jan  1 00:00:00 "
        '2015 (mail) or <meta name="generator" content="hypermail"> (hypermail), or leave this file out of the content '
        "folder"
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!doctype html>\n<title>A thread</title>", "a web page"),
        ("\n  <!DOCTYPE HTML PUBLIC>", "a web page"),
        ("<html lang=en>", "a web page"),
        ("<!-- saved from url=(0027)https://example.org/ -->\n<html>", "a web page"),
        ('<?xml version="1.0"?>\n<!DOCTYPE html>\n<html xmlns="">', "a web page"),
        ("<div class=comment>", "a web page"),
        ("From: <Saved by Blink>\nSnapshot-Content-Location: https://example.org/\n", "a web page"),
        ('<?xml version="1.0"?>\n<rss>', "a feed or another XML file"),
        ('{"id": 1}', "a JSON export"),
        ('[\n  {"kind": "List"}\n]', "a JSON export"),
        ("[]", "a JSON export"),
    ],
)
def test_other_kinds_of_threads_are_told_by_name(text: str, kind: str) -> None:
    assert str(only_error(text.encode())) == (
        f"some/file.txt:1: this is {kind}, but none of the kinds that this version reads; write the thread in a "
        "form that `threadpress help formats` shows, or leave this file out of the content folder"
    )


@pytest.mark.parametrize(
    "text",
    ["< 3 posts", "[1] https://example.org/", "{a set}", "From here on, all is text", "Note: from ann", "a: b\n" * 3],
)
def test_text_that_is_no_such_kind_is_asked_for_its_first_line(text: str) -> None:
    assert "start a save with a line such as" in only_error(text.encode()).hint


@pytest.mark.parametrize("start", ["a:", "a:\n ", "a: b\n", "From ", "<", "[ ", " "])
def test_telling_the_kind_takes_one_look_at_the_start(start: str) -> None:
    begin = time.process_time()
    only_error((start * 500_000 + "x").encode())
    assert time.process_time() - begin < 5


def test_bytes_that_are_no_text() -> None:
    assert only_error(b"News: 1\r\n\r\nA\0B").line == 3
    assert only_error(b"News: 1\rA\0B").line == 2


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("News: 1\nA title".encode("utf-16-le"), "text in UTF-16 without a byte-order mark"),
        ("News: 1\nA title".encode("utf-16-be"), "text in UTF-16 without a byte-order mark"),
        ("News: 1\nA title — 題".encode("utf-16-be"), "text in UTF-16 without a byte-order mark"),
        ("News: 1\nA title".encode("utf-32"), "text in UTF-32"),
        (codecs.BOM_UTF32_BE + "News: 1\nA title".encode("utf-32-be"), "text in UTF-32"),
        ("News: 1\nA title".encode("utf-32-le"), "text in UTF-32 without a byte-order mark"),
        (codecs.BOM_UTF16_LE + "News: 1\n\0".encode("utf-16-le"), "UTF-16 text, but it holds a NUL character"),
        (b"PK\x03\x04\x14\0\0", "a ZIP archive"),
        (b"\x1f\x8b\x08\0\0", "compressed by gzip"),
        (b"%PDF-1.7\n\0", "a PDF document"),
        (b"\0" * 100, "nothing but NUL bytes"),
        (b"News: 1\n\nA Title\n" + b"\0" * 100, "ends in 100 NUL bytes"),
        (b"News: 1\n\0\n\nA Title\n", "no text file, or a damaged one"),
    ],
)
def test_a_file_with_nul_bytes_is_told_what_it_is(raw: bytes, what: str) -> None:
    assert what in only_error(raw).message


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
@pytest.mark.parametrize(("bom", "encoding"), [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")])
def test_utf_16_with_a_bom_is_read(file: Path, bom: bytes, encoding: str) -> None:
    text = decode(file.read_bytes(), "x")[0]
    assert told(read_save(bom + text.encode(encoding), "x")) == told(read_save(text.encode(), "x"))


@pytest.mark.parametrize("start", ["News: 1\n\nT\n\n(a @ (b) from the c dept.)\n", '+++\nid = "1"\ntitle = "T"\n+++\n'])
def test_a_second_bom_is_no_matter(start: str) -> None:
    plain = told(read_save(start.encode(), "x"))
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert told(read_save(f"\ufeff\ufeff{start}".encode(encoding), "x")) == plain


def test_what_is_no_utf_16_is_told() -> None:
    text, problems = decode(codecs.BOM_UTF16_LE + "a\r\n\ud800b\udc00".encode("utf-16-le", "surrogatepass") + b"c", "x")
    assert text == "a\n\ufffdb\ufffd\ufffd"
    assert [(problem.severity, problem.line) for problem in problems] == [("warning", 2), ("warning", 2)]
    assert "U+D800" in problems[0].message
    assert "middle of a UTF-16 character" in problems[1].message


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


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Jos\xc3\xa9 isn\x92t", "José isn\u2019t"),
        (b"\xc2\xa0 caf\xe9 \xe2\x80\x9cso\xe2\x80\x9d", "\xa0 café \u201cso\u201d"),
        (b"\x93a\x94 \x80", "\u201ca\u201d €"),
        (b"cut \xe2\x80", "cut â€"),
        (b"cut \xf0\x9f\x98\n.", "cut ð\u0178\u02dc\n."),
        (b"overlong \xc0\xaf", "overlong À¯"),
        (b"surrogate \xed\xa0\x80", "surrogate í\xa0€"),
        (b"beyond \xf5\x80", "beyond õ€"),
        (b"none \x81\x8d\x8f\x90\x9d", "none " + "\N{REPLACEMENT CHARACTER}" * 5),
        (b"a\xfe\xff", "aþÿ"),
    ],
)
def test_only_bytes_that_are_no_utf_8_are_read_as_windows_1252(raw: bytes, text: str) -> None:
    assert decode(raw, "x")[0] == text
    assert all(problem.severity == "warning" for problem in decode(raw, "x")[1])


def test_bytes_that_are_no_utf_8_are_told_with_their_lines() -> None:
    text, problems = decode(codecs.BOM_UTF8 + b"one\r\ntwo\r\r\n\x80 5\x81\n\x92\r\x92\x92", "a.txt")
    assert text == "one\ntwo\n€ 5\N{REPLACEMENT CHARACTER}\n\u2019\n\u2019\u2019"
    assert list(map(str, problems)) == [
        "a.txt:3: warning: byte 0x80 is not UTF-8, so it was read as Windows-1252 (and 3 more, on lines 4, 5); "
        "save the file as UTF-8 if characters look wrong",
        "a.txt:3: warning: byte 0x81 is neither UTF-8 nor Windows-1252, so U+FFFD is shown for it; "
        "save the file as UTF-8 if characters look wrong",
    ]


@given(
    st.lists(st.binary(max_size=4) | st.text(max_size=4).map(lambda text: text.encode("utf-8", "ignore")), max_size=9)
)
def test_decoding_keeps_what_is_utf_8(pieces: list[bytes]) -> None:
    raw = b"".join(pieces).replace(b"\0", b"").replace(b"\r", b"")
    text, problems = decode(b"x" + raw, "x")
    assert text.encode().decode() == text
    parts = raw.decode("utf-8", "surrogateescape")
    assert len(text) == len(parts) + 1
    assert bool(problems) == any("\udc80" <= char <= "\udcff" for char in parts)
    assert all(new == old or "\udc80" <= old <= "\udcff" for new, old in zip(text[1:], parts, strict=True))


@given(st.lists(st.sampled_from(["", "a", "b "]), min_size=1, max_size=8), st.data())
def test_line_ends_may_be_mixed(lines: list[str], data: st.DataObject) -> None:
    ends = ["\n", "\r\n", "\r\r\n"]  # what follows a CR alone could be part of the same line end
    mixed = "".join(line + data.draw(st.sampled_from([*ends, "\r"] if line else ends)) for line in lines)
    plain = decode(mixed.encode(), "x")[0]
    assert plain == re.sub("\r\n|\r\r\n|\r", "\n", mixed)


def test_ids_that_links_can_not_show_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = HEAD_OF_ONE_POST.encode()
    (good,) = read_save(raw, "x").threads
    for name in ("a b", 'a"', "é", "a.b", "a\n"):
        post = msgspec.structs.replace(good.thread.posts[0], id=name)
        bad = msgspec.structs.replace(good, thread=msgspec.structs.replace(good.thread, posts=(post,)))
        monkeypatch.setattr(markdown, "read", lambda raw, path, bad=bad: Reading((bad,)))
        (problem,) = read_save(raw, "x").problems
        assert problem.severity == "error"
        assert problem.message.startswith("the reader markdown gives a post the id ")


HEAD_OF_ONE_POST = '+++\nid = "1"\ntitle = "T"\n+++\n## ann {id=a_-1}\n'


def test_readers_are_told_apart() -> None:
    assert len({reader.NAME for reader in READERS}) == len(READERS)
    for reader in READERS:
        assert reader_of(reader.EXPECTED.encode()) is reader
    assert reader_of(b"anything") is None


def told(reading: Reading) -> tuple[list[Thread], tuple[Problem, ...], str]:
    return [saved.thread for saved in reading.threads], reading.all_problems(), reading.text


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r", b"\r\r\n"])
def test_line_ends_and_bom_are_no_matter(file: Path, end: bytes) -> None:
    raw = file.read_bytes().replace(b"\r\n", b"\n").removeprefix(codecs.BOM_UTF8)
    plain = told(read_save(raw, "x"))
    assert told(read_save(raw.replace(b"\n", end), "x")) == plain
    marked = told(read_save(codecs.BOM_UTF8 + raw.replace(b"\n", end), "x"))
    # A page that says its encoding warns of nothing, if the mark doesn't say another.
    assert marked[0] == plain[0] if file.suffix == ".html" else marked == plain


@pytest.mark.parametrize("file", PLAIN, ids=lambda file: f"{file.parent.parent.name}/{file.parent.name}")
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
        st.sampled_from([line + b"\n" for file in PLAIN for line in file.read_bytes().split(b"\n")]),
        st.sampled_from(
            [
                *(b"\n\n", b"\r", b"\r\r\n", b"\xc2\xa0", b"\xef\xbb\xbf", b"+++\n", b"News: 1\n\n", b" (Score:"),
                *(b"News: 2\n\nT\n\n(Friday May 01, 2020 @01:02PM (a))\n\n", b"```\n"),
                *(b"- ```\n", b"  ```\n", b"## a {}\n", b"S (Score:1)\n\nby a ( 1 )\n\n"),
            ]
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
    lines = len(re.findall(rb"\r\n|\r\r\n|\r|\n", head + rest)) + 1
    for problem in reading.all_problems():
        assert problem.path == "file"
        assert 1 <= problem.line <= lines
        assert problem.message
        assert problem.hint
    if reading.threads and not reading.failed:
        threads = [saved.thread for saved in reading.threads]
        assert redacted_parts(reading, [()] * len(threads)) == (threads, reading.text)
        values, copy = redacted_parts(reading, [range(STORY, len(thread.posts)) for thread in threads])
        again = [saved.thread for saved in read_save(copy.encode(), "file").threads]
        assert list(map(without_ids, values)) == list(map(without_ids, again))
        for thread in again:
            assert {thread.body, *(post.body for post in thread.posts)} == {"[removed]"}
