"""Fingerprints: whenever a page shows something else, its fingerprint is a different one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.config import Config
from generator.model import TOP, Author, Post, Reply, SaveRef, Thread
from generator.pages import (
    AuthorContext,
    author_outlines,
    authors,
    page_view,
    plan,
    thread_context,
    thread_names,
)
from generator.pages.data import POST_LIST, post_list
from generator.theme.theme import TEMPLATES, load_theme
from tests.linked import gather, linked, scan

THEME = load_theme("default", None)
CONFIG = Config(title="Archive", threads_per_page=2, list_posts_per_page=2, posts_per_page=2, tags={"law": ("court",)})


class Made(NamedTuple):
    """A page as planned."""

    template: str
    fingerprint: bytes
    shown: object


def made(threads: tuple[Thread, ...]) -> dict[str, Made]:
    """Plan a site: all its pages by URL."""
    scanned = [scan(thread, CONFIG) for thread in threads]
    links = linked(*scanned, config=CONFIG)
    planned = plan(links, CONFIG, THEME)
    site = {page.url: Made(page.template, page.fingerprint, None) for page in planned.own()}
    for page in planned.pages:
        if page.template:
            site[page.url] = Made(page.template, page.fingerprint, page_view(page, links, CONFIG))
    by_key = {thread.key: thread for thread in threads}
    for number, pages in enumerate(planned.threads):
        context, thread = thread_context(links, number, CONFIG), by_key[links.threads[number].key]
        for page in pages:
            around = context if page.template else ([tag.name for tag in context.tags], context.exceptions)
            shown: object = (around, thread, page.cut)
            if page.kind == POST_LIST:
                shown = post_list(thread, thread.tree(), context.url, CONFIG)
            site[page.url] = Made(page.template, page.fingerprint, shown)
    names = AuthorContext(thread_names(links), links.slugs, CONFIG)
    rows = gather(scanned)
    for author in links.authors:
        for outline in author_outlines(author, rows[author.key], names):
            site[outline.page.url] = Made(outline.page.template, outline.page.fingerprint, outline.view())
    return site


people = st.sampled_from(
    [Author("s", name, uid) for name in ("Ann", "C++", "C#", "Bob-7") for uid in (None, "7")]
    + [Author("s", "[removed]")]
)
posts = st.lists(
    st.tuples(people, st.sampled_from([None, 1, 5, 9]), st.sampled_from([None, "Funny"]), st.booleans()), max_size=5
)
details = st.tuples(
    posts,
    st.sampled_from(["One", "In court"]),
    st.sampled_from([None, "2024-11-02", "2024-12-02", "2025-02-01"]),
    st.none() | people,
    st.sampled_from([(), ("own",), ("Law",)]),
)


@st.composite
def threads(draw: st.DrawFn) -> tuple[Thread, ...]:
    """Draw some threads of one site."""
    numbers = draw(st.lists(st.sampled_from(["1", "2", "3", "4", "a", "A"]), max_size=5, unique=True))
    return tuple(thread(number, draw(details)) for number in numbers)


def thread(
    number: str,
    about: tuple[list[tuple[Author, int | None, str | None, bool]], str, str | None, Author | None, tuple[str, ...]],
) -> Thread:
    said, title, posted, author, tags = about
    made = tuple(Post(f"p{at}", "", who, score, label, f"text {at}") for at, (who, score, label, _) in enumerate(said))
    replies = tuple(
        Reply(f"p{at - 1}", "stated") if answers and at else TOP for at, (_, _, _, answers) in enumerate(said)
    )
    saves = (SaveRef(f"{number}.txt", "0" * 64, "slashdot-text"),)
    return Thread(
        "s", number, title, "Story", made, None, posted, None, author, None, tags, saves=saves, replies=replies
    )


@pytest.fixture(scope="module", autouse=True)
def small_pages() -> Iterator[None]:
    """Lists go on at a second page, and the index names the best, on small sites too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.pages.authors.AUTHORS_PER_PAGE", 2)
        patch.setattr("generator.pages.index.FROM", 3)
        patch.setattr("generator.pages.author.LEAST", 1)
        yield


def same(one: tuple[Thread, ...], other: tuple[Thread, ...]) -> None:
    before, after = made(one), made(other)
    for url in before.keys() & after.keys():
        if before[url].shown != after[url].shown:
            assert before[url].fingerprint != after[url].fingerprint, url


@settings(max_examples=60)
@given(threads(), threads())
def test_a_page_that_shows_something_else_has_another_fingerprint(
    one: tuple[Thread, ...], other: tuple[Thread, ...]
) -> None:
    same(one, other)


@settings(max_examples=60)
@given(threads(), st.data())
def test_also_when_one_thread_changes(one: tuple[Thread, ...], data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(["1", "2", "a", "A"]))
    changed = thread(number, data.draw(details))
    same(one, (*(each for each in one if each.id != number), changed))


@given(threads())
def test_the_same_content_has_the_same_fingerprints(one: tuple[Thread, ...]) -> None:
    assert made(one) == made(one[::-1])


def test_themes_have_to_offer_the_templates_of_all_pages() -> None:
    held = thread("1", ([(Author("s", "Ann"), 1, None, False)], "One", "2024-11-02", None, ("own",)))
    site = made((msgspec.structs.replace(held, former=("0",)),))
    assert {page.template for page in site.values()} - {""} | {"base.html"} == set(TEMPLATES)


def test_an_author_who_comes_in_leaves_the_further_pages_of_the_index_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """They have other places in the ranking then, which is nothing that they show."""
    monkeypatch.setattr(authors, "AUTHORS_PER_PAGE", 2)

    def pages(*names: str) -> dict[str, Made]:
        posts = tuple(Post(str(at), "", Author("notes", name), None, None, "x") for at, name in enumerate(names))
        replies = (TOP,) * len(posts)
        return made((Thread("notes", "n", "A note", "", posts, replies=replies, saves=(SaveRef("n.md", "", ""),)),))

    before, after = (
        pages("Ann", "Ann", "Ann", "Bo", "Cy", "Di"),
        pages("Ann", "Ann", "Ann", "Ed", "Ed", "Bo", "Cy", "Di"),
    )
    last = max(url for url in before if url.startswith("authors/index/"))
    assert before[last].shown == after[last].shown
    assert before[last].fingerprint == after[last].fingerprint
