"""What is watched, and how changes become batches: real files, and the watch in an event loop of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from watchdog.events import FileModifiedEvent

from generator.commands.serve.snapshot import Snapshot
from generator.commands.serve.symlinks import trail
from generator.commands.serve.watch import LONGEST, MOST, MOST_FOLDERS, QUIET, Watch, quiet
from generator.commands.serve.watched_files import WatchedFiles, watched_files
from generator.config import Config
from tests.serving import SOON
from tests.small import ROOT, write

Batches = list[tuple[str, ...]]


def watched(site: Path, act: Callable[[], None], config: Config | None = None, poll: bool = False) -> Batches:
    """Give the batches that come while `act` runs in a thread, and for a while after."""

    async def main() -> Batches:
        batches: Batches = []
        watch = Watch(watched_files(config or Config(), site), poll, print)

        async def take() -> None:
            while True:
                batches.append(await watch.changes())

        taking = asyncio.create_task(take())
        await asyncio.to_thread(act)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(taking), 1.5 if poll else 0.3)
        taking.cancel()
        watch.close()
        return batches

    # In a thread of its own: tests of browsers leave a loop running in the one that all tests share.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main()).result()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", {"content/1.txt": "one", "content/deep/2.txt": "two", "themes/x/theme.toml": ""})


def test_silence_grows_with_the_number_of_changes() -> None:
    assert quiet(1) == QUIET <= 0.02
    assert quiet(500) == quiet(10**9) == MOST <= 0.2
    waits = [quiet(number) for number in range(1, 1000)]
    assert waits == sorted(waits)


def test_a_save_comes_by_itself_and_many_together(site: Path) -> None:
    async def main() -> list[tuple[str, ...]]:
        watch = Watch(watched_files(Config(), site), False, print)
        (site / "content/1.txt").write_text("another")
        batches = [await asyncio.wait_for(watch.changes(), SOON)]
        for number in range(200):  # in the thread of the loop: a busy machine can't end the batch before all are there
            (site / f"content/deep/{number + 10}.txt").write_text("new")
        batches.append(await asyncio.wait_for(watch.changes(), SOON))
        watch.close()
        return batches

    with ThreadPoolExecutor(1) as thread:
        one, many = thread.submit(asyncio.run, main()).result()
    assert one == ("content/1.txt",)
    assert len(many) == 200
    assert many[0] == "content/deep/10.txt"


def test_a_batch_goes_out_even_if_changes_go_on(site: Path) -> None:
    def act() -> None:
        end = time.monotonic() + LONGEST + 0.3
        while time.monotonic() < end:
            (site / "content/1.txt").write_text(str(time.monotonic()))
            time.sleep(QUIET / 5)

    assert len(watched(site, act)) >= 2


def test_on_a_busy_machine_a_longer_silence_ends_a_batch(site: Path) -> None:
    async def main() -> tuple[str, ...]:
        watch = Watch(watched_files(Config(), site), False, print)
        batch = asyncio.create_task(watch.changes())
        (site / "content/1.txt").write_text("another")
        watch.dispatch(FileModifiedEvent(str(site / "content/1.txt")))  # what the system tells may come later
        await asyncio.sleep(QUIET / 3)
        time.sleep(12 * QUIET)  # nobody had a turn
        await asyncio.sleep(6 * QUIET)
        (site / "content/3.txt").write_text("from one who waited, too")
        watch.dispatch(FileModifiedEvent(str(site / "content/3.txt")))
        told = await batch
        watch.close()
        return told

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(asyncio.run, main()).result() == ("content/1.txt", "content/3.txt")


@pytest.mark.parametrize("poll", [False, True])
def test_what_is_told_and_what_is_not(site: Path, poll: bool) -> None:
    def act() -> None:
        for path in (
            *("output/index.html", ".threadpress/state", "notes.md", ".threadpress.toml.swp", "threadpress.toml~"),
            *("content/.1.txt.swp", "content/1.txt~", "content/README", "content/.git/config"),
        ):
            write(site, {path: "x"})
        (site / "content/deep/2.txt").read_text()
        os.utime(site / "content/deep")

    assert watched(site, act, poll=poll) == []


@pytest.mark.parametrize("poll", [False, True])
def test_each_kind_of_change_is_told(site: Path, poll: bool) -> None:
    def act() -> None:
        write(site, {"content/3.txt": "made", "content/1.txt": "changed", "threadpress.toml": "made"})
        (site / "content/deep/2.txt").rename(site / "content/moved.txt")
        (site / "themes/x/theme.toml").unlink()

    told = {path for batch in watched(site, act, poll=poll) for path in batch}
    assert told == {
        "content/3.txt", "content/1.txt", "threadpress.toml", "content/deep/2.txt", "content/moved.txt",
        "themes/x/theme.toml",
    }  # fmt: skip


def test_a_folder_that_is_replaced_is_still_watched(site: Path) -> None:
    def act() -> None:
        shutil.rmtree(site / "content")
        write(site, {"content/9.txt": "nine"})
        time.sleep(0.4)
        (site / "content/9.txt").write_text("ten")

    *_, last = watched(site, act)
    assert last == ("content/9.txt",)


def test_content_can_lie_elsewhere_and_behind_a_link(tmp_path: Path, site: Path) -> None:
    shutil.rmtree(site / "content")
    write(tmp_path, {"real/1.txt": "one", "beside/1.txt": "one"})
    (site / "content").symlink_to(tmp_path / "real")
    assert watched(site, lambda: write_more(tmp_path / "real")) == [("content/1.txt",)]
    assert watched(site, lambda: write_more(tmp_path / "beside"), Config(content="../beside")) == [("../beside/1.txt",)]


def write_more(*folders: Path) -> None:
    for folder in folders:
        with (folder / "1.txt").open("a") as file:
            file.write("more")


def test_where_there_is_nothing_yet_it_waits(tmp_path: Path) -> None:
    def act() -> None:
        write(tmp_path, {"saves/2020/1.txt": "one"})
        time.sleep(0.2)
        write_more(tmp_path / "saves/2020")

    batches = watched(tmp_path, act, Config(content="saves/2020"))
    assert {path for batch in batches for path in batch} == {"saves/2020/1.txt"}
    assert batches[-1] == ("saves/2020/1.txt",)


def test_the_themes_that_come_with_the_program_are_watched_in_a_checkout(site: Path) -> None:
    looked_at = watched_files(Config(), site)
    assert looked_at.covers(str(ROOT / "themes/default/theme.toml"))
    assert looked_at.shown(str(ROOT / "themes/default/theme.toml")) == "themes/default/theme.toml"
    assert not looked_at.covers(str(ROOT / "docs/themes.md"))


# ---- Symlinks


def told(site: Path, *acts: Callable[[], object], poll: bool) -> list[set[str]]:
    """Do one thing after the other; give what is told after each, until nothing has come for a moment."""

    async def main() -> list[set[str]]:
        watch = Watch(watched_files(Config(), site), poll, print)
        answers = []
        for act in acts:
            act()
            answers.append(set(await asyncio.wait_for(watch.changes(), SOON)))
            with contextlib.suppress(asyncio.TimeoutError):
                while True:
                    answers[-1].update(await asyncio.wait_for(watch.changes(), QUIET * 10))
        watch.close()
        return answers

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, main()).result()


def replace_file(path: Path, text: str) -> None:
    """Write a file as editors do: beside it, and then moved."""
    beside = path.with_name(f".{path.name}.tmp")
    beside.write_text(text)
    beside.replace(path)


def retarget(link: Path, target: Path) -> None:
    beside = link.with_name(".new-link")
    beside.symlink_to(target)
    beside.replace(link)


LOOKS = pytest.mark.parametrize("poll", [False, True])
"""As the system tells, and with --poll."""


@pytest.fixture
def linked(tmp_path: Path, site: Path) -> Path:
    """The same site, with a save, a sidecar, the settings and a theme that are links; gives the folder they lead to."""
    other = write(
        tmp_path / "other",
        {
            "a/save.txt": "one",
            "b/side.toml": "two",
            "c/settings.toml": "",
            "theme/static/x.css": "",
            "theme/notes/x": "",
        },
    )
    (site / "content/save.txt").symlink_to("../../other/a/save.txt")
    (site / "content/save.toml").symlink_to(other / "b/side.toml")
    (site / "threadpress.toml").symlink_to("../other/c/settings.toml")
    (site / "themes/linked").symlink_to("../../other/theme")
    return other


@LOOKS
def test_what_links_lead_to_is_watched(site: Path, linked: Path, poll: bool) -> None:
    assert told(
        site,
        lambda: (linked / "a/save.txt").write_text("changed"),
        lambda: replace_file(linked / "b/side.toml", "moved here"),
        lambda: replace_file(linked / "c/settings.toml", "# changed"),
        lambda: write(linked, {"theme/static/x.css": "/* changed */"}),
        lambda: write(linked, {"theme/templates/new.html": "made"}),
        lambda: write(linked, {"theme/templates/new.html": "changed"}),
        lambda: write(linked, {"theme/theme.toml": "made"}),
        poll=poll,
    ) == [
        {"content/save.txt"},
        {"content/save.toml"},
        {"threadpress.toml"},
        {"themes/linked/static/x.css"},
        {"themes/linked/templates/new.html"},
        {"themes/linked/templates/new.html"},
        {"themes/linked/theme.toml"},
    ]


@LOOKS
def test_what_lies_beside_a_target_is_not_told(site: Path, linked: Path, poll: bool) -> None:
    def act() -> None:
        write(linked, {"a/other.txt": "x", "a/.save.txt.swp": "x", "theme/notes/x": "x", "theme/static/.x.swp": "x"})
        (linked / "a/save.txt").read_text()

    assert watched(site, act, poll=poll) == []


@LOOKS
def test_a_link_can_lead_elsewhere(site: Path, linked: Path, poll: bool) -> None:
    write(linked, {"d/save.txt": "another", "e/settings.toml": "", "theme2/static/y.css": ""})
    assert told(
        site,
        lambda: retarget(site / "content/save.txt", linked / "d/save.txt"),
        lambda: (linked / "d/save.txt").write_text("changed again"),
        lambda: retarget(site / "threadpress.toml", linked / "e/settings.toml"),
        lambda: (linked / "e/settings.toml").write_text("# changed"),
        lambda: retarget(site / "themes/linked", linked / "theme2"),
        lambda: (linked / "theme2/static/y.css").write_text("/* changed */"),
        lambda: (site / "threadpress.toml").unlink(),
        poll=poll,
    ) == [
        {"content/save.txt"},
        {"content/save.txt"},
        {"threadpress.toml"},
        {"threadpress.toml"},
        {"themes/linked/static/x.css", "themes/linked/static/y.css"},
        {"themes/linked/static/y.css"},
        {"threadpress.toml"},
    ]


@LOOKS
def test_a_link_in_the_middle_can_lead_elsewhere(tmp_path: Path, site: Path, poll: bool) -> None:
    write(tmp_path, {"v1/1.txt": "one", "v2/1.txt": "two", "w/x": ""})
    (tmp_path / "w/current").symlink_to("../v1")
    (site / "content/now.txt").symlink_to("../../w/current/1.txt")
    answers = told(
        site, lambda: retarget(tmp_path / "w/current", Path("../v2")), lambda: write_more(tmp_path / "v2"), poll=poll
    )
    assert answers == [{"content/now.txt"}] * 2


@LOOKS
@pytest.mark.parametrize("missing", ["absent.txt", "absent/deep/1.txt"])
def test_a_link_can_come_to_life(tmp_path: Path, site: Path, poll: bool, missing: str) -> None:
    (site / "content/later.txt").symlink_to(tmp_path / missing)
    (site / "themes/later").symlink_to(tmp_path / "absent-theme")
    assert told(
        site,
        lambda: write(tmp_path, {missing: "here"}),
        lambda: write(tmp_path, {missing: "here again"}),
        lambda: write(tmp_path, {"absent-theme/static/a.css": ""}),
        lambda: write(tmp_path, {"absent-theme/static/a.css": "/* more */"}),
        poll=poll,
    ) == [{"content/later.txt"}, {"content/later.txt"}, {"themes/later/static/a.css"}, {"themes/later/static/a.css"}]


@LOOKS
def test_the_folder_of_a_target_can_be_replaced(site: Path, linked: Path, poll: bool) -> None:
    write(linked, {"a.new/save.txt": "new"})

    def replace() -> None:
        (linked / "a").rename(linked / "a.old")
        (linked / "a.new").rename(linked / "a")

    assert (
        told(
            site,
            replace,
            lambda: (linked / "a/save.txt").write_text("changed"),
            lambda: shutil.rmtree(linked / "a"),
            lambda: write(linked, {"a/save.txt": "made again"}),
            lambda: write(linked, {"a/save.txt": "and changed"}),
            poll=poll,
        )
        == [{"content/save.txt"}] * 5
    )


@LOOKS
def test_what_content_and_settings_lead_through_can_go_and_come_back(tmp_path: Path, site: Path, poll: bool) -> None:
    """As a disk does."""
    write(tmp_path, {"disk/one/saves/1.txt": "one", "other/two/settings.toml": ""})
    shutil.rmtree(site / "content")
    (site / "content").symlink_to("../disk/one/saves")
    (site / "threadpress.toml").symlink_to("../other/two/settings.toml")
    disk, other = tmp_path / "disk", tmp_path / "other"
    assert told(
        site,
        lambda: (disk / "one").rename(disk / "gone"),
        lambda: (disk / "gone").rename(disk / "one"),
        lambda: (other / "two").rename(other / "gone"),
        lambda: (other / "gone").rename(other / "two"),
        poll=poll,
    ) == [{"content/1.txt"}, {"content/1.txt"}, {"threadpress.toml"}, {"threadpress.toml"}]


@LOOKS
def test_the_content_folder_can_lead_elsewhere(tmp_path: Path, site: Path, poll: bool) -> None:
    shutil.rmtree(site / "content")
    write(tmp_path, {"one/1.txt": "one", "two/1.txt": "two"})
    (site / "content").symlink_to(tmp_path / "one")
    assert told(
        site,
        lambda: retarget(site / "content", tmp_path / "two"),
        lambda: write_more(tmp_path / "one", tmp_path / "two"),
        poll=poll,
    ) == [{"content"}, {"content/1.txt"}]


@LOOKS
def test_links_in_a_circle_and_to_large_folders_are_not_followed(tmp_path: Path, site: Path, poll: bool) -> None:
    for number in range(30):
        write(tmp_path, {f"large/{number}/1.txt": "one"})
    for name, target in (("a", "b"), ("b", "a"), ("self", "self"), ("up", ".."), ("top", "/"), ("l", "../../large")):
        (site / "content" / name).symlink_to(target)
        (site / "themes" / name).symlink_to(target)
    started = time.process_time()
    assert told(
        site,
        lambda: write(tmp_path, {"large/7/1.txt": "changed", "content/1.txt": "x", "large/new.txt": "x"}),
        lambda: (site / "content/again").symlink_to("/"),
        poll=poll,
    ) == [{"themes/l/new.txt"}, {"content/again"}]
    assert time.process_time() - started < 2


def test_where_links_lead_to_very_many_folders_it_polls(
    tmp_path: Path, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(MOST_FOLDERS):
        write(tmp_path, {f"many/{number}/1.txt": "one"})
        (site / f"content/l{number}.txt").symlink_to(tmp_path / f"many/{number}/1.txt")
    assert told(site, lambda: write_more(tmp_path / "many/7"), poll=False) == [{"content/l7.txt"}]
    assert "looking at all files now and then, as with --poll" in capsys.readouterr().out


def test_a_trail_has_each_link_and_the_end(tmp_path: Path) -> None:
    site = tmp_path.resolve()
    write(site, {"real/deep/1.txt": "one"})
    (site / "way").symlink_to("real/deep")
    (site / "file").symlink_to(site / "way/../deep/./1.txt")
    (site / "a").symlink_to("b")
    (site / "b").symlink_to("a")
    assert trail(f"{site}/real/deep/1.txt") == (f"{site}/real/deep/1.txt",)
    assert trail(f"{site}/file") == (f"{site}/file", f"{site}/way", f"{site}/real/deep/1.txt")
    assert trail(f"{site}/way/absent/2.txt") == (f"{site}/way", f"{site}/real/deep/absent/2.txt")
    assert trail(f"{site}/a") == (f"{site}/a", f"{site}/b")


NAMES = st.sampled_from(
    ["1.txt", "2.txt", "a", "a/1.txt", "a/2.txt", "a/b", "a/b/1.txt", ".hidden", "x~", "../out/1.txt", "../out/c"]
)
TARGETS = st.sampled_from(["1.txt", "../content/a/1.txt", "../out", "../out/1.txt", "../out/c/1.txt", "l", "a/l", "/"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["write", "remove", "folder"]), NAMES),
        st.tuples(TARGETS, st.sampled_from(["l", "a/l", "1.txt", "../out/c", "../out/1.txt"])),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_snapshot_knows_what_changed_whatever_happens(steps: list[tuple[str, str]]) -> None:
    """Told of a path, or of any folder above it, it ends as one that is made anew, and names just what differs."""
    with fresh() as (site, looked_at):
        snapshot = Snapshot(looked_at)
        snapshot.update_all()
        for number, (kind, name) in enumerate(steps):
            before = files(looked_at)
            path = site / "content" / name
            with contextlib.suppress(OSError):
                if kind == "write":
                    path.write_text(f"{number}" * number)
                elif kind == "folder":
                    path.mkdir()
                elif kind != "remove":
                    path.symlink_to(kind)
                elif path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            after = files(looked_at)
            real = str(path.parent.resolve() / path.name)
            # Writing through a link changes what it leads to.
            told = {real, os.path.realpath(path)} if kind == "write" and path.is_file() else {real}
            concerned = {link for end in told for link in snapshot.links.concerned(end)}
            changed = snapshot.update({*filter(looked_at.covers, told), *concerned})
            assert changed == sorted(file for file in {*before, *after} if before.get(file) != after.get(file))
            assert snapshot.update([str(site / "content")]) == []
            anew = Snapshot(looked_at)
            anew.update_all()
            assert snapshot.links == anew.links


@contextlib.contextmanager
def fresh() -> Iterator[tuple[Path, WatchedFiles]]:
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder).resolve()
        (site / "content").mkdir()
        (site / "out").mkdir()
        yield site, watched_files(Config(), site)


def files(looked_at: WatchedFiles) -> dict[str, tuple[int, int]]:
    """What a walk finds, by path, without names that are passed over; a link to a folder has no more than its name."""
    root = Path(looked_at.content.real)
    return {
        str(path): (path.stat().st_ino, path.stat().st_ctime_ns) if path.is_file() else (0, 0)
        for path in root.rglob("*")
        if (path.is_file() or (path.is_symlink() and path.is_dir()))
        and not path.name.startswith(".")
        and not path.name.endswith("~")
    }
