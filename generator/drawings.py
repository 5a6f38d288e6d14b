"""Drawings: numbers in, SVG out. Nothing that anybody wrote gets in but ids of posts, which hold no markup.

What is drawn has no style of its own: classes say what a mark stands for, and the theme gives them colours. Drawings
are for eyes only (`aria-hidden`); the page says the same in words or in a table beside them.
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from generator import urls
from generator.model import Post, Tree

LEAST = 5
"""Posts from which on a thread has a map: fewer are seen at a glance."""
DEEPEST = 8
"""Levels that the map tells apart, as many as lists are indented."""
PITCH = 6
"""Height of a mark in pixels, with its gap, while the map is not too high for the window."""

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
