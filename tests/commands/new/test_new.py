"""A fresh site: what is in it, that it builds and publishes as it says, and that nothing is overwritten."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from packaging.specifiers import SpecifierSet

from generator.cli import run, threadpress
from generator.commands.new.new import FILES, new
from generator.config import LATER, Config, load, parse
from generator.errors import OutputError
from tests.small import ROOT, prints, tree, write

URL = "https://name.example.org/repo"


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    folder = tmp_path / "my threads"
    assert new(folder) == tuple(FILES)
    return folder


def test_the_files_are_there_and_no_other(fresh: Path) -> None:
    assert set(tree(fresh)) == set(FILES)


def test_it_says_what_it_wrote_and_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "my threads"]) == 0
    first, following, *steps = capsys.readouterr().out.splitlines()
    assert first == f"6 files in my threads: {', '.join(FILES)}"
    assert following == "next:"
    assert steps[0] == "  cd 'my threads'"
    monkeypatch.chdir(tmp_path / "my threads")
    for step in steps[1:]:
        if command := re.match(r"  threadpress (\w+)", step):
            assert run([command[1]]) == 0
    assert (tmp_path / "my threads/output/index.html").is_file()


def test_an_empty_folder_and_the_present_one_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "."]) == 0
    assert "cd " not in capsys.readouterr().out
    assert set(tree(tmp_path)) == set(FILES)


def test_a_folder_with_other_things_in_it_will_do(tmp_path: Path) -> None:
    write(tmp_path, {"notes.txt": "mine", ".github/workflows/tests.yml": "mine"})
    new(tmp_path)
    assert set(tree(tmp_path)) == {*FILES, "notes.txt", ".github/workflows/tests.yml"}


@pytest.mark.parametrize(
    ("there", "named"),
    [
        (dict.fromkeys(FILES, "mine"), sorted({*FILES, "content"} - {"content/1.txt"})),
        ({"README.md": "mine"}, ["README.md"]),
        ({"content/mine.txt": "mine"}, ["content"]),
        ({".github": "a file", ".gitignore/a": "a folder"}, [".github", ".gitignore"]),
    ],
)
def test_what_is_there_is_named_and_nothing_is_written(tmp_path: Path, there: dict[str, str], named: list[str]) -> None:
    write(tmp_path, there)
    before = prints(tmp_path)
    with pytest.raises(OutputError) as caught:
        new(tmp_path)
    assert [problem.path for problem in caught.value.problems] == [f"{tmp_path.as_posix()}/{name}" for name in named]
    assert prints(tmp_path) == before


def test_a_file_in_place_of_the_folder_ends_with_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"a": "mine"})
    assert run(["new", "a"]) == 1
    assert capsys.readouterr().err.startswith("a: it is there already; move it away, or name another folder\n")
    assert run(["new"]) == 2


SETTING = re.compile(r"^#(?=\[|\w+ = )", re.M)
"""What makes a setting a comment; a comment in words has a space there."""


def test_the_settings_are_the_defaults(fresh: Path) -> None:
    assert load(fresh) == (Config(), ())


def test_every_setting_is_shown_with_its_default(fresh: Path) -> None:
    text, count = SETTING.subn("", (fresh / "threadpress.toml").read_text(encoding="utf-8"))
    fields = [field.name for field in msgspec.structs.fields(Config) if field.name not in LATER]
    assert set(tomllib.loads(text)) == set(fields), "all but those that do nothing yet"
    assert count == len(fields)
    config, warnings = parse(text, fresh)
    assert config == Config()
    assert warnings == ()
    assert not LATER.keys() & tomllib.loads(text).keys()


def test_every_setting_is_explained(fresh: Path) -> None:
    blocks = (fresh / "threadpress.toml").read_text(encoding="utf-8").split("\n\n")
    for block in blocks:
        lines = block.strip().split("\n")
        assert lines[0].startswith("# "), block
        settings = [line for line in lines if SETTING.match(line)]
        assert lines[len(lines) - len(settings) :] == settings, block


def test_the_example_is_a_save_that_shows_what_there_is(fresh: Path) -> None:
    assert subprocess.run([*COMMAND, "build", "--strict"], cwd=fresh, env=ENVIRONMENT, check=False).returncode == 0
    data = msgspec.json.decode((fresh / "output/threads/slashdot/1.json").read_bytes())
    assert data["masthead"]
    assert data["footer"]
    assert data["links"]
    assert len({post["author"]["name"] for post in data["posts"]}) > 2
    assert {post["evidence"] for post in data["posts"]} > {None, "subject"}
    assert any(post["label"] for post in data["posts"])
    assert any("> " in post["body"] for post in data["posts"])


COMMAND = [sys.executable, "-m", "generator"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def test_its_readme_names_commands_that_exist(fresh: Path) -> None:
    text = (fresh / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"threadpress ([a-z]+)((?: --[a-z-]+)*)", text)
    assert {command for command, _ in named} >= {"add", "build", "check", "publish"}
    for command, options in named:
        known = {option for parameter in threadpress.commands[command].params for option in parameter.opts}
        assert set(options.split()) <= known
    for path in re.findall(r"`((?:content|\.github)/[^`]*?[a-z]|threadpress\.toml)`", text):
        assert (fresh / path).exists(), path


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed: apt install git")
def test_git_leaves_saves_alone_and_the_output_out(fresh: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "."], cwd=fresh, check=True)
    subprocess.run([*COMMAND, "build"], cwd=fresh, env=ENVIRONMENT, check=True, capture_output=True)
    write(fresh, {"content/crlf.txt": b"a\r\nb\r\n"})
    subprocess.run(["git", "-c", "core.autocrlf=true", "add", "."], cwd=fresh, check=True, capture_output=True)
    added = subprocess.run(["git", "ls-files"], cwd=fresh, check=True, capture_output=True, text=True).stdout.split()
    assert set(added) == {*FILES, "content/crlf.txt"}
    kept = subprocess.run(["git", "show", ":content/crlf.txt"], cwd=fresh, check=True, capture_output=True).stdout
    assert kept == b"a\r\nb\r\n"


WORKFLOWS = {"fresh": ROOT / "generator/commands/new/fresh/pages.yml", "own": ROOT / ".github/workflows/pages.yml"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows_are_what_github_takes(name: str) -> None:
    """Against the schema for workflows that comes with check-jsonschema."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    told = subprocess.run([*command, WORKFLOWS[name]], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_workflow_that_github_would_not_take_is_noticed(tmp_path: Path) -> None:
    text = WORKFLOWS["fresh"].read_text(encoding="utf-8")
    (tmp_path / "pages.yml").write_text(text.replace("runs-on:", "run-on:"), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    told = subprocess.run([*command, tmp_path / "pages.yml"], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert "run-on" in told.stdout


def workflow() -> dict[Any, Any]:
    loaded = yaml.safe_load(WORKFLOWS["fresh"].read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_the_workflow_may_publish_and_nothing_more() -> None:
    loaded = workflow()
    assert loaded["permissions"] == {"contents": "read", "pages": "write", "id-token": "write"}
    assert loaded["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    assert set(loaded["jobs"]) == {"build", "deploy"}
    assert loaded["jobs"]["deploy"]["needs"] == "build"
    assert [step["uses"] for step in loaded["jobs"]["deploy"]["steps"]] == ["actions/deploy-pages@v5"]


def test_the_workflow_checks_before_it_uploads_and_keeps_what_makes_builds_short() -> None:
    steps = workflow()["jobs"]["build"]["steps"]
    assert [step.get("uses") or step["name"] for step in steps] == [
        "actions/checkout@v6",
        "actions/setup-python@v6",
        "actions/configure-pages@v6",
        "actions/cache@v6",
        "Install Threadpress",
        "Build",
        "Check",
        "actions/upload-pages-artifact@v5",
    ]
    (cache,) = (step["with"] for step in steps if step.get("uses") == "actions/cache@v6")
    assert cache["path"].split() == [".threadpress", "output"]
    # A key is never written twice: a run needs its own, and takes the newest that begins alike.
    assert "github.run_id" in cache["key"]
    assert cache["key"].startswith(cache["restore-keys"])
    (upload,) = (step["with"] for step in steps if step.get("uses") == "actions/upload-pages-artifact@v5")
    assert upload["path"] == Config().output


def test_the_workflow_of_this_repository_differs_in_what_it_installs_only() -> None:
    own, fresh = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in (WORKFLOWS["own"], WORKFLOWS["fresh"]))
    assert isinstance(own, dict)
    assert isinstance(fresh, dict)
    (mine,) = (step for step in own["jobs"]["build"]["steps"] if step.get("name") == "Install Threadpress")
    (theirs,) = (step for step in fresh["jobs"]["build"]["steps"] if step.get("name") == "Install Threadpress")
    assert mine["run"] == "python -m pip install --constraint constraints.txt ."
    mine["run"] = theirs["run"]
    assert own == fresh


GIVEN = {"steps.pages.outputs.base_url": URL}
"""What GitHub would put in place of expressions; one that is not here fails the test."""


def filled(text: str) -> str:
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: GIVEN[found[1]], text)


def runs(folder: Path) -> list[str]:
    """Run the steps of the workflow's build that are shell, as GitHub does, and give what each says.

    The step that installs runs too, without a network: pip finds the requirement met by what is installed here. The
    version that it asks for is looked at by itself below.
    """
    (folder / "bin").mkdir(exist_ok=True)
    script = folder / "bin/threadpress"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m generator "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    (folder / "bin/python").unlink(missing_ok=True)
    (folder / "bin/python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    (folder / "bin/python").chmod(0o755)
    said = []
    for step in workflow()["jobs"]["build"]["steps"]:
        if "run" in step:
            environment = {
                **ENVIRONMENT,
                "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "PIP_NO_INDEX": "1",
                "PIP_DISABLE_PIP_VERSION_CHECK": "1",
                **{name: filled(value) for name, value in step.get("env", {}).items()},
            }
            told = subprocess.run(
                ["bash", "-e", "-c", filled(step["run"])],
                cwd=folder / "site", env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert told.returncode == 0, f"{step['name']}: {told.stdout}{told.stderr}"
            said.append(told.stdout)
    return said


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash, which GitHub runs steps with")
def test_the_steps_of_the_workflow_run(tmp_path: Path) -> None:
    site = tmp_path / "site"
    new(site)
    install, build, check = runs(tmp_path)
    assert "threadpress" in install
    assert build.startswith("1 thread, 6 posts, 3 authors: ")
    assert check.endswith("nothing found\n")
    assert f"{URL}/threads/slashdot/1.html".encode() in (site / "output/threads/slashdot/1.html").read_bytes()

    # The next run: a new checkout, and what the cache kept, both with other times than before.
    again = tmp_path / "again"
    new(again)
    for kept in (".threadpress", "output"):
        shutil.copytree(site / kept, again / kept)
    shutil.rmtree(site)
    again.rename(site)
    _, build, _ = runs(tmp_path)
    assert build.endswith("0 written, 0 removed\n")


def test_the_workflow_installs_this_version() -> None:
    (install,) = (step["run"] for step in workflow()["jobs"]["build"]["steps"] if "pip install" in step.get("run", ""))
    asked = re.fullmatch(r'python -m pip install "threadpress([~<>=0-9.,]+)"', install)
    assert asked
    assert SpecifierSet(asked[1]).contains(version("threadpress"))
