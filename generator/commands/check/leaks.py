"""Finds removed texts that are still in a file: its bytes in, line numbers out. Opens no files.

A text may be there as it was saved, as HTML, as JSON, or as one inside another, and tags may separate its words instead
of spaces. Each text has a pattern for each of these forms. Letter case does not count, since names are in lower case in
addresses, and neither do quote signs before a word. A name must be a whole word, not a part of a longer one. One look
at the words of the file says which patterns to try, so the time is linear in the size of the file and hardly grows with
the number of texts.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

Needles = Mapping[bytes, tuple[re.Pattern[bytes], ...]]
"""Patterns by a lower-case word that is in the text in every form of it; b"" if there is no such word."""

_GAPS = (
    rb"[\s>]++",
    rb"(?:[\s>]|\\[nrtf]|\\u000b|\\u003e)++",
    rb"(?:\s|&gt;|<[^<>]*>)++",
    rb"(?:\s|&gt;|<[^<>]*>|\\[nrtf]|\\u003c[^\\<>]*\\u003e|\\u0026gt;)++",
    rb"(?:\s|&amp;gt;|&lt;[^&<>]*&gt;)++",
)
"""What separates two words in plain text, JSON, HTML, HTML in JSON, HTML in XML. None of them backtracks."""
_BEFORE = rb"(?:(?<![0-9A-Za-z_])(?<![\xc3-\xca][\x80-\xbf])|(?<=\\[nrtf])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
_AFTER = rb"(?![0-9A-Za-z_\xc3-\xca])"
"""No letter of a Latin word is next to the text. Scripts that don't put spaces between words are left out of this."""
_NAMED = {'"': "&quot;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;"}
_SHORT = {"\b": "\\b", "\\": "\\\\", '"': '\\"'}
_WORD = re.compile(rb"[0-9a-z]+")
_ESCAPE = re.compile(rb"\\u[0-9a-f]{4}|\\[bnrtf]|%[0-9a-f]{2}")


def needles(texts: Iterable[str]) -> Needles:
    """Prepare names and texts, as they were in the saves, for `leaks`; empty ones are ignored.

    Each is looked for as it was saved, and with its accents joined and apart.
    """
    result: dict[bytes, tuple[re.Pattern[bytes], ...]] = {}
    for text in sorted(set().union(*map(_spellings, texts))):
        words = [word for part in re.split(r"[ \t\n\r\f\v]+", text) if (word := part.lstrip(">"))]
        if not words:
            continue
        start = _BEFORE if words[0][0].isalnum() else b""
        end = _AFTER if words[-1][-1].isalnum() else b""
        forms = [b"".join(map(_forms, word)) for word in words]
        patterns = dict.fromkeys(start + gap.join(forms) + end for gap in _GAPS)
        key = max(re.findall(r"[0-9A-Za-z]+", " ".join(words)), key=len, default="").lower().encode()
        result[key] = (*result.get(key, ()), re.compile(b"|".join(patterns), re.IGNORECASE))
    return result


def _spellings(text: str) -> set[str]:
    return {text} if text.isascii() else {text, *(unicodedata.normalize(form, text) for form in ("NFC", "NFD"))}


def leaks(raw: bytes, needles: Needles) -> Iterator[int]:
    """Yield, for every text that is in a file, the 1-based line where it is first."""
    if not needles:
        return
    lowered = raw.lower()
    words = set(_WORD.findall(lowered))
    if b"\\" in lowered or b"%" in lowered:
        # What looks like an escape may be one, or may be the text itself: `\name` can mean "ame" or "name".
        words.update(_WORD.findall(_ESCAPE.sub(b" ", lowered)))
    for key in (b"", *(words & needles.keys())):
        for pattern in needles.get(key, ()):
            if match := pattern.search(raw):
                yield raw.count(b"\n", 0, match.start()) + 1


def _forms(character: str) -> bytes:
    """Make the pattern of one character: as it is, or as it is written in HTML, JSON, or HTML inside JSON or XML."""
    if character.isascii() and character.isalnum():
        return character.encode()
    code = ord(character)
    entities = [f"&#{code};", f"&#0{code};", f"&#x{code:x};"]
    if character in _NAMED:
        entities.append(_NAMED[character])
    units = character.encode("utf-16-be", "surrogatepass").hex()
    forms = [character, "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4)), *entities]
    if character in _SHORT:
        forms.append(_SHORT[character])
    for entity in entities:
        forms += html.escape(entity), entity.replace("&", "\\u0026")
    return b"(?:" + b"|".join(re.escape(form.encode("utf-8", "surrogatepass")) for form in forms) + b")"
