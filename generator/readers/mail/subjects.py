"""Subjects: what a program put in front of a subject comes off. The mark of a reply and the tag of a list are such."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

_REPLY = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|odp|回复|答复|回覆)(?:\s*[\[(^][0-9]+[\])]?)?\s*[:\N{FULLWIDTH COLON}]\s*", re.I
)
_TAG = re.compile(r"\s*\[([^\[\]]{1,60})\]\s*")
_MEANING = frozenset(
    ("patch", "rfc", "ann", "announce", "announcement", "bug", "bugs", "solved", "fixed", "closed", "vote", "result",
     "ot", "off-topic", "draft", "wip", "question", "help", "proposal", "discuss", "release", "security")
)  # fmt: skip
"""Tags that people write."""
_FEWEST = 3
"""A tag that nobody explains is the list's if so many messages of a file have it, and half of them."""
NONE = "(no subject)"


class Subject(NamedTuple):
    """A subject, taken apart."""

    reply: bool
    base: str
    """What is left."""

    @property
    def folded(self) -> str:
        """The subject with one mark of a reply in front."""
        return f"Re: {self.base}" if self.reply else self.base


def list_tags(subjects: Iterable[str], lists: Collection[str]) -> frozenset[str]:
    """Find the tags of lists, in small letters, by the names of lists and by how often they stand there."""
    counts: Counter[str] = Counter()
    total = 0
    names = {_letters(name) for name in lists}
    tags: set[str] = set()
    for subject in subjects:
        total += 1
        rest = subject
        while reply := _REPLY.match(rest):
            rest = rest[reply.end() :]
        if tag := _TAG.match(rest):
            name = tag[1].casefold()
            counts[name] += 1
            if _letters(name) in names:
                tags.add(name)
    often = {tag for tag, count in counts.items() if count >= _FEWEST and count * 2 >= total}
    return frozenset(tags | {tag for tag in often if tag not in _MEANING and not re.search("[0-9]/[0-9]", tag)})


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


def fold(subject: str, tags: Collection[str]) -> Subject:
    """Take marks of replies and tags of lists off the front of a subject."""
    rest, reply = " ".join(subject.split()), False
    at = 0
    while True:
        if mark := _REPLY.match(rest, at):
            reply, at = True, mark.end()
        elif (tag := _TAG.match(rest, at)) and tag[1].casefold() in tags and tag.end() < len(rest):
            at = tag.end()
        else:
            return Subject(reply, rest[at:].strip())
