"""The command `publish`: puts a built site as one commit onto a branch of a remote; a `PublishReport` out.

It publishes the files that `SHA256SUMS` lists, byte for byte, the list itself, and the files that GitHub Pages needs on
a branch (`.nojekyll`, `CNAME`); no others. It builds nothing. It refuses an output that a build would change, that
`check` finds broken or that holds removed texts, and a branch that holds something other than a site of ours. It
fetches the newest commit of the branch first, so that several machines can publish in turn.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from generator.commands.check import built_for, check_site
from generator.commands.publish.git import MODE, Blob, Repository
from generator.config import FILE_NAME, Config
from generator.engine import BuildReport, lock, up_to_date
from generator.errors import Problem, PublishError
from generator.output import ALWAYS, read_sums
from generator.urls import SUMS

NO_JEKYLL, CNAME = ".nojekyll", "CNAME"
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


_USUAL = Target()


def publish(config: Config, site: Path, target: Target = _USUAL) -> PublishReport:
    """Publish the output of the site in folder `site`.

    Raises `PublishError` (or `OutputError`, `ContentError`) with everything that prevents it, and then leaves the
    remote as it was.
    """
    output = site / config.output
    with lock(site):
        repository = Repository(site)
        if problems := repository.unready(target.remote, target.branch, commits=not target.dry_run):
            raise PublishError(problems)
        if not config.site_url:  # then `build --site-url` may have given the address
            config = msgspec.structs.replace(config, site_url=built_for(output))
        built = up_to_date(config, site)
        if built.unmatched and not target.unmatched:
            raise PublishError((*built.unmatched, _may_name(len(built.unmatched))))
        warnings = _warnings(config, site)
        files = _files(output, config, repository)
        if warning := size_warning({path: blob.size for path, blob in files.items()}, config.output):
            warnings = (*warnings, warning)
        tip = repository.fetch(target.remote, target.branch)
        published = {} if tip is None else repository.files(tip)
        _refuse(published, config, repository, target)
        added = tuple(sorted(files.keys() - published.keys()))
        removed = tuple(sorted(published.keys() - files.keys()))
        both = sorted(files.keys() & published.keys())
        changed = tuple(path for path in both if published[path] != (MODE, files[path].id))
        report = PublishReport(None, tip is None, added, changed, removed, warnings)
        same = not (added or changed or removed) and (target.history or tip is None or not repository.has_parents(tip))
        if target.dry_run or same:
            return report
        extra = _extra(config)
        repository.keep(_bytes(output, path, extra, files[path], repository) for path in (*added, *changed))
        commit = repository.commit(files, tip if target.history else None, _message(built, report))
        repository.push(target.remote, target.branch, commit, tip, replace=not target.history)
        return msgspec.structs.replace(report, commit=commit)


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
    some = ", ".join(checked.not_ours[:5]) + (" ..." if len(checked.not_ours) > 5 else "")
    hint = "publish them elsewhere, or delete them"
    left = Problem(config.output, 0, f"files that the build did not write are not published: {some}", hint, "warning")
    return (*checked.problems, left)


def _files(output: Path, config: Config, repository: Repository) -> dict[str, Blob]:
    """Give every file that is to be on the branch, as git would store it."""
    files = {path: repository.blob(data) for path, data in _extra(config).items()}
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


def _extra(config: Config) -> dict[str, bytes]:
    """Make the files that a branch needs besides the site: path to bytes."""
    name = domain(config.site_url)
    return {NO_JEKYLL: b""} | ({CNAME: f"{name}\n".encode()} if name else {})


def domain(site_url: str) -> str | None:
    """Give the domain of a site that has one of its own, for `CNAME`; None for a path, a port, or *.github.io."""
    parts = urlsplit(site_url)
    if parts.path.strip("/") or not re.fullmatch(r"([a-z0-9-]+\.)+[a-z][a-z0-9-]*", parts.netloc.lower()):
        return None
    name = parts.netloc.lower()
    return None if f".{name}".endswith(".github.io") else name


def _refuse(published: Mapping[str, tuple[str, str]], config: Config, repository: Repository, target: Target) -> None:
    """Raise `PublishError` if publishing would remove something of the user's from the branch."""
    name = f"{target.remote}/{target.branch}"
    if published and not published.keys() >= ALWAYS | {SUMS}:
        message = f"{name} holds something else than a site of Threadpress, e.g. {min(published)}"
        hint = "name another branch with --branch, or delete this one if nobody needs it"
        raise PublishError(Problem("--branch", 0, message, hint))
    if CNAME in published and not config.site_url:
        kept = repository.content(published[CNAME][1]).decode("utf-8", "replace").strip()
        message = f"{name} stands at {kept}, as its {CNAME} says, and site_url is not set"
        hint = f'set site_url = "https://{kept}/" (or another address, to have {CNAME} removed) and build again'
        raise PublishError(Problem(FILE_NAME, 0, message, hint))


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
