"""A site from somebody else: whatever its store, its journals and its links say, nothing outside of it is touched."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Collection, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Order, build, load
from generator.engine import Store
from generator.engine.store import VERSION, Part
from generator.errors import ThreadpressError
from generator.files import lead_out
from generator.output import Records
from generator.output.records import digest
from tests.small import Said, built, examples, news, output_of, prints, tree, write
from tests.test_files import command

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links are for posix")

FILES = {
    "content/101.txt": news("101", Said("Hello", "Boo")),
    "content/102.txt": news("102", Said("Well", "Boo", "Bob", "8")),
}
MORE = {"content/103.txt": news("103")}
MINE = dict.fromkeys(("x", "apart/x", "parts/x", "rows/00", "rows/x", "spool/x", "templates/x/y", "state"), "mine")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A built site in a folder; beside it is what must stay as it is."""
    write(tmp_path / "mine", MINE)
    built(write(tmp_path / "site", FILES))
    return tmp_path / "site"


KEPT = "this is no plain file or folder, and the name is kept for what builds write"
NAMES = (
    ".threadpress",
    ".threadpress/parts",
    ".threadpress/rows",
    ".threadpress/rows/07",
    ".threadpress/spool",
    ".threadpress/state",
    ".threadpress/state.new",
    ".threadpress/lock",
    ".threadpress/gathering",
    ".threadpress/templates",
    ".threadpress/crash.txt",
    "output/.threadpress-tmp",
    "output/.threadpress-tmp/apart",
    "output/.threadpress-tmp/journal-1",
)


