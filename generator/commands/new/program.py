"""What does an archive need so that it can be built anywhere? `program_files` gives the files of its `program/`.

These are the program as it runs now, made into a wheel, and the list of all that pip has to install, each with its
hashes: the packages the program needs, as `requirements.txt` beside this module has them (`make lock` writes it), and
the wheel. It makes no difference whether the program was installed from a wheel or runs from a checkout. Reads the
files of the program, writes none, and runs nothing.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from generator.commands.new.wheel import make_wheel, wheel_name
from generator.errors import InstallationError, Problem

FOLDER = "program"
"""The folder of an archive that holds the program it is made with."""
REQUIREMENTS = f"{FOLDER}/requirements.txt"
"""What pip is told to install; the wheel is its last line."""
NAME = "threadpress"
BESIDE = {"themes": "**/*", "docs": "*.md"}
"""Folders that a wheel has in the package, and a checkout beside it, with the pattern of their files."""
_LOCK = Path(__file__).parent / "requirements.txt"


def program_files() -> dict[str, bytes]:
    """Give the files of `program/`, by their paths in the archive.

    Raises `InstallationError` if what runs is not what was installed, or if parts of it are missing.
    """
    package = Path(__file__).parents[2]
    metadata = _metadata(package)
    stem = f"{NAME}-{metadata.version.replace('-', '_')}"
    files = dict(_package_files(package))
    if missing := _listed(metadata, package.name) - files.keys():
        raise InstallationError(_damaged(package.parent / name, "it is missing") for name in missing)
    wheel = make_wheel(files, stem, dict(_about(metadata)))
    path = f"{FOLDER}/{wheel_name(stem)}"
    line = f"./{path} --hash=sha256:{hashlib.sha256(wheel).hexdigest()}\n"
    return {path: wheel, REQUIREMENTS: _LOCK.read_bytes() + line.encode()}


def _metadata(package: Path) -> Distribution:
    """Find what the installer noted of the program that runs."""
    try:
        metadata = distribution(NAME)
    except PackageNotFoundError:
        raise InstallationError(_damaged(package, "the program runs from here without having been installed")) from None
    installed = Path(str(metadata.locate_file(f"{package.name}/__init__.py")))
    if installed.is_file() and installed.samefile(package / "__init__.py"):
        return metadata
    checkout = package.parent / "pyproject.toml"
    project = tomllib.loads(checkout.read_text(encoding="utf-8"))["project"] if checkout.is_file() else {}
    if project.get("name") != NAME:
        raise InstallationError(_damaged(package, f"the program runs from here, but {installed.parent} was installed"))
    if project["version"] != metadata.version:
        message = f"the program is version {project['version']}, but was installed as {metadata.version}"
        raise InstallationError(_damaged(checkout, message))
    return metadata


def _listed(metadata: Distribution, package: str) -> set[str]:
    """Give the files of the package that the installer noted; none if it runs from a checkout."""
    names = {path.as_posix() for path in metadata.files or () if path.parts[0] == package and _is_part(path.parts)}
    return names if f"{package}/__init__.py" in names else set()


def _package_files(package: Path) -> Iterator[tuple[str, bytes]]:
    """Give the files of the package by their names in a wheel."""
    paths = {path.relative_to(package.parent): path for path in package.rglob("*")}
    for name, pattern in BESIDE.items():
        if not (package / name).is_dir():
            beside = (package.parent / name).glob(pattern)
            paths |= {package.name / path.relative_to(package.parent): path for path in beside}
    for inner, path in paths.items():
        if _is_part(inner.parts) and path.is_file():
            yield inner.as_posix(), path.read_bytes()


def _is_part(names: tuple[str, ...]) -> bool:
    """Say whether a path is of the program, rather than something that Python, an editor or the system left there."""
    return not any(name == "__pycache__" or name.startswith(".") or name.endswith(("~", ".pyc")) for name in names)


def _about(metadata: Distribution) -> Iterator[tuple[str, bytes]]:
    """Give the files about the program that a wheel has as well; all others were made by the installer."""
    licenses = [f"licenses/{name}" for name in metadata.metadata.get_all("License-File") or ()]
    for name in ("METADATA", "entry_points.txt", *licenses):
        text = metadata.read_text(name)
        if text is None:
            raise InstallationError(_damaged(Path(NAME), f"{name} is missing in the folder of its metadata"))
        yield name, text.encode()


def _damaged(path: Path, message: str) -> Problem:
    return Problem(path.as_posix(), 0, message, "install Threadpress (again), and then repeat this")
