"""Write: rendered pages into the output folder, atomically, only where bytes differ, and nothing of anybody else's.

Every file is written under a temporary name in `TEMPORARY` and renamed; in a first build whole folders are. A journal
there is told first, so that a build that dies anywhere leaves only files the next one knows. Each worker has a
temporary name and a journal of its own. What is ours is for `survey` to say; files that equal what we would write are
too (`refuse`).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import msgspec

from generator import urls
from generator.errors import OutputError, Problem
from generator.output.records import Files, Records, page_record
from generator.output.survey import APART, BINARY, TEMPORARY, Standing, Survey
from generator.stamps import FileStamp


class Sums(msgspec.Struct, frozen=True):
    """The list of sums in place: its page record, and whether it was written."""

    record: bytes
    written: bool


def refuse(output: Path, shown: str, found: Survey, suspects: Iterable[tuple[str, bytes]]) -> Survey:
    """Raise `OutputError` for what is not ours and not what we would write (`suspects`: URL and bytes) either.

    Gives the survey in which files that equal what we would write are ours.
    """
    problems = set()
    equal: dict[str, bytes] = {}
    if found.foreign_sums:
        problems.add(
            Problem(f"{shown}/{urls.SUMS}", 0, "this is not ours and stands where our list goes", "move it away")
        )
    for url, data in suspects:
        path = output / url
        way = [str(parent) for parent in reversed(PurePosixPath(url).parents[:-1])]
        blocking = next((parent for parent in way if parent in found.foreign), url)
        if blocking == url and path.is_file() and not path.is_symlink() and path.read_bytes() == data:
            equal[url] = hashlib.sha256(data).digest()
            continue
        message = f"this is not ours and stands where {url} is to be written"
        problems.add(Problem(f"{shown}/{blocking}", 0, message, "move it away"))
    if problems:
        raise OutputError(problems)
    present = Standing(found.present.records, found.present.absent, found.present.others | equal)
    foreign = {url: stamp for url, stamp in found.foreign.items() if url not in equal}
    return msgspec.structs.replace(found, present=present, foreign=foreign)


class Writer:
    """Writes files into the output; one a task. A context manager, for its journal.

    With `apart`, all but what lies right in the output is put into a folder of its own, from where `move_in` takes
    whole folders to their places: in a first build nothing else is there, and to rename every file would take longer
    than to write it.
    """

    def __init__(self, output: Path, *, apart: bool = False) -> None:
        self.output = str(output)
        temporary = output / TEMPORARY
        _make_folder(temporary)
        self.apart = f"{temporary}/{APART}" if apart else self.output
        self.file = f"{temporary}/file-{os.getpid()}"
        self.journal = (temporary / f"journal-{os.getpid()}").open("ab", buffering=0)
        self.lines: list[str] = []
        """For the journal, of files that were put apart: they are in no place before it is closed."""
        self.made: set[str] = set()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *error: object) -> None:
        with self.journal:
            _write(self.journal.fileno(), "".join(self.lines).encode())

    def stamp(self, url: str) -> FileStamp:
        """Give the stamp of a file that is there."""
        return FileStamp.of(os.stat(self._path(url)))  # noqa: PTH116  # once a page

    def put(self, url: str, data: bytes, sha256: bytes) -> FileStamp:
        """Write one file."""
        if not self._is_apart(url):
            create(self.file, data)
            return self._place(self.file, url, sha256)
        path = self._path(url)
        self._tell(url, sha256)
        self._make_folder_of(path)
        return create(path, data)

    def _place(self, path: str, url: str, sha256: bytes) -> FileStamp:
        self._tell(url, sha256)
        place = self._path(url)
        self._make_folder_of(place)
        os.replace(path, place)  # noqa: PTH105  # once a page
        return self.stamp(url)  # a rename may change it

    def _is_apart(self, url: str) -> bool:
        return self.apart != self.output and "/" in url

    def _path(self, url: str) -> str:
        return f"{self.apart if '/' in url else self.output}/{url}"

    def _tell(self, url: str, sha256: bytes) -> None:
        """Tell the journal what comes; its line end comes first, as a full disk may have cut the line before."""
        line = f"\n{sha256.hex()}  {url}\n"
        if self._is_apart(url):
            self.lines.append(line)
        else:
            _write(self.journal.fileno(), line.encode())

    def _make_folder_of(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        if folder not in self.made:
            _make_folder(Path(folder))
            self.made.add(folder)


def clear_apart(output: Path) -> None:
    """Remove what a build that was cut off put apart."""
    if (output / TEMPORARY / APART).exists():
        shutil.rmtree(output / TEMPORARY / APART)


def move_in(output: Path, shown: str) -> None:
    """Move all that was put apart to its place. The journals name every file of it.

    Raises `OutputError` if something has come to stand there since the build began.
    """
    apart = output / TEMPORARY / APART
    for folder in sorted(apart.iterdir()) if apart.exists() else ():
        try:
            folder.rename(output / folder.name)
        except OSError as error:
            message = f"the pages can't be moved there ({error.strerror})"
            problem = Problem(f"{shown}/{folder.name}", 0, message, "move away what is not ours and build again")
            raise OutputError(problem) from error


def create(path: str, data: bytes) -> FileStamp:
    """Write a file that everybody may read, whatever this process's umask is: hosts refuse others."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | BINARY, 0o644)
    try:
        _write(handle, data)
        found = os.fstat(handle)
        if os.name == "posix" and found.st_mode & 0o777 != 0o644:
            os.fchmod(handle, 0o644)
            found = os.fstat(handle)
    finally:
        os.close(handle)
    return FileStamp.of(found)


