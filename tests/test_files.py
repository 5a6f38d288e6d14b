"""Files that are not what they seem: every command comes to an end, and says of each what it is."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator import Order, build, load
from generator.errors import NotAFile
from generator.files import open_file, read_file, read_text_file
from generator.output import survey
from generator.threads import Folder, Group, Redactions, content, read_group
from tests.small import ROOT, Said, built, news, tree, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")

FILES = {
    "content/101.txt": news("101", Said("Nobody has to read what I wrote here so long ago.", "Boo")),
    "content/102.txt": news("102", Said("Well", "Boo", "Bob", "8")),
}
PROGRAM = """
import resource, sys
from generator.cli import run
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
sys.exit(run(sys.argv[1:]))
"""


def command(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program where it can't take the tests with it: it is ended if it waits, or takes much memory."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=site,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def pipe(path: Path) -> None:
    os.mkfifo(path)


def to_a_pipe(path: Path) -> None:
    pipe(path.with_name(f"{path.name}-pipe"))
    path.symlink_to(f"{path.name}-pipe")


def zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def listener(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made, contextlib.chdir(path.parent):
        made.bind(path.name)


Make = Callable[[Path], None]
KINDS: dict[Make, str] = {pipe: "a pipe", to_a_pipe: "a pipe", zeros: "a device", listener: "a socket or a device"}


def put(path: Path, make: Make) -> None:
    """Put something in the place of a file, if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)


def test_a_file_is_read(tmp_path: Path) -> None:
    write(tmp_path, {"a": b"\xef\xbb\xbfone\r\ntwo\rthree\n"})
    assert read_file(tmp_path / "a") == b"\xef\xbb\xbfone\r\ntwo\rthree\n"
    assert read_text_file(tmp_path / "a", "utf-8-sig") == "one\ntwo\nthree\n"
    (tmp_path / "b").symlink_to("a")
    with open_file(tmp_path / "b") as file:
        assert file.read(4) == b"\xef\xbb\xbfo"


@pytest.mark.parametrize("make", KINDS)
def test_what_is_no_file_is_an_error_at_once_that_says_what_it_is(tmp_path: Path, make: Make) -> None:
    make(tmp_path / "a")
    with pytest.raises(NotAFile, match=f"Not a file, but {KINDS[make]}: ") as raised:
        read_file(tmp_path / "a")
    assert raised.value.filename == str(tmp_path / "a")
    with pytest.raises(IsADirectoryError):
        read_file(tmp_path)


OURS = ("output/SHA256SUMS", "output/index.html", "output/threads/slashdot/101.html")
"""Files that a build makes."""


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("path", OURS)
def test_a_build_names_what_is_where_a_file_of_ours_goes(tmp_path: Path, path: str, make: Make) -> None:
    built(write(tmp_path, FILES))
    before = tree(tmp_path / "output")
    put(tmp_path / path, make)
    for arguments in ((), ("--clean",)):
        told = command(tmp_path, "build", *arguments)
        assert (told.returncode, told.stderr.splitlines()[0].partition(": ")[0]) == (1, path)
    del before[path.removeprefix("output/")]
    assert before.items() <= tree(tmp_path / "output").items()


@pytest.mark.parametrize("make", KINDS)
def test_a_build_without_saves_asks_no_pipe_for_the_list_of_sums(tmp_path: Path, make: Make) -> None:
    (tmp_path / "content").mkdir()
    put(tmp_path / "output/SHA256SUMS", make)
    told = command(tmp_path, "build")
    assert told.returncode == 1
    assert told.stderr.splitlines()[0].startswith("output/SHA256SUMS: this is not ours")


@pytest.mark.parametrize("make", KINDS)
def test_what_is_not_ours_does_not_hold_up_a_build_or_a_check(tmp_path: Path, make: Make) -> None:
    """Also where everything is read, since a text was removed that could be anywhere."""
    write(tmp_path, {**FILES, "threadpress.toml": 'redact = ["slashdot/7"]\n'})
    put(tmp_path / "output/deep/odd", make)
    assert command(tmp_path, "build").returncode == 0
    told = command(tmp_path, "check")
    assert told.returncode == 0
    assert f"output/deep/odd: warning: it can't be read (Not a file, but {KINDS[make]}); move it away" in told.stderr


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("path", OURS)
def test_a_check_names_what_is_in_the_place_of_a_file_of_ours(tmp_path: Path, path: str, make: Make) -> None:
    built(write(tmp_path, FILES))
    put(tmp_path / path, make)
    told = command(tmp_path, "check")
    assert told.returncode == 1
    assert [line for line in told.stderr.splitlines() if line.startswith(f"{path}: ")]


