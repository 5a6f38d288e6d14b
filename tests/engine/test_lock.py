"""The lock: one build at a time, and none after its process is gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.engine.lock import FOLDER, lock
from generator.errors import OutputError
from tests.small import ROOT

HOLD = """
import os, sys
from pathlib import Path
from generator.engine.lock import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
    os._exit(9)
"""


def test_a_lock_can_be_taken_again_when_it_was_let_go(tmp_path: Path) -> None:
    for _ in range(2):
        with lock(tmp_path):
            assert (tmp_path / FOLDER / "lock").exists()


def test_a_lock_is_let_go_when_a_build_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), lock(tmp_path):
        raise ZeroDivisionError
    with lock(tmp_path):
        pass


def test_a_second_build_is_refused_and_a_lock_dies_with_its_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with (
            pytest.raises(OutputError, match="another build of this site is running; wait until it has ended"),
            lock(tmp_path),
        ):
            pass
        process.communicate("go\n")
    assert process.returncode == 9
    with lock(tmp_path):
        pass
