"""Schedule: the plan and what is known of its pages in, batches of rendering out, records of all pages back.

Of threads and lists the plan has the fingerprints, so only stale pages are sent to workers. Of authors only those are
sent whose rows or threads may have changed, or whose files are not in place; the worker compares fingerprints.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from generator.early import Early
from generator.link import Links
from generator.parallel import Workers, batches
from generator.plan import AuthorPlan, Page, Place, Plan, ThreadPlan, places, stale
from generator.render import AuthorJob, Done, Move, RenderTask, Shared, ThreadJob, Wanted, render_batch, render_only
from generator.spool import leave
from generator.store import PARTITIONS, STAMP, Store, partition_of
from generator.write import Survey

POST_COSTS = 450
"""Bytes of saves that a post stands for when work is weighed."""
BATCH = 1_500_000
MOVES = 500
"""Pages that were rendered early in a batch."""
VIEWS = 20
"""Pages of lists in a batch."""


class Known(msgspec.Struct, frozen=True):
    """What is known of pages before they are rendered."""

    records: Mapping[str, bytes]
    found: Survey
    same_site: bool
    """Whether settings, theme and program are those of the records."""

    def wanted(self, pages: Iterable[Page]) -> tuple[Wanted, ...]:
        """Give the stale ones of some pages."""
        wanted = []
        for page in pages:
            present = self.found.present.get(page.url)
            reason = stale(page.fingerprint, self.records.get(page.url), present, same_site=self.same_site)
            if reason is not None:
                wanted.append(Wanted(page, reason, present))
        return tuple(wanted)

    def in_place(self, url: str) -> bool:
        """Say whether a page that nothing touched can stay as it is."""
        record = self.records.get(url)
        return self.same_site and record is not None and self.found.present.get(url) == record[8:40]

    def record(self, url: str) -> bytes:
        """Give the record of a page that stays as it is, with the stamp of its file."""
        record = self.records[url]
        return record[: STAMP.start] + self.found.stamps[url] if url in self.found.stamps else record


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
        early: Mapping[str, Early],
    ) -> None:
        self.planned, self.links, self.config, self.known = planned, links, shared.config, known
        self.store, self.touched, self.early = store, touched, early
        self.shared, self.rows = leave(store.spool / "shared", shared), store.spool / "rows"

    def tasks(self) -> tuple[list[RenderTask], int]:
        """List all tasks, and their weight."""
        moves: list[Move] = []
        jobs: list[ThreadJob] = []
        for plan in self.planned.threads:
            if not (wanted := self.known.wanted(plan.pages)):
                continue
            made = [self.early.get(one.page.url) for one in wanted]
            if all(page and page.fingerprint == one.page.fingerprint for page, one in zip(made, wanted, strict=True)):
                moves += (Move(one, page.sha256, page.path) for page, one in zip(made, wanted, strict=True) if page)
            else:
                jobs.append(self.thread(plan, wanted))
        threads = [RenderTask(self.shared, threads=tuple(batch)) for batch in batches(jobs, _weight, BATCH)]
        threads += (RenderTask(self.shared, moves=tuple(batch)) for batch in batches(moves, lambda _: 1, MOVES))
        views = self.known.wanted(self.planned.pages)
        lists = [RenderTask(self.shared, views=views[start : start + VIEWS]) for start in range(0, len(views), VIEWS)]
        authors = list(self.authors())
        weight = sum(map(_weight, jobs)) + POST_COSTS * sum(
            job.plan.author.posts for task in authors for job in task.authors
        )
        return [*threads, *authors, *lists], weight + 100 * POST_COSTS * len(views)

    def thread(self, plan: ThreadPlan, wanted: tuple[Wanted, ...]) -> ThreadJob:
        """Make the job of a thread's stale pages."""
        return ThreadJob(self.links.threads[plan.number], msgspec.structs.replace(plan, pages=()), wanted)

    def authors(self) -> Iterator[RenderTask]:
        """Make the tasks of authors who may have stale pages, a partition each."""
        jobs: dict[int, list[AuthorJob]] = {}
        everyone = [0] * PARTITIONS
        for plan in self.planned.authors:
            partition = partition_of(plan.author.key)
            everyone[partition] += 1
            if job := self.author(plan):
                jobs.setdefault(partition, []).append(job)
        if jobs:
            rows = self.known_rows()
            leave(self.rows, rows)
        for partition, mine in sorted(jobs.items()):
            path = str(self.store.partition_path(partition))
            yield self._author_task(path, mine, everyone=len(mine) == everyone[partition])

    def _author_task(self, path: str, jobs: Iterable[AuthorJob], *, everyone: bool) -> RenderTask:
        return RenderTask(
            self.shared, partition=path, authors=tuple(jobs), everyone=everyone, rows=str(self.rows),
            same_site=self.known.same_site,
        )  # fmt: skip

    def author(self, plan: AuthorPlan) -> AuthorJob | None:
        """Make the job of an author, unless nothing can have changed."""
        pages = tuple(self.planned.author_urls(plan, self.config))
        if plan.author.key not in self.touched and all(map(self.known.in_place, pages)):
            return None
        return self.author_job(plan)

    def author_job(self, plan: AuthorPlan) -> AuthorJob:
        """Make the job of an author."""
        records, present = self.known.records, self.known.found.present
        urls = self.planned.author_urls(plan, self.config)
        return AuthorJob(plan, {url: (records.get(url), present.get(url)) for url in urls})

    def known_rows(self) -> dict[str, tuple[Place, bytes]]:
        """What author pages show of threads, by order key."""
        return {order: (place, mark) for order, place, mark in places(self.links)}

    def suspects(self, blocked: Collection[str], workers: Workers) -> Iterator[tuple[str, bytes]]:
        """Render the pages in whose place something foreign stands, without writing."""
        if not blocked:
            return
        tasks = []
        for plan in self.planned.threads:
            pages = [page for page in plan.pages if page.url in blocked]
            if wanted := self.known.wanted(pages):
                tasks.append(RenderTask(self.shared, threads=(self.thread(plan, wanted),)))
        tasks.append(
            RenderTask(self.shared, views=self.known.wanted(p for p in self.planned.pages if p.url in blocked))
        )
        leave(self.rows, self.known_rows())
        for author in self.planned.authors:
            if any(url in blocked for url in self.planned.author_urls(author, self.config)):
                path = str(self.store.partition_path(partition_of(author.author.key)))
                tasks.append(self._author_task(path, [self.author_job(author)], everyone=False))
        for result in workers.run(render_only, tasks, 0):
            yield from ((url, data) for url, data in result if url in blocked)


def _weight(job: ThreadJob) -> int:
    return (job.facts.posts + 5) * POST_COSTS


def render(batches: Batches, workers: Workers) -> Iterator[Done]:
    """Render what is stale and put it in place."""
    tasks, weight = batches.tasks()
    for done in workers.run(render_batch, tasks, weight):
        yield from done
