"""What `program/` holds: the program that runs, whole, by its hash, wherever it was installed from."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from generator.commands.new.program import program_files
from tests.small import ROOT, write

VERSION = version("threadpress")
WHEEL = f"program/threadpress-{VERSION}-py3-none-any.whl"


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return program_files()


@pytest.fixture
def installed(tmp_path: Path, files: dict[str, bytes]) -> Path:
    """A folder that has the program as an installer would put it there: the files of the wheel."""
    folder = tmp_path / "installed"
    with zipfile.ZipFile(io.BytesIO(files[WHEEL])) as wheel:
        wheel.extractall(folder)
    return folder


def new_site(program: Path, *more: Path) -> subprocess.CompletedProcess[str]:
    """Run `new` with the program in a folder; its other packages are found in `more`, or where they are."""
    paths = os.pathsep.join(map(os.fspath, (program, *more)))
    return subprocess.run(
        [sys.executable, *(["-S"] if more else []), "-m", "generator", "new", "site"],
        cwd=program.parent, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_it_holds_the_wheel_and_what_pip_is_told(files: dict[str, bytes]) -> None:
    assert list(files) == [WHEEL, "program/requirements.txt"]
    *packages, last = files["program/requirements.txt"].decode().splitlines()
    assert last == f"./{WHEEL} --hash=sha256:{hashlib.sha256(files[WHEEL]).hexdigest()}"
    assert packages == (ROOT / "generator/commands/new/requirements.txt").read_text(encoding="utf-8").splitlines()


def test_the_wheel_holds_every_file_of_the_program_and_nothing_else(files: dict[str, bytes]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "generator", "themes", "docs/*.md"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("this is no git checkout")
    ours = {
        f"generator/{name}" if name.startswith(("themes/", "docs/")) else name for name in listed.stdout.splitlines()
    }
    about = f"threadpress-{VERSION}.dist-info/"
    ours |= {f"{about}{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")}
    with zipfile.ZipFile(io.BytesIO(files[WHEEL])) as wheel:
        assert set(wheel.namelist()) == {name for name in ours if (ROOT / name).exists() or name.startswith(about)} | {
            name for name in ours if name.startswith(("generator/themes/", "generator/docs/"))
        }
        assert not [name for name in wheel.namelist() if os.fsencode(ROOT) in wheel.read(name)]


def test_no_path_or_time_of_the_installation_is_in_it(installed: Path, files: dict[str, bytes]) -> None:
    """What was installed from the wheel makes the same wheel, whatever an installer and Python added."""
    about = f"threadpress-{VERSION}.dist-info"
    write(
        installed,
        {
            f"{about}/INSTALLER": "pip\n",
            f"{about}/REQUESTED": "",
            f"{about}/direct_url.json": "{}",
            "generator/__pycache__/cli.cpython-311.pyc": b"\0",
            "generator/.DS_Store": b"\0",
        },
    )
    told = new_site(installed)
    assert told.returncode == 0, told.stderr
    site = installed.parent / "site"
    assert {path: (site / path).read_bytes() for path in files} == files


def told_of(result: subprocess.CompletedProcess[str], program: Path) -> str:
    """Check that `new` stopped with an error and made nothing, and give the error."""
    assert result.returncode == 1, result.stdout + result.stderr
    assert not (program.parent / "site").exists()
    first, last = result.stderr.splitlines()
    assert last == "stopped: 1 error; nothing was written"
    return first.replace(program.as_posix(), "INSTALLED")


ADVICE = "install Threadpress (again), and then repeat this"


@pytest.mark.parametrize(
    "name",
    [
        "generator/themes/classic/theme.toml",
        "generator/commands/serve/app.py",
        "generator/commands/new/requirements.txt",
    ],
)
def test_a_file_of_the_program_that_is_gone_is_named(installed: Path, name: str) -> None:
    (installed / name).unlink()
    assert told_of(new_site(installed), installed) == f"INSTALLED/{name}: it is missing; {ADVICE}"


def test_a_licence_that_is_gone_is_named(installed: Path) -> None:
    (installed / f"threadpress-{VERSION}.dist-info/licenses/LICENSE").unlink()
    message = "threadpress: licenses/LICENSE is missing in the folder of its metadata"
    assert told_of(new_site(installed), installed) == f"{message}; {ADVICE}"


def test_a_program_that_is_not_what_was_installed_is_an_error(installed: Path) -> None:
    shutil.rmtree(installed / f"threadpress-{VERSION}.dist-info")
    error = told_of(new_site(installed), installed)
    assert error.startswith("INSTALLED/generator: the program runs from here, but ")
    assert error.endswith(f" was installed; {ADVICE}")


def test_a_program_that_was_never_installed_is_an_error(installed: Path, tmp_path: Path) -> None:
    shutil.rmtree(installed / f"threadpress-{VERSION}.dist-info")
    others = tmp_path / "others"
    others.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith(("threadpress", "generator")):
            (others / path.name).symlink_to(path)
    message = "INSTALLED/generator: the program runs from here without having been installed"
    assert told_of(new_site(installed, others), installed) == f"{message}; {ADVICE}"


def test_a_checkout_that_went_on_since_it_was_installed_is_an_error(installed: Path) -> None:
    """Its requirements may be others by now, which the metadata would not say."""
    shutil.rmtree(installed / f"threadpress-{VERSION}.dist-info")
    write(installed, {"pyproject.toml": '[project]\nname = "threadpress"\nversion = "99.0"\n'})
    message = f"INSTALLED/pyproject.toml: the program is version 99.0, but was installed as {VERSION}"
    assert told_of(new_site(installed), installed) == f"{message}; {ADVICE}"


def test_a_checkout_may_be_in_a_project_of_something_else(installed: Path) -> None:
    shutil.rmtree(installed / f"threadpress-{VERSION}.dist-info")
    write(installed, {"pyproject.toml": '[project]\nname = "another"\n'})
    assert "but what" not in told_of(new_site(installed), installed)
