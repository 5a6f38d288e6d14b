"""The Markdown save, for threads from anywhere, by hand or by script (SPEC section 2.2).

The text of one save comes in; one `Thread` and `Problem`s go out. The front matter is `front_matter`'s work; here the
text is cut at its post lines. What stands between them stays Markdown: `markup` renders it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

import msgspec

from generator.model import REMOVED, Author, Post, Thread
from generator.readers import STORY, Reading
from generator.readers.findings import Findings, quote
from generator.readers.front_matter import (
    FENCE,
    ID,
    UID,
    find_front_matter,
    iso_time,
    read_front_matter,
)
from generator.readers.ids import post_id
from generator.readers.spans import block_for, splice, trim

NAME = "markdown"
ENDING = ".md"
EXPECTED = FENCE

KEYS = ("id", "posted", "score", "label", "parent", "uid", "subject")
"""What may stand between the braces of a post line."""

_SCORE = re.compile(r"[+-]?[0-9]{1,9}")
# Lines that matter for finding posts: headings of level two and code fences.
_MARK = re.compile(r"\n(?:(##[ \t][^\n]*)| {0,3}(`{3,}|~{3,})([^\n]*))")
_VALUE = r'"(?:[^"\\]|\\.)*+"|[^\s"{}]*+'
# Possessive, and an attempt ends at the first brace outside quotes: searching a line is linear.
_BRACES = re.compile(rf'\{{((?:[ \t]*+[^\s={{}}"]++=(?:{_VALUE})(?=[ \t}}]))*+)[ \t]*+\}}\Z')
_PAIR = re.compile(rf'([^\s={{}}"]+)=({_VALUE})')
_ESCAPED = re.compile(r'\\(["\\])')


class _PostLine(msgspec.Struct, frozen=True):
    """A line ``## NAME {...}``."""

    at: int
    end: int
    """Where the line ends."""
    name: str
    pairs: tuple[tuple[str, str], ...]
    """Keys and values as written, quotes and all."""

    def values(self) -> dict[str, str]:
        """Give the values without their quotes."""
        return {key: _ESCAPED.sub(r"\1", raw[1:-1]) if raw[:1] == '"' else raw for key, raw in self.pairs}


def sniff(text: str) -> bool:
    """Say whether the first line that is not blank is ``+++``."""
    return find_front_matter(text) is not None


def identify(text: str) -> tuple[Thread, ...]:
    """Give the thread from the front matter."""
    front = read_front_matter(text, Findings(text, ""))
    if front is None:
        return ()
    return (
        Thread(
            front.source,
            front.id,
            front.title,
            "",
            (),
            posted=front.posted,
            department=front.department,
            tags=front.tags,
        ),
    )


def read(text: str, path: str, *, footer: bool = True) -> Reading:
    """Read a save. It has no footer, so `footer` says nothing here."""
    findings = Findings(text, path)
    front = read_front_matter(text, findings)
    lines = _find_posts(text, findings)
    source = front.source if front else ""
    posts = tuple(_read_post(text, line, span, source, findings) for line, span in _bodies(text, lines))
    _check_ids(posts, lines, findings)
    if front is None or findings.failed:
        return Reading((), findings.problems())
    story_start, story_end = _story(text, lines)
    thread = Thread(
        source=source,
        id=front.id,
        title=front.title,
        body=text[story_start:story_end],
        posts=posts,
        url=front.url,
        posted=front.posted,
        posted_raw=front.posted_raw,
        author=front.author,
        department=front.department,
        tags=front.tags,
        markup="markdown",
    )
    return Reading((thread,), findings.problems())


def rewrite(text: str, gone: Collection[tuple[int, int]], change: Callable[[str], str], *, footer: bool = True) -> str:
    """Give the save with some texts removed (see `generator.readers.Reader`).

    A removed post keeps its id, written down if the save did not hold it. The front matter of a removed story is
    written anew, without comments: they may name the author too.
    """
    findings = Findings(text, "")
    lines = _find_posts(text, findings)
    front = read_front_matter(text, findings)
    pieces: list[tuple[int, int, str]] = []

    def put(start: int, end: int) -> None:
        if end > start:
            new = change(text[start:end])
            # A fence that lost its other half would swallow the posts behind it.
            same = _fences(new) == _fences(text[start:end])
            pieces.append((start, end, new if same else REMOVED))

    start, end = _story(text, lines)
    if (0, STORY) in gone:
        matter = find_front_matter(text)
        if matter and front and front.author:
            pieces.append((matter.start, matter.end, front.without_author()))
        pieces.append(block_for(start, end, REMOVED))
    else:
        put(start, end)
    for number, (line, (start, end)) in enumerate(_bodies(text, lines)):
        if (0, number) in gone:
            pairs = [f"{key}={raw}" for key, raw in line.pairs if key != "uid"]
            if "id" not in line.values():
                author = Author(front.source if front else "", line.name, line.values().get("uid"))
                pairs.insert(0, f"id={post_id(author, text[start:end])}")
            pieces.append((line.at, line.end, f"## {REMOVED} {{{' '.join(pairs)}}}"))
            pieces.append(block_for(start, end, REMOVED))
        else:
            put(start, end)
    return splice(text, pieces)


