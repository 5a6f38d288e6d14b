"""Merely writing: how long the same files take when nothing has to be worked out.

Two plain processes hold the bytes of a finished output in memory and write them into a new folder. Reading them, and
starting the processes, is not measured. No tool that writes these files can be faster than this by much.
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
"""Seconds a process waits for the other one to have read its files, so that none waits for one that died."""

_READY: list[Any] = []
"""The barrier, in a worker."""


def write_merely(source: Path, target: Path) -> Run:
    """Write the files of one folder into another one, which does not exist yet."""
    names = sorted(str(file.relative_to(source)) for file in source.rglob("*") if file.is_file())
    barrier = Barrier(PROCESSES, timeout=PATIENCE)
    with ProcessPoolExecutor(PROCESSES, initializer=_READY.append, initargs=(barrier,)) as pool:
        # Every second name each, since large and small files stand apart in the order of names. A worker that waits
        # at the barrier takes no second part, so each gets one.
        parts = [pool.submit(_write, source, target, names[number::PROCESSES]) for number in range(PROCESSES)]
        times = [part.result() for part in parts]
    return Run(max(end for _, end, _ in times) - min(start for start, _, _ in times), sum(cpu for _, _, cpu in times))


def _write(source: Path, target: Path, names: list[str]) -> tuple[float, float, float]:
    """Write some files; gives start and end on a clock all processes share, and the CPU time between them."""
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
