"""Addresses that posts had lead on: a save or a setting moves posts to another page of their thread."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import THEMES, serving
from tests.browser.firefox import Firefox
from tests.browser.test_pages import opened
from tests.small import Said, built, news, write

pytestmark = pytest.mark.browser

THREAD = "threads/slashdot/101"
NAMES = [f"N{number}" for number in range(20)]


def save(*names: str) -> str:
    """A save in which everybody starts a branch."""
    return news("101", *(Said(f"Text of {name}", f"On {name}", name, name[1:]) for name in names))


def posts(output: Path) -> dict[str, str]:
    """The address of each author's only post."""
    found: dict[str, str] = {}
    for page in [output / f"{THREAD}.html", *(output / THREAD).glob("*.html")]:
        found |= _posts_of(page, output)
    return found


def _posts_of(page: Path, output: Path) -> dict[str, str]:
    articles = re.findall(r'<article class="h-entry" id="(\w+)">.*?<bdi>(\w+)</bdi>', page.read_text("utf-8"), re.S)
    return {name: f"{page.relative_to(output).as_posix()}#{anchor}" for anchor, name in articles}


class Moved:
    """A site whose posts have moved."""

    def __init__(self, folder: Path, url: str, old: dict[str, str]) -> None:
        self.output = folder / "output"
        self.url = url
        self.old = old
        """The address that each author's post had, relative to the site."""
        self.new = posts(self.output)


def rebuilt(folder: Path, url: str, first: tuple[str, int], then: tuple[str, int], theme: str = "default") -> Moved:
    """Build a site with a save and a number of posts on a page, and build it again with others."""
    old: dict[str, str] = {}
    for text, size in (first, then):
        old = posts(folder / "output") if (folder / "output").is_dir() else {}
        settings = f'theme = "{theme}"\nposts_per_page = {size}\nsite_url = "{url}"\n'
        write(folder, {"content/101.txt": text, "threadpress.toml": settings})
        built(folder)
    return Moved(folder, url, old)


CASES = {
    "a newer save": ((save(*NAMES[10:]), 6), (save(*NAMES), 6)),
    "fewer posts": ((save(*NAMES), 6), (save(*NAMES[10:]), 6)),
    "shorter pages": ((save(*NAMES), 12), (save(*NAMES), 3)),
    "longer pages": ((save(*NAMES), 3), (save(*NAMES), 12)),
    "one page": ((save(*NAMES), 3), (save(*NAMES), 20)),
    "several pages": ((save(*NAMES), 20), (save(*NAMES), 3)),
}


@pytest.fixture(params=CASES)
def moved(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Moved]:
    with serving(tmp_path / "output") as served:
        yield rebuilt(tmp_path, served.url, *CASES[request.param])


def arrive(page: Page, url: str) -> None:
    """Wait for an address, and for the post that it names."""
    page.wait_for_url(url)
    expect(page.locator(f"#{url.partition('#')[2]}")).to_be_in_viewport()


