"""HTML bodies on pages: they look like other bodies; their text is found, shortened and replaced like other text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.markup import clean_html, excerpt, plain_text, post_html, replace_text, story_html
from generator.markup.code import MAX_CODE
from generator.markup.links import REL
from tests.markup.test_clean import soups

ANN = ("#c1", "ann")
FROM_ANN = '<p class="from"><a href="#c1">from <bdi>ann</bdi></a></p>'


def page(saved: str, dated: str | None = None) -> str:
    return str(post_html(clean_html(saved), "html", dated))


def test_links_are_as_everywhere() -> None:
    saved = '<a href="https://example.org/?a&amp;b">a</a> https://example.org/b <code>https://example.org/c</code>'
    assert page(saved) == (
        f'<p><a href="https://example.org/?a&amp;b" rel="{REL}">a</a> '
        f'<a href="https://example.org/b" rel="{REL}">https://example.org/b</a> '
        "<code>https://example.org/c</code></p>"
    )


def test_a_dated_link_follows_each_link_to_the_web() -> None:
    html = page('<a href="https://example.org/">a</a> <a href="mailto:a@example.org">b</a>', "20251015")
    assert html.count('class="dated"') == 1
    assert 'href="https://web.archive.org/web/20251015/https://example.org/"' in html
    assert 'data-originalurl="https://example.org/" data-versiondate="2025-10-15"' in html


def test_code_is_coloured_where_its_language_is_given() -> None:
    html = page('<pre><code class="lang-python">def a(): pass\n</code></pre><pre>def a(): pass</pre>')
    assert html.count('<div class="highlight"><pre><code>') == 2
    assert html.count('<span class="k">def</span>') == 1


def test_code_in_a_list_stays_there() -> None:
    assert page("<ul><li>a<pre>b</pre></ul>") == (
        '<ul><li>a<div class="highlight"><pre><code>b\n</code></pre></div></li></ul>'
    )


def test_only_so_much_code_is_coloured() -> None:
    block = '<pre><code class="lang-c">int a;\n' + "// b c d\n" * (MAX_CODE // 18) + "</code></pre>"
    html = page(block * 3)
    assert html.count("int a;") + html.count('<span class="kt">int</span>') == 3
    assert html.count('<span class="kt">int</span>') == 1


def test_characters_that_deceive_are_shown() -> None:
    assert "[U+202E]" in page("a\u202eb")
    assert "[U+202E]" in page('<abbr title="a\u202eb">c</abbr>')


def test_a_quote_leads_to_its_source() -> None:
    body = clean_html("<blockquote>One<blockquote>Two</blockquote>three</blockquote>four")
    asked = []

    def cite(lines: object) -> tuple[str, str]:
        asked.append(lines)
        return ANN

    html = post_html(body, "html", None, cite)
    assert asked == [["One", "three"]]
    assert html == (
        f"<blockquote><p>One</p><blockquote><p>Two</p></blockquote><p>three</p></blockquote>{FROM_ANN}<p>four</p>"
    )


def test_of_several_quotes_from_one_source_the_last_leads_there() -> None:
    body = clean_html("<blockquote>One</blockquote><blockquote>Two</blockquote>")
    html = post_html(body, "html", None, lambda lines: ANN)
    assert html == f"<blockquote><p>One</p></blockquote><blockquote><p>Two</p></blockquote>{FROM_ANN}"
    other = post_html(body, "html", None, lambda lines: ("#c2", "bob") if lines == ["One"] else ANN)
    assert other.index("bob") < other.index("Two") < other.index("ann")


def test_a_quote_with_the_number_of_its_post_leads_to_that_post_and_says_who_once() -> None:
    body = clean_html('<aside class="quote" data-username="ann" data-post="1"><blockquote>One</blockquote></aside>')
    assert body == '<p class="who">ann:</p><blockquote data-post="1"><p>One</p></blockquote>'
    known = post_html(body, "html", None, None, {1: ANN}.get)
    assert known == f"<blockquote><p>One</p></blockquote>{FROM_ANN}"
    assert post_html(body, "html", None, None, {2: ANN}.get) == (
        '<p class="who">ann:</p><blockquote><p>One</p></blockquote>'
    )


def test_a_story_is_as_a_post() -> None:
    body = clean_html("<b>One</b> [1]")
    assert story_html(body, (), "html") == post_html(body, "html") == "<p><strong>One</strong> [1]</p>"


def test_text_that_replaced_a_body_is_shown() -> None:
    assert post_html("[removed]", "html") == "<p>[removed]</p>"


TEXTS = {
    "nothing": ("", ""),
    "paragraphs": ("<p>One &lt;b&gt;<p>two<br>three", "One <b>\n\ntwo\nthree"),
    "quotes": (
        "<blockquote>a<br>b<blockquote>c</blockquote></blockquote>d",
        "> a\n> b\n\n> > c\n\nd",
    ),
    "who is quoted": (
        '<aside class="quote" data-username="ann"><blockquote>One</blockquote></aside>two',
        "> ann:\n\n> One\n\ntwo",
    ),
    "lists": ("<ul><li>a<li>b<ul><li>c</ul></ul>d", "a\nb\n\nc\n\nd"),
    "code": ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
    "addresses of links are no text": ('<a href="https://example.org/">a</a>&nbsp;b', "a\u00a0b"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text(name: str) -> None:
    saved, text = TEXTS[name]
    assert plain_text(clean_html(saved), "html") == text


def test_the_text_of_other_bodies_is_the_body() -> None:
    assert plain_text("> <b>a", "plain") == plain_text("> <b>a", "markdown") == "> <b>a"


@pytest.mark.parametrize(
    ("saved", "text"),
    [
        ("<p>One <b>two</b><p>three", "One two three"),
        ("<blockquote>One</blockquote>two", "two"),
        ("<blockquote>One</blockquote>", "One"),
        ('<aside class="quote" data-username="ann"><blockquote>One</blockquote></aside>two', "two"),
        ("a&lt;b&amp;c\u202e", "a<b&c[U+202E]"),
        ("word " * 100, "word " * 31 + "word…"),
        ("<b>w</b> " * 2_000, "w " * 78 + "w w…"),
        ("<b></b>", ""),
        ('One<div class="spoiler">two<details>three</details>four</div>five', "One Spoiler five"),
        (f"One<details><summary>two</summary>{'three ' * 600}</details>", "One two…"),
    ],
)
def test_excerpts(saved: str, text: str) -> None:
    assert excerpt(clean_html(saved), "html") == text


def replaced(saved: str, text: str) -> str:
    """Clean HTML with all of a text replaced by an ellipsis."""
    body = clean_html(saved)
    words = plain_text(body, "html")
    start = words.index(text)
    return replace_text(body, "html", [(start, start + len(text))], "[…]")


@pytest.mark.parametrize(
    ("saved", "text", "left"),
    [
        ("<p>One two three.", "two", "<p>One […] three.</p>"),
        ("<p>One <b>two</b> three.", "One two three.", "<p>[…]</p>"),
        ("<p>One <b>two</b> three.", "two three", "<p>One <strong>[…]</strong>.</p>"),
        ("<p>One<p>two<p>three", "One\n\ntwo", "<p>[…]</p><p>three</p>"),
        ("<p>a&lt;b&amp;c", "<b", "<p>a[…]&amp;c</p>"),
        ("<blockquote>a<br>b</blockquote>c", "> a\n> b", "<blockquote><p>[…]</p></blockquote><p>c</p>"),
        ('<a href="https://example.org/">One</a> two', "One", '<p><a href="https://example.org/">[…]</a> two</p>'),
        ('a <a href="https://example.org/">One</a> two', "a One", "<p>[…] two</p>"),
        ("<pre>a\nb\nc</pre>", "a\nb", "<pre><code>[…]\n\nc\n</code></pre>"),
    ],
)
def test_runs_of_text_can_be_replaced(saved: str, text: str, left: str) -> None:
    assert replaced(saved, text) == left


def test_runs_of_other_bodies_are_replaced_as_they_stand() -> None:
    assert replace_text("One two three", "plain", [(0, 3), (8, 13)], "x") == "x two x"


def ink(text: str) -> str:
    """A text without what may change with what stands around it: white space, and the signs of quotes."""
    return re.sub(r"[\s>\u200b]", "", text)


@settings(max_examples=300)
@given(soups.map(clean_html).filter(lambda body: "<details" not in body), st.data())
def test_what_is_replaced_is_gone_and_all_else_stays(body: str, data: st.DataObject) -> None:
    text = plain_text(body, "html")
    first = data.draw(st.integers(0, len(text)))
    second = data.draw(st.integers(first, len(text)))
    left = replace_text(body, "html", [(first, second)], "")
    assert clean_html(left) == left
    assert ink(plain_text(left, "html")) == ink(text[:first] + text[second:])


@given(soups.map(clean_html))
def test_replacing_nothing_changes_nothing(body: str) -> None:
    assert replace_text(body, "html", [], "x") == body
