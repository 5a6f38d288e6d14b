"""Batches: the plan and what lies in the output in, batches of rendering out, records of all rendered pages back.

Of threads and lists the plan has the fingerprints, so only stale pages are sent to workers. Of authors only those are
sent whose pages may have changed, or whose files are not in place; the worker compares fingerprints.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from pathlib import Path

import msgspec

from generator.engine.partition import partition_of
from generator.engine.project import Project
from generator.engine.render import (
    AuthorBatch,
    AuthorJob,
    Done,
    GroupJob,
    RenderTask,
    ThreadJob,
    ViewJob,
    Wanted,
    pack,
    render_batch,
    render_only,
    share,
    unpack_done,
)
from generator.engine.spool import leave
from generator.engine.stale import Stale
from generator.engine.store import LastBuild, Store
from generator.pages import Page, Plan, ThreadName, author_urls, page_view, thread_context
from generator.site import AUTHORS, AuthorSum, Facts, Gathered, Links, row_keys
from generator.threads import Group, Redactions
from generator.workers import Workers, batches

POST_COSTS = 450
"""Bytes of saves that a post counts for when work is weighed."""
BATCH = 1_500_000
VIEWS = 20
"""Pages of lists in a batch."""
VIEW_COSTS = 100
"""Posts that cost as much as a page of a list."""


class Site(msgspec.Struct, frozen=True):
    """A site that is planned."""

    project: Project
    links: Links
    plan: Plan
    names: Mapping[str, ThreadName]
    """How authors' pages name each thread, by order key."""
    touched: Set[str]
    """Keys of the authors whose pages may show something new."""
    ids: Mapping[Group, tuple[str, ...]]
    """`GroupReading.ids` of what this build has read."""
    redactions: Redactions
    """With the runs of all removed texts."""


