"""Link: everything that takes more than one thread to know, as one small value.

Facts of all threads and sums of all authors come in; order, URLs, tags and months go out. Serial, no files.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import msgspec

from generator import dates, urls
from generator.config import Config
from generator.model import Author
from generator.site.authors import Authors, AuthorSum, rank
from generator.site.facts import Facts, alike, row_marks
from generator.theme.views import Ref

FEW = 20
"""Authors whom one after the other can be sought in a thread."""

_encode = msgspec.msgpack.Encoder().encode


class ThreadRow(msgspec.Struct, frozen=True):
    """A thread as lists show it."""

    title: str
    url: str
    day: str
    """"15 October 2025", or "" without a date."""
    posted: str | None
    """ISO 8601, for <time datetime>."""
    posts: int
    authors: int
    best: int | None
    """Highest score of a post."""
    department: str | None
    author: Ref | None


class Links(msgspec.Struct, frozen=True):
    """The site as a web of threads and authors."""

    threads: tuple[Facts, ...]
    """Oldest first, each with its odd slugs, perhaps with some that were; a thread's number is its place here."""
    stems: tuple[str, ...]
    """File name of each thread's page, without ending."""
    urls: tuple[str, ...]
    """First page of each thread."""
    rows: tuple[ThreadRow, ...]
    """Each thread as lists show it."""
    authors: Sequence[AuthorSum]
    """Most posts first."""
    moved: frozenset[str]
    """Keys of authors whom nothing touched, and who have another slug all the same."""
    odd: Mapping[str, str]
    """Slugs, by author key, that don't follow from the author as each thread names them."""
    elsewhere: frozenset[str]
    """Keys of authors who have another slug than in the last build."""
    months: Mapping[tuple[int, int], tuple[int, ...]]
    """Threads of each month that has any, oldest first."""
    tags: Mapping[str, tuple[int, ...]]
    """Threads of each tag, by name."""
    tag_slugs: Mapping[str, str]
    tagged: tuple[tuple[str, ...], ...]
    """Tags of each thread: its own and those of the configuration."""


def link(facts: Iterable[Facts], authors: Authors, config: Config, before: Links | None = None) -> Links:
    """Connect threads and authors; `before` is how they were, under the same settings, and saves time only.

    Where all threads are as lists showed them before, `rows` and all else that is not of authors are the same objects.
    """
    ranked, moved = rank(authors)
    odd = {author.key: author.slug for author in ranked if author.odd}
    elsewhere = _elsewhere(authors, moved, ranked)
    threads = tuple(
        msgspec.structs.replace(thread, odd=_odd_in(thread, odd))
        if thread.odd is None or (elsewhere and wrote(elsewhere, thread))
        else thread
        for thread in sorted(facts, key=lambda thread: thread.order)
    )
    if before and not elsewhere and len(threads) == len(before.threads) and all(map(alike, threads, before.threads)):
        return msgspec.structs.replace(
            before, threads=threads, authors=ranked, moved=moved, odd=odd, elsewhere=elsewhere
        )
    by_source: dict[str, dict[str, str]] = {}
    for thread in threads:
        by_source.setdefault(thread.source, {})[thread.id] = thread.id
    settled = {source: urls.unique_slugs(wanted) for source, wanted in by_source.items()}
    stems = tuple(settled[thread.source][thread.id] for thread in threads)
    pages = tuple(urls.thread_page(thread.source, stem) for thread, stem in zip(threads, stems, strict=True))
    months: dict[tuple[int, int], list[int]] = {}
    tags: dict[str, list[int]] = {}
    tagged = []
    words = {tag: _words(listed) for tag, listed in config.tags.items() if listed}
    for number, thread in enumerate(threads):
        if when := dates.year_month(thread.posted):
            months.setdefault(when, []).append(number)
        mine = thread.tags
        if words:
            text = f"{thread.title}\n{thread.department or ''}"
            mine = (*mine, *(tag for tag, sought in words.items() if sought.search(text)))
        tagged.append(tuple(sorted(set(mine))))
        for tag in tagged[-1]:
            tags.setdefault(tag, []).append(number)
    return Links(
        threads=threads,
        stems=stems,
        urls=pages,
        rows=tuple(_rows(threads, pages, odd, before)),
        authors=ranked,
        moved=moved,
        odd=odd,
        elsewhere=elsewhere,
        months={when: tuple(numbers) for when, numbers in sorted(months.items())},
        tags={tag: tuple(numbers) for tag, numbers in sorted(tags.items())},
        tag_slugs=urls.unique_slugs({tag: urls.slug(tag) for tag in tags}),
        tagged=tuple(tagged),
    )


