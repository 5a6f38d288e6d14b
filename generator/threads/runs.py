"""Runs of words: removed texts in, the places where another text repeats eight words or more of them out.

Only letters and digits count. Letter case, white space, punctuation, quote marks, accents and where a line ends make no
difference, and neither does what splits a word in two: "don't" and "dont" are the same letters. So a text is compared
as one row of letters, and words only say where a run may start and end. The build takes runs out of texts and `check`
looks for them in what is published, both by `Runs`.

Nearly every text holds no run. Such a text is looked at every `BLOCK` letters only: a run is long enough to cover one
of these blocks, and a table says which blocks removed texts have. Time is linear in both texts.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import accumulate
from typing import NamedTuple
from zlib import crc32

from generator.markup import OMITTED
from generator.model import REMOVED

Span = tuple[int, int]

WORDS = 8
"""How many words make a run."""
BLOCK = 12
"""Bytes of a block. A run of twice that many bytes, less one, covers a whole block wherever it starts."""
BLOCKS = (BLOCK, 8, 4)
"""For shorter runs there are shorter blocks. Eight words have eight letters at least."""
REACH = 4 * WORDS
"""Most words that a run may have in the text that repeats it: signs may split words there."""
_TABLE = 1 << 24
"""Most places of a table."""

_DENSE = (
    "\u0e00-\u0edf\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U0003ffff"
)
"""Scripts without spaces between words: two of their characters count as a word."""
_INSIDE = "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u200b-\u200d\u2060\ufe0f\ufeff"
"""Signs that are part of the word they stand in: accents, and characters that nobody sees."""
_GAP = "\x01"
"""Stands in a text where something was removed: no run goes across."""
_WORD = re.compile(
    rf"{_GAP}|([{_DENSE}])|[^\W_{_DENSE}]+(?:[{_INSIDE}\u0900-\u0963\u0966-\u0dff]+[^\W_{_DENSE}]*)*"
)  # the last of these are scripts of India, whose vowel signs are no letters to Python
_LETTERS = re.compile("[^\x00-\x7f]+")
_LOWER = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))
_SIGNS = bytes(byte for byte in range(2, 128) if not chr(byte).isalnum()) + b"\x00"

_QUOTED = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)
_HIDDEN = (
    ("[", re.compile(r"\[[0-9]{1,4}\]")),  # the marker of a link
    ("&", re.compile(r"&(?:amp;)*(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")),
    ("](", re.compile(r"\]\([^()\s]*(?:[ \t]+[\"'][^\"'\n]*[\"'])?\)")),  # where a link leads
    ("][", re.compile(r"\]\[[^\[\]\n]*\]")),  # the name of a link
    ("```", re.compile(r"^ {0,3}```.*$", re.MULTILINE)),
    ("~~~", re.compile(r"^ {0,3}~~~.*$", re.MULTILINE)),
)
"""What readers may not see on a page, and do see in a save or in data, with what starts it. Each is left out together
with those before it."""


class Word(NamedTuple):
    """A word of a text."""

    start: int
    end: int
    """Where it is in the text."""
    letters: bytes
    weight: int
    """2, but 1 for a character of a script without spaces."""


class Hit(NamedTuple):
    """A run in a text."""

    start: int
    end: int
    run: int
    """Hash of its letters."""


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

    def may_hold(self, text: str) -> bool:
        """Say whether a text may hold a run, after a quick look."""
        return any(map(self._near, map(letters_of, views(text)))) if self.texts else False

    def holds(self, text: str) -> bool:
        """Say whether a text holds a run."""
        return next(self._hits(text), None) is not None

    def find(self, text: str) -> list[Span]:
        """Give where a text holds runs, in order; runs that overlap are one."""
        spans: list[Span] = []
        for hit in sorted(self._hits(text)):
            if spans and hit.start < spans[-1][1]:
                spans[-1] = (spans[-1][0], max(hit.end, spans[-1][1]))
            else:
                spans.append((hit.start, hit.end))
        return spans

    def runs_in(self, text: str) -> set[int]:
        """Give the hashes of the runs that a text holds."""
        return {hit.run for hit in self._hits(text)}

    def _hits(self, text: str) -> Iterator[Hit]:
        if self.texts and len(text) >= WORDS:
            for view in views(text):
                if near := self._near(letters_of(view)):
                    yield from self._in(view, near)

    def _near(self, letters: bytes) -> list[int]:
        """Give where blocks of removed texts may start in a row of letters; empty if it can't hold a run."""
        near: list[int] = []
        for size, table in self._index.tables:
            last = len(table) - 1
            near += [
                at
                for at in range(0, len(letters) - size + 1, size)
                if (mark := table[(crc := crc32(letters[at : at + size])) & last])
                and (mark == _SEVERAL or mark == _mark(crc))
            ]
        return sorted(near)

    def _in(self, text: str, near: list[int]) -> Iterator[Hit]:
        """Yield the runs around some places of a text, by comparing what starts and ends with words."""
        lines = _Lines(text)
        longest = self._index.longest
        start = stop = near[0]
        for at in (*near, len(text) * 9):
            if at - longest > stop + longest:
                yield from self._in_lines(lines.words(start - longest, stop + longest))
                start = at
            stop = at

    def _in_lines(self, words: Sequence[Word]) -> Iterator[Hit]:
        """Yield the runs in some lines, by comparing what starts and ends with words."""
        letters = b"".join([word.letters for word in words])
        starts = [0, *accumulate(len(word.letters) for word in words)]
        index = self._index
        for number, word in enumerate(words):
            begin = starts[number]
            if letters[begin : begin + WORDS] not in index.heads:
                continue
            for stop in range(number + 1, min(number + REACH, len(words)) + 1):
                length = starts[stop] - begin
                if length > index.longest:
                    break
                if length in index.lengths and (run := hash(letters[begin : begin + length])) in index.runs:
                    yield Hit(word.start, words[stop - 1].end, run)

    @functools.cached_property
    def _index(self) -> _Index:
        return _Index(self.texts)


