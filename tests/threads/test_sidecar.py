"""Sidecars: what they correct, and what is said of mistakes in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import Problem
from generator.model import TOP, Author, Post, Reply, Thread
from generator.threads.sidecar import Correction, Sidecar, apply, drop_circles, parse, parse_tables

ANN = Author("notes", "Ann")


def thread(*parents: str | None) -> Thread:
    """Posts a, b, c ... with these parents."""
    posts = tuple(Post(chr(97 + number), "", ANN, None, None, "text") for number in range(len(parents)))
    replies = tuple(TOP if parent is None else Reply(parent, "order", 0.5) for parent in parents)
    return Thread("notes", "1", "Title", "Story", posts, url="https://example.org/", tags=("old",), replies=replies)


def applied(text: str, *parents: str | None) -> tuple[Thread, list[str]]:
    sidecar, problems = parse(text.encode(), "1.toml")
    assert problems == ()
    corrected, warnings = apply(thread(*parents), sidecar)
    assert all(warning.severity == "warning" for warning in warnings)
    return corrected, [str(warning) for warning in warnings]


def sidecar_of(raw: bytes) -> tuple[Sidecar, tuple[Problem, ...]]:
    correction, problems = parse(raw, "1.toml")
    return correction.sidecar, problems


def complaints(raw: bytes) -> list[str]:
    return [str(problem) for problem in parse(raw, "1.toml")[1]]


def test_title_address_and_tags_are_replaced() -> None:
    corrected, _ = applied('title = "New"\nurl = "https://example.com/"\ntags = ["b", " a ", "b"]', None)
    assert (corrected.title, corrected.url, corrected.tags) == ("New", "https://example.com/", ("b", "a"))


def test_what_it_does_not_say_stays() -> None:
    assert applied("", None, "a")[0] == thread(None, "a")
    assert applied("footer = true\ntags = []", None)[0].tags == ()


def test_the_footer_can_be_denied() -> None:
    assert sidecar_of(b"footer = false") == (Sidecar(footer=False), ())


def test_replies_are_moved_with_edited_as_the_evidence() -> None:
    corrected, warnings = applied('[replies]\nb = "top"\nc = "a"', None, "a", "b")
    assert warnings == []
    assert corrected.replies == (TOP, TOP, Reply("a", "edited", 1.0))


def test_a_post_may_be_hung_under_a_later_one() -> None:
    assert applied('[replies]\na = "b"', None, None)[0].replies == (Reply("b", "edited"), TOP)


def test_a_wrong_id_is_a_warning_with_the_nearest_and_the_rest_holds() -> None:
    posts = tuple(Post(name, "", ANN, None, None, "text") for name in ("3f2a91c0de", "77aa00bb11"))
    made = Thread("notes", "1", "Title", "Story", posts, replies=(TOP, TOP))
    raw = b'[replies]\n3f2a91c0df = "top"\n77aa00bb11 = "3f2a91c0de"'
    corrected, (warning,) = apply(made, parse(raw, "1.toml")[0])
    assert str(warning) == "1.toml:2: warning: no post has the id '3f2a91c0df'; did you mean '3f2a91c0de'?"
    assert corrected.replies == (TOP, Reply("3f2a91c0de", "edited"))


def test_a_parent_that_is_not_there_is_a_warning_and_the_reply_stays() -> None:
    corrected, warnings = applied('[replies]\nb = "z"', None, "a")
    assert corrected.replies == thread(None, "a").replies
    assert [warning.split(";")[0] for warning in warnings] == ["1.toml:2: warning: no post has the id 'z'"]


def test_top_is_a_parent_and_no_post() -> None:
    corrected, warnings = applied('[replies]\ntop = "top"\nb = "top"', None, "a")
    assert corrected.replies == (TOP, TOP)
    assert [warning.split(";")[0] for warning in warnings] == ["1.toml:2: warning: no post has the id 'top'"]


def test_a_post_called_top_can_be_answered() -> None:
    posts = (Post("top", "", ANN, None, None, "text"), Post("b", "", ANN, None, None, "text"))
    made = Thread("notes", "1", "Title", "Story", posts, replies=(TOP, TOP))
    corrected, _ = apply(made, Correction(Sidecar(replies={"b": "top"}), "1.toml", ""))
    assert corrected.replies[1] == Reply("top", "edited")


def test_a_circle_is_a_warning_for_each_edit_in_it_and_these_do_nothing() -> None:
    corrected, warnings = applied('[replies]\na = "c"\nd = "b"', None, "a", "b", "a")
    assert corrected.replies == (TOP, Reply("a", "order", 0.5), Reply("b", "order", 0.5), Reply("b", "edited"))
    assert [warning.split(";")[0] for warning in warnings] == [
        "1.toml:2: warning: post 'a' would answer itself by way of its replies"
    ]


def test_a_post_does_not_answer_itself() -> None:
    corrected, warnings = applied('[replies]\na = "a"', None)
    assert corrected.replies == (TOP,)
    assert len(warnings) == 1


def test_mistakes_are_told_with_their_lines() -> None:
    raw = b'titel = "x"\nfooter = "no"\n[reply]\na = "b"\n'
    assert complaints(raw) == [
        "1.toml:1: unknown key 'titel'; did you mean 'title'?",
        "1.toml:2: footer: expected true or false, got text; "
        "write footer = false if the last block is no closing quote",
        "1.toml:3: unknown key 'reply'; did you mean 'replies'?",
    ]
    assert complaints(b"[replies]\na = 1\n") == [
        "1.toml:1: replies: expected text, got a whole number; "
        'write ids of posts, as in "7c11fe09b2" = "b17d02e6aa", or "top" for a post that answers nobody'
    ]


def test_a_title_an_address_and_tags_must_say_something() -> None:
    assert complaints(b'title = " "\nurl = "javascript:alert(1)"\ntags = ["law", ""]\n') == [
        "1.toml:1: title can't be ' '; write words, as in title = \"A better title\"",
        "1.toml:2: url can't be 'javascript:alert(1)'; write an address that starts with https:// or http://",
        "1.toml:3: tags can't be ['law', '']; write a list of words, as in tags = [\"one\", \"two\"]",
    ]
    assert complaints(b"title = 3") == [
        '1.toml:1: title: expected text, got a whole number; write words, as in title = "A better title"'
    ]


def test_what_is_no_toml_or_no_text_is_told() -> None:
    assert complaints(b'\n\ntitle = "x')[0].startswith("1.toml:3: this is no TOML: ")
    assert complaints(b"title = 1" + b"1" * 5000)[0].startswith("1.toml: this is no TOML: ")
    assert "holds a NUL" in complaints(b'title = "\0"')[0]


def test_a_bom_and_windows_line_ends_are_no_matter() -> None:
    assert sidecar_of('\ufefftitle = "T"\r\nfooter = false\r\n'.encode()) == (Sidecar(title="T", footer=False), ())
    assert "1.toml:2:" in complaints(b'title = "T"\r\nx = 1\r\n')[0]


@pytest.mark.parametrize("end", ["\r", "\r\n", "\r\r\n"])
def test_a_sidecar_is_text_as_a_save_is(end: str) -> None:
    lines = f'title = "Té"{end}footer = false{end}'
    for raw in (lines.encode(), f"\ufeff{lines}".encode("utf-16-le"), f"\ufeff{lines}".encode("utf-16-be")):
        assert sidecar_of(raw) == (Sidecar(title="Té", footer=False), ())
    sidecar, (problem,) = sidecar_of(lines.encode("cp1252"))
    assert sidecar == Sidecar(title="Té", footer=False)
    assert (problem.severity, problem.line) == ("warning", 1)


def test_beside_a_save_of_several_threads_each_has_a_table() -> None:
    raw = b"""["8"]\ntitle = "Eight"\nfooter = false\n[nine]\ntags = ["x"]\nreplies.b = "zz"\n"""
    corrections, problems = parse_tables(raw, "1.toml", {"8", "nine", "ten"})
    assert problems == ()
    assert {name: one.sidecar for name, one in corrections.items()} == {
        "8": Sidecar(title="Eight", footer=False),
        "nine": Sidecar(tags=("x",), replies={"b": "zz"}),
    }


def test_mistakes_in_the_tables_of_several_threads_are_told_with_their_lines() -> None:
    raw = b"""title = "T"\n["8"]\ntitle = "Eight"\n[nein]\ntags = []\n[nine]\ntitle = 3\ntitel = "x"\n"""
    corrections, problems = parse_tables(raw, "1.toml", {"8", "nine"})
    assert corrections.keys() == {"8", "nine"}
    assert [str(problem) for problem in sorted(problems)] == [
        "1.toml:1: the save beside this sidecar holds several threads, so 'title' does not say which it is for; "
        'put it below a line ["8"] with the thread\'s id',
        "1.toml:4: warning: the save beside this sidecar has no thread 'nein'; did you mean 'nine'?",
        '1.toml:7: title: expected text, got a whole number; write words, as in title = "A better title"',
        "1.toml:8: unknown key 'titel'; did you mean 'title'?",
    ]
    assert parse_tables(b"[[", "1.toml", {"8"})[1][0].message.startswith("this is no TOML")


ids = st.sampled_from(["a", "b", "c", "d", "e", "f", "top", "z"])


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6), st.dictionaries(ids, ids, max_size=8))
def test_whatever_is_edited_a_thread_stays_a_forest(numbers: list[int], edits: dict[str, str]) -> None:
    """Every edit either holds or is told, and no post hangs in a circle."""
    parents = [chr(97 + number) if number < index else None for index, number in enumerate(numbers)]
    made = thread(*parents)
    corrected, warnings = apply(made, Correction(Sidecar(replies=edits), "1.toml", ""))
    assert sorted(corrected.tree().order) == list(range(len(made.posts)))
    told = " ".join(warning.message for warning in warnings)
    for post, before, after in zip(made.posts, made.replies, corrected.replies, strict=True):
        if post.id not in edits:
            assert after == before
        else:
            target = None if edits[post.id] == "top" else edits[post.id]
            assert (
                (after.parent == target and after.evidence in ("edited", None))
                or f"{post.id!r}" in told
                or (f"{target!r}" in told)
                or " more warnings of this kind " in told
            )


def drop_circles_slowly(parents: list[int | None], wanted: dict[int, int | None]) -> list[int]:
    """Look for circles from the start again whenever one was cut."""
    dropped: list[int] = []
    start = 0
    while start < len(parents):
        walk: list[int] = []
        here: int | None = start
        while here is not None and here not in walk:
            walk.append(here)
            here = wanted.get(here, parents[here])
        start += 1
        if here is not None:
            circle = [index for index in walk[walk.index(here) :] if index in wanted]
            dropped += circle
            for index in circle:
                del wanted[index]
            start = 0
    return sorted(dropped)


numbers = st.integers(0, 9)


@given(st.lists(st.integers(-1, 8), max_size=10), st.dictionaries(numbers, st.none() | numbers, max_size=10))
def test_circles_are_cut_as_if_one_looked_for_them_again_and_again(
    above: list[int], edits: dict[int, int | None]
) -> None:
    parents = [parent if 0 <= parent < index else None for index, parent in enumerate(above)]
    there = range(len(parents))
    edits = {post: parent for post, parent in edits.items() if post in there and (parent is None or parent in there)}
    slow = dict(edits)
    assert drop_circles(parents, edits) == drop_circles_slowly(parents, slow)
    assert edits == slow


def test_many_faults_of_one_kind_are_told_by_the_first_and_their_number() -> None:
    lines = "".join(f'q{number} = "a"\n' for number in range(1000))
    _, warnings = applied(f"[replies]\n{lines}", None)
    assert [warning.split(";")[0] for warning in warnings] == [
        "1.toml:2: warning: no post has the id 'q0'",
        "1.toml:3: warning: no post has the id 'q1'",
        "1.toml:4: warning: no post has the id 'q2'",
        "1.toml:5: warning: 997 more warnings of this kind are in this file, up to line 1001",
    ]
    assert len(complaints("".join(f"k{number} = 1\n" for number in range(1000)).encode())) == 4
    assert len(parse_tables("".join(f"[k{number}]\n" for number in range(1000)).encode(), "", {"8"})[1]) == 4


def test_a_line_is_found_in_the_table_of_its_thread() -> None:
    raw = b"""["8"]\nreplies.zz = "a"\n["n.9"]\n[\"n.9\".replies]\n\"z.z\" = "a"\nzz = "a"\n"""
    corrections, problems = parse_tables(raw, "1.toml", {"8", "n.9"})
    assert problems == ()
    assert [each.line for each in apply(thread(None), corrections["8"])[1]] == [2]
    assert [each.line for each in apply(thread(None), corrections["n.9"])[1]] == [5, 6]
