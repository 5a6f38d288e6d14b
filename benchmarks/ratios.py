"""Ratios between rows, and their bounds. Seconds depend on the machine; ratios hardly do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from benchmarks.rows import Size

SMALL, LARGE = 1_000, 10_000
"""The numbers of threads for which there are bounds."""

WALLS: tuple[tuple[str, str, str, dict[int, float]], ...] = (
    ("cold, pages only / Hugo, cold", "cold", "hugo", {SMALL: 0.9, LARGE: 0.7}),
    ("cold, everything / Hugo, cold", "everything", "hugo", {SMALL: 2.5, LARGE: 2.0}),
    ("nothing changed / Hugo, one thread changed", "nothing", "hugo-changed", {LARGE: 0.02}),
    ("one thread changed / Hugo, one thread changed", "changed", "hugo-changed", {LARGE: 0.04}),
    ("one thread added / Hugo, one thread changed", "added", "hugo-changed", {LARGE: 0.04}),
    ("restored, one thread changed / Hugo, one thread changed", "restored", "hugo-changed", {LARGE: 0.1}),
    ("cold, pages only: all jobs / one job", "cold", "one-job", {SMALL: 0.6}),
    ("cold, pages only / merely writing", "cold", "writing", {LARGE: 12.0}),
)
"""Name, the two rows, and the bound by number of threads."""

MEMORY = {LARGE: 500.0}
"""The most memory, in megabytes, by number of threads."""
GROWTH = 1.1
"""How much the time per post may grow from the small archive to the large one."""
OURS = frozenset({"cold", "nothing", "changed", "added", "restored", "theme", "everything", "one-job"})


class Ratio(msgspec.Struct, frozen=True):
    """A ratio that was measured."""

    name: str
    threads: int
    value: float
    bound: float | None
    """Its highest allowed value; None if there is no bound at this size."""

    def __str__(self) -> str:
        place = f"- {self.threads:,} threads: {self.name}: {self.value:.3g}"
        if self.bound is None:
            return place
        return f"{place} (at most {self.bound:g}: {'kept' if self.value <= self.bound else 'BROKEN'})"


def ratios(sizes: Sequence[Size]) -> Iterator[Ratio]:
    """Work out every ratio whose rows were measured."""
    for size in sizes:
        for name, key, other, bounds in WALLS:
            ours, theirs = size.row(key), size.row(other)
            if ours and theirs:
                yield Ratio(name, size.threads, ours.wall / theirs.wall, bounds.get(size.threads))
        held = [row.memory for row in size.rows if row.key in OURS and row.memory]
        if held:
            yield Ratio(
                "memory, MB, of the build that needs most", size.threads, max(held) / 1e6, MEMORY.get(size.threads)
            )
    per_post = {size.threads: row.wall / size.posts for size in sizes if (row := size.row("cold"))}
    if {SMALL, LARGE} <= per_post.keys():
        name = f"cold, pages only: time per post / that at {SMALL:,} threads"
        yield Ratio(name, LARGE, per_post[LARGE] / per_post[SMALL], GROWTH)
