"""Replies: each rule on a thread small enough to read, what holds for any thread, and trees whose truth is known."""

from __future__ import annotations

import importlib.util
import json
import random
from collections import defaultdict
from math import sqrt
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.model import INFERRED, REMOVED, TOP, Author, Post, Reply, Thread
from generator.readers.slashdot import text as slashdot_text
from generator.threads.replies import AGAIN, CERTAIN, DEPTH, OWN, PREVIOUS, TRUST, WINDOW, infer

SHARED = Path(__file__).parents[3] / "shared"


def says(name: str, subject: str = "Re:", body: str = "Some words.", **more: Any) -> Post:
    """Give a post; ids are set by `thread`, which counts."""
    uid = None if name in ("Anonymous Coward", REMOVED) else f"uid of {name}"
    return Post(more.pop("id", ""), subject, Author("slashdot", name, uid), 1, None, body, **more)


def thread(*posts: Post) -> Thread:
    named = (post if post.id else msgspec.structs.replace(post, id=f"p{index}") for index, post in enumerate(posts))
    return Thread("slashdot", "1", "A title", "A story.", tuple(named))


def solve(*posts: Post) -> list[int | None]:
    """Parents by index."""
    given = thread(*posts)
    return msgspec.structs.replace(given, replies=infer(given)).parents()


# Subjects


def test_other_subjects_start_branches_and_answers_stay_in_theirs() -> None:
    posts = [says("ann", "Rain"), says("ben"), says("cy", "Snow"), says("dee", "Re:Snow"), says("eli", "Re: Snow")]
    assert solve(*posts)[:4] == [None, 0, None, 2]
    assert solve(*posts)[4] in (2, 3)
    assert infer(thread(*posts))[0] == infer(thread(*posts))[2] == TOP


def test_the_only_candidate_is_singled_out_by_the_subject() -> None:
    assert infer(thread(says("ann", "Rain"), says("ben", "Re:Rain")))[1] == Reply("p0", "subject", CERTAIN)


def test_a_reply_that_comes_first_is_top_level() -> None:
    assert solve(says("ann", "Re:Rain"), says("ben")) == [None, 0]
    assert solve(says("ann", "Re:"), says("ben", "Re:")) == [None, 0]


def test_a_named_subject_leads_back_to_its_branch() -> None:
    """Somebody changed the subject of a reply; the branch it interrupted goes on after it."""
    posts = [says("ann", "Rain"), says("ben", "Re:Rain"), says("cy", "Snow"), says("dee"), says("eli", "Re:Rain")]
    assert solve(*posts)[:4] == [None, 0, None, 2]
    assert solve(*posts)[4] in (0, 1)
    assert solve(*posts, says("flo"))[5] in (0, 1, 4), "a bare Re: goes on where the last post stands"


def test_a_subject_may_be_cut_short_and_an_unknown_one_stays_in_the_open_branch() -> None:
    long = "A subject that is so long that the site cuts it when somebody answers"
    posts = [says("ann", long), says("ben", "Snow")]
    assert solve(*posts, says("cy", f"Re:{long[:47]}")) == [None, None, 0]
    assert solve(*posts, says("cy", "Re:A subject that nobody has")) == [None, None, 1]


def test_of_two_branches_with_one_subject_the_newer_one_is_meant() -> None:
    assert solve(says("ann", "Rain"), says("ben", "Rain"), says("cy", "Re:Rain")) == [None, None, 1]


def test_marks_are_told_from_subjects() -> None:
    assert solve(says("ann", "Rain"), says("ben", "Snow"), says("cy", "Re:Re: Rain")) == [None, None, 0]
    assert solve(says("ann", "Rain"), says("ben", "Regarding rain")) == [None, None]
    assert solve(says("ann", "Rain"), says("ben", "Re:" * 50_000)) == [None, 0]


# Cues

TALK = [
    says("ann", "Rain", "It will rain on Friday, says the barometer in my kitchen."),
    says("ben", "Re:Rain", "Barometers are for ships. Buy a radio."),
    says("cy", "Re:Rain", "My knee says Saturday, and it has never been wrong."),
]


def test_without_a_cue_the_post_before_is_the_parent_by_order() -> None:
    reply = infer(thread(*TALK, says("dee", "Re:", "Well, well.")))[3]
    assert (reply.parent, reply.evidence) == ("p2", "order")
    assert 0.3 < reply.confidence < 0.8


