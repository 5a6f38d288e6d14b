"""Redaction: removes authors and posts from the texts of saves before anything else reads them (SPEC section 6).

Saves go in, the same saves without the removed names and texts come out; all later stages, and the published copies
of the saves, see only these. So a redacted build is a build of saves with those texts replaced, by construction. Only
the ids of posts are carried over, since they are made from what is removed.

A quote of a removed text goes where another post of the thread repeats it exactly: a `>` line, a whole line of twenty
characters or more, such a line of the removed text inside another, or a passage in double quotes of twelve or more.
What the removed text itself quotes is not its author's, and stays where others wrote it. Other threads are not
searched.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from generator.errors import Problem
from generator.model import REMOVED, Author, Thread
from generator.readers import STORY, Reader, Reading

LINE = 20
"""Characters from which a whole line counts as a quote without a mark."""

_QUOTED = re.compile(r"""(["\u201c])([^"\u201c\u201d\n]{12,})(["\u201d])""")
_MARKS = re.compile(r"[ \t]*(?:>[ \t]*)+")
_START = re.compile(r"(?<![A-Za-z0-9])\w")
"""Where a word starts; in scripts that do not part words by spaces, any letter."""
_KEY = 12
"""Characters from a word's start by which places in removed texts are looked up."""
_EDGES = "\"'\u2018\u2019\u201c\u201d\u2026. \t"


class Redactions(msgspec.Struct, frozen=True):
    """What `redact` in the configuration names."""

    names: frozenset[str] = frozenset()
    """`source/uid`, `source/name` (casefolded) and `source/thread#post`."""
    hashes: frozenset[str] = frozenset()
    """SHA-256 of such a name, in hexadecimal."""

    @classmethod
    def of(cls, entries: Iterable[str]) -> Redactions:
        """Make the sets from the entries of the configuration."""
        names, hashes = set(), set()
        for entry in entries:
            if entry.startswith("sha256:"):
                hashes.add(entry[7:].lower())
            elif "#" in entry:
                names.add(entry)
            else:
                source, _, name = entry.partition("/")
                names.add(f"{source}/{name.casefold()}")
        return cls(frozenset(names), frozenset(hashes))

    def __bool__(self) -> bool:
        return bool(self.names or self.hashes)

    def hit(self, name: str) -> str | None:
        """Give the redaction that removes a name, by itself or by its hash."""
        if name in self.names:
            return name
        if self.hashes:
            sha256 = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
            return f"sha256:{sha256}" if sha256 in self.hashes else None
        return None

    def hit_author(self, author: Author | None) -> str | None:
        """Give the redaction that removes an author: by uid, or by name where there is none."""
        if author is None or author.removed:
            return None
        if author.uid is not None:
            return self.hit(f"{author.source}/{author.uid}") or self.hit(f"{author.source}/{author.uid.casefold()}")
        return self.hit(f"{author.source}/{author.name.casefold()}") or self.hit(f"{author.source}/{author.name}")

    def hit_post(self, thread: Thread, post_id: str) -> str | None:
        """Give the redaction that removes a post by its id."""
        return self.hit(f"{thread.source}/{thread.id}#{post_id}")

    def idle(self, hits: Iterable[str]) -> list[str]:
        """List the redactions that are not among those that applied, sorted."""
        return sorted({*self.names, *(f"sha256:{sha256}" for sha256 in self.hashes)} - set(hits))


class Source(msgspec.Struct, frozen=True):
    """A save on its way through redaction."""

    text: str
    reader: Reader
    reading: Reading
    path: str
    changed: bool = False


class Redacted(msgspec.Struct, frozen=True):
    """What redaction leaves of a thread's saves."""

    saves: tuple[Source, ...]
    traces: tuple[str, ...] = ()
    """The longest line of each removed text, for `check` to search for. One shorter than `LINE` stays where others
    wrote it too, so finding it would say nothing."""
    hits: tuple[str, ...] = ()
    """Which redactions applied."""
    problems: tuple[Problem, ...] = ()


def redact(saves: Sequence[Source], redactions: Redactions, *, footer: bool) -> Redacted:
    """Remove what is to go from all saves of one thread. Posts come in with unique ids and keep them."""
    gone: list[set[tuple[int, int]]] = []
    texts: list[str] = []
    traces: set[str] = set()
    hits: set[str] = set()
    for save in saves:
        here = set()
        for number, thread in enumerate(save.reading.threads):
            kept: set[str] = set()
            found = {redactions.hit_author(thread.author)}
            bodies = [(STORY, thread.body, found != {None})]
            for index, post in enumerate(thread.posts):
                by = {redactions.hit_author(post.author), redactions.hit_post(thread, post.id)} - {None}
                found |= by
                bodies.append((index, post.body, bool(by) and not (post.author.removed and post.body == REMOVED)))
            hits.update(name for name in found if name)
            for index, body, hit in bodies:
                if hit:
                    here.add((number, index))
                    own = _own(body, kept)
                    texts += own
                    traces.add(max("\n".join(own).split("\n"), key=len).strip())
                else:
                    kept.update(_fold(line) for line in body.split("\n"))
        gone.append(here)
    if not any(gone):
        return Redacted(tuple(saves), hits=tuple(sorted(hits)))
    change = quote_remover(texts)
    result = []
    problems: list[Problem] = []
    for save, here in zip(saves, gone, strict=True):
        text = save.reader.rewrite(save.text, here, change, footer=footer)
        if text == save.text:
            result.append(save)
            continue
        reading = save.reader.read(text, save.path, footer=footer)
        threads = tuple(
            _with_ids(after, before) for after, before in zip(reading.threads, save.reading.threads, strict=True)
        )
        # A warning quotes its save: what quotes a removed text is no longer found in what is left.
        left = {problem.message for problem in reading.problems}
        told = tuple(problem for problem in save.reading.problems if problem.message in left)
        result.append(Source(text, save.reader, Reading(threads, told), save.path, changed=True))
        problems += (
            Problem(
                save.path,
                0,
                "the end of a removed post was taken for the save's closing quote, and stays",
                "if it belongs to the post, say footer = false in the sidecar",
                "warning",
            )
            for number, thread in enumerate(threads)
            if thread.footer and (number, len(thread.posts) - 1) in here
        )
    lines = tuple(sorted(trace for trace in traces if len(trace) >= LINE))
    return Redacted(tuple(result), lines, tuple(sorted(hits)), tuple(problems))


def _with_ids(after: Thread, before: Thread) -> Thread:
    """The redacted thread with the ids its posts had."""
    posts = tuple(msgspec.structs.replace(new, id=old.id) for new, old in zip(after.posts, before.posts, strict=True))
    return msgspec.structs.replace(after, posts=posts)


def _fold(text: str) -> str:
    return " ".join(text.split())


def _own(text: str, kept: set[str]) -> list[str]:
    """The runs of lines of a removed text that its author wrote: not marked as quotes, in no kept text before it."""
    runs: list[list[str]] = [[]]
    for line in text.split("\n"):
        if _MARKS.match(line) or (line.strip() and _fold(line) in kept):
            runs.append([])
        else:
            runs[-1].append(line)
    return ["\n".join(run) for run in runs]


def quote_remover(texts: Iterable[str]) -> Callable[[str], str]:
    """Make the function that takes exact quotes of the given texts out of another text.

    Places are looked up by the first `_KEY` characters of a passage, so that the time does not grow with the number of
    removed texts; only shorter passages are sought in all of them, each once.
    """
    passages = _Passages(texts)

    def blank(quote: re.Match[str]) -> str:
        return f"{quote[1]}{REMOVED}{quote[3]}" if passages.hold(quote[2]) else quote[0]

    def change(text: str) -> str:
        lines = text.split("\n")
        for number, line in enumerate(lines):
            marks = _MARKS.match(line)
            start = marks.end() if marks else 0
            rest = line[start:]
            if (marks or len(rest) >= LINE) and passages.hold(rest):
                lines[number] = line[:start] + REMOVED
                continue
            rest = passages.without_lines(rest)
            if '"' in rest or "\u201c" in rest:
                rest = _QUOTED.sub(blank, rest)
            lines[number] = line[:start] + rest
        return "\n".join(lines)

    return change


class _Passages:
    """What removed texts hold, white space folded, by the starts of words."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts: list[str] = []
        self.places: dict[str, list[int]] = {}
        """Numbers of the texts that hold the key."""
        self.lines: dict[str, set[tuple[int, str]]] = {}
        """Lines of removed texts, each with the place of its first word, by the key there."""
        self.short: dict[str, bool] = {}
        for text in texts:
            folded = _fold(text)
            if not folded:
                continue
            number = len(self.texts)
            self.texts.append(folded)
            for start in _START.finditer(folded):
                found = self.places.setdefault(folded[start.start() : start.start() + _KEY], [])
                if not found or found[-1] != number:
                    found.append(number)
            for line in map(str.strip, text.split("\n")):
                if len(line) >= LINE and (first := _START.search(line)):
                    at = first.start()
                    self.lines.setdefault(line[at : at + _KEY], set()).add((at, line))
        self.all = "\n".join(self.texts)

    def hold(self, passage: str) -> bool:
        """Say whether a removed text holds a passage of three characters or more."""
        folded = _fold(passage).strip(_EDGES)
        first = _START.search(folded)
        if first is None or len(folded) - first.start() < _KEY:
            if len(folded) > 2 and folded not in self.short:
                words = rf"(?<![A-Za-z0-9]){re.escape(folded)}(?![A-Za-z0-9])"
                self.short[folded] = folded in self.all and re.search(words, self.all) is not None
            return len(folded) > 2 and self.short[folded]
        key = folded[first.start() : first.start() + _KEY]
        return any(folded in self.texts[number] for number in self.places.get(key, ()))

    def without_lines(self, text: str) -> str:
        """Take whole lines of removed texts out of a line, the longest first where several start."""
        if not self.lines or len(text) < LINE:
            return text
        parts: list[str] = []
        done = 0
        for start in _START.finditer(text):
            at = start.start()
            for before, line in sorted(self.lines.get(text[at : at + _KEY], ()), key=lambda found: -len(found[1])):
                if at - before >= done and text.startswith(line, at - before):
                    parts += text[done : at - before], REMOVED
                    done = at - before + len(line)
                    break
        return "".join(parts) + text[done:]
