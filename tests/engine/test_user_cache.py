"""Compiled templates are programs: they come from a folder where only this user writes, or from nowhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from jinja2.bccache import Bucket

from generator import load
from generator.engine.user_cache import KEPT, compiled_folder
from generator.engine.version import digests
from generator.theme import load_theme
from generator.theme.environment import AttributeEnvironment, Environment
from tests.small import Said, news, tree, write
from tests.test_files import command

FILES = {"content/101.txt": news("101", Said("Hello", "Boo"))}
POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such rights")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for caches."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def planted(site: Path, folder: Path) -> None:
    """Put compiled templates into a folder, for each template of the site's theme, that leave a file when they run."""
    code = compile(f"open({str(site / 'owned')!r}, 'w').close()", "planted", "exec")
    theme = load_theme("default", site)
    folder.mkdir(parents=True)
    for kind in (AttributeEnvironment, Environment):
        for name, file in theme.templates.items():
            environment = kind(lambda name: None, str(folder))
            cache = environment.bytecode_cache
            assert cache is not None
            key = cache.get_cache_key(name, file.path)
            bucket = Bucket(environment, key, cache.get_source_checksum(file.text))
            bucket.code = code
            cache.dump_bytecode(bucket)


def test_nothing_that_lies_in_a_site_is_run(tmp_path: Path, home: Path) -> None:
    write(tmp_path, FILES)
    config, _ = load(tmp_path)
    digest = digests(config, load_theme("default", tmp_path))[1]
    planted(tmp_path, tmp_path / ".threadpress/templates" / digest)
    assert command(tmp_path, "build").returncode == 0
    assert not (tmp_path / "owned").exists()
    assert not (tmp_path / ".threadpress/templates").exists()
    assert list((home / "threadpress/templates").iterdir()) == [home / "threadpress/templates" / digest]


def test_what_this_user_compiled_is_used_again(tmp_path: Path, home: Path) -> None:
    """The other way round: what lies in the user's own folder is run."""
    write(tmp_path, FILES)
    config, _ = load(tmp_path)
    planted(tmp_path, home / "threadpress/templates" / digests(config, load_theme("default", tmp_path))[1])
    (home / "threadpress").chmod(0o700)
    command(tmp_path, "build")
    assert (tmp_path / "owned").exists()


@POSIX
def test_the_folder_is_closed_to_others(home: Path) -> None:
    folder = compiled_folder("abc")
    assert folder == str(home / "threadpress/templates/abc")
    assert (home / "threadpress").stat().st_mode & 0o777 == 0o700


@POSIX
@pytest.mark.parametrize("fault", ["open to all", "a link", "a file", "somebody else's"])
def test_a_folder_that_others_could_write_into_is_not_used(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    home.mkdir()
    ours = home / "threadpress"
    if fault == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        ours.symlink_to(tmp_path / "elsewhere")
    elif fault == "a file":
        ours.touch()
    else:
        ours.mkdir(mode=0o700)
        ours.chmod(0o777 if fault == "open to all" else 0o700)
    if fault == "somebody else's":
        monkeypatch.setattr(os, "geteuid", lambda: ours.stat().st_uid + 1)
    assert compiled_folder("abc") == ""
    assert not (tmp_path / "elsewhere/templates").exists()
    if fault != "somebody else's":
        write(tmp_path / "site", FILES)
        assert command(tmp_path / "site", "build").returncode == 0


@POSIX
def test_without_a_folder_for_caches_a_build_is_the_same(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        write(tmp_path / name, FILES)
    assert command(tmp_path / "one", "build").returncode == 0
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert compiled_folder("abc") == ""
    assert command(tmp_path / "two", "build").returncode == 0
    assert tree(tmp_path / "one/output") == tree(tmp_path / "two/output")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these have other places")
def test_the_place_is_that_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for value in ("", "relative"):  # such values are to be ignored
        monkeypatch.setenv("XDG_CACHE_HOME", value)
        assert compiled_folder("abc") == str(tmp_path / ".cache/threadpress/templates/abc")


def test_what_was_not_used_for_long_goes(home: Path) -> None:
    for number in range(KEPT + 3):
        folder = Path(compiled_folder(f"{number:02d}"))
        (folder / "x").touch()
        os.utime(folder, (number, number))
    compiled_folder("01")
    left = {path.name for path in (home / "threadpress/templates").iterdir()}
    assert "01" in left
    assert len(left) == KEPT
    assert f"{KEPT + 2:02d}" in left
