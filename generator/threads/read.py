"""Assemble: the saves of one thread in, the `Thread` that pages show out.

Reads, redacts, merges, infers replies, applies the sidecar. Scan calls it once a thread, and render again for
threads whose pages were not made early: parsing is far cheaper than keeping bodies. Reads files, writes none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from generator.errors import Problem
from generator.model import TOP, Reply, SaveRef, Thread, Tree
from generator.readers import decode, read_save, reader_of
from generator.threads import merge, sidecar
from generator.threads.redact import Redacted, Redactions, Source, redact
from generator.threads.replies import infer


class Group(msgspec.Struct, frozen=True):
    """The saves of one thread, as paths in the content folder, and the sidecars beside them, oldest first."""

    source: str
    id: str
    saves: tuple[str, ...]
    sidecars: tuple[str, ...] = ()


class Loaded(msgspec.Struct, frozen=True):
    """A thread as pages show it, with what was found on the way."""

    thread: Thread | None
    problems: tuple[Problem, ...]
    tree: Tree = Tree((), (), ())
    """Of its posts."""
    published: tuple[tuple[str, bytes], ...] = ()
    """Each save's path and the bytes to publish."""
    traces: tuple[str, ...] = ()
    """Lines of removed texts, for `check`."""
    hits: tuple[str, ...] = ()
    """Which redactions applied."""
    read: tuple[tuple[str, str], ...] = ()
    """Each save and sidecar, and the SHA-256 of its bytes."""


Known = Callable[[Thread], tuple[Reply, ...]]
_NONE: Mapping[str, bytes] = MappingProxyType({})


def assemble(
    content: Path,
    group: Group,
    redactions: Redactions,
    known: Known | None = None,
    loose: Mapping[str, bytes] = _NONE,
) -> Loaded:
    """Read one thread whole: saves, redaction, merging, replies, sidecar.

    `known` gives the replies that an earlier reading of the same saves found; without it they are inferred. `loose`
    holds the bytes of saves that do not lie in the content folder (yet), by path.
    """
    problems: list[Problem] = []
    read: list[tuple[str, str]] = []
    correction, raw_sidecar, sidecar_path = sidecar.Sidecar(), b"", ""
    for path in group.sidecars:  # the newest wins, but all are checked
        try:
            raw_sidecar, sidecar_path = (content / path).read_bytes(), path
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        read.append((path, hashlib.sha256(raw_sidecar).hexdigest()))
        correction, found = sidecar.parse(raw_sidecar, path)
        problems += found
    raws: list[bytes] = []
    sources: list[Source] = []
    for path in group.saves:
        try:
            raw = loose[path] if path in loose else (content / path).read_bytes()
        except OSError as error:
            problems.append(unreadable(path, error))
            continue
        read.append((path, hashlib.sha256(raw).hexdigest()))
        text, warnings = decode(raw, path)
        reader = reader_of(text)
        if reader is None:  # a NUL byte behind the head, or the file changed since it was grouped
            problems += read_save(raw, path).problems
            continue
        reading = reader.read(text, path, footer=correction.footer)
        problems += warnings
        if any(problem.severity == "error" for problem in reading.problems):
            problems += reading.problems
            continue  # where the build goes on all the same, the thread's other saves still stand
        raws.append(raw)
        sources.append(Source(text, reader, merge.settle(reading), path))
    if not sources:
        found = () if any(problem.severity == "error" for problem in problems) else (changed(group.saves[-1]),)
        return Loaded(None, (*problems, *found), read=tuple(read))
    redacted = redact(sources, redactions, footer=correction.footer) if redactions else Redacted(tuple(sources))
    problems += redacted.problems
    problems += (problem for source in redacted.saves for problem in source.reading.problems)
    hashes = dict(read)
    saves, published = [], []
    for source, raw in zip(redacted.saves, raws, strict=True):
        data = source.text.encode() if source.changed else raw
        published.append((source.path, data))
        sha256 = hashlib.sha256(data).hexdigest() if source.changed else hashes[source.path]
        ref = SaveRef(source.path, sha256, source.reader.NAME)
        saves += [(ref, thread) for thread in source.reading.threads if thread.key == (group.source, group.id)]
    if not saves:
        return Loaded(None, (*problems, changed(group.saves[-1])), read=tuple(read))
    thread, walks = merge.merge(saves)
    thread = msgspec.structs.replace(thread, replies=known(thread) if known else _replies(thread, walks))
    if sidecar_path:
        thread, found = sidecar.apply(thread, correction, raw_sidecar, sidecar_path)
        problems += found
    return Loaded(thread, tuple(problems), thread.tree(), tuple(published), redacted.traces, redacted.hits, tuple(read))


def _replies(thread: Thread, walks: Sequence[tuple[int, ...]]) -> tuple[Reply, ...]:
    """Infer replies along each save's own walk; of several, a post's newest save decides.

    A merged order need not be a walk of the tree, each save's order is. Parents of posts that a newer save decides
    lie in that save, so no circle can close across saves; only parents that a source states can lie elsewhere.
    """
    if len(walks) == 1:
        return infer(thread)
    replies: list[Reply] = [TOP] * len(thread.posts)
    for walk in walks:  # oldest first: newer ones write over
        part = msgspec.structs.replace(thread, posts=tuple(thread.posts[index] for index in walk))
        for index, reply in zip(walk, infer(part), strict=True):
            replies[index] = reply
    # A newer save may lack a parent that its posts still name, and an older save has it.
    at = {post.id: index for index, post in enumerate(thread.posts)}
    stated: dict[int, int | None] = {
        index: at[post.stated]
        for index, (post, reply) in enumerate(zip(thread.posts, replies, strict=True))
        if post.stated in at and reply.parent is None
    }
    sidecar.drop_circles([None if reply.parent is None else at[reply.parent] for reply in replies], stated)
    for index in stated:
        replies[index] = Reply(thread.posts[index].stated, "stated")
    return tuple(replies)


def unreadable(path: str, error: OSError) -> Problem:
    """Tell of a file that the system does not let us read."""
    return Problem(path, 0, f"it can't be read ({error.strerror})", "check its permissions")


def changed(path: str) -> Problem:
    """Tell of a save that is another when it is read again."""
    return Problem(path, 0, "it changed while the site was being built", "build again")
