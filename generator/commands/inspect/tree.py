"""Draws a thread as a tree: a thread in, lines for the terminal out, which show who answers whom and how that is known.

Lines are rich's texts, which have colours on a terminal only. Each post is one line, which is never wrapped or cut.
Lines stay short however deep a thread is: guides are drawn for `DRAWN_LEVELS` levels, and deeper posts give their level
instead. Saved text goes through `one_line`, so no control character reaches a terminal. Nothing here recurses.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from rich.text import Text

from generator import dates
from generator.commands.terminal import count, one_line
from generator.model import INFERRED, Author, Post, Reply, Thread
from generator.pages import telling_subjects

DRAWN_LEVELS = 24
"""Levels that are drawn."""


class Guides(msgspec.Struct, frozen=True):
    """What the lines of the tree are drawn with, all of the same width."""

    line: str
    """At a level where more siblings follow."""
    blank: str
    """At a level where none follow."""
    fork: str
    """Before a post that has siblings below."""
    end: str
    """Before the last of its siblings."""


LINES = Guides("│  ", "   ", "├─ ", "└─ ")
ASCII = Guides("|  ", "   ", "|- ", "`- ")
"""For terminals that have no other characters."""


def tree_lines(thread: Thread, signs: Guides = LINES) -> Iterator[Text]:
    """Draw a thread: a heading, and a line for each post, in reading order."""
    yield from _head(thread)
    shape = thread.tree()
    parents, subjects = shape.parents, telling_subjects(thread, shape)
    last = {parents[index]: index for index in shape.order}
    newest = thread.newest_whole
    open_levels: list[bool] = []
    for index in shape.order:
        depth = shape.depths[index]
        more = last[parents[index]] != index
        del open_levels[depth:]
        guides = "".join(signs.line if is_open else signs.blank for is_open in open_levels[:DRAWN_LEVELS])
        open_levels.append(more)
        guides += signs.fork if more else signs.end
        if depth > DRAWN_LEVELS:
            guides += f"(level {depth + 1}) "
        post = thread.posts[index]
        line = Text.assemble((guides, "dim"), _post(post, subjects[index], thread.replies[index]))
        if post.saves[-1] < newest:
            line.append("  not in the newest save", "yellow")
        yield line


def _head(thread: Thread) -> Iterator[Text]:
    """Describe the thread as a whole."""
    yield Text(one_line(thread.title), "bold")
    about = [f"{thread.source}/{thread.id}"]
    if thread.posted or thread.posted_raw:
        about.append(dates.day_and_time(thread.posted) or one_line(thread.posted_raw or ""))
    if thread.author:
        about.append(f"posted by {_name(thread.author)}")
    if thread.department:
        about.append(f"from the {one_line(thread.department)} dept.")
    about += (f"tag {one_line(tag)}" for tag in thread.tags)
    yield Text(", ".join(about))
    posts = thread.posts
    cut = sum(post.truncated == "yes" for post in posts)
    perhaps = sum(post.truncated == "unknown" for post in posts)
    inferred = sum(reply.evidence in INFERRED for reply in thread.replies)
    authors = {post.author.key for post in posts if not post.author.nobody}
    sums = [f"{count(len(posts), 'post')} by {count(len(authors), 'author')}"]
    sums += (
        f"{number:,} {words}"
        for number, words in ((inferred, "replies inferred"), (cut, "cut"), (perhaps, "perhaps cut"))
        if number
    )
    yield Text(", ".join(sums))
    yield from (Text(f"{one_line(save.path)} ({save.reader})", "dim") for save in thread.saves)


def _post(post: Post, subject: str | None, reply: Reply) -> Text:
    """Write one post on one line."""
    line = Text.assemble((_name(post.author), "bold cyan"))
    if post.score is not None or post.label:
        score = "" if post.score is None else str(post.score)
        line.append(f"  {', '.join(part for part in (score, one_line(post.label or '')) if part)}", "green")
    if subject:
        line.append(f'  "{one_line(subject)}"')
    if reply.evidence in INFERRED:
        line.append(f"  {reply.evidence} {reply.confidence:.0%}", "magenta")
    elif reply.evidence:
        line.append(f"  {reply.evidence}", "magenta")
    if post.truncated != "no":
        line.append("  cut" if post.truncated == "yes" else "  perhaps cut", "yellow")
    line.append(f"  #{one_line(post.id)}", "dim")
    return line


def _name(author: Author) -> str:
    """Write an author's name, with the uid if the source has one."""
    return one_line(author.name if author.uid is None else f"{author.name} ({author.uid})")
