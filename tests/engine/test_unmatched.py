"""Entries of `redact` that match nothing stop a build, or are told by every build, until they are corrected."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import Order, build, load
from generator.config import parse
from generator.engine import read_content
from generator.errors import ConfigError, ContentError, Problem
from generator.threads import hashed_entry
from tests.small import Said, built, news, note, prints, tree, write

FILES = {
    "content/0000000101.txt": news(
        "0000000101", Said("Fine.", "A", "Ann", "7"), Said("No.", "Re:", "Bob", "8"), footer=None
    ),
    "content/n.md": note("n", ("José", "id=1", "One."), ("Cid", "id=2", "Two.")),
}
MISTAKES = """title = "Threads"  # redact = "slashdot/Ann"
redact = [
  "slashdot/8",
  "slashdot/Ann",      # has a uid
  "notes/n#c2",
  'notes/Jose',
  "slashdot/Nobody",
]
"""
TOLD = [
    ("threadpress.toml", 4, "error", 'write "slashdot/7": an author with a uid is named by it'),
    ("threadpress.toml", 5, "error", 'write "notes/n#2"'),
    ("threadpress.toml", 6, "error", 'write "notes/José"'),
    ("threadpress.toml", 7, "warning", "find what to write with"),
]


def brief(problems: tuple[Problem, ...]) -> list[tuple[str, int, str, str]]:
    return [(each.path, each.line, each.severity, each.hint.partition(" `")[0]) for each in problems]


@pytest.mark.parametrize("order", [Order(), Order(keep_going=True), Order(clean=True)])
def test_all_mistakes_stop_a_build_at_once_before_the_output_changes(tmp_path: Path, order: Order) -> None:
    built(write(tmp_path, FILES))
    write(tmp_path, {"threadpress.toml": MISTAKES})
    before = prints(tmp_path / "output")
    for _ in range(2):
        with pytest.raises(ContentError) as stopped:
            build(load(tmp_path)[0], tmp_path, order)
        assert brief(stopped.value.problems) == TOLD
    assert prints(tmp_path / "output") == before


def test_they_are_told_together_with_what_is_wrong_with_saves(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "threadpress.toml": MISTAKES, "content/bad.txt": "Dear diary"})
    with pytest.raises(ContentError) as stopped:
        built(tmp_path)
    assert [each.path for each in stopped.value.problems] == ["content/bad.txt"] + ["threadpress.toml"] * 4


def test_what_is_near_nothing_is_told_by_every_build_with_the_line_it_has_then(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "threadpress.toml": 'redact = ["slashdot/7", "slashdot/Nobody"]\n'})
    for settings, line in (("", 1), ("", 1), ("# A note.\n\n", 3), ("# A note.\n\n", 3)):
        write(tmp_path, {"threadpress.toml": settings + 'redact = ["slashdot/7", "slashdot/Nobody"]\n'})
        report = built(tmp_path)
        told = [(each.line, each.severity, each.message) for each in report.problems]
        assert told == [(line, "warning", 'redact: "slashdot/Nobody" matches nothing')]
        assert report.unmatched == report.problems
    assert report.written == ()
    with pytest.raises(ContentError):
        build(load(tmp_path)[0], tmp_path, Order(strict=True))


def test_a_new_save_can_make_a_mistake_of_it_or_match_it(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "threadpress.toml": 'redact = ["notes/Dee"]\n'})
    assert [each.severity for each in built(tmp_path).unmatched] == ["warning"]
    write(tmp_path, {"content/d.md": note("d", ("dée", "id=1", "One."))})
    with pytest.raises(ContentError, match='write "notes/dée"'):
        built(tmp_path)
    write(tmp_path, {"content/d.md": note("d", ("dee", "id=1", "One."))})
    assert built(tmp_path).unmatched == ()
    (tmp_path / "content/d.md").unlink()
    for _ in range(2):
        assert [each.severity for each in built(tmp_path).unmatched] == ["warning"]


def test_of_an_author_with_several_names_in_a_thread_each_is_near(tmp_path: Path) -> None:
    said = note("n", ("Ann", "id=1 uid=7", "One."), ("Anna", "id=2 uid=7", "Two."))
    write(tmp_path, {"content/n.md": said, "threadpress.toml": 'redact = ["notes/anna"]\n'})
    with pytest.raises(ContentError, match='write "notes/7"'):
        built(tmp_path)


def test_content_read_without_a_build_says_the_same(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "threadpress.toml": MISTAKES})
    assert brief(read_content(tmp_path, load(tmp_path)[0])[1]) == TOLD


def test_a_list_that_matches_leaves_no_word(tmp_path: Path) -> None:
    settings = 'redact = ["slashdot/7", "slashdot/8", "notes/JOSE\\u0301", "notes/n#2"]\n'
    write(tmp_path, {**FILES, "threadpress.toml": settings})
    assert built(tmp_path).problems == ()
    assert not any(b"Ann" in data for path, data in tree(tmp_path / "output").items() if path.endswith(".json"))


def test_a_wrong_entry_is_told_with_its_own_line() -> None:
    with pytest.raises(ConfigError, match=r"threadpress\.toml:3: redact: 'Ann' names neither"):
        parse('redact = [\n  "slashdot/7",\n  "Ann",\n]\n')


def test_the_hash_of_an_id_with_the_c_of_its_link_is_a_mistake(tmp_path: Path) -> None:
    wrong, right, other = (hashed_entry(f"notes/n#{number}") for number in ("c2", "2", "c3"))
    write(tmp_path, {**FILES, "threadpress.toml": f'redact = ["{wrong}", "{other}"]\n'})
    for _ in range(2):
        with pytest.raises(ContentError) as stopped:
            built(tmp_path)
        assert brief(stopped.value.problems) == [
            ("threadpress.toml", 1, "warning", "make the hash again, or leave the entry out"),
            ("threadpress.toml", 1, "error", "make the hash again, of the post's id without the c of its # link"),
        ]
        _, told, _ = read_content(tmp_path, load(tmp_path)[0])
        assert sorted(told) == sorted(stopped.value.problems)
    write(tmp_path, {"threadpress.toml": f'redact = ["{wrong}", "{right}"]\n'})
    report = built(tmp_path)
    assert [each.severity for each in report.unmatched] == ["warning"]  # the post is gone, so nothing near is left
    assert b"Two." not in tree(tmp_path / "output")["threads/notes/n.html"]
