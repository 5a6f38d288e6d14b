"""The content folder as a list: what is a save, what must be read again, which files make a thread."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.readers import decode, reader_of
from generator.stamps import FileStamp
from generator.threads.content import HEAD, InputFile, Listing, Look, Seen, groups, list_content, look_into, unknown
from generator.threads.merge import age
from generator.threads.read import Group
from tests.small import news, note, write

STAMP = FileStamp(10, 1_000, 2_000)


def listing(saves: dict[str, FileStamp], sidecars: dict[str, FileStamp] | None = None) -> Listing:
    return Listing(saves, sidecars or {}, ())


def look(content: Path, *files: tuple[str, InputFile | None]) -> Seen:
    """Look into files as they lie there, with what was known of them."""
    return look_into(
        Look(str(content), tuple((path, FileStamp.of((content / path).stat()), known) for path, known in files))
    )


def test_a_folder_is_listed_without_reading_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"b.txt": "", "a.toml": "", "sub/a.md": "", ".x": "", "README.txt": "", "c~": "", "sub/.y/z": ""})
    (tmp_path / "b.txt").chmod(0)
    found = list_content(tmp_path)
    assert (list(found.saves), list(found.sidecars), found.problems) == (["b.txt", "sub/a.md"], ["a.toml"], ())
    assert found.saves["b.txt"] == FileStamp.of((tmp_path / "b.txt").stat())


def test_the_order_is_that_of_paths_whatever_the_system_says(tmp_path: Path) -> None:
    names = ["a/b.txt", "a.txt", "a b.txt", "ä.txt", "B.txt", "a/c/d.txt", "9.txt", "10.txt"]
    for part in (names, names[::-1]):
        for name in part:
            write(tmp_path, {name: ""})
        assert list(list_content(tmp_path).saves) == sorted(names)


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (problem,) = list_content(tmp_path / "none").problems
    assert problem.message == "there is no such folder"


MOMENT, TWO_SECONDS = 100_000_000_000, 2_000_000_000
"""When the last build listed the folder; the coarsest clock of a file system (FAT's) ticks every two seconds."""


@pytest.mark.parametrize(
    ("known", "stamp", "asked"),
    [
        (None, STAMP, True),
        (STAMP, STAMP, False),
        (STAMP, FileStamp(11, 1_000, 2_000), True),
        (STAMP, FileStamp(10, 1_001, 2_000), True),
        (STAMP, FileStamp(10, 1_000, 2_001), True),
        (FileStamp(10, MOMENT - TWO_SECONDS, 0), FileStamp(10, MOMENT - TWO_SECONDS, 0), False),
        (FileStamp(10, MOMENT - TWO_SECONDS + 1, 0), FileStamp(10, MOMENT - TWO_SECONDS + 1, 0), True),
        (FileStamp(10, 0, MOMENT - TWO_SECONDS + 1), FileStamp(10, 0, MOMENT - TWO_SECONDS + 1), True),
        (FileStamp(10, MOMENT * 9, 0), FileStamp(10, MOMENT * 9, 0), True),
    ],
    ids=["new", "same", "size", "date", "inode's date", "old enough", "young", "renamed lately", "from the future"],
)
def test_a_file_is_vouched_for_by_an_equal_stamp_that_is_old_enough(
    known: FileStamp | None, stamp: FileStamp, asked: bool
) -> None:
    """A file that is as young as the listing of the last build may have changed since within one tick of the clock."""
    inputs = {"a": InputFile(known, "hash", (("notes", "a"),))} if known else {}
    for found in (listing({"a": stamp}), listing({}, {"a": stamp})):
        assert list(unknown(found, inputs, MOMENT)) == ([("a", stamp, inputs.get("a"))] if asked else [])


def test_a_known_file_with_a_new_date_is_hashed_and_found_the_same(tmp_path: Path) -> None:
    write(tmp_path, {"1.txt": news("101")})
    raw = (tmp_path / "1.txt").read_bytes()
    keys = (("slashdot", "told by the last build"),)
    known = InputFile(FileStamp(len(raw), 1, 1), hashlib.sha256(raw).hexdigest(), keys)
    seen = look(tmp_path, ("1.txt", known))
    assert seen.files == (("1.txt", InputFile(FileStamp.of((tmp_path / "1.txt").stat()), known.sha256, keys)),)


def test_a_known_file_of_other_bytes_is_asked_anew(tmp_path: Path) -> None:
    write(tmp_path, {"1.txt": news("101")})
    size = (tmp_path / "1.txt").stat().st_size
    for known in (InputFile(FileStamp(size, 1, 1), "another hash", ()), InputFile(FileStamp(9, 1, 1), "hash", ())):
        ((_, file),) = look(tmp_path, ("1.txt", known)).files
        assert (file.keys, file.sha256) == ((("slashdot", "101"),), "")


def test_a_sidecar_is_hashed(tmp_path: Path) -> None:
    write(tmp_path, {"1.toml": "tags = []"})
    ((_, file),) = look(tmp_path, ("1.toml", None)).files
    assert (file.keys, file.sha256) == ((), hashlib.sha256(b"tags = []").hexdigest())


def test_files_that_are_no_saves_and_files_that_went_away_are_problems(tmp_path: Path) -> None:
    write(tmp_path, {"1.txt": "Dear diary", "2.txt": news("102"), "3.txt": "", "4.txt": b"\0" * 9000})
    files = tuple((f"{number}.txt", STAMP, None) for number in range(1, 6))
    seen = look_into(Look(str(tmp_path), files))
    assert [path for path, _ in seen.files] == ["2.txt"]
    assert [problem.path for problem in seen.problems] == ["1.txt", "3.txt", "4.txt", "5.txt"]


fillers = st.sampled_from(
    ["", "\n", " \n", "\r\n", "é\n", "\u00a0a quote\n", "x" * HEAD, "\n" * HEAD, "é" * HEAD, "\ufeff"]
)
bodies = st.one_of(
    st.builds(lambda story: news("101", story=story), fillers),
    st.builds(lambda title: news("0101", title=title), st.sampled_from(["a", "b" * HEAD, "é" * HEAD])),
    st.builds(lambda title, text: note("a-1", story=text, title=title), st.sampled_from(["a", "é" * HEAD]), fillers),
    st.just("News: x\n"),
    st.just("+++\nid = 1\n" + "# x\n" * HEAD + "+++\n"),
    st.text(max_size=20),
)


@given(fillers, bodies, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["utf-8", "cp1252"]), st.integers(0, 9))
def test_the_head_of_a_save_tells_what_all_of_it_would(
    tmp_path_factory: pytest.TempPathFactory, filler: str, body: str, end: str, encoding: str, more: int
) -> None:
    """A save is known by its first bytes; wherever they are cut off, the answer is that of the whole text."""
    folder = tmp_path_factory.getbasetemp()
    raw = (filler + body + "é" * more * 1000).replace("\n", end).encode(encoding, "replace")
    (folder / "save").write_bytes(raw)
    text, _ = decode(raw, "")
    reader = reader_of(text)
    expected = tuple(thread.key for thread in (reader.identify(text) if reader else ()))
    seen = look(folder, ("save", None))
    assert tuple(key for _, file in seen.files for key in file.keys) == expected
    assert bool(seen.problems) == (not expected)


