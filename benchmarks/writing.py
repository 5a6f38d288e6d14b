"""Merely writing: how long it takes to write the same files when there is nothing to work out.

Two plain processes hold the bytes of a finished output in memory and write them into a new folder. Reading them
and starting the processes is not measured. No tool that writes these files can be faster than this by much.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Barrier
from pathlib import Path
from typing import Any

from benchmarks.measure import Run

PROCESSES = 2
PATIENCE = 600
"""Seconds that a process waits until the other has read its files, so that it does not wait for a dead one forever."""

_READY: list[Any] = []
"""The barrier, in a worker."""


def write_merely(source: Path, target: Path) -> Run:
    """Write the files of a folder into another folder, which does not exist yet."""
    names = sorted(str(file.relative_to(source)) for file in source.rglob("*") if file.is_file())
    barrier = Barrier(PROCESSES, timeout=PATIENCE)
    with ProcessPoolExecutor(PROCESSES, initializer=_READY.append, initargs=(barrier,)) as pool:
        # Each gets every second name, since large and small files are apart in the order of names. A worker that waits
        # at the barrier takes no second part, so each gets one.
        parts = [pool.submit(_write, source, target, names[number::PROCESSES]) for number in range(PROCESSES)]
        times = [part.result() for part in parts]
    return Run(max(end for _, end, _ in times) - min(start for start, _, _ in times), sum(cpu for _, _, cpu in times))


def _write(source: Path, target: Path, names: list[str]) -> tuple[float, float, float]:
    """Write some files; gives start and end on a clock that all processes share, and the CPU time in between."""
    files = [(str(target / name), (source / name).read_bytes()) for name in names]
    _READY[0].wait()
    start, cpu = time.monotonic(), time.process_time()
    for folder in sorted({path.rpartition("/")[0] for path, _ in files}):
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103  (paths are text here, for speed)
    for path, data in files:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]
        os.close(file)
    return start, time.monotonic(), time.process_time() - cpu