def _elsewhere(authors: Authors, moved: frozenset[str], ranked: Sequence[AuthorSum]) -> frozenset[str]:
    """Find authors whose slugs are not those of the last build.

    Whoever keeps a slug needs no look, even where it follows from the author's names no longer: threads that were read
    before have the names they had, from which it does follow, or have it among their odd ones.
    """
    known = (*authors.before, *(author for author in authors.kept if moved and author.key in moved))
    before = {author.key: author.slug for author in known}
    return frozenset(author.key for author in ranked if author.slug != before.get(author.key, author.slug))


def wrote(authors: Set[str], thread: Facts) -> bool:
    """Say whether any of some authors wrote in a thread.

    Of a few, their packed keys are sought in the packed ones of the thread first: that takes a fiftieth of the time.
    """
    if len(authors) <= FEW and not any(_encode(key) in thread.rows for key in authors):
        return False
    return not authors.isdisjoint(row_marks(thread))


def _odd_in(thread: Facts, odd: Mapping[str, str]) -> dict[str, str]:
    """Odd slugs of the authors of a thread."""
    return {key: odd[key] for key in row_marks(thread) if key in odd} if odd else {}


def _words(listed: Sequence[str]) -> re.Pattern[str]:
    """Find any of the words or phrases, whole, in any case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(word) for word in listed)})(?!\w)", re.I)


def _rows(
    threads: Sequence[Facts], pages: Sequence[str], odd: Mapping[str, str], before: Links | None
) -> Iterator[ThreadRow]:
    """Yield each thread as lists show it; those with the facts and the page they had are as they were."""
    known: dict[str, tuple[Facts, ThreadRow]] = {}
    if before:
        known = {facts.order: (facts, row) for facts, row in zip(before.threads, before.rows, strict=True)}
    for thread, page in zip(threads, pages, strict=True):
        facts, row = known.get(thread.order, (None, None))
        yield row if row and facts is thread and row.url == page else _row(thread, page, odd)


def _row(thread: Facts, page: str, odd: Mapping[str, str]) -> ThreadRow:
    """A thread as lists show it."""
    return ThreadRow(
        title=thread.title,
        url=page,
        day=dates.day(thread.posted),
        posted=thread.posted,
        posts=thread.posts,
        authors=thread.authors,
        best=thread.best,
        department=thread.department,
        author=author_ref(thread.author, odd) if thread.author else None,
    )


def author_ref(author: Author, slugs: Mapping[str, str]) -> Ref:
    """An author's name as a thread has it, and the author's page.

    `slugs` may hold odd slugs only: the others follow from the author.
    """
    if slugs and not author.removed and (slug := slugs.get(author.key)):
        return Ref(author.name, urls.author_page(author.source, slug))
    return _lone_ref(author)


@functools.lru_cache(maxsize=20_000)  # most posts are by people who write many
def _lone_ref(author: Author) -> Ref:
    return Ref(author.name, None if author.removed else urls.author_page(author.source, slug_of(author, {})))


def slug_of(author: Author, slugs: Mapping[str, str]) -> str:
    """An author's slug: as `slugs` has it, else as it follows from the author."""
    key = author.key
    return slugs.get(key) or urls.lone_slug(key, urls.author_slug(author.name, author.uid))
