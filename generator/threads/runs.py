"""Runs of words: removed texts in, the places where another text repeats eight words or more of them out.

Only words count, that is, letters and digits. Letter case, accents, white space, punctuation, quote marks and where a
line ends make no difference. The build takes runs out of texts and `check` looks for them in what is published, both by
`Runs`. Every eight words of a removed text are in a set, so that looking up those of another text is all there is to
it, and time is linear in both texts.
"""

from __future__ import annotations

import functools
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import chain
from typing import NamedTuple

from generator.model import REMOVED

Span = tuple[int, int]
Run = tuple[str, ...]

WORDS = 8
"""How many words make a run."""
PART, STEP = 5, 4
"""A part of a run, and how far apart parts are looked up."""
SHORTEST = 2 * WORDS - 1
"""Characters of the shortest run. In scripts without spaces between words a character is a word."""

_WORD = re.compile(r"[^\W_]+")
_SIGNS = bytes(byte if byte > 127 else ord(chr(byte).lower()) if chr(byte).isalnum() else 32 for byte in range(256))
"""Lower case, and spaces for what is ASCII and no part of a word."""
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_DENSE = re.compile(
    "[\u0e00-\u0edf\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff]"
)
"""Characters of scripts without spaces between words."""
_UNSEEN = "\u00ad"
"""A soft hyphen, which no word is split by; fills places that a page does not show."""

_MARKER = re.compile(r"\[[0-9]{1,4}\]")
"""The marker of a link."""
_INSIDE = re.compile("(?<=[^\\W_])['\u2018\u2019\u02bc\u2010-]+(?=[^\\W_])")
"""Signs inside words that whoever repeats them may leave out."""
_QUOTED = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)


def _joint(match: re.Match[str]) -> str:
    """Leave out signs within a word, of which a page makes bold letters."""
    start = match.start()
    return _unseen(match) if start and match.string[start - 1].isalnum() else match[0]


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _unseen(match: re.Match[str]) -> str:
    return _UNSEEN * len(match[0])


def _unescape(match: re.Match[str]) -> str:
    return html.unescape(match[0]).ljust(len(match[0]), _UNSEEN)[: len(match[0])]


_HIDDEN: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    ("&", re.compile(r"&(?:amp;)*(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"), _unescape),
    ("```", re.compile(r"^ {0,3}```.*$", re.MULTILINE), _blank),
    ("~~~", re.compile(r"^ {0,3}~~~.*$", re.MULTILINE), _blank),
    ("*", re.compile(r"\*+(?=[^\W_])"), _joint),
    ("`", re.compile(r"`+(?=[^\W_])"), _joint),
    ("\n", re.compile(r"\n[ \t>]*[0-9]{1,3}[.)] "), _blank),  # the number of an item
    ("](", re.compile(r"\]\([^()\s]*(?:[ \t]+[\"'][^\"'\n]*[\"'])?\)"), _unseen),  # where a link leads
    ("][", re.compile(r"\]\[[^\[\]\n]*\]"), _unseen),  # the name of a link
)
"""What readers may not see on a page, and do see in a save or in data: what is always in it, and what stands for it.
What looks like a link may be none, and be shown; so each is left out together with those before it."""


class Runs:
    """Finds runs of removed texts. Pickled as these texts alone."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Take texts of which every run of `WORDS` words is removed; `own_texts` makes them."""
        self.texts = tuple(sorted(set(texts)))

    def __reduce__(self) -> tuple[type[Runs], tuple[tuple[str, ...]]]:
        return Runs, (self.texts,)

    def __bool__(self) -> bool:
        return bool(self.texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Runs) and self.texts == other.texts

    def __hash__(self) -> int:
        return hash(self.texts)

    def holds(self, text: str) -> bool:
        """Say whether a text holds a run."""
        if len(text) < WORDS or not self.texts or (len(text) < SHORTEST and text.isascii()):
            return False
        return any(self._is_in(words_of(view)) for view in views(text))

    def _is_in(self, words: list[str]) -> bool:
        # Of any eight words in a row, five start at one of every fourth word.
        parts = zip(*(words[first::STEP] for first in range(PART)), strict=False)
        return not self._parts.isdisjoint(parts) and not self._removed.isdisjoint(runs_of(words))

    def find(self, text: str) -> list[Span]:
        """Give where a text holds runs, in order; runs that overlap are one."""
        if not self.holds(text):
            return []
        spans: list[Span] = []
        for start, end in sorted(span for view in views(text) for span in self._in(view)):
            if spans and start < spans[-1][1]:
                spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
            else:
                spans.append((start, end))
        return spans

    def _in(self, view: str) -> Iterator[Span]:
        text, at = _placed(view)
        matches = list(_WORD.finditer(text))  # the words that `words_of` gives
        for number, run in enumerate(runs_of([match[0] for match in matches])):
            if run in self._removed:
                yield at[matches[number].start()], at[matches[number + WORDS - 1].end() - 1] + 1

    @functools.cached_property
    def _removed(self) -> Set[Run]:
        return frozenset(run for text in self.texts for run in runs_of(text.split(" ")))

    @functools.cached_property
    def _parts(self) -> Set[Run]:
        return frozenset(run[first : first + PART] for run in self._removed for first in range(STEP))