@pytest.mark.parametrize(
    "body",
    [
        "> Barometers are for ships.\n\nSo is the kitchen.",
        ">Barometers are\n>for ships. Buy\n\nNo.",
        "On Monday somebody wrote:\n  > Barometers  are for ships. Buy a radio.\nWhich one?",
    ],
)
def test_a_quote_finds_whom_it_quotes_however_it_is_wrapped(body: str) -> None:
    reply = infer(thread(*TALK, says("dee", "Re:", body)))[3]
    assert (reply.parent, reply.evidence) == ("p1", "quote")
    assert reply.confidence > 0.6


def test_a_quote_of_what_the_post_before_quotes_is_not_a_quote_of_it() -> None:
    quoting = says("cy", "Re:Rain", "> Barometers are for ships.\n\nMine is for the kitchen.")
    reply = infer(thread(*TALK[:2], quoting, says("dee", "Re:", "> Barometers are for ships.\n\nMine too.")))[3]
    assert reply.parent == "p1"


def test_a_quote_of_a_quote_speaks_for_the_post_that_quoted_first() -> None:
    quoting = says("cy", "Re:Rain", "> Barometers are for ships.\n\nMine is for the kitchen.")
    deeper = says("eli", "Re:", "> > Barometers are for ships.\n\nHow true.")
    reply = infer(thread(*TALK[:2], quoting, says("dee", "Re:", "A radio costs money."), deeper))[4]
    assert (reply.parent, reply.evidence) == ("p2", "quote")


def test_a_few_quoted_letters_say_nothing() -> None:
    assert infer(thread(*TALK, says("dee", "Re:", "> a radio\n\nWhy?")))[3].evidence == "order"


def test_a_name_finds_whose_it_is() -> None:
    posts = [says("ann", "Rain"), says("benjamin"), says("cy"), says("dee", "Re:", "benjamin, you are right.")]
    reply = infer(thread(*posts))[3]
    assert (reply.parent, reply.evidence) == ("p1", "name")


def test_two_who_talk_take_turns() -> None:
    posts = [says("ann", "Rain"), says("ben"), says("cy"), says("dee"), says("cy"), says("dee"), says("cy")]
    replies = infer(thread(*posts))
    assert [reply.parent for reply in replies[4:]] == ["p3", "p4", "p5"]
    assert {reply.evidence for reply in replies[4:]} == {"turn"}


def test_who_talks_on_both_sides_of_a_reply_is_answered_by_it() -> None:
    """A asks, B answers, C puts in a word; A's next goes to B, who is the next to speak again."""
    posts = [says("ann", "Rain"), says("ben"), says("cy"), says("ann"), says("ben")]
    replies = infer(thread(*posts))
    assert (replies[3].parent, replies[3].evidence) == ("p1", "turn")
    assert replies[4].parent == "p3"


def test_nobody_answers_a_post_twice_and_few_answer_themselves() -> None:
    """The odds by hand: the first post has an answer, which is by the same author; the second is the author's own."""
    first, second = sqrt(2) * AGAIN, PREVIOUS * OWN
    reply = infer(thread(says("ann", "Rain"), says("ben"), says("ben")))[2]
    assert (reply.parent, reply.evidence) == ("p1", "order")
    assert reply.confidence == round(TRUST["order"] * second / (first + second), 2) == 0.77


@pytest.mark.parametrize("nobody", ["Anonymous Coward", REMOVED])
def test_those_who_could_be_anybody_take_no_turns(nobody: str) -> None:
    posts = [says("ann", "Rain"), says(nobody), says("ben"), says(nobody)]
    assert {reply.evidence for reply in infer(thread(*posts))} == {None, "subject", "order"}


# Depth

CHAIN = [
    says("ann", "Rain", "Number 0 speaks its mind."),
    *(says(f"x{n}", "Re:", f"> Number {n - 1} speaks its mind.\n\nNumber {n} speaks its mind.") for n in range(1, 40)),
]


def test_below_the_depth_that_is_shown_replies_hang_under_the_ancestor_that_is() -> None:
    """Each quotes the one before, so the chain is sure; Slashdot shows it as one level of siblings from there on."""
    assert solve(*CHAIN) == [None, *range(DEPTH), *[DEPTH - 1] * (len(CHAIN) - DEPTH - 1)]


def test_where_nobody_quotes_the_depth_is_not_sure_enough_to_count() -> None:
    posts = [says("ann", "Rain"), *(says(f"x{n}") for n in range(20))]
    assert solve(*posts) == [None, *range(20)]


