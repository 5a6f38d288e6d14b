"""The Markdown save, for threads from anywhere, by hand or by script (SPEC section 2.2).

The bytes of one save come in, a `Reading` of one whole thread goes out. `front_matter` reads the front matter; here the
text is cut at its post lines. What is between them stays Markdown, and `markup` renders it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

import msgspec

from generator.costly import is_costly
from generator.model import REMOVED, Author, Post, Thread
from generator.readers.decoding import decode
from generator.readers.findings import Findings, quote
from generator.readers.ids import post_id
from generator.readers.markdown.code_fences import Walk, code_fences
from generator.readers.markdown.front_matter import (
    FENCE,
    ID,
    UID,
    Front,
    find_front_matter,
    iso_time,
    read_front_matter,
    starts_save,
)
from generator.readers.reading import Piece, PostSpans, Reading, SavedThread, Span, Spans
from generator.readers.spans import block_for, trim

NAME = "markdown"
ENDING = ".md"
PLAIN = True
EXPECTED = FENCE

KEYS = ("id", "posted", "score", "label", "parent", "uid", "subject")
"""What may be between the braces of a post line."""

_SCORE = re.compile(r"[+-]?[0-9]{1,9}")
_VALUE = r'"(?:[^"\\]|\\.)*+"|[^\s"{}]*+'
# Possessive, and an attempt ends at the first brace outside quotes, so searching a line is linear.
_BRACES = re.compile(rf'\{{((?:[ \t]*+[^\s={{}}"]++=(?:{_VALUE})(?=[ \t}}]))*+)[ \t]*+\}}\Z')
_PAIR = re.compile(rf'([^\s={{}}"]+)=({_VALUE})')
_KEYS = "|".join(KEYS)
_NEARLY = re.compile(
    rf"[{{(\[\uff5b][ \t]*(?:{_KEYS})[=\uff1d]"
    rf"|[^\s#][ \t]+(?:{_KEYS})=\S+(?:[ \t]+(?:{_KEYS})=\S+)*+[ \t}}]*\Z"
    r"|\S[ \t]*[{\uff5b][ \t]*[}\uff5d][\s#\u200b\ufeff]*\Z"
)
"""Braces with a key, or empty and at the end of the line, or keys without braces there."""
_ESCAPED = re.compile(r'\\(["\\])')


class _PostLine(msgspec.Struct, frozen=True):
    """A line ``## NAME {...}``."""

    at: int
    end: int
    """Where the line ends."""
    name: str
    pairs: tuple[tuple[str, str], ...]
    """Keys and values as written, with their quotes."""

    def values(self) -> dict[str, str]:
        """Give the values without their quotes."""
        return {key: _ESCAPED.sub(r"\1", raw[1:-1]) if raw[:1] == '"' else raw for key, raw in self.pairs}


def sniff(raw: bytes) -> bool:
    """Say whether the first line that is not blank is ``+++``."""
    return starts_save(raw)


def read(raw: bytes, path: str) -> Reading:
    """Read a save: one whole thread, without a footer."""
    text, problems = decode(raw, path)
    if not text:
        return Reading(problems=problems)
    findings = Findings(text, path)
    front = read_front_matter(text, findings)
    lines = _find_posts(text, findings)
    source = front.source if front else ""
    posts = tuple(_read_post(text, line, span, source, findings) for line, span in _find_bodies(text, lines))
    _check_ids(posts, lines, findings)
    story = _find_story(text, lines)
    _check_quotes(((story[0], "the story", text[slice(*story)]), *map(_named, lines, posts)), findings)
    problems += findings.problems()
    if front is None or findings.failed:
        return Reading(problems=problems, meant=((source, front.id),) if front else ())
    thread = Thread(
        source=source,
        id=front.id,
        title=front.title,
        body=text[slice(*story)],
        posts=posts,
        url=front.url,
        posted=front.posted,
        posted_raw=front.posted_raw,
        author=front.author,
        department=front.department,
        tags=front.tags,
        markup="markdown",
    )
    saved = SavedThread(thread, fits=_fits, spans=partial(_find_spans, text, front, lines, posts))
    return Reading((saved,), problems, text=text)


