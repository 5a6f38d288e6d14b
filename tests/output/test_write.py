"""Writing: what is ours, what is not, and what is left when a build dies between two writes."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import HINTS, OutputError
from generator.output import ALWAYS, NOTHING, Left, Output, Records, Writer, page_record, read_sums
from generator.output.survey import survey
from generator.output.write import move_in
from generator.stamps import FileStamp
from generator.workers import Workers
from tests.small import mask, prints, tree, write

BASE = {url: f"{url}\n".encode() for url in sorted(ALWAYS)}
"""What every site has; a list of sums without them is not ours."""


class Written(NamedTuple):
    """What one writing of a site did."""

    files: int
    changed: tuple[str, ...]
    removed: tuple[str, ...]


SERIAL = Workers(None, 1)


def put(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    store: dict[str, bytes] | None = None,
    clean: bool = False,
    dies: int | None = None,
) -> Written:
    """Write a site of these files, in the steps of a build; `dies`: after so many files."""
    files = {**BASE, **files}
    output = Output(folder, "output", Left(lambda: Records.of(store)) if store else NOTHING, SERIAL)

    def render(urls: Set[str]) -> Iterable[tuple[str, bytes]]:
        return [(url, files[url]) for url in sorted(urls)]

    if clean:
        output.clear(files.keys, render)
    else:
        output.prepare(lambda: files, files.keys, render)
    records, changed = {}, []
    with Writer(folder, apart=output.bare) as writer:
        for count, (url, data) in enumerate(files.items()):
            if count == dies:
                raise KeyboardInterrupt
            sha256 = hashlib.sha256(data).digest()
            if output.survey.hash_of(url) != sha256:
                writer.put(url, data, sha256)
                changed.append(url)
            records[url] = page_record(bytes(8), sha256, writer.stamp(url))
    output.move_in()
    finished = output.finish(files.keys(), records)
    if store is not None:
        store.clear()
        store.update(finished.left.records())
    changed += finished.sums
    return Written(len(files) + 1, tuple(changed), finished.removed)


def listing(files: Mapping[str, bytes]) -> bytes:
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {url}\n" for url, data in sorted(files.items())).encode()


def refused(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write, expect that it is refused and nothing has changed, and give what stood in the way."""
    before = prints(folder)
    with pytest.raises(OutputError) as caught:
        put(folder, files)
    assert prints(folder) == before
    assert not (folder / ".threadpress-tmp").exists()
    assert all(re.search("is not ours|was changed since", problem.message) for problem in caught.value.problems)
    return [problem.path for problem in caught.value.problems]


def test_all_files_and_their_sums_are_written(tmp_path: Path) -> None:
    written = put(tmp_path / "output", {"threads/a/1.html": b"one"})
    files = {**BASE, "threads/a/1.html": b"one"}
    assert tree(tmp_path / "output") == {**files, "SHA256SUMS": listing(files)}
    assert written == Written(6, (*files, "SHA256SUMS"), ())


def test_sha256sum_accepts_the_list(tmp_path: Path) -> None:
    put(tmp_path, {"saves/a b#%ü'.txt": b"x", "saves/-.txt": b"", "saves/\u2028.txt": b"y"})
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


@pytest.mark.parametrize("stored", [True, False])
def test_nothing_is_written_when_nothing_changed(tmp_path: Path, stored: bool) -> None:
    store: dict[str, bytes] | None = {} if stored else None
    put(tmp_path, {"a/1.html": b"one"}, store=store)
    before = prints(tmp_path)
    assert put(tmp_path, {"a/1.html": b"one"}, store=store) == Written(6, (), ())
    assert prints(tmp_path) == before


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    put(tmp_path, {"a/1.html": b"one", "a/2.html": b"two"})
    before = prints(tmp_path)
    assert put(tmp_path, {"a/1.html": b"ONE", "a/2.html": b"two"}).changed == ("a/1.html", "SHA256SUMS")
    after = prints(tmp_path)
    assert {url for url in after if after[url] != before[url]} == {"a/1.html", "SHA256SUMS"}