def runs_of(words: list[str]) -> Iterator[Run]:
    """Give every run of `WORDS` words, in order."""
    return zip(*(words[first:] for first in range(WORDS)), strict=False)


def words_of(text: str) -> list[str]:
    """Give the words of a text, without case and accents."""
    if not text.isascii():
        text = _BEYOND_ASCII.sub(_folded, text)
    return text.encode("utf-8", "surrogatepass").translate(_SIGNS).decode("utf-8", "surrogatepass").split()


def views(text: str) -> Iterator[str]:
    """Yield a text as a save has it, and as a page may show it: what that leaves out is blank, in its place."""
    if "[" in text:
        text = _MARKER.sub(_blank, text)
    yield text
    for part, hidden, instead in _HIDDEN:
        if part in text:
            shown = hidden.sub(instead, text)
            if shown != text:
                yield shown
                text = shown


def own_texts(removed: Iterable[tuple[int, str]], kept: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Give what the authors of removed texts wrote themselves, as words in lower case.

    Each text comes with its place in the thread. What a removed text quotes with `>`, or has in common with what is
    kept and comes before it, is not its author's.
    """
    own: list[_Own] = []
    for place, text in removed:
        quoted = frozenset(_all_runs("".join(_QUOTED.findall(text)))) if ">" in text else frozenset[Run]()
        unquoted = _QUOTED.sub(_blank, text) if quoted or ">" in text else text
        own += (
            _Own(place, words, quoted)
            for part in unquoted.split(REMOVED)  # no run goes across what was removed before
            for view in _spellings(part)
            if len(words := words_of(view)) >= WORDS
        )
    everything = {run for each in own for run in runs_of(each.words)}
    first: dict[Run, int] = {}
    """The first place where each run is in a text that is kept."""
    earlier = list(kept)
    if everything.isdisjoint(_all_runs("\n".join([text for _, text in earlier]))):
        earlier = []  # nobody said any of it
    for place, text in earlier:
        for run in everything.intersection(_all_runs(text)):
            first[run] = min(place, first.get(run, place))
    return tuple(dict.fromkeys(text for each in own for text in each.left(first)))


class _Own(NamedTuple):
    """Words of a removed text that are not in quotes."""

    place: int
    words: list[str]
    quoted: Set[Run]
    """The runs that the text quotes."""

    def left(self, first: Mapping[Run, int]) -> Iterator[str]:
        """Yield the longest parts of which every run is its author's."""
        begin = end = -1
        for start, run in enumerate(runs_of(self.words)):
            if run in self.quoted or first.get(run, self.place) < self.place:
                continue
            if begin >= 0 and start > end - WORDS + 1:
                yield " ".join(self.words[begin:end])
                begin = -1
            begin, end = start if begin < 0 else begin, start + WORDS
        if begin >= 0:
            yield " ".join(self.words[begin:end])


def _spellings(text: str) -> Iterator[str]:
    """Yield the views of a text, also without the signs inside its words."""
    for view in views(text):
        yield view
        if (joined := _INSIDE.sub("", view)) != view:
            yield joined


def _all_runs(text: str) -> Iterator[Run]:
    return chain.from_iterable(runs_of(words_of(view)) for view in views(text))


def _placed(text: str) -> tuple[str, list[int] | range]:
    """Give a text without case and accents, and for each of its characters the place that it comes from."""
    if text.isascii():
        return text.lower(), range(len(text))
    parts = [sign if sign.isascii() else _fold(sign) for sign in text]
    return "".join(parts).lower(), [at for at, part in enumerate(parts) for _ in part]


@functools.lru_cache(maxsize=4096)  # mostly quote marks and dashes
def _folded_text(text: str) -> str:
    return "".join(map(_fold, text))


def _folded(match: re.Match[str]) -> str:
    return _folded_text(match[0])


@functools.lru_cache(maxsize=4096)
def _fold(sign: str) -> str:
    """Give what a character beyond ASCII is in a word: letters without accents, nothing, or what splits words."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    kept = [each if each.isalnum() else " " for each in apart if unicodedata.category(each)[0] not in "MC"]
    letters = "".join(kept)
    return f" {letters} " if letters and _DENSE.match(letters) else letters
