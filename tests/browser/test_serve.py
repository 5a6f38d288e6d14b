"""Pages of `threadpress serve` in a real browser: they follow what happens to the files, each in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import AXE, need
from tests.serving import Serving, serving
from tests.small import Said, news, write

pytestmark = pytest.mark.browser

THREAD = "threads/slashdot/101.html"
OTHER = "threads/slashdot/102.html"
SAVE = "content/101.txt"
STYLE = "themes/default/static/tokens.css"
LONG = " ".join(["It rains and rains, and nobody knows why."] * 12)
FILES = {
    SAVE: news("101", *(Said(f"Post number {number}. {LONG}", f"Day {number}") for number in range(60))),
    "content/102.txt": news("102", Said("Another thread", "Boo"), title="Sun expected"),
}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", FILES)


@pytest.fixture
def server(site: Path) -> Iterator[Serving]:
    with serving(site) as running:
        yield running.built()


@pytest.fixture
def window(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 900, "height": 700})
    context.set_default_timeout(20_000)
    yield context
    context.close()


def opened(window: BrowserContext) -> Page:
    """Open an empty page in a window of its own, since tabs behind another crash now and then when they load again.

    Playwright lets each page believe that it has the focus. Chromium (seen in 156) takes that belief from a page that
    is loaded again, and sometimes too late, when its document has gone already: a null pointer in the renderer,
    whatever the page holds. It takes nothing from a page that has the focus anyway, as each headless window has.
    """
    if not window.pages:
        return window.new_page()
    with window.expect_page() as new:
        window.pages[0].evaluate("() => { open('about:blank', '_blank', 'popup, noopener') }")
    return new.value


def show(window: BrowserContext, server: Serving, path: str) -> Page:
    """Open a page in a new window and mark it: the mark is gone once it is loaded again."""
    page = opened(window)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(server.url + path)
    page.evaluate("window.mark = 1")
    assert errors == []
    return page


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.mark === 1"))


def edit(site: Path, path: str, old: str, new: str) -> None:
    text = (site / path).read_text(encoding="utf-8")
    assert old in text
    (site / path).write_text(text.replace(old, new), encoding="utf-8")


def top(page: Page, words: str) -> float:
    """How far a post is from the top of the window."""
    found: float = page.locator("article", has_text=words).first.evaluate("post => post.getBoundingClientRect().top")
    return found


def alert(page: Page) -> Any:
    return page.get_by_role("alert")


def settled(page: Page) -> None:
    """Wait until the reader's place was found again; `wait_for_function` needs `eval`, which the policy forbids."""
    for _ in range(500):
        if page.evaluate("history.scrollRestoration") == "auto":
            return
        page.wait_for_timeout(20)
    pytest.fail("the place was never found again")


def test_a_changed_page_comes_anew_and_the_post_one_reads_stays(
    window: BrowserContext, server: Serving, site: Path
) -> None:
    page, other = show(window, server, THREAD), show(window, server, OTHER)
    page.locator("article", has_text="Post number 30.").first.evaluate("post => post.scrollIntoView()")
    page.mouse.wheel(0, 37)
    page.wait_for_function("before => scrollY !== before", arg=page.evaluate("scrollY") - 37)
    page.wait_for_timeout(300)
    before, pixels = top(page, "Post number 30."), page.evaluate("scrollY")
    edit(site, SAVE, "Post number 3. ", f"Post number 3, now longer. {LONG * 3}\n\n")
    expect(page.get_by_text("Post number 3, now longer.")).to_have_count(1)
    settled(page)
    assert top(page, "Post number 30.") == pytest.approx(before, abs=2)
    assert abs(page.evaluate("scrollY") - pixels) > 100
    assert not is_marked(page)
    server.wait(SAVE)
    other.wait_for_timeout(200)
    assert is_marked(other)


def test_where_the_post_one_reads_is_removed_the_next_one_stays(
    window: BrowserContext, server: Serving, site: Path
) -> None:
    page = show(window, server, THREAD)
    page.locator("article", has_text="Post number 30.").first.evaluate("post => post.scrollIntoView()")
    before = top(page, "Post number 31.")
    posts = [Said(f"Post number {number}. {LONG}", f"Day {number}") for number in range(60) if number != 30]
    write(site, {SAVE: news("101", *posts)})
    expect(page.get_by_text("Post number 30.")).to_have_count(0)
    settled(page)
    assert top(page, "Post number 31.") == pytest.approx(before, abs=2)


