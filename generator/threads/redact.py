"""Redaction removes authors and posts from what saves hold, before anything else sees it (SPEC section 6).

The parts of all saves of a group come in. The same parts go out without the removed names and texts, with what to
replace in the published copy of each save. Redaction works on values, whatever they were read from. Reading the copy of
a plain save gives the redacted thread. Only the ids of posts may differ: they are made from what was removed, and the
thread keeps them.

A post that is removed from one save is removed from all of them. Quotes of it in other texts of the group are removed
too (`removed_quotes`). What the removed text quotes is not its author's, so it stays where others wrote it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from generator.errors import Problem
from generator.model import REMOVED, Author, Thread, nfc, nfd
from generator.readers import Piece, block_for
from generator.threads.join import Key, Part
from generator.threads.removed_quotes import LINE, fold_spaces, own_lines, quote_remover

STORY = -1
"""The index of the story, where posts are counted from 0."""


class Redactions(msgspec.Struct, frozen=True):
    """What `redact` in the configuration names."""

    names: frozenset[str] = frozenset()
    """`source/uid`, `source/name` and `source/thread#post`, as `entry_key` writes them."""
    hashes: frozenset[str] = frozenset()
    """SHA-256 of such a name, in hexadecimal."""

    @classmethod
    def of(cls, entries: Iterable[str]) -> Redactions:
        """Make the sets from the entries of the configuration."""
        keys = frozenset(map(entry_key, entries))
        hashed = frozenset(key for key in keys if key.startswith(HASHED))
        return cls(keys - hashed, frozenset(key.removeprefix(HASHED) for key in hashed))

    def __bool__(self) -> bool:
        return bool(self.names or self.hashes)

    def hit_author(self, author: Author | None) -> set[str]:
        """Give the redactions that remove an author, by uid, or by name if there is no uid."""
        if author is None or author.removed:
            return set()
        name = author.name if author.uid is None else author.uid
        spellings = _spellings(name) if author.uid is not None else _spellings(name) | _cases(name)
        return self._hit({f"{author.source}/{spelling}" for spelling in spellings})

    def hit_post(self, thread: Thread, post_id: str) -> set[str]:
        """Give the redactions that remove a post by its id."""
        return self._hit({f"{thread.source}/{thread.id}#{post_id}"})

    def near_post(self, thread: Thread, post_id: str) -> set[str]:
        """Give the hashes that would remove a post if they had been made without the `c` that its # link has."""
        return {f"{NEARLY}{hit}" for hit in self._hit({f"{thread.source}/{thread.id}#c{post_id}"}) - self.names}

    def _hit(self, names: set[str]) -> set[str]:
        """Give the redactions that have one of the names, as it is or hashed."""
        hits = names & self.names
        if self.hashes:
            hits |= {f"{HASHED}{sha256}" for sha256 in map(_sha256, names) if sha256 in self.hashes}
        return hits


HASHED = "sha256:"
"""What a hashed entry starts with."""
NEARLY = "nearly "
"""What stands before an entry among the hits if it does not apply, but names a post of the thread in a wrong way. Only
hashes need this: for others, what is near is found when it is needed."""


def entry_key(entry: str) -> str:
    """Give the form of an entry that hits have; two entries that mean the same have the same."""
    if entry.startswith(HASHED):
        return entry.lower()
    if "#" in entry:
        return nfc(entry)
    source, _, name = entry.partition("/")
    return f"{source}/{nfc(name).casefold()}"


def author_entry(author: Author) -> str:
    """Give the entry that removes an author: by uid, by name, or hashed if the name would be read as a post."""
    entry = f"{author.source}/{author.name if author.uid is None else author.uid}"
    return hashed_author(author) if "#" in entry else entry


def hashed_author(author: Author) -> str:
    """Give the entry that removes the same and names nobody; of a name, the form that all its spellings share."""
    return hashed_entry(f"{author.source}/{nfc(author.name).casefold() if author.uid is None else author.uid}")


def hashed_entry(entry: str) -> str:
    """Give the entry that removes the same and names nobody."""
    return f"{HASHED}{_sha256(nfc(entry))}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _spellings(name: str) -> set[str]:
    """Give the ways to write a name that a hash may have been made from: only a plain entry can be brought into form.

    Lists may have hashes of the name as it was typed, in either composition, and of the name in lower case.
    """
    forms = {name, nfc(name), nfd(name)}
    return forms | {form.casefold() for form in forms}


