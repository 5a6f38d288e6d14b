"""Reading a page by one pattern gives what reading it by a parser gives, or says that it can't."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.check.visit import Link, Visit, visit_any, visit_plain
from tests.small import Said, built, news, tree, write

PIECES = r"""
<p>|</p>|<P CLASS=x>|<a href="x.html#c1">|</a>|<a
 href="a&amp;b" HREF="c" title=">">|<br/>|<svg viewBox="0 0 1 1"><use xlink:href="#x"/></svg>|<i id="">|<i id="1">
|<i id="2" id="3" hidden>|<script>|</script>|<script src="x.js"></script>|<style>|</style >|<title>|</TITLE>
|<title>x</title>|<b onclick="x" style="y">|<b x='y'>|<b x=y>|<!doctype html>|<!-- <a href=x> -->|<![CDATA[|<?x>|<|>
|&lt;|"|text| |<link rel="canonical" href="https://example.org/">|</>|< a>|<a href=" x">|<a b>|<a href="x"id="y">
|<p/ id>|<textarea>|</textarea>|<p|<p a="
"""
pieces = st.sampled_from([piece.replace(r"\xa0", "\xa0") for piece in PIECES.split("|")] + ["\r\n"])


@given(st.lists(pieces, max_size=12).map("".join))
def test_the_short_way_agrees_with_the_parser(text: str) -> None:
    assert visit_plain(text) in (None, visit_any(text))


@given(st.text(alphabet="<>/ =\"'abid&;!-\n", max_size=40))
def test_the_short_way_agrees_with_the_parser_on_any_text(text: str) -> None:
    assert visit_plain(text) in (None, visit_any(text))


def test_our_pages_take_the_short_way(tmp_path: Path) -> None:
    site = write(tmp_path, {"content/1.txt": news("101", Said("> Hello\nhttps://example.org/ <b>"), title="<title>")})
    built(site)
    for url, page in tree(site / "output").items():
        if url.endswith(".html"):
            assert visit_plain(page.decode()) == visit_any(page.decode()), url


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p>\n<a HREF="a&amp;b" href="c">', Visit((), (Link(2, "a&b", "follow"),), (), None)),
        ('<i id="1"></i>', Visit(("1",), (), (), None)),
        ("<title>1 < 2</title>", None),
        ("<a href=x>", None),
        ("<!-- -->", None),
        ("1 < 2", None),
    ],
)
def test_what_is_written_plainly(text: str, found: Visit | None) -> None:
    assert visit_plain(text) == found
