"""Places: under which name a new save goes into the content folder. Names in, a name out; no files.

A thread's first save is called after its id, each later one after the newest before it, so that `merge.age` sorts it
last: `0179799118.txt`, `0179799118.2.txt`, `0179799118.3.txt`. New names are safe on every system; one that follows a
name of the user's own is as safe as that.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator

from generator import urls
from generator.threads.merge import age

_NUMBERED = re.compile(r"(.+)\.([0-9]+)", re.DOTALL)


def stem(path: str) -> str:
    """Give what no two threads may share, letter case ignored: a sidecar speaks for all saves of its name."""
    folder, slash, name = path.rpartition("/")
    return (folder + slash + (name.rpartition(".")[0] or name)).casefold()


def first_place(source: str, number: str, ending: str, taken: Collection[str]) -> str:
    """Name the first save of a thread; `taken` holds the `stem` of every save there is."""
    return next(name + ending for name in _names(source, number) if stem(name + ending) not in taken)


def _names(source: str, number: str) -> Iterator[str]:
    """Names for a thread, the plainest first; from the third on they hold a hash, and there is no end of them."""
    for name in (number, f"{source}-{number}"):
        if urls.is_safe_name(name) and not name.startswith("README"):  # build would take that for no save
            yield name
    hashed = f"{source}-{urls.digest(f'{source}/{number}')}"
    yield hashed
    yield from (f"{hashed}-{count}" for count in itertools.count(2))


def next_place(newest: str, ending: str, taken: Collection[str]) -> str:
    """Name a save that is newer than the newest of its thread, beside that one."""
    folder, slash, name = newest.rpartition("/")
    base = name.rpartition(".")[0] or name
    found = _NUMBERED.fullmatch(base)
    base, start = (found[1], int(found[2]) + 1) if found else (base, 2)
    paths = (f"{folder}{slash}{base}.{count}{ending}" for count in itertools.count(start))
    return next(path for path in paths if stem(path) not in taken and age(path) > age(newest))
