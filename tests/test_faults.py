"""Whatever happens to a build or to `add`: nothing of the user's is harmed, and the next one makes the output right.

The faults: the process is killed at each of its changes of the disk and at any moment, the system refuses one of them,
the disk is full, a bit of what the last build left has flipped, several builds run at once, the clock jumps. The long
form tries every place; the short one some of them, spread evenly.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.faults import KILLED, Ended, command, spread, with_a_fault
from tests.history import SHORT, Site, flip
from tests.small import ALL, ROOT, Said, news, note, prints, tree, write

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")

FILES: dict[str, str] = {
    "threadpress.toml": f'{SHORT}site_url = "https://example.org/x/"\n[tags]\nweather = ["rain"]\n',
    "content/1.txt": news("101", Said("Hello", "Boo"), Said("Well", "Re:", "Bob", "8"), Said("> Well\nHm", "Re:")),
    "content/1.2.txt": news("101", Said("Hello, you", "Boo"), Said("New", "Boo", "Ann B.", "7")),
    "content/2.md": note("a", ("Ann", "id=1", "Hi"), ("ann", "id=2 parent=1", "Ho"), author="Ünal", tags=["x"]),
}
EDITED = FILES | {
    "content/1.txt": news("101", Said("Hello", "Boo"), Said("Well, well", "Re:", "Bob", "8"), title="Sun"),
    "content/3.md": note("new", ("Ann", "id=1", "Hi"), posted="2024-02-28"),
}
OWN = {"output/own.txt": "not ours"}
BUILD = ("build", "--jobs", "1")
REFUSALS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EROFS)
KILLS = 12
"""Changes of the disk that the short form tries of each build; the long form kills at every one."""
CHANGES = 100
"""Of each build, at least."""
MOMENTS = 100 if ALL else 5
DISKS = 60 if ALL else 4
ROUNDS = 10 if ALL else 1
"""Of four builds at the same time."""
FLIPS = 16 if ALL else 1
"""Of each file of the store."""


def laid_out(folder: Path, files: dict[str, str]) -> Site:
    """Put a site with a file of the user's own in its output into a folder."""
    return Site(write(folder, files | OWN), bare=True)


class Case(NamedTuple):
    """A build in whose course things happen, and what lies there before it."""

    before: Path
    arguments: tuple[str, ...]
    changes: int
    """How often it changes the disk."""


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    """A first build, one after an edit, and one from nothing in place of an older site."""
    folder = tmp_path_factory.mktemp("cases")
    laid_out(folder / "first", EDITED)
    for name in ("later", "clean"):
        site = laid_out(folder / name, FILES)
        site.build()
        write(site.folder, EDITED)
    found = {}
    for name, arguments in (("first", BUILD), ("later", BUILD), ("clean", (*BUILD, "--clean"))):
        copy = shutil.copytree(folder / name, folder / f"{name}-tried")
        ended = with_a_fault(command(copy, *arguments), folder / "log")
        assert ended.code == 0, ended.said
        assert ended.changes >= CHANGES
        found[name] = Case(folder / name, arguments, ended.changes)
    return found


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the output holds in the end."""
    site = laid_out(tmp_path_factory.mktemp("right") / "site", EDITED)
    site.build()
    return tree(site.folder / "output")


def tried(case: Case, folder: Path, right: dict[str, bytes], **fault: Any) -> Ended:
    """Let a fault meet the build of a copy of a site; nothing of the user's may suffer, and the next build is right."""
    site = Site(shutil.copytree(case.before, folder / "site"), bare=True)
    mine = prints(site.folder / "content"), prints(site.folder / "output")["own.txt"]
    ended = with_a_fault(command(site.folder, *case.arguments), folder / "log", **fault)
    assert (prints(site.folder / "content"), prints(site.folder / "output")["own.txt"]) == mine, fault
    report = site.build()
    assert tree(site.folder / "output") == right, fault
    site.rest(report)
    shutil.rmtree(site.folder)
    return ended


