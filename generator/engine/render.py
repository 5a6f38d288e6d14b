"""Render: batches of planned pages in, files in the output and a record of each out.

A worker reads what all pages share from a file, once a build, renders the pages of its batch that are stale, and writes
those whose bytes differ from what is in place. Threads are read again here, so no body is ever kept; pages of authors
are made from the partitions.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.config import Config
from generator.engine.partition import Damaged, Partition
from generator.engine.project import Project
from generator.engine.spool import take
from generator.errors import ContentError, Problem
from generator.output.records import page_record
from generator.output.write import Writer
from generator.pages.data import thread_json
from generator.pages.lists import AuthorSlice, author_list, head
from generator.pages.paging import Cut, cut_list, page_url
from generator.pages.plan import Page, Place, Reason, ThreadPlan, fingerprint, stale
from generator.pages.portrait import portray
from generator.pages.thread import Posts
from generator.pages.views import AuthorPage, AuthorThread, AuthorTotals
from generator.site.authors import AuthorSum
from generator.site.facts import Facts, replies_of
from generator.site.rows import AuthorPost, Row
from generator.theme.theme import Theme
from generator.theme.views import Site
from generator.threads.read import Loaded, assemble, changed
from generator.threads.redact import Redactions


class Shared(msgspec.Struct, frozen=True):
    """What all pages of a build share; workers read it from a file."""

    config: Config
    content: str
    output: str
    site: Site
    theme: Theme
    redactions: Redactions
    apart: bool = False
    """Whether pages are put apart (`Writer`)."""


def share(project: Project, site: Site) -> Shared:
    """What all pages of a build share."""
    config = project.config
    return Shared(
        config=config,
        content=str(project.folder / config.content),
        output=str(project.folder / config.output),
        site=site,
        theme=project.theme,
        redactions=Redactions.of(config.redact),
    )


class Wanted(msgspec.Struct, frozen=True, array_like=True):
    """A page to render: why, and the hash of the file in place if there is one of ours."""

    page: Page
    reason: Reason
    present: bytes | None


class ThreadJob(msgspec.Struct, frozen=True):
    """The stale pages of one thread."""

    facts: Facts
    plan: ThreadPlan
    """Without its pages."""
    wanted: tuple[Wanted, ...]


class AuthorJob(msgspec.Struct, frozen=True):
    """An author whose pages may be stale, with what is known of each by URL: record, and hash of the file in place."""

    author: AuthorSum
    known: dict[str, tuple[bytes | None, bytes | None]]
    """Empty in a first build."""
    since: str = ""
    """Order key of the oldest thread that may look different in it: full pages of older ones need no look."""


class RenderTask(msgspec.Struct, frozen=True):
    """A batch: a task for a worker."""

    shared: str
    threads: tuple[ThreadJob, ...] = ()
    views: tuple[Wanted, ...] = ()
    partition: str = ""
    authors: bytes = b""
    """`AuthorJob`s, packed by `pack`: there are many, and pickling values takes ten times as long."""
    everyone: bool = False
    """Whether `authors` are all of the partition."""
    rows: str = ""
    """File with what author pages show of threads and of other authors."""
    same_site: bool = True


class Done(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A page that is as it should be now."""

    url: str
    record: bytes
    reason: Reason | None
    """Why it was rendered; None: it was not."""
    written: bool


class Rendered(msgspec.Struct, frozen=True, array_like=True):
    """A page on its way to its place."""

    url: str
    fingerprint: bytes
    present: bytes | None
    reason: Reason
    data: bytes


@functools.lru_cache(maxsize=1)
def read_shared(path: str) -> Shared:
    """Read what all pages share, once a build: its file has a name of its own in each."""
    shared = take(path)
    assert isinstance(shared, Shared)
    return shared


@functools.lru_cache(maxsize=1)
def read_rows(path: str) -> tuple[Mapping[str, tuple[Place, bytes]], Mapping[str, str]]:
    """Read how author pages name threads, by order key, each with its fingerprint, and the odd slugs of authors."""
    threads, odd = take(path)
    return threads, odd


pack = msgspec.msgpack.Encoder().encode
unpack_done = msgspec.msgpack.Decoder(list[Done]).decode
_NOTHING = (None, None)
"""What is known of a page that is new."""
_unpack_jobs = msgspec.msgpack.Decoder(list[AuthorJob]).decode


