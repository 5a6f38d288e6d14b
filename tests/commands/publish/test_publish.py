"""Publishing into real repositories: what is pushed, what is refused, and what stays as it was."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import run
from generator.commands.publish.git import Entry, Repository, failure
from generator.commands.publish.publish import LIMIT, size_warning
from generator.errors import Problem, PublishError
from generator.urls import SUMS, save_files
from tests.small import ROOT, Said, examples, news, prints, tree, write
from tests.test_urls import parts

GOOD = {"content/101.txt": news("101", Said("Hello", "Boo"), Said("Well", "Re:", "Bob", "8"))}
MORE = {"content/102.txt": news("102", Said("Again", "Boo"))}
ADDED = {".nojekyll", ".gitattributes"}
"""What `publish` adds to the files of the site."""
NOTE = "note: without site_url there are no canonical links, and 404.html links to /\n"
"""What `publish` repeats of what the build noted."""
LEFT_OUT = {"output/notes.txt": "not the build's"}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of this machine counts: neither the user's nor the system's, nor what git told its children."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    (tmp_path / "home").mkdir()
    for name in ("HOME", "XDG_CONFIG_HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def git(folder: Path, *arguments: str, **environment: str) -> str:
    told = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **environment}, capture_output=True, check=False
    )
    assert told.returncode == 0, told.stderr.decode()
    return told.stdout.decode()


class Desk:
    """A machine: a repository with a site in it, its remote, and the command."""

    def __init__(self, top: Path, remote: Path, inside: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.top = top
        self.remote = remote
        self.site = top / inside
        self.capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Call the command; the content, the index, the branches and the work tree must be as before."""
        before = self.own()
        self.capsys.readouterr()
        here = Path.cwd()
        os.chdir(self.site)
        try:
            code = run(arguments)
        finally:
            os.chdir(here)
        told = self.capsys.readouterr()
        assert code != 3, told.err
        assert self.own() == before
        return code, told.out, told.err

    def own(self) -> object:
        """What is the user's."""
        if not (self.top / ".git").is_dir():
            return prints(self.site / "content")
        refs = git(self.top, "for-each-ref", "refs/heads", "refs/tags", "refs/stash")
        kept = [self.top / ".git" / name for name in ("index", "HEAD", "config", "FETCH_HEAD")]
        files = [path.read_bytes() if path.is_file() else None for path in kept]
        return prints(self.site / "content"), refs, files, git(self.top, "worktree", "list")

    def build(self, files: Mapping[str, str | bytes] | None = None, *flags: str) -> None:
        write(self.site, files or {})
        code, _, err = self("build", *flags)
        assert code == 0, err

    def published(self, branch: str = "gh-pages") -> dict[str, bytes]:
        """The files of the remote's branch, of which all must have the usual mode."""
        listed = git(self.remote, "ls-tree", "-r", "-z", branch).split("\0")[:-1]
        assert {entry.split(" ")[0] for entry in listed} == {"100644"}
        paths = [entry.partition("\t")[2] for entry in listed]
        return {
            path: subprocess.run(
                ["git", "cat-file", "blob", f"{branch}:{path}"], cwd=self.remote, capture_output=True, check=True
            ).stdout
            for path in paths
        }

    def commits(self, branch: str = "gh-pages") -> list[str]:
        return git(self.remote, "rev-list", branch).split()

    def branches(self) -> str:
        return git(self.remote, "for-each-ref")

    def listed(self) -> set[str]:
        lines = (self.site / "output" / SUMS).read_text().splitlines()
        return {line[66:] for line in lines} | {SUMS}


def desk(folder: Path, capsys: pytest.CaptureFixture[str], name: str = "desk", inside: str = "", *flags: str) -> Desk:
    remote, top = folder / "remote.git", folder / name
    if not remote.exists():
        git(folder, "init", "--quiet", "--bare", *flags, str(remote))
    git(folder, "init", "--quiet", "-b", "main", *flags, str(top))
    git(top, "remote", "add", "origin", str(remote))
    git(top, "config", "user.name", "A Test")
    git(top, "config", "user.email", "test@example.org")
    write(top / inside, GOOD)
    return Desk(top, remote, inside, capsys)


@pytest.fixture
def one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """A built site in a repository that has never been published."""
    found = desk(tmp_path, capsys)
    found.build()
    return found


def test_what_the_list_of_sums_names_is_published_and_nothing_else(one: Desk) -> None:
    write(one.site, {**LEFT_OUT, "threadpress.toml": ""})
    code, out, err = one("publish")
    assert code == 0, err
    published, output = one.published(), tree(one.site / "output")
    assert published.pop(".nojekyll") == b""
    assert published.pop(".gitattributes") == b"* -text\n"
    assert set(published) == one.listed()
    assert published == {path: output[path] for path in published}
    files = len(published) + 2
    assert re.fullmatch(rf"origin/gh-pages: {files} files added, 0 changed, 0 removed, as commit [0-9a-f]{{10}}\n", out)
    assert "output: warning: files that the build did not write are not published: notes.txt; " in err
    assert "note: the branch is new; besides the files of the site it has .gitattributes, .nojekyll; GitHub" in err
    about = git(one.remote, "log", "-1", "--format=%an <%ae>%n%B", "gh-pages")
    assert (
        about.split()
        == (
            "A Test <test@example.org> Publish the archive Threads: 1 Posts: 2 "
            f"Files: {files} added, 0 changed, 0 removed"
        ).split()
    )


def test_bytes_are_published_as_they_are_whatever_the_settings_of_the_repository(one: Desk) -> None:
    for key, value in (("core.autocrlf", "true"), ("core.safecrlf", "true"), ("core.eol", "crlf"),
                       ("filter.shout.clean", "tr a-z A-Z"), ("filter.shout.required", "true")):  # fmt: skip
        git(one.top, "config", key, value)
    save = news("7", Said("One\ttwo", "Boo")).replace("\n", "\r\n").encode()
    one.build(
        {
            ".gitattributes": "* text eol=crlf ident filter=shout\n",
            ".gitignore": "output/\n*.html\n",
            "content/7.txt": save,
        }
    )
    assert one("publish")[0] == 0
    assert one.published()["saves/7.txt"] == save
    assert {path: data for path, data in one.published().items() if path not in ADDED} == tree(one.site / "output")


