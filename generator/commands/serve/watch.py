"""Watches files: what the system reports about them comes in, batches of changed files go out once it is quiet.

Reading a file is no change: the stamps of files are compared (`snapshot`). A single file goes out after a few
milliseconds; the more files change, the longer the silence that ends a batch. Nothing is built here.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import threading
import time
from collections.abc import Callable, Iterable

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

from generator.commands.serve.snapshot import Snapshot, is_empty
from generator.commands.serve.watched_files import WatchedFiles

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
MOST_FOLDERS = 100
"""Folders that are observed at most, since each takes a thread. Only links can lead to so many."""
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
        self._observer: BaseObserver | Poller | None = None
        self.snapshot = Snapshot(watched)
        self._observe_all()

    def switch(self, watched: WatchedFiles) -> bool:
        """Watch these files from now on; says whether they differ from those watched so far."""
        if watched == self.watched:
            return False
        self.watched = watched
        self.snapshot = Snapshot(watched)
        self._observe_all()
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
            if changed := self._look(paths):
                return tuple(map(self.watched.shown, changed))

    def _look(self, paths: set[str]) -> list[str]:
        """Find out which files really changed."""
        links, replaced = self.snapshot.links, any(map(self.watched.can_replace, paths))
        if replaced and (now := self.watched.again()) != self.watched:
            changed = [new.named for old, new in zip(self.watched.roots, now.roots, strict=True) if old != new]
            self.switch(now)
            return changed
        replaced = replaced or not links.above.isdisjoint(paths)
        if replaced or len(paths) >= MANY:
            changed = self.snapshot.update_all()
        else:
            concerned = {link for path in paths for link in links.concerned(path)}
            changed = self.snapshot.update({*filter(self.watched.covers, paths), *concerned})
        if replaced or self._to_observe() != self._observed:
            changed += self._observe_all()
        return sorted(set(changed))

    def close(self) -> None:
        """Stop watching."""
        if self._observer:
            self._observer.stop()

    def dispatch(self, event: FileSystemEvent) -> None:
        """Take an event from the system; called by the observer's thread."""
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        links = self.snapshot.links
        if paths := [path for path in paths if self.watched.covers(path) or links.concerned(path)]:
            self.note(paths)

    def note(self, paths: Iterable[str]) -> None:
        """Take paths at which something may have changed; called by another thread."""
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._note, paths)

    def _note(self, paths: Iterable[str]) -> None:
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

    def _to_observe(self) -> tuple[tuple[str, bool], ...]:
        return () if self.poll else self.watched.to_observe(self.snapshot.links.folders)

    def _observe_all(self) -> list[str]:
        """Observe the folders that are there now, and look at all files after that, so that no change is lost."""
        changed = []
        while True:
            self._observed = self._to_observe()
            self._observe(self._observed)
            changed += self.snapshot.update_all()
            if self._to_observe() == self._observed:  # otherwise there are links to folders that are not observed yet
                return changed

    def _observe(self, folders: tuple[tuple[str, bool], ...]) -> None:
        old, self._observer = self._observer, None
        if not self.poll:
            self._observer = self._start(folders)
            if self._observer is None:
                self._say("the system can watch no more folders: looking at all files now and then, as with --poll")
                self.poll, self._observed = True, ()
        if self._observer is None:
            self._observer = Poller(self.watched, self.note)
        if old:
            old.stop()

    def _start(self, folders: tuple[tuple[str, bool], ...]) -> BaseObserver | None:
        """Make an observer and start it; None if the system can't watch so many folders."""
        if len(folders) > MOST_FOLDERS:
            return None
        observer: BaseObserver | None = None
        try:
            observer = Observer()
            observer.start()
            for path, deep in folders:
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


class Poller:
    """Looks at all files now and then, in a thread of its own, and calls `tell` with those that changed."""

    def __init__(self, watched: WatchedFiles, tell: Callable[[Iterable[str]], None]) -> None:
        self._watched = watched
        self._tell = tell
        self._stopped = threading.Event()
        self._snapshot = Snapshot(watched)
        started = time.perf_counter()
        self._snapshot.update_all()
        self._pause = min(max(SHORTEST_POLL, POLL_FACTOR * (time.perf_counter() - started)), LONGEST_POLL)
        # It must not keep the program from ending: a look at a network drive can take long.
        threading.Thread(target=self._poll, daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._stopped.set()

    def _poll(self) -> None:
        while not self._stopped.wait(self._pause):
            paths = self._snapshot.update_all()
            now = self._watched.again()
            if now != self._watched:
                paths += [root.named for root in now.roots]
            if paths:
                self._tell(paths)
