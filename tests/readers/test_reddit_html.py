"""Saved pages of Reddit's two sites: one of each is under tests/saves/; here is what these don't show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from generator.model import Post
from generator.readers import Reading, read_save, reader_of
from generator.readers.reddit import html as reddit_html

CASES = Path(__file__).parents[1] / "saves" / "reddit-html"
OLD = (CASES / "old" / "save.html").read_text()
NEW = (CASES / "new" / "save.html").read_text()
BODY = '<div class="usertext-body"><div class="md"><p>Text.</p></div></div>'


def read(page: str) -> Reading:
    return read_save(page.encode(), "my page.html")


def posts(reading: Reading) -> tuple[Post, ...]:
    (saved,) = reading.threads
    return saved.thread.posts


def thing(name: str, said: str = '<a class="author">ann</a>', inside: str = "") -> str:
    entry = f'<div class="entry"><p class="tagline">{said}</p>{BODY}</div>'
    return f'<div class="thing id-t1_{name} comment">{entry}<div class="child">{inside}</div></div>'


def old(*things: str) -> str:
    head = '<div class="thing id-t3_a link"><div class="entry"><a class="title" href="https://example.org/">Rain</a></div></div>'
    return f'<!doctype html><div id="siteTable">{head}</div><div class="commentarea">{"".join(things)}</div>'


@pytest.mark.parametrize(
    ("score", "number"),
    [
        ('<span class="score dislikes">4 points</span><span class="score unvoted">5 points</span>', 5),
        ('<span class="score unvoted" title="1604">1.6k points</span>', 1604),
        ('<span class="score unvoted">1.6k points</span>', None),
        ('<span class="score unvoted">-1 points</span>', -1),
        ('<span class="score likes">6 points</span>', 5),
        ('<span class="score dislikes" title="4">4 points</span>', 5),
        ('<span class="score-hidden">[score hidden]</span>', None),
        ("", None),
    ],
)
def test_the_score_is_the_one_without_the_readers_vote(score: str, number: int | None) -> None:
    assert posts(read(old(thing("c1", score))))[0].score == number


def test_a_comment_answers_the_one_that_it_is_inside() -> None:
    page = old(thing("c1", inside=thing("c2", inside=thing("c3")) + thing("c4")), thing("c5"))
    assert [(post.id, post.stated) for post in posts(read(page))] == [
        ("c1", ""), ("c2", "c1"), ("c3", "c2"), ("c4", "c1"), ("c5", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("href", ["#c1", "https://old.reddit.com/r/weather/comments/a/rain/c1/"])
def test_the_page_of_a_comment_is_partial_and_knows_the_comment_above(href: str) -> None:
    reading = read(old(thing("c2", f'<a data-event-action="parent" href="{href}">parent</a>', thing("c3"))))
    assert [saved.partial for saved in reading.threads] == [True]
    assert [(post.id, post.stated, post.missing) for post in posts(reading)] == [
        ("c1", None, True), ("c2", "c1", False), ("c3", "c2", False),
    ]  # fmt: skip


def test_the_address_says_that_a_page_is_about_one_comment() -> None:
    note = "<!-- saved from url=(0057)https://old.reddit.com/r/weather/comments/a/rain/c1/ -->"
    (saved,) = read(old(thing("c1")).replace("<div", f"{note}<div", 1)).threads
    assert saved.partial
    assert saved.thread.url == "https://www.reddit.com/r/weather/comments/a/rain/"
    assert saved.thread.tags == ("weather",)


@pytest.mark.parametrize("box", ["md", "commentbody"])
def test_pages_of_the_first_years_have_fewer_boxes(box: str) -> None:
    page = old(thing("c1").replace(BODY, f'<div class="{box}"><p>Text.</p></div>').replace("id-t1_c1", "odd"))
    (post,) = posts(read(page.replace('class="thing odd', 'id="thingrow_t1_c1" class="thing odd')))
    assert (post.id, post.body, post.missing) == ("c1", "<p>Text.</p>", False)


def test_attributes_may_have_no_quotes() -> None:
    bare = re.sub(r'="([\w/:.+-]+)"', r"=\1", OLD)
    assert bare != OLD
    assert read(bare) == read(OLD)


def test_a_link_post_links_to_what_it_is_about() -> None:
    (saved,) = read(old()).threads
    assert [link.url for link in saved.thread.links] == ["https://example.org/"]


@pytest.mark.parametrize("page", [OLD, NEW])
def test_nothing_of_the_reader_is_read(page: str) -> None:
    text = repr(read(page))
    assert "me_myself" not in text
    assert "my draft" not in text


def test_a_hidden_comment_keeps_its_replies() -> None:
    page = NEW.replace('slot="comment"><p>Comment deleted by user</p>', ">")
    assert [(post.id, post.stated, post.missing) for post in posts(read(page))] == [
        ("c1", "", False), ("c2", "c1", True), ("c3", "c2", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "page",
    [
        '<!doctype html><title>weather</title><div id="siteTable"><div class="thing id-t3_a link">A</div>'
        '<div class="thing id-t3_b link">B</div></div>',
        '<!doctype html><title>overview for ann</title><div class="thing id-t1_c1 comment">A</div>',
        "<!doctype html><shreddit-app><shreddit-post id=t3_a></shreddit-post><shreddit-post id=t3_b></shreddit-post>",
        "<!doctype html><shreddit-app></shreddit-app>",
        '<!doctype html><link rel="canonical" href="https://www.reddit.com/login/"><title>Log in</title>',
    ],
)
def test_a_page_without_a_thread_says_what_to_save(page: str) -> None:
    reading = read(page)
    assert reading.threads == ()
    (problem,) = reading.problems
    assert "holds no thread that can be read" in problem.message
    assert "old.reddit.com" in problem.hint


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><p>A post about data-fullname=&quot;t1_c1&quot; and &lt;shreddit-post&gt;",
        '<!doctype html><p>data-fullname="t1_c1"',
        "<!doctype html><a href='https://www.reddit.com/'>Reddit</a>",
    ],
)
def test_other_pages_are_left_to_other_readers(page: str) -> None:
    assert reader_of(page.encode()) is not reddit_html
