"""The reader of what the APIs of Hacker News give: rules, then properties. Files: tests/saves/hackernews-json/."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model import Author
from generator.readers import hackernews_html, hackernews_json, read_save, reader_of
from generator.readers.reading import SavedThread
from tests.readers.damaged import damaged

CASES = Path(__file__).parents[1] / "saves"
FILES = {path.parent.name: path.read_bytes() for path in CASES.glob("hackernews-json/*/save.json")}
STORY: dict[str, Any] = json.loads(FILES["algolia-story"])


def read(value: Any) -> list[SavedThread]:  # JSON may be anything
    """Read JSON that must be fine."""
    reading = hackernews_json.read(json.dumps(value).encode(), "item.json")
    assert reading.problems == ()
    return list(reading.threads)


def error(raw: bytes) -> str:
    reading = hackernews_json.read(raw, "item.json")
    assert reading.threads == ()
    (problem,) = reading.problems
    return f"{problem.message}; {problem.hint}"


def test_what_both_apis_give_is_known() -> None:
    for name, raw in FILES.items():
        assert reader_of(raw) is hackernews_json, name
        assert reader_of(b"\xef\xbb\xbf\n" + raw) is hackernews_json, name
        assert reader_of(b"\xff\xfe" + raw.decode().encode("utf-16-le")) is hackernews_json, name


@pytest.mark.parametrize(
    "text",
    ['{"kind": "Listing"}', '[{"post_stream": {}}]', '{"body": "\\"created_at_i\\": 5"}', '"created_at_i": 5', "{}"],
)
def test_other_json_is_not_known(text: str) -> None:
    assert not hackernews_json.sniff(text.encode())


def test_a_story_with_all_below_it_is_a_whole_thread() -> None:
    (saved,) = read(STORY)
    assert not saved.partial
    assert [(post.id, post.stated) for post in saved.thread.posts] == [
        ("40000002", ""), ("40000003", "40000002"), ("40000004", "40000002"), ("40000005", "40000004"),
        ("40000007", ""),
    ]  # fmt: skip
    gone = saved.thread.posts[2]
    assert (gone.missing, gone.author, gone.posted) == (True, Author("hackernews", ""), "2026-06-05T08:25:00Z")


def test_the_page_and_the_json_of_a_story_agree() -> None:
    page = hackernews_html.read((CASES / "hackernews-html/story-2026/save.html").read_bytes(), "page.html").threads[0]
    (item,) = read(STORY)
    for name in ("source", "id", "title", "url", "body", "author", "posted"):
        assert getattr(page.thread, name) == getattr(item.thread, name)
    pairs = [(post, other) for post in page.thread.posts for other in item.thread.posts if post.id == other.id]
    assert len(pairs) == 5
    assert all(post.stated == other.stated and post.missing == other.missing for post, other in pairs)


def test_a_comment_is_a_part_of_its_thread() -> None:
    (saved,) = read(STORY["children"][0]["children"][1])
    assert (saved.partial, saved.refs, saved.thread.id) == (True, ("40000002",), "40000001")
    assert [post.stated for post in saved.thread.posts] == ["40000002", "40000004"]


def test_items_in_one_file_are_hung_together_in_any_order() -> None:
    items = [json.loads(line) for line in FILES["firebase-items"].splitlines()]
    whole, other = read([item for item in items if item["id"] != 40000002] + [items[1] | {"kids": [40000004]}])
    assert {post.id: post.stated for post in whole.thread.posts} == {
        "40000002": "", "40000004": "40000002", "40000005": "40000004",
    }  # fmt: skip
    assert whole.thread.title == "Ask HN: Kettles & pots?"
    assert whole.partial  # 40000007 is not in the file
    assert (other.thread.id, other.refs) == ("", ("41000001",))
    (full,) = read(
        [*items[:4], {"id": 40000007, "parent": 40000001, "type": "comment", "by": "ann", "text": "x", "time": 1}]
    )
    assert not full.partial


def test_a_single_item_says_nothing_of_what_is_below_it() -> None:
    (saved,) = read({"by": "gina", "id": 1, "kids": [2], "time": 1, "title": "T", "type": "story"})
    assert (saved.partial, saved.thread.posts) == (True, ())


def test_half_a_character_and_raw_control_characters_are_read() -> None:
    raw = b'{"created_at_i": 1, "id": 5, "title": "T \\ud800 \\ud83d\\ude00", "text": "a\tb\nc\\r\\nd"}'
    (saved,) = hackernews_json.read(raw, "item.json").threads
    assert saved.thread.title == "T \ufffd \N{GRINNING FACE}"
    assert saved.thread.body == "a\tb\nc\nd"


def test_the_line_where_json_breaks_off_is_told() -> None:
    (problem,) = hackernews_json.read(b'{"created_at_i": 1,\n"id": 5,\n"x": ', "item.json").problems
    assert problem.line == 3


def test_a_circle_of_parents_ends() -> None:
    items = [{"id": n, "parent": n % 3 + 1, "type": "comment", "time": 1, "by": "a", "text": "x"} for n in (1, 2, 3)]
    assert sum(len(saved.thread.posts) for saved in read(items)) == 3


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        (FILES["search-results"], "search results"),
        (b'{"created_at_i": 1', "can't be read"),
        (b'{"created_at_i": 1}', "no item of Hacker News"),
        (b'{"created_at_i": 1, "id": "../x"}', "no item of Hacker News"),
        (b'{"created_at_i": 1, "id": ' + b"9" * 5_000 + b"}", "can't be read"),
        (b'[{"created_at_i": 1}, null, [[3]]]', "no item of Hacker News"),
    ],
)
def test_what_is_no_item_says_what_to_save_instead(raw: bytes, what: str) -> None:
    assert what in error(raw)


@pytest.mark.parametrize("depth", [5_000, 200_000])
def test_json_that_nests_deeper_than_python_reads_is_an_error(depth: int) -> None:
    begun = time.process_time()
    assert "nests deeper" in error(b'{"created_at_i":1,"id":1,"children":[' * depth + b"]}" * depth)
    assert "can't be read" in error(b'{"created_at_i":1,"id":1,"children":[' * 100)
    assert time.process_time() - begun < 5


def test_a_chain_of_items_takes_linear_time() -> None:
    head = {"id": 1, "type": "story", "title": "T", "time": 1, "by": "a"}
    items = [head, *({"id": n, "parent": n - 1, "type": "comment", "time": 1, "text": "x"} for n in range(2, 50_000))]
    begun = time.process_time()
    for some in (items, items[::-1]):
        (saved,) = read(some)
        assert len(saved.thread.posts) == 49_998
    assert time.process_time() - begun < 10


NAMES = st.sampled_from([*STORY, "by", "time", "kids", "parts", "poll", "hits"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=30,
)


@settings(max_examples=150)
@given(damaged(list(FILES.values())) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_json_gives_a_thread_or_an_error(raw: bytes) -> None:
    reading = hackernews_json.read(raw, "item.json")
    assert bool(reading.threads) != reading.failed
    reading = read_save(raw, "item.json")
    assert not any("mistake in the reader" in problem.hint for problem in reading.problems)