def _find_spans(text: str, front: Front, lines: list[_PostLine], posts: tuple[Post, ...]) -> Spans:
    """Find where the pieces of a thread are in the text it was read from.

    The front matter of a removed story is written anew without comments, since they may name the author too.
    """
    story = _find_story(text, lines)
    matter = find_front_matter(text)
    author = ((matter.start, matter.end, front.without_author()),) if matter and front.author else ()
    return Spans(
        story=story,
        removed_story=(*author, block_for(*story, REMOVED)),
        posts=tuple(
            PostSpans(partial(_head, line, post), body)
            for (line, body), post in zip(_find_bodies(text, lines), posts, strict=True)
        ),
    )


def _head(line: _PostLine, post: Post, removed: bool, subject: str) -> tuple[Piece, ...]:
    """Write a post line anew. Without its author it has the post's id, which the save may not have."""
    if not removed and subject == post.subject:
        return ()
    pairs = [
        f"{key}={_quoted(subject) if key == 'subject' and subject != post.subject else raw}"
        for key, raw in line.pairs
        if key != "uid" or not removed
    ]
    if removed and "id" not in line.values():
        pairs.insert(0, f"id={post_id(post.author, post.body)}")
    return ((line.at, line.end, f"## {REMOVED if removed else line.name} {{{' '.join(pairs)}}}"),)


def _quoted(value: str) -> str:
    return '"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"'))


def _fits(new: str, old: str) -> bool:
    """Say whether two texts have the same code fences: one without its other half would swallow the posts after it.

    A line that only the new text has must not be a post line either.
    """
    lines = set(old.split("\n"))
    posts = any(line[:2] == "##" and line.rstrip(" \t")[-1:] == "}" and line not in lines for line in new.split("\n"))
    return not posts and code_fences(new) == code_fences(old)


def _find_posts(text: str, findings: Findings) -> list[_PostLine]:
    """Find the post lines, which are outside fenced code. A fence that is never closed ends at the next of them."""
    matter = find_front_matter(text)
    lines: list[_PostLine] = []
    walk = Walk(text, matter.body if matter else 0)
    for mark in walk.headings():
        line = _read_post_line(mark.heading, mark.at, findings)
        if line is None:
            said = (mark.heading or mark.other).lstrip("\ufeff")
            if mark.other and not said.lstrip("\u200b ").startswith(("#", "\uff03")):
                findings.warn(
                    mark.at,
                    f"{quote(said)} looks like the start of another save, but this save goes on, so it stays text",
                    "put every save into a file of its own",
                )
            elif walk.fence is None and _NEARLY.search(said):
                findings.warn(
                    mark.at,
                    f"{quote(said)} looks like a post line but is none, so it stays text",
                    "write a post line at the margin, as ## NAME {id=1}, with nothing after it",
                )
            continue
        if walk.fence is not None:
            findings.warn(
                walk.fence.at,
                f"the code fence {quote(walk.fence.run)} is never closed, so it ends at the next post",
                "close it with the same characters on a line of their own",
            )
            walk.fence = None
        lines.append(line)
    return lines


def _read_post_line(heading: str, at: int, findings: Findings) -> _PostLine | None:
    """Read ``## NAME {...}``; None if the heading does not end in braces."""
    content = heading.rstrip(" \t")
    first = content.find("{")
    if first < 0 or not content.endswith("}"):
        return None
    if braces := _BRACES.search(content):
        brace = braces.start()
        pairs = tuple((pair[1], pair[2]) for pair in _PAIR.finditer(braces[1]))
    else:
        findings.error(
            at,
            f"the braces in {quote(content)} can't be read",
            'write key=value or key="some words" with spaces between, or {} for none',
        )
        brace, pairs = first, ()
    name = content[2:brace].strip(" \t")
    if not name:
        findings.error(at, "the post line names no author", "write it as ## NAME {...}")
    _check_keys([key for key, _ in pairs], at, findings)
    return _PostLine(at, at + len(heading), name, pairs)


