"""Read a group of files. All its threads come out as pages show them, with the bytes of each save to publish.

Every file is read once. The order of work is: read, clean bodies of HTML, join what belongs to one thread, match posts
across saves, redact, merge, find replies, apply sidecars. Scan calls this for each new file and each group of several
files. Render calls it again for a group with stale pages, since parsing is far cheaper than keeping bodies. Reads
files, writes none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import msgspec

from generator.errors import Problem, unreadable
from generator.files import read_file
from generator.markup import clean_html
from generator.model import TOP, Reply, SaveRef, Thread, Tree
from generator.readers import Reading, read_save
from generator.threads import sidecar
from generator.threads.content import Folder, Group, stem
from generator.threads.join import Key, Part, Parts, join_parts, without_footer
from generator.threads.match import match_posts
from generator.threads.merge import hang, merge
from generator.threads.numbers import by_number
from generator.threads.redact import Redacted, may_be_told, redact, without_runs_around
from generator.threads.redactions import Redactions
from generator.threads.removed import find_removed, may_remove
from generator.threads.replies import infer
from generator.threads.sidecar import Correction, Sidecar


class ThreadReading(msgspec.Struct, frozen=True):
    """A thread as pages show it, and what redaction did to it."""

    thread: Thread
    tree: Tree
    """Of its posts."""
    hits: tuple[str, ...] = ()
    """Which redactions applied."""
    touched: bool = False
    """Whether redaction changed anything of it or of its saves."""


class FileReading(msgspec.Struct, frozen=True):
    """A file of the group that could be opened."""

    path: str
    sha256: str
    ties: tuple[str, ...] = ()
    """See `content.Input`."""
    failed: bool = False
    """Whether it is a save that can't be used; the problems say why. Its ties are then those it was meant to have."""


class GroupReading(msgspec.Struct, frozen=True):
    """What a group of files holds."""

    threads: tuple[ThreadReading, ...]
    """From the oldest save on. If a save can't be read, its threads have only what the other saves hold."""
    files: tuple[FileReading, ...]
    """Sidecars, then saves; each from the oldest to the newest."""
    problems: tuple[Problem, ...]
    published: dict[str, bytes | None]
    """The bytes to publish of each save that could be read, by path: as saved, or after redaction. None if a redaction
    touches the save and no redacted copy of it can be made."""
    ids: tuple[str, ...]
    """The ids of the posts of each thread, with spaces between; empty if a thread is in several saves."""
    removed: tuple[str, ...] = ()
    """What the authors of removed texts wrote themselves, for `Runs`."""


class FirstReading(msgspec.Struct, frozen=True):
    """What the first reading of a group gave, for those who read it again."""

    replies: Callable[[Thread], tuple[Reply, ...]]
    """Gives the replies of a thread."""
    ids: tuple[str, ...] = ()
    """`GroupReading.ids`."""


def _no_replies(thread: Thread) -> tuple[Reply, ...]:
    return (TOP,) * len(thread.posts)


WITHOUT_REPLIES = FirstReading(_no_replies)
"""Every post is a top-level post. Who answers whom takes time to find out, and is not always needed."""
_NONE: Mapping[str, bytes] = MappingProxyType({})


