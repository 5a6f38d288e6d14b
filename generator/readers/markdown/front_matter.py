"""The front matter of a Markdown save: TOML between two ``+++`` lines (SPEC section 2.2).

The text of a save comes in, a `Front` and `Problem`s with their lines go out. `markdown` reads the texts and posts.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import msgspec

from generator.model import REMOVED, Author
from generator.readers.decoding import as_utf8
from generator.readers.findings import Findings, quote
from generator.sources import SOURCE
from generator.toml import Fault, parse_toml, toml_text

FENCE = "+++"
KEYS = ("id", "title", "source", "url", "posted", "author", "department", "tags")
ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
UID = re.compile(r"[A-Za-z0-9_.-]{1,100}")
DEFAULT_SOURCE = "notes"
LONGEST = 32_000
"""Most characters of front matter that we parse, since `tomllib` is not linear on hostile input."""

HEAD = rf"\ufeff?+\+\+\+[ \t]*+\n(?:[ \t]*+\n)*+(?:{'|'.join(KEYS)})[ \t]*+="
"""How the head of a Markdown save starts, to notice one that is not at the start of its file."""

_OPEN = re.compile(r"(?:[ \t]*+\n)*+\+\+\+[ \t]*+(?:\n|\Z)")
_START = re.compile(rb"(?:\xef\xbb\xbf)?+(?:[ \t]*+[\r\n])*+\+\+\+[ \t]*+(?:[\r\n]|\Z)")
_CLOSE = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE)
_URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ISO = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}(?:[T ][0-9:.,]+(?:Z|[+-][0-9:]+)?)?")


class Matter(msgspec.Struct, frozen=True):
    """Where the front matter is in the text."""

    start: int
    """Where the TOML starts."""
    end: int
    """Where it ends; the end of the text if no line closes it."""
    body: int
    """The end of the closing line. The story comes after it."""


class Front(msgspec.Struct, frozen=True):
    """What the front matter says."""

    id: str
    title: str
    source: str = DEFAULT_SOURCE
    url: str | None = None
    posted: str | None = None
    posted_raw: str | None = None
    author: Author | None = None
    department: str | None = None
    tags: tuple[str, ...] = ()

    def without_author(self) -> str:
        """Write it as TOML again, without the author. Comments are not kept, since they may name the author too."""
        lines = [f"{key} = {toml_text(value)}" for key in KEYS if isinstance(value := getattr(self, key), str)]
        if self.posted_raw is not None:
            lines = [
                f"posted = {toml_text(self.posted_raw)}" if line.startswith("posted = ") else line for line in lines
            ]
        if self.author is not None:
            lines.append(f"author = {toml_text(REMOVED)}")
        if self.tags:
            lines.append(f"tags = [{', '.join(map(toml_text, self.tags))}]")
        return "".join(f"{line}\n" for line in lines)


def starts_save(raw: bytes) -> bool:
    """Say whether the first line that is not blank is ``+++``."""
    return _START.match(as_utf8(raw)) is not None


def find_front_matter(text: str) -> Matter | None:
    """Find the TOML between the ``+++`` lines; None if the first line that is not blank is not ``+++``."""
    opening = _OPEN.match(text)
    if opening is None:
        return None
    closing = _CLOSE.search(text, opening.end())
    if closing is None:
        return Matter(opening.end(), len(text), len(text))
    return Matter(opening.end(), closing.start(), closing.end())


def read_front_matter(text: str, findings: Findings) -> Front | None:
    """Read the front matter; None if it can't be used, with errors in `findings`."""
    matter = find_front_matter(text)
    if matter is None:
        findings.error(0, f"expected +++, found {quote(text)}", "start the save with a line +++ and its id and title")
        return None
    if matter.end == matter.body:
        findings.error(0, "the front matter is never closed", "put a line +++ behind it")
        return None
    toml = text[matter.start : matter.end]
    if len(toml) > LONGEST:
        findings.error(
            0, f"the front matter is longer than {LONGEST} characters", "put the story behind the second +++"
        )
        return None
    values = parse_toml(toml, above=text.count("\n", 0, matter.start))
    if isinstance(values, Fault):
        offset = matter.start
        for _ in range(values.line - 1):
            offset = text.find("\n", offset, matter.end) + 1 or matter.end
        hint = values.hint or 'write lines such as title = "My words"'
        findings.error(offset, f"the front matter is not TOML: {values.message}", hint)
        return None
    return _Fields(toml, matter.start, values, findings).front()


