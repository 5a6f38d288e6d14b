"""Which thread lies in which saves, and who wrote them: the same with a store, without one, and with an old one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator import Config, ContentError, load
from generator.commands.archive import Archive, find_group, read_archive, with_saves
from generator.engine.lock import FOLDER
from tests.small import Said, built, news, note, write

SITE = {
    "content/1.txt": news("1", Said("Hello", "Boo"), Said("Well", name="Bob", uid="8")),
    "content/1.2.txt": news("1", Said("Hello", "Boo"), Said("Late", name="Anonymous Coward", uid=None)),
    "content/1.toml": 'title = "Better"\n',
    "content/deep/a.md": note("1", ("Dan", "uid=9", "Hi")),
    "content/diary.txt": "Dear diary",
}
WRITERS = {"slashdot/7", "slashdot/8", "slashdot/@anonymous coward", "slashdot/@msmash", "notes/9"}


def look(site: Path) -> Archive:
    return read_archive(load(site)[0], site)


def told(archive: Archive) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {key: (group.saves, group.sidecars) for key, group in archive.groups.items()}


EXPECTED = {"slashdot/1": (("1.txt", "1.2.txt"), ("1.toml",)), "notes/1": (("deep/a.md",), ())}


def test_without_a_store_all_is_read(tmp_path: Path) -> None:
    archive = look(write(tmp_path, SITE))
    assert told(archive) == EXPECTED
    assert archive.authors == WRITERS
    assert not (tmp_path / FOLDER).exists()


def test_with_a_store_only_what_is_new_is_read(tmp_path: Path) -> None:
    """Authors of a save that went away stay known until the next build; nobody is asked to read all for that."""
    good = {path: text for path, text in SITE.items() if "diary" not in path}
    built(write(tmp_path, good))
    archive = look(tmp_path)
    assert (told(archive), archive.unread) == (EXPECTED, frozenset())
    assert archive.authors == WRITERS
    write(tmp_path, {"content/2.txt": news("2", Said("New", name="Eve", uid="10"))})
    archive = look(tmp_path)
    assert archive.unread == {"2.txt"}
    assert archive.authors == WRITERS | {"slashdot/10"}
    assert told(archive) == EXPECTED | {"slashdot/2": (("2.txt",), ())}


def test_a_store_made_with_other_settings_is_not_believed(tmp_path: Path) -> None:
    good = {path: text for path, text in SITE.items() if "diary" not in path}
    built(write(tmp_path, good))
    shutil.copytree(tmp_path / "content", tmp_path / "other")
    write(tmp_path, {"other/2.txt": news("2"), "threadpress.toml": 'content = "other"\n'})
    archive = look(tmp_path)
    assert archive.unread == {"1.txt", "1.2.txt", "2.txt", "deep/a.md"}
    assert archive.groups.keys() == EXPECTED.keys() | {"slashdot/2"}


def test_without_a_content_folder_there_is_no_thread(tmp_path: Path) -> None:
    archive = read_archive(Config(), tmp_path)
    assert (archive.groups, archive.authors) == ({}, frozenset())


def test_more_saves_are_put_where_a_build_would_have_them(tmp_path: Path) -> None:
    archive = look(write(tmp_path, SITE | {"content/2.toml": ""}))
    more = with_saves(archive, {"1.3.txt": ("slashdot/1",), "2.txt": ("slashdot/2",)})
    assert told(more) == EXPECTED | {
        "slashdot/1": (("1.txt", "1.2.txt", "1.3.txt"), ("1.toml",)),
        "slashdot/2": (("2.txt",), ("2.toml",)),
    }
    assert told(archive) == EXPECTED


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("slashdot/1", ("1.txt", "1.2.txt")),
        ("notes/1", ("deep/a.md",)),
        ("77", ("x.txt",)),
        ("slashdot/77", ("x.txt",)),
        ("1", "1: threads of several sources have this id; write notes/1 or slashdot/1"),
        ("777", "777: there is no such file, and no such thread in the archive; did you mean 77?"),
        (
            "slashdo/77",
            "slashdo/77: there is no such file, and no such thread in the archive; did you mean slashdot/77?",
        ),
        (
            "x/y/1",
            "x/y/1: there is no such file, and no such thread in the archive; name a file, or a thread by SOURCE/ID",
        ),
    ],
)
def test_threads_are_found_by_their_names(tmp_path: Path, name: str, expected: tuple[str, ...] | str) -> None:
    archive = look(write(tmp_path, SITE | {"content/x.txt": news("77")}))
    if isinstance(expected, tuple):
        group, full = find_group(archive, name)
        assert group.saves == expected
        assert full.endswith(name)
    else:
        with pytest.raises(ContentError) as error:
            find_group(archive, name)
        assert str(error.value) == expected
