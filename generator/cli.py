"""The `threadpress` command: arguments in, messages and an exit code out.

This is the only module that prints, and the only place where exceptions become exit codes (SPEC section 7): 0 done;
1 the user's content or settings are at fault; 2 wrong usage; 3 a bug of ours; 130 interrupted. Each command imports the
modules that it needs.
"""

from __future__ import annotations

import errno
import io
import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from generator.commands.terminal import count
from generator.errors import ConfigError, Problem, ThreadpressError

if TYPE_CHECKING:
    from generator.config import Config

DONE, AT_FAULT, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130

DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})
"""Errors that the system gives without the name of a file when writing to it fails."""

SITE = Path()
"""Commands work on the site in the current folder."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="threadpress", message="threadpress %(version)s")
def threadpress() -> None:
    """Turn saved discussion threads into a static archive.

    Put saves into content/, run `threadpress build`, and publish output/. Settings are in threadpress.toml; all of them
    are optional.
    """


@threadpress.command()
@click.option("--strict", is_flag=True, help="Treat warnings as errors: stop before anything is written.")
@click.option("--keep-going", is_flag=True, help="Leave out saves that can't be read; the exit code is still 1.")
@click.option("--clean", is_flag=True, help="Remove all earlier files of ours from the output first.")
@click.option("--site-url", metavar="URL", help="Where the site will be; overrides site_url in threadpress.toml.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Worker processes; as many as cores by default.")
@click.option("--explain", is_flag=True, help="Say why each page was rendered.")
def build(  # noqa: PLR0913  # click passes an argument for each option
    strict: bool, keep_going: bool, clean: bool, site_url: str | None, jobs: int | None, explain: bool
) -> int:
    """Build content/ into output/.

    Only files whose bytes differ are written; files that are not from a build are never touched.
    """
    from generator.commands.progress import show_progress
    from generator.engine import Order
    from generator.engine import build as build_site
    from generator.workers import collect_rarely

    collect_rarely()

    config, warnings = _settings(site_url)
    if strict and warnings:
        raise ConfigError(warnings)
    _tell(warnings)
    with show_progress(sys.stderr, os.environ) as tell:
        report = build_site(config, SITE, Order(strict, keep_going, clean, jobs), tell=tell)
    _tell(report.problems)
    if explain:
        for url, reason in sorted(report.rendered):
            click.echo(f"{url}: {reason}")
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(
        f"{count(report.threads, 'thread')}, {count(report.posts, 'post')}, {count(report.authors, 'author')}: "
        f"{count(report.files, 'file')} in {config.output}/, "
        f"{len(report.written)} written, {len(report.removed)} removed"
    )
    return AT_FAULT if any(problem.severity == "error" for problem in report.problems) else DONE


@threadpress.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME", help="Address to listen on.")
@click.option("--open", "show", is_flag=True, help="Open the site in a browser.")
@click.option("--poll", is_flag=True, help="Look for changes now and then: for network drives, which report none.")
def serve(port: int, host: str, show: bool, poll: bool) -> int:
    """Build, serve the site to this machine's browser, and build again when files change.

    Open pages show changes at once. If a build fails they show why, and the last good site stays. The files in output/
    are those that `build` makes.
    """
    from generator.commands.serve import ServeOptions
    from generator.commands.serve import serve as serve_site

    serve_site(SITE, ServeOptions(host, port, show, poll), lambda line: click.echo(line, err=True))
    return DONE


@threadpress.command()
def check() -> int:
    """Read output/ as a visitor would, and content/ for warnings.

    Looks for dead links and anchors, ids used twice, files that differ from SHA256SUMS, and redacted texts. Does not
    use the network.
    """
    from generator.commands.check import check_site

    config, warnings = _settings(None)
    report = check_site(config, SITE)
    problems = (*warnings, *report.problems)
    _tell(problems)
    click.echo(
        f"{count(report.files, 'file')}, {count(report.links, 'link')}: "
        f"{count(len(problems), 'problem') if problems else 'nothing found'}"
    )
    return AT_FAULT if any(problem.severity == "error" for problem in problems) else DONE


@threadpress.command()
@click.argument("saves", nargs=-1, required=True, metavar="SAVE...")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
def add(saves: tuple[str, ...], dry_run: bool) -> int:
    """Bring saves into content/.

    SAVE is a file, a folder (all saves in it), an http(s) address, or - for standard input. All are checked first: if
    one can't be read, nothing is written. A newer save of a thread is put beside the older ones, and you are told what
    it adds. Existing files are never changed.
    """
    from generator.commands.add import STDIN, receive, summary_lines
    from generator.commands.add import add as add_saves

    if saves.count(STDIN) > 1:
        raise click.UsageError(f"{STDIN} can be named only once")
    config, warnings = _settings(None)
    _tell(warnings)
    report = add_saves(config, SITE, receive(saves, sys.stdin.buffer), dry_run=dry_run)
    _tell(report.problems)
    for thread in report.threads:
        for line in summary_lines(thread):
            click.echo(line)
    for name, path in report.same_bytes:
        click.echo(f"{name}: nothing new, the same bytes are in {path}")
    added = count(len(report.added), "save")
    if dry_run:
        click.echo(f"{added} would be added; nothing was written")
    elif report.added:
        click.echo(f"{added} added; `threadpress build` makes the pages")
    else:
        click.echo("nothing was added")
    return DONE


@threadpress.command()
@click.argument("save", metavar="SAVE")
@click.option("--edit", is_flag=True, help="Print a sidecar with the doubtful replies, to correct them.")
def inspect(save: str, edit: bool) -> int:
    """Show a thread as a tree, with the evidence for each reply.

    SAVE is a file (or - or an address), or a thread of the archive as SOURCE/ID or ID, which is put together from all
    its saves. Each line is a post: author, score and label, subject if it says something new, how its parent is known,
    whether it is cut, and its id. Parents that are stated or edited are facts; quote, name, subject, turn and order are
    evidence, shown with how certain it is.

    What --edit prints changes nothing as it is. It says where to save it, and offers other parents for each reply.
    """
    from rich.console import Console

    from generator.commands.inspect import ASCII, LINES, look_up, sidecar_lines, tree_lines

    config, warnings = _settings(None)
    _tell(warnings)
    result = look_up(config, SITE, save, sys.stdin.buffer, corrected=edit)
    if edit:
        _tell(result.problems)
        for row in sidecar_lines(result):
            click.echo(row)
        return DONE
    # With NO_COLOR there are no terminal codes at all, not only none for colours.
    system: Literal["auto"] | None = None if os.environ.get("NO_COLOR") else "auto"
    console = Console(color_system=system, soft_wrap=True, highlight=False, markup=False, emoji=False)
    _tell(result.problems)
    for read in result.threads:
        for line in tree_lines(read.thread, LINES if console.encoding.startswith("utf") else ASCII):
            console.print(line)
    return DONE


@threadpress.command()
@click.option("--find", "name", required=True, metavar="NAME", help="Whom to find: a name or a uid.")
def redact(name: str) -> int:
    """Print what to write into `redact` to remove a person; nothing is changed.

    Reads all saves, no build is needed. Case, accents and spaces don't count in NAME. Each author of that name gets an
    entry for `redact` in threadpress.toml, and the same as a hash. If there is none, similar names are printed, and the
    exit code is 1.
    """
    from generator.commands.redact import find_person, found_lines

    config, warnings = _settings(None)
    found = find_person(config, SITE, name)
    _tell((*warnings, *found.problems))
    for line in found_lines(found, name):
        click.echo(line)
    return DONE if found.people else AT_FAULT


@threadpress.command()
@click.option("--remote", default="origin", show_default=True, metavar="NAME", help="Which remote of git to push to.")
@click.option("--branch", default="gh-pages", show_default=True, metavar="NAME", help="Which branch holds the site.")
@click.option("--dry-run", is_flag=True, help="Only list what would change on the branch.")
@click.option("--no-history", is_flag=True, help="Replace what the branch holds by one commit without a parent.")
@click.option("--unmatched", is_flag=True, help="Publish even if entries of `redact` match nothing.")
def publish(remote: str, branch: str, dry_run: bool, no_history: bool, unmatched: bool) -> int:
    """Push output/ as one commit to a branch, as GitHub Pages takes it.

    Builds nothing, and refuses an output that is out of date, broken or not redacted. Your branches, your index and
    your work tree stay as they are.
    """
    from generator.commands.publish import Target
    from generator.commands.publish import publish as publish_site

    config, warnings = _settings(None)
    report = publish_site(config, SITE, Target(remote, branch, dry_run, not no_history, unmatched))
    _tell((*warnings, *report.problems))
    place, paths_by_sign = f"{remote}/{branch}", {"+": report.added, "~": report.changed, "-": report.removed}
    if dry_run:
        for sign, paths in paths_by_sign.items():
            for path in paths:
                click.echo(f"{sign} {path}")
    added, changed, removed = map(len, paths_by_sign.values())
    counts = f"{count(added, 'file')} added, {changed:,} changed, {removed:,} removed"
    if dry_run:
        click.echo(f"{place} would get: {counts}; nothing was pushed")
    elif report.commit is None:
        click.echo(f"{place} holds this site already: nothing to publish")
    else:
        click.echo(f"{place}: {counts}, as commit {report.commit[:10]}")
        if report.first:
            click.echo(f"note: the branch is new; GitHub shows it once Settings, Pages names {branch}", err=True)
    return DONE


@threadpress.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def new(folder: Path) -> int:
    """Make a fresh site in DIR: settings, an example, a workflow for GitHub Pages.

    Writes nothing if a file of the same name is there already.
    """
    from generator.commands.new import new as new_site

    files = new_site(folder)
    click.echo(f"{count(len(files), 'file')} in {folder}: {', '.join(files)}")
    click.echo("next:")
    if folder.resolve() != SITE.resolve():
        click.echo(f"  cd {shlex.quote(str(folder))}")
    click.echo("  threadpress build       # then open output/index.html in a browser")
    click.echo("  bring in saves of your own (`threadpress add FILE`) and build again; README.md says how to publish")
    return DONE


def _settings(site_url: str | None) -> tuple[Config, tuple[Problem, ...]]:
    """Read the settings of the site in this folder; flags override them."""
    from generator.config import load, with_flags

    config, warnings = load(SITE)
    try:
        return with_flags(config, site_url=site_url), warnings
    except ConfigError as error:  # the value of a flag is wrong
        raise click.UsageError(str(error)) from error


def _tell(problems: Iterable[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # titles and names have characters that some terminals can't show
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code, however it ends."""
    try:
        code = threadpress.main(arguments, prog_name="threadpress", standalone_mode=False)
        return code if isinstance(code, int) else DONE
    except ThreadpressError as error:
        _tell(error.problems)
        errors = sum(problem.severity == "error" for problem in error.problems)
        warnings = len(error.problems) - errors
        counts = [count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
        click.echo(f"stopped: {', '.join(counts)}; nothing was written", err=True)
        return AT_FAULT
    except click.ClickException as error:
        error.show()
        return USAGE
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The program that read our messages has ended, and Python must not try to send it the rest on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return AT_FAULT
    except OSError as error:
        if error.filename is None and error.errno not in DISK:
            return _report(error)
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"{place}{error.strerror}; check the disk and the file's permissions", err=True)
        return AT_FAULT
    except Exception as error:
        return _report(error)


def _report(error: Exception) -> int:
    """Write the traceback of a bug of ours to a file and say where it is."""
    from generator.commands.crash import keep

    _tell([keep(error, SITE)])
    return BUG
