"""Every link of one build, followed by browsers at a domain's root, under /repo/ and from disk.

A site is opened at its index, and every page that links lead to is opened in turn. On each the browser itself says
where its links go, which ids there are, and how it looks.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import urllib.request
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urldefrag, urlsplit
from urllib.request import url2pathname

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PagesHandler, deep_thread
from tests.browser.firefox import Firefox
from tests.small import Said, built, news, write

pytestmark = pytest.mark.browser

SETTINGS = """
title = "Links"
site_url = "https://threads.example.org/repo/"
posts_per_page = 10
list_posts_per_page = 5
threads_per_page = 2
[tags]
rain = ["Rain"]
"""
SEEN = """() => {
    const look = name => {
        const found = getComputedStyle(document.querySelector(name))
        return [found.color, found.backgroundColor, found.fontFamily, found.lineHeight, found.maxWidth].join('; ')
    }
    const all = [...document.querySelectorAll('[href], [src], [action]')]
    return {
        url: location.href,
        links: all.map(each => each instanceof SVGElement
            ? new URL(each.href.baseVal, document.baseURI).href : each.href || each.src || each.action),
        ids: [...document.querySelectorAll('[id]')].map(each => each.id),
        look: [look('html'), look('body'), look('h1')],
    }
}"""
PLAIN = "<!doctype html><title>Plain</title><h1>A page without style</h1>"

See = Callable[[str], dict[str, Any]]
"""Opens a page in a browser and gives what SEEN finds there."""


class Shelf(NamedTuple):
    """One build and the addresses it can be read at, each ending in a slash."""

    output: Path
    root: str
    folder: str
    disk: str


class Plainly(SimpleHTTPRequestHandler):
    """Serves a folder at the root of a host."""

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """Build a site with pages of every kind, lists that go on, and names that are hard to write as a link."""
    site = tmp_path_factory.mktemp("a shelf #1 100%")
    more = {
        f"content/{year}/{year} #1 100% é.txt": news(
            str(year), Said("Hello", "Boo", "Ann"), Said("Well", "Re:", "Bob", "8"),
            when=f"Wednesday October 15, {year} @05:22PM",
        )
        for year in range(2001, 2005)
    }  # fmt: skip
    write(site, {**more, "content/deep.md": deep_thread(), "threadpress.toml": SETTINGS})
    built(site)
    output = site / "output"
    handlers = (functools.partial(handler, directory=str(output)) for handler in (Plainly, PagesHandler))
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in handlers]
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    root, folder = (f"http://127.0.0.1:{server.server_port}/" for server in servers)
    yield Shelf(output, root, f"{folder}repo/", f"{output.as_uri()}/")
    for server, thread in zip(servers, threads, strict=True):
        server.shutdown()
        thread.join()
        server.server_close()


def crawl(see: See, base: str, output: Path, plain: list[str]) -> None:
    """Follow every link from the index on; all must lead somewhere, and every page must be reached and look styled."""
    seen: dict[str, dict[str, Any]] = {}
    links: set[tuple[str, str]] = set()
    waiting = [f"{base}index.html"]
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen[url] = page = see(url)
        assert page["url"] == url
        for link in page["links"]:
            links.add((url, link))
            target = urldefrag(link).url
            if target.startswith(base) and target.endswith(".html"):
                waiting.append(target)
    assert {url for url, page in seen.items() if any(map(str.__eq__, page["look"], plain))} == set()
    own = urlsplit(base)._replace(path="/").geturl()
    dead = []
    for url, link in sorted(links):
        target, fragment = urldefrag(link)
        if not target.startswith(base):
            # Outside the site: other hosts only, and what a canonical link names.
            if target.startswith(own) or urlsplit(target).scheme not in ("http", "https"):
                dead.append(f"{url}: {link} leaves the site")
        elif target in seen:
            if fragment and unquote(fragment) not in seen[target]["ids"]:
                dead.append(f"{url}: {link} names no id of that page")
        elif not there(target):
            dead.append(f"{url}: {link} leads nowhere")
    assert dead == []
    pages = {path.relative_to(output).as_posix() for path in output.rglob("*.html")}
    assert {unquote(url.removeprefix(base)) for url in seen} == pages - {"404.html"}
    files = {unquote(urldefrag(link).url.removeprefix(base)) for _, link in links}
    assert {path for path in files if path.startswith("saves/")} == {
        path.relative_to(output).as_posix() for path in (output / "saves").rglob("*") if path.is_file()
    }


def there(url: str) -> bool:
    """Say whether a file that is no page is where a browser would look for it."""
    if url.startswith("file:"):
        return Path(url2pathname(urlsplit(url).path)).is_file()
    with urllib.request.urlopen(url) as answer:
        return bool(answer.status == 200)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a page without style."""
    path = tmp_path_factory.mktemp("plain") / "plain.html"
    path.write_text(PLAIN, encoding="utf-8")
    return path.as_uri()


@contextlib.contextmanager
def in_chromium(browser: Browser) -> Iterator[tuple[See, list[str]]]:
    """Open a page; the list holds everything that goes wrong on it, as it happens."""
    page = browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.on("console", lambda said: wrong.append(f"{said.type}: {said.text}"))
    page.on(
        "requestfailed",
        # An icon may still be on its way when the next page is opened.
        lambda request: wrong.append(f"failed: {request.url}") if request.failure != "net::ERR_ABORTED" else None,
    )

    def see(url: str) -> dict[str, Any]:
        page.goto(url, wait_until="load")
        found: dict[str, Any] = page.evaluate(SEEN)
        return found

    yield see, wrong
    page.close()


@pytest.mark.parametrize(
    "place", ["folder", pytest.param("root", marks=pytest.mark.long), pytest.param("disk", marks=pytest.mark.long)]
)
def test_every_link_works_in_chromium(browser: Browser, shelf: Shelf, plain: str, place: str) -> None:
    with in_chromium(browser) as (see, wrong):
        crawl(see, getattr(shelf, place), shelf.output, see(plain)["look"])
        assert wrong == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<a href="saves/gone.txt">x</a>', "leads nowhere"),
        ('<a href="#gone">x</a>', "names no id"),
        ('<a href="../index.html">x</a>', "leaves the site"),
        ('<a href="/">x</a>', "leaves the site"),
        ("", "index.html"),
    ],
)
def test_what_does_not_work_is_noticed(browser: Browser, plain: str, tmp_path: Path, body: str, told: str) -> None:
    """The last is a page without style."""
    style = "html { color: red } body, h1 { color: red; max-width: 9em }" if body else ""
    write(tmp_path, {"site/index.html": f"<style>{style}</style><h1>x</h1>{body}", "site/saves/1.txt": ""})
    with in_chromium(browser) as (see, _), pytest.raises(AssertionError, match=told):
        crawl(see, f"{(tmp_path / 'site').as_uri()}/", tmp_path / "site", see(plain)["look"])


def test_every_link_works_in_firefox_from_disk(shelf: Shelf, plain: str, firefox: Firefox) -> None:
    def see(url: str) -> dict[str, Any]:
        firefox.goto(url)
        found: dict[str, Any] = firefox.evaluate(SEEN)
        return found

    crawl(see, shelf.disk, shelf.output, see(plain)["look"])
