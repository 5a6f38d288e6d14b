"""Reddit's threads as JSON: one save of each layout is under tests/saves/; here is what these don't show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.model import Post, Thread
from generator.readers import Reading, read_save, reader_of
from generator.readers.reddit import json as reddit_json

CASES = Path(__file__).parents[1] / "saves" / "reddit-json"
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


def read(value: object) -> Reading:
    return read_save(json.dumps(value).encode(), "my thread.json")


def case(name: str) -> Reading:
    return read_save((CASES / name / "save.json").read_bytes(), "save.json")


def comment(name: str, parent: str = "t3_a", **more: Any) -> dict[str, Any]:
    data = {"id": name, "parent_id": parent, "link_id": "t3_a", "author": "ann", "body": "Text.", "replies": ""}
    return {"kind": "t1", "data": {**data, **more}}


def listing(*children: object) -> dict[str, Any]:
    return {"kind": "Listing", "data": {"children": list(children)}}


def page(*comments: object, **more: object) -> list[object]:
    head = {"id": "a", "title": "Rain", "author": "bob", "selftext": "", "is_self": True, "subreddit": "weather"}
    return [listing({"kind": "t3", "data": {**head, **more}}), listing(*comments)]


def thread(reading: Reading) -> Thread:
    (saved,) = reading.threads
    return saved.thread


def post(reading: Reading) -> Post:
    (only,) = thread(reading).posts
    return only


def test_escaping_makes_no_difference() -> None:
    assert case("as-the-api-gives-it") == case("escaped-once-more") == case("not-escaped")


@pytest.mark.parametrize(
    ("body", "text"),
    [("&gt; a &amp;amp; b", "> a &amp; b"), ("> a &amp; b", "> a &amp; b"), ("a & b &lt;", "a & b &lt;"), ("a", "a")],
)
def test_without_html_the_texts_show_whether_they_are_escaped(body: str, text: str) -> None:
    assert (post(read(page(comment("c1", body=body)))).body, post(read(page(comment("c1", body=body)))).markup) == (
        text,
        "markdown",
    )


@pytest.mark.parametrize(
    ("name", "partial"),
    [
        ("as-the-api-gives-it", [False]),
        ("gallery-and-poll", [True]),  # it has one branch, and Reddit counts more comments than that has
        ("page-of-a-comment", [True]),
        ("dump", [True, True]),
        ("urs-nested", [True]),
        ("urs-raw", [True]),
        ("urs-with-the-post", [False]),
    ],
)
def test_which_saves_are_partial(name: str, partial: list[bool]) -> None:
    assert [saved.partial for saved in case(name).threads] == partial


def test_a_thread_whose_comments_are_all_there_is_whole() -> None:
    (saved,) = read(page(comment("c1"), num_comments=1)).threads
    assert not saved.partial


def test_keys_may_stand_in_any_order() -> None:
    raw = json.dumps(page(comment("c1", body_html="&lt;p&gt;Text.&lt;/p&gt;")), sort_keys=True).encode()
    assert reader_of(raw) is reddit_json
    assert post(read_save(raw, "a.json")).body == "<p>Text.</p>"


@pytest.mark.parametrize(
    ("author", "body", "missing"),
    [
        ("[deleted]", "[deleted]", True),
        ("[deleted]", "[removed]", True),
        (None, "[deleted]", True),
        ("ann", "[removed]", True),
        ("ann", "[ Removed by Reddit ]", True),
        ("[unavailable]", "[unavailable]", True),
        ("ann", "[deleted]", False),
        ("[deleted]", "Text.", False),
        ("[deleted]", "[deleted] is what it says.", False),
    ],
)
def test_which_comments_are_missing(author: str | None, body: str, missing: bool) -> None:
    only = post(read(page(comment("c1", author=author, body=body))))
    assert only.missing is missing
    assert only.body == ("" if missing else body)


@pytest.mark.parametrize(
    ("author", "name"), [("[deleted]", "[deleted]"), ("DELETED", "[deleted]"), (None, ""), ("ann", "ann")]
)
def test_authors(author: str | None, name: str) -> None:
    assert post(read(page(comment("c1", author=author)))).author.name == name


def test_a_story_that_was_removed_has_no_text() -> None:
    story = thread(
        read(page(comment("c1"), author="[deleted]", selftext="[removed]", selftext_html="<p>[removed]</p>"))
    )
    assert (story.body, story.author and story.author.name) == ("", "[deleted]")


@pytest.mark.parametrize(
    ("more", "score"), [({"score": -40}, -40), ({"ups": 7}, 7), ({"score": 5, "score_hidden": True}, None), ({}, None)]
)
def test_scores(more: dict[str, Any], score: int | None) -> None:
    assert post(read(page(comment("c1", **more)))).score == score


def test_nothing_private_is_read() -> None:
    private: dict[str, Any] = {
        "likes": True,
        "saved": True,
        "modhash": "s3cr3t",
        "mod_note": "s3cr3t",
        "user_reports": ["s3cr3t"],
    }
    assert "s3cr3t" not in repr(read([*page(comment("c1", **private), **private), private]))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (listing(), "no post and no comment of Reddit is in this export"),
        (
            listing({"kind": "t5", "data": {"title": "weather", "id": "x", "subreddit": "weather"}}),
            "no post and no comm",
        ),
        (listing(comment("c1"), comment("c2", link_id="t3_b")), "this is a list of 2 posts"),
        ([listing(page()[0]), listing({"kind": "t3", "data": {"id": "b", "title": "B", "selftext": ""}})], "list of 2"),
        (
            {
                "scrape_settings": {},
                "data": [{"id": "a", "title": "A", "selftext": ""}, {"id": "b", "title": "B", "selftext": ""}],
            },
            "list of 2",
        ),
        ({"message": "Too Many Requests", "error": 429}, "the error 429 (Too Many Requests)"),
    ],
)
def test_what_is_no_thread_says_what_to_save(value: object, said: str) -> None:
    reading = read(value)
    assert reading.threads == ()
    (problem,) = reading.problems
    assert said in problem.message
    assert "with .json behind its address" in problem.hint


def test_comments_of_one_thread_without_their_post_are_a_part_of_it() -> None:
    reading = read(listing(comment("c1", link_title="Rain &amp; shine", body="&gt; a")))
    assert [saved.partial for saved in reading.threads] == [True]
    assert thread(reading).title == "Rain & shine"
    assert reading.problems == ()


def test_a_thread_without_a_title_is_named_after_its_file() -> None:
    reading = read({"c1": [{"Parent ID": "t3_a", "Comment ID": "c1", "Text": "Text.", "Author": "ann"}]})
    assert (thread(reading).id, thread(reading).title) == ("a", "my thread")
    (warning,) = reading.problems
    assert warning.severity == "warning"


def test_scripts_that_keep_what_the_api_gave_in_fields_of_their_own_are_read() -> None:
    flat = {"id": "c2", "name": "t1_c2", "parent_id": "t1_c1", "author": "cid", "body": "No.", "replies": []}
    top = {"id": "c1", "name": "t1_c1", "parent_id": "t3_a", "author": "ann", "body": "Yes.", "replies": [flat]}
    head = {"id": "a", "name": "t3_a", "title": "Rain", "author": "bob", "selftext": "", "num_comments": 2}
    for value in (
        {"post": head, "comments": [top]},
        {**head, "comments": [top]},
        {"data": {**head, "comments": [top]}},
    ):
        story = thread(read(value))
        assert (story.id, story.title) == ("a", "Rain")
        assert [(each.id, each.stated) for each in story.posts] == [("c1", ""), ("c2", "c1")]


def test_replies_may_nest_to_any_depth() -> None:
    start = (
        '{"kind":"Listing","data":{"children":[{"kind":"t1","data":{"id":"c%d","parent_id":"%s","body":"x","replies":'
    )
    nested = "".join(start % (n, f"t1_c{n - 1}" if n else "t3_a") for n in range(3_000)) + '""' + "}}]}}" * 3_000
    raw = f"[{json.dumps(page()[0])},{nested}]"
    posts = thread(read_save(raw.encode(), "a.json")).posts
    assert [each.stated for each in posts] == ["", *(f"c{n}" for n in range(2_999))]


def stated(value: object) -> Iterator[tuple[Any, Any]]:
    """Give the parents that an export states, without the reader: of each comment, wherever it stands."""
    if isinstance(value, dict):
        name = value.get("Comment ID") or ("body" in value and value.get("id"))
        if name:
            yield name, value.get("parent_id", value.get("Parent ID"))
        for inner in value.values():
            yield from stated(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from stated(inner)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="needs ../shared/samples")
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("reddit-json/2ujhkr.json", 101),
        ("reddit-json/3cxssv.json", 118),
        ("reddit-json/57dw9a.json", 145),
        ("reddit-json/m77nc.json", 90),
        ("reddit-json/yjk55.json", 127),
        ("reddit-urs-json/2020-06-27_python-good_RAW.json", 31),
        ("reddit-urs-json/2021-02-05_shorts_5-results.json", 102),
    ],
)
def test_samples(name: str, count: int) -> None:
    raw = (SAMPLES / name).read_bytes()
    posts = thread(read_save(raw, name)).posts
    parents = {post.id: f"t1_{post.stated}" if post.stated else "t3" for post in posts}
    assert parents == {name: parent if parent[:2] == "t1" else "t3" for name, parent in stated(json.loads(raw))}
    assert len(posts) == count
    assert all(post.posted for post in posts)
    assert not any("&lt;div" in post.body[:20] or "&amp;lt;" in post.body for post in posts)
