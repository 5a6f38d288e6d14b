"""Links: everything that depends on more than one thread, as one small value.

The facts of all threads and the sums of all authors come in; order, addresses, tags and months go out. Serial, no
files. An author's slug is nearly always made from the author's name, so pages don't need to be told it. For each thread
`link` lists the exceptions: the authors whose slug differs from the one made from their name in that thread.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Literal

import msgspec

from generator import dates, urls
from generator.config import Config
from generator.model import Author, nfc, source_and_uid
from generator.readers import PLAIN
from generator.site import contributions
from generator.site.authors import AuthorSum, rank
from generator.site.facts import Facts, key_lines, row_keys
from generator.site.gathered import Gathered
from generator.theme import Ref

FEW = 8
"""Up to so many authors are searched for in the lines of a thread's keys; for more, the lines are split first."""


class Links(msgspec.Struct, frozen=True):
    """The threads and authors of the site, connected. A thread's number is its index in `threads`."""

    threads: tuple[Facts, ...]
    """Oldest first."""
    stems: tuple[str, ...]
    """File name of each thread's page, without ending."""
    urls: tuple[str, ...]
    """First page of each thread."""
    former: tuple[tuple[str, int], ...]
    """The addresses that lead on to a thread, and its number."""
    saves: Mapping[str, str]
    """URL of each save that is published, by its path in content/."""
    exceptions: tuple[Mapping[str, str], ...]
    """For each thread the slugs, by author key, that are not made from the author's name in the thread."""
    months: Mapping[tuple[int, int], tuple[int, ...]]
    """Threads of each month that has threads, oldest first."""
    tags: Mapping[str, tuple[int, ...]]
    """Threads of each tag, by name."""
    tag_slugs: Mapping[str, str]
    tagged: tuple[tuple[str, ...], ...]
    """Tags of each thread: its own and those of the configuration."""
    authors: Sequence[AuthorSum]
    """Most posts first; those who only posted stories come last."""
    writers: int
    """How many of the authors wrote posts."""
    moved: frozenset[str]
    """Keys of authors whose slug differs from that of the last build."""
    sources: tuple[str, ...]
    """Of all threads, sorted."""
    unlimited: frozenset[str]
    """Those whose scores have no limits."""
    slugs: Mapping[str, str]
    """By author key: all that are an exception in some thread, and maybe a few that are not."""


def link(facts: Iterable[Facts], authors: Gathered[AuthorSum], config: Config) -> Links:
    """Connect threads and authors."""
    ranked, moved = rank(authors)
    slugs = {author.key: author.slug for author in ranked if author.exceptional}
    threads = tuple(sorted(facts, key=lambda thread: thread.order))
    by_source: dict[str, dict[str, str]] = {}
    keys = {thread.key for thread in threads}
    for thread in threads:
        by_source.setdefault(thread.source, {})[thread.id] = thread.id
    former = [
        (thread.source, name, number)
        for number, thread in enumerate(threads)
        for name in thread.former
        if by_source[thread.source].setdefault(name, name) and (thread.source, name) not in keys
    ]
    settled = {source: urls.unique_slugs(wanted) for source, wanted in by_source.items()}
    stems = tuple([settled[thread.source][thread.id] for thread in threads])
    tagged = tuple(_tagged(threads, config))
    tags: dict[str, list[int]] = {}
    months: dict[tuple[int, int], list[int]] = {}
    for number, (thread, thread_tags) in enumerate(zip(threads, tagged, strict=True)):
        if when := dates.year_month(thread.posted):
            months.setdefault(when, []).append(number)
        for tag in thread_tags:
            tags.setdefault(tag, []).append(number)
    return Links(
        threads=threads,
        stems=stems,
        urls=tuple([urls.thread_page(thread.source, stem) for thread, stem in zip(threads, stems, strict=True)]),
        former=tuple([(urls.thread_page(source, settled[source][name]), number) for source, name, number in former]),
        saves=_saves(threads, config.publish_saves),
        exceptions=tuple([_exceptions(thread, slugs) if slugs else slugs for thread in threads]),
        months={when: tuple(numbers) for when, numbers in sorted(months.items())},
        tags={tag: tuple(numbers) for tag, numbers in sorted(tags.items())},
        tag_slugs=urls.unique_slugs({tag: urls.slug(tag) for tag in tags}),
        tagged=tagged,
        authors=ranked,
        writers=len(ranked) - sum(1 for _ in takewhile(lambda author: not author.posts, reversed(ranked))),
        moved=moved,
        sources=tuple(sorted(by_source)),
        unlimited=frozenset([thread.source for thread in threads if thread.unlimited]),
        slugs=slugs,
    )


