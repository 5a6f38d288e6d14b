"""Store: what one build leaves for the next, in `.threadpress/`. It is never needed, and trusted only as far as proved.

- `state` is a small value that every build reads. It is replaced by rename when a build has done everything else, so it
  says less than is true, never more.
- `parts/` holds the large pieces that many builds never ask for. The state names each by the hash of its bytes.
- `rows/NN` are the partitions (`partition`). `begin_gather` leaves a mark while they may differ from the state, and a
  build that finds it reads all saves again.

A state that is damaged, or of another version, counts as missing. A part that differs from what the state says is
`Damaged`: then the store is forgotten and the build starts again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from generator.engine.partition import PARTITIONS, Damaged
from generator.errors import Problem, naming
from generator.files import lead_out, open_file, read_file
from generator.output import Digests, Left, Records
from generator.site import KINDS, Facts, Summary, Unmatched
from generator.stamps import FileStamp
from generator.threads import Group, Input

VERSION = b"threadpress state 9\n"

HEADER = 100
"""Bytes of SQLite's header (https://www.sqlite.org/fileformat.html): change counter and our `user_version` in it."""

Value = TypeVar("Value")
Removals = dict[Group, tuple[str, ...]]
"""What the authors of removed texts wrote themselves, by group; groups without such texts are left out."""


class State(msgspec.Struct, frozen=True):
    """The small part of what a build leaves."""

    reading: str = ""
    """Digest of what reading saves depends on besides the saves."""
    site: str = ""
    """Digest of what every page depends on besides content."""
    shown: bytes = b""
    """Mark of what every page shows of the site."""
    listed: int = 0
    """When the content was listed, in nanoseconds: a file as young as that may have changed since."""
    inputs: dict[str, Input] = {}
    """Saves and sidecars, by path."""
    foreign: dict[bytes, bytes] = {}
    """Files in the output that are not ours, with their stamps. Their names need not be UTF-8."""
    digests: Digests = ()
    """Of the names and stamps of all files in the output."""
    files: int = 0
    """In the output that are ours."""
    counts: tuple[int, int, int] = (0, 0, 0)
    """Threads, posts, authors."""
    problems: tuple[Problem, ...] = ()
    """Of the content, to be repeated by every build."""
    strays: tuple[Problem, ...] = ()
    """Of what lies in the content folder and is no file to read; if these differ, all problems are told anew."""
    unmatched: tuple[Unmatched, ...] = ()
    """Entries of `redact` that match nothing, to be repeated by every build, with the lines that they have then."""
    parts: dict[str, str] = {}
    """SHA-256 of each part, by name."""
    partitions: tuple[tuple[int, bytes], ...] = ()
    """Size and header of each partition."""


EMPTY = State()


class Part(Generic[Value]):
    """A large piece of what a build left: read and decoded when it is first asked for, then kept."""

    def __init__(self, load: Callable[[], Value], stored: str = "") -> None:
        self._load = load
        self.stored = stored
        """SHA-256 of the file that holds it, if there is one."""

    @classmethod
    def of(cls, value: Value) -> Part[Value]:
        """Take a value that is there already."""
        return cls(lambda: value)

    @functools.cached_property
    def value(self) -> Value:
        """The piece; raises `Damaged` if the store lost it."""
        return self._load()


class LastBuild(msgspec.Struct, frozen=True):
    """What the last build left, on disk or in memory. Nobody changes the values in it."""

    state: State
    facts: Part[tuple[Facts, ...]]
    """Of all threads, oldest first."""
    names: Part[dict[str, bytes]]
    """Mark of how authors' pages name each thread, by its order key."""
    sums: Part[dict[str, tuple[Summary, ...]]]
    """Of all gathered keys, by kind."""
    records: Part[Records]
    """Of all files of ours in the output."""
    removed: Part[Removals]
    """What the authors of removed texts wrote, of each group that has some."""

    @property
    def output(self) -> Left:
        """How it left the output."""
        state = self.state
        foreign = {os.fsdecode(name): stamp for name, stamp in state.foreign.items()}
        return Left(lambda: self.records.value, foreign, state.digests, state.files)