def test_from_below_a_quote_still_leads_far_up() -> None:
    assert solve(*CHAIN, says("zoe", "Re:", "> Number 2 speaks its mind.\n\nIndeed."))[-1] == 2


# Stated


def test_what_the_source_states_is_taken_as_it_is() -> None:
    posts = [says("ann", "Rain", id="a"), says("ben", id="b", stated="a"), says("cy", id="c", stated="a")]
    assert infer(thread(*posts))[1:] == (Reply("a", "stated"), Reply("a", "stated"))


def test_a_stated_parent_may_come_later_or_not_exist() -> None:
    posts = [says("ann", "Rain", stated="b"), says("ben", id="b", stated="nowhere")]
    assert solve(*posts) == [1, None]
    assert infer(thread(*posts))[1] == TOP


def test_a_stated_cycle_is_cut_at_its_first_post() -> None:
    posts = [says("ann", id="a", stated="c"), says("ben", id="b", stated="a"), says("cy", id="c", stated="b")]
    assert solve(*posts) == [None, 0, 1]
    assert solve(says("ann", id="a", stated="a")) == [None]
    assert solve(says("zoe", stated="c"), *posts) == [3, None, 1, 2], "also where the way in is elsewhere"


def test_posts_that_are_stated_to_be_top_level_are_so() -> None:
    posts = [says("ann", "Rain", stated=""), says("ben", "Re:Rain", stated=""), says("cy", "Re:Rain", stated="p1")]
    assert solve(*posts) == [None, None, 1]


def test_a_plain_reply_hangs_on_what_others_state() -> None:
    posts = [says("ann", "Rain"), says("ben", stated="p0"), says("cy", "Re:", "> Some words. And more?\n\nYes.")]
    assert solve(*posts)[2] in (0, 1)


# Any thread

NAMES = st.sampled_from(["ann", "benjamin", "cy", "Anonymous Coward"])
BODIES = st.sampled_from(
    [
        "Barometers are for ships.",
        "> Barometers are for ships.\n\nSays benjamin.",
        "> > Barometers are for ships.\n> Says benjamin.\n\nWell.",
        ">",
        "",
    ]
)
SUBJECTS = st.sampled_from(["Re:", "Re:", "Re:", "Re:Rain", "Re: Snow", "Rain", "Snow", "", "Re:Nothing of the kind"])


@st.composite
def threads(draw: st.DrawFn, subjects: st.SearchStrategy[str] = SUBJECTS, stated: bool = False) -> Thread:
    count = draw(st.integers(0, 30))
    ids = st.sampled_from([None, "nowhere", *(f"p{index}" for index in range(count))]) if stated else st.none()
    kinds = st.sampled_from(["plain", "markdown"]) if stated else st.just("plain")
    posts = [
        says(draw(NAMES), draw(subjects), draw(BODIES), stated=draw(ids), markup=draw(kinds)) for _ in range(count)
    ]
    return thread(*posts)


@given(threads(stated=True))
def test_replies_make_a_forest_of_posts_of_the_thread(given: Thread) -> None:
    replies = infer(given)
    assert len(replies) == len(given.posts)
    parents = msgspec.structs.replace(given, replies=replies).parents()
    for index, reply in enumerate(replies):
        assert (reply.parent is None) == (reply.evidence is None)
        assert 0 < reply.confidence <= 1
        assert reply.confidence == round(reply.confidence, 2)
        if reply.evidence in INFERRED:
            assert parents[index] in range(index), "inferred parents stand before"
        seen, above = {index}, parents[index]
        while above is not None:
            assert above not in seen, "a cycle"
            seen.add(above)
            above = parents[above]


@given(threads(stated=True))
def test_what_is_stated_stands_unless_it_would_be_a_cycle(given: Thread) -> None:
    at = {post.id: index for index, post in enumerate(given.posts)}
    for index, (post, reply) in enumerate(zip(given.posts, infer(given), strict=True)):
        if reply.evidence == "stated":
            assert reply == Reply(post.stated, "stated", 1.0)
        elif post.stated in at:
            assert reply == TOP
            assert at[post.stated] >= index, "only those that point ahead are cut"


@given(threads(st.sampled_from(["Re:", "Re:", "Re:Rain", "Rain"])))
def test_in_one_branch_the_tree_is_walked_in_the_order_of_the_save(given: Thread) -> None:
    answered = msgspec.structs.replace(given, replies=infer(given))
    assert list(answered.tree().order) == list(range(len(given.posts)))


