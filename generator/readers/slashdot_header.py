"""The head of a Slashdot text save: its number, masthead quote, title and dated line (SPEC section 2.1).

The text of a save comes in, a `Header` and `Problem`s go out. A missing piece is an error, a date that can't be read a
warning: the thread then has none.
"""

from __future__ import annotations

import re
from datetime import datetime
from itertools import islice

import msgspec

from generator.readers.findings import Findings, quote
from generator.readers.spans import full_lines

_NEWS = re.compile(r"[ \t\n]*+(News:)[ \t]*+([^\n]*)")
_ID = re.compile(r"[0-9]{1,40}")
_NBSP = "\N{NO-BREAK SPACE}"
_LINES = 40
"""As many lines of a save may hold its head."""
_MONTHS = {
    "january": 1,
    "february": 2,
    "march": 3,
    "april": 4,
    "may": 5,
    "june": 6,
    "july": 7,
    "august": 8,
    "september": 9,
    "october": 10,
    "november": 11,
    "december": 12,
}
_WHEN = re.compile(
    r"(?:[A-Za-z]+,? +)?([A-Za-z]+) +([0-9]{1,2}), *([0-9]{4}) +@ ?([0-9]{1,2}):([0-9]{2}) ?([AaPp])[Mm]"
)
_DATED = "(Wednesday October 15, 2025 @05:22PM (msmash) from the some-words dept.)"


class Header(msgspec.Struct, frozen=True):
    """What stands before the story."""

    id: str = ""
    masthead: str | None = None
    title: str = ""
    posted_raw: str | None = None
    posted: str | None = None
    who: tuple[int, int] | None = None
    """The span of the story's author."""
    department: str | None = None
    end: int = 0
    """Where the line behind the header starts."""


def starts_save(text: str) -> bool:
    """Say whether the first line that is not blank starts with ``News:``."""
    return _NEWS.match(text) is not None


def find_number(text: str) -> str | None:
    """Give the thread's number, leading zeros and all, from the first line."""
    news = _NEWS.match(text)
    number = news[2].rstrip(" \t") if news else ""
    return number if _ID.fullmatch(number) else None


def read_header(text: str, findings: Findings) -> Header:
    """Read the lines before the story; what is missing is an error each."""
    news = _NEWS.match(text)
    number = find_number(text)
    if number is None:
        start = news.start(1) if news else 0
        findings.error(
            start,
            f"expected News: and a number of at most 40 digits, found {quote(text[start : start + 100])}",
            "start the save with a line such as News: 0179799118",
        )
    ahead = islice(full_lines(text, news.end() if news else 0), _LINES)
    lines: list[tuple[int, int]] = []

    def has(at: int) -> bool:
        """Say whether there is such a line; of the forty, most saves need three."""
        lines.extend(islice(ahead, max(at + 1 - len(lines), 0)))
        return at < len(lines)

    def line(at: int) -> str:
        return text[slice(*lines[at])] if has(at) else ""

    def dated(at: int) -> bool:
        parts = _split_dated(line(at))
        return parts is not None and _read_when(parts[0]) is not None

    masthead = None
    title = 0
    if line(0).startswith(_NBSP):
        # A quote of several lines is one block. Where no blank line parts it from the title, the date does.
        title = 1
        while has(title) and lines[title][0] == lines[title - 1][1] + 1 and not (dated(title) or dated(title + 1)):
            title += 1
        masthead = text[lines[0][0] : lines[title - 1][1]].strip() or None
    date = title + 1
    if dated(title) or not has(title):
        findings.error(
            lines[title][0] if has(title) else len(text),
            f"expected the title, found {quote(line(title)) if line(title) else 'the end of the file'}",
            "put the story's title on a line of its own before the dated line",
        )
        date = title
    parts = _split_dated(line(date))
    if parts is None:
        findings.error(
            lines[date][0] if has(date) else len(text),
            f"expected the dated line, found {quote(line(date)) if has(date) else 'the end of the file'}",
            f"put a line such as {_DATED} under the title",
        )
        return Header(id=number or "", end=min(lines[title][1] + 1, len(text)) if has(title) else len(text))
    when, who, department = parts
    posted = _read_when(when)
    start, end = lines[date]
    if posted is None:
        findings.warn(
            start,
            f"the date {quote(when)} can't be read, so the thread has none",
            "write it as Wednesday October 15, 2025 @05:22PM",
        )
    name = start + text[start:end].index("(") + 1 + len(when) + 2
    return Header(
        id=number or "",
        masthead=masthead,
        title=line(title).strip(" \t"),
        posted_raw=when,
        posted=posted,
        who=(name, name + len(who)),
        department=department,
        end=min(end + 1, len(text)),
    )


def _split_dated(line: str) -> tuple[str, str, str | None] | None:
    """Split ``(WHEN (WHO) from the DEPT dept.)``, the department being optional."""
    line = line.strip(" \t")
    if not (line.startswith("(") and line.endswith(")")):
        return None
    when, _, rest = line[1:-1].partition(" (")
    who, found, department = rest.partition(") from the ")
    if not found:
        who = rest.removesuffix(")")
        if who == rest:
            return None
    elif not department.endswith("dept."):
        return None
    if not (when and who):
        return None
    return when, who, department.removesuffix("dept.").strip(" \t") or None


def _read_when(when: str) -> str | None:
    """Read ``Wednesday October 15, 2025 @05:22PM`` as ISO 8601 without a zone; the names are English everywhere."""
    found = _WHEN.fullmatch(when)
    if not found or found[1].lower() not in _MONTHS:
        return None
    hour, minute = int(found[4]), int(found[5])
    if not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if found[6] in "Pp" else 0)
    try:
        return datetime(int(found[3]), _MONTHS[found[1].lower()], int(found[2]), hour, minute).isoformat()
    except ValueError:
        return None
