"""Build: the stages in their order, and nothing else.

`Engine._build` is the spine; who reads it from top to bottom knows the program. Whether something is as it was has four
answers, each in one place: an input and a thread in `scan`, a gathered key in `gather`, a page in `stale`. The store
commits last, so a build that dies anywhere leaves a store that says less than is true. Every error is raised before the
output is touched, except where `keep_going` leaves the saves at fault out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import NamedTuple

import msgspec

from generator.config import FILE_NAME, Config
from generator.engine.batches import Batches, Site, touched_authors
from generator.engine.gather import gather
from generator.engine.inputs import changed_files, lines_of, problems_of, with_runs
from generator.engine.lock import FOLDER, lock
from generator.engine.partition import Damaged
from generator.engine.project import Project
from generator.engine.scan import Content, scan
from generator.engine.stale import Stale
from generator.engine.store import NOTHING, LastBuild, Part, State, Store, left_in
from generator.engine.unfinished import clear_unfinished
from generator.engine.user_cache import compiled_folder
from generator.engine.version import digests
from generator.errors import ContentError, OutputError, Problem
from generator.files import is_in_git, lead_out
from generator.output import Output, is_unfinished, read_listed
from generator.pages import plan, thread_names
from generator.site import AUTHORS, Gathered, Links, Summary, authors_in, link, mark
from generator.stamps import FileStamp
from generator.theme import load_theme
from generator.urls import SUMS, thread_pages
from generator.workers import Tell, Workers, silent


class BuildReport(msgspec.Struct, frozen=True):
    """What a build read, wrote and found."""

    threads: int
    posts: int
    authors: int
    """How many wrote posts."""
    files: int
    """That make up the site."""
    written: tuple[str, ...]
    removed: tuple[str, ...]
    rendered: tuple[tuple[str, str], ...]
    """URLs of pages that were rendered, each with the reason."""
    problems: tuple[Problem, ...]
    """Warnings, and with `keep_going` the errors of saves that were left out."""
    unmatched: tuple[Problem, ...]
    """Those of them that are about entries of `redact` that match nothing."""
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
    yes: bool = False
    """Go on though there is no thread in the content, and remove every thread from the output."""


_USUAL = Order()


_SENSELESS = (ValueError, LookupError, TypeError, ArithmeticError, AttributeError)
"""What comes of values that make no sense. If a build from nothing raises it, it is a mistake of ours."""


def _senseless(error: Exception) -> Problem:
    message = f"what the last build left there makes no sense ({type(error).__name__}: {error}), so all is built anew"
    return Problem(FOLDER, 0, message, "if this is told again, please report it", "warning")


class _Run(NamedTuple):
    """One build: what it is to make, and with what."""

    project: Project
    order: Order
    store: Store
    workers: Workers
    ready: Callable[[], None]
    versions: tuple[str, str]
    """Digests of what reading saves, and what every page, depends on besides content."""


class Engine:
    """Builds one site as often as it is asked to, and keeps in memory what a build leaves for the next.

    The store is kept all the same. What is in memory counts while the store on disk is the one that was saved with it
    and no other build was cut off. It spares reading the store, and looking at more of the output than the files that
    are to change.
    """

    def __init__(self, site: Path) -> None:
        self.site = site
        self._last: LastBuild | None = None
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
        told how far each stage is. `ready` is called when all pages are in place, and only what is obsolete, the list
        of sums and the store are left to see to. Raises `ThreadpressError` with all problems of a kind at once, before
        anything in the output changes.
        """
        with lock(self.site) as warnings, Workers(executor, order.jobs, tell) as workers:
            _stop_at_problems(warnings, order)
            clear_unfinished(self.site / config.content)
            store = Store(self.site / FOLDER)
            project = Project(self.site, config, load_theme(config.theme, self.site, config.theme_options))
            versions = digests(config, project.theme)
            theme = msgspec.structs.replace(project.theme, compiled=compiled_folder(versions[1]))
            store.drop_templates()
            run = _Run(msgspec.structs.replace(project, theme=theme), order, store, workers, ready, versions)
            last = self._remembered(run)
            trusted = last is not None
            last = last or (NOTHING if order.clean else store.load())
            try:
                report = self._build(run, last, trusted=trusted)
            except (Damaged, *_SENSELESS) as error:
                if not isinstance(error, Damaged):
                    if last is NOTHING:
                        raise
                    warnings = (*warnings, _senseless(error))
                self._last = None
                store.forget()
                again = Store(store.folder)  # with a spool of its own, as workers keep what they took from the first
                report = self._build(run._replace(store=again), NOTHING, trusted=False)
            return msgspec.structs.replace(report, problems=(*warnings, *report.problems))

    def _remembered(self, run: _Run) -> LastBuild | None:
        """Give what this process knows of the last build, if nobody has built since."""
        last = self._last
        if run.order.clean or run.store.stamp() != self._stamp or is_unfinished(run.project.output):
            return None
        return last

    def _build(self, run: _Run, last: LastBuild, *, trusted: bool) -> BuildReport:
        project, order, store, workers, ready, (reading, every_page) = run
        same_reading = last.state.reading == reading and bool(last.state.partitions)
        content = scan(project, last, store, workers, same=same_reading)
        _stop_at_problems((*content.problems, *lines_of(content.unmatched, self.site)), order)
        if not order.yes:
            _stop_if_emptied(content, last, project)
        output = Output(project.output, project.config.output, last.output, workers, trusted=trusted)
        if content.untouched and last.state.site == every_page and output.is_whole:
            return self._rest(run, last, content, output)
        self._last = None  # from here on, partitions and output differ from it
        gathered = gather(content, last, store, workers, afresh=not same_reading)
        authors = authors_in(gathered)
        links = link(last.facts.value if content.untouched else content.facts, authors, project.config)
        planned = plan(links, project.config, project.theme)
        shown = mark(planned.site)
        stale = Stale(output, same_site=(last.state.site, last.state.shown) == (every_page, shown))
        names = thread_names(links)
        marks = {order: name.mark for order, name in names.items()}
        touched = touched_authors(links, authors, marks, last)
        redactions = with_runs(project.config, content.removed.value)
        site = Site(project, links, planned, names, touched, content.ids, redactions)
        batches = Batches(site, stale, store, workers)
        if not trusted and lead_out(batches.files()):  # the store said so: ids of saves can't
            raise Damaged("a page is not in the output")
        if order.clean:
            output.clear(batches.files, batches.render_only)
        else:
            output.prepare(batches.urls, batches.files, batches.render_only)
        done = {page.url: page for page in batches.render() if page.reason}
        workers.rest()
        output.move_in()
        ready()
        finished = output.finish(batches.files(), {url: page.record for url, page in done.items()})
        last = LastBuild(
            State(
                reading=reading, site=every_page, shown=shown, listed=content.listed, inputs=content.inputs,
                counts=(len(links.threads), sum(facts.posts for facts in links.threads), links.writers),
                problems=content.problems, strays=content.strays, unmatched=content.unmatched, **left_in(finished.left),
            ),
            facts=Part.of(links.threads),
            names=Part.of(marks),
            sums=Part.of(_sums(gathered, links)),
            records=Part(finished.left.records),
            removed=content.removed,
        )  # fmt: skip
        self._keep(store, store.save(last))
        report = _report(
            project,
            last.state,
            written=(*(url for url, page in done.items() if page.written), *finished.sums),
            removed=finished.removed,
            rendered=tuple((url, page.reason) for url, page in done.items() if page.reason),
        )
        slow = map(str, project.theme.slow_templates())
        return _with_notes(report, (*_passed_over(content, project.config), *slow))

    def _rest(self, run: _Run, last: LastBuild, content: Content, output: Output) -> BuildReport:
        """End a build that has nothing to do; files with new stamps need not be read again by the next."""
        state, records = last.state, last.records
        if content.inputs != state.inputs:
            state = msgspec.structs.replace(state, inputs=content.inputs, listed=content.listed)
        if not output.is_as_left:
            left = output.as_it_stands()
            state = msgspec.structs.replace(state, **left_in(left))
            records = Part(left.records)
        if state is not last.state:
            last = run.store.save(msgspec.structs.replace(last, state=state, records=records))
        self._keep(run.store, last)
        output.tidy()
        return _with_notes(_report(run.project, state), _passed_over(content, run.project.config))

    def _keep(self, store: Store, last: LastBuild) -> None:
        """Remember what is now on disk."""
        self._last, self._stamp = last, store.stamp()