class _Lines:
    """The lines of a text, by how many letters there are before each; words are made of those asked for."""

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self.offsets = [0, *accumulate(len(line) + 1 for line in self.lines)]
        """Where each line starts in the text."""
        self.letters = [0, *accumulate(len(letters_of(line)) for line in self.lines)]

    def words(self, start: int, stop: int) -> list[Word]:
        """Give the words of the lines that hold the letters between two numbers."""
        first = max(0, bisect_right(self.letters, start) - 1)
        last = bisect_left(self.letters, stop)
        at = self.offsets[first]
        return [
            Word(word.start + at, word.end + at, word.letters, word.weight)
            for word in _words("\n".join(self.lines[first:last]))
        ]


class _Index:
    """The runs of removed texts, and the blocks that they are made of."""

    def __init__(self, texts: Iterable[str]) -> None:
        self.runs: set[int] = set()
        self.lengths: set[int] = set()
        """In bytes."""
        self.heads: set[bytes] = set()
        """The first bytes of each run, of which there are as many as words at least."""
        blocks: dict[int, set[int]] = {size: set() for size in BLOCKS}
        for text in texts:
            words = list(_words(text))
            letters = b"".join(word.letters for word in words)
            offsets = list(accumulate(len(word.letters) for word in words))
            covered = 0
            for first, last in windows(words):
                start, end = offsets[first] - len(words[first].letters), offsets[last - 1]
                self.runs.add(hash(letters[start:end]))
                self.lengths.add(end - start)
                self.heads.add(letters[start : start + WORDS])
                size = next(size for size in BLOCKS if end - start >= 2 * size - 1 or size == BLOCKS[-1])
                begin = max(start, covered) if size == BLOCK else start
                if size == BLOCK:
                    covered = max(covered, end - size + 1)
                blocks[size].update([crc32(letters[at : at + size]) for at in range(begin, end - size + 1)])
        self.longest = max(self.lengths, default=0)
        self.tables = [(size, _table(crcs)) for size, crcs in blocks.items() if crcs]


def _table(crcs: set[int]) -> bytearray:
    """Make a table that has a mark at the place of each block, and is large enough to be 0 nearly everywhere."""
    table = bytearray(min(_TABLE, 1 << (16 * len(crcs)).bit_length()))
    last = len(table) - 1
    for crc in crcs:
        mark = _mark(crc)
        table[crc & last] = mark if table[crc & last] in (0, mark) else _SEVERAL
    return table


_SEVERAL = 255
"""The mark where several blocks have one place."""


