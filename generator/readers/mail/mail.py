"""Read mail: a mailbox (mbox), a text archive of Pipermail, or a single message.

Bytes come in, a `Reading` with many partial threads goes out. Each is known by the ids of its messages, which follow
from their Message-IDs, so that threads meet across files. A message that is only named keeps its place, without a text.
A message that stands there twice is one. Nothing that goes out has an address of mail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from generator import urls
from generator.errors import Problem
from generator.model import Author, Post, Thread
from generator.readers.addresses import mask, mask_html
from generator.readers.decoding import AWAY, as_utf8
from generator.readers.mail import bodies, head, mbox, subjects, threading
from generator.readers.reading import Reading, SavedThread

NAME = "mail"
ENDING = ".mbox"
PLAIN = False
EXPECTED = "From ann@example.org Thu Jan  1 00:00:00 2015"

_START = 65_536
"""How many bytes hold a head."""
_ENOUGH = frozenset(("from", "date", "subject", "message-id", "received", "return-path", "newsgroups"))
"""Fields that a message has; two of them make one."""
_ARCHIVED_PAGE = re.compile(rb"^(?:Snapshot-Content-Location:|From: <Saved by )", re.MULTILINE | re.IGNORECASE)
_LISTS = (
    ("list-id", re.compile(r"(?:^|[<\s])([^<>\s.@]+)(?:[.@][^<>\s]+>?|>)$|^([^<>\s.@]+)$")),
    ("list-post", re.compile(r"mailto:([^@<>\s?]+)@", re.IGNORECASE)),
    ("x-mailing-list", re.compile(r"(?:^|[<\s])([^@<>\s]+)@")),
    ("x-beenthere", re.compile(r"(?:^|[<\s])([^@<>\s]+)@")),
)
"""Where a message names its list, and how."""
_ENOUGH_OF_A_LIST = 300
"""How many characters at the end of such a field are looked at."""
_LONGEST = 40
"""Characters of the name of a source."""
_BLANK = re.compile(r"\A(?:[ \t]*\n)+")


class _Mail(NamedTuple):
    """A message, read."""

    offset: int
    name: str
    """Its Message-ID, or what is used without one."""
    above: list[str]
    subject: str
    author: str
    date: str
    said: bodies.Said
    list_name: str


def sniff(raw: bytes) -> bool:
    """Say whether it is a mailbox or a message."""
    start = _line_feeds(as_utf8(raw[:_START])).lstrip(b"\n")
    if mbox.is_start(start):
        return True
    if not re.match(rb"[A-Za-z][A-Za-z0-9-]*[ \t]*:", start) or _ARCHIVED_PAGE.search(start):
        return False
    fields, _ = head.split(start)
    return len(_ENOUGH.intersection(fields)) > 1


def read(raw: bytes, path: str) -> Reading:
    """Read all messages, and put them into threads."""
    whole = _line_feeds(as_utf8(raw)).lstrip(b"\n")
    parts = [(offset, *head.split(message)) for offset, message in mbox.split(whole)]
    real = [part for part in parts if _ENOUGH.intersection(part[1])]
    if not real:
        problem = Problem(path, 1, "this starts as mail does, but holds no message", f"save the mail again, or {AWAY}")
        return Reading(problems=(problem,))
    ids = [head.message_id(fields.get("message-id", b"")) for _, fields, _ in real]
    held = set(ids)
    mails = [_read(offset, fields, body, name, held) for (offset, fields, body), name in zip(real, ids, strict=True)]
    tags = subjects.list_tags([mail.subject for mail in mails], {mail.list_name for mail in mails if mail.list_name})
    unique = _unique(mails)
    above = threading.parents((mail.name, mail.above) for mail in unique.values())
    # References that disagree can leave ids over that nothing in the file answers.
    named = (names for names in threading.threads(above) if not unique.keys().isdisjoint(names))
    threads = [_thread(names, above, unique, tags) for names in named]
    return Reading(tuple(threads), tuple(_problems(mails, whole, path)))


def _line_feeds(raw: bytes) -> bytes:
    if b"\r" not in raw:
        return raw
    return raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _read(offset: int, fields: head.Fields, body: bytes, name: str, held: set[str]) -> _Mail:
    """Read one message; `name` is its Message-ID, and `held` has those of all messages."""
    charset = bodies.charset_of(head.text(fields.get("content-type", b"")))
    date = mask(" ".join(head.text(fields.get("date", b"")).split()))
    if not name:
        facts = [fields.get(each, b"").strip().decode("latin-1") for each in ("date", "from", "subject")]
        name = "\n" + made_id(facts, body.strip(b"\n").decode("latin-1"))
    said = bodies.read(fields, mbox.unescape(body))
    text = _BLANK.sub("", mask(said.text) if said.markup == "plain" else mask_html(said.text)).rstrip(" \t\n")
    return _Mail(
        offset,
        name,
        head.references(fields, held),
        mask(" ".join(head.text(fields.get("subject", b""), charset).split())),
        head.sender(fields.get("from", b""), charset),
        date,
        said._replace(text=text),
        _list_name(fields),
    )


def _list_name(fields: head.Fields) -> str:
    """Give the name of the list that a message was sent to, as a source is named; empty if it doesn't say."""
    for field, pattern in _LISTS:
        if field in fields and (found := pattern.search(head.text(fields[field]).strip()[-_ENOUGH_OF_A_LIST:])):
            name = urls.slug(found[found.lastindex or 1])[:_LONGEST].strip("-")
            if name:
                return name
    return ""


