"""Writes a sidecar with the doubtful replies of threads: threads in, lines of TOML out. Writes no file.

Every line that would change something is a comment, so the sidecar is valid and changes nothing as it is. The user
takes the comment sign away from the lines that are right. What is stated, edited or sure is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from generator.commands.inspect.lookup import LookUp
from generator.commands.terminal import count, one_line
from generator.markup import excerpt
from generator.model import INFERRED, Post, Thread
from generator.threads import TOP_LEVEL
from generator.toml import toml_text

SURE = 0.8
"""Replies that are less sure than this are doubtful."""
CHOICES = 6
"""How many posts are offered as the parent of one."""
WORDS = 50
"""Characters of a post that say which it is."""


def sidecar_lines(found: LookUp) -> Iterator[str]:
    """Write the sidecar of what was looked up."""
    for number, read in enumerate(found.threads):
        if number:
            yield ""
        yield from _table(read.thread, found)


def _table(thread: Thread, found: LookUp) -> Iterator[str]:
    """Write the table of one thread, below what the user needs to know."""
    choices = {
        index: path
        for index, path in _paths(thread)
        if thread.replies[index].evidence in INFERRED and thread.replies[index].confidence < SURE
    }
    header = f"[{toml_text(thread.id)}.replies]" if found.many else "[replies]"
    inferred = sum(reply.evidence in INFERRED for reply in thread.replies)
    yield f"# {one_line(thread.title)}"
    yield f"# {thread.source}/{thread.id}, {count(len(thread.posts), 'post')}. {inferred:,} parents are inferred,"
    yield f"# {len(choices):,} of them less than {SURE:.0%} sure."
    yield "#"
    yield from _advice(found, header)
    yield ""
    yield f"# {header}" if found.there else header
    for index, path in choices.items():
        yield ""
        yield from _choice(thread, index, path)


def _advice(found: LookUp, header: str) -> Iterator[str]:
    """Say what to do with the sidecar."""
    if found.there:
        yield f"# {found.sidecar} is there already: put the lines that are right below its line"
        yield f"# {header}, without their first #. Write that line at its end if it has none."
    else:
        yield f"# Save this as {found.sidecar}."
        yield "# As it is it changes nothing: take the first # away from the lines that are right."
    yield "# A line says: post = the post that it answers. Any other id of the thread will do,"
    yield f'# and "{TOP_LEVEL}" is for a post that answers nobody.'


def _choice(thread: Thread, index: int, path: Sequence[int]) -> Iterator[str]:
    """Write the lines for one post: first what was inferred, then the other posts that it may answer."""
    posts, reply = thread.posts, thread.replies[index]
    post = posts[index]
    yield f"# {_about(post)}: {reply.evidence}, {reply.confidence:.0%} sure"
    for parent in path:
        note = "as it is, " if posts[parent].id == reply.parent else ""
        yield f"# {toml_text(post.id)} = {toml_text(posts[parent].id)}  # {note}to {_about(posts[parent])}"
    yield f"# {toml_text(post.id)} = {toml_text(TOP_LEVEL)}  # answers nobody"


def _about(post: Post) -> str:
    return f'{one_line(post.author.name)} "{one_line(excerpt(post.body, post.markup, WORDS))}"'


def _paths(thread: Thread) -> Iterator[tuple[int, list[int]]]:
    """Yield each reply with the posts it may answer, the inferred parent first.

    In a save, the parent of a post is the post before it in its branch, or one above that one. Only the nearest are
    taken, so the work for a post is bounded.
    """
    tree = thread.tree()
    parents = tree.parents
    roots = [0] * len(parents)
    for index in tree.order:
        parent = parents[index]
        roots[index] = index if parent is None else roots[parent]
    latest: dict[int, int] = {}
    for index, parent in enumerate(parents):
        if parent is not None:
            near = islice(_up(latest.get(roots[index], parent), parents), CHOICES)
            yield index, list(dict.fromkeys([parent, *near]))[:CHOICES]
        latest[roots[index]] = index


def _up(index: int, parents: Sequence[int | None]) -> Iterator[int]:
    here: int | None = index
    while here is not None:
        yield here
        here = parents[here]
