"""A bug of ours: an exception in, its traceback in a file out, and words for the user. It decides nothing."""

from __future__ import annotations

import traceback
from pathlib import Path

from generator.engine.lock import FOLDER
from generator.errors import Problem

FILE = f"{FOLDER}/crash.txt"


def keep(error: BaseException, site: Path) -> Problem:
    """Write the traceback beside what builds leave for themselves; where that fails, the problem's message holds it."""
    text = "".join(traceback.format_exception(error))
    message = f"threadpress has a bug: {type(error).__name__}: {error}"
    try:
        (site / FOLDER).mkdir(exist_ok=True)
        (site / FILE).write_text(text, encoding="utf-8")
    except OSError:
        return Problem("threadpress", 0, f"{text}{message}", "please report it")
    return Problem(FILE, 0, message, "the traceback is in this file; please report it")