def left_in(output: Left) -> dict[str, Any]:
    """Give the fields of the state that say how a build left the output."""
    foreign = {os.fsencode(name): stamp for name, stamp in output.foreign.items()}
    return {"foreign": foreign, "digests": output.digests, "files": output.files}


NOTHING = LastBuild(EMPTY, Part.of(()), Part.of({}), Part.of({}), Part.of(Records.of({})), Part.of({}))
"""Where no build is known."""

_SHA256 = re.compile("[0-9a-f]{64}")
_START = len(VERSION) + 32
"""Where the state starts, behind the version and the SHA-256 of what follows."""
_encoder = msgspec.msgpack.Encoder()
_decode_records = msgspec.msgpack.Decoder(tuple[str, tuple[bytes, bytes, bytes]]).decode
_decode_sums = msgspec.msgpack.Decoder(dict[str, msgspec.Raw]).decode


def _unpack_facts(data: bytes) -> tuple[Facts, ...]:
    """Decode facts; raises `ValueError` if they can't be true.

    Their saves, which will be read, are in the content folder, and a reply takes a byte at least.
    """
    facts = msgspec.msgpack.decode(data, type=tuple[Facts, ...])
    if lead_out([path for each in facts for path in (*each.group.saves, *each.group.sidecars)]):
        raise ValueError("a save is not in the content folder")
    if not all(0 <= each.posts <= len(each.replies) for each in facts):
        raise ValueError("a thread has more posts than replies")
    return facts


def _unpack_removals(data: bytes) -> Removals:
    return dict(msgspec.msgpack.decode(data, type=list[tuple[Group, tuple[str, ...]]]))


def _unpack_records(data: bytes) -> Records:
    return Records.unpacked(_decode_records(data))


def _unpack_sums(data: bytes) -> dict[str, tuple[Summary, ...]]:
    sums = _decode_sums(data)
    return {kind.name: tuple(kind.unpack(sums[kind.name])) for kind in KINDS}


