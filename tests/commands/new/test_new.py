"""A fresh site: what is in it, that it builds and publishes as it says, and that nothing is overwritten."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import msgspec
import pytest

from generator.cli import run, threadpress
from generator.commands.new import Fresh, new, new_lines
from generator.commands.new.new import FILES as COPIED
from generator.config import LATER, Config, load, parse
from generator.errors import OutputError
from tests.commands.new.test_program import WHEEL
from tests.installing import borrowing_venv
from tests.small import ROOT, news, prints, tree, write
from tests.steps import GIVEN, URL, WORKFLOWS, clone_of_a_fresh_site, run_steps, shell_steps, workflow

FILES = (*COPIED, WHEEL, "program/requirements.txt")


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    folder = tmp_path / "my threads"
    assert new(folder) == Fresh(FILES, ())
    return folder


def test_the_files_are_there_and_no_other(fresh: Path) -> None:
    assert set(tree(fresh)) == set(FILES)


def test_it_says_what_it_wrote_and_what_comes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "my threads"]) == 0
    first, following, *steps = capsys.readouterr().out.splitlines()
    assert first == f"8 files in my threads: {', '.join(FILES)}"
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


def test_a_folder_with_other_things_in_it_will_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"notes.txt": "mine", "talks/1.txt": "mine", ".github/workflows/tests.yml": "mine"})
    assert run(["new", str(tmp_path)]) == 0
    assert set(tree(tmp_path)) == {*FILES, "notes.txt", "talks/1.txt", ".github/workflows/tests.yml"}
    told = f"8 files in {tmp_path}, beside what you had there (notes.txt, talks): {', '.join(FILES)}\n"
    assert capsys.readouterr().out.startswith(told)


@pytest.mark.parametrize("link", [False, True])
def test_a_site_is_told_in_one_line(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], link: bool
) -> None:
    """Also if its settings are a link that leads nowhere."""
    if link:
        (fresh / "threadpress.toml").unlink()
        (fresh / "threadpress.toml").symlink_to("nowhere")
    before = prints(fresh)
    monkeypatch.chdir(fresh.parent)
    assert run(["new", fresh.name]) == 1
    assert prints(fresh) == before
    assert capsys.readouterr().err.splitlines() == [
        "my threads: this is a site already; name another folder, or put this program into it with "
        "`threadpress new --upgrade 'my threads'`",
        "stopped: 1 error; nothing was written",
    ]


@pytest.mark.parametrize(
    ("there", "named"),
    [
        (
            dict.fromkeys({*FILES} - {"threadpress.toml"}, "mine"),
            ["program"],
        ),
        ({"content": "a file"}, ["content"]),
        ({".gitattributes/a": "a folder", "README.md": "mine"}, [".gitattributes"]),
        ({"program/mine.txt": "mine"}, ["program"]),
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


def test_a_clone_of_a_fresh_repository_becomes_a_site_and_its_files_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = {"README.md": "# Threads\n", ".gitignore": "*.pyc\noutput\n/.venv/", "LICENSE": "mine"}
    write(tmp_path, theirs)
    monkeypatch.chdir(tmp_path)
    assert run(["new", "."]) == 0
    assert set(tree(tmp_path)) == {*FILES, "LICENSE"}
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in theirs} == theirs
    written = [name for name in FILES if name not in theirs]
    assert capsys.readouterr().out.splitlines() == [
        f"6 files in ., beside what you had there (LICENSE): {', '.join(written)}",
        "left as you had them: README.md, .gitignore",
        ".gitignore lacks lines that a site needs; add them at its end:",
        "  /.threadpress/",
        "  !/program/*.whl",
        "next:",
        "  threadpress build       # then open output/index.html in a browser",
        "  bring in saves of your own (`threadpress add FILE`) and build again; "
        "`threadpress help publishing` says how to publish",
    ]
    assert run(["build"]) == 0


def test_a_folder_of_saves_gets_the_rest_of_a_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It gets no example, and a site that was built without settings builds on."""
    write(tmp_path, {"content/rain.txt": news("7")})
    monkeypatch.chdir(tmp_path)
    assert run(["build"]) == 0
    before = prints(tmp_path / "content")
    assert run(["new", "."]) == 0
    assert "left as you had them: content" in capsys.readouterr().out.splitlines()
    assert prints(tmp_path / "content") == before
    assert {name for name in FILES if name != "content/1.txt"} <= set(tree(tmp_path))
    assert run(["build"]) == 0
    assert run(["new", "."]) == 1


