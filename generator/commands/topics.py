"""What is there to read for a user who has only the command? The pages of `docs/`, and each of their sections.

A word comes in, a `Topic` goes out, written for the terminal: links to other pages become the commands that show those,
and pictures are left out. `TerminalMarkdown` lays it out; code stays as it is, so that it can be copied.
"""

from __future__ import annotations

import difflib
import itertools
import os
import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import click
import msgspec
from rich.console import Console, ConsoleOptions, RenderResult
from rich.containers import Renderables
from rich.markdown import BlockQuote, CodeBlock, Heading, ListItem, Markdown, MarkdownElement
from rich.segment import Segment
from rich.text import Text
from rich.theme import Theme

from generator.commands.terminal import colour_system

ABOUT_THE_PROGRAM = frozenset({"architecture", "performance"})
"""Pages for those who work on the program."""
OTHER_WORDS = {"keyboard": "keys", "shortcuts": "keys"}
"""Words that people ask for, with the name of the topic."""
WIDTH = 80
"""Columns of a line where the terminal does not say how many it has, and at most."""
_COLOURS = Theme({"markdown.code": "cyan", "markdown.code_block": "none"})
"""Rich puts code on black, which stands out on a light terminal."""
_LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
_UNSEEN = re.compile(r"^!\[[^\]]*\]\([^)]*\)\n+|^<!--.*-->\n", re.M)
"""Pictures, and what is said to tests."""
_FENCED = re.compile(r"^(```.*?^```)$", re.M | re.S)


class Topic(msgspec.Struct, frozen=True):
    """A page of the docs, or a section of one."""

    name: str
    """The word that asks for it: a page's file name, or a section's heading."""
    about: str
    """The first sentence of a page; empty for a section."""
    text: str


def read_topics() -> dict[str, Topic]:
    """Read all topics, by name: the pages in the order of their names, then their sections."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "docs"
    folder = inside if inside.is_dir() else package.parent / "docs"  # beside the package in a checkout
    pages = {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*.md"))
        if path.stem not in ABOUT_THE_PROGRAM
    }
    topics = {name: Topic(name, _first_sentence(text), _for_terminal(text, pages)) for name, text in pages.items()}
    for page in tuple(topics.values()):
        for section in _sections(page):
            topics.setdefault(section.name, section)
    return topics


def _first_sentence(page: str) -> str:
    paragraph = next((part for part in page.split("\n\n")[1:] if re.match(r"`?\w", part)), "")
    return _LINK.sub(r"\1", re.split(r"(?<=\.)\s", paragraph)[0]).replace("\n", " ").replace("`", "")


def _for_terminal(page: str, pages: Mapping[str, str]) -> str:
    def linked(link: re.Match[str]) -> str:
        words, address = link[1], link[2]
        if "://" in address:
            return link[0]
        name = address.partition("#")[0].removesuffix(".md")
        return f"{words} (`threadpress help {name}`)" if name in pages else words

    pieces = _FENCED.split(page)
    pieces[::2] = (_LINK.sub(linked, _UNSEEN.sub("", piece)) for piece in pieces[::2])
    return "".join(pieces)


def _sections(page: Topic) -> Iterator[Topic]:
    pieces = _FENCED.split(page.text)
    marked = "".join(
        piece if number % 2 else re.sub("^## ", "\0", piece, flags=re.M) for number, piece in enumerate(pieces)
    )
    for section in marked.split("\0")[1:]:
        heading, _, text = section.partition("\n")
        yield Topic(name_of(heading), "", f"## {heading}\n{text}")


def name_of(heading: str) -> str:
    """Make the name of a section: its heading in lower case, in words that a shell takes as they are."""
    return "-".join(re.findall(r"[^\W_]+", heading.lower()))


def find_topic(word: str, topics: Mapping[str, Topic]) -> Topic | None:
    """Find the topic with this name, else the first whose name, or a word of it, begins so.

    So `sidecar` finds `sidecars`, and `data` finds `the-thread-as-data`.
    """
    asked = OTHER_WORDS.get(name := name_of(word), name)
    if asked in topics or not asked:
        return topics.get(asked)
    begin_so = (topic for name, topic in topics.items() if name.startswith(asked))
    hold_it = (topic for name, topic in topics.items() if any(part.startswith(asked) for part in name.split("-")))
    return next(itertools.chain(begin_so, hold_it), None)


def topic_list(topics: Mapping[str, Topic]) -> str:
    """List the pages, each with its first sentence."""
    formatter = click.HelpFormatter(width=WIDTH)
    formatter.write_text("`threadpress help TOPIC` explains:")
    with formatter.indentation():
        formatter.write_dl([(topic.name, topic.about) for topic in topics.values() if topic.about])
    formatter.write_text("A TOPIC can also be a command, or a section of a page, such as sidecars, tags or keys.")
    return formatter.getvalue().rstrip("\n")


def topic_lines(word: str, topics: Mapping[str, Topic], commands: Collection[str]) -> Iterator[str]:
    """Write the topic that a word asks for; raises `click.UsageError`, with the nearest name, if there is none."""
    topic = find_topic(word, topics)
    if topic is None:
        near = difflib.get_close_matches(word, [*commands, *topics], n=1, cutoff=0.7)
        hint = f"did you mean {near[0]!r}?" if near else "`threadpress help` lists all topics"
        raise click.UsageError(f"there is no topic {word!r}; {hint}")
    width = min(shutil.get_terminal_size((WIDTH, 0)).columns, WIDTH)
    console = Console(color_system=colour_system(os.environ), width=width, highlight=False, emoji=False, theme=_COLOURS)
    with console.capture() as capture:
        console.print(TerminalMarkdown(topic.text, hyperlinks=False), crop=False)
    yield from (line.rstrip() for line in capture.get().splitlines())


class _Heading(Heading):
    """A heading in bold on the left, where rich would draw a box."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(self.text.plain, "bold")


class _Code(CodeBlock):
    """Code as it is: nothing is wrapped, cut or filled up."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = str(self.text).rstrip("\n").split("\n")
        yield Text("\n".join(f"    {line}".rstrip() for line in lines), no_wrap=True, overflow="ignore")


def _hang(
    elements: Renderables, first: Segment, others: Segment, console: Console, options: ConsoleOptions
) -> RenderResult:
    """Put one text before the first line of a block and another before the rest.

    Rich cuts each line of a block to its width. Here only text is laid out to the width, so code keeps its lines.
    """
    inner = options.update(width=max(1, options.max_width - first.cell_length))
    for number, line in enumerate(Segment.split_lines(console.render(elements, inner))):
        yield others if number else first
        yield from line
        yield Segment.line()


class _Item(ListItem):
    """An item of a list, with its code as it is."""

    def render_bullet(self, console: Console, options: ConsoleOptions) -> RenderResult:
        bullet = Segment(" • ", console.get_style("markdown.item.bullet"))
        yield from _hang(self.elements, bullet, Segment("   "), console, options)

    def render_number(self, console: Console, options: ConsoleOptions, number: int, last_number: int) -> RenderResult:
        width = len(str(last_number)) + 2
        numeral = Segment(f"{number} ".rjust(width), console.get_style("markdown.item.number"))
        yield from _hang(self.elements, numeral, Segment(" " * width), console, options)


class _Quote(BlockQuote):
    """A quote, with its code as it is."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        bar = Segment("▌ ", console.get_style("markdown.block_quote"))
        yield from _hang(self.elements, bar, bar, console, options)


class TerminalMarkdown(Markdown):
    """A topic for `rich`."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _Code,
        "code_block": _Code,
        "list_item_open": _Item,
        "blockquote_open": _Quote,
    }
