"""The other themes in a browser, page by page in samples: accessible, valid, narrow enough; and all without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route

from tests.browser.conftest import THEMES, Served, deep_thread
from tests.browser.test_pages import LOOKS, SOME_LOOKS, Scheme, axe_faults, opened, path_of, vnu_faults
from tests.small import built, write

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


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><path d="M0 0h4v1z" fill="#888"/></svg>'
LOOK_OF_A_SITE = {
    "one colour, long lines": 'accent = "#7a1f5c"\nlogo = "logo.svg"\nfooter = "https://example.org/a"\nwidth = 100\n',
    "two colours, just readable, and a short line": 'accent = ["#09776d", "#00a093"]\nlogo = "logo.svg"\nwidth = 40\n',
    "black": 'accent = "#000000"\nfooter = "Ours"\n',
}


FIRST, SECOND, THIRD = LOOK_OF_A_SITE


@pytest.mark.parametrize(
    ("theme", "look"),
    [
        ("default", FIRST),
        ("classic", SECOND),
        *(
            pytest.param(*case, marks=pytest.mark.long)
            for case in (("default", SECOND), ("default", THIRD), ("classic", FIRST), ("classic", THIRD))
        ),
    ],
)
def test_options_leave_pages_accessible_and_narrow_enough(
    browser: Browser, tmp_path: Path, theme: str, look: str
) -> None:
    options = LOOK_OF_A_SITE[look]
    if theme == "classic":
        options = "".join(line for line in options.splitlines(keepends=True) if not line.startswith("width"))
    files = {"content/deep.md": deep_thread(), "logo.svg": LOGO}
    built(write(tmp_path, {**files, "threadpress.toml": f'theme = "{theme}"\n[theme_options]\n{options}'}))
    for name in ("threads/notes/deep.html", "index.html"):
        address = (tmp_path / "output" / name).as_uri()
        with opened(browser, address, csp=False) as (page, _):
            assert axe_faults(page, *SOME_LOOKS) == ""
        for width in (320, 1100, 1280) if theme == "default" else (320, 1280):
            with opened(browser, address, width=width) as (page, wrong):
                assert wrong == []
                assert page.evaluate("document.scrollingElement.scrollWidth") <= width
                if "logo" in options:
                    assert page.evaluate("document.querySelector('.home img').naturalWidth") > 0


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