def test_a_clone_has_the_same_bytes_whatever_it_does_to_line_ends(one: Desk, tmp_path: Path) -> None:
    """As Git for Windows does by default; of its other settings too."""
    one.build({"content/7.txt": news("7", Said("One", "Boo")).replace("\n", "\r\n").encode()})
    assert one("publish")[0] == 0
    for number, setting in enumerate(("autocrlf=true", "autocrlf=input", "eol=crlf")):
        copy = tmp_path / f"copy-{number}"
        git(tmp_path, "-c", f"core.{setting}", "clone", "-q", "-b", "gh-pages", str(one.remote), str(copy))
        files = {path: data for path, data in tree(copy).items() if not path.startswith(".git/")}
        assert files == one.published()
        sums = dict(line.split("  ")[::-1] for line in files[SUMS].decode().splitlines())
        assert sums == {
            path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path not in ADDED | {SUMS}
        }
        assert git(copy, "-c", f"core.{setting}", "status", "--porcelain") == ""


@pytest.mark.parametrize("name", ["git~1", "GIT~1", "gitmod~1", "gi7d29~3", "\u200c.git", "git~1/7.txt", "con.7.txt"])
def test_no_name_of_a_save_is_lost_or_keeps_changing(one: Desk, name: str) -> None:
    """Git leaves some names out without a word, and then there would be a commit at each publication."""
    git(one.top, "config", "core.protectHFS", "true")
    one.build({f"content/{name}": news("7", Said("One", "Boo"))})
    assert one("publish")[0] == 0
    assert set(one.published()) == one.listed() | ADDED
    assert one("publish")[1] == "origin/gh-pages holds this site already: nothing to publish\n"
    git(one.top, "-c", "core.protectHFS=true", "fsck", "--strict")


def site_of(*numbers: int) -> dict[str, str]:
    return {f"content/{number}.txt": news(str(number), Said("Hello", "Boo")) for number in numbers}


@pytest.mark.parametrize("flags", [[], ["--no-history"]])
def test_what_would_remove_more_than_half_of_the_threads_is_asked_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str]
) -> None:
    one = desk(tmp_path, capsys)
    one.build(site_of(1, 2, 3, 4))  # and 101
    assert one("publish")[0] == 0
    for number in (1, 2):
        (one.site / f"content/{number}.txt").unlink()
    one.build()
    assert one("publish")[0] == 0  # two of five
    (one.site / "content/3.txt").unlink()
    (one.site / "content/4.txt").unlink()
    one.build(site_of(5, 6, 7))
    before = one.branches()
    for dry in ([], ["--dry-run"]):
        code, out, err = one("publish", *flags, *dry)
        assert (code, out) == (1, "")
        assert err.splitlines()[0] == (
            "origin/gh-pages: 2 of 3 threads would be removed, e.g. threads/slashdot/3.html; if that is meant, run "
            "`threadpress publish --yes`; with --dry-run too it lists what would change"
        )
    assert "- threads/slashdot/3.html\n" in one("publish", "--dry-run", "--yes", *flags)[1]
    assert one.branches() == before
    assert one("publish", "--yes", *flags)[0] == 0
    assert {path for path in one.published() if path.startswith("threads/") and path.endswith(".html")} == {
        f"threads/slashdot/{number}.html" for number in (101, 5, 6, 7)
    }


def test_an_emptied_site_is_not_published_by_mistake(one: Desk) -> None:
    assert one("publish")[0] == 0
    (one.site / "content/101.txt").unlink()
    code, _, err = one("build")
    assert code == 1
    assert "run `threadpress build --yes`" in err
    assert one("publish", "--no-history", "--yes")[0] == 1  # the output is not what the saves say
    one.build(None, "--yes")
    code, _, err = one("publish", "--no-history")
    assert code == 1
    assert err.startswith("origin/gh-pages: 1 of 1 thread would be removed, e.g. threads/slashdot/101.html; ")
    assert one("publish", "--no-history", "--yes")[0] == 0
    assert one("publish")[0] == 0  # there is nothing more to lose


def test_an_empty_site_is_published_like_any_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = desk(tmp_path, capsys)
    (empty.site / "content/101.txt").unlink()
    empty.build(None, "--yes")
    assert empty("publish")[0] == 0
    empty.build(MORE)
    assert empty("publish")[0] == 0


def test_where_nothing_changed_there_is_no_commit(one: Desk) -> None:
    one("publish")
    before = one.branches()
    code, out, _ = one("publish")
    assert (code, out) == (0, "origin/gh-pages holds this site already: nothing to publish\n")
    assert one.branches() == before


def test_the_next_commit_stands_on_the_last_and_holds_what_is_there_now(one: Desk) -> None:
    one.build(MORE)
    one("publish")
    (first,) = one.commits()
    (one.site / "content/101.txt").unlink()
    one.build()
    code, out, _ = one("publish")
    assert code == 0
    assert one.commits()[1:] == [first]
    assert set(one.published()) == one.listed() | ADDED
    found = re.search(r": (\d+) files? added, (\d+) changed, (\d+) removed", out)
    assert found
    shown = git(one.remote, "show", "--format=", "--name-status", "--no-renames", "gh-pages").split("\n")[:-1]
    assert [sum(line.startswith(kind) for line in shown) for kind in "AMD"] == [int(count) for count in found.groups()]
    assert "D\tthreads/slashdot/101.html" in shown


