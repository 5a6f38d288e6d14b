"""Plan: which pages a site has, where they are, and which of them an addition changes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import urls
from generator.config import Config
from generator.engine.ingest import ingest
from generator.engine.lock import FOLDER
from generator.engine.past import Past
from generator.engine.project import Project
from generator.engine.scan import scan
from generator.engine.store import EMPTY, Store
from generator.errors import ContentError
from generator.output.records import Records
from generator.pages.plan import Page, Ranked, plan
from generator.pages.views import ThreadList
from generator.site.authors import Authors, AuthorSum
from generator.site.links import Links, link
from generator.theme.theme import load_theme
from generator.workers import Workers
from tests.small import DEFAULTS, Said, news, note, output_of, write


def planned(site: Path, **settings: Any) -> dict[str, Page | None]:
    """Plan a site: its files by URL, the pages of authors without anything to them."""
    config, store = msgspec.structs.replace(DEFAULTS, **settings), Store(site / FOLDER)
    with Workers(None, 1) as workers:
        project = Project(site, config, load_theme("default", site))
        content = scan(project, Past(EMPTY), store, workers, same=False)
        authors = ingest(content, Past(EMPTY), store, workers, afresh=True)
    result = plan(link(content.facts.values(), authors, config), config, project.theme)
    pages = {page.url: page for page in (*result.pages, *(page for thread in result.threads for page in thread.pages))}
    return {url: pages.get(url) for url in result.urls(config)}


def thread_list(page: Page | None) -> ThreadList:
    assert page is not None
    assert isinstance(page.view, ThreadList)
    return page.view


def urls_of(pages: Iterable[str]) -> set[str]:
    return {url for url in pages if not url.startswith("assets/")}


FIXED = {"index.html", "authors/index.html", "dates/index.html", "stats.html", "about.html", "404.html", "robots.txt"}
SITE = {
    "content/101.txt": news("101", Said("Text", "Boo"), Said("Well", "Re:", "Bob", "8"), who="Eve"),
    "content/sub/_t.md": note("talk", ("Ann", "id=1", "Hello"), tags=["Harbour news"]),
}


def test_a_site_has_these_pages(tmp_path: Path) -> None:
    assert urls_of(planned(write(tmp_path, SITE))) == FIXED | {
        "threads/slashdot/101.html", "threads/slashdot/101.json", "saves/101.txt",
        "threads/notes/talk.html", "threads/notes/talk.json", "saves/sub/t-a1c91ea8.md",
        "authors/slashdot/ann-7.html", "authors/slashdot/bob-8.html", "authors/slashdot/eve.html",
        "authors/notes/ann.html",
        "dates/2025.html", "dates/2025/10.html", "tags/index.html", "tags/harbour-news.html",
    }  # fmt: skip


def test_an_empty_site_has_the_pages_every_site_has(tmp_path: Path) -> None:
    assert urls_of(planned(write(tmp_path, {"content/README": ""}))) == FIXED


def test_saves_and_data_are_published_unless_the_site_says_no(tmp_path: Path) -> None:
    pages = urls_of(planned(write(tmp_path, SITE), publish_saves=False, publish_data=False))
    assert not any(url.endswith(".json") or url.startswith("saves/") for url in pages)


def test_long_things_go_on_at_numbered_pages(tmp_path: Path) -> None:
    posts = [Said(f"Text {number}", "Boo") for number in range(5)]
    write(tmp_path, {f"content/{number}.txt": news(str(number), *posts) for number in (101, 102, 103)})
    pages = urls_of(planned(tmp_path, posts_per_page=2, list_posts_per_page=4, threads_per_page=2))
    assert {"threads/slashdot/101.html", "threads/slashdot/101/2.html", "threads/slashdot/101/3.html"} <= pages
    assert "threads/slashdot/101/1.html" not in pages
    assert {f"authors/slashdot/ann-7/{number}.html" for number in (1, 2, 3)} | {
        "index/1.html",
        "dates/2025/10/1.html",
    } <= pages
    assert {"authors/slashdot/ann-7/4.html", "index/2.html"}.isdisjoint(pages)


def test_the_index_has_the_newest_thread_first_and_totals_on_the_front_page_alone(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        write(tmp_path, {f"content/{day}.md": note(f"t{day}", title=f"Day {day}", posted=f"2025-01-0{day}")})
    pages = planned(tmp_path, threads_per_page=2)
    front, older = (thread_list(pages[url]) for url in ("index.html", "index/1.html"))
    assert [row.title for group in front.groups for row in group.threads] == ["Day 3"]
    assert [row.title for group in older.groups for row in group.threads] == ["Day 2", "Day 1"]
    assert (front.total, older.total, older.ribbon) == (3, None, ())


def test_two_saves_that_would_be_one_file_are_an_error_that_names_both(tmp_path: Path) -> None:
    other = urls.save_file("_x.txt").removeprefix("saves/")
    write(tmp_path, {"content/_x.txt": news("1"), f"content/{other}": news("2")})
    with pytest.raises(ContentError) as caught:
        planned(tmp_path)
    (problem,) = caught.value.problems
    assert "_x.txt" in f"{problem.path} {problem.message}"
    assert other in f"{problem.path} {problem.message}"


@pytest.mark.parametrize("settings", [{}, {"site_url": "https://example.org/repo/"}])
def test_a_new_thread_changes_the_newest_pages_only(tmp_path: Path, settings: dict[str, Any]) -> None:
    """What is full stays to the letter: lists are paged from their oldest end."""
    config = Config(threads_per_page=2, list_posts_per_page=2, **settings)
    sizes = {name: getattr(config, name) for name in ("threads_per_page", "list_posts_per_page", "site_url")}
    saves = {
        f"content/{day}.txt": news(
            str(day), Said(f"Text {day}", "Boo"), when=f"Friday January {day}, 2021 @01:00AM", who="Eve"
        )
        for day in range(1, 8)
    }
    last = saves.pop("content/7.txt")
    before = output_of(tmp_path, saves, **sizes)
    after = output_of(tmp_path, {"content/7.txt": last}, **sizes)
    assert {url for url in before if after[url] != before[url]} == {
        "index.html", "authors/index.html", "authors/slashdot/ann-7.html", "authors/slashdot/eve.html",
        "dates/2021/01.html", "dates/2021.html", "dates/index.html", "stats.html", "about.html",
        "threads/slashdot/6.html", "SHA256SUMS",
    }  # fmt: skip
    assert {"index/3.html", "authors/slashdot/ann-7/3.html", "threads/slashdot/7.html"} <= after.keys() - before.keys()


PEOPLE = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 4)), max_size=40, unique_by=lambda each: each[0])


@given(PEOPLE, PEOPLE)
def test_pages_of_authors_that_list_whom_they_listed_are_known(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    """What was known of the ranking changes nothing but that fingerprints need not be worked out again."""

    def made(people: list[tuple[int, int]], ranked: Ranked | None = None) -> tuple[Links, dict[str, Page]]:
        sums = [AuthorSum(f"s/{n}", "s", str(n), f"N{n}", (), f"n{n}", p, 0, 1, None, 1, 1, n) for n, p in people]
        links = link((), Authors(fresh=sums), DEFAULTS)
        found = plan(links, DEFAULTS, load_theme("default", Path()), None, ranked)
        return links, {page.url: page for page in found.others if page.kind == "view"}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.pages.lists.AUTHORS_PER_PAGE", 5)
        links, pages = made(before)
        records = {url: page.fingerprint + bytes(56) for url, page in pages.items()}
        _, known = made(after, Ranked(links.authors, Records.of(records)))
        _, expected = made(after)
    assert {url: page.fingerprint for url, page in known.items()} == {
        url: page.fingerprint for url, page in expected.items()
    }
    assert all(page.view is None or page == expected[page.url] for page in known.values())
    if before == after:
        assert not any(page.view for page in known.values())
