"""Find lines and blocks in a saved text, and replace parts of it.

Everything works on offsets into the text of a save (with LF line ends), so that a reader can name the line, and a part
can be replaced without touching the rest. A blank line has only spaces and tabs. `str.strip()` and `str.splitlines()`
are not used: they know more kinds of white space and line ends, and would lose text such as the U+00A0 of a masthead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.readers.reading import Piece

_BLANK_LINES = re.compile(r"(?:[ \t]*+\n)*+")


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Give the span without the blank lines around it. Every other character stays, even indents."""
    # A short way for nearly every body, which has one blank line on either side.
    around = start + 4 < end and text[start] == text[start + 1] == text[end - 2] == text[end - 1] == "\n"
    if around and text[start + 2] not in " \t\n" and text[end - 3] not in " \t\n":
        return start + 2, end - 2
    start = _BLANK_LINES.match(text, start, end).end()  # type: ignore[union-attr]  # it matches anywhere
    piece = text[start:end]
    full = len(piece.rstrip(" \t\n"))
    if not full:
        return start, start
    line_end = piece.find("\n", full)
    return start, end if line_end < 0 else start + line_end


def last_block(text: str, start: int, end: int) -> int:
    """Find the start of the last block of a trimmed span: after its last blank line, or the span's start."""
    line = end
    while (line_end := text.rfind("\n", start, line)) >= 0:
        if line_end + 1 < end and not text[line_end + 1 : line].strip(" \t"):
            return line + 1
        line = line_end
    return start


def full_lines(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the lines between two offsets that are not blank."""
    while start < stop:
        start = _BLANK_LINES.match(text, start, stop).end()  # type: ignore[union-attr]  # it matches anywhere
        end = text.find("\n", start, stop)
        if end < 0:
            end = stop
        if text[start:end].strip(" \t"):
            yield start, end
        start = end + 1


def splice(text: str, pieces: Iterable[Piece]) -> str:
    """Replace some spans by other text; `pieces` are in order."""
    parts: list[str] = []
    done = 0
    for start, end, new in pieces:
        parts += text[done:start], new
        done = end
    parts.append(text[done:])
    return "".join(parts)


def block_for(start: int, end: int, text: str) -> Piece:
    """Give the piece that makes `text` the body at a trimmed span; for an empty span, the text gets its own block."""
    return (start, end, text if end > start else f"\n\n{text}\n\n")
