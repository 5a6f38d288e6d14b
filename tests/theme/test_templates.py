"""The default theme's pages: structure, safety, and what is said when."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from generator.pages.fixed import Plain
from generator.pages.paging import Paging
from generator.pages.posts import PostView
from generator.pages.thread import SaveView, StoryLink
from generator.theme.theme import TEMPLATES
from generator.theme.views import Head, Ref
from tests.sample_pages import EVIL, PAGES, SITE, Outline, html_of, post, thread_html


def nested(levels: list[int]) -> tuple[tuple[PostView, ...], int]:
    """Posts that stand as deep as asked; a level is at most one more than the one before."""
    posts = []
    before = -1
    for number, level in enumerate(levels):
        posts.append(post(number, opens=level > before, closes=max(0, before - level)))
        before = level
    return tuple(posts), before + 1


every_page = pytest.mark.parametrize(("template", "page"), PAGES.values(), ids=PAGES.keys())


# Every page


def test_every_template_has_a_page_here() -> None:
    assert {template for template, _ in PAGES.values()} == set(TEMPLATES) - {"base.html", "robots.txt"}


@every_page
def test_pages_are_sound(template: str, page: Head) -> None:
    outline = Outline(html_of(page, template))
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.levels.count(1) == 1
    assert outline.levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(outline.levels)), outline.levels
    for tag in ("title", "main", "nav"):
        assert outline.all(tag), tag
    labels = {str(attrs["aria-labelledby"]) for _, attrs in outline.tags if "aria-labelledby" in attrs}
    assert labels <= set(outline.ids)
    for attrs in outline.all("a"):
        if str(attrs["href"]).startswith("#") and str(attrs["href"]) != "#cp1":
            assert str(attrs["href"])[1:] in outline.ids


@every_page
def test_nothing_is_inline_and_nothing_saved_becomes_markup(template: str, page: Head) -> None:
    html = html_of(page, template)
    for tag, attrs in Outline(html).tags:
        assert tag not in ("style", "img", "iframe", "object", "base", "form"), tag
        if tag == "script":
            assert str(attrs.pop("src")).removeprefix(page.root) in SITE.assets.values()
            own = {"data-posts": f"{page.root}threads/notes/1/posts.js"} if template == "thread.html" else {}
            own |= {"data-root": page.root} if template == "404.html" else {}
            own |= {"data-to": f"{page.root}threads/s/1.html"} if template == "moved.html" else {}
            assert attrs in ({}, {"defer": None}, {"defer": None, **own})
        assert not [name for name in attrs if name == "style" or name.startswith("on")], attrs
    assert "<script>" not in html
    assert html.count("<script") == html.count("></script>")


@pytest.mark.parametrize("name", ["thread", "thread with everything", "index", "author", "authors", "tags"])
def test_what_looks_like_markup_is_shown_as_it_is(name: str) -> None:
    template, page = PAGES[name]
    assert EVIL in Outline(html_of(page, template)).text


@every_page
def test_the_policy_stands_before_anything_is_loaded(template: str, page: Head) -> None:
    outline = Outline(html_of(page, template))
    policy = next(
        n for n, (_, attrs) in enumerate(outline.tags) if attrs.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy < min(n for n, (tag, _) in enumerate(outline.tags) if tag in ("link", "script"))
    assert str(outline.tags[policy][1]["content"]).split("; ") == [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
    ]


@every_page
def test_scripts_are_loaded_where_a_theme_has_some(template: str, page: Head) -> None:
    """The one that sets the colours comes before the styles and holds the page up; the other waits for the page."""
    tags = [(tag, attrs) for tag, attrs in Outline(html_of(page, template)).tags if tag in ("script", "link")]
    early = ("script", {"src": page.root + SITE.assets["early.js"]})
    style = ("link", {"rel": "stylesheet", "href": page.root + SITE.assets["style.css"]})
    late = ("script", {"defer": None, "src": page.root + SITE.assets["script.js"]})
    assert [each for each in tags if each in (early, style, late)] == [early, style, late]
    bare = msgspec.structs.replace(SITE, assets={"style.css": "assets/style.css", "icon.svg": "assets/icon.svg"})
    outline = Outline(html_of(page, template, bare))
    assert not outline.all("script")
    assert not outline.all("button")


@every_page
def test_links_start_at_the_root_of_the_site(template: str, page: Head) -> None:
    outline = Outline(html_of(page, template))
    addresses = [str(attrs["href"]) for tag, attrs in outline.tags if tag in ("a", "link")]
    assert f"{page.root}{SITE.assets['style.css']}" in addresses
    if page.root:
        assert [url for url in addresses if not url.startswith((page.root, "#", "https://"))] == []
    else:
        assert [url for url in addresses if url.startswith(("/", ".", "http:"))] == []


def test_a_search_engine_may_be_asked_to_stay_away() -> None:
    template, page = PAGES["thread"]
    robots = {"name": "robots", "content": "noindex"}
    away = msgspec.structs.replace(SITE, noindex=True)
    assert robots not in Outline(html_of(page, template)).all("meta")
    assert robots in Outline(html_of(page, template, away)).all("meta")
    assert robots in Outline(html_of(PAGES["not found"][1], "404.html")).all("meta")
    text = Plain(url="robots.txt", root="", title="")
    assert html_of(text, "robots.txt") == "User-agent: *\nAllow: /\n"
    assert html_of(text, "robots.txt", away) == "User-agent: *\nDisallow: /\n"


def test_the_canonical_address_stands_where_it_is_known() -> None:
    assert 'rel="canonical"' not in thread_html()
    assert Outline(thread_html(canonical="https://example.org/a.html")).all("link")[0] == {
        "rel": "canonical",
        "href": "https://example.org/a.html",
    }


def test_the_menu_says_where_one_is() -> None:
    current = [attrs for attrs in Outline(html_of(PAGES["index"][1], "list.html")).all("a") if "aria-current" in attrs]
    assert current == [{"href": "index.html", "aria-current": "page"}]


# Threads


def test_a_post_is_an_article_with_a_heading_and_microformats() -> None:
    html = thread_html(post(7, score=4, label="Insightful", subject="Shoes"))
    outline = Outline(html)
    assert outline.all("article") == [{"class": "h-entry", "id": "cp7"}]
    assert '<h3><a class="p-author h-card" href="../../authors/notes/ann.html"><bdi>Ann</bdi></a></h3>' in html
    assert '<span class="s s4"><span class="vh">score </span>4</span> <span class="l praise">Insightful</span>' in html
    assert '<p class="p-name" dir="auto">Shoes</p>' in html
    assert '<div class="body e-content" dir="auto"><p>Said.</p></div>' in html
    assert 'class="u-url" href="#cp7"' in html
    assert [tag for tag, _ in outline.tags if tag in ("main", "section", "ol", "li", "article", "header", "h3")][
        -7:
    ] == [
        *("section", "ol", "li", "article", "header", "h3", "section"),
    ]


def test_a_reply_says_whom_it_answers_in_text_too() -> None:
    html = thread_html(post(1), post(2, to=Ref("Ann", "#cp1"), opens=True), closes=2)
    assert html.count('<a class="to u-in-reply-to" href="#cp1">to <bdi>Ann</bdi></a>') == 1
    assert "u-in-reply-to" not in thread_html(post(1))
    elsewhere = thread_html(post(2, to=Ref("Ann", "../../threads/notes/1/2.html#cp1")))
    assert 'href="../../threads/notes/1/2.html#cp1"' in elsewhere


def test_what_was_inferred_looks_so_and_is_explained_once() -> None:
    stated = post(2, to=Ref("Ann", "#cp1"), opens=True)
    guess = post(3, to=Ref("Ann", "#cp1"), inferred=True, evidence="inferred, 56% sure")
    html = thread_html(post(1), stated, guess, closes=2)
    assert html.count('<li class="guess">') == 1
    assert html.count('title="inferred, 56% sure"') == 1
    assert html.count("worked out from") == 1
    assert "worked out from" not in thread_html(post(1), stated, closes=2)


@pytest.mark.parametrize(
    ("changes", "note", "reason"),
    [
        ({"truncated": "yes"}, '<p class="note">cut here in the save</p>', "shortens long posts"),
        ({"truncated": "unknown"}, '<p class="note">may be cut here in the save</p>', "shortens long posts"),
        ({"kept": True}, '<p class="note">only an older save holds this post</p>', "saved more than once"),
    ],
)
def test_what_is_odd_about_a_post_is_said(changes: dict[str, Any], note: str, reason: str) -> None:
    html = thread_html(post(1, **changes))
    assert note in html
    assert html.count(reason) == 1
    whole = thread_html(post(1))
    assert note not in whole
    assert reason not in whole


@pytest.mark.parametrize(("score", "css"), [(-9, "s-1"), (-1, "s-1"), (0, "s0"), (5, "s5"), (4000, "s5")])
def test_scores_have_seven_looks(score: int, css: str) -> None:
    html = thread_html(post(score=score))
    assert f'class="s {css}"' in html
    assert f"</span>{score}</span>" in html


def test_a_label_nobody_knows_is_no_class() -> None:
    (label,) = Outline(thread_html(post(label="s5 vh"))).all("span", "l")
    assert label == {"class": "l "}


def test_a_removed_author_has_no_link() -> None:
    html = thread_html(post(1, author=Ref("[removed]", None)))
    assert '<h3><bdi class="p-author h-card">[removed]</bdi></h3>' in html


def test_plain_text_and_markdown_are_told_apart() -> None:
    html = thread_html(post(1), post(2, plain=False), plain=False)
    assert html.count('class="body e-content"') == 1
    assert html.count('class="body e-content md"') == 1
    assert 'class="body story md"' in html


def test_an_unsafe_address_is_shown_and_not_linked() -> None:
    links = (StoryLink(1, "https://example.org/", True, None), StoryLink(3, "javascript:alert(1)", False, None))
    html = thread_html(links=links)
    assert '<li value="3">javascript:alert(1)</li>' in html
    assert 'href="javascript:' not in html


def test_further_pages_say_where_they_are() -> None:
    pages = tuple(Ref(str(n), f"threads/notes/1/{n}.html") for n in (1, 2, 3))
    paging = Paging(2, "threads/notes/1.html", "threads/notes/1/3.html", pages, 3)
    outline = Outline(
        thread_html(post(), url="threads/notes/1/2.html", root="../../../", paging=paging, story=Markup())
    )
    assert "page 2 of 3" in outline.text
    assert [attrs["href"] for attrs in outline.all("a") if attrs.get("rel") == "prev"] == [
        "../../../threads/notes/1.html"
    ] * 2
    assert {"href": "../../../threads/notes/1/2.html", "aria-current": "page"} in outline.all("a")
    assert not outline.all("div", "story")


def test_the_foot_says_what_the_page_was_made_from() -> None:
    html = thread_html(data="threads/notes/1.json")
    assert '<a href="../../saves/1.md"><bdi>1.md</bdi></a>, read as markdown' in html
    assert "0" * 64 in html
    assert '<a href="../../threads/notes/1.json">JSON</a>' in html
    unpublished = thread_html(saves=(SaveView("1.md", None, "0" * 64, "markdown"),))
    assert "saves/1.md" not in unpublished
    assert "<bdi>1.md</bdi>, read as markdown" in unpublished


def test_what_was_done_to_a_thread_is_explained_once_where_it_applies() -> None:
    two = tuple(SaveView(f"{n}.md", None, "0" * 64, "markdown") for n in (1, 2))
    guessed = post(2, inferred=True, to=Ref("Ann", "#cp1"), evidence="inferred", truncated="yes", kept=True)
    words = ("worked out from quotes", "shortens long posts", "more than once", "older save holds is", "taken out</a>")
    plain, done = thread_html(post(1)), thread_html(post(1), guessed, guessed, saves=two, any_removed=True)
    assert [plain.count(word) for word in words] == [0, 0, 0, 0, 0]
    assert [done.count(word) for word in words] == [1, 1, 1, 1, 1]
    assert "more than once" in thread_html(post(1), saves=two)


def test_many_people_are_counted_behind_those_that_are_named() -> None:
    template, page = PAGES["author of many posts"]
    outline = Outline(html_of(page, template))
    assert "Answers" + EVIL + "\xa03×Cy12\xa0others" in outline.text.replace("\n", "")
    assert [attrs["aria-label"] for attrs in outline.all("svg")] == [
        "Posts by year. 2008: 3, 2009: 17",
        "Posts by score. 0: 20",
    ]


def test_statistics_are_tables_whose_rows_lead_on() -> None:
    outline = Outline(html_of(PAGES["stats"][1], "stats.html"))
    assert len(outline.all("table")) == len(outline.all("caption")) == 7
    assert {"href": "dates/2009/06.html"} in outline.all("a")
    assert {"href": "authors/notes/ann.html"} in outline.all("a")
    assert "1\xa0post in threads without a date" in outline.text
    assert "nothing to count" in Outline(html_of(PAGES["no stats"][1], "stats.html")).text


def test_lists_nest_as_the_thread_does() -> None:
    posts, closes = nested([0, 1, 2, 1, 0, 1, 2, 3])
    outline = Outline(thread_html(*posts, closes=closes))
    assert outline.parents == {
        "cp0": None,
        "cp1": "cp0",
        "cp2": "cp1",
        "cp3": "cp0",
        "cp4": None,
        "cp5": "cp4",
        "cp6": "cp5",
        "cp7": "cp6",
    }


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=30))
def test_every_post_stands_as_deep_as_asked(wanted: list[int]) -> None:
    levels: list[int] = []
    for level in wanted:
        levels.append(min(level, levels[-1] + 1 if levels else 0))
    posts, closes = nested(levels)
    outline = Outline(thread_html(*posts, closes=closes))
    assert [outline.lists[f"cp{number}"] - 1 for number in range(len(levels))] == levels


# Lists


def test_a_year_alone_links_to_its_months_and_several_to_years() -> None:
    one = Outline(html_of(PAGES["year"][1], "dates.html"))
    assert {"class": "b4", "href": "../dates/2009/05.html", "title": "M 2009: 1\xa0thread"} in one.all("a")
    several = Outline(html_of(PAGES["years"][1], "dates.html"))
    years = [attrs["href"] for attrs in several.all("a") if str(attrs["href"]).startswith("../dates/20")]
    assert years == ["../dates/2010.html", "../dates/2009.html", "../dates/2009.html"]
    assert "2009, 1\xa0thread" in several.text


def test_an_authors_post_leads_to_its_place_and_its_parent() -> None:
    template, page = PAGES["author"]
    html = html_of(page, template)
    assert html.count('<a class="place" href="../../threads/notes/1.html#cp3">in place</a>') == 1
    assert html.count('<a class="place" href="../../threads/notes/1/2.html#cp2">in place</a>') == 1
    assert '<a class="to" href="../../threads/notes/1/2.html#cp2"' in html
    assert '<a class="to guess" href="../../threads/notes/1.html#c' in html
    assert "Re:" not in html
    assert "median score 2.5" in html


def test_one_thing_is_one_thing() -> None:
    outline = Outline(html_of(PAGES["about"][1], "about.html"))
    assert "1\xa0thread with 2\xa0posts by 3\xa0authors, from 1 May 2009 to 3 May 2009" in outline.text
