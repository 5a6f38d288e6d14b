"""Saved text to HTML: what it becomes, that none of it is lost, and that nothing in it can do harm or take long."""

from __future__ import annotations

import re

import pytest

from generator.markup import archived, excerpt, is_safe, post_html, story_html
from generator.markup.links import REL
from generator.model import Link, Markup
from tests.sample_pages import Outline

DATED = "20251015"
LINKS = (Link(1, "https://example.org/one"), Link(2, "https://example.org/two?a=1&b=2"), Link(3, "javascript:alert(3)"))


def outline(html: str) -> Outline:
    return Outline(str(html))  # `Markup` would escape what the parser puts together


def plain_links(html: str) -> str:
    """HTML as the tables below write it: every link has the same `rel`, so they leave it out."""
    return html.replace(f' rel="{REL}"', "")


# Plain bodies: title, body, HTML

PLAIN = {
    "nothing": ("", ""),
    "a paragraph": ("Hello there.", "<p>Hello there.</p>"),
    "paragraphs": ("One.\n\nTwo.\n\nThree.", "<p>One.</p><p>Two.</p><p>Three.</p>"),
    "more blank lines are no more than one": ("One.\n\n\n\nTwo.", "<p>One.</p><p>Two.</p>"),
    "a line of spaces is blank": ("One.\n \t\nTwo.", "<p>One.</p><p>Two.</p>"),
    "line breaks": ("a\nb\n\nc\nd", "<p>a<br>b</p><p>c<br>d</p>"),
    "spaces stay": ("  a   b\n    c ", "<p>  a   b<br>    c </p>"),
    "nothing else is markup": (
        "# x\n\n1. *a* _b_ `c`\n\n[d](e) *Trademark",
        "<p># x</p><p>1. *a* _b_ `c`</p><p>[d](e) *Trademark</p>",
    ),
    "HTML is text": ('<b title="x">&amp;</b>', '<p>&lt;b title="x"&gt;&amp;amp;&lt;/b&gt;</p>'),
    "signs of HTML alone": ("a < b && c", "<p>a &lt; b &amp;&amp; c</p>"),
    "a marker is text": ("As [1] says", "<p>As [1] says</p>"),
    "a quote": ("> Was it?\nIt was.", "<blockquote><p>Was it?</p></blockquote><p>It was.</p>"),
    "a quote without a space": (">Was it?", "<blockquote><p>Was it?</p></blockquote>"),
    "a quote of paragraphs": ("> a\n>\n> b", "<blockquote><p>a</p><p>b</p></blockquote>"),
    "a blank line ends a quote": (
        "> a\n\n> b",
        "<blockquote><p>a</p></blockquote><blockquote><p>b</p></blockquote>",
    ),
    "a quote in a quote": (
        "> > a\n>> b\n> c\nd",
        "<blockquote><blockquote><p>a<br>b</p></blockquote><p>c</p></blockquote><p>d</p>",
    ),
    "a quote starts at the start of the line": ("a > b\n > c", "<p>a &gt; b<br> &gt; c</p>"),
    "a quote of nothing": (">\n>>", ""),
    "signs too deep are text": (
        ">>>>>>>> a\n>>>>>>>>>> b",
        "<blockquote>" * 8 + "<p>a<br>&gt;&gt; b</p>" + "</blockquote>" * 8,
    ),
    "a URL": ("See https://example.org/a?b=1&c=2 now", "<p>See {https://example.org/a?b=1&amp;c=2} now</p>"),
    "a URL ends before the sentence does": (
        "See http://example.org/a.b, or not.",
        "<p>See {http://example.org/a.b}, or not.</p>",
    ),
    "a URL in brackets": ("(see http://example.org/).", "<p>(see {http://example.org/}).</p>"),
    "a URL with brackets": (
        "https://en.wikipedia.org/wiki/Mercury_(planet)!",
        "<p>{https://en.wikipedia.org/wiki/Mercury_(planet)}!</p>",
    ),
    "a URL with brackets in brackets": ("[http://example.org/a_(b)]", "<p>[{http://example.org/a_(b)}]</p>"),
    "a URL with a numeric host": ("http://[::1]:80/", "<p>{http://[::1]:80/}</p>"),
    "a URL in quotes": (
        '"http://example.org/a" “http://example.org/b”',
        '<p>"{http://example.org/a}" “{http://example.org/b}”</p>',
    ),
    "a URL in angle brackets": ("<http://example.org/>", "<p>&lt;{http://example.org/}&gt;</p>"),
    "a URL with letters of all kinds": ("http://例え.jp/ä、と", "<p>{http://例え.jp/ä}、と</p>"),
    "a URL in capitals": ("HTTP://EXAMPLE.ORG", "<p>{HTTP://EXAMPLE.ORG}</p>"),
    "a URL in a quote": ("> http://example.org", "<blockquote><p>{http://example.org}</p></blockquote>"),
    "no URL": (
        "http:// https://. xhttp://a ftp://a javascript:a",
        "<p>http:// https://. xhttp://a ftp://a javascript:a</p>",
    ),
    "a character that turns the text round": (
        "a\u202eb",
        '<p>a<span class="control" title="U+202E RIGHT-TO-LEFT OVERRIDE">[U+202E]</span>b</p>',
    ),
    "control characters": (
        "a\x07b\x7f\x85",
        '<p>a<span class="control" title="U+0007">␇</span>b<span class="control" title="U+007F">␡</span>'
        '<span class="control" title="U+0085">[U+0085]</span></p>',
    ),
    "what is no character": ("a\ud800", '<p>a<span class="control" title="U+D800">[U+D800]</span></p>'),
    "marks that Hebrew needs": ("שלום\u200f!", "<p>שלום\u200f!</p>"),
    "tabs and odd spaces stay": ("a\tb\u00a0c\u2009d", "<p>a\tb\u00a0c\u2009d</p>"),
}


