"""The Slashdot text save, the native format (SPEC section 2.1).

The bytes of a file come in, a `Reading` of whole threads goes out: header, story, posts, footer. A file holds one save,
or several, one after the other. Times and ids that a save does not have are not invented, and what only looks like the
start of a post stays text (`near_misses` warns of it). The save does not say who answers whom, so nothing here
does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from generator.errors import Problem
from generator.model import REMOVED, Author, Post, Thread, Truncated
from generator.readers.decoding import decode
from generator.readers.findings import Findings
from generator.readers.reading import Piece, PostSpans, Reading, SavedThread, Span, Spans
from generator.readers.slashdot.header import (
    DATED,
    NEWS_LINE,
    Header,
    find_further_saves,
    read_header,
    starts_save,
    warn_of_heads,
)
from generator.readers.slashdot.links import NUMBERED, split_links, warn_of_lost_entries
from generator.readers.slashdot.near_misses import warn_of_near_misses
from generator.readers.slashdot.starts import SOURCE, Start, find_starts
from generator.readers.spans import block_for, last_block, trim

NAME = "slashdot-text"
ENDING = ".txt"
PLAIN = True
EXPECTED = "News: 0179799118"

CUT = range(508, 517)
"""Lengths of a body that the site probably cut, since it abbreviates at about 512 characters."""

_TELLING = re.compile(
    rf"by {re.escape(REMOVED)}[ \t]*|{NUMBERED.pattern}|\S*://\S*|{NEWS_LINE.pattern}|{DATED.pattern}", re.DOTALL
)
"""A line that starts a post or a save, or is in a list of links, if it is in the right place."""

_SENTENCE_ENDS = ".!?…。！？"
_CLOSERS = " \t\n\"'”’»›)]}*_"


def sniff(raw: bytes) -> bool:
    """Say whether the first line starts with ``News:``."""
    return starts_save(raw)


def read(raw: bytes, path: str) -> Reading:
    """Read a file: one whole thread from each save in it."""
    text, problems = decode(raw, path)
    if not text:
        return Reading(problems=problems)
    findings = Findings(text, path)
    first = read_header(text, 0, len(text), findings)
    begins = find_further_saves(text, first.end, findings) if first.who else []
    ends = [*begins, len(text)]
    headers = [first, *(read_header(text, begin, end, findings) for begin, end in zip(begins, ends[1:], strict=True))]
    parts = [
        _Part(header, end, *find_starts(text, header.end, end, findings))
        for header, end in zip(headers, ends, strict=True)
    ]
    threads = tuple([_read_save(text, part, findings) for part in parts])
    problems += findings.problems()
    near_misses = partial(_find_near_misses, text, parts, begins, findings)
    if findings.failed:
        meant = tuple((SOURCE, header.id) for header in headers if header.id)
        return Reading(problems=problems, near_misses=near_misses, meant=meant)
    return Reading(threads, problems, near_misses, text)


class _Part(NamedTuple):
    """One save in the text of a file."""

    header: Header
    end: int
    starts: list[Start]
    others: list[int]
    """Starts of posts, and the rest that `find_starts` gives."""


def _find_near_misses(
    text: str, parts: Sequence[_Part], begins: Sequence[int], findings: Findings
) -> tuple[Problem, ...]:
    """Find what only looks like the start of a save or of a post; `begins` are where further saves start."""
    earlier = findings.problems()
    if parts[0].header.who:
        warn_of_heads(text, parts[0].header.end, begins, findings)
    for part in () if findings.failed else parts:
        warn_of_near_misses(text, (part.header.end, part.end), part.starts, part.others, findings)
        warn_of_lost_entries(text, _find_story(text, part.header, part.starts, part.end), findings)
    return tuple(problem for problem in findings.problems() if problem not in earlier)


def _read_save(text: str, part: _Part, findings: Findings) -> SavedThread:
    """Read what is behind a header, up to the end of its save."""
    header, end, starts, _ = part
    bodies, footer = _find_bodies(text, starts, end)
    story = _find_story(text, header, starts, end)
    body_end, links = split_links(text, story, findings)
    posts: list[Post] = []
    for start, (body_start, body_end_) in zip(starts, bodies, strict=True):
        said = text[body_start:body_end_]
        cut = _judge_long(said) if len(said) in CUT else "no"
        posts.append(Post("", start.subject, start.author, start.score, start.label, said, cut))
    thread = Thread(
        source=SOURCE,
        id=header.id,
        title=header.title,
        body=text[story[0] : body_end],
        posts=tuple(posts),
        posted=header.posted,
        posted_raw=header.posted_raw,
        author=Author(SOURCE, text[slice(*header.who)]) if header.who else None,
        department=header.department,
        masthead=header.masthead,
        footer=text[slice(*footer)].strip() or None if footer else None,
        links=links,
    )
    return SavedThread(
        thread,
        last_body=text[bodies[-1][0] : footer[1]] if footer else None,
        judge_cut=_judge_cut,
        fits=_fits,
        spans=partial(_find_spans, text, header, starts, end, thread),
    )


def _find_spans(text: str, header: Header, starts: list[Start], end: int, thread: Thread) -> Spans:
    """Find where the pieces of a thread are in the text it was read from."""
    bodies, footer = _find_bodies(text, starts, end)
    story = _find_story(text, header, starts, end)
    author = ((*header.who, REMOVED),) if header.who else ()
    last = footer_text = None
    if footer:
        last = (bodies[-1][0], footer[1])
        piece = text[slice(*footer)]
        if piece.strip():
            footer_text = (footer[1] - len(piece.lstrip()), footer[0] + len(piece.rstrip()))
    return Spans(
        story=(story[0], story[0] + len(thread.body)),
        removed_story=(*author, block_for(*story, REMOVED)),
        posts=tuple(PostSpans(partial(_head, post), body) for post, body in zip(starts, bodies, strict=True)),
        footer=footer_text,
        last_body=last,
    )


def _head(post: Start, removed: bool, subject: str) -> tuple[Piece, ...]:
    """Give what is replaced in the subject line and the by line of a post."""
    line = ((post.at, post.at + len(post.subject), subject),) if subject != post.subject else ()
    return (*line, (post.by, post.end, f"by {REMOVED}")) if removed else line


def _fits(new: str, old: str) -> bool:
    """Say whether every line of the new text that looks like a by line or a link's entry is in the old text."""
    lines = set(old.split("\n"))
    return not any(_TELLING.fullmatch(line) for line in new.split("\n") if line not in lines)


def _find_bodies(text: str, starts: list[Start], end: int) -> tuple[list[Span], Span | None]:
    """Give the span of each post's body, and of the footer if the last post has two blocks or more."""
    limits = [start.at for start in starts[1:]] + [end]
    spans = [trim(text, start.end, limit) for start, limit in zip(starts, limits, strict=False)]
    if not spans:
        return spans, None
    start, stop = spans[-1]
    block = last_block(text, start, stop)
    if block == start:
        return spans, None
    spans[-1] = trim(text, start, block)
    return spans, (block, stop)


def _find_story(text: str, header: Header, starts: list[Start], end: int) -> Span:
    """Give the span of the story and its link list."""
    return trim(text, header.end, starts[0].at if starts else end)


def _judge_cut(body: str) -> Truncated:
    """Say whether the site cut a body, which its length tells."""
    return _judge_long(body) if len(body) in CUT else "no"


def _judge_long(body: str) -> Truncated:
    """Say whether a body of that length was cut; a sentence may end there by chance."""
    return "unknown" if body.rstrip(_CLOSERS)[-1:] in _SENTENCE_ENDS else "yes"