def linked(path: Path, goal: Path) -> None:
    """Put a link in the place of something."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.rename(path.parents[1] / f"{path.name}-before")
    path.symlink_to(goal)


@pytest.mark.parametrize("name", NAMES)
def test_a_link_under_a_name_that_is_kept_for_builds_is_refused(site: Path, name: str) -> None:
    mine = site.parent / "mine"
    goal = mine / "state" if name.rpartition("/")[2] in ("state", "lock", "state.new", "07", "journal-1") else mine
    before = prints(mine)
    linked(site / name, goal)
    write(site, {"content/103.txt": news("103")})
    for arguments in (["build"], ["build", "--clean", "--keep-going"], ["add", "content/101.txt"], ["publish"]):
        told = command(site, *arguments)
        assert told.returncode == 1 or arguments[0] == "add"
        if arguments[0] == "build" or name.startswith(".threadpress"):
            assert f"{name}: {KEPT}; remove it: a build makes what it needs" in told.stderr.splitlines(), arguments
        assert prints(mine) == before
    (site / name).unlink()
    assert command(site, "build").returncode == 0


@pytest.mark.parametrize("name", [".threadpress/state", ".threadpress/lock", ".threadpress/rows/07"])
def test_a_pipe_under_such_a_name_is_refused_too(site: Path, name: str) -> None:
    (site / name).unlink()
    os.mkfifo(site / name)
    assert command(site, "build").stderr.splitlines()[0].startswith(f"{name}: {KEPT}")


@pytest.mark.parametrize("name", ["state", "state.new", "parts/new", "rows/03", "lock", "gathering"])
def test_a_second_name_of_a_save_is_not_written_into(site: Path, name: str) -> None:
    """An archive can hold a file twice (a hard link): the save would be changed."""
    (site / "content/empty.md").touch()
    for save in ("content/101.txt", "content/empty.md"):
        (site / ".threadpress" / name).unlink(missing_ok=True)
        (site / ".threadpress" / name).hardlink_to(site / save)
        before = tree(site / "content")
        write(site, {"content/103.txt": news("103")})
        command(site, "build", "--keep-going")
        assert tree(site / "content") == before | {"103.txt": news("103").encode()}
        (site / "content/103.txt").unlink()
    assert tree(site / "content") == {**{path[8:]: text.encode() for path, text in FILES.items()}, "empty.md": b""}


def test_a_second_name_in_the_folder_of_an_unfinished_build_is_refused(site: Path) -> None:
    (site / "output/.threadpress-tmp").mkdir()
    (site / "output/.threadpress-tmp/journal-77").hardlink_to(site / "content/101.txt")
    told = command(site, "build")
    assert told.returncode == 1
    assert told.stderr.splitlines()[0].startswith(f"output/.threadpress-tmp/journal-77: {KEPT}")


WAYS_OUT = ("../x", "../../mine/x", "a/../../x", "{mine}/x", "./x", "a//x", "threads/..", "..", "/", "x/")


def lying(site: Path, urls: Collection[str]) -> None:
    """Make a store that says that files are ours, and that the output is as it was left: empty."""
    records = Records(sorted(urls), (bytes(8 * len(urls)), bytes(32 * len(urls)), bytes(24 * len(urls))))
    store = Store(site / ".threadpress")
    last = store.load()
    state = msgspec.structs.replace(last.state, digests=(("", digest([], b"")),), files=len(urls))
    store.save(msgspec.structs.replace(last, state=state, records=Part.of(records)))


@pytest.mark.parametrize("arguments", [["build"], ["build", "--clean"]])
@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_store_that_names_a_file_elsewhere_does_not_remove_it(site: Path, way: str, arguments: list[str]) -> None:
    mine = site.parent / "mine"
    write(site.parent, {"x": "mine"})
    write(site, {"x": "mine"})
    for path in sorted((site / "output").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    before = prints(mine)
    lying(site, {way.format(mine=mine), "old.html"})
    write(site, MORE)
    told = command(site, *arguments)
    assert told.returncode == 0, told.stderr
    assert prints(mine) == before
    assert (site / "x").read_text() == (site.parent / "x").read_text() == "mine"
    assert tree(site / "output") == output_of(site.parent / "fresh", FILES | MORE)


def test_a_store_that_lies_about_the_output_removes_no_file_of_others(site: Path) -> None:
    """Though the file is in the output, where a name may say so."""
    write(site / "output", {"mine.html": "mine"})
    lying(site, {"mine.html"})
    write(site, MORE)
    assert command(site, "build").returncode == 0
    assert tree(site / "output") == output_of(site.parent / "fresh", FILES | MORE) | {"mine.html": b"mine"}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_store_that_names_a_save_elsewhere_does_not_publish_it(site: Path, way: str) -> None:
    secret = news("666", Said("A secret"))
    write(site.parent, {"mine/x": secret, "x": secret})
    store = Store(site / ".threadpress")
    last = store.load()
    there = way.format(mine=site.parent / "mine")
    facts = tuple(
        msgspec.structs.replace(each, group=msgspec.structs.replace(each.group, saves=(there,)))
        for each in last.facts.value
    )
    store.save(msgspec.structs.replace(last, facts=Part.of(facts)))
    expected = tree(site / "output")
    (site / "output/index.html").unlink()
    (site / "output/threads/slashdot/101.html").unlink()
    told = command(site, "build")
    assert told.returncode == 0, told.stderr
    assert tree(site / "output") == expected


@pytest.mark.parametrize("field", ["source", "id"])
def test_a_store_whose_threads_have_other_names_writes_nothing_elsewhere(site: Path, field: str) -> None:
    store = Store(site / ".threadpress")
    last = store.load()
    facts = tuple(msgspec.structs.replace(each, **{field: f"a/../../../../{each.id}"}) for each in last.facts.value)
    store.save(msgspec.structs.replace(last, facts=Part.of(facts)))
    expected = tree(site / "output")
    (site / "output/index.html").unlink()
    told = command(site, "build")
    assert told.returncode == 0, told.stderr
    assert tree(site / "output") == expected
    assert not list(site.parent.glob("*.html"))
    assert not list(site.glob("*.html"))


@pytest.mark.parametrize("count", [-1, 2**62])
def test_a_store_that_counts_more_posts_than_it_has_replies_is_made_anew(site: Path, count: int) -> None:
    """Pages would be planned for them, more than there is memory."""
    store = Store(site / ".threadpress")
    last = store.load()
    facts = tuple(msgspec.structs.replace(each, posts=count) for each in last.facts.value)
    store.save(msgspec.structs.replace(last, facts=Part.of(facts)))
    write(site, MORE)
    built(site)
    assert tree(site / "output") == output_of(site.parent / "fresh", FILES | MORE)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each dict or list inside a value, with each key or index of it."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from places(inner)


@settings(max_examples=examples(30), derandomize=True)
@given(st.data())
def test_a_store_that_lies_ends_no_build_and_no_clean_build_believes_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Values of one kind have changed places, with all hashes right. What was read from saves can't be proved."""
    site = tmp_path_factory.mktemp("lies") / "site"
    built(write(site, FILES))
    folder = site / ".threadpress"
    state = msgspec.msgpack.decode((folder / "state").read_bytes()[len(VERSION) + 32 :])
    name = data.draw(st.sampled_from(["state", *sorted(state["parts"])]))
    lie = state if name == "state" else msgspec.msgpack.decode((folder / "parts" / state["parts"][name]).read_bytes())
    here = list(places(lie))
    inside, key = here[data.draw(st.integers(0, len(here) - 1))]
    alike = [each[at] for each, at in here if type(each[at]) is type(inside[key])]
    inside[key] = deepcopy(alike[data.draw(st.integers(0, len(alike) - 1))])
    if name != "state":
        packed = msgspec.msgpack.encode(lie)
        state["parts"][name] = hashlib.sha256(packed).hexdigest()
        write(folder, {f"parts/{state['parts'][name]}": packed})
    packed = msgspec.msgpack.encode(state)
    write(folder, {"state": VERSION + hashlib.sha256(packed).digest() + packed})
    files = FILES | (MORE if data.draw(st.booleans()) else {})
    write(site, files)
    with contextlib.suppress(ThreadpressError):
        built(site)
    build(load(site)[0], site, Order(clean=True))
    assert tree(site / "output") == output_of(site.parent / "fresh", files)


