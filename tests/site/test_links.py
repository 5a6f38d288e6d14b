"""Link: order, names, slugs, tags and months over all threads of a site."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.config import Config
from generator.model import TOP, Author, Post, Thread
from generator.site import AuthorSum, Facts, Links, mark_of_bytes, row_keys, slug_of
from generator.site.contributions import NAME
from generator.site.links import FEW
from tests.linked import Scanned, linked, scan
from tests.small import DEFAULTS


def scanned(
    number: str,
    posted: str | None = None,
    *authors: Author,
    source: str = "slashdot",
    site: Config = DEFAULTS,
    **fields: Any,
) -> Scanned:
    """A thread in which these authors wrote a post each."""
    posts = tuple(Post(f"p{place}", "", author, place, None, "") for place, author in enumerate(authors))
    fields = {"source": source, "id": number, "title": number, "posted": posted, "body": ""} | fields
    thread = Thread(**fields, posts=posts, replies=(TOP,) * len(posts))
    return scan(thread, site)


def slugs(links: Links) -> dict[str, str]:
    return {author.key: author.slug for author in links.authors}


def authors(links: Links) -> dict[str, AuthorSum]:
    return {author.key: author for author in links.authors}


def ids(threads: Iterable[Facts]) -> list[str]:
    return [facts.id for facts in threads]


ANN, OLD_ANN = Author("slashdot", "Ann B.", "7"), Author("slashdot", "Annie", "7")
BOB = Author("slashdot", "Bob", "8")


def test_threads_stand_by_date_undated_ones_first_then_by_id_as_a_number() -> None:
    threads = [scanned("9", "2025-01-02"), scanned("3"), scanned("20"), scanned("10", "2025-01-01T10:00:00")]
    assert ids(linked(*threads).threads) == ["3", "20", "10", "9"]


def test_the_zone_of_the_site_orders_times_without_one() -> None:
    for site, expected in ((DEFAULTS, ["1", "2"]), (Config(timezone="America/New_York"), ["2", "1"])):
        threads = [scanned("1", "2025-01-01T12:00:00", site=site), scanned("2", "2025-01-01T13:00:00Z", site=site)]
        assert ids(linked(*threads).threads) == expected


@given(st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_threads_come_in(luck: random.Random) -> None:
    threads = [
        scanned(str(number), day, ANN, BOB, source=source)
        for number in range(4)
        for day in (None, "2025-01-01")
        for source in ("a", "b")
    ]
    threads = list({found.facts.key: found for found in threads}.values())
    assert linked(*luck.sample(threads, len(threads))) == linked(*threads)


def test_an_author_is_named_as_in_the_newest_thread_with_the_slug_of_the_oldest() -> None:
    links = linked(scanned("2", "2025-02-01", ANN), scanned("1", "2025-01-01", OLD_ANN, OLD_ANN, BOB))
    ann = authors(links)["slashdot/7"]
    assert (ann.name, ann.names, ann.slug) == ("Ann B.", ("Annie",), "annie-7")
    assert (ann.posts, ann.threads) == (3, 2)
    assert (ann.first, ann.last, ann.median) == (2025, 2025, 0)
    assert list(authors(links)) == ["slashdot/7", "slashdot/8"]


def test_a_slug_outlives_a_new_name() -> None:
    before = linked(scanned("1", "2025-01-01", OLD_ANN))
    after = linked(scanned("1", "2025-01-01", OLD_ANN), scanned("2", "2025-02-01", ANN))
    assert slugs(before) == slugs(after) == {"slashdot/7": "annie-7"}


def test_threads_know_the_slugs_that_do_not_follow_from_names_in_them() -> None:
    links = linked(
        scanned("1", "2025-01-01", OLD_ANN, BOB, Author("slashdot", "C++")),
        scanned("2", "2025-02-01", ANN, Author("slashdot", "C#"), Author("slashdot", "_x"), Author("slashdot", "bob")),
    )
    assert [set(exceptions) for exceptions in links.exceptions] == [{"slashdot/@c++"}, {"slashdot/7", "slashdot/@c#"}]


names = st.sampled_from(
    [Author("s", name, uid) for name in ("Ann", "ann", "C++", "C#", "_x", "é") for uid in (None, "7")]
)


@given(st.lists(st.lists(names, max_size=5), max_size=4), st.sampled_from([0, FEW]))
def test_slugs_follow_from_names_or_are_exceptions(threads: list[list[Author]], few: int) -> None:
    """And no exception says what follows, unless the thread has several names of an author."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.site.links.FEW", few)
        links = linked(*(scanned(str(number), None, *authors, source="s") for number, authors in enumerate(threads)))
    settled = slugs(links)
    for authors, exceptions in zip(threads, links.exceptions, strict=True):
        assert [slug_of(author, exceptions) for author in authors] == [settled[author.key] for author in authors]
        for key in exceptions:
            called = {author for author in authors if author.key == key}
            assert len(called) > 1 or slug_of(called.pop(), {}) != settled[key]


