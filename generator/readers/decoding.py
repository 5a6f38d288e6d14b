"""Decode the bytes of a save to text, for readers of plain text.

Bytes come in; text with LF line ends and `Problem`s with their lines go out. No byte makes a whole file unreadable
unless the file is no text in an encoding we read, and then the problem says what the file is.
"""

from __future__ import annotations

import codecs
import re

from generator.errors import Problem
from generator.readers.foreign import what_it_is

AWAY = "leave this file out of the content folder"
"""The end of a hint about a file that is not a save."""
_MOST_LINES = 10
"""How many further lines a warning about bytes lists."""
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_ESCAPED = re.compile("[\udc80-\udcff]")
"""What `surrogateescape` makes of a byte that is not UTF-8. UTF-8 itself can't hold these."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_WINDOWS_1252 = {0xDC00 + byte: bytes((byte,)).decode("cp1252", "replace") for byte in range(0x80, 0x100)}
"""Five bytes mean nothing in Windows-1252. They become U+FFFD, since any other character would be invented."""


def decode(raw: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """Decode a save from UTF-8, or from UTF-16 if it starts with a BOM. A BOM is dropped, and line ends become LF.

    Bytes that are not UTF-8 are read as Windows-1252, with a warning; the bytes around them stay UTF-8. Bytes that are
    not text at all (with a NUL among them) are an error; the text is then empty.
    """
    if encoding := _utf_16(raw):
        return _decode_utf_16(raw[2:], encoding, path)
    raw = _without_boms(raw)
    if b"\0" in raw:
        return "", (_no_text(raw, path),)
    try:
        return _with_line_feeds(raw.decode()), ()
    except UnicodeDecodeError:
        text = _with_line_feeds(raw.decode("utf-8", "surrogateescape"))
        return text.translate(_WINDOWS_1252), tuple(_strange_bytes(text, path))


def as_utf8(raw: bytes) -> bytes:
    """Give the bytes of a save as UTF-8 if they are UTF-16 with a BOM, else as they are, so that `sniff` can look."""
    encoding = _utf_16(raw)
    return _without_boms(raw[2:].decode(encoding, "replace").encode() if encoding else raw)


def _without_boms(raw: bytes) -> bytes:
    """Take the BOMs away that UTF-8 starts with: two programs may have put one each."""
    start = 0
    while raw.startswith(codecs.BOM_UTF8, start):
        start += len(codecs.BOM_UTF8)
    return raw[start:]


def _utf_16(raw: bytes) -> str | None:
    """Name the kind of UTF-16 that a BOM announces. The BOM of UTF-32 starts with the same two bytes."""
    encoding = _UTF_16.get(raw[:2])
    return encoding if encoding and raw[:4] not in _UTF_32 else None


def _decode_utf_16(raw: bytes, encoding: str, path: str) -> tuple[str, tuple[Problem, ...]]:
    # With `surrogatepass` every pair of bytes can be decoded, so only an odd byte at the end is left over.
    text = _with_line_feeds(raw[: len(raw) & ~1].decode(encoding, "surrogatepass")).lstrip("\ufeff")
    if (zero := text.find("\0")) >= 0:
        line = text.count("\n", 0, zero) + 1
        message = "this file starts as UTF-16 text, but it holds a NUL character, so it is damaged or no text"
        return "", (Problem(path, line, message, f"save the thread again, as UTF-8, or {AWAY}"),)
    problems: list[Problem] = []
    offsets = [match.start() for match in _SURROGATE.finditer(text)]
    if offsets:
        message = f"half a character (U+{ord(text[offsets[0]]):04X}) is not UTF-16, so U+FFFD is shown for it"
        problems.append(_warning(text, offsets, path, message))
        text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
    if len(raw) % 2:
        message = "the file ends in the middle of a UTF-16 character, so U+FFFD is shown for it"
        problems.append(_warning(text, [len(text)], path, message))
        text += "\N{REPLACEMENT CHARACTER}"
    return text, tuple(problems)


def _with_line_feeds(text: str) -> str:
    """Make LF of CRLF, CR, and CR CR LF, which programs leave that write CRLF as text once more."""
    if "\r" not in text:
        return text
    return text.replace("\r\r\n", "\r\n").replace("\r\n", "\n").replace("\r", "\n")


def _strange_bytes(text: str, path: str) -> list[Problem]:
    """Warn of the bytes that are not UTF-8, and of those that are not Windows-1252 either."""
    read: list[int] = []
    lost: list[int] = []
    for match in _ESCAPED.finditer(text):
        unknown = _WINDOWS_1252[ord(match[0])] == "\N{REPLACEMENT CHARACTER}"
        (lost if unknown else read).append(match.start())
    problems = []
    for offsets, what in (
        (read, "is not UTF-8, so it was read as Windows-1252"),
        (lost, "is neither UTF-8 nor Windows-1252, so U+FFFD is shown for it"),
    ):
        if offsets:
            problems.append(_warning(text, offsets, path, f"byte 0x{ord(text[offsets[0]]) - 0xDC00:02x} {what}"))
    return problems


def _warning(text: str, offsets: list[int], path: str, message: str) -> Problem:
    """Warn of the first of some offsets, and name the lines of the others."""
    lines: list[int] = []
    line, done = 1, 0
    for offset in offsets:
        line, done = line + text.count("\n", done, offset), offset
        lines.append(line)
    if len(offsets) > 1:
        others = list(dict.fromkeys(lines[1:]))
        listed = ", ".join(map(str, others[:_MOST_LINES])) + (" ..." if len(others) > _MOST_LINES else "")
        message += f" (and {len(offsets) - 1} more, on line{'s' if len(others) > 1 else ''} {listed})"
    return Problem(path, lines[0], message, "save the file as UTF-8 if characters look wrong", "warning")


def _no_text(raw: bytes, path: str) -> Problem:
    """Say what a file is that has a NUL byte among its bytes."""
    what, mend = what_it_is(raw)
    line = _with_line_feeds(raw[: raw.find(b"\0")].decode("latin-1")).count("\n") + 1
    return Problem(path, line, what, f"{mend}, or {AWAY}")
