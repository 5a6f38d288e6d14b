"""Measure how soon a page of 1,000 posts shows, and how soon it answers a key, in headless Chromium.

    .venv/bin/python -m benchmarks.pages

Milliseconds, medians of fresh visits to a page on disk: from the start of the visit to the first paint, to the end of
loading, and from a key press to the focus that it moves and to the next frame. The key is the one for the next post
if the theme has a script that knows it, else Tab. It needs Playwright and Debian's Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.corpus import make_thread
from benchmarks.measure import Command, measure
from benchmarks.ours import ROOT

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
BOUND = 500
"""The most milliseconds until the first paint."""
NEXT = "j"
"""The key for the next post."""
WATCH = """() => {
    window.said = {}
    addEventListener("keydown", event => { said.pressed = event.timeStamp }, true)
    addEventListener("focusin", () => {
        said.focused ??= performance.now()
        requestAnimationFrame(() => setTimeout(() => { said.shown ??= performance.now() }))
    })
}"""
LOADED = """() => ({
    paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    load: performance.getEntriesByType("navigation")[0].loadEventEnd,
})"""


def main() -> None:
    """Build the page in each theme, visit it, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--posts", type=int, default=1000, help="posts on the page")
    parser.add_argument("--runs", type=int, default=9, help="visits; the median counts")
    parser.add_argument("--themes", default="default,classic,plain", help="themes to measure")
    options = parser.parse_args()
    measured = f"first paint ms, at most {BOUND} | loaded ms | key to focus ms | key to frame ms"
    print(f"| {options.posts:,} posts in | KB | gzipped | {measured} |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for theme in options.themes.split(","):
            page = _build(Path(temporary) / theme, theme, options.posts)
            visits = [list(_visit(browser, page)) for _ in range(options.runs)]
            medians = " | ".join(f"{statistics.median(times):.0f}" for times in zip(*visits, strict=True))
            data = page.read_bytes()
            print(
                f"| `{theme}` | {len(data) / 1024:.0f} | {len(gzip.compress(data)) / 1024:.0f} | {medians} |",
                flush=True,
            )
        browser.close()


def _build(site: Path, theme: str, posts: int) -> Path:
    """Build a site with one long thread, and give its page."""
    (site / "content").mkdir(parents=True)
    name, text, _ = make_thread(0, 1, max(20, posts // 8), posts)
    (site / "content" / name).write_text(text, encoding="utf-8", newline="\n")
    (site / "threadpress.toml").write_text(f'theme = "{theme}"\nposts_per_page = {posts}\n', encoding="utf-8")
    measure(Command((sys.executable, "-P", "-m", "generator", "build", "--jobs", "1"), site, {"PYTHONPATH": str(ROOT)}))
    (page,) = (site / "output/threads/slashdot").glob("*.html")
    return page


def _visit(browser: Browser, path: Path) -> Iterator[float]:
    """Open the page as a new visitor and press a key; yields milliseconds."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        page.goto(path.as_uri(), wait_until="load")
        page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length")
        loaded = page.evaluate(LOADED)
        yield loaded["paint"]
        yield loaded["load"]
        page.evaluate(WATCH)
        for key in (NEXT, "Tab"):
            page.keyboard.press(key)
            page.wait_for_timeout(200)
            said = page.evaluate("said")
            if "shown" in said:
                yield said["focused"] - said["pressed"]
                yield said["shown"] - said["pressed"]
                return
        raise RuntimeError("no key moves the focus")
    finally:
        context.close()


if __name__ == "__main__":
    main()