def test_a_workflow_of_the_same_name_stays(tmp_path: Path) -> None:
    write(tmp_path, {".github/workflows/pages.yml": "mine", ".gitattributes": "content/** -text\nprogram/** -text"})
    made = new(tmp_path)
    assert made.kept == (".gitattributes", ".github/workflows/pages.yml")
    assert (tmp_path / ".github/workflows/pages.yml").read_text(encoding="utf-8") == "mine"
    assert not any("lacks" in line for line in new_lines(tmp_path, made))


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
def test_git_leaves_saves_and_the_program_alone_and_the_output_out(fresh: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "."], cwd=fresh, check=True)
    subprocess.run([*COMMAND, "build"], cwd=fresh, env=ENVIRONMENT, check=True, capture_output=True)
    write(fresh, {"content/crlf.txt": b"a\r\nb\r\n"})
    ignored = write(tmp_path, {"ignored": "*.whl\n"}) / "ignored"  # as many have it in their own settings
    settings = ("-c", "core.autocrlf=true", "-c", f"core.excludesFile={ignored}")
    subprocess.run(["git", *settings, "add", "."], cwd=fresh, check=True, capture_output=True)
    added = subprocess.run(["git", "ls-files"], cwd=fresh, check=True, capture_output=True, text=True).stdout.split()
    assert set(added) == {*FILES, "content/crlf.txt"}
    for path in ("content/crlf.txt", WHEEL, "program/requirements.txt"):
        kept = subprocess.run(["git", "show", f":{path}"], cwd=fresh, check=True, capture_output=True).stdout
        assert kept == (fresh / path).read_bytes()
    who = ("-c", "user.name=ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", *settings, *who, "commit", "--quiet", "-m", "My threads"], cwd=fresh, check=True)
    subprocess.run(["git", *settings, "clone", "--quiet", fresh, tmp_path / "clone"], check=True)
    for path in ("content/1.txt", "content/crlf.txt", WHEEL, "program/requirements.txt"):
        assert (tmp_path / "clone" / path).read_bytes() == (fresh / path).read_bytes(), path


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


