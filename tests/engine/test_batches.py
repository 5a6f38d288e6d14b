"""What is rendered after a change: the pages that show it, each with a reason, and not one more."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.engine.build import BuildReport
from generator.engine.store import Store
from generator.stamps import stamp_bytes
from tests.history import SHORT, Site
from tests.small import Said, news, note, prints, tree, write

# Five threads by one editor, Ed, two of a page in each list. In every one Ann writes first, then somebody of its own;
# the third has two pages. A month holds two threads at most, before and after each edit, so no bar of it changes.
DAYS = {
    1: "Monday January 1, 2024 @01:00AM",
    2: "Wednesday January 3, 2024 @01:00AM",
    3: "Thursday February 1, 2024 @01:00AM",
    4: "Saturday March 1, 2025 @01:00AM",
    5: "Sunday March 2, 2025 @01:00AM",
    6: "Tuesday April 1, 2025 @01:00AM",
    35: "Friday February 2, 2024 @01:00AM",
}


def save(number: int, *posts: Said, ann: str = "1", title: str = "") -> str:
    """The save of a thread."""
    return news(
        str(100 + number),
        Said(f"Ann in {number}", "Boo", "Ann", "7", ann),
        Said(f"Well {number}", "Boo", f"P{number}", str(number + 20), "3"),
        *posts,
        title=title or f"Thread {number}",
        when=DAYS[number],
        who="Ed",
    )


MORE = [Said(f"More {n}", "Boo", f"Q{n}", str(40 + n), "2") for n in range(2)]
CONTENT = {
    "threadpress.toml": SHORT,
    **{f"content/{number}.txt": save(number, *(MORE if number == 3 else ())) for number in range(1, 6)},
    "content/1.toml": 'tags = ["t"]\n',
}


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it was built."""
    folder = write(tmp_path_factory.mktemp("start") / "site", CONTENT)
    Site(folder, bare=True).build()
    return folder


@pytest.fixture
def site(start: Path, tmp_path: Path) -> Site:
    """A copy of it, to edit; its store says so of every date."""
    shutil.copytree(start, tmp_path / "site")
    return Site(tmp_path / "site", bare=True)


def rendered(report: BuildReport) -> set[str]:
    return {url for url, _ in report.rendered}


def thread(number: int, *more: str) -> set[str]:
    """Files of a thread of one page."""
    stem = f"threads/slashdot/{100 + number}"
    return {f"{stem}.html", f"{stem}.json", *(f"{stem}/{page}.html" for page in more)}


def page(number: int) -> str:
    return f"threads/slashdot/{100 + number}.html"


def author(name: str, *pages: int) -> set[str]:
    """Pages of an author, 0 for the newest."""
    return {f"authors/slashdot/{name}{f'/{page}' if page else ''}.html" for page in pages}


THIRD = thread(3, "2") | {"saves/3.txt"}
LIST = "threads/slashdot/103/posts.js"
"""Says which posts of the third thread are on which page."""


def test_the_site_is_as_it_is_counted_here(start: Path) -> None:
    found = tree(start / "output").keys()
    ours = set().union(*(thread(number) | {f"saves/{number}.txt"} for number in range(1, 6)), THIRD, {LIST})
    ours |= author("ann-7", 0, 1, 2) | author("ed", 0, 1, 2) | author("q0-40", 0) | author("q1-41", 0)
    ours = ours.union(*(author(f"p{number}-{number + 20}", 0) for number in range(1, 6)))
    ours |= {"index.html", "index/1.html", "index/2.html", "authors/index.html", "tags/index.html", "tags/t.html"}
    ours |= {"dates/index.html", "dates/2024.html", "dates/2025.html"}
    ours |= {"dates/2024/01.html", "dates/2024/02.html", "dates/2025/03.html"}
    ours |= {"stats.html", "about.html", "404.html", "robots.txt", "SHA256SUMS"}
    assert ours == {url for url in found if not url.startswith("assets/")}


def test_a_score_is_shown_by_its_thread_and_by_its_author(site: Site) -> None:
    """By that page of its author that lists the thread, and where scores are counted."""
    site.put("content/3.txt", save(3, *MORE, ann="0"))
    report = site.build()
    assert rendered(report) == THIRD | author("ann-7", 0, 2) | {"stats.html"}
    assert {reason for _, reason in report.rendered} == {"what it shows changed"}
    # Its second page holds other posts; the bytes are the same but for the list of saves, which names the hash.
    assert set(report.written) == rendered(report) | {"SHA256SUMS"}
    site.check(report)


def test_an_answer_is_told_on_the_newest_pages_of_both(site: Site) -> None:
    """Ann's page lists no post more, and says all the same that P3 answers her."""
    before = rendered(site.build())
    site.put(
        "content/3.txt",
        save(3, *MORE).replace("Well 3", "> Ann in 3\n\nWell 3").replace("Boo (Score:3)", "Re: (Score:3)"),
    )
    report = site.build()
    assert not before
    assert {url for url in rendered(report) if url.startswith("authors/")} == author("ann-7", 0) | author("p3-23", 0)
    site.check(report)


