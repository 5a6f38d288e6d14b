"""Run a command and measure it: wall time, CPU time, and peak memory of all its processes together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

EVERY = 0.02
"""Seconds between two looks at memory."""


class Measure(msgspec.Struct, frozen=True):
    """One run."""

    wall: float
    """Seconds."""
    cpu: float
    """Seconds, user and system, all processes."""
    memory: int
    """Bytes: the highest sum over all processes of the memory each holds, shared pages counted in parts."""


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None) -> Measure:
    """Run a command to its end; raises `RuntimeError` with its output if it fails."""
    before = os.times()
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **(environment or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process, peak), daemon=True)
    watcher.start()
    output = process.communicate()[0].decode(errors="replace")
    wall = time.perf_counter() - started
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output}")
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Measure(wall, cpu, peak[0])


def _watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_memory, _tree(process.pid))))
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
