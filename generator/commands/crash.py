"""Reports a bug of ours: an exception in, a file with its traceback and a `Problem` for the user out."""

from __future__ import annotations

import traceback
from pathlib import Path

from generator.engine import FOLDER, own_folder
from generator.errors import OutputError, Problem

FILE = f"{FOLDER}/crash.txt"


def keep(error: BaseException, site: Path | None) -> Problem:
    """Write the traceback into the folder of the store; without a site, or if that fails, put it into the message."""
    text = "".join(traceback.format_exception(error))
    message = f"threadpress has a bug: {type(error).__name__}: {error}"
    if site is None:
        return Problem("threadpress", 0, f"{text}{message}", "please report it")
    try:
        own_folder(site).mkdir(exist_ok=True)
        (site / FILE).write_text(text, encoding="utf-8")
    except (OSError, OutputError):
        return Problem("threadpress", 0, f"{text}{message}", "please report it")
    return Problem(FILE, 0, message, "the traceback is in this file; please report it")
