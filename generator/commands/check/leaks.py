"""Finds runs of removed texts in a file: its name and bytes in, line numbers out. Opens no files.

What a run is, `Runs` says, which took them out of the build's texts. Here a file becomes the texts that somebody may
read in it: those of a page, the strings of data and scripts, or all of a plain text. HTML may be in any of them, and
an address may be written in %-signs.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from urllib.parse import unquote

from generator.markup import shown_texts, strings
from generator.readers import decode
from generator.threads import Runs

PAGES = frozenset({"html", "htm", "svg", "xhtml"})
DATA = frozenset({"js", "json", "webmanifest"})
FEEDS = frozenset({"atom", "rss", "xml"})


def leaks(path: str, raw: bytes, runs: Runs) -> Iterator[int]:
    """Yield the 1-based line of each text of a file that holds a run, each line once."""
    text = decode(raw, path)[0] or raw.decode("utf-8", "replace")
    lines: set[int] = set()
    for at, shown in _texts(path, text):
        if hits := runs.find(shown):
            lines.add(text.count("\n", 0, at) + shown.count("\n", 0, hits[0][0]) + 1)
    yield from sorted(lines)


def _texts(path: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield what may be read in a file, each with the offset where it starts."""
    ending = path.rpartition(".")[2].lower()
    if path.startswith("saves/"):
        yield 0, text
        return
    if ending in PAGES:
        yield from shown_texts(text)
    elif ending in DATA or ending in FEEDS:
        for at, shown in strings(text) if ending in DATA else shown_texts(text):
            yield from ((at, each) for each in _read(shown))
    if ending != "json":  # its strings are all that there is, and two of them are no run
        yield from ((0, each) for each in _read(text))


def _read(text: str) -> Iterator[str]:
    """Yield a text, and what it is to somebody who takes it for HTML, for data or for an address."""
    yield text
    shown = [each for _, each in shown_texts(text)] if "<" in text else []
    data = [each for _, each in strings(text)] if "\\" in text else []
    yield from shown
    yield from data
    yield from (each for some in data if "<" in some or "&" in some for _, each in shown_texts(some))
    yield from (each for some in shown if "\\" in some for _, each in strings(some))
    if "&lt;" in text or "&amp;" in text:
        yield from (each for _, each in shown_texts(html.unescape(text)))
    if "%" in text:
        yield unquote(text)
