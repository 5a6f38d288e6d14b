"""Read the head of a message: its fields by name, and what a field says: words, a name, a date, ids.

Bytes come in, text goes out. Fields may be folded, encoded or damaged: what can't be decoded stays as it was written.
Nothing here masks addresses but `sender`, since ids are made of what was written.
"""

from __future__ import annotations

import binascii
import datetime
import email.utils
import re

from generator.readers.addresses import name_of
from generator.readers.mail.charsets import decode

_VISIBLE = bytes(range(0x21, 0x7F))
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?\n]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\n]+(?==\?[^?\s]{1,100}\?[bBqQ]\?)")
_ID = re.compile(r"<([^<>]{1,998})>")
_BARE_ID = re.compile(r"[^\s<>,;\"()]{1,998}@[^\s<>,;\"()]{1,998}")
_QUOTATION_MARK = re.compile(r'(?<!\\)"')
_ESCAPED = re.compile(r"\\(.)")
_SPELT = re.compile(r"[^\s<>()]+ at [^\s<>()]+")
_DATE = re.compile(
    r"(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([0-9]{4})"
    r" ([0-9]{2}:[0-9]{2}:[0-9]{2}) ([+-])([0-9]{2})([0-9]{2})(?: \([^()]*\))?"
)
"""A date as nearly all programs write it."""
_ZONE = re.compile(r"[+-][0-9]{4}\b|\b(?:UTC?|GMT|Z|[ECMP][SD]T)\b", re.IGNORECASE)
"""A zone that says how far it is from UTC."""
_MONTHS = {name: f"{number:02d}" for number, name in enumerate(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
)}  # fmt: skip

Fields = dict[str, bytes]
"""By name in small letters; of several with one name the first. Folded lines are joined."""


_NAMES = {
    name.encode(): name
    for name in (
        "from", "date", "subject", "message-id", "references", "in-reply-to", "content-type", "mime-version",
        "content-transfer-encoding", "content-disposition", "list-id", "list-post", "x-mailing-list", "x-beenthere",
        "received", "return-path", "newsgroups",
    )
}  # fmt: skip
"""The fields that are read."""


def split(message: bytes) -> tuple[Fields, bytes]:
    """Split a message into those of its fields that are read, and its body. A line that is no field ends the head."""
    lines: dict[str, list[bytes]] = {}
    held: list[bytes] | None = None
    at, size = 0, len(message)
    while at < size:
        end = message.find(b"\n", at)
        end = size if end < 0 else end
        line = message[at:end]
        name, colon, value = line.partition(b":")
        if line[:1] in (b" ", b"\t") and held is not None and not line.isspace():
            held.append(line.strip(b" \t"))
        elif colon and _is_name(name):
            held = [value.strip(b" \t")]
            if known := _NAMES.get(name.rstrip(b" \t").lower()):
                lines.setdefault(known, held)
        elif not line.startswith((b">From ", b"From ")):
            at = at if line.strip(b" \t") else end + 1
            break
        at = end + 1
    return {name: b" ".join(parts) if len(parts) > 1 else parts[0] for name, parts in lines.items()}, message[at:]


def _is_name(name: bytes) -> bool:
    """Say whether a field may be called so: it has visible ASCII characters, and white space only after them."""
    if name.replace(b"-", b"").isalnum():  # nearly all
        return True
    return name.translate(None, _VISIBLE).strip(b" \t") == b"" and len(name.split()) == 1 and name[:1] not in b" \t"


def text(value: bytes, charset: str = "") -> str:
    """Give the text of a field, with encoded words decoded."""
    words = _plain(value, charset)
    if "=?" not in words:
        return words
    return _WORD.sub(_decoded, _joined(_BETWEEN.sub(r"\1", words)))


def _plain(value: bytes, charset: str) -> str:
    """Decode what may not be in a field at all, but is: UTF-8, or the character set of the body."""
    try:
        return value.decode() if b"\x1b" not in value else decode(value)[0]
    except UnicodeDecodeError:
        return decode(value, charset)[0]


def _joined(words: str) -> str:
    """Join neighbouring words of one kind before they are decoded: programs cut characters in two."""
    parts: list[str] = []
    done = 0
    last: re.Match[str] | None = None
    held = ""
    for word in _WORD.finditer(words):
        alike = last and last.end() == word.start() and _kind(last) == _kind(word) and not held.endswith("=")
        if last and not alike:
            parts.append(f"=?{last[1]}?{last[2]}?{held}?=")
            held = ""
        parts.append(words[done : word.start()])
        held += word[3]
        last, done = word, word.end()
    if last:
        parts.append(f"=?{last[1]}?{last[2]}?{held}?=")
    return "".join((*parts, words[done:]))


