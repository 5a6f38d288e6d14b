"""The Slashdot text save, the native format (SPEC section 2.1).

The text of one save comes in; one `Thread` and `Problem`s go out: header, story, posts, footer. Times and ids that
the save does not hold are not invented, and what only looks like the start of a post stays text. Who answers whom is
not for this file: the save does not say it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

import msgspec

from generator.model import REMOVED, Author, Link, Post, Thread, Truncated
from generator.readers import STORY, Reading
from generator.readers.findings import Findings, quote
from generator.readers.ids import post_id
from generator.readers.slashdot_header import Header, find_number, read_header, starts_save
from generator.readers.spans import block_for, last_block, splice, trim

NAME = "slashdot-text"
ENDING = ".txt"
EXPECTED = "News: 0179799118"

SOURCE = "slashdot"
ANONYMOUS = "Anonymous Coward"
CUT = range(508, 517)
"""Lengths of a body that was probably cut by the site, which abbreviates at about 512 characters."""

_SCORE = re.compile(r"[+-]?[0-9]{1,9}")
_LINK = re.compile(r"\[([0-9]{1,9})\][ \t]+([A-Za-z][A-Za-z0-9+.-]*:\S+|/\S+)[ \t]*")

_SENTENCE_ENDS = ".!?…。！？"
_CLOSERS = " \t\n\"'”’»›)]}*_"

_SCORED = " (Score:"
# The end of a subject line, with the by line behind it. It starts with the rarest literal there is, and every part
# that may be long is possessive and stops where the next match could start: one pass over the text, whatever the text.
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


def sniff(text: str) -> bool:
    """Say whether the first line starts with ``News:``."""
    return starts_save(text)


def identify(text: str) -> tuple[Thread, ...]:
    """Give the thread from the lines before the story."""
    number = find_number(text)
    if not number:
        return ()
    header = read_header(text, Findings(text, ""))
    return (Thread(SOURCE, number, header.title, "", (), posted=header.posted, department=header.department),)


def read(text: str, path: str, *, footer: bool = True) -> Reading:
    """Read a save; with `footer` false the last block belongs to the last post."""
    findings = Findings(text, path)
    header = read_header(text, findings)
    starts = _find_posts(text, header.end, findings)
    if findings.failed:
        return Reading((), findings.problems())
    spans, footer_span = _find_bodies(text, starts, footer)
    story, links = _split_links(_story_text(text, header, starts))
    posts: list[Post] = []
    for start, (body_start, body_end) in zip(starts, spans, strict=True):
        body = text[body_start:body_end]
        cut = _truncated(body) if len(body) in CUT else "no"
        name = post_id(start.author, body)
        posts.append(Post(name, start.subject, start.author, start.score, start.label, body, cut))
    thread = Thread(
        source=SOURCE,
        id=header.id,
        title=header.title,
        body=story,
        posts=tuple(posts),
        posted=header.posted,
        posted_raw=header.posted_raw,
        author=Author(SOURCE, text[slice(*header.who)]) if header.who else None,
        department=header.department,
        masthead=header.masthead,
        footer=text[slice(*footer_span)].strip() or None if footer_span else None,
        links=links,
    )
    return Reading((thread,), findings.problems())


def rewrite(text: str, gone: Collection[tuple[int, int]], change: Callable[[str], str], *, footer: bool = True) -> str:
    """Give the save with some texts removed (see `generator.readers.Reader`).

    The link list of a removed story goes with it. The footer, which may be the end of the last post after all, is
    changed as other texts are.
    """
    findings = Findings(text, "")
    header = read_header(text, findings)
    starts = _find_posts(text, header.end, findings)
    spans, footer_span = _find_bodies(text, starts, footer)
    pieces: list[tuple[int, int, str]] = []

    def put(start: int, end: int) -> None:
        if end > start:
            pieces.append((start, end, change(text[start:end])))

    start, end = trim(text, header.end, starts[0].at if starts else len(text))
    if (0, STORY) in gone:
        if header.who:
            pieces.append((*header.who, REMOVED))
        pieces.append(block_for(start, end, REMOVED))
    else:
        put(start, start + len(_split_links(text[start:end])[0]))
    for number, (post, span) in enumerate(zip(starts, spans, strict=True)):
        if (0, number) in gone:
            pieces.append((post.by, post.end, f"by {REMOVED}"))
            pieces.append(block_for(*span, REMOVED))
        else:
            put(*span)
    if footer_span:
        put(*footer_span)
    return splice(text, pieces)


def _find_posts(text: str, begin: int, findings: Findings) -> list[_Start]:
    """Find where posts start: a subject line alone in its block and, in the next block, alone, a by line."""
    starts: list[_Start] = []
    taken = begin
    scores: dict[str, tuple[int, str | None] | None] = {}  # there are few, and reading one costs as much as finding it
    subject_end = begin - 1
    # Plain search for what ends a subject is three times as fast as the search of a regular expression.
    while (subject_end := text.find(_SCORED, subject_end + 1)) >= 0:
        found = _SUBJECT_END.match(text, subject_end)
        if not found:
            continue
        at = (text.rfind("\n", begin, subject_end) + 1) or begin
        if at < taken or not _starts_block(text, at, begin):
            continue
        field, by_line, name, uid, nobody = found.groups()
        end = found.end()
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
                f"the score in {quote(text[at : found.end(1)])} is no whole number",
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
    """Read ``2)`` or ``2, Insightful)``; None if that is no whole number of a sensible length."""
    number, _, label = field.rstrip(" \t").removesuffix(")").partition(",")
    number = number.strip(" ")
    return (int(number), label.strip(" ") or None) if _SCORE.fullmatch(number) else None


def _starts_block(text: str, at: int, begin: int) -> bool:
    """Say whether the line before is blank, or the posts' area starts here."""
    if at == begin or text[at - 2] == "\n":
        return True
    return not text[text.rfind("\n", 0, at - 1) + 1 : at - 1].strip(" \t")


def _find_bodies(text: str, starts: list[_Start], footer: bool) -> tuple[list[tuple[int, int]], tuple[int, int] | None]:
    """Give the span of each post's body, and of the footer if the last post has two blocks or more."""
    limits = [start.at for start in starts[1:]] + [len(text)]
    spans = [trim(text, start.end, limit) for start, limit in zip(starts, limits, strict=False)]
    if not (footer and spans):
        return spans, None
    start, end = spans[-1]
    block = last_block(text, start, end)
    if block == start:
        return spans, None
    spans[-1] = trim(text, start, block)
    return spans, (block, end)


def _story_text(text: str, header: Header, starts: list[_Start]) -> str:
    return text[slice(*trim(text, header.end, starts[0].at if starts else len(text)))]


def _split_links(story: str) -> tuple[str, tuple[Link, ...]]:
    """Split the link list from a story: the last blocks, as far as they hold nothing but ``[n] URL`` lines."""
    lines = story.split("\n")
    found: list[Link] = []
    cut, kept = len(lines), 0
    for at in range(len(lines), -1, -1):
        line = lines[at - 1] if at else ""
        if not line.strip(" \t"):  # a block starts here, and all of it is links
            cut, kept = at, len(found)
        elif entry := _LINK.fullmatch(line):
            found.append(Link(int(entry[1]), entry[2]))
        else:
            break
    body = "\n".join(lines[:cut])
    return body[: trim(body, 0, len(body))[1]], tuple(reversed(found[:kept]))


def _truncated(body: str) -> Truncated:
    """Say whether a body of the telling length was cut; a sentence may end there by chance."""
    return "unknown" if body.rstrip(_CLOSERS)[-1:] in _SENTENCE_ENDS else "yes"
