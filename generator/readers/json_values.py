"""What readers of JSON share: bytes to values, and what a value says.

The bytes of an export come in; values of Python, texts, numbers and times go out. Nothing here knows a site. JSON may
nest to any depth, since exporters put replies inside of what they answer.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from typing import Any

from generator.errors import Problem
from generator.readers.decoding import AWAY, as_utf8, decode

HEAD = 65_536
"""How many bytes at the start of an export are searched for what tells its kind."""
_DIGITS = 18
"""Most digits of a number that we read as one: Python refuses to read very long ones."""

_STARTS_JSON = re.compile(rb"\s*[\[{]")
_LINES = re.compile(rb"\s*\{[^\r\n]*\}[ \t]*[\r\n]\s*\{")
_BETWEEN = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null|NaN|-?Infinity")
_UNREADABLE = re.compile("[\0\ud800-\udfff]")
"""What no text may hold, though an escape in JSON can name it: NUL, and half of a character."""
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_EPOCH = re.compile(r"[0-9]{1,11}(?:\.[0-9]*)?")


def starts_json(raw: bytes) -> bytes:
    """Give the start of an export as UTF-8; empty if it can't be JSON that holds anything."""
    head = as_utf8(raw[:HEAD])
    return head if _STARTS_JSON.match(head) else b""


def holds_lines(raw: bytes) -> bool:
    """Say whether the first line is a JSON object of its own, and the next starts another."""
    return _LINES.match(as_utf8(raw)) is not None


def json_value(raw: bytes, path: str) -> tuple[Any, tuple[Problem, ...]]:
    """Read JSON. What is wrong with it is an error with its line, and the value is then None."""
    text, problems = decode(raw, path)
    if not text:
        return None, problems
    try:
        return parse_json(text), problems
    except json.JSONDecodeError as error:
        ended = error.pos >= len(text.rstrip())
        message = "the JSON stops before its end" if ended else f"this is no JSON: {error.msg}"
        hint = f"save it again{', since this file is cut off' if ended else ''}, or {AWAY}"
        return None, (*problems, Problem(path, error.lineno, message, hint))


def json_lines(raw: bytes, path: str) -> tuple[list[Any], tuple[Problem, ...]]:
    """Read one JSON value a line. A line that is none is left out, with a warning."""
    text, found = decode(raw, path)
    values: list[Any] = []
    problems = list(found)
    for number, line in enumerate(text.split("\n"), 1):
        if not line or line.isspace():
            continue
        try:
            values.append(parse_json(line))
        except json.JSONDecodeError as error:
            hint = "the other lines were read; get the export again if this line matters"
            problems.append(Problem(path, number, f"this line is no JSON: {error.msg}", hint, "warning"))
    return values, tuple(problems)


def parse_json(text: str) -> Any:
    """Read JSON, however deep it nests. Raises `json.JSONDecodeError`."""
    try:
        return json.loads(text, parse_int=_whole)
    except RecursionError:
        return _Nested(text).value()


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)


class _Nested:
    """Reads JSON with a stack of its own, for what nests deeper than Python's reader can follow."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._decode: Callable[[str, int], tuple[Any, int]] = json.JSONDecoder(parse_int=_whole).raw_decode

    def value(self) -> Any:
        """Read the one value of the text."""
        outermost: list[Any] = []
        stack: list[list[Any] | dict[str, Any]] = [outermost]
        while True:
            container = stack[-1]
            key = self._key(container)
            inner: Any
            if self._takes("["):
                inner = []
            elif self._takes("{"):
                inner = {}
            else:
                inner = self._scalar()
            if isinstance(container, dict):
                container[key] = inner
            else:
                container.append(inner)
            if isinstance(inner, (list, dict)) and not self._takes("]" if isinstance(inner, list) else "}"):
                stack.append(inner)
                continue
            while len(stack) > 1 and not self._takes(","):
                self._need("]" if isinstance(stack.pop(), list) else "}")
            if len(stack) == 1:
                break
        if _BETWEEN.fullmatch(self._text, self._at) is None:
            raise self._wrong("Extra data")
        return outermost[0]

    def _key(self, container: list[Any] | dict[str, Any]) -> str:
        if isinstance(container, list):
            return ""
        key = self._scalar()
        if not isinstance(key, str):
            raise self._wrong("Expecting property name enclosed in double quotes")
        self._need(":")
        return key

    def _scalar(self) -> Any:
        self._skip()
        if not self._text.startswith('"', self._at) and not _SCALAR.match(self._text, self._at):
            raise self._wrong("Expecting value")
        value, self._at = self._decode(self._text, self._at)
        return value

    def _skip(self) -> None:
        self._at = _BETWEEN.match(self._text, self._at).end()  # type: ignore[union-attr]  # it matches nothing too

    def _takes(self, mark: str) -> bool:
        self._skip()
        if not self._text.startswith(mark, self._at):
            return False
        self._at += 1
        return True

    def _need(self, mark: str) -> None:
        if not self._takes(mark):
            raise self._wrong(f"Expecting '{mark}'")

    def _wrong(self, message: str) -> json.JSONDecodeError:
        return json.JSONDecodeError(message, self._text, self._at)


def string_of(value: object) -> str:
    """Give a text with LF as line ends, without white space around it and without what no page can show."""
    if not isinstance(value, str):
        return ""
    if not value.isascii() or "\0" in value:
        value = _UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", value)
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return value.strip()


def line_of(value: object) -> str:
    """Give a text on one line, white space folded."""
    return " ".join(string_of(value).split())


def whole_of(value: object) -> int | None:
    """Give a whole number, also one that is written as text; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) <= _DIGITS and value.removeprefix("-").isdecimal():
        return int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**_DIGITS:
        return int(value)
    return value if isinstance(value, int) else None


def time_of(value: object) -> str | None:
    """Give a time as ISO 8601: of seconds since 1970, or of a text that is such a time already; None if it is neither.

    The zone is what the value says: UTC for seconds, for a text what it ends in, if anything.
    """
    if isinstance(value, (int, float, str)) and not isinstance(value, bool) and _EPOCH.fullmatch(str(value)):
        try:
            when = datetime.datetime.fromtimestamp(int(float(value)), datetime.UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return f"{when:%Y-%m-%dT%H:%M:%S}Z"
    if not isinstance(value, str) or not (parts := _ISO.fullmatch(value.strip())):
        return None
    day, clock, zone = parts.groups()
    utc = zone in ("+00:00", "+0000")
    iso = f"{day}T{clock}{'Z' if utc else zone or ''}" if clock else day
    try:
        datetime.datetime.fromisoformat(iso)
    except ValueError:
        return None
    return iso
