"""Tree: a thread in, lines for the terminal out: who answers whom, and how we know.

Lines are rich's texts: on a terminal they have colours, elsewhere they are plain, and each post is one line, which
no width cuts. Nothing here recurses, and lines stay short however deep a thread is: guides are drawn for `GUIDES`
levels, deeper posts say their level instead. Saved text passes `cards.one_line`, so that no control character reaches
a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from rich.text import Text

from generator import dates
from generator.commands.add.cards import count, one_line
from generator.model import INFERRED, Author, Post, Reply, Thread
from generator.pages.thread import telling_subjects

GUIDES = 24
"""Levels that are drawn."""


class Signs(msgspec.Struct, frozen=True):
    """What guides are drawn with, each as wide as the others."""

    along: str
    """Beside a post that has siblings below."""
    past: str
    """Beside one that has none."""
    fork: str
    end: str


LINES = Signs("│  ", "   ", "├─ ", "└─ ")
ASCII = Signs("|  ", "   ", "|- ", "`- ")
"""For terminals that know no other characters."""


def tree(thread: Thread, signs: Signs = LINES) -> Iterator[Text]:
    """Draw a thread: a head, and a line for each post, in reading order."""
    yield from _head(thread)
    found = thread.tree()
    parents, subjects = found.parents, telling_subjects(thread, found)
    last = {parents[index]: index for index in found.order}
    newest = len(thread.saves) - 1
    open_levels: list[bool] = []
    for index in found.order:
        depth = found.depths[index]
        more = last[parents[index]] != index
        del open_levels[depth:]
        guides = "".join(signs.along if more_there else signs.past for more_there in open_levels[:GUIDES])
        open_levels.append(more)
        guides += signs.fork if more else signs.end
        if depth > GUIDES:
            guides += f"(level {depth + 1}) "
        post = thread.posts[index]
        line = Text.assemble((guides, "dim"), _post(post, subjects[index], thread.replies[index]))
        if newest not in post.saves:
            line.append("  not in the newest save", "yellow")
        yield line


def _head(thread: Thread) -> Iterator[Text]:
    """What is known of the thread as a whole."""
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
    sums = [f"{count(len(posts), 'post')} by {count(len({post.author.key for post in posts}), 'author')}"]
    sums += (
        f"{number:,} {words}"
        for number, words in ((inferred, "replies inferred"), (cut, "cut"), (perhaps, "perhaps cut"))
        if number
    )
    yield Text(", ".join(sums))
    yield from (Text(f"{one_line(save.path)} ({save.reader})", "dim") for save in thread.saves)


def _post(post: Post, subject: str | None, reply: Reply) -> Text:
    """One post in one line."""
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
    """An author's name, and the uid where the source has one."""
    return one_line(author.name if author.uid is None else f"{author.name} ({author.uid})")
