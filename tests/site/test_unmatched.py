"""Entries of `redact` that match nothing: which are mistakes, and what the user should have written."""

from __future__ import annotations

import time
import unicodedata

import pytest

from generator.model import TOP, Author, Post, Thread
from generator.site.unmatched import folded, in_threads, unmatched
from generator.threads import hashed_entry


def post(number: str, author: Author) -> Post:
    return Post(number, "", author, None, None, "Text.")


THREADS = [
    Thread("slashdot", "0179799118", "T", "", (post("c0ffee1234", Author("slashdot", "AmiMoJo", "196126")),)),
    Thread(
        "notes", "n1", "T", "",
        (
            post("1", Author("notes", "José")), post("Abc", Author("notes", "Ann B.")),
            post("c7", Author("notes", "★")), post("9", Author("notes", "C# fan")),
            post("10", Author("notes", "[removed]")),
        ),
        author=Author("notes", "Ève"),
    ),
    Thread("mail", "n1", "T", "", (post("1", Author("mail", "नील")),)),
]  # fmt: skip


def told(*entries: str, hits: tuple[str, ...] = ()) -> list[tuple[bool, str]]:
    return [(each.near, each.hint) for each in unmatched(entries, hits, in_threads(THREADS))]


@pytest.mark.parametrize(
    ("entry", "right"),
    [
        ("slashdot/AmiMoJo", "slashdot/196126"),
        ("slashdot/amimojo", "slashdot/196126"),
        ("slashdot/amimojo-196126", "slashdot/196126"),
        ("authors/slashdot/amimojo-196126.html", "slashdot/196126"),
        ("slashdot/AmiMoJo ( 196126 )", "slashdot/196126"),
        ("slashdot/@AmiMoJo", "slashdot/196126"),
        ("notes/AmiMoJo", "slashdot/196126"),
        ("notes/196126", "slashdot/196126"),
        ("notes/Jose", "notes/José"),
        ("slashdot/José", "notes/José"),
        ("slashdot/" + unicodedata.normalize("NFD", "José"), "notes/José"),
        ("notes/ann b", "notes/Ann B."),
        ("notes/AnnB", "notes/Ann B."),
        ("notes/Eve", "notes/Ève"),
        ("mail/★", "notes/★"),
        ("notes/C fan", hashed_entry("notes/c# fan")),
        ("slashdot/0179799118#cc0ffee1234", "slashdot/0179799118#c0ffee1234"),
        ("slashdot/0179799118#C0FFEE1234", "slashdot/0179799118#c0ffee1234"),
        ("slashdot/179799118#c0ffee1234", "slashdot/0179799118#c0ffee1234"),
        ("slashdot/179799118#cc0ffee1234", "slashdot/0179799118#c0ffee1234"),
        ("slashdot/0179799118.html#cc0ffee1234", "slashdot/0179799118#c0ffee1234"),
        ("threads/slashdot/0179799118/2.html#cc0ffee1234", "slashdot/0179799118#c0ffee1234"),
        ("notes/0179799118#c0ffee1234", "slashdot/0179799118#c0ffee1234"),
        ("notes/n1#c1", "notes/n1#1"),
        ("notes/N1#1", "notes/n1#1"),
        ("notes/n1#abc", "notes/n1#Abc"),
        ("notes/n1#cAbc", "notes/n1#Abc"),
        ("notes/n1#7", "notes/n1#c7"),
    ],
)
def test_something_near_is_a_mistake_and_the_right_entry_is_named(entry: str, right: str) -> None:
    ((near, hint),) = told(entry)
    assert near
    assert hint.removesuffix(": an author with a uid is named by it") == f'write "{right}"'


@pytest.mark.parametrize(
    "entry",
    [
        "slashdot/Ami", "notes/Josef", "notes/n2#1", "slashdot/0179799118#c0ffee1235", "slashdot/AmiMoJo#1",
        "mail/नाला", "notes/☆", "notes/[removed]", hashed_entry("slashdot/Ami"), "sha256:" + "0" * 64,
    ],
)  # fmt: skip
def test_what_is_near_nothing_is_none(entry: str) -> None:
    ((near, hint),) = told(entry)
    assert not near
    assert hint