def test_a_dry_run_lists_what_would_change_and_changes_nothing(one: Desk) -> None:
    git(one.top, "config", "--unset", "user.name")
    code, out, _ = one("publish", "--dry-run")
    assert code == 0
    assert one.branches() == ""
    lines = out.splitlines()
    assert lines[:-1] == [f"+ {path}" for path in sorted(one.listed() | ADDED)]
    assert re.fullmatch(
        r"origin/gh-pages would get: \d+ files added, 0 changed, 0 removed; nothing was pushed", lines[-1]
    )
    git(one.top, "config", "user.name", "A Test")
    one("publish")
    (one.site / "content/101.txt").unlink()
    one.build(MORE)
    before = one.branches()
    objects = git(one.top, "count-objects", "-v")
    code, out, _ = one("publish", "--dry-run", "--yes")
    assert code == 0
    assert {"+ threads/slashdot/102.html", "~ index.html", "- threads/slashdot/101.html"} <= set(out.splitlines())
    assert one.branches() == before
    assert git(one.top, "count-objects", "-v") == objects


def test_two_machines_publish_in_turn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = (desk(tmp_path, capsys, name) for name in ("one", "other"))
    one.build()
    other.build(MORE)
    for number, each in enumerate((one, other, one), 1):
        assert each("publish", "--yes")[0] == 0
        assert len(each.commits()) == number
        assert set(each.published()) == each.listed() | ADDED


HOOK = """#!/bin/sh
# Somebody else is faster: their commit gets onto the branch while ours is on its way.
git --git-dir="{remote}" update-ref refs/heads/gh-pages {commit}
"""


@pytest.mark.parametrize("flags", [[], ["--no-history"]])
def test_a_push_that_was_overtaken_is_refused_and_the_next_one_goes_through(one: Desk, flags: list[str]) -> None:
    one("publish")
    tip = one.commits()[0]
    theirs = git(one.top, "commit-tree", f"{tip}^{{tree}}", "-p", tip, "-m", "Theirs").strip()
    git(one.top, "push", "--quiet", "origin", f"{theirs}:refs/heads/kept")
    one.build(MORE)
    hook = one.top / ".git/hooks/pre-push"
    write(one.top, {".git/hooks/pre-push": HOOK.format(remote=one.remote, commit=theirs)})
    hook.chmod(0o755)
    code, _, err = one("publish", *flags)
    assert code == 1
    assert err.splitlines()[0] == (
        "git push: origin/gh-pages was changed by somebody else meanwhile; run `threadpress publish` again"
    )
    assert one.commits()[0] == theirs
    hook.unlink()
    assert one("publish", *flags)[0] == 0
    assert one.commits()[1:] == ([] if flags else [theirs, tip])
    assert "threads/slashdot/102.html" in one.published()


@pytest.mark.parametrize("replace", [False, True])
def test_a_commit_goes_only_onto_what_was_fetched(one: Desk, replace: bool) -> None:
    repository = Repository(one.top)
    blob = Entry(repository.blob(b"x").id)
    repository.keep([b"x"])
    first, other, late = (repository.commit({"a": blob}, None, message) for message in ("First", "Other", "Late"))
    repository.push("origin", "pages", first, None, replace=replace)
    for tip in (None, other):
        with pytest.raises(PublishError, match="changed by somebody else meanwhile"):
            repository.push("origin", "pages", late, tip, replace=replace)
    assert one.commits("pages") == [first]


def test_without_history_one_commit_stands_alone(one: Desk) -> None:
    one("publish")
    one.build(MORE)
    one("publish")
    assert len(one.commits()) == 2
    assert one("publish", "--no-history")[0] == 0
    assert len(one.commits()) == 1
    assert set(one.published()) == one.listed() | ADDED
    code, out, _ = one("publish", "--no-history")
    assert (code, out) == (0, "origin/gh-pages holds this site already: nothing to publish\n")


THEME = {"themes/default/templates/about.html": '{% extends "default/about.html" %}{# mine #}'}


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (MORE, "the saves are not those of the last build"),
        ({"content/101.toml": 'title = "Other"\n'}, "the saves are not those of the last build"),
        ({"threadpress.toml": 'title = "Other"\n'}, "the settings, the theme or Threadpress itself are not those"),
        ({"threadpress.toml": 'redact = ["slashdot/8"]\n'}, "the settings or Threadpress itself are not those"),
        ({"threadpress.toml": 'site_url = "https://example.org/"\n'}, "the settings, the theme or Threadpress itself"),
        (THEME, "the settings, the theme or Threadpress itself are not those"),
        ({".threadpress/state": "gone"}, "there is no build of this site that is known to be whole"),
    ],
)
def test_an_output_that_a_build_would_change_is_refused(one: Desk, files: dict[str, str], reason: str) -> None:
    write(one.site, files)
    code, _, err = one("publish")
    assert code == 1
    assert err.startswith(f"output: it is out of date: {reason}")
    assert "; run `threadpress build` first\n" in err
    assert one.branches() == ""
    one.build()
    assert one("publish")[0] == 0


def test_a_page_that_is_gone_is_made_again_before_it_is_published(one: Desk) -> None:
    (one.site / "output/about.html").unlink()
    reason = "output: it is out of date: about.html is not as the last build left it; run `threadpress build` first"
    assert one("publish")[2].startswith(reason)
    one.build()
    assert one("publish")[0] == 0


def test_check_publish_and_build_say_the_same_of_a_page_that_was_changed_by_hand(one: Desk) -> None:
    """And what they say to do works: with the store, and without it, where only the list says what a build wrote."""
    write(one.site, {"output/about.html": "changed", "output/404.html": "changed"})
    do = "delete it or move it away, then run `threadpress build`"
    told = [f"output/{name}: it was changed since the build that wrote it; {do}" for name in ("404.html", "about.html")]
    assert one("publish")[2].splitlines()[:2] == told
    assert f"output/about.html: its bytes are not those that SHA256SUMS lists; {do}" in one("check")[2].splitlines()
    assert one("build")[2].splitlines()[:2] == told
    shutil.rmtree(one.site / ".threadpress")
    assert one("build")[2].splitlines()[:2] == told
    assert (one.site / "output/about.html").read_text(encoding="utf-8") == "changed"
    for name in ("about.html", "404.html"):
        (one.site / "output" / name).unlink()
    assert one("build")[0] == 0
    assert one("publish")[0] == 0


