"""The reader of pages of Hacker News: rules, then properties. Whole pages are in tests/saves/hackernews-html/."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from generator.model import Author, Post, Thread
from generator.readers import hackernews_html, read_save, reader_of
from generator.readers.reading import SavedThread
from tests.readers.damaged import damaged

CASES = Path(__file__).parents[1] / "saves" / "hackernews-html"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "hackernews-html"
PAGES = {path.parent.name: path.read_bytes() for path in CASES.glob("*/save.html")}
STORY, OLD, ANSWER = (PAGES[name].decode() for name in ("story-2026", "story-2008", "comment-page"))


def saved(page: str) -> SavedThread:
    """Read a page that must be fine."""
    reading = hackernews_html.read(page.encode(), "page.html")
    assert reading.problems == ()
    (thread,) = reading.threads
    return thread


def thread(page: str) -> Thread:
    return saved(page).thread


def posts(page: str) -> dict[str, Post]:
    return {post.id: post for post in thread(page).posts}


def error(page: str) -> str:
    assert hackernews_html.sniff(page.encode())
    reading = hackernews_html.read(page.encode(), "page.html")
    assert reading.threads == ()
    (problem,) = reading.problems
    return f"{problem.message}; {problem.hint}"


def changed(old: str, new: str, page: str = STORY) -> str:
    assert old in page
    return page.replace(old, new)


def test_pages_of_all_years_are_known() -> None:
    for name, raw in PAGES.items():
        assert reader_of(raw) is hackernews_html, name


@pytest.mark.parametrize(
    "page",
    [
        "<title>How I got to the top of Hacker News</title>",
        "<title>X : hackernews</title><a href='https://news.ycombinator.com/item?id=1'>x</a>",
        "<p>&lt;table id=hnmain&gt;",
        "A text about <title>X | Hacker News</title>",
    ],
)
def test_pages_that_speak_of_the_site_are_not_known(page: str) -> None:
    assert not hackernews_html.sniff(page.encode())


def test_indents_say_who_answers_whom() -> None:
    stated = {post.id: post.stated for post in thread(STORY).posts}
    assert stated == {
        "40000002": "", "40000003": "40000002", "40000004": "40000002", "40000005": "40000004",
        "40000006": "", "40000007": "", "40000008": "40000007",
    }  # fmt: skip


def test_widths_say_the_same_where_rows_don_t() -> None:
    narrow = re.sub(r' indent="\d"', "", STORY)
    assert thread(narrow) == thread(STORY)
    # A program that puts images into the page keeps their widths.
    assert thread(narrow.replace('src="s.gif"', 'src="data:image/gif;base64,R0lGODlhAQ"')) == thread(STORY)


def test_a_page_without_quotes_and_with_a_comment_in_front_is_the_same() -> None:
    page = re.sub(r'="([\w.?=:/#-]+)"', r"=\1", STORY)
    page = "<!DOCTYPE html> <html><!--\n Page saved with SingleFile \n url: https://news.ycombinator.com/ -->" + page
    assert thread(page) == thread(STORY)


def test_times_are_exact_where_the_page_says_them() -> None:
    found = posts(STORY)
    assert (found["40000002"].posted, found["40000002"].posted_raw) == ("2026-06-05T08:10:00Z", "4 hours ago")
    # Without the seconds since 1970, nothing says that the time is UTC.
    assert found["40000005"].posted == "2026-06-05T08:40:00"
    assert (posts(OLD)["5002"].posted, posts(OLD)["5002"].posted_raw) == (None, "812 days ago")
    exact = r'<span class="age" title="[^"]*">(<a[^>]*>)4 hours ago'
    for said, day in (("on Apr 8, 2015", "2015-04-08"), ("on Sept 10, 2008", "2008-09-10"), ("on Foo 1, 2008", None)):
        dated = posts(re.sub(exact, rf'<span class="age">\1{said}', STORY))["40000002"]
        assert (dated.posted, dated.posted_raw) == (day, said)


def test_comments_that_are_gone_keep_their_place() -> None:
    found = posts(STORY)
    assert (found["40000004"].missing, found["40000004"].author) == (True, Author("hackernews", ""))
    assert (found["40000006"].missing, found["40000006"].author.name) == (True, "dora")
    assert found["40000005"].stated == "40000004"
    # One that only says so has a text.
    assert (found["40000008"].missing, found["40000008"].body) == (False, "[deleted]")


def test_a_dead_comment_whose_text_is_shown_is_labelled() -> None:
    assert (posts(STORY)["40000007"].label, posts(STORY)["40000007"].body) == ("Dead", "Seen with showdead on.")


def test_old_pages_say_no_number_of_comments_that_are_gone() -> None:
    gone, reply = thread(OLD).posts[2:]
    assert (gone.id, gone.missing) == ("above-5005", True)
    assert (reply.id, reply.stated) == ("5005", "above-5005")


def test_old_pages_say_scores_of_comments() -> None:
    assert [post.score for post in thread(OLD).posts] == [4, 1, None, -2]
    assert [post.score for post in thread(STORY).posts] == [None] * 7


def test_texts_are_whole_and_end_before_the_link_to_reply() -> None:
    assert posts(OLD)["5002"].body == "Tea.<p>Green tea.</p>"
    assert posts(STORY)["40000002"].body.endswith("<pre><code>  boil(water)\n</code></pre>")
    assert not any("reply" in post.body for page in (OLD, STORY) for post in thread(page).posts)
    # From 2016 to 2024, texts were in a `span` that does not end before the link.
    for text in ('<span class="commtext c00">One.<p>Two.</span>', '<span class="c00">One.<p>Two.<span> </span></span>'):
        page = changed('<div class="commtext c5a">I disagree.</div>', text)
        assert posts(page)["40000003"].body == "One.<p>Two.</p>"


def test_the_story() -> None:
    story = thread(STORY)
    assert (story.id, story.title, story.author) == ("40000001", "Kettles & Pots", Author("hackernews", "gina"))
    assert story.url == "https://news.ycombinator.com/item?id=40000001"
    assert 'href="https://example.org/kettles?a=1&amp;b=2"' in story.body
    assert thread(OLD).body == "I can't decide.<p>Can you?</p>"
    assert (
        thread(PAGES["poll"].decode()).body == "<ul><li>Kettle (12 points)</li><li>Pot &amp; pan (3 points)</li></ul>"
    )


@pytest.mark.parametrize("gone", [' id="40000001"', ' id="score_40000001"', 'value="40000001"'])
def test_the_number_of_the_story_is_in_several_places(gone: str) -> None:
    assert thread(changed(gone, "")).id == "40000001"


def test_a_story_about_another_thread_links_to_it_and_one_with_a_text_not_to_itself() -> None:
    other = "https://news.ycombinator.com/item?id=1"
    assert other in thread(changed("https://example.org/kettles?a=1&amp;b=2", other)).body
    # Programs that save pages make addresses whole.
    own = "https://news.ycombinator.com/item?id=40000001"
    assert thread(changed("https://example.org/kettles?a=1&amp;b=2", own)).body == ""


def test_a_dead_story_has_a_title_without_a_link() -> None:
    page = re.sub(r'<span class="titleline">.*?</span></span>', "[flagged] Kettles &amp; Pots", STORY, flags=re.DOTALL)
    assert (thread(page).title, thread(page).body) == ("Kettles & Pots", "")


def test_a_job_has_no_author_and_no_points() -> None:
    page = re.sub(r'<span class="score" id="score_40000001">.*?</a> (?=<span class="age")', "", STORY)
    assert thread(page).author is None
    assert thread(page).id == "40000001"


def test_nothing_of_the_one_who_saved_the_page_is_read() -> None:
    for private in ("zoe", "secret", "unsent draft"):
        assert private in STORY
        assert private not in repr(thread(STORY))


def test_one_of_several_pages_is_a_part() -> None:
    assert saved(PAGES["first-of-two-pages"].decode()).partial
    assert not saved(STORY).partial
    second = STORY.replace("goto=item%3Fid%3D40000001", "goto=item%3Fid%3D40000001%26p%3D2")
    assert saved(second).partial
    # A link to another thread's second page says nothing.
    assert not saved(changed("I disagree.", '<a href="item?id=123&amp;p=2">see</a>')).partial


def test_the_page_of_a_comment_is_a_part_of_its_thread() -> None:
    part = saved(ANSWER)
    assert (part.partial, part.refs, part.thread.id) == (True, ("40000002",), "40000001")
    assert part.thread.title == "Kettles & Pots and Everything Else That Boils"
    assert [(post.id, post.stated) for post in part.thread.posts] == [
        ("40000003", "40000002"), ("40000009", "40000003"), ("40000010", "40000009"),
    ]  # fmt: skip


def test_the_page_of_a_comment_at_the_top_answers_nothing() -> None:
    page = changed('<a href="item?id=40000002">parent</a>', '<a href="item?id=40000001">parent</a>', ANSWER)
    assert thread(page).posts[0].stated == ""


def test_the_page_of_a_comment_that_does_not_name_its_thread() -> None:
    part = saved(re.sub(r'<span class="onstory">.*?</span>', "", ANSWER))
    assert (part.partial, part.refs, part.thread.id) == (True, ("40000002",), "")


def test_lists_and_other_pages_say_what_to_save_instead() -> None:
    lists = error(PAGES["list-of-stories"].decode())
    comments = re.sub(r"<table class=\"fatitem\".*?</table>", "", STORY, flags=re.DOTALL)
    for number in (40000002, 40000003):
        onstory = rf'\1<span class="onstory"> | on: <a href="item?id={number - 5}">T</a>'
        comments = re.sub(
            rf'(item\?id={number}".*?)<span class="onstory">', onstory, comments, count=1, flags=re.DOTALL
        )
    assert "several threads" in lists
    assert "several threads" in error(comments)
    for other in ("<title>Login | Hacker News</title><form action=login>", "<title>Hacker News</title>Sorry, not able"):
        assert "has no thread" in error(other)
    assert "save that page" in lists


@settings(max_examples=150)
@given(damaged(list(PAGES.values())))
def test_damaged_pages_give_a_thread_or_an_error(raw: bytes) -> None:
    reading = hackernews_html.read(raw, "page.html")
    assert bool(reading.threads) != reading.failed
    reading = read_save(raw, "page.html")
    assert not any("mistake in the reader" in problem.hint for problem in reading.problems)


LONG = 20_000
ROW = (
    '<tr class="athing comtr" id="{}"><td><table><tr><td indent="{}"><td class="default"><span class="comhead"></span>'
)


@pytest.mark.parametrize(
    "middle",
    [
        "".join(f'{ROW.format(n, 0)}<div class="comment">x</div></table></tr>' for n in range(1, LONG // 4)),
        "".join(f'{ROW.format(n, n)}<div class="comment">x</div></table></tr>' for n in range(1, LONG // 4)),
        "".join(f'{ROW.format(n, 0)}<div class="comment">x' for n in range(1, LONG)),
        '<td class="default">' * LONG,
        '<div class="comment">' * LONG,
        '<table><tr><td class="default"><span class="comhead"><div class="comment">' * LONG,
        '<div class="reply">' * LONG,
        "<p><font size=1>" * LONG,
        "on Apr 8, " * LONG,
        "[dead] " * LONG,
    ],
)  # fmt: skip
def test_time_is_linear(middle: str) -> None:
    page = changed("I disagree.", middle)
    begun = time.process_time()
    assert hackernews_html.sniff(page.encode())
    hackernews_html.read(page.encode(), "page.html")
    assert time.process_time() - begun < 6


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")
def test_real_pages() -> None:
    counts = {}
    for path in sorted(SAMPLES.glob("*.html")):
        before, *cells = re.split(r'<td class="default">', path.read_text(encoding="utf-8"))
        expected: list[tuple[str, str | None]] = []
        above: dict[int, str] = {}
        for cell in cells:
            depth = int(re.findall(r's\.gif" height="1" width="(\d+)"', before)[-1]) // 40
            own = re.search(r"item\?id=(\d+)", cell)
            assert own
            expected.append((own[1], above.get(depth - 1, "")))
            above[depth] = own[1]
            before = cell
        read = thread(path.read_text(encoding="utf-8"))
        assert [(post.id, post.stated) for post in read.posts] == expected
        assert not any(post.missing for post in read.posts)
        assert all(post.author.name and post.posted_raw and not post.posted for post in read.posts)
        counts[path.name] = len(read.posts)
    assert counts == {"2015-a.html": 121, "2015-b.html": 69}