def render_batch(task: RenderTask) -> bytes:
    """Render the stale pages of a batch and put those in place whose bytes differ from what is there.

    Gives what `unpack_done` unpacks.
    """
    shared = read_shared(task.shared)
    done = []
    with Writer(Path(shared.output), apart=shared.apart) as writer:
        for page in _pages(task, shared):
            if isinstance(page, Done):
                done.append(page)
                continue
            sha256 = hashlib.sha256(page.data).digest()
            written = sha256 != page.present
            stamp = writer.put(page.url, page.data, sha256) if written else writer.stamp(page.url)
            done.append(Done(page.url, page_record(page.fingerprint, sha256, stamp), page.reason, written))
    return pack(done)


def render_only(task: RenderTask) -> list[tuple[str, bytes]]:
    """Render a batch and write nothing; gives URLs and bytes."""
    shared = read_shared(task.shared)
    return [(page.url, page.data) for page in _pages(task, shared) if isinstance(page, Rendered)]


def _pages(task: RenderTask, shared: Shared) -> Iterator[Done | Rendered]:
    for job in task.threads:
        loaded = _read_again(job.facts, shared)
        pages = thread_files(loaded, job.facts, job.plan, (wanted.page for wanted in job.wanted), shared)
        for wanted, (page, data) in zip(job.wanted, pages, strict=True):
            yield Rendered(page.url, page.fingerprint, wanted.present, wanted.reason, data)
    for wanted in task.views:
        page = wanted.page
        if page.kind == "asset":
            data = shared.theme.assets[page.key][1]
        else:
            assert page.view is not None
            view = author_list(page.view) if isinstance(page.view, AuthorSlice) else page.view
            data = shared.theme.render(page.template, view, shared.site)
        yield Rendered(page.url, page.fingerprint, wanted.present, wanted.reason, data)
    if task.authors:
        yield from _authors(task, shared)


def _read_again(facts: Facts, shared: Shared) -> Loaded:
    """Read a thread as the scan did; raises `ContentError` if its saves are others by now."""
    loaded = assemble(Path(shared.content), facts.group, shared.redactions, lambda thread: replies_of(facts, thread))
    if loaded.thread is None or loaded.read != facts.read:
        raise ContentError(_under(shared.config.content, changed(facts.group.saves[-1])))
    return loaded


def thread_files(
    loaded: Loaded, facts: Facts, plan: ThreadPlan, pages: Iterable[Page], shared: Shared
) -> Iterator[tuple[Page, bytes]]:
    """Render pages of a thread that was read."""
    thread, published = loaded.thread, dict(loaded.published)
    assert thread is not None
    posts: Posts | None = None
    for page in pages:
        if page.kind == "save":
            yield page, published[page.key]
        elif page.kind == "data":
            yield page, thread_json(thread, tuple(tag.name for tag in plan.tags), plan.odd)
        else:
            posts = posts or Posts(loaded, facts, plan, shared.config)
            yield page, shared.theme.render(page.template, posts.page(page), shared.site)


def _under(folder: str, problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, path=f"{folder}/{problem.path}")


TOGETHER = 16
"""Pages of authors that go through each step together: a processor runs the same code again faster than other code."""
_decode_posts = msgspec.msgpack.Decoder(tuple[AuthorPost, ...]).decode


class _Sheet(NamedTuple):
    """A page of an author, and what is known of it."""

    author: AuthorSum
    rows: list[Row]
    """All there are of the author."""
    cut: Cut
    parts: list[tuple[Row, int, int]]
    """Those that the page shows, see `_parts`."""
    record: bytes | None
    present: bytes | None


