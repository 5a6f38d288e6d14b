"""Numbers over the whole site: they add up, and the best are the best."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model import REMOVED, TOP, Author, Post, Reply, Thread
from generator.pages.figures import BEST, FROM, discussed, figures, praised, stats
from generator.pages.views import Share, Stats
from generator.site.authors import Authors, sum_up
from generator.site.facts import BEST as KEPT
from generator.site.facts import GOOD, Facts, author_rows, facts_of, order_key
from generator.site.links import Links, link
from generator.site.rows import Row
from generator.threads.read import Group, Loaded
from tests.history import SHORT, Site
from tests.small import DEFAULTS, Said, news

ANN, BOB = Author("notes", "Ann", "7"), Author("notes", "Bob", "8")
GONE = Author("notes", REMOVED)
HEAD = {"url": "stats.html", "root": ""}


def linked(threads: Iterable[Thread]) -> Links:
    """Scan and link threads."""
    facts: list[Facts] = []
    rows: list[Row] = []
    for thread in threads:
        order, tree = order_key(thread, datetime.UTC), thread.tree()
        mine = tuple(author_rows(thread, tree, order, 1000))
        rows += mine
        marks = {row.author: b"" for row in mine}
        facts.append(facts_of(Loaded(thread, (), tree), Group(thread.source, thread.id, ()), order, marks))
    rows.sort(key=lambda row: (row.author, row.thread))
    sums = [sum_up(list(run)) for _, run in itertools.groupby(rows, key=lambda row: row.author)]
    return link(facts, Authors(fresh=sums), DEFAULTS)


def thread(number: int, posts: Iterable[Post], posted: str | None = None, answering: int | None = None) -> Thread:
    """A thread in which all posts but that one answer the post at `answering`, if there is one."""
    found = tuple(posts)
    replies = tuple(
        TOP if answering is None or index == answering else Reply(found[answering].id, "stated")
        for index in range(len(found))
    )
    return Thread("notes", f"t{number:03}", f"Thread {number}", "Story", found, posted=posted, replies=replies)


def post(number: int, score: int | None = None, label: str | None = None, who: Author = ANN) -> Post:
    return Post(f"p{number}", "", who, score, label, "text")


def counts(rows: Iterable[Share]) -> dict[str, int]:
    return {row.name: row.count for row in rows}


def view(*threads: Thread) -> Stats:
    return stats(figures(linked(threads)), HEAD)


def test_posts_are_counted_by_month_score_label_and_author_and_threads_by_size() -> None:
    one = thread(1, [post(1, 5, "Funny"), post(2, -1, "Troll", BOB), post(3, 5, "Funny")], "2024-11-02")
    two = thread(2, [post(1, 2)], "2025-02-01")
    found = view(one, two, thread(3, []), thread(4, [post(n) for n in range(12)]))
    assert counts(found.months) == {"February 2025": 1, "November 2024": 3}
    assert "November 2024: 3, February 2025: 1" in found.timeline
    assert 'viewBox="0 0 4 ' in found.timeline  # December and January have a place, too
    assert (found.first, found.last, found.undated) == ("November 2024", "February 2025", 12)
    assert counts(found.scores) == {"-1": 1, "0": 0, "1": 0, "2": 1, "3": 0, "4": 0, "5": 2}
    assert list(counts(found.labels).items()) == [("Funny", 2), ("Troll", 1)]
    assert counts(found.sizes) == {"no posts": 1, "1–9": 2, "10–24": 1}
    assert counts(found.active) == {"Ann": 15, "Bob": 1}
    assert found.active[0].url == "authors/notes/ann-7.html"


def test_scores_beyond_the_scale_are_counted_with_the_nearest() -> None:
    assert counts(view(thread(1, [post(1, 120), post(2, -9)])).scores)["5 or more"] == 1


def test_without_scores_there_is_no_table_of_them() -> None:
    assert view(thread(1, [post(1)])).scores == ()


posts = st.lists(
    st.builds(
        post,
        st.integers(0, 99),
        st.none() | st.integers(-3, 8),
        st.sampled_from([None, "Funny", "Troll"]),
        st.sampled_from([ANN, BOB, GONE]),
    ),
    max_size=8,
    unique_by=lambda post: post.id,
)
threads = st.lists(st.tuples(posts, st.sampled_from([None, "2024-11-02", "2025-02-01T10:00:00"])), max_size=14)


@settings(max_examples=50)
@given(threads)
def test_sums_are_totals(found: list[tuple[list[Post], str | None]]) -> None:
    made = [thread(number, said, posted, 0 if said else None) for number, (said, posted) in enumerate(found)]
    shown = view(*made)
    said = [each for posts, _ in found for each in posts]
    assert shown.posts == len(said)
    assert sum(counts(shown.months).values()) + shown.undated == len(said)
    assert sum(counts(shown.scores).values()) == sum(each.score is not None for each in said)
    assert sum(counts(shown.labels).values()) == sum(each.label is not None for each in said)
    assert sum(counts(shown.sizes).values()) == shown.threads == len(found)
    assert sum(counts(shown.active).values()) == sum(not each.author.removed for each in said)


@settings(max_examples=50)
@given(threads)
def test_the_best_posts_are_those_that_nobody_is_better_than(found: list[tuple[list[Post], str | None]]) -> None:
    made = [thread(number, said, posted, 0 if said else None) for number, (said, posted) in enumerate(found)]
    best = praised(figures(linked(made)), 1000)
    scores = [
        score
        for said, _ in found
        for score in sorted(e.score for e in said if e.score and e.score >= GOOD and not e.author.removed)[-KEPT:]
    ]
    assert [each.score for each in best] == (sorted(scores)[::-1][:BEST] if len(found) >= FROM else [])


def test_of_equal_scores_the_most_answered_come_first() -> None:
    quiet = [thread(number, [post(1, 5), post(2)]) for number in range(FROM)]
    loud = thread(50, [post(0), post(1), post(2, 5, who=BOB), post(3)], "2001-01-01", answering=2)
    best = praised(figures(linked([*quiet, loud])), 2)
    assert (best[0].author.name, best[0].thread.name) == ("Bob", "Thread 50")
    assert best[0].url == "threads/notes/t050.html#cp2"
    assert best[1].thread.name == f"Thread {FROM - 1}"


def test_the_most_discussed_threads_are_named_where_there_are_many() -> None:
    sizes = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
    made = [thread(number, [post(n) for n in range(size)]) for number, size in enumerate(sizes)]
    assert [row.posts for row in discussed(linked(made))] == [9, 6, 5, 5, 4]
    assert discussed(linked(made[1:])) == ()


def test_the_index_follows_what_is_best_whichever_thread_changes(tmp_path: Path) -> None:
    site = Site(tmp_path / "site", bare=True)
    site.put("threadpress.toml", SHORT)
    for number in range(FROM):
        day = f"Friday January {number + 1}, 2021 @01:00AM"
        site.put(f"content/{number}.txt", news(str(101 + number), Said("So", "Boo", score="5"), when=day))
    site.build()
    old = news("101", Said("So", "Boo", score="5"), Said("Oh"), Said("No"), when="Friday January 1, 2021 @01:00AM")
    site.put("content/0.txt", old)
    report = site.build()
    assert {"index.html", "stats.html"} <= dict(report.rendered).keys()
    html = (site.folder / "output/index.html").read_text("utf-8")
    assert html.index("Most discussed") < html.index("threads/slashdot/101.html") < html.index("Highest scored")
    site.check(report)
