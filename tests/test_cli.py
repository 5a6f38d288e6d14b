"""The command line as a user calls it: what it says, and the code it ends with."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.cli import run
from generator.engine.lock import FOLDER
from tests.small import ROOT, Said, news, note, prints, tree, write

GOOD = {"content/101.txt": news("101", Said("Hello", "Boo"), Said("Well", "Re:", "Bob", "8"))}


class Told:
    """What one call of the command came to."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err
        self.lines = err.splitlines()


class Site:
    """A site in the current folder, and the command."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def write(self, files: dict[str, str | bytes] | dict[str, str] | dict[str, bytes]) -> None:
        write(self.folder, files)

    def __call__(self, *arguments: str) -> Told:
        """Call the command; the content must be as before, and nothing may tell of a bug."""
        before = prints(self.folder / "content")
        self.capsys.readouterr()
        code = run(arguments)
        assert prints(self.folder / "content") == before
        told = self.capsys.readouterr()
        assert code != 3, told.err
        return Told(code, told.out, told.err)

    def output(self) -> dict[str, bytes]:
        return tree(self.folder / "output")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    """An empty site, the current folder."""
    monkeypatch.chdir(tmp_path)
    return Site(tmp_path, capsys)


def test_a_build_says_what_it_did(site: Site) -> None:
    site.write(GOOD)
    first = site("build")
    assert first.code == 0
    files = len(site.output())
    assert first.out == f"1 thread, 2 posts, 2 authors: {files} files in output/, {files} written, 0 removed\n"
    assert first.lines == ["note: without site_url there are no canonical links, and 404.html links to /"]
    assert f"{files} files in output/, 0 written, 0 removed" in site("build").out


def test_a_good_site_passes_its_check(site: Site) -> None:
    site.write({**GOOD, "content/n.md": note("n", ("C#", "id=1", "Hi"), tags=["C++"])})
    for flags in ([], ["--site-url", "https://example.org/repo"]):
        assert site("build", *flags).code == 0
        told = site("check")
        assert (told.code, told.err) == (0, "")
        assert told.out.startswith(f"{len(site.output())} files, ")  # as many as the build says
        assert "nothing found" in told.out


def test_check_finds_what_was_changed_since(site: Site) -> None:
    site.write(GOOD)
    site("build")
    site.write({"output/about.html": "changed"})
    told = site("check")
    assert told.code == 1
    assert any(line.startswith("output/about.html") for line in told.lines)


def test_check_counts_errors_and_warnings_apart(site: Site) -> None:
    site.write(GOOD)
    site("build", "--site-url", "https://example.org/")
    site.write({"threadpress.toml": 'site_url = "https://example.com/"\n'})
    told = site("check")
    assert (told.code, told.out.rpartition(": ")[2]) == (0, "1 warning\n")
    (site.folder / "output/about.html").write_text("changed")
    told = site("check")
    errors = sum(": warning: " not in line for line in told.lines)
    assert (told.code, told.out.rpartition(": ")[2]) == (1, f"{errors} error{'s' * (errors > 1)}, 1 warning\n")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["build", "--fast"], "No such option"),
        (["buidl"], "No such command"),
        (["build", "content"], "unexpected extra argument"),
        (["build", "--site-url"], "requires an argument"),
        (["redact", "ann"], "Missing option '--find'. Write `threadpress redact --find NAME`; it prints what"),
        (["inspect"], "Missing argument 'SAVE'. Write `threadpress inspect FILE`, or for a thread of the archive"),
        (["add"], "Missing argument 'SAVE...'. Write `threadpress add FILE`, or a folder, an address, or -"),
        (["publish", "--force"], "No such option '--force'. `threadpress publish` has -C, --remote, --branch, "),
        (["--force"], "No such option '--force'. `threadpress` has --version, -C, --help."),
        (["build", "--strickt"], "No such option '--strickt'. Did you mean '--strict'?"),
    ],
)
def test_wrong_usage_ends_with_2(site: Site, arguments: list[str], expected: str) -> None:
    site.write(GOOD)
    told = site(*arguments)
    assert told.code == 2
    assert expected in told.err
    assert not (site.folder / "output").exists()


@pytest.mark.parametrize(
    ("command", "last"),
    [
        ("build", "stopped: 1 error; nothing was written"),
        ("add -", "stopped: 1 error; nothing was written"),
        ("publish", "stopped: 1 error; nothing was published"),
        ("check", "stopped: 1 error"),
        ("inspect 1", "stopped: 1 error"),
        ("redact --find ann", "stopped: 1 error"),
    ],
)
def test_what_stops_a_command_is_told_in_words_that_fit_it(site: Site, command: str, last: str) -> None:
    site.write({**GOOD, "threadpress.toml": "title = 1\n"})
    told = site(*command.split())
    assert (told.code, told.lines[-1]) == (1, last)


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["build", "--help"], ["check", "-h"]])
def test_help_ends_with_0(site: Site, arguments: list[str]) -> None:
    told = site(*arguments)
    assert told.code == 0
    assert "threadpress" in told.out


def test_without_a_content_folder_it_says_so(site: Site) -> None:
    site.write({"threadpress.toml": ""})
    told = site("build")
    assert told.code == 1
    assert told.lines == [
        "content: there is no such folder; make it and put your saves into it",
        "stopped: 1 error; nothing was written",
    ]
    assert not (site.folder / "output").exists()


def test_an_empty_content_folder_is_an_empty_site(site: Site) -> None:
    (site.folder / "content").mkdir()
    told = site("build")
    assert told.code == 0
    assert told.out.startswith("0 threads, 0 posts, 0 authors: ")


BAD: dict[str, str | bytes] = {
    "content/binary.txt": b"News: 1\n\0\1\2\n",
    "content/diary.txt": "Dear diary",
    "content/empty.txt": "",
    "content/header.txt": "News: 2\n\nA title\n",
    "content/latin.txt": news("3", Said("Café", "Boo")).encode("cp1252"),
    "content/number.txt": news("none"),
    "content/score.txt": news("4", Said("x", "Boo", score="many")),
    "content/front.md": '+++\nid = "a b"\ntitel = "T"\n+++\n',
    "content/open.md": '+++\nid = "a"\n',
    "content/post.md": note("p", ("Ann", "id=1 scor=2", "x"), ("", "id=2", "y")),
    "content/score.toml": "footer = 1\n",
}


def test_all_that_is_wrong_is_told_in_one_run_with_places_and_advice(site: Site) -> None:
    site.write({**GOOD, **BAD})
    told = site("build")
    assert told.code == 1
    assert not (site.folder / "output").exists()
    *problems, last = told.lines
    for problem in problems:
        assert re.fullmatch(r"content/[a-z]+\.(txt|md|toml):[0-9]+: .+; .+", problem), problem
    assert {problem.split(":")[0] for problem in problems} == set(BAD)
    assert problems == sorted(problems, key=lambda problem: (problem.split(":")[0], int(problem.split(":")[1])))
    assert "content/latin.txt:13: warning: " in told.err
    assert "content/score.txt:9: the score in " in told.err
    assert last == f"stopped: {len(problems) - 1} errors, 1 warning; nothing was written"


def test_keep_going_builds_the_rest_and_ends_with_1(site: Site) -> None:
    site.write({**GOOD, **BAD})
    told = site("build", "--keep-going")
    assert told.code == 1
    assert told.out.startswith("2 threads, ")
    left_out = len(BAD) - 1  # one of them has a warning only
    assert told.out.splitlines()[-1] == (
        f"{left_out} files were left out: `threadpress publish` refuses until that is mended, or moved out of content/"
    )
    assert {"threads/slashdot/101.html", "threads/slashdot/3.html"} <= site.output().keys()


def test_keep_going_without_anything_wrong_ends_with_0(site: Site) -> None:
    site.write(GOOD)
    assert site("build", "--keep-going").code == 0


def test_strict_stops_at_a_warning(site: Site) -> None:
    site.write({**GOOD, "content/3.txt": BAD["content/latin.txt"]})
    assert site("build").code == 0
    before = site.output()
    told = site("build", "--strict")
    assert told.code == 1
    assert told.lines[-1] == "stopped: 1 warning; nothing was written"
    assert site.output() == before


def test_strict_stops_at_a_warning_about_the_settings_too(site: Site) -> None:
    site.write({**GOOD, "threadpress.toml": "author_feeds = true\n"})
    assert site("build").code == 0
    assert site("build", "--strict").code == 1


def test_a_broken_configuration_is_told_whole(site: Site) -> None:
    site.write({**GOOD, "threadpress.toml": 'titel = "T"\nposts_per_page = "ten"\nredact = ["nobody"]\n'})
    told = site("build")
    assert told.code == 1
    assert [line.split(": ")[0] for line in told.lines] == [
        "threadpress.toml:1", "threadpress.toml:2", "threadpress.toml:3", "stopped",
    ]  # fmt: skip
    assert "did you mean 'title'?" in told.lines[0]
    assert site("check").code == 1


def test_a_theme_that_is_not_there_is_told(site: Site) -> None:
    site.write({**GOOD, "threadpress.toml": 'theme = "defalt"\n'})
    told = site("build")
    assert told.code == 1
    assert "defalt" in told.err
    assert not (site.folder / "output").exists()


def test_site_url_wins_over_the_file_and_is_checked(site: Site) -> None:
    site.write({**GOOD, "threadpress.toml": 'site_url = "https://example.com/"\n'})
    told = site("build", "--site-url", "https://example.org/repo")
    assert (told.code, told.err) == (0, "")
    assert b"https://example.org/repo/threads/" in site.output()["threads/slashdot/101.html"]
    wrong = site("build", "--site-url", "example.org")
    assert wrong.code == 2
    assert "--site-url: 'example.org' is no http(s) address; " in wrong.err


def test_clean_writes_all_anew_and_leaves_what_is_not_ours(site: Site) -> None:
    site.write({**GOOD, "output/CNAME": "example.org\n"})
    site("build")
    files = len(site.output()) - 1
    assert f"{files} written, 0 removed" in site("build", "--clean").out
    assert site.output()["CNAME"] == b"example.org\n"


def test_what_is_in_the_way_is_named_and_nothing_changes(site: Site) -> None:
    site.write({**GOOD, "output/index.html": "mine"})
    told = site("build")
    assert told.code == 1
    assert told.lines[0].startswith("output/index.html: this is not ours")
    assert site.output() == {"index.html": b"mine"}


def test_files_of_the_system_in_the_way_are_told(site: Site) -> None:
    site.write({**GOOD, "output": "a file"})
    told = site("build")
    assert told.code == 1
    assert "output" in told.lines[0]


def test_a_line_of_fifty_megabytes_is_no_matter(site: Site) -> None:
    """Time and memory stay in proportion, whatever the line is made of."""
    line = "x " * 25_000_000
    site.write({"content/1.txt": news("101", Said("Hello", "Boo"), story=line)})
    del line
    started = time.monotonic()
    assert site("build").code == 0
    assert time.monotonic() - started < 60


@pytest.mark.parametrize(
    "piece", [" (Score:", "(Score:2)\n\nby ", "> ", "http://a ", "[1]", "\n\n", "by x ( 1 )\n", "&<", '"']
)
def test_hostile_text_takes_time_in_proportion(site: Site, piece: str) -> None:
    """A megabyte of the worst takes a second or two; where the time grew with the square it would take minutes."""
    for number, size in enumerate((100_000, 1_000_000)):
        site.write(
            {
                f"content/{number}.txt": news(
                    str(number), Said("Hello", "Boo"), Said(piece * (size // len(piece)), "Re:")
                )
            }
        )
    started = time.monotonic()
    assert site("build", "--keep-going").code in (0, 1)
    assert time.monotonic() - started < 20


COMMAND = [sys.executable, "-m", "generator"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


HOLD = """
import sys
from pathlib import Path
from generator.engine.lock import lock
with lock(Path()):
    print(flush=True)
    sys.stdin.read()
