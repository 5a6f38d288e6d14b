"""What does a message say? Its fields and the bytes of its body come in, its text goes out.

Text wins over HTML where both say the same. Attachments, and files that are in the text, become a line each, with
name and size. Encodings, character sets and `flowed` lines are undone. `simple_text` is the way of nearly all
messages, which have no parts; the others are taken apart by the standard library. Nothing here knows about threads or
addresses.
"""

from __future__ import annotations

import binascii
import email
import email.policy
import html
import re
from collections.abc import Callable, Iterator
from email.message import Message
from typing import NamedTuple

from generator.model import Markup
from generator.readers.mail import head
from generator.readers.mail.charsets import Fault, decode
from generator.readers.mail.flowed import unwrap

MOST_PARTS = 100
"""Most levels and parts of a message that are taken apart; one with more is no mail, and is shown as it is."""

_PARAMETER = r"(?:^|;)\s*{}\s*=\s*(?:\"([^\"]*)\"|([^\s;]+))"
_CHARSET = re.compile(_PARAMETER.format("charset"), re.IGNORECASE)
_FORMAT = re.compile(r";\s*format\s*=\s*\"?flowed\b", re.IGNORECASE)
_DELSP = re.compile(r";\s*delsp\s*=\s*\"?yes\b", re.IGNORECASE)
_BASE_64 = re.compile(rb"(?:[A-Za-z0-9+/]+=*[ \t]*(?:\n|\Z))+")
_UUENCODED = re.compile(r"^begin [0-7]{3,4} (\S.*)\n((?:[ -`]+\n)*)end$", re.MULTILINE)
_SCRUBBED = re.compile(
    r"^-{10,} next part -{10,}\n(?:A non-text attachment was scrubbed\.\.\.|An? [^\n]{0,80} was scrubbed\.\.\.)\n"
    r"((?:(?:Name|Type|Size|Desc|URL|Url|From|Subject|Date): ?.*\n?|[ \t]+.*\n?)+)",
    re.MULTILINE,
)
"""What Pipermail leaves of an attachment."""
_SCRUBBED_FIELD = re.compile(r"^(Name|Type|Size|URL): *<?(.*?)>?$", re.MULTILINE | re.IGNORECASE)


class Said(NamedTuple):
    """The body of a message."""

    text: str
    """Text, or a fragment of HTML."""
    markup: Markup
    faults: tuple[tuple[Fault, str], ...] = ()
    """Of the character sets that were named: what was wrong, and the name."""


class _Piece(NamedTuple):
    """A part that is shown, or a line in place of one that is not."""

    kind: str
    """`plain`, `html` or `attachment`."""
    text: str


def read(fields: head.Fields, body: bytes) -> Said:
    """Read the body of a message."""
    kind = fields.get("content-type", b"")
    lower = kind.lstrip().lower()
    textual = not lower or lower.startswith(b"text/plain") or b"/" not in lower
    if textual and b"attachment" not in fields.get("content-disposition", b"").lower():
        return simple_text(kind, fields.get("content-transfer-encoding", b""), body)
    return _whole(fields, body)


def simple_text(kind: bytes, encoding: bytes, body: bytes) -> Said:
    """Read a body of plain text."""
    declared = decode(kind)[0]
    charset = charset_of(declared)
    text, fault = decode(_bytes(encoding, body), charset)
    text = _lines(text)
    if _FORMAT.search(declared):
        text = unwrap(text, delete_space=_DELSP.search(declared) is not None)
    if "\nbegin " in text or text.startswith("begin "):
        text = _UUENCODED.sub(_uuencoded, text)
    if "was scrubbed..." in text:
        text = _SCRUBBED.sub(_scrubbed, text)
    return Said(text, "plain", ((fault, charset),) if fault else ())


def charset_of(kind: str) -> str:
    """Give the character set that a field `Content-Type` names."""
    found = _CHARSET.search(kind)
    return (found[1] or found[2] or "") if found else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _bytes(encoding: bytes, body: bytes) -> bytes:
    """Undo the encoding of a body for transfer."""
    name = encoding.strip().lower()
    if name == b"quoted-printable":
        return binascii.a2b_qp(body)
    if name == b"base64":
        return _base_64(body)
    return body


def _base_64(body: bytes) -> bytes:
    """Decode base64, and keep the text that a program of a list has put after it."""
    start = len(body) - len(body.lstrip())
    block = _BASE_64.match(body, start)
    if block is None:
        return body
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", block[0])
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    data = binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))
    rest = body[block.end() :]
    return data + b"\n" + rest if rest.strip() else data


def attachment(name: str, kind: str, size: int | str | None) -> str:
    """Write the line that stands for an attachment."""
    shown = [" ".join(each.split()) for each in (name, kind) if each.strip()]
    if size not in (None, ""):
        shown.append(f"{size} bytes" if str(size).isdigit() else str(size))
    return f"[attachment: {', '.join(shown)}]"


