"""What a reader sees of a page comes out of it again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.markup import post_html, shown_texts, strings


def shown(page: str) -> list[str]:
    return [" ".join(text.split()) for _, text in shown_texts(page) if text.strip()]


@pytest.mark.parametrize(
    ("page", "texts"),
    [
        ("<p>one <em>t</em>wo</p><p>three<br>four</p>", ["one two three four"]),
        ("<h1>one</h1><div>two</div>", ["one", "two"]),
        ('<p class="name">one</p><div class="body"><p>two</p></div>', ["one", "two"]),
        ("<blockquote><p>one</p></blockquote><p>two</p>", ["one two"]),
        ("one &amp; &lt;two&gt; &#39;three", ["one & <two> 'three"]),
        ('<img alt="one" title=\'two &quot;\' class="three">', ["one", 'two "']),
        ('<a href="https://example.org/one%20two">x</a>', ["https://example.org/one two", "x"]),
        ('<a href="../one/two.html">x</a>', ["x"]),
        ("<!-- one --><p>two", ["one", "two"]),
        ('<script>{"a": "one \\u0026 two"}</script>three', ["one & two", '{"[removed]": "[removed]"}', "three"]),
        ("1 < 2 > 0", ["1 < 2 > 0"]),
    ],
)  # fmt: skip
def test_texts_of_a_page(page: str, texts: list[str]) -> None:
    found = shown(page)
    assert [text for text in found if text != "a"] == texts


def test_texts_come_with_their_places() -> None:
    page = '<h1>one</h1>\n<p title="two">three</p>'
    assert [(page[at:][:3], text) for at, text in shown_texts(page) if text.strip()] == [
        ("one", "one"), ("<p ", "two"), ("thr", "three "),
    ]  # fmt: skip


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5))
def test_strings_of_data(texts: list[str]) -> None:
    for data in (json.dumps(texts), json.dumps(texts, ensure_ascii=False)):
        assert [text for _, text in strings(data)][:-1] == texts


@given(st.text(st.sampled_from("ab <>&\"'\n[]*`>/!-")))
def test_any_page_can_be_read(text: str) -> None:
    list(shown_texts(text))
    list(strings(text))
    for markup in ("plain", "markdown"):
        assert shown(post_html(text, markup)) is not None
