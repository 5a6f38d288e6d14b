"""Archive: which thread lies in which saves of the content folder, and who wrote in them.

For commands that need to know what there is without building. What the last build read is taken from its store as
far as that can vouch for it; everything else is read here. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

import msgspec

from generator.config import Config
from generator.engine.lock import FOLDER
from generator.engine.store import Store, decode
from generator.engine.version import reading_digest
from generator.errors import ContentError, Problem
from generator.readers import read_save
from generator.site.authors import AuthorSum
from generator.stamps import FileStamp
from generator.threads.content import InputFile, Listing, Look, groups, list_content, look_into, unknown
from generator.threads.read import Group

NEAR = 5_000
"""Threads among which the nearest name is sought: more would take seconds."""


class Archive(msgspec.Struct, frozen=True):
    """The content folder by threads."""

    content: Path
    listing: Listing
    inputs: dict[str, InputFile]
    """What is known of each save and sidecar, by path."""
    groups: dict[tuple[str, str], Group]
    """Threads by source and id."""
    unread: frozenset[str]
    """Saves that the last build has not read, or not as they are now."""
    built: frozenset[str]
    """Keys of the authors of all others."""


def survey(config: Config, site: Path) -> Archive:
    """Find out which threads there are; a missing content folder is an empty one.

    Files that are no saves are passed over: `build` tells of them.
    """
    content = site / config.content
    listed = list_content(content)
    state = Store(site / FOLDER).load()
    same = state.scan == reading_digest(config)
    known = decode(state.inputs, dict[str, InputFile]) if same else {}
    unsure = tuple(unknown(listed, known, state.built))
    seen = dict(look_into(Look(str(content), unsure)).files)
    paths = (listed.saves.keys() | listed.sidecars.keys()) - {path for path, _, _ in unsure}
    inputs = {path: known[path] for path in paths} | seen
    authors = decode(state.authors, list[AuthorSum]) if same else []
    return Archive(
        content,
        listed,
        inputs,
        by_thread(listed, inputs),
        # What was hashed and found the same keeps its hash; all else that was looked into is new.
        frozenset(path for path, file in seen.items() if not file.sha256),
        frozenset(author.key for author in authors),
    )


def by_thread(listing: Listing, inputs: dict[str, InputFile]) -> dict[tuple[str, str], Group]:
    """Put saves and sidecars together as a build would."""
    return {(group.source, group.id): group for group in groups(listing, inputs)[0]}


def with_saves(archive: Archive, saves: Mapping[str, tuple[tuple[str, str], ...]]) -> Archive:
    """Give the archive as it will be with more saves: their paths, and the threads they hold."""
    stamp = FileStamp(0, 0, 0)
    listing = msgspec.structs.replace(archive.listing, saves=archive.listing.saves | dict.fromkeys(saves, stamp))
    inputs = archive.inputs | {path: InputFile(stamp, "", keys) for path, keys in saves.items()}
    return msgspec.structs.replace(archive, listing=listing, inputs=inputs, groups=by_thread(listing, inputs))


def authors(archive: Archive) -> frozenset[str]:
    """Collect the keys of all authors: those the last build knew, and those of the saves it has not read."""
    keys = set(archive.built)
    for path in archive.unread:
        try:
            raw = (archive.content / path).read_bytes()
        except OSError:
            continue
        for thread in read_save(raw, path).threads:
            keys.update(post.author.key for post in thread.posts)
            if thread.author:
                keys.add(thread.author.key)
    return frozenset(keys)


def find(archive: Archive, name: str) -> Group:
    """Find a thread by `SOURCE/ID`, or by its id alone; raises `ContentError` where there is none or more than one."""
    source, slash, number = name.rpartition("/")
    found = [group for (of, own), group in archive.groups.items() if own == number and (not slash or of == source)]
    if len(found) == 1:
        return found[0]
    if found:
        names = " or ".join(f"{group.source}/{group.id}" for group in found)
        raise ContentError(Problem(name, 0, "threads of several sources have this id", f"write {names}"))
    hint = "name a file, or a thread by SOURCE/ID"
    if len(archive.groups) <= NEAR:
        near = get_close_matches(name, [f"{of}/{own}" if slash else own for of, own in archive.groups], n=1)
        hint = f"did you mean {near[0]}?" if near else hint
    raise ContentError(Problem(name, 0, "there is no such file, and no such thread in the archive", hint))
