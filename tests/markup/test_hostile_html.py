"""Saved HTML that means harm, or was made to take long: nothing but the allowed elements is left of it, and soon."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import brs_kb
import nh3
import pytest
from hypothesis import given, settings
from selectolax.lexbor import LexborHTMLParser

from generator.markup import clean_html, excerpt, is_safe, plain_text, post_html
from generator.markup.clean.blocks import MAX_BLOCKS, MAX_INLINE
from generator.markup.clean.clean import ALLOWED, LONG, SCHEMES
from tests.markup.test_clean import soups
from tests.markup.test_safety import VECTORS, shown

DEEPEST = (MAX_BLOCKS + 1) + 1 + MAX_INLINE
"""Elements inside each other: blocks (a last list brings its item along), a paragraph, elements in its line."""

SCHEMES_NOT_ALLOWED = ("magnet", "ssh", "irc", "blob", "vbscript", "file", "intent")

MORE = {
    "a script": ("a<script>x()</script>b", "<p>ab</p>"),
    "a script in pieces": ("<scr<script>ipt>x()</script>a", "<p>ipt&gt;x()a</p>"),
    "a style": ("<style>p{}</style>a", "<p>a</p>"),
    "a refresh": ('<meta http-equiv="refresh" content="0;url=//e.example">a', "<p>a</p>"),
    "a base": ('<base href="//e.example/"><a href="b">a</a>', "<p>a</p>"),
    "a form": (
        '<form action="//e.example"><input name="b"><button>c</button><select><option>d</select>a</form>',
        "<p>a</p>",
    ),
    "a drawing": ('<svg onload="x()"><script>x()</script><text>b</text></svg>a', "<p>a</p>"),
    "a formula": ('<math><mi xlink:href="javascript:x()">b</mi></math>a', "<p>a</p>"),
    "no script": ("<noscript><p title='</noscript><img src=x onerror=x()>'></noscript>a", "<p>[image]'&gt;a</p>"),
    "a template": ("<template><img src=x onerror=x()></template>a", "<p>a</p>"),
    "plain text": ("<plaintext><b>a</b>", "<pre><code>&lt;b&gt;a&lt;/b&gt;\n</code></pre>"),
    "a text area": ("<textarea><b>b</b></textarea>a", "<p>a</p>"),
    "a comment": ("<!-- <script>x()</script> -->a<!--> b<!---> c", "<p>a b c</p>"),
    "a comment that never ends": ("a<!-- <script>x()</script>", "<p>a</p>"),
    "CDATA": ("<![CDATA[<script>x()</script>]]>a", "<p>x()]]&gt;a</p>"),
    "a processing instruction": ("<?php x() ?>a", "<p>a</p>"),
    "a document type": ("<!DOCTYPE html>a", "<p>a</p>"),
    "a zero": ("<scr\0ipt>x()</scr\0ipt>a", "<p>a</p>"),
    "attributes twice": (
        '<a href="https://example.org/" href="javascript:x()">a</a>',
        '<p><a href="https://example.org/">a</a></p>',
    ),
    "what a script would run at": ('<p onclick="x()" style="x" srcdoc="x">a', "<p>a</p>"),
    "javascript": ('<a href="javascript:x()">a</a>', "<p>a</p>"),
    "javascript in entities": (
        '<a href="&#106;avascript&colon;x()">a</a><a href="java&#x0A;script:x()">b</a>',
        "<p>ab</p>",
    ),
    "javascript behind controls": ('<a href="\x01 java\tscript:x()">a</a>', "<p>a</p>"),
    "data": ('<a href="data:text/html,x">a</a><img src="data:text/html,x" alt=b>', "<p>ab</p>"),
    "other schemes": ("".join(f'<a href="{scheme}:b">a</a>' for scheme in SCHEMES_NOT_ALLOWED), "<p>aaaaaaa</p>"),
    "a tag that never ends": ("a<b b <i", "<p>a&lt;b b &lt;i</p>"),
    "an address that is none": ('<a href="http://[">a</a>', "<p>a</p>"),
    "entities that break off": (
        "&lt &#x &#99999999999; &amp;lt;b&gt; &#0;",
        "<p>&lt; &amp;#x \ufffd &amp;lt;b&gt; \ufffd</p>",
    ),
    "markup that changes when it is read again": (
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=x()&gt;\">", None,
    ),
    "tables around forms": ("<form><math><mtext></form><form><mglyph><style></math><img src onerror=x()>", None),
    "a title around a comment": ("<svg></p><style><a id=\"</style><img src=1 onerror=x()>\">", None),
}  # fmt: skip


def elements(html: str) -> Iterator[tuple[str, dict[str, str | None], int]]:
    """The elements that a browser finds, with their attributes, and how many are around them."""
    body = LexborHTMLParser(f"<body>{html}</body>").body
    assert body is not None
    depths: dict[int, int] = {}
    for node in body.traverse(include_text=False):
        if node.tag in ("body", "-undef"):
            continue
        parent = node.parent
        depths[node.mem_id] = depth = depths.get(parent.mem_id, 0) + 1 if parent is not None else 1
        yield str(node.tag), dict(node.attributes), depth


def is_clean(html: str) -> None:
    """Fail unless the HTML is in the canonical form and holds only what is allowed."""
    for name, values, depth in elements(html):
        assert name in ALLOWED, name
        assert set(values) <= ALLOWED[name]
        assert depth <= DEEPEST
        if "href" in values:
            assert is_safe(str(values["href"]))
            assert str(values["href"]).partition(":")[0].lower() in SCHEMES
    assert clean_html(html) == html
    assert (
        nh3.clean(
            html, tags=set(ALLOWED), attributes={name: set(some) for name, some in ALLOWED.items()}, link_rel=None
        )
        == html
    )


def try_it(saved: str) -> None:
    """Clean a piece of HTML, and show it."""
    for base in (None, "https://example.org/a/b"):
        clean = clean_html(saved, base)
        is_clean(clean)
        shown(post_html(clean, "html", "20251015"))
        assert "\0" not in plain_text(clean, "html")
        excerpt(clean, "html")


@pytest.mark.parametrize("name", MORE)
def test_what_is_left(name: str) -> None:
    saved, clean = MORE[name]
    try_it(saved)
    if clean is not None:
        assert clean_html(saved) == clean


@pytest.mark.parametrize("saved", VECTORS)
def test_what_has_broken_other_sites(saved: str) -> None:
    try_it(saved)


def test_a_collection_of_attacks() -> None:
    """Thousands, each alone and behind what other tags leave open; `brs_kb` is a list of them."""
    payloads = [str(payload["payload"]) for payload in brs_kb.get_all_payloads().values()]
    assert len(payloads) > 4_000
    for payload in payloads:
        try_it(payload)
        try_it(f'<b title="{payload}"><ul><svg><table>{payload}')


@settings(max_examples=300)
@given(soups)
def test_nothing_harmful_is_left(saved: str) -> None:
    try_it(saved)
    shown(post_html(saved, "html", "20251015"))


HOSTILE = {
    "divisions": "<div>", "lists": "<ul><li>", "lists with text": "<ul><li>a", "quotes": "<blockquote>a",
    "emphasis": "<b>a", "emphasis that never matches": "<b>a</i>", "fonts": '<font size="1"><p>a',
    "paragraphs": "<i><p>a",
    "ends without starts": "<span></div>", "links": "<a href=http://a.b/>c", "open quotes": '<a href="',
    "quotes in turn": "<a b='<a c=\"", "signs": "<", "references": "&", "numbers": "&#1", "long numbers": "9&#",
    "comments": "<!--a", "declarations": "<!", "ends": "</", "scripts": "<script>", "drawings": "<svg>",
    "drawings and ends": "<svg></svg>", "templates": "<template><div>", "tables": "<table><tr><td>a", "cells": "<td>a",
    "quoted lines": "&gt;a<br>", "depths of quotes": "&gt;", "breaks": "<br>", "rules": "<hr>a", "code": "<pre>a</pre>",
    "code that never ends": "<pre><code class=lang-c>int a;\n", "folded parts": "<details><summary>a", "spaces": " \t",
    "forum quotes": '<aside class="quote" data-username=a><div class=title>b', "attributes": "<p a=1 b ",
    "equals": "<p ==",
    "previews": "<aside class=onebox><a href=http://a.b/>", "films": "<video src=a>", "raw text": "<xmp>",
    "terms": "<dt>a<dd>b",
    "wide spaces": "&nbsp; ", "names": "<abbr title=a>b",
}  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_ten_thousand_inside_each_other(unit: str) -> None:
    clean = clean_html(unit * 10_000)
    assert all(depth <= DEEPEST for _, _, depth in elements(clean))
    assert clean_html(clean) == clean


def test_no_text_is_lost_for_being_deep() -> None:
    for tag in ("div", "blockquote", "ul", "b", "table", "details"):
        saved = "".join(f"<{tag}>w{number} " for number in range(200))
        assert re.sub("> |More", "", plain_text(clean_html(saved), "html")).split() == [
            f"w{number}" for number in range(200)
        ]


def seconds(saved: str) -> float:
    times = []
    for _ in range(2):
        start = time.process_time()
        clean = clean_html(saved)
        plain_text(clean, "html")
        excerpt(clean, "html")
        post_html(clean, "html", "20251015", lambda lines: None)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.alone
@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_twice_as_much_takes_about_twice_as_long(unit: str) -> None:
    """Eight times as much takes less than 24 times as long; anything quadratic would take 64 times."""
    small, large = ((unit * (size // len(unit) + 1))[:size] for size in (8_000, 64_000))
    assert len(large) > LONG
    clean_html("a")
    assert seconds(large) < 24 * max(seconds(small), 0.005)
