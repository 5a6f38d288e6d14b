"""Executors that a build must bear: one that is as unhelpful as may be, and one that looks on."""

from __future__ import annotations

import pickle
import random
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
Result = TypeVar("Result")


class _Later(Future[Any]):
    """A future that nobody works on until its result is asked for."""

    def __init__(self, executor: Hostile) -> None:
        super().__init__()
        self.executor = executor

    def result(self, timeout: float | None = None) -> Any:
        self.executor.finish(self)
        return super().result(timeout)


class Hostile(Executor):
    """Pickles function, arguments and results; runs what waits in any order, and each task once or twice.

    It has no other method of an executor than `submit`.
    """

    def __init__(self, seed: int = 0) -> None:
        self.random = random.Random(seed)
        self.waiting: list[tuple[_Later, bytes]] = []
        self.tasks: list[tuple[str, bytes]] = []
        """Name of the function and pickled arguments of every task."""
        self.results: list[tuple[str, bytes]] = []

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        future = _Later(self)
        packed = pickle.dumps((fn, args, kwargs))
        self.waiting.append((future, packed))
        self.tasks.append((fn.__name__, packed))
        return future

    def finish(self, wanted: _Later) -> None:
        """Do waiting tasks, in any order, until one is done."""
        while not wanted.done():
            future, packed = self.waiting.pop(self.random.randrange(len(self.waiting)))
            if not future.set_running_or_notify_cancel():
                continue
            try:
                for _ in range(self.random.randint(1, 2)):
                    fn, args, kwargs = pickle.loads(packed)
                    result = pickle.dumps(fn(*args, **kwargs))
            except Exception as error:
                future.set_exception(pickle.loads(pickle.dumps(error)))
            else:
                self.results.append((fn.__name__, result))
                future.set_result(pickle.loads(result))


class Between(Executor):
    """Does every task at once, and something else after each: `after(name of the function, how many before it)`."""

    def __init__(self, after: Callable[[str, int], object]) -> None:
        self.after = after
        self.done = 0

    def submit(self, fn: Callable[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Future[Result]:
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        self.after(fn.__name__, self.done)
        self.done += 1
        return future