def _uuencoded(match: re.Match[str]) -> str:
    size = sum([(ord(line[0]) - 32) & 63 for line in match[2].split("\n") if line])
    return attachment(match[1], "", size)


def _scrubbed(match: re.Match[str]) -> str:
    """Write a line for an attachment that Pipermail took away, and keep the address it was put at."""
    facts = {name.lower(): value for name, value in _SCRUBBED_FIELD.findall(match[1])}
    line = attachment(facts.get("name", ""), facts.get("type", ""), facts.get("size", ""))
    if line == "[attachment: ]":
        line = "[attachment]"
    return f"{line}\n{facts['url']}\n" if facts.get("url") else f"{line}\n"


def _whole(fields: head.Fields, body: bytes) -> Said:
    """Read a message that has parts, or is no plain text."""
    if body.count(b"ontent-") > 20 * MOST_PARTS or body.lower().count(b"boundary=") > MOST_PARTS:
        return simple_text(b"", b"", body)
    names = ("content-type", "content-transfer-encoding", "content-disposition", "mime-version")
    top = b"".join(name.encode() + b": " + fields[name] + b"\n" for name in names if name in fields)
    message = email.message_from_bytes(top + b"\n" + body, policy=email.policy.compat32)
    faults: list[tuple[Fault, str]] = []
    pieces = list(_pieces(message, faults))
    shown = [piece for piece in pieces if piece.kind != "attachment" and piece.text.strip()]
    lines = [piece.text for piece in pieces if piece.kind == "attachment"]
    if any(piece.kind == "html" for piece in shown):
        parts = [piece.text if piece.kind == "html" else _as_html(piece.text) for piece in shown]
        parts += map(_as_html, lines)
        return Said("\n".join(parts), "html", tuple(faults))
    texts = [_trimmed(piece.text) for piece in pieces if piece.text.strip()]
    return Said("\n\n".join(texts), "plain", tuple(faults))


def _trimmed(text: str) -> str:
    return text.strip("\n")


def _as_html(text: str) -> str:
    """Write plain text as HTML, paragraph by paragraph."""
    blocks = re.split(r"\n[ \t]*\n", text.strip("\n"))
    return "\n".join(f"<p>{html.escape(block, quote=False).replace(chr(10), '<br>')}</p>" for block in blocks)


def _pieces(message: Message, faults: list[tuple[Fault, str]]) -> Iterator[_Piece]:
    """Give what is shown of a message, in order. Of alternatives, it is the first that is text, else the last."""
    stack: list[Message] = [message]
    while stack:
        part = stack.pop()
        kind = part.get_content_type()
        if part.is_multipart():
            inner = [each for each in part.get_payload() if isinstance(each, Message)]
            if kind == "multipart/alternative" and inner:
                inner = [_best(inner)]
            elif kind == "message/rfc822" or kind == "message/global":
                yield _Piece("plain", _heading(inner[0]) if inner else "")
            stack += inner[::-1]
        else:
            yield _leaf(part, kind, faults)


def _best(inner: list[Message]) -> Message:
    """Choose among parts that say the same: text, else HTML, also inside parts, else the last."""
    for wanted in ("text/plain", "text/html"):
        for part in inner:
            for leaf in part.walk():
                if leaf.get_content_type() == wanted and not leaf.is_multipart() and not _attached(leaf):
                    return part
    return inner[-1]


def _attached(part: Message) -> bool:
    return str(part.get("content-disposition", "")).lstrip().lower().startswith("attachment")


def _heading(message: Message) -> str:
    """Write what is known of a message inside another one."""
    fields = {name.lower(): _raw(str(value)) for name, value in message.items()}
    lines = []
    for name, write in (("From", head.sender), ("Date", head.text), ("Subject", head.text)):
        writer: Callable[[bytes], str] = write
        if value := writer(fields.get(name.lower(), b"")).strip():
            lines.append(f"{name}: {' '.join(value.split())}")
    return "\n".join(lines)


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _leaf(part: Message, kind: str, faults: list[tuple[Fault, str]]) -> _Piece:
    """Read a part that has no parts."""
    payload = part.get_payload()
    body = _raw(payload) if isinstance(payload, str) else b""
    name = _name(part)
    declared = _raw(str(part.get("content-type", "")))
    encoding = _raw(str(part.get("content-transfer-encoding", "")))
    textual = kind in ("text/plain", "text/html", "text/enriched", "message/delivery-status", "text/rfc822-headers")
    if not textual or _attached(part) or (name and kind != "text/plain"):
        return _Piece("attachment", attachment(name, kind, len(_bytes(encoding, body))))
    said = simple_text(declared, encoding, body)
    faults += said.faults
    return _Piece("html" if kind == "text/html" else "plain", said.text)


def _name(part: Message) -> str:
    """Give the name of a file that a part holds."""
    try:
        name = part.get_filename("") or ""
    except (ValueError, LookupError, TypeError):
        return ""
    return " ".join(head.text(_raw(name)).replace("\\", "/").rpartition("/")[2].split())[:120]
