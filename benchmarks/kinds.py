"""Measure what kinds of saves cost: 1,000 pages of Hacker News, and a mailbox of 20,000 messages.

    .venv/bin/python -m benchmarks.kinds

The threads are those of the other benchmarks, written as the sources write them. Of each kind there is the time to read
a post, with cleaning its HTML, and the time of a cold build with one job. A build reads every save twice. The bound:
both readings together take no longer than all the rest. CPU time counts.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path

from benchmarks.corpus import make_thread
from benchmarks.measure import measure
from benchmarks.ours import Site, forget, make_site
from benchmarks.trash import Trash
from generator.model import Post, Thread
from generator.threads import WITHOUT_REPLIES, Group, Redactions, list_content, read_group

BOUND = 0.5
"""The largest part of a cold build that reading may take."""
SETTINGS = "publish_saves = false\n"


def main() -> None:
    """Build an archive of each kind and print the times."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--threads", type=int, default=1000, help="pages of Hacker News")
    parser.add_argument("--messages", type=int, default=20_000, help="messages in the mailbox")
    parser.add_argument("--runs", type=int, default=3, help="runs of each build; the median counts")
    options = parser.parse_args()
    print("| saves | posts | reading, CPU microseconds a post | cold build | reading twice / cold build |")
    print("|---|---|---|---|---|")
    kinds: tuple[tuple[str, Callable[[Path], int]], ...] = (
        ("text saves of Slashdot", lambda folder: write_texts(folder, options.threads)),
        ("pages of Hacker News", lambda folder: write_pages(folder, options.threads)),
        ("a mailbox", lambda folder: write_mailbox(folder, options.messages)),
    )
    for name, write in kinds:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            posts = write(folder / "saves")
            reading, building = (seconds / posts * 1e6 for seconds in _measure(folder, options.runs))
        part = 2 * reading / building
        verdict = f"{part:.2f} (at most {BOUND}: {'kept' if part <= BOUND else 'missed'})"
        print(f"| {name} | {posts:,} | {reading:.0f} | {building:.0f} | {verdict} |", flush=True)


def _measure(folder: Path, runs: int) -> tuple[float, float]:
    """Give the seconds of one reading of all saves, and of a cold build."""
    site = Site(folder / "site", Trash(folder / "trash"), jobs=1)
    make_site(site.folder, folder / "saves", SETTINGS)
    content = site.folder / "content"
    saves = list_content(content).saves
    readings, builds = list[float](), list[float]()
    for _ in range(runs):
        forget(site)
        builds.append(measure(site.command()).cpu)
        started = time.process_time()
        for path in saves:
            read_group(content, Group((path,)), Redactions(), first=WITHOUT_REPLIES)
        readings.append(time.process_time() - started)
    return statistics.median(readings), statistics.median(builds)


def write_texts(folder: Path, threads: int) -> int:
    """Write text saves into a folder; gives the number of posts."""
    return _write(folder, threads, lambda folder, name, text, _: (folder / name).write_text(text, encoding="utf-8"))


def write_pages(folder: Path, threads: int) -> int:
    """Write pages of Hacker News into a folder; gives the number of posts."""

    def write(folder: Path, name: str, text: str, number: int) -> None:
        (folder / f"{Path(name).stem}.html").write_text(page(read(folder, name, text), number), encoding="utf-8")

    return _write(folder, threads, write)


def write_mailbox(folder: Path, messages: int) -> int:
    """Write one mailbox into a folder, in a folder of its own; gives the number of messages."""
    (folder / "list").mkdir(parents=True)
    with (folder / "list" / "archive.mbox").open("w", encoding="utf-8") as file:
        left, number = messages, 0
        while left:
            name, text, _ = make_thread(number, 1000, 12_000)
            mails = list(messages_of(read(folder, name, text), number))[:left]
            file.writelines(mails)
            left -= len(mails)
            number += 1
    return messages


def _write(folder: Path, threads: int, write: Callable[[Path, str, str, int], object]) -> int:
    folder.mkdir(parents=True)
    posts = 0
    for number in range(threads):
        name, text, count = make_thread(number, threads, threads * 12)
        write(folder, name, text, number)
        posts += count
    return posts


def read(folder: Path, name: str, text: str) -> Thread:
    """Read a text save, with replies."""
    (reading,) = read_group(folder, Group((name,)), Redactions(), loose={name: text.encode()}).threads
    return reading.thread


def page(thread: Thread, number: int) -> str:
    """Write a thread as a page of Hacker News of 2020 and later."""
    first = 1_000_000 + number * 10_000
    rows = [
        f"<tr class='athing comtr' id='{first + index}'><td><table border='0'><tr><td class='ind' indent='{depth}'>"
        f'<img src="s.gif" height="1" width="{depth * 40}"></td><td class="default"><div><span class="comhead">'
        f'<a href="user?id=u{post.author.uid or 0}" class="hnuser">u{post.author.uid or 0}</a> '
        f'<span class="age" title="2020-01-01T00:00:00"><a href="item?id={first + index}">1 day ago</a></span>'
        f'</span></div><div class="comment"><div class="commtext c00">{_paragraphs(post)}</div>'
        f"<div class='reply'></div></div></td></tr></table></td></tr>"
        for index, (post, depth) in enumerate(_walk(thread), 1)
    ]
    return (
        '<html lang="en" op="item"><head><title>' + escape(thread.title) + " | Hacker News</title></head><body>"
        '<table id="hnmain"><tr><td><table class="fatitem">'
        f"<tr class='athing' id='{first}'><td class=\"title\"><span class=\"titleline\">"
        f'<a href="https://example.org/{number}">{escape(thread.title)}</a></span></td></tr>'
        f'<tr><td class="subtext"><span class="subline"><span class="score" id="score_{first}">7 points</span> by '
        f'<a href="user?id=poster" class="hnuser">poster</a> <span class="age" title="2020-01-01T00:00:00">'
        f'<a href="item?id={first}">1 day ago</a></span></span></td></tr></table>'
        "<table class='comment-tree'>" + "\n".join(rows) + "</table></td></tr></table></body></html>"
    )


def _walk(thread: Thread) -> Iterator[tuple[Post, int]]:
    tree = thread.tree()
    for index in tree.order:
        yield thread.posts[index], tree.depths[index]


def _paragraphs(post: Post) -> str:
    blocks = escape(post.body).split("\n\n")
    return blocks[0] + "".join(f"<p>{block}</p>" for block in blocks[1:])


def messages_of(thread: Thread, number: int) -> Iterator[str]:
    """Write the posts of a thread as messages of a mailbox."""
    names = {post.id: f"<{number}.{index}@example.org>" for index, post in enumerate(thread.posts)}
    for post, reply in zip(thread.posts, thread.replies, strict=True):
        answers = f"In-Reply-To: {names[reply.parent]}\nReferences: {names[reply.parent]}\n" if reply.parent else ""
        who = f"u{post.author.uid or 0}"
        yield (
            f"From {who}@example.org Mon Jan  6 12:00:00 2020\nFrom: {who} <{who}@example.org>\n"
            f"Date: Mon, 06 Jan 2020 12:00:00 +0000\nSubject: {'Re: ' if reply.parent else ''}{thread.title}\n"
            f"Message-ID: {names[post.id]}\n{answers}\n{post.body}\n\n"
        )


if __name__ == "__main__":
    main()