def _authors(task: RenderTask, shared: Shared) -> Iterator[Done | Rendered]:
    """Render those pages of a partition's authors whose fingerprint is not the known one."""
    threads, odd = read_rows(task.rows)
    found = _sheets(task, threads, shared.config.list_posts_per_page)
    while some := list(itertools.islice(found, TOGETHER)):
        yield from (one for one in some if isinstance(one, Done))
        sheets = [one for one in some if isinstance(one, _Sheet)]
        totals = [portray(one.author, one.rows, odd) if one.cut.paging.number == 0 else None for one in sheets]
        marks = [
            fingerprint(
                (author.name, author.uid, sums),
                cut,
                [(row.data, start, stop, threads[row.thread][1]) for row, start, stop in parts],
            )
            for (author, _, cut, parts, *_), sums in zip(sheets, totals, strict=True)
        ]
        wanted: list[tuple[_Sheet, AuthorTotals | None, bytes, Reason]] = []
        for sheet, sums, mark in zip(sheets, totals, marks, strict=True):
            reason = stale(mark, sheet.record, sheet.present, same_site=task.same_site)
            if reason is not None:
                wanted.append((sheet, sums, mark, reason))
            else:
                assert sheet.record is not None
                yield Done(sheet.cut.url, sheet.record, None, False)
        views = [
            author_view(sheet.author, sums, sheet.cut, _listed(sheet.parts, threads), shared.config)
            for sheet, sums, _, _ in wanted
        ]
        pages = [shared.theme.render("author.html", view, shared.site) for view in views]
        for (sheet, _, mark, reason), data in zip(wanted, pages, strict=True):
            yield Rendered(sheet.cut.url, mark, sheet.present, reason, data)


def _sheets(task: RenderTask, threads: Mapping[str, object], size: int) -> Iterator[Done | _Sheet]:
    """Yield the pages of a partition's authors, with `size` posts each; those that need no look are done."""
    jobs = {job.author.key: job for job in _unpack_jobs(task.authors)}
    with Partition(Path(task.partition)) as partition:
        for rows in partition.rows(None if task.everyone else jobs.keys()):
            key = rows[0].author
            job = jobs.pop(key, None)
            if job is None:
                raise Damaged(f"{task.partition}: nobody wrote the rows of {key}")
            author = job.author
            if len(rows) != author.threads or not threads.keys() >= {row.thread for row in rows}:
                raise Damaged(f"{task.partition}: the rows of {key} are not those that were summed up")
            ends = list(itertools.accumulate([row.posts + row.story for row in rows]))
            older = bisect_left(rows, job.since, key=attrgetter("thread"))
            settled = ends[older - 1] if older else 0
            for cut in cut_list(author.url, author.posts + author.stories, size):
                record, present = job.known.get(cut.url, _NOTHING)
                if record and cut.paging.number and cut.stop <= settled:
                    yield Done(cut.url, record, None, False)
                else:
                    yield _Sheet(author, rows, cut, list(_parts(rows, ends, cut)), record, present)
    if jobs:
        raise Damaged(f"{task.partition}: there are no rows of {', '.join(jobs)}")


def _parts(rows: list[Row], ends: list[int], cut: Cut) -> Iterator[tuple[Row, int, int]]:
    """Yield the rows that a page shows, with the range of what they count that it does: the story, then the posts.

    `ends` says how many of these there are up to each row, that one included.
    """
    for at in range(bisect_right(ends, cut.start), len(rows)):
        row, end = rows[at], ends[at]
        start = end - row.posts - row.story
        if start >= cut.stop:
            return
        yield row, max(0, cut.start - start), min(end, cut.stop) - start


def author_view(
    author: AuthorSum,
    totals: AuthorTotals | None,
    cut: Cut,
    threads: tuple[AuthorThread, ...],
    config: Config,
) -> AuthorPage:
    """Make the view of one page of an author; only the front page has totals."""
    front = totals is not None
    return AuthorPage(
        **head(cut.url, config),
        title=author.name if front else f"{author.name}, page {cut.paging.number}",
        description=f"What {author.name} wrote in {config.title}"
        + (": every post, newest first, with its place." if front else f", page {cut.paging.number} from the oldest."),
        name=author.name,
        uid=author.uid,
        source=author.source,
        threads=threads,
        paging=cut.paging,
        totals=totals,
    )


def _listed(parts: list[tuple[Row, int, int]], threads: Mapping[str, tuple[Place, bytes]]) -> tuple[AuthorThread, ...]:
    """What a page lists, newest thread first."""
    return tuple([_author_thread(threads[row.thread][0], row, start, stop) for row, start, stop in reversed(parts)])


def _author_thread(thread: Place, row: Row, start: int, stop: int) -> AuthorThread:
    """What an author wrote in one thread, from `start` to `stop`; a story comes before the posts."""
    story = row.story
    posts = _decode_posts(row.data)
    if start or stop < row.posts + story:
        posts = posts[max(start - story, 0) : stop - story]
    url = thread.url
    pages = {0: url}
    if row.pages > 1:
        pages = {page: page_url(url, page + 1) for post in posts for page in (post.page, post.parent_page)}
    return AuthorThread(thread.title, url, thread.day, thread.posted, pages, story > start, posts)
