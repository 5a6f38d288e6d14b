"""What one build leaves for the next, in `.threadpress/`: never needed, never trusted beyond what it can prove.

Two kinds of file. `state` is one value (`State`): facts of threads, sums of authors, records of all files, each decoded
only when asked for; it is replaced by rename when a build has done everything else, so it says less than is true,
never more. `authors/NN` are the partitions (`partition.py`). `begin_ingest` leaves a mark while they may differ from
the state; a build that finds it reads all saves again.

A state that is damaged, or of another version, counts as missing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from generator.engine.partition import PARTITIONS
from generator.errors import Problem
from generator.stamps import FileStamp

VERSION = b"threadpress state 6\n"

HEADER = 100
"""Bytes of SQLite's header (https://www.sqlite.org/fileformat.html): change counter and our `user_version` in it."""

Value = TypeVar("Value")


class State(msgspec.Struct, frozen=True):
    """Everything but the partitions. Raw fields are decoded by who needs them (`decode`)."""

    scan: str = ""
    """Digest of what reading saves depends on besides the saves."""
    site: str = ""
    """Digest of what every page depends on besides content."""
    shown: bytes = b""
    """Fingerprint of what every page shows of the site."""
    built: int = 0
    """When the content was listed, in nanoseconds: a file as young as that may have changed since."""
    inputs: msgspec.Raw = msgspec.Raw(b"\x80")
    """Path to `InputFile`."""
    threads: msgspec.Raw = msgspec.Raw(b"\x90")
    authors: msgspec.Raw = msgspec.Raw(b"\x90")
    rows: msgspec.Raw = msgspec.Raw(b"\x80")
    """Order key of a thread to the fingerprint of how author pages name it."""
    pages: msgspec.Raw = msgspec.Raw(b"\x92\xa0\x93\xc4\x00\xc4\x00\xc4\x00")
    """`Records` of all files, packed, `SHA256SUMS` among them."""
    foreign: dict[str, bytes] = {}
    """What else lay in the output, with stamps."""
    standing: tuple[tuple[str, bytes], ...] = ()
    """What a glance at the output shows while all that is as it was left: where each part starts, and its digest."""
    files: int = 0
    """In the output that are ours."""
    counts: tuple[int, int, int] = (0, 0, 0)
    """Threads, posts, authors."""
    problems: tuple[Problem, ...] = ()
    """Of the content, to be repeated by every build."""
    strays: tuple[Problem, ...] = ()
    """Those of files that belong to no thread: once they are others, all are to be told anew."""
    partitions: tuple[tuple[int, bytes], ...] = ()
    """Size and header of each partition."""


EMPTY = State()

_START = len(VERSION) + 32
"""Where the state starts, behind the version and the SHA-256 of what follows."""
_encoder = msgspec.msgpack.Encoder()


def encode(value: Any) -> msgspec.Raw:
    """Encode a field of `State`."""
    return msgspec.Raw(_encoder.encode(value))


def decode(raw: msgspec.Raw, kind: type[Value]) -> Value:
    """Decode a field of `State`."""
    return msgspec.msgpack.decode(raw, type=kind)


class Store:
    """The folder `.threadpress/` of a site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spools = folder / "spool"
        self.spool = self.spools / str(time.time_ns())
        """Of this build: a name that no worker has seen before."""
        self.mark = folder / "ingesting"

    def size(self) -> int:
        """Bytes of the state; 0 if there is none."""
        with contextlib.suppress(OSError):
            return (self.folder / "state").stat().st_size
        return 0

    def stamp(self) -> FileStamp | None:
        """Give what tells this state from any other; None if there is none, or partitions may differ from it."""
        if self.mark.exists():
            return None
        with contextlib.suppress(OSError):
            return FileStamp.of((self.folder / "state").stat())
        return None

    def load(self) -> State:
        """Read the state; `EMPTY` if there is none that can be trusted.

        With partitions that the state does not know, only its pages are kept: they are proved by their files.
        """
        try:
            raw = memoryview((self.folder / "state").read_bytes())  # fields are views of it, not copies
        except OSError:
            return EMPTY
        digest = hashlib.sha256(raw[_START:]).digest()
        if raw[: len(VERSION)] != VERSION or digest != raw[len(VERSION) : _START]:
            return EMPTY
        try:
            state = msgspec.msgpack.decode(raw[_START:], type=State)
        except msgspec.DecodeError:
            return EMPTY
        if self.mark.exists() or state.partitions != self._partition_marks():
            return State(
                site=state.site,
                shown=state.shown,
                pages=state.pages,
                foreign=state.foreign,
                standing=state.standing,
                files=state.files,
            )
        return state

    def save(self, state: State) -> State:
        """Commit: from here on the next build starts from `state`, which is given back as it would be loaded."""
        state = msgspec.structs.replace(state, partitions=self._partition_marks())
        # Field by field, as the encoder would: it would copy all of them, and they are the most that a build holds.
        fields = msgspec.structs.asdict(state)
        parts: list[bytes | memoryview] = [b"\xde" + len(fields).to_bytes(2, "big")]  # msgpack's "map 16"
        for name, value in fields.items():
            parts.append(_encoder.encode(name))
            parts.append(memoryview(value) if isinstance(value, msgspec.Raw) else _encoder.encode(value))
        whole = hashlib.sha256()
        for part in parts:
            whole.update(part)
        temporary = self.folder / "state.new"
        with temporary.open("wb") as file:
            file.write(VERSION + whole.digest())
            file.writelines(parts)
        temporary.replace(self.folder / "state")
        self.mark.unlink(missing_ok=True)
        shutil.rmtree(self.spools, ignore_errors=True)
        return state

    def forget(self) -> None:
        """Remove everything, as if there had been no build."""
        for name in ("state", "state.new"):
            (self.folder / name).unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "authors", ignore_errors=True)
        shutil.rmtree(self.spools, ignore_errors=True)

    def compiled(self, digest: str) -> str:
        """Give the folder for compiled templates of a program and theme; those of others go."""
        folder = self.folder / "templates"
        with contextlib.suppress(FileNotFoundError):
            for other in folder.iterdir():
                if other.name != digest:
                    shutil.rmtree(other, ignore_errors=True)
        return str(folder / digest)

    def begin_scan(self) -> None:
        """Make an empty spool for what scan hands to ingest."""
        shutil.rmtree(self.spools, ignore_errors=True)
        self.spool.mkdir(parents=True)

    def begin_ingest(self, *, afresh: bool) -> None:
        """Mark the partitions as changing; `afresh`: drop what is in them."""
        self.mark.touch()
        if afresh:
            shutil.rmtree(self.folder / "authors", ignore_errors=True)
        (self.folder / "authors").mkdir(exist_ok=True)

    def partition_path(self, number: int) -> Path:
        """File of a partition."""
        return self.folder / "authors" / f"{number:02d}"

    def _partition_marks(self) -> tuple[tuple[int, bytes], ...]:
        """Size and header of each partition: that holds a number drawn when it was changed last."""
        marks = []
        for number in range(PARTITIONS):
            try:
                with self.partition_path(number).open("rb") as file:
                    marks.append((os.fstat(file.fileno()).st_size, file.read(HEADER)))
            except OSError:
                return ()
        return tuple(marks)
