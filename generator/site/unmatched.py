"""Which entries of `redact` match nothing, and is what they mean published (SPEC section 6)?

The entries, the redactions that applied, and what is published after these come in. What to tell of each entry that
matches nothing goes out. Where something near is published, somebody believes that it is removed, so that is an error.
Of hashes, those of a name with a uid and of an id with its `c` are known to be near. No files: whoever asks brings the
names and ids.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from generator.config import FILE_NAME
from generator.errors import Problem
from generator.mending import in_shell, nearest
from generator.model import REMOVED, Author, Thread, nfc, source_and_uid
from generator.site import contributions
from generator.site.facts import Facts, row_keys
from generator.threads import HASHED, NEARLY, Group, author_entry, entry_key, hashed_entry
from generator.toml import toml_text

ThreadKey = tuple[str, str]

SHOWN = 3
"""How many near entries a hint names."""
OF_A_LINK = "make the hash again, of the post's id without the c of its # link"
LIKE = 0.75
"""How alike two names must be if one may be meant by the other, from 0 to 1."""
PATIENCE = 20_000
"""How many names, at most, are compared with names in entries."""
BY_UID = "an author with a uid is named by it"


class Unmatched(msgspec.Struct, frozen=True):
    """An entry that matches nothing."""

    entry: str
    near: bool
    """Whether something near it is published."""
    hint: str

    def problem(self, line: int) -> Problem:
        """Tell of it; `line` is where the settings have the entry."""
        what = f"redact: {toml_text(self.entry)} matches nothing"
        if self.near:
            return Problem(FILE_NAME, line, f"{what}, so what it means would be published", self.hint)
        return Problem(FILE_NAME, line, what, self.hint, "warning")


class Published(NamedTuple):
    """What is published after redaction, asked for only if an entry matches nothing."""

    authors: Callable[[], Iterable[Author]]
    threads: Callable[[], Iterable[ThreadKey]]
    posts: Callable[[ThreadKey], Iterable[str]]
    """Ids of the posts of a thread that are not removed."""


def in_threads(threads: Sequence[Thread]) -> Published:
    """Take what is published from the threads themselves."""
    by_key = {thread.key: thread for thread in threads}
    return Published(
        lambda: (author for thread in threads for author in _writers(thread)),
        lambda: by_key,
        lambda key: _standing(by_key[key]),
    )


def in_facts(facts: Sequence[Facts], read: Callable[[Group], Iterable[Thread]]) -> Published:
    """Take what is published from facts; the few groups of which these say too little are read again by `read`."""
    groups = {each.key: each.group for each in facts}
    return Published(
        lambda: _authors(facts, read),
        lambda: groups,
        lambda key: [post for thread in read(groups[key]) if thread.key == key for post in _standing(thread)],
    )


def _authors(facts: Sequence[Facts], read: Callable[[Group], Iterable[Thread]]) -> Iterator[Author]:
    pairs: set[tuple[str, str]] = set()
    several: set[Group] = set()
    """Groups with an author of several names: facts have none of these."""
    for each in facts:
        keys, names = row_keys(each, contributions.NAME), each.names.split("\n")
        pairs.update(zip(keys, names, strict=False))
        if keys and not all(names):
            several.add(each.group)
    for key, name in pairs:
        source, uid = source_and_uid(key)
        if name:
            yield Author(source, name, uid)
    for group in several:
        for thread in read(group):
            yield from _writers(thread)


def _writers(thread: Thread) -> Iterator[Author]:
    yield from (post.author for post in thread.posts if not post.author.nobody)
    if thread.author and not thread.author.nobody:
        yield thread.author


def _standing(thread: Thread) -> Iterator[str]:
    there = (post for post in thread.posts if not (post.author.removed and post.body == REMOVED))
    return (name for post in there for name in post.names)


def unmatched(entries: Iterable[str], hits: Iterable[str], published: Published) -> tuple[Unmatched, ...]:
    """Give the entries that are not among the redactions that applied, in their order, each with what is near it.

    `hits` has these, and which hashes nearly applied (`NEARLY`).
    """
    applied = frozenset(hits)
    idle = [entry for entry in dict.fromkeys(entries) if entry_key(entry) not in applied]
    plain = [entry for entry in idle if not entry.startswith(HASHED)]
    of_posts = {entry for entry in idle if f"{NEARLY}{entry_key(entry)}" in applied}
    hashed = _near_hashes([entry for entry in idle if entry.startswith(HASHED) and entry not in of_posts], published)
    hashed |= {entry: Unmatched(entry, near=True, hint=OF_A_LINK) for entry in of_posts}
    if not plain:
        return tuple(hashed.get(entry) or _no_such_hash(entry) for entry in idle)
    threads = _Threads(published)
    names = [entry for entry in plain if "#" not in entry]
    everybody = set(published.authors()) if names else set()
    authors = _near_authors(names, everybody)
    alike = _Alike(everybody)
    told: list[Unmatched] = []
    for entry in idle:
        if entry in hashed:
            told.append(hashed[entry])
        elif entry in authors:
            told.append(_near_author(entry, authors[entry]))
        elif posts := _near_posts(entry, threads):
            told.append(Unmatched(entry, near=True, hint=f"write {_options(posts)}"))
        else:
            told.append(_nothing_near(entry, threads, alike))
    return tuple(told)


def _near_hashes(entries: Sequence[str], published: Published) -> dict[str, Unmatched]:
    """Tell of hashes that were made of the name of an author with a uid. The right entry is a hash too: no names."""
    wanted = {entry_key(entry): entry for entry in entries}
    near: dict[str, Unmatched] = {}
    for author in set(published.authors()) if wanted else ():
        for name in {author.name, author.name.casefold()} if author.uid is not None else ():
            if entry := wanted.get(hashed_entry(f"{author.source}/{name}")):
                right = hashed_entry(f"{author.source}/{author.uid}")
                near[entry] = Unmatched(entry, near=True, hint=f"write {toml_text(right)}: {BY_UID}")
    return near


def _near_authors(entries: Sequence[str], everybody: Iterable[Author]) -> dict[str, set[Author]]:
    """Find the authors that are near each of the entries."""
    near: dict[str, set[Author]] = {}
    wanted: dict[str, list[str]] = {}
    for entry in entries:
        wanted.setdefault(folded(_place(entry)[1]), []).append(entry)
    for author in everybody if wanted else ():
        forms = {author.name} if author.uid is None else {author.name, author.uid, f"{author.name}{author.uid}"}
        for form in set(map(folded, forms)):
            for entry in wanted.get(form, ()):
                near.setdefault(entry, set()).add(author)
    return near


def _near_author(entry: str, authors: Iterable[Author]) -> Unmatched:
    """Tell which entry the user should have written for an author."""
    source, name = _place(entry)
    by_key = {each.key: each for each in sorted(authors, key=author_entry, reverse=True)}  # one spelling of each
    here = sorted(author_entry(each) for each in by_key.values() if each.source == source)
    options = here or sorted(map(author_entry, by_key.values()))
    by_name = any(
        each.uid is not None and each.source == source and nfc(each.name).casefold() == nfc(name).casefold()
        for each in authors
    )
    why = f": {BY_UID}" if by_name else ""
    return Unmatched(entry, near=True, hint=f"write {_options(options)}{why}")


class _Threads:
    """The published threads and posts by what people may remember of their ids: made once, however many ask."""

    def __init__(self, published: Published) -> None:
        self._published = published
        self._threads: dict[str, list[ThreadKey]] = {}
        self._posts: dict[ThreadKey, dict[str, set[str]]] = {}
        """Of the threads that were asked for."""
        for key in published.threads():
            self._threads.setdefault(_bare(key[1]), []).append(key)

    def named(self, number: str) -> list[ThreadKey]:
        """Give the threads with an id such as this."""
        return self._threads.get(_bare(number), [])

    def posts(self, thread: ThreadKey, forms: Iterable[str]) -> set[str]:
        """Give the ids of those posts of a thread whose ids can be written in one of these forms."""
        if thread not in self._posts:
            posts = self._posts[thread] = {}
            for each in self._published.posts(thread):
                for form in _forms(each):
                    posts.setdefault(form, set()).add(each)
        return set().union(*(self._posts[thread].get(form, ()) for form in forms))


def _forms(post: str) -> set[str]:
    return {post.casefold(), post.casefold().removeprefix("c")}


def _near_posts(entry: str, threads: _Threads) -> list[str]:
    """Give the right entries for posts whose id, or whose thread, is only written in another way."""
    place, _, post = entry.partition("#")
    if not post:
        return []
    source, number = _place(place)
    same = threads.named(number)
    same = [key for key in same if key[0] == source] or same
    return sorted(f"{'/'.join(key)}#{each}" for key in same for each in threads.posts(key, _forms(post)))


class _Alike:
    """The published authors by name, for names that are only spelled alike: looked for a limited number of times."""

    def __init__(self, everybody: Iterable[Author]) -> None:
        self._patience = PATIENCE
        self._authors: dict[str, Author] = {}
        for author in sorted(everybody, key=author_entry, reverse=True):
            self._authors[folded(author.name)] = author

    def find(self, name: str) -> Author | None:
        """Give the author whose name is most like this one, if it is much like it."""
        self._patience -= len(self._authors)
        close = nearest(folded(name), self._authors, cutoff=LIKE) if self._patience >= 0 else None
        return None if close is None else self._authors[close]


def _no_such_hash(entry: str) -> Unmatched:
    return Unmatched(entry, near=False, hint="make the hash again, or leave the entry out")


def _no_such_author(name: str, alike: _Alike) -> str:
    """Say how to find the right entry, and who may be meant."""
    command = f"`threadpress redact --find {in_shell(name)}`"
    author = alike.find(name)
    if author is None:
        return f"find what to write with {command}, or leave the entry out"
    entry = author_entry(author)
    who = "" if entry.endswith(f"/{author.name}") else f", who is {author.name}"
    return f"did you mean {toml_text(entry)}{who}? {command} finds others; or leave the entry out"


def _nothing_near(entry: str, threads: _Threads, alike: _Alike) -> Unmatched:
    """Say why an entry matches nothing, as far as that can be told."""
    if entry.startswith(HASHED):
        return _no_such_hash(entry)
    place, _, post = entry.partition("#")
    source, number = _place(place)
    named = sorted(key for key in threads.named(number) if key[0] == source)
    if not named:
        hint = f'take thread and id from the address of the post, as in "{source}/THREAD#ID", or leave it out'
        if not post:
            hint = _no_such_author(number, alike)
        return Unmatched(entry, near=False, hint=hint)
    thread = "/".join(named[0])
    if post:
        hint = f"thread {thread} has no such post; take the id from the post's # link, or leave the entry out"
        return Unmatched(entry, near=False, hint=hint)
    hint = f"this is a thread; write its posts as {toml_text(f'{thread}#ID')}, or take its save out of the content"
    return Unmatched(entry, near=True, hint=hint)


def _options(entries: Sequence[str]) -> str:
    more = f" (and {len(entries) - SHOWN} more)" if len(entries) > SHOWN else ""
    return " or ".join(map(toml_text, entries[:SHOWN])) + more


_PAGE = re.compile(r"(/[0-9]+)?\.html\Z")


def _place(entry: str) -> tuple[str, str]:
    """Split an entry into source and name; people also write the address of a page."""
    source, _, name = entry.partition("/")
    if source in ("authors", "threads") and "/" in name:
        source, _, name = name.partition("/")
    return source, _PAGE.sub("", name)


def _bare(number: str) -> str:
    """Give the id of a thread as people may remember it: without case and leading zeros."""
    return number.casefold().lstrip("0")


_SIGNS = re.compile(r"[\W_]+")


def folded(name: str) -> str:
    """Give what is left of a name if case, accents, spaces and signs don't count. Names that are equal so are near."""
    if name.isascii():
        return _SIGNS.sub("", name.lower()) or name.lower()
    apart = unicodedata.normalize("NFKD", name.casefold())
    kept = [sign for sign in apart if not unicodedata.combining(sign) and unicodedata.category(sign)[0] not in "CPSZ"]
    return "".join(kept) or nfc(name).casefold()
