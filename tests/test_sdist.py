"""The source package: it holds what the repository holds, so that the program can be built and tested from it alone."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.installing import run
from tests.small import ROOT

LEFT_OUT = frozenset[str]()
"""Files of the repository that are not in the package, on purpose."""


def unpacked(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (package,) = folder.glob("threadpress-*.tar.gz")
    with tarfile.open(package) as archive:
        archive.extractall(folder, filter="data")
    return folder / package.name.removesuffix(".tar.gz")


def test_the_source_package_has_every_file_of_the_repository_and_its_tests_are_found(tmp_path: Path) -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    tracked = {name for name in os.fsdecode(listed.stdout).split("\0")[:-1] if (ROOT / name).exists()}
    source = unpacked(tmp_path)
    files = {path.relative_to(source).as_posix(): path for path in source.rglob("*") if not path.is_dir()}
    assert tracked - files.keys() == LEFT_OUT
    assert not [name for name in tracked & files.keys() if files[name].read_bytes() != (ROOT / name).read_bytes()]
    assert os.access(source / ".ci/run", os.X_OK) == os.access(ROOT / ".ci/run", os.X_OK)
    # All test modules can be imported there, and a few that read files of the repository pass.
    there = {"PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    command = (sys.executable, "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider")
    run(*command, "--collect-only", cwd=source, extra=there)
    run(*command, "tests/test_benchmarks.py", "-k", "browser_tools or ci_script or dockerfile or workflow",
        "tests/test_project.py", cwd=source, extra=there)  # fmt: skip
