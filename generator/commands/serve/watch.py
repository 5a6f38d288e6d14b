"""Watch: changes of files come in from the system, batches of changed files go out once it is quiet.

Reading a file, and writing it with what it held, is no change: stamps are compared (`watched`). A single save goes out
after a few milliseconds; the more files change, the longer a silence counts as the end of it. Nothing is built here.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import time
from collections.abc import Callable

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from generator.commands.serve.watched import Area, Snapshot, empty

CHANGES: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
]  # fmt: skip
"""The system tells of much more, every opening of a file among it."""
QUIET, MORE, MOST = 0.015, 0.01, 0.15
"""Seconds of silence after one change, for each further one, and at most."""
TICK, BUSY = 0.003, 2
"""A sleep that ends so many seconds too late says that the machine is busy: whoever writes, and the thread that tells
of it, wait for their turn as we did. So many times that is waited longer: once for what was lost, once for them."""
LONGEST = 1.5
"""Seconds after which a batch goes out even if changes go on."""
FILLING = 0.1
"""Seconds that an empty file has to be filled: many programs empty a file before they write it."""
MANY = 1000
"""Changes from which on all stamps are compared, since the system may have lost some."""
NO_MORE = frozenset({errno.ENOSPC, errno.EMFILE})
"""How the system says that it can watch no more folders."""
POLL, REST, SELDOM = 0.5, 25, 5.0
"""Seconds between two looks when polling: at least so many, so many times those a look takes, but at most so many."""


def quiet(changes: int) -> float:
    """Give the seconds of silence that end a batch of so many changed paths."""
    return min(QUIET + MORE * max(0, changes - 1), MOST)


class Watch(FileSystemEventHandler):
    """Looks at the files of an area; lives in an event loop."""

    def __init__(self, area: Area, poll: bool, say: Callable[[str], None]) -> None:
        self.area = area
        self.poll = poll
        self._say = say
        self._loop = asyncio.get_running_loop()
        self._pending: set[str] = set()
        self._first = self._last = 0.0
        self._woken = asyncio.Event()
        self._observer: BaseObserver | None = None
        self._observe()
        self.snapshot = Snapshot(area)

    def move(self, area: Area) -> bool:
        """Look at another area from now on; says whether it is another."""
        if area == self.area:
            return False
        self.area = area
        self._observe()
        self.snapshot = Snapshot(area)
        return True

    async def changes(self) -> tuple[str, ...]:
        """Wait for the next batch of changes and give the files, as the user names them."""
        while True:
            await self._woken.wait()
            late = 0.0
            while (rest := self._rest(late)) > 0:
                due = self._loop.time() + rest
                await asyncio.sleep(rest)
                late = max(late, self._loop.time() - due)
            paths, self._pending = self._pending, set()
            self._woken.clear()
            if reopened := any(map(self.area.is_door, paths)):
                self._observe()
            if reopened or len(paths) >= MANY:
                paths |= {place.real for place in self.area.places}
            if changed := self.snapshot.update(sorted(paths)):
                return tuple(map(self.area.shown, changed))

    def close(self) -> None:
        """Stop looking."""
        if self._observer:
            self._observer.stop()

    def dispatch(self, event: FileSystemEvent) -> None:
        """Take an event of the system; called by the observer's thread."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        if paths := [path for path in paths if self.area.takes(path)]:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._note, paths)

    def _note(self, paths: list[str]) -> None:
        self._last = self._loop.time()
        if not self._pending:
            self._first = self._last
        self._pending.update(paths)
        self._woken.set()

    def _rest(self, late: float) -> float:
        """Seconds until the batch may go out, as things are; `late` is how much longer a sleep took than it should."""
        now = self._loop.time()
        end = self._last + quiet(len(self._pending)) + (BUSY * late if late > TICK else 0)
        if end <= now < self._first + FILLING and any(map(empty, self._pending)):
            end = self._first + FILLING
        return min(end, self._first + LONGEST) - now

    def _observe(self) -> None:
        """Look at the folders that are there now. Stamps are taken after that, so that no change falls in between."""
        old, self._observer = self._observer, None
        if not self.poll:
            self._observer = self._start(Observer)
            if self._observer is None:
                self._say("the system can watch no more folders: looking at all files now and then, as with --poll")
                self.poll = True
        if self._observer is None:
            started = time.perf_counter()
            Snapshot(self.area)
            pause = min(max(POLL, REST * (time.perf_counter() - started)), SELDOM)
            self._observer = self._start(lambda: PollingObserver(timeout=pause))
        if old:
            old.stop()

    def _start(self, make: Callable[[], BaseObserver]) -> BaseObserver | None:
        """Make an observer and start it; None if the system can't watch so many folders."""
        observer: BaseObserver | None = None
        try:
            observer = make()
            observer.start()
            for path, deep in self.area.folders():
                self._schedule(observer, path, deep)
        except OSError:
            if observer:
                observer.stop()
            return None
        return observer

    def _schedule(self, observer: BaseObserver, path: str, deep: bool) -> None:
        try:
            observer.schedule(self, path, recursive=deep, event_filter=CHANGES)
        except OSError as error:
            if error.errno in NO_MORE:
                raise
            # Else it has just gone, or is closed to us: a build says what that means.
