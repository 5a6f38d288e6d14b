"""Drawings: numbers in, SVG out. Nothing that anybody wrote gets in but ids of posts, which hold no markup.

What is drawn has no style of its own: classes say what a mark stands for, and the theme gives them colours. Drawings
say the same in words, or are for eyes only (`aria-hidden`) where the page says it beside them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from markupsafe import Markup, escape

from generator import urls
from generator.model import Post, Tree

LEAST = 5
"""Posts from which on a thread has a map: fewer are seen at a glance."""
DEEPEST = 8
"""Levels that the map tells apart, as many as lists are indented."""
PITCH = 6
"""Height of a mark in pixels, with its gap, while the map is not too high for the window."""
HEIGHT = 100
"""Units that the highest column of a chart is high."""

_SHADES = {-1: ' class="m0"', 0: ' class="m0"', 3: ' class="m3"', 4: ' class="m4"', 5: ' class="m5"'}
_MARKS = {
    score: tuple(
        (f'" tabindex="-1"><path{shade} d="M{2 * depth} ', f'h8v1H{2 * depth}"/></a>') for depth in range(DEEPEST + 1)
    )
    for score, shade in ((None, ""), *((score, _SHADES.get(score, "")) for score in range(-1, 6)))
}
"""What stands in a mark before its row and behind, by score and depth.

Marks are no stops for the Tab key, and nothing to read out: the posts themselves are.
"""


def share(count: int, most: int) -> Markup:
    """Draw a bar for a row of a table, as long as the part that `count` is of `most`."""
    return Markup(
        '<svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="M0 0h{100 * count / max(most, 1):.4g}v1H0"/></svg>'
    )


def columns(title: str, counts: Collection[tuple[str | int, int]]) -> Markup:
    """Draw a column for each count, by name and in order; empty without any. The text beside it says all of it."""
    if not counts:
        return Markup()
    most = max([count for _, count in counts]) or 1
    path = [
        f"M{place} {HEIGHT}v-{HEIGHT * count // most or 1}h.8V{HEIGHT}"
        for place, (_, count) in enumerate(counts)
        if count
    ]
    words = ", ".join([f"{name}: {count}" for name, count in counts if count])
    return Markup(
        f'<svg class="columns" viewBox="0 0 {len(counts)} {HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{escape(title)}. {escape(words)}"><path d="{"".join(path)}"/></svg>'
    )


def thread_map(posts: Sequence[Post], tree: Tree, start: int, stop: int) -> Markup:
    """Draw the posts of a page, `start` to `stop` in reading order: a mark each, which leads there.

    The mark's row is the place on the page, its column the depth, its class the score. Rows are one unit high, so that
    the theme can press a long thread into the height of a window. Empty for a few posts.
    """
    order = tree.order[start:stop]
    if len(order) < LEAST:
        return Markup()
    anchor, depths, marks = urls.anchor, tree.depths, []
    for row, index in enumerate(order):
        post, depth = posts[index], depths[index]
        score = post.score
        if score is not None and not -1 <= score <= 5:
            score = 5 if score > 5 else -1
        before, behind = _MARKS[score][depth if depth < DEEPEST else DEEPEST]
        marks.append(f'<a href="{anchor(post.id)}{before}{row}{behind}')
    count = len(marks)
    return Markup(
        f'<svg viewBox="0 0 {2 * DEEPEST + 8} {count}" height="{PITCH * count}" preserveAspectRatio="none"'
        f' aria-hidden="true">{"".join(marks)}</svg>'
    )
