"""How time grows with an input: twice as much may take three times as long, and no more.

This is about growth, not about speed: whatever is quadratic takes four times as long. Each input is a pattern that is
repeated, and goes the way of a save, of a sidecar or of settings. Measured is the time of this process, so that others
on the machine don't count, and what takes too long is measured again a few times. `make test-long` doubles from eight
times as much.
"""

from __future__ import annotations

import contextlib
import gc
import random
import time
from collections.abc import Callable, Mapping

import pytest

from generator.config import Config, parse
from generator.errors import ConfigError
from generator.markup import excerpt, post_html, story_html
from generator.model import Author, Post, Thread
from generator.pages.posts import Posts
from generator.site.contributions import author_rows
from generator.site.unmatched import in_threads, unmatched
from generator.threads import Folder, Group, Redactions, read_group
from tests.small import LONG, Said, news, note

Files = Mapping[str, str]
LARGE = 8 if LONG else 1
TRIES = 6
ALLOWED = 3.0
NOISE = 0.04
"""Seconds that may come on top: clocks are coarse, and some of the work is the same for any size."""


def read(files: Files) -> None:
    """Read files as a group, and make what pages show of them."""
    loose = {path: text.encode("utf-8", "surrogatepass") for path, text in files.items()}
    saves = tuple(path for path in files if not path.endswith(".toml"))
    sidecars = tuple(path for path in files if path.endswith(".toml"))
    reading = read_group(Folder(), Group(saves, sidecars), Redactions.of(()), loose=loose)
    list(map(str, reading.problems))
    for each in reading.threads:
        thread = each.thread
        story_html(thread.body, thread.links, thread.markup, "20251015")
        excerpt(thread.body, thread.markup)
        Posts(thread, each.tree, "threads/a/b.html", {}, Config()).views(0, len(thread.posts), "threads/a/b.html")
        dict(author_rows(thread, each.tree, "1 a", 1000))


def spent(work: Callable[[], None]) -> float:
    """Run it, and give the seconds that this process worked."""
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def assert_grows_with(size: int, run: Callable[[int], None]) -> None:
    """Fail if twice the size takes more than three times as long, however often it is measured."""
    once, twice = float("inf"), float("inf")
    for _ in range(TRIES):
        once, twice = min(once, spent(lambda: run(size))), min(twice, spent(lambda: run(2 * size)))
        if twice <= ALLOWED * once + NOISE:
            return
    pytest.fail(f"{size}: {once:.3f} s, {2 * size}: {twice:.3f} s")