def _saves(threads: Iterable[Facts], wanted: bool | Literal["all"]) -> dict[str, str]:
    """Give the URL of each save that is published. No name depends on the order, but messages do."""
    if not wanted:
        return {}
    kinds = None if wanted == "all" else PLAIN
    saves = [
        save.path
        for thread in threads
        for save in thread.saves
        if (not kinds or save.reader in kinds) and save.path not in thread.withheld
    ]
    return urls.save_files(dict.fromkeys(saves))


def _exceptions(thread: Facts, slugs: Mapping[str, str]) -> dict[str, str]:
    """Pick the slugs that are not made from the authors' names in a thread."""
    if len(slugs) <= FEW:  # as in most archives; splitting the keys of all threads takes thirty times as long
        lines = key_lines(thread, contributions.NAME)
        if not any(key in lines for key in slugs):
            return {}
    keys = row_keys(thread, contributions.NAME)
    if slugs.keys().isdisjoint(keys):
        return {}
    return {
        key: slug
        for key, name in zip(keys, thread.names.split("\n"), strict=True)
        if (slug := slugs.get(key)) and (not name or slug != _lone_slug(key, name))
    }


@functools.lru_cache(maxsize=20_000)  # people with several names have often written in many threads
def _lone_slug(key: str, name: str) -> str:
    return urls.lone_slug(key, urls.author_slug(name, source_and_uid(key)[1]))


def _tagged(threads: Iterable[Facts], config: Config) -> Iterator[tuple[str, ...]]:
    """Yield the tags of each thread."""
    words = {tag: _words(listed) for tag, listed in config.tags.items() if listed}
    for thread in threads:
        tags = thread.tags
        if words:
            text = nfc(f"{thread.title}\n{thread.department or ''}")
            tags = (*tags, *(tag for tag, pattern in words.items() if pattern.search(text)))
        yield tuple(sorted(set(map(nfc, tags)))) if tags else ()


def _words(listed: Sequence[str]) -> re.Pattern[str]:
    """Make a pattern for any of the words or phrases, as whole words, in any case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(nfc(word)) for word in listed)})(?!\w)", re.I)


def author_ref(author: Author, exceptions: Mapping[str, str]) -> Ref:
    """Give an author's name as a thread has it, and the author's page.

    `exceptions` are slugs by key, at least those that are not made from the name.
    """
    if exceptions and not author.nobody and (slug := exceptions.get(author.key)):
        return Ref(author.shown, urls.author_page(author.source, slug))
    return _lone_ref(author)


@functools.lru_cache(maxsize=20_000)  # most posts are by people who write many
def _lone_ref(author: Author) -> Ref:
    return Ref(author.shown, None if author.nobody else urls.author_page(author.source, slug_of(author, {})))


def slug_of(author: Author, exceptions: Mapping[str, str]) -> str:
    """Give an author's slug; `exceptions` as for `author_ref`."""
    return (exceptions and exceptions.get(author.key)) or _own_slug(author)


@functools.lru_cache(maxsize=20_000)
def _own_slug(author: Author) -> str:
    """Give the slug that follows from an author's name."""
    return urls.lone_slug(author.key, urls.author_slug(author.name, author.uid))
