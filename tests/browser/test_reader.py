"""The reader's script: threshold, filters, folding, as a reader uses them on a thread's page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Served
from tests.browser.test_pages import opened
from tests.browser.walk import THREADS, at, look, threshold

pytestmark = pytest.mark.browser


@pytest.fixture
def walk(browser: Browser, walked: Served) -> Iterator[Page]:
    with opened(browser, f"{walked.url}{THREADS}walk.html") as (page, wrong):
        yield page
        assert wrong == []


# Threshold and filters


@pytest.mark.parametrize(
    ("score", "full", "short"),
    [
        ("-1", [1, 2, 3, 4, 5, 6, 7, 8, 9], []),
        ("1", [1, 3, 4, 6, 7, 8], [2, 5, 9]),  # 2, 5 and 9 are up to two points below
        ("3", [1, 3, 8], [2, 4, 5, 6, 7]),  # 2 since 3 answers it, 5 since 6 does
        ("5", [1], [2, 3, 7, 8]),
    ],
)
def test_a_threshold_shortens_and_hides(walk: Page, score: str, full: list[int], short: list[int]) -> None:
    threshold(walk).fill(score)
    hidden = sorted({*range(1, 10)} - {*full, *short})
    assert look(walk) == {"full": full, "short": short, "hidden": hidden}
    counts = f"{len(full)} full, {len(short)} short, {len(hidden)} hidden" if short else "9 posts"
    expect(walk.locator("output")).to_have_text(counts)


def test_a_short_post_is_one_line_and_opens(walk: Page) -> None:
    threshold(walk).fill("3")
    post = walk.locator("#c2")
    line = post.get_by_role("button", name="And socks, of wool.")
    assert post.inner_text().split() == [
        *("Bob", ",", "answering", "Ann", "score", "0", "#", "▾", "1", "And", "socks,", "of", "wool.")
    ]
    assert post.bounding_box()["height"] < 40  # type: ignore[index]
    line.press("Enter")
    assert look(walk)["full"] == [1, 2, 3, 8]
    assert at(walk) == "c2"
    expect(walk.locator("output")).to_have_text("4 full, 4 short, 1 hidden")
    walk.keyboard.press("Enter")
    assert look(walk)["full"] == [1, 3, 8]
    walk.locator("#c4").click(position={"x": 200, "y": 10})
    assert look(walk)["full"] == [1, 3, 4, 8]
    walk.locator("#c2 h3 a").click()
    assert "/authors/" in walk.url


def test_where_nobody_has_a_score_there_is_no_threshold(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}plain.html?score=5") as (page, wrong):
        expect(threshold(page)).to_have_count(0)
        assert look(page)["full"] == [1, 2]
        expect(page.locator("output")).to_have_text("2 posts")
        assert wrong == []


def test_labels_and_authors_filter(walk: Page) -> None:
    label, by = (walk.get_by_role("combobox", name=f"Only posts {name}") for name in ("with the label", "by"))
    assert label.locator("option").all_inner_texts() == [
        *("any label", "Flamebait (1)", "Funny (2)", "Insightful (1)", "Troll (1)"),
    ]
    assert by.locator("option").all_inner_texts()[:3] == ["anyone", "Ann (2)", "Bob (2)"]
    label.select_option("Funny")
    assert look(walk) == {"full": [3, 8], "short": [1, 2, 7], "hidden": [4, 5, 6, 9]}
    by.select_option("Bob")
    assert look(walk) == {"full": [8], "short": [7], "hidden": [1, 2, 3, 4, 5, 6, 9]}
    label.select_option("")
    threshold(walk).fill("3")
    assert look(walk) == {"full": [8], "short": [7], "hidden": [1, 2, 3, 4, 5, 6, 9]}
    by.select_option("")
    assert look(walk)["full"] == [1, 3, 8]


def test_an_outline_has_every_post_in_one_line(browser: Browser, walked: Served) -> None:
    url = f"{walked.url}{THREADS}walk.html"
    with opened(browser, url) as (page, wrong):
        outline = page.get_by_role("button", name="outline")
        outline.click()
        assert look(page) == {"full": [], "short": [*range(1, 10)], "hidden": []}
        assert page.url == f"{url}?outline=1"
        threshold(page).fill("3")
        assert look(page) == {"full": [], "short": [*range(1, 9)], "hidden": [9]}
        page.get_by_role("button", name="And socks, of wool.").click()
        assert look(page)["full"] == [2]
        outline.click()
        assert look(page)["full"] == [1, 3, 8]
        assert page.url == f"{url}?score=3"
        assert wrong == []
    with opened(browser, f"{walked.url}{THREADS}plain.html?outline=1") as (page, _):
        expect(page.get_by_role("button", name="outline", pressed=True)).to_be_visible()
        assert look(page)["short"] == [1, 2]


def test_a_view_can_be_linked_and_is_remembered(browser: Browser, walked: Served) -> None:
    url = f"{walked.url}{THREADS}walk.html"
    with opened(browser, f"{url}#c3") as (page, _):
        threshold(page).fill("3")
        page.get_by_label("Only posts by").select_option("Bob")
        assert page.url == f"{url}?score=3&by=Bob#c3"
        view = look(page)
        page.goto("about:blank")
        page.goto(f"{url}?x=y")  # the score is remembered, an author is not
        assert look(page)["full"] == [1, 3, 8]
        threshold(page).fill("-1")
        assert page.url == f"{url}?x=y"
    with opened(browser, f"{url}?score=3&by=Bob") as (page, _):
        assert look(page) == view
    with opened(browser, f"{url}?score=77&label=No+such&by=") as (page, wrong):
        assert look(page)["hidden"] == []
        assert wrong == []


def test_an_address_that_names_a_hidden_post_shows_it(browser: Browser, walked: Served) -> None:
    url = f"{walked.url}{THREADS}walk.html"
    with opened(browser, f"{url}?score=5#c6") as (page, _):
        assert look(page)["full"] == [1, 6]
        expect(page.locator("#c6")).to_be_in_viewport()
        page.evaluate("location.hash = '#c9'")
        expect(page.locator("#c9 .body")).to_be_in_viewport()


def still(page: Page) -> float:
    """Give how far the page is scrolled, once it stands still: a slow machine lays out posts late."""
    before, now = -1.0, float(page.evaluate("scrollY"))
    while now != before:
        page.wait_for_timeout(200)
        before, now = now, float(page.evaluate("scrollY"))
    return now


def test_what_one_reads_stays_in_place(browser: Browser, walked: Served) -> None:
    with opened(browser, f"{walked.url}{THREADS}long.html") as (page, _):
        page.evaluate("document.querySelector('#c500').scrollIntoView()")
        page.wait_for_timeout(200)
        first = """() => {
            const edge = document.querySelector(".bar").getBoundingClientRect().bottom + 8
            const posts = [...document.querySelectorAll("article:not([hidden])")]
            return posts.find(post => post.getBoundingClientRect().bottom > edge).id
        }"""
        there = page.evaluate(first)
        threshold(page).fill("2")
        page.wait_for_timeout(200)
        assert 0 <= int(page.evaluate(first)[1:]) - int(there[1:]) < 4
        before = still(page)
        for control in page.locator(".bar :is(button, select, input):visible").all():
            control.focus()
        assert page.evaluate("scrollY") == before


def test_a_browser_that_keeps_nothing_is_no_fault(browser: Browser, walked: Served) -> None:
    context = browser.new_context()
    context.add_init_script("""Object.defineProperty(window, "localStorage", {
        get() { throw new DOMException("not here", "SecurityError") }
    })""")
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{walked.url}{THREADS}walk.html")
    threshold(page).fill("3")
    assert look(page)["full"] == [1, 3, 8]
    page.get_by_role("button", name="Colours").click()
    expect(page.locator("html")).to_have_attribute("data-scheme", "light")
    assert wrong == []
    context.close()


# Folding


def test_a_button_folds_a_branch(walk: Page) -> None:
    button = walk.get_by_role("button", name="Fold 3 replies")
    expect(button).to_have_attribute("aria-expanded", "true")
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "false")
    assert look(walk)["hidden"] == [2, 3, 4]
    button.click()
    assert look(walk)["hidden"] == []
    expect(walk.get_by_role("button", name="Fold 1 reply", exact=True)).to_have_count(3)


@pytest.mark.parametrize("width", [360, 1280])
def test_the_line_of_replies_folds_them(browser: Browser, walked: Served, width: int) -> None:
    """It is 24 px wide, and the text of the replies is no part of it."""
    with opened(browser, f"{walked.url}{THREADS}walk.html", width=width) as (page, _):
        for away, folded in ((2, False), (-2, True), (-23, True), (-26, False)):
            page.locator("#c4").scroll_into_view_if_needed()
            text = page.locator("#c4 .body p").bounding_box()
            assert text
            page.mouse.click(text["x"] + away, text["y"] + 5)
            assert (look(page)["hidden"] == [2, 3, 4]) == folded, away
            if folded:
                page.get_by_role("button", name="Fold 3 replies").click()


def test_all_is_folded_and_unfolded(walk: Page) -> None:
    walk.get_by_role("button", name="fold all").click()
    assert look(walk)["full"] == [1, 5, 7, 9]
    walk.get_by_role("button", name="unfold all").click()
    assert look(walk)["hidden"] == []


def test_the_focus_is_not_lost_in_a_fold(walk: Page) -> None:
    walk.locator("#c3 .u-url").focus()
    walk.get_by_role("button", name="fold all").dispatch_event("click")
    expect(walk.locator("#c1 .fold")).to_be_focused()


@pytest.mark.parametrize("prepare", ["fold", "threshold"])
def test_text_that_is_not_shown_is_found(browser: Browser, walked: Served, prepare: str) -> None:
    """By what the browser does for find-in-page, here asked for by links to a place and to words."""
    url = f"{walked.url}{THREADS}walk.html"
    with opened(browser, url) as (page, _):
        if prepare == "fold":
            page.get_by_role("button", name="fold all").click()
            assert (
                page.evaluate("document.querySelector('#c4').closest('[hidden]').getAttribute('hidden')")
                == "until-found"
            )
            page.evaluate("location.hash = '#c4'")
            expect(page.locator("#c1 .fold")).to_have_attribute("aria-expanded", "true")
        else:
            threshold(page).fill("5")
            assert page.locator("#c6").get_attribute("hidden") == "until-found"
            assert page.locator("#c3 .body").get_attribute("hidden") == "until-found"
            page.goto("about:blank")
            page.goto(f"{url}#:~:text=Ostriches")
            expect(page.locator("#c6 .body")).to_be_in_viewport()
