"""Surveys: a glance says whether an output is as it was left, whatever its parts, and what lies there if not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.output import records
from generator.output.records import STAMP, Records
from generator.output.survey import Glance
from generator.stamps import stamp_bytes
from generator.workers import Workers
from tests.small import write

FOLDERS = ("", "a/", "a/b/", "ä/", "z/", "\U0010ffff/")
URLS = st.builds("{}{}.html".format, st.sampled_from(FOLDERS), st.sampled_from("1bcä\U0010ffff"))


def stamps(output: Path) -> dict[str, bytes]:
    return {
        path.relative_to(output).as_posix(): stamp_bytes(path.lstat())
        for path in output.rglob("*")
        if not path.is_dir() or path.is_symlink()
    }


def folders(output: Path) -> list[str]:
    return [f"{path.relative_to(output).as_posix()}/" for path in output.rglob("*") if path.is_dir()]


@pytest.fixture(params=[0, 1000], scope="module")
def whole(request: pytest.FixtureRequest) -> Iterator[int]:
    """Up to how many files an output is looked at as a whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "WHOLE", request.param)
        yield request.param


@given(st.sets(URLS), st.sets(URLS, max_size=2), st.sets(URLS, max_size=2), st.sets(URLS, max_size=2), st.booleans())
def test_a_glance_sees_every_change_and_every_file(
    tmp_path_factory: pytest.TempPathFactory,
    whole: int,
    left: set[str],
    lost: set[str],
    touched: set[str],
    new: set[str],
    foreign: bool,
) -> None:
    output = write(tmp_path_factory.mktemp("output"), dict.fromkeys(left, "x"))
    known = Records.of({url: bytes(STAMP.start) + stamp for url, stamp in stamps(output).items()})
    others = {}
    if foreign:
        write(output, {"a/not-ours": "x"})
        others["a/not-ours"] = stamps(output)["a/not-ours"]
    standing = known.standing(others)
    assert len(standing) == (2 if len(left) + foreign > whole else 1)
    assert Glance(output, standing, Workers(None, 1), 0).same()
    for url in lost & left:
        (output / url).unlink()
    for url in (touched & left) - lost:
        os.utime(output / url, ns=(0, 10**18))
    write(output, dict.fromkeys(new - left, "y"))
    glance = Glance(output, standing, Workers(None, 1), 0)
    now = stamps(output)
    assert glance.same() == (now == {url: known[url][STAMP] for url in known} | others)
    assert sorted(glance.seen()) == sorted(
        [*((url, stamp, True) for url, stamp in now.items()), *((url, b"", False) for url in folders(output))]
    )


def test_of_what_is_no_plain_file_the_name_is_seen_in_one_part(tmp_path: Path, whole: int) -> None:
    output = write(tmp_path, {"a.html": "x", "b.html": "y", ".threadpress-tmp/c": "z"})
    (output / "link").symlink_to("a.html")
    (output / "folder").symlink_to(".")
    left = {url: stamp for url, stamp in stamps(output).items() if not url.startswith(".")}
    plain = {"a.html", "b.html"}
    known = Records.of({url: bytes(STAMP.start) + left[url] for url in plain})
    standing = known.standing({url: stamp for url, stamp in left.items() if url not in plain})
    assert Glance(output, standing, Workers(None, 1), 0).same()
    (output / "link").unlink()
    glance = Glance(output, standing, Workers(None, 1), 0)
    assert not glance.same()
    assert sorted(glance.seen()) == sorted((url, left[url], url in plain) for url in left if url != "link")
