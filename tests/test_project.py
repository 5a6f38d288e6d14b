"""The project keeps its own rules: rooms, rims, docs that say all, tools in exact versions, a workflow that can run."""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, get_args, get_type_hints

import click
import msgspec
import pytest
from packaging.requirements import Requirement

from generator import pages
from generator.cli import run, threadpress
from generator.commands.new import new
from generator.config import Config
from generator.readers import READERS
from generator.theme.views import Head, Site
from tests.commands.new.test_program import WHEEL
from tests.small import built
from tests.steps import DOCKERFILE, WORKFLOWS, all_steps, instructions, shell_steps, workflow

REPO = Path(__file__).parents[1]
ARCHITECTURE = REPO / "docs/architecture.md"
TOUCHING = frozenset(
    {"open", "read_text", "read_bytes", "write_text", "write_bytes", "mkdir", "unlink", "rmdir", "rmtree", "touch"}
    | {"iterdir", "glob", "rglob", "scandir", "symlink_to", "hardlink_to", "fsync", "utime", "chmod", "makedirs"}
    | {"open_file", "open_handle", "read_file", "read_text_file"}
)
"""Calls that look at files or change them."""
REACHING = frozenset(
    {"os", "shutil", "tempfile", "subprocess", "socket", "sqlite3", "fcntl", "urllib.request", "http", "httpx"}
)
"""Modules through which one gets at files, processes or the network."""


def read(path: str) -> str:
    return (REPO / path).read_text(encoding="utf-8")


ROOMS = (
    (
        "errors",
        "model",
        "mending",
        "toml_lines",
        "toml",
        "config",
        "costly",
        "urls",
        "dates",
        "files",
        "sources",
        "stamps",
        "workers",
    ),
    ("readers", "markup", "output"),
    ("theme",),
    ("threads",),
    ("site",),
    ("pages",),
    ("engine",),
    ("commands",),
    ("messages",),
    ("cli",),
)
"""The floors of the house, from the ground up. Rooms of one floor don't know each other, but for the ground's."""
FLOOR = {room: number for number, rooms in enumerate(ROOMS) for room in rooms}


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of the package by its name within it (`readers.markdown`), parsed; a package by its own name."""
    for path in sorted((REPO / "generator").rglob("*.py")):
        parts = path.relative_to(REPO / "generator").with_suffix("").parts
        if parts not in (("__init__",), ("__main__",)):
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def imports(module: ast.Module) -> Iterator[str]:
    """What a module imports of the package, inside functions too; `generator.x` as `x`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("generator"))
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            if node.module == "generator":
                yield from (alias.name for alias in node.names)
            elif node.module and node.module.startswith("generator."):
                yield node.module.removeprefix("generator.")


def room_of(module: str) -> str:
    return module.partition(".")[0]


def test_every_module_has_its_room() -> None:
    assert {room_of(name) for name, _ in modules()} == FLOOR.keys()


def test_imports_between_rooms_go_down_only() -> None:
    wrong = [
        f"{name} imports {imported}"
        for name, module in modules()
        for imported in imports(module)
        if room_of(imported) != room_of(name)
        and FLOOR[room_of(imported)] >= FLOOR[room_of(name)]
        and room_of(name) not in ROOMS[0]
    ]
    assert wrong == []


def test_no_imports_of_modules_go_round_in_a_circle() -> None:
    found = dict(modules())
    packages = {name for name in found if any(other.startswith(f"{name}.") for other in found)}
    graph = {name: {other for other in imports(module) if other not in packages} for name, module in found.items()}
    assert list(TopologicalSorter({name: graph[name] for name in found.keys() - packages}).static_order())


def test_only_the_rims_touch_files() -> None:
    sentence = re.search(r"Files are touched by (.+?) only\.", read("docs/architecture.md"), re.S)
    assert sentence, "docs/architecture.md names the rims: Files are touched by ... only."
    rims = set(re.findall(r"`([a-z_/]+)`", sentence[1]))
    assert {name.replace(".", "/") for name, module in modules() if _touches(module)} == rims


