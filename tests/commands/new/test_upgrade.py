"""`new --upgrade`: the program of a site is replaced and nothing else; workflows that install another are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cli import run
from generator.commands.new import new, upgrade
from generator.commands.new.program import program_files
from generator.errors import OutputError
from tests.commands.new.test_program import WHEEL
from tests.small import prints, tree, write

REQUIREMENTS = "program/requirements.txt"
OLD = "program/threadpress-0.0.9-py3-none-any.whl"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site that was made with an earlier version."""
    folder = tmp_path / "site"
    new(folder)
    (folder / WHEEL).rename(folder / OLD)
    text = (folder / REQUIREMENTS).read_text(encoding="utf-8").replace(f"./{WHEEL} ", f"./{OLD} ")
    return write(folder, {REQUIREMENTS: text, "program/notes.txt": "mine", "program/other.whl": "mine"})


def test_the_new_program_takes_the_place_of_the_old_one_and_nothing_else_changes(site: Path) -> None:
    others = {path: at for path, at in prints(site).items() if path not in (OLD, REQUIREMENTS)}
    report = upgrade(site)
    assert (report.written, report.removed, report.problems) == ((WHEEL, REQUIREMENTS), (OLD,), ())
    after = prints(site)
    assert set(after) == {*others, WHEEL, REQUIREMENTS}
    assert {path: after[path] for path in others} == others
    assert {path: (site / path).read_bytes() for path in (WHEEL, REQUIREMENTS)} == program_files()


def test_a_second_time_nothing_is_written(site: Path) -> None:
    upgrade(site)
    before = prints(site)
    assert (upgrade(site).written, upgrade(site).removed) == ((), ())
    assert prints(site) == before


def test_other_bytes_under_the_same_version_are_replaced(site: Path) -> None:
    upgrade(site)
    write(site, {WHEEL: b"cut off"})
    assert upgrade(site).written == (WHEEL,)
    assert {path: (site / path).read_bytes() for path in (WHEEL, REQUIREMENTS)} == program_files()


def test_a_site_without_a_program_gets_one(tmp_path: Path) -> None:
    write(tmp_path, {"threadpress.toml": ""})
    assert upgrade(tmp_path).written == (WHEEL, REQUIREMENTS)
    assert set(tree(tmp_path)) == {"threadpress.toml", WHEEL, REQUIREMENTS}


@pytest.mark.parametrize("files", [{}, {"site/notes.txt": "mine"}, {"site": "a file"}])
def test_where_there_is_no_site_nothing_is_written(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    before = prints(tmp_path)
    assert run(["new", "--upgrade", str(tmp_path / "site")]) == 1
    assert prints(tmp_path) == before


@pytest.mark.parametrize(("name", "kind"), [("program", "a file"), (REQUIREMENTS, "a folder"), (WHEEL, "a folder")])
def test_what_is_in_the_way_is_named_and_nothing_is_written(tmp_path: Path, name: str, kind: str) -> None:
    write(tmp_path, {"threadpress.toml": "", name if kind == "a file" else f"{name}/mine.txt": "mine"})
    before = prints(tmp_path)
    with pytest.raises(OutputError) as caught:
        upgrade(tmp_path)
    (problem,) = caught.value.problems
    assert str(problem) == f"{tmp_path}/{name}: it is {kind}, and the program has to be put there; move it away"
    assert prints(tmp_path) == before


BY_NAME = [
    'python -m pip install "threadpress~=0.1"',
    "pip install --upgrade threadpress",
    "pip3 install threadpress==0.1.0",
    "pipx install threadpress",
    "uvx threadpress build",
    "pipx run threadpress build",
    "pip install wheel 'threadpress>=0.1' build",
]
BY_FILE = [
    "python -m pip install --require-hashes -r program/requirements.txt",
    "pip install ./program/threadpress-0.1.0-py3-none-any.whl",
    "pip install git+https://git.example.org/ann/threadpress@abc",
    "uvx --from ./program/threadpress-0.1.0-py3-none-any.whl threadpress-build",
    "# pip install threadpress",
    "threadpress build",
    "pip install threadpress-themes",
]


@pytest.mark.parametrize("name", ["pages.yml", "other.yaml"])
@pytest.mark.parametrize("command", BY_NAME)
def test_a_workflow_that_installs_by_name_is_named_and_left_alone(site: Path, name: str, command: str) -> None:
    write(site, {f".github/workflows/{name}": f"jobs:\n  - name: Install Threadpress\n    run: {command}\n"})
    (problem,) = upgrade(site).problems
    assert str(problem) == (
        f".github/workflows/{name}:3: warning: this installs what an index has under the name threadpress, whoever put "
        "it there; write python -m pip install --require-hashes -r program/requirements.txt"
    )
    assert command in (site / f".github/workflows/{name}").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", BY_FILE)
def test_a_workflow_that_installs_a_file_is_right(site: Path, command: str) -> None:
    write(site, {".github/workflows/pages.yml": f"    run: {command}\n"})
    assert upgrade(site).problems == ()


def test_the_command_says_what_it_did(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(site)
    assert run(["new", "--upgrade", "."]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"written: {WHEEL}",
        f"written: {REQUIREMENTS}",
        f"removed: {OLD}",
        "commit these files, and the workflow builds with them",
    ]
    assert run(["new", "--upgrade", "."]) == 0
    assert capsys.readouterr().out == "the site has this program already: nothing was written\n"
    assert run(["new", "--upgrade"]) == 0
    assert run(["new", "--upgrade", "nowhere"]) == 1