class Store:
    """The folder `.threadpress/` of a site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spools = folder / "spool"
        self.spool = self.spools / str(time.time_ns())
        """Of this build: a name that no worker has seen before."""
        self.mark = folder / "gathering"

    def stamp(self) -> FileStamp | None:
        """Give what tells this state from any other; None if there is none, or partitions may differ from it."""
        if self.mark.exists():
            return None
        with contextlib.suppress(OSError):
            return FileStamp.of((self.folder / "state").stat())
        return None

    def load(self) -> LastBuild:
        """Read what the last build left; `NOTHING` if there is no state that can be trusted.

        With partitions that the state does not know, only its output is kept: that is proved by its files.
        """
        try:
            raw = read_file(self.folder / "state")
        except OSError:
            return NOTHING
        if raw[: len(VERSION)] != VERSION or hashlib.sha256(raw[_START:]).digest() != raw[len(VERSION) : _START]:
            return NOTHING
        try:
            state = msgspec.msgpack.decode(raw[_START:], type=State)
        except msgspec.DecodeError:
            return NOTHING
        if self.mark.exists() or state.partitions != self._partition_marks():
            kept = ("site", "shown", "foreign", "digests", "files")
            left = State(**{name: getattr(state, name) for name in kept})
            return msgspec.structs.replace(NOTHING, state=left, records=self._stored(state, "records", _unpack_records))
        return LastBuild(
            state,
            facts=self._stored(state, "facts", _unpack_facts),
            names=self._stored(state, "names", msgspec.msgpack.Decoder(dict[str, bytes]).decode),
            sums=self._stored(state, "sums", _unpack_sums),
            records=self._stored(state, "records", _unpack_records),
            removed=self._stored(state, "removed", _unpack_removals),
        )

    def save(self, left: LastBuild) -> LastBuild:
        """Commit: from here on the next build starts from what is `left`, which is given back as it would be loaded."""
        (self.folder / "parts").mkdir(exist_ok=True)
        parts = {
            "facts": left.facts.stored or self._write(left.facts.value),
            "names": left.names.stored or self._write(left.names.value),
            "sums": left.sums.stored or self._write(left.sums.value),
            "records": left.records.stored or self._write(left.records.value.packed()),
            "removed": left.removed.stored or self._write(list(left.removed.value.items())),
        }
        state = msgspec.structs.replace(left.state, parts=parts, partitions=self._partition_marks())
        data = _encoder.encode(state)
        temporary = self.folder / "state.new"
        temporary.unlink(missing_ok=True)  # it may be a second name of something else
        with naming(temporary):
            temporary.write_bytes(VERSION + hashlib.sha256(data).digest() + data)
        temporary.replace(self.folder / "state")
        self.mark.unlink(missing_ok=True)
        shutil.rmtree(self.spools, ignore_errors=True)
        for path in (self.folder / "parts").iterdir():
            if path.name not in parts.values():
                path.unlink()
        for name, part in (
            ("facts", left.facts), ("names", left.names), ("sums", left.sums), ("records", left.records),
            ("removed", left.removed),
        ):  # fmt: skip
            part.stored = parts[name]
        return msgspec.structs.replace(left, state=state)

    def forget(self) -> None:
        """Remove everything, as if there had been no build."""
        for name in ("state", "state.new"):
            (self.folder / name).unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)
        for folder in (self.folder / "parts", self.folder / "rows", self.spools):
            shutil.rmtree(folder, ignore_errors=True)

    def drop_templates(self) -> None:
        """Remove the compiled templates that earlier versions kept here; nothing in a site's folder is ever run."""
        shutil.rmtree(self.folder / "templates", ignore_errors=True)

    def begin_scan(self) -> None:
        """Make an empty spool for what scan hands to gather."""
        shutil.rmtree(self.spools, ignore_errors=True)
        self.spool.mkdir(parents=True)

    def begin_gather(self, *, afresh: bool) -> None:
        """Mark the partitions as changing; `afresh`: drop what is in them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.mark.touch()
        if afresh:
            shutil.rmtree(self.folder / "rows", ignore_errors=True)
        (self.folder / "rows").mkdir(exist_ok=True)

    def partition_path(self, number: int) -> Path:
        """File of a partition."""
        return self.folder / "rows" / f"{number:02d}"

    def _write(self, value: object) -> str:
        """Put a part into a file that is named by its hash."""
        data = _encoder.encode(value)
        name = hashlib.sha256(data).hexdigest()
        temporary = self.folder / "parts" / "new"
        temporary.unlink(missing_ok=True)
        with naming(temporary):
            temporary.write_bytes(data)
        temporary.replace(self.folder / "parts" / name)
        return name

    def _stored(self, state: State, name: str, decode: Callable[[bytes], Value]) -> Part[Value]:
        sha256 = state.parts.get(name, "")

        def load() -> Value:
            if not _SHA256.fullmatch(sha256):
                raise Damaged(f"{name} has no file")
            try:
                data = read_file(self.folder / "parts" / sha256)
            except OSError as error:
                raise Damaged(f"{name}: {error}") from error
            if hashlib.sha256(data).hexdigest() != sha256:
                raise Damaged(f"{name} is not what was written")
            try:
                return decode(data)
            except (msgspec.MsgspecError, ValueError) as error:
                raise Damaged(f"{name}: {error}") from error

        return Part(load, sha256)

    def _partition_marks(self) -> tuple[tuple[int, bytes], ...]:
        """Size and header of each partition: that holds a number drawn when it was changed last."""
        marks = []
        for number in range(PARTITIONS):
            try:
                with open_file(self.partition_path(number)) as file:
                    status = os.fstat(file.fileno())
                    if status.st_nlink > 1:  # a copy by links: what is written here would be changed there too
                        return ()
                    marks.append((status.st_size, file.read(HEADER)))
            except OSError:
                return ()
        return tuple(marks)
