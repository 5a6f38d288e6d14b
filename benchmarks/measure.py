"""Run a command and measure it: wall and CPU time in one run, peak memory of all its processes in another.

There are two runs, since reading the memory of a process stops it meanwhile. The more memory it has, the longer that
takes; for ten gigabytes it takes longer than the pause between two readings. So `measure` takes times and never reads
memory, and `peak` reads memory and its times are useless. Linux only.
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
"""Seconds between two readings of memory."""


class Command(msgspec.Struct, frozen=True):
    """What to run, in which folder, and with which additional environment variables."""

    arguments: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = {}


class Run(msgspec.Struct, frozen=True):
    """One measured run."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds of user and system time, of all processes."""


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
    """Run a command and give the most bytes that its processes had together; shared pages count once.

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
    """Give the ids of a process and all its descendants."""
    tree, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        tree.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except OSError:  # it has ended
                continue
    return tree


def _memory(pid: int) -> int:
    """Give the proportional set size of a process, in bytes: a shared page counts as its part of it."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n"):
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
