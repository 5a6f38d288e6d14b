"""Who answers whom in a mailbox? Ids of messages with the ids above them come in; parents and threads go out.

This is the method of jwz.org/doc/threading.html, without grouping by subject and without recursion: a message answers
the last of its references, and between messages that say nothing themselves, the references of others decide. Every id
that is named has a place in its thread, also if the mailbox lacks the message. Nothing is pruned, since another file
may have it. Near-linear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Named = tuple[str, Sequence[str]]
"""The id of a message, and the ids above it, oldest first."""


def parents(messages: Iterable[Named]) -> dict[str, str | None]:
    """Give the parent of each id, first of those of the messages, then of those that are only named."""
    messages = list(messages)
    above: dict[str, str | None] = {}
    for name, references in messages:
        above[name] = next((each for each in reversed(references) if each != name), None)
    for name, references in messages:
        chain = [each for each in references if each != name]
        for parent, child in pairwise(chain):
            if above.get(child) is None and parent != child:
                above[child] = parent
        if chain:
            above.setdefault(chain[0], None)
    _open_circles(above)
    return above


def _open_circles(above: dict[str, str | None]) -> None:
    """Take the parent away from the first id of every circle."""
    seen: dict[str, str] = {}
    """The id from which each id was reached."""
    for start in above:
        walk: list[str] = []
        name: str | None = start
        while name is not None and name not in seen:
            seen[name] = start
            walk.append(name)
            name = above[name]
        if name is not None and seen[name] == start:
            above[name if name == start else walk[walk.index(name)]] = None


def threads(above: Mapping[str, str | None]) -> list[list[str]]:
    """Give the ids of each thread, its root first, then in the order of `above`."""
    roots: dict[str, str] = {}
    for start in above:
        walk: list[str] = []
        name = start
        while name not in roots:
            walk.append(name)
            parent = above[name]
            if parent is None:
                roots[name] = name
                break
            name = parent
        for each in walk:
            roots[each] = roots[name]
    held: dict[str, list[str]] = {}
    for name in above:
        root = roots[name]
        ids = held.setdefault(root, [root])
        if name != root:
            ids.append(name)
    return list(held.values())