def _mark(crc: int) -> int:
    """Give what tells most blocks of one place apart: the upper bits of the sum, which the place does not have."""
    return (crc >> 24) % 254 + 1


def windows(words: Sequence[Word]) -> Iterator[Span]:
    """Yield the shortest run that starts with each word, as indices of words."""
    weight = last = 0
    for first, word in enumerate(words):
        while last < len(words) and weight < 2 * WORDS:
            weight += words[last].weight
            last += 1
        if weight < 2 * WORDS:
            return
        yield first, last
        weight -= word.weight


def views(text: str) -> Iterator[str]:
    """Yield a text as a save has it, and as a page may show it: what that leaves out is blank, in its place."""
    if _GAP in text:
        text = text.replace(_GAP, " ")
    for gap in (REMOVED, OMITTED):
        if gap in text:
            text = text.replace(gap, _GAP.ljust(len(gap)))
    yield text
    for start, hidden in _HIDDEN:
        if start in text:
            shown = hidden.sub(_blank, text)
            if shown != text:
                yield shown
                text = shown


def letters_of(text: str) -> bytes:
    """Give the letters and digits of a text, without case and accents."""
    if not text.isascii():
        text = _LETTERS.sub(_folded, text)
    return text.encode("utf-8", "surrogatepass").translate(_LOWER, _SIGNS)


def without_quotes(text: str) -> str:
    """Blank the lines that a text quotes with `>`; the same text if there are none."""
    return _QUOTED.sub(_blank, text) if ">" in text else text


def own_texts(removed: Iterable[tuple[int, str]], kept: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """Give what the authors of removed texts wrote themselves, as words in lower case.

    Each text comes with its place in the thread. What a removed text quotes with `>`, or has in common with what is
    kept and comes before it, is not its author's.
    """
    own: list[_Own] = []
    quoted: list[str] = []
    for place, text in removed:
        unquoted = without_quotes(text)
        quoted.append("".join(_QUOTED.findall(text)) if unquoted is not text else "")
        own += (_Own(place, len(quoted) - 1, words) for view in views(unquoted) for words in _parts(view))
    everything = Runs(_text(each.words) for each in own)
    first: dict[int, int] = {}
    """The first place where each run is in a text that is kept."""
    for place, text in kept:
        for run in everything.runs_in(text):
            first[run] = min(place, first.get(run, place))
    theirs = [everything.runs_in(text) for text in quoted]
    return tuple(dict.fromkeys(text for each in own for text in _left(each, first, theirs[each.text])))


class _Own(NamedTuple):
    """Words of a removed text that are not in quotes."""

    place: int
    text: int
    """Which text it is."""
    words: list[Word]


def _left(own: _Own, first: Mapping[int, int], quoted: Set[int]) -> Iterator[str]:
    """Yield the longest parts of a removed text of which every run is its author's."""
    words = own.words
    begin = last = end = -1
    for start, stop in windows(words):
        run = hash(b"".join([word.letters for word in words[start:stop]]))
        if run in quoted or first.get(run, own.place) < own.place:
            continue
        if start != last + 1 or begin < 0:
            if begin >= 0:
                yield _text(words[begin:end])
            begin = start
        last, end = start, stop
    if begin >= 0:
        yield _text(words[begin:end])


def _parts(text: str) -> Iterator[list[Word]]:
    """Yield the words of a text between the places where something was removed."""
    part: list[Word] = []
    for word in _words(text):
        if word.letters == _GAP.encode():
            yield part
            part = []
        else:
            part.append(word)
    yield part


def _words(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        if letters := letters_of(match[0]):
            yield Word(match.start(), match.end(), letters, 2 if match.lastindex is None else 1)


def _text(words: Iterable[Word]) -> str:
    return b" ".join([word.letters for word in words]).decode("utf-8", "surrogatepass")


def _folded(match: re.Match[str]) -> str:
    return _fold(match[0])


@functools.lru_cache(maxsize=4096)  # mostly quote marks and dashes
def _fold(text: str) -> str:
    """Give the letters of characters beyond ASCII, taken apart."""
    return "".join([_fold_one(sign) for sign in text if sign.isalnum()])


@functools.lru_cache(maxsize=4096)
def _fold_one(sign: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", sign).casefold())
    return "".join([each for each in apart if each.isalnum()])


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match[0])
