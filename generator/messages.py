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

from generator.commands.terminal import count, quoted
from generator.errors import InputError, Problem, ThreadpressError, is_refusal, refused

DONE, AT_FAULT, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130


def tell(problems: Iterable[Problem], site: Path | None) -> None:
    """Print problems; `site` is the way to the site's folder, or None if their paths are as the user sees them."""
    for problem in problems:
        seen = problem.seen_from_here(site or Path())
        if seen.of_file:
            say(str(seen), err=True)
        else:  # what a program said may have several lines
            click.echo("\n".join(map(quoted, str(seen).split("\n"))), err=True)


def say(line: str, *, err: bool = False) -> None:
    """Print one line, whatever the names in it hold."""
    click.echo(quoted(line), err=err)


def errors_and_warnings(problems: Sequence[Problem]) -> str:
    """Count errors and warnings apart, and leave out what there is none of."""
    errors = sum(problem.severity == "error" for problem in problems)
    numbers = ((errors, "error"), (len(problems) - errors, "warning"))
    return ", ".join(count(number, noun) for number, noun in numbers if number)


def code_of(problems: Iterable[Problem]) -> int:
    """Give the exit code of a command that went through, but found problems."""
    return AT_FAULT if any(problem.severity == "error" for problem in problems) else DONE


def end(error: BaseException, site: Path | None) -> int:
    """Say why a command ended early, and give its exit code; `site` is the way to its site, if it had found one.

    Raises what is none of this: an exit that was asked for.
    """
    match error:
        case ThreadpressError():
            tell(error.problems, None if isinstance(error, InputError) else site)
            click.echo(f"stopped: {errors_and_warnings(error.problems)}; nothing was written", err=True)
        case click.ClickException():
            error.show()
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
