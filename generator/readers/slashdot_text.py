"""The Slashdot text save, the native format (SPEC section 2.1).

The bytes of one save come in, a `Reading` of one whole thread goes out: header, story, posts, footer. Times and ids
that the save does not have are not invented, and what only looks like the start of a post stays text. The save does not
say who answers whom, so nothing here does.
"""

from __future__ import annotations

import re
from functools import partial

import msgspec

from generator.model import REMOVED, Author, Link, Post, Thread, Truncated
from generator.readers.decoding import decode
from generator.readers.findings import Findings, quote
from generator.readers.ids import post_id
from generator.readers.reading import PostSpans, Reading, SavedThread, Span, Spans
from generator.readers.slashdot_header import Header, read_header, starts_save
from generator.readers.spans import block_for, last_block, trim

NAME = "slashdot-text"
ENDING = ".txt"
EXPECTED = "News: 0179799118"

SOURCE = "slashdot"
ANONYMOUS = "Anonymous Coward"
CUT = range(508, 517)
"""Lengths of a body that the site probably cut, since it abbreviates at about 512 characters."""

_SCORE = re.compile(r"[+-]?[0-9]{1,9}")
_LINK = re.compile(r"\[([0-9]{1,9})\][ \t]+([A-Za-z][A-Za-z0-9+.-]*:\S+|/\S+)[ \t]*")
_TELLING = re.compile(rf"by {re.escape(REMOVED)}[ \t]*|{_LINK.pattern}")
"""A line that starts a post or names a link if it is in the right place."""

_SENTENCE_ENDS = ".!?…。！？"
_CLOSERS = " \t\n\"'”’»›)]}*_"

_SCORED = " (Score:"
# The end of a subject line, with the by line after it. It starts with the rarest literal, and every part that may be
# long is possessive and stops where the next match could start. So any text takes only one pass.
_SUBJECT_END = re.compile(
    r" \(Score:([^(\n]*+(?:\((?!Score:)[^(\n]*+)*+)\n"  # the last "(Score:" of its line, to the line's end
    r"(?:[ \t]*+\n)++"  # blank lines
    rf"(by (?:([^\n]+) \( ([0-9]{{1,40}}) \)|({ANONYMOUS}|{re.escape(REMOVED)})|[^\n]*+)[ \t]*+)"
    r"(?=(?:\n[ \t]*+)?+(?:\n|\Z))"  # by one line, then a blank one or the end
)


class _Start(msgspec.Struct, frozen=True, gc=False):
    """A subject line and its by line: where a post starts."""

    at: int
    """Where the subject line starts."""
    subject: str
    score: int | None
    label: str | None
    by: int
    """Where the by line starts."""
    end: int
    """Where the by line ends."""
    author: Author


def sniff(raw: bytes) -> bool:
    """Say whether the first line starts with ``News:``."""
    return starts_save(raw)


def read(raw: bytes, path: str) -> Reading:
    """Read a save: one whole thread."""
    text, problems = decode(raw, path)
    if not text:
        return Reading(problems=problems)
    findings = Findings(text, path)
    header = read_header(text, findings)
    starts = _find_posts(text, header.end, findings)
    problems += findings.problems()
    if findings.failed:
        return Reading(problems=problems, meant=((SOURCE, header.id),) if header.id else ())
    spans, footer = _find_bodies(text, starts)
    story = _find_story(text, header, starts)
    body, links = _split_links(text[slice(*story)])
    posts: list[Post] = []
    for start, (body_start, body_end) in zip(starts, spans, strict=True):
        said = text[body_start:body_end]
        cut = _judge_long(said) if len(said) in CUT else "no"
        name = post_id(start.author, said)
        posts.append(Post(name, start.subject, start.author, start.score, start.label, said, cut))
    thread = Thread(
        source=SOURCE,
        id=header.id,
        title=header.title,
        body=body,
        posts=tuple(posts),
        posted=header.posted,
        posted_raw=header.posted_raw,
        author=Author(SOURCE, text[slice(*header.who)]) if header.who else None,
        department=header.department,
        masthead=header.masthead,
        footer=text[slice(*footer)].strip() or None if footer else None,
        links=links,
    )
    saved = SavedThread(
        thread,
        last_body=text[spans[-1][0] : footer[1]] if footer else None,
        judge_cut=_judge_cut,
        fits=_fits,
        spans=partial(_find_spans, text, header, starts, thread),
    )
    return Reading((saved,), problems, text)


def _find_spans(text: str, header: Header, starts: list[_Start], thread: Thread) -> Spans:
    """Find where the pieces of a thread are in the text it was read from."""
    bodies, footer = _find_bodies(text, starts)
    story = _find_story(text, header, starts)
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
        posts=tuple(
            PostSpans((post.by, post.end, f"by {REMOVED}"), body) for post, body in zip(starts, bodies, strict=True)
        ),
        footer=footer_text,
        last_body=last,
    )