def test_what_is_put_apart_comes_in_as_a_whole(tmp_path: Path) -> None:
    output = tmp_path / "output"
    sums = {data: hashlib.sha256(data).digest() for data in (b"one", b"two", b"three")}
    with Writer(output, apart=True) as writer:
        stamps = {
            "a/b/1.html": writer.put("a/b/1.html", b"one", sums[b"one"]),
            "a/2.html": writer.put("a/2.html", b"two", sums[b"two"]),
            "3.html": writer.put("3.html", b"three", sums[b"three"]),
        }
        assert writer.stamp("a/2.html") == stamps["a/2.html"]
    assert [path.name for path in output.iterdir() if path.name[0] != "."] == ["3.html"]
    move_in(output, "output")
    assert {url: FileStamp.of((output / url).stat()) for url in stamps} == stamps
    assert survey(output, Records.of({}), SERIAL).others == {
        "a/b/1.html": sums[b"one"], "a/2.html": sums[b"two"], "3.html": sums[b"three"],
    }  # fmt: skip


def test_what_came_to_stand_in_the_way_of_what_was_put_apart_is_named_and_kept(tmp_path: Path) -> None:
    files = {"a/1.html": b"one", "b/2.html": b"two"}
    with Writer(tmp_path, apart=True) as writer:
        for url, data in files.items():
            writer.put(url, data, hashlib.sha256(data).digest())
    write(tmp_path, {"b/own.txt": "not ours"})
    with pytest.raises(OutputError) as caught:
        move_in(tmp_path, "output")
    (problem,) = caught.value.problems
    assert str(problem) == (
        f"output/b: the pages can't be moved there ({os.strerror(errno.ENOTEMPTY)}); {HINTS[errno.ENOTEMPTY]}"
    )
    put(tmp_path, files)
    expected = {**BASE, **files}
    assert tree(tmp_path) == {**expected, "SHA256SUMS": listing(expected), "b/own.txt": b"not ours"}


@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("masked", [0o000, 0o077, 0o777])
def test_a_written_file_is_open_to_everybody(tmp_path: Path, masked: int, apart: bool) -> None:
    with mask(masked & ~0o700), Writer(tmp_path / "output", apart=apart) as writer:
        writer.put("a/1.html", b"one", hashlib.sha256(b"one").digest())
    if apart:
        move_in(tmp_path / "output", "output")
    assert (tmp_path / "output/a").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "output/a/1.html").stat().st_mode & 0o777 == 0o644


def test_stale_files_of_ours_go_with_their_folders(tmp_path: Path) -> None:
    put(tmp_path, {"a/b/1.html": b"one", "a/2.html": b"two"})
    assert put(tmp_path, {"a/2.html": b"two"}).removed == ("a/b/1.html",)
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == ["2.html"]


def test_a_stale_file_that_somebody_changed_stays(tmp_path: Path) -> None:
    put(tmp_path, {"a/1.html": b"one"})
    (tmp_path / "a/1.html").write_bytes(b"mine now")
    assert put(tmp_path, {}).removed == ()
    assert (tmp_path / "a/1.html").read_bytes() == b"mine now"


def test_files_of_others_stay(tmp_path: Path) -> None:
    write(tmp_path, {"CNAME": "example.org\n", "a/own.txt": "x", ".gitkeep": ""})
    put(tmp_path, {"a/1.html": b"one"})
    put(tmp_path, {}, clean=True)
    assert {"CNAME", "a/own.txt", ".gitkeep"} <= tree(tmp_path).keys()
    assert "a/1.html" not in tree(tmp_path)


def test_a_file_of_others_in_the_way_is_named_and_nothing_changes(tmp_path: Path) -> None:
    write(tmp_path, {"index.html": "mine", "a/1.html": "mine too"})
    assert refused(tmp_path, {"a/1.html": b"one"}) == ["output/a/1.html", "output/index.html"]


def test_a_page_that_somebody_changed_is_named(tmp_path: Path) -> None:
    put(tmp_path, {"a/1.html": b"one"})
    (tmp_path / "a/1.html").write_bytes(b"edited by hand")
    assert refused(tmp_path, {"a/1.html": b"two"}) == ["output/a/1.html"]


def test_a_file_that_equals_ours_becomes_ours(tmp_path: Path) -> None:
    write(tmp_path, {"a/1.html": "one"})
    before = prints(tmp_path)
    put(tmp_path, {"a/1.html": b"one"})
    assert prints(tmp_path)["a/1.html"] == before["a/1.html"]
    assert put(tmp_path, {}).removed == ("a/1.html",)