def _find_posts(text: str, findings: Findings) -> list[_PostLine]:
    """Find the post lines: those outside fenced code, where a fence that is never closed ends at the next one."""
    matter = find_front_matter(text)
    # The match starts at a line's end, so that the line after the front matter counts.
    marks = list(_MARK.finditer(text, matter.body if matter else 0))
    lines: list[_PostLine] = []
    fence: tuple[str, int] | None = None
    opened = 0
    closed = False
    for mark, longest in zip(marks, _longest_closers(marks), strict=True):
        heading, run, rest = mark.groups()
        if run:
            if fence is None:
                if run[0] == "~" or "`" not in rest:
                    fence, opened, closed = (run[0], len(run)), mark.start() + 1, longest[run[0]] >= len(run)
            elif run[0] == fence[0] and len(run) >= fence[1] and not rest.strip(" \t"):
                fence = None
        elif (fence is None or not closed) and (line := _read_post_line(heading, mark.start(1), findings)):
            if fence is not None:
                findings.warn(
                    opened,
                    f"the code fence {quote(fence[0] * fence[1])} is never closed, so it ends at the next post",
                    "close it with the same characters on a line of their own",
                )
                fence = None
            lines.append(line)
    return lines


def _fences(body: str) -> list[tuple[str, str]]:
    return [(mark[2], mark[3]) for mark in _MARK.finditer("\n" + body) if mark[2]]


def _longest_closers(marks: list[re.Match[str]]) -> list[dict[str, int]]:
    """Give, for each mark, the length of the longest fence behind it that can close one, for both kinds of fence."""
    longest = {"`": 0, "~": 0}
    behind: list[dict[str, int]] = []
    for mark in reversed(marks):
        behind.append(longest)
        run, rest = mark[2], mark[3]
        if run and len(run) > longest[run[0]] and not rest.strip(" \t"):
            longest = {**longest, run[0]: len(run)}
    behind.reverse()
    return behind


def _read_post_line(heading: str, at: int, findings: Findings) -> _PostLine | None:
    """Read ``## NAME {...}``; a heading that does not end in braces is none."""
    content = heading.rstrip(" \t")
    first = content.find("{")
    if first < 0 or not content.endswith("}"):
        return None
    if found := _BRACES.search(content):
        brace = found.start()
        pairs = tuple((pair[1], pair[2]) for pair in _PAIR.finditer(found[1]))
    else:
        findings.error(
            at,
            f"what stands in braces in {quote(content)} can't be read",
            'write key=value or key="some words" with spaces between, or {} for none',
        )
        brace, pairs = first, ()
    name = content[2:brace].strip(" \t")
    if not name:
        findings.error(at, "the post line names no author", "write it as ## NAME {...}")
    keys = [key for key, _ in pairs]
    for key in dict.fromkeys(keys):
        if key not in KEYS:
            near = findings.nearest(key, KEYS)
            hint = f"did you mean {near}?" if near else f"known are {', '.join(KEYS)}"
            findings.error(at, f"unknown key {quote(key)} in a post line", hint)
        elif keys.count(key) > 1:
            findings.error(at, f"{key} stands twice in a post line", "leave one of them")
    return _PostLine(at, at + len(heading), name, pairs)


def _bodies(text: str, lines: list[_PostLine]) -> Iterator[tuple[_PostLine, tuple[int, int]]]:
    limits = [line.at for line in lines[1:]] + [len(text)]
    for line, limit in zip(lines, limits, strict=False):
        yield line, trim(text, line.end, limit)


def _story(text: str, lines: list[_PostLine]) -> tuple[int, int]:
    matter = find_front_matter(text)
    return trim(text, matter.body if matter else 0, lines[0].at if lines else len(text))


def _read_post(text: str, line: _PostLine, span: tuple[int, int], source: str, findings: Findings) -> Post:
    """Make a post of its line and text. What a value must look like is said where it does not."""
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
    author = Author(source, line.name, uid)
    body = text[slice(*span)]
    return Post(
        id=number or post_id(author, body),
        subject=values.get("subject", ""),
        author=author,
        score=int(score) if score else None,
        label=values.get("label") or None,
        body=body,
        markup="markdown",
        posted=posted,
        posted_raw=raw,
        stated=parent,
    )


def _check_ids(posts: tuple[Post, ...], lines: list[_PostLine], findings: Findings) -> None:
    """Warn of native ids that stand twice and of parents that are not in the save."""
    known = {post.id for post in posts}
    seen: set[str] = set()
    for post, line in zip(posts, lines, strict=True):
        if post.stated == post.id and post.id not in seen:
            findings.warn(
                line.at, f"the post {quote(post.id)} names itself as its parent", "correct parent, or leave it out"
            )
        elif post.stated is not None and post.stated not in known:
            near = findings.nearest(post.stated, known)
            hint = f"did you mean {near}?" if near else "give the id of a post in this thread, or leave parent out"
            findings.warn(line.at, f"no post of this save has the id {quote(post.stated)} that parent names", hint)
        if post.id in seen and any(key == "id" for key, _ in line.pairs):
            findings.warn(
                line.at, f"the id {quote(post.id)} stands at an earlier post too", "give every post an id of its own"
            )
        seen.add(post.id)
