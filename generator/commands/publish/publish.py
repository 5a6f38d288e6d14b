"""The command `publish`: puts a built site as one commit onto a branch of a remote; a `PublishReport` out.

It publishes the files that `SHA256SUMS` lists, byte for byte, the list itself, and the files that a branch needs: for
git `.gitattributes`, so that a clone has the same bytes, and for GitHub Pages `.nojekyll` and `CNAME`; no others. It
builds nothing. It refuses an output that a build would change, that `check` finds broken or that holds removed texts, a
branch that holds something other than a site of ours, and what would cost the branch its domain or most of its threads.
It fetches the newest commit of the branch first, so that several machines can publish in turn.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from generator.commands.check import built_for, check_site
from generator.commands.publish.branch import CNAME, Changes, compare, read_list
from generator.commands.publish.domain import Domain, domain_of
from generator.commands.publish.git import Blob, Entry, Repository
from generator.commands.terminal import count, some
from generator.config import FILE_NAME, Config
from generator.engine import BuildReport, lock, up_to_date
from generator.errors import Problem, PublishError
from generator.output import read_sums
from generator.urls import SUMS, thread_pages

NO_JEKYLL, ATTRIBUTES = ".nojekyll", ".gitattributes"
AS_THEY_ARE = b"* -text\n"
"""In `.gitattributes`: git changes no line ends, as it otherwise does where `core.autocrlf` is on."""
LIMIT = 1_000_000_000
"""Largest site that GitHub Pages takes, in bytes (https://docs.github.com/en/pages/getting-started-with-github-pages/github-pages-limits)."""
NEAR = 0.8
"""From this part of the limit on there is a warning."""
_SETTINGS = (
    ("publish_data", re.compile(r"threads/.+\.json")),
    ("publish_saves", re.compile(r"saves/.+")),
    ("search", re.compile(r"search(\.html|/.+)")),
)
"""Settings that make a site larger, and the files that each adds."""


class Target(msgspec.Struct, frozen=True):
    """Where to publish, and how."""

    remote: str = "origin"
    branch: str = "gh-pages"
    dry_run: bool = False
    """Only say what would change."""
    history: bool = True
    """Put the commit on top of the branch's earlier ones, instead of replacing them."""
    yes: bool = False
    """Go on though more than half of the published threads would go."""
    unmatched: bool = False
    """Publish even if entries of `redact` match nothing."""


class PublishReport(msgspec.Struct, frozen=True):
    """What was published, or with `dry_run` would be."""

    commit: str | None
    """Id of the commit; None if nothing was published: there was nothing new, or `dry_run` was set."""
    first: bool
    """Whether the branch did not exist."""
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]
    """Warnings."""
    notes: tuple[str, ...] = ()
    """What the build noted, too."""


_USUAL = Target()


def publish(config: Config, site: Path, target: Target = _USUAL) -> PublishReport:
    """Publish the output of the site in folder `site`.

    Raises `PublishError` (or `OutputError`, `ContentError`) with everything that prevents it, and then leaves the
    remote as it was.
    """
    output = site / config.output
    with lock(site) as unlocked:
        repository = Repository(site)
        if problems := repository.unready(target.remote, target.branch, commits=not target.dry_run):
            raise PublishError(problems)
        if not config.site_url:  # then `build --site-url` may have given the address
            config = msgspec.structs.replace(config, site_url=built_for(output))
        built = up_to_date(config, site)
        if built.unmatched and not target.unmatched:
            raise PublishError((*built.unmatched, _may_name(len(built.unmatched))))
        domain = domain_of(config.site_url)
        extra = _extra(domain)
        warnings = (*unlocked, *_warnings(config, site))
        files = _files(output, extra, repository)
        if warning := size_warning({path: blob.size for path, blob in files.items()}, config.output):
            warnings = (*warnings, warning)
        tip = repository.fetch(target.remote, target.branch)
        published = {} if tip is None else repository.files(tip)
        changes = _changes(published, files, repository, target)
        if problems := tuple(_refusals(published, changes, domain, repository, target)):
            raise PublishError(problems)
        warnings = (*warnings, *_branch_warnings(domain, published, changes, target))
        writing = (*changes.added, *changes.changed)
        has_news = bool(writing or changes.removed)
        has_parents = tip is not None and repository.has_parents(tip)
        if config.redact and target.history and (has_parents or (tip is not None and has_news)):
            warnings = (*warnings, _still_there(target))
        report = PublishReport(
            None, tip is None, changes.added, changes.changed, changes.removed, warnings, built.notes
        )
        if target.dry_run or not (has_news or (has_parents and not target.history)):
            return report
        repository.keep(_bytes(output, path, extra, files[path], repository) for path in writing)
        entries = {**changes.kept, **{path: Entry(blob.id) for path, blob in files.items()}}
        commit = repository.commit(entries, tip if target.history else None, _message(built, report))
        repository.push(target.remote, target.branch, commit, tip, replace=not target.history)
        return msgspec.structs.replace(report, commit=commit)


