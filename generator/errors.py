"""Everything that can go wrong, grouped by whose fault it is.

::

    ThreadpressError            carries one or more `Problem`s
    ├── ContentError            a save or sidecar can't be used             exit 1
    │   └── InputError          what the user named can't be used           exit 1
    ├── ConfigError             threadpress.toml or a flag's value is wrong exit 1
    ├── ThemeError              a template or theme.toml is wrong           exit 1
    ├── OutputError             something in output/ is in the way          exit 1
    │   └── BusyError           another build of the site is running        exit 1
    ├── WorkerError             a worker process was ended from outside     exit 1
    ├── InstallationError       the program is not, or not all, installed   exit 1
    ├── ServeError              the address can't be listened on            exit 1
    └── PublishError            git, or the site, is not ready for it       exit 1

click reports wrong usage of the command line (exit 2). What the system refuses, an `OSError`, is told in the system's
own words (`refused`, exit 1), and only here is known which hint fits which cause. Any other exception that escapes is a
bug of ours (exit 3). Only `messages` turns these into messages and exit codes.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

Wrong = TypeVar("Wrong")

_NO_FILE = re.compile(r"--.*|git( .*)?|threadpress|system", re.S)
"""What stands for the file in problems with flags and programs, and with what the system refuses of no file."""


class Problem(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong, where it is, and how to fix it. Problems sort by path and line."""

    path: str
    """The file, relative to the folder of the site, with forward slashes."""
    line: int
    """1-based line, or 0 for the whole file."""
    message: str
    """What is wrong, in one clause."""
    hint: str
    """How to fix it, in one clause."""
    severity: Literal["error", "warning"] = "error"

    @property
    def of_file(self) -> bool:
        """Whether it is about a file, and not about a flag or a program."""
        return not _NO_FILE.fullmatch(self.path)

    def seen_from_here(self, site: Path) -> Problem:
        """Name a file of the site by the way to it, so that it can be opened from where the user is.

        `site` is the way to the site's folder from there. Flags and programs stay as they are.
        """
        if site == Path() or not self.of_file:
            return self
        return msgspec.structs.replace(self, path=(site / self.path).as_posix())

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        kind = "warning: " if self.severity == "warning" else ""
        return f"{place}: {kind}{self.message}; {self.hint}"


SHOWN = 3
"""How many problems of one kind in a file are told in full."""


def first_few(alike: Sequence[Wrong], tell: Callable[[Wrong], Problem]) -> list[Problem]:
    """Tell the first problems of a kind that a file has, and in one line how many more there are.

    A fault that a program made is everywhere in a file, and would hide what else is wrong. And to tell of one often
    takes a look at the whole file or at all names, so that to tell of all would take the square of its length.
    """
    if len(alike) <= SHOWN + 1:
        return [tell(each) for each in alike]
    first, last = tell(alike[SHOWN]), tell(alike[-1])
    what = f"{len(alike) - SHOWN} more {first.severity}s of this kind are in this file"
    rest = msgspec.structs.replace(first, message=f"{what}, up to line {last.line}" if last.line else what)
    return [*(tell(each) for each in alike[:SHOWN]), rest]


_HINTS = (
    ("ENOSPC", "make room on that disk and run it again"),
    ("EDQUOT", "your share of that disk is used up: delete something there, or ask for more"),
    ("EFBIG", "a file may not get so large there: see `ulimit -f`, and what the file system allows"),
    ("EROFS", "that disk can only be read: make it writable, or move the site to another one"),
    ("EIO", "the disk, or the connection to it, may be failing: look into the system's log"),
    ("EACCES EPERM", "check its permissions, and those of the folders it is in"),
    ("EEXIST", "move away what is there: a folder, or a file of ours, needs this name"),
    ("ENOTDIR", "a part of this path is no folder: move that away, or correct the path"),
    ("EISDIR", "a folder is where a file is needed: move it away"),
    ("ENOTEMPTY", "move away what another program has put there, and run it again"),
    ("ENOENT", "check the path; if another program has just removed it, run it again"),
    ("ENAMETOOLONG", "use shorter names, or move the site to a folder with a shorter path"),
    ("ELOOP", "the symbolic links there lead in a circle: correct them"),
    ("EMFILE", "allow more open files, e.g. with `ulimit -n 4096`"),
    ("ENFILE", "end other programs: all of them together have too many files open"),
    ("ENOMEM", "end other programs, or use less memory with `threadpress build --jobs 1`"),
    ("EAGAIN", "end other programs, or start fewer processes with `threadpress build --jobs 1`"),
    ("EBUSY ETXTBSY", "another program is using it: end that, or wait until it is done"),
    ("EXDEV", "keep all of this folder on one disk"),
    ("EMLINK", "move the site to another disk: this one takes no more in this folder"),
    ("EILSEQ", "use names of plain letters and digits, or move the site to another disk"),
    ("ENODEV ENXIO ESTALE ENOTCONN EHOSTDOWN ETIMEDOUT EREMOTEIO", "see that the drive is connected and mounted"),
    ("ENOLCK ENOSYS ENOTSUP EOPNOTSUPP", "move the site to another disk: this file system can't do it"),
)
"""What to do about an error of the system, by its names in `errno`; not every system has all of them."""