def read_group(
    content: Folder,
    group: Group,
    redactions: Redactions,
    *,
    first: FirstReading | None = None,
    loose: Mapping[str, bytes] = _NONE,
) -> GroupReading:
    """Read all threads of a group, each file once.

    A new file may be read as a group of its own before it is known which files share its threads; `files` then gives
    its ties. After the `first` reading of the same files, ids are not made, replies not inferred and
    near misses not looked for again.
    `loose` has the bytes of saves that are not in the content folder (yet), by path.
    """
    raws, problems = _open(content.path, group, loose)
    readings = {path: read_save(raws[path], path) for path in group.saves if path in raws}
    usable = {path: clean(reading) for path, reading in readings.items() if not reading.failed}
    joined = join_parts(usable, content)
    problems += joined.problems
    corrections = _read_sidecars(group, raws, joined, problems)
    matched = _match(joined, corrections, first.ids if first else ())
    texts = {path: reading.text for path, reading in readings.items() if reading.text}
    redacted = redact(matched, redactions, texts)
    problems += redacted.problems
    hashes = {path: hashlib.sha256(raw).hexdigest() for path, raw in raws.items()}
    published: dict[str, bytes | None] = {}
    refs: dict[str, SaveRef] = {}
    for path, reading in readings.items():
        told = reading.problems if first else reading.all_problems()
        if path not in joined.ties:
            problems += told
            continue
        withheld = path in redacted.copies
        copy = redacted.copies.get(path)
        problems += (problem for problem in told if not withheld or may_be_told(problem, copy or ""))
        published[path] = copy.encode() if copy else None if withheld else raws[path]
        sha256 = hashlib.sha256(copy.encode()).hexdigest() if copy else hashes[path]
        refs[path] = SaveRef(path, sha256, reading.reader)
    files = []
    for path, sha256 in hashes.items():
        failed = path in readings and path not in joined.ties
        ties = tuple(map("/".join, readings[path].meant)) if failed else joined.ties.get(path, ())
        files.append(FileReading(path, sha256, ties, failed))
    threads = _merge(redacted, refs, corrections, first, problems)
    ids = _ids(matched)
    return GroupReading(tuple(threads), tuple(files), tuple(problems), published, ids, redacted.removed.texts)


def read_removed(
    content: Path, group: Group, redactions: Redactions
) -> tuple[tuple[str, ...], dict[str, tuple[str, ...]]]:
    """Read only what the authors of removed texts wrote in a group, with the ties of each file that can be used."""
    raws, problems = _open(content, group, _NONE)
    readings = {path: read_save(raws[path], path) for path in group.saves if path in raws}
    joined = join_parts({path: reading for path, reading in readings.items() if not reading.failed})
    if not may_remove(joined.parts, redactions):
        return (), joined.ties
    joined = join_parts({path: clean(reading) for path, reading in readings.items() if not reading.failed})
    corrections = _read_sidecars(group, raws, joined, problems)
    return find_removed(_match(joined, corrections, ()), redactions).texts, joined.ties


def _open(content: Path, group: Group, loose: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Problem]]:
    """Give the bytes of each file, and a problem for each that can't be opened."""
    raws: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in (*group.sidecars, *group.saves):
        try:
            raws[path] = loose[path] if path in loose else read_file(content / path)
        except OSError as error:
            problems.append(unreadable(path, error))
    return raws, problems


def clean(reading: Reading) -> Reading:
    """Bring HTML bodies into their canonical form, before anything compares, redacts or merges them."""
    cleaned = [_clean_thread(saved.thread) for saved in reading.threads]
    if all(thread is saved.thread for thread, saved in zip(cleaned, reading.threads, strict=True)):
        return reading
    saves = zip(reading.threads, cleaned, strict=True)
    return msgspec.structs.replace(
        reading, threads=tuple(msgspec.structs.replace(saved, thread=thread) for saved, thread in saves)
    )


def _clean_thread(thread: Thread) -> Thread:
    """Give a thread with clean bodies; the same value if there is no HTML in it."""
    if thread.markup != "html" and all(post.markup != "html" for post in thread.posts):
        return thread
    posts = tuple(
        msgspec.structs.replace(post, body=clean_html(post.body, thread.url, thread.id))
        if post.markup == "html"
        else post
        for post in thread.posts
    )
    body = clean_html(thread.body, thread.url, thread.id) if thread.markup == "html" else thread.body
    return msgspec.structs.replace(thread, body=body, posts=posts)


