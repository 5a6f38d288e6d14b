"""Names of new saves: after the thread, after what is there, and safe wherever the site goes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import urls
from generator.commands.add.file_names import first_name, next_name, own_name, stem_in_any_case
from generator.threads.merge import age


@pytest.mark.parametrize(
    ("source", "number", "taken", "expected"),
    [
        ("slashdot", "0179799118", [], "0179799118.txt"),
        ("notes", "pump", ["pump.md"], "notes-pump.txt"),
        ("notes", "Pump", ["pump.2.md", "PUMP.md"], "notes-Pump.txt"),
        ("notes", "pump", ["letters/pump.md"], "pump.txt"),
        ("notes", "con", [], "notes-con.txt"),
        ("notes", "_x", [], "notes-_x.txt"),
        ("notes", "README-2", [], "notes-README-2.txt"),
        ("notes", "a", ["a.txt", "notes-a.md"], f"notes-{urls.digest('notes/a')}.txt"),
    ],
)
def test_a_first_save_is_called_after_its_thread(source: str, number: str, taken: list[str], expected: str) -> None:
    assert first_name("", source, number, ".txt", {stem_in_any_case(path) for path in taken}) == expected


@pytest.mark.parametrize(
    ("newest", "taken", "expected"),
    [
        ("0179799118.txt", [], "0179799118.2.md"),
        ("0179799118.2.txt", [], "0179799118.3.md"),
        ("0179799118.9.txt", ["0179799118.10.txt"], "0179799118.11.md"),
        ("0179799118.09.txt", [], "0179799118.10.md"),
        ("letters/my pump.md", [], "letters/my pump.2.md"),
        ("a.b/day-1.txt", [], "a.b/day-1.2.md"),
        ("a.b/day", [], "a.b/day.2.md"),
        ("day.2", [], "day.2.md"),
        ("day.v1.txt", ["DAY.V1.2.txt"], "day.v1.3.md"),
    ],
)
def test_a_newer_save_goes_behind_the_newest(newest: str, taken: list[str], expected: str) -> None:
    assert next_name(newest, ".md", {stem_in_any_case(path) for path in [newest, *taken]}) == expected


sources = st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True) | st.sampled_from(["con", "notes"])
numbers = st.from_regex(r"[A-Za-z0-9_-]{1,100}", fullmatch=True) | st.sampled_from(["README", "index", "NUL", "_", "-"])
endings = st.sampled_from([".txt", ".md"])


@given(st.lists(st.tuples(sources, numbers, endings), min_size=1, max_size=20, unique_by=lambda each: each[:2]))
def test_names_of_threads_are_safe_and_differ_by_more_than_letter_case(threads: list[tuple[str, str, str]]) -> None:
    taken: set[str] = set()
    for source, number, ending in threads:
        path = first_name("", source, number, ending, taken)
        assert urls.save_files([path]) == {path: f"saves/{path}"}  # a name that can be published as it is
        assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}\.(txt|md)", path)
        assert not path.startswith("README")
        assert stem_in_any_case(path) not in taken
        taken.add(stem_in_any_case(path))


names = st.text(st.sampled_from("aB1290. -_é~"), min_size=1, max_size=12).filter(lambda name: name[0] != ".")


@given(st.lists(names, min_size=1, max_size=3).map("/".join), endings, st.integers(1, 5))
def test_every_save_sorts_behind_those_before_it(newest: str, ending: str, more: int) -> None:
    taken = {stem_in_any_case(newest)}
    for _ in range(more):
        path = next_name(newest, ending, taken)
        assert age(path) > age(newest)
        assert stem_in_any_case(path) not in taken
        assert path.rpartition("/")[0] == newest.rpartition("/")[0]
        taken.add(stem_in_any_case(path))
        newest = path


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("mail/2007-April.txt", "l/2007-April.mbox"),
        ("[list] M\u00e4rz 2020.mbox", "l/list-Marz-2020.mbox"),
        ("http://example.org/2007-April.txt", "l/2007-April.mbox"),
        ("stdin", "l/stdin.mbox"),
        ("README.txt", "l/save-README.mbox"),
        ("con.mbox", "l/save-con.mbox"),
        ("\u6728.mbox", "l/save.mbox"),
        ("Taken.mbox", "l/Taken.2.mbox"),
    ],
)
def test_a_save_of_many_threads_keeps_its_name_as_far_as_that_is_safe(name: str, path: str) -> None:
    assert own_name("l/", name, ".mbox", {"l/taken"}) == path