def test_a_list_of_sums_of_others_is_in_the_way(tmp_path: Path) -> None:
    write(tmp_path, {"SHA256SUMS": listing({"disk.iso": b"x"}), "disk.iso": "x"})
    assert refused(tmp_path, {}) == ["output/SHA256SUMS"]


def test_links_and_folders_in_the_way_are_named(tmp_path: Path) -> None:
    output = tmp_path / "output"
    write(output, {"a/1.html/deep.txt": "x", "about.html/x": "x"})
    write(tmp_path, {"elsewhere/x.html": "two", "b.html": "two"})
    (output / "b").symlink_to("../elsewhere")
    (output / "b.html").symlink_to("../b.html")
    (output / "c").write_text("a file where a folder goes")
    (output / "404.html").symlink_to("nowhere")
    before = tree(tmp_path)
    assert refused(output, {"a/1.html": b"1", "b/x.html": b"two", "b.html": b"two", "c/x.html": b"c"}) == [
        "output/404.html", "output/a/1.html", "output/about.html", "output/b", "output/b.html", "output/c",
    ]  # fmt: skip
    assert tree(tmp_path) == before


def test_nothing_is_removed_through_a_link(tmp_path: Path) -> None:
    """A folder of ours replaced by a link to the originals must not take them along when it goes stale."""
    output = tmp_path / "output"
    put(output, {"saves/1.txt": b"one"})
    write(tmp_path, {"content/1.txt": "one"})
    (output / "saves/1.txt").unlink()
    (output / "saves").rmdir()
    (output / "saves").symlink_to("../content")
    put(output, {})
    assert (tmp_path / "content/1.txt").read_bytes() == b"one"


def test_a_list_of_sums_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    output = tmp_path / "output"
    put(output, {})
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"x")
    sha256 = hashlib.sha256(b"x").hexdigest()
    long = "n" * 5000
    with (output / "SHA256SUMS").open("a") as file:
        for path in (
            "../outside.txt",
            "a/../../outside.txt",
            str(outside),
            ".",
            "..",
            "\0",
            long,
            f"{long}/x",
            "//x",
            "é",
        ):
            file.write(f"{sha256}  {path}\n")
        file.write("no sum at all\n")
    assert [url for url, _ in read_sums(output / "SHA256SUMS") if "outside" in url] == []
    assert put(output, {"a/1.html": b"1"}).removed == ()
    assert outside.read_bytes() == b"x"
    assert tree(output)["SHA256SUMS"] == listing({**BASE, "a/1.html": b"1"})