def _check_keys(keys: list[str], at: int, findings: Findings) -> None:
    """Report unknown keys of a post line, and keys that are given twice."""
    for key in dict.fromkeys(keys):
        if key not in KEYS:
            near = findings.nearest(key, KEYS)
            hint = f"did you mean {near}?" if near else f"known are {', '.join(KEYS)}"
            findings.error(at, f"unknown key {quote(key)} in a post line", hint)
        elif keys.count(key) > 1:
            findings.error(at, f"{key} stands twice in a post line", "leave one of them")


def _find_bodies(text: str, lines: list[_PostLine]) -> Iterator[tuple[_PostLine, Span]]:
    """Yield each post line with the span of the text below it."""
    limits = [line.at for line in lines[1:]] + [len(text)]
    for line, limit in zip(lines, limits, strict=False):
        yield line, trim(text, line.end, limit)


def _find_story(text: str, lines: list[_PostLine]) -> Span:
    """Give the span of the story."""
    matter = find_front_matter(text)
    return trim(text, matter.body if matter else 0, lines[0].at if lines else len(text))


def _read_post(text: str, line: _PostLine, span: Span, source: str, findings: Findings) -> Post:
    """Make a post of its line and text, with an error for each wrong value."""
    values = line.values()

    def checked(key: str, form: re.Pattern[str], expected: str) -> str | None:
        value = values.get(key)
        if value is not None and not form.fullmatch(value):
            findings.error(line.at, f"{key} can't be {quote(value)}", expected)
            return None
        return value

    letters = "use letters, digits, - and _, at most 100"
    number = checked("id", ID, letters)
    parent = checked("parent", ID, letters)
    uid = checked("uid", UID, "use letters, digits, -, _ and ., at most 100")
    score = checked("score", _SCORE, "write a whole number")
    raw = values.get("posted")
    posted = None
    if raw is not None and (posted := iso_time(raw)) is None:
        findings.error(line.at, f"posted can't be {quote(raw)}", "write it as 2007-04-05T10:00:00Z or 2007-04-05")
    return Post(
        id=number or "",
        subject=values.get("subject", ""),
        author=Author(source, line.name, uid),
        score=int(score) if score else None,
        label=values.get("label") or None,
        body=text[slice(*span)],
        markup="markdown",
        posted=posted,
        posted_raw=raw,
        stated=parent or "",  # SPEC section 2.2
    )


def _named(line: _PostLine, post: Post) -> tuple[int, str, str]:
    """Give where a post starts, its name for messages, and its text."""
    return line.at, f"the post {quote(post.id)}", post.body


def _check_quotes(texts: Iterable[tuple[int, str, str]], findings: Findings) -> None:
    """Warn of texts that will be shown as plain text, since it would take too long to parse them."""
    for at, name, text in texts:
        if is_costly(text):
            findings.warn(
                at,
                f"{name} has too many quotes one right after the other, so it is shown as plain text",
                "put an empty line after each quote",
            )


def _check_ids(posts: tuple[Post, ...], lines: list[_PostLine], findings: Findings) -> None:
    """Warn about native ids that are used twice and about parents that are not in the save."""
    names = [post.id or post_id(post.author, post.body) for post in posts]
    ids = set(names)
    earlier: set[str] = set()
    for post, name, line in zip(posts, names, lines, strict=True):
        if post.stated == name and name not in earlier:
            hint = "correct parent, or leave it out"
            findings.warn(line.at, f"the post {quote(name)} names itself as its parent", hint)
        elif post.stated and post.stated not in ids:
            near = findings.nearest(post.stated, ids)
            hint = f"did you mean {near}?" if near else "give the id of a post in this thread, or leave parent out"
            findings.warn(line.at, f"no post of this save has the id {quote(post.stated)} that parent names", hint)
        if post.id and name in earlier:
            findings.warn(
                line.at, f"the id {quote(name)} stands at an earlier post too", "give every post an id of its own"
            )
        earlier.add(name)
