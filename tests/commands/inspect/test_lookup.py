"""What `inspect` finds under a name: threads of files, and threads of the archive from all their saves."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from generator import ContentError, load
from generator.commands.inspect.lookup import LookUp, look_up
from tests import toys
from tests.small import write


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    toys.install(monkeypatch, tmp_path / "log")
    return tmp_path / "site"


def looked_up(site: Path, name: str) -> LookUp:
    return look_up(load(site)[0], site, name, io.BytesIO())


def test_of_a_file_all_threads_are_shown(site: Path) -> None:
    write(site, {"all.many": toys.many([("x", []), ("y", [("1", "Ann", None, "Hi")])])})
    assert [read.thread.id for read in looked_up(site, str(site / "all.many")).threads] == ["x", "y"]


def test_of_a_save_in_the_archive_the_thread_of_that_name_is_shown(site: Path) -> None:
    write(site, {"content/all.many": toys.many([("x", []), ("y", [("1", "Ann", None, "Hi")])])})
    assert [read.thread.key for read in looked_up(site, "y").threads] == [("list", "y")]


def test_a_thread_of_messages_is_found_by_its_root_and_by_any_message(site: Path) -> None:
    write(site, {"content/l/1.message": toys.message("b", ["a"]), "content/l/2.message": toys.message("c", ["a", "b"])})
    for name in ("a", "l/a", "c"):
        (read,) = looked_up(site, name).threads
        assert (read.thread.key, len(read.thread.posts)) == (("l", "a"), 2)
    with pytest.raises(ContentError):
        looked_up(site, "d")


def test_a_file_that_does_not_say_where_it_is_from_is_told(site: Path) -> None:
    write(site, {"content/a.message": toys.message("a")})
    with pytest.raises(ContentError):
        looked_up(site, "a")
