"""Runs batches of work on any `concurrent.futures.Executor`, of which it uses `submit` only: tasks in, results out.

Functions must be module-level, and tasks and results small and picklable: paths, ids and facts, not texts. Results come
in the order of the tasks, so nothing depends on which worker was faster.
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
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from typing import Any, ParamSpec, Protocol, TypeVar

from generator.errors import Problem, WorkerError

Task = TypeVar("Task")
Result = TypeVar("Result")
P = ParamSpec("P")
Item = TypeVar("Item")


class Tell(Protocol):
    """A function that is told how far a stage is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Note that `done` of `total` items of a stage are done."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


SMALL = 3_000_000
"""If the work of a stage is for fewer bytes of saves than this, workers cost more time than they save."""
AHEAD = 3
"""Batches that may wait for each worker: enough to keep it busy, few enough to limit memory."""


class Serial(Executor):
    """Does everything at once in this process: for small sites, where workers cost more time than they save."""

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        """Call the function and give its result as a finished future."""
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def batches(items: Sequence[Item], weigh: Callable[[Item], int], weight: int) -> Iterator[list[Item]]:
    """Cut items, in their order, into batches that weigh about `weight`."""
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
    """Runs functions on batches: in this process if there is little to do, otherwise in a pool, started when needed."""

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

        `weight` is about how many bytes of saves all tasks together are for. No more than a few batches for each worker
        are under way at a time, which limits memory.
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
        except BrokenExecutor as error:
            message = f"a worker process was ended, by the system if memory ran out ({error})"
            hint = "run it again, with fewer processes (`threadpress build --jobs 1`) if it happens again"
            raise WorkerError(Problem("workers", 0, message, hint)) from error
        finally:
            # No worker may still be writing when a build has ended or another one starts.
            wait([future for future in waiting if not future.cancel()])

    def begin(self, function: Callable[[Task], Result], tasks: Iterable[Task], weight: int) -> list[Future[Result]]:
        """Call `function` on a few tasks while the caller goes on; it must write nothing."""
        executor = self._executor(weight)
        return [executor.submit(function, task) for task in tasks]

    def rest(self) -> None:
        """End the processes, which frees their memory; they are started again when they are needed."""
        if self._pool:
            with uninterrupted():  # a pool that has only partly ended prints an error when Python exits
                self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    def _executor(self, weight: int) -> Executor:
        if self._given:
            return self._given
        if self._pool is None and self.jobs > 1 and weight >= SMALL:
            with uninterrupted():  # so that after an interruption the pool is known and can be ended
                self._pool = processes(self.jobs)
        return self._pool if self._pool and weight >= SMALL else self._serial


def processes(jobs: int) -> Executor:
    """Start a pool of worker processes."""
    method = fork_or_spawn()
    context: Any = multiprocessing.get_context(method)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=settle)
    if method == "fork":
        # All workers start with the first task and inherit the blocked signal, so that none is interrupted too early.
        with uninterrupted():
            pool.submit(int)
    return pool


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold back an interruption (Ctrl-C) until the end of the block, if the system can do that."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def fork_or_spawn() -> str:
    """Say how to start a process from one without threads: by forking where it is safe, in a tenth of the time."""
    return "fork" if "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin" else "spawn"


def settle() -> None:
    """Prepare a worker process: it leaves interruptions to the build, and ends if the build is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    collect_rarely()


def _end_with_parent() -> None:
    """Wait for the end of the parent, then end. A worker would otherwise wait forever, and hold the build's lock."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        signal.raise_signal(signal.SIGTERM)


def collect_rarely() -> None:
    """Let the garbage collector run rarely: a build makes millions of values and hardly any cycles."""
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
