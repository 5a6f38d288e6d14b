"""The store: what is kept comes back, and what can't be trusted is made anew without a word."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.engine.partition import PARTITIONS, Damaged, Partition, Values, partition_of
from generator.engine.store import EMPTY, NOTHING, VERSION, LastBuild, Part, State, Store
from generator.errors import Problem
from generator.output import Records, page_record
from generator.site import AUTHORS, Row
from generator.stamps import FileStamp, stamp_bytes
from tests.executors import Between
from tests.history import SHORT, Site, cut, flip, harms, swap
from tests.small import ROOT, Said, news, note, tree, write

STATE = State(reading="s", site="t", listed=5, files=1, counts=(1, 2, 3))
RECORDS = Records.of({"index.html": b"x" * 64})


def left(state: State = STATE) -> LastBuild:
    """What a build leaves, as it has it in memory."""
    return LastBuild(
        state, Part.of(()), Part.of({"1 x": b"mark"}), Part.of({AUTHORS: ()}), Part.of(RECORDS), Part.of({})
    )


def stored(folder: Path, state: State = STATE) -> Store:
    """A store with all its partitions, empty ones."""
    store = Store(folder)
    folder.mkdir(parents=True)
    store.begin_gather(afresh=True)
    for number in range(PARTITIONS):
        with Partition(store.partition_path(number)) as partition:
            partition.replace([], [])
    store.save(left(state))
    return store


def only_output(last: LastBuild) -> bool:
    """Whether nothing but the output of the last build is left."""
    return last.state == State(site="t", files=1) and last.records.value == RECORDS and not last.names.value


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    warning = Problem("content/1.txt", 3, "odd", "mend it", "warning")
    state = msgspec.structs.replace(STATE, problems=(warning,), shown=b"seen")
    loaded = stored(tmp_path / "s", state).load()
    assert loaded.state == msgspec.structs.replace(state, partitions=loaded.state.partitions, parts=loaded.state.parts)
    assert (len(loaded.state.partitions), loaded.state.problems) == (PARTITIONS, (warning,))
    assert (loaded.facts.value, loaded.names.value) == ((), {"1 x": b"mark"})
    assert (loaded.sums.value, loaded.records.value) == ({AUTHORS: ()}, RECORDS)


def test_a_part_that_did_not_change_is_not_written_again(tmp_path: Path) -> None:
    store = stored(tmp_path / "s")
    before = {path.name: path.stat().st_ino for path in (tmp_path / "s/parts").iterdir()}
    store.save(msgspec.structs.replace(store.load(), names=Part.of({"1 x": b"other"})))
    after = {path.name: path.stat().st_ino for path in (tmp_path / "s/parts").iterdir()}
    assert len(before.items() & after.items()) == 3
    assert store.load().names.value == {"1 x": b"other"}


@given(st.data())
def test_a_part_that_is_damaged_or_lost_is_missed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("store") / "s"
    loaded = stored(folder).load()
    parts: dict[str, Part[Any]] = {"names": loaded.names, "sums": loaded.sums, "records": loaded.records}
    name = data.draw(st.sampled_from(sorted(parts)))
    path = folder / "parts" / loaded.state.parts[name]
    if data.draw(st.booleans()):
        path.unlink()
    else:
        flip(path, data.draw(st.integers(0, path.stat().st_size - 1)), data.draw(st.integers(0, 7)))
    with pytest.raises(Damaged):
        _ = parts[name].value


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert Store(tmp_path).load() is NOTHING


def test_a_forgotten_store_is_empty_and_can_be_used_again(tmp_path: Path) -> None:
    store = stored(tmp_path / "s")
    store.begin_scan()
    store.forget()
    assert tree(tmp_path / "s") == {}
    assert store.load() is NOTHING
    store.begin_gather(afresh=False)
    store.save(left())


@given(st.data())
def test_a_state_of_which_a_bit_or_the_end_is_lost_counts_as_none(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("store")
    raw = VERSION + hashlib.sha256(b"").digest() + b"\x80"
    (folder / "state").write_bytes(raw)
    assert Store(folder).load().state == EMPTY
    store = Store(folder)
    store.save(left(State(site="t")))
    raw = (folder / "state").read_bytes()
    assert store.load().state.site == "t"
    if data.draw(st.booleans()):
        flip(folder / "state", data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(0, 7)))
    else:
        (folder / "state").write_bytes(raw[: data.draw(st.integers(0, len(raw) - 1))])
    assert store.load() is NOTHING


def test_the_state_of_another_version_counts_as_none(tmp_path: Path) -> None:
    store = stored(tmp_path / "s")
    raw = (tmp_path / "s/state").read_bytes().removeprefix(VERSION)
    for version in (b"threadpress state 0\n", b"threadpress state 22\n", b""):
        (tmp_path / "s/state").write_bytes(version + raw)
        assert store.load() is NOTHING
    other = bytes(32) + msgspec.msgpack.encode(["a", "list"])
    (tmp_path / "s/state").write_bytes(VERSION + hashlib.sha256(other).digest() + other)
    assert store.load() is NOTHING


def row(author: str, thread: str, data: bytes = b"") -> Row:
    """What an author wrote in a thread."""
    return Row(AUTHORS, author, thread, data)


def bump(store: Path) -> None:
    """Another build has put something into a partition."""
    with Partition(store / "rows/03") as partition:
        partition.replace([], [row("a", "1")])


def a_folder(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


HARMS: dict[str, Callable[[Path], object]] = {
    "the mark of a build that died": lambda store: (store / "gathering").touch(),
    "one lost": lambda store: (store / "rows/17").unlink(),
    "all lost": lambda store: shutil.rmtree(store / "rows"),
    "one cut": lambda store: cut(store / "rows/00", 0.5),
    "one empty": lambda store: (store / "rows/31").write_bytes(b""),
    "one no database": lambda store: (store / "rows/08").write_bytes(b"x" * 8192),
    "two swapped": lambda store: swap(store / "rows/20", store / "rows/21"),
    "one of another build": bump,
    "one a folder": lambda store: a_folder(store / "rows/09"),
}


@pytest.mark.parametrize("name", HARMS)
def test_of_a_state_whose_partitions_are_others_only_the_pages_count(tmp_path: Path, name: str) -> None:
    store = stored(tmp_path / "s")
    HARMS[name](tmp_path / "s")
    assert only_output(store.load())


def test_a_build_that_died_before_it_saved_leaves_the_state_before(tmp_path: Path) -> None:
    store = stored(tmp_path / "s")
    (tmp_path / "s/state.new").write_bytes(b"half of it")
    assert store.load().state.site == "t"
    store.begin_gather(afresh=False)
    assert only_output(store.load())


@given(st.text(max_size=20))
def test_a_key_has_one_partition(author: str) -> None:
    assert 0 <= partition_of((AUTHORS, author)) < PARTITIONS


def test_partitions_are_the_same_on_every_machine() -> None:
    assert [partition_of((AUTHORS, f"slashdot/{uid}")) for uid in range(8)] == [23, 1, 27, 13, 14, 24, 2, 20]


def test_a_record_ends_with_the_stamp_of_its_file(tmp_path: Path) -> None:
    found = (write(tmp_path, {"a": "x"}) / "a").stat()
    record = page_record(b"f" * 8, b"s" * 32, FileStamp.of(found))
    assert record == b"f" * 8 + b"s" * 32 + stamp_bytes(found)


authors, threads = st.sampled_from("äbc\0"), st.sampled_from("123")
rows = st.lists(st.builds(row, authors, threads, st.binary(max_size=9)), max_size=9)


@settings(max_examples=15)
@given(rows, st.lists(st.tuples(authors, threads), max_size=9), rows)
def test_rows_are_replaced_by_their_key_and_come_sorted(
    tmp_path_factory: pytest.TempPathFactory, first: list[Row], gone: list[tuple[str, str]], then: list[Row]
) -> None:
    expected = {(row.key, row.thread): row.value for row in first}
    for key in gone:
        expected.pop(key, None)
    expected |= {(row.key, row.thread): row.value for row in then}
    other = Row("another kind", "b", "1", b"of no matter")
    with Partition(tmp_path_factory.mktemp("p") / "00") as partition:
        partition.replace([], [*first, other])
        for _ in range(2):  # a task may be repeated
            now = {
                author: [(at, expected[by, at]) for by, at in sorted(expected) if by == author] for author in "bcä\0"
            }
            touched = {author for author, _ in gone} | {row.key for row in then}
            removed = [(AUTHORS, author, thread) for author, thread in gone]
            assert partition.replace(removed, then) == {(AUTHORS, author): now[author] for author in touched}
            assert list(partition.rows(AUTHORS)) == [(author, now[author]) for author in sorted(now) if now[author]]
            assert list(partition.rows(AUTHORS, {"c", "ä"})) == [(key, now[key]) for key in "cä" if now[key]]
            assert list(partition.rows("another kind")) == [("b", [("1", other.value)])]


def test_a_file_that_is_no_partition_is_damaged(tmp_path: Path) -> None:
    (tmp_path / "00").write_bytes(b"garbage" * 2000)
    with pytest.raises(Damaged), Partition(tmp_path / "00") as partition:
        list(partition.rows(AUTHORS))
    with sqlite3.connect(tmp_path / "01") as other:
        other.execute("CREATE TABLE rows (x)")
    other.close()
    with Partition(tmp_path / "01") as partition, pytest.raises(Damaged):
        list(partition.rows(AUTHORS))


HOLD = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print(flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")
def test_no_locks_of_the_file_system_are_asked_for(tmp_path: Path) -> None:
    """It may have none. Whoever holds one, we don't see it."""
    path = tmp_path / "00 #%?.ü"
    with Partition(path) as partition:
        partition.replace([], [row("a", "1")])
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()
        with Partition(path) as partition:
            assert list(partition.rows(AUTHORS)) == [("a", [("1", row("a", "1").value)])]
            partition.replace([], [row("b", "1")])
        other.communicate()
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_what_the_system_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    (tmp_path / "00").mkdir()
    for name, said in (
        ("00", "Is a directory"),
        ("none/00", "No such file or directory"),
        ("x" * 300, "name too long"),
    ):
        with pytest.raises(OSError, match=said) as raised, Partition(tmp_path / name):
            pass
        assert raised.value.filename == str(tmp_path / name)


