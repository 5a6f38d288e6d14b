"""Pages of every kind in a browser: accessible, narrow enough, quiet, and whole from disk and without scripts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.browser.conftest import AXE, VNU, Served, need
from tests.small import LONG

pytestmark = pytest.mark.browser

MISSING = "some/folder/not-there.html"
"""What a visitor with an old link asks for; the answer is 404.html."""
PAGES = (
    "index.html",
    "threads/slashdot/0179799118.html",
    "threads/notes/deep.html",
    "the author with most posts",
    "authors/index.html",
    "dates/index.html",
    "dates/2025.html",
    "dates/2025/10.html",
    "tags/index.html",
    "tags/depth.html",
    "stats.html",
    "about.html",
    MISSING,
)
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
LOOK = """() => ['html', 'body', 'h1', 'a'].map(name => {
    const look = getComputedStyle(document.querySelector(name))
    return [look.backgroundColor, look.color, look.fontFamily, look.fontSize, look.lineHeight, look.display].join('; ')
})"""

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[Scheme, int], ...] = (("light", 320), ("dark", 320), ("light", 1280), ("dark", 1280))
SOME_LOOKS = LOOKS if LONG else (LOOKS[0], LOOKS[3])
"""Each scheme and each width once; all pairs only where the long forms run: axe takes half a second for a page."""


def path_of(name: str, served: Served) -> str:
    """Turn an entry of PAGES into a path of the site."""
    if name == "the author with most posts":
        listed = (served.output / "authors/index.html").read_text(encoding="utf-8")
        first = re.search(r'<th scope="row"><a href="\.\./(authors/[^"#]+\.html)"', listed)
        assert first, "nobody is listed"
        name = first[1]
    assert name == MISSING or (served.output / name).is_file(), f"{name} was not built"
    return name


FREE: dict[tuple[Browser, bool, bool], list[Page]] = {}
"""Pages that nobody looks at, by browser, whether scripts run, and whether the policy counts: a new page costs as much
as most tests do."""


@contextmanager
def opened(
    browser: Browser,
    url: str,
    *,
    width: int = 1280,
    scheme: Scheme = "light",
    scripts: bool = True,
    csp: bool = True,
    fresh: bool = False,
    **wishes: Any,
) -> Iterator[tuple[Page, list[str]]]:
    """Open a page; the list holds everything that went wrong, as it happens.

    Nothing is left of what the last test did with the browser, but files it loaded may be in the cache, unless the page
    is to be `fresh`: then it is nobody's afterwards either. `wishes` are what `Page.emulate_media` takes.
    """
    free = FREE.setdefault((browser, scripts, csp), [])
    if fresh or not free:
        page = browser.new_context(java_script_enabled=scripts, bypass_csp=not csp).new_page()
    else:
        page = free.pop()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(**{**NO_WISHES, "color_scheme": scheme, **wishes})
    wrong: list[str] = []
    listeners = _listeners(url, wrong)
    for event, listener in listeners.items():
        page.on(event, listener)  # type: ignore[call-overload]
    try:
        page.goto(url, wait_until="load")
        yield page, wrong
    except BaseException:
        fresh = True
        raise
    finally:
        if fresh:
            page.context.close()
        else:
            for event, listener in listeners.items():
                page.remove_listener(event, listener)
            page.evaluate("() => { try { localStorage.clear(); sessionStorage.clear() } catch {} }")
            page.mouse.move(0, 0)
            page.goto("about:blank")
            free.append(page)


NO_WISHES = {"media": "null", "contrast": "no-preference", "forced_colors": "none", "reduced_motion": "no-preference"}


def _listeners(url: str, wrong: list[str]) -> dict[str, Callable[[Any], None]]:
    """Give what is to be called for each kind of event on a page; it puts what is wrong into the list."""
    own = url.split("/repo/")[0] + "/repo/" if "/repo/" in url else "file:///"
    expected_404 = url.endswith(MISSING)

    def failed(request: Request) -> None:
        # An icon may still be on its way when the next page is opened.
        if request.failure != "net::ERR_ABORTED":
            wrong.append(f"failed: {request.url}")

    def asked(request: Request) -> None:
        if not request.url.startswith(own):
            wrong.append(f"elsewhere: {request.url}")

    def answered(answer: Response) -> None:
        if answer.status >= 400 and not (expected_404 and answer.url == url):
            wrong.append(f"{answer.status}: {answer.url}")

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (expected_404 and message.location["url"] == url):
            wrong.append(f"{message.type}: {message.text}")

    return {
        "pageerror": lambda error: wrong.append(f"script error: {error}"),
        "requestfailed": failed,
        "request": asked,
        "response": answered,
        "console": said,
    }


def axe_faults(page: Page, *looks: tuple[Scheme, int]) -> str:
    """What axe finds wrong with a page that was opened without its policy, as it stands, in these looks."""
    if not page.evaluate("window.axe"):
        page.add_script_tag(path=need(AXE, "npm install --no-package-lock"))
    found = []
    for scheme, width in looks:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        result = page.evaluate("async options => await axe.run(document, options)", AXE_OPTIONS)
        found += [
            f"{scheme}, {width}: {violation['id']}: {violation['help']}\n  "
            + "\n  ".join(node["html"][:200] for node in violation["nodes"][:5])
            for violation in result["violations"]
        ]
    return "\n".join(found)


def vnu_faults(*sites: Path) -> str:
    """What vnu finds wrong with the pages of some sites."""
    java = shutil.which("java")
    need(Path(java) if java else None, "apt install default-jre-headless")
    vnu = need(VNU, "npm install --no-package-lock")
    pages = [page for site in sites for page in sorted(site.rglob("*.html")) if not page.is_relative_to(site / "saves")]
    result = subprocess.run(
        ["java", "-jar", vnu, "--errors-only", "--format", "json", *pages], capture_output=True, text=True, check=False
    )
    found = json.loads(result.stderr)["messages"]
    assert (result.returncode == 0) == (not found)
    return "\n".join(f"{each.get('url')}:{each.get('lastLine')}: {each['message']}" for each in found[:50])


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_fault(browser: Browser, served: Served, name: str) -> None:
    with opened(browser, served.url + path_of(name, served), csp=False) as (page, _):
        assert axe_faults(page, *SOME_LOOKS) == ""


def test_axe_sees_each_look(browser: Browser, served: Served) -> None:
    """What the test above relies on: a fault that only one look has is found there."""
    with opened(browser, served.url + "about.html", csp=False) as (page, _):
        page.add_style_tag(
            content="""@media (max-width: 600px) and (prefers-color-scheme: dark) {
            h1 { color: #444 }
        }"""
        )
        faults = axe_faults(page, *LOOKS)
        assert faults.startswith("dark, 320: color-contrast")
        assert faults.count("color-contrast") == 1


@pytest.mark.parametrize("name", PAGES)
def test_pages_load_quietly_and_fit(browser: Browser, served: Served, name: str) -> None:
    with opened(browser, served.url + path_of(name, served), width=320) as (page, wrong):
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
        assert page.locator("h1").count() == 1
        page.set_viewport_size({"width": 1280, "height": 800})
        page.reload()
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 1280
        assert wrong == []


@pytest.mark.parametrize("name", [name for name in PAGES if name != MISSING])
def test_pages_look_the_same_from_disk(browser: Browser, served: Served, name: str) -> None:
    path = path_of(name, served)
    with opened(browser, (served.output / path).as_uri()) as (page, wrong):
        look = page.evaluate(LOOK)
        assert wrong == []
        page.goto(served.url + path)
        expected = page.evaluate(LOOK)
        assert look == expected
        page.set_content("<h1>A page without style</h1><a href='#'>a</a>")
        assert page.evaluate(LOOK) != expected


def test_a_visitor_gets_around_from_disk(browser: Browser, served: Served) -> None:
    with opened(browser, (served.output / "index.html").as_uri()) as (page, wrong):
        page.locator('main a[href*="threads/slashdot/0179799118.html"]').first.click()
        page.locator("article[id] a[href*='authors/']").first.click()
        page.locator("main a[href*='0179799118.html#c']").first.click()
        anchor = page.evaluate("decodeURIComponent(location.hash.slice(1))")
        assert page.locator(f'article[id="{anchor}"]').is_visible()
        page.locator("header nav a", has_text="Authors").click()
        assert page.url == (served.output / "authors/index.html").as_uri()
        assert wrong == []


def test_a_lost_visitor_finds_the_way_home(browser: Browser, served: Served) -> None:
    with opened(browser, served.url + MISSING) as (page, wrong):
        page.locator("main a[href$='index.html']").first.click()
        assert page.url == served.url + "index.html"
        assert wrong == []


@pytest.mark.parametrize("width", [320, 1280])
def test_replies_stand_under_what_they_answer(browser: Browser, served: Served, width: int) -> None:
    """Each a step further in than its parent, as deep as lists nest, on a line that is dotted where it is a guess."""
    with opened(browser, served.url + "threads/slashdot/0179799118.html", width=width) as (page, _):
        steps = page.evaluate("""() => [...document.querySelectorAll("li li > article")].map(post => {
            const parent = post.parentElement.parentElement.closest("li").querySelector("article")
            return [post.getBoundingClientRect().left - parent.getBoundingClientRect().left,
                    getComputedStyle(post.parentElement).borderLeftStyle]
        })""")
    assert len(steps) > 10
    assert all(step >= 8 for step, _ in steps)
    assert {line for _, line in steps} == {"dotted"}


@pytest.mark.parametrize("name", ["threads/slashdot/0179799118.html", "threads/notes/deep.html"])
def test_every_post_shows_without_scripts(browser: Browser, served: Served, name: str) -> None:
    path = path_of(name, served)
    posts = json.loads((served.output / path).with_suffix(".json").read_bytes())["posts"]
    with opened(browser, served.url + path, scripts=False) as (page, _):
        for post in posts:
            article = page.locator(f'article[id="c{post["id"]}"]')
            assert article.is_visible()
            words = post["body"].split()
            assert not words or post["markup"] != "plain" or words[-1].lstrip(">") in article.inner_text()
