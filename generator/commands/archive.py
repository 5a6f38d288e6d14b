"""Which threads are in which files of the content folder, and who wrote in them?

For commands that need to know this without a build. What the last build read is taken from its store, as long as the
files have not changed since; everything else is read here. Nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

import msgspec

from generator.config import Config
from generator.engine import Damaged, LastBuild, Store, look, own_folder, reading_digest
from generator.errors import InputError, Problem
from generator.files import read_file
from generator.model import Thread
from generator.site import AUTHORS
from generator.stamps import FileStamp
from generator.threads import WITHOUT_REPLIES, Folder, Group, Input, Listing, Redactions, group_files, read_group

NEAR = 5_000
"""With more threads than this, no similar name is suggested: it would take seconds."""


class Archive(msgspec.Struct, frozen=True):
    """The files of the content folder, in groups that share threads."""

    folder: Folder
    listing: Listing
    inputs: dict[str, Input]
    """Every save and sidecar that could be read, by path."""
    groups: dict[str, Group]
    """Groups of files by their ties: the names of their threads, or of posts that identify a thread."""
    unread: frozenset[str]
    """Saves that the last build has not read, or that have changed since."""
    authors: frozenset[str]
    """Keys of all authors: those of the last build, and those of the saves it has not read."""

    @property
    def content(self) -> Path:
        """The content folder."""
        return self.folder.path


def read_archive(config: Config, site: Path) -> Archive:
    """Find out which threads there are; a missing content folder counts as empty.

    Problems of files are ignored: `build` reports them.
    """
    folder = Folder.of(config, site)
    content = folder.path
    last = Store(own_folder(site)).load()
    same = last.state.reading == reading_digest(config)
    looked = look(content, last, same=same)
    listing = looked.listing
    inputs = {path: looked.last[path] for path in looked.files.keys() - looked.doubtful}
    unread: set[str] = set()
    writers = set(_last_authors(last)) if same else set()
    for path in looked.doubtful:
        stamp, earlier = looked.files[path], looked.last.get(path)
        try:
            raw = read_file(content / path)
        except OSError:
            continue
        if earlier and earlier.sha256 == hashlib.sha256(raw).hexdigest():
            inputs[path] = Input(stamp, earlier.sha256, earlier.ties)
        elif path in listing.saves:
            reading = read_group(folder, Group((path,)), Redactions(), first=WITHOUT_REPLIES, loose={path: raw})
            inputs[path] = Input(stamp, reading.files[0].sha256, reading.files[0].ties)
            unread.add(path)
            writers.update(key for each in reading.threads for key in _writers(each.thread))
        else:
            inputs[path] = Input(stamp, "")
    return Archive(folder, listing, inputs, _by_tie(listing, inputs), frozenset(unread), frozenset(writers))


def _last_authors(last: LastBuild) -> Iterator[str]:
    """Give the keys of all authors of the last build."""
    try:
        yield from (author.key for author in last.sums.value.get(AUTHORS, ()))
    except Damaged:  # the next build repairs the store
        return


def _writers(thread: Thread) -> Iterator[str]:
    """Give the keys of all who wrote in a thread."""
    yield from (post.author.key for post in thread.posts)
    if thread.author:
        yield thread.author.key


def _by_tie(listing: Listing, inputs: Mapping[str, Input]) -> dict[str, Group]:
    """Group saves and sidecars as a build would."""
    groups = group_files(listing, {path: inputs[path].ties for path in listing.saves if path in inputs})
    return {tie: group for group in groups for path in group.saves for tie in inputs[path].ties}


def with_saves(archive: Archive, saves: Mapping[str, tuple[str, ...]]) -> Archive:
    """Give the archive as it will be with more saves; `saves` has the ties of each by its path."""
    stamp = FileStamp(0, 0, 0)
    listing = msgspec.structs.replace(archive.listing, saves=archive.listing.saves | dict.fromkeys(saves, stamp))
    inputs = archive.inputs | {path: Input(stamp, "", ties) for path, ties in saves.items()}
    return msgspec.structs.replace(archive, listing=listing, inputs=inputs, groups=_by_tie(listing, inputs))


def find_group(archive: Archive, name: str) -> tuple[Group, str]:
    """Find a thread by `SOURCE/ID`, or by its id alone; give its group of files and `SOURCE/ID`.

    If its posts identify a thread, a post's id will do. Raises `InputError` unless exactly one thread has the name.
    """
    _, slash, number = name.rpartition("/")
    names = [tie for tie in archive.groups if tie == name or (not slash and tie.partition("/")[2] == number)]
    if len(names) == 1:
        return archive.groups[names[0]], names[0]
    if names:
        hint = f"write {' or '.join(sorted(names))}"
        raise InputError(Problem(name, 0, "threads of several sources have this id", hint))
    hint = "name a file, or a thread by SOURCE/ID"
    if len(archive.groups) <= NEAR:
        near = get_close_matches(name, [tie if slash else tie.partition("/")[2] for tie in archive.groups], n=1)
        hint = f"did you mean {near[0]}?" if near else hint
    raise InputError(Problem(name, 0, "there is no such file, and no such thread in the archive", hint))