@given(threads(stated=True), st.integers(-1, 5))
def test_ids_scores_and_the_story_are_no_matter(given: Thread, score: int) -> None:
    other = {post.id: f"{index * 7919 % 1000}-{index}" for index, post in enumerate(given.posts)}
    posts = [
        msgspec.structs.replace(
            post,
            id=other[post.id],
            stated=post.stated and other.get(post.stated, "nowhere else"),
            score=score,
            label="Funny",
        )
        for post in given.posts
    ]
    renamed = infer(msgspec.structs.replace(given, posts=tuple(posts), title="Another", body="> Another"))
    assert renamed == tuple(
        msgspec.structs.replace(reply, parent=reply.parent and other[reply.parent]) for reply in infer(given)
    )
    assert infer(given) == infer(given)


# Long threads: none of these ends in reasonable time if the work for a post grows with the thread


def test_a_chain_of_twenty_thousand_answers() -> None:
    posts = [
        says("ann", "Rain"),
        *(says(f"x{n % 500}", "Re:", "> Some words, and more.\n\nNo.") for n in range(20_000)),
    ]
    assert all(parent is not None and index - parent <= len(posts) for index, parent in enumerate(solve(*posts)[1:], 1))


def test_twenty_thousand_stated_one_under_the_other() -> None:
    posts = [says("ann", "Rain"), *(says("ben", stated=f"p{n}") for n in range(20_000))]
    assert solve(*posts) == [None, *range(20_000)]
    ring = [says("ann", stated=f"p{(n + 1) % 20_000}") for n in range(20_000)]
    assert solve(*ring) == [None, *range(2, 20_000), 0]


def test_long_texts_and_many_branches() -> None:
    long = "> the same words once more\n" * 40_000
    posts = [
        says("ann", "Rain", long),
        *(says(f"x{n}", "Re:Rain", "> other words than these\n\nNo.") for n in range(2_000)),
    ]
    assert len(solve(*posts, says("zoe", "Re:", long))) == 2_002
    branches = [says("ann", f"{n} is the number of this branch") for n in range(10_000)]
    back = [says("ben", f"Re:{n} is the number of this branch") for n in range(10_000)]
    assert solve(*branches, *back) == [None] * 10_000 + list(range(10_000))


def test_a_path_keeps_the_nearest_posts_and_those_at_its_top() -> None:
    quote = "> Number {} speaks its mind.\n\nYes."
    assert solve(*CHAIN, says("zoe", "Re:", quote.format(0)))[-1] == 0
    assert solve(*CHAIN, says("zoe", "Re:", quote.format(len(CHAIN) - WINDOW + DEPTH)))[-1] == DEPTH - 1


# Trees whose truth is known


def bench() -> ModuleType:
    spec = importlib.util.spec_from_file_location("replies_bench", SHARED / "bench" / "replies.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the sample trees in ../shared")
def test_on_real_threads_more_is_found_than_the_post_before_and_confidence_is_honest() -> None:
    made, rng = bench(), random.Random(1)
    rows: dict[str, list[tuple[bool, bool, float]]] = defaultdict(list)
    with (SHARED / "samples" / "trees" / "visible.jsonl").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            known = json.loads(line)
            save, parents = made.as_save(number, known, rng)
            (saved,) = slashdot_text.read(save.encode(), "save.txt").threads
            # Texts that agree in their first words get equal ids, which is for `merge` to settle.
            posts = [msgspec.structs.replace(post, id=f"p{index}") for index, post in enumerate(saved.thread.posts)]
            assert len(posts) == len(parents)
            for index, reply in enumerate(infer(thread(*posts))):
                if parents[index] is not None:
                    right = reply.parent == f"p{parents[index]}"
                    rows[known["source"]].append((right, parents[index] == index - 1, reply.confidence))
    for source, gain in {"reddit-json": 0.005, "hypermail": 0.2, "pipermail": 0.2, "hn-html": 0.005}.items():
        row = rows[source]
        found, before = (sum(column) / len(row) for column in ([r[0] for r in row], [r[1] for r in row]))
        assert found > before + gain, source
    for source in ("reddit-json", "hypermail", "discourse"):
        row = rows[source]
        bins: dict[int, list[float]] = defaultdict(list)
        for right, _, confidence in row:
            bins[min(int(confidence * 10), 9)].append(confidence - right)
        assert sum(abs(sum(gaps)) for gaps in bins.values()) / len(row) < 0.05, source