def _cases(name: str) -> set[str]:
    """Give a name in other letter cases that somebody may have hashed: letter case makes no other author of it."""
    return {case for form in {name, nfc(name), nfd(name)} for case in (form.lower(), form.upper(), form.title())}


class Redacted(msgspec.Struct, frozen=True):
    """What redaction leaves of a group."""

    parts: tuple[Part, ...]
    """In the order they came in."""
    copies: dict[str, tuple[Piece, ...] | None] = {}
    """What is replaced in the copy of each save that changed, by path; None if the save is not plain text."""
    hits: dict[Key, tuple[str, ...]] = {}
    """Which redactions applied, by thread; and which nearly did, with `NEARLY` before them."""
    traces: dict[Key, tuple[str, ...]] = {}
    """The longest line of each removed text, for `check` to search for. Lines shorter than `LINE` are left out: others
    may have written them too, so finding one would prove nothing."""
    problems: tuple[Problem, ...] = ()


def redact(parts: Sequence[Part], redactions: Redactions) -> Redacted:
    """Remove what `redactions` name from all saves of a group. Posts are already matched, and keep their ids."""
    if not redactions:
        return Redacted(tuple(parts))
    applied = _find_hits(parts, redactions)
    near = _find_near(parts, redactions, applied)
    hits = {key: tuple(sorted(near[key].union(*by_post.values()))) for key, by_post in applied.items()}
    gone = [_select(part.thread, applied[part.thread.key]) for part in parts]
    if not any(gone):
        return Redacted(tuple(parts), hits=hits)
    texts, traces = _removed_texts(parts, gone)
    # Who quotes may have accents apart where the removed text has them joined.
    change = quote_remover(dict.fromkeys(form(text) for text in texts for form in (str, nfc, nfd)))
    left: list[Part] = []
    pieces: dict[str, list[Piece] | None] = {}
    problems: list[Problem] = []
    for part, here in zip(parts, gone, strict=True):
        thread = _without(part, here, change)
        if thread is part.thread:
            left.append(part)
            continue
        left.append(msgspec.structs.replace(part, thread=thread))
        replaced = pieces.setdefault(part.path, [])
        if part.saved.spans is None:
            pieces[part.path] = None
        elif replaced is not None:
            replaced += _pieces(part, thread, here)
        if thread.footer and len(thread.posts) - 1 in here:
            problems.append(_footer_stays(part.path))
    copies = {path: None if listed is None else tuple(sorted(listed)) for path, listed in pieces.items()}
    return Redacted(tuple(left), copies, hits, traces, tuple(problems))


def _find_hits(parts: Sequence[Part], redactions: Redactions) -> dict[Key, dict[str | None, set[str]]]:
    """Find the redactions that apply to any version of each post (by id) and story (None) of each thread.

    A hash is that of one spelling of a name. It removes what the same author wrote under the others, too.
    """
    applied: dict[Key, dict[str | None, set[str]]] = {}
    by_author: dict[str, set[str]] = {}
    for thread in (part.thread for part in parts):
        for author in {thread.author, *(post.author for post in thread.posts)}:
            if author is not None and (hits := redactions.hit_author(author)):
                by_author.setdefault(author.key, set()).update(hits)
    for thread in (part.thread for part in parts):
        by_post = applied.setdefault(thread.key, {})
        if by_author and thread.author and (hits := by_author.get(thread.author.key, set())):
            by_post.setdefault(None, set()).update(hits)
        for post in thread.posts:
            hits = {hit for name in post.names for hit in redactions.hit_post(thread, name)}
            if by_author and (more := by_author.get(post.author.key)):
                hits |= more
            if hits:
                by_post.setdefault(post.id, set()).update(hits)
    return applied


def _find_near(
    parts: Sequence[Part], redactions: Redactions, applied: Mapping[Key, Mapping[str | None, set[str]]]
) -> dict[Key, set[str]]:
    """Find the redactions that name a post of each thread in a wrong way, unless it is removed by another."""
    near: dict[Key, set[str]] = {}
    for thread in (part.thread for part in parts):
        named = near.setdefault(thread.key, set())
        for post in thread.posts if redactions.hashes else ():
            if post.id not in applied[thread.key]:
                named |= redactions.near_post(thread, post.id)
    return near