JOSE = 'did you mean "notes/José"? `threadpress redact --find Josef` finds others; or leave the entry out'


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        (
            "slashdot/AmiMojjo",
            'did you mean "slashdot/196126", who is AmiMoJo? `threadpress redact --find AmiMojjo` finds others; '
            "or leave the entry out",
        ),
        ("notes/Josef", JOSE),
        ("mail/Josef", JOSE),
        ("notes/Fly A.", 'find what to write with `threadpress redact --find "Fly A."`, or leave the entry out'),
        ("notes/n2#1", 'take thread and id from the address of the post, as in "notes/THREAD#ID", or leave it out'),
    ],
)
def test_the_hint_names_who_is_near_by_spelling_and_the_command_that_finds_others(entry: str, hint: str) -> None:
    assert told(entry) == [(False, hint)]


def test_who_is_near_by_spelling_is_looked_for_a_few_thousand_times_at_most() -> None:
    posts = tuple(post(str(number), Author("notes", f"somebody {number}")) for number in range(4_000))
    published = in_threads([Thread("notes", "n1", "T", "", posts)])
    entries = [f"notes/sombody {number}" for number in range(300)]
    started = time.process_time()
    hints = [each.hint for each in unmatched(entries, (), published)]
    assert time.process_time() - started < 5
    assert hints[0].startswith("did you mean")
    assert hints[-1].startswith("find what to write")


def test_the_hash_of_a_name_with_a_uid_is_a_mistake_and_nobody_is_named() -> None:
    right = hashed_entry("slashdot/196126")
    for name in ("slashdot/AmiMoJo", "slashdot/amimojo"):
        (near, hint), (other, _) = told(hashed_entry(name), hashed_entry("slashdot/Nobody"))
        assert (near, other) == (True, False)
        assert hint == f'write "{right}": an author with a uid is named by it'
        assert told("sha256:" + hashed_entry(name).removeprefix("sha256:").upper())[0][0]
    assert told("slashdot/Nobody", hashed_entry("slashdot/AmiMoJo"))[1][0]


def test_a_thread_can_not_be_removed_and_its_name_says_so() -> None:
    for entry in ("slashdot/0179799118", "slashdot/179799118", "threads/slashdot/0179799118.html"):
        ((near, hint),) = told(entry)
        assert near
        assert 'write its posts as "slashdot/0179799118#ID"' in hint


def test_a_wrong_id_in_a_thread_that_is_there_says_so() -> None:
    ((near, hint),) = told("slashdot/0179799118#7")
    assert not near
    assert hint.startswith("thread slashdot/0179799118 has no such post")


def test_what_matches_is_not_told_and_the_rest_comes_in_the_order_of_the_list() -> None:
    entries = ("notes/Bob", "slashdot/196126", "notes/Jose", "SHA256".lower() + ":" + "A" * 64, "notes/Bob")
    found = unmatched(entries, ("slashdot/196126",), in_threads(THREADS))
    assert [each.entry for each in found] == ["notes/Bob", "notes/Jose", "sha256:" + "A" * 64]
    assert unmatched((), (), in_threads(THREADS)) == ()


def test_several_near_ones_are_named() -> None:
    threads = [
        Thread("notes", str(number), "T", "", (post("1", Author("notes", "Ann", f"u{number}")),)) for number in range(5)
    ]
    ((entry),) = unmatched(["notes/ann"], (), in_threads(threads))
    assert entry.hint == (
        'write "notes/u0" or "notes/u1" or "notes/u2" (and 2 more): an author with a uid is named by it'
    )


def test_a_removed_post_is_not_near() -> None:
    gone = Post("5", "", Author("notes", "[removed]"), None, None, "[removed]")
    thread = Thread("notes", "1", "T", "", (gone,), replies=(TOP,))
    ((entry),) = unmatched(["notes/1#c5"], (), in_threads([thread]))
    assert not entry.near


def test_names_are_folded() -> None:
    assert {folded(name) for name in ("Ann B.", "ann_b", "ÄNN B", "ANN\u00a0B", "A\u0308nn-b")} == {"annb"}
    assert folded("Straße") == folded("STRASSE")
    assert folded("★") != folded("☆")
    assert folded("...") == "..."