@pytest.mark.parametrize("name", ["first", "later", "clean"])
def test_a_build_that_is_killed_at_any_change_of_the_disk_is_made_right_by_the_next(
    tmp_path: Path, cases: dict[str, Case], right: dict[str, bytes], name: str
) -> None:
    for at in spread(cases[name].changes, KILLS):
        assert tried(cases[name], tmp_path, right, at=at).code == KILLED, at


@pytest.mark.parametrize("name", ["first", "later", "clean"])
def test_a_change_that_the_system_refuses_is_told_or_does_not_matter(
    tmp_path: Path, cases: dict[str, Case], right: dict[str, bytes], name: str
) -> None:
    """The disk is full, or broken, or may not be written: the build says so in the system's words, and exits with 1."""
    for at in spread(cases[name].changes, KILLS, 3):
        refusal = REFUSALS[at % len(REFUSALS)]
        ended = tried(cases[name], tmp_path, right, at=at, refusal=refusal)
        assert ended.code in (0, 1), (at, ended.said)
        assert ended.code == 0 or os.strerror(refusal) in ended.said, (at, ended.said)


@pytest.mark.parametrize("name", ["first", "later", "clean"])
def test_a_build_that_is_killed_at_any_moment_is_made_right_by_the_next(
    tmp_path: Path, cases: dict[str, Case], right: dict[str, bytes], name: str
) -> None:
    """Also while a file, or a part of the store, is half written."""
    start = time.perf_counter()
    copy = shutil.copytree(cases[name].before, tmp_path / "copy")
    with_a_fault(command(copy, *cases[name].arguments), tmp_path / "log")
    whole = time.perf_counter() - start
    for number in range(MOMENTS):
        ended = tried(cases[name], tmp_path, right, seconds=whole * (number + 0.5) / MOMENTS)
        assert ended.code in (KILLED, 0)


FULL = """
import subprocess, sys
from pathlib import Path
from generator.cli import run
site, size = Path(sys.argv[1]), sys.argv[2]
site.mkdir()
subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "none", site], check=True)
subprocess.run(["cp", "-r", f"{sys.argv[3]}/.", site], check=True)
first = run(["-C", str(site), "build", "--jobs", "1"])
subprocess.run(["mount", "-o", "remount,size=64m", site], check=True)
second = run(["-C", str(site), "build", "--jobs", "1"])
print(first, second)
subprocess.run(["cp", "-r", site / "output", sys.argv[4]], check=True)
"""
ALONE = ("unshare", "--user", "--map-root-user", "--mount")
"""How a process gets mounts that nobody else sees."""


