"""Short ways beside general ones: each says what the long way would say, and costs no more on input made to be slow."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from generator import theme as themes
from generator.build import Order
from generator.identity import SIGNIFICANT, post_id
from generator.markup import excerpt, visible
from generator.model import Author
from generator.templating import quick_escape
from generator.views import Head
from tests.history import Site
from tests.pages import PAGES, SITE
from tests.small import Said, news, note, write

texts = st.text() | st.text("<>&\"' ab\0\u202e\u0085é")


class Loud(str):
    """A text of a kind of its own."""


class Element:
    """Something that knows its HTML."""

    def __html__(self) -> str:
        return "<b>'</b>"


@given(texts | texts.map(Loud))
def test_texts_are_escaped_as_markupsafe_does_it(text: str) -> None:
    assert str(quick_escape(text)) == str(escape(visible(text)))


@given(st.integers() | st.floats() | st.booleans() | st.none() | st.lists(texts, max_size=3))
def test_other_values_are_escaped_as_markupsafe_does_it(value: object) -> None:
    assert str(quick_escape(value)) == str(escape(visible(str(value))))


@given(texts)
def test_what_is_html_already_stays(text: str) -> None:
    assert quick_escape(Markup(text)) == text
    assert quick_escape(Element()) == "<b>'</b>"


@pytest.mark.parametrize(("template", "page"), PAGES.values(), ids=PAGES.keys())
def test_pages_are_those_of_a_plain_environment(template: str, page: Head) -> None:
    """Jinja2's own compiler, escaping and attribute access, on every page that there is."""
    theme = themes.load_theme("default", None)

    def load(name: str) -> str | None:
        return theme.templates[name].text if name in theme.templates else None

    def show(value: Any) -> Any:
        return visible(value) if type(value) is str else value

    plain = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=show,
    )
    expected = plain.get_template(template).render(page=page, site=SITE)
    assert theme.render(template, page, SITE).decode() == expected.encode("utf-8", "replace").decode()


blocks = st.text("ab  \t\u00a0\u2003é\u200b", max_size=300) | st.text(max_size=300)


@given(blocks, st.integers(0, 250))
def test_the_id_of_a_post_does_not_depend_on_how_it_was_worked_out(block: str, words: int) -> None:
    """White space that folds away sends the same text the long way round."""
    assume("\n" not in block and block.strip())
    author = Author("notes", "Ann")
    text = ("word " * words)[: SIGNIFICANT + 9] + block
    assert post_id(author, text) == post_id(author, f"\t{text}")
    assert post_id(author, text) == post_id(author, text.replace(" ", "\t"))


awkward = st.sampled_from(["> quoted", ">", "a" * 400, " " * 400, "w " * 150])
pieces = st.text("ab \u202e<", min_size=1, max_size=90) | awkward


@given(st.lists(pieces, max_size=12), st.sampled_from(["\n", "\n\n", " "]), st.integers(1, 200))
def test_an_excerpt_does_not_depend_on_how_it_was_cut(lines: list[str], joint: str, limit: int) -> None:
    """A quote in front, which no excerpt shows, sends the same text the long way round."""
    body = joint.join(lines)
    reached = body[: limit * 16 - 12]
    assume("".join(line for line in reached.split("\n") if not line.startswith(">")).strip())
    assume(len(body) < limit * 16 - 12)
    assert excerpt(body, "plain", limit) == excerpt(f"> quoted\n{body}", "plain", limit)


def calls(work: Callable[[], object]) -> int:
    """Count the calls of functions, ours and Python's, that some work makes."""
    count = 0

    def watch(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def chain(count: int) -> str:
    return note("t", *((f"N{n % 3}", f"id={n}" + (f" parent={n - 1}" if n else ""), f"Text {n}") for n in range(count)))


def fan(count: int) -> str:
    return note("t", *((f"N{n}", f"id={n}" + (" parent=0" if n else ""), "> Text 0\nText") for n in range(count)))


def alike(count: int) -> str:
    return news("1", *[Said("The same words", "Boo", "Anonymous Coward", None) for _ in range(count)])


def guesses(count: int) -> str:
    posts = (Said(f"> Words {n // 2}\nWords {n}", "Re:Boo" if n else "Boo", f"N{n}", str(n)) for n in range(count))
    return news("1", *posts)


@pytest.mark.parametrize("shape", [chain, fan, alike, guesses])
def test_a_long_thread_costs_no_more_a_post_than_a_short_one(tmp_path: Path, shape: Callable[[int], str]) -> None:
    """Operations are counted, not timed, on threads whose posts lie as awkwardly as may be."""
    counts = {}
    for size in (0, 200, 800):
        site = Site(write(tmp_path / str(size), {"content/1.txt": shape(size)}), bare=True)
        counts[size] = calls(functools.partial(site.build, Order(jobs=1)))
    short, long = (counts[200] - counts[0]) / 200, (counts[800] - counts[0]) / 800
    assert long < short * 1.15


def test_an_author_with_much_to_say_costs_no_more_a_thread(tmp_path: Path) -> None:
    """One author in all threads, whose pages are many; and then one more thread."""
    cold, warm = {}, {}
    for size in (0, 50, 200):
        files = {f"content/{n}.txt": news(str(1000 + n), Said(f"Words {n}", "Boo")) for n in range(size)}
        site = Site(write(tmp_path / str(size), {**files, "threadpress.toml": "list_posts_per_page = 5\n"}), bare=True)
        write(site.folder, {"content/.keep": ""})
        cold[size] = calls(functools.partial(site.build, Order(jobs=1)))
        site.put("content/new.txt", news("9999", Said("New", "Boo")))
        warm[size] = calls(functools.partial(site.build, Order(jobs=1)))
    assert (cold[200] - cold[0]) / 200 < (cold[50] - cold[0]) / 50 * 1.15
    assert warm[200] - warm[50] < (cold[200] - cold[50]) * 0.15
