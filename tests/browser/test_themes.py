"""The other themes in a browser, page by page in samples: accessible, valid, narrow enough; and all without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.conftest import THEMES, Served
from tests.browser.test_pages import LOOKS, SOME_LOOKS, Scheme, axe_faults, opened, path_of, vnu_faults

pytestmark = pytest.mark.browser

OTHERS = tuple(theme for theme in THEMES if theme != "default")
SEED = "threads/slashdot/0179799118.html"
SAMPLE = (
    SEED,
    "threads/notes/deep.html",
    "index.html",
    "stats.html",
    "authors/index.html",
    "authors/notes/author-1.html",
)
REST = ("dates/index.html", "dates/2025/10.html", "tags/index.html", "about.html", "404.html")


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [(name, *(LOOKS[3] if number % 2 else LOOKS[0])) for number, name in enumerate((*SAMPLE, SEED))],
)
@pytest.mark.parametrize("theme", OTHERS)
def test_other_themes_are_accessible(
    browser: Browser, sites: dict[str, Path], theme: str, name: str, scheme: Scheme, width: int
) -> None:
    with opened(browser, (sites[theme] / name).as_uri(), width=width, scheme=scheme, csp=False) as (page, _):
        assert axe_faults(page, (scheme, width)) == ""


@pytest.mark.parametrize("theme", OTHERS)
def test_other_themes_are_quiet_and_fit(browser: Browser, sites: dict[str, Path], theme: str) -> None:
    for name in SAMPLE + REST:
        with opened(browser, (sites[theme] / name).as_uri(), width=320) as (page, wrong):
            # 404.html names its files from the root of the host, which a disk does not have.
            assert wrong == [] or name == "404.html"
            assert page.evaluate("document.scrollingElement.scrollWidth") <= 320, name


def test_the_markup_is_valid_in_all_themes(served: Served, sites: dict[str, Path]) -> None:
    """One run for all: Java takes longer to start than to read."""
    assert vnu_faults(served.output, *(sites[theme] for theme in OTHERS)) == ""


@pytest.mark.parametrize("name", [SEED, "the author with most posts", "index.html"])
def test_pages_are_accessible_when_scripts_do_not_come(browser: Browser, served: Served, name: str) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    context = browser.new_context(bypass_csp=True)
    try:
        page = context.new_page()
        page.route(re.compile(r"\.js$"), refuse)
        page.goto(served.url + path_of(name, served))
        assert axe_faults(page, *SOME_LOOKS) == ""
    finally:
        context.close()
