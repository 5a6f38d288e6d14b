"""The content folder as a list of files with stamps, and its files as groups that share threads.

A `Listing` is made from names and stamps alone, without reading a file. Which threads a file holds is known only after
it was read (`read.read_group`). It is kept as the file's `Input.ties`, and `group_files` groups files by these. What
must be read again is not decided here.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from generator.errors import MEND_LINK, Problem, unreadable
from generator.model import nfc, nfd
from generator.stamps import FileStamp
from generator.threads.merge import age

SIDECAR = ".toml"
"""The ending of a sidecar's name."""
_OTHERS_NAMES = frozenset({"4913", "Thumbs.db", "thumbs.db", "desktop.ini", "Desktop.ini", "__MACOSX"})
"""Windows itself writes two of them in either way."""
_OTHERS_ENDINGS = ("~", ".swp", "___jb_tmp___", "___jb_old___")
_PAGE_FOLDERS = ("_files", "-Dateien", "_fichiers", "-filer", ".files")
"""What browsers put behind the name of a saved page, to name the folder of what belongs to it."""
_PAGES = (".html", ".htm", ".HTML", ".HTM")
_TO_LOOK_AT = (*_OTHERS_ENDINGS, *_PAGE_FOLDERS)
_ATTACHMENTS = "att-"
"""What Hypermail puts before the name of a page, to name the folder of its attachments."""


