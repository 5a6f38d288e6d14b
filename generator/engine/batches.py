"""Schedule: the plan and what is known of its pages in, batches of rendering out, records of all pages back.

Of threads and lists the plan has the fingerprints, so only stale pages are sent to workers. Of authors only those are
sent whose rows or threads may have changed, or whose files are not in place; the worker compares fingerprints.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from generator import urls
from generator.engine.partition import partition_of
from generator.engine.render import (
    AuthorJob,
    Done,
    RenderTask,
    Shared,
    ThreadJob,
    Wanted,
    pack,
    render_batch,
    render_only,
    unpack_done,
)
from generator.engine.spool import leave
from generator.engine.store import Store
from generator.output.records import SHA256, Files, Records
from generator.output.survey import Survey
from generator.pages.lists import author_slice
from generator.pages.plan import Page, Place, Plan, ThreadPlan, author_urls, stale
from generator.site.authors import Authors, AuthorSum
from generator.site.links import Links
from generator.workers import Workers, batches

POST_COSTS = 450
"""Bytes of saves that a post stands for when work is weighed."""
BATCH = 1_500_000
VIEWS = 20
"""Pages of lists in a batch."""
VIEW_COSTS = 100
"""Posts that cost as much as a page of a list."""


class Known(msgspec.Struct, frozen=True):
    """What is known of pages before they are rendered."""

    records: Records
    found: Survey
    same_site: bool
    """Whether settings, theme and program are those of the records."""

    def wanted(self, pages: Iterable[Page]) -> tuple[Wanted, ...]:
        """Give the stale ones of some pages."""
        wanted = []
        known = self.records.fingerprint if self.undisturbed else None
        for page in pages:
            if known and known(page.url) == page.fingerprint:
                continue  # as `stale` would say
            present = self.found.present.get(page.url)
            reason = stale(page.fingerprint, self.records.get(page.url), present, same_site=self.same_site)
            if reason is not None:
                wanted.append(Wanted(page, reason, present))
        return tuple(wanted)

    def in_place(self, url: str) -> bool:
        """Say whether a page that nothing touched can stay as it is."""
        record = self.records.get(url)
        return self.same_site and record is not None and self.found.present.get(url) == record[SHA256]

    @property
    def undisturbed(self) -> bool:
        """Whether that holds for all pages there are records of."""
        return self.same_site and self.found.whole

    def records_of(self, wanted: Files, done: Mapping[str, bytes]) -> Records:
        """Give the records of all wanted pages: those that were `done`, and the others as they stand."""
        return self.records.stamped(self.found.stamps).replaced(wanted.gone, done)


class Change(msgspec.Struct, frozen=True):
    """What became of content since the records were made, where settings and theme are the same."""

    authors: Authors
    since: str
    """Order key of the oldest thread that pages of authors may show in another way."""


class Batches:
    """Makes the tasks of one build."""

    def __init__(
        self,
        planned: Plan,
        links: Links,
        shared: Shared,
        known: Known,
        store: Store,
        touched: Collection[str],
        named: Mapping[str, tuple[Place, bytes]],
        change: Change | None = None,
    ) -> None:
        self.planned, self.links, self.config, self.known = planned, links, shared.config, known
        self.store, self.touched, self.named = store, touched, named
        self.change = change
        self._before = {author.key: author for author in change.authors.before} if change else {}
        self.shared, self.rows = leave(store.spool / "shared", shared), store.spool / "rows"
        self._authors: tuple[Known | None, list[AuthorSum]] = (None, [])

    def files(self) -> Files:
        """Say which files the site has.

        Authors whom no change names have the pages they had, and there are many, so nobody looks at those.
        """
        records, planned, config = self.known.records, self.planned, self.config
        if self.change is None:
            return Files.of(records, records.places.keys(), planned.urls(config).keys())
        moved, change = self.links.moved, self.change.authors
        before, after = {*records.outside(urls.AUTHOR_PAGES)}, {*planned.own_urls()}
        before.update(url for url in (urls.AUTHORS, *records.inside(urls.further(urls.AUTHORS))) if url in records)
        old = (*change.before, *(author for author in change.kept if moved and author.key in moved))
        keys = moved.union(author.key for author in change.fresh)
        before.update(url for author in old for url in author_urls(author, config))
        after.update(url for author in self.authors() if author.key in keys for url in author_urls(author, config))
        return Files.of(records, before, after)

    def urls(self) -> Iterator[str]:
        """Yield the URLs of all pages that may be written."""
        pages = (*self.planned.pages, *(page for plan in self.planned.threads for page in plan.pages))
        yield from (wanted.page.url for wanted in self.known.wanted(pages))
        yield from (url for author in self.authors() for url in author_urls(author, self.config))

    def tasks(self) -> tuple[Iterator[RenderTask], int, int]:
        """Give all tasks, their weight, and how many pages they look at."""
        jobs = [self.thread(plan, wanted) for plan in self.planned.threads if (wanted := self.known.wanted(plan.pages))]
        threads = [RenderTask(self.shared, threads=tuple(batch)) for batch in batches(jobs, _weight, BATCH)]
        views = self.views()
        lists = [RenderTask(self.shared, views=views[start : start + VIEWS]) for start in range(0, len(views), VIEWS)]
        authors = self.authors()
        weight = sum(map(_weight, jobs)) + POST_COSTS * (
            VIEW_COSTS * len(views) + sum(author.posts for author in authors)
        )
        size = self.config.list_posts_per_page
        pages = sum(len(job.wanted) for job in jobs) + len(views)
        pages += sum(max(1, -(-(author.posts + author.stories) // size)) for author in authors)
        return itertools.chain(threads, self.author_tasks(authors, lists)), weight, pages

    def views(self, some: Collection[str] | None = None) -> tuple[Wanted, ...]:
        """Give the stale pages that are no thread's and no author's, or those of some URLs, with what they show."""
        pages = self.planned.pages if some is None else (page for page in self.planned.pages if page.url in some)
        return tuple(map(self._viewed, self.known.wanted(pages)))

    def _viewed(self, wanted: Wanted) -> Wanted:
        page = wanted.page
        if page.cut is None or page.view is not None:
            return wanted
        view = author_slice(self.links, page.cut, self.config)
        return msgspec.structs.replace(wanted, page=msgspec.structs.replace(page, view=view))

    def thread(self, plan: ThreadPlan, wanted: tuple[Wanted, ...]) -> ThreadJob:
        """Make the job of a thread's stale pages."""
        return ThreadJob(self.links.threads[plan.number], msgspec.structs.replace(plan, pages=()), wanted)

    def authors(self) -> list[AuthorSum]:
        """List the authors who may have stale pages."""
        known, found = self._authors
        if known is not self.known:  # there are many to ask
            undisturbed = self.known.undisturbed
            found = [
                author
                for author in self.planned.authors
                if author.key in self.touched
                or not (undisturbed or all(map(self.known.in_place, author_urls(author, self.config))))
            ]
            self._authors = self.known, found
        return found

    def author_tasks(self, authors: Sequence[AuthorSum], lists: Sequence[RenderTask] = ()) -> Iterator[RenderTask]:
        """Make the tasks of authors, a partition each, as they are asked for: there may be many authors.

        Those of lists go between them, so that the longest come first: else one worker would still be at it when the
        others have nothing left to do.
        """
        partitions: dict[int, list[AuthorSum]] = {}
        for author in authors:
            partitions.setdefault(partition_of(author.key), []).append(author)
        if authors:
            leave(self.rows, (self.named, self.links.odd))
        work = [(-sum(author.posts for author in mine), partition) for partition, mine in partitions.items()]
        work += [(-VIEW_COSTS * len(task.views), ~number) for number, task in enumerate(lists)]
        for _, number in sorted(work):
            if number < 0:
                yield lists[~number]
            else:
                yield self._author_task(number, partitions[number], everyone=len(authors) == len(self.planned.authors))

    def _author_task(self, partition: int, authors: Iterable[AuthorSum], *, everyone: bool) -> RenderTask:
        jobs = pack(list(map(self.author_job, authors)))
        return RenderTask(
            self.shared, partition=str(self.store.partition_path(partition)), authors=jobs, everyone=everyone,
            rows=str(self.rows), same_site=self.known.same_site,
        )  # fmt: skip

    def author_job(self, author: AuthorSum) -> AuthorJob:
        """Make the job of an author."""
        records, found = self.known.records, self.known.found
        if found.bare:  # in a first build, of everybody
            return AuthorJob(author, {})
        known = {url: (records.get(url), found.present.get(url)) for url in author_urls(author, self.config)}
        if self.change and self.known.undisturbed and author.key not in self.links.moved:
            before = self._before.get(author.key, author)
            if (author.name, author.uid, author.slug) == (before.name, before.uid, before.slug):
                return AuthorJob(author, known, self.change.since)
        return AuthorJob(author, known)

    def suspects(self, blocked: Collection[str], workers: Workers) -> Iterator[tuple[str, bytes]]:
        """Render the pages in whose place something foreign stands, without writing."""
        if not blocked:
            return
        tasks = []
        for plan in self.planned.threads:
            pages = [page for page in plan.pages if page.url in blocked]
            if wanted := self.known.wanted(pages):
                tasks.append(RenderTask(self.shared, threads=(self.thread(plan, wanted),)))
        tasks.append(RenderTask(self.shared, views=self.views(blocked)))
        authors = [a for a in self.planned.authors if any(url in blocked for url in author_urls(a, self.config))]
        tasks += self.author_tasks(authors)
        for result in workers.run(render_only, tasks, 0):
            yield from ((url, data) for url, data in result if url in blocked)


def _weight(job: ThreadJob) -> int:
    return (job.facts.posts + 5) * POST_COSTS


def render(batches: Batches, workers: Workers) -> Iterator[Done]:
    """Render what is stale and put it in place."""
    tasks, weight, pages = batches.tasks()
    ready = 0
    for done in map(unpack_done, workers.run(render_batch, tasks, weight)):
        ready += len(done)
        workers.tell("render", ready, pages)
        yield from done