names = st.sampled_from(["1", "1.2", "1.10", "2", "sub/1", "sub/_x", "noending", ".5"])
endings = st.sampled_from([".txt", ".md", ""])
keys = st.tuples(st.sampled_from(["notes", "slashdot"]), st.sampled_from("ab"))
found_saves = st.dictionaries(
    st.builds(str.__add__, names, endings), st.lists(keys, min_size=1, max_size=2, unique=True), max_size=8
)


@given(found_saves, st.sets(names))
def test_groups_hold_each_save_of_a_thread_from_the_oldest_with_the_sidecars_beside_them(
    saves: dict[str, list[tuple[str, str]]], stems: set[str]
) -> None:
    paths, beside = dict.fromkeys(sorted(saves), STAMP), {f"{stem}.toml": STAMP for stem in sorted(stems)}
    inputs = {path: InputFile(STAMP, "", tuple(keys)) for path, keys in saves.items()}
    found, problems = groups(listing(paths, beside), inputs)
    expected = []
    for key in sorted({key for keys in saves.values() for key in keys}):
        mine = sorted((path for path in saves if key in saves[path]), key=age)
        sidecars = [f"{os.path.splitext(path)[0]}.toml" for path in mine]  # noqa: PTH122
        expected.append(Group(*key, tuple(mine), tuple(dict.fromkeys(path for path in sidecars if path in beside))))
    assert found == expected
    used = {path for group in found for path in group.sidecars}
    assert {problem.path for problem in problems} == beside.keys() - used
    assert {problem.severity for problem in problems} <= {"warning"}
    kept = {path: inputs[path] for path in sorted(inputs)[1:]}
    assert {path for group in groups(listing(paths), kept)[0] for path in group.saves} == kept.keys()