def test_a_build_on_a_disk_that_is_full_is_made_right_once_there_is_room(
    tmp_path: Path, cases: dict[str, Case], right: dict[str, bytes]
) -> None:
    """A small disk in memory, of so many pages of 4 KB; the whole site takes some 600 KB."""
    if not shutil.which("unshare") or subprocess.run([*ALONE, "mount", "-t", "tmpfs", "none", tmp_path],
                                                     capture_output=True, check=False).returncode:  # fmt: skip
        pytest.skip("this user may not mount a disk of its own")
    source = write(tmp_path / "source", EDITED | OWN)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    stopped = 0
    for number in range(DISKS):
        size = 28 + (8 if ALL else 120) * number
        copy = tmp_path / f"copy-{size}"
        script = [sys.executable, "-P", "-c", FULL, str(tmp_path / f"disk-{size}"), str(size), str(source), str(copy)]
        done = subprocess.run([*ALONE, *script], env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        first, second = done.stdout.splitlines()[-1].split()
        stopped += first == "1"
        assert first == "0" or (first == "1" and "No space left on device; make room" in done.stderr), done.stderr
        assert second == "0", done.stderr
        assert tree(copy) == right, size
    assert stopped >= 3


def test_any_flipped_bit_of_what_a_build_left_is_noticed_or_does_not_matter(
    tmp_path: Path, cases: dict[str, Case], right: dict[str, bytes]
) -> None:
    """In every file of the store that is not empty, after an edit; each time another bit of a byte."""
    before = cases["later"].before
    files = [path for path in sorted((before / ".threadpress").rglob("*")) if path.is_file() and path.stat().st_size]
    assert len(files) > 30
    flips = 0
    for file in files:
        raw = file.read_bytes()
        used = [place for place, value in enumerate(raw) if value]
        for number, place in enumerate(used[:: max(1, len(used) // FLIPS)][:FLIPS]):
            site = Site(shutil.copytree(before, tmp_path / "site"), bare=True)
            flip(site.folder / file.relative_to(before), place, (place + number) % 8)
            site.build()
            assert tree(site.folder / "output") == right, (file.name, place)
            shutil.rmtree(site.folder)
            flips += 1
    assert flips >= 30 * FLIPS


def test_of_builds_at_the_same_time_one_builds_and_the_others_say_so(
    tmp_path: Path, cases: dict[str, Case], right: dict[str, bytes]
) -> None:
    site = Site(shutil.copytree(cases["later"].before, tmp_path / "site"), bare=True)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    for _ in range(ROUNDS):
        running = [
            subprocess.Popen([sys.executable, "-P", "-m", "generator", "build", *flags], cwd=site.folder, env=env,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for flags in ([], ["--clean"], [], ["--clean"])
        ]  # fmt: skip
        ended = [(process.communicate()[1], process.returncode) for process in running]
        assert 0 in {code for _, code in ended}
        assert all(code == 0 or "another build of this site is running" in said for said, code in ended), ended
        report = site.build()
        assert tree(site.folder / "output") == right
        site.rest(report)


YEAR = 365 * 24 * 3600 * 10**9


@pytest.mark.parametrize("jumps", [(YEAR, 0), (-YEAR, 0), (YEAR, -YEAR), (-YEAR, YEAR), (0, -60 * 10**9)])
def test_a_clock_that_jumps_between_builds_hides_no_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jumps: tuple[int, int]
) -> None:
    """Saves that are written then have the dates of such a clock."""
    site = laid_out(tmp_path / "site", FILES)
    for jump, words in zip((0, *jumps), ("Hello", "Jello", "Hullo"), strict=True):
        now = time.time_ns() + jump
        with monkeypatch.context() as patch:
            patch.setattr(time, "time_ns", lambda now=now: now)
            site.put("content/1.txt", FILES["content/1.txt"].replace("Hello", words))
            os.utime(site.folder / "content/1.txt", ns=(now, now))
            report = site.build()
        expected = laid_out(
            tmp_path / words, {**FILES, "content/1.txt": FILES["content/1.txt"].replace("Hello", words)}
        )
        expected.build()
        assert tree(site.folder / "output") == tree(expected.folder / "output")
        site.rest(report)


def test_an_add_that_is_killed_or_refused_at_any_change_leaves_whole_saves_and_the_next_one_adds_the_rest(
    tmp_path: Path,
) -> None:
    saves = {f"{number}.txt": news(number, Said("Hello", "Boo")).encode() for number in ("101", "102", "103")}
    write(tmp_path / "brought", saves)
    arguments = ("add", str(tmp_path / "brought"))
    write(tmp_path / "before", FILES)
    mine = {name.removeprefix("content/"): text.encode() for name, text in FILES.items() if "content/" in name}
    copy = shutil.copytree(tmp_path / "before", tmp_path / "tried")
    whole = with_a_fault(command(copy, *arguments), tmp_path / "log")
    assert whole.code == 0, whole.said
    stored = tree(copy / "content")
    for refusal in (0, *REFUSALS):
        for at in spread(whole.changes, 5):
            site = shutil.copytree(tmp_path / "before", tmp_path / f"{refusal}-{at}")
            ended = with_a_fault(command(site, *arguments), tmp_path / "log", at, refusal)
            assert ended.code in ((0, 1) if refusal else (KILLED,)), ended.said
            left = {name: data for name, data in tree(site / "content").items() if ".threadpress-" not in name}
            assert left.items() >= mine.items()
            assert left.items() <= stored.items(), "each save is whole"
            again = with_a_fault(command(site, *arguments), tmp_path / "log")
            assert again.code == 0, again.said
            assert tree(site / "content") == stored
