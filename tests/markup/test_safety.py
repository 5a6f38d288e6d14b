"""Saved text that means harm, or was made to take long: only allowed HTML comes out, soon, and no text is lost."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.token import STANDARD_TYPES

from generator.markup import clean_html, excerpt, is_safe, plain, post_html, story_html, visible
from generator.markup.commonmark import MAX_BLOCKS, MAX_EMPHASIS
from generator.markup.links import REL, link_urls
from generator.markup.text import CONTROLS
from generator.model import Link, Markup
from tests.sample_pages import Outline

DATED = "20251015"
LINKS = (Link(1, "https://example.org/one"), Link(2, "https://example.org/two?a=1&b=2"), Link(3, "javascript:alert(3)"))

VECTORS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "</p></div></article><script>alert(1)</script>",
    "<!-- --><script>alert(1)//-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php x ?>",
    "<style>*{display:none}</style>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<form action=//evil.example><button>x",
    "<textarea>",
    "<plaintext>",
    "<math><mtext>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "&#x3c;img src=x onerror=alert(1)&#x3e;",
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](java\\script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](//evil.example)",
    "[x](blob:http://a/b)",
    "[x](file:///etc/passwd)",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](http://a"onmouseover="alert(1))',
    "[x](http://a 'x\" onclick=\"alert(1)')",
    '[x](http://a "&quot; onclick=&quot;alert(1)")',
    "![x](javascript:alert(1))",
    '![x" onerror="alert(1)](http://a)',
    "![](http://a/i.png \"x' onload='alert(1)\")",
    "[![x](javascript:a)](javascript:b)",
    "<javascript:alert(1)>",
    "<data:x>",
    '<http://a/"onclick=alert(1)>',
    'http://a/"onmouseover="alert(1)',
    "http://a/'onmouseover='alert(1)",
    "http://a/<script>",
    'http://a/\u202e"><script>',
    '```"onclick="alert(1)\nx\n```',
    '```python" onclick=\nx\n```',
    "```html\n</code></pre><script>\n```",
    "# x {#id onclick=alert(1)}",
    "> <script>alert(1)</script>",
    "- <script>alert(1)</script>",
    "`<script>`",
    "    <script>",
    "\u2028<script>",
    "<scr\x00ipt>",
    "+ADw-script+AD4-",
    "{{ 7*7 }} {% raw %}",
    "%3Cscript%3E",
    "\ud83d\ude00<script>",
]
"""What has broken other sites; every one is tried as each kind of body."""

TAGS = {
    "a": {"href", "rel", "title", "class", "aria-label", "data-originalurl", "data-versiondate"},
    "ol": {"start"},
    "p": {"class"},
    "div": {"class"},
    "span": {"class", "title"},
    "abbr": {"title"},
    **{tag: set() for tag in ("blockquote", "br", "code", "em", "hr", "li", "pre", "strong", "ul")},
    **{tag: set() for tag in ("del", "details", "ins", "kbd", "q", "sub", "summary", "sup")},
}
CLASSES = {"dated", "heading", "who", "highlight", "control", *STANDARD_TYPES.values()} - {""}
DEEPEST = (MAX_BLOCKS + 1) + 2 + MAX_EMPHASIS + 3
"""Elements inside each other: blocks (a last list brings its item along), a bold heading, emphasis, a link, code in it,
and the sign of a control character."""


class Seen(Outline):
    """HTML that is allowed to come out; fails on any other."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        super().handle_starttag(tag, attrs)
        around = [name for name, _ in self.open]
        assert len(around) <= DEEPEST
        assert around.count("a") <= 1
        assert around.count("p") <= 1
        assert tag in TAGS, tag[:20]
        assert {name for name, _ in attrs} <= TAGS[tag]
        for name, value in attrs:
            assert value is not None
            match name:
                case "href" | "data-originalurl":
                    assert is_safe(value)
                case "class":
                    assert value in CLASSES
                case "rel":
                    assert value == REL
                case "start":
                    assert value.isdecimal()
        assert tag != "a" or dict(attrs)["rel"] == REL

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def shown(html: str) -> str:
    """The text of HTML that is safe, legal and well nested."""
    assert not re.search(f"[{CONTROLS}]", html)
    return Seen(str(html)).text


