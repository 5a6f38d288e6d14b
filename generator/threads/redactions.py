"""What `redact` in the configuration names: entries in, and for an author or post which of them remove it out.

An entry is the name of an author or post, or its hash, so that the list names nobody (SPEC section 6).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from generator.model import Author, Post, Thread, nfc, nfd
from generator.threads.runs import Runs


class Redactions(msgspec.Struct, frozen=True):
    """What `redact` in the configuration names."""

    names: frozenset[str] = frozenset()
    """`source/uid`, `source/name` and `source/thread#post`, as `entry_key` writes them."""
    hashes: frozenset[str] = frozenset()
    """SHA-256 of such a name, in hexadecimal."""
    runs: Runs | None = None
    """The runs of all texts that are removed from the archive; None if only those of the same group are asked for."""

    @classmethod
    def of(cls, entries: Iterable[str]) -> Redactions:
        """Make the sets from the entries of the configuration."""
        keys = frozenset(map(entry_key, entries))
        hashed = frozenset(key for key in keys if key.startswith(HASHED))
        return cls(keys - hashed, frozenset(key.removeprefix(HASHED) for key in hashed))

    def __bool__(self) -> bool:
        return bool(self.names or self.hashes or self.runs)

    def hit_author(self, author: Author | None) -> set[str]:
        """Give the redactions that remove an author, by uid, or by name if there is no uid."""
        if author is None or author.removed:
            return set()
        name = author.name if author.uid is None else author.uid
        spellings = _spellings(name) if author.uid is not None else _spellings(name) | _cases(name)
        return self._hit({f"{author.source}/{spelling}" for spelling in spellings})

    def hit_post(self, thread: Thread, post: Post) -> set[str]:
        """Give the redactions that remove a post by its id, or by an alias."""
        return self._hit({f"{thread.source}/{thread.id}#{name}" for name in post.names})

    def near_post(self, thread: Thread, post: Post) -> set[str]:
        """Give the hashes that would remove a post if they had been made without the `c` that its # link has."""
        names = {f"{thread.source}/{thread.id}#c{name}" for name in post.names}
        return {f"{NEARLY}{hit}" for hit in self._hit(names) - self.names}

    @property
    def name_posts(self) -> bool:
        """Whether an entry may be about a post."""
        return bool(self.hashes) or any("#" in name for name in self.names)

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