TOO_LARGE = """
import resource, sys
from pathlib import Path
from generator.engine.partition import Partition
from generator.site import Row
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
with Partition(Path(sys.argv[1])) as partition:
    partition.replace([], [Row("authors", str(number), "1", bytes(1000)) for number in range(99)])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_partition_that_gets_too_large_is_told_in_the_words_of_the_system(tmp_path: Path) -> None:
    command = [sys.executable, "-c", TOO_LARGE, str(tmp_path / "00")]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.stderr.splitlines()[-1] == f"OSError: [Errno 27] File too large: '{tmp_path / '00'}'"


def test_rows_that_are_not_what_was_put_there_are_damaged(tmp_path: Path) -> None:
    """As a flipped bit leaves them: in the key or the value, or of another kind altogether."""
    for number, change in enumerate(
        ["data = x'00'", "data = 'text'", "key = 'b'", "data = substr(data, 1, 3)", "data = x'90', sum = 2786824390"]
    ):
        path = tmp_path / str(number)
        with Partition(path) as partition:
            partition.replace([], [row("a", "1"), row("a", "2")])
        other = sqlite3.connect(path)
        with other:
            other.execute(f"UPDATE rows SET {change}")
        other.close()
        with Partition(path) as partition, pytest.raises(Damaged):
            list(partition.rows(AUTHORS))


def test_an_author_who_is_there_twice_is_damaged(tmp_path: Path) -> None:
    """Two entries of the index that point to one author, as a flipped bit can make them."""
    path = tmp_path / "00"
    with Partition(path) as partition:
        partition.replace([], [row("a", "1"), row("b", "1")])
    raw = bytearray(path.read_bytes())
    first = 2 * 8192 + 8  # behind the header of the file's third page: https://www.sqlite.org/fileformat.html
    assert raw[first : first + 2] != raw[first + 2 : first + 4] != b"\0\0"
    raw[first + 2 : first + 4] = raw[first : first + 2]
    path.write_bytes(raw)
    with Partition(path) as partition, pytest.raises(Damaged):
        list(partition.rows(AUTHORS))


SITE = {
    "threadpress.toml": SHORT,
    "content/1.txt": news("101", Said("Hello", "Boo"), Said("Well", "Re:", "Bob", "8"), Said("Who", "Re:", "Cid", "9")),
    "content/2.txt": news("102", Said("Hello again", "Boo"), Said("Ah", "Re:", "Bob", "8"), title="Sun"),
    "content/3.txt": news("103", Said("Third", "Boo", "Bob", "8"), Said("Yes", "Re:"), title="Moon"),
    "content/a.md": note("a", ("Ann", "id=1", "Hello"), ("Eve", "id=2 parent=1", "Hi")),
}
LATER = news("102", Said("Hello again", "Boo"), Said("Ah, yes", "Re:", "Bob", "8"), Said("New", "Re:", "Dan", "4"))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site as it was built, with its store."""
    folder = write(tmp_path_factory.mktemp("before") / "site", SITE)
    Site(folder, bare=True).build()
    return folder


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a clean build makes of it once a save has changed."""
    folder = write(tmp_path_factory.mktemp("after"), {**SITE, "content/2.txt": LATER})
    Site(folder, bare=True).build()
    return tree(folder / "output")


def copied(before: Path, to: Path) -> Site:
    """A copy of a site in which the save has changed, and nothing of the rest, not even a date."""
    shutil.copytree(before, to)
    write(to, {"content/2.txt": LATER})
    return Site(to, bare=True)


@settings(max_examples=15)
@given(harms)
def test_a_damaged_store_is_made_anew_without_a_word(
    tmp_path_factory: pytest.TempPathFactory, before: Path, after: dict[str, bytes], harm: Callable[[Path], object]
) -> None:
    site = copied(before, tmp_path_factory.mktemp("harmed") / "site")
    harm(site.folder / ".threadpress")
    report = site.build()
    assert report.problems == ()
    assert tree(site.folder / "output") == after
    site.rest(report)


def test_no_flipped_bit_of_a_partition_reaches_a_page(tmp_path: Path, before: Path, after: dict[str, bytes]) -> None:
    """Every author of the site is in the changed thread; bits are flipped wherever their rows may lie."""
    names = {f"rows/{partition_of((AUTHORS, key)):02d}" for key in ("slashdot/7", "slashdot/8", "slashdot/@msmash")}
    for name in sorted(names):
        raw = (before / ".threadpress" / name).read_bytes()
        used = [place for place, value in enumerate(raw) if value and place >= 100]
        for number, place in enumerate(used[:: max(1, len(used) // 6)]):
            site = copied(before, tmp_path / f"{name.replace('/', '-')}-{place}")
            flip(site.folder / ".threadpress" / name, place, number % 8)
            site.build()
            assert tree(site.folder / "output") == after, (name, place, number % 8)


@pytest.mark.parametrize("thread", ["101", "102", "103"])
def test_a_lost_row_of_a_partition_is_missed(
    tmp_path: Path, before: Path, after: dict[str, bytes], thread: str
) -> None:
    """Of an author who is in the changed thread and in others, though the file looks as it did from outside."""
    site = copied(before, tmp_path / "site")
    path = site.folder / f".threadpress/rows/{partition_of((AUTHORS, 'slashdot/8')):02d}"
    size, header = path.stat().st_size, path.read_bytes()[:100]
    other = sqlite3.connect(path)
    with other:
        ((data,),) = other.execute("SELECT data FROM rows WHERE key = 'slashdot/8'")
        values = msgspec.msgpack.decode(data, type=Values)
        fewer = msgspec.msgpack.encode([row for row in values if not row[0].endswith(f" {thread}")])
        assert 1 < len(fewer) < len(data)
        crc = zlib.crc32(fewer, zlib.crc32(f"{AUTHORS}\0slashdot/8".encode()))
        other.execute("UPDATE rows SET data = ?, sum = ? WHERE key = 'slashdot/8'", (fewer, crc))
    other.close()
    raw = path.read_bytes()
    assert len(raw) == size
    path.write_bytes(header + raw[100:])
    assert Store(site.folder / ".threadpress").load().state.partitions
    site.build()
    assert tree(site.folder / "output") == after


def test_a_store_beside_files_that_all_have_new_dates_is_warm(tmp_path: Path, before: Path) -> None:
    """A fresh clone with the store restored: nothing is rendered or written, and nothing is read a second time."""
    shutil.copytree(before, tmp_path / "clone", copy_function=shutil.copyfile)
    clone = Site(tmp_path / "clone", bare=True)
    for path in (clone.folder / "content").iterdir():
        os.utime(path, ns=(0, 10**18))
    clone.rest(clone.build())
    last = Store(clone.folder / ".threadpress").load()
    stamps = {url: record[40:] for url, record in last.records.value.items()}
    output = clone.folder / "output"
    assert stamps == {path.relative_to(output).as_posix(): stamp_bytes(path.stat()) for path in output.rglob("*.*")} | {
        "SHA256SUMS": stamp_bytes((output / "SHA256SUMS").stat())
    }


def test_new_dates_in_the_output_alone_are_taken_down_too(tmp_path: Path, before: Path) -> None:
    site = Site(shutil.copytree(before, tmp_path / "site"), bare=True)
    site.build()
    store = Store(site.folder / ".threadpress")
    last = store.load()
    old = msgspec.structs.replace(last.state, listed=time.time_ns() + 10**10)  # so that no save is young
    store.save(msgspec.structs.replace(last, state=old))
    os.utime(site.folder / "output/index.html", ns=(0, 10**18))
    site.rest(site.build())
    record = store.load().records.value["index.html"]
    assert record[40:] == stamp_bytes((site.folder / "output/index.html").stat())


def test_a_store_whose_state_and_partitions_are_of_different_builds_is_not_trusted(
    tmp_path: Path, before: Path, after: dict[str, bytes]
) -> None:
    for number, part in enumerate(("state", "rows")):
        site = copied(before, tmp_path / str(number))
        site.build()
        kept = site.folder / ".threadpress" / part
        (shutil.rmtree if kept.is_dir() else os.unlink)(kept)
        older = before / ".threadpress" / part
        (shutil.copytree if older.is_dir() else shutil.copy2)(older, kept)
        write(site.folder, {"content/1.txt": SITE["content/1.txt"] + "\n"})
        site.build()
        (site.folder / "content/1.txt").write_text(SITE["content/1.txt"])
        site.build()
        assert tree(site.folder / "output") == after


def test_a_change_within_a_moment_of_the_build_is_seen_though_size_and_date_stay(tmp_path: Path) -> None:
    site = Site(write(tmp_path / "site", SITE), bare=True)
    when = time.time_ns()
    for words in ("Hello", "Jello", "Hullo", "Hella") * 2:
        text = SITE["content/1.txt"].replace("Hello", words)
        write(site.folder, {"content/1.txt": text})
        os.utime(site.folder / "content/1.txt", ns=(when, when))
        site.build()
        assert words in (site.folder / "output/threads/slashdot/101.html").read_text()


def test_a_build_that_starts_again_believes_nothing_of_what_it_left_itself(tmp_path: Path) -> None:
    """A row is damaged, which shows when its author's page is rendered; by then a save has another title."""
    site = Site(write(tmp_path / "site", {"content/1.txt": news("101", Said("Hello", "Boo"))}), bare=True)
    site.build()
    partition = tmp_path / "site/.threadpress" / f"rows/{partition_of((AUTHORS, 'slashdot/7')):02d}"
    assert partition.read_bytes().count(b"Hello") == 1
    partition.write_bytes(partition.read_bytes().replace(b"Hello", b"Jello"))
    (tmp_path / "site/output/authors/slashdot/ann-7.html").unlink()
    tasks = []

    def after(name: str, _: int) -> None:
        tasks.append(name)
        if tasks.count("render_batch") == 1 and name == "render_batch":
            site.put("content/1.txt", news("101", Said("Hello", "Boo"), title="Renamed"))

    report = site.build(executor=Between(after))
    assert tasks.count("scan_batch") == 2, "it started again: the first time only a hash was wanted"
    site.check(report)