def test_a_file_of_ours_makes_room_for_a_folder_and_the_other_way_round(tmp_path: Path) -> None:
    as_file, as_folder = {"saves/a": b"file"}, {"saves/a/b/c.txt": b"deep", "saves/a/d.txt": b"d"}
    for files in (as_file, as_folder, as_file, as_folder):
        put(tmp_path, files)
        expected = {**BASE, **files}
        assert tree(tmp_path) == {**expected, "SHA256SUMS": listing(expected)}
    (tmp_path / "saves/a/mine.txt").write_text("x")
    assert refused(tmp_path, as_file) == ["output/saves/a"]


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_everybody_may_read_the_site_whatever_the_mask_is(tmp_path: Path) -> None:
    """Hosts refuse other files; folders need their x bit as well."""
    with mask(0o077):
        put(tmp_path / "sites/output", {"a/b/1.html": b"one"})
    output = tmp_path / "sites/output"
    for path in (output, *output.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_clean_removes_ours_and_nothing_else_and_writes_all_anew(tmp_path: Path) -> None:
    put(tmp_path, {"a/1.html": b"one", "b/2.html": b"two"})
    write(tmp_path, {"b/own.txt": "x"})
    written = put(tmp_path, {"a/1.html": b"one"}, clean=True)
    assert len(written.changed) == written.files
    assert written.removed == ("b/2.html",)
    assert tree(tmp_path).keys() == {*BASE, "SHA256SUMS", "a/1.html", "b/own.txt"}


def dies(output: Path, files: Mapping[str, bytes], steps: int) -> int:
    """Write in a process that ends without any cleaning up after so many changes of the disk; give its exit code."""
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            left = steps

            def dying(method: Callable[..., Any]) -> Callable[..., Any]:
                def step(*arguments: Any, **named: Any) -> Any:
                    nonlocal left
                    left -= 1
                    if left < 0:
                        os._exit(9)
                    return method(*arguments, **named)

                return step

            for name in ("rename", "unlink", "rmdir", "mkdir", "chmod"):
                setattr(Path, name, dying(getattr(Path, name)))
            for name in ("open", "write", "replace"):
                setattr(os, name, dying(getattr(os, name)))
            put(output, files)
            os._exit(0)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


FIRST = {"a/1.html": b"one", "a/2.html": b"two", "saves/x": b"file"}
SECOND = {"a/1.html": b"ONE", "b/3.html": b"three", "saves/x/y": b"in a folder"}
THIRD = {"a/1.html": b"uno", "a/2.html": b"two", "b/4.html": b"four"}


@pytest.mark.parametrize("steps", [0, 2, 3, 5, 8, 13, 16, 20, 22, 24, 26, 28, 29, 30])
@pytest.mark.parametrize(("own", "start"), [({}, {}), ({"own.txt": "not ours"}, {}), ({"own.txt": "not ours"}, FIRST)])
def test_after_a_build_that_died_anywhere_the_next_one_is_right(
    tmp_path: Path, own: dict[str, str], start: dict[str, bytes], steps: int
) -> None:
    """The process ends without any cleaning up after so many changes of the disk, then the content changes again."""
    output = tmp_path / "output"
    write(output, own)
    if start:
        put(output, start)
    assert dies(output, SECOND, steps) == 9
    put(output, THIRD)
    expected = {**BASE, **THIRD}
    assert tree(output) == {
        **expected,
        "SHA256SUMS": listing(expected),
        **{url: text.encode() for url, text in own.items()},
    }
    assert not (output / ".threadpress-tmp").exists()


def test_empty_folders_that_a_dead_build_left_are_not_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "saves/x/y").mkdir(parents=True)
    put(tmp_path, {"saves/x": b"file"})
    assert (tmp_path / "saves/x").read_bytes() == b"file"


def test_a_journal_whose_last_line_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    """A full disk can cut a line; the file after it must be known all the same when that build dies, too."""
    write(tmp_path, {"own.txt": "not ours", f".threadpress-tmp/journal-{os.getpid()}": f"\n{'0' * 30}"})
    with pytest.raises(KeyboardInterrupt):
        put(tmp_path, {"a/1.html": b"one", "a/2.html": b"not written"}, dies=len(BASE) + 1)
    assert (tmp_path / "a/1.html").read_bytes() == b"one"
    put(tmp_path, {"a/1.html": b"two"})
    assert (tmp_path / "a/1.html").read_bytes() == b"two"


names = st.from_regex(r"[ab](/[ab]){0,2}", fullmatch=True)
sites = st.dictionaries(names, st.sampled_from([b"x", b"y"]), max_size=5).filter(
    lambda files: not any(f"{url}/".startswith(f"{other}/") for url in files for other in files if url != other)
)


@given(st.lists(st.tuples(sites, st.none() | st.integers(0, 9)), min_size=1, max_size=5), sites, st.booleans())
def test_any_history_ends_in_the_same_folder(
    tmp_path_factory: pytest.TempPathFactory,
    history: list[tuple[dict[str, bytes], int | None]],
    last: dict[str, bytes],
    stored: bool,
) -> None:
    """Builds of any sites, with a store or without, some of which end with an error after a number of writes."""
    folder = tmp_path_factory.mktemp("output")
    store: dict[str, bytes] | None = {} if stored else None
    for files, dies in history:
        with contextlib.suppress(KeyboardInterrupt):
            put(folder, files, dies=dies, store=store)
    put(folder, last, store=store)
    expected = {**BASE, **last}
    assert tree(folder) == {**expected, "SHA256SUMS": listing(expected)}
    assert {path for path in folder.rglob("*") if path.is_dir()} == {
        parent for url in last for parent in (folder / url).parents if folder in parent.parents
    }