def test_a_median_stands_on_the_newest_page_of_its_author(site: Site) -> None:
    for number in (1, 2, 3):
        site.put(f"content/{number}.txt", save(number, *(MORE if number == 3 else ()), ann="2"))
    report = site.build()
    wanted = {*THIRD, *thread(1), *thread(2), "saves/1.txt", "saves/2.txt", *author("ann-7", 0, 1, 2), "stats.html"}
    assert rendered(report) == wanted
    site.check(report)


def test_the_list_of_a_threads_posts_is_made_again_if_their_order_changes(site: Site) -> None:
    site.put("content/3.txt", save(3, *MORE).replace("Well 3", "Well, well"))
    report = site.build()
    assert LIST in rendered(report)
    site.check(report)
    site.put("content/3.txt", save(3, *MORE[::-1]).replace("Well 3", "Well, well"))
    assert LIST in rendered(site.build())
    site.put("content/3.txt", save(3, *MORE[::-1]).replace("Well 3", "Well, well").replace("Score:2", "Score:4"))
    assert LIST not in rendered(site.build())


def test_a_thread_that_needs_one_page_has_no_list_of_its_posts(site: Site) -> None:
    site.put("content/3.txt", save(3, MORE[0]))
    report = site.build()
    assert set(report.removed) >= {LIST, "threads/slashdot/103/2.html"}
    site.check(report)
    site.put("content/3.txt", save(3, *MORE))
    assert LIST in rendered(site.build())


def test_saves_whose_names_differ_in_letter_case_only_are_both_renamed(site: Site) -> None:
    """So the page that names the first one changes, though its own save did not."""
    site.put("content/sub/pump.md", note("pump", story="One."))
    site.build()
    site.put("content/sub/Pump.md", note("other", story="Another."))
    report = site.build()
    published = {
        name: f"saves/sub/{name}-{hashlib.sha256(f'{name}.md'.encode()).hexdigest()[:8]}.md"
        for name in ("pump", "Pump")
    }
    assert rendered(report) >= {"threads/notes/pump.html", *published.values()}
    assert "saves/sub/pump.md" in report.removed
    site.check(report)
    site.drop("content/sub/Pump.md")
    report = site.build()
    assert rendered(report) >= {"threads/notes/pump.html", "saves/sub/pump.md"}
    assert set(report.removed) >= set(published.values())
    site.check(report)


SHOWN_IN = author("ann-7", 2) | author("ed", 2) | author("p3-23", 0) | author("q0-40", 0) | author("q1-41", 0)
"""Where authors list the third thread."""
LISTED_IN = {"index/2.html", "dates/2024/02.html"}


def test_a_title_is_shown_by_neighbours_lists_and_authors(site: Site) -> None:
    site.put("content/3.txt", save(3, *MORE, title="Renamed"))
    report = site.build()
    assert rendered(report) == THIRD | {page(2), page(4)} | SHOWN_IN | LISTED_IN
    site.check(report)


def test_a_sidecar_changes_what_it_says(site: Site) -> None:
    site.put("content/3.toml", 'title = "Renamed"\n')
    report = site.build()
    assert rendered(report) == THIRD - {"saves/3.txt"} | {page(2), page(4)} | SHOWN_IN | LISTED_IN
    site.check(report)
    site.put("content/3.toml", 'title = "Renamed"\ntags = ["t"]\n')
    report = site.build()
    assert rendered(report) == THIRD - {"saves/3.txt"} | {"tags/t.html", "tags/index.html"}
    site.check(report)


def test_the_newest_thread_touches_the_newest_pages(site: Site) -> None:
    site.put("content/6.txt", save(6))
    report = site.build()
    wanted = thread(6) | {page(5), "saves/6.txt"} | author("ann-7", 0) | author("ed", 0) | author("p6-26", 0)
    wanted |= {"index.html", "authors/index.html", "stats.html", "about.html"}
    wanted |= {"dates/index.html", "dates/2025.html", "dates/2025/04.html"}
    assert rendered(report) == wanted
    new = thread(6) | author("p6-26", 0) | {"saves/6.txt", "dates/2025/04.html"}
    assert {url for url, reason in report.rendered if reason == "it is new"} == new
    site.check(report)


def test_a_new_name_touches_no_thread_with_the_old_one(site: Site) -> None:
    """The slug outlives it, so that all links to its author stay as they are; two names back and forth, too."""
    site.put("content/6.txt", save(6).replace("by P6 ( 26 )", "by Eve ( 21 )"))
    report = site.build()
    assert author("p1-21", 0) < rendered(report)
    assert {url for url in rendered(report) if url.startswith("threads/")} == thread(6) | {page(5)}
    site.check(report)
    site.put("content/6.txt", save(6))
    report = site.build()
    assert {url for url in rendered(report) if url.startswith("threads/")} == thread(6)
    site.check(report)


def test_a_slug_that_goes_to_another_touches_all_that_link_to_it(site: Site) -> None:
    """Also where its author had got a second name meanwhile, so that some threads say it and some don't."""
    site.put("content/6.txt", save(6).replace("by P6 ( 26 )", "by Eve ( 21 )"))
    site.build()
    site.put("content/n.md", note("n", ("P1-21", "", "Hm"), source="slashdot"))
    report = site.build()
    assert thread(1) | thread(6) <= rendered(report)
    assert "p1-21.html" not in (site.folder / "output" / page(1)).read_text(encoding="utf-8")
    site.check(report)


