"""The reader's script: colours, the map, authors; without script, from disk, and for everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from generator import config
from generator.engine.build import build
from tests.browser.conftest import Served
from tests.browser.firefox import Firefox
from tests.browser.test_pages import SOME_LOOKS, axe_faults, opened
from tests.browser.walk import SHIFTS, THREADS, at, look, threshold
from tests.small import news, write

pytestmark = pytest.mark.browser


# Colours, the map, authors


def test_the_colours_are_the_readers_choice_on_every_page(browser: Browser, walked: Served) -> None:
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light, dark = "rgb(251, 250, 247)", "rgb(22, 22, 20)"
    with opened(browser, f"{walked.url}index.html", scheme="light", fresh=True) as (page, wrong):
        button = page.get_by_role("button", name="Colours")
        for name, colour in (
            ("light", light),
            ("dark", dark),
            ("as the system", light),
            ("light", light),
            ("dark", dark),
        ):
            button.click()
            assert button.get_attribute("aria-label") == f"Colours: {name}"
            assert page.evaluate(paper) == colour
        page.add_init_script(f"requestAnimationFrame(() => {{ window.first = {paper} }})")
        page.goto(f"{walked.url}about.html")
        assert page.evaluate("first") == dark
        shown = "[...document.querySelectorAll('meta[name=theme-color]')].find(each => matchMedia(each.media).matches)"
        assert page.evaluate(f"{shown}.content") == "#161614"
        page.emulate_media(color_scheme="dark")
        page.get_by_role("button", name="Colours").click()
        assert page.evaluate(paper) == dark
        assert wrong == []


OVERLAPS = """() => {
  const all = [...document.querySelectorAll("header.site :is(a, button)")];
  const boxes = all.map((each) => each.getBoundingClientRect());
  return all.flatMap((one, first) => all.slice(first + 1).filter((_, after) => {
    const [a, b] = [boxes[first], boxes[first + 1 + after]];
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  }).map((other) => `${one.textContent} and ${other.textContent} at ${innerWidth}`));
}"""


@pytest.mark.parametrize("theme", ["default", "classic"])
@pytest.mark.parametrize("title", ["Threads", "What was said about the weather on the coast"])
def test_nothing_lies_upon_anything_in_the_head_of_a_page(
    browser: Browser, tmp_path: Path, theme: str, title: str
) -> None:
    """Whatever the width: names are short and long, and tags make one way more."""
    settings = f'theme = "{theme}"\ntitle = "{title}"\n[tags]\nrain = ["rain"]\n'
    write(tmp_path, {"threadpress.toml": settings, "content/101.txt": news()})
    build(config.load(tmp_path)[0], tmp_path)
    with opened(browser, (tmp_path / "output/index.html").as_uri()) as (page, _):
        page.get_by_role("button", name="Colours").wait_for()
        for width in range(320, 760, 20):
            page.set_viewport_size({"width": width, "height": 300})
            assert page.evaluate(OVERLAPS) == []


def test_bar_and_map_say_where_one_is(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}long.html#c300") as (page, wrong):
        mark = page.locator("nav.map a[aria-current=true]")
        expect(mark).to_have_attribute("href", "#c300")
        place = page.get_by_title("Where you are on this page")
        expect(place).to_have_text("300/1000")
        high = mark.locator("path").evaluate("each => parseFloat(getComputedStyle(each).strokeWidth)")
        assert high >= 3, "of a thousand marks one is thinner than a pixel"
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(mark).to_have_attribute("href", f"#{at(page)}")
        assert at(page) == "c301"
        expect(place).to_have_text("301/1000")
        page.goto(f"{walked.url}{THREADS}walk.html")
        expect(place).to_have_text("1/9")
        assert wrong == []


def test_an_authors_posts_are_sorted_and_filtered(browser: Browser, walked: Served) -> None:
    (ann,) = (walked.output / "authors/slashdot").glob("ann*.html")
    with opened(browser, f"{walked.url}authors/slashdot/{ann.name}") as (page, wrong):

        def excerpts() -> list[str]:
            return page.locator(".wrote .excerpt:visible").all_inner_texts()

        assert excerpts() == ["Boots came early", "Shoes are late", "Rain"]
        order = page.get_by_label("Order of the threads")
        order.select_option("oldest first")
        assert excerpts() == ["Shoes are late", "Rain", "Boots came early"]
        order.select_option("best score first")
        assert excerpts() == ["Rain", "Shoes are late", "Boots came early"]
        order.select_option("newest first")
        page.get_by_label("Only posts with the words").fill("LATE shoes")
        assert excerpts() == ["Shoes are late"]
        expect(page.locator("output")).to_have_text("1 of 3 posts")
        expect(page.locator(".wrote:visible")).to_have_count(1)
        page.get_by_label("Only posts with the words").fill("")
        page.get_by_label("Only posts with the label").select_option("Funny")
        assert excerpts() == ["Shoes are late"]
        assert wrong == []


# Without script, from disk, for everybody


def test_without_script_everything_is_shown_and_nothing_is_offered(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}walk.html?score=5", scripts=False) as (page, _):
        for number in range(1, 10):
            assert page.locator(f"#c{number} .body").is_visible()
        assert page.locator("button:visible, input:visible, select:visible").count() == 0
        assert page.locator("h2#posts").is_visible()


def test_it_works_from_disk(browser: Browser, walked: Served) -> None:
    url = (walked.output / f"{THREADS}walk.html").as_uri()
    with opened(browser, f"{url}#c1") as (page, wrong):
        threshold(page).fill("3")
        assert page.url == f"{url}?score=3#c1"
        page.wait_for_load_state("networkidle")
        page.reload()
        assert look(page)["full"] == [1, 3, 8]
        assert wrong == []


def test_it_works_from_disk_in_firefox(walked: Served, firefox: Firefox) -> None:
    url = (walked.output / f"{THREADS}walk.html").as_uri()
    firefox.goto(f"{url}?score=3#c9")
    found = firefox.evaluate("""async () => {
        const press = key => document.activeElement.dispatchEvent(
            new KeyboardEvent("keydown", { key, bubbles: true }))
        await new Promise(done => setTimeout(done, 300))
        const found = { counts: document.querySelector("output").textContent }
        found.shown = !document.querySelector("#c9").hidden
        const range = document.querySelector("input[type=range]")
        range.value = 5
        range.dispatchEvent(new Event("input"))
        range.dispatchEvent(new Event("change"))
        document.querySelector("#c1 .fold").click()
        found.folded = document.querySelector("#c1").nextElementSibling.getAttribute("hidden")
        scrollTo(0, 0)
        press("j")
        press("j")
        return { ...found, at: document.activeElement.id, search: location.search }
    }""")
    assert found == {
        "counts": "4 full, 5 short, 0 hidden",
        "shown": True,
        "folded": "until-found",
        "at": "c7",
        "search": "?score=5",
    }


@pytest.mark.parametrize("name", ["walk.html", "walk.html?score=3", "long.html#c700", "long.html?score=3#c700"])
@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_while_a_page_loads(browser: Browser, walked: Served, name: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.add_init_script(SHIFTS)
    page.goto(f"{walked.url}{THREADS}{name}")
    page.wait_for_timeout(300)
    assert sum(page.evaluate("shifts")) == 0
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    context.close()


def test_axe_finds_no_fault_in_any_state(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}walk.html?score=3", csp=False) as (page, _):
        page.get_by_role("button", name="More ways").click()
        page.get_by_role("button", name="Fold 3 replies").click()
        for scheme, width in SOME_LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            page.locator("#c8 h3 a").focus()
            # What this scrolls is told with the next frame, and closes previews.
            page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.keyboard.press("Tab")
            expect(page.locator(".peek")).to_be_visible()
            assert axe_faults(page, (scheme, width)) == ""
            small = page.locator("button:visible, select:visible, input:visible").evaluate_all(
                "all => all.filter(each => Math.min(each.offsetWidth, each.offsetHeight) < 24)"
                ".map(each => each.outerHTML)"
            )
            assert small == []
            assert page.locator("article h3 a").first.bounding_box()["height"] >= 24  # type: ignore[index]
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width
        page.keyboard.press("Escape")
        page.get_by_role("button", name="outline").click()
        assert axe_faults(page, *SOME_LOOKS) == ""
        page.keyboard.press("?")
        assert axe_faults(page, *SOME_LOOKS) == ""