def report_lines(report: PublishReport, target: Target) -> Iterator[str]:
    """Write a report for the terminal."""
    place, paths_by_sign = _name(target), {"+": report.added, "~": report.changed, "-": report.removed}
    added, changed, removed = map(len, paths_by_sign.values())
    counts = f"{count(added, 'file')} added, {changed:,} changed, {removed:,} removed"
    if target.dry_run:
        for sign, paths in paths_by_sign.items():
            yield from (f"{sign} {path}" for path in paths)
        yield f"{place} would get: {counts}; nothing was pushed"
    elif report.commit is None:
        yield f"{place} holds this site already: nothing to publish"
    else:
        yield f"{place}: {counts}, as commit {report.commit[:10]}"


def first_note(report: PublishReport, target: Target) -> str:
    """Say what the user may wonder about when a branch is new."""
    beside = ", ".join(path for path in (ATTRIBUTES, NO_JEKYLL, CNAME) if path in report.added)
    shown = f"GitHub shows it once Settings, Pages names {target.branch}"
    return f"note: the branch is new; besides the files of the site it has {beside}; {shown}"


def _may_name(entries: int) -> Problem:
    """Refuse to publish what somebody may believe to be removed."""
    names = "an entry of redact matches" if entries == 1 else f"{entries} entries of redact match"
    hint = "correct redact and build again, or publish all the same with --unmatched"
    return Problem(FILE_NAME, 0, f"{names} nothing, so the site may show what was to be removed", hint)


def _warnings(config: Config, site: Path) -> tuple[Problem, ...]:
    """Check the output; raises `PublishError` for what a visitor would trip over."""
    checked = check_site(config, site)
    if any(problem.severity == "error" for problem in checked.problems):
        raise PublishError(checked.problems)
    if not checked.not_ours:
        return checked.problems
    message = f"files that the build did not write are not published: {some(checked.not_ours)}"
    left = Problem(config.output, 0, message, "publish them elsewhere, or delete them", "warning")
    return (*checked.problems, left)


def _files(output: Path, extra: Mapping[str, bytes], repository: Repository) -> dict[str, Blob]:
    """Give every file that is to be on the branch, as git would store it."""
    files = {path: repository.blob(data) for path, data in extra.items()}
    files[SUMS] = repository.blob((output / SUMS).read_bytes())
    for path, sha256 in read_sums(output / SUMS):
        data = (output / path).read_bytes()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise PublishError(_changed(output, path))
        files[path] = repository.blob(data)
    return files


def _bytes(output: Path, path: str, extra: Mapping[str, bytes], blob: Blob, repository: Repository) -> bytes:
    data = extra[path] if path in extra else (output / path).read_bytes()
    if repository.blob(data) != blob:
        raise PublishError(_changed(output, path))
    return data


def _changed(output: Path, path: str) -> Problem:
    return Problem(f"{output.name}/{path}", 0, "it was changed meanwhile", "run `threadpress build` again")


def _extra(domain: Domain) -> dict[str, bytes]:
    """Make the files that a branch needs besides the site: path to bytes."""
    extra = {NO_JEKYLL: b"", ATTRIBUTES: AS_THEY_ARE}
    return extra | ({CNAME: f"{domain.name}\n".encode()} if domain.name else {})