def test_to_find_that_out_no_thread_is_read_and_nothing_written(one: Desk) -> None:
    """Of the new save it is told what is wrong with it, if anything is; those the last build read are not read."""
    before = prints(one.site)
    write(one.site, {"content/103.txt": news("103", Said("x"))})
    code, _, err = one("publish")
    assert (code, err.count("the saves are not those of the last build")) == (1, 1)
    write(one.site, {"content/103.txt": news("103", Said("x", score="many"))})
    assert one("publish")[2].startswith("content/103.txt:")
    (one.site / "content/103.txt").unlink()
    assert prints(one.site) == before


def test_a_site_that_was_never_built_or_has_lost_a_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = desk(tmp_path, capsys)
    code, _, err = new("publish")
    assert code == 1
    assert err.startswith("output: it is out of date: there is no build of this site")
    new.build()
    (new.site / "output/robots.txt").unlink()
    assert new("publish")[2].startswith("output: it is out of date: robots.txt is not as the last build left it; ")


def test_saves_that_stop_a_build_stop_publishing_too(one: Desk) -> None:
    write(one.site, {"content/bad.txt": "Dear diary"})
    code, _, err = one("publish")
    assert code == 1
    assert err.startswith("content/bad.txt:1: ")


def test_an_entry_of_redact_that_matches_nothing_is_refused_unless_that_is_meant(one: Desk) -> None:
    one.build({"threadpress.toml": 'redact = ["slashdot/8",\n"slashdot/Nobody"]\n'})
    told = 'threadpress.toml:2: warning: redact: "slashdot/Nobody" matches nothing; '
    for flags in ([], ["--dry-run"], ["--no-history"]):
        code, _, err = one("publish", *flags)
        assert code == 1
        assert err.splitlines()[0] == (
            "threadpress.toml: an entry of redact matches nothing, so the site may show what was to be removed; "
            "correct redact and build again, or publish all the same with --unmatched"
        )
        assert err.splitlines()[1].startswith(told)
        assert one.branches() == ""
    for _ in range(2):
        code, _, err = one("publish", "--unmatched")
        assert code == 0
        assert [line for line in err.splitlines() if "redact" in line and line.startswith(told)] != []
        assert sum("Nobody" in line for line in err.splitlines()) == 1


def test_who_redacts_is_told_that_earlier_commits_still_hold_it(one: Desk) -> None:
    told = (
        "--no-history: warning: earlier commits of origin/gh-pages still hold what `redact` has removed since; "
        "publish with --no-history, and read `threadpress help removing`"
    )
    one.build()
    assert told not in one("publish")[2]
    one.build({"threadpress.toml": 'redact = ["slashdot/8"]\n'})
    assert told in one("publish", "--dry-run")[2].splitlines()
    assert told in one("publish")[2].splitlines()
    assert told in one("publish")[2].splitlines(), "also if there is nothing new"
    assert told not in one("publish", "--no-history")[2]
    assert told not in one("publish")[2]
    one.build({"threadpress.toml": ""})
    assert "--no-history" not in one("publish")[2]


def test_the_branch_of_the_sources_is_refused(one: Desk) -> None:
    one.build()
    here = git(one.top, "symbolic-ref", "--short", "HEAD").strip()
    code, _, err = one("publish", "--branch", here)
    assert code == 1
    assert err.splitlines()[0] == (
        f"--branch: {here!r} is the branch of your sources; name one for the site alone, such as gh-pages"
    )
    assert one.branches() == ""


def test_the_note_about_an_address_that_is_missing_is_repeated(one: Desk) -> None:
    one.build()
    assert NOTE in one("publish")[2]
    one.build({"threadpress.toml": 'site_url = "https://example.org/"\n'})
    assert NOTE not in one("publish")[2]


def test_a_broken_site_is_refused(one: Desk) -> None:
    page = '{% extends "default/about.html" %}{% block main %}<h1>x</h1><a href="gone.html">x</a>{% endblock %}'
    one.build({"themes/default/templates/about.html": page})
    code, _, err = one("publish")
    assert code == 1
    assert "output/about.html:" in err
    assert "links to gone.html, and there is no such file" in err
    assert one.branches() == ""


def test_removed_texts_are_not_published(one: Desk) -> None:
    regret = "I wish I had never said this in public."
    one.build(
        {
            "content/103.txt": news("103", Said("Hello", "Boo"), Said(regret, "Re:", "Bob", "8")),
            "threadpress.toml": 'redact = ["slashdot/8"]\n',
            "output/list.txt": f"They said: {regret}",
        }
    )
    code, _, err = one("publish")
    assert code == 1
    assert "output/list.txt:1: a text that was to be removed stands here; " in err
    (one.site / "output/list.txt").unlink()
    assert one("publish")[0] == 0
    assert not [path for path, data in one.published().items() if regret.encode() in data]


def test_a_folder_in_no_repository_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "plain", GOOD)
    plain = Desk(tmp_path / "plain", tmp_path, "", capsys)
    plain.build()
    code, _, err = plain("publish")
    assert code == 1
    assert err.startswith("git rev-parse: not a git repository")
    assert "; run `git init` here, and `git remote add origin URL`\n" in err


def test_commands_in_hints_mean_the_site_wherever_the_user_is(one: Desk, tmp_path: Path) -> None:
    (tmp_path / "my site/content").mkdir(parents=True)
    git(one.top, "config", "--unset", "user.email")
    git(one.top, "remote", "remove", "origin")
    err = one("publish", "-C", "../my site")[2]
    assert "; run `git -C '../my site' init`, and `git -C '../my site' remote add origin URL`\n" in err
    err = one("publish", "-C", "../desk")[2]
    assert "; run `git -C ../desk remote add origin URL`\n" in err
    assert "; run `git -C ../desk config user.name" in err
    git(one.top, "config", "user.email", "test@example.org")
    git(one.top, "remote", "add", "origin", str(tmp_path / "none.git"))
    assert "; see that `git -C ../desk fetch origin` works\n" in one("publish", "-C", "../desk")[2]


