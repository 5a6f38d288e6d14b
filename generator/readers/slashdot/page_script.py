"""What the script of a Slashdot page says of its comments: who answers whom, also of comments that are not shown.

The text of the scripts comes in, `Noted` comes out. Pages since 2009 call ``D2.comments({...})``, those from 2006 on
assign ``comments = {...}``. Pages without script, as some programs save them, say nothing here.
"""

from __future__ import annotations

import html
import re

import msgspec

_STRING = r'"(?:[^"\\]|\\.)*+"' + "|" + r"'(?:[^'\\]|\\.)*+'"
_START = re.compile(r"(?:\bD2\.comments\(|\bcomments\s*=)\s*\{")
_ENTRY = re.compile(rf"""\s*+,?\s*+["']?([0-9]{{1,20}})["']?\s*+:\s*+\{{((?:[^{{}}"']|{_STRING})*+)\}}""", re.DOTALL)
_FIELD = re.compile(rf"""["']?\b([a-z_]{{1,40}})["']?\s*:\s*(?:["']?(-?[0-9]{{1,20}})\b["']?|({_STRING}))""", re.DOTALL)
_CUT = re.compile(r"(?:\bD2\.abbrev_comments\(|\babbrev_comments\s*=)\s*\{([0-9:,\s\"'-]*+)\}")
_LENGTH = re.compile(r"([0-9]{1,20})[\"']?\s*:\s*[\"']?(-?[0-9]{1,20})")
_NOT_SHOWN = re.compile(r"(?:\bD2\.noshow_comments\(|\bnoshow_comments\s*=)\s*\[([0-9,\s]*+)\]")
_BRANCH = re.compile(r"(?:\bD2\.root_comment\(|\broot_comment\s*=)\s*[\"']?[1-9]")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "r": "\n", "t": "\t", "b": "", "f": "", "\n": ""}

NOBODY = "666"
"""The number that the site gives to comments without a user. It is no number of a user."""


class Comment(msgspec.Struct, frozen=True):
    """What the script says of one comment."""

    parent: str | None = None
    """The comment it answers, which may be another than the one it is shown under; "" if it is at the top."""
    uid: str | None = None
    subject: str = ""
    """Only given for comments whose subject is made from that of their parent."""
    points: int | None = None


class Noted(msgspec.Struct, frozen=True):
    """What the script of a page says."""

    comments: dict[str, Comment]
    """By number."""
    cut: frozenset[str] | None
    """The comments of which the page has only the start; None if the script doesn't say that of any."""
    not_shown: tuple[str, ...]
    """The comments that the page has a place for, but no text."""
    branch: bool
    """Whether the page shows only a comment and its replies."""


def read_script(text: str) -> Noted:
    """Find what the scripts of a page say of its comments; `text` is theirs alone, since comments may show code."""
    comments: dict[str, Comment] = {}
    at = 0
    while start := _START.search(text, at):
        at = start.end()
        while entry := _ENTRY.match(text, at):
            at = entry.end()
            comments[entry[1]] = _comment(entry[2])
    lengths = [pair for some in _CUT.finditer(text) for pair in _LENGTH.findall(some[1])]
    cut = frozenset(number for number, length in lengths if length != "-1") if lengths else None
    hidden = (number for some in _NOT_SHOWN.finditer(text) for number in re.findall("[0-9]{1,20}", some[1]))
    return Noted(comments, cut, tuple(dict.fromkeys(hidden)), _BRANCH.search(text) is not None)


def _comment(fields: str) -> Comment:
    values = {name: number or _unescaped(string[1:-1]) for name, number, string in _FIELD.findall(fields)}
    # The page hangs a comment under an ancestor of its parent where it would be too deep; `opid` is the parent itself.
    parents = [values[key] for key in ("opid", "pid") if key in values]
    parent = next((number for number in parents if number.strip("0").isdigit()), "" if parents else None)
    uid, points = values.get("uid", ""), values.get("points", "")
    return Comment(
        parent=parent,
        uid=uid if uid.isascii() and uid.isdigit() and uid != "0" else None,
        subject=" ".join(html.unescape(values.get("subject", "")).split()),
        points=int(points) if re.fullmatch("-?[0-9]{1,9}", points) else None,
    )


def _unescaped(string: str) -> str:
    """Give the text that a string of JavaScript means."""

    def meant(escape: re.Match[str]) -> str:
        if code := escape[1] or escape[2]:
            return chr(int(code, 16))
        return _LETTERS.get(escape[3], escape[3])

    if "\\" not in string:
        return string
    # Characters beyond U+FFFF are written in two halves.
    return _ESCAPE.sub(meant, string).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