def all_ways(body: str) -> None:
    for dated in (None, DATED):
        shown(post_html(body, "plain", dated))
        shown(post_html(body, "markdown", dated))
        shown(post_html(clean_html(body), "html", dated))
        shown(post_html(body, "html", dated))
        shown(story_html(body, LINKS, "plain", dated))


@pytest.mark.parametrize("body", VECTORS)
def test_vectors(body: str) -> None:
    all_ways(body)
    all_ways(f"> - {body}\n\n[1]{body} . [x]({body})")
    shown(story_html("[1]a .", (Link(1, body),), "plain", DATED))


PIECES = [
    "[", "]", "(", ")", "](", "![", "<", ">", "*", "**", "_", "`", "```", "```c\n", "\n", "\n\n", " ", "    ",
    "\t", "- ", "1. ", "> ", ">", "# ", "\\", "&", ";", "&#", "&lt;", '"', "'", ":", "[a]: ", "[a]", "===",
    "---", "!", ".", " .", "[1]", "[2]", "http://", "https://e.example/", "mailto:a@b", "javascript:",
    "//e.example", "data:", "<http://a", "<b", "<!--", "</p>", "\u202e", "\u2066", "\x00", "\x0c", "\x85",
    "\ud800", "\ufffe", "\u2028", "\r", "é", "漢", "word", "two words",
]  # fmt: skip
soups = st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=30).map("".join)


@given(soups)
def test_nothing_harmful_comes_out(body: str) -> None:
    all_ways(body)
    assert not re.search(f"[{CONTROLS}]", visible(body))


BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SHOWABLE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters=BIDI), max_size=5)
texts = st.lists(
    st.sampled_from([piece for piece in PIECES if not re.search(f"[{CONTROLS}]", piece)]) | SHOWABLE, max_size=30
).map("".join)


def marks(text: str) -> str:
    """A text without what a page may show otherwise: white space, and the signs of quotes."""
    return re.sub(r"[\s>]", "", text)


@given(texts)
def test_plain_text_comes_out_whole_and_in_order(body: str) -> None:
    assert marks(shown(post_html(body, "plain"))) == marks(body)


@given(texts)
def test_a_story_loses_only_markers_of_links(body: str) -> None:
    out = marks(shown(story_html(body, LINKS, "plain")))
    assert re.sub(r"\[[12]\]", "", out) == re.sub(r"\[[12]\]", "", marks(body))


SHORT = st.sampled_from(["word", "two words", "é", "<b", "&amp;", '"', " ", "\n\n"])
LONG = st.sampled_from(["\n", "\t", "\u00a0", "\x07", "> ", "http://a"])


@settings(max_examples=200)
@given(st.lists(SHORT, max_size=12), st.lists(LONG, max_size=1))
def test_the_short_way_equals_the_long_one(pieces: list[str], last: list[str]) -> None:
    body = "".join(pieces + last)
    assert post_html(body, "plain") == plain.plain_html(body, lambda text: link_urls(text, None))


@given(
    st.lists(st.sampled_from(["word", "*em*", "`code`", "# ", "\n\n", "\n", " ", "- ", "> ", "**bold**"]), max_size=20)
)
def test_words_of_markdown_come_out(pieces: list[str]) -> None:
    out = shown(post_html("".join(pieces), "markdown"))
    assert out.count("word") == pieces.count("word")


@given(soups, st.sampled_from(["plain", "markdown", "html"]), st.integers(20, 60))
def test_excerpts_are_short_and_of_one_line(body: str, markup: Markup, limit: int) -> None:
    text = excerpt(body, markup, limit)
    assert len(text) <= limit
    assert text == " ".join(text.split())