def test_all_that_git_lacks_is_told_at_once(one: Desk) -> None:
    git(one.top, "config", "--unset", "user.email")
    code, _, err = one("publish", "--remote", "orign", "--branch", "a..b")
    assert code == 1
    assert err.splitlines() == [
        "--branch: 'a..b' can't be a branch; name it like gh-pages",
        "--remote: git knows no remote 'orign'; known are origin",
        'git config: git does not know who commits; run `git config user.name "..."` and `git config user.email "..."`;'
        " both will be public",
        "stopped: 3 errors; nothing was published",
    ]
    git(one.top, "remote", "remove", "origin")
    assert "--remote: git knows no remote 'origin'; run `git remote add origin URL`\n" in one("publish")[2]


def owned_by_another(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.lchown(path, 65534, 65534)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_another_user_is_told_in_the_words_of_git_with_its_own_hint(one: Desk) -> None:
    owned_by_another(one.top)
    own = git(one.remote, "for-each-ref")
    code, _, err = run_in(one, "publish")
    assert code == 1
    trust = f"git config --global --add safe.directory {one.top}"
    assert err.splitlines()[0] == (
        f"git rev-parse: detected dubious ownership in repository at '{one.top}', To add an exception for this "
        f"directory, call: {trust}; if you trust its owner, run `{trust}`"
    )
    git(one.top, *trust.split()[1:])
    owned_by_another(one.remote)
    code, _, err = run_in(one, "publish")
    assert code == 1
    assert err.startswith(f"git ls-remote: detected dubious ownership in repository at '{one.remote}'")
    assert err.splitlines()[0].endswith(f"`git config --global --add safe.directory {one.remote}`")
    git(one.top, "config", "--global", "--add", "safe.directory", str(one.remote))
    assert git(one.remote, "for-each-ref") == own
    assert run_in(one, "publish")[0] == 0


def run_in(desk: Desk, *arguments: str) -> tuple[int, str, str]:
    """Call the command where git itself can't be asked what is the user's."""
    desk.capsys.readouterr()
    with contextlib.chdir(desk.site):
        code = run(arguments)
    told = desk.capsys.readouterr()
    return code, told.out, told.err


TOO_NEW = "fatal: expected git repo version <= 1, found 9"


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        (TOO_NEW, TOO_NEW.removeprefix("fatal: "), "install a newer git"),
        (
            "fatal: not a git repository (or any parent up to mount point /)\nStopping at filesystem boundary "
            "(GIT_DISCOVERY_ACROSS_FILESYSTEM not set).",
            "not a git repository (or any parent up to mount point /), Stopping at filesystem boundary "
            "(GIT_DISCOVERY_ACROSS_FILESYSTEM not set)",
            "run `git init` here, and `git remote add origin URL`",
        ),
        (
            "fatal: not a git repository: ../gone",
            "not a git repository: ../gone",
            "correct or delete the file .git that leads there",
        ),
        (
            "fatal: unsafe repository ('/a b' is owned by someone else)\nTo add an exception for this directory, call:"
            "\n\n\tgit config --global --add safe.directory '/a b'",
            "unsafe repository ('/a b' is owned by someone else), To add an exception for this directory, call: git "
            "config --global --add safe.directory '/a b'",
            "if you trust its owner, run `git config --global --add safe.directory '/a b'`",
        ),
        (
            "error: insufficient permission for adding an object to repository database .git/objects\n"
            "fatal: unable to write file: No space left on device",
            "insufficient permission for adding an object to repository database .git/objects, unable to write file: "
            "No space left on device",
            "make room on that disk and run it again",
        ),
        (
            "remote: fatal: write error: No space left on device        \nerror: remote unpack failed",
            "remote: fatal: write error: No space left on device, remote unpack failed",
            "the usual",
        ),
        (
            "me@example.org: Permission denied (publickey).\nfatal: Could not read from remote repository.",
            "me@example.org: Permission denied (publickey). Could not read from remote repository",
            "the usual",
        ),
        (
            "fatal: Unable to create '/r/.git/refs/x.lock': File exists.\n\nAnother git process seems to be running",
            "Unable to create '/r/.git/refs/x.lock': File exists. Another git process seems to be running",
            "wait until the other git is done; if there is none, delete that file",
        ),
        ("hint: Updates were rejected\nTo x\n ! [rejected]", "Updates were rejected, To x, ! [rejected]", "the usual"),
        ("Counting: 50%\rCounting: 100%\r\n", "Counting: 100%", "the usual"),
        ("", "it failed with code 128", "the usual"),
    ],
)
def test_what_git_says_is_told_whole_with_a_hint_that_fits(said: str, message: str, hint: str) -> None:
    assert failure("x", 128, said.encode(), "the usual") == Problem("git x", 0, message, hint)


def test_a_long_message_of_git_is_not_cut() -> None:
    lines = [f"line {number}" for number in range(200)]
    assert failure("x", 1, "\n".join(lines).encode(), "").message == ", ".join(lines)


def test_git_that_was_ended_says_nothing() -> None:
    assert failure("x", -9, b"", "again").message == "it was ended by signal 9"