def _write(handle: int, data: bytes) -> None:
    """Write all of it: the system takes a part only where the disk is full, and says so when asked for the rest."""
    written = os.write(handle, data)
    while written < len(data):
        written += os.write(handle, data[written:])


def remove(output: Path, url: str) -> None:
    """Remove a file of ours, and the folders that leaves empty."""
    (output / url).unlink(missing_ok=True)
    for parent in PurePosixPath(url).parents[:-1]:
        try:
            (output / parent).rmdir()
        except OSError:  # it holds something else
            return


def blocked(found: Survey, planned: Iterable[str]) -> set[str]:
    """Find planned files in whose place, or in the place of whose folders, something stands that is not ours."""
    if not found.foreign:
        return set()
    wanted = set(planned)
    inside: dict[str, list[str]] = {}
    for url in wanted:
        inside.setdefault(url.rpartition("/")[0], []).append(url)
    result = wanted & found.foreign.keys()
    for folder, urls_inside in inside.items():
        parts = folder.split("/")
        if any("/".join(parts[: depth + 1]) in found.foreign for depth in range(len(parts))):
            result.update(urls_inside)
    # Foreign files in a folder that stands where a file is to be.
    for url in found.foreign:
        parts = url.split("/")
        result.update(name for depth in range(1, len(parts)) if (name := "/".join(parts[:depth])) in wanted)
    return result


def make_room(output: Path, found: Survey, planned: Files) -> tuple[str, ...]:
    """Remove files of ours that the site no longer has, and folders they leave empty; gives their URLs, sorted.

    This goes before any page is written: such a file may stand where a folder is to be.
    """
    gone = tuple(sorted(found.present.beyond(planned) - {urls.SUMS}))
    for url in gone:
        remove(output, url)
    if found.folders is None:
        folders = {url for url in planned.new if (output / url).is_dir()}
    else:
        folders = {url for url in found.folders if url in planned}
    for url in folders:  # a build that died may have left empty folders there
        for folder, _, _ in os.walk(output / url, topdown=False):
            Path(folder).rmdir()
    return gone


def clear(output: Path, found: Survey) -> tuple[str, ...]:
    """Remove every file of ours, so that a build starts from nothing; gives their URLs, sorted."""
    gone = make_room(output, found, Files.of(found.records, set(found.records), set()))
    if urls.SUMS in found.present:
        remove(output, urls.SUMS)
    return gone


def write_sums(output: Path, records: Records, found: Survey) -> Sums:
    """List every file of the site in `SHA256SUMS`.

    This goes last: until then the old list and the journals together name every file of ours.
    """
    listing = records.listing()
    sha256 = hashlib.sha256(listing).digest()
    written = found.present.get(urls.SUMS) != sha256
    with Writer(output) as writer:
        stamp = writer.put(urls.SUMS, listing, sha256) if written else writer.stamp(urls.SUMS)
    return Sums(page_record(bytes(8), sha256, stamp), written)


def _make_folder(path: Path) -> None:
    """Make a folder and those it lies in, open to everybody as its files are; another worker may do the same."""
    missing = []
    while not path.is_dir():
        missing.append(path)
        path = path.parent
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        if os.name == "posix":
            folder.chmod(0o755)


def tidy(output: Path) -> None:
    """Remove what a finished build needs no longer."""
    shutil.rmtree(output / TEMPORARY, ignore_errors=True)
