"""Read the header of a Slashdot text save: its number, masthead quote, title and dated line (SPEC section 2.1).

A part of the text of a file comes in, a `Header` and `Problem`s go out. A missing piece is an error. A date that can't
be read is a warning, and the thread then has no date. `find_further_saves` finds the headers of saves that follow the
first in one file.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from itertools import islice

import msgspec

from generator.readers.decoding import as_utf8
from generator.readers.findings import Findings, quote
from generator.readers.markdown.front_matter import HEAD as MATTER
from generator.readers.spans import full_lines

_NEWS = re.compile(r"[ \t\n\ufeff]*+(News:)[ \t]*+([^\n]*)")
NEWS_LINE = re.compile(r"\ufeff?News:[ \t]*[0-9]{1,40}[ \t]*")
DATED = re.compile(r"[ \t]*\([^\n]*@[^\n]*")
"""What may be a dated line."""
_HEADS = re.compile(rf"^(?:\ufeff?+[ \t]*+News:[ \t]*+[0-9]++[ \t]*+$|{MATTER})", re.MULTILINE)
"""What may be the first line of a further save, of either kind."""
_NEWS_SOMEWHERE = re.compile(r"\bNews\b\W{0,3}[0-9]+[ \t]*\Z", re.IGNORECASE)
_START = re.compile(rb"(?:\xef\xbb\xbf)?+[ \t\r\n]*+News:")
_ID = re.compile(r"[0-9]{1,40}")
_NBSP = "\N{NO-BREAK SPACE}"
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
_LINES = 40
"""How many lines of a save are searched for its header."""
_ABOVE = 60
"""How many lines above a dated line are searched for the start of its save."""
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
_EXAMPLE = "(Wednesday October 15, 2025 @05:22PM (msmash) from the some-words dept.)"


class Header(msgspec.Struct, frozen=True):
    """What comes before the story."""

    id: str = ""
    masthead: str | None = None
    title: str = ""
    posted_raw: str | None = None
    posted: str | None = None
    who: tuple[int, int] | None = None
    """The span of the story's author."""
    department: str | None = None
    end: int = 0
    """Where the line after the header starts."""


def starts_save(raw: bytes) -> bool:
    """Say whether the first line that is not blank starts with ``News:``."""
    return _START.match(as_utf8(raw)) is not None


def read_header(text: str, begin: int, stop: int, findings: Findings) -> Header:
    """Read the lines before the story of the save between two offsets; each missing piece is an error."""
    news = _NEWS.match(text, begin, stop)
    number = _read_number(text, begin, news, findings)
    lines = _Lines(text, news.end() if news else begin, stop)
    title = _find_title(lines)
    masthead = text[lines.start(0) : lines.end(title - 1)].strip() or None if title else None
    date = title + 1
    if lines.is_dated(title) or not lines.has(title):
        findings.error(
            lines.start(title),
            f"expected the title, found {quote(lines[title]) if lines[title] else 'the end of the file'}",
            "put the story's title on a line of its own before the dated line",
        )
        date = title
    parts = _split_dated(lines[date])
    if parts is None:
        findings.error(
            lines.start(date),
            f"expected the dated line, found {quote(lines[date]) if lines.has(date) else 'the end of the file'}",
            f"put a line such as {_EXAMPLE} under the title",
        )
        return Header(id=number, end=min(lines.end(title) + 1, stop))
    when, who, department = parts
    posted = read_when(when)
    start, end = lines.start(date), lines.end(date)
    if posted is None:
        findings.warn(
            start,
            f"the date {quote(when)} can't be read, so the thread has none",
            "write it as Wednesday October 15, 2025 @05:22PM",
        )
    name = start + text[start:end].index("(") + 1 + len(when) + 2
    return Header(
        id=number,
        masthead=masthead,
        title=lines[title].strip(" \t"),
        posted_raw=when,
        posted=posted,
        who=(name, name + len(who)),
        department=department,
        end=min(end + 1, stop),
    )


def find_further_saves(text: str, begin: int, findings: Findings) -> list[int]:
    """Find where further saves start behind `begin`, the end of the first header.

    A save starts with a line ``News: NUMBER`` whose header goes on to a dated line. Dated lines are looked for, since
    they are the only part of it that holds a rare character. One that belongs to no header is a warning.
    """
    starts: list[int] = []
    at = text.find("@", begin)
    while at >= 0:
        line = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if _split_dated(text[line:end]):
            start = _news_above(text, begin, line, NEWS_LINE)
            if start is not None and _has_header(text, start, line, end):
                starts.append(start)
                begin = end
            else:
                _warn_of_header(text, begin, line, end, findings)
        at = text.find("@", end)
    return starts


def warn_of_heads(text: str, begin: int, starts: Collection[int], findings: Findings) -> None:
    """Warn of lines that only a save starts with, but with no header below.

    `begin` and `starts` are those of `find_further_saves`; of what that warned is not warned again.
    """
    if text.find("News:", begin) < 0 and (text.find("+", begin) < 0 or text.find("+++", begin) < 0):
        return
    for head in _HEADS.finditer(text, begin):
        if head.start() not in starts and not findings.tells_of(head.start()):
            said = quote(head[0].lstrip(f"{_BOM} \t"))
            findings.warn(
                head.start(),
                f"{said} looks like the start of another save, but it is not one, so it stays text",
                "put every save into a file of its own; a save starts with its number, its title and its dated line",
            )


