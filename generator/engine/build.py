"""Build: the stages in their order, and nothing else.

`build` is the spine: scan, ingest, link, plan, render, write. What the last build left in the store says what can be
skipped; what is skipped is decided by pure functions (`facts.unchanged`, `plan.stale`). The store commits last. Every
error is raised before the output is touched, except where `keep_going` leaves the saves at fault out. An `Engine` goes
through all that any number of times, and remembers between them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from generator import urls
from generator.config import Config
from generator.engine.batches import Batches, Change, Known, render
from generator.engine.ingest import ingest
from generator.engine.lock import FOLDER, lock
from generator.engine.partition import Damaged
from generator.engine.past import Past
from generator.engine.project import Project
from generator.engine.render import share
from generator.engine.scan import Content, complete, look, scan, settled
from generator.engine.store import EMPTY, State, Store, encode
from generator.engine.version import digests
from generator.errors import ContentError, OutputError, Problem
from generator.output import survey, write
from generator.output.records import Files, Records
from generator.pages.plan import Ranked, Web, fingerprint, places, plan
from generator.site.authors import Authors
from generator.site.facts import row_marks
from generator.site.links import Links, link, wrote
from generator.stamps import FileStamp
from generator.theme.theme import load_theme
from generator.workers import Tell, Workers, silent


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


class _Run(NamedTuple):
    """One build: what it is to make, and with what."""

    project: Project
    order: Order
    store: Store
    workers: Workers
    ready: Callable[[], None]


class Engine:
    """Builds one site as often as it is asked to, and keeps in memory what a build leaves for the next.

    The store is kept all the same. What is in memory counts while the store on disk is the one that was saved with it;
    it spares reading the store, and looking at more of the output than the files that are to change.
    """

    def __init__(self, site: Path) -> None:
        self.site = site
        self._past: Past | None = None
        self._stamp: FileStamp | None = None

    def build(
        self,
        config: Config,
        order: Order = _USUAL,
        executor: Executor | None = None,
        tell: Tell = silent,
        ready: Callable[[], None] = lambda: None,
    ) -> BuildReport:
        """Build the site as `config` says.

        `executor` may be any that has `submit`; without one, a pool of processes is started where that pays. `tell` is
        told how far each stage is, and `ready` when all pages are in place, and only what is obsolete, the list of sums
        and the store are left to see to. Raises `ThreadpressError` with all problems of a kind at once, before anything
        in the output changes.
        """
        with lock(self.site), Workers(executor, order.jobs, tell) as workers:
            store = Store(self.site / FOLDER)
            project = Project(self.site, config, load_theme(config.theme, self.site))
            run = _Run(project, order, store, workers, ready)
            past, glance = self._past, None
            if past is None or order.clean or store.stamp() != self._stamp or survey.left_over(project.output):
                self._past, past = None, Past(EMPTY if order.clean else store.load())
                if standing := past.state.standing:
                    glance = survey.Glance(project.output, standing, workers, store.size())
            try:
                return self._build(run, past, glance)
            except Damaged:
                self._past = None
                store.forget()
                again = Store(store.folder)  # with a spool of its own, as workers keep what they took from the first
                return self._build(run._replace(store=again), Past(EMPTY), None)

    def prepare(self, config: Config) -> None:
        """Work out in spare time what the next build with these settings will ask for."""
        past = self._past
        if past and not past.web:
            links = link(past.threads, Authors(kept=past.authors), config)
            past.pages.places  # noqa: B018  # found now, and kept
            past.web = Web(links, plan(links, config, load_theme(config.theme, self.site)), places(links))

    def _build(self, run: _Run, past: Past, glance: survey.Glance | None) -> BuildReport:
        project, order, store, workers, ready = run
        config, state, started = project.config, past.state, time.time_ns()
        scan_digest, site_digest = digests(config, project.theme)
        same = state.scan == scan_digest and bool(state.partitions)
        theme = msgspec.structs.replace(project.theme, compiled=store.compiled(site_digest))
        project = msgspec.structs.replace(project, theme=theme)
        content = scan(project, past, store, workers, same=same)
        _stop_at_problems(content.problems, order)
        found: survey.Survey | None = None
        if not _to_do(state, site_digest, untouched=content.untouched):
            if not content.doubted and (past.warm or (glance and glance.same())):
                write.tidy(project.output)
                self._keep(store, past)
                return _report(config, state, content.problems)
            found = _survey(project, past, workers, glance)()
            if found.whole:  # known now, so that the next build need not read those files again
                pages = found.records.stamped(found.stamps)
                inputs = encode(content.inputs)
                state = msgspec.structs.replace(state, built=started, inputs=inputs, **_left(pages, found))
                self._keep(store, past.later(store.save(state), inputs=content.inputs, pages=pages))
                write.tidy(project.output)
                return _report(config, state, content.problems)
        self._past = None  # from here on, partitions and output are other than it says
        surveyed = _survey(project, past, workers, glance) if not found and glance and glance.done() else None
        content = complete(content, past)
        authors = ingest(content, past, store, workers, afresh=not same)
        before = past.web if state.site == site_digest else None
        links = link(content.facts.values(), authors, config, before.links if before else None)
        ranked = Ranked(past.authors, past.pages) if same and state.site == site_digest else None
        planned = plan(links, config, theme, before, ranked)
        shown = fingerprint(planned.site)
        # So late, since a glance often takes longer than all above.
        found = found or (surveyed or _survey(project, past, workers, glance))()
        same_site = (state.site, state.shown) == (site_digest, shown)
        named = places(links, before)
        marks = {order: mark for order, (_, mark) in named.items()}
        touched = _touched(content, authors, links, past, marks, same=same)
        apart = found.bare
        write.clear_apart(project.output)
        shared = msgspec.structs.replace(share(project, planned.site), apart=apart)
        known = Known(found.records, found, same_site)
        change = Change(authors, _since(content, past, marks)) if ranked else None
        rendering = Batches(planned, links, shared, known, store, touched, named, change)
        spot = past.warm and survey.stands(project.output, found.records, (urls.SUMS, *rendering.urls()))
        if past.warm and not spot:  # somebody was at it
            found = survey.survey(project.output, found.records, workers)
            rendering.known = msgspec.structs.replace(rendering.known, found=found)
        free = spot or apart
        removed: tuple[str, ...] = ()
        if not free:
            wanted = rendering.files()
            found, removed = _make_room(project, order, rendering, wanted, workers)
        done = {page.url: page for page in render(rendering, workers) if page.reason}
        workers.rest()
        if apart:
            write.move_in(project.output, config.output)
        ready()
        if free:  # nothing is in the way, so that this can wait until there is less to hold in memory
            wanted = rendering.files()
        if spot:
            found = survey.without(project.output, found, wanted)
            removed = write.make_room(project.output, found, wanted)
        after = rendering.known.records_of(wanted, {url: page.record for url, page in done.items()})
        sums = write.write_sums(project.output, after, found)
        write.tidy(project.output)
        pages = after.replaced((), {urls.SUMS: sums.record})
        state = State(
            scan=scan_digest,
            site=site_digest,
            shown=shown,
            built=started,
            inputs=encode(content.inputs),
            threads=encode(links.threads),
            authors=encode(links.authors),
            rows=encode(marks),
            **_left(pages, found),
            counts=(len(links.threads), sum(facts.posts for facts in links.threads), len(links.authors)),
            problems=content.problems,
            strays=content.strays,
        )
        self._keep(
            store,
            Past(
                store.save(state),
                Web(links, planned, named),
                inputs=content.inputs,
                threads=links.threads,
                authors=links.authors,
                rows=marks,
                pages=pages,
            ),
        )
        return _report(
            config,
            state,
            content.problems,
            written=(*(url for url, page in done.items() if page.written), *([urls.SUMS] if sums.written else ())),
            removed=tuple(url for url in removed if url not in after),
            rendered=tuple((url, page.reason) for url, page in done.items() if page.reason),
        )

    def _keep(self, store: Store, past: Past) -> None:
        """Remember what is now on disk."""
        past.warm = True
        self._past, self._stamp = past, store.stamp()


def build(
    config: Config, site: Path, order: Order = _USUAL, executor: Executor | None = None, tell: Tell = silent
) -> BuildReport:
    """Build the site in folder `site` once; see `Engine.build`."""
    return Engine(site).build(config, order, executor, tell)


def _make_room(
    project: Project, order: Order, rendering: Batches, wanted: Files, workers: Workers
) -> tuple[survey.Survey, tuple[str, ...]]:
    """Remove from the output what is not to be there, and raise `OutputError` for what stands in the way.

    Gives what lies there then, and what was removed.
    """
    output, found = project.output, rendering.known.found
    blocked = write.blocked(found, wanted)
    found = write.refuse(output, project.config.output, found, rendering.suspects(blocked, workers))
    removed = write.clear(output, found) if order.clean else write.make_room(output, found, wanted)
    if order.clean:
        found = survey.survey(output, Records.of({}), workers)
    rendering.known = msgspec.structs.replace(rendering.known, found=found)
    return found, removed


def up_to_date(config: Config, site: Path) -> BuildReport:
    """Give the report of a build that has nothing to do, without building; the caller holds the lock.

    Raises `OutputError` with the reason if a build would change the output, and `ContentError` if what is known of the
    content would stop it. No thread is read, and nothing is written.
    """
    project, store = Project(site, config, load_theme(config.theme, site)), Store(site / FOLDER)
    past = Past(store.load())
    state = past.state
    scan_digest, site_digest = digests(config, project.theme)
    if not state.partitions:
        reason = "there is no build of this site that is known to be whole"
    elif state.scan != scan_digest:  # then every save would have to be read to say more
        reason = "the settings or Threadpress itself are not those of the last build"
    else:
        with Workers(None, None) as workers:
            looked = look(project, past, workers, same=True)
            problems = state.problems if looked.untouched else settled(looked.problems, config.content)
            _stop_at_problems(problems, _USUAL)
            present = survey.survey(site / config.output, past.pages, workers).present
        reason = _to_do(state, site_digest, untouched=looked.untouched)
        if not reason and (differs := present.absent | present.others.keys()):
            reason = f"{min(differs)} is not as the last build left it"
        if not reason:
            return _report(config, state, problems)
    raise OutputError(Problem(config.output, 0, f"it is out of date: {reason}", "run `threadpress build` first"))


def _stop_at_problems(problems: Iterable[Problem], order: Order) -> None:
    found = tuple(problems)
    fatal = order.strict or any(problem.severity == "error" for problem in found)
    if found and fatal and not order.keep_going:
        raise ContentError(found)


def _survey(
    project: Project, past: Past, workers: Workers, glance: survey.Glance | None
) -> Callable[[], survey.Survey]:
    """Begin to look at the output, file by file only if a glance showed that something is different."""
    if past.warm or (glance and glance.same()):
        return lambda: survey.as_left(past.pages, past.state.foreign)
    return survey.begin(project.output, past.pages, workers, glance)


def _left(pages: Records, found: survey.Survey) -> dict[str, Any]:
    """What the state says of the output as it stands now."""
    return {
        "pages": encode(pages.packed()),
        "foreign": found.foreign,
        "standing": pages.standing(found.foreign),
        "files": len(pages),
    }


def _to_do(state: State, site_digest: str, *, untouched: bool) -> str:
    """Say for what reason a build is needed, whatever lies in the output; empty if there is none."""
    if state.site != site_digest:
        return "the settings, the theme or Threadpress itself are not those of the last build"
    return "" if untouched else "the saves are not those of the last build"


def _touched(
    content: Content, authors: Authors, links: Links, past: Past, marks: Mapping[str, bytes], *, same: bool
) -> set[str]:
    """Authors whose pages may show something new: their own rows, how they name their threads, where others are."""
    touched = {author.key for author in authors.fresh} | links.moved
    if not authors.kept:
        return touched
    before = past.rows if same else {}
    for facts in content.facts.values():
        if before.get(facts.order) != marks[facts.order] or (links.elsewhere and wrote(links.elsewhere, facts)):
            touched.update(row_marks(facts))
    return touched


def _since(content: Content, past: Past, marks: Mapping[str, bytes]) -> str:
    """Order key of the oldest thread that author pages may show in another way than the last build made them."""
    named = [order for order, mark in marks.items() if past.rows.get(order) != mark]
    return min([*named, *(facts.order for facts in (*content.fresh, *content.before))], default="")


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
