"""Quotes of removed texts in other texts: removed texts in, a function out that takes their quotes out of a text.

A quote is a passage that a removed text holds exactly, apart from white space. It may be a `>` line, a whole line of at
least twenty characters, such a line inside a longer line, or at least twelve characters in double quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from generator.model import REMOVED

LINE = 20
"""Least number of characters with which a whole line counts as a quote without a mark."""

_QUOTED = re.compile(r"""(["\u201c])([^"\u201c\u201d\n]{12,})(["\u201d])""")
_MARKS = re.compile(r"[ \t]*(?:>[ \t]*)+")
_START = re.compile(r"(?<![A-Za-z0-9])\w")
"""Where a word starts; in scripts that don't separate words with spaces, any letter."""
_KEY = 12
"""Number of characters from a word's start that removed texts are indexed by."""
_EDGES = "\"'\u2018\u2019\u201c\u201d\u2026. \t"


def fold_spaces(text: str) -> str:
    """Replace every run of white space by one space."""
    return " ".join(text.split())


def own_lines(text: str, kept: set[str]) -> list[str]:
    """Give the runs of lines that a removed text's author wrote: not marked as quotes, and in no earlier kept text."""
    runs: list[list[str]] = [[]]
    for line in text.split("\n"):
        if _MARKS.match(line) or (line.strip() and fold_spaces(line) in kept):
            runs.append([])
        else:
            runs[-1].append(line)
    return ["\n".join(run) for run in runs]


def quote_remover(texts: Iterable[str]) -> Callable[[str], str]:
    """Make the function that takes exact quotes of the given texts out of another text.

    A passage is looked up by its first `_KEY` characters, so the time does not grow with the number of removed texts.
    Only shorter passages are searched for in all of them, each one once.
    """
    passages = _Passages(texts)

    def blank(quote: re.Match[str]) -> str:
        return f"{quote[1]}{REMOVED}{quote[3]}" if passages.hold(quote[2]) else quote[0]

    def change(text: str) -> str:
        lines = text.split("\n")
        for number, line in enumerate(lines):
            marks = _MARKS.match(line)
            start = marks.end() if marks else 0
            rest = line[start:]
            if (marks or len(rest) >= LINE) and passages.hold(rest):
                lines[number] = line[:start] + REMOVED
                continue
            rest = passages.without_lines(rest)
            if '"' in rest or "\u201c" in rest:
                rest = _QUOTED.sub(blank, rest)
            lines[number] = line[:start] + rest
        return "\n".join(lines)

    return change


class _Passages:
    """An index of removed texts, with their white space folded, by the starts of words."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts: list[str] = []
        self.holders: dict[str, list[int]] = {}
        """Numbers of the texts that hold each key."""
        self.lines: dict[str, set[tuple[int, str]]] = {}
        """Lines of removed texts, each with the offset of its first word, by the key at that word."""
        self.short: dict[str, bool] = {}
        for text in texts:
            folded = fold_spaces(text)
            if not folded:
                continue
            number = len(self.texts)
            self.texts.append(folded)
            for start in _START.finditer(folded):
                numbers = self.holders.setdefault(folded[start.start() : start.start() + _KEY], [])
                if not numbers or numbers[-1] != number:
                    numbers.append(number)
            for line in map(str.strip, text.split("\n")):
                if len(line) >= LINE and (first := _START.search(line)):
                    at = first.start()
                    self.lines.setdefault(line[at : at + _KEY], set()).add((at, line))
        self.all = "\n".join(self.texts)

    def hold(self, passage: str) -> bool:
        """Say whether a removed text holds a passage of three characters or more."""
        folded = fold_spaces(passage).strip(_EDGES)
        first = _START.search(folded)
        if first is None or len(folded) - first.start() < _KEY:
            if len(folded) > 2 and folded not in self.short:
                words = rf"(?<![A-Za-z0-9]){re.escape(folded)}(?![A-Za-z0-9])"
                self.short[folded] = folded in self.all and re.search(words, self.all) is not None
            return len(folded) > 2 and self.short[folded]
        key = folded[first.start() : first.start() + _KEY]
        return any(folded in self.texts[number] for number in self.holders.get(key, ()))

    def without_lines(self, text: str) -> str:
        """Take whole lines of removed texts out of a line, the longest first where several start."""
        if not self.lines or len(text) < LINE:
            return text
        parts: list[str] = []
        done = 0
        for start in _START.finditer(text):
            at = start.start()
            for offset, line in sorted(self.lines.get(text[at : at + _KEY], ()), key=lambda entry: -len(entry[1])):
                if at - offset >= done and text.startswith(line, at - offset):
                    parts += text[done : at - offset], REMOVED
                    done = at - offset + len(line)
                    break
        return "".join(parts) + text[done:]
