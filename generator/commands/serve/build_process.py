"""A separate process that builds one site again and again: each call of `build` gives an `Outcome`.

Builds have a process of their own for three reasons: pages are served at full speed meanwhile; workers are forked from
a process without threads and open connections; and what the engine keeps in memory between builds has one owner. What a
build raises comes back as problems. How they are shown is not decided here.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from generator.commands import crash
from generator.commands.progress import show_progress
from generator.config import Config, load
from generator.engine import BuildReport, Engine
from generator.errors import BusyError, Problem, ThreadpressError, is_refusal, refused
from generator.theme import option_names, theme_problems
from generator.workers import collect_rarely, fork_or_spawn

AGAIN = 0.1
"""Seconds until the next try while a build of another process is running."""
GRACE = 1.0
"""Seconds that an interrupted build has to end by itself."""


class Outcome(msgspec.Struct, frozen=True):
    """The result of one build."""

    config: Config | None
    """The settings it was run with; None if they are wrong."""
    report: BuildReport | None
    """Without the names of pages, which are many; None if the build failed."""
    written: int = 0
    """How many files of the output were written."""
    removed: int = 0
    problems: tuple[Problem, ...] = ()
    """Why the build failed, with the warnings that came up at the same time."""
    warnings: tuple[Problem, ...] = ()
    """Of a build that succeeded."""
    seconds: float = 0.0
    """Until all pages were in place."""


_BUILD, _WAITING, _READY = b"build", b"waiting", b"ready"


class BuildProcess(contextlib.AbstractContextManager["BuildProcess"]):
    """The process, as the parent sees it. Make it before any thread is started, so that it can be forked."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self._ending = threading.Event()
        self._changing = threading.Lock()
        self._start(fork_or_spawn())

    def _start(self, method: str) -> None:
        context: Any = multiprocessing.get_context(method)
        self._connection, theirs = context.Pipe()
        ours = self._connection if method == "fork" else None
        # The child inherits this mask, so that no interruption reaches it before it is ready for one.
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else ()
        try:
            self._process = context.Process(target=_work, args=(self.site, theirs, ours))
            self._process.start()
        finally:
            if hasattr(signal, "pthread_sigmask"):
                signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        theirs.close()

    @property
    def pid(self) -> int:
        """The number that the system gave to the process."""
        return int(self._process.pid)

    def build(self, wait: Callable[[], None], ready: Callable[[], None]) -> Outcome:
        """Build once; blocks. `wait` is called if another build of the site has to end first.

        `ready` is called when all pages are in place, before the list of sums and the store are written. If the process
        has died (the system may end one that needs much memory), that is a problem too; the next call starts another.
        """
        with self._changing:
            if self._ending.is_set():
                return Outcome(None, None)
            if not self._process.is_alive():
                self._start("spawn")  # by now there are threads
        try:
            self._connection.send_bytes(_BUILD)
            while (answer := self._connection.recv_bytes()) in (_WAITING, _READY):
                (wait if answer == _WAITING else ready)()
        except (EOFError, OSError):
            if self._ending.is_set():
                return Outcome(None, None)
            self._process.join()
            end = self._process.exitcode
            problem = Problem("threadpress", 0, f"the process that builds has ended ({end})", "change a file to retry")
            return Outcome(None, None, problems=(problem,))
        return msgspec.msgpack.decode(answer, type=Outcome)

    def __exit__(self, *error: object) -> None:
        self.end()

    def end(self) -> None:
        """End the process and the build that it runs; a call of `build` that waits for it gets an empty outcome."""
        with self._changing:
            self._ending.set()
            if self._process.is_alive():
                # As Ctrl-C does: the build then ends its workers, and clears what it shows on the terminal.
                with contextlib.suppress(OSError):
                    os.kill(self._process.pid, signal.SIGINT)
                self._process.join(GRACE)
            if self._process.is_alive():
                self._process.kill()
            self._process.join()


def _work(site: Path, connection: Connection, parents: Connection | None) -> None:
    """Build whenever the parent asks for it, until the parent has gone."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if parents:  # otherwise this copy would keep the pipe open after the parent has gone
        parents.close()
    collect_rarely()
    engine = Engine(site)
    with contextlib.suppress(KeyboardInterrupt, EOFError, OSError):
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        while connection.recv_bytes() == _BUILD:
            outcome = _build(engine, site, connection)
            connection.send_bytes(msgspec.msgpack.encode(outcome))
            # A build leaves cycles behind, which the collector alone would find only after very many builds.
            gc.collect()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Interrupt once: a second signal would only disturb the cleaning up after the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _build(engine: Engine, site: Path, connection: Connection) -> Outcome:
    started = time.perf_counter()
    seconds_to_pages: list[float] = []

    def ready() -> None:
        seconds_to_pages.append(time.perf_counter() - started)
        connection.send_bytes(_READY)

    config: Config | None = None
    try:
        config, warnings = load(site, theme_problems, option_names)
        report = _in_turn(engine, config, ready, connection)
    except ThreadpressError as error:
        problems = error.problems
    except OSError as error:
        problems = (_refused(error, site) if is_refusal(error) else crash.keep(error, site),)
    except Exception as error:
        problems = (crash.keep(error, site),)
    else:
        return Outcome(
            config,
            msgspec.structs.replace(report, written=(), removed=(), rendered=()),
            len(report.written),
            len(report.removed),
            warnings=(*warnings, *report.problems),
            seconds=seconds_to_pages[0] if seconds_to_pages else time.perf_counter() - started,
        )
    return Outcome(config, None, problems=problems, seconds=time.perf_counter() - started)


def _refused(error: OSError, site: Path) -> Problem:
    """Report what the system refused; its paths lead from here, and those of problems from the site's folder."""
    problem = refused(error)
    if not Path(problem.path).is_relative_to(site):
        return problem
    return msgspec.structs.replace(problem, path=Path(problem.path).relative_to(site).as_posix())


def _in_turn(engine: Engine, config: Config, ready: Callable[[], None], connection: Connection) -> BuildReport:
    """Build as soon as no other process does; a long build shows its progress on standard error."""
    told = False
    while True:
        try:
            with show_progress(sys.stderr, os.environ) as tell:
                return engine.build(config, tell=tell, ready=ready)
        except BusyError:
            if not told:
                connection.send_bytes(_WAITING)
                told = True
            time.sleep(AGAIN)
