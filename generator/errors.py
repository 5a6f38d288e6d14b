"""Everything that can go wrong, grouped by whose fault it is.

::

    ThreadpressError            carries one or more `Problem`s
    ├── ContentError            a save or sidecar can't be used             exit 1
    │   └── InputError          what the user named can't be used           exit 1
    ├── ConfigError             threadpress.toml or a flag's value is wrong exit 1
    ├── ThemeError              a template or theme.toml is wrong           exit 1
    ├── OutputError             something in output/ is in the way          exit 1
    │   └── BusyError           another build of the site is running        exit 1
    ├── InstallationError       the program is not, or not all, installed   exit 1
    ├── ServeError              the address can't be listened on            exit 1
    └── PublishError            git, or the site, is not ready for it       exit 1

click reports wrong usage of the command line (exit 2). Any other exception that escapes is a bug of ours (exit 3). Only
`cli` turns these into messages and exit codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

_NO_FILE = re.compile(r"--.*|git( .*)?|threadpress", re.S)
"""What stands for the file in problems with flags and programs."""


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

    def seen_from_here(self, site: Path) -> Problem:
        """Name a file of the site by the way to it, so that it can be opened from where the user is.

        `site` is the way to the site's folder from there. Flags and programs stay as they are.
        """
        if site == Path() or _NO_FILE.fullmatch(self.path):
            return self
        return msgspec.structs.replace(self, path=(site / self.path).as_posix())

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        kind = "warning: " if self.severity == "warning" else ""
        return f"{place}: {kind}{self.message}; {self.hint}"


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


class InstallationError(ThreadpressError):
    """The program that runs is not what was installed, or parts of it are missing."""


class ServeError(ThreadpressError):
    """The site can't be served at the address that was asked for."""


class PublishError(ThreadpressError):
    """The site can't be published in its present state, or git can't do it."""
