"""Redaction: a redacted build is a build of saves in which those texts were replaced."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import load
from generator.commands.check import check_site
from generator.model import Author, Thread, nfc, nfd
from generator.readers import read_save
from generator.threads.redactions import Redactions
from tests.rewriting import redacted, thread_of
from tests.small import Said, built, data_of, news, note, output_of, tree, write

SECRET = "The harbour master keeps two sets of books in a basket."
OTHER = "And a third set in the lighthouse, I am told."

TALK = note(
    "talk",
    ("Ann", "id=1 uid=7 score=3 label=Insightful", f"{SECRET}\n\n{OTHER}"),
    ("Bob", "id=2 parent=1", f'> {SECRET}\n\nHe said "keeps two sets of books in a basket" and more. So what?'),
    ("Cid", "id=3 parent=2", f"{OTHER}\n\nI doubt that."),
    ("Ann", "id=4 uid=7 parent=3", "Then go and look."),
    ("Dee", "id=5", "Nothing to see here."),
    story="What is new in the harbour?",
    source="notes",
    author="Eve",
)
TALK_WITHOUT_ANN = note(
    "talk",
    ("[removed]", "id=1 score=3 label=Insightful", "[removed]"),
    ("Bob", "id=2 parent=1", "> [removed]\n\n[removed] So what?"),
    ("Cid", "id=3 parent=2", "[removed]\n\nI doubt that."),
    ("[removed]", "id=4 parent=3", "[removed]"),
    ("Dee", "id=5", "Nothing to see here."),
    story="What is new in the harbour?",
    source="notes",
    author="Eve",
)


def sha256(name: str) -> str:
    return "sha256:" + hashlib.sha256(name.encode()).hexdigest()


@pytest.mark.parametrize("entry", ["notes/7", sha256("notes/7")])
def test_a_build_without_an_author_equals_a_build_of_saves_without_the_author(tmp_path: Path, entry: str) -> None:
    redacted = output_of(tmp_path / "a", {"content/t.md": TALK, "content/u.md": note()}, redact=(entry,))
    replaced = output_of(tmp_path / "b", {"content/t.md": TALK_WITHOUT_ANN, "content/u.md": note()})
    assert redacted == replaced


@pytest.mark.parametrize("entry", ["notes/talk#1", sha256("notes/talk#1")])
def test_a_build_without_a_post_equals_a_build_of_saves_without_it(tmp_path: Path, entry: str) -> None:
    save = TALK_WITHOUT_ANN.replace(
        "## [removed] {id=4 parent=3}\n[removed]", "## Ann {id=4 uid=7 parent=3}\nThen go and look."
    )
    redacted = output_of(tmp_path / "a", {"content/t.md": TALK}, redact=(entry,))
    assert redacted == output_of(tmp_path / "b", {"content/t.md": save})


@pytest.mark.parametrize("entry", ["notes/Eve", "notes/eve", sha256("notes/eve"), sha256("notes/Eve")])
def test_a_build_without_who_posted_the_story(tmp_path: Path, entry: str) -> None:
    save = TALK.replace("What is new in the harbour?", "[removed]").replace('author = "Eve"', 'author = "[removed]"')
    redacted = output_of(tmp_path / "a", {"content/t.md": TALK}, redact=(entry,))
    assert redacted == output_of(tmp_path / "b", {"content/t.md": save})
    assert data_of(redacted, "threads/notes/talk.json")["author"] == {"name": "[removed]", "uid": None, "slug": None}


@pytest.mark.parametrize("name", ["José", "josé", "JOSÉ", "jOSÉ"])
def test_a_hash_of_one_spelling_removes_what_the_author_wrote_under_all(tmp_path: Path, name: str) -> None:
    spellings = ("jOSÉ", "José", unicodedata.normalize("NFD", "JOSÉ"))
    save = note("talk", *((each, f"id={number}", f"Text {number}.") for number, each in enumerate(spellings)))
    redacted = output_of(tmp_path / "a", {"content/t.md": save}, redact=(sha256(f"notes/{name}"),))
    posts = data_of(redacted, "threads/notes/talk.json")["posts"]
    assert [post["body"] for post in posts] == ["[removed]"] * 3
    assert not re.search(rb"Text \d|jos[e\xc3]", b"".join(redacted.values()), re.IGNORECASE)


@pytest.mark.parametrize("forms", [(nfc, nfd), (nfd, nfc)])
def test_a_quote_in_the_other_composition_goes_too(tmp_path: Path, forms: tuple[Callable[[str], str], ...]) -> None:
    own, quote = (form("The harbour master keeps a café in a basket.") for form in forms)
    save = note("talk", ("Ann", "id=1", own), ("Bob", "id=2", f"> {quote}\n\nNo."))
    redacted = output_of(tmp_path, {"content/t.md": save}, redact=("notes/ann",))
    posts = data_of(redacted, "threads/notes/talk.json")["posts"]
    assert [post["body"] for post in posts] == ["[removed]", "> [removed]\n\nNo."]


HARBOUR = news(
    "101",
    Said(SECRET, "Boo hoo", "Ann", "7", "5, Insightful"),
    Said(f"> {SECRET}\nAnd who pays?", "Re:", "Bob", "8"),
    Said(OTHER, "Re:Boo hoo", "Ann", "7"),
    Said(f"{OTHER}\n\nSays who?", "Re:", "Anonymous Coward", None),
    Said("Nothing to see here.", "Move along", "Dee", "9"),
)
HARBOUR_WITHOUT_ANN = news(
    "101",
    Said("[removed]", "[removed]", "[removed]", None, "5, Insightful"),
    Said("> [removed]\nAnd who pays?", "Re:", "Bob", "8"),
    Said("[removed]", "Re:[removed]", "[removed]", None),
    Said("[removed]\n\nSays who?", "Re:", "Anonymous Coward", None),
    Said("Nothing to see here.", "Move along", "Dee", "9"),
)


def ids_apart(output: dict[str, bytes]) -> dict[str, bytes]:
    """The output with the ids of posts numbered as they come up, and no sums (which tell them)."""
    ids: dict[str, str] = {}
    for url in sorted(output):
        if url.endswith(".json"):
            for post in json.loads(output[url])["posts"]:
                ids.setdefault(post["id"], f"id-{len(ids)}")
    pattern = re.compile("|".join(re.escape(found) for found in sorted(ids, key=len, reverse=True)))
    return {
        url: pattern.sub(lambda found: ids[found[0]], data.decode()).encode()
        for url, data in output.items()
        if url != "SHA256SUMS"
    }


@pytest.mark.parametrize("entry", ["slashdot/7", sha256("slashdot/7")])
def test_a_native_save_without_an_author_equals_one_written_so_but_for_the_ids(tmp_path: Path, entry: str) -> None:
    redacted = output_of(tmp_path / "a", {"content/1.txt": HARBOUR}, redact=(entry,))
    replaced = output_of(tmp_path / "b", {"content/1.txt": HARBOUR_WITHOUT_ANN})
    assert redacted["saves/1.txt"].decode() == HARBOUR_WITHOUT_ANN
    assert ids_apart(redacted) == ids_apart(replaced)


def test_ids_and_replies_stay_as_they_were(tmp_path: Path) -> None:
    def ids_and_replies(output: dict[str, bytes]) -> list[tuple[object, ...]]:
        return [
            (post["id"], post["parent"], post["saves"])
            for post in data_of(output, "threads/slashdot/101.json")["posts"]
        ]

    files = {"content/1.txt": HARBOUR, "content/1.2.txt": HARBOUR.replace("Score:5", "Score:4")}
    before = output_of(tmp_path, files)
    assert ids_and_replies(output_of(tmp_path, {}, redact=("slashdot/7",))) == ids_and_replies(before)


def test_a_removed_text_is_nowhere(tmp_path: Path) -> None:
    """Not on pages, in data, in saves (of several), nor in the names of files; and `check` sees that it is not."""
    files = {
        "content/1.txt": HARBOUR,
        "content/1.2.txt": HARBOUR.replace("Boo hoo", "Boo hoo hoo") + "\nmore\n",
        "content/t.md": TALK,
    }
    output = output_of(tmp_path, files, redact=("slashdot/7", "notes/7", "notes/talk#5"))
    for url, data in output.items():
        for text in (
            SECRET,
            OTHER,
            "Then go and look",
            "two sets of books",
            "Boo hoo",
            "Nothing to see here" * ("notes" in url),
            "ann-7",
        ):
            assert not text or text not in data.decode(), url
    assert not any("ann" in url for url in output)
    assert "dee" in " ".join(output)


def leftovers(site: Path, redact: tuple[str, ...]) -> list[str]:
    config = msgspec.structs.replace(load(site)[0], redact=redact)
    return [problem.path for problem in check_site(config, site).problems if problem.severity == "error"]


def test_check_finds_what_was_published_before_it_was_redacted(tmp_path: Path) -> None:
    output_of(tmp_path, {"content/1.txt": HARBOUR, "content/t.md": TALK})
    found = leftovers(tmp_path, ("slashdot/7",))
    assert {"output/threads/slashdot/101.html", "output/threads/slashdot/101.json", "output/saves/1.txt"} <= set(found)
    built(tmp_path, redact=("slashdot/7", "notes/7"))
    assert leftovers(tmp_path, ("slashdot/7", "notes/7")) == []


@pytest.mark.parametrize("short", ["Yes.", "I agree with you.", "...", "> What?"])
def test_what_anybody_may_say_is_not_searched_for(tmp_path: Path, short: str) -> None:
    """A text of a few common words stands in other posts of its own right: the site is good, and check says so."""
    save = note("talk", ("Ann", "id=1 uid=7", short), ("Bob", "id=2 parent=1", f"Well, well ... {short} So what?"))
    output_of(tmp_path, {"content/t.md": save}, redact=("notes/7",))
    assert leftovers(tmp_path, ("notes/7",)) == []


def test_a_page_with_something_removed_says_so(tmp_path: Path) -> None:
    page = "threads/notes/talk.html"
    assert b"about.html#removed" not in output_of(tmp_path / "whole", {"content/talk.md": TALK})[page]
    output = output_of(tmp_path / "redacted", {"content/talk.md": TALK}, redact=("notes/7",))
    assert output[page].count(b'<a href="../../about.html#removed">') == 1
    assert b'id="removed"' in output["about.html"]


def test_an_empty_text_can_be_removed(tmp_path: Path) -> None:
    save = note("talk", ("Ann", "id=1", ""), ("Bob", "id=2 parent=1", "Well?"))
    posts = data_of(output_of(tmp_path, {"content/t.md": save}, redact=("notes/Ann",)), "threads/notes/talk.json")[
        "posts"
    ]
    assert [(post["author"]["name"], post["body"]) for post in posts] == [("[removed]", "[removed]"), ("Bob", "Well?")]


def test_a_post_line_in_a_removed_text_goes_too(tmp_path: Path) -> None:
    """A fence shields what looks like a post; with the fence gone it would be one."""
    save = note("talk", ("Ann", "id=1", "```\n## Bob {id=2}\nForged.\n```"), ("Cid", "id=3", "Well?"))
    output = output_of(tmp_path, {"content/t.md": save}, redact=("notes/Ann",))
    posts = data_of(output, "threads/notes/talk.json")["posts"]
    assert [(post["author"]["name"], post["body"]) for post in posts] == [("[removed]", "[removed]"), ("Cid", "Well?")]


def test_names_and_hashes() -> None:
    ann, coward = Author("slashdot", "Ann", "7"), Author("slashdot", "Anonymous Coward")
    assert Redactions.of(["slashdot/7"]).hit_author(ann)
    assert Redactions.of([sha256("slashdot/7").upper().replace("SHA", "sha")]).hit_author(ann)
    assert Redactions.of(["slashdot/anonymous coward"]).hit_author(coward)
    assert not Redactions.of(["slashdot/Ann", "notes/7", "slashdot/77"]).hit_author(ann)
    assert not Redactions.of([]).hit_author(ann)
    assert not Redactions.of(["slashdot/[removed]"]).hit_author(Author("slashdot", "[removed]"))


def test_what_a_removed_text_quotes_stays_where_it_was_written(tmp_path: Path) -> None:
    """Bob's own words do not go because Ann, who goes, quoted them, with a mark or without."""
    own = "The tide tables of this harbour are wrong by an hour."
    save = note(
        "talk",
        ("Bob", "id=1", f"{own}\n\nSince last week."),
        ("Ann", "id=2 parent=1", f"> {own}\n\nThey are right, says my brother who is the pilot."),
        ("Ann", "id=3 parent=1", f"{own}\n\nBut really they are right, you know."),
        ("Cid", "id=4 parent=2", f"> > {own}\n> They are right, says my brother who is the pilot\n\nHm."),
    )
    posts = data_of(output_of(tmp_path, {"content/t.md": save}, redact=("notes/Ann",)), "threads/notes/talk.json")[
        "posts"
    ]
    assert [post["body"] for post in posts] == [
        f"{own}\n\nSince last week.", "[removed]", "[removed]", f"> > {own}\n> [removed]\n\nHm.",
    ]  # fmt: skip
    assert leftovers(tmp_path, ()) == []


