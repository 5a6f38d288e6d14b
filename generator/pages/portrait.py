"""Portraits: all rows of one author in, what the author's front page says in sum out: years, scores, labels, company.

No files. Most authors wrote one post or two: what takes more to be worth showing is not worked out for them.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Mapping, Sequence
from operator import itemgetter

from markupsafe import Markup

from generator.model import Author, source_and_uid
from generator.pages.drawings import columns
from generator.pages.views import AuthorTotals
from generator.site.authors import AuthorSum
from generator.site.facts import ranked, spread
from generator.site.links import author_ref
from generator.site.rows import Row
from generator.theme.views import Ref

LEAST = 5
"""Posts from which on an author's years, scores and labels are shown."""
SHOWN = 8
"""People named of those whom an author answers, and of those who answer."""


def portray(author: AuthorSum, rows: Sequence[Row], odd: Mapping[str, str]) -> AuthorTotals:
    """Sum up the rows of an author, which come oldest thread first; `odd` as for `author_ref`."""
    answers, more_answers = _company([row.answers for row in reversed(rows) if row.answers], odd)
    answered, more_answered = _company([row.answered for row in reversed(rows) if row.answered], odd)
    few = author.posts < LEAST
    return AuthorTotals(  # by place, since there are many
        author.posts,
        author.stories,
        author.threads,
        "" if author.first is None else str(author.first),
        "" if author.last is None else str(author.last),
        author.median,
        author.names,
        answers,
        more_answers,
        answered,
        more_answered,
        _NOTHING if few else _years(author, rows),
        _NOTHING
        if few
        else columns("Posts by score", spread(itertools.chain.from_iterable([row.scores for row in rows]))),
        () if few else _labels(rows),
    )


_NOTHING = Markup()


def _years(author: AuthorSum, rows: Sequence[Row]) -> Markup:
    """Draw the posts by year, from the first to the last, if those are two."""
    if author.first is None or author.last is None or author.first == author.last:
        return _NOTHING
    counts = dict.fromkeys(range(author.first, author.last + 1), 0)
    for row in rows:
        if row.year is not None:
            counts[row.year] += row.posts
    return columns("Posts by year", counts.items())


def _labels(rows: Sequence[Row]) -> tuple[tuple[str, int], ...]:
    counts: dict[str, int] = {}
    for row in rows:
        if row.labels:
            for label in row.labels.split("\n"):
                counts[label] = counts.get(label, 0) + 1
    return ranked(counts) if counts else ()


def _company(parts: Sequence[str], odd: Mapping[str, str]) -> tuple[tuple[tuple[Ref, int], ...], int]:
    """Name those who come most often, of equals the latest, as they were called last; and count the others."""
    if not parts:
        return (), 0
    lines = "\n".join(parts).split("\n")
    keys = lines[::2]
    others = len(set(keys))
    shown = [(key, 1) for key in keys[:SHOWN]] if others == len(keys) else _most(keys)
    found = tuple([(_ref(key, lines[2 * keys.index(key) + 1], odd.get(key)), times) for key, times in shown])
    return found, others - len(found)


def _most(keys: Sequence[str]) -> list[tuple[str, int]]:
    counts: dict[str, int] = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    return sorted(counts.items(), key=itemgetter(1), reverse=True)[:SHOWN]


@functools.lru_cache(maxsize=20_000)  # people who write much are named on many pages
def _ref(key: str, name: str, slug: str | None) -> Ref:
    source, uid = source_and_uid(key)
    return author_ref(Author(source, name, uid), {key: slug} if slug else {})