def test_without_git_it_says_so(one: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def call() -> tuple[int, str]:
        monkeypatch.chdir(one.site)
        with monkeypatch.context() as poor:
            poor.setenv("PATH", str(tmp_path))
            return run(["publish"]), one.capsys.readouterr().err

    one.capsys.readouterr()
    code, err = call()
    assert code == 1
    assert err.startswith("git: it is not installed; ")


def test_a_remote_out_of_reach_is_told_in_the_words_of_git(one: Desk) -> None:
    one.remote.rename(one.remote.with_name("moved.git"))
    code, _, err = one("publish")
    assert code == 1
    assert re.match(
        r"git ls-remote: .*does not appear to be a git repository.*; see that `git fetch origin` works\n", err
    )


def test_a_remote_that_refuses_is_told_in_its_words(one: Desk) -> None:
    write(one.remote, {"hooks/pre-receive": "#!/bin/sh\necho 'This branch is protected.' >&2\nexit 1\n"})
    (one.remote / "hooks/pre-receive").chmod(0o755)
    code, _, err = one("publish")
    assert code == 1
    assert "This branch is protected" in err.splitlines()[0]
    assert one.branches() == ""


@pytest.mark.parametrize("flags", [(), ("--object-format=sha256",)])
def test_a_site_in_a_folder_of_the_repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]
) -> None:
    inside = desk(tmp_path, capsys, "desk", "my/threads", *flags)
    inside.build()
    assert inside("publish", "--branch", "site/pages")[0] == 0
    assert set(inside.published("site/pages")) == inside.listed() | ADDED


