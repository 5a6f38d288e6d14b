"""A publication that is killed at any moment: the branch is as it was or whole, and the next one goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.publish.test_publish import ADDED, MORE, Desk, alone, one
from tests.small import ALL, ROOT, tree

__all__ = ["alone", "one"]
MOMENTS = 20 if ALL else 4


def published(site: Path, seconds: float | None = None) -> tuple[int, str]:
    """Publish in a process that is killed after so many seconds; wait until git, too, has come to an end."""
    command = [sys.executable, "-P", "-m", "generator", "publish"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, cwd=site, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
        told = process.communicate()[0]
    return process.returncode, told


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_publication_that_is_killed_leaves_the_branch_whole_and_the_next_one_goes_on(one: Desk) -> None:
    assert published(one.site)[0] == 0
    first = one.published()
    start = time.perf_counter()
    assert published(one.site)[0] == 0
    whole = 2 * (time.perf_counter() - start)  # the one above has nothing to push
    last = first
    for number in range(MOMENTS):
        files = MORE if number % 2 == 0 else {}
        for path in MORE:
            (one.site / path).unlink(missing_ok=True)
        one.build(files, "--yes")
        output = tree(one.site / "output")
        mine = one.own()
        code, told = published(one.site, whole * (number + 0.5) / MOMENTS)
        assert code in (-signal.SIGKILL, 0), told
        assert one.own() == mine
        after = {path: data for path, data in one.published().items() if path not in ADDED}
        assert after in (output, {path: data for path, data in last.items() if path not in ADDED})
        code, told = published(one.site)
        assert code == 0, told
        last = one.published()
        assert {path: data for path, data in last.items() if path not in ADDED} == output
