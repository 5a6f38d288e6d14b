"""Topics of Discourse as JSON: one save of each layout is under tests/saves/; here is what these don't show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.model import Post
from generator.readers import Reading, read_save

CASES = Path(__file__).parents[1] / "saves" / "discourse-json"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


def read(value: object) -> Reading:
    return read_save(json.dumps(value).encode(), "my topic.json")


def data(name: int, number: int, **more: object) -> dict[str, Any]:
    value = {
        "id": name,
        "post_number": number,
        "topic_id": 8,
        "username": "ann",
        "user_id": 3,
        "cooked": "<p>Text.</p>",
    }
    return {**value, "reply_to_post_number": None, "post_type": 1, **more}


def topic(*posts: dict[str, Any], stream: list[int] | None = None, **more: object) -> dict[str, Any]:
    names = [post["id"] for post in posts] if stream is None else stream
    return {"post_stream": {"posts": list(posts), "stream": names}, "id": 8, "title": "Rain", **more}


def posts(reading: Reading) -> tuple[Post, ...]:
    (saved,) = reading.threads
    return saved.thread.posts


@pytest.mark.parametrize(
    ("name", "partial"),
    [
        ("topic", [False]),
        ("first-page", [True]),
        ("second-page", [True]),
        ("post", [True]),
        ("posts-of-a-topic", [True]),
        ("latest-posts", [True, True]),
    ],
)
def test_which_saves_are_partial(name: str, partial: list[bool]) -> None:
    reading = read_save((CASES / name / "save.json").read_bytes(), "save.json")
    assert [saved.partial for saved in reading.threads] == partial


@pytest.mark.parametrize(
    ("names", "number", "stated"),
    [
        ([71, 72, 73, 74], 2, "72"),  # all numbers before the held post are used, so the stream says whose they are
        ([71, 73, 74], 2, None),  # one of the first three posts is gone, and nothing says which
    ],
)
def test_a_parent_on_another_page(names: list[int], number: int, stated: str | None) -> None:
    held = data(74, 4, reply_to_post_number=number)
    (post,) = posts(read(topic(held, stream=names)))
    assert post.stated == stated
    assert post.stated_number == (number if stated is None else None)


def test_posts_between_two_held_ones_have_the_numbers_between() -> None:
    held = [data(75, 5), data(78, 8, reply_to_post_number=6)]
    assert posts(read(topic(*held, stream=[71, 72, 75, 76, 77, 78])))[1].stated == "76"


def test_a_post_that_is_answered_and_gone_keeps_its_place_in_a_whole_topic() -> None:
    gone = {"username": "bob", "id": 4}
    whole = topic(data(71, 1), data(73, 3, reply_to_post_number=2, reply_to_user=gone), data(74, 4))
    assert [(post.id, post.number, post.stated, post.missing) for post in posts(read(whole))] == [
        ("71", 1, "", False),
        ("n2", 2, None, True),
        ("73", 3, "n2", False),
        ("74", 4, "", False),
    ]
    assert posts(read(whole))[1].author.name == "bob"


@pytest.mark.parametrize("gone", [{"hidden": True}, {"user_deleted": True}, {"deleted_at": "2023-09-05T17:42:56Z"}])
def test_which_posts_are_missing(gone: dict[str, object]) -> None:
    (post,) = posts(read(topic(data(71, 1, cooked="<p>s3cr3t</p>", raw="s3cr3t", **gone))))
    assert (post.missing, post.body) == (True, "")


def test_what_only_staff_may_read_is_left_out() -> None:
    reading = read(topic(data(71, 1), data(72, 2, post_type=4, cooked="<p>s3cr3t</p>")))
    assert "s3cr3t" not in repr(reading)
    assert not reading.threads[0].partial


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("closed.enabled", "closed this topic"),
        ("visible.disabled", "unlisted this topic"),
        ("user_left", "user left"),
        ("assigned", "assigned"),
    ],
)
def test_notes_of_what_was_done(code: str, text: str) -> None:
    (post,) = posts(read(topic(data(71, 1, post_type=3, action_code=code, cooked=""))))
    assert (post.body, post.markup) == (text, "plain")


def test_of_a_post_that_is_there_twice_the_newest_version_counts() -> None:
    new = data(71, 1, cooked="<p>New.</p>", updated_at="2023-09-06T10:00:00.000Z")
    old = data(71, 1, cooked="<p>Old.</p>", updated_at="2023-09-05T10:00:00.000Z")
    for both in ([new, old], [old, new]):
        (post,) = posts(read(both))
        assert (post.body, post.updated) == ("<p>New.</p>", "2023-09-06T10:00:00.000Z")


def test_one_post_a_line() -> None:
    raw = "".join(f"{json.dumps(data(70 + number, number))}\n" for number in (1, 2))
    assert [post.id for post in posts(read_save(raw.encode(), "posts.json"))] == ["71", "72"]


def test_a_name_may_change_but_not_its_number() -> None:
    first, second = posts(read(topic(data(71, 1), data(72, 2, username="ann_new"))))
    assert first.author.key == second.author.key


def test_tags_of_both_kinds_and_a_category_that_is_named() -> None:
    reading = read(topic(data(71, 1), tags=["wet", {"id": 1, "name": "sky"}], category={"name": "Weather"}))
    assert reading.threads[0].thread.tags == ("Weather", "wet", "sky")


def test_a_private_conversation_is_warned_of() -> None:
    (warning,) = read(topic(data(71, 1), archetype="private_message")).problems
    assert (warning.severity, warning.message) == ("warning", "topic 8 is a private conversation")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"topic_list": {"topics": []}}, "this is a list"),
        ({"posts": [{"id": 1, "blurb": "Text"}], "grouped_search_result": {}}, "this is a list"),
        ({"errors": ["Gone."], "error_type": "not_found"}, "an error (Gone.)"),
        ({"latest_posts": []}, "no post of a Discourse topic is in this export"),
    ],
)
def test_what_is_no_topic_says_what_to_save(value: object, said: str) -> None:
    reading = read(value)
    assert reading.threads == ()
    (problem,) = reading.problems
    assert said in problem.message
    assert "the address of one topic with .json behind it" in problem.hint


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")
def test_samples_of_topics() -> None:
    total = 0
    for path in sorted((SAMPLES / "discourse-json").glob("*.json")):
        raw = path.read_bytes()
        (saved,) = read_save(raw, path.name).threads
        there = json.loads(raw)["post_stream"]["posts"]
        names = {post["post_number"]: str(post["id"]) for post in there}
        assert {post.id: post.stated for post in saved.thread.posts} == {
            str(post["id"]): names[post["reply_to_post_number"]] if post["reply_to_post_number"] else ""
            for post in there
        }
        assert not saved.partial
        assert all(post.body for post in saved.thread.posts)
        total += len(there)
    assert total == 912


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")
def test_samples_of_single_posts() -> None:
    for path in sorted((SAMPLES / "discourse-posts").glob("*.json")):
        there = json.loads(path.read_bytes())
        (saved,) = read_save(path.read_bytes(), path.name).threads
        (post,) = saved.thread.posts
        assert saved.partial
        assert (saved.thread.id, saved.thread.title) == (str(there["topic_id"]), there["topic_title"])
        assert (post.id, post.number) == (str(there["id"]), there["post_number"])
        assert (post.stated_number or None) == there["reply_to_post_number"]
