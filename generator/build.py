"""Build: the stages in their order, and nothing else.

`build` is the spine: scan, ingest, link, plan, render, write. What the last build left in the store says what can be
skipped; what is skipped is decided by pure functions (`scan.unchanged`, `plan.stale`). The store commits last. Every
error is raised before the output is touched, except where `keep_going` leaves the saves at fault out.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import msgspec

from generator import survey, urls, write
from generator.authors import Authors
from generator.config import Config
from generator.early import share
from generator.errors import ContentError, OutputError, Problem
from generator.facts import writers
from generator.ingest import ingest
from generator.link import Links, link
from generator.lock import FOLDER, lock
from generator.origin import digests
from generator.parallel import Tell, Workers, silent
from generator.plan import fingerprint, places, plan
from generator.project import Project
from generator.scan import Content, complete, look, scan, settled
from generator.schedule import Batches, Known, render
from generator.store import EMPTY, STAMP, Damaged, State, Store, decode, encode
from generator.theme import load_theme


class BuildReport(msgspec.Struct, frozen=True):
    """What a build read, wrote and found."""

    threads: int
    posts: int
    authors: int
    files: int
    """That make up the site."""
    written: tuple[str, ...]
    removed: tuple[str, ...]
    rendered: tuple[tuple[str, str], ...]
    """URLs of pages that were rendered, each with the reason."""
    problems: tuple[Problem, ...]
    """Warnings, and with `keep_going` the errors of saves that were left out."""
    notes: tuple[str, ...]
    """What the reader of the output may miss, and why."""


class Order(msgspec.Struct, frozen=True):
    """How to build."""

    strict: bool = False
    """Warnings are errors."""
    keep_going: bool = False
    """Build what can be read."""
    clean: bool = False
    """Forget the last build and remove what it wrote."""
    jobs: int | None = None
    """Worker processes; as many as there are cores by default."""


_USUAL = Order()


def build(
    config: Config, site: Path, order: Order = _USUAL, executor: Executor | None = None, tell: Tell = silent
) -> BuildReport:
    """Build the site in folder `site` as `config` says.

    `executor` may be any that has `submit`; without one, a pool of processes is started where that pays. `tell` is told
    how far each stage is. Raises `ThreadpressError` with all problems of a kind at once, before anything in the output
    changes.
    """
    with lock(site), Workers(executor, order.jobs, tell) as workers:
        store = Store(site / FOLDER)
        project = Project(site, config, load_theme(config.theme, site))
        size = 0 if order.clean else store.size()
        glance = workers.begin(survey.glance, str(site / config.output), size) if size else None
        try:
            return _build(project, order, store, EMPTY if order.clean else store.load(), workers, glance)
        except Damaged:
            store.forget()
            again = Store(store.folder)  # with a spool of its own, as workers keep what they took from the first
            return _build(project, order, again, EMPTY, workers, None)


def up_to_date(config: Config, site: Path) -> BuildReport:
    """Give the report of a build that has nothing to do, without building; the caller holds the lock.

    Raises `OutputError` with the reason if a build would change the output, and `ContentError` if what is known of the
    content would stop it. No thread is read, and nothing is written.
    """
    project, store = Project(site, config, load_theme(config.theme, site)), Store(site / FOLDER)
    state = store.load()
    scan_digest, site_digest = digests(config, project.theme)
    if not state.partitions:
        reason = "there is no build of this site that is known to be whole"
    elif state.scan != scan_digest:  # then every save would have to be read to say more
        reason = "the settings or Threadpress itself are not those of the last build"
    else:
        with Workers(None, None) as workers:
            looked = look(project, state, workers, same=True)
            problems = state.problems if looked.untouched else settled(looked.problems, config.content)
            _stop_at_problems(problems, _USUAL)
            present = survey.survey(site / config.output, decode(state.pages, dict[str, bytes]), workers).present
        reason = _to_do(state, site_digest, untouched=looked.untouched)
        if not reason and (differs := present.absent | present.others.keys()):
            reason = f"{min(differs)} is not as the last build left it"
        if not reason:
            return _report(config, state, problems)
    raise OutputError(Problem(config.output, 0, f"it is out of date: {reason}", "run `threadpress build` first"))


def _build(
    project: Project, order: Order, store: Store, state: State, workers: Workers, glance: Future[bytes] | None
) -> BuildReport:
    config = project.config
    output, started = project.folder / config.output, time.time_ns()
    scan_digest, site_digest = digests(config, project.theme)
    same = state.scan == scan_digest and bool(state.partitions)
    theme = msgspec.structs.replace(project.theme, compiled=store.compiled(site_digest))
    project = msgspec.structs.replace(project, theme=theme)
    content = scan(project, state, store, workers, same=same)
    _stop_at_problems(content.problems, order)
    found: survey.Survey | None = None
    if not _to_do(state, site_digest, untouched=content.untouched):
        if not content.doubted and glance is not None and glance.result() == state.standing:
            write.tidy(output)
            return _report(config, state, content.problems)
        found = _survey(output, state, workers, glance)
        if found.whole:  # known now, so that the next build need not read those files again
            pages = dict(found.records)
            pages |= {url: pages[url][: STAMP.start] + stamp for url, stamp in found.stamps.items()}
            inputs = encode(content.inputs)
            state = msgspec.structs.replace(state, built=started, inputs=inputs, **_left(pages, found))
            store.save(state)
            write.tidy(output)
            return _report(config, state, content.problems)
    content = complete(content, state)
    authors = ingest(content, state, store, workers, afresh=not same)
    links = link(content.facts.values(), authors, config)
    planned = plan(links, config, theme)
    shown = fingerprint(planned.site)
    found = found or _survey(output, state, workers, glance)  # so late, as a glance takes longer than all of the above
    known = Known(found.records, found, (state.site, state.shown) == (site_digest, shown))
    named = places(links)
    marks = {order: mark for order, (_, mark) in named.items()}
    touched = _touched(content, authors, links, state, marks, same=same)
    early = {page.url: page for page in content.early} if content.site == planned.site else {}
    rendering = Batches(planned, links, share(project, planned.site), known, store, touched, named, early)
    wanted = planned.urls(config)
    blocked = write.blocked(found, wanted)
    found = write.refuse(output, config.output, found, rendering.suspects(blocked, workers))
    removed = write.clear(output, found) if order.clean else write.make_room(output, found, wanted)
    if order.clean:
        found = survey.survey(output, {}, workers)
    rendering.known = known = msgspec.structs.replace(known, found=found)
    done = {page.url: page for page in render(rendering, workers) if page.reason}
    workers.rest()
    after = known.records_of(wanted, {url: page.record for url, page in done.items()})
    sums = write.write_sums(output, after, found)
    write.tidy(output)
    state = State(
        scan=scan_digest,
        site=site_digest,
        shown=shown,
        built=started,
        inputs=encode(content.inputs),
        threads=encode(links.threads),
        authors=encode(links.authors),
        rows=encode(marks),
        **_left({urls.SUMS: sums.record, **after}, found),
        counts=(len(links.threads), sum(facts.posts for facts in links.threads), len(links.authors)),
        problems=content.problems,
        strays=content.strays,
    )
    store.save(state)
    return _report(
        config,
        state,
        content.problems,
        written=(*(url for url, page in done.items() if page.written), *([urls.SUMS] if sums.written else ())),
        removed=tuple(url for url in removed if url not in after),
        rendered=tuple((url, page.reason) for url, page in done.items() if page.reason),
    )


def _stop_at_problems(problems: Iterable[Problem], order: Order) -> None:
    found = tuple(problems)
    fatal = order.strict or any(problem.severity == "error" for problem in found)
    if found and fatal and not order.keep_going:
        raise ContentError(found)


def _survey(output: Path, state: State, workers: Workers, glance: Future[bytes] | None) -> survey.Survey:
    """Look at the output, file by file only if a glance showed that something is different."""
    records = decode(state.pages, dict[str, bytes])
    if glance is not None and glance.result() == state.standing:
        return survey.as_left(records, state.foreign)
    return survey.survey(output, records, workers)


def _left(pages: dict[str, bytes], found: survey.Survey) -> dict[str, Any]:
    """What the state says of the output as it stands now."""
    return {
        "pages": encode(pages),
        "foreign": found.foreign,
        "standing": survey.standing(pages, found.foreign),
        "files": len(pages),
    }


def _to_do(state: State, site_digest: str, *, untouched: bool) -> str:
    """Say for what reason a build is needed, whatever lies in the output; empty if there is none."""
    if state.site != site_digest:
        return "the settings, the theme or Threadpress itself are not those of the last build"
    return "" if untouched else "the saves are not those of the last build"


def _touched(
    content: Content, authors: Authors, links: Links, state: State, marks: Mapping[str, bytes], *, same: bool
) -> set[str]:
    """Authors whose pages may show something new: their own rows, how they name their threads, where others are."""
    touched = {author.key for author in authors.fresh} | links.moved
    before = decode(state.rows, dict[str, bytes]) if same else {}
    slugs = {author.key: author.slug for author in (*authors.kept, *authors.before) if author.odd}
    elsewhere = {key for key in slugs.keys() | links.odd.keys() if slugs.get(key) != links.odd.get(key)}
    for facts in content.facts.values():
        if before.get(facts.order) != marks[facts.order] or (elsewhere and not elsewhere.isdisjoint(writers(facts))):
            touched.update(writers(facts))
    return touched


def _report(
    config: Config,
    state: State,
    problems: tuple[Problem, ...],
    written: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
    rendered: tuple[tuple[str, str], ...] = (),
) -> BuildReport:
    threads, posts, authors = state.counts
    notes = () if config.site_url else ("without site_url there are no canonical links, and 404.html links to /",)
    return BuildReport(threads, posts, authors, state.files, written, removed, rendered, problems, notes)
