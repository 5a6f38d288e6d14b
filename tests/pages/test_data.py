"""The thread as data: the field names of the contract, in its order, and nothing else."""

from __future__ import annotations

import json

from generator.model import REMOVED, TOP, Author, Link, Post, Reply, SaveRef, Thread
from generator.pages.data import thread_json

THREAD_FIELDS = [
    "format", "source", "id", "title", "url", "posted", "posted_raw", "author", "department", "tags", "masthead",
    "footer", "body", "markup", "links", "saves", "posts",
]  # fmt: skip
POST_FIELDS = [
    "id", "subject", "author", "posted", "posted_raw", "score", "label", "body", "markup", "truncated", "saves",
    "parent", "evidence", "confidence",
]  # fmt: skip

ANN = Author("slashdot", "Ann", "7")
POSTS = (
    Post("a1", "Boo", ANN, 2, None, 'A "body"\nwith </script> & ü \u2028'),
    Post("b2", "Re:", Author("slashdot", REMOVED), None, "Funny", REMOVED, "yes", saves=(0, 1)),
)
THREAD = Thread(
    source="slashdot",
    id="0179",
    title="Title",
    body="Story",
    posts=POSTS,
    posted="2025-10-15T17:22:00",
    posted_raw="Wednesday October 15, 2025 @05:22PM",
    author=Author("slashdot", "Eve"),
    links=(Link(1, "https://example.org/"),),
    saves=(SaveRef("0179.txt", "0" * 64, "slashdot-text"),),
    replies=(TOP, Reply("a1", "turn", 0.5)),
)
EXCEPTIONS = {"slashdot/7": "annie-7"}
"""Ann was called Annie in an older thread; Eve's slug follows from her name."""


def test_the_fields_are_those_of_the_contract() -> None:
    data = json.loads(thread_json(THREAD, ("x", "y"), EXCEPTIONS))
    assert list(data) == THREAD_FIELDS
    assert all(list(post) == POST_FIELDS for post in data["posts"])
    assert data["format"] == "threadpress/1"
    assert data["tags"] == ["x", "y"]
    assert data["author"] == {"name": "Eve", "uid": None, "slug": "eve"}
    assert data["links"] == [{"n": 1, "url": "https://example.org/"}]
    assert data["saves"] == [{"path": "0179.txt", "sha256": "0" * 64, "reader": "slashdot-text"}]
    assert (data["url"], data["masthead"], data["footer"], data["department"]) == (None, None, None, None)


def test_posts_carry_their_reply() -> None:
    first, second = json.loads(thread_json(THREAD, (), EXCEPTIONS))["posts"]
    assert first["author"] == {"name": "Ann", "uid": "7", "slug": "annie-7"}
    assert first["body"] == POSTS[0].body
    assert (first["parent"], first["evidence"], first["confidence"]) == (None, None, 1.0)
    assert (second["parent"], second["evidence"], second["confidence"]) == ("a1", "turn", 0.5)
    assert (second["saves"], second["truncated"], second["label"], second["score"]) == ([0, 1], "yes", "Funny", None)


def test_a_removed_author_has_no_slug() -> None:
    second = json.loads(thread_json(THREAD, (), EXCEPTIONS))["posts"][1]
    assert second["author"] == {"name": "[removed]", "uid": None, "slug": None}


def test_it_is_text_one_field_a_line() -> None:
    raw = thread_json(THREAD, (), EXCEPTIONS)
    assert raw.endswith(b"}\n")
    assert b'\n "title": "Title",\n' in raw