def _fits(new: str, old: str) -> bool:
    """Say whether every line of the new text that looks like a by line or a link's entry is in the old text."""
    lines = set(old.split("\n"))
    return not any(_TELLING.fullmatch(line) for line in new.split("\n") if line not in lines)


def _find_posts(text: str, begin: int, findings: Findings) -> list[_Start]:
    """Find where posts start: a subject line alone in its block and, in the next block, alone, a by line."""
    starts: list[_Start] = []
    taken = begin
    # There are few different ones, and reading one takes as long as finding it.
    scores: dict[str, tuple[int, str | None] | None] = {}
    subject_end = begin - 1
    # Searching for the plain text that ends a subject is three times as fast as searching with a regular expression.
    while (subject_end := text.find(_SCORED, subject_end + 1)) >= 0:
        ends = _SUBJECT_END.match(text, subject_end)
        if not ends:
            continue
        at = (text.rfind("\n", begin, subject_end) + 1) or begin
        if at < taken or not _starts_block(text, at, begin):
            continue
        field, by_line, name, uid, nobody = ends.groups()
        end = ends.end()
        by = end - len(by_line)
        if field not in scores:
            scores[field] = _read_score(field)
        score = scores[field]
        if score is None and not field.rstrip(" \t").endswith(")"):
            continue
        if not (nobody or (name and not name.isspace())):
            if score is not None:
                findings.warn(
                    by,
                    f"{quote(by_line)} can't be read as a by line, so the subject above it stays text",
                    f"write by NAME ( UID ) or by {ANONYMOUS} if a post starts here",
                )
            continue
        if score is None:
            findings.error(
                at,
                f"the score in {quote(text[at : ends.end(1)])} is no whole number",
                "write (Score:2) or (Score:2, Insightful) at the end of the subject line",
            )
            continue
        number, label = score
        if not -1 <= number <= 5:
            findings.warn(at, f"the score {number} is outside -1 to 5", "correct it if it was mistyped")
        starts.append(_Start(at, text[at:subject_end], number, label, by, end, Author(SOURCE, nobody or name, uid)))
        taken = end
    return starts


def _read_score(field: str) -> tuple[int, str | None] | None:
    """Read ``2)`` or ``2, Insightful)``; None if it is not a whole number of a sensible length."""
    number, _, label = field.rstrip(" \t").removesuffix(")").partition(",")
    number = number.strip(" ")
    return (int(number), label.strip(" ") or None) if _SCORE.fullmatch(number) else None


def _starts_block(text: str, at: int, begin: int) -> bool:
    """Say whether the line before is blank, or the posts' area starts here."""
    if at == begin or text[at - 2] == "\n":
        return True
    return not text[text.rfind("\n", 0, at - 1) + 1 : at - 1].strip(" \t")


def _find_bodies(text: str, starts: list[_Start]) -> tuple[list[Span], Span | None]:
    """Give the span of each post's body, and of the footer if the last post has two blocks or more."""
    limits = [start.at for start in starts[1:]] + [len(text)]
    spans = [trim(text, start.end, limit) for start, limit in zip(starts, limits, strict=False)]
    if not spans:
        return spans, None
    start, end = spans[-1]
    block = last_block(text, start, end)
    if block == start:
        return spans, None
    spans[-1] = trim(text, start, block)
    return spans, (block, end)


def _find_story(text: str, header: Header, starts: list[_Start]) -> Span:
    """Give the span of the story and its link list."""
    return trim(text, header.end, starts[0].at if starts else len(text))


def _split_links(story: str) -> tuple[str, tuple[Link, ...]]:
    """Split the link list from a story: the last blocks, as far as they have only ``[n] URL`` lines."""
    lines = story.split("\n")
    links: list[Link] = []
    cut, kept = len(lines), 0
    for at in range(len(lines), -1, -1):
        line = lines[at - 1] if at else ""
        if not line.strip(" \t"):  # a block starts here, and it has only links
            cut, kept = at, len(links)
        elif entry := _LINK.fullmatch(line):
            links.append(Link(int(entry[1]), entry[2]))
        else:
            break
    body = "\n".join(lines[:cut])
    return body[: trim(body, 0, len(body))[1]], tuple(reversed(links[:kept]))


def _judge_cut(body: str) -> Truncated:
    """Say whether the site cut a body, which its length tells."""
    return _judge_long(body) if len(body) in CUT else "no"


def _judge_long(body: str) -> Truncated:
    """Say whether a body of that length was cut; a sentence may end there by chance."""
    return "unknown" if body.rstrip(_CLOSERS)[-1:] in _SENTENCE_ENDS else "yes"