class _Fields:
    """Takes the fields out of parsed TOML, with one error for each that is wrong."""

    def __init__(self, toml: str, start: int, values: dict[str, object], findings: Findings) -> None:
        self._toml = toml
        self._start = start
        self._values = values
        self._findings = findings
        self._good = True

    def front(self) -> Front | None:
        """Check every field, then make the `Front`."""
        for key in self._values:
            self._check_key(key, key, KEYS)
        source = self._text("source", SOURCE, "use small letters, digits and -, at most 40") or DEFAULT_SOURCE
        number = self._text("id", ID, "use letters, digits, - and _, at most 100")
        title = self._text("title")
        for key, value in (("id", number), ("title", title)):
            if not value and key not in self._values:
                self._error(key, f"the front matter has no {key}", f'add a line {key} = "..."')
            elif value == "":
                self._error(key, f"{key} is empty", "write what it is")
        posted, posted_raw = self._posted()
        front = Front(
            id=number or "",
            title=title or "",
            source=source,
            url=self._text("url", _URL, "write an address that starts with https:// or http://"),
            posted=posted,
            posted_raw=posted_raw,
            author=self._author(source),
            department=self._text("department") or None,
            tags=self._tags(),
        )
        return front if self._good else None

    def _error(self, key: str, message: str, hint: str) -> None:
        self._good = False
        self._findings.error(self._start + self._place(key), message, hint)

    def _place(self, key: str) -> int:
        """Find where a key is set; 0 if it is not set, or written in an unusual way."""
        assignment = re.search(rf"""^[ \t]*\[*[ \t]*["']?{re.escape(key)}["']?[ \t]*[=.\]]""", self._toml, re.MULTILINE)
        return assignment.start() if assignment else 0

    def _check_key(self, key: str, place: str, allowed: tuple[str, ...]) -> None:
        if key not in allowed:
            near = self._findings.nearest(key, allowed)
            hint = f"did you mean {near}?" if near else f"known are {', '.join(allowed)}"
            self._error(place, f"unknown key {quote(key)} in the front matter", hint)

    def _text(self, key: str, form: re.Pattern[str] | None = None, expected: str = "") -> str | None:
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self._error(key, f"{key} must be text", f'write it in quotes: {key} = "{value}"'[:200])
            return None
        if form is not None and not form.fullmatch(value):
            self._error(key, f"{key} can't be {quote(value)}", expected)
            return None
        return value.strip()

    def _posted(self) -> tuple[str | None, str | None]:
        value = self._values.get("posted")
        if value is None:
            return None, None
        if isinstance(value, str):
            raw = value
        else:
            written = self._toml[self._place("posted") :].partition("=")[2]
            raw = re.split(r"[#\n]", written, maxsplit=1)[0].strip()
        posted = iso_time(value)
        if posted is None:
            self._error("posted", f"posted can't be {quote(raw)}", "write 2007-04-05T10:00:00Z or 2007-04-05")
        return posted, raw

    def _author(self, source: str) -> Author | None:
        value = self._values.get("author")
        if value is None:
            return None
        fields = value if isinstance(value, dict) else {"name": value}
        for key in fields:
            self._check_key(key, "author", ("name", "uid"))
        name, uid = fields.get("name"), fields.get("uid")
        if not isinstance(name, str) or not name.strip():
            self._error("author", "author must be a name", 'write author = "pg" or author = {name = "pg", uid = "12"}')
            return None
        if uid is not None and not (isinstance(uid, str) and UID.fullmatch(uid)):
            self._error("author", "the author's uid can't be used", "use letters, digits, -, _ and . in quotes")
            return None
        return Author(source, name.strip(), uid)

    def _tags(self) -> tuple[str, ...]:
        value = self._values.get("tags", [])
        if not isinstance(value, list) or not all(isinstance(tag, str) and tag.strip() for tag in value):
            self._error("tags", "tags must be a list of words", 'write tags = ["one", "two"]')
            return ()
        return tuple(dict.fromkeys(tag.strip() for tag in value))


def iso_time(value: object) -> str | None:
    """Give a time as ISO 8601: a date stays a date, a time without zone stays without, UTC is written ``Z``."""
    if isinstance(value, str):
        value = value.upper()
        if not _ISO.fullmatch(value):
            return None
        try:
            value = datetime.fromisoformat(value) if len(value) > len("2007-04-05") else date.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        if value.utcoffset() == timedelta(0):
            return value.replace(tzinfo=None).isoformat() + "Z"
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else None