UNITS = {
    "words": "word ",
    "lines": "a\n",
    "paragraphs": "a\n\n",
    "spaces": " ",
    "tabs": "\t",
    "one character": "x",
    "no-break spaces": "\u00a0",
    "bytes that are no text": "\udcff",
    "carriage returns": "\r",
    "carriage returns and line feeds": "a\r\r\n",
    "byte-order marks": "\ufeff",
    "controls": "\x07\u202e",
    "quotes": "> a\n",
    "quotes of quotes": "> > a\n> b\nc\n",
    "quotes without text": ">>\nb\n",
    "quotes of fences": "> ```\nb\n",
    "quotes in quotes": "> ",
    "lists": "- a\n",
    "lists in lists": "- ",
    "numbers": "1. ",
    "deep lists": "  - a\n    - b\n",
    "fences": "```c\nint a;\n```\n",
    "open fences": "```c\n",
    "tildes": "~~~\n```\n",
    "brackets": "[",
    "links": "[a](b) ",
    "open links": "[a](<b",
    "references": "[a]: b\n",
    "reference uses": "[a][b]",
    "images": "![",
    "emphasis": "*a **b ",
    "underscores": "_a_b",
    "backticks": "`a``b",
    "entities": "&amp &#1;",
    "angle brackets": "<a:",
    "escapes": "\\",
    "tables": "|a|b|\n|-|-|\n",
    "headings": "# a\n",
    "underlines": "a\n===\n",
    "addresses": "https://example.org/a ",
    "a long address": "https://example.org/",
    "an address of brackets": "((http://a(.",
    "markers": "[1]a . ",
    "marks of posts": "## ",
    "post lines": "\n## a {id=1}\n",
    "odd post lines": "## a {id=1} {\n",
    "keys": "{a=b ",
    "subjects": "\na (Score:1)\n\n",
    "by lines": "\nby a ( 1 )\n\n",
    "posts": "\na (Score:1)\n\nby a ( 1 )\n\nb\n",
    "link list": "\n[1] https://example.org/\n",
    "odd link list": "[1] https://example.org/\n\nodd\n\n",
    "saves": "\nNews: 7\n\n",
    "heads": "+++\nid = 1\n+++\n",
}


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS.keys())
def test_texts(unit: str) -> None:
    def run(size: int) -> None:
        text = unit * (size // len(unit) + 1)
        read({"1.txt": news("1", Said(text), story=text)})
        read({"1.md": note("1", ("ann", "id=1", text), story=text)})
        read({"1.txt": text})
        read({"1.md": f"+++\n{text}"})
        read({"1.txt": news("1", Said("a", subject=text[:size].replace("\n", " ")))})
        read({"1.md": note("1", (text.replace("\n", " "), "id=1", "a"))})

    assert_grows_with(4_000 * LARGE, run)


def chain(count: int, parent: Callable[[int], int]) -> Files:
    posts = [("ann", f"id={n + 1} parent={parent(n) + 1}" if n else "id=1", f"Text {n}") for n in range(count)]
    return {"1.md": note("1", *posts)}


def lines(count: int, line: str) -> str:
    """Write a line many times, with its number in it."""
    return "".join(line.replace("#", str(number)) + "\n" for number in range(count))


def said(count: int, people: int, subject: str = "Re:", text: str = "Text #") -> Files:
    """Write a save of many posts."""
    posts = [
        Said(text.replace("#", str(n)), subject.replace("#", str(n)), f"p{n % people}", str(n % people + 1))
        for n in range(count)
    ]
    return {"1.txt": news("1", *posts)}


FILES: dict[str, Callable[[int], Files]] = {
    "posts of one author": lambda n: said(n, 1),
    "posts of many authors": lambda n: said(n, n),
    "posts with subjects of their own": lambda n: said(n, 3, "Subject #"),
    "posts that answer subjects": lambda n: said(n, 3, "Re:Subject #"),
    "posts that quote": lambda n: said(n, 3, text="> Text of a post before number #\n\nText of a post before number #"),
    "posts that quote the same": lambda n: said(n, 3, text="> Something that everybody says again\n\nNo."),
    "equal posts": lambda n: said(n, 1, text="Text"),
    "a chain of answers": lambda n: chain(n, lambda number: number - 1),
    "answers to one post": lambda n: chain(n, lambda _: 0),
    "answers to later posts": lambda n: chain(n, lambda number: min(number + 1, n - 1)),
    "answers to nobody": lambda n: {"1.md": note("1", *[("a", f"id=p{k} parent=q{k}", "b") for k in range(n)])},
    "ids used twice": lambda n: {"1.md": note("1", *[("a", "id=p", "b")] * n)},
    "unknown keys of posts": lambda n: {"1.md": note("1", *[("a", f"id=p{k} kay{k}=1", "b") for k in range(n)])},
    "unknown keys of one post": lambda n: {"1.md": note("1", ("a", " ".join(f"k{k}=1" for k in range(n)), "b"))},
    "a key many times": lambda n: {"1.md": note("1", ("a", "id=1 " * n, "b"))},
    "unknown keys of the head": lambda n: {"1.md": f"+++\n{lines(n, 'k# = 1')}+++\n"},
    "tags": lambda n: {"1.md": note("1", tags=[f"t{k}" for k in range(n)])},
    "links": lambda n: {"1.txt": news("1", story=f"{'[1]a . ' * n}\n\n{lines(n, '[#] https://example.org/#')}")},
    "threads of a file": lambda n: {"1.txt": "\n".join(news(str(k + 1), Said("a")) for k in range(n))},
    "saves of a thread": lambda n: {f"{k}.txt": news("1", Said("a"), Said(f"b{k}")) for k in range(n // 4)},
    "wrong ids": lambda n: {**said(n, 1), "1.toml": "[replies]\n" + lines(n, 'q# = "p#"')},
    "circles of replies": lambda n: {
        **chain(n, lambda number: number - 1),
        "1.toml": "[replies]\n" + "".join(f'{k + 1} = "{k + 2}"\n' for k in range(n - 1)),
    },
    "one circle of replies again and again": lambda n: {
        **chain(n, lambda number: number - 1),
        "1.toml": "[replies]\n" + "".join(f'{k + 1} = "{n}"\n' for k in range(n // 2)),
    },
    "unknown keys of a sidecar": lambda n: {**said(1, 1), "1.toml": lines(n, "k# = 1")},
    "unknown tables of a sidecar": lambda n: {**said(1, 1), "1.toml": lines(n, "[k#]")},
    "tables of a sidecar": lambda n: {
        "1.txt": "\n".join(news(str(k + 1), Said("a")) for k in range(n)),
        "1.toml": "".join(f'[{k + 1}]\ntitle = "a"\ntitel = 1\n[{k + 1}.replies]\na = "b"\n' for k in range(n)),
    },
    "strange tables of a sidecar": lambda n: {
        "1.txt": news("1", Said("a")) + "\n" + news("2", Said("a")),
        "1.toml": lines(n, "[k#]"),
    },
}


@pytest.mark.parametrize("make", FILES.values(), ids=FILES.keys())
def test_files(make: Callable[[int], Files]) -> None:
    assert_grows_with(300 * LARGE, lambda size: read(make(size)))


ENTRIES = {
    "posts": "slashdot/101#q{}",
    "posts by other ids of the thread": "other/0101#q{}",
    "threads": "slashdot/{}#q",
    "names": "slashdot/p{}",
    "hashes": "sha256:{:064x}",
}


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES.keys())
def test_entries_of_redact_that_match_nothing(entry: str) -> None:
    def run(size: int) -> None:
        writers = tuple(Author("slashdot", f"p{number}", str(number)) for number in range(size))
        posts = tuple(Post(str(number), "", who, None, None, "text") for number, who in enumerate(writers))
        threads = [Thread("slashdot", "101", "T", "", posts)]
        threads += [Thread("other", str(number), "T", "", ()) for number in range(size)]
        unmatched([entry.format(number) for number in range(size)], (), in_threads(threads))

    assert_grows_with(400 * LARGE, run)


SETTINGS = {
    "unknown keys": lambda n: lines(n, "k# = 1"),
    "unknown tables": lambda n: lines(n, "[k#]"),
    "entries that are none": lambda n: "redact = [\n" + lines(n, '"#",') + "]\n",
    "tags without words": lambda n: "[tags]\n" + lines(n, "t# = 1"),
    "tags": lambda n: "[tags]\n" + lines(n, 't# = ["a"]') + "x = 1\n",
    "options of a theme": lambda n: "titel = 1\n[theme_options]\n" + lines(n, "k# = 1"),
    "a long key": lambda n: "k" * n + " = 1\n",
    "a long line": lambda n: "title = " + "a" * n,
    "spaces": lambda n: "titel = 1\ntitle = '''" + " " * n + "\n" + " " * n + "'''\n",
    "brackets": lambda n: "titel = 1\ntitle = '''" + "[" * n + "\n" + "[" * n + "'''\n",
    "comments": lambda n: "titel = 1\n" + lines(n, "# k# = 1"),
}


@pytest.mark.parametrize("make", SETTINGS.values(), ids=SETTINGS.keys())
def test_settings(make: Callable[[int], str]) -> None:
    def run(size: int) -> None:
        with contextlib.suppress(ConfigError):
            parse(make(size))

    assert_grows_with(4_000 * LARGE, run)


def test_patterns_put_together_at_random() -> None:
    """The seed is fixed, since what was found once is to be found again."""
    chance = random.Random(7)
    for _ in range(24 if LONG else 8):
        unit = "".join(chance.choices(list(UNITS.values()), k=chance.choice([2, 3, 4])))
        body = chance.choice(["plain", "markdown"])

        def run(size: int, unit: str = unit, body: str = body) -> None:
            text = unit * (size // len(unit) + 1)
            post_html(text, "markdown" if body == "markdown" else "plain")
            read({"1.txt": news("1", Said(text))} if body == "plain" else {"1.md": note("1", ("ann", "id=1", text))})

        assert_grows_with(4_000 * LARGE, run)
