"""Tells Markdown bodies that the parser would take very long for, so that they are shown as plain text.

A body comes in, and yes or no goes out, by its text alone and never by a clock: the same body always looks the same.
Nothing is parsed here. The reader of Markdown warns of such bodies, and `markup` shows them as plain text.

markdown-it-py is linear but for quotes. Where one starts, it looks for the last line that may belong to it: text below
a quote belongs to its last paragraph. If there is no such paragraph, it looks again at the next quote sign (a
thousand times ``>>`` and below it a word: two seconds for 5 KB). So the lines that it may look at are counted, which
takes one pass over the body. The count is never too low, and too high only where quotes change their depth hundreds of
times without a blank line.
"""

from __future__ import annotations

import re

DEEPEST = 16
"""Levels of quotes that the parser opens; see `markup.commonmark.MAX_BLOCKS`."""

LINES = 50_000
"""How many lines the parser may look at in any body, which takes 40 ms; real mail of 550 quoted lines comes near it."""

LINES_EACH = 20
"""How many more for each line of the body: parsing the line takes about as long."""

_START = re.compile(r"(?:[ \t>]|[-+*](?![^ \t])|[0-9]{1,9}[.)](?![^ \t]))*+")
"""The quote signs and list markers at the start of a line."""


def is_costly(body: str) -> bool:
    """Say whether it would take too long to parse a body as Markdown. Linear in its length."""
    if ">" not in body:
        return False
    lines = body.replace("\r", "\n").split("\n")
    left = LINES + LINES_EACH * len(lines)
    ends = [len(lines)] * DEEPEST
    """Before which line a quote of each depth ends at the latest: a blank one with fewer signs."""
    signs = [_START.match(line)[0] for line in lines]  # type: ignore[index]  # it matches an empty string at least
    depths = [min(start.count(">"), DEEPEST) for start in signs]
    for number in range(len(lines) - 1, -1, -1):
        depth = depths[number]
        if not lines[number].strip(" \t>"):
            ends[depth:] = [number] * (DEEPEST - depth)
        listed = signs[number].strip(" \t>")
        opened = 0 if listed or not number else depths[number - 1]  # a list's item opens its quotes anew
        left -= sum(ends[opened:depth]) - number * max(depth - opened, 0)
        if left < 0:
            return True
    return False
