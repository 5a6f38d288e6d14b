"""Environments of their own that tests install the program into, without a network.

The packages it needs are borrowed from the environment that runs the tests. Its editable install of the checkout is
not: what makes that importable (a `.pth` file) counts only in the folder it is in.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path


def borrowing_venv(home: Path) -> Path:
    """Make an environment that has the packages of this one, pip among them, and give the folder of its commands."""
    venv.create(home, symlinks=os.name != "nt")
    own, scripts = (Path(_path(home, name)) for name in ("purelib", "scripts"))
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return scripts


def _path(home: Path, name: str) -> str:
    return sysconfig.get_path(name, "venv", vars={"base": os.fspath(home), "platbase": os.fspath(home)})


def python_in(scripts: Path) -> Path:
    return scripts / Path(sys.executable).name


def run(*command: str | os.PathLike[str], cwd: Path, extra: Mapping[str, str] | None = None) -> str:
    """Run a command that must succeed, without this checkout on its path, and give what it prints."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | dict(extra or {})
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
