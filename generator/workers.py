"""Work in batches over any `concurrent.futures.Executor`, of which only `submit` is used.

Functions given to `run` are module-level, tasks and results are small and picklable: paths, ids and facts, not texts.
Results come in the order of the tasks, so nothing depends on which worker was faster.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, wait
from typing import Any, ParamSpec, Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
P = ParamSpec("P")
Item = TypeVar("Item")


class Tell(Protocol):
    """Is told how far a stage is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take note that so many of all items of a stage are done."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


SMALL = 3_000_000
"""Bytes of saves behind the work of a stage below which workers cost more time than they save."""
AHEAD = 3
"""Batches a worker may have waiting: enough that none stands idle, few enough that memory stays bounded."""


class Serial(Executor):
    """Does everything at once in this process: for small sites, where starting workers costs more than it saves."""

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        """Call the function and give its result as a finished future."""
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def batches(items: Sequence[Item], weigh: Callable[[Item], int], weight: int) -> Iterator[list[Item]]:
    """Cut items, in their order, into batches of about `weight`."""
    batch: list[Item] = []
    load = 0
    for item in items:
        batch.append(item)
        load += weigh(item)
        if load >= weight:
            yield batch
            batch, load = [], 0
    if batch:
        yield batch


class Workers(contextlib.AbstractContextManager["Workers"]):
    """Runs functions on batches: in this process while there is little to do, else in a pool, started when needed."""

    def __init__(self, executor: Executor | None, jobs: int | None = None, tell: Tell = silent) -> None:
        self.jobs = jobs or multiprocessing.cpu_count()
        self.tell = tell
        self._given = executor
        self._serial = Serial()
        self._pool: Executor | None = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self.rest()

    def run(self, function: Callable[[Task], Result], tasks: Iterable[Task], weight: int) -> Iterator[Result]:
        """Call `function` on every task; yield results in the tasks' order.

        `weight` is about how many bytes of saves there are behind all tasks. A few batches a worker are under way at
        once, so that memory stays bounded.
        """
        executor, jobs = self._executor(weight), self.jobs
        waiting: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                waiting.append(executor.submit(function, task))
                if len(waiting) > jobs * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # Whoever works on must not write any more when a build starts again, or has ended.
            wait([future for future in waiting if not future.cancel()])

    def rest(self) -> None:
        """End the processes, and free their memory; they are started again if they are needed."""
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    def begin(self, function: Callable[[Task], Result], task: Task, weight: int) -> Future[Result]:
        """Call `function` on one task beside what this process goes on to do, where there is enough of it."""
        return self._executor(weight).submit(function, task)

    def _executor(self, weight: int) -> Executor:
        if self._given:
            return self._given
        if self._pool is None and self.jobs > 1 and weight >= SMALL:
            self._pool = processes(self.jobs)
        return self._pool if self._pool and weight >= SMALL else self._serial


def processes(jobs: int) -> Executor:
    """Start a pool of worker processes."""
    method = fork_or_spawn()
    context: Any = multiprocessing.get_context(method)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=settle)
    if method == "fork":
        # All start with the first task, and take this mask along: no interruption hits one before it has settled.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            pool.submit(int)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pool


def fork_or_spawn() -> str:
    """Say how to start a process from one without threads: forking takes a tenth of the time, where it is safe."""
    return "fork" if "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin" else "spawn"


def settle() -> None:
    """Make a process a worker: an interruption is the build's to handle, and a build that is killed takes it along."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_rarely()


def _end_with_parent() -> None:
    """Left alone, a worker would wait for work for ever, and hold the build's lock."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        signal.raise_signal(signal.SIGTERM)


def collect_rarely() -> None:
    """Let the garbage collector run seldom: a build makes millions of values and hardly a circle."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