"""


def test_a_second_build_at_the_same_time_is_refused(site: Site) -> None:
    """The first is a process that holds the lock until it is told to end."""
    site.write(GOOD)
    command = [sys.executable, "-c", HOLD]
    with subprocess.Popen(
        command, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=site.folder
    ) as other:
        assert other.stdout is not None
        other.stdout.readline()
        told = site("build")
        other.communicate()
    assert told.code == 1
    assert told.lines[0].endswith("another build of this site is running; wait until it has ended")
    assert site("build").code == 0


def test_an_interrupted_build_ends_with_130_and_the_next_is_right(site: Site) -> None:
    site.write({**GOOD, "content/big.txt": news("9", *[Said(f"Text {number}", "Boo") for number in range(5_000)])})
    with subprocess.Popen(
        [*COMMAND, "build"], env=ENVIRONMENT, cwd=site.folder, stderr=subprocess.PIPE, text=True
    ) as process:
        while not (site.folder / FOLDER / "lock").exists():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (130, "interrupted")
    assert site("build").code == 0
    assert site("check").code == 0


@pytest.mark.parametrize("trace", ["*", "*/000000"])
def test_workers_are_interrupted_with_their_build_and_say_nothing(site: Site, trace: str) -> None:
    """As a terminal does it: the signal goes to all processes of the group, which have just been started, or of which
    one works and one is idle."""
    posts = [Said(f"It rains, {number} says.", f"Day {number}") for number in range(30_000)]
    site.write({"content/1.txt": news("1", story="It rains. " * 220_000), "content/2.txt": news("2", *posts)})
    with subprocess.Popen(
        [*COMMAND, "build", "--jobs", "2"],
        env=ENVIRONMENT,
        cwd=site.folder,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        while not list((site.folder / FOLDER).glob(f"spool/{trace}")):
            time.sleep(0.005)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip()) == (130, "interrupted")
    (site.folder / "content/2.txt").unlink()
    assert site("build").code == 0
    assert site("check").code == 0


def test_a_bug_of_ours_ends_with_3_and_leaves_its_traceback_in_a_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    broken = (
        "import sys, generator.cli; sys.modules['generator.engine.build'].plan = None; generator.cli.main(['build'])"
    )
    told = subprocess.run(
        [sys.executable, "-c", broken], env=ENVIRONMENT, cwd=tmp_path, check=False, capture_output=True, text=True
    )
    assert told.returncode == 3
    assert told.stderr.count("\n") == 1
    assert "TypeError" in told.stderr
    assert "Traceback" in (tmp_path / FOLDER / "crash.txt").read_text()


def test_who_stops_listening_gets_no_traceback(site: Site) -> None:
    site.write(GOOD)
    with subprocess.Popen(
        [*COMMAND, "build"], env=ENVIRONMENT, cwd=site.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode == 1
    assert "rror" not in err
    assert "bug" not in err


def test_the_command_and_the_module_are_the_same(site: Site) -> None:
    told = subprocess.run([*COMMAND, "--version"], env=ENVIRONMENT, check=True, capture_output=True, text=True)
    assert re.fullmatch(r"threadpress \d+\.\d+\.\d+\S*\n", told.stdout)
    assert site("--version").out == told.stdout
