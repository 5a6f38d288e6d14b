"""What becomes of each file of a branch if a site is put there: what it holds and what it is to hold in, `Changes` out.

The rule is that of the output (SPEC section 4). A file is ours if the branch's `SHA256SUMS` lists it with its present
bytes, or if it equals what we would write. Any other was put there by somebody else: it stays, and one in our way is
named. `CNAME` is GitHub's name for a setting, which this program and GitHub itself both write, so it counts as ours.
Nothing is changed here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import msgspec

from generator.commands.publish.git import Blob, Entry, Repository
from generator.output import ALWAYS, parse_sums
from generator.urls import SUMS

CNAME = "CNAME"
"""The file in which GitHub Pages keeps the domain of a site."""
_REGULAR = "100"
"""With this the modes of files begin, in contrast to those of links and of other repositories."""


class Changes(msgspec.Struct, frozen=True):
    """What is to be done to a branch, by path. All paths are sorted."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    kept: Mapping[str, Entry]
    """Files of others, which stay."""
    blocking: tuple[tuple[str, str], ...]
    """Files of others that are in the way, each with the file of ours that is to be there."""


def read_list(published: Mapping[str, Entry], repository: Repository) -> dict[str, str]:
    """Read the branch's list of sums: path to hash; empty if the branch holds no site of ours."""
    if SUMS not in published:
        return {}
    listed = dict(parse_sums(repository.content(published[SUMS].id)))
    return listed if listed.keys() >= ALWAYS else {}


def compare(
    published: Mapping[str, Entry], files: Mapping[str, Blob], listed: Mapping[str, str], repository: Repository
) -> Changes:
    """Compare what a branch holds with the files that it is to hold; `listed` is its list of sums."""
    differing = {
        path: entry for path, entry in published.items() if path not in files or entry != Entry(files[path].id)
    }
    ours = set(_ours(differing, files, listed, repository))
    theirs = {path: differing[path] for path in sorted(differing.keys() - ours)}
    blocking = dict(_blocking(theirs, files))
    return Changes(
        added=tuple(sorted(files.keys() - published.keys())),
        changed=tuple(sorted(ours & files.keys())),
        removed=tuple(sorted(ours - files.keys())),
        kept={path: entry for path, entry in theirs.items() if path not in blocking},
        blocking=tuple(blocking.items()),
    )


def _ours(
    differing: Mapping[str, Entry], files: Mapping[str, Blob], listed: Mapping[str, str], repository: Repository
) -> Iterator[str]:
    """Find those that are ours. Only bytes that are to change or go are read: git knows them by another hash."""
    unsure = []
    for path, entry in differing.items():
        if path in (SUMS, CNAME):
            yield path
        elif entry.mode.startswith(_REGULAR):
            if path in files and files[path].id == entry.id:  # somebody only made it executable
                yield path
            elif path in listed:
                unsure.append(path)
    for path, data in zip(unsure, repository.contents([differing[path].id for path in unsure]), strict=True):
        if hashlib.sha256(data).hexdigest() == listed[path]:
            yield path


def _blocking(theirs: Mapping[str, Entry], files: Mapping[str, Blob]) -> Iterator[tuple[str, str]]:
    """Find the files of others that are where a file of ours, or a folder with files of ours, is to be."""
    if not theirs:
        return
    inside = {folder: path for path in sorted(files, reverse=True) for folder in _folders(path)}
    for path in theirs:
        if path in files:
            yield path, path
        elif path in inside:
            yield path, inside[path]
        elif file := next((folder for folder in _folders(path) if folder in files), None):
            yield path, file


def _folders(path: str) -> Iterator[str]:
    """Give the folders that a file is in, from the top."""
    parts = path.split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts)))