def test_authors_whose_slugs_would_meet_are_told_apart_by_their_keys() -> None:
    plus, sharp = Author("notes", "C++"), Author("notes", "C#")
    links = linked(scanned("1", None, plus, sharp, source="notes"))
    found = set(slugs(links).values())
    assert len(found) == 2
    assert all(slug.startswith("c-") for slug in found)


def test_one_name_in_two_sources_is_two_authors() -> None:
    links = linked(
        scanned("1", None, Author("a", "Ann"), source="a"), scanned("1", None, Author("b", "Ann"), source="b")
    )
    assert slugs(links) == {"a/@ann": "ann", "b/@ann": "ann"}


def test_threads_are_tagged_by_their_saves_and_by_whole_words_of_title_and_department() -> None:
    config = Config(tags={"law": ("court", "fair use"), "none": ()})
    links = linked(
        scanned("1", title="A Court decides", tags=("own",)),
        scanned("2", title="Courtship"),
        scanned("3", title="x", department="fair use"),
        config=config,
    )
    assert links.tagged == (("law", "own"), (), ("law",))
    assert dict(links.tags) == {"law": (0, 2), "own": (0,)}


def test_words_of_tags_are_no_patterns() -> None:
    links = linked(
        scanned("1", title="We wrote C++ here"), scanned("2", title="C and more"), config=Config(tags={"c": ("C++",)})
    )
    assert dict(links.tags) == {"c": (0,)}


def test_months_hold_their_threads_from_the_oldest() -> None:
    links = linked(scanned("1", "2025-02-28"), scanned("2", "2025-02-01"), scanned("3", "2024-12-31"), scanned("4"))
    assert {when: ids([links.threads[number] for number in found]) for when, found in links.months.items()} == {
        (2024, 12): ["3"], (2025, 2): ["2", "1"],
    }  # fmt: skip
    assert list(links.months) == [(2024, 12), (2025, 2)]


def test_no_threads_are_a_site_too() -> None:
    assert linked().authors == []


def test_rows_are_known_by_their_marks() -> None:
    thread = scanned("1", None, ANN, BOB)
    assert row_keys(thread.facts, NAME) == ["slashdot/7", "slashdot/8"]
    assert thread.facts.row_marks[NAME].by_key() == {key: mark_of_bytes(value) for key, value in thread.rows.items()}
    assert scanned("1").facts.row_marks[NAME].by_key() == {}
    assert row_keys(thread.facts, "others") == []


def test_the_mark_of_a_thread_tells_what_lists_show() -> None:
    plain = scanned("1", "2025-01-01", ANN).facts
    for same in (scanned("1", "2025-01-01", ANN, tags=("t",)), scanned("1", "2025-01-01", OLD_ANN, body="other")):
        assert same.facts.listed == plain.listed
    for other in (
        scanned("1", "2025-01-01", ANN, BOB),
        scanned("1", "2025-01-02", ANN),
        scanned("1", "2025-01-01", ANN, title="x"),
        scanned("1", "2025-01-01", ANN, author=BOB),
        scanned("1", "2025-01-01", ANN, department="x"),
    ):
        assert other.facts.listed != plain.listed
