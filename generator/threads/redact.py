"""Redaction removes authors and posts from what saves hold, before anything else sees it (SPEC section 6).

The parts of all saves of a group come in. The same parts go out without the removed names, texts and subjects, and
without runs of removed texts in all other texts (`runs`), with what to replace in the published copy of each save.
Redaction works on values, whatever they were read from. Reading the copy of a plain save gives the redacted thread.
Only the ids of posts may differ: they are made from what was removed, and the thread keeps them.

A save of which no such copy can be made is withheld. So is one that would still hold a run anywhere, since that is what
`check` looks for.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import msgspec

from generator.errors import Problem
from generator.model import REMOVED, Author, Link, Markup, Post, Thread
from generator.readers import Piece, block_for, splice
from generator.threads.join import Key, Part
from generator.threads.redactions import Redactions
from generator.threads.removed import STORY, Removed, Subjects, bare, find_removed
from generator.threads.runs import Runs
from generator.threads.without_runs import shows_run, without_runs

Change = Callable[[str, Markup], str]
"""Takes out of a text what is not to be published of it."""
NewSubject = Callable[[Post, bool], str]
"""Gives the subject that a post has now; whether the post is removed is known."""


class Redacted(msgspec.Struct, frozen=True):
    """What redaction leaves of a group."""

    parts: tuple[Part, ...]
    """In the order they came in."""
    copies: dict[str, str | None] = {}
    """The text of the copy of each save that changed, by path; None if there is none that may be published."""
    removed: Removed = Removed((), {})
    runs: Runs = Runs()
    """Those that were taken out."""
    touched: frozenset[Key] = frozenset()
    """The threads of which a save changed."""
    problems: tuple[Problem, ...] = ()


def redact(parts: Sequence[Part], redactions: Redactions, texts: Mapping[str, str]) -> Redacted:
    """Remove what `redactions` name from all saves of a group. Posts are already matched, and keep their ids.

    `texts` has the text of each plain save, by path.
    """
    if not redactions:
        return Redacted(tuple(parts))
    removed = find_removed(parts, redactions)
    runs = Runs(removed.texts) if redactions.runs is None else redactions.runs
    if not runs and not any(removed.gone):
        return Redacted(tuple(parts), removed=removed)
    left: list[Part] = []
    pieces: dict[str, list[Piece] | None] = {}
    touched: set[Key] = set()
    problems: list[Problem] = []
    suspect = _suspects(parts, removed.gone, texts, runs)
    for part, gone in zip(parts, removed.gone, strict=True):
        key = part.thread.key
        subjects = removed.subjects.get(key, _NO_SUBJECTS)
        thread = part.thread
        some = part.path in suspect or part.path not in texts or _shows_runs(thread, runs)
        if gone or subjects.whole or some:
            thread = _without(part, gone, runs if some else _NO_RUNS, subjects)
        if thread is part.thread:
            left.append(part)
            continue
        left.append(msgspec.structs.replace(part, thread=thread))
        touched.add(key)
        replaced = pieces.setdefault(part.path, [])
        if part.saved.spans is None or not _can_be_spliced(part.thread, thread, gone):
            pieces[part.path] = None
        elif replaced is not None:
            replaced += _pieces(part, thread, gone)
        if thread.footer and len(thread.posts) - 1 in gone:
            problems.append(_footer_stays(part.path))
    copies = dict(_copies(pieces, texts, suspect, runs))
    touched.update(part.thread.key for part in parts if part.path in copies)
    return Redacted(tuple(left), copies, removed, runs, frozenset(touched), tuple(problems))


_NO_SUBJECTS = Subjects(())
_NO_RUNS = Runs()


def _suspects(parts: Sequence[Part], gone: Sequence[Collection[int]], texts: Mapping[str, str], runs: Runs) -> set[str]:
    """Give the plain saves that hold runs, not counting the removed texts themselves: looking at each text is slow."""
    suspect = {path for path, text in texts.items() if runs.holds(text)}
    pieces: dict[str, list[Piece]] = {}
    for part, here in zip(parts, gone, strict=True):
        if here and part.path in suspect and part.saved.spans is not None:
            posts = part.saved.spans().posts
            removed = pieces.setdefault(part.path, [])
            removed += ((*posts[index].body, REMOVED) for index in here if index != STORY)
    suspect -= {path for path, removed in pieces.items() if not runs.holds(splice(texts[path], sorted(removed)))}
    # Front matter may have escapes in its strings.
    suspect.update(part.path for part in parts if part.thread.markup == "markdown" and "\\" in texts.get(part.path, ""))
    return suspect


def _shows_runs(thread: Thread, runs: Runs) -> bool:
    """Say whether a list shows a run where a text of a thread has none."""
    return shows_run(thread.body, runs, thread.markup) or any(
        shows_run(post.body, runs, post.markup) for post in thread.posts if "\n>" in post.body
    )


def _copies(
    pieces: Mapping[str, list[Piece] | None], texts: Mapping[str, str], suspect: Collection[str], runs: Runs
) -> Iterable[tuple[str, str | None]]:
    """Yield the copy of each save that may not be published as it is."""
    for path, replaced in pieces.items():
        copy = None if replaced is None else splice(texts[path], sorted(replaced))
        yield path, None if copy is None or runs.holds(copy) else copy
    yield from ((path, None) for path in suspect if path not in pieces and runs.holds(texts[path]))


def _without(part: Part, gone: Collection[int], runs: Runs, subjects: Subjects) -> Thread:
    """Give a thread without what is gone and without runs of removed texts; the same value if nothing changes."""

    @functools.cache  # most posts of a thread have the same
    def without(name: str) -> str:
        return without_runs(name, runs)

    def new_subject(post: Post, removed: bool) -> str:
        name = bare(post.subject)
        mark = post.subject[: len(post.subject) - len(name)]
        if (removed or mark or post.stated) and name and subjects.name(name):
            return mark + REMOVED
        return mark + without(name)

    def change(text: str, markup: Markup = "plain") -> str:
        return without_runs(text, runs, markup)

    thread = without_texts(part, gone, change, new_subject)
    return without_runs_around(thread, runs)


def without_texts(part: Part, gone: Collection[int], change: Change, new_subject: NewSubject) -> Thread:
    """Remove posts (or the story), and change all other texts; the same value if nothing changes."""
    thread, fits, judge_cut = part.thread, part.saved.fits, part.saved.judge_cut

    def changed(text: str, markup: Markup) -> str:
        new = change(text, markup) if text else text
        return new if new == text or fits is None or fits(new, text) else REMOVED

    posts = list(thread.posts)
    for index, post in enumerate(posts):
        subject = new_subject(post, index in gone) if post.subject else post.subject
        if index in gone:
            nobody = Author(post.author.source, REMOVED)
            posts[index] = msgspec.structs.replace(post, subject=subject, author=nobody, body=REMOVED, truncated="no")
        elif (body := changed(post.body, post.markup)) != post.body or subject != post.subject:
            cut = judge_cut(body) if judge_cut and body != post.body else post.truncated
            posts[index] = msgspec.structs.replace(post, subject=subject, body=body, truncated=cut)
    story = STORY in gone
    left = msgspec.structs.replace(
        thread,
        author=Author(thread.author.source, REMOVED) if story and thread.author else thread.author,
        body=REMOVED if story else changed(thread.body, thread.markup),
        links=() if story else thread.links,
        posts=tuple(posts),
        footer=thread.footer and changed(thread.footer, "plain"),
    )
    return thread if left == thread else left


def without_runs_around(thread: Thread, runs: Runs) -> Thread:
    """Take runs out of all that is neither a body nor a subject; the same value if nothing changes."""
    holds = runs.holds
    changes: dict[str, object] = {}
    for name in ("title", "masthead", "department"):
        value = getattr(thread, name)
        if value and holds(value):
            changes[name] = without_runs(value, runs)
    for name in ("url", "posted_raw"):
        if (value := getattr(thread, name)) and holds(value):
            changes[name] = None
    if any(map(holds, thread.tags)):
        changes["tags"] = tuple(tag for tag in thread.tags if not holds(tag))
    if any(holds(link.url) for link in thread.links):
        changes["links"] = tuple(Link(link.n, REMOVED) if holds(link.url) else link for link in thread.links)
    if thread.author and holds(thread.author.name):
        changes["author"] = Author(thread.author.source, REMOVED)
    posts = [_without_names(post, runs) for post in thread.posts]
    if any(new is not old for new, old in zip(posts, thread.posts, strict=True)):
        changes["posts"] = tuple(posts)
    return msgspec.structs.replace(thread, **changes) if changes else thread


def _without_names(post: Post, runs: Runs) -> Post:
    """Take the author's name and the label out if they hold a run; people call themselves anything."""
    if runs.holds(post.author.name):
        post = msgspec.structs.replace(post, author=Author(post.author.source, REMOVED))
    if (post.label and runs.holds(post.label)) or (post.posted_raw and runs.holds(post.posted_raw)):
        post = msgspec.structs.replace(post, label=None, posted_raw=None)
    return post


