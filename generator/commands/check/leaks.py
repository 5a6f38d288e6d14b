"""Whether texts that were to be removed still stand in a file: bytes in, lines out. Opens no files.

A text can stand as saved, as HTML, as JSON, or as one inside another, its words parted by tags instead of spaces: one
pattern a text and dress allows for that. Letter case does not count (names come back in lower case in addresses), nor
do quote marks before a word. A name is found as a word, not as a part of a longer one. Which patterns to try at all is
settled by one look at the file's words, so the time is linear in the file and hardly grows with the texts removed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping

Needles = Mapping[bytes, tuple[re.Pattern[bytes], ...]]
"""Patterns by a word that is in the text however it is written, in lower case; b"" where there is no such word."""

_GAPS = (
    rb"[\s>]++",
    rb"(?:[\s>]|\\[nrtf]|\\u000b|\\u003e)++",
    rb"(?:\s|&gt;|<[^<>]*>)++",
    rb"(?:\s|&gt;|<[^<>]*>|\\[nrtf]|\\u003c[^\\<>]*\\u003e|\\u0026gt;)++",
    rb"(?:\s|&amp;gt;|&lt;[^&<>]*&gt;)++",
)
"""What parts two words in plain text, JSON, HTML, HTML in JSON, HTML in XML. None gives back what it took."""
_BEFORE = rb"(?:(?<![0-9A-Za-z_])(?<![\xc3-\xca][\x80-\xbf])|(?<=\\[nrtf])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2}))"
_AFTER = rb"(?![0-9A-Za-z_\xc3-\xca])"
"""No letter of a Latin word stands beside; scripts that do not part words by spaces are not asked to."""
_NAMED = {'"': "&quot;", "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&apos;"}
_SHORT = {"\b": "\\b", "\\": "\\\\", '"': '\\"'}
_WORD = re.compile(rb"[0-9a-z]+")
_ESCAPE = re.compile(rb"\\u[0-9a-f]{4}|\\[bnrtf]|%[0-9a-f]{2}")


def needles(texts: Iterable[str]) -> Needles:
    """Prepare names and texts, as they stood in the saves, for `leaks`; empty ones are passed over."""
    found: dict[bytes, tuple[re.Pattern[bytes], ...]] = {}
    for text in sorted(set(texts)):
        words = [word for part in re.split(r"[ \t\n\r\f\v]+", text) if (word := part.lstrip(">"))]
        if not words:
            continue
        before = _BEFORE if words[0][0].isalnum() else b""
        after = _AFTER if words[-1][-1].isalnum() else b""
        written = [b"".join(map(_forms, word)) for word in words]
        patterns = dict.fromkeys(before + gap.join(written) + after for gap in _GAPS)
        key = max(re.findall(r"[0-9A-Za-z]+", " ".join(words)), key=len, default="").lower().encode()
        found[key] = (*found.get(key, ()), re.compile(b"|".join(patterns), re.IGNORECASE))
    return found


def leaks(raw: bytes, needles: Needles) -> Iterator[int]:
    """Give, for every text that a file holds, the 1-based line of its first place."""
    if not needles:
        return
    lowered = raw.lower()
    words = set(_WORD.findall(lowered))
    if b"\\" in lowered or b"%" in lowered:
        # What looks like an escape may be one, or the saved text: `\name` can hold "ame" and can hold "name".
        words.update(_WORD.findall(_ESCAPE.sub(b" ", lowered)))
    for key in (b"", *(words & needles.keys())):
        for pattern in needles.get(key, ()):
            if match := pattern.search(raw):
                yield raw.count(b"\n", 0, match.start()) + 1


def _forms(character: str) -> bytes:
    """Make the pattern of one character: as it is, or as HTML, JSON, or HTML inside JSON or XML writes it."""
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
