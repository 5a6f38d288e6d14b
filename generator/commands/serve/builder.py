"""A process of its own that builds one site again and again: `build()` out, an `Outcome` in.

Builds stay out of the process that serves pages for three reasons: pages are served at full speed meanwhile; workers
are forked from a process without threads and open connections; and what the engine keeps in memory between builds has
one owner. Whatever a build raises comes back as problems. What an outcome is shown as is not decided here.
"""

from __future__ import annotations

import contextlib
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
from generator.commands.progress import watch
from generator.config import Config, load
from generator.engine.build import BuildReport, Engine
from generator.errors import BusyError, Problem, ThreadpressError
from generator.workers import collect_rarely, fork_or_spawn

AGAIN = 0.1
"""Seconds until a build is tried again that another one, of another process, stood in the way of."""
GRACE = 1.0
"""Seconds that a build has to end in peace when it is interrupted."""


class Outcome(msgspec.Struct, frozen=True):
    """What came of one build."""

    config: Config | None
    """The settings it had; None where they are wrong."""
    report: BuildReport | None
    """Without the names of pages, which are many; None if the build failed."""
    written: int = 0
    removed: int = 0
    """Files of the output."""
    problems: tuple[Problem, ...] = ()
    """Why it failed; with them warnings that came up at the same time."""
    warnings: tuple[Problem, ...] = ()
    """Of a build that went well."""
    seconds: float = 0.0
    """Until all pages were in place."""


_BUILD, _WAITING, _READY = b"build", b"waiting", b"ready"


class Builder(contextlib.AbstractContextManager["Builder"]):
    """The process, from the parent's side. Start it before any thread, where it can then be forked."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self._ending = threading.Event()
        self._changing = threading.Lock()
        self._start(fork_or_spawn())

    def _start(self, method: str) -> None:
        context: Any = multiprocessing.get_context(method)
        self._connection, theirs = context.Pipe()
        ours = self._connection if method == "fork" else None
        # No interruption hits it before it has settled; it takes this mask along.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if hasattr(signal, "pthread_sigmask") else ()
        try:
            self._process = context.Process(target=_work, args=(self.site, theirs, ours))
            self._process.start()
        finally:
            if hasattr(signal, "pthread_sigmask"):
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()

    def build(self, wait: Callable[[], None], ready: Callable[[], None]) -> Outcome:
        """Build once; blocks. `wait` is called if another build of the site has to end first.

        `ready` is called when all pages are in place, while the list of sums and the store are still to follow.
        A process that died (the system may end one that needs much memory) is a problem too; the next call starts
        another.
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
        """End the process, and the build it is at; whoever waits for that gets an empty outcome."""
        with self._changing:
            self._ending.set()
            if self._process.is_alive():
                # As Ctrl-C does it: the build ends its workers, and what it shows on the terminal.
                with contextlib.suppress(OSError):
                    os.kill(self._process.pid, signal.SIGINT)
                self._process.join(GRACE)
            if self._process.is_alive():
                self._process.kill()
            self._process.join()


def _work(site: Path, connection: Connection, parents: Connection | None) -> None:
    """Build whenever told to, until the parent has gone."""
    signal.signal(signal.SIGINT, _interrupt)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if parents:  # else the pipe would stay open with this end of it
        parents.close()
    collect_rarely()
    engine = Engine(site)
    with contextlib.suppress(KeyboardInterrupt, EOFError, OSError):
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        while connection.recv_bytes() == _BUILD:
            outcome = _build(engine, site, connection)
            connection.send_bytes(msgspec.msgpack.encode(outcome))
            if outcome.config and outcome.report:
                with contextlib.suppress(ThreadpressError):  # the theme is being edited, as the next build will find
                    engine.prepare(outcome.config)


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Interrupt once: the second signal would only disturb the clearing up after the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _build(engine: Engine, site: Path, connection: Connection) -> Outcome:
    started = time.perf_counter()
    took: list[float] = []

    def ready() -> None:
        took.append(time.perf_counter() - started)
        connection.send_bytes(_READY)

    config: Config | None = None
    try:
        config, warnings = load(site)
        report = _in_turn(engine, config, ready, connection)
    except ThreadpressError as error:
        problems = error.problems
    except OSError as error:
        place, what = str(error.filename or "disk"), (error.strerror or str(error)).lower()
        problems = (Problem(place, 0, what, "check the disk and the file's permissions"),)
    except Exception as error:
        problems = (crash.keep(error, site),)
    else:
        return Outcome(
            config,
            msgspec.structs.replace(report, written=(), removed=(), rendered=()),
            len(report.written),
            len(report.removed),
            warnings=(*warnings, *report.problems),
            seconds=took[0] if took else time.perf_counter() - started,
        )
    return Outcome(config, None, problems=problems, seconds=time.perf_counter() - started)


def _in_turn(engine: Engine, config: Config, ready: Callable[[], None], connection: Connection) -> BuildReport:
    """Build as soon as nobody else does, showing on standard error how far that is where it takes long."""
    told = False
    while True:
        try:
            with watch(sys.stderr, os.environ) as tell:
                return engine.build(config, tell=tell, ready=ready)
        except BusyError:
            if not told:
                connection.send_bytes(_WAITING)
                told = True
            time.sleep(AGAIN)
