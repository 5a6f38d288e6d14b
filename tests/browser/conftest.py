"""A site built by the real command, served as GitHub Pages would under /repo/, and a browser to open it with."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.firefox import Firefox, started
from tests.browser.walk import SAVES
from tests.small import Said, built, news, note, write

THEMES = ("default", "classic", "plain")
HEBREW = "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd"
REPO = Path(__file__).parents[2]
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
FIREFOX = Path(os.environ.get("FIREFOX", "/usr/bin/firefox-esr"))
AXE = REPO / "node_modules/axe-core/axe.min.js"
LIGHTHOUSE = REPO / "node_modules/lighthouse/cli/index.js"
# Milliseconds until a page is given up: on a machine with much else to do, ten pages take long to load again.
expect.set_options(timeout=60_000)
VNU = REPO / "node_modules/vnu-jar/build/dist/vnu.jar"


def need(tool: Path | None, mend: str) -> Path:
    """Skip a test without its tool; where CI says that all tools are installed, fail instead."""
    if tool is not None and tool.is_file():
        return tool
    reason = f"{tool.name if tool else 'a tool'} is not installed: {mend}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def deep_thread() -> str:
    """A save with what makes pages hard to lay out: deep replies, long words, code, quotes, other scripts."""
    posts = [
        "+++",
        'id = "deep"',
        f'title = "On {"very" * 30} long words, and <b>answers</b> to answers"',
        'url = "https://example.org/deep"',
        'posted = "1999-12-31T23:59:00Z"',
        'author = "Ann"',
        'department = "long-corridors"',
        'tags = ["Depth", "Ünïcode"]',
        "+++",
        "A story with a table, since Markdown has none: `a | b`, and [a link](https://example.org/a).",
    ]
    for number in range(1, 31):
        facts = f'score={number % 7 - 1} label=Insightful subject="Floor {number}"'
        parent = f" parent={number - 1}" if number > 1 else ""
        posts += [
            f"## Author {number % 4} {{id={number} {facts}{parent}}}",
            f"Floor {number}: https://example.org/{'long/' * 30}{number}",
            "> As was said\n>\n> > and said before\n",
            f"```python\nfloor = {number}  # {'a comment that does not fit on a phone ' * 3}\n```",
            "- one\n- two\n\n# A heading inside a post\n",
        ]
    posts += ["## שלום {id=99 uid=7}", "שלום, ‮this is turned around‬ and goes on.", "x" * 300]
    return "\n".join(posts) + "\n"


class Served(NamedTuple):
    """A built site and where it is served."""

    url: str
    """Ends in /repo/."""
    output: Path


class PagesHandler(SimpleHTTPRequestHandler):
    """Serves a folder under /repo/ as GitHub Pages does: 404.html stands for whatever is not there."""

    def translate_path(self, path: str) -> str:
        inner = path.removeprefix("/repo/")
        return super().translate_path("/" + inner) if inner != path else os.fspath(Path(self.directory) / "no-such")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code != 404:
            super().send_error(code, message, explain)
            return
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing: the browser's own log is what the tests read."""


@contextmanager
def serving(output: Path) -> Iterator[Served]:
    """Serve a folder, built or still to be, under /repo/."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(PagesHandler, directory=os.fspath(output))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Served(f"http://127.0.0.1:{server.server_port}/repo/", output)
        finally:  # or a test that fails would never end
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Build all saves of the tests that can be read, and the project's own content, and serve the site."""
    site = tmp_path_factory.mktemp("site")
    content = site / "content"
    content.mkdir()
    for save in sorted((REPO / "content").glob("*.txt")):
        shutil.copy(save, content)
    for save in sorted((REPO / "tests/saves").glob("*/*/save.*")):
        shutil.copy(save, content / f"{save.parts[-3]}-{save.parts[-2]}{save.suffix}")
    (content / "deep.md").write_text(deep_thread(), encoding="utf-8")
    (site / "threadpress.toml").write_text('title = "A shelf of threads"\nlist_posts_per_page = 5\n', encoding="utf-8")
    output = site / "output"
    with serving(output) as served:
        done = subprocess.run(
            [sys.executable, "-m", "generator", "build", "--keep-going", "--site-url", served.url],
            cwd=site,
            env={**os.environ, "PYTHONPATH": os.fspath(REPO)},
            capture_output=True,
            text=True,
            check=False,
        )
        # Saves that are meant to be wrong are left out, and make the exit code 1; a bug of ours would make it 3.
        assert done.returncode in (0, 1), done.stderr
        assert (output / "SHA256SUMS").is_file(), done.stderr
        yield served


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Build the threads of `walk` and serve them."""
    site = tmp_path_factory.mktemp("walked")
    write(site, {f"content/{name}": text for name, text in SAVES.items()})
    built(site)
    with serving(site / "output") as served:
        yield served


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium, headless."""
    executable = need(CHROMIUM, "apt install chromium, or name one in $CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """Start Debian's Firefox, headless."""
    executable = need(FIREFOX, "apt install firefox-esr, or name one in $FIREFOX")
    with started(executable, tmp_path_factory.mktemp("profile")) as firefox:
        yield firefox


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One site in each theme; gives the outputs."""
    turned = note(
        "rtl",
        (HEBREW, "id=1 uid=7 score=3", "First."),
        ("Ann", "id=2 uid=8 score=4 parent=1", "Second."),
        ("\u202eturned", "id=3 uid=9 score=5 parent=2", "Third."),
        title=f"{HEBREW}!",
        author=HEBREW,
        department=HEBREW,
        tags=[HEBREW, "after"],
        posted="2020-01-02T10:00:00Z",
    )
    found = {}
    for theme in THEMES:
        site = tmp_path_factory.mktemp(theme)
        files = {"content/rtl.md": turned, "content/deep.md": deep_thread(), "content/n.txt": news("5", Said("Rain."))}
        write(site, {**files, "threadpress.toml": f'theme = "{theme}"\n'})
        shutil.copy(REPO / "content/0179799118.txt", site / "content")
        command = [sys.executable, "-m", "generator", "build", "--strict"]
        subprocess.run(command, cwd=site, env={**os.environ, "PYTHONPATH": os.fspath(REPO)}, check=True)
        found[theme] = site / "output"
    return found