def _read_sidecars(
    group: Group, raws: Mapping[str, bytes], joined: Parts, problems: list[Problem]
) -> dict[Key, Correction]:
    """Read the sidecars, by the threads they correct. Of several for one thread the newest counts; all are checked.

    Of an older one that says something there is a warning.
    """
    if not group.sidecars:
        return {}
    beside: dict[str, dict[str, Key]] = {}
    """The threads, by id, of the saves that have each stem."""
    for part in joined.parts:
        beside.setdefault(stem(part.path), {})[part.thread.id] = part.thread.key
    corrections: dict[Key, Correction] = {}
    unused: dict[str, Key] = {}
    for path in group.sidecars:
        keys = beside.get(stem(path), {})
        if path not in raws:
            continue
        if len(keys) > 1:
            tables, more = sidecar.parse_tables(raws[path], path, keys)
            newer = {keys[name]: table for name, table in tables.items()}
        else:
            correction, more = sidecar.parse(raws[path], path)
            newer = dict.fromkeys(keys.values(), correction)
        unused.update((old.path, key) for key in newer if (old := corrections.get(key)) and old.sidecar != Sidecar())
        corrections |= newer
        problems += more
    problems += (sidecar.unused(path, corrections[key].path) for path, key in unused.items())
    return corrections


def _match(joined: Parts, corrections: Mapping[Key, Correction], ids: Sequence[str]) -> list[Part]:
    """Match the posts of each thread across saves. A footer that a sidecar denies becomes part of the last post.

    `ids` are those of the first reading, if that is known.
    """
    threads: dict[Key, list[Part]] = {}
    for part in joined.parts:
        correction = corrections.get(part.thread.key)
        denied = correction is not None and not correction.sidecar.footer
        threads.setdefault(part.thread.key, []).append(without_footer(part) if denied else part)
    made = ids if len(ids) == len(threads) else ("",) * len(threads)
    return [
        msgspec.structs.replace(part, thread=thread)
        for parts, names in zip(threads.values(), made, strict=True)
        for part, thread in zip(
            parts, by_number(match_posts([part.thread for part in parts], names.split())), strict=True
        )
    ]


def _ids(matched: Sequence[Part]) -> tuple[str, ...]:
    """Give `GroupReading.ids`; none if a thread is in several parts."""
    if len({part.thread.key for part in matched}) < len(matched):
        return ()
    return tuple([" ".join([post.id for post in part.thread.posts]) for part in matched])


def _merge(
    redacted: Redacted,
    refs: Mapping[str, SaveRef],
    corrections: Mapping[Key, Correction],
    first: FirstReading | None,
    problems: list[Problem],
) -> Iterator[ThreadReading]:
    """Merge the parts of each thread, find its replies, and apply its sidecar."""
    threads: dict[Key, list[Part]] = {}
    for part in redacted.parts:
        threads.setdefault(part.thread.key, []).append(part)
    for key, parts in threads.items():
        whole = {part.path for part in parts if not part.saved.partial}
        partial = {part.path for part in parts} - whole
        thread, walks = merge([(refs[part.path], part.thread) for part in parts], partial)
        if above := dict(pair for part in reversed(parts) for pair in part.saved.above):
            thread = hang(thread, above)
        replies = first.replies(thread) if first else _infer(thread, walks)
        former = {part.alone for part in parts} - {"", thread.id}
        thread = msgspec.structs.replace(thread, replies=replies, former=tuple(sorted(former)))
        touched = key in redacted.touched
        if key in corrections:
            corrected, more = sidecar.apply(thread, corrections[key])
            problems += more
            thread = without_runs_around(corrected, redacted.runs)  # a sidecar may repeat what was removed
            touched = touched or thread is not corrected
        yield ThreadReading(thread, thread.tree(), redacted.removed.hits.get(key, ()), touched)


def _infer(thread: Thread, walks: Sequence[tuple[int, ...]]) -> tuple[Reply, ...]:
    """Infer replies along each walk. If a post is in several, the newest walk decides.

    The order of a whole save is a walk of the tree; a merged order need not be one. If a newer save decides, the parent
    is in that save too, so no circle can close across saves. Only parents that a source states can be elsewhere.
    """
    if len(walks) == 1:
        return infer(thread)
    replies: list[Reply] = [TOP] * len(thread.posts)
    for walk in walks:  # oldest first, so newer walks overwrite older ones
        part = msgspec.structs.replace(thread, posts=tuple(thread.posts[index] for index in walk))
        for index, reply in zip(walk, infer(part), strict=True):
            replies[index] = reply
    # A newer save may lack a parent that its posts still name, while an older save has it.
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


def changed(path: str) -> Problem:
    """Report a save that differs when it is read again."""
    return Problem(path, 0, "it changed while the site was being built", "build again")
