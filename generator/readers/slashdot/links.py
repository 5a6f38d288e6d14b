"""The link list of a Slashdot text save: the ``[n] URL`` lines that end its story (SPEC section 2.1).

The span of a story comes in; the end of its body and the list go out, with a warning for each line that looks wrong.
An entry that can't be read is listed with the text it has, so it is shown and costs the entries around it nothing.
"""

from __future__ import annotations

import math
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
_BARE = re.compile(r"\W{0,3}\w{0,9}\W{0,3}[ \t]*<?(?:[A-Za-z][A-Za-z0-9+.-]*://|www\.)\S+[ \t]*")
"""Nothing but an address, behind what may be meant for a number."""
_MARKER = re.compile(r"\[([0-9]{1,9})\]")
_WRAPPED = tuple("/-=&?_.%#~+")
"""What an address that was wrapped may end in."""
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
        lines = lines[first:]
        body = trim(text, start, lines[0].at if lines else end)[1]
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
    first block if entries follow them there, and one line of words between two of its blocks.
    """
    first = at = len(lines)
    numbers: set[int] = set()
    lowest = math.inf
    while at:
        block = _block_start(lines, at)
        here = lines[block:at]
        words = _words_on_top(here)
        if words and not all(_is_address(line) for line in here):
            firm = sum(map(_is_firm, here[words:]))
            if firm and (firm > 1 or all(line.number is not None for line in here[words:])):
                return block if all(_BARE.fullmatch(line.text) for line in here[:words]) else block + words
            if not _is_between(lines, block, at, lowest):
                break
        elif _may_start(here, numbers):
            first = block
        own = [line.number for line in here if line.number is not None]
        numbers.update(own)
        lowest = min(lowest, *own, math.inf)
        at = block
    # One entry with words under it is no list, but may be the end of the story.
    listed = lines[first:]
    if any(line.number is None for line in listed) and sum(map(_is_firm, listed)) < 2:
        return len(lines)
    return first if listed else _find_odd_entries(lines)


def _block_start(lines: list[_Line], at: int) -> int:
    """Give the first line of the block that ends before a line."""
    block = at - 1
    while not lines[block].opens:
        block -= 1
    return block


def _words_on_top(here: list[_Line]) -> int:
    """Count the lines on top of a block that are no entries. A line of the story may start with a marker, too."""
    last = {line.number: index for index, line in enumerate(here)}
    for index, line in enumerate(here):
        if line.number is not None and (_is_firm(line) or last[line.number] == index):
            return index
    return len(here)


def _is_address(line: _Line) -> bool:
    return "://" in line.text and " " not in line.text.strip()


def _may_start(here: list[_Line], numbers: set[int]) -> bool:
    """Say whether the list may start with a block; `numbers` are those below it."""
    top = here[0]
    if top.number is None:
        return False
    if _is_firm(top):
        # A paragraph of the story may start with a marker too. Its number then is that of an entry below it.
        return ENTRY.fullmatch(top.text) is not None or top.number not in numbers
    one_word = len(top.text.split()) <= 2
    return top.number not in numbers and (any(map(_is_firm, here[1:])) or (bool(numbers) and one_word))


def _is_between(lines: list[_Line], block: int, at: int, lowest: float) -> bool:
    """Say whether a block is one odd line between blocks of the list; `lowest` is the lowest number below it."""
    if at - block > 1 or lowest == math.inf or not block:
        return False
    above = [ENTRY.fullmatch(line.text) for line in lines[_block_start(lines, block) : block]]
    return all(entry is not None and int(entry[1]) < lowest for entry in above)


def _find_odd_entries(lines: list[_Line]) -> int:
    """Find a last block of odd entries, each for a marker in the story; the number of lines if there is none."""
    block = _block_start(lines, len(lines)) if lines else 0
    here = lines[block:]
    markers = {int(marker) for line in lines[:block] for marker in _MARKER.findall(line.text)}
    return block if markers and all(line.number in markers for line in here) else len(lines)


def _read_entries(lines: list[_Line], findings: Findings) -> tuple[Link, ...]:
    """Read the entries of a list. What can't be read as one is an entry too, with its text in place of the address."""
    links: list[Link] = []
    numbers: set[int] = set()
    for line in lines:
        said = line.text.strip(" \t")
        good = _PLAIN.fullmatch(line.text)
        if good is None and line.number is None and links and _is_tail(line, links[-1].url):
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


def _is_tail(line: _Line, above: str) -> bool:
    """Say whether a line may be the rest of the address above it, which was wrapped."""
    said = line.text.strip(" \t")
    if line.opens or "://" in said or said.startswith("[") or " " in said or "\t" in said:
        return False
    return above[-1:] in _WRAPPED or re.search(r"\w[/.?=&%#~_-]|[/?=&%#]\w", said) is not None


def warn_of_lost_entries(text: str, story: Span, findings: Findings) -> None:
    """Warn of entries that are not in the list since other text follows them, once for each run of them.

    What follows may be a post whose start can't be read. If that is told already, the list is where it belongs.
    """
    start, end = story
    if not _SUSPECT.search(text, start, _list_start_fast(text, start, end)):
        return
    lines = _lines(text, start, end)
    lines = lines[: _find_start(lines)]
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
