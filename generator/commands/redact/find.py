"""Finds a person in the content folder: the name of somebody in, the authors that may be meant out.

Every save is read, with nothing removed, so that the answer depends neither on a build nor on what `redact` has. Each
save is read twice, so memory holds the names of all authors and no texts. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path

import msgspec

from generator.config import Config
from generator.engine import settled
from generator.errors import Problem
from generator.model import Author, Thread, nfc
from generator.site import folded
from generator.threads import (
    WITHOUT_REPLIES,
    Folder,
    Group,
    Redactions,
    ThreadReading,
    author_entry,
    group_files,
    hashed_author,
    list_content,
    read_group,
)

NEAR = 5
"""Most names that are suggested."""
LIKE = 0.75
"""How alike two names must be for that, from 0 to 1."""


class Person(msgspec.Struct, frozen=True):
    """An author, with what redaction needs to know."""

    author: Author
    names: tuple[str, ...]
    """All names that the author has used, sorted."""
    posts: int = 0
    stories: int = 0
    threads: int = 0
    first: str | None = None
    """Date of the first post or story that has one; a post without takes its thread's."""
    last: str | None = None
    removed: bool = False
    """Whether `redact` removes the author already."""

    @property
    def entry(self) -> str:
        """What to write into `redact`."""
        return author_entry(self.author)

    @property
    def hashed(self) -> str:
        """What to write there so that the list names nobody."""
        return hashed_author(self.author)


class Found(msgspec.Struct, frozen=True):
    """Who has a name."""

    people: tuple[Person, ...]
    """Those with most posts first."""
    near: tuple[Person, ...]
    """Others with similar names; nothing of theirs is counted."""
    problems: tuple[Problem, ...]
    """Saves that can't be read: somebody may be in them too."""


def find_person(config: Config, site: Path, name: str) -> Found:
    """Find the authors with a name or uid; case, accents, spaces and signs don't count, and a source may be named.

    An author with a uid is found by any of the names it has been used with.
    """
    content = Folder.of(config, site)
    names, groups, problems = _read_names(content)
    wanted = folded(name)
    keys = {key for key, authors in names.items() if any(wanted in _forms(author) for author in authors)}
    people: dict[str, Person] = {}
    if keys:
        for reading in _threads(content, groups):
            for person in _in_thread(reading.thread, keys):
                people[person.author.key] = _added(people.get(person.author.key), person)
    redactions = Redactions.of(config.redact)
    found = [_named(person, names[key], redactions) for key, person in people.items()]
    found.sort(key=lambda person: (-person.posts - person.stories, person.entry))
    similar = [key for key in _near(wanted, names) if key not in keys][:NEAR]
    near = [_named(Person(min(names[key], key=_spelling), ()), names[key], redactions) for key in similar]
    return Found(tuple(found), tuple(near), settled(problems, config.content))


Names = dict[str, set[Author]]
"""The spellings of each author, by key."""


def _read_names(content: Folder) -> tuple[Names, list[Group], list[Problem]]:
    """Read every save by itself: who wrote, which saves belong together, and what can't be read."""
    listing = list_content(content.path)
    names: Names = {}
    ties: dict[str, tuple[str, ...]] = {}
    problems = list(listing.problems)
    for path in listing.saves:
        reading = read_group(content, Group((path,)), Redactions(), first=WITHOUT_REPLIES)
        problems += (problem for problem in reading.problems if problem.severity == "error")
        ties.update((file.path, file.ties) for file in reading.files if not file.failed)
        for each in reading.threads:
            for author in {post.author for post in each.thread.posts} | {each.thread.author}:
                if author is not None and not author.nobody:
                    names.setdefault(author.key, set()).add(author)
    saves = {path: ties[path] for path in listing.saves if path in ties}
    return names, group_files(listing, saves), problems


def _threads(content: Folder, groups: Iterable[Group]) -> Iterator[ThreadReading]:
    for group in groups:
        yield from read_group(content, group, Redactions(), first=WITHOUT_REPLIES).threads


def _forms(author: Author) -> set[str]:
    """Give what somebody may call an author, folded."""
    uid = author.uid or ""
    called = {author.name, uid or author.name, f"{author.name}{uid}"}
    return set(map(folded, (*called, *(f"{author.source}/{each}" for each in called))))


def _in_thread(thread: Thread, keys: set[str]) -> Iterator[Person]:
    """Yield each of the authors with what they wrote in a thread."""
    written: dict[str, list[tuple[Author, str | None, int]]] = {}
    if thread.author and thread.author.key in keys:
        written.setdefault(thread.author.key, []).append((thread.author, thread.posted, 1))
    for post in thread.posts:
        if post.author.key in keys:
            written.setdefault(post.author.key, []).append((post.author, post.posted or thread.posted, 0))
    for pieces in written.values():
        days = [posted[:10] for _, posted, _ in pieces if posted]
        stories = sum(story for _, _, story in pieces)
        first, last = min(days, default=None), max(days, default=None)
        yield Person(pieces[0][0], (), len(pieces) - stories, stories, 1, first, last)


def _added(sum_: Person | None, more: Person) -> Person:
    """Add what an author wrote in a further thread."""
    if sum_ is None:
        return more
    days = [day for day in (sum_.first, sum_.last, more.first, more.last) if day]
    return Person(
        more.author,
        (),
        sum_.posts + more.posts,
        sum_.stories + more.stories,
        sum_.threads + more.threads,
        min(days, default=None),
        max(days, default=None),
    )


def _named(person: Person, spellings: set[Author], redactions: Redactions) -> Person:
    """Add all names of a person, and what `redact` says."""
    names = tuple(sorted({nfc(each.name) for each in spellings}))
    removed = any(redactions.hit_author(each) for each in spellings)
    return msgspec.structs.replace(person, author=min(spellings, key=_spelling), names=names, removed=removed)


def _spelling(author: Author) -> tuple[str, str]:
    return author.name, author.uid or ""


def _near(wanted: str, names: Names) -> list[str]:
    """Give the keys of the authors whose names are most like what is wanted, or contain it."""
    by_form: dict[str, list[str]] = {}
    for key in sorted(names):
        for form in sorted({folded(author.name) for author in names[key]}):
            by_form.setdefault(form, []).append(key)
    close = get_close_matches(wanted, by_form, n=NEAR, cutoff=LIKE)
    close += [form for form in by_form if len(wanted) > 2 and (wanted in form or (len(form) > 3 and form in wanted))]
    keys = dict.fromkeys(key for form in close for key in by_form[form])
    return list(keys)