def _kind(word: re.Match[str]) -> tuple[str, str]:
    return word[1].lower(), word[2].lower()


def _decoded(word: re.Match[str]) -> str:
    """Decode one encoded word; it stays as it is if it can't be decoded."""
    raw = word[3].encode("utf-8", "surrogateescape")
    try:
        if word[2] in "bB":
            raw = raw.rstrip(b"=")
            data = binascii.a2b_base64(raw + b"=" * (-len(raw) % 4))
        else:
            data = binascii.a2b_qp(raw, header=True)
    except ValueError:
        return word[0]
    shown = decode(data, word[1])[0]
    return " ".join(shown.split("\n")).replace("\r", "")


def sender(value: bytes, charset: str = "") -> str:
    """Give the name of whoever wrote a message; if there is only an address, what stands before its ``@``.

    Empty if the field says nothing.
    """
    words = _plain(value, charset).strip()
    name = ""
    at = words.find("<")
    if at > 0:
        name = words[:at]
    elif at < 0 and words.endswith(")") and (opened := words.find("(")) > 0 and words[:1] != '"':
        name = words[opened + 1 : -1]
    name = _unquoted(text(name.encode("utf-8", "surrogateescape")))
    if not name:
        name = words.partition("<")[2].partition(">")[0] if at >= 0 else words.partition("(")[0]
        name = _unquoted(text(name.encode("utf-8", "surrogateescape")))
        if _SPELT.fullmatch(name):
            name = name.partition(" at ")[0]
        elif "@" in name and " " not in name:
            name = name.partition("@")[0] if name[0] != "@" else ""
    return name_of(name)


def _unquoted(name: str) -> str:
    """Take the quotation marks of a name away, and what they escape."""
    name = " ".join(name.split()).strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    name = _QUOTATION_MARK.sub("", name)
    return (_ESCAPED.sub(r"\1", name) if "\\" in name else name).strip(" ,;")


def date(value: str) -> str | None:
    """Give a date as ISO 8601, with its zone if it has one; None if it can't be read."""
    value = value.strip()
    if usual := _DATE.fullmatch(value):
        day, month, year, time, sign, hours, minutes = usual.groups()
        written = f"{year}-{_MONTHS[month]}-{int(day):02d}T{time}{'+' if (hours, minutes) == ('00', '00') else sign}"
        if exact := iso(f"{written}{hours}:{minutes}"):
            return exact
    if len(value) > 200:
        return None
    try:
        parts = email.utils.parsedate_tz(value)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    if parts is None:
        return None
    year_, month_, day_, hour, minute, second = parts[:6]
    written = f"{year_:04d}-{month_:02d}-{day_:02d}T{hour:02d}:{minute:02d}:{min(second, 59):02d}"
    offset = parts[9]
    if value.endswith("-0000"):
        offset = 0
    if not _ZONE.search(value) or offset is None or abs(offset) >= 24 * 3600:
        return iso(written)
    hours_, minutes_ = divmod(abs(offset) // 60, 60)
    return iso(f"{written}{'-' if offset < 0 else '+'}{hours_:02d}:{minutes_:02d}")


def iso(written: str) -> str | None:
    """Give a date that is written as ISO 8601 has it if there is such a day and time, else None."""
    try:
        datetime.datetime.fromisoformat(written)
    except ValueError:
        return None
    return written if "1900" < written[:4] < "9999" else None


def message_id(value: bytes) -> str:
    """Give the id in a field ``Message-ID``, without its brackets; empty if there is none."""
    words = decode(value)[0]
    if found := _ID.search(words):
        return "".join(found[1].split())
    bare = words.strip().strip("<>").split()
    return bare[0] if bare else ""


def references(fields: Fields, held: frozenset[str] | set[str]) -> list[str]:
    """Give the ids of the messages above a message, oldest first; `held` are the ids of messages that are there."""
    words = decode(fields.get("references", b""))[0]
    ids = ["".join(each.split()) for each in _ID.findall(words)] if "<" in words else _BARE_ID.findall(words)
    if ids:
        return list(dict.fromkeys(filter(None, ids)))
    words = decode(fields.get("in-reply-to", b""))[0]
    ids = ["".join(each.split()) for each in _ID.findall(words)] or _BARE_ID.findall(words)
    ids = [each for each in ids if "@" in each or each in held]
    # Programs of the 1990s name the author too, also by address; and only the id is a message that is there.
    best = [each for each in ids if each in held] or [
        each for each in ids if re.search("[0-9]", each.partition("@")[0])
    ]
    return best[-1:] or (ids if words.strip() == f"<{ids[0]}>" else []) if ids else []
