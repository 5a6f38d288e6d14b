"""Drawings: numbers in, SVG out. The only texts of authors in it are ids of posts, which hold no markup.

Drawings have no style of their own: classes say what a shape means, and the theme gives them colours. A drawing says
the same in words too, or it is hidden from screen readers (`aria-hidden`) because the page says it beside the drawing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from markupsafe import Markup, escape

from generator import urls
from generator.model import Post, Tree
from generator.site import weight

LEAST = 5
"""The fewest posts for which a page has a map; fewer need none."""
DEEPEST = 8
"""Levels that the map shows, as many as lists are indented."""
PITCH = 6
"""Height of a post in the map in pixels, with its gap, as long as the map fits into the window."""
HEIGHT = 100
"""Height of the highest column of a chart, in units."""

_SHADES = {-1: ' class="m0"', 0: ' class="m0"', 3: ' class="m3"', 4: ' class="m4"', 5: ' class="m5"'}
_SHAPES = {
    score: tuple(
        (f'" tabindex="-1"><path{shade} d="M{2 * depth} ', f'h8v1H{2 * depth}"/></a>') for depth in range(DEEPEST + 1)
    )
    for score, shade in ((None, ""), *((score, _SHADES.get(score, "")) for score in range(-1, 6)))
}
"""The SVG of a post in the map, before its row and after it, by score and depth.

The Tab key skips the map and screen readers don't read it: the posts themselves are there for that.
"""


def share(count: int, most: int) -> Markup:
    """Draw a bar for a row of a table; its length shows `count` as a fraction of `most`."""
    return Markup(
        '<svg class="share" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f'<path d="M0 0h{100 * count / max(most, 1):.4g}v1H0"/></svg>'
    )


def columns(title: str, counts: Collection[tuple[str | int, int]]) -> Markup:
    """Draw a column for each count, in order; empty if all are zero. Its text alternative says everything too."""
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


def thread_map(posts: Sequence[Post], tree: Tree, part: tuple[int, int], *, unlimited: bool = False) -> Markup:
    """Draw the posts of a page, `part` of them in reading order. Each gets a shape that links to it.

    The row shows the place on the page, the column the depth, the class the score. Rows are one unit high, so the theme
    can squeeze a long thread into the height of a window. Empty for few posts.
    """
    order = tree.order[slice(*part)]
    if len(order) < LEAST:
        return Markup()
    anchor, depths, marks = urls.anchor, tree.depths, []
    for row, index in enumerate(order):
        post, depth = posts[index], depths[index]
        score = post.score
        if score is not None and (unlimited or not -1 <= score <= 5):
            score = weight(score, unlimited=unlimited)
        opening, rest = _SHAPES[score][depth if depth < DEEPEST else DEEPEST]
        marks.append(f'<a href="{anchor(post.id)}{opening}{row}{rest}')
    count = len(marks)
    return Markup(
        f'<svg viewBox="0 0 {2 * DEEPEST + 8} {count}" height="{PITCH * count}" preserveAspectRatio="none"'
        f' aria-hidden="true">{"".join(marks)}</svg>'
    )
