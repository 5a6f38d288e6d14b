"""Render: batches of stale pages in, files in the output and a record of each out.

A worker reads what all pages share from a file, once a build, renders the pages of its batch, and writes those whose
bytes differ from what is in place. A group of saves is read again here, once, however many of its threads are stale: so
no body is ever kept or shipped. Pages of authors are made from the rows in a partition.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.config import Config
from generator.engine.partition import Damaged, Partition
from generator.engine.project import Project
from generator.engine.spool import take
from generator.engine.stale import Reason, reason
from generator.errors import ContentError, Problem
from generator.model import TOP, Reply, Thread
from generator.output import Writer, page_record
from generator.pages import (
    AuthorContext,
    AuthorOutline,
    Page,
    ThreadContext,
    ThreadName,
    ThreadViews,
    author_outlines,
    thread_file,
)
from generator.site import AUTHORS, AuthorSum, Facts, replies_of
from generator.theme import Head, Site, Theme
from generator.threads import FirstReading, Folder, Group, GroupReading, Redactions, changed, read_group


class Shared(msgspec.Struct, frozen=True):
    """What all pages of a build share; workers read it from a file."""

    config: Config
    content: Folder
    output: str
    site: Site
    theme: Theme
    redactions: Redactions
    apart: bool
    """Whether pages are put apart (`Writer`)."""


_NO_REDACTIONS = Redactions()


def share(project: Project, site: Site, redactions: Redactions, *, apart: bool) -> Shared:
    """Collect what all pages of a build share."""
    config = project.config
    return Shared(config, project.saves, str(project.output), site, project.theme, redactions, apart)


class Wanted(msgspec.Struct, frozen=True, array_like=True):
    """A page to render: why, and the hash of the file in place if there is one of ours."""

    page: Page
    reason: Reason
    present: bytes | None


class ThreadJob(msgspec.Struct, frozen=True):
    """The stale pages of one thread."""

    facts: Facts
    context: ThreadContext
    wanted: tuple[Wanted, ...]


class GroupJob(msgspec.Struct, frozen=True):
    """The stale pages of all threads in a group of saves, and stale copies of these saves."""

    group: Group
    read: tuple[tuple[str, str], ...]
    """Its files with the hashes that scan found."""
    ids: tuple[str, ...]
    """`GroupReading.ids`, if this build has read it before."""
    touched: bool
    """Whether redaction changes anything of it."""
    threads: tuple[ThreadJob, ...]
    saves: tuple[Wanted, ...]


class ViewJob(msgspec.Struct, frozen=True):
    """A stale page whose view is made already, or an asset."""

    wanted: Wanted
    view: Head | None
    """None: it is an asset."""


class AuthorJob(msgspec.Struct, frozen=True):
    """An author whose pages may be stale."""

    author: AuthorSum
    last: dict[str, tuple[bytes | None, bytes | None]]
    """Of each page, by URL: the record, and the hash of the file in place. Empty in a first build."""


class AuthorBatch(msgspec.Struct, frozen=True):
    """Authors of one partition."""

    partition: str
    jobs: bytes
    """`AuthorJob`s, packed by `pack`: there are many, and pickling values takes ten times as long."""
    everyone: bool
    """Whether these are all authors of the partition."""
    names: str
    """File with what `AuthorContext` needs of threads and of other authors."""
    same_site: bool


class RenderTask(msgspec.Struct, frozen=True):
    """A batch: a task for a worker."""

    shared: str
    groups: tuple[GroupJob, ...] = ()
    views: tuple[ViewJob, ...] = ()
    authors: AuthorBatch | None = None


class Done(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A page that is as it should be now."""

    url: str
    record: bytes
    reason: Reason | None
    """Why it was rendered; None: it was not."""
    written: bool


class Rendered(NamedTuple):
    """A page on its way to its place."""

    wanted: Wanted
    data: bytes


@functools.lru_cache(maxsize=1)
def read_shared(path: str) -> Shared:
    """Read what all pages share, once a build: its file has a name of its own in each."""
    shared = take(path)
    assert isinstance(shared, Shared)
    return shared


@functools.lru_cache(maxsize=1)
def read_names(path: str) -> tuple[Mapping[str, ThreadName], Mapping[str, str]]:
    """Read how authors' pages name threads, by order key, and the slugs that don't follow from names."""
    threads, slugs = take(path)
    return threads, slugs


TOGETHER = 16
"""Pages of authors that take each step together: a processor runs the same code again faster than other code."""

pack = msgspec.msgpack.Encoder().encode
unpack_done = msgspec.msgpack.Decoder(list[Done]).decode
_unpack_jobs = msgspec.msgpack.Decoder(list[AuthorJob]).decode


def render_batch(task: RenderTask) -> bytes:
    """Render a batch and put those pages in place whose bytes differ from what is there.

    Gives what `unpack_done` unpacks.
    """
    shared = read_shared(task.shared)
    with Writer(Path(shared.output), apart=shared.apart) as writer:
        return pack([page if isinstance(page, Done) else _put(page, writer) for page in _pages(task, shared)])