def test_problems_are_shown_over_the_page_until_they_are_mended(
    window: BrowserContext, server: Serving, site: Path
) -> None:
    page, opened_before = show(window, server, THREAD), show(window, server, OTHER)
    expect(alert(page)).to_be_empty()
    edit(site, "content/102.txt", "(Score:1)", "(Score:many)")
    expect(alert(page)).to_contain_text("content/102.txt:9")
    expect(alert(page)).to_contain_text("many")
    expect(alert(opened_before)).to_contain_text("The site can’t be built: 1 problem")
    opened_later = show(window, server, "index.html")
    expect(alert(opened_later)).to_contain_text("content/102.txt:9")
    expect(page.get_by_text("Post number 1.")).to_have_count(1)
    assert is_marked(page)
    page.keyboard.press("Escape")
    expect(alert(page)).to_contain_text("content/102.txt:9")
    page.get_by_role("button", name="Hide").click()
    expect(alert(page)).to_be_empty()
    edit(site, SAVE, "by Ann ( 7 )\n\nPost number 5.", "by\n\nPost number 5.")
    edit(site, "content/102.txt", "(Score:many)", "(Score:few)")
    expect(alert(page)).to_contain_text("few")
    edit(site, SAVE, "by\n\nPost number 5.", "by Ann ( 7 )\n\nPost number 5.")
    edit(site, "content/102.txt", "(Score:few)", "(Score:1)")
    for each in (page, opened_before, opened_later):
        expect(alert(each)).to_be_empty()
        assert is_marked(each)


def test_a_new_style_sheet_is_swapped_and_no_page_is_loaded_again(
    window: BrowserContext, server: Serving, site: Path
) -> None:
    pages = [show(window, server, path) for path in (THREAD, "index.html", "nothing/here.html")]
    for colour in ("rgb(1, 35, 69)", "rgb(69, 35, 1)"):
        write(site, {STYLE: f":root {{ --paper: {colour} }}"})
        for page in pages:
            expect(page.locator("html")).to_have_css("background-color", colour)
            expect(page.locator("link[rel=stylesheet]")).to_have_count(1)
            assert is_marked(page)
    edit(site, SAVE, "Post number 1.", "Post number one.")
    expect(pages[0].get_by_text("Post number one.")).to_have_count(1)
    expect(pages[0].locator("html")).to_have_css("background-color", colour)
    assert is_marked(pages[2])


def test_ten_pages_follow_and_one_more_that_sleeps(window: BrowserContext, server: Serving, site: Path) -> None:
    pages = [show(window, server, THREAD) for _ in range(10)]
    sleeper = show(window, server, THREAD)
    session = window.new_cdp_session(sleeper)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    for number in (1, 2):
        edit(site, SAVE, f"Post number {number}.", f"Post changed {number}.")
        for page in pages:
            expect(page.get_by_text(f"Post changed {number}.")).to_have_count(1)
    session.send("Page.setWebLifecycleState", {"state": "active"})
    expect(sleeper.get_by_text("Post changed 2.")).to_have_count(1)


def test_a_page_one_comes_back_to_is_new(window: BrowserContext, server: Serving, site: Path) -> None:
    page = show(window, server, THREAD)
    page.goto(server.url + OTHER)
    edit(site, SAVE, "Post number 1.", "Post changed 1.")
    server.wait(SAVE)
    page.go_back()
    expect(page.get_by_text("Post changed 1.")).to_have_count(1)


def test_after_a_restart_pages_come_back_by_themselves(window: BrowserContext, site: Path) -> None:
    with serving(site) as first:
        first.built()
        changed, styled, same = (show(window, first, path) for path in (THREAD, OTHER, OTHER))
        assert first.end() == 130
    edit(site, SAVE, "Post number 1.", "Post changed meanwhile.")
    with serving(site, "--port", str(first.port)) as second:
        second.built()
        expect(changed.get_by_text("Post changed meanwhile.")).to_have_count(1)
        write(site, {STYLE: ":root { --paper: rgb(1, 35, 69) }"})
        for page in (changed, styled, same):
            expect(page.locator("html")).to_have_css("background-color", "rgb(1, 35, 69)")
        assert is_marked(styled)
        assert is_marked(same)


def test_a_site_that_could_not_be_built_comes_by_itself(window: BrowserContext, tmp_path: Path) -> None:
    site = write(tmp_path, {SAVE: "Dear diary"})
    with serving(site) as server:
        page = show(window, server.built(), "")
        expect(page.get_by_role("heading", name="No site yet")).to_be_visible()
        expect(alert(page)).to_contain_text(SAVE)
        write(site, FILES)
        expect(page.get_by_role("link", name="Rain expected")).to_be_visible()
        expect(alert(page)).to_be_empty()


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A site that was built and then got nine saves that can't be read."""
    site = write(tmp_path_factory.mktemp("broken"), FILES)
    with serving(site) as server:
        server.built()
        write(site, {f"content/{'very-long-name-' * 9}{number}.txt": f"Dear diary {number}" for number in range(9)})
        server.wait("9 errors")
        yield server


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_everybody_can_read_what_is_wrong(browser: Browser, broken: Serving, width: int, scheme: Any) -> None:
    script = need(AXE, "npm install").read_text(encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 700}, color_scheme=scheme, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(broken.url + THREAD)
    expect(alert(page)).to_contain_text("9 problems")
    page.evaluate(script)
    found = page.evaluate("axe.run('#threadpress-problems').then(run => run.violations.map(each => each.id))")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator("#threadpress-problems section").bounding_box()
    assert box
    assert re.fullmatch(r"True True", f"{box['height'] <= 0.6 * 700 + 1} {box['width'] <= width}")
    context.close()
