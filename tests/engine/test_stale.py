"""Why a page is rendered: the whole policy, case by case."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from generator.engine.stale import Reason, Stale, reason
from generator.output import Left, Output, Records, page_record
from generator.pages import Page
from generator.stamps import FileStamp
from generator.workers import Workers
from tests.small import write

OLD, NEW = b"old mark", b"new mark"
ONE, OTHER = (hashlib.sha256(data).digest() for data in (b"one", b"other"))
RECORD = page_record(OLD, ONE, FileStamp(3, 1, 1))


@pytest.mark.parametrize(
    ("fingerprint", "record", "present", "same_site", "expected"),
    [
        (OLD, RECORD, ONE, True, None),
        (OLD, None, None, True, "it is new"),
        (OLD, None, ONE, True, "the store does not know it"),
        (OLD, RECORD, ONE, False, "settings, theme or program changed"),
        (NEW, RECORD, ONE, True, "what it shows changed"),
        (OLD, RECORD, None, True, "its file is missing"),
        (OLD, RECORD, OTHER, True, "its file is not what was written"),
    ],
)
def test_a_page_is_rendered_for_one_reason(
    fingerprint: bytes, record: bytes | None, present: bytes | None, same_site: bool, expected: Reason | None
) -> None:
    assert reason(fingerprint, record, present, same_site=same_site) == expected


@pytest.mark.parametrize("disturbed", [False, True])
def test_pages_are_told_by_what_lies_in_the_output(tmp_path: Path, disturbed: bool) -> None:
    """The short way, where every file is as it was left, tells what the long one does."""
    write(tmp_path, {"a": "one", "b": "one"})
    records = {url: page_record(OLD, ONE, FileStamp.of((tmp_path / url).stat())) for url in "ab"}
    if disturbed:
        records["c"] = RECORD
        write(tmp_path, {"b": "other"})
    output = Output(tmp_path, "output", Left(lambda: Records.of(records)), Workers(None, 1))
    stale = Stale(output, same_site=True)
    assert stale.undisturbed != disturbed
    wanted = [Page(url, "kind", "origin", mark) for url, mark in (("a", OLD), ("a", NEW), ("x", NEW), ("b", OLD))]
    reasons = {"a": "what it shows changed", "x": "it is new"}
    if disturbed:
        reasons["b"] = "its file is missing"  # what is there is somebody else's
    assert {page.url: why for page, why in stale.reasons(wanted)} == reasons
    assert [url for url in "abc" if stale.can_stay(url)] == (["a"] if disturbed else ["a", "b"])
    assert not Stale(output, same_site=False).can_stay("a")
