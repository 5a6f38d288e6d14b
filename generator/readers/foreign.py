"""Say what a file is that we don't read: its bytes, or its text if it is one, come in, words for a message go out.

It is asked only about files with NUL bytes and about text that no reader takes, so it need not be fast. It never
decides whether a file is read.
"""

from __future__ import annotations

import codecs
import re

_SAMPLE = 4096
"""How many bytes are enough to tell an encoding."""
_FEW = 8
"""One NUL in so many bytes is the least that text in UTF-16 or UTF-32 has, if it is a save: its header is ASCII."""

_UNPACK = "unpack it, and take what is in it"
_TEXT = "save the thread as text"
_MAGIC: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a ZIP archive (or a document that is one inside)", _UNPACK),
    (b"\x1f\x8b", "compressed by gzip", _UNPACK),
    (b"BZh", "compressed by bzip2", _UNPACK),
    (b"\xfd7zXZ\0", "compressed by xz", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed by Zstandard", _UNPACK),
    (b"bplist0", "a web archive or property list of macOS", _TEXT),
    (b"%PDF", "a PDF document", _TEXT),
    (b"\x89PNG", "a PNG image", _TEXT),
    (b"\xff\xd8\xff", "a JPEG image", _TEXT),
    (b"GIF8", "a GIF image", _TEXT),
    (b"SQLite format 3\0", "an SQLite database", _TEXT),
    (b"\xd0\xcf\x11\xe0", "a document of an old office program", _TEXT),
)
"""How files of some kinds start, what they are, and what to do instead."""


_PAGE = re.compile(r"<[!?/a-z]", re.IGNORECASE)
_JSON = re.compile(r"""[{\[]\s*(?:["{}\[\]]|-?[0-9.]+\s*,|$)""")
_MBOX = re.compile(r"From \S+.*[0-9]{4}[ \t]*(?:\n|$)")
_FIELD = re.compile(
    r"(?:>?From .*\n)?(?:[A-Za-z0-9-]+:.*(?:\n[ \t].*)*\n)*?(?:From|Received|Message-ID|Return-Path):", re.I
)
"""The head of a mail, up to a field that only mail has."""
_ARCHIVED_PAGE = re.compile(r"^(?:Snapshot-Content-Location:|From: <Saved by )", re.MULTILINE | re.IGNORECASE)


def what_text_it_is(text: str) -> str | None:
    """Say what kind of file begins with a text, among the kinds that people have threads in; None if it is unclear."""
    start = text[:_SAMPLE].lstrip()
    if _PAGE.match(start) or _ARCHIVED_PAGE.search(start):
        return "a feed or another XML file" if start.startswith("<?xml") and "<html" not in start else "a web page"
    if _JSON.match(start):
        return "a JSON export"
    return "mail" if _MBOX.match(start) or _FIELD.match(start) else None


def what_it_is(raw: bytes) -> tuple[str, str]:
    """Give what is the matter with bytes among which there is a NUL, and how to mend it."""
    for start, kind, mend in _MAGIC:
        if raw.startswith(start):
            return f"this is no text file but {kind}", mend
    if not raw.strip(b"\0"):
        return "the file holds nothing but NUL bytes, so what was in it is lost", "save the thread again"
    if encoding := _wide_encoding(raw):
        return f"this is text in {encoding}, which is not read", "save it as UTF-8"
    if b"\0" not in (kept := raw.rstrip(b"\0")):
        message = f"the file ends in {len(raw) - len(kept)} NUL bytes, as a file does whose writing was cut off"
        return message, "save the thread again"
    return "this is no text file, or a damaged one (it holds a NUL byte)", _TEXT


def _wide_encoding(raw: bytes) -> str | None:
    """Name the encoding of text that has several bytes for each character; None for anything else."""
    if raw.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "UTF-32"
    sample = raw[:_SAMPLE]
    if sample.count(0) * _FEW < len(sample):
        return None
    for encoding in ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(sample)  # it may end inside a character
        except UnicodeDecodeError:
            continue
        if text and _is_text(text):
            return f"{encoding[:6].upper()} without a byte-order mark"
    return None


def _is_text(text: str) -> bool:
    """Say whether there are only characters that text has, and so much ASCII that the byte order is the right one."""
    ascii_count = sum(char in "\t\n\r\f" or " " <= char <= "~" for char in text)
    return ascii_count * 4 >= len(text) and all(
        char.isprintable() or char.isspace() or char == "\ufeff" for char in text
    )
