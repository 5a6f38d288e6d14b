"""What pages may weigh and ask for: bytes, requests, movement while they load, and Lighthouse's opinion.

Times are measured, not tested: `python -m benchmarks.pages`.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import CHROMIUM, LIGHTHOUSE, Served, need
from tests.browser.test_pages import MISSING, PAGES, opened, path_of
from tests.test_benchmarks import cells, run

pytestmark = pytest.mark.browser

SEED = "threads/slashdot/0179799118.html"
ROUND_TRIP = 14 * 1024
"""Bytes, compressed: what a server sends before it waits for an answer."""
SCRIPTS = 10 * 1024
"""Bytes, compressed, of all scripts of a page."""
JUDGED = (SEED, "the author with most posts", "index.html")
MOVED = """() => new Promise(done => {
    let sum = 0
    new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value })
        .observe({type: "layout-shift", buffered: true})
    const step = () => {
        const before = scrollY
        scrollBy({top: innerHeight, behavior: "instant"})
        requestAnimationFrame(() => scrollY > before ? step() : setTimeout(() => done(sum), 50))
    }
    step()
})"""


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), mtime=0))


def named(page: Path, tag: str) -> list[Path]:
    """Files that a page names in a tag."""
    found = re.findall(rf"<{tag}\b[^>]*?(?:src|href)=\"([^\"]+)\"", page.read_text(encoding="utf-8"))
    return [(page.parent / address).resolve() for address in found if "://" not in address]


def test_the_first_thread_arrives_in_one_round_trip(served: Served) -> None:
    page = served.output / SEED
    styles = [file for file in named(page, "link") if file.suffix == ".css"]
    assert styles
    assert sum(map(compressed, [page, *styles])) <= ROUND_TRIP


def test_scripts_are_light(served: Served) -> None:
    scripts = named(served.output / SEED, "script")
    if not scripts:
        pytest.skip("the theme has no script")
    assert sum(map(compressed, scripts)) <= SCRIPTS


@pytest.mark.parametrize(
    ("name", "width"), [*((name, 320) for name in PAGES if name != MISSING), (SEED, 1280), ("index.html", 1280)]
)
def test_nothing_moves_and_nothing_is_asked_elsewhere(browser: Browser, served: Served, name: str, width: int) -> None:
    """From the first byte to the end of the page."""
    with opened(browser, served.url + path_of(name, served), width=width, fresh=True) as (page, wrong):
        assert page.evaluate(MOVED) == 0
        assert page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 1")
        assert wrong == []


def test_movement_is_seen(browser: Browser, served: Served) -> None:
    """What the test above relies on: a page that moves does not pass."""
    with opened(browser, served.url + SEED) as (page, _):
        page.evaluate("""() => new Promise(done => {
            document.querySelector("main").style.marginTop = "200px"
            requestAnimationFrame(() => setTimeout(done, 50))
        })""")
        assert page.evaluate(MOVED) > 0


@pytest.mark.alone
@pytest.mark.parametrize("names", [JUDGED[:1], pytest.param(JUDGED[1:], marks=pytest.mark.long)], ids=["first", "rest"])
def test_lighthouse_has_nothing_to_say(served: Served, names: tuple[str, ...]) -> None:
    need(LIGHTHOUSE, "npm install --no-package-lock")
    chromium = need(CHROMIUM, "apt install chromium, or name one in $CHROMIUM")
    urls = [served.url + path_of(name, served) for name in names]
    command: list[str | Path] = ["node", Path(__file__).with_name("lighthouse.mjs"), chromium, *urls]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert [page["url"] for page in found] == urls
    for page in found:
        assert page["marks"].pop("performance") >= 0.9, page
        assert page["marks"] == {"accessibility": 1, "best-practices": 1, "seo": 1}, page


def test_times_are_measured() -> None:
    need(CHROMIUM, "apt install chromium, or name one in $CHROMIUM")
    rows = cells(run("pages", "--posts", "20", "--runs", "1"))
    assert [row[0] for row in rows] == ["`default`", "`classic`", "`plain`"]
    assert all(int(cell) >= 0 for row in rows for cell in row[1:])
    assert all(int(row[3]) > 0 and int(row[4]) > 0 for row in rows)
