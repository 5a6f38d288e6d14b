"""Slow templates: which ones need Jinja2's own way to read `a.b`, each with a warning, kept beside the compiled ones.

The process that renders a template notices that it is slow; the build shows the warning. Jinja2 is not imported here,
since most builds render little or nothing.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from generator.errors import Problem
from generator.files import read_file

_SLOW = ".slow.json"


def write_slow(folder: str, template: str, warning: Problem) -> None:
    """Remember that a template is slow, for all processes and later builds."""
    with contextlib.suppress(OSError):
        temporary = Path(folder) / f"{template}.{os.getpid()}"
        temporary.write_bytes(msgspec.json.encode(warning))
        temporary.replace(Path(folder) / f"{template}{_SLOW}")


def read_slow(folder: str) -> dict[str, Problem]:
    """Give the templates that are slow, each with the warning that says why."""
    slow: dict[str, Problem] = {}
    with contextlib.suppress(OSError, msgspec.DecodeError):
        for path in sorted(Path(folder).iterdir()):
            if path.name.endswith(_SLOW):
                slow[path.name.removesuffix(_SLOW)] = msgspec.json.decode(read_file(path), type=Problem)
    return slow