@pytest.mark.parametrize(("walk", "most"), [("Walk a save through the house", 12), ("Walk a change through serve", 12)])
def test_the_walks_lead_past_what_is_there(walk: str, most: int) -> None:
    section = read("docs/architecture.md").partition(f"## {walk}\n")[2].partition("\n## ")[0]
    steps = re.findall(r"^\d+\. `([\w.]+)`", section, re.M)
    assert 5 <= len(steps) <= most
    names = re.findall(r"`((?:commands|engine|output|pages|readers|markup|site|theme|threads)\.[\w.]+)`", section)
    assert set(steps) <= set(names)
    for name in names:
        assert pkgutil.resolve_name(f"generator.{name}"), name


LONGEST_FUNCTION, LONGEST_MODULE, LARGEST_PACKAGE = 60, 350, 16
"""Lines of a function, lines of a module, modules of a package: beyond, they hold more than one idea.

The largest package is `pages`, with a module for each page kind.
"""


def test_functions_modules_and_packages_stay_small() -> None:
    long = []
    sizes = Counter[str]()
    for path in sorted((REPO / "generator").rglob("*.py")):
        name, text = path.relative_to(REPO).as_posix(), path.read_text(encoding="utf-8")
        sizes[path.parent.relative_to(REPO).as_posix()] += 1
        if text.count("\n") > LONGEST_MODULE:
            long.append(f"{name} has {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{name}: {node.name} has {lines} lines")
    long += [f"{package} has {count} modules" for package, count in sizes.items() if count > LARGEST_PACKAGE + 1]
    assert long == []


def _touches(module: ast.Module) -> bool:
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in TOUCHING:
                return True
            case ast.Import(names=names) if any(alias.name in REACHING for alias in names):
                return True
            case ast.ImportFrom(module=source) if source in REACHING:
                return True
    return False


def test_root_files_are_there() -> None:
    for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile"):
        assert (REPO / name).is_file(), name
    assert "## [Unreleased]" in read("CHANGELOG.md")


def docs() -> str:
    return "\n".join(
        path.read_text(encoding="utf-8") for path in (REPO / "README.md", *sorted((REPO / "docs").glob("*.md")))
    )


@pytest.mark.parametrize("name", sorted(threadpress.commands))
def test_commands_and_options_are_documented(name: str) -> None:
    text = docs()
    assert f"threadpress {name}" in text
    for parameter in threadpress.commands[name].params:
        if isinstance(parameter, click.Option):
            for option in parameter.opts:
                assert re.search(rf"`[^`\n]*{re.escape(option)}\b", text), f"{name} {option}"


@pytest.mark.parametrize("key", [field.name for field in msgspec.structs.fields(Config)])
def test_settings_are_documented(key: str) -> None:
    assert re.search(rf"`\[?{key}\]?`", read("docs/configuration.md")), key


NOT_THERE = re.compile(
    r"(?i)\b(?:search (?:page|field|box)|can search|full-text|(?:atom|rss|json) feed|feeds|database)\b"
)
"""What the program does not make, in the words that would offer it."""


def test_nothing_is_offered_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not in the docs, the helps, the settings of a new site, the package's metadata, or any page."""
    fresh = new(tmp_path)
    built(tmp_path)
    texts = {f"new/{path}": (tmp_path / path).read_text(encoding="utf-8") for path in fresh.written if path != WHEEL}
    texts |= {
        path.relative_to(tmp_path).as_posix(): path.read_text(encoding="utf-8")
        for path in (tmp_path / "output").rglob("*")
        if path.suffix in {".html", ".txt"}
    }
    texts |= {path.name: path.read_text(encoding="utf-8") for path in (REPO / "docs").glob("*.md")}
    texts |= {name: read(name) for name in ("README.md", "pyproject.toml", "threadpress.toml")}
    for name in threadpress.commands:
        assert run([name, "--help"]) == 0
    texts["the helps"] = capsys.readouterr().out
    for those_who_work_on_it in ("architecture.md", "performance.md"):
        del texts[those_who_work_on_it]
    assert {name: found[0] for name, text in texts.items() if (found := NOT_THERE.search(text))} == {}


def test_the_readme_says_how_to_have_the_command_without_an_environment() -> None:
    for command in ("pipx install .", "uvx --from . threadpress new"):
        assert re.search(rf"`{re.escape(command)}[` ]", read("README.md")), command


