"""User cache: where compiled templates are kept. The digest of a program and theme in, a folder of this user's out.

Compiled templates are programs, so they are never taken from a site's folder: a site may come from somebody else, with
such files in it. They lie where only this user writes, `threadpress` in the system's folder for caches. If there is no
such folder, or others may write into it, templates are compiled without one, which only costs time.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import sys
from pathlib import Path

KEPT = 10
"""Folders that are kept: more than one person's themes and versions at a time. Those that were used last stay."""


def compiled_folder(digest: str) -> str:
    """Give the folder for the compiled templates of a program and theme; empty if there can be none."""
    try:
        ours = _cache_home() / "threadpress"
        ours.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _only_we_write(ours):
            return ""
        folder = ours / "templates" / digest
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.utime(folder)
        _remove_oldest(folder.parent)
    except (OSError, RuntimeError):  # RuntimeError: nobody knows the user's home
        return ""
    return str(folder) if os.access(folder, os.W_OK) else ""


def _cache_home() -> Path:
    """Give the system's folder for caches of this user."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():  # others are to be ignored (XDG Base Directory Specification)
        return named
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def _only_we_write(folder: Path) -> bool:
    """Say whether a folder is this user's, and nobody else may put files into it."""
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def _remove_oldest(folder: Path) -> None:
    """Remove what has not been used for long."""
    with os.scandir(folder) as entries:
        by_use = sorted(entries, key=lambda entry: entry.stat(follow_symlinks=False).st_mtime_ns)
    for entry in by_use[:-KEPT]:
        with contextlib.suppress(OSError):
            shutil.rmtree(entry)