@pytest.mark.parametrize("make", KINDS)
@pytest.mark.parametrize("name", ["build", "check", "inspect", "redact", "publish"])
def test_settings_that_are_no_file_are_told(tmp_path: Path, name: str, make: Make) -> None:
    write(tmp_path, FILES)
    put(tmp_path / "threadpress.toml", make)
    told = command(tmp_path, name, *{"inspect": ("101",), "redact": ("--find", "Ann")}.get(name, ()))
    assert told.returncode == 1
    assert told.stderr.splitlines()[0] == (
        f"threadpress.toml: Not a file, but {KINDS[make]}; move it away, or put a file in its place"
    )


@pytest.mark.parametrize("make", KINDS)
def test_a_logo_that_is_no_file_is_told(tmp_path: Path, make: Make) -> None:
    write(tmp_path, {**FILES, "threadpress.toml": '[theme_options]\nlogo = "logo.svg"\n'})
    put(tmp_path / "logo.svg", make)
    told = command(tmp_path, "build")
    assert told.returncode == 1
    assert f"logo.svg can't be read: Not a file, but {KINDS[make]}" in told.stderr


ODD = os.fsdecode(b"a\xffb")
"""A name that is not UTF-8."""


@pytest.mark.parametrize("whole", [0, 1000])
def test_names_of_others_in_the_output_need_not_be_utf8(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: int
) -> None:
    """Whether the output is looked at as a whole or in parts."""
    monkeypatch.setattr(survey, "WHOLE", whole)
    built(write(tmp_path, FILES))
    expected = tree(tmp_path / "output")
    theirs = dict.fromkeys((ODD, f"{ODD}.d/x", f"threads/{ODD}.html", f"zz/{ODD}"), b"mine")
    write(tmp_path / "output", theirs)
    assert built(tmp_path).written == ()
    assert built(tmp_path).written == ()
    assert tree(tmp_path / "output") == expected | theirs
    write(tmp_path, {"content/103.txt": news("103")})
    assert "index.html" in built(tmp_path).written
    assert built(tmp_path).written == ()
    (tmp_path / "output/threads" / f"{ODD}.html").write_bytes(b"other")
    assert built(tmp_path).written == ()
    assert build(load(tmp_path)[0], tmp_path, Order(clean=True)).written
    assert {path for path, data in tree(tmp_path / "output").items() if data in (b"mine", b"other")} == theirs.keys()
    assert command(tmp_path, "check").returncode == 0


def test_what_stands_in_the_way_in_a_name_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    write(tmp_path / "output", {f"index.html/{ODD}": b"mine"})
    told = command(tmp_path, "build")
    assert told.returncode == 1
    assert told.stderr.startswith("output/index.html")


@pytest.mark.parametrize("make", ["file", "folder", "closed", "link"])
def test_names_of_the_content_that_are_not_utf8_are_one_problem_each(tmp_path: Path, make: str) -> None:
    write(tmp_path, FILES)
    odd = tmp_path / "content" / ODD
    if make == "file":
        odd.touch()
    elif make == "link":
        (tmp_path / "elsewhere").mkdir()
        odd.symlink_to(tmp_path / "elsewhere")
    else:
        odd.mkdir(mode=0o777 if make == "folder" else 0)
        (odd / "x").touch() if make == "folder" else None
    for _ in range(2):
        told = command(tmp_path, "build", "--keep-going")
        assert told.returncode == (0 if make == "link" or (make == "closed" and os.geteuid() == 0) else 1), told.stderr
        assert "2 threads" in told.stdout
        assert told.stderr.count("content/a\\udcffb") == (0 if make == "closed" and os.geteuid() == 0 else 1)


CLOSED = pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is closed to this user")


def circle(site: Path) -> None:
    (site / "content/a").symlink_to("b")
    (site / "content/b").symlink_to("a")


def no_way_in(site: Path) -> None:
    write(site, {"content/sub/103.txt": news("103"), "content/sub/deep/104.txt": news("104")})
    (site / "content/sub").chmod(0o600)


IN_A_CIRCLE = "it can't be read (Too many levels of symbolic links); the symbolic links there lead in a circle"


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (circle, [f"content/a: {IN_A_CIRCLE}: correct them", f"content/b: {IN_A_CIRCLE}: correct them"]),
        pytest.param(
            no_way_in,
            ["content/sub: it can't be read (Permission denied); check its permissions, and those of the folders it "
             "is in"],
            marks=CLOSED,
        ),
    ],
)  # fmt: skip
def test_one_entry_at_fault_is_one_problem(
    tmp_path: Path, prepare: Callable[[Path], None], expected: list[str]
) -> None:
    write(tmp_path, FILES)
    prepare(tmp_path)
    told = command(tmp_path, "build")
    count = f"stopped: {len(expected)} error{'s' * (len(expected) > 1)}; nothing was written"
    assert (told.returncode, told.stderr.splitlines()) == (1, [*expected, count])
    for _ in range(2):
        told = command(tmp_path, "build", "--keep-going")
        assert (told.returncode, told.stderr.splitlines()[:-1]) == (1, expected)
        assert "2 threads" in told.stdout
    told = command(tmp_path, "check")
    assert (told.returncode, told.stderr.splitlines()) == (1, expected)
    (tmp_path / "content/sub").chmod(0o700) if prepare is no_way_in else None


