"""Which site a command is about, and that a folder that is no site is left as it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.cli import run, threadpress
from generator.commands.locate import find_site
from generator.errors import ConfigError
from tests.small import Said, news, note, prints, tree, write

GOOD = {"content/101.txt": news("101", Said("Hello", "Boo"))}
ARGUMENTS = {"add": ["save.txt"], "inspect": ["save.txt"], "redact": ["--find", "Ann"]}
"""What a command needs to run at all."""
COMMANDS = sorted(threadpress.commands.keys() - {"new", "help"})

Tell = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    """The command, called in a folder below the present one."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, where: str = ".") -> tuple[int, str, str]:
        os.chdir(where)
        try:
            capsys.readouterr()
            code = run(arguments)
        finally:
            os.chdir(tmp_path)
        said = capsys.readouterr()
        assert code != 3, said.err
        return code, said.out, said.err

    return call


@pytest.mark.parametrize(
    ("files", "where", "site"),
    [
        ({"threadpress.toml": ""}, ".", "."),
        ({"content/1.txt": ""}, ".", "."),
        ({"threadpress.toml": "", "a/b/c": ""}, "a/b", "../.."),
        ({"threadpress.toml": "", "content/a/1.txt": ""}, "content/a", "../.."),
        ({"threadpress.toml": "", "a/threadpress.toml": "", "a/b/c": ""}, "a/b", ".."),
        ({"threadpress.toml": "", "a/content/1.txt": ""}, "a", "."),
        # Above, only settings tell a site from any other folder with a `content` in it.
        ({"threadpress.toml": "", "a/content/1.txt": "", "a/b/c": ""}, "a/b", "../.."),
    ],
)
def test_the_site_is_here_or_the_nearest_above_with_settings(
    files: dict[str, str], where: str, site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, files)
    monkeypatch.chdir(tmp_path / where)
    assert find_site(None) == Path(site)


