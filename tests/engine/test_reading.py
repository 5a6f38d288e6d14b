"""Whole builds of saves of every shape: all that they hold is published, and no file is read oftener than it must be.

Scan reads each new or changed file once, and once more with its group if it shares threads; render reads a group once
more, however many of its threads are stale.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import toys
from tests.history import Site
from tests.small import Said, news, note, tree

THREADS = 500


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The toy readers are in the table; gives the file that counts what they read."""
    toys.install(monkeypatch, tmp_path / "log")
    return tmp_path / "log"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site", bare=True)


def mailbox(count: int, changed: dict[int, str] | None = None, first: int = 0) -> str:
    """A save of many threads of two posts each, some with another text."""
    texts = changed or {}
    return toys.many(
        (f"t{number}", [("1", "Ann", None, texts.get(number, "A question.")), ("2", "Bob", "1", f"Answer {number}.")])
        for number in range(first, first + count)
    )


def data(site: Site, url: str) -> list[tuple[str, str | None]]:
    """Ids of the posts of a thread, each with its parent's."""
    posts = json.loads((site.folder / "output" / url).read_bytes())["posts"]
    return [(post["id"], post["parent"]) for post in posts]


def test_five_hundred_threads_in_one_file_are_read_twice(site: Site, log: Path) -> None:
    site.put("content/box", mailbox(THREADS))
    report = site.build()
    assert (report.threads, report.posts) == (THREADS, 2 * THREADS)
    assert toys.reads(log) == {"box": 2}
    output = site.folder / "output"
    assert len(list((output / "threads/list").glob("*.html"))) == THREADS
    assert not (output / "saves").exists(), "only text and Markdown saves are published unless all are asked for"
    site.rest(report)
    assert toys.reads(log) == {}, "a file with the hash it had is not read any further"


def test_of_many_threads_in_a_file_one_can_change_come_and_go(site: Site, log: Path) -> None:
    site.put("content/box", mailbox(20))
    site.put("content/1.txt", news("1", Said("Hello", "Boo")))
    site.put("content/other", mailbox(20, first=100))
    site.build()
    for text in (mailbox(20, {7: "Another question."}), mailbox(21, {7: "Another question."}), mailbox(6, first=3)):
        toys.reads(log)
        site.put("content/box", text)
        report = site.build()
        reads = toys.reads(log)
        assert reads.pop("box") == 2
        # A page names its neighbours by date, so that of the other mailbox's first thread may be rendered.
        assert reads in ({}, {"other": 1})
        site.check(report)


def test_one_post_a_file_makes_whole_threads(site: Site, log: Path) -> None:
    posts = [("1", "Ann", None, "First."), ("2", "Bob", "1", "Second."), ("3", "Cid", "2", "Third.")]
    for number, post in enumerate(posts):
        site.put(f"content/forum/{9 - number}", toys.post("talk", number, post))
    site.put("content/forum/x", toys.post("other", 0, posts[0]))
    report = site.build()
    assert data(site, "threads/forum/talk.json") == [("1", None), ("2", "1"), ("3", "2")]
    assert b"only in an older save" not in (site.folder / "output/threads/forum/talk.html").read_bytes()
    assert toys.reads(log) == {"forum/9": 3, "forum/8": 3, "forum/7": 3, "forum/x": 2}
    site.put("content/forum/new", toys.post("talk", 3, ("4", "Ann", "3", "Fourth.")))
    report = site.build()
    assert toys.reads(log) == {"forum/9": 2, "forum/8": 2, "forum/7": 2, "forum/new": 3}
    assert data(site, "threads/forum/talk.json")[-1] == ("4", "3")
    site.check(report)
    toys.reads(log)
    site.put("content/forum/8", toys.post("talk", 1, ("2", "Bob", "1", "Second, corrected.")))
    site.check(site.build())


CHAIN = {"a": (), "b": ("a",), "c": ("a", "b"), "d": ("a", "b"), "e": ("a", "b", "c"), "z": ()}
"""Messages, each with those above it."""


@pytest.mark.parametrize("seed", range(3))
def test_messages_known_by_what_they_answer_make_threads_whatever_their_order(site: Site, log: Path, seed: int) -> None:
    names = sorted(CHAIN)
    random.Random(seed).shuffle(names)
    for number, name in enumerate(names):  # a build after each: a root may come last
        site.put(f"content/list/{number}", toys.message(name, CHAIN[name], f"Text of {name}."))
        report = site.build()
    assert sorted(path.stem for path in (site.folder / "output/threads/list").glob("*.json")) == ["a", "z"]
    assert dict(data(site, "threads/list/a.json")) == {"a": None, "b": "a", "c": "b", "d": "b", "e": "c"}
    site.check(report)
    toys.reads(log)
    other = next(number for number, name in enumerate(names) if name == "z")
    site.put(f"content/list/{other}", toys.message("z", (), "Other words."))
    site.build()
    assert toys.reads(log) == {f"list/{other}": 2}, "the other thread's messages are not read"


def test_mailboxes_that_share_a_thread_are_one_group(site: Site, log: Path) -> None:
    site.put("content/q1", mailbox(5))
    site.put("content/q2", mailbox(5, first=4))
    site.put("content/q3", mailbox(5, first=50))
    report = site.build()
    assert toys.reads(log) == {"q1": 3, "q2": 3, "q3": 2}
    assert report.threads == 14
    site.check(report)
    toys.reads(log)
    site.put("content/q2", mailbox(5, first=60))  # they share none any more
    report = site.build()
    reads = toys.reads(log)
    assert reads["q2"] == 3
    assert reads.get("q3", 0) <= 1, "for a neighbour's page"
    site.check(report)


KINDS = st.sampled_from(["box", "post", "message", "note"])


def save(kind: str, number: int, version: int) -> tuple[str, str]:
    """A file of some kind, and what a version of it holds; files of one kind share threads now and then."""
    text = f"Version {version}."
    if kind == "box":
        return f"content/box{number}", mailbox(2 + version % 2, {number: text}, first=number)
    if kind == "post":
        parent = str(number - 1) if number else None
        return f"content/f/{number}", toys.post(f"t{version % 2}", number, (str(number), "Ann", parent, text))
    if kind == "message":
        refs = [f"m{above}" for above in range(number)][version % 2 :]
        return f"content/m/{number}", toys.message(f"m{number}", refs, text)
    return f"content/{number}.md", note(f"n{number}", ("Ann", "id=1", text))


@settings(max_examples=15)
@given(st.lists(st.tuples(KINDS, st.integers(0, 3), st.integers(0, 3) | st.none()), max_size=10), st.data())
def test_after_any_edits_a_build_equals_a_clean_one(
    tmp_path_factory: pytest.TempPathFactory,
    steps: Iterable[tuple[str, int, int | None]],
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with pytest.MonkeyPatch.context() as patch:
        toys.install(patch, folder / "log")
        site = Site(folder / "site", bare=True)
        site.put("content/1.txt", news("1", Said("Hello", "Boo")))
        for kind, number, version in steps:
            path, text = save(kind, number, version or 0)
            if version is None:
                (site.folder / path).unlink(missing_ok=True)
            else:
                site.put(path, text)
            if data.draw(st.booleans()):
                site.build()
        site.check(site.build())
        assert tree(site.folder / "output")
