"""The process that builds again and again."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.commands.serve.build_process import BuildProcess
from tests.small import ROOT, Said, news, write

BUILDS = """
import gc, os, sys
from pathlib import Path
from generator.commands.serve.build_process import BuildProcess

parent = os.getpid()

def tell(phase, about):
    if os.getpid() != parent and phase == "stop" and about["generation"] == 2:
        print(about["collected"], flush=True)

gc.callbacks.append(tell)  # the process, which is forked, inherits it
site = Path(sys.argv[1])
with BuildProcess(site) as process:
    for number in range(4):
        (site / "content/1.txt").write_text((site / "content/1.txt").read_text() + f"More {number}\\n")
        assert process.build(lambda: None, lambda: None).problems == ()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the process is not forked")
def test_what_a_build_leaves_in_circles_is_collected_before_the_next(tmp_path: Path) -> None:
    """The collector alone comes round so rarely that the process would grow with every build."""
    site = write(tmp_path, {"content/1.txt": news("1", Said("Hello", "Boo"))})
    told = subprocess.run(
        [sys.executable, "-P", "-c", BUILDS, str(site)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    collected = [int(line) for line in told.stdout.split()]
    assert len(collected) >= 3, "after each build but perhaps the last, which may be ended before"
    assert sum(collected) > 0


@pytest.mark.parametrize("where", [".", "site", "absolute"])
def test_what_the_system_refuses_is_told_by_its_place_in_the_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """As all other problems are: `serve` puts the way to the site before it."""
    site = write(tmp_path / "site", {"content/1.txt": news("1", Said("Hello", "Boo")), "output": "mine"})
    monkeypatch.chdir(site if where == "." else tmp_path)
    with BuildProcess(site if where == "absolute" else Path(where)) as process:
        (problem,) = process.build(lambda: None, lambda: None).problems
    assert (problem.path, problem.message) == ("output", os.strerror(errno.EEXIST))


NO_LOCKS = """
import errno, os, sys
from pathlib import Path
from generator.commands.serve.build_process import BuildProcess

def refuse(handle):
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

sys.modules["generator.engine.lock"]._take = refuse  # the process, which is forked, inherits it
with BuildProcess(Path(sys.argv[1])) as process:
    outcome = process.build(lambda: sys.exit("it waits for another build"), lambda: None)
    print(outcome.report.threads, *outcome.warnings)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the process is not forked")
def test_where_the_file_system_has_no_locks_it_waits_for_nobody_and_says_so(tmp_path: Path) -> None:
    site = write(tmp_path, {"content/1.txt": news("1", Said("Hello", "Boo"))})
    told = subprocess.run(
        [sys.executable, "-P", "-c", NO_LOCKS, str(site)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("1 .threadpress/lock: warning: the file system can't lock files (No locks available)")