def _changes(
    published: Mapping[str, Entry], files: Mapping[str, Blob], repository: Repository, target: Target
) -> Changes:
    """Say what becomes of each file of the branch; raises `PublishError` if the branch is not for a site."""
    listed = read_list(published, repository)
    if published and not listed:
        message = f"{_name(target)} holds something else than a site of Threadpress, e.g. {min(published)}"
        hint = "name another branch with --branch, or delete this one if nobody needs it"
        raise PublishError(Problem("--branch", 0, message, hint))
    return compare(published, files, listed, repository)


def _name(target: Target) -> str:
    return f"{target.remote}/{target.branch}"


def _refusals(
    published: Mapping[str, Entry], changes: Changes, domain: Domain, repository: Repository, target: Target
) -> Iterator[Problem]:
    """Say what of the user's would be lost on the branch."""
    name = _name(target)
    for path, ours in changes.blocking:
        message = f"{path!r} on {name} is not as `publish` left it, and is where {ours} is to be written"
        yield Problem("--branch", 0, message, "move it to another name there, or delete it there")
    if CNAME in published and domain.doubt:
        kept = repository.content(published[CNAME].id).decode("utf-8", "replace").strip()
        message = f"{name} stands at {kept}, as its {CNAME} says, and {domain.doubt}"
        hint = f'set site_url = "https://{kept}/" and build again, or remove the domain on GitHub (Settings, Pages)'
        yield Problem(FILE_NAME, 0, message, hint)
    threads = thread_pages(published.keys() - changes.kept.keys())
    gone = threads & set(changes.removed)
    if 2 * len(gone) > len(threads) and not target.yes:
        message = f"{len(gone):,} of {count(len(threads), 'thread')} would be removed, e.g. {min(gone)}"
        hint = "if that is meant, run `threadpress publish --yes`; with --dry-run too it lists what would change"
        yield Problem(name, 0, message, hint)


def _branch_warnings(
    domain: Domain, published: Mapping[str, Entry], changes: Changes, target: Target
) -> Iterator[Problem]:
    """Tell of a domain that the user may miss on the branch, and of files there that are not ours."""
    if changes.kept:
        message = f"files on {_name(target)} that `publish` did not put there stay: {some(tuple(changes.kept))}"
        yield Problem("--branch", 0, message, "delete them there if they are not meant to be public", "warning")
    if domain.doubt and not domain.usual:
        hint = "correct site_url if GitHub is to show the site there"
        yield Problem(FILE_NAME, 0, f"no {CNAME} is made: {domain.doubt}", hint, "warning")
    elif CNAME in published and not domain.name:
        hint = "set site_url to the domain's address if the site has one of its own"
        yield Problem(FILE_NAME, 0, f"{CNAME} is removed, since site_url is at github.io", hint, "warning")


def _still_there(target: Target) -> Problem:
    """Warn that a commit takes nothing away from those before it."""
    message = f"earlier commits of {_name(target)} still hold what `redact` has removed since"
    hint = "publish with --no-history, and read `threadpress help removing`"
    return Problem("--no-history", 0, message, hint, "warning")


def size_warning(sizes: Mapping[str, int], folder: str) -> Problem | None:
    """Warn of a site near the limit, and say which settings would shrink it, and by how much."""
    total = sum(sizes.values())
    if total < NEAR * LIMIT:
        return None
    share = "more than" if total > LIMIT else f"{total / LIMIT:.0%} of"
    message = f"the site has {_megabytes(total)}, {share} the {_megabytes(LIMIT)} that GitHub Pages takes"
    return Problem(folder, 0, message, "; ".join(_savings(sizes)) or "split the archive", "warning")


def _savings(sizes: Mapping[str, int]) -> Iterator[str]:
    for setting, files in _SETTINGS:
        if saved := sum(size for path, size in sizes.items() if files.fullmatch(path)):
            yield f"{setting} = false saves {_megabytes(saved)}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


def _message(built: BuildReport, report: PublishReport) -> str:
    """Write the commit's message: what it holds, but not when or where it was made."""
    return (
        f"Publish the archive\n\nThreads: {built.threads:,}\nPosts: {built.posts:,}\n"
        f"Files: {len(report.added):,} added, {len(report.changed):,} changed, {len(report.removed):,} removed\n"
    )
