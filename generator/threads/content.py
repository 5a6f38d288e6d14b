"""The content folder as a list of files with stamps, and the saves in it as groups of one thread each.

Only what the last build did not see is read here: a file whose stamp is the same is taken to be the same, one whose
stamp differs is hashed, and only where that differs too is it asked which thread it holds.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from generator.errors import Problem
from generator.model import Thread
from generator.readers import decode, read_save, reader_of
from generator.stamps import FileStamp
from generator.threads import merge
from generator.threads.read import Group, changed, unreadable

HEAD = 4096
"""Bytes of a save that are read to tell which thread it holds."""
YOUNG = 2_000_000_000
"""Nanoseconds before a build within which a file may have changed after it was read and kept its stamp."""


class InputFile(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A save or sidecar as the last build read it."""

    stamp: FileStamp
    sha256: str
    keys: tuple[tuple[str, str], ...]
    """Threads it holds; none for a sidecar."""


class Listing(msgspec.Struct, frozen=True):
    """What lies in the content folder."""

    saves: dict[str, FileStamp]
    """By path, sorted."""
    sidecars: dict[str, FileStamp]
    problems: tuple[Problem, ...]
    """Files that can be neither."""


def list_content(content: Path) -> Listing:
    """List the content folder and its subfolders, without reading a file."""
    if not content.is_dir():
        return Listing({}, {}, (Problem("", 0, "there is no such folder", "make it and put your saves into it"),))
    files: dict[str, FileStamp] = {}
    problems: list[Problem] = []
    folders = [""]
    while folders:
        prefix = folders.pop()
        try:
            entries = list(os.scandir(content / prefix))
        except OSError as error:
            problems.append(unreadable(prefix.rstrip("/"), error))
            continue
        for entry in entries:
            name = entry.name
            if name.startswith((".", "README")) or name.endswith("~"):
                continue
            path = prefix + name
            if path.isascii() and entry.is_file(follow_symlinks=False):  # as nearly all are
                files[path] = FileStamp.of(entry.stat())
                continue
            if entry.is_dir(follow_symlinks=False):
                folders.append(f"{path}/")
                continue
            if entry.is_dir():
                message = "this link to a folder is not followed"
                problems.append(Problem(path, 0, message, "put the folder itself here", "warning"))
                continue
            shown = path.encode("utf-8", "backslashreplace").decode()
            if shown != path:
                problems.append(Problem(shown, 0, "the file's name is not UTF-8", "rename it"))
            elif not entry.is_file():
                problems.append(
                    Problem(path, 0, "this is no file that can be read", "move it out of the content folder")
                )
            else:
                files[path] = FileStamp.of(entry.stat())
    saves = {path: files[path] for path in sorted(files) if not path.endswith(".toml")}
    sidecars = {path: files[path] for path in sorted(files) if path.endswith(".toml")}
    return Listing(saves, sidecars, tuple(problems))


class Look(msgspec.Struct, frozen=True):
    """Files to look into: a task for a worker."""

    content: str
    files: tuple[tuple[str, FileStamp, InputFile | None], ...]
    """Path, stamp, and what the last build knew."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpack_look, (self.content, _pack(self.files))


class Seen(msgspec.Struct, frozen=True):
    """What looking into files found."""

    files: tuple[tuple[str, InputFile], ...]
    problems: tuple[Problem, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpack_seen, (_pack(self.files), self.problems)


_pack = msgspec.msgpack.Encoder().encode
"""Between processes files go packed: there may be many, and pickling values takes ten times as long."""
_looked = msgspec.msgpack.Decoder(tuple[tuple[str, FileStamp, InputFile | None], ...]).decode
_seen = msgspec.msgpack.Decoder(tuple[tuple[str, InputFile], ...]).decode


def _unpack_look(content: str, files: bytes) -> Look:
    return Look(content, _looked(files))


def _unpack_seen(files: bytes, problems: tuple[Problem, ...]) -> Seen:
    return Seen(_seen(files), problems)


def look_into(task: Look) -> Seen:
    """Find out which threads files hold; the hash of a new file is left to the scan, which reads it anyway."""
    found: list[tuple[str, InputFile]] = []
    problems: list[Problem] = []
    for path, stamp, known in task.files:
        file = Path(task.content, path)
        try:
            if known and known.stamp.size == stamp.size:
                sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
                if sha256 == known.sha256:
                    found.append((path, InputFile(stamp, sha256, known.keys)))
                    continue
            if path.endswith(".toml"):
                found.append((path, InputFile(stamp, hashlib.sha256(file.read_bytes()).hexdigest(), ())))
                continue
            threads = _identify(file)
            if not threads:
                problems += _why_not(file, path)
                continue
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        found.append((path, InputFile(stamp, "", tuple(thread.key for thread in threads))))
    return Seen(tuple(found), tuple(problems))


def _identify(path: Path) -> tuple[Thread, ...]:
    """Which threads a save holds, from its head where that is enough."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        # Up to the last line end, so that no character is cut; without one there may be more to read.
        if len(head) == HEAD and (threads := _threads(head[: head.rfind(b"\n") + 1])):
            return threads
        return _threads(head + file.read())


def _threads(raw: bytes) -> tuple[Thread, ...]:
    text, _ = decode(raw, "")
    reader = reader_of(text)
    return reader.identify(text) if reader else ()


def _why_not(file: Path, path: str) -> tuple[Problem, ...]:
    """Problems of a save that does not say which thread it holds."""
    problems = read_save(file.read_bytes(), path).problems
    return problems if any(problem.severity == "error" for problem in problems) else (changed(path),)


def unknown(
    listing: Listing, known: Mapping[str, InputFile], built: int
) -> Iterator[tuple[str, FileStamp, InputFile | None]]:
    """Yield the files that the last build, which listed them at `built`, can't vouch for."""
    for files in (listing.saves, listing.sidecars):
        for path, stamp in files.items():
            before = known.get(path)
            if before is None or before.stamp != stamp or max(stamp.modified, stamp.changed) > built - YOUNG:
                yield path, stamp, before


def groups(listing: Listing, inputs: Mapping[str, InputFile]) -> tuple[list[Group], list[Problem]]:
    """Put together the saves of each thread, oldest first, with their sidecars; sorted by thread."""
    threads: dict[tuple[str, str], list[str]] = {}
    for path in listing.saves:
        if path in inputs:
            for key in inputs[path].keys:
                threads.setdefault(key, []).append(path)
    beside = {path.removesuffix(".toml"): path for path in listing.sidecars}
    used: set[str] = set()
    found = []
    for (source, name), paths in sorted(threads.items()):
        if len(paths) > 1:
            paths.sort(key=merge.age)
        corrections = tuple(beside[stem] for path in paths if (stem := _stem(path)) in beside) if beside else ()
        used.update(corrections)
        found.append(Group(source, name, tuple(paths), tuple(dict.fromkeys(corrections))))
    stems = {_stem(path) for path in listing.saves} if beside else set()
    problems = [
        Problem(
            path, 0, "there is no save beside this sidecar", "name it as the save, with .toml at the end", "warning"
        )
        for stem, path in beside.items()
        if stem not in stems
    ]
    return found, problems


def _stem(path: str) -> str:
    folder, slash, name = path.rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)
