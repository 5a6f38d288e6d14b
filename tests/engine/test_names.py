"""Names are equal if they are equal after NFC: one author, one tag, one redaction, one sidecar, however typed."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import load
from generator.commands.check import check_site
from generator.engine import read_content
from generator.model import Author, nfc
from generator.readers.ids import post_id
from generator.threads.redactions import Redactions, hashed_entry
from tests.small import Said, built, data_of, news, note, output_of, shown, tree, write

JOINED, APART = "José", unicodedata.normalize("NFD", "José")
BOTH = note("n", (JOINED, "id=1", "One."), (APART, "id=2", "Two."), (JOINED, "id=3 parent=2", "Three."))


def test_two_spellings_of_a_name_are_one_author_with_one_page(tmp_path: Path) -> None:
    output = output_of(tmp_path, {"content/n.md": BOTH})
    assert [url for url in output if url.startswith("authors/notes/")] == ["authors/notes/jose.html"]
    page = output["authors/notes/jose.html"].decode()
    assert all(text in page for text in ("One.", "Two.", "Three."))
    posts = data_of(output, "threads/notes/n.json")["posts"]
    assert {post["author"]["slug"] for post in posts} == {"jose"}
    assert [post["author"]["name"] for post in posts] == [JOINED, APART, JOINED]
    assert built(tmp_path).authors == 1


def test_an_author_is_named_as_in_the_newest_thread_and_has_no_other_name(tmp_path: Path) -> None:
    files = {
        "content/1.md": note("1", (JOINED, "id=1", "One."), posted="2020-01-01"),
        "content/2.md": note("2", (APART, "id=1", "One."), posted="2021-01-01"),
    }
    page = output_of(tmp_path, files)["authors/notes/jose.html"].decode()
    assert f">{APART}</h1>" in page
    assert JOINED not in page


@pytest.mark.parametrize("typed", [JOINED, APART, "JOSÉ", unicodedata.normalize("NFD", "josé")])
def test_a_redaction_takes_both_spellings_however_it_is_typed(tmp_path: Path, typed: str) -> None:
    output = output_of(tmp_path, {"content/n.md": BOTH}, redact=(f"notes/{typed}",))
    posts = data_of(output, "threads/notes/n.json")["posts"]
    assert shown(posts, "body") == [("[removed]",)] * 3
    assert not any(name.encode() in data for data in output.values() for name in (JOINED, APART))
    assert not any("jose" in url for url in output)


@pytest.mark.parametrize("typed", [JOINED, APART, "josé", unicodedata.normalize("NFD", "josé")])
def test_a_hash_takes_both_spellings_whichever_it_was_made_from(typed: str) -> None:
    entry = "sha256:" + hashlib.sha256(f"notes/{typed}".encode()).hexdigest()
    for name in (JOINED, APART):
        assert Redactions.of([entry]).hit_author(Author("notes", name)) == {entry}
    assert hashed_entry(f"notes/{JOINED}") == hashed_entry(f"notes/{APART}")


def test_all_redactions_that_hit_are_told() -> None:
    """Or a list with the plain entry and its hash would seem to have one that matches nothing."""
    ann = Author("notes", "Ann")
    entries = ["notes/Ann", hashed_entry("notes/Ann"), hashed_entry("notes/ann")]
    assert Redactions.of(entries).hit_author(ann) == {"notes/ann", *entries[1:]}


def test_two_spellings_of_a_tag_are_one_tag(tmp_path: Path) -> None:
    joined, apart = "café", unicodedata.normalize("NFD", "café")
    files = {
        "content/1.md": note("1", tags=[joined, apart]),
        "content/2.md": note("2", tags=[apart]),
        "content/3.md": note("3"),
        "content/3.toml": f'tags = ["{apart}"]\n',
        "content/4.md": note("4", title="Of crème"),
    }
    output = output_of(tmp_path, files, tags={apart: (unicodedata.normalize("NFD", "crème"),)})
    assert [url for url in output if url.startswith("tags/")] == ["tags/cafe.html", "tags/index.html"]
    for number in "1234":
        assert data_of(output, f"threads/notes/{number}.json")["tags"] == [joined]


@pytest.mark.parametrize(("save", "sidecar"), [(JOINED, APART), (APART, JOINED)])
def test_a_sidecar_belongs_to_the_save_of_its_name_in_either_spelling(tmp_path: Path, save: str, sidecar: str) -> None:
    write(tmp_path, {f"content/{save}.md": note("1"), f"content/{sidecar}.toml": 'title = "A better one"\n'})
    if len(tree(tmp_path / "content")) < 2:
        pytest.skip("this file system takes both names for one")
    assert built(tmp_path).problems == ()
    assert data_of(tree(tmp_path / "output"), "threads/notes/1.json")["title"] == "A better one"


def test_who_is_named_in_the_other_spelling_is_named(tmp_path: Path) -> None:
    said = [
        Said("Rain is wet.", "Rain", JOINED, "7"),
        Said("It is not.", "Re:", "Bob", "8"),
        Said("Nor dry.", "Re:", "Cid", "9"),
        Said(f"As {APART} said.", "Re:", "Dee", "10"),
    ]
    output = output_of(tmp_path, {"content/1.txt": news("1", *said)})
    assert data_of(output, "threads/slashdot/1.json")["posts"][3]["evidence"] == "name"


def test_check_looks_for_removed_texts_in_either_spelling(tmp_path: Path) -> None:
    text = "The café in the harbour is closed for good."
    write(tmp_path, {"content/n.md": note("n", ("Ann", "id=1", text)), "threadpress.toml": 'redact = ["notes/Ann"]'})
    built(tmp_path)
    write(tmp_path, {"output/mine.txt": unicodedata.normalize("NFD", text)})
    told = [str(problem) for problem in check_site(load(tmp_path)[0], tmp_path).problems]
    assert [line.partition(":")[0] for line in told] == ["output/mine.txt"]


def test_check_finds_a_removed_name_that_data_still_has(tmp_path: Path) -> None:
    """In either spelling, and whatever the build did: the data of a thread says who wrote what."""
    write(tmp_path, {"content/n.md": BOTH})
    built(tmp_path)
    write(tmp_path, {"threadpress.toml": f'redact = ["notes/{JOINED}"]\n'})
    told = [str(problem) for problem in check_site(load(tmp_path)[0], tmp_path).problems]
    named = "an author who was to be removed is named here"
    assert [line.partition(": ")[0] for line in told if named in line] == [
        "output/threads/notes/n.json:29",
        "output/threads/notes/n.json:53",
    ]


@given(st.text(max_size=8))
def test_an_id_of_a_name_that_was_in_form_stays(name: str) -> None:
    """Only names with accents apart get other ids than they had: those of the joined spelling."""
    plain = nfc(name)
    old_key = f"notes/@{plain.casefold()}"
    assert Author("notes", plain).key == old_key == Author("notes", name).key
    old_id = hashlib.sha256(f"{old_key}\nHello".encode("utf-8", "surrogatepass")).hexdigest()[:10]
    assert post_id(Author("notes", name), "Hello") == old_id


@given(st.text("eé\u0301\u0308oö ", min_size=1, max_size=6), st.sampled_from(["NFC", "NFD"]))
def test_a_plain_entry_and_its_hash_remove_the_same(name: str, form: str) -> None:
    typed = unicodedata.normalize(form, name)  # type: ignore[arg-type]
    author = Author("notes", name)
    assert Redactions.of([f"notes/{typed}"]).hit_author(author)
    assert Redactions.of([hashed_entry(f"notes/{typed}")]).hit_author(author)


def test_incremental_is_clean_when_a_spelling_changes(tmp_path: Path) -> None:
    files = {"content/1.md": note("1", (JOINED, "id=1", "One."), posted="2020-01-01")}
    output_of(tmp_path / "a", files)
    more = {"content/2.md": note("2", (APART, "id=1", "One."), posted="2021-01-01", tags=[APART])}
    assert output_of(tmp_path / "a", more) == output_of(tmp_path / "b", files | more)


def test_reading_content_gives_the_same_hits_for_both(tmp_path: Path) -> None:
    write(tmp_path, {"content/n.md": BOTH})
    config = msgspec.structs.replace(load(tmp_path)[0], redact=(f"notes/{APART}",))
    threads, problems, _ = read_content(tmp_path, config)
    assert ([thread.hits for thread in threads], problems) == ([("notes/josé",)], ())
