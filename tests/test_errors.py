"""What the system refuses reaches the user in its own words, with a hint that fits: by error, then with real causes."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cli import run
from generator.errors import HINTS, hint_for, is_refusal, naming, refused
from tests.small import ROOT, Said, news, output_of, prints, tree, write

FILES = {"content/101.txt": news("101", Said("Hello", "Boo"))}


def error(number: int, *names: str) -> OSError:
    return OSError(number, os.strerror(number), *names)


def test_the_words_are_those_of_the_system_and_the_hint_fits() -> None:
    assert str(refused(error(errno.ENOSPC, "output/index.html"))) == (
        "output/index.html: No space left on device; make room on that disk and run it again"
    )
    assert str(refused(error(errno.EMFILE))) == (
        "system: Too many open files; allow more open files, e.g. with `ulimit -n 4096`"
    )
    assert refused(error(errno.EACCES), "content").path == "content"
    assert refused(OSError(errno.EACCES, "No", b"a\xff")).path == "a\udcff"


def test_a_file_is_named_where_the_system_names_none() -> None:
    for number, names, told in ((errno.ENOSPC, (), "output/index.html"), (errno.ENOENT, ("its.own",), "its.own")):
        with pytest.raises(OSError, match=os.strerror(number)) as raised, naming(Path("output/index.html")):
            raise error(number, *names)
        assert refused(raised.value).path == told


def test_of_a_rename_the_new_name_counts(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "b").mkdir()
    with pytest.raises(OSError, match="a") as raised:
        (tmp_path / "a").rename(tmp_path / "b")
    told = refused(raised.value)
    assert (told.path, told.message) == (str(tmp_path / "b"), "Is a directory")
    assert told.hint == "a folder is where a file is needed: move it away"


def test_each_cause_has_a_hint_of_its_own() -> None:
    """But for those that are the same to the user."""
    same = [{"EACCES", "EPERM"}, {"EBUSY", "ETXTBSY"}, {"ENOLCK", "ENOSYS", "EOPNOTSUPP"}]
    for names in same:
        assert len({HINTS[getattr(errno, name)] for name in names}) == 1
    causes = ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "EACCES", "EEXIST", "ENOTDIR", "EISDIR", "ENOTEMPTY",
              "ENOENT", "ENAMETOOLONG", "ELOOP", "EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EBUSY", "EXDEV", "ESTALE",
              "ENOLCK")  # fmt: skip
    assert len({HINTS[getattr(errno, name)] for name in causes}) == len(causes)
    assert hint_for(OSError("nobody knows")) == hint_for(OSError(errno.EBADMSG, "?"))


def test_what_names_no_file_and_has_no_known_cause_is_a_bug_of_ours() -> None:
    assert is_refusal(error(errno.EBADF, "x"))
    assert not is_refusal(error(errno.EBADF))
    assert is_refusal(error(errno.ENOMEM))
    assert not is_refusal(OSError("a mistake"))


# ---- Real causes


def block(path: str) -> Callable[[Path], object]:
    """Put a file where a folder has to be."""
    return lambda site: (site / path).write_text("mine")


def circle(site: Path) -> None:
    (site / "output").symlink_to("output")


def dangle(site: Path) -> None:
    (site / "content").rename(site / "saves")
    (site / "content").symlink_to("drive/saves")


def lead_nowhere(name: str) -> Callable[[Path], object]:
    """Put a link there to a folder of a disk that is not mounted."""
    return lambda site: (site / name).symlink_to("/nowhere/x")


OURS = "this is no plain file or folder, and the name is kept for what builds write; remove it"

NOWHERE = "this is a link to /nowhere/x, which is not there: see that the disk it is on is mounted, or correct the link"


def replace_content(site: Path) -> None:
    (site / "content").rename(site / "saves")
    (site / "content").write_text("mine")


NO_FOLDER = "move away what is there: a folder, or a file of ours, needs this name"


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (block("output"), f"output: File exists; {NO_FOLDER}"),
        (block(".threadpress"), f".threadpress: File exists; {NO_FOLDER}"),
        (lead_nowhere("output"), f"output: File exists; {NOWHERE}"),
        (lead_nowhere(".threadpress"), f".threadpress: {OURS}"),
        (
            lead_nowhere("threadpress.toml"),
            f"threadpress.toml: it can't be read (No such file or directory); {NOWHERE}",
        ),
        (
            lambda site: (site / ".threadpress").symlink_to(".threadpress"),
            f".threadpress: {OURS}",
        ),
        (circle, "Too many levels of symbolic links; the symbolic links there lead in a circle: correct them"),
        (
            dangle,
            "content: this is a link to drive/saves, and that is not there; see that the disk it is on is mounted, or "
            "correct the link",
        ),
        (
            replace_content,
            "content: it can't be read (Not a directory); a part of this path is no folder: move that away, or correct "
            "the path",
        ),
        (
            lambda site: (site / "threadpress.toml").mkdir(),
            "threadpress.toml: Is a directory; a folder is where a file is needed: move it away",
        ),
        (
            lambda site: write(site, {"threadpress.toml": f'output = "{"x" * 300}"\n'}),
            "File name too long; use shorter names, or move the site to a folder with a shorter path",
        ),
    ],
)
def test_what_is_in_the_way_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    prepare: Callable[[Path], object],
    expected: str,
) -> None:
    write(tmp_path, FILES)
    prepare(tmp_path)
    monkeypatch.chdir(tmp_path)
    before = prints(tmp_path)
    assert run(["build"]) == 1
    assert expected in capsys.readouterr().err.splitlines()[0]
    assert {path: before[path] for path in before if not path.startswith(".threadpress/")} == {
        path: told for path, told in prints(tmp_path).items() if not path.startswith(".threadpress/")
    }


LIMITED = """
import resource, sys
from generator.cli import run
resource.setrlimit(resource.RLIMIT_{}, ({}, {}))
sys.exit(run(["build"]))
"""


def limited(site: Path, kind: str, most: int) -> subprocess.CompletedProcess[str]:
    """Build under a limit of the system."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED.format(kind, most, most)],
        cwd=site,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_too_many_open_files_are_told_as_such_wherever_they_stop_a_build(tmp_path: Path) -> None:
    """And neither as a bug, nor as a mistake of a template, nor as a save that has changed meanwhile."""
    fresh, stopped = output_of(tmp_path / "fresh", FILES), 0
    for most in range(3, 13):
        site = write(tmp_path / str(most), FILES)
        told = limited(site, "NOFILE", most)
        assert told.returncode in (0, 1), told.stderr
        if told.returncode:
            stopped += 1
            assert re.search(r"Too many open files\)?; allow more open files", told.stderr.splitlines()[0])
            assert limited(site, "NOFILE", 64).returncode == 0
        assert tree(site / "output") == fresh
    assert stopped > 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is closed to this user")
def test_a_folder_of_the_output_that_is_closed_to_us_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write(tmp_path, FILES))
    run(["build"])
    (tmp_path / "output/threads").chmod(0)
    capsys.readouterr()
    try:
        told = (
            "output/threads: {}it can't be read (Permission denied); check its permissions, and those of the folders "
            "it is in"
        )
        assert run(["build"]) == 1
        assert capsys.readouterr().err.splitlines()[0] == told.format("")
        assert run(["check"]) == 1
        assert told.format("warning: ") in capsys.readouterr().err.splitlines()
    finally:
        (tmp_path / "output/threads").chmod(0o755)
