"""Write: bytes into files of the output, each whole or not at all.

Every file is written under a temporary name in `TEMPORARY` and renamed; in a first build whole folders are. A journal
there names each file first, so that whatever a build that dies leaves behind is known to the next one. Each worker has
a temporary name and a journal of its own. Which files are to be written, and what is ours, is not decided here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from generator.errors import KEPT_FOR_US, REMOVE_IT, OutputError, Problem, hint_for, naming, reason_of
from generator.files import odd_entries
from generator.output.sums import sum_line
from generator.output.survey import BINARY, TEMPORARY
from generator.stamps import FileStamp

APART = "apart"
"""Folder in `TEMPORARY` for the pages of a first build."""


class Writer:
    """Writes files into the output; one a task. A context manager, for its journal.

    With `apart`, all files but those right in the output go into a folder of their own, and `move_in` moves whole
    folders from there to their places: nothing else is there in a first build, and a rename for every file takes longer
    than writing it.
    """

    def __init__(self, output: Path, *, apart: bool = False) -> None:
        self.output = str(output)
        temporary = output / TEMPORARY
        _make_folder(temporary)
        self.apart = f"{temporary}/{APART}" if apart else self.output
        self.file = f"{temporary}/file-{os.getpid()}"
        self.journal = (temporary / f"journal-{os.getpid()}").open("ab", buffering=0)
        self.lines: list[str] = []
        """For the journal, of files that were put apart: they reach their places after it is closed."""
        self.made: set[str] = set()

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *error: object) -> None:
        with self.journal:
            self._note("".join(self.lines))

    def stamp(self, url: str) -> FileStamp:
        """Give the stamp of a file that is there."""
        return FileStamp.of(os.stat(self._path(url)))  # noqa: PTH116  # once a page

    def put(self, url: str, data: bytes, sha256: bytes) -> FileStamp:
        """Write one file."""
        path = self._path(url)
        line = f"\n{sum_line(url, sha256)}\n"  # a line end first: a full disk may have cut the line before
        if self.apart != self.output and "/" in url:
            self.lines.append(line)
            self._make_folder_of(path)
            return create(path, data)
        create(self.file, data)
        self._note(line)
        self._make_folder_of(path)
        os.replace(self.file, path)  # noqa: PTH105  # once a page
        return self.stamp(url)  # a rename may change it

    def _note(self, lines: str) -> None:
        """Write into the journal."""
        _write(self.journal.fileno(), lines.encode(), self.journal.name)

    def _path(self, url: str) -> str:
        return f"{self.apart if '/' in url else self.output}/{url}"

    def _make_folder_of(self, path: str) -> None:
        folder = path.rpartition("/")[0]
        if folder not in self.made:
            _make_folder(Path(folder))
            self.made.add(folder)


def create(path: str, data: bytes) -> FileStamp:
    """Write a file that everybody may read, whatever this process's umask is: hosts refuse others."""
    handle = _create(path)
    try:
        _write(handle, data, path)
        status = os.fstat(handle)
        if os.name == "posix" and status.st_mode & 0o777 != 0o644:
            os.fchmod(handle, 0o644)
            status = os.fstat(handle)
    finally:
        os.close(handle)
    return FileStamp.of(status)


def _create(path: str) -> int:
    """Open a file that is not there; what a build that died left under this name is removed, and not written into."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | BINARY
    try:
        return os.open(path, flags, 0o644)
    except FileExistsError:
        Path(path).unlink()
        return os.open(path, flags, 0o644)


def _write(handle: int, data: bytes, path: str) -> None:
    """Write all of it: the system takes a part only where the disk is full, and says so when asked for the rest."""
    with naming(path):
        written = os.write(handle, data)
        while written < len(data):
            written += os.write(handle, data[written:])


def refuse_links(output: Path, shown: str) -> None:
    """Raise `OutputError` if the name of the temporary folder, or one in it, leads elsewhere: all in it is ours.

    So does a file with two names, since journals are gone on with. `shown` is what messages call the output.
    """
    temporary = output / TEMPORARY
    odd = list(odd_entries(temporary))
    if not odd and temporary.is_dir():
        odd += [str(path) for path in temporary.iterdir() if path.is_file() and path.lstat().st_nlink > 1]
    if odd:
        paths = [Path(path).relative_to(output).as_posix() for path in odd]
        raise OutputError(Problem(f"{shown}/{path}", 0, KEPT_FOR_US, REMOVE_IT) for path in paths)


def clear_apart(output: Path) -> None:
    """Remove what a build that was cut off put apart."""
    if (output / TEMPORARY / APART).exists():
        shutil.rmtree(output / TEMPORARY / APART)


def move_in(output: Path, shown: str) -> None:
    """Move all that was put apart to its place. The journals name every file of it.

    Raises `OutputError` if something has been put there since the build began.
    """
    apart = output / TEMPORARY / APART
    for folder in sorted(apart.iterdir()) if apart.exists() else ():
        try:
            folder.rename(output / folder.name)
        except OSError as error:
            message = f"the pages can't be moved there ({reason_of(error)})"
            raise OutputError(Problem(f"{shown}/{folder.name}", 0, message, hint_for(error))) from error


def remove(output: Path, url: str) -> None:
    """Remove a file of ours, and the folders that leaves empty."""
    (output / url).unlink(missing_ok=True)
    for parent in PurePosixPath(url).parents[:-1]:
        try:
            (output / parent).rmdir()
        except OSError:  # it holds something else
            return


def remove_empty(output: Path, folders: Iterable[str]) -> None:
    """Remove folders that hold nothing but empty folders: a build that died may have left such."""
    for name in folders:
        for folder, _, _ in os.walk(output / name, topdown=False):
            Path(folder).rmdir()


def tidy(output: Path) -> None:
    """Remove what a finished build needs no longer."""
    shutil.rmtree(output / TEMPORARY, ignore_errors=True)


def is_unfinished(output: Path) -> bool:
    """Say whether a build that wrote into the output did not come to its end."""
    return (output / TEMPORARY).exists()


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