@pytest.mark.parametrize(("body", "html"), PLAIN.values(), ids=PLAIN)
def test_plain_bodies(body: str, html: str) -> None:
    assert plain_links(post_html(body, "plain")) == re.sub(r"\{(.+?)\}", r'<a href="\1">\1</a>', html)


# Stories: title, body, HTML with {n:words} for a link

STORY = {
    "words up to the sign": ("They [1]asked again . Then", "They {1:asked again}. Then"),
    "every sign": (
        "[1]a , [1]b ; [1]c : [1]d ! [1]e ? ([1]f ) [[1]g ] [1]h 's x [1]i ’s",
        "{1:a}, {1:b}; {1:c}: {1:d}! {1:e}? ({1:f}) [{1:g}] {1:h}'s x {1:i}’s",
    ),
    "the sign before more of its kind": ('He "[1]asked ." ([1]so ).', 'He "{1:asked}." ({1:so}).'),
    "the sign at the end": ("[1]asked .", "{1:asked}."),
    "no sign": ("They [1]asked again. Then", "They {1:[1]}asked again. Then"),
    "no sign before the next marker": ("[1]asked and [2]got it .", "{1:[1]}asked and {2:got it}."),
    "a sign of the next block": ("[1]asked\n\nagain .", "{1:[1]}asked</p><p>again ."),
    "a space before what is no sign": ("[1]up .5 percent ,x ) .", "{1:up .5 percent ,x}) ."),
    "a marker that stands alone": ("so they say [1] , and go", "so they say {1:[1]} , and go"),
    "a marker with a space behind it": ("see [1] there .", "see {1:[1]} there ."),
    "no such entry": ("They [7]asked . [1]so .", "They [7]asked . {1:so}."),
    "an address that is not allowed": ("They [3]asked .", "They [3]asked ."),
    "words are escaped": ("[2]R&D <b> .", "{2:R&amp;D &lt;b&gt;}."),
    "no link inside a link": (
        "[1]of http://a.example . http://b.example",
        "{1:of http://a.example}. {http://b.example}",
    ),
    "words over a line's end": ("[1]asked\nagain . So", "{1:asked<br>again}. So"),
    "the first entry of a number counts": ("[4]a .", "{1:a}."),
}


@pytest.mark.parametrize(("body", "html"), STORY.values(), ids=STORY)
def test_stories(body: str, html: str) -> None:
    links = (*LINKS, Link(4, LINKS[0].url), Link(4, LINKS[1].url))
    hrefs = {"1": "https://example.org/one", "2": "https://example.org/two?a=1&amp;b=2"}
    expected = re.sub(r"\{(\d):(.+?)\}", lambda match: f'<a href="{hrefs[match[1]]}">{match[2]}</a>', html)
    expected = re.sub(r"\{(http.+?)\}", r'<a href="\1">\1</a>', expected)
    assert plain_links(story_html(body, links, "plain")) == f"<p>{expected}</p>"


def test_a_story_without_links_is_as_a_post() -> None:
    assert story_html("See [1]this .", (), "plain") == post_html("See [1]this .", "plain")
    assert story_html("See [1]*this* .", LINKS, "markdown") == post_html("See [1]*this* .", "markdown")