def _news_above(text: str, begin: int, line: int, form: re.Pattern[str]) -> int | None:
    """Find the nearest line of some form above a dated line, and give where it starts."""
    end = line - 1
    for _ in range(_ABOVE):
        if end < begin:
            return None
        start = max(text.rfind("\n", begin, end) + 1, begin)
        if form.search(text, start, end) if form is _NEWS_SOMEWHERE else form.fullmatch(text, start, end):
            return start
        end = start - 1
    return None


def _has_header(text: str, start: int, dated: int, end: int) -> bool:
    """Say whether the line at `dated` is the dated line of the header that starts at `start`."""
    lines = _Lines(text, text.index("\n", start), end)
    title = _find_title(lines)
    return lines.has(title + 1) and lines.start(title + 1) == dated


def _warn_of_header(text: str, begin: int, dated: int, end: int, findings: Findings) -> None:
    """Warn of a dated line that is in no header, at the line that may be the start of its save."""
    start = _news_above(text, begin, dated, _NEWS_SOMEWHERE)
    parts = _split_dated(text[dated:end])
    if start is None and (parts is None or read_when(parts[0]) is None):
        return
    news = None if start is None else _NEWS_SOMEWHERE.search(text, start, text.find("\n", start))
    place = news.start() if news else dated
    findings.warn(
        place,
        f"{quote(text[place : place + 100])} looks like the head of another save, but it is not one, so it stays text",
        "start it with a line of its own such as News: 0179799118, then its title and its dated line",
    )


def _read_number(text: str, begin: int, news: re.Match[str] | None, findings: Findings) -> str:
    """Read the thread's number from the first line, leading zeros and all; empty where that is an error."""
    number = news[2].rstrip(" \t") if news else ""
    if _ID.fullmatch(number):
        return number
    start = news.start(1) if news else begin
    findings.error(
        start,
        f"expected News: and a number of at most 40 digits, found {quote(text[start : start + 100])}",
        "start the save with a line such as News: 0179799118",
    )
    return ""


class _Lines:
    """The lines of the head that are not blank, each looked for when it is asked for: most saves need three."""

    def __init__(self, text: str, start: int, stop: int) -> None:
        self._text = text
        self._stop = stop
        self._ahead = islice(full_lines(text, start, stop), _LINES)
        self._spans: list[tuple[int, int]] = []

    def has(self, at: int) -> bool:
        """Say whether there is such a line."""
        self._spans.extend(islice(self._ahead, max(at + 1 - len(self._spans), 0)))
        return at < len(self._spans)

    def start(self, at: int) -> int:
        """Give where a line starts; the end of the save where there is none."""
        return self._spans[at][0] if self.has(at) else self._stop

    def end(self, at: int) -> int:
        """Give where a line ends."""
        return self._spans[at][1] if self.has(at) else self._stop

    def __getitem__(self, at: int) -> str:
        return self._text[slice(*self._spans[at])] if self.has(at) else ""

    def is_dated(self, at: int) -> bool:
        """Say whether a line says who posted the story, and when."""
        parts = _split_dated(self[at])
        return parts is not None and read_when(parts[0]) is not None


def _find_title(lines: _Lines) -> int:
    """Find the title: the first line, or the first after the masthead.

    A masthead of several lines is one block. If no blank line separates it from the title, the dated line shows where
    the title is.
    """
    title = 0
    if lines[0].startswith(_NBSP):
        title = 1
        while (
            lines.has(title)
            and lines.start(title) == lines.end(title - 1) + 1
            and not (lines.is_dated(title) or lines.is_dated(title + 1))
        ):
            title += 1
    return title


def _split_dated(line: str) -> tuple[str, str, str | None] | None:
    """Split ``(WHEN (WHO) from the DEPT dept.)``, the department being optional."""
    line = line.strip(" \t")
    if not (line.startswith("(") and line.endswith(")")):
        return None
    when, _, rest = line[1:-1].partition(" (")
    who, separator, department = rest.partition(") from the ")
    if not separator:
        who = rest.removesuffix(")")
        if who == rest:
            return None
    elif not department.endswith("dept."):
        return None
    if not (when and who):
        return None
    return when, who, department.removesuffix("dept.").strip(" \t") or None


def read_when(when: str) -> str | None:
    """Read ``Wednesday October 15, 2025 @05:22PM`` as ISO 8601 without a zone; the names are English everywhere."""
    parts = _WHEN.fullmatch(when)
    if not parts or parts[1].lower() not in _MONTHS:
        return None
    hour, minute = int(parts[4]), int(parts[5])
    if not 1 <= hour <= 12:
        return None
    hour = hour % 12 + (12 if parts[6] in "Pp" else 0)
    try:
        return datetime(int(parts[3]), _MONTHS[parts[1].lower()], int(parts[2]), hour, minute).isoformat()
    except ValueError:
        return None
