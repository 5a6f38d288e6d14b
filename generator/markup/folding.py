"""Mail to HTML: as other plain text, but signatures and long quotes are folded (`details`), so that what is new shows.

A plain body comes in; HTML goes out that has all of it. Programs that write mail put the whole message below an answer,
and a signature below that. Browsers open what is folded when they search the page for a text in it. Linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup as SafeHtml

from generator.markup.plain import plain_html_fast
from generator.markup.quotes import Cite

LONG = 16
"""A quote of so many lines is folded wherever it is."""
FULL = 4
"""So is one of so many lines with nothing of the answer after it."""
SIGNATURE = 30
"""Most lines of a signature. More are no signature, whatever the line before them says."""

_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_ORIGINAL = re.compile(
    r"^[-_]{2,} ?(?:Original[ -]Message|Original-Nachricht|Urspr\u00fcngliche Nachricht|Message d'origine"
    r"|Mensaje original|Messaggio originale|Oorspronkelijk bericht) ?[-_]{2,}$",
    re.MULTILINE | re.IGNORECASE,
)
"""The line before a message that is quoted without signs."""
_FOOTER = re.compile(r"(?:\s*(?:_{20,}|-{20,}|={20,})\n(?:[^\n]+(?:\n|\Z)){1,8})?\s*\Z")
"""What lists put below every message, or nothing."""


def mail_html(body: str, dated: str | None, cite: Cite | None = None) -> SafeHtml:
    """Turn the body of a mail into HTML; see `plain_html_fast`."""
    if "\n>" not in body and "--" not in body and body[:1] != ">":
        return SafeHtml(plain_html_fast(body, dated, cite))
    parts: list[str] = []
    done = 0
    for start, end, summary in _folds(body):
        before, folded = body[done:start].strip("\n"), body[start:end].strip("\n")
        if before:
            parts.append(plain_html_fast(before, dated, cite))
        parts.append(f"<details><summary>{summary}</summary>{plain_html_fast(folded, dated, cite)}</details>")
        done = end
    rest = body[done:].strip("\n") if parts else body
    if rest.strip() or not parts:
        parts.append(plain_html_fast(rest, dated, cite))
    return SafeHtml("".join(parts))


def _folds(body: str) -> list[tuple[int, int, str]]:
    """Give what is folded, in order: where it starts and ends, and what to call it."""
    original = _ORIGINAL.search(body)
    end = original.start() if original and original.start() else len(body)
    quotes = list(_quotes(body, end))
    signature = _signature(body, [start for start, _, _ in quotes], end)
    folds = [(*signature, "Signature")] if signature else []
    for start, stop, lines in quotes:
        until = signature[0] if signature and signature[0] >= stop else end
        last = start > 0 and _FOOTER.match(body, stop, until) is not None
        if lines >= LONG or (last and lines >= FULL):
            folds.append((start, stop, f"{lines} quoted lines"))
    if end < len(body):
        folds.append((end, len(body), "The message that this answers"))
    return sorted(folds)


def _signature(body: str, quotes: list[int], end: int) -> tuple[int, int] | None:
    """Find the signature: from its line to the next quote, without the line that says whose the quote is."""
    start = next((match.start() for match in _SIGNATURE.finditer(body, 1, end)), None)
    if start is None:
        return None
    stop = next((quote for quote in quotes if quote > start), end)
    if stop < end:
        stop = max(body.rfind("\n\n", start, stop - 1), start)
    short = body.count("\n", start, stop) <= SIGNATURE
    return (start, stop) if short and body[start:stop].strip("- \n") else None


def _quotes(body: str, end: int, at: int = 0) -> Iterator[tuple[int, int, int]]:
    """Yield each quote: where it starts and ends, and how many lines it has. Blank lines within it don't end it."""
    start, stop, lines = -1, -1, 0
    while at < end:
        line = body.find("\n", at, end)
        line = end if line < 0 else line
        if body[at] == ">":
            start, stop, lines = (at if start < 0 else start), line, lines + 1
        elif start >= 0 and body[at:line].strip():
            yield start, stop, lines
            start, lines = -1, 0
        at = line + 1
    if start >= 0:
        yield start, stop, lines
