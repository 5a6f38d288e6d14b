"""Parallel work: in order, bounded, and the same bytes whoever does it, in whichever order, however it ends."""

from __future__ import annotations

import contextlib
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import workers as parallel
from generator.config import Config
from generator.engine import batches as schedule
from generator.engine import scan
from generator.engine.build import Order, build
from generator.errors import WorkerError
from generator.workers import AHEAD, SMALL, Serial, Workers, batches, processes
from tests.executors import Between, Hostile
from tests.history import SHORT, Site
from tests.small import ROOT, Said, examples, news, note, tree, write


@given(st.lists(st.integers(0, 9)), st.integers(1, 20))
def test_batches_hold_everything_in_order_and_no_more_than_they_must(items: list[int], weight: int) -> None:
    found = list(batches(items, lambda item: item, weight))
    assert [item for batch in found for item in batch] == items
    assert all(sum(batch) >= weight for batch in found[:-1])
    assert all(batch and sum(batch[:-1]) < weight for batch in found)


def double(number: int) -> int:
    return number * 2


def process(_: int) -> int:
    return os.getpid()


def fail(number: int) -> int:
    raise ValueError(f"task {number}")


@given(st.lists(st.integers()), st.integers(), st.integers(1, 5))
def test_results_come_in_the_order_of_the_tasks(numbers: list[int], seed: int, jobs: int) -> None:
    for executor in (Serial(), Hostile(seed)):
        with Workers(executor, jobs) as workers:
            assert list(workers.run(double, numbers, 0)) == [number * 2 for number in numbers]


@given(st.integers(1, 4), st.integers(0, 99))
def test_work_in_flight_is_bounded(jobs: int, seed: int) -> None:
    drawn = 0

    def tasks() -> Iterator[int]:
        nonlocal drawn
        for number in range(100):
            drawn += 1
            yield number

    executor = Hostile(seed)
    with Workers(executor, jobs) as workers:
        for done, _ in enumerate(workers.run(double, tasks(), 0)):
            assert drawn <= done + jobs * AHEAD + 1
            assert len(executor.waiting) <= jobs * AHEAD + 1


@pytest.mark.parametrize("executor", [Serial(), Hostile(1)])
def test_a_task_that_fails_stops_the_rest(executor: Executor) -> None:
    with Workers(executor, 2) as workers, pytest.raises(ValueError, match="task 0"):
        list(workers.run(fail, iter(range(50)), 0))
    with Workers(executor, 2) as workers:
        assert list(workers.run(double, [4], 0)) == [8]


