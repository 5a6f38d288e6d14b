"""What a page offers and asks for, and on which lines."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.check.links import FileLink, Use
from generator.commands.check.page import PageContent, link_lines, read_page


def links(text: str) -> list[tuple[int, str, Use]]:
    found = read_page(text).links
    return [(line, link.url, link.use) for line, link in zip(link_lines(text, found), found, strict=True)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<p>\n<a HREF="a&amp;b" href="c">', [(2, "a&b", "follow")]),
        ("<a href=x><a href='y>'>\n<a\nhref = z>", [(1, "x", "follow"), (1, "y>", "follow"), (2, "z", "follow")]),
        ('<a href="x"></a>\n<a href="y"></a>\n<a href="x"></a>', [
            (1, "x", "follow"), (2, "y", "follow"), (3, "x", "follow")]),
        ('<a href=" x\n"></a>\n<a href></a>', [(1, "x", "follow"), (3, "", "follow")]),
        ('<!-- <a href="x">\n --><a href="x">', [(2, "x", "follow")]),
        ('<title><a href="x"></title>\n<a href="x">', [(2, "x", "follow")]),
        ('<script src="x">\n<a href="x"></script>\n<a href="x">', [(1, "x", "load"), (3, "x", "follow")]),
        ('<svg>\n<use xlink:href="#x"/></svg><img src=y>', [(2, "#x", "load"), (2, "y", "load")]),
        ('<link rel="Icon" href="a.svg"><link rel="alternate" href="b">', [(1, "a.svg", "load"), (1, "b", "own")]),
        ('<form action="a"><button formaction="b"><video poster="c">', [
            (1, "a", "follow"), (1, "b", "follow"), (1, "c", "load")]),
        ("1 < 2 &lt;a href=x&gt;", []),
    ],
)  # fmt: skip
def test_links_come_in_order_with_their_lines(text: str, expected: list[tuple[int, str, Use]]) -> None:
    assert links(text) == expected


def test_a_page_says_what_it_offers() -> None:
    page = read_page('<link rel="canonical" href="https://example.org/"><i id="1"></i><i id="2" id="3" hidden></i>')
    assert page == PageContent(("1", "2"), (FileLink(0, "https://example.org/", "own"),), (), "https://example.org/")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<i id="a"></i>\n<i id=b></i>\n<i id=\'a\'></i>\n<i id="a">', [
            (3, 'the id "a" again, first on line 1'),
            (4, 'the id "a" again, first on line 1')]),
        ('<!-- id="a" -->\n<i id="">', [(2, "an empty id")]),
        ("<p>\n<p style=x>\n<p STYLE='y'>", [(2, "<p> has an inline style"), (3, "<p> has an inline style")]),
        ("<p>\n<b onclick=x onblur=y>", [
            (2, "<b> has an inline onclick handler"), (2, "<b> has an inline onblur handler")]),
        ("\n<style>p{}</style>\n<script src=x></script>\n<script type=module>1</script>", [
            (2, "an inline <style>"), (4, "an inline <script>")]),
        ('<script type="application/ld+json">{"a": "<script>"}</script>', []),
    ],
)  # fmt: skip
def test_faults_have_their_lines(text: str, expected: list[tuple[int, str]]) -> None:
    assert [(fault.line, fault.message) for fault in read_page(text).faults] == expected


PIECES = r"""
<p>|</p>|<P CLASS=x>|<a href="x.html#c1">|</a>|<a
 href="a&amp;b" HREF="c" title=">">|<br/>|<i id="">|<i id="1">|</i>|<i id="2" hidden>|<script src="x.js"></script>|
<title>x</title>|<b onclick="x" style="y">|</b>|<!-- <a href=x> -->|&lt;|"|text| |<a href=" x">|<a b>|<a href="x"id="y">
"""


@given(st.lists(st.sampled_from(PIECES.strip("\n").split("|")), max_size=12).map("".join))
def test_whatever_a_page_has_has_a_line(text: str) -> None:
    page = read_page(text)
    assert all(1 <= line <= text.count("\n") + 1 for line in link_lines(text, page.links))
    assert all(1 <= fault.line <= text.count("\n") + 1 for fault in page.faults)


@pytest.mark.parametrize(
    "unit", ["<a '", '<a "', "<script ", "<script>", "<!--", "<a ", "<", "<a b=", '<i id="a">', "<a  "]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    text = "<i id=a></i>" + unit * 20_000
    start = time.perf_counter()
    link_lines(text, [FileLink(0, "x", "follow")])
    assert time.perf_counter() - start < 2
