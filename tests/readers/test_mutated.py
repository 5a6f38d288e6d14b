"""Saves that were damaged: whatever is cut, doubled, moved, flipped or mixed in, threads come out, or problems.

The seeds are fixed, so what fails once fails again. Each save of `tests/saves` is damaged equally often.
"""

from __future__ import annotations

import random

import pytest

from tests.readers.test_read_save import FILES, assert_sound
from tests.small import LONG

MUTATED = 1_000 if LONG else 80
"""Of each save."""
SNIPPETS = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n\n", b"\xc2\xa0", b"\xe2\x80\xae", b"+++\n", b"```\n"),
    *(b"> ", b"## a {id=1}\n", b"{", b"}", b'"', b"]", b"<", b"= ", b"[1]"),
    *(b"News: 1\n\n", b"S (Score:2)\n\n", b"\n\nby a ( 1 )\n\n"),
)


def mutated(raw: bytes, other: bytes, chance: random.Random) -> bytes:
    """Damage a save in one to four places."""
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(raw) + 1)
        end = min(len(raw), start + chance.choice((1, 3, 40, 400)))
        match chance.randrange(7):
            case 0:
                raw = raw[:start] + raw[end:]
            case 1:
                raw = raw[:end] + raw[start:]
            case 2:
                raw = raw[:start]
            case 3:
                raw = raw[:start] + chance.choice(SNIPPETS) * chance.choice((1, 1, 2, 50)) + raw[start:]
            case 4:
                raw = raw[:start] + bytes(byte ^ 1 << chance.randrange(8) for byte in raw[start:end]) + raw[end:]
            case 5:
                raw = raw[end:] + raw[start:end] + raw[:start]
            case _:
                place = chance.randrange(len(other) + 1)
                raw = raw[:start] + other[place : place + 300] + raw[end:]
    return raw


@pytest.mark.parametrize("number", range(len(FILES)), ids=[f"{f.parent.parent.name}/{f.parent.name}" for f in FILES])
def test_a_damaged_save_gives_threads_or_problems(number: int) -> None:
    raw = FILES[number].read_bytes()
    for seed in range(MUTATED):
        chance = random.Random(f"{number} {seed}")
        damaged = mutated(raw, chance.choice(FILES).read_bytes(), chance)
        try:
            assert_sound(damaged)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {damaged!r}") from error