@pytest.mark.parametrize("name", ["../../../mine/x", "/dev/zero", "", "x"])
def test_a_store_that_names_its_parts_otherwise_is_made_anew(site: Path, name: str) -> None:
    store = Store(site / ".threadpress")
    last = store.load()
    state = msgspec.structs.replace(last.state, parts=dict.fromkeys(last.state.parts, name))
    data = msgspec.msgpack.encode(state)
    write(site, {".threadpress/state": VERSION + hashlib.sha256(data).digest() + data})
    expected = tree(site / "output")
    (site / "output/index.html").unlink()
    assert command(site, "build").returncode == 0
    assert tree(site / "output") == expected


def test_a_journal_that_names_a_file_elsewhere_is_not_believed(site: Path) -> None:
    mine = site.parent / "mine/x"
    sha256 = hashlib.sha256(mine.read_bytes()).hexdigest()
    lines = "".join(f"{sha256}  {way.format(mine=site.parent / 'mine')}\n" for way in WAYS_OUT)
    write(site, {"output/.threadpress-tmp/journal-1": lines})
    (site / ".threadpress/state").unlink()
    assert command(site, "build", "--clean").returncode == 0
    assert mine.read_text() == "mine"


PARTS = st.text(st.sampled_from(".a/\0"), max_size=4)


@given(st.lists(PARTS, max_size=4))
def test_paths_lead_out_unless_each_part_is_a_name(paths: list[str]) -> None:
    parts = [part for path in paths for part in path.split("/")]
    assert lead_out(paths) == any("\0" in part or part in ("", ".", "..") for part in parts)


def test_values_that_make_no_sense_are_told_and_built_anew(site: Path) -> None:
    store = Store(site / ".threadpress")
    facts = tuple(msgspec.structs.replace(each, posted="no date", order="x") for each in store.load().facts.value)
    left = msgspec.structs.replace(store.load(), facts=Part.of(facts))
    store.begin_scan()
    store.save(left)
    write(site, MORE)
    report = built(site)
    assert tree(site / "output") == output_of(site.parent / "fresh", FILES | MORE)
    (told,) = [problem for problem in report.problems if problem.path == ".threadpress"]
    assert "makes no sense" in told.message
    assert built(site).problems == ()


def test_what_fails_in_a_build_from_nothing_is_a_mistake_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("ours")

    monkeypatch.setattr("generator.site.links.urls.save_files", fail)
    with pytest.raises(ValueError, match="ours"):
        built(write(tmp_path / "new", FILES))
