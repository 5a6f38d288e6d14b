"""The name that `add` gives a file: names in, the path of a new save in the content folder out. It opens no files.

The first save of a thread is named by the thread's id. Each later one is named after the newest, so that it sorts last
(`threads.age`): `0179799118.txt`, `0179799118.2.txt`, `0179799118.3.txt`. New names are safe on every system. A name
that follows a name of the user's own is as safe as that.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterator

from generator import urls
from generator.threads import age, stem

_UNSAFE = re.compile(r"[^A-Za-z0-9_.]+")
_NUMBERED = re.compile(r"(.+)\.([0-9]+)", re.DOTALL)


def stem_in_any_case(path: str) -> str:
    """Give the part of a path that no two threads may share, in any letter case: saves with it share a sidecar."""
    return stem(path).casefold()


def first_name(folder: str, source: str, number: str, ending: str, taken: Collection[str]) -> str:
    """Name the first save of a thread in a folder, "" or one that ends in a slash.

    `taken` holds the `stem_in_any_case` of every save there is.
    """
    paths = (f"{folder}{name}{ending}" for name in _names(source, number))
    return next(path for path in paths if stem_in_any_case(path) not in taken)


def own_name(folder: str, name: str, ending: str, taken: Collection[str]) -> str:
    """Name a save of many threads after itself, as far as that is safe; a later one of the same name gets a number.

    `name` is what the user named: a path, an address, or `stdin`.
    """
    plain = unicodedata.normalize("NFKD", stem(name.rstrip("/").rpartition("/")[2])).encode("ascii", "ignore").decode()
    own = _UNSAFE.sub("-", plain)[: urls.LONGEST].strip("-._")
    own = own if urls.is_safe_name(own) and not own.startswith("README") else f"save-{own}".strip("-")
    path = f"{folder}{own}{ending}"
    return path if stem_in_any_case(path) not in taken else next_name(path, ending, taken)


def _names(source: str, number: str) -> Iterator[str]:
    """Give names for a thread without end, the plainest first; from the third on they hold a hash."""
    for name in (number, f"{source}-{number}"):
        if urls.is_safe_name(name) and not name.startswith("README"):  # build would ignore a save of that name
            yield name
    hashed = f"{source}-{urls.digest(f'{source}/{number}')}"
    yield hashed
    yield from (f"{hashed}-{count}" for count in itertools.count(2))


def next_name(newest: str, ending: str, taken: Collection[str]) -> str:
    """Name a save that is newer than the newest of its thread, in the same folder."""
    folder, slash, name = newest.rpartition("/")
    base = name.rpartition(".")[0] or name
    numbered = _NUMBERED.fullmatch(base)
    base, start = (numbered[1], int(numbered[2]) + 1) if numbered else (base, 2)
    paths = (f"{folder}{slash}{base}.{count}{ending}" for count in itertools.count(start))
    return next(path for path in paths if stem_in_any_case(path) not in taken and age(path) > age(newest))
