"""Removes authors from real threads, one at a time, and looks for what is left of them: ``python -m benchmarks.trees``.

A file with a thread on each line comes in, as JSON: `title` and `comments`, each with `id`, `parent`, `author`,
`subject` and `text`. For every author with enough posts in a thread, two counts go out. The first is of the posts that
still hold a run of eight words of the author's own. The second is of the posts that changed although they held none,
neither with their quotes nor without.
What a run is, is said here once more, in a few lines of its own: words are letters and digits, in any case.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from generator.model import Author, Post, Thread
from generator.readers import SavedThread
from generator.threads import Redactions
from generator.threads.join import Part
from generator.threads.redact import redact

WORDS = 8
_WORD = re.compile(r"[^\W_]+")

Run = tuple[str, ...]


class Comment(msgspec.Struct):
    """A post, as the file has it."""

    id: str
    text: str
    parent: str | None = None
    author: str | None = None
    subject: str | None = None


class Tree(msgspec.Struct):
    """A thread, as the file has it."""

    comments: list[Comment]
    title: str | None = None


def runs(text: str) -> set[Run]:
    """Give every run of eight words."""
    words = _WORD.findall(text.casefold())
    return {tuple(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1)}


def unquoted(text: str) -> str:
    """Leave quotes out, as lists do that show the start of a post."""
    return "\n".join(line for line in text.split("\n") if not _is_quoted(line))


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def own_runs(thread: Thread, author: str) -> set[Run]:
    """Give the runs of an author that are neither quoted, nor in the title, nor in an earlier post of another."""
    own: set[Run] = set()
    said = runs(thread.title)
    for post in thread.posts:
        if post.author.name != author:
            said |= runs(post.body)
            continue
        quoted = "\n".join(line for line in post.body.split("\n") if _is_quoted(line))
        own |= runs(unquoted(post.body)) - said - runs(quoted)
    return own


def compare(thread: Thread, author: str) -> tuple[list[str], list[str]]:
    """Remove an author; give the ids of posts that hold a run of the author's, and of those that changed without."""
    part = Part("save", thread, SavedThread(thread))
    left = redact([part], Redactions.of([f"{thread.source}/{author}"]), {}).parts[0].thread
    own = own_runs(thread, author)
    leaks, strays = [], []
    for old, new in zip(thread.posts, left.posts, strict=True):
        if old.author.name != author:
            if runs(new.body) & own:
                leaks.append(old.id)
            if new.body != old.body and not (runs(old.body) | runs(unquoted(old.body))) & own:
                strays.append(old.id)
    return leaks, strays


def pairs(path: Path, least: int) -> Iterator[tuple[Thread, str]]:
    """Yield every thread with every author who has at least so many posts in it."""
    decode = msgspec.json.Decoder(Tree).decode
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        tree = decode(line)
        posts = tuple(
            Post(each.id, each.subject or "", Author("tree", each.author or "[deleted]"), None, None, each.text,
                 stated=each.parent)
            for each in tree.comments
        )  # fmt: skip
        thread = Thread("tree", str(number), tree.title or "", "", posts)
        for name, count in Counter(post.author.name for post in posts if not post.author.nobody).items():
            if count >= least:
                yield thread, name


def main() -> int:
    """Try all pairs of a file; 1 if anything is left or changed for nothing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.trees", description=__doc__)
    parser.add_argument("file", type=Path, help="threads as JSON, one on a line")
    parser.add_argument("--least", type=int, default=3, help="fewest posts of an author (3)")
    options = parser.parse_args()
    tried = leaking = straying = 0
    for thread, author in pairs(options.file, options.least):
        leaks, strays = compare(thread, author)
        tried, leaking, straying = tried + 1, leaking + bool(leaks), straying + bool(strays)
        for what, ids in (("a run is left", leaks), ("changed for nothing", strays)):
            if ids:
                print(f"line {thread.id}: {what} in {', '.join(ids)}")
    print(f"{tried:,} pairs: {leaking:,} leave a run of {WORDS} words, {straying:,} change a post that has none")
    return int(bool(leaking or straying))


if __name__ == "__main__":
    raise SystemExit(main())
