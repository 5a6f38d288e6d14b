"""Authors' pages: what one author wrote comes in, outlines of the author's pages go out.

There are many authors, and most wrote only a post or two, so figures that need more posts are not worked out for them,
and the view of a page is made only when it is asked for. No files: the caller brings the contributions.
"""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

import msgspec
from markupsafe import Markup

from generator import dates
from generator.config import Config
from generator.model import Author, source_and_uid
from generator.pages.drawings import columns
from generator.pages.page import Page, head
from generator.pages.paging import Cut, Paging, cut_list, page_url
from generator.site import (
    CLASSES,
    TICKS,
    AuthorPost,
    AuthorSum,
    Contribution,
    Links,
    author_ref,
    by_count,
    classed,
    contribution_in,
    mark,
    occurring,
    pieces_of,
    posts_in,
    spread,
)
from generator.theme import Head, Ref

KIND = "author"
TEMPLATE = "author.html"
LEAST = 5
"""The fewest posts for which an author's years, scores and labels are shown."""
SHOWN = 8
"""How many people are named whom an author answers, and how many who answer the author."""


class AuthorThread(msgspec.Struct, frozen=True):
    """A thread on an author's page, with what the author wrote there."""

    title: str
    url: str
    day: str
    """"15 October 2025", or "" without a date."""
    posted: str | None
    """ISO 8601, for <time datetime>."""
    pages: dict[int, str]
    """URLs of the pages of the thread that the posts link to, by number from 0."""
    story: bool
    """Whether the author posted the story."""
    posts: tuple[AuthorPost, ...]


class AuthorTotals(msgspec.Struct, frozen=True):
    """What an author did, over all threads."""

    posts: int
    stories: int
    threads: int
    first: str
    last: str
    median: float | None
    names: tuple[str, ...]
    """Other names used, oldest first."""
    answers: tuple[tuple[Ref, int], ...] = ()
    """Whom the author answers, most often first; answers to oneself don't count."""
    more_answers: int = 0
    """How many other people the author answers."""
    answered: tuple[tuple[Ref, int], ...] = ()
    """Who answers the author, most often first."""
    more_answered: int = 0
    years: Markup = Markup()
    """Posts by year as a drawing; empty for few posts, or if all are from one year."""
    scores: Markup = Markup()
    """Posts by score as a drawing; empty for few posts, or if none has a score."""
    labels: tuple[tuple[str, int], ...] = ()
    """Labels of the posts, most frequent first; empty for few posts."""
    ticks: tuple[str, ...] = ()
    """What stands below the columns of `scores`: -1 to 5, or classes where scores have no limits."""


class AuthorPage(Head, frozen=True, kw_only=True):
    """authors/SOURCE/SLUG.html and its older pages."""

    name: str
    uid: str | None
    source: str
    threads: tuple[AuthorThread, ...]
    paging: Paging
    totals: AuthorTotals | None = None
    """Only on the front page."""


class ThreadName(NamedTuple):
    """A thread as authors' pages name it."""

    title: str
    url: str
    posted: str | None
    mark: bytes
    """Mark of the other fields."""


def thread_names(links: Links) -> dict[str, ThreadName]:
    """Give the names that authors' pages use for threads, by order key."""
    return {
        facts.order: ThreadName(facts.title, url, facts.posted, mark(facts.title, url, facts.posted))
        for facts, url in zip(links.threads, links.urls, strict=True)
    }


class AuthorContext(NamedTuple):
    """What the pages of all authors need."""

    threads: Mapping[str, ThreadName]
    """By order key."""
    slugs: Mapping[str, str]
    """Slugs of authors, by key: those that may not be made from the author's name."""
    config: Config
    unlimited: Collection[str] = ()
    """Sources whose scores have no limits."""


class AuthorOutline(NamedTuple):
    """A page of an author before it is rendered."""

    page: Page
    view: Callable[[], AuthorPage]


def author_urls(author: AuthorSum, config: Config) -> tuple[str, ...]:
    """Give the URLs of an author's pages."""
    count, size = author.posts + author.stories, config.list_posts_per_page
    return (author.url,) if count <= size else tuple(cut.url for cut in cut_list(author.url, count, size))


def author_outlines(
    author: AuthorSum, contributions: Sequence[tuple[str, bytes]], context: AuthorContext
) -> Iterator[AuthorOutline]:
    """Yield the pages of an author, newest first.

    `contributions` is everything the author wrote: each thread's order key and the encoded contribution, oldest first.
    """
    written = [contribution_in(value) for _, value in contributions]
    threads = [context.threads[order] for order, _ in contributions]
    counts = [each.posts + each.story for each in written]
    ends = list(itertools.accumulate(counts))
    for cut in cut_list(author.url, ends[-1], context.config.list_posts_per_page):
        totals = author_totals(author, written, context) if cut.paging.number == 0 else None
        first = bisect_right(ends, cut.start)
        part = slice(first, bisect_left(ends, cut.stop, first) + 1)
        skipped = cut.start - (ends[first] - counts[first])
        shown = _Shown(threads[part], written[part], skipped, cut.stop - cut.start)
        fingerprint = mark(
            (author.name, author.uid, totals),
            cut,
            skipped,
            counts[part],
            [pieces_of(each, start, stop) for each, start, stop in shown.posts()],
            [thread.mark for thread in threads[part]],
        )
        page = Page(cut.url, KIND, "authors", fingerprint, TEMPLATE)
        yield AuthorOutline(page, functools.partial(_view, author, totals, cut, shown, context.config))


