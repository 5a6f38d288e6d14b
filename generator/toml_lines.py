"""In which line of a TOML file does a key stand? The text and a key come in, a number goes out, 0 if that is unclear.

A file is looked through once, however many lines are asked for. Whether it is TOML is not decided here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

DEEPEST = 4
"""Tables in tables, at most, in which keys are looked for: deeper than any setting is."""
_KEY = re.compile(r"""^[ \t]*+\[?+[ \t]*+(?:"([^"\n]*+)"|'([^'\n]*+)'|([^\s"'=.\[\]]++))[ \t]*+[=.\]]""", re.MULTILINE)
_HEADER = re.compile(r"[ \t]*+\[++([^\]]++)\]")
_SET = re.compile(r"""[ \t]*+((?:"[^"\n]*+"|'[^'\n]*+'|[\w-]++|[ \t]*+\.[ \t]*+)++)[ \t]*+=""")
_PART = re.compile(r""""([^"]*+)"|'([^']*+)'|([^\s."']++)""")
_ENTRY = re.compile(r""""([^"\n]*+)"|'([^'\n]*+)'""")


def line_of(text: str, key: str) -> int:
    """Find the 1-based line where a top-level key or table is set; 0 if that is unclear."""
    return _first_lines(text).get(key, 0)


@functools.lru_cache(maxsize=4)  # of a file with many faults, all are looked up one after the other
def _first_lines(text: str) -> dict[str, int]:
    """Give the line where each key or table is set first."""
    lines: dict[str, int] = {}
    at, number = 0, 1
    for match in _KEY.finditer(text):
        number += text.count("\n", at, match.start())
        at = match.start()
        lines.setdefault(match[1] or match[2] or match[3] or "", number)
    return lines


def line_in(text: str, *keys: str) -> int:
    """Find the 1-based line where a key of a table, or of a table in it, is set; else that of the table; else 0."""
    lines = _lines(text)
    return next((lines[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in lines), 0)


@functools.lru_cache(maxsize=4)
def _lines(text: str) -> dict[tuple[str, ...], int]:
    """Give the line where each key is set first, with the names of the tables that it is in before it."""
    lines: dict[tuple[str, ...], int] = {}
    for number, key in keys_set(text):
        for end in range(1, min(len(key), DEEPEST) + 1):
            lines.setdefault(key[:end], number)
    return lines


def keys_set(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield each 1-based line that sets a key or begins a table, with the whole name of that."""
    inside: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        if match := _HEADER.match(line):
            inside = _dotted(match[1])
            yield number, inside
        elif match := _SET.match(line):
            yield number, (*inside, *_dotted(match[1]))


def line_of_entry(text: str, key: str, entry: str) -> int:
    """Find the line of an entry of a list; that of the list if the entry is written with escapes."""
    lines = _lines_of_entries(text, key)
    return lines[entry] if entry in lines else line_of(text, key)


@functools.lru_cache(maxsize=4)
def _lines_of_entries(text: str, key: str) -> dict[str, int]:
    """Give the line of each entry of a list, and of what is in quotes behind it."""
    start = re.search(rf"^[ \t]*+{key}[ \t]*+=", text, re.MULTILINE)
    lines: dict[str, int] = {}
    at, number = 0, 1
    for match in _ENTRY.finditer(text, start.end()) if start else ():
        number += text.count("\n", at, match.start())
        at = match.start()
        lines.setdefault(match[1] or match[2] or "", number)
    return lines


def _dotted(key: str) -> tuple[str, ...]:
    """Split a key at its dots, but for those in quotes."""
    return tuple([part[1] or part[2] or part[3] or "" for part in _PART.finditer(key)])