class Input(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A save or sidecar as it was read."""

    stamp: FileStamp
    sha256: str
    ties: tuple[str, ...] = ()
    """Names that it shares with other files of its group: `source/id` of each of its threads. For a thread that is
    known only by its posts, these are the names of its posts and of the posts above them. Empty for a sidecar."""


class Group(msgspec.Struct, frozen=True):
    """Files that share threads, as paths in the content folder: saves and the sidecars beside them, oldest first."""

    saves: tuple[str, ...]
    sidecars: tuple[str, ...] = ()


class Listing(msgspec.Struct, frozen=True):
    """What is in the content folder."""

    saves: dict[str, FileStamp]
    """By path, sorted."""
    sidecars: dict[str, FileStamp]
    problems: tuple[Problem, ...]
    """About files that are neither saves nor sidecars."""
    passed_over: int = 0
    """How many files other programs left there."""


def list_content(content: Path) -> Listing:
    """List the content folder and its subfolders, without reading a file."""
    files: dict[str, FileStamp] = {}
    problems: list[Problem] = []
    passed_over = 0
    folders = [""]
    while folders:
        prefix = folders.pop()
        folder = os.path.join(content, prefix)  # noqa: PTH118  # for `is_left_behind`
        try:
            os.stat(os.path.join(folder, "."))  # noqa: PTH116, PTH118  # fails where names can be listed, and no more
            entries = list(os.scandir(content / prefix))
        except FileNotFoundError as error:
            problems.append(unreadable(_shown(prefix.rstrip("/")), error) if prefix else _missing(content))
            continue
        except OSError as error:
            problems.append(unreadable(_shown(prefix.rstrip("/")), error))
            continue
        for entry in entries:
            if entry.name.startswith("README"):
                continue
            if is_left_behind(folder, entry.name):
                passed_over += _count_files(entry)
                continue
            path = prefix + entry.name
            seen = _look_at(entry, path)
            if isinstance(seen, FileStamp):
                files[path] = seen
            elif isinstance(seen, Problem):
                problems.append(seen)
            else:
                folders.append(f"{path}/")
    saves = {path: files[path] for path in sorted(files) if not path.endswith(SIDECAR)}
    sidecars = {path: files[path] for path in sorted(files) if path.endswith(SIDECAR)}
    return Listing(saves, sidecars, tuple(problems), passed_over)


def _look_at(entry: os.DirEntry[str], path: str) -> FileStamp | Problem | None:
    """Give the stamp of a file, or what is wrong with it; None if it is a folder.

    Whatever the system refuses is about this entry only: its links lead in a circle, or it has just been removed.
    """
    try:
        if path.isascii() and entry.is_file(follow_symlinks=False):  # nearly all files
            return FileStamp.of(entry.stat())
        if entry.is_dir(follow_symlinks=False):
            return None
        if entry.is_dir():
            message = "this link to a folder is not followed"
            return Problem(_shown(path), 0, message, "put the folder itself here", "warning")
        if _shown(path) != path:
            return Problem(_shown(path), 0, "the file's name is not UTF-8", "rename it")
        if entry.is_file():
            return FileStamp.of(entry.stat())
        return _no_file(Path(entry.path), path)
    except OSError as error:
        return unreadable(_shown(path), error)


def is_ignored(folder: str, name: str) -> bool:
    """Say whether a file or folder is none of the content: other programs left it, or it is a README."""
    return name.startswith("README") or is_left_behind(folder, name)


def is_left_behind(folder: str, name: str) -> bool:
    """Say whether another program left this in a folder: an editor, a browser or the system.

    The folder that a browser saves beside a page is such a thing only while the page is there.
    """
    if name[:1] not in ("#", ".") and name not in _OTHERS_NAMES and not name.endswith(_TO_LOOK_AT):
        return name.startswith(_ATTACHMENTS) and _is_beside_page(folder, name, name.removeprefix(_ATTACHMENTS))
    if name.startswith(".") or name in _OTHERS_NAMES or name.endswith(_OTHERS_ENDINGS):
        return True
    if name.startswith("#") and name.endswith("#") and len(name) > 1:
        return True
    page = next((name.removesuffix(ending) for ending in _PAGE_FOLDERS if name.endswith(ending)), "")
    return _is_beside_page(folder, name, page)


def _is_beside_page(folder: str, name: str, page: str) -> bool:
    """Say whether something is a folder, and the page that it belongs to is beside it."""
    path = Path(folder)
    pages = {f"{form}{ending}" for form in (page, nfc(page), nfd(page)) for ending in _PAGES} if page else ()
    return any((path / each).is_file() for each in pages) and (path / name).is_dir()


def _count_files(entry: os.DirEntry[str]) -> int:
    """Count the files in something that is passed over."""
    if not entry.is_dir(follow_symlinks=False):
        return 1
    return sum(len(files) for _, _, files in os.walk(entry.path))


def group_files(listing: Listing, ties: Mapping[str, Collection[str]]) -> list[Group]:
    """Group the files that share ties, sorted by their oldest saves; `ties` has the ties of each save, by path.

    Saves that are not in `ties` are left out. A save without ties is a group of its own, with the sidecar beside it, so
    each new file can be read alone before its ties are known. Near-linear in files and ties.
    """
    beside: dict[str, list[str]] = {}
    for path in listing.sidecars:
        beside.setdefault(stem(path), []).append(path)
    groups: list[Group] = []
    for saves in _connected(ties):
        if len(saves) > 1:
            saves.sort(key=age)
        sidecars = [each for path in saves for each in beside.get(stem(path), ())] if beside else ()
        groups.append(Group(tuple(saves), tuple(dict.fromkeys(sidecars))))
    return groups


def _connected(ties: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Give the paths of each group, sorted."""
    holders: dict[str, str] = {}
    """The first path that has each tie."""
    joined = Joined()
    for path in sorted(ties):
        for tie in ties[path]:
            holder = holders.setdefault(tie, path)
            if holder is not path:
                joined.join(path, holder)
    groups: dict[str, list[str]] = {}
    for path in sorted(ties):
        groups.setdefault(joined.root(path), []).append(path)
    return list(groups.values())


class Joined:
    """Sets of names that belong together (a union-find, near-linear). The order of joining doesn't matter."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def root(self, name: str) -> str:
        """Give the name that represents the set of `name`: the same one for every name in the set."""
        above = self._above
        root = name
        while (further := above.get(root, root)) != root:
            root = further
        while (further := above.get(name, name)) != root:
            above[name] = root
            name = further
        return root

    def join(self, name: str, other: str) -> None:
        """Make one set of the sets of two names; the smaller of the two roots represents it."""
        one, two = self.root(name), self.root(other)
        if one != two:
            self._above[max(one, two)] = min(one, two)


def stray_sidecars(listing: Listing) -> list[Problem]:
    """Warn of sidecars without a save beside them."""
    stems = {stem(path) for path in listing.saves} if listing.sidecars else set()
    message, hint = "there is no save beside this sidecar", "name it as the save, with .toml at the end"
    return [Problem(path, 0, message, hint, "warning") for path in listing.sidecars if stem(path) not in stems]


def stem(path: str) -> str:
    """Give a path without its ending, which is the same for a sidecar and the saves it corrects.

    Some systems and programs write accents in names of files apart, so it has the form in which names are compared.
    """
    folder, slash, name = nfc(path).rpartition("/")
    return folder + slash + (name.rpartition(".")[0] or name)


def _no_file(file: Path, path: str) -> Problem:
    """Report what is neither a folder nor a file."""
    if file.is_symlink() and not os.path.lexists(os.path.realpath(file)):
        return _dangling(file, path)
    return Problem(path, 0, "this is no file that can be read", "move it out of the content folder")


def _dangling(link: Path, path: str) -> Problem:
    return Problem(path, 0, f"this is a link to {_shown(str(link.readlink()))}, and that is not there", MEND_LINK)


def _missing(content: Path) -> Problem:
    """Report that there is no content folder."""
    if content.is_symlink():
        return _dangling(content, "")
    return Problem("", 0, "there is no such folder", "make it and put your saves into it")


def _shown(path: str) -> str:
    """Write a path as messages show it, and as the store can keep it: what is not UTF-8 in it as escapes."""
    return path.encode("utf-8", "backslashreplace").decode()
