"""Scores: how they are counted and how much weight a page gives them. Scores in; classes and weights out.

Most archives have scores from -1 to 5, and there each is a class of its own. Where a source has others, its scores have
no limits: they are put into classes by powers of ten. Scores of two sources are never compared.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Sequence

SCORES = range(-1, 6)
"""Scores that are counted separately where there are no others; a post beyond them counts with the nearest."""
LIMITED = frozenset({"slashdot"})
"""Sources that have no other scores. One that is in a save all the same is a mistake there."""
_FROM = (-9, 0, 1, 2, 10, 100, 1_000, 10_000)
"""The lowest score of each class but the first."""
CLASSES = ("-10 or less", "-9 to -1", "0", "1", "2–9", "10–99", "100–999", "1,000–9,999", "10,000 or more")
TICKS = ("≤ -10", "< 0", "0", "1", "2+", "10+", "100+", "1k+", "10k+")
"""Short names of the classes, in their order."""
_WEIGHTS = (-1, -1, 0, 1, 2, 3, 4, 5, 5)
"""The weight of each class."""


def are_unlimited(source: str, scores: Iterable[int | None]) -> bool:
    """Say whether a thread shows that the scores of its source have no limits."""
    return source not in LIMITED and any(score is not None and score not in SCORES for score in scores)


def weight(score: int, *, unlimited: bool) -> int:
    """Give the weight of a score on a page, -1 to 5."""
    if unlimited:
        return _WEIGHTS[bisect.bisect_right(_FROM, score)]
    return max(SCORES[0], min(score, SCORES[-1]))


def steps(scores: Iterable[int | None]) -> tuple[int, ...]:
    """Choose the scores from which posts can be shown where scores have no limits: the lowest, then 0, 1, 2, 5, 10 ...

    Each hides something that the one before it shows. A post without a score counts as 1.
    """
    ranked = sorted({1 if score is None else score for score in scores})
    chosen = ranked[:1]
    powers = itertools.takewhile(lambda power: power <= ranked[-1], (10**exponent for exponent in itertools.count()))
    for step in (0, *(times * power for power in powers for times in (1, 2, 5))):
        at = bisect.bisect_left(ranked, step)
        if 0 < at < len(ranked) and ranked[at - 1] >= chosen[-1]:
            chosen.append(step)
    return tuple(chosen)


def spread(scores: Iterable[int | None]) -> tuple[tuple[int, int], ...]:
    """Count scores from -1 to 5, and those beyond with the nearest; empty if there are none."""
    counts = dict.fromkeys(SCORES, 0)
    for score in scores:
        if score in counts:
            counts[score] += 1
        elif score is not None:
            counts[SCORES[0] if score < SCORES[0] else SCORES[-1]] += 1
    return tuple(counts.items()) if any(counts.values()) else ()


def classed(scores: Iterable[int | None]) -> tuple[int, ...]:
    """Count the scores of each of `CLASSES`; empty if there are none."""
    counts = [0] * len(CLASSES)
    for score in scores:
        if score is not None:
            counts[bisect.bisect_right(_FROM, score)] += 1
    return tuple(counts) if any(counts) else ()


def occurring(counts: Iterable[int], names: Sequence[str] = CLASSES) -> tuple[tuple[str, int], ...]:
    """Name the classes, from the first that occurs to the last; empty if none does."""
    named = list(zip(names, counts, strict=False))
    used = [index for index, (_, count) in enumerate(named) if count]
    return tuple(named[used[0] : used[-1] + 1]) if used else ()
