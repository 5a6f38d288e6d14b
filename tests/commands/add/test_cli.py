"""`threadpress add` and `threadpress inspect` as a user calls them: what they say, and what is there afterwards."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import run
from tests.small import ROOT, Said, news, note, prints, tree, write
from tests.web import Answer, serve

OLD = news("101", Said("Hello there", "Boo"), Said("Well, well", "Re:", "Bob", "8"))
NEW = news("101", Said("Hello there", "Boo", score="4"), Said("Well, well", "Re:", "Bob", "8"), Said("Late"))
BUILD = "`threadpress build` makes the pages"


class Told:
    """What one call of the command came to."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out.splitlines()
        self.err = err.splitlines()


class Site:
    """A site in the current folder, and the command."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.capsys = capsys

    def write(self, files: dict[str, str]) -> None:
        write(self.folder, files)

    def __call__(self, *arguments: str, stdin: str = "") -> Told:
        """Call the command; no file that was there may change, but for what builds write; nothing may tell of a bug."""
        watched = self.folder / "content" if arguments[0] == "build" else self.folder
        before = prints(watched)
        self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self.capsys.readouterr()
        code = run(arguments)
        told = self.capsys.readouterr()
        assert code != 3, told.err
        after = prints(watched)
        assert {path: after.get(path) for path in before} == before
        return Told(code, told.out, told.err)

    def content(self) -> list[str]:
        folder = self.folder / "content"
        return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) if folder.exists() else []


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Site:
    """An empty site, the current folder; saves come from elsewhere."""
    write(tmp_path, {"site/threadpress.toml": ""})
    monkeypatch.chdir(tmp_path / "site")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    write(tmp_path, {"old.txt": OLD, "new.txt": NEW, "more/a.md": note("a"), "more/sub/102.txt": news("102")})
    return Site(tmp_path / "site", monkeypatch, capsys)


def test_week_by_week(site: Site) -> None:
    first = site("add", "../old.txt")
    assert (first.code, first.err) == (0, [])
    assert first.out == [
        "../old.txt: slashdot-text, 1 thread, 2 posts",
        "Rain expected",
        "  15 October 2025, 2 posts by 2 authors (2 new to the archive)",
        "  content/101.txt",
        "  page: threads/slashdot/101.html",
        f"1 save added; {BUILD}",
    ]
    assert site("build").code == 0
    second = site("add", "../new.txt")
    assert second.out == [
        "../new.txt: slashdot-text, 1 thread, 3 posts",
        "Rain expected",
        "  15 October 2025, 3 posts by 2 authors",
        "  +1 post, 1 score changed",
        "  content/101.2.txt",
        "  page: threads/slashdot/101.html",
        f"1 save added; {BUILD}",
    ]
    third = site("add", "../new.txt")
    assert third.code == 0
    assert third.out == ["../new.txt: nothing new, the same bytes are in content/101.2.txt", "nothing was added"]
    assert site.content() == ["101.2.txt", "101.txt"]
    write(site.folder.parent, {"again.txt": NEW + "\n\n"})
    fourth = site("add", "../again.txt")
    assert fourth.out[3:] == [
        "  nothing in it is new: it is just one more save of this thread",
        "  content/101.3.txt",
        "  page: threads/slashdot/101.html",
        f"1 save added; {BUILD}",
    ]
    (site.folder / ".threadpress").rename(site.folder.parent / "store")  # the next build must not need it
    assert site("build", "--site-url", "https://example.org").code == 0


def test_everything_that_can_be_named_at_once(site: Site) -> None:
    with serve({"/103.txt": Answer(news("103").encode())}) as web:
        told = site("add", "../more", "-", f"{web.root}/103.txt", stdin=OLD)
    assert told.code == 0
    assert told.out[-1] == f"4 saves added; {BUILD}"
    assert site.content() == ["101.txt", "102.txt", "103.txt", "a.md"]


def test_a_dry_run_writes_nothing(site: Site) -> None:
    before = tree(site.folder.parent)
    told = site("add", "--dry-run", "../old.txt", "../new.txt")
    assert told.code == 0
    assert told.out[-1] == "2 saves would be added; nothing was written"
    assert tree(site.folder.parent) == before
    assert site.content() == []


def test_broken_input_is_refused_with_its_place_and_nothing_is_written(site: Site) -> None:
    write(site.folder.parent, {"diary.txt": "Dear diary", "bad.md": '+++\nid = "a b"\ntitle = "T"\n+++\n'})
    told = site("add", "../old.txt", "../diary.txt", "../bad.md", "../nowhere.txt", "-", "gopher://x", stdin="\0")
    assert (told.code, told.out, site.content()) == (1, [], [])
    *problems, last = told.err
    assert [problem.split(": ")[0] for problem in problems] == [
        "../bad.md:2", "../diary.txt:1", "../nowhere.txt", "gopher://x", "stdin:1",
    ]  # fmt: skip
    assert all("; " in problem for problem in problems)
    assert last == "stopped: 5 errors; nothing was written"


def test_keep_going_adds_the_good_ones_and_ends_with_1(site: Site) -> None:
    write(site.folder.parent, {"diary.txt": "Dear diary", "score.txt": news("9", Said("x", score="many"))})
    names = ("../old.txt", "../diary.txt", "../nowhere.txt", "../score.txt", "../more")
    dry = site("add", "--keep-going", "--dry-run", *names)
    assert (dry.code, dry.out[-1], site.content()) == (
        1,
        "3 saves would be added; nothing was written; 3 files were left out",
        [],
    )
    told = site("add", "--keep-going", *names)
    assert told.code == 1
    assert [line.split(": ")[0] for line in told.err] == ["../diary.txt:1", "../nowhere.txt", "../score.txt:9"]
    assert told.out[-1] == f"3 saves added; {BUILD}; 3 files were left out"
    assert site.content() == ["101.txt", "102.txt", "a.md"]
    assert site("build", "--strict").code == 0


def test_keep_going_with_nothing_good_adds_nothing(site: Site) -> None:
    told = site("add", "--keep-going", "../nowhere.txt")
    assert (told.code, told.out) == (1, ["nothing was added; 1 file was left out"])
    assert not (site.folder / "content").exists()


def test_keep_going_without_anything_wrong_ends_with_0(site: Site) -> None:
    assert site("add", "--keep-going", "../more").code == 0


def test_a_server_that_says_no_is_told(site: Site) -> None:
    with serve({}) as web:
        told = site("add", f"{web.root}/1.txt")
    assert told.code == 1
    assert told.err[0].startswith(f"{web.root}/1.txt: the server answered 404 Not Found; check the address")
    assert site.content() == []


def test_warnings_are_told_and_stop_nothing(site: Site) -> None:
    told = site("add", "-", stdin=news("1", Said("x", score="9")))
    assert (told.code, len(told.out)) == (0, 6)
    assert told.err == ["stdin:9: warning: the score 9 is outside -1 to 5; correct it if it was mistyped"]


def test_removed_names_and_texts_are_not_printed(site: Site) -> None:
    site.write({"threadpress.toml": 'redact = ["slashdot/8"]\n', "content/101.txt": OLD})
    secret = "Secret (Score:2)\n\nby secret hands\n\nThe end"
    save = news("101", Said("Hello there", "Boo"), Said(secret, "Re:", "Bob", "8"), Said("Bye"))
    for command in (["add", "-"], ["inspect", "-"], ["inspect", "101"], ["inspect", "content/101.txt"]):
        told = site(*command, stdin=save)
        assert told.code == 0
        text = "\n".join((*told.out, *told.err))
        assert "Bob" not in text
        assert "secret" not in text.lower()


def test_content_may_lie_elsewhere(site: Site) -> None:
    site.write({"threadpress.toml": 'content = "my/saves"\n'})
    assert "  my/saves/101.txt" in site("add", "../old.txt").out
    assert (site.folder / "my/saves/101.txt").read_text() == OLD


@pytest.mark.parametrize(
    "arguments",
    [["add"], ["add", "--fast", "x"], ["add", "-", "-"], ["inspect"], ["inspect", "a", "b"], ["inspect", "--x", "a"]],
)
def test_wrong_usage_ends_with_2(site: Site, arguments: list[str]) -> None:
    told = site(*arguments)
    assert told.code == 2
    assert told.err[-1].startswith("Error: ")
    assert site.content() == []


@pytest.mark.parametrize("command", ["add", "inspect"])
def test_help_names_what_can_be_given(site: Site, command: str) -> None:
    told = site(command, "--help")
    assert told.code == 0
    assert "SAVE" in told.out[0]
    assert any("standard input" in line or "- or an address" in line for line in told.out)


def test_a_file_is_inspected_wherever_it_lies(site: Site) -> None:
    told = site("inspect", "../new.txt")
    assert (told.code, told.err) == (0, [])
    assert told.out[:4] == [
        "Rain expected",
        "slashdot/101, Wednesday 15 October 2025, 17:22, posted by msmash, from the some-weather dept.",
        "3 posts by 2 authors, 2 replies inferred",
        "../new.txt (slashdot-text)",
    ]
    assert re.fullmatch(r'└─ Ann \(7\)  4  "Boo"  #[0-9a-f]{10}', told.out[4])
    assert re.fullmatch(
        r"   .─ Bob \(8\)  1  [a-z]+ [0-9]+%  #[0-9a-f]{10}", told.out[5].replace("└", ".").replace("├", ".")
    )
    assert site.content() == []


@pytest.mark.parametrize("name", ["101", "slashdot/101"])
def test_a_thread_of_the_archive_is_inspected_with_all_that_corrects_it(site: Site, name: str) -> None:
    site.write({"content/x/101.txt": OLD, "content/x/101.2.txt": news("101", Said("Late", "Boo"))})
    site.write({"content/x/101.toml": 'title = "Better"\n[replies]\nnobody = "top"\n'})
    told = site("inspect", name)
    assert told.code == 0
    assert told.out[0] == "Better"
    assert told.out[3:5] == ["x/101.txt (slashdot-text)", "x/101.2.txt (slashdot-text)"]
    assert sum(line.endswith("not in the newest save") for line in told.out) == 2
    assert told.err[0].startswith("content/x/101.toml:3: warning: no post has the id 'nobody'")


def test_what_cannot_be_inspected_is_told(site: Site) -> None:
    site.write({"content/101.txt": OLD, "content/9.txt": news("9", Said("x", score="many")), "diary": "Dear diary"})
    for name, expected in (
        ("102", "102: there is no such file, and no such thread in the archive; did you mean 101?"),
        ("content", "content: this is a folder; name a save in it"),
        ("diary", "diary:1: Threadpress does not read this kind of file; it starts"),
        ("9", "content/9.txt:9: the score in "),
        ("ftp://x", "ftp://x: ftp is not fetched, only http and https; "),
    ):
        told = site("inspect", name)
        assert (told.code, told.out) == (1, [])
        assert told.err[0].startswith(expected)


COMMAND = [sys.executable, "-P", "-m", "generator"]


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def test_nothing_wraps_and_nothing_is_coloured_where_there_is_no_terminal(site: Site) -> None:
    title = "A title that goes on " * 20
    site.write(
        {
            "content/n.md": note(
                "n", ("Ann " + "x" * 200, 'id=1 subject="\x07[bold]Long[/bold] :smile:"', "Hi"), title=title
            )
        }
    )
    told = subprocess.run(
        [*COMMAND, "inspect", "n"], env=environment(COLUMNS="40"), check=True, capture_output=True, encoding="utf-8"
    )
    assert told.stdout.splitlines()[0] == title.strip()
    assert told.stdout.splitlines()[-1] == f'└─ Ann {"x" * 200}  "␇[bold]Long[/bold] :smile:"  #1'
    assert "\x1b" not in told.stdout


def test_a_terminal_that_knows_few_characters_gets_those(site: Site) -> None:
    site.write({"content/n.md": note("n", ("Zoë", "id=1", "Hi"), title="Café")})
    told = subprocess.run(
        [*COMMAND, "inspect", "n"], env=environment(PYTHONIOENCODING="ascii"), check=True, capture_output=True
    )
    assert told.stdout.splitlines()[0] == b"Caf\\xe9"
    assert told.stdout.splitlines()[-1] == b"`- Zo\\xeb  #1"


def on_a_terminal(*arguments: str, **more: str) -> str:
    """What the command writes to a terminal of 40 columns."""
    pty = pytest.importorskip("pty", reason="this system has no such terminals")
    master, slave = pty.openpty()
    environ = {name: value for name, value in environment(TERM="xterm-256color", COLUMNS="40").items() if name != "CI"}
    with subprocess.Popen([*COMMAND, *arguments], env=environ | more, stdout=slave, stdin=slave):
        os.close(slave)
        parts = []
        try:
            while part := os.read(master, 65536):
                parts.append(part)
        except OSError:  # Linux says so when the other end has closed
            pass
        os.close(master)
    return b"".join(parts).decode().replace("\r\n", "\n")


def test_a_terminal_gets_colours_unless_it_wants_none(site: Site) -> None:
    site.write({"content/n.md": note("n", ("Ann", "id=1 score=3", "Hi"), title="T" * 60)})
    coloured, plain = on_a_terminal("inspect", "n"), on_a_terminal("inspect", "n", NO_COLOR="1")
    assert "\x1b[1;36mAnn" in coloured
    assert plain == re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert plain.splitlines()[0] == "T" * 60


def test_three_thousand_replies_deep_is_no_matter(site: Site) -> None:
    posts = [("Ann", f"id={number} parent={number - 1}" if number else "id=0", "Hi") for number in range(3000)]
    site.write({"content/n.md": note("n", *posts)})
    told = site("inspect", "n")
    assert told.code == 0
    assert len(told.out) == 4 + 3000
    assert max(map(len, told.out)) < 120
    assert "(level 3000) Ann" in told.out[-1]


def test_heavy_libraries_are_loaded_only_where_they_are_needed(site: Site) -> None:
    script = (
        "import sys; from generator.cli import run; run(sys.argv[1:]); "
        "print(*sorted({'rich', 'httpx'} & {*sys.modules}))"
    )
    for arguments, expected in ((["--version"], ""), (["add", "../old.txt"], ""), (["inspect", "../old.txt"], "rich")):
        told = subprocess.run(
            [sys.executable, "-P", "-c", script, *arguments],
            env=environment(),
            check=True,
            capture_output=True,
            text=True,
        )
        assert told.stdout.splitlines()[-1] == expected


def test_nobody_is_told_to_take_a_file_out_of_the_content_that_is_not_in_it(site: Site) -> None:
    write(site.folder.parent, {"diary.txt": "Dear diary", "empty.txt": ""})
    told = site("add", "../diary.txt", "../empty.txt")
    assert told.code == 1
    assert "; save the thread again" in "".join(told.err)
    assert "content folder" not in "".join(told.err)
