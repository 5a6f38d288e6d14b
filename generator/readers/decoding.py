"""Decode the bytes of a save to text, for readers of plain text."""

from __future__ import annotations

import codecs

from generator.errors import Problem

AWAY = "leave this file out of the content folder"
"""The end of a hint about a file that is not a save."""


def decode(raw: bytes, path: str) -> tuple[str, tuple[Problem, ...]]:
    """Decode a save as UTF-8, else as Windows-1252 (with a warning). A BOM is dropped, and line ends become LF.

    Bytes that are not text at all (with a NUL among them) are an error; the text is then empty.
    """
    raw = raw.removeprefix(codecs.BOM_UTF8)
    zero = raw.find(b"\0")
    if zero >= 0:
        message = "this is no text file (it holds a NUL byte)"
        return "", (Problem(path, _line_of(raw, zero), message, f"save the thread as text, or {AWAY}"),)
    problems: tuple[Problem, ...] = ()
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        text = raw.decode("cp1252", "replace")
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8, so the file was read as Windows-1252"
        hint = "save it as UTF-8 if characters look wrong"
        problems = (Problem(path, _line_of(raw, error.start), message, hint, "warning"),)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, problems


def _line_of(raw: bytes, offset: int) -> int:
    return raw[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