def test_an_old_address_leads_to_the_post(browser: Browser, moved: Moved) -> None:
    """From pages that are there, and from those that are gone, under the path of a repository."""
    both = moved.old.keys() & moved.new.keys()
    changed = [name for name in sorted(both) if moved.old[name] != moved.new[name]]
    assert len(both) >= 10
    assert changed
    with opened(browser, f"{moved.url}index.html") as (page, _):
        for name in (changed[0], changed[len(changed) // 2], changed[-1]):
            page.goto("about:blank")
            page.goto(f"{moved.url}{moved.old[name]}")
            arrive(page, f"{moved.url}{moved.new[name]}")
            assert page.locator("#lost:visible").count() == 0


def test_an_old_address_leads_to_the_post_from_disk(browser: Browser, tmp_path: Path) -> None:
    """From pages that are there: nothing is shown in place of the others."""
    moved = rebuilt(tmp_path / "a shelf #1", "", *CASES["a newer save"])
    with opened(browser, (moved.output / "index.html").as_uri()) as (page, wrong):
        for name in (NAMES[10], NAMES[-1]):
            assert moved.old[name] != moved.new[name]
            file, _, anchor = moved.old[name].partition("#")
            page.goto("about:blank")
            page.goto(f"{(moved.output / file).as_uri()}#{anchor}")
            file, _, anchor = moved.new[name].partition("#")
            arrive(page, f"{(moved.output / file).as_uri()}#{anchor}")
        assert wrong == []


def test_it_does_so_from_disk_in_firefox(firefox: Firefox, tmp_path: Path) -> None:
    moved = rebuilt(tmp_path, "", *CASES["a newer save"])
    file, _, anchor = moved.old[NAMES[-1]].partition("#")
    firefox.goto(f"{(moved.output / file).as_uri()}#{anchor}")
    found = firefox.evaluate("""async () => {
        for (let tries = 0; tries < 100 && !document.querySelector(location.hash); tries += 1)
            await new Promise(done => setTimeout(done, 50))
        return location.href
    }""")
    file, _, anchor = moved.new[NAMES[-1]].partition("#")
    assert found == f"{(moved.output / file).as_uri()}#{anchor}"


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_leads_on(browser: Browser, tmp_path: Path, theme: str) -> None:
    with serving(tmp_path / "output") as served:
        moved = rebuilt(tmp_path, served.url, *CASES["a newer save"], theme)
        with opened(browser, f"{moved.url}{moved.old[NAMES[-1]]}") as (page, wrong):
            arrive(page, f"{moved.url}{moved.new[NAMES[-1]]}")
            assert wrong == []
        shutil.rmtree(tmp_path)
        moved = rebuilt(tmp_path, served.url, *CASES["one page"], theme)
        with opened(browser, f"{moved.url}{moved.old[NAMES[-1]]}") as (page, _):
            arrive(page, f"{moved.url}{moved.new[NAMES[-1]]}")


def test_the_choice_of_posts_comes_along_and_back_leads_to_where_one_was(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "output") as served:
        moved = rebuilt(tmp_path, served.url, *CASES["a newer save"])
        with opened(browser, f"{moved.url}index.html") as (page, wrong):
            old, _, anchor = moved.old[NAMES[-1]].partition("#")
            new = moved.new[NAMES[-1]].partition("#")[0]
            page.goto(f"{moved.url}{old}?outline=1#{anchor}")
            arrive(page, f"{moved.url}{new}?outline=1#{anchor}")
            page.go_back()
            page.wait_for_url(f"{moved.url}index.html")
            assert wrong == []


def test_an_address_that_changes_on_the_page_leads_on_too(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "output") as served:
        moved = rebuilt(tmp_path, served.url, *CASES["several pages"])
        with opened(browser, f"{moved.url}index.html") as (page, wrong):
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/posts.js") else None)
            page.goto(f"{moved.url}{THREAD}.html", wait_until="networkidle")
            assert asked == []
            page.evaluate(f"location.hash = '{moved.new[NAMES[0]].partition('#')[2]}'")
            page.evaluate("location.hash = 'posts'")
            assert asked == []
            page.evaluate(f"location.hash = '{moved.new[NAMES[-1]].partition('#')[2]}'")
            arrive(page, f"{moved.url}{moved.new[NAMES[-1]]}")
            assert asked == [f"{moved.url}{THREAD}/posts.js"]
            assert wrong == []


def test_a_post_that_is_gone_is_said_to_be(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "output") as served:
        moved = rebuilt(tmp_path, served.url, *CASES["a newer save"])
        said = "The post that this address names is on no page of this thread."
        with opened(browser, f"{moved.url}{THREAD}.html#cgone") as (page, wrong):
            expect(page.get_by_text(said)).to_be_in_viewport()
            page.evaluate(f"location.hash = '{moved.new[NAMES[0]].partition('#')[2]}'")
            expect(page.get_by_text(said)).to_be_hidden()
            assert wrong == []
        with opened(browser, f"{moved.url}{THREAD}/9.html#cgone") as (page, _):
            page.wait_for_url(f"{moved.url}{THREAD}.html#cgone")
            expect(page.get_by_text(said)).to_be_in_viewport()


@pytest.mark.parametrize("path", ["threads/slashdot/102.html", "threads/slashdot/101.htm", "x/1/2/3.html", "2.html"])
def test_other_addresses_without_a_page_lead_nowhere(browser: Browser, tmp_path: Path, path: str) -> None:
    with serving(tmp_path / "output") as served:
        moved = rebuilt(tmp_path, served.url, *CASES["several pages"])
        with opened(browser, f"{moved.url}{path}#c1") as (page, _):
            page.wait_for_timeout(200)
            assert page.url == f"{moved.url}{path}#c1"
            assert page.locator("h1").inner_text() == "Not found"


def test_a_thread_that_is_gone_as_a_whole_ends_at_its_address(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "output") as served:
        moved = rebuilt(tmp_path, served.url, *CASES["several pages"])
        with opened(browser, f"{moved.url}threads/slashdot/102/3.html#c1") as (page, _):
            page.wait_for_url(f"{moved.url}threads/slashdot/102.html#c1")
            assert page.locator("h1").inner_text() == "Not found"


@pytest.mark.parametrize("theme", THEMES)
def test_without_script_the_page_says_where_to_look(browser: Browser, tmp_path: Path, theme: str) -> None:
    with serving(tmp_path / "output") as served:
        moved = rebuilt(tmp_path, served.url, *CASES["several pages"], theme)
        with opened(browser, f"{moved.url}{moved.old[NAMES[-1]]}", scripts=False) as (page, _):
            expect(page.locator("noscript .note")).to_be_in_viewport()
            expect(page.locator("#lost")).to_be_hidden()
            page.get_by_role("link", name="this list").click()
            assert moved.new[NAMES[-1]].partition("#c")[2] in page.locator("body").inner_text()
        with opened(browser, f"{moved.url}{THREAD}/9.html#c1", scripts=False) as (page, _):
            expect(page.locator("noscript p")).to_be_visible()
            assert "further page of a thread" in page.locator("noscript p").inner_text()


@pytest.mark.parametrize("theme", THEMES)
def test_the_address_of_a_thread_whose_start_was_found_leads_on(browser: Browser, tmp_path: Path, theme: str) -> None:
    """With script to the post, on whichever page it is now, and without script to the thread."""

    def mail(number: int) -> str:
        above = f"References: <{number - 1}@example.org>\n" if number else ""
        return (
            "From ann@example.org Thu Jan  1 00:00:00 2015\nFrom: Ann <ann@example.org>\nSubject: Kites\n"
            f"Date: Thu, 1 Jan 2015 00:00:{number:02d} +0000\nMessage-ID: <{number}@example.org>\n{above}\nText.\n\n"
        )

    settings = f'theme = "{theme}"\nposts_per_page = 4\n'
    write(tmp_path, {"threadpress.toml": settings, "content/list/2.mbox": "".join(map(mail, range(3, 9)))})
    built(tmp_path)
    threads = tmp_path / "output/threads/list"
    (old,) = (page for page in threads.glob("*.html"))
    anchor = re.findall(r'id="(c[0-9a-f]{12})"', (old.with_suffix("") / "2.html").read_text("utf-8"))[-1]
    write(tmp_path, {"content/list/1.mbox": "".join(map(mail, range(4)))})
    built(tmp_path)
    (new,) = (page for page in threads.glob("*.html") if page != old)
    with opened(browser, f"{old.as_uri()}#{anchor}") as (page, wrong):
        page.wait_for_url(re.compile(f"{new.stem}/[23].html#{anchor}$"))
        expect(page.locator(f"#{anchor}")).to_be_in_viewport()
        assert wrong == []
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(old.as_uri())
    page.wait_for_url(new.as_uri())
    context.close()
