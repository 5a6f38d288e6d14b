"""What do all threads together say?

One thread at a time comes in. Its `Facts` go out, small enough to keep for all threads, and `Row`s for each kind of
page that is about many threads (`KINDS`). The engine gathers rows by key, and `Kind.sum` sums up the rows of a key.
When all threads are read, `link` connects facts and authors: order, addresses, tags, months. Pages are planned from its
`Links`. There are no files here, and no bodies of posts except the excerpts in rows."""

from generator.site.authors import AuthorSum, rank, ties
from generator.site.contributions import NAME as AUTHORS
from generator.site.contributions import AuthorPost, Contribution, contribution_in, pieces_of, posts_in
from generator.site.facts import (
    Facts,
    Origin,
    RowMarks,
    Tally,
    by_count,
    facts_of,
    order_key,
    replies_of,
    row_keys,
    tally,
)
from generator.site.gathered import Gathered
from generator.site.links import Links, author_ref, link, slug_of
from generator.site.marks import mark, mark_of_bytes
from generator.site.rows import KINDS, Kind, Row, Summary, authors_in
from generator.site.scores import CLASSES, SCORES, TICKS, classed, occurring, spread, steps, weight
from generator.site.unmatched import Unmatched, folded, in_facts, in_threads, unmatched

__all__ = [
    "AUTHORS",
    "CLASSES",
    "KINDS",
    "SCORES",
    "TICKS",
    "AuthorPost",
    "AuthorSum",
    "Contribution",
    "Facts",
    "Gathered",
    "Kind",
    "Links",
    "Origin",
    "Row",
    "RowMarks",
    "Summary",
    "Tally",
    "Unmatched",
    "author_ref",
    "authors_in",
    "by_count",
    "classed",
    "contribution_in",
    "facts_of",
    "folded",
    "in_facts",
    "in_threads",
    "link",
    "mark",
    "mark_of_bytes",
    "occurring",
    "order_key",
    "pieces_of",
    "posts_in",
    "rank",
    "replies_of",
    "row_keys",
    "slug_of",
    "spread",
    "steps",
    "tally",
    "ties",
    "unmatched",
    "weight",
]
