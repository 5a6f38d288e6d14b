"""Link: order, names, slugs, tags and months over all threads of a site."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from generator.config import Config, zone
from generator.model import TOP, Author, Post, Thread
from generator.site.authors import Authors, AuthorSum, sum_up
from generator.site.facts import Facts, author_rows, facts_of, order_key
from generator.site.links import FEW, Links, link, slug_of, wrote
from generator.site.rows import Row
from generator.threads.read import Group, Loaded
from tests.small import DEFAULTS


class Scanned(NamedTuple):
    """A thread as scan reduces it."""

    facts: Facts
    rows: tuple[Row, ...]


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
    order = order_key(thread, zone(site))
    tree = thread.tree()
    rows = tuple(author_rows(thread, tree, order, 1000))
    marks = dict.fromkeys((row.author for row in rows), b"")
    return Scanned(facts_of(Loaded(thread, (), tree), Group(source, number, ()), order, marks), rows)


def linked(*threads: Scanned, config: Config = DEFAULTS) -> Links:
    rows = sorted((row for thread in threads for row in thread.rows), key=lambda row: (row.author, row.thread))
    sums = [sum_up(list(run)) for _, run in itertools.groupby(rows, key=lambda row: row.author)]
    return link((thread.facts for thread in threads), Authors(fresh=sums), config)


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


def test_slugs_that_do_not_follow_from_the_name_are_told_apart() -> None:
    """What each thread says of an author gives the slug, or the slug is among the odd ones."""
    links = linked(
        scanned("1", "2025-01-01", OLD_ANN, BOB, Author("slashdot", "C++")),
        scanned("2", "2025-02-01", ANN, Author("slashdot", "C#"), Author("slashdot", "_x"), Author("slashdot", "bob")),
    )
    odd = [thread.odd or {} for thread in links.threads]
    people = (
        (OLD_ANN, BOB, Author("slashdot", "C++")),
        (ANN, *(Author("slashdot", name) for name in ("C#", "_x", "bob"))),
    )
    for mine, known in zip(people, odd, strict=True):
        assert [slug_of(who, known) for who in mine] == [slugs(links)[who.key] for who in mine]
    assert [set(known) for known in odd] == [{"slashdot/7", "slashdot/@c++"}, {"slashdot/7", "slashdot/@c#"}]


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


@given(st.sets(st.sampled_from(["ann", "anna", "bo", "é"])), st.sets(st.sampled_from(["ann", "anna", "bo", "é", "nn"])))
def test_who_wrote_in_a_thread_is_found_in_what_is_packed(there: set[str], sought: set[str]) -> None:
    thread = scanned("1", None, *(Author("slashdot", name, name) for name in sorted(there)))
    assert wrote({f"slashdot/{name}" for name in sought}, thread.facts) == bool(there & sought)
    many = {f"slashdot/{name}" for name in sought} | {str(number) for number in range(FEW)}
    assert wrote(many, thread.facts) == bool(there & sought)