def die(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
def test_a_worker_that_was_killed_is_no_bug_of_ours() -> None:
    """As the system does where memory runs out."""
    with Workers(None, 2) as workers, pytest.raises(WorkerError, match=r"a worker process was ended.*--jobs 1"):
        list(workers.run(die, range(5), SMALL))


def test_processes_are_started_where_there_is_enough_to_do() -> None:
    here = os.getpid()
    with Workers(None, 2) as workers:
        assert set(workers.run(process, range(8), SMALL - 1)) == {here}
        assert here not in set(workers.run(process, range(8), SMALL))
        assert set(workers.run(process, range(8), SMALL - 1)) == {here}
    with Workers(None, 1) as workers:
        assert set(workers.run(process, range(8), SMALL)) == {here}


CONTENT: dict[str, str] = {
    "threadpress.toml": f'{SHORT}site_url = "https://example.org/x/"\n[tags]\nweather = ["rain"]\n',
    "content/1.txt": news("101", Said("Hello", "Boo"), Said("Well", "Re:", "Bob", "8"), Said("> Well\nHm", "Re:")),
    "content/1.2.txt": news("101", Said("Hello, you", "Boo"), Said("New", "Boo", "Ann B.", "7")),
    "content/2.txt": news("102", Said("Ah", "Boo", "Bob 8", None), *[Said(f"S{n}", "Boo") for n in range(5)]),
    "content/3.md": note("a", ("Ann", "id=1", "Hi"), ("ann", "id=2 parent=1", "Ho"), author="Ünal", tags=["x"]),
    "content/4.md": note("A", ("山田", "id=1", "Hi"), posted="2024-02-29"),
    "content/4.toml": 'title = "Corrected"\n[replies]\n1 = "top"\n',
}
EDITS: dict[str, str | None] = {
    "content/1.2.txt": None,
    "content/4.toml": None,
    "content/2.txt": news("102", Said("Ah", "Boo", "Bob 8", None), title="Sun"),
    "content/5.md": note("new", ("Ann", "id=1", "Hi"), posted="2024-02-28"),
}


def laid_out(folder: Path) -> Site:
    return Site(write(folder, CONTENT), bare=True)


def edit(site: Site) -> None:
    """Change, add and delete."""
    for path, text in EDITS.items():
        site.drop(path) if text is None else site.put(path, text)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process makes of the site."""
    site = laid_out(tmp_path_factory.mktemp("one") / "site")
    site.build(Order(jobs=1))
    return tree(site.folder / "output")


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """And of the edited one, in a clean build."""
    site = laid_out(tmp_path_factory.mktemp("two") / "site")
    edit(site)
    site.build(Order(jobs=1))
    return tree(site.folder / "output")


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a batch of every thread and page, and a pool worth its while for any of them."""
    monkeypatch.setattr(scan, "BATCH", 1)
    monkeypatch.setattr(schedule, "BATCH", 1)
    monkeypatch.setattr(schedule, "VIEWS", 1)
    monkeypatch.setattr(parallel, "SMALL", 0)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("seed", range(3))
def test_a_hostile_executor_changes_nothing(
    tmp_path: Path, before: dict[str, bytes], after: dict[str, bytes], seed: int
) -> None:
    """It pickles all, keeps no order, and repeats tasks; dozens of them."""
    site, executor = laid_out(tmp_path / "site"), Hostile(seed)
    site.build(Order(jobs=9), executor)
    assert tree(site.folder / "output") == before
    assert len(executor.tasks) > 60
    edit(site)
    site.build(Order(jobs=9), executor)
    assert tree(site.folder / "output") == after
    site.rest(site.build())


@pytest.mark.usefixtures("small_batches")
def test_two_processes_change_nothing(tmp_path: Path, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    site = laid_out(tmp_path / "site")
    site.build(Order(jobs=2))
    assert tree(site.folder / "output") == before
    edit(site)
    with processes(2) as pool:
        site.build(Order(jobs=1), pool)
    assert tree(site.folder / "output") == after
    site.rest(site.build())


BUILD = "import sys; from generator.cli import main; main(['build'])"


def test_hash_seeds_change_nothing(tmp_path: Path, before: dict[str, bytes], after: dict[str, bytes]) -> None:
    site = laid_out(tmp_path / "site")
    for seed, expected in (("0", before), ("4242", after)):
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-P", "-c", BUILD], cwd=site.folder, env=env, check=True, capture_output=True)
        assert tree(site.folder / "output") == expected
        edit(site)


def test_tasks_and_results_carry_no_texts(tmp_path: Path) -> None:
    """Bodies stay where they are: what travels a post does not grow with it, whether it comes or goes."""
    words = "Sesquipedalian considerations " * 40
    sizes = {}
    for length in (200, len(words)):
        posts = [Said(f"{n} {words}"[:length], "Boo", f"N{n % 50}", str(n % 50)) for n in range(400)]
        site = Site(write(tmp_path / str(length), {"content/1.txt": news("101", *posts)}), bare=True)
        executor = Hostile(1)
        site.build(Order(jobs=1), executor)
        travelled = [packed for _, packed in (*executor.tasks, *executor.results)]
        assert not any(b"Sesquipedalian" in packed for packed in travelled)
        sizes[length] = sum(map(len, travelled))
        scanned = max(len(packed) for name, packed in executor.results if name == "scan_batch")
        assert scanned < 6000 + 400 * 40
    assert sizes[len(words)] < sizes[200] * 1.1


def test_what_travels_grows_with_the_posts_and_not_faster(tmp_path: Path) -> None:
    """Threads and authors are many; everything sent for them is counted, in bytes."""
    sizes = []
    for count in (20, 40):
        files = {
            f"content/{number}.txt": news(
                str(100 + number), *(Said(f"Post {n}", "Boo", f"N{n}", str(n + number)) for n in range(5))
            )
            for number in range(count)
        }
        site, executor = Site(write(tmp_path / str(count), files), bare=True), Hostile(2)
        site.build(Order(jobs=1), executor)
        sizes.append(sum(len(packed) for name, packed in executor.tasks if name != "ingest_partition"))
    assert sizes[1] < sizes[0] * 2.1


def test_an_error_of_a_worker_is_told_as_one_of_ours(tmp_path: Path) -> None:
    """A template that fails: the message is the same, whoever renders."""
    site = laid_out(tmp_path / "site")
    site.put("themes/default/templates/author.html", "{{ page.nonsense }}")
    told = set()
    for executor in (None, Hostile(1)):
        with pytest.raises(Exception, match="nonsense") as caught:
            build(Config(), site.folder, Order(jobs=1), executor)
        told.add((type(caught.value), re.sub(r" \(while rendering .*\)", "", str(caught.value))))
    assert len(told) == 1
    site.drop("themes/default/templates/author.html")
    site.check(site.build())


# A build that ends in the middle. The child dies at the nth time that it opens, renames or removes a file.


def dies(site: Site, at: int) -> int:
    """Build in a process that ends without further ado when it touches a file for the `at`th time.

    Gives how often it touched one; that is below `at` when the build came to its end.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            count = 0

            def watch(event: str, _: object) -> None:
                nonlocal count
                if event == "open" or event.startswith(("os.", "shutil.", "sqlite3.")):
                    count += 1
                    if count == at:
                        os._exit(9)

            sys.addaudithook(watch)
            site.build(Order(jobs=1))
            os.write(writing, b"%d" % count)
            os._exit(0)
        os._exit(1)
    os.close(writing)
    with open(reading, "rb") as pipe:  # noqa: PTH123  # a file descriptor
        told = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == (0 if told else 9)
    return int(told) if told else at


@pytest.fixture(scope="module")
def touches(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How often an incremental build of the site touches files."""
    site = laid_out(tmp_path_factory.mktemp("touches") / "site")
    site.build()
    edit(site)
    return dies(site, -1)


@settings(max_examples=examples(20))
@given(st.lists(st.floats(0, 1), min_size=1, max_size=3), st.booleans(), st.booleans())
def test_a_build_that_died_anywhere_is_made_right_by_the_next(
    tmp_path_factory: pytest.TempPathFactory,
    before: dict[str, bytes],
    after: dict[str, bytes],
    touches: int,
    deaths: list[float],
    first: bool,
    back: bool,
) -> None:
    """Once or several times, in the first build or a later one, with an edit or without one before the next."""
    site = laid_out(tmp_path_factory.mktemp("dies") / "site")
    if not first:
        site.build()
    edit(site)
    for part in deaths:
        dies(site, 1 + int(part * touches))
    if back:
        for path in EDITS:
            site.drop(path)
        write(site.folder, CONTENT)
    report = site.build()
    assert tree(site.folder / "output") == (before if back else after)
    site.rest(report)


INTERRUPTED = """
import multiprocessing, os, signal, sys
from concurrent.futures import ProcessPoolExecutor
from generator import workers

def interrupting(method):
    def called(*arguments, **options):
        os.kill(os.getpid(), signal.SIGINT)
        return method(*arguments, **options)
    return called

setattr(ProcessPoolExecutor, sys.argv[1], interrupting(getattr(ProcessPoolExecutor, sys.argv[1])))
try:
    with workers.Workers(None, 2) as pool:
        list(pool.run(abs, range(9), workers.SMALL))
except KeyboardInterrupt:
    print(multiprocessing.active_children())
"""


@pytest.mark.parametrize("method", ["submit", "shutdown"])
def test_an_interruption_while_workers_start_or_end_leaves_none_behind(method: str) -> None:
    """Else Python prints an error of its own when it exits, while the pool is still ending."""
    command = [sys.executable, "-P", "-c", INTERRUPTED, method]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert (told.stdout, told.stderr) == ("[]\n", "")


KILLED = (
    "import sys; from pathlib import Path; from generator import Config, Order, build, workers\n"
    "workers.SMALL = 0; build(Config(), Path(sys.argv[1]), Order(jobs=2))"
)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux for the processes of a process")
def test_a_build_that_is_killed_takes_its_workers_along_and_its_lock(tmp_path: Path) -> None:
    posts = [Said(f"{number} words", "Boo", f"N{number}", str(number)) for number in range(60)]
    files = {f"content/{number}.txt": news(str(number), *posts) for number in range(100, 200)}
    site = Site(write(tmp_path / "site", files), bare=True)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-P", "-c", KILLED, str(site.folder)], env=env) as running:
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
        wait_until(lambda: len(children.read_text().split()) == 2)
        workers = children.read_text().split()
        running.send_signal(signal.SIGKILL)
    wait_until(lambda: not any(runs(worker) for worker in workers))
    site.check(site.build())


def runs(process: str) -> bool:
    """Say whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(met: Callable[[], bool]) -> None:
    for _ in range(400):
        if met():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


def test_a_save_that_changes_while_it_is_read_is_seen_by_the_next_build(tmp_path: Path) -> None:
    """At any moment: after a file was looked into, scanned or rendered; with the same size and date."""
    files = {f"content/{n}.txt": news(str(100 + n), Said("Hello", "Boo")) for n in range(2)}
    start = laid_out(tmp_path / "start")
    write(start.folder, files)
    start.build()
    seen: list[str] = []
    start.put("content/0.txt", files["content/0.txt"].replace("Hello", "Howdy"))
    start.build(executor=Between(lambda name, _: seen.append(name)))
    for moment, name in enumerate(seen):
        if name in seen[:moment] and name == "ingest_partition":
            continue
        site = Site(tmp_path / str(moment), bare=True)
        shutil.copytree(start.folder, site.folder)
        site.put("content/0.txt", files["content/0.txt"])
        when = (site.folder / "content/0.txt").stat().st_mtime_ns

        def meddle(_: str, number: int, site: Site = site, moment: int = moment, when: int = when) -> None:
            if number == moment:
                path = site.folder / "content/0.txt"
                path.write_text(path.read_text().replace("Hello", "Jolly"))
                os.utime(path, ns=(when, when))

        with contextlib.suppress(Exception):
            site.build(executor=Between(meddle))
        site.check(site.build())


def test_shared_values_are_pickled_once_a_build(tmp_path: Path) -> None:
    """What every page shares lies in a file, so a task is small however long the theme is."""
    site, executor = laid_out(tmp_path / "site"), Hostile(0)
    site.put("themes/default/templates/about.html", '{% extends "default/about.html" %}' + "{# long #}" * 20_000)
    site.build(Order(jobs=1), executor)
    assert len(pickle.dumps("{# long #}" * 20_000)) > 190_000
    assert max(len(packed) for _, packed in executor.tasks) < 60_000
