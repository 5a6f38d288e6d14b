"""Messages: problems, and whatever ended a command, in; lines for the user and an exit code out (SPEC section 7).

Only this module and `cli` print, and only here exceptions become exit codes: 0 done; 1 the user's content or settings
are at fault; 2 wrong usage; 3 a bug of ours; 130 interrupted.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from generator.commands.terminal import count, left_out, quoted
from generator.errors import InputError, Problem, ThreadpressError, is_refusal, refused

_TO_TYPE = {
    "add": "`threadpress add FILE`, or a folder, an address, or - for standard input",
    "inspect": "`threadpress inspect FILE`, or for a thread of the archive `threadpress inspect SOURCE/ID`",
    "redact": "`threadpress redact --find NAME`; it prints what to write into threadpress.toml",
}
"""What to type, by the name of a command that can't do without."""
_NOTHING_DONE = {
    "build": "nothing was written",
    "add": "nothing was written",
    "new": "nothing was written",
    "publish": "nothing was published",
}
"""What a command that stopped has not done, by its name; of the others nobody expects anything."""

DONE, AT_FAULT, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130


def tell(problems: Iterable[Problem], site: Path | None, notes: Iterable[str] = ()) -> None:
    """Print problems, and what the reader of a site may miss.

    `site` is the way to the site's folder, or None if the paths of the problems are as the user sees them.
    """
    for problem in problems:
        seen = problem.seen_from_here(site or Path())
        if seen.of_file:
            say(str(seen), err=True)
        else:  # what a program said may have several lines
            click.echo("\n".join(map(quoted, str(seen).split("\n"))), err=True)
    for note in notes:
        say(f"note: {note}", err=True)


def say(line: str, *, err: bool = False) -> None:
    """Print one line, whatever the names in it hold."""
    click.echo(quoted(line), err=err)


def errors_and_warnings(problems: Sequence[Problem]) -> str:
    """Count errors and warnings apart, and leave out what there is none of."""
    errors = sum(problem.severity == "error" for problem in problems)
    numbers = ((errors, "error"), (len(problems) - errors, "warning"))
    return ", ".join(count(number, noun) for number, noun in numbers if number)


def say_left_out(problems: Iterable[Problem], content: str) -> None:
    """Say what a build that left files out of the content means for publishing, if it did."""
    if left := left_out(problems):
        say(f"{left}: `threadpress publish` refuses until that is mended, or moved out of {content}/")


def code_of(problems: Iterable[Problem]) -> int:
    """Give the exit code of a command that went through, but found problems."""
    return AT_FAULT if any(problem.severity == "error" for problem in problems) else DONE


def end(error: BaseException, site: Path | None, command: str | None) -> int:
    """Say why a command ended early, and give its exit code.

    `site` is the way to its site, if it had found one, and `command` its name, if one was named. Raises what is none of
    this: an exit that was asked for.
    """
    match error:
        case ThreadpressError():
            tell(error.problems, None if isinstance(error, InputError) else site)
            stopped = f"stopped: {errors_and_warnings(error.problems)}"
            click.echo("; ".join(filter(None, (stopped, _NOTHING_DONE.get(command or "")))), err=True)
        case click.ClickException():
            _explained(error).show()
            return USAGE
        case KeyboardInterrupt() | click.Abort():
            click.echo("interrupted", err=True)
            return INTERRUPTED
        case BrokenPipeError():
            # The program that read our messages has ended, and Python must not try to send it the rest on exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        case OSError() if is_refusal(error):
            tell([refused(error)], None)
        case MemoryError():
            tell([refused(OSError(errno.ENOMEM, "out of memory"))], None)
        case Exception():
            from generator.commands.crash import keep

            tell([keep(error, site)], site)
            return BUG
        case _:
            raise error
    return AT_FAULT


def _explained(error: click.ClickException) -> click.ClickException:
    """Say what to type, where click only says what is wrong."""
    match error:
        case click.MissingParameter(ctx=click.Context(command=command)) if command.name in _TO_TYPE:
            return click.UsageError(f"{error.format_message()} Write {_TO_TYPE[command.name]}.", error.ctx)
        case click.NoSuchOption(ctx=click.Context() as context) if not error.possibilities:
            names = [parameter.opts[-1] for parameter in context.command.get_params(context)]
            options = ", ".join(name for name in names if name.startswith("-"))
            return click.UsageError(f"{error.message} `{context.command_path}` has {options}.", context)
    return error