# Bodies made to take long, or to nest deep

HOSTILE = {
    "urls": "http://a ",
    "a url of brackets": "http://a" + "(" * 5_000 + ")" * 5_000,
    "urls of dots": "http://a" + "." * 100,
    "schemes": "http://",
    "markers": "[1]a ",
    "signs": "[1] ",
    "quotes in quotes": "> ",
    "quotes of all depths": "\n".join(">" * depth for depth in range(20)),
    "lines": "a\n",
    "blank lines": "a\n\n\n",
    "spaces": " ",
    "opening brackets": "[",
    "links that never close": "[a](<b",
    "links that never end": "[a](b",
    "images": "![[]()",
    "images in images": "![",
    "brackets and parentheses": "](![",
    "emphasis in emphasis": "*a **a ",
    "emphasis that never closes": "_a ",
    "emphasis that can't match": "*a_ ",
    "strong and weak": "a**b" + "c* " * 50,
    "backticks": "".join("e" + "`" * length for length in range(1, 60)),
    "entities": "&#",
    "angle brackets": "<a:",
    "lists in lists": "- ",
    "deep lists": "".join("  " * depth + "* a\n" for depth in range(60)),
    "quoted lists": "> - ",
    "lazy quotes": "> " * 20 + "a\nb\nc\n",
    "references": "[a]: b '\n",
    "references that never close": "[a\n",
    "escapes": "\\",
    "control characters": "\u202e\x07",
    "fences": "```c\nint a;\n```\n",
    "a fence of blank lines": "```c\n" + "\n" * 5_000,
    "a fence of words": "```csharp\n" + "ab\n" * 2_000,
}


def hostile() -> None:
    """Turn every hostile body, 20 KB of each, into HTML in every way."""
    for unit in HOSTILE.values():
        body = (unit * 20_000)[:20_000]
        shown(post_html(body, "plain", DATED))
        shown(post_html(body, "markdown", DATED))
        shown(post_html(clean_html(body), "html", DATED))
        shown(story_html(body, LINKS, "plain"))
        excerpt(body, "markdown")


def test_hostile_bodies_take_no_longer_than_others() -> None:
    """A few seconds; anything quadratic among them would take minutes."""
    run = [sys.executable, "-c", "from tests.markup.test_safety import hostile; hostile()"]
    subprocess.run(run, cwd=Path(__file__).parents[2], check=True, timeout=120)


@pytest.mark.parametrize("sign", ["> ", ">", "- ", "1. ", "> - "])
def test_blocks_nest_to_a_limit_and_lose_no_text(sign: str) -> None:
    assert "word" in shown(post_html(sign * 200 + "word", "markdown"))
    assert "word" in shown(post_html(sign * 200 + "word", "plain"))


def test_lists_by_indentation_nest_to_a_limit_and_lose_no_text() -> None:
    out = shown(post_html("".join("  " * depth + f"- w{depth}\n" for depth in range(60)), "markdown"))
    assert re.findall(r"w\d+", out) == [f"w{depth}" for depth in range(60)]


def test_emphasis_nests_to_a_limit_and_loses_no_text() -> None:
    html = post_html("*a **b " * 100 + "c" + "** *" * 100, "markdown")
    assert len(re.findall("[abc]", shown(html))) == 201


def test_markdown_is_loaded_for_markdown_only() -> None:
    program = (
        "import sys; from generator.markup import post_html; post_html('> http://a', 'plain');"
        "assert not {'markdown_it', 'nh3', 'pygments'} & sys.modules.keys(); post_html('<p>a</p>', 'html');"
        "assert not {'markdown_it', 'nh3', 'pygments'} & sys.modules.keys(); post_html('a', 'markdown');"
        "assert {'markdown_it', 'pygments'} <= sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[2], check=True)
