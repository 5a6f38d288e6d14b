"""One build at a time: a lock on a file that ends with the process that holds it, however that ends.

Some file systems have no locks (NFS without its lock service, some of FUSE and SMB). There a build goes on without one,
and says so.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from generator.errors import KEPT_FOR_US, REMOVE_IT, BusyError, OutputError, Problem, reason_of
from generator.files import odd_entries

FOLDER = ".threadpress"
"""What builds leave for themselves, beside the configuration; it can be deleted at any time."""

_FILE = f"{FOLDER}/lock"


def own_folder(site: Path) -> Path:
    """Give the folder that builds keep for themselves; raises `OutputError` if something else is there, such as a link.

    A site can come from somebody else: whatever it leads to would be written and removed as ours.
    """
    folder = site / FOLDER
    if odd := [Path(path).relative_to(site).as_posix() for path in odd_entries(folder)]:
        raise OutputError(Problem(path, 0, KEPT_FOR_US, REMOVE_IT) for path in odd)
    return folder


@contextlib.contextmanager
def lock(site: Path) -> Iterator[tuple[Problem, ...]]:
    """Hold the site's build lock; raises `BusyError` at once if another process does, and what `own_folder` raises.

    Gives a warning if the file system has no locks.
    """
    folder = own_folder(site)
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("a+b") as file:
        warnings: tuple[Problem, ...] = ()
        try:
            _take(file.fileno())
        except _HELD as error:
            raise BusyError(
                Problem(_FILE, 0, "another build of this site is running", "wait until it has ended")
            ) from error
        except OSError as error:  # ENOLCK, EOPNOTSUPP, ENOSYS ...: nobody could hold a lock here
            message = f"the file system can't lock files ({reason_of(error)}), so builds don't notice each other"
            hint = "run one at a time, or move the site to another disk"
            warnings = (Problem(_FILE, 0, message, hint, "warning"),)
        yield warnings


def try_lock(handle: int) -> bool:
    """Lock an open file until it is closed or its process ends; False if another process holds it.

    Where the file system has no locks, nobody is known to hold it.
    """
    try:
        _take(handle)
    except _HELD:
        return False
    except OSError:
        return True
    return True


if sys.platform == "win32":
    import msvcrt

    _HELD = PermissionError
    """What is raised if another process holds the lock."""

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    _HELD = BlockingIOError
    """What is raised if another process holds the lock."""

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
