"""What an author's front page sums up: years, scores, labels, whom they answer and who answers them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from generator.config import Config
from generator.model import REMOVED, TOP, Author, Post, Reply, Thread
from generator.pages.author import (
    LEAST,
    SHOWN,
    AuthorContext,
    AuthorTotals,
    ThreadName,
    author_outlines,
    author_totals,
)
from generator.site.authors import sum_up
from generator.site.contributions import PIECE, author_rows, contribution_in
from tests.history import Site
from tests.sample_pages import Outline
from tests.small import Said, news, note, output_of

ANN, BOB, CY = Author("slashdot", "Ann", "7"), Author("slashdot", "Bob", "8"), Author("slashdot", "Cy")
GONE = Author("slashdot", REMOVED)
Said_ = tuple[Author, int | None]
"""Who wrote a post, and the number of the post it answers."""


def rows(posts: Iterable[Said_], order: str = "1", year: int = 2001) -> dict[str, bytes]:
    """What each author wrote in a thread."""
    found = tuple(posts)
    made = tuple(Post(str(n), "", who, n % 7 - 1, ("Funny", None)[n % 2], "text") for n, (who, _) in enumerate(found))
    replies = tuple(TOP if parent is None else Reply(str(parent), "stated") for _, parent in found)
    thread = Thread("slashdot", order, "Title", "Story", made, posted=f"{year}-01-01", replies=replies)
    return dict(author_rows(thread, thread.tree(), order, 1000))


def totals(who: Author, *threads: dict[str, bytes]) -> AuthorTotals:
    mine = [thread[who.key] for thread in threads if who.key in thread]
    return author_totals(sum_up(who.key, mine), list(map(contribution_in, mine)), AuthorContext({}, {}, Config()))


def named(company: Iterable[tuple[object, int]]) -> list[tuple[str, int]]:
    return [(ref.name, times) for ref, times in company]  # type: ignore[attr-defined]


def test_who_answers_whom_is_told_on_both_sides() -> None:
    thread = rows([(ANN, None), (BOB, 0), (ANN, 1), (BOB, 2), (CY, 0)])
    assert named(totals(ANN, thread).answers) == [("Bob", 1)]
    assert named(totals(ANN, thread).answered) == [("Bob", 2), ("Cy", 1)]
    assert named(totals(BOB, thread).answers) == [("Ann", 2)]
    assert named(totals(BOB, thread).answered) == [("Ann", 1)]
    assert totals(CY, thread).answers[0][0].url == "authors/slashdot/ann-7.html"


def test_nobody_answers_themselves_or_what_was_removed() -> None:
    thread = rows([(ANN, None), (ANN, 0), (GONE, 0), (BOB, 2)])
    for who in (ANN, BOB):
        assert (totals(who, thread).answers, totals(who, thread).answered) == ((), ())


def test_a_person_is_named_once_as_they_were_called_last() -> None:
    early, late = rows([(ANN, None), (BOB, 0)], "1"), rows([(ANN, None), (Author("slashdot", "Robert", "8"), 0)], "2")
    assert named(totals(ANN, early, late).answered) == [("Robert", 2)]


def test_of_many_the_most_frequent_are_named_and_the_others_counted() -> None:
    others = [Author("slashdot", f"P{n}", str(100 + n)) for n in range(SHOWN + 5)]
    thread = rows([(ANN, None), *((who, 0) for who in others), (others[-1], 0)])
    found = totals(ANN, thread)
    assert (len(found.answered), found.more_answered) == (SHOWN, 5)
    assert named(found.answered)[0] == (f"P{SHOWN + 4}", 2)


def test_years_scores_and_labels_take_some_posts() -> None:
    few, many = rows([(ANN, None)] * (LEAST - 1)), rows([(ANN, None)] * (LEAST - 1), "2", 2003)
    assert not totals(ANN, few).scores
    found = totals(ANN, few, many)
    assert "2001: 4, 2003: 4" in found.years
    assert "-1: 2, 0: 2, 1: 2, 2: 2" in found.scores
    assert found.labels == (("Funny", 4),)
    assert not totals(ANN, few, few).years  # all of one year


@given(
    st.lists(st.tuples(st.integers(0, 3 * PIECE), st.booleans()), min_size=1, max_size=4).filter(
        lambda threads: all(posts or story for posts, story in threads)
    ),
    st.integers(1, 2 * PIECE),
)
def test_pages_show_each_post_and_story_once_however_many_are_in_a_thread(
    threads: list[tuple[int, bool]], size: int
) -> None:
    written = []
    for number, (count, story) in enumerate(threads):
        posts = tuple(Post(f"{number}-{n}", "", ANN, None, None, "text") for n in range(count))
        thread = Thread("slashdot", str(number), "T", "Story", posts, author=ANN if story else None)
        thread = msgspec.structs.replace(thread, replies=(TOP,) * count)
        written += [(str(number), value) for _, value in author_rows(thread, thread.tree(), "1", 50)]
    names = {order: ThreadName("T", f"threads/slashdot/{order}.html", None, b"") for order, _ in written}
    context = AuthorContext(names, {}, Config(list_posts_per_page=size))
    pages = [
        each.view() for each in author_outlines(sum_up(ANN.key, [value for _, value in written]), written, context)
    ]
    shown = [each for page in reversed(pages) for each in reversed(page.threads)]
    ids = [post.id for each in shown for post in each.posts]
    assert ids == [f"{number}-{n}" for number, (count, _) in enumerate(threads) for n in range(count)]
    assert [each.url for each in shown if each.story] == [
        f"threads/slashdot/{number}.html" for number, (_, story) in enumerate(threads) if story
    ]
    assert all(post.page in each.pages for each in shown for post in each.posts)


people = st.sampled_from([ANN, BOB, CY, GONE, Author("slashdot", "cy"), Author("slashdot", "Annie", "7")])
threads = st.integers(1, 25).flatmap(
    lambda count: st.tuples(
        *(st.tuples(people, st.none() | st.integers(0, n - 1) if n else st.none()) for n in range(count))
    )
)


@given(st.lists(threads, max_size=3))
def test_whom_one_answers_and_by_whom_one_is_answered_are_each_others_inverse(found: list[tuple[Said_, ...]]) -> None:
    said: Counter[tuple[str, str]] = Counter()
    heard: Counter[tuple[str, str]] = Counter()
    truth: Counter[tuple[str, str]] = Counter()
    for number, posts in enumerate(found):
        for author, value in rows(posts, str(number)).items():
            row = contribution_in(value)
            said.update((author, other) for other in keys(row.answers))
            heard.update((other, author) for other in keys(row.answered))
        pairs = [(who, posts[parent][0]) for who, parent in posts if parent is not None]
        truth.update((a.key, b.key) for a, b in pairs if a.key != b.key and not a.removed and not b.removed)
    assert said == heard == truth


def keys(lines: str) -> Iterator[str]:
    return iter(lines.split("\n")[:-1:2])


def company(html: str) -> list[str]:
    """Pages that the lists of people lead to."""
    part = html.partition('<dl class="company">')[2].partition("</dl>")[0]
    return [str(attrs["href"]).removeprefix("../../") for attrs in Outline(part).all("a")]


def test_pages_of_those_who_talk_lead_to_each_other(tmp_path: Path) -> None:
    one = news("101", Said("So", "Boo"), Said("Well", "Re:", "Bob", "8"), Said("Alone", "Hm", "Cy", "9"))
    two = news("102", Said("Oh", "Boo", "Bob", "8"), Said("No", "Re:", "bob", "1"), Said("So", "Hm"))
    output = output_of(tmp_path, {"content/1.txt": one, "content/2.txt": two})
    pages = {url: company(html.decode()) for url, html in output.items() if url.startswith("authors/slashdot/")}
    linked = {(url, other) for url, others in pages.items() for other in others}
    assert {other for _, other in linked} <= output.keys()
    assert linked == {(other, url) for url, other in linked}
    assert sorted(linked)[0] == ("authors/slashdot/ann-7.html", "authors/slashdot/bob-8.html")
    assert not company(output["authors/slashdot/cy-9.html"].decode())


def test_a_page_that_names_somebody_follows_them_to_another_address(tmp_path: Path) -> None:
    """Nothing changes in the thread where they talk, but Bob has to give up his address to be told from another."""
    site = Site(tmp_path / "site")
    talk = note("t", ("Ann", "id=1 uid=7", "So"), ("Bob 8", "id=2 parent=1", "Well"), source="slashdot")
    site.put("content/1.md", talk)
    site.build()
    site.put("content/2.txt", news("102", Said("Hello", "Boo", "Bob", "8")))
    report = site.build()
    assert "authors/slashdot/ann-7.html" in dict(report.rendered)
    site.check(report)
