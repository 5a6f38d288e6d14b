"""Plan: which pages a site has, where they are, and which of them an addition changes."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import urls
from generator.config import Config
from generator.engine.gather import gather
from generator.engine.lock import FOLDER
from generator.engine.project import Project
from generator.engine.scan import scan
from generator.engine.store import NOTHING, Store
from generator.errors import ContentError
from generator.model import TOP, Author, Post, SaveRef, Thread
from generator.pages import Page, authors, page_view, plan
from generator.pages.fixed import About
from generator.pages.lists import ThreadList
from generator.site import AuthorSum, Gathered, Origin, authors_in, facts_of, link, mark
from generator.theme.theme import load_theme
from generator.theme.views import Head
from generator.threads import Group
from generator.workers import Workers
from tests.small import DEFAULTS, Said, data_of, news, note, output_of, write


def planned(site: Path, **settings: Any) -> dict[str, tuple[Page | None, Head | None]]:
    """Plan a site: its files by URL, with what their templates see where that is known by then."""
    config, store = msgspec.structs.replace(DEFAULTS, **settings), Store(site / FOLDER)
    with Workers(None, 1) as workers:
        project = Project(site, config, load_theme("default", site))
        content = scan(project, NOTHING, store, workers, same=False)
        gathered = gather(content, NOTHING, store, workers, afresh=True)
    links = link(content.facts, authors_in(gathered), config)
    result = plan(links, config, project.theme)
    pages: dict[str, tuple[Page | None, Head | None]] = dict.fromkeys(result.urls(config), (None, None))
    pages.update((page.url, (page, None)) for page in result.own())
    pages.update((page.url, (page, page_view(page, links, config))) for page in result.pages if page.template)
    return pages


def thread_list(page: tuple[Page | None, Head | None]) -> ThreadList:
    _, view = page
    assert isinstance(view, ThreadList)
    return view


def urls_of(pages: Iterable[str]) -> set[str]:
    return {url for url in pages if not url.startswith("assets/")}


FIXED = {"index.html", "authors/index.html", "dates/index.html", "stats.html", "about.html", "404.html", "robots.txt"}
SITE = {
    "content/101.txt": news("101", Said("Text", "Boo"), Said("Well", "Re:", "Bob", "8"), who="Eve"),
    "content/sub/_t.md": note("talk", ("Ann", "id=1", "Hello"), tags=["Harbour news"]),
}


def test_a_site_has_these_pages(tmp_path: Path) -> None:
    assert urls_of(planned(write(tmp_path, SITE))) == FIXED | {
        "authors/notes/index.html", "authors/slashdot/index.html",
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
    assert "threads/slashdot/101/posts.js" in pages
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


def test_two_files_that_would_be_one_are_an_error_that_names_what_both_are_made_from(tmp_path: Path) -> None:
    theme = load_theme("default", None)
    theme = msgspec.structs.replace(theme, assets={**theme.assets, "mine.css": (urls.INDEX, b"")})
    with pytest.raises(ContentError) as caught:
        plan(link((), Gathered(), DEFAULTS), DEFAULTS, theme)
    (problem,) = caught.value.problems
    assert problem.path == "theme asset mine.css"
    assert problem.message == "it makes the page index.html, and so does index list Threads"


def test_a_save_that_has_the_name_that_another_is_given_is_no_error(tmp_path: Path) -> None:
    other = urls.save_files(["_x.txt"])["_x.txt"]
    pages = urls_of(planned(write(tmp_path, {"content/_x.txt": news("1"), f"content/{other[6:]}": news("2")})))
    published = {url for url in pages if url.startswith("saves/")}
    assert len(published) == 2
    assert other in published


@pytest.mark.parametrize(
    ("one", "another"),
    [("Pump.md", "pump.md"), ("Pump/a.md", "pump/a.md"), ("caf\u00e9.md", "cafe\u0301.md")],
)
def test_saves_that_are_one_on_another_system_are_published_apart(tmp_path: Path, one: str, another: str) -> None:
    files = {f"content/{one}": note("1", story="One."), f"content/{another}": note("2", story="Another.")}
    output = output_of(tmp_path, files)
    published = {url: data for url, data in output.items() if url.startswith("saves/")}
    assert set(published.values()) == {data.encode() for data in files.values()}
    # A list of sums holds on a system where only one of the two could be.
    assert len({unicodedata.normalize("NFC", url).lower() for url in published}) == 2
    for number, path in (("1", one), ("2", another)):
        (url,) = (url for url, data in published.items() if data == files[f"content/{path}"].encode())
        page = output[f"threads/notes/{number}.html"].decode()
        assert f'<a href="../../{urls.link(url)}"><bdi>{path}</bdi></a>' in page
        assert data_of(output, f"threads/notes/{number}.json")["saves"][0]["path"] == path


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
def test_a_fingerprint_of_the_authors_index_differs_where_its_page_does(
    before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> None:
    def made(people: list[tuple[int, int]]) -> dict[str, tuple[bytes, Head]]:
        """Fingerprint and view of each page."""
        sums = [
            AuthorSum(f"s/{n}", "s", str(n), f"N{n}", (), f"n{n}", p, 0, 1, None, 1, 1, n, mark(n, p))
            for n, p in people
        ]
        links = link((), Gathered(fresh=sums), DEFAULTS)
        return {
            page.url: (page.fingerprint, authors.view(page, links, DEFAULTS)) for page in authors.pages(links, DEFAULTS)
        }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generator.pages.authors.AUTHORS_PER_PAGE", 5)
        first, then = made(before), made(after)
    for url in first.keys() & then.keys():
        assert (first[url][0] == then[url][0]) == (first[url][1] == then[url][1])


def test_a_save_is_published_once_however_many_threads_are_in_it(tmp_path: Path) -> None:
    save = SaveRef("talk.mbox", "0" * 64, "mail")
    posts = (Post("p", "", Author("s", "Ann"), None, None, ""),)
    threads = [Thread("s", name, name, "", posts, saves=(save,), replies=(TOP,)) for name in ("one", "two")]
    facts = [
        facts_of(thread, thread.tree(), Origin(Group(("talk.mbox",)), ()), f"0 {thread.id}", {}) for thread in threads
    ]
    assert link(facts, Gathered(), DEFAULTS).saves == {}, "mail holds more than its threads"
    config = msgspec.structs.replace(DEFAULTS, publish_saves="all")
    links = link(facts, Gathered(), config)
    result = plan(links, config, load_theme("default", tmp_path))
    ((page, number),) = [(save.page, save.thread) for save in result.saves]
    assert (page.url, page.key, page.origin) == ("saves/talk.mbox", "talk.mbox", "content/talk.mbox")
    assert links.threads[number].id == "one"
    (about,) = (page for page in result.pages if page.url == urls.ABOUT)
    assert isinstance(view := page_view(about, links, DEFAULTS), About)
    assert (view.threads, view.saves) == (2, 1)
