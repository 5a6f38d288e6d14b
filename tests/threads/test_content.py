"""The content folder as a list: what is a save, and which files hang together."""

from __future__ import annotations

import itertools
import os
import random
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from generator.stamps import FileStamp
from generator.threads.content import Group, Listing, group_files, is_ignored, list_content, stray_sidecars
from generator.threads.merge import age
from tests.small import write

STAMP = FileStamp(10, 1_000, 2_000)


def listing(saves: dict[str, FileStamp], sidecars: dict[str, FileStamp] | None = None) -> Listing:
    return Listing(saves, sidecars or {}, ())


def test_a_folder_is_listed_without_reading_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"b.txt": "", "a.toml": "", "sub/a.md": "", ".x": "", "README.txt": "", "c~": "", "sub/.y/z": ""})
    (tmp_path / "b.txt").chmod(0)
    found = list_content(tmp_path)
    assert (list(found.saves), list(found.sidecars), found.problems) == (["b.txt", "sub/a.md"], ["a.toml"], ())
    assert found.saves["b.txt"] == FileStamp.of((tmp_path / "b.txt").stat())


LEFT = [
    ".a/b.txt", "a.txt~", "#a.txt#", "a.swp", "a.txt.swp", "4913", "a.txt___jb_tmp___", "a.txt___jb_old___",
    "Thumbs.db", "desktop.ini", "__MACOSX/a.txt", "__MACOSX/sub/._a.txt", "p_files/a.js", "p_files/sub/b.css",
    "p-Dateien/a.js", "p_fichiers/a.js", "p-filer/a.js", "p.files/a.js", "q_files/a.js", "#sub#/a.txt",
    "sub/thumbs.db", "sub/Desktop.ini", "P_files/a.js", "cafe\u0301_files/a.js",
]  # fmt: skip
"""What other programs leave behind, beside `p.html` and `q.htm`, `P.HTM` and `café.html`."""
PAGES = ["p.html", "q.htm", "z.html", "P.HTM", "caf\u00e9.html"]
KEPT = [
    "#a.txt", "a#", "#", "swp", "a.swp.txt", "4913.txt", "Thumbs.txt", "r_files/a.js", "r-Dateien/a.js", "p_file/a.js",
    "sub/p_files/a.js", "_files/a.js", "z_files", "jb_tmp___",
]  # fmt: skip


def test_what_other_programs_leave_behind_is_passed_over_and_counted(tmp_path: Path) -> None:
    write(tmp_path, dict.fromkeys([*LEFT, *KEPT, *PAGES, "README", "README_files/a"], ""))
    found = list_content(tmp_path)
    assert list(found.saves) == sorted([*KEPT, *PAGES])
    assert found.problems == ()
    assert found.passed_over == len(LEFT)
    for name in (*LEFT, *KEPT):
        folder, _, last = f"{tmp_path}/{name}".rpartition("/")
        above, _, parent = folder.rpartition("/")
        ignored = is_ignored(folder, last) or (folder != str(tmp_path) and is_ignored(above, parent))
        assert ignored == (name in LEFT) or name in ("__MACOSX/sub/._a.txt", "p_files/sub/b.css"), name


def test_the_order_is_that_of_paths_whatever_the_system_says(tmp_path: Path) -> None:
    names = ["a/b.txt", "a.txt", "a b.txt", "ä.txt", "B.txt", "a/c/d.txt", "9.txt", "10.txt"]
    for part in (names, names[::-1]):
        for name in part:
            write(tmp_path, {name: ""})
        assert list(list_content(tmp_path).saves) == sorted(names)


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    (problem,) = list_content(tmp_path / "none").problems
    assert problem.message == "there is no such folder"


def groups(saves: dict[str, list[str]], *sidecars: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Group saves by their ties."""
    listed = listing(dict.fromkeys(sorted(saves), STAMP), dict.fromkeys(sorted(sidecars), STAMP))
    return [(group.saves, group.sidecars) for group in group_files(listed, saves)]


def test_files_that_share_a_tie_are_a_group_oldest_first_with_their_sidecars() -> None:
    saves = {"1.txt": ["a/1"], "1.10.txt": ["a/1"], "1.2.txt": ["a/1"], "2.txt": ["a/2"], "b/1.txt": ["b/1"]}
    assert groups(saves, "1.toml", "1.10.toml", "3.toml") == [
        (("1.txt", "1.2.txt", "1.10.txt"), ("1.toml", "1.10.toml")),
        (("2.txt",), ()),
        (("b/1.txt",), ()),
    ]


def test_files_hang_together_through_others() -> None:
    assert groups({"a": ["1", "2"], "b": ["3"], "c": ["2", "3"], "d": ["4"]}) == [(("a", "b", "c"), ()), (("d",), ())]


def test_a_file_without_ties_is_a_group_of_its_own() -> None:
    """So each new file can be read before its ties are known."""
    assert groups({"a.txt": [], "b.txt": []}, "b.toml") == [(("a.txt",), ()), (("b.txt",), ("b.toml",))]


def test_saves_that_are_not_named_are_left_out() -> None:
    listed = listing({"a": STAMP, "b": STAMP})
    assert group_files(listed, {"b": ["1"]}) == [Group(("b",))]


def test_a_sidecar_without_a_save_is_told() -> None:
    listed = listing({"a.txt": STAMP}, {"a.toml": STAMP, "b.toml": STAMP})
    assert [problem.path for problem in stray_sidecars(listed)] == ["b.toml"]


def test_many_files_that_hang_together_in_a_row_take_no_time() -> None:
    begin = time.process_time()
    saves = {f"{number:06d}": [f"{number}", f"{number + 1}"] for number in range(50_000)}
    ((paths, _),) = groups(saves)
    assert len(paths) == 50_000
    assert time.process_time() - begin < 10


names = st.sampled_from(["1", "1.2", "1.10", "2", "sub/1", "sub/_x", "noending", ".5"])
endings = st.sampled_from([".txt", ".md", ""])
tied_saves = st.dictionaries(
    st.builds(str.__add__, names, endings), st.lists(st.sampled_from("abcdef"), max_size=3), max_size=9
)


def connected(saves: dict[str, list[str]]) -> set[frozenset[str]]:
    """Groups found the slow way: join any two that share a tie until nothing changes."""
    groups = [({path}, set(ties)) for path, ties in saves.items()]
    while True:
        for one, other in itertools.combinations(groups, 2):
            if one[1] & other[1]:
                groups.remove(other)
                one[0].update(other[0])
                one[1].update(other[1])
                break
        else:
            return {frozenset(paths) for paths, _ in groups}


@given(tied_saves, st.sets(names), st.randoms(use_true_random=False))
def test_groups_are_the_connected_files_whatever_their_order(
    saves: dict[str, list[str]], stems: set[str], luck: random.Random
) -> None:
    sidecars = [f"{stem}.toml" for stem in stems]
    made = groups(saves, *sidecars)
    shuffled = {path: luck.sample(saves[path], len(saves[path])) for path in luck.sample(sorted(saves), len(saves))}
    assert groups(shuffled, *luck.sample(sorted(sidecars), len(sidecars))) == made
    assert {frozenset(paths) for paths, _ in made} == connected(saves)
    for paths, beside in made:
        assert list(paths) == sorted(paths, key=age)
        expected = [f"{os.path.splitext(path)[0]}.toml" for path in paths]  # noqa: PTH122
        assert beside == tuple(dict.fromkeys(path for path in expected if path in sidecars))