def build(
    config: Config, site: Path, order: Order = _USUAL, executor: Executor | None = None, tell: Tell = silent
) -> BuildReport:
    """Build the site in folder `site` once; see `Engine.build`."""
    return Engine(site).build(config, order, executor, tell)


def up_to_date(config: Config, site: Path) -> BuildReport:
    """Give the report of a build that has nothing to do, without building; the caller holds the lock.

    Raises `OutputError` with the reason if a build would change the output, and `ContentError` if what is known of the
    content would stop it. No thread is read, and nothing is written.
    """
    project = Project(site, config, load_theme(config.theme, site, config.theme_options))
    last = Store(site / FOLDER).load()
    reading, every_page = digests(config, project.theme)
    if not last.state.partitions:
        reason = "there is no build of this site that is known to be whole"
    elif last.state.reading != reading:  # then every save would have to be read to say more
        reason = "the settings or Threadpress itself are not those of the last build"
    elif last.state.site != every_page:
        reason = "the settings, the theme or Threadpress itself are not those of the last build"
    else:
        with Workers(None, None) as workers:
            if different_files := changed_files(project, last):
                _stop_at_problems(problems_of(project, different_files), _USUAL)
                reason = "the saves are not those of the last build"
            elif different := Output(project.output, config.output, last.output, workers).find_difference():
                reason = f"{different} is not as the last build left it"
            else:
                _stop_at_problems(last.state.problems, _USUAL)
                return _report(project, last.state)
    raise OutputError(Problem(config.output, 0, f"it is out of date: {reason}", "run `threadpress build` first"))