def _select(thread: Thread, hits: dict[str | None, set[str]]) -> set[int]:
    """Give the indices of the posts and the story that must be removed here and are not removed yet."""
    nobody = thread.author is None or thread.author.removed
    gone = {STORY} if None in hits and not (nobody and thread.body in ("", REMOVED)) else set()
    for index, post in enumerate(thread.posts if hits else ()):
        if post.id in hits and not (post.author.removed and post.body == REMOVED):
            gone.add(index)
    return gone


def _removed_texts(parts: Sequence[Part], gone: Sequence[set[int]]) -> tuple[list[str], dict[Key, tuple[str, ...]]]:
    """Give what the authors of removed texts wrote themselves, and the longest line of each text, by thread."""
    texts: list[str] = []
    traces: dict[Key, set[str]] = {}
    for part, here in zip(parts, gone, strict=True):
        kept: set[str] = set()
        bodies = [part.thread.body, *(post.body for post in part.thread.posts)] if here else []
        for index, body in enumerate(bodies, STORY):
            if index in here:
                own = own_lines(body, kept)
                texts += own
                longest = max("\n".join(own).split("\n"), key=len).strip()
                if len(longest) >= LINE:
                    traces.setdefault(part.thread.key, set()).add(longest)
            else:
                kept.update(fold_spaces(line) for line in body.split("\n"))
    return texts, {key: tuple(sorted(lines)) for key, lines in traces.items()}


def _without(part: Part, gone: set[int], change: Callable[[str], str]) -> Thread:
    """Give a thread without what is gone and without quotes of it; the same value if nothing changes."""
    thread, fits, judge_cut = part.thread, part.saved.fits, part.saved.judge_cut

    def changed(text: str) -> str:
        new = change(text) if text else text
        return new if new == text or fits is None or fits(new, text) else REMOVED

    posts = list(thread.posts)
    for index, post in enumerate(posts):
        if index in gone:
            nobody = Author(post.author.source, REMOVED)
            posts[index] = msgspec.structs.replace(post, author=nobody, body=REMOVED, truncated="no")
        elif (body := changed(post.body)) != post.body:
            cut = judge_cut(body) if judge_cut else post.truncated
            posts[index] = msgspec.structs.replace(post, body=body, truncated=cut)
    story = STORY in gone
    left = msgspec.structs.replace(
        thread,
        author=Author(thread.author.source, REMOVED) if story and thread.author else thread.author,
        body=REMOVED if story else changed(thread.body),
        links=() if story else thread.links,
        posts=tuple(posts),
        footer=thread.footer and changed(thread.footer),
    )
    return thread if left == thread else left


def _pieces(part: Part, left: Thread, gone: set[int]) -> Iterable[Piece]:
    """Yield what a redaction replaces in the text of a save."""
    thread, saved = part.thread, part.saved
    assert saved.spans is not None
    spans = saved.spans()
    if STORY in gone:
        yield from spans.removed_story
    elif left.body != thread.body:
        yield (*spans.story, left.body)
    last = None if part.footer else spans.last_body
    for index, (old, new, (author, body)) in enumerate(zip(thread.posts, left.posts, spans.posts, strict=True)):
        if last and index == len(thread.posts) - 1:
            body = last
        if index in gone:
            yield author
            yield block_for(*body, REMOVED)
        elif new.body != old.body:
            yield (*body, new.body)
    if spans.footer and left.footer and left.footer != thread.footer:
        yield (*spans.footer, left.footer)


def _footer_stays(path: str) -> Problem:
    message = "the end of a removed post was taken for the save's closing quote, and stays"
    return Problem(path, 0, message, "if it belongs to the post, say footer = false in the sidecar", "warning")


def may_be_told(problem: Problem, copy: str) -> bool:
    """Say whether a warning about a redacted save may be shown: not if it quotes what the copy no longer holds."""
    _, mark, rest = problem.message.partition('"')
    quoted = rest.rpartition('"')[0]
    return not mark or all(piece in copy for piece in re.split("[\u2026\ufffd]", quoted))
