"""The thread as data: the field names of the contract, in its order, and nothing else."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

import msgspec

from generator.config import Config
from generator.model import REMOVED, TOP, Author, Link, Post, Reply, SaveRef, Thread
from generator.pages.data import post_list, thread_json
from tests.small import Said, news, note, output_of

THREAD_FIELDS = [
    "format", "source", "id", "title", "url", "posted", "posted_raw", "author", "department", "tags", "masthead",
    "footer", "body", "markup", "links", "saves", "posts",
]  # fmt: skip
POST_FIELDS = [
    "id", "subject", "author", "posted", "posted_raw", "score", "label", "body", "markup", "truncated", "saves",
    "parent", "aliases", "missing", "evidence", "confidence",
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


def test_an_author_whom_nobody_knows_is_null() -> None:
    gone = Post("m1", "", Author("slashdot", ""), None, None, "", missing=True, aliases=("x",))
    thread = msgspec.structs.replace(THREAD, posts=(gone,), replies=(TOP,))
    (post,) = json.loads(thread_json(thread, (), {}))["posts"]
    assert (post["author"], post["body"], post["missing"], post["aliases"]) == (None, "", True, ["x"])


def test_the_fields_are_those_of_the_contract() -> None:
    data = json.loads(thread_json(THREAD, ("x", "y"), EXCEPTIONS))
    assert list(data) == THREAD_FIELDS
    assert all(list(post) == POST_FIELDS for post in data["posts"])
    assert data["format"] == "threadpress/1"
    assert data["tags"] == ["x", "y"]
    assert [(post["aliases"], post["missing"]) for post in data["posts"]] == [([], False)] * len(data["posts"])
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


def test_the_posts_of_each_page_are_one_call_with_addresses_relative_to_the_list() -> None:
    config = Config(posts_per_page=1)
    assert post_list(THREAD, THREAD.tree(), "threads/slashdot/0179.html", config).decode() == (
        "threadpressPosts({\n"
        ' "../../../threads/slashdot/0179.html": "a1",\n'
        ' "../../../threads/slashdot/0179/2.html": "b2"\n'
        "});\n"
    )


def test_the_list_says_of_every_post_where_it_stands(tmp_path: Path) -> None:
    """In reading order, which is not that of the save."""
    talk = note("talk", *((f"N{n}", f"id={n}" + (" parent=1" if n == 7 else ""), f"Text {n}.") for n in range(1, 8)))
    posts = [Said(f"Text {n}", "Boo", f"N{n}", str(n)) for n in range(5)]
    output = output_of(tmp_path, {"content/1.txt": news("101", *posts), "content/t.md": talk}, posts_per_page=3)
    for url, count in (("threads/slashdot/101", 5), ("threads/notes/talk", 7)):
        text = output[f"{url}/posts.js"].decode()
        listed = json.loads(text.removeprefix("threadpressPosts(").removesuffix(");\n"))
        shown = {}
        for path in listed:
            page = output[posixpath.normpath(posixpath.join(url, path))].decode()
            shown[path] = " ".join(re.findall(r'<article class="h-entry" id="c([^"]+)">', page))
        assert listed == shown
        assert sum(len(ids.split()) for ids in listed.values()) == count
    assert listed["../../../threads/notes/talk.html"] == "1 7 2"


def test_a_thread_of_one_page_has_no_list(tmp_path: Path) -> None:
    output = output_of(tmp_path, {"content/t.md": note("talk", ("Ann", "id=1", "Hi"))}, posts_per_page=1)
    assert not any(url.endswith("/posts.js") for url in output)
    assert b"moved." not in output["threads/notes/talk.html"]
