"""What readers of web pages share: encodings, white space, pages that nest deep."""

from __future__ import annotations

import codecs
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.readers import html_page
from generator.readers.html_page import attribute, inner_html, page_text, parse, starts_page, text_of


def text(raw: bytes) -> str:
    return page_text(raw, "page.html")[0]


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("<p>é".encode(), "<p>é"),
        (codecs.BOM_UTF8 + "<p>é".encode(), "<p>é"),
        (codecs.BOM_UTF16_LE + "<p>é".encode("utf-16-le"), "<p>é"),
        (b"<meta charset=iso-8859-1><p>\xe9\x93", "<meta charset=iso-8859-1><p>é\u201c"),
        (b'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1251">\xe9', "й"),
        (b"<?xml version='1.0' encoding='koi8-r'?>\xc1", "а"),
        ("<meta charset=shift_jis>語①".encode("cp932"), "語①"),
        ("<meta charset=iso-2022-jp>語".encode("iso2022_jp"), "語"),
        ("<meta charset=iso-8859-1>é".encode(), "é"),
        (b"<meta charset=no-such-thing>\xe9", "é"),
        (b"<meta charset=rot13>\xe9", "é"),
        (b"<meta charset=utf-8>\xe9\xc3\xa9", "éé"),
        (b"<p>\xe9", "<p>é"),
        (b"<p>a\0b", "<p>a\ufffdb"),
        (b"<p>a\r\nb\rc", "<p>a\nb\nc"),
    ],
)  # fmt: skip
def test_encodings(raw: bytes, read: str) -> None:
    assert text(raw).endswith(read)


def test_bytes_that_are_no_utf_8_are_told_where_the_page_names_no_encoding() -> None:
    assert [problem.line for problem in page_text(b"<p>\n\xe9", "page.html")[1]] == [2]
    assert page_text(b"<meta charset=latin1>\n\xe9", "page.html")[1] == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"<html>", b"\n \t<!DOCTYPE html>", codecs.BOM_UTF8 + b"<!-- saved -->", b"<?xml ?>", b"<TABLE>",
        codecs.BOM_UTF16_LE + "<p>".encode("utf-16-le"),
    ],
)  # fmt: skip
def test_pages_start_with_a_tag_or_a_comment(raw: bytes) -> None:
    assert starts_page(raw)


@pytest.mark.parametrize("raw", [b"", b"News: 1", b"{}", b"< 3", b"From: a\n\n<html>", b"\xff\xfe\0\0<\0\0\0"])
def test_other_files_are_no_pages(raw: bytes) -> None:
    assert not starts_page(raw)


def test_what_a_node_says() -> None:
    page = parse("<div id=a title=' b '>\n Some\n  <b>bold</b> text <p>and &amp; more </div>")
    node = page.css_first("div")
    assert text_of(node) == "Some bold text and & more"
    assert inner_html(node) == "Some\n  <b>bold</b> text <p>and &amp; more </p>"
    assert (attribute(node, "id"), attribute(node, "title"), attribute(node, "class")) == ("a", "b", "")
    assert inner_html(parse("<i>a&#13;b</i>").css_first("i")) == "a\nb"
    assert (text_of(None), inner_html(None), attribute(None, "id")) == ("", "", "")


def test_marks_of_the_elements_around() -> None:
    page = parse("<ul id=a><li id=b><p id=c>x</p></li></ul><p id=d>y")
    (top,) = page.css("#a")
    marks = {top.mem_id: "list"}
    assert [html_page.mark_above(page.css(f"#{name}")[0], marks) for name in "dcb"] == ["", "list", "list"]
    marks[page.css("#b")[0].mem_id] = "item"
    assert html_page.mark_above(page.css("#c")[0], marks) == "item"


def test_addresses_that_a_page_is_from() -> None:
    single = "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://example.org/1 \n saved: x\n-->"
    saved = "<!-- saved from url=(0021)https://example.org/2 -->"
    other = '<link rel=canonical href="https://example.org/3"><meta property="og:url" content="https://example.org/4">'
    together = single + saved + other
    assert list(html_page.addresses(together, parse(together))) == [f"https://example.org/{n}" for n in (1, 2, 3, 4)]
    assert list(html_page.addresses("<p>", parse("<p>"))) == []


@pytest.mark.parametrize("opening", ["<div>", "<ul><li>", "<b>", "<table><tr><td>", "<blockquote><p>", "<div><p><b>"])
def test_pages_that_nest_deep_are_read_in_time_and_lose_no_text(opening: str) -> None:
    deep = f"<p>before</p>{f'{opening}x' * 50_000}<a href=y>end</a>"
    begun = time.process_time()
    page = parse(deep)
    assert page.body
    assert text_of(page.body).replace("before", "").strip() == "x" * 50_000 + "end"
    assert time.process_time() - begun < 10


def test_what_comes_after_elements_that_nest_deep_is_where_it_was() -> None:
    number = html_page.DEEPEST * 2
    page = parse(f"<div id=a>{'<div>' * number}x{'</div>' * number}</div><div id=b>y</div>")
    assert page.body
    assert [attribute(node, "id") for node in page.body.iter()] == ["a", "b"]


def test_many_elements_side_by_side_stay_as_they_are() -> None:
    many = "<div><span>x</span></div>" * html_page.DEEPEST
    assert len(parse(many).css("div > span")) == html_page.DEEPEST


@given(st.binary(max_size=200), st.sampled_from([b"", b"<meta charset=utf-7>", b"<meta charset=utf-16>", b"<p>"]))
def test_any_bytes_are_read(raw: bytes, head: bytes) -> None:
    said = text(head + raw)
    assert "\r" not in said
    assert "\0" not in said
    said.encode()
    text_of(parse(said).body)


def test_a_copy_without_some_parts_leaves_the_page_as_it_is() -> None:
    page = parse("<div id=a><i class=x>a<i>b</i></i>c<b class=x>d</b></div>")
    node = page.css_first("div")
    assert node
    before = page.html
    assert inner_html(html_page.copy_without(node, "i, .x")) == "c"
    assert inner_html(html_page.copy_without(node, "div, u")) == inner_html(node)
    assert page.html == before