def test_a_folder_that_is_named_is_the_site_or_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"threadpress.toml": "", "a/b": ""})
    monkeypatch.chdir(tmp_path / "a")
    assert find_site(Path("..")) == Path("..")
    assert find_site(tmp_path) == tmp_path
    with pytest.raises(ConfigError):
        find_site(Path())


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_that_is_no_site_is_told_and_left_as_it_is(name: str, tell: Tell, tmp_path: Path) -> None:
    write(tmp_path, {"save.txt": "Dear diary"})
    before = prints(tmp_path)
    for flags in ([], ["-C", "."]):
        code, out, err = tell(name, *flags, *ARGUMENTS.get(name, []))
        assert (code, out) == (1, "")
        if name != "inspect":  # which can look at a file anywhere
            assert err.startswith(".: this is no site: there is neither threadpress.toml nor content/ in it; ")
            assert "`threadpress new DIR`" in err
    assert prints(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["save.txt"]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("place", ["before", "after"])
def test_a_folder_that_is_not_there_is_wrong_usage(name: str, place: str, tell: Tell, tmp_path: Path) -> None:
    write(tmp_path, {"save.txt": news()})
    rest = [name, "-C", "nowhere"] if place == "after" else ["-C", "nowhere", name]
    code, _, err = tell(*rest, *ARGUMENTS.get(name, []))
    assert code == 2
    assert "there is no folder 'nowhere'" in err
    assert "threadpress new nowhere" in err
    assert [path.name for path in tmp_path.iterdir()] == ["save.txt"]


def test_a_file_in_place_of_the_folder_is_wrong_usage(tell: Tell, tmp_path: Path) -> None:
    write(tmp_path, {"site/threadpress.toml": ""})
    code, _, err = tell("build", "-C", "site/threadpress.toml")
    assert (code, "there is no folder" in err, "threadpress new DIR" in err) == (2, True, True)


def test_a_folder_that_was_removed_meanwhile_is_no_site(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    os.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert tell("build")[0] == 1


def test_every_command_takes_the_folder_before_and_after_its_name(tell: Tell, tmp_path: Path) -> None:
    write(tmp_path / "my site", GOOD)
    write(tmp_path, {"102.txt": news("102")})
    first = tell("-C", "my site", "build")
    assert first[0] == 0
    assert " in my site/output/, " in first[1]
    assert tell("build", "-C", "my site")[1].endswith("0 written, 0 removed\n")
    assert tell("check", "-C", "my site")[0] == tell("-C", "my site", "check")[0] == 0
    # The names of saves are those from here, and so is what is told of the site's files.
    assert "  my site/content/102.txt\n" in tell("add", "-C", "my site", "102.txt")[1]
    assert "same bytes are in my site/content/102.txt" in tell("-C", "my site", "add", "102.txt")[1]
    assert tell("inspect", "101", "-C", "my site")[0] == 0
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["102.txt", "my site"]
    assert tell("-C", "nowhere", "build", "-C", "my site")[0] == 0, "the one after the name counts"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_option_is_in_every_help(name: str, tell: Tell) -> None:
    assert "  -C DIR" in tell(name, "--help")[1]
    assert "  -C DIR" in tell("--help")[1]


def test_commands_work_below_their_site(tell: Tell, tmp_path: Path) -> None:
    write(tmp_path, {**GOOD, "threadpress.toml": "", "content/sub/102.txt": news("102"), "notes/103.txt": news("103")})
    assert " in ../../output/, " in tell("build", where="content/sub")[1]
    assert set(tree(tmp_path / "output")) >= {"threads/slashdot/101.html", "threads/slashdot/102.html"}
    assert tell("check", where="output/threads")[0] == 0
    assert "  ../content/103.txt\n" in tell("add", "103.txt", where="notes")[1]
    assert tell("inspect", "102.txt", where="content/sub")[0] == 0
    assert not (tmp_path / "content/sub/.threadpress").exists()


def test_messages_name_files_as_they_are_from_here(tell: Tell, tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "site/threadpress.toml": 'titel = "T"\n',
            "other/threadpress.toml": "",
            "other/content/102.txt": "Dear diary",
            "bad/content/x.txt": "",
            "content/102.txt": "Dear diary",
        },
    )
    assert tell("build", "-C", "site")[2].startswith("site/threadpress.toml:1: unknown key")
    assert tell("build", "-C", "../site", where="other")[2].startswith("../site/threadpress.toml:1: unknown key")
    assert tell("build", where="other/content")[2].startswith("../content/102.txt:1: ")
    assert "\nother/output: it is not there; " in tell("check", "-C", "other")[2]
    write(tmp_path, {"elsewhere/threadpress.toml": 'output = "a/b"\n', "elsewhere/content/x.txt": ""})
    assert "elsewhere/a/b: it is not there; " in tell("check", "-C", "elsewhere")[2]
    # What was typed is not a file of the site, even where the site has one of this name.
    assert tell("add", "-C", "other", "content/102.txt")[2].startswith("content/102.txt:1: ")
    assert tell("inspect", "-C", "other", "content/102.txt")[2].startswith("content/102.txt:1: ")
    assert tell("inspect", "-C", "other", "103")[2].startswith("103: there is no such file")
    assert tell("publish", "-C", "other", "--branch", "a..b")[2].startswith(("--branch: ", "git", "--remote: "))


def test_a_save_can_be_inspected_anywhere(tell: Tell, tmp_path: Path) -> None:
    write(tmp_path, {"n.md": note("n", ("Ann", "id=1", "Hi"))})
    code, out, _ = tell("inspect", "n.md")
    assert code == 0
    assert "Ann" in out
    assert [path.name for path in tmp_path.iterdir()] == ["n.md"]
    code, _, err = tell("inspect", "notes/n")  # a thread, which only a site has
    assert (code, err.partition(";")[0]) == (
        1,
        ".: this is no site: there is neither threadpress.toml nor content/ in it",
    )


def test_new_does_not_look_up(tell: Tell, tmp_path: Path) -> None:
    write(tmp_path, {"threadpress.toml": "", "sub/x": ""})
    assert tell("new", "fresh", where="sub")[0] == 0
    assert (tmp_path / "sub/fresh/content").is_dir()
    assert tell("-C", "two", "new")[0] == tell("new", "-C", "three")[0] == 0
    assert (tmp_path / "two/content").is_dir()
    assert (tmp_path / "three/content").is_dir()
    assert tell("new", "-C", "four", "five")[0] == 2
    assert not (tmp_path / "five").exists()