class Batches:
    """Makes the tasks of one build."""

    def __init__(self, site: Site, stale: Stale, store: Store, workers: Workers) -> None:
        self.site, self.stale, self.store, self.workers = site, stale, store, workers
        self.config = site.project.config
        self._names = ""
        self._files: Collection[str] | None = None

    def files(self) -> Collection[str]:
        """Give the URLs of all files that the site is to have."""
        if self._files is None:
            self._files = self.site.plan.urls(self.config)
        return self._files

    def urls(self) -> Iterator[str]:
        """Yield the URLs of all pages that may be written."""
        yield from (wanted.page.url for wanted in self._wanted(self.site.plan.own()))
        yield from (url for author in self._authors() for url in author_urls(author, self.config))

    def render(self) -> Iterator[Done]:
        """Render what is stale and put it in place."""
        shared = self._share(apart=self.stale.output.bare)
        groups = list(self._groups(None))
        views = self._wanted(self.site.plan.pages)
        authors = self._authors()
        costs = sum(map(_posts, groups)) + VIEW_COSTS * len(views) + sum(author.posts for author in authors)
        size = self.config.list_posts_per_page
        pages = sum(map(_pages, groups)) + len(views)
        pages += sum(max(1, -(-(author.posts + author.stories) // size)) for author in authors)
        ready = 0
        for done in self.workers.run(render_batch, self._tasks(shared, groups, views, authors), POST_COSTS * costs):
            batch = unpack_done(done)
            ready += len(batch)
            self.workers.tell("render", ready, pages)
            yield from batch

    def render_only(self, some: Set[str]) -> Iterator[tuple[str, bytes]]:
        """Render pages of some URLs without writing them; gives URL and bytes."""
        if not some:
            return
        groups = list(self._groups(some))
        views = self._wanted(page for page in self.site.plan.pages if page.url in some)
        authors = [each for each in self.site.plan.authors if not some.isdisjoint(author_urls(each, self.config))]
        tasks = self._tasks(self._share(apart=False), groups, views, authors)
        for result in self.workers.run(render_only, tasks, 0):
            yield from ((url, data) for url, data in result if url in some)

    def _share(self, *, apart: bool) -> str:
        shared = share(self.site.project, self.site.plan.site, self.site.redactions, apart=apart)
        return leave(self.store.spool / f"shared-{apart:d}", shared)

    def _tasks(
        self, shared: str, groups: list[GroupJob], views: tuple[Wanted, ...], authors: list[AuthorSum]
    ) -> Iterator[RenderTask]:
        """Yield tasks, the longest kinds first: else one worker would still be at it when the others are idle."""
        for batch in batches(groups, lambda job: POST_COSTS * _posts(job), BATCH):
            yield RenderTask(shared, groups=tuple(batch))
        everyone = len(authors) == len(self.site.plan.authors)
        partitions: dict[int, list[AuthorSum]] = {}
        for author in authors:
            partitions.setdefault(partition_of((AUTHORS, author.key)), []).append(author)
        for number, mine in sorted(partitions.items(), key=lambda item: -sum(author.posts for author in item[1])):
            yield RenderTask(shared, authors=self._author_batch(number, mine, everyone=everyone))
        for start in range(0, len(views), VIEWS):
            yield RenderTask(shared, views=tuple(map(self._view, views[start : start + VIEWS])))

    def _wanted(self, pages: Iterable[Page]) -> tuple[Wanted, ...]:
        """Give the stale ones of some pages."""
        present = self.stale.output.survey.hash_of
        return tuple([Wanted(page, why, present(page.url)) for page, why in self.stale.reasons(pages)])

    def _groups(self, some: Set[str] | None) -> Iterator[GroupJob]:
        """Yield the stale pages of threads, and stale copies of saves, by the group to read; or those of some URLs."""
        plan, links = self.site.plan, self.site.links
        threads: dict[Group, list[ThreadJob]] = {}
        saves: dict[Group, list[Wanted]] = {}
        groups: dict[Group, Facts] = {}
        for number, (facts, pages) in enumerate(zip(links.threads, plan.threads, strict=True)):
            mine = pages if some is None else [page for page in pages if page.url in some]
            if wanted := self._wanted(mine):
                groups[facts.group] = facts
                context = thread_context(links, number, self.config)
                threads.setdefault(facts.group, []).append(ThreadJob(facts, context, wanted))
        for save in plan.saves:
            if (some is None or save.page.url in some) and (wanted := self._wanted([save.page])):
                facts = links.threads[save.thread]
                groups[facts.group] = facts
                saves.setdefault(facts.group, []).extend(wanted)
        touched = {facts.group for facts in links.threads if facts.touched}
        for group, facts in groups.items():
            ids = self.site.ids.get(group, ())
            jobs, copies = tuple(threads.get(group, ())), tuple(saves.get(group, ()))
            yield GroupJob(group, facts.read, ids, group in touched, jobs, copies)

    def _view(self, wanted: Wanted) -> ViewJob:
        page = wanted.page
        return ViewJob(wanted, page_view(page, self.site.links, self.config) if page.template else None)

    def _authors(self) -> list[AuthorSum]:
        """List the authors who may have stale pages."""
        undisturbed, can_stay = self.stale.undisturbed, self.stale.can_stay
        return [
            author
            for author in self.site.plan.authors
            if author.key in self.site.touched
            or not (undisturbed or all(map(can_stay, author_urls(author, self.config))))
        ]

    def _author_batch(self, partition: int, authors: Iterable[AuthorSum], *, everyone: bool) -> AuthorBatch:
        if not self._names:
            self._names = leave(Path(self.store.spool, "names"), (self.site.names, self.site.links.slugs))
        path = str(self.store.partition_path(partition))
        jobs = pack(list(map(self._author_job, authors)))
        return AuthorBatch(path, jobs, everyone, self._names, self.stale.same_site)

    def _author_job(self, author: AuthorSum) -> AuthorJob:
        output = self.stale.output
        if output.bare:
            return AuthorJob(author, {})
        recorded, present = output.records.get, output.survey.hash_of
        return AuthorJob(author, {url: (recorded(url), present(url)) for url in author_urls(author, self.config)})


def touched_authors(
    links: Links, authors: Gathered[AuthorSum], names: Mapping[str, bytes], last: LastBuild
) -> set[str]:
    """Find the authors whose pages may show something new.

    That is whoever's rows or slug changed, and whoever wrote in a thread that is named differently (`names` are marks
    of the names, by order key) or in which somebody has another slug.
    """
    touched = {author.key for author in authors.fresh} | links.moved
    if not authors.kept:
        return touched
    before = last.names.value
    for facts in links.threads:
        if before.get(facts.order) != names[facts.order] or links.moved:
            keys = row_keys(facts, AUTHORS)
            if before.get(facts.order) != names[facts.order] or not links.moved.isdisjoint(keys):
                touched.update(keys)
    return touched


def _posts(job: GroupJob) -> int:
    """How many posts a job counts for."""
    return sum(thread.facts.posts + 5 for thread in job.threads) + 5


def _pages(job: GroupJob) -> int:
    return len(job.saves) + sum(len(thread.wanted) for thread in job.threads)