def _can_be_spliced(old: Thread, new: Thread, gone: Collection[int]) -> bool:
    """Say whether nothing differs that no span tells of."""
    same = ("title", "masthead", "department", "url", "posted_raw", "tags")
    return (
        all(getattr(old, name) == getattr(new, name) for name in same)
        and (STORY in gone or (new.author, new.links) == (old.author, old.links))
        and all((a.label, a.posted_raw) == (b.label, b.posted_raw) for a, b in zip(old.posts, new.posts, strict=True))
    )


def _pieces(part: Part, left: Thread, gone: Collection[int]) -> Iterable[Piece]:
    """Yield what a redaction replaces in the text of a save."""
    thread, saved = part.thread, part.saved
    assert saved.spans is not None
    spans = saved.spans()
    if STORY in gone:
        yield from spans.removed_story
    elif left.body != thread.body:
        yield (*spans.story, left.body)
    last = None if part.footer else spans.last_body
    for index, (old, new, (head, body)) in enumerate(zip(thread.posts, left.posts, spans.posts, strict=True)):
        if last and index == len(thread.posts) - 1:
            body = last
        yield from head(new.author != old.author, new.subject)
        if index in gone:
            yield block_for(*body, REMOVED)
        elif new.body != old.body:
            yield (*body, new.body)
    if spans.footer and left.footer and left.footer != thread.footer:
        yield (*spans.footer, left.footer)


def _footer_stays(path: str) -> Problem:
    message = "the end of a removed post was taken for the save's closing quote, and stays"
    return Problem(path, 0, message, "if it belongs to the post, say footer = false in the sidecar", "warning")


def may_be_told(problem: Problem, copy: str) -> bool:
    """Say whether a warning about a redacted save may be shown: not if it quotes what the copy no longer holds."""
    _, mark, rest = problem.message.partition('"')
    quoted = rest.rpartition('"')[0]
    return not mark or all(piece in copy for piece in re.split("[\u2026\ufffd]", quoted))
