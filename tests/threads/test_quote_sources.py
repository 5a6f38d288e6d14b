"""Where quotes are from: the post that is answered, else the one that holds their lines; and the link that says so."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.markup import post_html
from generator.model import Author, Link, Markup, Post, Thread
from generator.threads.quote_sources import STORY, QuoteSources
from tests.small import Said, news, note, output_of

ANN = Author("notes", "Ann")
LONG, OTHER = "The harbour will be dry by noon.", "Nobody has seen the pilot since."


def quotes_of(bodies: Sequence[str], parents: Sequence[int | None], story: str = "A story.") -> QuoteSources:
    posts = tuple(Post(str(n), "", ANN, None, None, body) for n, body in enumerate(bodies))
    return QuoteSources(Thread("notes", "n", "A note", story, posts, links=(Link(1, "https://example.org/"),)), parents)


def sources(*said: tuple[int | None, str], story: str = "A story.") -> list[int | None]:
    """Of the last of some posts (parent and body), where each quoted line is from, one quote a line."""
    quotes = quotes_of([body for _, body in said], [parent for parent, _ in said], story)
    lines = [line[1:].strip() for line in said[-1][1].split("\n") if line.startswith(">")]
    return [quotes.source(len(said) - 1, [line]) for line in lines]


def test_a_quote_is_from_the_post_that_is_answered_if_that_says_it() -> None:
    assert sources((None, LONG), (0, f"Wrong. {LONG} Is it?"), (1, f"> {LONG}\nIt is.")) == [1]


def test_part_of_a_line_is_enough_there_and_white_space_does_not_count() -> None:
    assert sources((None, f"So they say. {LONG} And more."), (0, "> harbour  will be\tdry\nIt is.")) == [0]


def test_else_it_is_from_the_one_post_that_has_the_line() -> None:
    assert sources((None, f"{LONG}\n{OTHER}"), (0, "Well."), (1, f"> {OTHER}\nWho?")) == [0]


def test_a_line_is_from_the_post_that_said_it_first() -> None:
    assert sources((None, LONG), (None, LONG), (None, f"> {LONG}\nAgain?")) == [0]


def test_what_is_quoted_from_a_quote_is_not_its_own() -> None:
    assert sources((None, f"> {LONG}\nWho said so?"), (0, f"> {LONG}\nHe.")) == [None]


def test_nothing_is_from_a_later_post_or_from_itself() -> None:
    assert quotes_of([f"> {LONG}", LONG], [None, None]).source(0, [LONG]) is None
    assert quotes_of([LONG], [None]).source(0, [LONG]) is None


def test_a_few_characters_prove_nothing() -> None:
    assert sources((None, "I agree."), (0, "> I agree.\nMe too.")) == [None]


def test_lines_of_two_posts_are_from_neither() -> None:
    assert quotes_of([LONG, OTHER, "So?"], [None, None, None]).source(2, [LONG, OTHER]) is None


def test_it_is_from_the_story_if_that_says_it_and_the_answered_post_does_not() -> None:
    story = "All know that [1]the harbour will be dry , by noon. [2] Nobody has seen the pilot since."
    part = "> that the harbour will be dry, by noon."
    assert sources((None, LONG), (None, part), story=story) == [STORY]
    assert sources((None, part[2:]), (0, part), story=story) == [0]
    assert sources((None, OTHER), (None, f"> {OTHER}"), story=story) == [STORY]
    assert sources((None, OTHER), (None, f"> [2] {OTHER}"), story=story) == [STORY]
    assert sources((None, "So?"), (0, "> by noon."), story=story) == [None]


def cited(body: str, markup: Markup = "plain") -> str:
    """HTML of a body; a quote is from the post that its first word names. Attributes are left out."""

    def cite(lines: Sequence[str]) -> tuple[str, str] | None:
        word = lines[0].split()[0]
        return None if word == "unknown" else (f"#c{word}", word.title())

    html = str(post_html(body, markup, None, cite)).replace("\n", "")
    return re.sub(r'<p class="from"><a href="#c(\w+)">from <bdi>(\w+)</bdi></a></p>', r"[\1 \2]", html)


@pytest.mark.parametrize("markup", ["plain", "markdown"])
@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("> ann said\n\nYes.", "<q><p>ann said</p></q>[ann Ann]<p>Yes.</p>"),
        ("Ah.\n\n> ann said", "<p>Ah.</p><q><p>ann said</p></q>[ann Ann]"),
        ("> ann said\n\n> ann went on\n\nYes.", "<q><p>ann said</p></q><q><p>ann went on</p></q>[ann Ann]<p>Yes.</p>"),
        ("> ann said\n\n> bob said", "<q><p>ann said</p></q>[ann Ann]<q><p>bob said</p></q>[bob Bob]"),
        ("> ann said\n\n> unknown", "<q><p>ann said</p></q>[ann Ann]<q><p>unknown</p></q>"),
        ("> > cy said\n>\n> ann said", "<q><q><p>cy said</p></q><p>ann said</p></q>[ann Ann]"),
        ("> > cy said\n\nWell.", "<q><q><p>cy said</p></q></q><p>Well.</p>"),
    ],
)
def test_the_link_stands_behind_the_last_quote_from_a_source(markup: Markup, body: str, html: str) -> None:
    assert cited(body, markup) == html.replace("q>", "blockquote>")


def test_in_plain_text_a_quote_ends_with_its_line() -> None:
    assert cited("> ann said\nYes.") == "<blockquote><p>ann said</p></blockquote>[ann Ann]<p>Yes.</p>"


def test_names_in_links_are_escaped() -> None:
    html = post_html("> ann", "plain", None, lambda lines: ('#c"', "<b>"))
    assert '<a href="#c&quot;">from <bdi>&lt;b&gt;</bdi></a>' in html


@pytest.mark.parametrize("markup", ["plain", "markdown"])
@given(st.lists(st.sampled_from(["> ann", "> > bob", "ann", "", "> ", ">", "> unknown", "- x"]), max_size=9))
def test_links_come_in_addition_and_nothing_else_changes(markup: Markup, lines: list[str]) -> None:
    def cite(lines: Sequence[str]) -> tuple[str, str] | None:
        return ("#c1", "Ann") if any("ann" in line for line in lines) else None

    without = str(post_html("\n".join(lines), markup))
    html = str(post_html("\n".join(lines), markup, None, cite))
    assert html.replace('<p class="from"><a href="#c1">from <bdi>Ann</bdi></a></p>', "") == without


def test_quotes_of_a_page_lead_to_the_posts_they_are_from(tmp_path: Path) -> None:
    plain = news("101", Said(f"{LONG}\n\n{OTHER}", "Boo"), Said("Well.", "Re:", "Bob", "8"), Said(f"> {OTHER}\n\nWho?"))
    posts = [("Ann", "id=1", LONG), ("Bob", "id=2", f"> {LONG}\n\nIs it?"), ("Cy", "id=3", f"> {LONG}\n\nIt is.")]
    site = {"content/1.txt": plain, "content/2.md": note("n", *posts), "threadpress.toml": "posts_per_page = 2\n"}
    output = output_of(tmp_path, site)
    first, second = (output[f"threads/slashdot/101{page}.html"].decode() for page in ("", "/2"))
    (anchor,) = re.findall(r'class="from"><a href="\.\./\.\./\.\./threads/slashdot/101\.html#(\w+)">', second)
    assert f'<article class="h-entry" id="{anchor}">' in first
    assert '<p class="from"><a href="#c1">from <bdi>Ann</bdi></a></p>' in output["threads/notes/n.html"].decode()
    assert "../../../threads/notes/n.html#c1" in output["threads/notes/n/2.html"].decode()


def test_quotes_of_the_story_lead_to_it(tmp_path: Path) -> None:
    posts = [("Ann", "id=1", f"> {LONG}\n\nIs it?"), ("Bob", "id=2", f"> {LONG}\n\nIt is.")]
    site = {"content/n.md": note("n", *posts, story=f"So they say: {LONG}"), "threadpress.toml": "posts_per_page = 1\n"}
    output = output_of(tmp_path, site)
    first, second = (output[f"threads/notes/n{page}.html"].decode() for page in ("", "/2"))
    assert '<div class="body story md" id="story" ' in first
    assert '<p class="from"><a href="#story">from <bdi>the story</bdi></a></p>' in first
    assert '<a href="../../../threads/notes/n.html#story">from <bdi>the story</bdi></a>' in second


def spent(count: int) -> float:
    """Seconds to find the sources of all quotes of a thread in which each post quotes the first."""
    bodies = [f"{LONG}\n" * 200] + [f"> {LONG}\nIndeed, as I said {n} times." for n in range(1, count)]
    quotes, start = quotes_of(bodies, [None, *range(count - 1)], story="Well, well. " * 20_000), time.process_time()
    assert all(quotes.source(index, [LONG]) == 0 for index in range(1, count))
    return time.process_time() - start


def test_long_threads_take_time_in_proportion() -> None:
    spent(100)
    assert min(spent(8000) for _ in range(3)) < 20 * min(spent(1000) for _ in range(3))
