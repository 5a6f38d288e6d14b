"""Saved HTML becomes clean HTML: one canonical form, whoever saved it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.markup import clean_html, plain_text
from generator.markup.clean.clean import _allowed, _canonical, paragraphs_fast

BASE = "https://forum.example.org/t/harbour/7"

CASES = {
    "nothing": ("", ""),
    "text alone is a paragraph": ("Fog  is\n coming.", "<p>Fog is coming.</p>"),
    "paragraphs that never end": ("One<p>Two<p>Three", "<p>One</p><p>Two</p><p>Three</p>"),
    "two line breaks are a paragraph's end": ("One<br>\n<br/>Two<br>three", "<p>One</p><p>Two<br>three</p>"),
    "divisions": ("<div>One<div>Two</div></div>Three", "<p>One</p><p>Two</p><p>Three</p>"),
    "empty paragraphs": ("<p></p><p>&nbsp;</p><p> One </p><br><br>", "<p>One</p>"),
    "spaces around elements": ("a<i> b </i>c<b></b> <i></i>d", "<p>a <em>b</em> c d</p>"),
    "spaces that don't break": ("a&nbsp;&nbsp;b", "<p>a&nbsp;&nbsp;b</p>"),
    "fonts and spans": ('<font size=2><span style="x">a</span></font>', "<p>a</p>"),
    "emphasis": (
        "<i>a</i> <b>b</b> <em>c</em> <strong>d</strong> <tt>e</tt> <u>f</u> <big>g</big>",
        "<p><em>a</em> <strong>b</strong> <em>c</em> <strong>d</strong> <code>e</code> f g</p>",
    ),
    "emphasis across paragraphs": ("<i>a<p>b</i> c", "<p><em>a</em></p><p><em>b</em> c</p>"),
    "emphasis in itself": ("<b>a<b>b</b></b>c", "<p><strong>ab</strong>c</p>"),
    "elements that cross": ("<b>a<i>b</b>c</i>d", "<p><strong>a<em>b</em></strong><em>c</em>d</p>"),
    "what was deleted, added, pressed": (
        "<s>a</s><strike>b</strike><del>c</del><ins>d</ins><kbd>e</kbd><q>f</q><sub>g</sub><sup>h</sup>",
        "<p><del>a</del><del>b</del><del>c</del><ins>d</ins><kbd>e</kbd><q>f</q><sub>g</sub><sup>h</sup></p>",
    ),
    "abbreviations": (
        '<acronym title="a &quot;b&quot;">ab</acronym>',
        '<p><abbr title="a &quot;b&quot;">ab</abbr></p>',
    ),
    "headings": (
        "<h2 id=x>A <b>b</b></h2>c",
        '<p class="heading"><strong>A b</strong></p><p>c</p>',
    ),
    "lists": (
        "<ul><li>a<li>b<ol start=3><li>c</ol></ul>",
        '<ul><li>a</li><li>b<ol start="3"><li>c</li></ol></li></ul>',
    ),
    "a loose list": ("<ul><li><p>a</p></li><li><p>b</p>", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
    "a list right in a list": (
        "<ul><li>a</li><ul><li>b</li></ul></ul>",
        "<ul><li>a<ul><li>b</li></ul></li></ul>",
    ),
    "a list that only indents": ("<ul>a</ul>", "<ul><li>a</li></ul>"),
    "an item without a list": ("<li>a<li>b", "<p>a</p><p>b</p>"),
    "terms": ("<dl><dt>a<dd>b</dl>", "<p><strong>a</strong></p><p>b</p>"),
    "lines across": ("<hr>a<hr><hr>b<hr>", "<p>a</p><hr><p>b</p>"),
    "a table": (
        "<table><tr><th>a<th>b<tr><td>c</td><td></td><td>d</td></tr></table>",
        "<p>a | b<br>c | d</p>",
    ),
    "a table that lays out a page": (
        "<table><tr><td><p>a<p>b</td></tr><tr><td>c</td></tr></table>",
        "<p>a</p><p>b</p><p>c</p>",
    ),
    "a quote": ("<blockquote>a</blockquote>b", "<blockquote><p>a</p></blockquote><p>b</p>"),
    "a quote in a division": ('<div class="quote">a</div>b', "<blockquote><p>a</p></blockquote><p>b</p>"),
    "a quote of a forum": (
        '<aside class="quote no-group" data-username="ann" data-post="2" data-topic="7"><div class="title">'
        '<div class="quote-controls"></div><img alt="" width="20" height="20" src="/a.png" class="avatar"> ann:</div>'
        "<blockquote><p>Fog?</p></blockquote></aside><p>Yes.</p>",
        '<p class="who">ann:</p><blockquote data-post="2"><p>Fog?</p></blockquote><p>Yes.</p>',
    ),
    "a quote from another topic": (
        '<aside class="quote" data-username="ann" data-post="2" data-topic="8"><blockquote>Fog?</blockquote></aside>',
        '<p class="who">ann:</p><blockquote><p>Fog?</p></blockquote>',
    ),
    "signs of quotes": (
        "&gt; a<br>&gt; b<br>&gt;&gt; c<br>d<p><i>&gt; e</i><p>&gt; f",
        "<blockquote><p>a<br>b</p><blockquote><p>c</p></blockquote></blockquote><p>d</p>"
        "<blockquote><p><em>e</em></p></blockquote><blockquote><p>f</p></blockquote>",
    ),
    "lines that a mail archive marks": (
        '<em class="quotelev1">&gt; a\n</em><br>\n<em class="quotelev2">&gt;&gt; b\n</em><br><br>c',
        "<blockquote><p>a</p><blockquote><p>b</p></blockquote></blockquote><p>c</p>",
    ),
    "no signs of quotes": (
        "<code>&gt;&gt;&gt; a</code><p>a &gt; b",
        "<p><code>&gt;&gt;&gt; a</code></p><p>a &gt; b</p>",
    ),
    "code": (
        '<pre><code class="hljs lang-cpp">int <span class="x">a</span>;\n  b &lt; c\n\n</code></pre>',
        '<pre><code class="language-cpp">int a;\n  b &lt; c\n</code></pre>',
    ),
    "code without a language": ("<pre>\n\n a<br>b\r\n</pre>", "<pre><code> a\nb\n</code></pre>"),
    "code of lines": ('<pre class="lang-auto"><div>a</div><div>b</div></pre>', "<pre><code>a\nb\n</code></pre>"),
    "a link": (
        '<a href=" https://example.org/?a=1&b=2&amp;copy=3 " onclick="x()" title="t">a</a>',
        '<p><a href="https://example.org/?a=1&amp;b=2&amp;copy=3">a</a></p>',
    ),
    "a link in the site": ('<a href="/u/ann">@ann</a>', '<p><a href="https://forum.example.org/u/ann">@ann</a></p>'),
    "a link without a scheme": (
        '<a href="//example.org/a">a</a>',
        '<p><a href="https://example.org/a">a</a></p>',
    ),
    "a link in the page": ('<a href="#a">a</a><a name=b>b</a>', "<p>ab</p>"),
    "a link without words": ('a<a href="https://example.org/"></a>', "<p>a</p>"),
    "a link in a link": (
        '<a href="https://example.org/1">a<a href="https://example.org/2">b</a></a>c',
        '<p><a href="https://example.org/1">a</a><a href="https://example.org/2">b</a>c</p>',
    ),
    "a picture": (
        '<img src="https://example.org/a.png" alt="A boat"><img src="https://example.org/b.png">',
        '<p><a href="https://example.org/a.png">A boat</a>'
        '<a href="https://example.org/b.png">https://example.org/b.png</a></p>',
    ),
    "a picture in the page": (
        '<img src="data:image/png;base64,AA"> <img src="data:," alt="A boat">',
        "<p>[image] A boat</p>",
    ),
    "a picture that is a link": (
        '<a href="https://example.org/"><img src="a.png"></a>',
        '<p><a href="https://example.org/">https://example.org/</a></p>',
    ),
    "a picture for a word": ('<img class="emoji" alt=":boat:" src="https://example.org/boat.png">', "<p>:boat:</p>"),
    "a picture that counts": ('<img src="https://example.org/p.gif" width=1 height=1>a', "<p>a</p>"),
    "films": (
        '<video><source src="https://example.org/a.mp4"><a href="https://example.org/b">b</a></video>'
        '<iframe src="https://example.org/c" title="C"></iframe><embed src="https://example.org/d">'
        '<object data="https://example.org/e"><p>no</object>',
        '<p><a href="https://example.org/a.mp4">https://example.org/a.mp4</a><a href="https://example.org/c">C</a>'
        '<a href="https://example.org/d">https://example.org/d</a>'
        '<a href="https://example.org/e">https://example.org/e</a></p>',
    ),
    "a preview": (
        '<aside class="onebox"><header class="source"><img src="/i.png" class="site-icon">'
        '<a href="https://example.org/a">example.org</a></header><article class="onebox-body"><h3>'
        '<a href="https://example.org/a">Of boats</a></h3><p>All about them.</p></article></aside>b',
        '<p><a href="https://example.org/a">Of boats</a></p><p>b</p>',
    ),
    "a folded part": (
        "<details><summary>\nMore <a href=https://example.org/>here</a></summary><p>a</p></details>b",
        "<details><summary>More here</summary><p>a</p></details><p>b</p>",
    ),
    "a folded part without a summary": ("<details>a</details>", "<details><summary>More</summary><p>a</p></details>"),
    "a summary of nothing": ("<details><summary>a</summary></details>", '<p class="heading"><strong>a</strong></p>'),
    "spoilers": (
        '<div class="spoiler">a</div><p><span class="spoiler">b</span></p>',
        "<details><summary>Spoiler</summary><p>a</p></details><p>b</p>",
    ),
    "notes at the foot": (
        'a<sup class="footnote-ref"><a href="#f1">[1]</a></sup><hr><ol><li id=f1><p>b <a href="#r1" '
        'class="footnote-backref">back</a></p></li></ol>',
        "<p>a<sup>[1]</sup></p><hr><ol><li><p>b</p></li></ol>",
    ),
    "tasks": (
        '<ul><li><input type="checkbox" checked> a<li><input type=checkbox>b',
        "<ul><li>[x] a</li><li>[ ] b</li></ul>",
    ),
    "ids and classes": ('<p id="a" class="b" style="c" lang="d" dir="rtl">e</p>', "<p>e</p>"),
    "references to characters": (
        "&lt;b&gt; &eacute;&#233;&#xe9; &amp;amp; &bogus; &",
        "<p>&lt;b&gt; ééé &amp;amp; &amp;bogus; &amp;</p>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    saved, clean = CASES[name]
    assert clean_html(saved, BASE, "7") == clean
    assert clean_html(clean) == clean


def test_without_the_pages_address_a_link_in_the_site_is_only_words() -> None:
    assert clean_html('<a href="/u/ann">@ann</a> <img src="/a.png" alt="A boat">') == "<p>@ann A boat</p>"


def test_what_two_browsers_make_of_a_post_is_the_same() -> None:
    one = '<P>Fog <I>is</I>\r\ncoming<BR>&gt; now<P><A HREF="https://example.org/?a&amp;b">here'
    two = "<p>Fog <i>is</i> coming<br>> now</p>\n\n<p><a href='https://example.org/?a&b' rel=nofollow>here</a></p>\n"
    assert clean_html(one) == clean_html(two)


NAMES = [
    "p", "div", "br", "hr", "b", "i", "em", "a", "tt", "code", "pre", "ul", "ol", "li", "blockquote", "details",
    "summary", "table", "tr", "td", "h1", "dt", "dd", "span", "aside", "img", "svg", "math", "script", "style",
    "iframe", "video", "button", "xmp", "sub", "abbr", "input", "plaintext", "object", "embed", "template", "noscript",
]  # fmt: skip
ATTRIBUTES = [
    "", ' href="https://e.example/?a=1&b=2"', " href=x", " href=javascript:alert(1)", " href='//h.example'",
    " class=quote data-username=ann data-post=3", " class=spoiler", " class=who", " class=heading", " class=title",
    ' class="lang-c"', " class=quotelev1", " class=onebox", " class=emoji alt=:x:", ' title="a &quot;&nbsp;b"',
    ' alt="x y" src="http://i.example/i.png"', " start=4", ' data-post="7"', " type=checkbox checked", " /", ' x="',
    " onclick=alert(1) style=x id=y",
]  # fmt: skip
TEXTS = [
    "word", " ", "\n", "&gt; ", "> ", ">>x", "&nbsp;", "\u00a0", "two words", "&lt;b&gt;", "&amp;", "\u202e", "\x00",
    "\r", "&#13;", "\t", "<", "<!--", "-->", '"', "'", " | ", "https://e.example/", "\ud800", "&#1;", "\x0c", "\u200b",
    "a\n\n  b", "<!x>", "<?x?>", "<![CDATA[x]]>", "é",
]  # fmt: skip
tags = st.builds("<{}{}>".format, st.sampled_from(NAMES), st.sampled_from(ATTRIBUTES)) | st.builds(
    "</{}>".format, st.sampled_from(NAMES)
)
soups = st.lists(tags | st.sampled_from(TEXTS), max_size=25).map("".join)


@settings(max_examples=300)
@given(soups)
def test_cleaning_twice_is_cleaning_once(saved: str) -> None:
    clean = clean_html(saved, BASE)
    assert clean_html(clean) == clean
    assert clean_html(clean, BASE, "7") == clean


SIMPLE = [
    "<p>", "</p>", "<br>", "<br />", "word", " ", "\n", "\t", "&amp;",
    "&lt;", "&quot;", "&#x27;", "&#39;", "&#x2F;", "\u3000", "\u2028", "\x85", "\u202e", "é", "\U0001f600", '"', "'",
]  # fmt: skip


@settings(max_examples=500)
@given(
    st.lists(st.sampled_from(SIMPLE), max_size=20),
    st.lists(st.sampled_from([*TEXTS, "<i>"]), max_size=1),
    st.booleans(),
)
def test_the_short_way_equals_the_long_one(simple: list[str], last: list[str], wrapped: bool) -> None:
    saved = "".join(simple + last)
    if wrapped:
        saved = f'<!-- SC_OFF --><div class="md">{saved}</div><!-- SC_ON -->'
    short = paragraphs_fast(saved)
    assert last or short is not None
    assert short in (None, _allowed(_canonical(saved, None, "")))


@given(
    st.lists(st.sampled_from(["<b>", "</b>", "<p>", "</p>", "<div>", "<li>", "<ul>", "</ul>", "<i>", "<td>", "<br>"]))
)
def test_no_word_is_lost_and_none_changes_its_place(pieces: list[str]) -> None:
    saved = "".join(f"{piece}w{number} " for number, piece in enumerate(pieces))
    assert plain_text(clean_html(saved), "html").replace("|", "").split() == [
        f"w{number}" for number in range(len(pieces))
    ]