def _stop_at_problems(problems: Iterable[Problem], order: Order) -> None:
    """Raise `ContentError` unless the rest can be built: saves can be left out, but no removal that somebody wants."""
    all_of_them = tuple(problems)
    errors = [problem.path for problem in all_of_them if problem.severity == "error"]
    fatal = bool(errors) or (order.strict and bool(all_of_them))
    if FILE_NAME in errors or (fatal and not order.keep_going):
        raise ContentError(all_of_them)


def _stop_if_emptied(content: Content, last: LastBuild, project: Project) -> None:
    """Raise `ContentError` if there is no thread where there were some, or should be: a disk may not be mounted.

    The output is asked as well, since the store may be gone, or of another version. A fresh clone has neither. There,
    a site without a thread needs `yes` too: somebody else builds it to publish it, and all that is published would go.
    """
    threads_before = last.state.counts[0]
    if content.facts or (content.untouched and threads_before):
        return
    listed = read_listed(project.output / SUMS)
    if threads := threads_before or len(thread_pages(listed)):
        message = f"there is no thread here any more, and a build would remove all of the site ({threads:,})"
        hint = "see that the folder is the right one and its disk is mounted, or run `threadpress build --yes`"
    elif not listed and is_in_git(project.folder):
        message = "there is no thread here, so the site would be empty"
        hint = "bring in a save with `threadpress add FILE`, or run `threadpress build --yes` if that is meant"
    else:
        return
    raise ContentError((*content.problems, Problem(project.config.content, 0, message, hint)))


def _sums(gathered: Mapping[str, Gathered[Summary]], links: Links) -> dict[str, tuple[Summary, ...]]:
    """Give the summaries of all keys for the next build; authors with the slugs that link gave them."""
    sums = {kind: (*parts.kept, *parts.fresh) for kind, parts in gathered.items()}
    return sums | {AUTHORS: tuple(links.authors)}


def _report(
    project: Project,
    state: State,
    written: tuple[str, ...] = (),
    removed: tuple[str, ...] = (),
    rendered: tuple[tuple[str, str], ...] = (),
) -> BuildReport:
    threads, posts, authors = state.counts
    unmatched = lines_of(state.unmatched, project.folder)
    problems = (*state.problems, *unmatched)
    url = project.config.site_url
    notes = () if url else ("without site_url there are no canonical links, and 404.html links to /",)
    return BuildReport(threads, posts, authors, state.files, written, removed, rendered, problems, unmatched, notes)


def _with_notes(report: BuildReport, notes: tuple[str, ...]) -> BuildReport:
    return msgspec.structs.replace(report, notes=(*report.notes, *notes))


def _passed_over(content: Content, config: Config) -> tuple[str, ...]:
    """Say how many files of other programs are among the saves."""
    files = f"{content.passed_over} file{'' if content.passed_over == 1 else 's'}"
    return (f"passed over {files} in {config.content}/ that other programs left there",) if content.passed_over else ()
