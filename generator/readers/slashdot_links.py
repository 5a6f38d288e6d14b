"""The link list of a Slashdot text save: the ``[n] URL`` lines that end its story (SPEC section 2.1).

The span of a story comes in; the end of its body and the list go out, with a warning for each line that looks wrong.
An entry that can't be read is listed with the text it has, so it is shown and costs the entries around it nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from generator.model import Link
from generator.readers.findings import Findings, quote
from generator.readers.reading import Span
from generator.readers.spans import trim

_URL = r"[A-Za-z][A-Za-z0-9+.-]*:\S+|/\S+"
ENTRY = re.compile(rf"\[([0-9]{{1,9}})\][ \t]+({_URL})[ \t]*")
"""An entry as the site writes it."""
_PLAIN = re.compile(rf"[ \t]*\[([0-9]{{1,9}})\](?:[ \t]+({_URL})|([A-Za-z][A-Za-z0-9+.-]*://\S+))[ \t]*")
"""An entry that is indented, or lacks its space. Among other entries it is beyond doubt."""
NUMBERED = re.compile(r"[ \t]*\[([0-9]{1,9})\](?:[ \t]+(.*))?")
"""What may be an entry whose address can't be used."""
_STARTS_AS_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:|/|www\.)\S")
_SUSPECT = re.compile(r"^[ \t]*\[[0-9]", re.MULTILINE)


class _Line(NamedTuple):
    """A line of a story that is not blank."""

    at: int
    """Its offset in the text of the save."""
    text: str
    opens: bool
    """Whether the line before it is blank."""

    @property
    def number(self) -> int | None:
        """The number it starts with, if it may be an entry."""
        entry = _PLAIN.fullmatch(self.text) or NUMBERED.fullmatch(self.text)
        return int(entry[1]) if entry else None


def _is_firm(line: _Line) -> bool:
    """Say whether a list may start with a line: it is an entry, or nearly one."""
    entry = NUMBERED.fullmatch(line.text)
    return entry is not None and _STARTS_AS_URL.match(entry[2] or "") is not None


def split_links(text: str, story: Span, findings: Findings) -> tuple[int, tuple[Link, ...]]:
    """Find where the body of a story ends, and read the list of links behind it."""
    start, end = story
    at = _list_start_fast(text, start, end)
    body = trim(text, start, at)[1]
    if not _SUSPECT.search(text, start, body):
        lines = _lines(text, at, end) if at < end else []
    else:
        lines = _lines(text, start, end)
        first = _find_start(lines)
        lines, before = lines[first:], lines[:first]
        body = trim(text, start, lines[0].at if lines else end)[1]
        _warn_of_lost_entries(before, findings)
    return body, _read_entries(lines, findings)


def _list_start_fast(text: str, start: int, end: int) -> int:
    """Give where the blocks start that have only entries as the site writes them and end the story."""
    at = line_end = end
    while line_end > start:
        line = text.rfind("\n", start, line_end) + 1 or start
        if line == line_end or not text[line:line_end].strip(" \t"):
            at = line
        elif not ENTRY.fullmatch(text, line, line_end):
            return at
        line_end = line - 1
    return start


def _lines(text: str, start: int, end: int) -> list[_Line]:
    """Give the lines that are not blank."""
    lines: list[_Line] = []
    opens = True
    while start < end:
        line_end = text.find("\n", start, end)
        if line_end < 0:
            line_end = end
        line = text[start:line_end]
        if line.strip(" \t"):
            lines.append(_Line(start, line, opens))
            opens = False
        else:
            opens = True
        start = line_end + 1
    return lines


def _find_start(lines: list[_Line]) -> int:
    """Find the first line of the list, where some of its entries are odd; the number of lines if there is none.

    The list is made of the last blocks that start with an entry, or have only addresses. Words may stand on top of its
    first block if entries alone follow them there.
    """
    first = at = len(lines)
    numbers: set[int] = set()
    while at:
        block = at - 1
        while not lines[block].opens:
            block -= 1
        here = lines[block:at]
        entries = {line.number for line in here}
        words = next((index for index, line in enumerate(here) if line.number is not None), len(here))
        if words and not all("://" in line.text and " " not in line.text.strip() for line in here):
            if None not in {line.number for line in here[words:]} and words < len(here) and _is_firm(here[words]):
                return block + words
            break
        # A paragraph of the story may start with a marker too. Its number then is that of an entry below it.
        if _is_firm(here[0]) and (ENTRY.fullmatch(here[0].text) or here[0].number not in numbers):
            first = block
        numbers.update(number for number in entries if number is not None)
        at = block
    # One entry with words under it is no list, but may be the end of the story.
    listed = lines[first:]
    return len(lines) if any(line.number is None for line in listed) and sum(map(_is_firm, listed)) < 2 else first


def _read_entries(lines: list[_Line], findings: Findings) -> tuple[Link, ...]:
    """Read the entries of a list. What can't be read as one is an entry too, with its text in place of the address."""
    links: list[Link] = []
    numbers: set[int] = set()
    for line in lines:
        said = line.text.strip(" \t")
        good = _PLAIN.fullmatch(line.text)
        if good is None and line.number is None and links and _is_tail(said):
            findings.warn(
                line.at,
                f"{quote(said)} has no number, so the entry above it may go on here and is no link",
                "write each entry of the link list on one line",
            )
            links[-1] = Link(links[-1].n, f"{links[-1].url}\n{said}")
            continue
        if good is None:
            findings.warn(
                line.at,
                f"{quote(said)} can't be read as an entry of the link list, so it is shown as text",
                "write it as [1] https://example.org/page, with %20 for a space in the address",
            )
        elif int(good[1]) in numbers:
            findings.warn(
                line.at,
                f"the link list has the number {int(good[1])} twice, and [{int(good[1])}] in the story is the first",
                "give every entry a number of its own",
            )
        if good:
            link = Link(int(good[1]), good[2] or good[3])
        else:
            numbered = NUMBERED.fullmatch(line.text)
            link = Link(int(numbered[1]), (numbered[2] or "").rstrip(" \t")) if numbered else Link(None, said)
        if link.n is not None:
            numbers.add(link.n)
        links.append(link)
    return tuple(links)


def _is_tail(said: str) -> bool:
    """Say whether a line may be the rest of an address that was wrapped."""
    return "://" not in said and not said.startswith("[") and " " not in said and "\t" not in said


def _warn_of_lost_entries(lines: list[_Line], findings: Findings) -> None:
    """Warn of entries that are not in the list since other text follows them, once for each run of them.

    What follows may be a post whose start can't be read. That is told already, and the list is where it belongs.
    """
    lost: _Line | None = None
    for number, line in enumerate(lines):
        if ENTRY.fullmatch(line.text):
            lost = lost or line
        elif lost:
            if not any(findings.tells_of(follows.at) for follows in lines[number : number + 2]):
                _warn_of_lost_entry(lost, findings)
            lost = None
    if lost:
        _warn_of_lost_entry(lost, findings)


def _warn_of_lost_entry(line: _Line, findings: Findings) -> None:
    findings.warn(
        line.at,
        f"{quote(line.text)} looks like an entry of the link list, but other text follows, so it stays text",
        "move it to the end of the story",
    )
