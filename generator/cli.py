"""The `threadpress` command: arguments in, messages and an exit code out (`messages`).

Each command imports the modules that it needs.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from generator.commands.locate import DIR, NAMED, Call, find_site, in_site, named_folder
from generator.commands.terminal import colour_system, count
from generator.errors import ConfigError, Problem
from generator.messages import AT_FAULT, DONE, code_of, end, errors_and_warnings, say, say_left_out, tell

if TYPE_CHECKING:
    from generator.config import Config


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="threadpress", message="threadpress %(version)s")
@click.option("-C", NAMED, metavar="DIR", type=DIR, help="The site's folder; also after the command's name.")
@click.pass_context
def threadpress(context: click.Context, named: Path | None) -> None:
    """Turn saved discussion threads into a static archive.

    Put saves into content/, run `threadpress build`, and publish output/. Settings are in threadpress.toml; all of them
    are optional. Begin with `threadpress new DIR`; `threadpress help` lists what else there is to read.

    Commands are about the site in the present folder, or else in the nearest folder above that has a threadpress.toml.
    """
    call = context.find_object(Call)
    if call:
        call.command = context.invoked_subcommand


@threadpress.command(epilog="`threadpress help configuration` lists the settings.")
@in_site
@click.option("--strict", is_flag=True, help="Treat warnings as errors: stop before anything is written.")
@click.option("--keep-going", is_flag=True, help="Leave out unreadable saves: exits with 1, and can't be published.")
@click.option("--clean", is_flag=True, help="Remove all earlier files of ours from the output first.")
@click.option("--site-url", metavar="URL", help="Where the site will be; overrides site_url in threadpress.toml.")
@click.option("--jobs", type=click.IntRange(1, 256), metavar="N", help="Worker processes; as many as cores by default.")
@click.option("--explain", is_flag=True, help="Say why each page was rendered.")
@click.option("--yes", is_flag=True, help="Go on if content/ has no thread: removes all there are from output/.")
def build(  # noqa: PLR0913  # click passes an argument for each option
    site: Path,
    strict: bool,
    keep_going: bool,
    clean: bool,
    site_url: str | None,
    jobs: int | None,
    explain: bool,
    yes: bool,
) -> int:
    """Build content/ into output/.

    Only files whose bytes differ are written; files that are not from a build are never touched.
    """
    from generator.commands.progress import show_progress
    from generator.engine import Order
    from generator.engine import build as build_site
    from generator.workers import collect_rarely

    collect_rarely()
    config, warnings = _settings(site, site_url)
    if strict and warnings:
        raise ConfigError(warnings)
    tell(warnings, site)
    with show_progress(sys.stderr, os.environ) as tell_progress:
        report = build_site(config, site, Order(strict, keep_going, clean, jobs, yes), tell=tell_progress)
    tell(report.problems, site, report.notes)
    if explain:
        for url, reason in sorted(report.rendered):
            say(f"{url}: {reason}")
    say(
        f"{count(report.threads, 'thread')}, {count(report.posts, 'post')}, {count(report.authors, 'author')}: "
        f"{count(report.files, 'file')} in {(site / config.output).as_posix()}/, "
        f"{len(report.written)} written, {len(report.removed)} removed"
    )
    say_left_out(report.problems, config.content)
    return code_of(report.problems)


@threadpress.command(epilog="`threadpress help serving` says more.")
@in_site
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="NAME", help="Address to listen on.")
@click.option("--allow-host", "allowed", multiple=True, metavar="NAME[:PORT]", help="Answer to this name, too.")
@click.option("--open", "show", is_flag=True, help="Open the site in a browser.")
@click.option("--poll", is_flag=True, help="Look for changes now and then: for network drives, which report none.")
def serve(  # noqa: PLR0913  # click passes each option by name
    site: Path, port: int, host: str, allowed: tuple[str, ...], show: bool, poll: bool
) -> int:
    """Serve the site to this machine, and build again on changes.

    Open pages show changes at once. If a build fails they show why, and the last good site stays. The files in output/
    are those that `build` makes.

    Only requests that name this server are answered. If you reach it by another name or port, through a container or a
    proxy, allow that with --allow-host, once for each.
    """
    from generator.commands.serve import AllowedHost, ServeOptions
    from generator.commands.serve import serve as serve_site

    hosts, faults = [], []
    for text in allowed:
        try:
            hosts.append(AllowedHost.of(text))
        except ValueError as error:
            faults.append(f"--allow-host: {error}")
    if faults:
        raise click.UsageError("\n".join(faults))
    options = ServeOptions(host, port, show, poll, tuple(hosts))
    serve_site(site, options, lambda line: say(line, err=True))
    return DONE


@threadpress.command()
@in_site
def check(site: Path) -> int:
    """Read output/ as a visitor would, and content/ for warnings.

    Looks for dead links and anchors, ids used twice, files that differ from SHA256SUMS, and redacted texts. Does not
    use the network.
    """
    from generator.commands.check import check_site

    config, warnings = _settings(site, None)
    report = check_site(config, site)
    problems = (*warnings, *report.problems)
    tell(problems, site)
    click.echo(
        f"{count(report.files, 'file')}, {count(report.links, 'link')}: "
        f"{errors_and_warnings(problems) or 'nothing found'}"
    )
    return code_of(problems)


@threadpress.command(epilog="`threadpress help formats` says what a save is.")
@in_site
@click.argument("saves", nargs=-1, required=True, metavar="SAVE...", type=click.Path(readable=False))
@click.option("--source", metavar="NAME", default="", help="Where saves are from that don't say it: content/NAME/.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--keep-going", is_flag=True, help="Leave out saves that can't be read; the exit code is still 1.")
def add(site: Path, saves: tuple[str, ...], source: str, dry_run: bool, keep_going: bool) -> int:
    """Bring saves into content/.

    SAVE is a file, a folder (all saves in it), an http(s) address, or - for standard input. All are checked first: if
    one can't be read, nothing is written. A newer save of a thread is put beside the older ones, and you are told what
    it adds. Existing files are never changed.

    --source NAME says which forum or list those saves are from that don't say it, and puts them into content/NAME/.
    """
    from generator.commands.add import STDIN, is_source, receive, report_lines
    from generator.commands.add import add as add_saves

    if saves.count(STDIN) > 1:
        raise click.UsageError(f"{STDIN} can be named only once")
    if source and not is_source(source):
        raise click.UsageError(f"--source {source}: use small letters, digits and -, at most 40")
    config, warnings = _settings(site, None)
    tell(warnings, site)
    report = add_saves(config, site, receive(saves, sys.stdin.buffer, source), dry_run=dry_run, keep_going=keep_going)
    tell(report.problems, None)
    for line in report_lines(report, site, dry_run=dry_run):
        say(line)
    return code_of(report.problems)


@threadpress.command(epilog="`threadpress help sidecars` says how to correct what it shows.")
@in_site
@click.argument("save", metavar="SAVE", type=click.Path(readable=False))
@click.option("--edit", is_flag=True, help="Print a sidecar with the doubtful replies, to correct them.")
def inspect(site: Path, save: str, edit: bool) -> int:
    """Show a thread as a tree, with the evidence for each reply.

    SAVE is a file (or - or an address), or a thread of the archive as SOURCE/ID or ID, which is put together from all
    its saves. Each line is a post: author, score and label, subject if it says something new, how its parent is known,
    whether it is cut, and its id. Parents that are stated or edited are facts; quote, name, subject, turn and order are
    evidence, shown with how certain it is.

    What --edit prints changes nothing as it is. It says where to save it, and offers other parents for each reply.
    """
    from rich.console import Console

    from generator.commands.add import is_named
    from generator.commands.inspect import ASCII, LINES, look_up, sidecar_lines, tree_lines

    if not is_named(save):  # then it is looked for in the archive
        find_site(site)
    config, warnings = _settings(site, None)
    tell(warnings, site)
    result = look_up(config, site, save, sys.stdin.buffer, corrected=edit)
    if edit:
        tell(result.problems, None)
        for row in sidecar_lines(result):
            click.echo(row)
        return DONE
    console = Console(
        color_system=colour_system(os.environ), soft_wrap=True, highlight=False, markup=False, emoji=False
    )
    tell(result.problems, None)
    for read in result.threads:
        for line in tree_lines(read.thread, LINES if console.encoding.startswith("utf") else ASCII):
            console.print(line)
    return DONE


@threadpress.command(epilog="`threadpress help removing` says more.")
@in_site
@click.option("--find", "name", required=True, metavar="NAME", help="Whom to find: a name or a uid.")
def redact(site: Path, name: str) -> int:
    """Print the entries of `redact` for a person; nothing is changed.

    Reads all saves, no build is needed. Case, accents and spaces don't count in NAME. Each author of that name gets an
    entry for `redact` in threadpress.toml, and the same as a hash. If there is none, similar names are printed, and the
    exit code is 1.
    """
    from generator.commands.redact import find_person, found_lines

    config, warnings = _settings(site, None)
    found = find_person(config, site, name)
    tell((*warnings, *found.problems), site)
    for line in found_lines(found, name):
        say(line)
    return DONE if found.people else AT_FAULT


@threadpress.command(epilog="`threadpress help publishing` says more.")
@in_site
@click.option("--remote", default="origin", show_default=True, metavar="NAME", help="Which remote of git to push to.")
@click.option("--branch", default="gh-pages", show_default=True, metavar="NAME", help="Which branch holds the site.")
@click.option("--dry-run", is_flag=True, help="Only list what would change on the branch.")
@click.option("--no-history", is_flag=True, help="Replace what the branch holds by one commit without a parent.")
@click.option("--yes", is_flag=True, help="Go on if more than half of the published threads would go.")
@click.option("--unmatched", is_flag=True, help="Publish even if entries of `redact` match nothing.")
def publish(  # noqa: PLR0913  # click passes an argument for each option
    site: Path, remote: str, branch: str, dry_run: bool, no_history: bool, yes: bool, unmatched: bool
) -> int:
    """Push output/ as one commit to a branch, as GitHub Pages takes it.

    Builds nothing, and refuses an output that is out of date, broken or not redacted. Your branches, your index and
    your work tree stay as they are.
    """
    from generator.commands.publish import Target, first_note, report_lines
    from generator.commands.publish import publish as publish_site

    config, warnings = _settings(site, None)
    target = Target(remote, branch, dry_run, not no_history, yes, unmatched)
    report = publish_site(config, site, target)
    tell((*warnings, *report.problems), site, report.notes)
    for line in report_lines(report, target):
        say(line)
    if report.commit and report.first:
        say(first_note(report, target), err=True)
    return DONE


@threadpress.command(epilog="`threadpress help tutorial` goes on from there.")
@click.option("-C", "site", metavar="DIR", type=DIR, callback=named_folder, help="The same as DIR.")
@click.option("--upgrade", is_flag=True, help="Only replace the program that a site carries by this one.")
@click.argument("folder", metavar="DIR", required=False, type=DIR)
def new(site: Path | None, folder: Path | None, upgrade: bool) -> int:
    """Make a fresh site in a folder.

    It gets settings, an example, a workflow for GitHub Pages, and this program in program/, so that it can be built
    anywhere. Files that are there stay as they are: a README.md, a .gitignore, and a content/ with saves, which gets
    settings, workflow and program so. Writes nothing if there are settings, or if something else is in the way.
    """
    from generator.commands import new as sites

    if (folder and site) or not (folder or site or upgrade):
        raise click.UsageError("name one folder, as DIR or with -C")
    folder = find_site(folder or site) if upgrade else folder or site or Path()
    if upgrade:
        report = sites.upgrade(folder)
        tell(report.problems, folder)
        lines = sites.upgrade_lines(report)
    else:
        lines = sites.new_lines(folder, sites.new(folder))
    for line in lines:
        say(line)
    return DONE


@threadpress.command("help")
@click.argument("topic", required=False)
@click.pass_context
def explain(context: click.Context, topic: str | None) -> int:
    """Explain a topic, for example formats.

    TOPIC is a page of the documentation, a section of one, or a command. Without it you get a list.
    """
    from generator.commands.topics import read_topics, topic_lines, topic_list

    topics = read_topics()
    if topic is None:
        click.echo(topic_list(topics))
    elif topic in threadpress.commands:
        click.echo(click.Context(threadpress.commands[topic], context.parent, topic).get_help())
    else:
        for line in topic_lines(topic, topics, threadpress.commands):
            click.echo(line)
    return DONE


def _settings(site: Path, site_url: str | None) -> tuple[Config, tuple[Problem, ...]]:
    """Read the settings of the site; flags override them."""
    from generator.config import load, with_flags

    def check_theme(theme: str, options: dict[str, Any], folder: Path) -> Iterable[Problem]:
        from generator.theme import theme_problems

        return theme_problems(theme, options, folder)

    def name_options(theme: str, folder: Path) -> Collection[str]:
        from generator.theme import option_names

        return option_names(theme, folder)

    config, warnings = load(site, check_theme, name_options)
    try:
        return with_flags(config, site_url=site_url), warnings
    except ConfigError as error:  # the value of a flag is wrong
        raise click.UsageError(str(error)) from error


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and exit with its code."""
    if isinstance(sys.stdout, io.TextIOWrapper):  # titles and names have characters that some terminals can't show
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command and give its exit code, however it ends."""
    call = Call()
    try:
        code = threadpress.main(arguments, prog_name="threadpress", standalone_mode=False, obj=call)
        return code if isinstance(code, int) else DONE
    except BaseException as error:
        return end(error, call.site, call.command)
