"""Tests of which source the saves of a folder are from."""

from pathlib import Path

import pytest

from generator.config import Config, parse
from generator.engine import reading_digest
from generator.errors import ConfigError
from generator.sources import source_of
from generator.threads import Folder


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("lists/a.mbox", "lists"),  # no entry: the first folder
        ("lists/perl/old/a.mbox", "perl-list"),  # the deepest folder that has an entry
        ("lists/perl/old/2007/a.mbox", "perl-list"),
        ("lists/perl/new/a.mbox", "perl-new"),
        ("Caf\u00e9/a.mbox", "cafe"),  # either form of an accent
        ("Cafe\u0301/a.mbox", "cafe"),
        ("My Forum/x/a.json", "my-forum"),
        ("a.mbox", "loose"),  # "." is the content folder itself, and not the folders in it
        ("\u6728/a.mbox", ""),
    ],
)
def test_the_deepest_folder_with_an_entry_counts_then_the_name_of_the_first(path: str, source: str) -> None:
    entries = {"lists/perl/": "perl-list", "./lists/perl/new": "perl-new", "Caf\u00e9": "cafe", ".": "loose"}
    assert Folder.of(Config(sources=entries), Path()).source_of(path) == source


def test_without_entries_a_save_in_the_content_folder_itself_has_no_source() -> None:
    assert source_of("a.mbox", {}) == ""


def test_wrong_entries_are_told_with_line_and_hint(tmp_path: Path) -> None:
    (tmp_path / "content/forum").mkdir(parents=True)
    text = '[sources]\nforum = "My Forum"\n"forum/" = "forum"\n"froum" = "forum"\n"content/forum" = "f"\n'
    with pytest.raises(ConfigError) as caught:
        parse(text, tmp_path)
    assert [str(problem) for problem in sorted(caught.value.problems)] == [
        "threadpress.toml:2: sources: 'My Forum' can't be the name of a source;"
        " use small letters, digits and -, at most 40, such as 'my-forum'",
        "threadpress.toml:3: sources: 'forum/' and 'forum' are the same folder; delete one of them",
        "threadpress.toml:4: warning: sources: there is no folder 'froum' in content/; did you mean 'forum'?",
        "threadpress.toml:5: warning: sources: there is no folder 'content/forum' in content/; did you mean 'forum'?",
    ]


def test_a_missing_folder_is_a_warning_and_no_content_folder_none(tmp_path: Path) -> None:
    assert parse('[sources]\nforum = "f"\n', tmp_path) == (Config(sources={"forum": "f"}), ())
    (tmp_path / "content").mkdir()
    _, (warning,) = parse('[sources]\nforum = "f"\n', tmp_path)
    assert (warning.line, warning.severity, warning.hint) == (2, "warning", "make it, or delete this line")


def test_another_table_makes_saves_be_read_again() -> None:
    assert reading_digest(Config()) != reading_digest(Config(sources={"forum": "f"}))
