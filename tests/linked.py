"""Threads as scan reduces them and link connects them, without files: values in, `Links` out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from generator.config import Config, zone
from generator.model import Thread
from generator.site import KINDS, AuthorSum, Facts, Gathered, Links, Origin, facts_of, link, mark_of_bytes, order_key
from generator.threads import Group
from tests.small import DEFAULTS


class Scanned(NamedTuple):
    """A thread as scan reduces it."""

    facts: Facts
    rows: dict[str, bytes]
    """Contributions by author."""


def scan(thread: Thread, config: Config = DEFAULTS) -> Scanned:
    """Reduce a thread, as if it had been read from a file of that content."""
    order, tree = order_key(thread, zone(config)), thread.tree()
    rows = {kind.name: dict(kind.rows_of(thread, tree, order, config.posts_per_page)) for kind in KINDS}
    marks = {name: {key: mark_of_bytes(value) for key, value in mine.items()} for name, mine in rows.items()}
    path = f"{thread.source}-{thread.id}.txt"
    origin = Origin(Group((path,)), ((path, hashlib.sha256(repr(thread).encode()).hexdigest()),))
    return Scanned(facts_of(thread, tree, origin, order, marks), rows["authors"])


def gather(threads: Iterable[Scanned]) -> dict[str, list[tuple[str, bytes]]]:
    """Gather the contributions of each author: order key and value, oldest thread first."""
    rows: dict[str, list[tuple[str, bytes]]] = {}
    for thread in sorted(threads, key=lambda thread: thread.facts.order):
        for key, value in thread.rows.items():
            rows.setdefault(key, []).append((thread.facts.order, value))
    return rows


def linked(*threads: Scanned, config: Config = DEFAULTS) -> Links:
    """Connect threads and their authors."""
    (authors,) = KINDS
    sums = [authors.sum(key, [value for _, value in rows]) for key, rows in gather(threads).items()]
    fresh = [each for each in sums if isinstance(each, AuthorSum)]
    return link((thread.facts for thread in threads), Gathered(fresh=fresh), config)