# Markdown bodies: title, body, HTML

MARKDOWN = {
    "paragraphs": ("One\ntwo.  \nthree\n\nFour.", "<p>One\ntwo.<br>\nthree</p>\n<p>Four.</p>"),
    "emphasis and code": ("*a* **b** `<c>`", "<p><em>a</em> <strong>b</strong> <code>&lt;c&gt;</code></p>"),
    "a heading is a bold paragraph": ("# Why *not*", '<p class="heading"><strong>Why <em>not</em></strong></p>'),
    "a heading with a line below": ("Why\n===", '<p class="heading"><strong>Why</strong></p>'),
    "lists": ("- a\n- b\n\n3. c", '<ul><li>a\n</li>\n<li>b\n</li>\n</ul>\n<ol start="3"><li>c\n</li>\n</ol>'),
    "a loose list": ("- a\n\n- b", "<ul><li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>"),
    "a quote": ("> a\n> > b", "<blockquote><p>a</p>\n<blockquote><p>b</p>\n</blockquote>\n</blockquote>"),
    "a rule": ("a\n\n---", "<p>a</p>\n<hr>"),
    "raw HTML is text": ('<b onclick="x">a</b>', '<p>&lt;b onclick="x"&gt;a&lt;/b&gt;</p>'),
    "no tables, no footnotes": ("a | b\n--|--\n1 | 2 [^1]", "<p>a | b\n--|--\n1 | 2 [^1]</p>"),
    "a link": ('[a](http://e.example "t\\"")', '<p><a href="http://e.example" title="t&quot;">a</a></p>'),
    "a link by reference": ("[a][1]\n\n[1]: https://e.example/x", '<p><a href="https://e.example/x">a</a></p>'),
    "an address in angle brackets": (
        "<mailto:a@b.example>",
        '<p><a href="mailto:a@b.example">mailto:a@b.example</a></p>',
    ),
    "a bare URL": ("See http://e.example/a_b_c.", "<p>See {http://e.example/a_b_c}.</p>"),
    "no bare URL in code": ("`http://e.example`", "<p><code>http://e.example</code></p>"),
    "no link in a link": (
        "[a http://b.example](http://e.example)",
        '<p><a href="http://e.example">a http://b.example</a></p>',
    ),
    "no address in a link": (
        "[a <http://b.example> c](http://e.example)",
        '<p><a href="http://e.example">a http://b.example c</a></p>',
    ),
    "links that are not allowed are text": ("[a](javascript:b) [c](/d) [e]()", "<p>[a](javascript:b) [c](/d) e</p>"),
    "an image is a link": ("![a *b*](http://e.example/i.png)", '<p><a href="http://e.example/i.png">a b</a></p>'),
    "an image without words": ("![](http://e.example/i.png)", "<p>{http://e.example/i.png}</p>"),
    "an image that is not allowed": ("![a](data:image/png;base64,AA)", "<p>![a](data:image/png;base64,AA)</p>"),
    "an image in a link": (
        "[![a](http://e.example/i.png) b](http://e.example)",
        '<p><a href="http://e.example">a b</a></p>',
    ),
    "code": ("```\n<a>  b\n```", '<div class="highlight"><pre><code>&lt;a&gt;  b\n</code></pre></div>'),
    "code of a language": (
        "``` python x\nif x:\n```",
        '<div class="highlight"><pre><code><span class="k">if</span> <span class="n">x</span>'
        '<span class="p">:</span>\n</code></pre></div>',
    ),
    "code of no language": ("```klingon\nif x:\n```", '<div class="highlight"><pre><code>if x:\n</code></pre></div>'),
    "indented code": ("    if x:", '<div class="highlight"><pre><code>if x:\n</code></pre></div>'),
    "an entity is its character": ("&lt;b&gt; &#106;", "<p>&lt;b&gt; j</p>"),
    "a character that turns the text round": (
        "`a\u2066`",
        '<p><code>a<span class="control" title="U+2066 LEFT-TO-RIGHT ISOLATE">[U+2066]</span></code></p>',
    ),
}


@pytest.mark.parametrize(("body", "html"), MARKDOWN.values(), ids=MARKDOWN)
def test_markdown_bodies(body: str, html: str) -> None:
    assert plain_links(post_html(body, "markdown")).strip() == re.sub(r"\{(.+?)\}", r'<a href="\1">\1</a>', html)


# Dated links


