"""The reader of Slashdot's pages: single rules, then properties. Whole pages are under tests/saves/slashdot-html/."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from generator.model import Author, Post, Thread
from generator.readers import read_save, reader_of
from generator.readers.slashdot import html as slashdot_html
from generator.readers.slashdot.page_script import read_script
from tests.readers.damaged import damaged

CASES = Path(__file__).parents[1] / "saves" / "slashdot-html"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "slashdot-html"
PAGES = {path.parent.name: path.read_bytes() for path in CASES.glob("*/save.html")}
STORY = PAGES["story-page"].decode()


def thread(page: str | bytes) -> Thread:
    """Read a page that must be fine."""
    reading = slashdot_html.read(page if isinstance(page, bytes) else page.encode(), "page.html")
    assert reading.problems == ()
    (saved,) = reading.threads
    return saved.thread


def posts(page: str | bytes) -> dict[str, Post]:
    return {post.id: post for post in thread(page).posts}


def error(page: str) -> str:
    reading = slashdot_html.read(page.encode(), "page.html")
    assert reading.threads == ()
    (problem,) = reading.problems
    return f"{problem.message}; {problem.hint}"


def changed(old: str, new: str, page: str = STORY) -> str:
    assert old in page
    return page.replace(old, new)


def test_pages_of_all_years_are_known() -> None:
    for name, raw in PAGES.items():
        assert reader_of(raw) is slashdot_html, name


@pytest.mark.parametrize(
    "page",
    [
        "<title>Slashdot is down | Hacker News</title><a href='https://slashdot.org/comments.pl?sid=1&cid=2'>x</a>",
        "<title>From the page of ann - Slashdot : programming</title>",
        "<p>&lt;ul id=commentlisting&gt; on slashdot.org",
        "<title>Some weblog</title><a href='https://slashdot.org/story/26/06/05/1/x'>Slashdot</a>",
        "News: 1 <title>X - Slashdot</title>",
    ],
)
def test_pages_of_others_that_speak_of_slashdot_are_not_known(page: str) -> None:
    assert not slashdot_html.sniff(page.encode())


@pytest.mark.parametrize("prefix", ["\ufeff", "\n \n", "<!-- saved from url=(0024)https://news.slashdot.org/ -->\n"])
def test_what_comes_before_a_page_does_not_matter(prefix: str) -> None:
    page = prefix + STORY
    assert slashdot_html.sniff(page.encode())
    assert thread(page) == thread(STORY)


def test_the_number_is_that_of_the_text_save() -> None:
    assert thread(STORY).id == "0012345678"
    # Without the attribute, the ids of other elements say it.
    assert thread(changed(' data-fhid="12345678"', "")).id == "0012345678"


def test_a_page_in_utf_16_and_one_in_latin_1() -> None:
    page = changed("Kettles Boil &amp; Whistle", "Caf\N{LATIN SMALL LETTER E WITH ACUTE}s")
    assert thread(b"\xff\xfe" + page.encode("utf-16-le")) == thread(page)
    assert thread(changed('charset="utf-8"', 'charset="iso-8859-1"', page).encode("latin-1")) == thread(page)


def test_nothing_of_the_one_who_saved_the_page_is_read() -> None:
    assert "zoe" in STORY
    assert "zoe" not in repr(thread(STORY))


def test_parents_are_those_that_comments_were_written_to() -> None:
    found = posts(STORY)
    # It is shown below 91000003, since the page has no place for it deeper down.
    assert found["91000005"].stated == "91000002"
    assert found["91000002"].stated == "91000001"
    assert found["91000001"].stated == ""


def test_without_script_the_lists_say_who_answers_whom() -> None:
    found = posts(PAGES["single-file"])
    assert found["91000005"].stated == "91000003"
    assert found["91000006"].stated == "91000004"


def test_hidden_comments_keep_their_place_and_their_replies() -> None:
    hidden = posts(STORY)["91000003"]
    assert (hidden.missing, hidden.body, hidden.stated, hidden.score) == (True, "", "91000001", -1)
    assert hidden.author == Author("slashdot", "", "77")
    assert hidden.subject == 'Re:Kettles "and" pots & pans'


def test_comments_that_only_the_script_knows_have_a_place() -> None:
    found = posts(STORY)
    assert found["91000007"] == Post(
        "91000007", "Re:A long one", Author("slashdot", "Anonymous Coward"), -1, None, "",
        markup="html", missing=True, stated="91000004",
    )  # fmt: skip
    assert found["91000008"].missing


def test_the_number_666_is_nobody() -> None:
    linked = '<a href="//slashdot.org/~Anonymous+Coward">Anonymous Coward</a> <a href="//slashdot.org/~x">( 666 )</a>'
    page = changed("by </span>Anonymous Coward", f"by </span>{linked}")
    assert posts(page)["91000002"].author == Author("slashdot", "Anonymous Coward")


def test_a_user_whose_number_only_the_script_says() -> None:
    page = re.sub(r'<span class="uid">.*?</span>', "", STORY)
    assert posts(page)["91000001"].author == Author("slashdot", "ann", "1135")


def test_texts_that_the_page_cuts() -> None:
    found = posts(STORY)
    assert found["91000004"].truncated == "yes"  # a link leads to the rest
    assert found["91000006"].truncated == "yes"  # the script says so
    assert found["91000001"].truncated == "no"
    assert "Read the rest" not in found["91000004"].body


@pytest.mark.parametrize(("end", "truncated"), [("x", "yes"), (".", "unknown"), ("!</p>", "unknown")])
def test_one_line_that_is_as_long_as_the_site_makes_it_was_cut(end: str, truncated: str) -> None:
    line = "A comment in one line that the page has only the start of"
    page = PAGES["single-file"].decode()
    assert posts(changed(line, "x" * 511 + end, page))["91000006"].truncated == truncated
    assert posts(changed(line, "x" * 400 + end, page))["91000006"].truncated == "no"
    assert (
        posts(changed("<p>It starts here</p>", "x" * 511 + end, page).replace("Read the rest", ""))[
            "91000004"
        ].truncated
        == "no"
    )


def test_signatures_are_left_out_and_quotes_are_quotes() -> None:
    found = posts(STORY)
    assert not any("signature" in post.body for post in found.values())
    assert found["91000002"].body == "<blockquote><p>The second one waits.</p></blockquote>For what?"


def test_a_time_in_the_form_of_the_user_stays_as_it_is() -> None:
    page = changed("on Friday June 05, 2026 @10:01AM", "on 2026-06-05 10:01")
    assert (posts(page)["91000001"].posted, posts(page)["91000001"].posted_raw) == (None, "2026-06-05 10:01")


def test_scores_that_the_page_does_not_show_come_from_the_script() -> None:
    page = re.sub(r'<span id="comment_score_91000001".*?</span></h4>', "</h4>", STORY, flags=re.DOTALL)
    assert posts(page)["91000001"].score == 5


def test_a_page_of_one_comment_is_a_part_of_its_thread() -> None:
    (saved,) = slashdot_html.read(PAGES["one-comment"], "page.html").threads
    assert saved.partial
    assert saved.thread.id == "7000001"
    assert [(post.id, post.stated) for post in saved.thread.posts] == [("91000005", "91000002")]


def test_a_story_without_comments_is_a_thread_and_one_saved_too_early_is_told() -> None:
    page = re.sub(r"<ul id=\"commentlisting\".*</script>", "", STORY, flags=re.DOTALL)
    reading = slashdot_html.read(page.encode(), "page.html")
    assert [problem.severity for problem in reading.problems] == ["warning"]
    assert "none of the 6 comments" in reading.problems[0].message
    assert thread(changed('title="">6</a>', 'title="">0</a>', page)).posts == ()


def test_links_to_comments_of_other_threads_name_no_thread() -> None:
    aside = '<a href="//slashdot.org/comments.pl?sid=5&amp;cid=6">A comment elsewhere</a>'
    page = changed("<body>", f"<body>{aside}", PAGES["lists-2006"].decode("latin-1"))
    assert thread(page).id == "184000"


def test_names_that_look_as_if_they_ended_in_a_number() -> None:
    page = changed('~ann">ann</a>  <span', '~ann">ann ( 1 )</a>  <span')
    assert posts(page)["91000001"].author == Author("slashdot", "ann ( 1 )", "1135")
    page = changed("ann (1135)</a>", "ann (1) (1135)</a>", PAGES["lists-2006"].decode("latin-1"))
    assert posts(page)["15240001"].author == Author("slashdot", "ann (1)", "1135")


def test_a_homepage_is_no_name() -> None:
    home = '(1135)</a> <a href="http://example.org/~ann/" title="x">http://example.org/~ann/</a>'
    page = changed("(1135)</a>", home, PAGES["lists-2006"].decode("latin-1"))
    assert posts(page)["15240001"].author == Author("slashdot", "ann", "1135")


def test_a_page_whose_comments_only_its_script_knows_was_saved_too_early() -> None:
    page = re.sub(r"<ul id=\"commentlisting\".*?<script", "<ul id=commentlisting></ul><script", STORY, flags=re.DOTALL)
    reading = slashdot_html.read(page.encode(), "page.html")
    assert reading.threads[0].thread.posts == ()
    assert "none of the 6 comments" in reading.problems[0].message


def test_a_program_that_takes_links_away_leaves_names_and_numbers() -> None:
    page = re.sub(r'<span class="byby">by </span>.*?ann.*?1135.*?</span>', "by ann ( 1135 )", STORY, flags=re.DOTALL)
    assert posts(page)["91000001"].author == Author("slashdot", "ann", "1135")


def test_pages_without_a_thread_say_what_to_save_instead() -> None:
    assert "lists stories" in error(PAGES["front-page"].decode())
    login = "<title>Slashdot Log In - Slashdot</title><form action='/login.pl'><input type=password></form>"
    assert "login page" in error(login)
    asked = "<title>Just a moment... - Slashdot</title><p>slashdot.org needs to review the security"
    assert "no story and no comments" in error(asked)
    for page in (PAGES["front-page"].decode(), login, asked):
        assert slashdot_html.sniff(page.encode())
        assert "open the story itself" in error(page)


def test_comments_without_any_number_of_a_story_are_an_error() -> None:
    page = "<title>X - Slashdot</title><ul id=commentlisting><li id=tree_1><div class=commentBody>x</div></ul>"
    assert "does not say which story" in error(page)


def test_strings_of_scripts() -> None:
    noted = read_script(
        """D2.comments({ "5" : {'pid': "4", subject: 'It\\'s \\u00e9 &amp; \\ud83d\\ude00 {', uid: "7", points: "-1"},
        6: {pid: 0, opid: 0, subject: "x\\\\"}}); comments = {7: {pid: 6, uid: 666}};"""
    )
    assert list(noted.comments) == ["5", "6", "7"]
    assert noted.comments["5"].subject == "It's é & \N{GRINNING FACE} {"
    assert (noted.comments["5"].parent, noted.comments["5"].uid, noted.comments["5"].points) == ("4", "7", -1)
    assert (noted.comments["6"].parent, noted.comments["6"].subject) == ("", "x\\")
    assert noted.comments["7"].parent == "6"
    assert noted.cut is None


def test_a_comment_that_shows_a_script_changes_nothing() -> None:
    code = "<pre>D2.comments({91000001: {pid: 91000004, uid: 1}});</pre>"
    assert posts(changed("So it goes.", code))["91000001"].stated == ""


@settings(max_examples=150)
@given(damaged(list(PAGES.values())))
def test_damaged_pages_give_a_thread_or_an_error(raw: bytes) -> None:
    reading = slashdot_html.read(raw, "page.html")
    assert bool(reading.threads) != reading.failed
    reading = read_save(raw, "page.html")
    assert not any("mistake in the reader" in problem.hint for problem in reading.problems)


LONG = 20_000


@pytest.mark.parametrize(
    "middle",
    [
        '<li id="tree_9" class="comment"><div class="commentBody">' * LONG,
        '<li id="tree_9" class="comment">' * LONG,
        '<div class="quote">' * LONG,
        '<a name="1"></a><a href="?cid=1">#1</a>' * LONG,
        "<li><a href='comments.pl?sid=1&cid=3'>x</a> by ann (Score:1)" * LONG,
        "<ul><li><a href='comments.pl?sid=1&cid=3'>x</a> by ann (Score:1)" * LONG,
        '<div id="comment_1">' * LONG,
        "<b><p>" * LONG,
        "<script>D2.comments({" + "1: {" * LONG + "</script>",
        "<script>" + "comments = {" * LONG + "</script>",
        "<script>D2.comments({1: {subject: '" + "\\'" * LONG + "</script>",
        "<script>D2.comments({1: {" + "a: 1, " * LONG + "}});</script>",
        "by " * LONG + "(Score:" * LONG,
        "<li><a href='comments.pl?sid=1&cid=3'>x</a>" + " by ann (Score:1)" * LONG,
        '<li id="tree_9" class="comment"><div class="commentTop"><div class="details">by ann' * LONG,
        "".join(f'<li id="tree_{n}" class="comment"><div id="comment_{n}"></div></li>' for n in range(LONG)),
        "".join(f'<div><ul><li id="tree_{n}" class="comment"><div id="comment_{n}"></div>' for n in range(LONG)),
    ],
)  # fmt: skip
def test_time_is_linear(middle: str) -> None:
    listing = '<ul id="commentlisting" class="d2">'
    place = "<p><i>" if "<script" in middle else listing
    page = changed(place, f"{middle}{place}" if place != listing else f"{listing}{middle}")
    begun = time.process_time()
    assert slashdot_html.sniff(page.encode())
    slashdot_html.read(page.encode(), "page.html")
    assert time.process_time() - begun < 6


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")
def test_real_pages() -> None:
    for path in sorted(SAMPLES.glob("*.html")):
        page = path.read_text(encoding="utf-8")
        numbers = re.findall(r'<li id="tree_(\d+)"', page)
        # Each comment follows the start of its parent's list, so the lists that are open say whom it answers.
        lists: list[str] = []
        expected: dict[str, str | None] = {}
        for opened, item, closed in re.findall(r'<ul id="((?:commtree|group)_\d+)">|<li id="tree_(\d+)"|(</ul>)', page):
            if opened:
                lists.append(opened)
            elif item:
                expected[item] = lists[-1].removeprefix("commtree_") if lists else ""
            elif closed and lists:
                lists.pop()
        read = thread(page)
        assert {post.id: post.stated for post in read.posts} == expected
        assert [post.id for post in read.posts] == numbers
        assert sum(post.missing for post in read.posts) == len(re.findall(r'class="comment hidden"', page))
        number = re.search(r'data-fhid="(\d+)"', page)
        assert number
        assert read.id == number[1].rjust(10, "0")
        assert all(post.posted and post.author.name for post in read.posts if not post.missing)
