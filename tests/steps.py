"""The shell steps of workflows and of the `Dockerfile`, run as they are.

``python -m tests.steps``, which `.ci/run` calls, runs them with a network, each in an environment of its own: those of
the workflow that `threadpress new` writes in a fresh clone of a fresh site, those of this repository's workflow and of
its `Dockerfile` in a copy of the files that they would see. Tests run some of them without a network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from tests.small import ROOT

URL = "https://name.example.org/repo"
GIVEN = {"steps.pages.outputs.base_url": URL}
"""What GitHub would put in place of expressions; an expression that is not here fails."""
WORKFLOWS = {"fresh": ROOT / "generator/commands/new/fresh/pages.yml", "own": ROOT / ".github/workflows/pages.yml"}
DOCKERFILE = ROOT / "Dockerfile"


class Step(msgspec.Struct, frozen=True):
    """A step that is shell."""

    name: str
    script: str
    environment: dict[str, str] = {}


def workflow(path: Path) -> dict[str, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML 1.1 takes the key `on` for a truth value.
    return {"on" if key is True else str(key): value for key, value in loaded.items()}


def shell_steps(path: Path) -> Iterator[Step]:
    """Give the steps of a workflow's build that are shell; those that use actions are GitHub's to run."""
    for step in workflow(path)["jobs"]["build"]["steps"]:
        if "run" in step:
            variables = {name: _filled(value) for name, value in step.get("env", {}).items()}
            yield Step(step["name"], _filled(step["run"]), variables)


def _filled(text: str) -> str:
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda match: GIVEN[match[1]], text)


def instructions(path: Path = DOCKERFILE) -> list[tuple[str, str]]:
    """Read a `Dockerfile`: each instruction with what it says."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    found = re.findall(r"^([A-Z]+) (.+)$", "\n".join(lines).replace("\\\n", " "), re.M)
    return [(name, " ".join(rest.split())) for name, rest in found]


def run_steps(steps: Iterator[Step], folder: Path, scripts: Path, extra: Mapping[str, str] | None = None) -> list[str]:
    """Run steps in a folder as GitHub does, with the commands in `scripts` first, and give what each prints."""
    printed = []
    for step in steps:
        environment = {
            **{name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")},
            "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
            **dict(extra or {}),
            **step.environment,
        }
        result = subprocess.run(
            ["bash", "-e", "-c", step.script], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, f"{step.name}: {result.stdout}{result.stderr}"
        printed.append(result.stdout)
    return printed


def clone_of_a_fresh_site(folder: Path) -> Path:
    """Make a site, commit it as its README says, and clone it."""
    git = ("git", "-c", "user.name=ann", "-c", "user.email=ann@example.org")
    subprocess.run([sys.executable, "-m", "generator", "new", folder / "site"], cwd=ROOT, check=True)
    for command in (("init", "--quiet", "-b", "main"), ("add", "."), ("commit", "--quiet", "-m", "My threads")):
        subprocess.run([*git, *command], cwd=folder / "site", check=True)
    subprocess.run([*git, "clone", "--quiet", folder / "site", folder / "clone"], check=True)
    return folder / "clone"


def checkout(folder: Path) -> Path:
    """Copy what git has of this repository, or would have: no environment, no output."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in os.fsdecode(listed.stdout).split("\0")[:-1]:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def image(folder: Path) -> Path:
    """Copy what the `Dockerfile` copies."""
    for name, rest in instructions():
        if name == "COPY":
            *sources, target = rest.split()
            for source in sources:
                place = folder / target / (source if (ROOT / source).is_file() else "")
                copy = shutil.copyfile if (ROOT / source).is_file() else shutil.copytree
                place.parent.mkdir(parents=True, exist_ok=True)
                copy(ROOT / source, place)
    return folder


def all_steps(folder: Path) -> Iterator[tuple[str, Path, Iterator[Step]]]:
    """Say of what the steps are, and give the place to run them in, which is made in a folder, and the steps."""
    yield "the workflow that `threadpress new` writes", clone_of_a_fresh_site(folder), shell_steps(WORKFLOWS["fresh"])
    yield "the workflow of this repository", checkout(folder / "checkout"), shell_steps(WORKFLOWS["own"])
    container = (Step(rest, rest) for name, rest in instructions() if name == "RUN")
    yield "the Dockerfile", image(folder / "image"), container


def main() -> None:
    """Run them all, and say so."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, place, steps in all_steps(folder):
            venv.create(folder / "venv", clear=True, with_pip=True, symlinks=True)
            for printed in run_steps(steps, place, folder / "venv/bin"):
                sys.stdout.write(f"{title}: {printed.strip().splitlines()[-1] if printed.strip() else 'done'}\n")
        subprocess.run([folder / "venv/bin/threadpress", "--version"], cwd=folder, check=True)


if __name__ == "__main__":
    main()