@pytest.mark.parametrize("name", WORKFLOWS)
def test_only_the_job_that_deploys_may_publish_and_it_runs_nothing_of_the_repository(name: str) -> None:
    loaded = workflow(WORKFLOWS[name])
    assert loaded["permissions"] == {}
    assert loaded["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    jobs = loaded["jobs"]
    assert set(jobs) == {"build", "deploy"}
    assert jobs["build"]["permissions"] == {"contents": "read", "pages": "read"}
    assert jobs["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert jobs["deploy"]["needs"] == "build"
    assert [step["uses"] for step in jobs["deploy"]["steps"]] == ["actions/deploy-pages@v5"]
    (checkout,) = (step for step in jobs["build"]["steps"] if step.get("uses", "").startswith("actions/checkout@"))
    assert checkout["with"] == {"persist-credentials": False}


def test_the_workflow_checks_before_it_uploads_and_keeps_what_makes_builds_short() -> None:
    steps = workflow(WORKFLOWS["fresh"])["jobs"]["build"]["steps"]
    assert [step.get("uses") or step["name"] for step in steps] == [
        "actions/checkout@v7",
        "actions/setup-python@v7",
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
    own, fresh = workflow(WORKFLOWS["own"]), workflow(WORKFLOWS["fresh"])
    (mine,) = (step for step in own["jobs"]["build"]["steps"] if step.get("name") == "Install Threadpress")
    (theirs,) = (step for step in fresh["jobs"]["build"]["steps"] if step.get("name") == "Install Threadpress")
    assert mine["run"] != theirs["run"]
    mine["run"] = theirs["run"]
    assert own == fresh


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_step_installs_what_an_index_has_under_our_name(name: str) -> None:
    for step in shell_steps(WORKFLOWS[name]):
        for line in step.script.splitlines():
            assert "install" not in line or not re.search(r"(?<![\w./-])threadpress(?![\w./-])", line), line


def test_the_workflow_names_files_and_options_that_exist(fresh: Path) -> None:
    for step in shell_steps(WORKFLOWS["fresh"]):
        words = step.script.split()
        if words[0] == "threadpress":
            options = {option for parameter in threadpress.commands[words[1]].params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= options
        else:
            assert words == ["python", "-m", "pip", "install", "--require-hashes", "-r", "program/requirements.txt"]
            assert (fresh / words[-1]).is_file()
    (asked,) = re.findall(r'python-version: "3\.(\d+)"', WORKFLOWS["fresh"].read_text(encoding="utf-8"))
    lock = (fresh / "program/requirements.txt").read_text(encoding="utf-8")
    covered = re.search(r"For Python 3\.(\d+) to 3\.(\d+)\.", lock)
    assert covered
    assert int(covered[1]) <= int(asked) <= int(covered[2])


OFFLINE = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
"""pip finds what the program needs in place, in the versions of the lock, or fails; the wheel it installs."""


@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("git")), reason="bash or git is not installed")
def test_the_steps_of_the_workflow_run(tmp_path: Path) -> None:
    scripts = borrowing_venv(tmp_path / "venv")
    clone = clone_of_a_fresh_site(tmp_path)
    install, build, check = run_steps(shell_steps(WORKFLOWS["fresh"]), clone, scripts, OFFLINE)
    assert f"Processing ./{WHEEL}" in install
    assert "Successfully installed threadpress" in install
    assert (tmp_path / "venv/bin/threadpress").is_file()
    assert build.startswith("1 thread, 6 posts, 3 authors: ")
    assert check.endswith("nothing found\n")
    assert f"{URL}/threads/slashdot/1.html".encode() in (clone / "output/threads/slashdot/1.html").read_bytes()

    # The next run: a new checkout, and what the cache kept, both with other times than before.
    again = tmp_path / "again"
    subprocess.run(["git", "clone", "--quiet", tmp_path / "site", again], check=True)
    for kept in (".threadpress", "output"):
        shutil.copytree(clone / kept, again / kept)
    shutil.rmtree(clone)
    again.rename(clone)
    _, build, _ = run_steps(shell_steps(WORKFLOWS["fresh"]), clone, scripts, OFFLINE)
    assert build.endswith("0 written, 0 removed\n")


def test_a_program_that_somebody_changed_is_not_installed(tmp_path: Path) -> None:
    scripts = borrowing_venv(tmp_path / "venv")
    clone = clone_of_a_fresh_site(tmp_path)
    with (clone / WHEEL).open("r+b") as wheel:
        wheel.seek(1000)
        wheel.write(b"!")
    with pytest.raises(AssertionError, match="DO NOT MATCH THE HASHES"):
        run_steps(shell_steps(WORKFLOWS["fresh"]), clone, scripts, OFFLINE)
    assert not (tmp_path / "venv/bin/threadpress").exists()


def test_expressions_that_github_fills_in_are_filled_in_here() -> None:
    (build,) = (step for step in shell_steps(WORKFLOWS["fresh"]) if step.name == "Build")
    assert build.environment == {"SITE_URL": GIVEN["steps.pages.outputs.base_url"]}


@pytest.mark.parametrize("arguments", [["new", ""], ["new", "-C", ""], ["new", "--upgrade", ""]])
def test_an_empty_name_is_wrong_usage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    """As from a variable that is not set."""
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    assert "a folder's name can't be empty" in capsys.readouterr().err
    assert tree(tmp_path) == {}


def test_upgrade_without_a_folder_means_the_site_where_one_is(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(fresh / "content")
    assert run(["new", "--upgrade"]) == 0
    assert capsys.readouterr().out == "the site has this program already: nothing was written\n"
    assert run(["new"]) == 2
