"""`threadpress redact --find`: what has to be written into `redact` for a person; nothing is changed."""

from __future__ import annotations

import hashlib
import tomllib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import load
from generator.cli import run
from generator.commands.redact import find_person, found_lines
from tests.small import Said, built, data_of, examples, news, note, prints, tree, write

FILES = {
    "content/101.txt": news("101", Said("Fine.", "A", "Ann", "7"), Said("No.", "Re:", "Bob", "8"), who="ann"),
    "content/101.2.txt": news("101", Said("Fine.", "A", "Ann", "7"), Said("No.", "Re:", "Bob", "8"), who="ann"),
    "content/102.txt": news("102", Said("Again.", "B", "Anna", "7"), when="Friday March 6, 2026 @08:00AM", footer=None),
    "content/n.md": note("n", ("José", "id=1 posted=2007-04-05T10:00:00Z", "One."), ("C# fan", "id=2", "Two.")),
}


def sha256(entry: str) -> str:
    return "sha256:" + hashlib.sha256(entry.encode()).hexdigest()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, FILES)


def found(site: Path, name: str) -> list[str]:
    return list(found_lines(find_person(load(site)[0], site, name), name))


HEAD = "# For redact = [...] in threadpress.toml. Of two entries, either will do; a hash names nobody."


def test_everybody_of_a_name_is_found_with_what_they_wrote(site: Path) -> None:
    """Two saves of a thread count once, and somebody with a uid is found by an older name."""
    assert found(site, "ann") == [
        HEAD,
        "# Ann or Anna (7) in slashdot: 2 posts in 2 threads, 15 October 2025 to 6 March 2026",
        '"slashdot/7",',
        f'# "{sha256("slashdot/7")}",',
        "# ann in slashdot: 1 story in 1 thread, 15 October 2025",
        '"slashdot/ann",',
        f'# "{sha256("slashdot/ann")}",',
    ]


@pytest.mark.parametrize("name", ["Anna", "7", "slashdot/7", "slashdot/anna", "anna-7", "Anna ( 7 )", "ANNA"])
def test_a_person_is_found_by_any_name(site: Path, name: str) -> None:
    assert '"slashdot/7",' in found(site, name)


@pytest.mark.parametrize("name", ["José", unicodedata.normalize("NFD", "José"), "jose", "notes/JOSE"])
def test_accents_and_case_do_not_count(site: Path, name: str) -> None:
    assert found(site, name) == [
        HEAD,
        "# José in notes: 1 post in 1 thread, 5 April 2007",
        '"notes/José",',
        f'# "{sha256("notes/josé")}",',
    ]


def test_a_name_that_would_be_read_as_a_post_is_only_hashed(site: Path) -> None:
    assert found(site, "c# fan")[1:] == ["# C# fan in notes: 1 post in 1 thread", f'"{sha256("notes/c# fan")}",']


def test_what_redact_has_already_is_said(site: Path) -> None:
    write(site, {"threadpress.toml": f'redact = ["{sha256("notes/josé")}"]\n'})
    assert found(site, "José")[1] == "# José in notes: 1 post in 1 thread, 5 April 2007, in redact already"


def test_similar_names_are_named_if_there_is_none(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = prints(site)
    for name, code in (("josie", 1), ("Annn", 1), ("nobody at all", 1), ("", 1), ("bob", 0)):
        assert run(["redact", "--find", name]) == code
    assert capsys.readouterr().out.splitlines()[:6] == [
        '# Nobody is called "josie" in these saves.',
        "# Similar names:",
        '#   José in notes: "notes/José"',
        '# Nobody is called "Annn" in these saves.',
        "# Similar names:",
        '#   Ann or Anna (7) in slashdot: "slashdot/7"',
    ]
    assert prints(site) == before


def test_without_a_name_it_is_wrong_usage(site: Path) -> None:
    assert run(["redact"]) == run(["redact", "--find"]) == run(["redact", "x"]) == 2


def test_a_save_that_can_not_be_read_is_told(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(site, {"content/bad.txt": "Dear diary"})
    assert run(["redact", "--find", "ann"]) == 0
    assert capsys.readouterr().err.startswith("content/bad.txt:1: ")


def test_what_is_printed_can_be_pasted_and_removes_the_person(site: Path) -> None:
    for name in ("ann", "José", "C# fan"):
        write(site, {"threadpress.toml": "redact = [\n" + "\n".join(found(site, name)) + "\n]\n"})
        assert built(site).unmatched == ()
        for path, data in tree(site / "output").items():
            assert name not in data.decode(), path


names = st.text("aAbé\u0301#\"'\\ \x1b\u202e", min_size=1, max_size=5).filter(lambda name: name.strip() == name)


@settings(max_examples=examples(60))
@given(st.lists(st.tuples(names, st.sampled_from(["", "uid=1", "uid=2"])), min_size=1, max_size=4))
def test_each_name_of_an_archive_is_found_and_its_entries_match(
    tmp_path_factory: pytest.TempPathFactory, people: list[tuple[str, str]]
) -> None:
    site = tmp_path_factory.mktemp("site")
    posts = [(name, about, f"Text {number}.") for number, (name, about) in enumerate(people)]
    write(site, {"content/n.md": note("n", *posts)})
    for name, _ in people:
        pasted = "redact = [\n" + "\n".join(found(site, name)) + "\n]\n"
        assert tomllib.loads(pasted)["redact"]
        hashed = pasted.replace('"notes/', '# "notes/').replace('# "sha256:', '"sha256:')
        for entries in (pasted, hashed):
            write(site, {"threadpress.toml": entries})
            assert built(site).unmatched == ()
            left = data_of(tree(site / "output"), "threads/notes/n.json")["posts"]
            assert all(post["author"]["name"] != name for post in left)
