"""Authors over a whole site: their sums, order and slugs, and that what is kept of them changes nothing."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import urls
from generator.site import Gathered
from generator.site.authors import AuthorSum, rank, sum_up, ties
from generator.site.contributions import Contribution


def author(key: str, wanted: str, posts: int = 1, names: tuple[str, ...] = ()) -> AuthorSum:
    return AuthorSum(f"s/{key}", "s", key, wanted, names, wanted, posts, 0, 1, None, None, None, 0, b"")


def slugs(authors: list[AuthorSum]) -> dict[str, str]:
    return {author.uid or "": author.slug for author in authors}


def test_most_posts_come_first_and_names_decide_between_equals() -> None:
    found, _ = rank(Gathered(fresh=[author("1", "bob"), author("2", "ann"), author("3", "cy", 5)]))
    assert [author.slug for author in found] == ["cy", "ann", "bob"]


def test_of_equals_those_who_came_first_stand_first() -> None:
    new, old, most = (
        msgspec.structs.replace(author(name, name, posts), since=since)
        for name, posts, since in (("ann", 1, 9), ("bob", 1, 3), ("cy", 2, 9))
    )
    ranked, _ = rank(Gathered(fresh=[new, old, most]))
    assert [one.wanted for one in ranked] == ["cy", "bob", "ann"]
    assert list(ties(ranked)) == [1, 2]
    assert not list(ties([]))


def test_authors_whom_nothing_touched_keep_what_they_have() -> None:
    before, _ = rank(Gathered(fresh=[author("1", "bob"), author("2", "ann")]))
    found, moved = rank(Gathered(kept=before, fresh=[author("3", "cy", 5)]))
    assert not moved
    assert found[1:] == before
    assert found[1] is before[0]


def test_an_author_who_wants_what_another_has_takes_it_from_both() -> None:
    before, _ = rank(Gathered(fresh=[author("1", "bob")]))
    ranked, moved = rank(Gathered(kept=before, fresh=[author("2", "bob")]))
    found = slugs(ranked)
    assert moved == {"s/1"}
    assert set(found) == {"1", "2"}
    assert all(slug.startswith("bob-") for slug in found.values())


def test_who_is_left_alone_with_a_name_has_it_for_himself_again() -> None:
    both, _ = rank(Gathered(fresh=[author("1", "bob"), author("2", "bob")]))
    stays, goes = sorted(both, key=lambda one: one.key)
    assert slugs(rank(Gathered(kept=[stays], last=[goes]))[0]) == {"1": "bob"}


def test_a_name_that_is_another_ones_digest_is_settled() -> None:
    wanted = urls.lone_slug("s/1", "con")
    before, _ = rank(Gathered(fresh=[author("1", "con")]))
    assert slugs(before) == {"1": wanted}
    assert len(set(slugs(rank(Gathered(kept=before, fresh=[author("2", wanted)]))[0]).values())) == 2


def test_names_are_summed_up_in_the_order_they_were_used() -> None:
    written = [
        Contribution(number, 2000 + number, 1, name, (), 1, 0, (number,), (), "", "", "")
        for number, name in enumerate(["Ann", "Annie", "Ann"])
    ]
    found = sum_up("s/1", list(map(msgspec.msgpack.encode, written)))
    assert (found.name, found.names, found.wanted) == ("Ann", ("Annie",), "ann-1")
    assert (found.posts, found.threads, found.median, found.first, found.last) == (3, 3, 1.0, 2000, 2002)


people = st.dictionaries(
    st.sampled_from("12345678"),
    st.tuples(
        st.sampled_from(["ann", "bob", "", "con", urls.lone_slug("s/1", "con"), urls.lone_slug("s/2", "ann")]),
        st.integers(0, 3),
        st.sampled_from([(), ("old",)]),
    ),
)


@settings(max_examples=300)
@given(st.lists(people, min_size=1, max_size=4), st.sets(st.sampled_from("12345678")))
def test_what_was_kept_changes_nothing(
    builds: list[dict[str, tuple[str, int, tuple[str, ...]]]], more: set[str]
) -> None:
    """Whatever the builds before, and whoever else is touched without need: the same comes out as from nothing."""
    ranked: list[AuthorSum] = []
    for build in builds:
        now = {f"s/{key}": author(key, *fields) for key, fields in build.items()}
        before = {author.key: author for author in ranked}
        bare = {key: msgspec.structs.replace(author, slug="", exceptional=False) for key, author in before.items()}
        same = {key for key in now if bare.get(key) == now[key] and key[2:] not in more}
        last = {author.key: author.slug for author in ranked}
        ranked, moved = rank(
            Gathered(
                kept=[author for author in ranked if author.key in same],
                fresh=[author for key, author in now.items() if key not in same],
                last=[author for author in ranked if author.key not in same],
            )
        )
        assert ranked == rank(Gathered(fresh=list(now.values())))[0]
        assert moved == {author.key for author in ranked if last.get(author.key, author.slug) != author.slug}


def test_the_mark_of_an_author_tells_what_lists_show() -> None:
    """But for the address, which is settled later."""
    old = Contribution(5, 2005, 1, "Ann", (), 3, 0, (1, 2), (b"posts",), "", "", "")
    same = msgspec.structs.replace(old, scores=(5,), data=(b"others",), labels="Funny")
    more = msgspec.structs.replace(old, posts=4)
    named = msgspec.structs.replace(old, name="Annie")
    marks = [sum_up("s/1", [msgspec.msgpack.encode(each)]).listed for each in (old, same, more, named)]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 3
