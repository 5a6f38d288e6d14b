"""The reader's script as one sees it: lines, rings and weights where they belong, on screens and on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import opened
from tests.browser.walk import THREADS, look, threshold
from tests.small import Said, built, news, write

pytestmark = pytest.mark.browser

SEED = "threads/slashdot/0179799118.html"


def box(element: Locator) -> tuple[float, float, float, float]:
    """Give left, top, right and bottom."""
    found = element.bounding_box()
    assert found
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


def test_a_subject_stands_apart_from_the_text(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, {"content/1.txt": news("1", Said("Becomes a duck.", "If you have a"), Said("No.", "Re:"))})
    built(tmp_path)
    url = (tmp_path / "output/threads/slashdot/1.html").as_uri()
    with opened(browser, f"{url}?outline=1") as (page, wrong):
        lines = page.locator(".words")
        assert lines.all_inner_texts() == ["If you have a – Becomes a duck.", "No."]
        colours = [
            page.locator(css).first.evaluate("each => getComputedStyle(each).color") for css in (".words b", ".words")
        ]
        assert colours[0] != colours[1]
        lines.first.click()
        assert page.locator("article .body").first.is_visible()
        assert wrong == []


@pytest.mark.parametrize("theme", ["default", "classic"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_ring_of_the_slider_touches_no_text(
    browser: Browser, sites: dict[str, Path], width: int, theme: str
) -> None:
    with opened(browser, f"{(sites[theme] / SEED).as_uri()}?score=3", width=width) as (page, _):
        slider = threshold(page)
        slider.focus()
        page.keyboard.press("ArrowRight")
        reach = slider.evaluate("""each => {
            const { outlineStyle, outlineWidth, outlineOffset } = getComputedStyle(each)
            return outlineStyle === "none" ? NaN : parseFloat(outlineWidth) + parseFloat(outlineOffset)
        }""")
        left, top, right, bottom = box(slider)
        for text in (page.locator("output"), page.locator(".least"), page.locator(".gauge label > span").first):
            others = box(text)
            beside = others[0] >= right + reach or others[2] <= left - reach
            assert beside or others[1] >= bottom + reach - 1 or others[3] <= top - reach + 1


@pytest.mark.parametrize("url", [f"{THREADS}long.html?score=4", f"{THREADS}walk.html?score=3"])
def test_on_a_phone_the_number_of_the_post_is_on_the_line_of_the_slider(
    browser: Browser, walked: Served, url: str
) -> None:
    with opened(browser, walked.url + url, width=360) as (page, _):
        middles = [(top + bottom) / 2 for _, top, _, bottom in map(box, page.locator(".least, .steps > *").all())]
        assert max(middles) - min(middles) < 2


def on_paper(page: Page) -> str:
    """Give what is printed above the posts."""
    page.emulate_media(media="print")
    text: str = page.locator(".gauge output").evaluate("""each => {
        if (!each.checkVisibility()) return ""
        return getComputedStyle(each, "::before").content.replace(/^none$|"/g, "") + each.textContent
    }""")
    return text


def test_a_print_says_what_was_chosen(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}walk.html?score=3") as (page, _):
        assert on_paper(page) == "Printed as chosen on the screen: 3 full, 5 short, 1 hidden"
        for control in page.locator(".bar :is(label, button, select)").all():
            expect(control).to_be_hidden()
    with opened(browser, f"{walked.url}{THREADS}walk.html") as (page, _):
        assert on_paper(page) == "9\xa0posts"


def test_folded_replies_are_printed(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}walk.html") as (page, _):
        page.get_by_role("button", name="fold all").click()
        expect(page.locator("#c2 .body")).to_be_hidden()
        page.emulate_media(media="print")
        assert page.locator("#c2 .body").evaluate("each => each.checkVisibility()")


def test_in_classic_score_and_label_have_one_weight(browser: Browser, sites: dict[str, Path]) -> None:
    with opened(browser, (sites["classic"] / SEED).as_uri()) as (page, _):
        weights = page.locator(".s:has(+ .l)").evaluate_all("""all => all.map(score =>
            [score, score.nextElementSibling].map(each => getComputedStyle(each).fontWeight))""")
        assert weights
        assert all(score == label for score, label in weights)


def test_in_classic_a_hidden_post_leaves_no_line(browser: Browser, sites: dict[str, Path]) -> None:
    with opened(browser, f"{(sites['classic'] / SEED).as_uri()}?score=5") as (page, _):
        assert look(page)
        heights = page.locator("article[hidden]").evaluate_all("all => all.map(each => each.offsetHeight)")
        assert heights
        assert set(heights) == {0}