BY_NAME = re.compile(r"(?:\binstall|\buvx|\bpipx run)(?:\s+(?!--from\b)-\S+)*\s+[\"']?threadpress(?![\w./-])")
"""A command that takes the program from an index."""


def test_nobody_is_told_to_install_what_an_index_has_under_our_name() -> None:
    pages = [*REPO.glob("*.md"), *(REPO / "docs").glob("*.md"), REPO / "generator/commands/new/fresh/README.md"]
    for path in (*pages, *(REPO / "generator").rglob("*.py"), REPO / "Dockerfile", REPO / "Makefile"):
        told = BY_NAME.search(path.read_text(encoding="utf-8"))
        assert told is None, f"{path}: {told[0]}"
    for text in (
        "pip install threadpress",
        "pip install --upgrade 'threadpress~=0.1'",
        "uvx threadpress",
        "pipx run threadpress",
    ):
        assert BY_NAME.search(text), text


def test_readers_are_documented() -> None:
    for reader in READERS:
        assert reader.NAME in read("docs/formats.md"), reader.NAME


def seen_by_templates() -> set[type[msgspec.Struct]]:
    """Collect the site, every kind of page, and all that stands in their fields."""
    for module in pkgutil.iter_modules(pages.__path__, "generator.pages."):
        importlib.import_module(module.name)
    waiting: list[Any] = [Site, *Head.__subclasses__()]
    found: set[type[msgspec.Struct]] = set()
    while waiting:
        kind = waiting.pop()
        waiting += get_args(kind)
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind not in found:
            found.add(kind)
            waiting += [*get_type_hints(kind).values(), *(base for base in kind.__bases__ if base is Head)]
    return found


def test_what_templates_see_is_documented() -> None:
    text = read("docs/themes.md")
    for struct in seen_by_templates():
        section = re.search(rf"^## `{struct.__name__}`\n(.*?)(?=^## |\Z)", text, re.M | re.S)
        assert section, struct.__name__
        listed = re.findall(r"^\| `(\w+)` \|", section[1], re.M)
        assert listed == list(struct.__annotations__), struct.__name__