def _unique(mails: Iterable[_Mail]) -> dict[str, _Mail]:
    """Give the messages by name. Of copies, one stays: that with more text."""
    unique: dict[str, _Mail] = {}
    for mail in mails:
        name, other = mail.name, unique.get(mail.name)
        if other is not None:
            shorter, longer = sorted((_folded(mail), _folded(other)), key=len)
            if not longer.startswith(shorter):  # two messages with one id
                name = f"{name}\n{hashlib.sha256(_folded(mail).encode('utf-8', 'surrogatepass')).hexdigest()}"
            elif len(mail.said.text) <= len(other.said.text):
                continue
            else:
                mail = mail._replace(offset=other.offset)
        unique[name] = mail._replace(name=name)
    return unique


def _folded(mail: _Mail) -> str:
    return "".join(mail.said.text.split())


def post_id(name: str) -> str:
    """Give the id of a post by the Message-ID of its message (SPEC section 3)."""
    if name.startswith("\n"):
        return name[1:].replace("\n", "-")
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def made_id(facts: Sequence[str], body: str) -> str:
    """Make the id of a post without a Message-ID, from its date, its author, its subject and its text."""
    return hashlib.sha256("\n".join((*facts, body)).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _thread(
    names: Sequence[str], above: dict[str, str | None], mails: dict[str, _Mail], tags: frozenset[str]
) -> SavedThread:
    """Make the part of a thread that is in the file."""
    held = [mails[name] for name in names if name in mails]
    answered = {above[mail.name] for mail in held}
    source = next((mail.list_name for mail in held if mail.list_name), "")
    posts = tuple(
        [_post(name, above[name], mails.get(name), source, tags) for name in names if name in mails or name in answered]
    )
    named = [name for name in names if name not in mails and name not in answered]
    parents = tuple([(post_id(name), post_id(parent)) for name in named if (parent := above[name]) is not None])
    refs = tuple(map(post_id, dict.fromkeys((names[0], *named)))) if named else ()
    first = held[0]
    title = subjects.fold(first.subject, tags).base or subjects.NONE
    thread = Thread(source, "", title, "", posts, posted=head.date(first.date), posted_raw=first.date or None)
    return SavedThread(thread, partial=True, refs=refs, above=parents)


def _post(name: str, parent: str | None, mail: _Mail | None, source: str, tags: frozenset[str]) -> Post:
    stated = "" if parent is None else post_id(parent)
    if mail is None:
        return Post(post_id(name), "", Author(source, ""), None, None, "", stated=stated or None, missing=True)
    return Post(
        post_id(name),
        subjects.fold(mail.subject, tags).folded,
        Author(source, mail.author),
        None,
        None,
        mail.said.text,
        markup=mail.said.markup,
        posted=head.date(mail.date),
        posted_raw=mail.date or None,
        stated=stated,
    )


def _problems(mails: Iterable[_Mail], whole: bytes, path: str) -> Iterable[Problem]:
    """Warn of character sets that are unknown or wrong, once for each name."""
    faults: dict[tuple[str, str], list[int]] = {}
    for mail in mails:
        for fault, charset in mail.said.faults:
            faults.setdefault((fault or "", charset[:40]), []).append(mail.offset)
    for (what, charset), offsets in faults.items():
        name = "".join(char if char.isprintable() else "?" for char in charset)
        wrong = "is unknown" if what == "unknown" else "does not fit the text"
        more = f" (and in {len(offsets) - 1} more)" if len(offsets) > 1 else ""
        message = f'the character set "{name}" of a message {wrong}{more}, so it was read as Windows-1252 where needed'
        line = whole.count(b"\n", 0, offsets[0]) + 1
        yield Problem(path, line, message, "nothing needs to be done unless characters look wrong", "warning")