@given(st.lists(st.sampled_from(["7", "8", "9"]), min_size=1, max_size=6), st.sampled_from(["7", "8"]), st.booleans())
def test_a_rewritten_save_reads_as_the_same_posts(uids: list[str], gone: str, footer: bool) -> None:
    """Removing changes names and texts of posts, never their number, order, subjects or scores."""
    said = [
        Said(f"Text {number} by somebody.\n\nMore.", f"Subject {number}", "N", uid) for number, uid in enumerate(uids)
    ]
    reading = read_save(news("101", *said).encode(), "1.txt")
    before = thread_of(reading, footer=footer)
    here = {number for number, post in enumerate(before.posts) if post.author.uid == gone}
    values, text = redacted(reading, here, footer=footer)
    after = thread_of(read_save(text.encode(), "1.txt"), footer=footer)
    assert without_ids(values) == without_ids(after)
    for old, new in zip(before.posts, after.posts, strict=True):
        if old.author.uid == gone:
            assert (new.author.removed, new.body, new.subject, new.score) == (True, "[removed]", old.subject, old.score)
        else:
            assert new == old
    assert msgspec.structs.replace(after, posts=()) == msgspec.structs.replace(before, posts=())


def without_ids(thread: Thread) -> Thread:
    """The thread with no ids: those made from texts differ where the texts do."""
    return msgspec.structs.replace(thread, posts=tuple(msgspec.structs.replace(post, id="") for post in thread.posts))


def test_tree_is_left_alone(tmp_path: Path) -> None:
    """The content keeps every byte, whatever is redacted."""
    write(tmp_path, {"content/1.txt": HARBOUR})
    built(tmp_path, redact=("slashdot/7",))
    assert tree(tmp_path / "content") == {"1.txt": HARBOUR.encode()}
