"""Early pages: those of a thread, made in the scan while its saves are in memory, by a guess at what surrounds it.

A page of a thread shows little that its saves don't say: its neighbours by date, its tags, and slugs that it shares
with others. In a first build the heads of the saves tell nearly all of that before the saves are read. So scan renders
the pages there and then, into the spool, each with the fingerprint of what it shows by this guess. Where plan comes to
the same fingerprint the file only has to be moved to its place; any other page is rendered as always.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from generator.config import zone
from generator.engine.project import Project
from generator.engine.render import Shared, thread_files
from generator.model import Thread
from generator.output.write import create
from generator.pages.plan import ThreadPlan, site_view, thread_pages, thread_plans
from generator.site.authors import Authors
from generator.site.facts import Facts, order_key
from generator.site.links import link
from generator.theme.views import Site
from generator.threads.read import Group, Loaded
from generator.threads.redact import Redactions


class Guess(msgspec.Struct, frozen=True):
    """What a build will say of the site and of its threads, as far as the heads of their saves tell."""

    site: Site
    plans: dict[tuple[str, str], ThreadPlan]


class Early(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A page that was rendered early."""

    url: str
    fingerprint: bytes
    sha256: bytes
    path: str
    """Where in the spool it lies."""


def guess(heads: Iterable[Thread], project: Project) -> Guess:
    """Link and plan a site of threads of which only the heads are known; of several heads of one the last counts."""
    threads = {thread.key: thread for thread in heads}
    where = zone(project.config)
    links = link((_bare(thread, order_key(thread, where)) for thread in threads.values()), Authors(), project.config)
    plans = zip(links.threads, thread_plans(links, project.config), strict=True)
    return Guess(
        site_view(links, project.config, project.theme),
        {(facts.group.source, facts.group.id): plan for facts, plan in plans},
    )


def _bare(thread: Thread, order: str) -> Facts:
    """What a head says, as facts."""
    return Facts(
        group=Group(thread.source, thread.id, ()),
        read=(),
        order=order,
        title=thread.title,
        posted=thread.posted,
        author=None,
        department=thread.department,
        tags=thread.tags,
        posts=0,
        authors=0,
        best=None,
        saves=(),
        removed=False,
        rows=b"\x80",
        replies=b"\x90",
        tally=b"",
        hits=(),
        problems=(),
    )


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


def render_early(loaded: Loaded, facts: Facts, plan: ThreadPlan, shared: Shared, stem: str) -> Iterator[Early]:
    """Render the pages of a thread into files `stem`-N; yields what they are."""
    pages = thread_pages(plan, facts, shared.config)
    for number, (page, data) in enumerate(thread_files(loaded, facts, plan, pages, shared)):
        path = f"{stem}-{number}"
        create(path, data)
        yield Early(page.url, page.fingerprint, hashlib.sha256(data).digest(), path)
