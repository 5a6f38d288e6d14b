"""The lock: one build at a time, and none after its process is gone."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.cli import run
from generator.engine.lock import FOLDER, lock
from generator.errors import OutputError
from tests.small import ROOT, news, output_of, tree, write

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


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_where_the_file_system_has_no_locks_a_build_goes_on_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    """Tests have no such file system, so the call that takes the lock is replaced."""

    def refuse(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    files = {"content/101.txt": news()}
    monkeypatch.chdir(write(tmp_path, files))
    monkeypatch.setattr(sys.modules["generator.engine.lock"], "_take", refuse)
    told = (
        f".threadpress/lock: warning: the file system can't lock files ({os.strerror(number)}), so builds don't notice "
        "each other; run one at a time, or move the site to another disk"
    )
    assert run(["build", "--strict"]) == 1
    assert capsys.readouterr().err.splitlines() == [told, "stopped: 1 warning; nothing was written"]
    assert not (tmp_path / "output").exists()
    for _ in range(2):
        assert run(["build"]) == 0
        assert capsys.readouterr().err.splitlines()[0] == told
    assert tree(tmp_path / "output") == output_of(tmp_path / "fresh", files)
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert run(["build"]) == 0
    assert "lock" not in capsys.readouterr().err
