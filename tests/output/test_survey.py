"""Surveys: digests say whether an output is as it was left, whatever its parts, and a survey what lies there if not."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import generator.output.survey as module
from generator.output.records import STAMP, Records
from generator.output.survey import Digests, begin_digests, digests, survey
from generator.stamps import stamp_bytes
from generator.workers import Workers
from tests.small import write

FOLDERS = ("", "a/", "a/b/", "ä/", "z/", "\U0010ffff/")
URLS = st.builds("{}{}.html".format, st.sampled_from(FOLDERS), st.sampled_from("1bcä\U0010ffff"))

SERIAL = Workers(None, 1)


def is_as_left(output: Path, left: Digests) -> bool:
    return [digest for _, digest in left] == [part.result() for part in begin_digests(output, left, 0, SERIAL)]


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
        patch.setattr(module, "WHOLE", request.param)
        yield request.param


@given(st.sets(URLS), st.sets(URLS, max_size=2), st.sets(URLS, max_size=2), st.sets(URLS, max_size=2), st.booleans())
def test_digests_tell_of_every_change(
    tmp_path_factory: pytest.TempPathFactory,
    whole: int,
    left: set[str],
    lost: set[str],
    touched: set[str],
    new: set[str],
    foreign: bool,
) -> None:
    output = write(tmp_path_factory.mktemp("output"), dict.fromkeys(left, "x"))
    recorded = Records.of({url: bytes(STAMP.start) + stamp for url, stamp in stamps(output).items()})
    others = {}
    if foreign:
        write(output, {"a/not-ours": "x"})
        others["a/not-ours"] = stamps(output)["a/not-ours"]
    expected = digests(recorded, others)
    assert len(expected) == (2 if len(left) + foreign > whole else 1)
    assert is_as_left(output, expected)
    for url in lost & left:
        (output / url).unlink()
    for url in (touched & left) - lost:
        os.utime(output / url, ns=(0, 10**18))
    write(output, dict.fromkeys(new - left, "y"))
    same = stamps(output) == {url: recorded[url][STAMP] for url in recorded} | others
    assert is_as_left(output, expected) == same


def test_a_file_that_is_no_plain_file_is_seen_in_one_part_by_its_name(tmp_path: Path, whole: int) -> None:
    output = write(tmp_path, {"a.html": "x", "b.html": "y", ".threadpress-tmp/c": "z"})
    (output / "link").symlink_to("a.html")
    (output / "folder").symlink_to(".")
    left = {url: stamp for url, stamp in stamps(output).items() if not url.startswith(".")}
    plain = {"a.html", "b.html"}
    recorded = Records.of({url: bytes(STAMP.start) + left[url] for url in plain})
    expected = digests(recorded, {url: stamp for url, stamp in left.items() if url not in plain})
    assert is_as_left(output, expected)
    (output / "link").unlink()
    assert not is_as_left(output, expected)


@given(st.sets(URLS), st.sets(URLS, max_size=2), st.sets(URLS, max_size=2), st.sets(URLS, max_size=2))
def test_a_survey_tells_what_became_of_each_recorded_file(
    tmp_path_factory: pytest.TempPathFactory, left: set[str], lost: set[str], touched: set[str], new: set[str]
) -> None:
    output = write(tmp_path_factory.mktemp("output"), dict.fromkeys(left, "x"))
    sha256 = hashlib.sha256(b"x").digest()
    recorded = Records.of({url: bytes(8) + sha256 + stamp for url, stamp in stamps(output).items()})
    for url in lost & left:
        (output / url).unlink()
    for url in (touched & left) - lost:
        os.utime(output / url, ns=(0, 10**18))
    write(output, dict.fromkeys(new - left, "y"))
    here = survey(output, recorded, SERIAL)
    assert here.absent == lost & left
    assert here.stamps.keys() == (touched & left) - lost
    assert here.foreign.keys() == new - left
    assert {url for url in left if here.hash_of(url) == sha256} == left - lost
    assert here.whole == (not lost & left)
    assert here.folders == {folder[:-1] for folder in folders(output)}
