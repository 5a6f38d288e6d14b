"""TOML as users write it: its text in, values out; and text out that is TOML.

What is no TOML comes out as a `Fault`: where it is, and in words what is wrong and how to mend it. No files.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any, NamedTuple

from generator.errors import Problem
from generator.mending import mend_line
from generator.toml_lines import keys_set

_PLACE = re.compile(r" *\(at (?:line (\d+), column \d+|end of document)\)")
_TAKEN = ("Cannot declare ", "Cannot overwrite ", "Cannot mutate ", "Cannot redefine ")
"""How the parser's messages begin if a key or table is there already; they don't say which."""


class Fault(NamedTuple):
    """Why a text is no TOML."""

    line: int
    """1-based, or 0 if it is unclear."""
    message: str
    hint: str | None
    """How to mend it, if the cause is clear."""


def parse_toml(text: str, above: int = 0) -> dict[str, Any] | Fault:
    """Parse TOML. In a file with `above` lines before the text, messages name lines of the file."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # int() raises a plain ValueError for 5,000 digits
        if isinstance(error, RecursionError):
            return Fault(0, "brackets nest too deep", None)
        said = str(error)
        place = _PLACE.search(said)
        line = 0 if not place else int(place[1]) if place[1] else text.rstrip().count("\n") + 1
        message = said[: place.start()] if place else said
        if message.startswith(_TAKEN) and (taken := _set_twice(text, line, above)):
            return taken
        hint = mend_line(text.split("\n")[line - 1]) if line and message == "Invalid value" else None
        return Fault(line, f"{message[:1].lower()}{message[1:]}", hint)


def read_toml(text: str, path: str) -> dict[str, Any] | Problem:
    """Parse TOML; if that fails, give one problem with its line."""
    table = parse_toml(text)
    if isinstance(table, dict):
        return table
    hint = table.hint or "see https://toml.io for the notation"
    return Problem(path, table.line, f"this is no TOML: {table.message}", hint)


def _set_twice(text: str, last: int, above: int) -> Fault | None:
    """Name the key or table that is set, up to line `last`, though it, or a part of it, is set already."""
    keys = [(number, key) for number, key in keys_set(text) if number <= last]
    if not keys:
        return None
    line, twice = keys.pop()
    same = [number for number, key in keys if key == twice]
    other = [number for number, key in keys if key == twice[: len(key)] or twice == key[: len(twice)]]
    if not (first := next(iter((*same, *other)), None)):
        return None
    return Fault(
        line, f"{'.'.join(twice)} is set already, in line {first + above}", "put the two together, or delete one"
    )


def toml_text(text: str) -> str:
    """Write text as a string of TOML, on one line and with every character that can't be seen as an escape."""
    signs = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(signs.get(sign) or (sign if sign.isprintable() else _escape(sign)) for sign in text) + '"'


def _escape(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