def _put(rendered: Rendered, writer: Writer) -> Done:
    page, why, present = rendered.wanted.page, rendered.wanted.reason, rendered.wanted.present
    sha256 = hashlib.sha256(rendered.data).digest()
    written = sha256 != present
    stamp = writer.put(page.url, rendered.data, sha256) if written else writer.stamp(page.url)
    return Done(page.url, page_record(page.fingerprint, sha256, stamp), why, written)


def render_only(task: RenderTask) -> list[tuple[str, bytes]]:
    """Render a batch and write nothing; gives URLs and bytes."""
    shared = read_shared(task.shared)
    return [(page.wanted.page.url, page.data) for page in _pages(task, shared) if isinstance(page, Rendered)]


def _pages(task: RenderTask, shared: Shared) -> Iterator[Done | Rendered]:
    for job in task.groups:
        yield from _group_pages(job, shared)
    for wanted, view in ((job.wanted, job.view) for job in task.views):
        if view is None:
            yield Rendered(wanted, shared.theme.assets[wanted.page.key][1])
        else:
            yield Rendered(wanted, shared.theme.render(wanted.page.template, view, shared.site))
    if task.authors:
        yield from _author_pages(task.authors, shared)


def _group_pages(job: GroupJob, shared: Shared) -> Iterator[Rendered]:
    reading = _read_again(job, shared)
    threads = {each.thread.key: each for each in reading.threads}
    for each in job.threads:
        found = threads.get(each.facts.key)
        if found is None or len(found.thread.posts) != each.facts.posts:
            raise Damaged(f"the facts of {'/'.join(each.facts.key)} are not of {', '.join(job.group.saves)}")
        views = ThreadViews(found.thread, found.tree, each.context, shared.config)
        for wanted in each.wanted:
            page = wanted.page
            if page.template:
                yield Rendered(wanted, shared.theme.render(page.template, views.view(page), shared.site))
            else:
                yield Rendered(wanted, thread_file(page, found.thread, found.tree, each.context, shared.config))
    for wanted in job.saves:
        data = reading.published.get(wanted.page.key)
        if data is None:
            raise Damaged(f"{wanted.page.key} is not published")
        yield Rendered(wanted, data)


def _read_again(job: GroupJob, shared: Shared) -> GroupReading:
    """Read a group as scan did; raises `ContentError` if its files differ by now."""
    facts = {each.facts.key: each.facts for each in job.threads}

    def replies(thread: Thread) -> tuple[Reply, ...]:
        """Give those that scan inferred; of threads that are not rendered nobody asks."""
        return replies_of(facts[thread.key], thread) if thread.key in facts else (TOP,) * len(thread.posts)

    first = FirstReading(replies, job.ids)
    redactions = shared.redactions if job.touched else _NO_REDACTIONS
    reading = read_group(shared.content, job.group, redactions, first=first)
    if tuple((file.path, file.sha256) for file in reading.files) != job.read:
        content, opened = shared.content.path, {file.path for file in reading.files}
        closed = [each for each in reading.problems if each.path not in opened and (content / each.path).exists()]
        problems = closed or [changed(job.group.saves[-1])]
        raise ContentError(_under(shared.config.content, problem) for problem in problems)
    return reading


def _under(folder: str, problem: Problem) -> Problem:
    return msgspec.structs.replace(problem, path=f"{folder}/{problem.path}")


def _author_pages(batch: AuthorBatch, shared: Shared) -> Iterator[Done | Rendered]:
    """Render those pages of a partition's authors that are stale."""
    outlines = _author_outlines(batch, shared)
    while together := list(itertools.islice(outlines, TOGETHER)):
        views: list[tuple[Wanted, Head]] = []
        for outline, (record, present) in together:
            why = reason(outline.page.fingerprint, record, present, same_site=batch.same_site)
            if why is None:
                assert record is not None
                yield Done(outline.page.url, record, None, False)
            else:
                views.append((Wanted(outline.page, why, present), outline.view()))
        pages = [shared.theme.render(wanted.page.template, view, shared.site) for wanted, view in views]
        yield from (Rendered(wanted, data) for (wanted, _), data in zip(views, pages, strict=True))


def _author_outlines(
    batch: AuthorBatch, shared: Shared
) -> Iterator[tuple[AuthorOutline, tuple[bytes | None, bytes | None]]]:
    """Yield the pages of a partition's authors, with what the last build left of each (`AuthorJob.last`)."""
    threads, slugs = read_names(batch.names)
    context = AuthorContext(threads, slugs, shared.config, shared.site.unlimited)
    jobs = {job.author.key: job for job in _unpack_jobs(batch.jobs)}
    with Partition(Path(batch.partition)) as partition:
        for key, rows in partition.rows(AUTHORS, None if batch.everyone else jobs.keys()):
            job = jobs.pop(key, None)
            if job is None:
                raise Damaged(f"{batch.partition}: nobody wrote the rows of {key}")
            if len(rows) != job.author.threads or not threads.keys() >= {thread for thread, _ in rows}:
                raise Damaged(f"{batch.partition}: the rows of {key} are not those that were summed up")
            for outline in author_outlines(job.author, rows, context):
                yield outline, job.last.get(outline.page.url, (None, None))
    if jobs:
        raise Damaged(f"{batch.partition}: there are no rows of {', '.join(jobs)}")
