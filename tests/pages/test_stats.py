"""Numbers over the whole site: they add up."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model import REMOVED, TOP, Author, Post, Reply, Thread
from generator.pages import stats
from generator.pages.stats import Share, Stats
from tests.linked import linked, scan
from tests.small import DEFAULTS

ANN, BOB = Author("notes", "Ann", "7"), Author("notes", "Bob", "8")
GONE = Author("notes", REMOVED)


def thread(
    number: int,
    posts: Iterable[Post],
    posted: str | None = None,
    answering: int | None = None,
    source: str = "notes",
) -> Thread:
    """A thread in which all posts but that one answer the post at `answering`, if there is one."""
    found = tuple(posts)
    replies = tuple(
        TOP if answering is None or index == answering else Reply(found[answering].id, "stated")
        for index in range(len(found))
    )
    return Thread(source, f"t{number:03}", f"Thread {number}", "Story", found, posted=posted, replies=replies)


def post(number: int, score: int | None = None, label: str | None = None, who: Author = ANN) -> Post:
    return Post(f"p{number}", "", who, score, label, "text")


def counts(rows: Iterable[Share]) -> dict[str, int]:
    return {row.name: row.count for row in rows}


def view(*threads: Thread) -> Stats:
    links = linked(*map(scan, threads))
    (page,) = stats.pages(links, DEFAULTS)
    return stats.view(page, links, DEFAULTS)


def test_posts_are_counted_by_month_score_label_and_author_and_threads_by_size() -> None:
    one = thread(1, [post(1, 5, "Funny"), post(2, -1, "Troll", BOB), post(3, 5, "Funny")], "2024-11-02")
    two = thread(2, [post(1, 2)], "2025-02-01")
    found = view(one, two, thread(3, []), thread(4, [post(n) for n in range(12)]))
    assert counts(found.months) == {"February 2025": 1, "November 2024": 3}
    assert "November 2024: 3, February 2025: 1" in found.timeline
    assert 'viewBox="0 0 4 ' in found.timeline  # December and January have a place, too
    assert (found.first, found.last, found.undated) == ("November 2024", "February 2025", 12)
    assert counts(found.scores[0].rows) == {"-1": 1, "0": 0, "1": 0, "2": 1, "3": 0, "4": 0, "5": 2}
    assert list(counts(found.labels[0].rows).items()) == [("Funny", 2), ("Troll", 1)]
    assert counts(found.sizes) == {"no posts": 1, "1–9": 2, "10–24": 1}
    assert counts(found.active) == {"Ann": 15, "Bob": 1}
    assert found.active[0].url == "authors/notes/ann-7.html"


def test_scores_beyond_the_scale_are_counted_with_the_nearest() -> None:
    (table,) = view(thread(1, [post(1, 120), post(2, -9)], source="slashdot")).scores
    assert (counts(table.rows)["5 or more"], counts(table.rows)["-1"]) == (1, 1)


def test_where_scores_have_no_limits_they_are_counted_by_powers_of_ten() -> None:
    said = [post(number, score) for number, score in enumerate((4812, 340, 120, 12, 9, 2, 1, -57))]
    (table,) = view(thread(1, said), thread(2, [post(1, 3)])).scores
    assert counts(table.rows) == {
        "-10 or less": 1, "-9 to -1": 0, "0": 0, "1": 1, "2–9": 3, "10–99": 1, "100–999": 2, "1,000–9,999": 1
    }  # fmt: skip


def test_scores_and_labels_of_several_sources_have_tables_of_their_own() -> None:
    mail = thread(3, [post(1)], source="a-list")
    found = view(thread(1, [post(1, 5, "Funny")], source="slashdot"), thread(2, [post(1, 900)]), mail)
    assert [(table.source, counts(table.rows)) for table in found.scores] == [
        ("notes", {"100–999": 1}),
        ("slashdot", {"-1": 0, "0": 0, "1": 0, "2": 0, "3": 0, "4": 0, "5": 1}),
    ]
    assert [(table.source, counts(table.rows)) for table in found.labels] == [("", {"Funny": 1})]
    assert counts(found.sources) == {"a-list": 1, "notes": 1, "slashdot": 1}
    assert found.active[0].name == "Ann (notes)"


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
    scores, labels = ([row.count for table in tables for row in table.rows] for tables in (shown.scores, shown.labels))
    assert sum(scores) == sum(each.score is not None for each in said)
    assert sum(labels) == sum(each.label is not None for each in said)
    assert sum(counts(shown.sizes).values()) == shown.threads == len(found)
    assert sum(counts(shown.active).values()) == sum(not each.author.removed for each in said)