def test_a_save_that_vanishes_while_the_folder_is_listed_is_one_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, FILES)

    def scandir(folder: Path) -> list[os.DirEntry[str]]:
        entries = list(os.scandir(folder))
        (tmp_path / "content/101.txt").unlink(missing_ok=True)
        return entries

    monkeypatch.setattr(content, "os", SimpleNamespace(stat=os.stat, path=os.path, scandir=scandir))
    listing = content.list_content(tmp_path / "content")
    assert list(listing.saves) == ["102.txt"]
    assert [str(problem) for problem in listing.problems] == [
        "101.txt: it can't be read (No such file or directory); check the path; if another program has just removed "
        "it, run it again"
    ]


def test_a_save_that_vanishes_before_it_is_read_is_one_problem(tmp_path: Path) -> None:
    """A link to a file that is there for whoever lists the folder, and not for who reads it, would do the same."""
    write(tmp_path, FILES)
    reading = read_group(Folder(tmp_path / "content"), Group(("101.txt", "gone.txt")), Redactions())
    assert [thread.thread.id for thread in reading.threads] == ["101"]
    assert [problem.path for problem in reading.problems] == ["gone.txt"]


@CLOSED
def test_a_folder_of_the_output_that_cannot_be_entered_is_one_problem(tmp_path: Path) -> None:
    built(write(tmp_path, FILES))
    (tmp_path / "output/threads").chmod(0o600)
    told = command(tmp_path, "build")
    (tmp_path / "output/threads").chmod(0o700)
    assert (told.returncode, told.stderr.splitlines()[0]) == (
        1,
        "output/threads: it can't be read (Permission denied); check its permissions, and those of the folders it "
        "is in",
    )


EVIL = "a\x1b]0;owned\x07\x9b2J\u202e\n\tb"
QUOTED = "a␛]0;owned␇[U+009B]2J[U+202E]␊␉b"
"""The same as it is shown."""


def no_codes(told: subprocess.CompletedProcess[str]) -> bool:
    return all(line.isprintable() for line in f"{told.stdout}{told.stderr}".split("\n"))


def test_names_of_files_reach_the_terminal_as_signs(tmp_path: Path) -> None:
    """Whichever command tells them, and wherever they stand."""
    write(tmp_path, {**FILES, f"content/{EVIL}.txt": "no save", f"content/{EVIL}/103.txt": news("103")})
    told = command(tmp_path, "build", "--keep-going", "--explain")
    assert told.returncode == 1
    assert f"content/{QUOTED}.txt:1: " in told.stderr
    assert no_codes(told)
    write(tmp_path / "output", {f"{EVIL}.html": "mine"})
    (tmp_path / "output" / EVIL).symlink_to("nowhere")
    with (tmp_path / "output/SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  {EVIL.replace(chr(10), '')}.css\n")
    told = command(tmp_path, "check")
    assert told.returncode == 1
    assert QUOTED in told.stderr
    assert no_codes(told)
    (tmp_path / "saves").mkdir()
    write(tmp_path, {f"saves/{EVIL}.txt": news("104"), f"saves/{EVIL}.2.txt": "no save", f"{EVIL}.txt": news("103")})
    told = command(tmp_path, "add", "--keep-going", "saves", f"{EVIL}.txt")
    assert told.returncode == 1
    assert f"saves/{QUOTED}.2.txt" in told.stderr
    assert no_codes(told)
    shutil.rmtree(tmp_path / "output")
    write(tmp_path / "output", {"index.html": "mine"})
    told = command(tmp_path, "build", "--keep-going")
    assert no_codes(told)


def test_a_folder_of_the_site_is_shown_by_signs_too(tmp_path: Path) -> None:
    write(tmp_path / EVIL, {**FILES, "content/103.txt": "no save"})
    for arguments in (("build",), ("build", "--keep-going"), ("check",), ("new", EVIL)):
        told = command(tmp_path, *arguments, *(() if "new" in arguments else ("-C", EVIL)))
        assert no_codes(told), told
        assert QUOTED in told.stdout + told.stderr
