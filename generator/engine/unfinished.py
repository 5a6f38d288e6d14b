"""What `add` is writing: a note of the names before, nothing of it left afterwards.

`add` writes each save under a name that builds pass over, and then renames it. Before, it puts a note of these names
into `.threadpress-adding/` in the content folder, and holds a lock on the note until it has removed both. If it dies,
the next `add` or build does that. A note is believed only where it names plain files such as `add` makes, with its own
token in their names. Whatever else has such a name is the user's and stays.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from generator.engine.lock import try_lock
from generator.errors import InputError, Problem

_NOTES = ".threadpress-adding"
_TOKEN = re.compile(r"[0-9a-f]{16}")
_AGAIN = 0.01
"""Seconds until the next try while another process looks into a note."""


@contextlib.contextmanager
def noted(content: Path, paths: Sequence[str]) -> Iterator[dict[str, str]]:
    """Give each path in the content folder another one beside it, under which to write it first, and note these.

    What is left of them at the end is removed.
    """
    token = secrets.token_hex(8)
    unfinished = {
        path: f"{path[: path.rfind('/') + 1]}.threadpress-{token}-{number}" for number, path in enumerate(paths)
    }
    notes = content / _NOTES
    if notes.is_symlink():
        raise InputError(
            Problem(notes.as_posix(), 0, "this is a link, and `add` has to write there", "remove the link")
        )
    is_clear = True
    try:
        with _new_note(notes, token) as note:
            while not try_lock(note.fileno()):
                time.sleep(_AGAIN)
            try:
                note.write(msgspec.json.encode(list(unfinished.values())))
                note.flush()
            except OSError as error:
                error.filename = str(content / paths[0])  # for messages: who adds it knows of no note
                raise
            is_clear = False
            try:
                yield unfinished
            finally:
                is_clear = _clear(content, token)
    finally:
        if is_clear:
            _forget(notes, token)


def _new_note(notes: Path, token: str) -> BinaryIO:
    while True:
        notes.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # another `add` has just ended, and removed the empty folder
            return (notes / token).open("xb")


def clear_unfinished(content: Path) -> None:
    """Remove what an `add` that died has left in the content folder; one that still runs is left alone.

    What can't be removed stays, since it harms nobody.
    """
    notes = content / _NOTES
    with contextlib.suppress(OSError):
        for path in [] if notes.is_symlink() or not notes.is_dir() else sorted(notes.iterdir()):
            if _TOKEN.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                with path.open("r+b") as note:
                    is_dead = try_lock(note.fileno()) and _clear(content, path.name)
                if is_dead:
                    _forget(notes, path.name)


def _clear(content: Path, token: str) -> bool:
    """Remove the files that a note names; False, and nothing is removed, if no `add` can have written the note."""
    try:
        paths = msgspec.json.decode((content / _NOTES / token).read_bytes(), type=list[str])
    except msgspec.DecodeError:
        return False
    if not all(_is_ours(path, token) for path in paths):
        return False
    for file in (content / path for path in paths):
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            if stat.S_ISREG(os.lstat(file).st_mode):
                file.unlink()
    return True


def _is_ours(path: str, token: str) -> bool:
    *folders, name = path.split("/")
    return (
        re.fullmatch(rf"\.threadpress-{token}-[0-9]+", name) is not None
        and not {"", ".", ".."} & set(folders)
        and "\0" not in path
    )


def _forget(notes: Path, token: str) -> None:
    """Remove a note, and the folder of notes if it was the last one."""
    (notes / token).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        notes.rmdir()
