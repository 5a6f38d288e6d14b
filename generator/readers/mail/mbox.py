"""Split a mailbox into messages: bytes come in, the bytes of each message and their place go out.

A line ``From user@host Thu Jan  1 00:00:00 2015`` starts a message. Not every program escapes such lines within
messages, and some say a wrong length. So such a line counts only with its whole date, before lines of a head, and after
a blank line (or before a line that only mail has). Lengths are not believed. Linear, whatever the bytes are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_FROM = re.compile(
    rb"From [^\n]*?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ \t]+"
    rb"(?:" + _MONTH + rb"[ \t]+[0-9]{1,2}|[0-9]{1,2}[ \t]+" + _MONTH + rb")[ \t]+"
    rb"(?:[0-9]{4}[ \t]+)?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?"
    rb"(?:[ \t]+(?:[A-Z]{1,5}(?:[+-][0-9]{1,4})?|[+-][0-9]{4}|[0-9]{4})){0,3}"
    rb"(?:[ \t]+remote from [^\n]*)?[ \t]*(?:\n|\Z)"
)  # fmt: skip
"""The line before a message, as nearly all programs write it."""
_SHORT_FROM = re.compile(rb"From [^ \t\n]+[ \t]*\n")
"""As collections of Usenet write it, without a date."""
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|>?From ")
_MAIL_FIELD = re.compile(
    rb"(?:From|Return-Path|Received|Date|Message-ID|Delivered-To|X-[A-Za-z-]+|Status|Path|Sender|Reply-To)[ \t]*:", re.I
)
"""What a head starts with, and text hardly ever."""
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


def is_start(raw: bytes) -> bool:
    """Say whether a file starts as a mailbox does."""
    line = _FROM.match(raw) or _SHORT_FROM.match(raw)
    return line is not None and (line.end() == len(raw) or _FIELD.match(raw, line.end()) is not None)


def split(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each message, without the line before it, and its offset. A file that starts with no such line is one.

    Line ends are LF.
    """
    pattern = _FROM if _FROM.match(raw) else _SHORT_FROM
    first = pattern.match(raw)
    if first is None:
        yield 0, raw
        return
    start, at = first.end(), first.end()
    while (found := raw.find(b"\nFrom ", at)) >= 0:
        line = pattern.match(raw, found + 1)
        at = line.end() - 1 if line else found + 1
        if line and _is_head(raw, line.end(), found, dated=pattern is _FROM):
            yield start, raw[start : found + 1]
            start = line.end()
    yield start, raw[start:]


def _is_head(raw: bytes, at: int, found: int, *, dated: bool) -> bool:
    """Say whether lines of a head follow at an offset; `found` is where the line before them starts."""
    field = _FIELD.match(raw, at)
    if field is None:
        return False
    if raw[found - 1 : found] == b"\n" or not found:  # a blank line is before it
        return dated or _MAIL_FIELD.match(raw, at) is not None
    return dated and _MAIL_FIELD.match(raw, at) is not None


def unescape(body: bytes) -> bytes:
    """Take the sign away that mailboxes put before a line that starts with ``From``, but not that of a quote.

    In a quote, the line before it or after it is quoted too.
    """
    if b">From " not in body:
        return body

    def plain(match: re.Match[bytes]) -> bytes:
        start = body.rfind(b"\n", 0, max(match.start() - 1, 0)) + 1
        after = body.find(b"\n", match.end()) + 1
        quoted = (match.start() and body[start : start + 1] == b">") or (after and body[after : after + 1] == b">")
        return match[0] if quoted else match[1]

    return _ESCAPED.sub(plain, body)
