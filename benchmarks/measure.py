"""Run a command and measure it: wall and CPU time in one run, peak memory of all its processes in another.

Two runs, since looking at the memory of a process halts it for the time of the look, which grows with what it holds:
ten gigabytes are looked at for longer than the time between two looks. So `measure` takes times and looks at nothing,
and `peak` looks at memory and its times are not worth having. Linux only.
"""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

EVERY = 0.02
"""Seconds between two looks at memory."""


class Command(msgspec.Struct, frozen=True):
    """What to run, where, and with what added to the environment."""

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = {}


class Run(msgspec.Struct, frozen=True):
    """One measured run."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, user and system, all processes."""


def measure(command: Command) -> Run:
    """Run a command to its end; raises `RuntimeError` with its output if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = _start(command)
    _finish(process, command)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Run(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def peak(command: Command) -> int:
    """Run a command and give the bytes its processes held together at most, pages they share counted once.

    Raises `RuntimeError` with its output if it fails.
    """
    process = _start(command)
    highest = [0]
    watcher = threading.Thread(target=_watch, args=(process, highest), daemon=True)
    watcher.start()
    _finish(process, command)
    watcher.join()
    return highest[0]


def _start(command: Command) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env={**os.environ, **command.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _finish(process: subprocess.Popen[bytes], command: Command) -> None:
    output = process.communicate()[0].decode(errors="replace")
    if process.returncode:
        raise RuntimeError(f"{' '.join(command.arguments)} ended with {process.returncode}:\n{output}")


def _watch(process: subprocess.Popen[bytes], highest: list[int]) -> None:
    while process.returncode is None:
        highest[0] = max(highest[0], sum(map(_memory, _tree(process.pid))))
        time.sleep(EVERY)


def _tree(root: int) -> list[int]:
    """A process and all its descendants."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:  # it has ended
                continue
    return found


def _memory(pid: int) -> int:
    """Proportional set size of a process, in bytes: what it holds, pages it shares divided by those who do."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n"):
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