def test_what_git_tells_its_children_leads_nowhere_else(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a hook, or a rebase, of another repository."""
    strange = one.top.parent / "strange"
    git(one.top.parent, "init", "--quiet", str(strange))
    before = tree(strange)
    with monkeypatch.context() as inside:
        inside.setenv("GIT_DIR", str(strange / ".git"))
        inside.setenv("GIT_WORK_TREE", str(strange))
        inside.setenv("GIT_INDEX_FILE", str(strange / "index"))
        inside.setenv("GIT_OBJECT_DIRECTORY", str(strange / ".git/objects"))
        inside.chdir(one.site)
        assert run(["publish"]) == 0
    assert tree(strange) == before
    assert set(one.published()) == one.listed() | ADDED


def test_who_commits_may_be_said_by_the_environment(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    git(one.top, "config", "--remove-section", "user")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Machine")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "machine@example.org")
    assert one("publish")[0] == 0
    assert git(one.remote, "log", "--format=%an %ce", "gh-pages") == "A Machine machine@example.org\n"


def test_of_the_hooks_only_pre_push_runs(one: Desk) -> None:
    one("publish")
    one.build(MORE)
    for name in ("pre-commit", "post-commit", "post-index-change", "reference-transaction", "pre-auto-gc", "pre-push"):
        write(one.top, {f".git/hooks/{name}": f"#!/bin/sh\necho {name} >> '{one.top.parent}/ran'\n"})
        (one.top / ".git/hooks" / name).chmod(0o755)
    assert one("publish")[0] == 0
    ran = set((one.top.parent / "ran").read_text().split())
    assert ran == {"pre-push"}
    assert git(one.top, "rev-parse", "refs/remotes/origin/gh-pages") == git(one.remote, "rev-parse", "gh-pages")


HEADS = (
    "+refs/heads/*:refs/heads/*",
    "refs/heads/gh-pages:refs/heads/gh-pages",
    "+refs/*:refs/*",
    "+refs/heads/*:refs/heads/theirs/*",
    "+refs/heads/gh-pages:refs/tags/pages",
)


@pytest.mark.parametrize("flags", [(), ("--no-history",)])
@pytest.mark.parametrize("mapping", HEADS)
def test_branches_of_the_user_stay_wherever_fetched_branches_go(
    one: Desk, mapping: str, flags: tuple[str, ...]
) -> None:
    """As in a repository that mirrors another; `Desk` sees whether a branch or a tag has moved."""
    one("publish")
    own = git(one.top, "commit-tree", git(one.top, "mktree").strip(), "-m", "Mine").strip()
    for name in ("heads/gh-pages", "heads/theirs/gh-pages", "tags/pages"):
        git(one.top, "update-ref", f"refs/{name}", own)
    git(one.top, "config", "--replace-all", "remote.origin.fetch", mapping)
    for files in (MORE, {"content/103.txt": news("103", Said("Once more", "Boo"))}):
        one.build(files)
        assert one("publish", *flags)[0] == 0
        assert set(one.published()) == one.listed() | ADDED
        assert git(one.top, "rev-parse", "refs/remotes/origin/gh-pages") == git(one.remote, "rev-parse", "gh-pages")
    assert git(one.top, "rev-parse", "gh-pages").strip() == own


def commit_to_the_branch(one: Desk, files: Mapping[str, str | None], *modes: tuple[str, str]) -> None:
    """Somebody else commits to the published branch: text to put there, None to remove, and modes to set."""
    copy = one.top.parent / "copy"
    if not copy.exists():
        git(one.top.parent, "clone", "--quiet", "-b", "gh-pages", str(one.remote), str(copy))
    git(copy, "fetch", "--quiet")
    git(copy, "reset", "--quiet", "--hard", "origin/gh-pages")
    for path, text in files.items():
        if text is None:
            (copy / path).unlink()
        else:
            write(copy, {path: text})
    git(copy, "add", "--all")
    for mode, path in modes:
        git(copy, "update-index", "--cacheinfo", f"{mode},{git(copy, 'hash-object', '-w', path).strip()},{path}")
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    git(copy, *who, "commit", "--quiet", "-m", "By hand")
    git(copy, "push", "--quiet", "origin", "gh-pages")


def listing(one: Desk) -> dict[str, str]:
    """What the branch holds: path to mode and id."""
    entries = git(one.remote, "ls-tree", "-r", "-z", "gh-pages").split("\0")[:-1]
    return {entry.partition("\t")[2]: entry.partition("\t")[0] for entry in entries}


def test_files_that_somebody_else_put_onto_the_branch_stay_and_are_told(one: Desk) -> None:
    one.build(MORE)
    one("publish")
    theirs = {"README.md": "Hello", "threads/slashdot/notes.txt": "Theirs", "run.sh": "#!/bin/sh", "link": "README.md"}
    commit_to_the_branch(one, theirs, ("100755", "run.sh"), ("120000", "link"))
    kept = {path: entry for path, entry in listing(one).items() if path in theirs}
    assert {entry[:6] for entry in kept.values()} == {"100644", "100755", "120000"}
    told = (
        "--branch: warning: files on origin/gh-pages that `publish` did not put there stay: README.md, link, run.sh, "
        "threads/slashdot/notes.txt; delete them there if they are not meant to be public\n"
    )
    assert one("publish") == (0, "origin/gh-pages holds this site already: nothing to publish\n", told + NOTE)
    (one.site / "content/102.txt").unlink()
    one.build({"content/103.txt": news("103", Said("Once more", "Boo"))})
    for flags in (["--dry-run"], [], ["--no-history"]):
        code, out, err = one("publish", *flags)
        assert (code, err) == (0, told + NOTE)
        assert not re.search("README|notes.txt", out)
    assert listing(one).items() >= kept.items()
    assert set(listing(one)) == one.listed() | ADDED | set(theirs)
    assert "threads/slashdot/102.html" not in listing(one)
    commit_to_the_branch(one, dict.fromkeys(theirs))
    assert one("publish")[2] == NOTE


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("about.html", "about.html"),
        (".gitattributes", ".gitattributes"),
        ("threads/slashdot/103.html", "threads/slashdot/103.html"),
        ("threads/notes", "threads/notes/1.html"),
        ("saves/103.txt/own.txt", "saves/103.txt"),
    ],
)
def test_a_file_of_somebody_else_on_the_branch_that_is_in_the_way_is_an_error_naming_it(
    one: Desk, theirs: str, ours: str
) -> None:
    one("publish")
    commit_to_the_branch(one, {theirs: "Somebody's work"})
    one.build(
        {"content/103.txt": news("103", Said("Once more", "Boo")), "content/x.md": '+++\nid = "1"\ntitle = "x"\n+++\n'}
    )
    before = one.branches()
    for flags in ([], ["--no-history"], ["--dry-run"], ["--yes"]):
        code, out, err = one("publish", *flags)
        assert (code, out) == (1, "")
        assert err.splitlines()[0] == (
            f"--branch: {theirs!r} on origin/gh-pages is not as `publish` left it, and is where {ours} is to be "
            "written; move it to another name there, or delete it there"
        )
    assert one.branches() == before
    commit_to_the_branch(one, {theirs: None})
    assert one("publish")[0] == 0
    assert set(listing(one)) == one.listed() | ADDED


def test_a_page_of_ours_that_somebody_changed_stays_when_the_site_has_it_no_longer(one: Desk) -> None:
    one.build(MORE)
    one("publish")
    commit_to_the_branch(one, {"threads/slashdot/102.html": "Mended by hand"})
    (one.site / "content/102.txt").unlink()
    one.build()
    code, _, err = one("publish")
    assert code == 0
    assert "that `publish` did not put there stay: threads/slashdot/102.html; " in err
    assert one.published()["threads/slashdot/102.html"] == b"Mended by hand"


def test_what_equals_a_file_of_ours_is_ours(one: Desk) -> None:
    """Also if somebody put it there before, lost it, or made it executable."""
    one("publish")
    one.build(MORE)
    save = (one.site / "content/102.txt").read_text()
    commit_to_the_branch(one, {"saves/102.txt": save, "404.html": None}, ("100755", "about.html"))
    commit_to_the_branch(one, {"404.html": (one.site / "output/404.html").read_text()})
    assert one("publish")[::2] == (0, NOTE)
    assert set(one.published()) == one.listed() | ADDED


def test_a_list_of_sums_of_somebody_else_is_never_acted_upon(one: Desk) -> None:
    one("publish")
    commit_to_the_branch(one, {SUMS: f"{hashlib.sha256(b'Mine').hexdigest()}  mine.txt\n", "mine.txt": "Mine"})
    code, _, err = one("publish")
    assert code == 1
    assert err.startswith("--branch: origin/gh-pages holds something else than a site of Threadpress")


def test_what_git_leaves_out_is_no_success(one: Desk) -> None:
    repository = Repository(one.top)
    entry = Entry(repository.blob(b"x").id)
    repository.keep([b"x"])
    with pytest.raises(PublishError) as caught:
        repository.commit({"a": entry, "b/git~1": entry, ".GIT/x": entry}, None, "All")
    assert [str(problem) for problem in caught.value.problems] == [
        f"git update-index: no file can be named so on a branch: git left out {path!r}; give it another name"
        for path in (".GIT/x", "b/git~1")
    ]


def test_a_file_that_the_repository_has_lost_is_told(one: Desk) -> None:
    repository = Repository(one.top)
    repository.keep([b"x"])
    lost = "0" * 40
    with pytest.raises(PublishError, match=f"git cat-file: {lost} missing; see what `git -C .* fsck` says"):
        list(repository.contents([repository.blob(b"x").id, lost]))


def test_a_branch_with_something_else_is_left_alone(one: Desk) -> None:
    write(one.top, {"thesis.txt": "Years of work"})
    git(one.top, "add", "thesis.txt")
    git(one.top, "commit", "--quiet", "-m", "Begin")
    git(one.top, "push", "--quiet", "origin", "main:work")
    before = one.branches()
    for flags in ([], ["--no-history"], ["--dry-run"]):
        code, _, err = one("publish", "--branch", "work", *flags)
        assert code == 1
        assert err.startswith(
            "--branch: origin/work holds something else than a site of Threadpress, e.g. thesis.txt; "
        )
    assert one.branches() == before


def test_the_quick_start_of_the_readme_ends_with_a_published_branch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of its commands but the first, which installs what is installed here already."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## An archive of its own\n")[2].partition("\n## ")[0]
    first, *lines = re.findall(r"^    (.+)$", section, re.M)
    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install .")
    remote = tmp_path / "remote.git"
    git(tmp_path, "init", "--quiet", "--bare", str(remote))
    write(tmp_path, {"bin/threadpress": f'#!/bin/sh\nexec "{sys.executable}" -m generator "$@"\n'})
    (tmp_path / "bin/threadpress").chmod(0o755)
    write(tmp_path / "home", {".gitconfig": "[user]\nname = A Test\nemail = test@example.org\n"})
    (tmp_path / "checkout").mkdir()
    told = subprocess.run(
        ["sh", "-e", "-c", "\n".join(lines).replace("URL", str(remote))],
        cwd=tmp_path / "checkout",
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    done = Desk(tmp_path / "my-threads", remote, "", capsys)
    assert set(done.published()) == done.listed() | ADDED


def test_the_domain_goes_onto_the_branch_and_is_not_lost_by_mistake(one: Desk) -> None:
    one.build({"threadpress.toml": 'site_url = "https://threads.example.org/"\n'})
    assert one("publish")[0] == 0
    assert one.published()["CNAME"] == b"threads.example.org\n"
    before = one.branches()
    for setting, doubt in (
        ("", "site_url is not set"),
        ('site_url = "https://example.org/threads/"\n', "site_url has a path, so the domain is that of another site"),
        ('site_url = "https://threads.example.org:8443/"\n', "site_url has the port 8443"),
        ('site_url = "http://192.0.2.1/"\n', "site_url names a machine by its number"),
        ('site_url = "https://my_threads.example.org/"\n', "my_threads.example.org in site_url can't be a domain"),
    ):
        one.build({"threadpress.toml": setting})
        for flags in ([], ["--no-history"], ["--dry-run"], ["--yes"]):
            code, _, err = one("publish", *flags)
            assert code == 1
            assert err.splitlines()[0] == (
                f"threadpress.toml: origin/gh-pages stands at threads.example.org, as its CNAME says, and {doubt}; set "
                'site_url = "https://threads.example.org/" and build again, or remove the domain on GitHub (Settings, '
                "Pages)"
            )
    assert one.branches() == before


def test_another_address_replaces_or_removes_the_domain_and_says_so(one: Desk) -> None:
    one.build({"threadpress.toml": 'site_url = "https://threads.example.org/"\n'})
    one("publish")
    one.build({"threadpress.toml": 'site_url = "https://bücher.example/"\n'})
    code, _, err = one("publish")
    assert (code, err) == (0, "")
    assert one.published()["CNAME"] == b"xn--bcher-kva.example\n"
    one.build({"threadpress.toml": 'site_url = "https://name.github.io/repo"\n'})
    code, _, err = one("publish")
    assert code == 0
    assert err.startswith("threadpress.toml: warning: CNAME is removed, since site_url is at github.io; ")
    assert "CNAME" not in one.published()


def test_a_host_that_can_be_no_domain_is_published_without_one_and_a_word(one: Desk) -> None:
    one.build({"threadpress.toml": 'site_url = "https://my_threads.example.org/"\n'})
    code, _, err = one("publish")
    assert code == 0
    assert "CNAME" not in one.published()
    assert "threadpress.toml: warning: no CNAME is made: my_threads.example.org in site_url can't be a domain; " in err


def test_an_address_given_to_the_build_by_a_flag_stands(one: Desk) -> None:
    one.build(None, "--site-url", "https://example.org")
    assert one("publish")[0] == 0
    assert one.published()["CNAME"] == b"example.org\n"
    write(one.site, {"threadpress.toml": 'site_url = "https://example.com/"\n'})
    assert one("publish")[0] == 1


def test_a_site_near_the_limit_is_told_what_would_shrink_it() -> None:
    sizes = {"index.html": 300_000_000, "threads/a/1.html": 100_000_000}
    assert size_warning(sizes, "output") is None
    sizes |= {"threads/a/1.json": 150_000_000, "saves/1.txt": 200_000_000, "search.html": 1, "search/0.js": 99_999_999}
    assert str(size_warning(sizes, "output")) == (
        "output: warning: the site has 850 MB, 85% of the 1,000 MB that GitHub Pages takes; publish_data = false saves "
        "150 MB; publish_saves = false saves 200 MB; search = false saves 100 MB"
    )
    over = size_warning({"index.html": LIMIT + 1}, "public")
    assert str(over) == (
        "public: warning: the site has 1,000 MB, more than the 1,000 MB that GitHub Pages takes; split the archive"
    )


NAMES = st.text("aZ0-_ ~é日", min_size=1, max_size=8).filter(lambda name: "~" not in name)
TREES = st.dictionaries(st.builds("{}/{}".format, NAMES, NAMES) | NAMES.map("top {}".format), st.binary(max_size=99))


@settings(max_examples=examples(15))
@given(TREES.filter(bool))
def test_git_reads_back_what_was_committed(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", ".")
    git(folder, "config", "user.name", "A Test")
    git(folder, "config", "user.email", "test@example.org")
    repository = Repository(folder)
    blobs = {path: repository.blob(data) for path, data in files.items()}
    repository.keep(files.values())
    entries = {path: Entry(blob.id) for path, blob in blobs.items()}
    commit = repository.commit(entries, None, "All")
    assert repository.files(commit) == entries
    assert list(repository.contents(entry.id for entry in entries.values())) == list(files.values())
    assert {path: repository.content(blob.id) for path, blob in blobs.items()} == files
    assert not repository.has_parents(commit)
    assert repository.has_parents(repository.commit(entries, commit, "Again"))


@settings(max_examples=examples(15))
@given(st.lists(parts, min_size=20, max_size=80, unique=True))
def test_git_takes_every_name_that_a_save_is_published_under(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("repository")
    git(folder, "init", "--quiet", ".")
    for name, value in (("user.name", "A Test"), ("user.email", "test@example.org"), ("core.protectHFS", "true"),
                        ("core.protectNTFS", "true")):  # fmt: skip
        git(folder, "config", name, value)
    repository = Repository(folder)
    repository.keep([b"x"])
    entry = Entry(repository.blob(b"x").id)
    folders = names[::3]
    files = [name for name in names if name not in set(folders)]
    published = dict.fromkeys(save_files([*files, *(f"{name}/{name}" for name in folders)]).values(), entry)
    assert repository.files(repository.commit(published, None, "All")) == published
