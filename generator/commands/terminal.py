"""Words for the terminal: numbers of things, and saved text on one line, without characters that a terminal obeys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from generator.errors import Problem
from generator.markup import visible


def colour_system(environment: Mapping[str, str]) -> Literal["auto"] | None:
    """Say which colours `rich` is to use; with NO_COLOR there are no terminal codes at all, not only no colours."""
    return None if environment.get("NO_COLOR") else "auto"


def count(number: int, noun: str) -> str:
    """Write a number of things: "1 post", "2,000 posts"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def left_out(problems: Iterable[Problem]) -> str:
    """Say how many files `--keep-going` left out; "" if there were none."""
    files = len({problem.path for problem in problems if problem.severity == "error"})
    return f"{count(files, 'file')} {'was' if files == 1 else 'were'} left out" if files else ""


def some(names: Sequence[str]) -> str:
    """List names, but of many only the first five."""
    return ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")


def one_line(text: str) -> str:
    """Make saved text fit for a terminal: on one line, and with a visible sign for each control character."""
    return visible(" ".join(text.split()))


def quoted(text: str) -> str:
    """Make a line that may hold names of files fit for a terminal.

    A name can hold anything, also what a terminal obeys, ends of lines, and bytes that are not UTF-8. These are shown
    by signs; everything else stays as it is.
    """
    if text.isprintable():
        return text
    shown = visible(text.encode("utf-8", "backslashreplace").decode())
    return shown.replace("\n", "\N{SYMBOL FOR LINE FEED}").replace("\t", "\N{SYMBOL FOR HORIZONTAL TABULATION}")
