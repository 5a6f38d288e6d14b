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

from generator.commands.serve.watch import LONGEST, MOST, QUIET, Watch, quiet
from generator.commands.serve.watched_files import Snapshot, WatchedFiles, watched_files
from generator.config import Config
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
    def act() -> None:
        (site / "content/1.txt").write_text("another")
        time.sleep(0.2)
        for number in range(200):
            (site / f"content/deep/{number + 10}.txt").write_text("new")

    one, many = watched(site, act)
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


def write_more(folder: Path) -> None:
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


NAMES = st.sampled_from(["1.txt", "2.txt", "a", "a/1.txt", "a/2.txt", "a/b", "a/b/1.txt", ".hidden", "x~"])
STEPS = st.lists(st.tuples(st.sampled_from(["write", "remove", "folder"]), NAMES), max_size=12)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_a_snapshot_knows_what_changed_whatever_happens(steps: list[tuple[str, str]]) -> None:
    """Told of a path, or of any folder above it, it ends as one that is made anew, and names just what differs."""
    with fresh() as (site, looked_at):
        snapshot = Snapshot(looked_at)
        for number, (kind, name) in enumerate(steps):
            before = files(looked_at)
            path = site / "content" / name
            with contextlib.suppress(OSError):
                if kind == "write":
                    path.write_text(f"{number}" * number)
                elif kind == "folder":
                    path.mkdir()
                elif path.is_dir():
                    shutil.rmtree(path)
                else:
                    path.unlink()
            after = files(looked_at)
            changed = snapshot.update([str(path)] if looked_at.covers(str(path)) else [])
            assert changed == sorted(file for file in {*before, *after} if before.get(file) != after.get(file))
            assert snapshot.update([str(site / "content")]) == []


@contextlib.contextmanager
def fresh() -> Iterator[tuple[Path, WatchedFiles]]:
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder).resolve()
        (site / "content").mkdir()
        yield site, watched_files(Config(), site)


def files(looked_at: WatchedFiles) -> dict[str, tuple[int, int]]:
    """What a walk finds, by path, without names that are passed over."""
    root = Path(looked_at.folders[0].real)
    return {
        str(path): (path.stat().st_ino, path.stat().st_ctime_ns)
        for path in root.rglob("*")
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith("~")
    }
