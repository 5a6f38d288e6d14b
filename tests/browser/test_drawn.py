"""What is drawn, in a browser: the map of a thread, charts, and pages on paper."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Served
from tests.browser.test_pages import axe_faults, opened

pytestmark = pytest.mark.browser

SEED = "threads/slashdot/0179799118.html"
DEEP = "threads/notes/deep.html"


def test_the_map_stands_beside_the_text_and_moves_nothing(browser: Browser, served: Served) -> None:
    place = "document.querySelector('main').getBoundingClientRect().toJSON()"
    with opened(browser, served.url + SEED) as (page, _):
        drawing, text = page.locator(".map svg").bounding_box(), page.locator("main").bounding_box()
        assert drawing
        assert text
        assert drawing["x"] >= text["x"] + text["width"]
        assert drawing["x"] + drawing["width"] <= 1280
        with_map = page.evaluate(place)
        page.evaluate("document.querySelector('.map').remove()")
        assert page.evaluate(place) == with_map


def test_a_click_on_a_mark_goes_to_its_post_and_the_map_comes_along(browser: Browser, served: Served) -> None:
    with opened(browser, served.url + SEED) as (page, wrong):
        mark = page.locator(".map svg a").nth(20)
        target = str(mark.get_attribute("href"))
        mark.click()
        assert page.url.endswith(target)
        assert page.locator(f'article[id="{target[1:]}"]').bounding_box()["y"] < 800  # type: ignore[index]
        assert page.evaluate("scrollY") > 800
        last = page.locator(".map svg a").last
        assert 0 <= last.bounding_box()["y"] <= 800  # type: ignore[index]
        assert wrong == []


def test_a_narrow_page_has_the_map_behind_a_line(browser: Browser, served: Served) -> None:
    with opened(browser, served.url + SEED, width=360, scripts=False) as (page, _):
        drawing = page.locator(".map svg")
        assert not drawing.is_visible()
        page.get_by_text("Map of the thread").click()
        assert drawing.is_visible()
        assert page.locator(".map svg a").count() == 29
        page.locator(".map svg a").nth(3).click()
        assert "#c" in page.url


@pytest.mark.parametrize("name", [SEED, DEEP])
def test_axe_finds_no_fault_with_an_open_map(browser: Browser, served: Served, name: str) -> None:
    with opened(browser, served.url + name, width=320, csp=False) as (page, _):
        page.get_by_text("Map of the thread").click()
        assert axe_faults(page, ("light", 320), ("dark", 320)) == ""


def test_no_mark_is_a_stop_for_the_tab_key(browser: Browser, served: Served) -> None:
    """The posts are, and there may be a thousand of them."""
    with opened(browser, served.url + SEED) as (page, _):
        seen = set()
        for _ in range(20):
            page.keyboard.press("Tab")
            seen.add(
                page.evaluate("document.activeElement.closest('.map svg') ? 'mark' : document.activeElement.localName")
            )
        assert "a" in seen
        assert "mark" not in seen


def test_a_thousand_posts_fit_the_window(browser: Browser, served: Served) -> None:
    with opened(browser, served.url + SEED) as (page, _):
        height = page.evaluate("""() => {
            const drawing = document.querySelector(".map svg"), marks = drawing.innerHTML
            drawing.innerHTML = marks.repeat(35)
            drawing.setAttribute("viewBox", "0 0 24 1015")
            drawing.setAttribute("height", 6090)
            return drawing.getBoundingClientRect().height
        }""")
        assert 500 < height < 800


def test_paper_holds_the_text_and_nothing_to_click_on(browser: Browser, served: Served) -> None:
    with opened(browser, served.url + SEED, scheme="dark") as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        for gone in (".map", "header.site nav", ".skip", ".u-url >> nth=0", ".turns >> nth=0", "footer.site"):
            assert not page.locator(gone).is_visible(), gone
        for kept in ("h1", ".story", "article h3 >> nth=0", ".s >> nth=0", ".l >> nth=0", ".made"):
            assert page.locator(kept).is_visible(), kept
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert "serif" in page.evaluate("getComputedStyle(document.querySelector('.body')).fontFamily")
    with opened(browser, served.url + DEEP) as (page, _):
        page.emulate_media(media="print")
        spelled = "getComputedStyle(document.querySelector('.meta a[rel~=nofollow]'), '::after').content"
        assert "https://example.org/deep" in page.evaluate(spelled)
        assert page.pdf(format="A5").startswith(b"%PDF")


def test_every_chart_says_in_words_or_in_a_table_what_it_shows(browser: Browser, served: Served) -> None:
    with opened(browser, served.url + "stats.html") as (page, _):
        charts = page.evaluate("""() => [...document.querySelectorAll("main svg")].map(drawing => [
            drawing.getAttribute("role") === "img" && !!drawing.getAttribute("aria-label"),
            drawing.getAttribute("aria-hidden") === "true" && !!drawing.closest("td").textContent.trim()])""")
        assert len(charts) > 10
        assert all(said != shown for said, shown in charts)
        assert page.locator(".columns").is_visible()
        month = page.locator("details a").first
        assert not month.is_visible()
        page.get_by_text("Month by month").click()
        month.click()
        assert "/dates/" in page.url


def test_axe_finds_no_fault_with_charts(browser: Browser, served: Served) -> None:
    """Nor with the page of an author of many posts."""
    counts = {path: path.read_text("utf-8").count('class="place"') for path in served.output.glob("authors/*/*.html")}
    author = max((path for path in counts if 'class="columns"' in path.read_text("utf-8")), key=counts.__getitem__)
    for name in ("stats.html", author.relative_to(served.output).as_posix()):
        with opened(browser, served.url + name, width=320, csp=False) as (page, _):
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            assert axe_faults(page, ("light", 320), ("dark", 320)) == ""
            assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
