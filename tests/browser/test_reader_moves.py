"""The reader's script: moving by keys and buttons, what is new, previews and permalinks."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import opened
from tests.browser.walk import SHIFTS, THREADS, WALK, at, look, threshold, told
from tests.small import Said, built, news, write

pytestmark = pytest.mark.browser


@pytest.fixture
def walk(browser: Browser, walked: Served) -> Iterator[Page]:
    with opened(browser, f"{walked.url}{THREADS}walk.html") as (page, wrong):
        yield page
        assert wrong == []


# Moving


KEYS = {
    "j": 1,
    "j j j j": 4,
    "j j k": 1,
    "j j j p": 2,
    "j j n": 4,
    "j n": 5,
    "j j n b": 2,
    "j j b": 1,
    "j j j t": 5,
    "j t t t t": 9,
    "j k k": 1,
    "j f j": 5,  # over what is folded
    "j Control+j": 1,
    "j J": 1,
}


def test_keys_move_the_focus(walk: Page) -> None:
    for keys, expected in KEYS.items():
        walk.goto(walk.url)
        for key in keys.split():
            walk.keyboard.press(key)
        assert at(walk) == f"c{expected}", keys
        expect(walk.locator(f"#c{expected} header")).to_be_in_viewport()
        bar, post = (walk.locator(css).bounding_box() for css in (".bar", f"#c{expected}"))
        assert bar
        assert post
        assert post["y"] >= bar["y"] + bar["height"] - 1, keys


def test_moves_are_said(walk: Page) -> None:
    for key, words in (
        ("j", "post 1 of 9, by Ann"),
        ("j", "post 2 of 9, by Bob, answering Ann"),
        ("u", "no new posts on this page"),
        ("k", "post 1 of 9, by Ann"),
        ("k", "no previous post"),
        ("p", "no parent"),
        ("b", "no previous sibling"),
        *(("t", f"post {number} of 9") for number in (5, 7, 9)),
        ("t", "no next top-level post"),
        ("n", "no next sibling"),
        ("j", "no next post"),
    ):
        walk.keyboard.press(key)
        assert told(walk).startswith(words), key


def test_moves_pass_over_hidden_posts_and_start_where_one_reads(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}walk.html?score=5") as (page, _):
        for expected in (1, 2, 3, 7, 8):
            page.keyboard.press("j")
            assert at(page) == f"c{expected}"
    with opened(browser, f"{walked.url}{THREADS}long.html") as (page, _):
        page.keyboard.press("j")
        page.evaluate("document.querySelector('#c500').scrollIntoView()")
        page.wait_for_timeout(200)
        page.keyboard.press("j")
        assert abs(int(at(page)[1:]) - 500) < 3


def test_keys_do_nothing_in_fields_and_can_be_turned_off(walk: Page) -> None:
    walk.get_by_label("Only posts by").focus()
    walk.keyboard.press("j")
    assert at(walk) == ""
    threshold(walk).focus()
    walk.keyboard.press("?")
    dialog = walk.get_by_role("dialog", name="Reading with keys")
    expect(dialog).to_be_visible()
    rows = (
        "next post",
        "previous post",
        "next sibling",
        "previous sibling",
        "parent",
        "next top-level",
        "next new post",
    )
    for row in rows:
        expect(dialog.locator("dd").filter(has_text=row).first).to_be_visible()
    walk.keyboard.press("j")
    assert at(walk) == ""
    dialog.get_by_label("Keys are on").uncheck()
    walk.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    walk.keyboard.press("j")
    walk.reload()
    walk.keyboard.press("j")
    assert at(walk) == ""
    walk.get_by_role("button", name="More ways").click()
    walk.get_by_role("button", name="keys and help").click()
    dialog.get_by_label("Keys are on").check()
    dialog.get_by_role("button", name="Close").click()
    walk.keyboard.press("j")
    assert at(walk) == "c1"


def test_buttons_move_as_keys_do(walk: Page) -> None:
    bar = walk.locator(".bar")
    moves = (("next post", "1"), ("next post", "2"), ("next sibling", "4"), ("previous sibling", "2"))
    bar.get_by_role("button", name="More ways").click()
    for name, expected in (*moves, ("parent", "1"), ("next top-level post", "5"), ("previous post", "4")):
        bar.get_by_role("button", name=name, exact=True).click()
        assert at(walk) == f"c{expected}", name


def test_the_way_goes_on_to_the_next_page(browser: Browser, tmp_path: Path) -> None:
    write(tmp_path, {"content/walk.md": WALK, "threadpress.toml": "posts_per_page = 4\n"})
    built(tmp_path)
    with opened(browser, (tmp_path / f"output/{THREADS}walk.html").as_uri()) as (page, wrong):
        for _ in range(5):
            page.keyboard.press("j")
        expect(page.locator("a[rel=next]").last).to_be_focused()
        page.keyboard.press("Enter")
        page.wait_for_url("**/walk/2.html")
        expect(page.locator("output")).to_have_text("9 posts, page 2 of 3")
        threshold(page).fill("3")
        assert look(page) == {"full": [8], "short": [5, 6, 7], "hidden": []}
        threshold(page).fill("2")
        by = page.get_by_label("Only posts by")
        by.select_option("Bob")
        page.get_by_role("button", name="outline").click()
        assert look(page) == {"full": [], "short": [7, 8], "hidden": [5, 6]}
        page.get_by_role("link", name="Earlier posts").last.click()
        page.wait_for_url(lambda url: url.endswith("walk.html?score=2&by=Bob&outline=1"))
        assert look(page) == {"full": [], "short": [1, 2], "hidden": [3, 4]}
        page.get_by_role("link", name="3", exact=True).last.click()
        page.wait_for_url(lambda url: url.endswith("walk/3.html?score=2&by=Bob&outline=1"))
        assert look(page)["hidden"] == [9]
        expect(by).to_have_value("Bob")
        by.select_option("anyone")
        assert by.locator("option").all_inner_texts() == ["anyone", "Gus (1)", "Bob (0)"]
        page.get_by_role("link", name="Earlier posts").last.click()
        page.wait_for_url(lambda url: url.endswith("walk/2.html?score=2&outline=1"))
        assert wrong == []


def test_a_key_is_answered_at_once_on_a_long_page(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}long.html") as (page, wrong):
        times = page.evaluate("""() => [..."jjnttkbjjp"].map(key => {
            const start = performance.now()
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }))
            if (!document.activeElement.matches("article")) throw new Error(key)
            return performance.now() - start
        })""")
        assert statistics.median(times) < 50
        page.goto(f"{walked.url}{THREADS}long.html?score=3#c777")
        expect(page.locator("#c777 header")).to_be_in_viewport()
        assert wrong == []


# What is new


def test_posts_of_a_later_save_are_new(browser: Browser, tmp_path: Path) -> None:
    said = [Said(f"Number {n} speaks.", f"Subject {n}", f"Author {n}", str(n)) for n in range(1, 5)]
    write(tmp_path, {"content/1.txt": news("1", *said[:2])})
    built(tmp_path)
    with opened(browser, (tmp_path / "output/threads/slashdot/1.html").as_uri()) as (page, _):
        expect(page.locator(".new")).to_have_count(0)
        write(tmp_path, {"content/1.2.txt": news("1", said[0], said[2], said[1], said[3])})
        built(tmp_path)
        page.goto(page.url)
        expect(page.locator("article:has(.new) h3")).to_have_text(["Author 3", "Author 4"])
        page.keyboard.press("u")
        assert told(page) == "post 2 of 4, by Author 3"
        page.get_by_role("button", name="2 new").click()
        assert told(page) == "post 4 of 4, by Author 4"
        page.keyboard.press("u")
        assert told(page) == "post 2 of 4, by Author 3"
        page.reload()
        expect(page.locator(".new")).to_have_count(2)
        page.goto(page.url)
        expect(page.locator(".new")).to_have_count(0)


# Previews and permalinks


def test_the_parent_is_previewed(walk: Page) -> None:
    walk.set_viewport_size({"width": 1280, "height": 420})
    walk.evaluate("document.querySelector('#c3 .to').scrollIntoView({ block: 'end' })")
    walk.evaluate("scrollBy(0, document.querySelector('#c2').getBoundingClientRect().top - 20)")
    walk.evaluate(SHIFTS)
    link = walk.locator("#c3 .to")
    preview = walk.locator(".peek")
    link.hover()
    expect(preview).to_contain_text("And socks, of wool.")
    expect(preview).to_be_in_viewport()
    preview.hover()
    walk.wait_for_timeout(300)
    expect(preview).to_be_visible()
    walk.mouse.move(5, 5)
    expect(preview).to_have_count(0)
    walk.locator("#c3 h3 a").focus()
    walk.keyboard.press("Tab")
    expect(preview).to_contain_text("And socks")
    assert walk.locator(".peek a, .peek button").count() == 0
    walk.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    expect(link).to_be_focused()
    assert walk.evaluate("shifts") == []


def test_a_parent_that_can_be_seen_is_not_previewed(walk: Page) -> None:
    expect(walk.locator("#c2")).to_be_in_viewport(ratio=1)
    walk.locator("#c3 .to").hover()
    walk.wait_for_timeout(400)
    expect(walk.locator(".peek")).to_have_count(0)
    walk.locator("#c3 h3 a").focus()
    walk.keyboard.press("Tab")
    expect(walk.locator("#c3 .to")).to_be_focused()
    expect(walk.locator(".peek")).to_have_count(0)
    walk.mouse.move(5, 5)
    threshold(walk).fill("3")  # of a post in one line most can't be seen
    walk.locator("#c3 .to").hover()
    expect(walk.locator(".peek")).to_contain_text("And socks, of wool.")


def test_a_finger_gets_no_preview(browser: Browser, walked: Served) -> None:
    context = browser.new_context(has_touch=True)
    page = context.new_page()
    page.goto(f"{walked.url}{THREADS}walk.html")
    page.locator("#c3 .to").tap()
    page.wait_for_timeout(400)
    expect(page.locator(".peek")).to_have_count(0)
    assert page.url.endswith("#c2")
    context.close()


def test_a_permalink_is_copied(browser: Browser, walked: Served) -> None:
    context: BrowserContext = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{walked.url}{THREADS}walk.html?score=2")
    page.locator("#c3 .u-url").click()
    expect(page.get_by_text("copied", exact=True).first).to_be_visible()
    assert told(page) == "copied"
    assert page.evaluate("navigator.clipboard.readText()") == f"{walked.url}{THREADS}walk.html#c3"
    assert page.url == f"{walked.url}{THREADS}walk.html?score=2#c3"
    expect(page.locator(".copied")).to_have_count(0, timeout=4000)
    context.close()