class _Shown(NamedTuple):
    """What a page shows. Of each thread the story is first, if the author posted it, then the posts, oldest first."""

    threads: Sequence[ThreadName]
    written: Sequence[Contribution]
    """The contribution to each of these threads."""
    skipped: int
    """How many stories and posts of the first thread are on an older page."""
    room: int
    """How many stories and posts this page shows."""

    def posts(self) -> Iterator[tuple[Contribution, int, int]]:
        """Yield each contribution, and from which to which of its posts the page shows."""
        start, left = self.skipped, self.room
        for each in self.written:
            stop = min(each.posts + each.story, start + left)
            yield each, max(start - each.story, 0), stop - each.story
            start, left = 0, left - (stop - start)


def _view(author: AuthorSum, totals: AuthorTotals | None, cut: Cut, shown: _Shown, config: Config) -> AuthorPage:
    """Make the view of one page; only the front page has totals."""
    front = totals is not None
    return AuthorPage(
        **head(cut.url, config),
        title=author.name if front else f"{author.name}, page {cut.paging.number}",
        description=f"What {author.name} wrote in {config.title}"
        + (": every post, newest first, with its place." if front else f", page {cut.paging.number} from the oldest."),
        name=author.name,
        uid=author.uid,
        source=author.source,
        threads=tuple(_threads(shown))[::-1],
        paging=cut.paging,
        totals=totals,
    )


def _threads(shown: _Shown) -> Iterator[AuthorThread]:
    """Yield what an author wrote in each thread, as far as it is on the page."""
    skipped = shown.skipped
    for thread, (written, start, stop) in zip(shown.threads, shown.posts(), strict=True):
        posts, url = posts_in(written, start, stop), thread.url
        pages = {0: url}
        if written.pages > 1:
            pages = {page: page_url(url, page + 1) for post in posts for page in (post.page, post.parent_page)}
        story = written.story > skipped
        yield AuthorThread(thread.title, url, _day(thread.posted), thread.posted, pages, story, posts)
        skipped = 0


@functools.lru_cache(maxsize=20_000)  # a thread is named on the pages of everybody who wrote in it
def _day(posted: str | None) -> str:
    return dates.day(posted)


def author_totals(author: AuthorSum, written: Sequence[Contribution], context: AuthorContext) -> AuthorTotals:
    """Sum up what an author wrote, oldest thread first."""
    slugs = context.slugs
    answers, more_answers = _frequent_people([each.answers for each in reversed(written) if each.answers], slugs)
    answered, more_answered = _frequent_people([each.answered for each in reversed(written) if each.answered], slugs)
    few = author.posts < LEAST
    scores = () if few else _scores(written, unlimited=author.source in context.unlimited)
    return AuthorTotals(  # by position, since there are many
        author.posts,
        author.stories,
        author.threads,
        "" if author.first is None else str(author.first),
        "" if author.last is None else str(author.last),
        author.median,
        author.names,
        answers,
        more_answers,
        answered,
        more_answered,
        _NOTHING if few else _years(author, written),
        columns("Posts by score", scores),
        () if few else _labels(written),
        _ticks(scores),
    )


_NOTHING = Markup()


def _years(author: AuthorSum, written: Sequence[Contribution]) -> Markup:
    """Draw the posts by year, from the first year to the last, if these differ."""
    if author.first is None or author.last is None or author.first == author.last:
        return _NOTHING
    counts = dict.fromkeys(range(author.first, author.last + 1), 0)
    for each in written:
        if each.year is not None:
            counts[each.year] += each.posts
    return columns("Posts by year", counts.items())


def _scores(written: Sequence[Contribution], *, unlimited: bool) -> tuple[tuple[str | int, int], ...]:
    """Count the posts by score, or by class of scores where these have no limits."""
    scores = itertools.chain.from_iterable([each.scores for each in written])
    return occurring(classed(scores)) if unlimited else spread(scores)


def _ticks(scores: Sequence[tuple[str | int, int]]) -> tuple[str, ...]:
    short = dict(zip(CLASSES, TICKS, strict=True))
    return tuple([short.get(str(score), str(score)) for score, _ in scores])


def _labels(written: Sequence[Contribution]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for each in written:
        if each.labels:
            for label in each.labels.split("\n"):
                counts[label] = counts.get(label, 0) + 1
    return by_count(counts) if counts else ()


def _frequent_people(parts: Sequence[str], slugs: Mapping[str, str]) -> tuple[tuple[tuple[Ref, int], ...], int]:
    """Name the most frequent people, of equals the latest, each by their latest name; and count the others."""
    if not parts:
        return (), 0
    lines = "\n".join(parts).split("\n")
    keys = lines[::2]
    others = len(set(keys))
    shown = [(key, 1) for key in keys[:SHOWN]] if others == len(keys) else _most(keys)
    people = tuple([(_ref(key, lines[2 * keys.index(key) + 1], slugs.get(key)), times) for key, times in shown])
    return people, others - len(people)


def _most(keys: Sequence[str]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return sorted(counts.items(), key=itemgetter(1), reverse=True)[:SHOWN]


@functools.lru_cache(maxsize=20_000)  # people who write a lot are named on many pages
def _ref(key: str, name: str, slug: str | None) -> Ref:
    source, uid = source_and_uid(key)
    return author_ref(Author(source, name, uid), {key: slug} if slug else {})
