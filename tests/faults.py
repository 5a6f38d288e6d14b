"""Faults that commands must bear: the process ends at its nth change of the disk, or after so many seconds, or the
system refuses that change; a disk that is full after so many bytes.

Work is done in a process of its own, a fork of this one. Whether what it leaves is all right is for the caller to say.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from generator.cli import run
from tests.small import ALL

CHANGES = frozenset(f"os.{name}" for name in ("rename", "remove", "rmdir", "mkdir", "link", "chmod", "truncate"))
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
KILLED = -signal.SIGKILL


class Ended(NamedTuple):
    """How work has ended."""

    code: int
    """`KILLED` if it was."""
    said: str
    """On standard output and error."""
    changes: int
    """How often it changed the disk; 0 if it was killed."""


def spread(count: int, few: int, step: int = 1) -> Sequence[int]:
    """Give every number from 1 to `count`, or every `step`th, in the long form of a test; else `few` of them."""
    if ALL or count <= few:
        return range(1, count + 1, step)
    return sorted({1 + round(number * (count - 1) / (few - 1)) for number in range(few)})


def command(site: Path, *arguments: str) -> Callable[[], int]:
    """Give a command that is about a site, as work."""
    return lambda: run(["-C", str(site), *arguments])


def with_a_fault(
    work: Callable[[], int], log: Path, at: int = 0, refusal: int = 0, seconds: float | None = None
) -> Ended:
    """Do work, and let the fault happen at its `at`th change of the disk; at none if that is 0.

    The fault is the end of the process, or, with a number of an error as `refusal`, that the change fails with it.
    With `seconds` the process is killed then, wherever it is.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            os.close(reading)
            _redirect(log)
            count = 0

            def watch(event: str, arguments: tuple[object, ...]) -> None:
                nonlocal count
                if event in CHANGES or event == "sqlite3.connect" or (event == "open" and _writes(arguments)):
                    count += 1
                    if count == at and refusal:
                        raise OSError(refusal, os.strerror(refusal), arguments[0])
                    if count == at:
                        os.kill(os.getpid(), signal.SIGKILL)

            sys.addaudithook(watch)
            code = work()
            done, sys.dont_write_bytecode = count, True
            sys.stdout.flush()
            sys.stderr.flush()
            os.write(writing, b"%d" % done)
            os._exit(code)
        os._exit(99)
    os.close(writing)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    with open(reading, "rb") as pipe:  # noqa: PTH123  # a file descriptor
        told = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(code, log.read_text(encoding="utf-8") if log.exists() else "", int(told or 0))


def _redirect(log: Path) -> None:
    """Send what this process says to a file."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for number in (1, 2):
        os.dup2(handle, number)
    sys.stdout, sys.stderr = (open(number, "w", encoding="utf-8", closefd=False) for number in (1, 2))  # noqa: SIM115


def _writes(arguments: tuple[object, ...]) -> bool:
    """Say whether a file is opened to be written; what the audit event `open` tells are path, mode and flags."""
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & WRITING)
