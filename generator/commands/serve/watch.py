"""Watches files: what the system reports about them comes in, batches of changed files go out once it is quiet.

Reading a file is no change: the stamps of files are compared (`watched_files`). A single file goes out after a few
milliseconds; the more files change, the longer the silence that ends a batch. Nothing is built here.
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

from generator.commands.serve.watched_files import Snapshot, WatchedFiles, is_empty

CHANGES: list[type[FileSystemEvent]] = [
    FileCreatedEvent, FileModifiedEvent, FileMovedEvent, FileDeletedEvent,
    DirCreatedEvent, DirMovedEvent, DirDeletedEvent,
]  # fmt: skip
"""The events to report. There are many more, such as every opening of a file."""
QUIET, MORE, MOST = 0.015, 0.01, 0.15
"""Seconds of silence after one change, for each further one, and at most."""
TICK, BUSY = 0.003, 2
"""A sleep that ends more than `TICK` seconds late shows that the machine is busy: the program that writes, and the
thread that reports it, were held up as we were. We then wait longer by `BUSY` times the delay: once for what we lost,
and once for them."""
LONGEST = 1.5
"""Seconds after which a batch goes out even if changes continue."""
FILLING = 0.1
"""Seconds to wait for an empty file to be filled: many programs empty a file before they write it."""
MANY = 1000
"""With so many changes all stamps are compared, since the system may have lost some."""
NO_MORE = frozenset({errno.ENOSPC, errno.EMFILE})
"""How the system says that it can't watch any more folders."""
SHORTEST_POLL, POLL_FACTOR, LONGEST_POLL = 0.5, 25, 5.0
"""Seconds between two looks when polling: `POLL_FACTOR` times what a look takes, within these limits."""


def quiet(changes: int) -> float:
    """Give the seconds of silence that end a batch with this many changed paths."""
    return min(QUIET + MORE * max(0, changes - 1), MOST)


class Watch(FileSystemEventHandler):
    """Watches files; lives in an event loop."""

    def __init__(self, watched: WatchedFiles, poll: bool, say: Callable[[str], None]) -> None:
        self.watched = watched
        self.poll = poll
        self._say = say
        self._loop = asyncio.get_running_loop()
        self._pending: set[str] = set()
        self._first = self._last = 0.0
        self._woken = asyncio.Event()
        self._observer: BaseObserver | None = None
        self._observe()
        self.snapshot = Snapshot(watched)

    def switch(self, watched: WatchedFiles) -> bool:
        """Watch these files from now on; says whether they differ from those watched so far."""
        if watched == self.watched:
            return False
        self.watched = watched
        self._observe()
        self.snapshot = Snapshot(watched)
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
            if replaced := any(map(self.watched.leads_to_folder, paths)):
                self._observe()
            if replaced or len(paths) >= MANY:
                paths |= {folder.real for folder in self.watched.folders}
            if changed := self.snapshot.update(sorted(paths)):
                return tuple(map(self.watched.shown, changed))

    def close(self) -> None:
        """Stop watching."""
        if self._observer:
            self._observer.stop()

    def dispatch(self, event: FileSystemEvent) -> None:
        """Take an event from the system; called by the observer's thread."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        if paths := [path for path in paths if self.watched.covers(path)]:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._note, paths)

    def _note(self, paths: list[str]) -> None:
        self._last = self._loop.time()
        if not self._pending:
            self._first = self._last
        self._pending.update(paths)
        self._woken.set()

    def _rest(self, late: float) -> float:
        """Give the seconds until the batch may go out; `late` is how much longer than asked for a sleep has taken."""
        now = self._loop.time()
        end = self._last + quiet(len(self._pending)) + (BUSY * late if late > TICK else 0)
        if end <= now < self._first + FILLING and any(map(is_empty, self._pending)):
            end = self._first + FILLING
        return min(end, self._first + LONGEST) - now

    def _observe(self) -> None:
        """Observe the folders that are there now. Stamps are taken after that, so that no change is lost in between."""
        old, self._observer = self._observer, None
        if not self.poll:
            self._observer = self._start(Observer)
            if self._observer is None:
                self._say("the system can watch no more folders: looking at all files now and then, as with --poll")
                self.poll = True
        if self._observer is None:
            started = time.perf_counter()
            Snapshot(self.watched)
            pause = min(max(SHORTEST_POLL, POLL_FACTOR * (time.perf_counter() - started)), LONGEST_POLL)
            self._observer = self._start(lambda: PollingObserver(timeout=pause))
        if old:
            old.stop()

    def _start(self, make: Callable[[], BaseObserver]) -> BaseObserver | None:
        """Make an observer and start it; None if the system can't watch so many folders."""
        observer: BaseObserver | None = None
        try:
            observer = make()
            observer.start()
            for path, deep in self.watched.to_observe():
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
            # Otherwise it has just gone, or we may not read it: a build says what that means.