@pytest.mark.parametrize("markup", ["plain", "markdown"])
def test_a_dated_link_follows_each_link_to_the_web(markup: Markup) -> None:
    page = outline(post_html("See https://example.org/?a=1&b=2.", markup, DATED))
    first, second = page.all("a")
    assert first["href"] == first["data-originalurl"] == "https://example.org/?a=1&b=2"
    assert first["data-versiondate"] == "2025-10-15"
    assert second["class"] == "dated"
    assert second["href"] == "https://web.archive.org/web/20251015/https://example.org/?a=1&b=2"
    assert str(second["aria-label"]).startswith("2025")
    assert page.text.strip() == "See https://example.org/?a=1&b=2 2025."


def test_dated_links_in_stories_and_images() -> None:
    story = outline(story_html("They [1]asked .", LINKS, "plain", DATED))
    assert (story.text, len(story.all("a", "dated"))) == ("They asked 2025.", 1)
    image = outline(post_html("![a](http://e.example)", "markdown", DATED))
    assert len(image.all("a", "dated")) == 1


def test_no_dated_link_for_mail_or_without_a_day() -> None:
    assert "dated" not in post_html("<mailto:a@b.example>", "markdown", DATED)
    assert "data-" not in post_html("http://e.example", "plain")
    assert archived("http://e.example", DATED) == "https://web.archive.org/web/20251015/http://e.example"


# Addresses

ALLOWED = ["http://a", "https://a.example/b?c#d", "HTTPS://A", "mailto:a@b", "http://ä.example/ö", "http://[::1]/"]
FORBIDDEN = [
    "",
    "a",
    "/a",
    "#a",
    "?a",
    "//a.example",
    "\\\\a",
    "http:a",
    "http:/a",
    "http://",
    "https:///a",
    "http://\\a",
    "http://#a",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    " http://a",
    "http://a b",
    "http://a\tb",
    "http://a\nb",
    "http://a\x00",
    "http://a\u202eb",
    "http://a\u00a0b",
    "http://a\u2028b",
    "vbscript:a",
    "data:text/html,a",
    "data:image/png;base64,AA",
    "blob:http://a/b",
    "file:///etc/passwd",
    "intent:a",
    "ms-msdt:a",
    "magnet:?a",
    "ssh://a",
    "irc://a",
    "tel:1",
    "mailto:",
    "mailto:?subject=a",
    "view-source:http://a",
    "feed:http://a",
    "jar:http://a",
    "ftp://a",
    "about:blank",
    "http&colon;//a",
    "http%3A//a",
]


@pytest.mark.parametrize("url", ALLOWED)
def test_addresses_that_may_be_linked_to(url: str) -> None:
    assert is_safe(url)


@pytest.mark.parametrize("url", FORBIDDEN)
def test_addresses_that_may_not(url: str) -> None:
    assert not is_safe(url)
    html = story_html("[1]a . [1]", (Link(1, url),), "plain", DATED)
    assert html == "<p>[1]a . [1]</p>"


# Excerpts

EXCERPTS: dict[str, tuple[str, Markup, str]] = {
    "all of a short text": ("Hello\n  there.\n\nYes.", "plain", "Hello there. Yes."),
    "quotes are left out": ("> Was it?\n>> No.\nIt was.\n> So.", "plain", "It was."),
    "quotes alone are kept": ("> Was\n> > it?", "plain", "Was it?"),
    "an end at a word": ("one two three four five six", "plain", "one two three four…"),
    "a long word is cut": ("x" * 30, "plain", "x" * 19 + "…"),
    "just long enough": ("x" * 20, "plain", "x" * 20),
    "plain is not Markdown": ("**a** # `b` [c](d)", "plain", "**a** # `b` [c](d)"),
    "Markdown without its signs": ("# A\n- *b* `c_d`\n\n[e](http://f)", "markdown", "A b c_d e"),
    "a fence": ("```python\nx = 1\n```", "markdown", "x = 1"),
    "HTML is for the template to escape": ("<b> & c", "plain", "<b> & c"),
    "control characters are shown": ("a\u202eb\x07", "plain", "a[U+202E]b␇"),
    "nothing": ("", "plain", ""),
    "too much to skip": ("> a\n" * 500 + "b", "plain", "a a a a a a a a a a…"),
}


@pytest.mark.parametrize(("body", "markup", "text"), EXCERPTS.values(), ids=EXCERPTS)
def test_excerpts(body: str, markup: Markup, text: str) -> None:
    assert excerpt(body, markup, limit=20) == text
