"""Early pages: made in the scan by a guess, and none of them differs from what render would have made."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.engine.build import BuildReport, Order
from generator.engine.render import RenderTask
from generator.engine.scan import ScanResult
from generator.errors import ContentError
from tests.executors import Between, Hostile
from tests.history import CORRECTIONS, KEEP_GOING, SETTINGS, SHORT, Site, contents, sidecars
from tests.small import Said, data_of, news, note, tree, write

DAYS = {
    1: "Monday January 1, 2024 @01:00AM",
    2: "Wednesday January 3, 2024 @01:00AM",
    3: "Thursday February 1, 2024 @01:00AM",
    4: "Saturday March 1, 2025 @01:00AM",
}
EARLIER = "Friday January 1, 2021 @01:00AM"


def save(number: int, *posts: Said, title: str = "", when: str = "") -> str:
    """The save of a thread, which names its authors as all others do."""
    ann = Said(f"Ann in {number}", "Boo")
    return news(str(number), ann, *posts, title=title or f"Thread {number}", when=when or DAYS[number])


MORE = [Said(f"More {n}", "Re:", f"Q{n}", str(40 + n)) for n in range(3)]
CONTENT: dict[str, str] = {
    "threadpress.toml": SHORT,
    "content/1.txt": save(1),
    "content/2.txt": save(2, *MORE),
    "content/3.txt": save(3),
    "content/4.txt": save(4),
}


def page(number: int) -> set[str]:
    """Files of a thread, saves left out."""
    stem = f"threads/slashdot/{number}"
    return {f"{stem}.html", f"{stem}.json", *([f"{stem}/2.html"] if number == 2 else [])}


class Made(NamedTuple):
    """A first build: its report, pages made early, those moved to their places, and those rendered as always."""

    report: BuildReport
    early: list[str]
    moved: list[str]
    rendered: list[str]


def first_build(site: Site, order: Order = KEEP_GOING) -> Made:
    """Build with an executor that looks on, and list what became of every file of a thread."""
    executor = Hostile(1)
    report = site.build(order, executor)
    tasks: list[RenderTask] = [pickle.loads(packed)[1][0] for name, packed in executor.tasks if name == "render_batch"]
    scans: dict[str, ScanResult] = {
        result.spool: result for name, packed in executor.results if name == "scan_batch"
        for result in [pickle.loads(packed)]
    }  # fmt: skip  # a task may be done twice
    return Made(
        report,
        [made.url for scanned in scans.values() for made in scanned.early],
        [move.wanted.page.url for task in tasks for move in task.moves],
        [wanted.page.url for task in tasks for job in task.threads for wanted in job.wanted],
    )


def pages_of(urls: list[str]) -> set[str]:
    """Without saves; each of them was there once."""
    assert len(urls) == len(set(urls))
    return {url for url in urls if not url.startswith("saves/")}


def piecemeal(folder: Path, files: Mapping[str, str | bytes]) -> dict[str, bytes]:
    """What comes of a site where nothing was ever made early: another thread was there first, and went last."""
    site = Site(write(folder, {path: data for path, data in files.items() if not path.startswith("content/")}))
    write(folder, {"threadpress.toml": files.get("threadpress.toml", "")})
    site.put("content/seed.md", note("seed", ("Nobody else", "id=1", "Hi"), posted="1999-01-01"))
    site.build()
    write(folder, files)
    executor = Hostile(2)
    site.build(executor=executor)
    assert not any(pickle.loads(packed).early for name, packed in executor.results if name == "scan_batch")
    site.drop("content/seed.md")
    site.build()
    return tree(folder / "output")


def test_a_first_build_renders_nothing_twice(tmp_path: Path) -> None:
    site = Site(write(tmp_path / "site", CONTENT), bare=True)
    made = first_build(site)
    files = {url for url in tree(tmp_path / "site/output") if url.startswith(("threads/", "saves/"))}
    assert (
        set(made.early)
        == set(made.moved)
        == files
        == {*page(1), *page(2), *page(3), *page(4)} | {f"saves/{number}.txt" for number in DAYS}
    )
    assert len(made.early) == len(made.moved) == len(files)
    assert made.rendered == []
    assert {reason for url, reason in made.report.rendered if url in files} == {"it is new"}
    site.check(made.report)
    assert not (tmp_path / "site/.threadpress/spool").exists()


def test_later_builds_make_nothing_early(tmp_path: Path) -> None:
    """Most of their threads stand as they are, and a guess would need the heads of all."""
    site = Site(write(tmp_path / "site", CONTENT), bare=True)
    site.build()
    site.put("content/3.txt", save(3, title="Renamed"))
    made = first_build(site)
    assert (made.early, made.moved) == ([], [])
    assert pages_of(made.rendered) == {*page(2), *page(3), *page(4)} - {f"threads/slashdot/{n}.json" for n in (2, 4)}
    site.check(made.report)


def test_after_a_clean_start_pages_are_made_early_again_and_only_those_that_differ_are_written(tmp_path: Path) -> None:
    site = Site(write(tmp_path / "site", CONTENT), bare=True)
    site.build()
    shutil.rmtree(tmp_path / "site/.threadpress")
    site.put("content/4.txt", save(4, *MORE[:1]))
    made = first_build(site)
    assert made.rendered == []
    assert {url for url in made.report.written if url.startswith(("threads/", "saves/"))} == {*page(4), "saves/4.txt"}
    site.check(made.report)


WRONG: dict[str, tuple[dict[str, str], set[str]]] = {
    "a sidecar's title, which the neighbours show": (
        {"content/1.toml": 'title = "Corrected"\n'},
        page(2),
    ),
    "a sidecar's tag, which no page of the site had": (
        {"content/1.toml": 'tags = ["rain"]\n'},
        {*page(1), *page(2), *page(3), *page(4)},
    ),
    "a sidecar's tag, among others": (
        {"content/1.toml": 'tags = ["rain"]\n', "content/n.md": note("n", tags=["x"])},
        page(1),
    ),
    "a tag of the settings": (
        {"threadpress.toml": f'{SHORT}[tags]\nodd = ["thread 1", "thread 3"]\n'},
        set(),
    ),
    "a name that is redacted": (
        {"threadpress.toml": f'{SHORT}redact = ["slashdot/7"]\n'},
        set(),
    ),
    "an author whose slug is wanted by another": (
        {"content/s.md": note("5", ("Q0 40", "id=1", "Hm"), source="slashdot")},
        {*page(2), *page(5)},
    ),
    "an author of two names": (
        {"content/4.txt": save(4, Said("Hm", "Boo", "Kyu", "40"))},
        {*page(2), *page(4)},
    ),
    "ids that differ by case only": (
        {"content/a.md": note("A", ("Ann", "id=1", "Hi")), "content/b.md": note("a", ("Bob", "id=1", "Hi"))},
        set(),
    ),
    "a newer save with another title, which its name puts first": (
        {"content/3.10.txt": save(3, title="Renamed"), "content/3.9.txt": save(3)},
        {*page(2), *page(4)},
    ),
    "a newer save with another date": (
        {"content/4.2.txt": save(4, when=EARLIER)},
        {*page(1), *page(3), *page(4)},
    ),
    "no data and no saves": (
        {"threadpress.toml": f"{SHORT}publish_data = false\npublish_saves = false\n"},
        set(),
    ),
    "a title behind a head that is too long": (
        {"content/5.md": note("long", story="Hi", title="x" * 5000, posted="2024-01-02")},
        set(),
    ),
    "another zone": (
        {
            "threadpress.toml": f'{SHORT}timezone = "Asia/Tokyo"\n',
            "content/z.md": note("z", posted="2024-01-01T20:00Z"),
        },
        set(),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "rendered"), WRONG.values(), ids=WRONG.keys())
def test_pages_of_which_the_guess_was_wrong_are_rendered_as_always(
    tmp_path: Path, files: dict[str, str], rendered: set[str]
) -> None:
    site = Site(write(tmp_path / "site", {**CONTENT, **files}), bare=True)
    made = first_build(site)
    assert pages_of(made.rendered) == rendered
    assert pages_of(made.rendered) | pages_of(made.moved) == {
        url for url in tree(tmp_path / "site/output") if url.startswith("threads/")
    }
    site.check(made.report)
    assert tree(tmp_path / "site/output") == piecemeal(tmp_path / "other", site.inputs())


def test_a_bad_save_is_left_out_though_its_neighbours_were_made_with_it(tmp_path: Path) -> None:
    """Its head is fine, so the guess counted on it."""
    bad = {"content/3.txt": f"{save(3, Said('x' * 5000))}\0"}
    site = Site(write(tmp_path / "site", {**CONTENT, **bad}), bare=True)
    with pytest.raises(ContentError, match=r"content/3\.txt:.*NUL"):
        site.build(Order())
    assert not (tmp_path / "site/output").exists()
    made = first_build(site)
    assert pages_of(made.rendered) == {*page(2), *page(4)}
    assert {problem.path for problem in made.report.problems} == {"content/3.txt"}
    site.check(made.report)
    assert tree(tmp_path / "site/output") == piecemeal(tmp_path / "other", site.inputs())
    site.put("content/3.txt", save(3))
    site.check(site.build())


def behind(kind: str, meddle: Callable[[], object]) -> Between:
    """Do every task at once, and something else behind the first of a kind."""
    waiting = [kind]

    def after(name: str, _: int) -> None:
        if name in waiting:
            waiting.remove(name)
            meddle()

    return Between(after)


@pytest.mark.parametrize("text", [save(3, title="Renamed"), save(3, *MORE), save(3, when=EARLIER)])
def test_a_save_that_changes_behind_the_guess_is_shown_as_it_was_read(tmp_path: Path, text: str) -> None:
    site = Site(write(tmp_path / "site", CONTENT), bare=True)
    report = site.build(KEEP_GOING, behind("look_into", lambda: site.put("content/3.txt", text)))
    assert data_of(tree(tmp_path / "site/output"), "threads/slashdot/3.json")["title"] in text
    site.check(report)


def test_a_save_that_changes_behind_the_scan_is_shown_as_it_was_read_and_then_as_it_is(tmp_path: Path) -> None:
    """Its pages are made already, so they agree with all others of this build; the next build sees the change."""
    site = Site(write(tmp_path / "site", CONTENT), bare=True)
    expected, _ = site.clean()
    site.build(Order(), behind("ingest_partition", lambda: site.put("content/3.txt", save(3, title="Renamed"))))
    assert tree(tmp_path / "site/output") == expected
    site.check(site.build())


def test_a_save_that_changes_behind_the_scan_is_told_where_its_pages_have_to_be_rendered(tmp_path: Path) -> None:
    files = {"content/4.toml": 'title = "Corrected"\n'}  # the third thread shows it
    site = Site(write(tmp_path / "site", {**CONTENT, **files}), bare=True)
    with pytest.raises(ContentError, match=r"content/3\.txt: it changed while the site was being built"):
        site.build(Order(), behind("ingest_partition", lambda: site.put("content/3.txt", save(3, title="Renamed"))))
    site.check(site.build())


def test_a_build_that_dies_between_scan_and_render_leaves_nothing_that_misleads(tmp_path: Path) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    site = Site(write(tmp_path / "site", CONTENT), bare=True)
    for kind in ("scan_batch", "ingest_partition", "render_batch"):
        with pytest.raises(KeyboardInterrupt):
            site.build(Order(), behind(kind, die))
        site.put("content/3.txt", save(3, title=f"Renamed before {kind}"))
    site.check(site.build())


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another disk than `tmp_path`."""
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system to write to")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.mark.parametrize("moved", ["output", ".threadpress"])
def test_output_and_store_may_lie_on_different_disks(tmp_path: Path, elsewhere: Path, moved: str) -> None:
    """A rename can't cross them, so the pages are copied."""
    site = Site(write(tmp_path / "site", CONTENT), bare=True)
    expected, _ = site.clean()
    (tmp_path / "site" / moved).symlink_to(elsewhere, target_is_directory=True)
    made = first_build(site)
    assert made.rendered == []
    assert len(made.moved) == len(made.early) == 13
    assert tree(tmp_path / "site/output") == expected
    site.check(made.report)
    assert not any(path.name.startswith("file-") for path in tmp_path.rglob("*"))


@settings(max_examples=15)
@given(contents, st.dictionaries(sidecars, st.sampled_from(CORRECTIONS), max_size=3), st.sampled_from(SETTINGS))
def test_a_first_build_gives_what_builds_without_early_pages_give(
    tmp_path_factory: pytest.TempPathFactory, saves: Mapping[str, str], corrections: Mapping[str, str], text: str
) -> None:
    folder = tmp_path_factory.mktemp("first")
    files = {"content/.keep": "", **saves, **corrections, "threadpress.toml": text}
    site = Site(write(folder / "site", files), bare=True)
    site.build()
    assert tree(folder / "site/output") == piecemeal(folder / "other", files)