def test_a_thread_that_fills_a_page_begins_the_next(site: Site) -> None:
    """The full page gets a number; older ones stay as they are."""
    site.put("content/6.txt", save(6))
    site.build()
    site.put("content/6.2.txt", save(6, Said("More", "Boo", "Ann", "7")))
    report = site.build()
    wanted = thread(6) | {"saves/6.2.txt", "index.html", "authors/index.html", "stats.html", "about.html"}
    wanted |= author("ann-7", 0, 3)  # Ed and P6 wrote nothing more, and their pages say no more of the thread
    wanted |= {"dates/index.html", "dates/2025.html", "dates/2025/04.html"}
    assert rendered(report) == wanted
    site.check(report)


def test_a_thread_in_the_middle_moves_those_behind_it(site: Site) -> None:
    """Pages before it stay."""
    site.put("content/35.txt", save(35))
    report = site.build()
    wanted = thread(35) | {page(3), "threads/slashdot/103/2.html", page(4), "saves/35.txt"}
    wanted |= author("ann-7", 0, 2) | author("ed", 0, 2) | author("p35-55", 0)
    wanted |= {"index.html", "index/2.html", "authors/index.html", "stats.html", "about.html"}
    wanted |= {"dates/index.html", "dates/2024.html", "dates/2024/02.html"}
    assert rendered(report) == wanted
    site.check(report)


def test_a_thread_that_goes_takes_its_pages_along(site: Site) -> None:
    site.drop("content/5.txt")
    report = site.build()
    assert set(report.removed) == thread(5) | author("p5-25", 0) | author("ann-7", 2) | author("ed", 2) | {
        "saves/5.txt",
        "index/2.html",
    }
    wanted = {
        page(4),
        "index.html",
        "authors/index.html",
        "stats.html",
        "about.html",
        "dates/index.html",
        "dates/2025.html",
    }
    assert rendered(report) == wanted | {"dates/2025/03.html"} | author("ann-7", 0) | author("ed", 0)
    site.check(report)


def test_a_thread_in_one_list_only_changes_that_one(site: Site) -> None:
    """Somebody else's thread: what no page of it shows stays as it is."""
    before = prints(site.folder / "output")
    site.put("content/5.txt", save(5, Said("Once more", "Boo", "P5", "25", "0")))
    report = site.build()
    wanted = thread(5) | {"saves/5.txt", "index.html", "authors/index.html", "stats.html", "about.html"}
    wanted |= author("p5-25", 0)
    wanted |= {"dates/index.html", "dates/2025.html", "dates/2025/03.html"}
    assert rendered(report) == wanted
    after = prints(site.folder / "output")
    assert {url for url in before if before[url] != after[url]} == wanted | {"SHA256SUMS"}
    site.check(report)


def test_a_missing_or_altered_file_is_made_again_alone(site: Site) -> None:
    lost = {"index/1.html", page(2), "saves/4.txt", *author("ann-7", 1), "robots.txt"}
    for url in lost:
        (site.folder / "output" / url).unlink()
    report = site.build()
    assert dict(report.rendered) == dict.fromkeys(lost, "its file is missing")
    assert set(report.written) == lost
    site.check(report)


def test_a_page_that_stays_is_known_by_its_new_date(site: Site) -> None:
    """Also that of an author some of whose pages are rendered."""
    url = "authors/slashdot/ann-7/1.html"
    os.utime(site.folder / "output" / url, ns=(0, 10**18))
    site.put("content/3.txt", save(3, *MORE, ann="0"))
    assert url not in rendered(site.build())
    record = Store(site.folder / ".threadpress").load().records.value[url]
    assert record[40:] == stamp_bytes((site.folder / "output" / url).stat())


Change = Callable[[Site], object]
NOTHING: dict[str, Change] = {
    "dates": lambda site: site.touch("content/3.txt", 10**18),
    "a save written again": lambda site: site.put("content/3.txt", CONTENT["content/3.txt"]),
    "a file that is no save": lambda site: site.put("content/README.md", "Hello"),
    "a comment in the settings": lambda site: site.put("threadpress.toml", f"{SHORT}# a comment\n"),
}


@pytest.mark.parametrize("name", NOTHING)
def test_what_changes_no_page_renders_none(site: Site, name: str) -> None:
    NOTHING[name](site)
    site.rest(site.build())


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("threadpress.toml", f"{SHORT}noindex = true\n"),
        ("themes/default/templates/robots.txt", "other"),
        ("threadpress.toml", f'{SHORT}title = "Other"\n'),
    ],
)
def test_settings_and_themes_render_all(site: Site, path: str, text: str) -> None:
    site.put(path, text)
    report = site.build()
    assert rendered(report) == tree(site.folder / "output").keys() - {"SHA256SUMS"}
    assert {reason for _, reason in report.rendered} == {"settings, theme or program changed"}
    site.check(report)
