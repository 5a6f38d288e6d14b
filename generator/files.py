"""Files that are read: a path in, the bytes of a regular file out, or an error at once.

Other things can have a file's name. A pipe lets its reader wait for ever, and a device such as `/dev/zero` never ends.
Links are followed here; where they are not wanted, the caller looks for them first. Nothing is written.
"""

from __future__ import annotations

import errno
import io
import os
import stat

from generator.errors import NotAFile

_READ = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)  # for Windows, which would change line ends
    | getattr(os, "O_NONBLOCK", 0)  # or opening a pipe would wait for somebody who writes into it
    | getattr(os, "O_NOCTTY", 0)
)
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


def _not_a_file(kind: str, path: str | os.PathLike[str]) -> NotAFile:
    return NotAFile(errno.EINVAL, f"Not a file, but {kind}", os.fspath(path))
