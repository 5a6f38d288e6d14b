"""What people ask of their system, contrast, colours and motion; and names that are written from right to left."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import HEBREW, THEMES
from tests.browser.test_pages import opened

pytestmark = pytest.mark.browser

SEED = "threads/slashdot/0179799118.html"
MIXED = "threads/notes/rtl.html"
LEFTS = """pairs => pairs.map(([outer, inner]) => {
    const box = document.querySelector(outer), range = document.createRange()
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT)
    for (let node; (node = walker.nextNode());) {
        const at = node.data.indexOf(inner)
        if (at < 0) continue
        range.setStart(node, at)
        range.setEnd(node, at + inner.length)
        const rect = range.getBoundingClientRect()
        return [rect.left, rect.right, rect.top]
    }
    return null
})"""

CELLS = """name => {
    const row = [...document.querySelectorAll("tbody tr")].find(row => row.textContent.includes(name))
    return [...row.cells].map(cell => cell.getBoundingClientRect().left)
}"""
BORDERS = """() => ["s2", "s3", "s4"].map(name => {
    const style = getComputedStyle(document.querySelector("." + name))
    return style.borderTopStyle + " " + style.borderTopWidth
})"""


@pytest.mark.parametrize("theme", THEMES)
def test_text_from_right_to_left_keeps_to_itself(browser: Browser, sites: dict[str, Path], theme: str) -> None:
    """What stands before and behind a name stays before and behind it, whatever direction the name has."""
    with opened(browser, (sites[theme] / MIXED).as_uri()) as (page, _):
        meta = page.evaluate(
            LEFTS,
            [
                [".meta", "2 January 2020"],
                [".meta", "posted by"],
                ["main > header .meta a bdi", HEBREW],
                [".meta", "from the"],
                [".meta", "dept."],
                [".meta", "3"],
                [".meta", "after"],
            ],
        )
        assert None not in meta
        lefts = [(round(top), left) for left, _, top in meta]
        assert lefts == sorted(lefts)
        head = page.evaluate(LEFTS, [["#c1 .p-author", HEBREW], ["#c1", "3"]])
        assert head[0][0] < head[1][0], "the score stands behind the name"
        answer = page.evaluate(LEFTS, [["#c2 .p-author", "Ann"], ["#c2 .u-in-reply-to", HEBREW]])
        assert answer[0][0] < answer[1][0]
        # The heading itself goes from right to left, so its sign stands at its left end.
        title = page.evaluate(LEFTS, [["h1", "!"], ["h1", HEBREW]])
        assert title[0][1] <= title[1][0] + 1
        # A control that turns text is shown, and turns nothing.
        assert page.locator("#c3 .p-author").inner_text() == "[U+202E]turned"
        turned = page.evaluate(LEFTS, [["#c3 .p-author", "[U+202E]"], ["#c3 .p-author", "turned"], ["#c3", "5"]])
        assert [left for left, _, _ in turned] == sorted(left for left, _, _ in turned)


@pytest.mark.parametrize("theme", THEMES)
def test_lists_keep_names_to_themselves(browser: Browser, sites: dict[str, Path], theme: str) -> None:
    with opened(browser, (sites[theme] / "authors/index.html").as_uri()) as (page, _):
        row = page.evaluate(CELLS, HEBREW)
        assert row == sorted(row)
    with opened(browser, (sites[theme] / "index.html").as_uri()) as (page, _):
        found = page.locator(".threads .row bdi", has_text=HEBREW)
        assert found.evaluate("element => getComputedStyle(element).unicodeBidi") == "isolate"


@pytest.mark.parametrize("theme", THEMES)
def test_forced_colours_are_kept(browser: Browser, sites: dict[str, Path], theme: str) -> None:
    """No colour but the system's, and nothing that was told by a ground alone is lost."""
    with opened(browser, (sites[theme] / SEED).as_uri(), forced_colors="active") as (page, _):
        assert page.evaluate("matchMedia('(forced-colors: active)').matches")
        grounds = page.evaluate("""() => [...new Set([...document.querySelectorAll("main *, .site, .site *")]
            .map(element => getComputedStyle(element).backgroundColor))].filter(ground => !ground.endsWith(", 0)"))""")
        assert len(grounds) <= 1, grounds
        if theme == "default":
            assert page.evaluate(BORDERS) == ["solid 1px", "solid 1px", "solid 2px"]


@pytest.mark.parametrize("theme", ["default", "classic"])
def test_more_contrast_is_given(browser: Browser, sites: dict[str, Path], theme: str) -> None:
    look = "() => ['.meta', '.body', 'html'].map(name => getComputedStyle(document.querySelector(name)).color)"
    found = {}
    for contrast in ("no-preference", "more"):
        for scheme in ("light", "dark"):
            with opened(browser, (sites[theme] / SEED).as_uri(), contrast=contrast, scheme=scheme) as (page, _):
                found[contrast, scheme] = page.evaluate(look)
    assert len({str(colours) for colours in found.values()}) == 4
    assert found["more", "light"][2] == "rgb(0, 0, 0)"
    assert found["more", "dark"][2] == "rgb(255, 255, 255)"


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_moves_for_people_who_ask_for_that(browser: Browser, sites: dict[str, Path], theme: str) -> None:
    moving = "() => document.getAnimations().length"
    anchor = f"{(sites[theme] / MIXED).as_uri()}#c2"
    with opened(browser, (sites[theme] / MIXED).as_uri(), reduced_motion="reduce") as (page, _):
        page.goto(anchor)
        assert page.evaluate(moving) == 0
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    if theme != "plain":
        with opened(browser, (sites[theme] / MIXED).as_uri(), reduced_motion="no-preference") as (page, _):
            page.goto(anchor)
            assert page.evaluate(moving) == 1