def test_links_between_documents_lead_somewhere() -> None:
    dead = [
        f"{path.name}: {target}"
        for path in (*REPO.glob("*.md"), *(REPO / "docs").glob("*.md"))
        for target in re.findall(r"\]\(([^)\s#]+)[^)]*\)", path.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists()
    ]
    assert dead == []


def normal(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_everything_installed_is_pinned() -> None:
    lines = [line for line in read("constraints.txt").splitlines() if not line.startswith("#")]
    pins = [re.fullmatch(r"([A-Za-z0-9._-]+)==[0-9][A-Za-z0-9.+!]*", line) for line in lines]
    assert all(pins), [line for line, pin in zip(lines, pins, strict=True) if not pin]
    pinned = {normal(pin[1]) for pin in pins if pin}
    project = tomllib.loads(read("pyproject.toml"))
    wanted = [
        *project["project"]["dependencies"],
        *project["dependency-groups"]["dev"],
        *project["build-system"]["requires"],
        "pip",
    ]
    names = {normal(re.match(r"[A-Za-z0-9._-]+", each)[0]) for each in wanted}  # type: ignore[index]
    assert names <= pinned


PIN = re.compile(r"([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.+!]*)(?: ; [^\\]+)?((?: --hash=sha256:[0-9a-f]{64})+)")


def locked(path: str = "generator/commands/new/requirements.txt") -> dict[str, str]:
    """Read a lock, by default the one that comes with the program: the version of each package, by its name."""
    lines = read(path).replace(" \\\n    ", " ").splitlines()
    pins = [PIN.fullmatch(line) for line in lines if not line.startswith("#") and line != "--only-binary :all:"]
    assert "--only-binary :all:" in lines
    assert all(pins)
    return {normal(pin[1]): pin[2] for pin in pins if pin}


def test_the_lock_that_comes_with_the_program_has_hashes_and_the_versions_that_are_tested() -> None:
    tested = dict(line.split("==") for line in read("constraints.txt").splitlines() if not line.startswith("#"))
    assert locked().items() <= {normal(name): version for name, version in tested.items()}.items()


def test_the_lock_for_development_has_hashes_and_the_versions_of_everything_that_is_installed() -> None:
    tested = dict(line.split("==") for line in read("constraints.txt").splitlines() if not line.startswith("#"))
    pinned = {normal(name): version for name, version in tested.items()}
    without_hashes = {"pip", "editables"}  # pip is first, and takes the tools that build this package as it is told
    elsewhere = locked("requirements-dev.txt").items() - pinned.items()
    assert {name for name, _ in elsewhere} <= {"colorama"}, "Windows needs it"
    assert pinned.keys() - locked("requirements-dev.txt").keys() == without_hashes
    assert locked().items() <= locked("requirements-dev.txt").items()


PYTHONS = [
    {"python_version": version, "python_full_version": f"{version}.0", "sys_platform": "linux", "extra": ""}
    for version in ("3.11", "3.12", "3.13", "3.14")
]


def test_the_lock_that_comes_with_the_program_has_everything_it_needs() -> None:
    """What its packages need in turn too, as those that are installed here say for each Python on Linux."""
    needed, waiting = set[str](), ["threadpress"]
    while waiting:
        for line in importlib.metadata.requires(waiting.pop()) or ():
            requirement, name = Requirement(line), normal(Requirement(line).name)
            asked = requirement.marker is None or any(requirement.marker.evaluate(python) for python in PYTHONS)
            if asked and name not in needed:
                needed.add(name)
                waiting.append(name)
    assert needed <= locked().keys()


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed: apt install make")
def test_make_lock_writes_the_lock_and_tries_it_with_each_python() -> None:
    told = subprocess.run(["make", "--dry-run", "lock"], cwd=REPO, check=True, capture_output=True, text=True).stdout
    assert "--universal --python-version 3.11 --generate-hashes" in told
    (tried,) = re.findall(r"for version in ([\d. ]+);", told)
    assert tried.split() == [python["python_version"] for python in PYTHONS]
    assert re.search(
        r"--require-hashes\s.*--python-version \$version --python-platform \$machine-manylinux", told, re.S
    )
    assert re.search(r'cp "[^"]+/requirements.txt" generator/commands/new/requirements.txt;', told)


def test_the_dockerfile_copies_what_is_there_and_installs_as_the_workflow_does() -> None:
    kept = {line[1:] for line in read(".dockerignore").splitlines() if line.startswith("!")}
    assert "*" in read(".dockerignore").splitlines()
    lines = instructions(DOCKERFILE)
    sources = [source for name, rest in lines if name == "COPY" for source in rest.split()[:-1]]
    assert set(sources) == kept
    assert [source for source in sources if not (REPO / source).exists()] == []
    (install,) = (step.script for step in shell_steps(WORKFLOWS["own"]) if step.name == "Install Threadpress")
    runs = [rest.replace(" --no-cache-dir", "") for name, rest in lines if name == "RUN"]
    assert runs == install.strip().splitlines()
    assert ("ENTRYPOINT", '["threadpress"]') in lines


def test_the_address_of_the_project_is_in_one_place() -> None:
    """Whoever publishes it writes it into pyproject.toml; no other file may name it."""
    assert "urls" in tomllib.loads(read("pyproject.toml"))["project"]
    assert "urls" not in tomllib.loads(read("pyproject.toml"))["project"].get("dynamic", [])
    for name, address in tomllib.loads(read("pyproject.toml"))["project"]["urls"].items():
        assert address.startswith("https://"), name
        assert address not in docs()


def test_browser_tools_are_pinned() -> None:
    wanted = json.loads(read("package.json"))["devDependencies"]
    assert set(wanted) == {"axe-core", "chrome-launcher", "lighthouse", "vnu-jar"}
    assert all(re.fullmatch(r"[0-9.]+", version) for version in wanted.values())
    assert not (REPO / "package-lock.json").exists()  # it would name the host it was made with


def test_no_path_of_a_machine_is_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPO, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    machine = re.compile(rb"(?<![\w.])/(?:work|root|farm|home/\w+|Users/\w+|tmp/[a-z]+)/|\bfile:///(?:opt|usr)\b")
    found = []
    for name in os.fsdecode(listed.stdout).split("\0")[:-1]:
        path = REPO / name
        if path.is_file() and not name.startswith(("content/", "tests/saves/", "tests/sites/")):
            found += [f"{name}: {match[0].decode()}" for match in machine.finditer(path.read_bytes())]
    assert found == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such bit")
def test_the_ci_script_can_run() -> None:
    script = REPO / ".ci/run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed: apt install git")
def test_the_ci_script_runs_every_step_of_the_workflows_and_of_the_dockerfile(tmp_path: Path) -> None:
    if not (REPO / ".git").exists():
        pytest.skip("this is no git checkout")
    assert ".venv/bin/python -m tests.steps" in read(".ci/run").splitlines()
    (fresh, site, its), (own, copy, ours), (container, image, installing) = all_steps(tmp_path)
    assert (fresh, own, container) == (
        "the workflow that `threadpress new` writes", "the workflow of this repository", "the Dockerfile",
    )  # fmt: skip
    assert list(its) == list(shell_steps(WORKFLOWS["fresh"]))
    assert list(ours) == list(shell_steps(WORKFLOWS["own"]))
    assert [step.script for step in installing] == [rest for name, rest in instructions(DOCKERFILE) if name == "RUN"]
    # A clone of the site has what is committed, and the others what git and Docker would see.
    assert (site / ".git").is_dir()
    assert (site / WHEEL).is_file()
    for place in (site, copy, image):
        assert not (place / "output/index.html").exists()
        assert not (place / ".venv").exists()
    assert (copy / "generator/cli.py").is_file()
    assert (image / "generator/cli.py").is_file()


def steps(job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = workflow(WORKFLOWS["own"])["jobs"][job]["steps"]
    return found


def test_the_workflow_runs_at_pushes_to_main_and_when_asked() -> None:
    loaded = workflow(WORKFLOWS["own"])
    assert set(loaded["on"]) == {"push", "workflow_dispatch"}
    assert loaded["on"]["push"]["branches"] == ["main"]


def test_the_workflow_builds_checks_and_only_then_deploys() -> None:
    jobs = workflow(WORKFLOWS["own"])["jobs"]
    assert set(jobs) == {"build", "deploy"}
    assert [step["uses"] for step in steps("build") if "uses" in step] == [
        "actions/checkout@v7",
        "actions/setup-python@v7",
        "actions/configure-pages@v6",
        "actions/cache@v6",
        "actions/upload-pages-artifact@v5",
    ]
    assert [step["uses"] for step in steps("deploy")] == ["actions/deploy-pages@v5"]
    order = [step.get("uses", step.get("run", "")).split("@")[0] for step in steps("build")]
    assert order.index("threadpress check") < order.index("actions/upload-pages-artifact")
    assert jobs["deploy"]["needs"] == "build"
    assert jobs["deploy"]["environment"]["name"] == "github-pages"
    outputs = f"steps.{steps('deploy')[0]['id']}.outputs.page_url"
    assert jobs["deploy"]["environment"]["url"] == f"${{{{ {outputs} }}}}"


def test_the_workflow_builds_for_the_address_that_pages_gives() -> None:
    configured = next(step for step in steps("build") if step.get("uses", "").startswith("actions/configure-pages"))
    built = next(step for step in steps("build") if step.get("run", "").startswith("threadpress build"))
    assert built["env"] == {"SITE_URL": f"${{{{ steps.{configured['id']}.outputs.base_url }}}}"}
    assert built["run"] == 'threadpress build --site-url "$SITE_URL"'
    uploaded = next(step for step in steps("build") if "upload-pages" in step.get("uses", ""))
    assert uploaded["with"]["path"] == Config().output


def test_the_workflow_uses_commands_that_exist() -> None:
    for step in steps("build"):
        for command, rest in re.findall(r"^threadpress (\S+)(.*)$", step.get("run", ""), re.M):
            known = {option for parameter in threadpress.commands[command].params for option in parameter.opts}
            assert set(re.findall(r"--[a-z-]+", rest)) <= known
