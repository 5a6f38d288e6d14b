"""Files that are read: a path in, the bytes of a regular file out, or an error at once.

Other things can have a file's name. A pipe lets its reader wait for ever, and a device such as `/dev/zero` never ends.
Links are followed here; where they are not wanted, the caller looks for them first. Nothing is written.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Collection, Iterator
from pathlib import Path

from generator.errors import NotAFile

_READ = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)  # for Windows, which would change line ends
    | getattr(os, "O_NONBLOCK", 0)  # or opening a pipe would wait for somebody who writes into it
    | getattr(os, "O_NOCTTY", 0)
)
_OUT = ("//", "/./", "/../", "\0", *(("\\", ":") if os.name == "nt" else ()))
"""In paths with slashes around them: what a part that leads elsewhere looks like."""
_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def open_handle(path: str | os.PathLike[str]) -> int:
    """Open a regular file to read it, and give its number; raises `OSError` for anything else.

    It is looked at after it was opened, so nobody can put something else in its place in between.
    """
    try:
        handle = os.open(path, _READ)
    except OSError as error:
        if error.errno == errno.ENXIO:  # the system opens no sockets, and no devices that are not there
            raise _not_a_file("a socket or a device", path) from error
        raise
    kind = stat.S_IFMT(os.fstat(handle).st_mode)
    if kind == stat.S_IFREG:
        return handle
    os.close(handle)
    if kind == stat.S_IFDIR:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
    raise _not_a_file(_KINDS.get(kind, "something else"), path)


def open_file(path: str | os.PathLike[str]) -> io.FileIO:
    """Open a regular file to read it as far as it is wanted; raises what `open_handle` raises."""
    return io.FileIO(open_handle(path))


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Read a regular file; raises what `open_handle` raises."""
    with open_file(path) as file:
        return file.readall()


def read_text_file(path: str | os.PathLike[str], encoding: str = "utf-8", errors: str = "strict") -> str:
    """Read a regular file as text with LF line ends; raises what `open_handle` raises."""
    return io.TextIOWrapper(io.BytesIO(read_file(path)), encoding, errors).read()


def lead_out(paths: Collection[str]) -> bool:
    """Say whether one of some paths is none within a folder: it is absolute, or a part of it is empty, `.` or `..`.

    For paths that were read from a file that anybody may have written. All are looked at at once, as there are many: so
    each part of each has a slash on either side.
    """
    joined = f"/{'/'.join(paths)}/"
    return bool(paths) and any(joined.rfind(sign) >= 0 for sign in _OUT)  # `in` takes three times as long


def odd_entries(folder: str | os.PathLike[str]) -> Iterator[str]:
    """Yield the paths of all that is neither a file nor a folder in a folder that we keep for ourselves.

    Links come first to mind: through one, we would write and remove elsewhere. The folder itself may be one.
    """
    waiting = [os.fspath(folder)]
    if os.path.lexists(folder) and not _is_ours(os.lstat(folder).st_mode):
        yield waiting.pop()
    while waiting:
        try:
            entries = list(os.scandir(waiting.pop()))
        except OSError:  # whoever is to use it, is told
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(entry.path)
            elif not entry.is_file(follow_symlinks=False):
                yield entry.path


def is_in_git(folder: Path) -> bool:
    """Say whether a folder is in a work tree of git, as every clone is."""
    real = Path(os.path.realpath(folder))
    return any(os.path.lexists(above / ".git") for above in (real, *real.parents))


def _is_ours(mode: int) -> bool:
    return stat.S_ISDIR(mode) or stat.S_ISREG(mode)


def _not_a_file(kind: str, path: str | os.PathLike[str]) -> NotAFile:
    return NotAFile(errno.EINVAL, f"Not a file, but {kind}", os.fspath(path))