MEND_LINK = "see that the disk it is on is mounted, or correct the link"
"""What to do about a symbolic link that leads nowhere."""

HINTS = {getattr(errno, name): hint for names, hint in _HINTS for name in names.split() if hasattr(errno, name)}
"""The same by number. An error with one of these numbers is the system's, even if it names no file."""


class NotAFile(OSError):  # noqa: N818  # as the system's own, which it is told like
    """A pipe, a socket or a device is where a file is to be read."""


def hint_for(error: OSError) -> str:
    """Say what to do about something the system refused.

    Where a link leads nowhere, the system says that the link is there, or that its target is not: the hint tells both.
    """
    if isinstance(error, NotAFile):
        return "move it away, or put a file in its place"
    number, place = error.errno or 0, error.filename2 or error.filename
    if number in (errno.EEXIST, errno.ENOENT) and isinstance(place, (str, bytes)):
        target = os.path.realpath(place)
        if os.path.islink(target):  # noqa: PTH114  # the links lead in a circle
            number = errno.ELOOP
        elif os.path.islink(place) and not os.path.lexists(target):  # noqa: PTH114
            return f"this is a link to {os.fsdecode(target)}, which is not there: {MEND_LINK}"
    return HINTS.get(number, "see what is there, and what the system's log says")


def reason_of(error: OSError) -> str:
    """Give what the system says, in its own words."""
    return error.strerror or str(error) or type(error).__name__


def refused(error: OSError, path: str = "") -> Problem:
    """Report what the system refused, with a hint that fits the cause.

    `path` is the place if the error itself names none. Of a rename it is the new name, since old ones are temporary.
    """
    name = error.filename2 or error.filename
    place = name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else str(name or path or "system")
    return Problem(place, 0, reason_of(error), hint_for(error))


@contextlib.contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Name a file in what the system refuses meanwhile: where a disk is full, it says that, and not of which file."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            error.filename = os.fspath(path)
        raise


def unreadable(path: str, error: OSError) -> Problem:
    """Report a file or folder that the system does not let us read."""
    return Problem(path, 0, f"it can't be read ({reason_of(error)})", hint_for(error))


def is_refusal(error: OSError) -> bool:
    """Say whether an error comes from the system's state, and is no bug of ours."""
    return error.filename is not None or error.errno in HINTS


KEPT_FOR_US = "this is no plain file or folder, and the name is kept for what builds write"
REMOVE_IT = "remove it: a build makes what it needs"


class ThreadpressError(Exception):
    """Base of all errors that are not our bugs. `problems` holds everything that is wrong, sorted."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ThreadpressError], tuple[tuple[Problem, ...]]]:
        """Pickle the problems, so that a worker's error arrives complete: Python would only send the text."""
        return type(self), (self.problems,)


class ContentError(ThreadpressError):
    """A save or a sidecar can't be used."""


class InputError(ContentError):
    """What the user named can't be used: a file to add, an address, a thread.

    Its problems have paths as the user sees them, not those in the site's folder.
    """


class ConfigError(ThreadpressError):
    """The configuration, or the value of a flag, is wrong."""


class ThemeError(ThreadpressError):
    """A theme lacks a part, or one of its templates fails."""


class OutputError(ThreadpressError):
    """Something in the output folder that is not ours is in the way."""


class BusyError(OutputError):
    """Another build of the site is running; the caller may wait for it to end."""


class WorkerError(ThreadpressError):
    """A process that does a part of the work was ended from outside, as the system does where memory runs out."""


class InstallationError(ThreadpressError):
    """The program that runs is not what was installed, or parts of it are missing."""


class ServeError(ThreadpressError):
    """The site can't be served at the address that was asked for."""


class PublishError(ThreadpressError):
    """The site can't be published in its present state, or git can't do it."""
