"""One site with saves of all kinds: it builds and checks, and whatever comes, goes and changes, no build shows it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.cli import run
from generator.readers import READERS, read_save
from tests.golden import SAVES
from tests.history import Site


def saves() -> dict[str, bytes]:
    """Every save of the readers' own cases that can be used, by its path in the content folder."""
    files = [next(case.glob("save.*")) for case in SAVES.cases()]
    named = {f"content/{file.parent.parent.name}/{file.parent.name}{file.suffix}": file.read_bytes() for file in files}
    return {path: raw for path, raw in named.items() if not read_save(raw, path).failed}


ALL = saves()


def test_there_are_saves_of_every_kind() -> None:
    assert {Path(path).parent.name for path in ALL} == {reader.NAME for reader in READERS}


def test_a_site_with_saves_of_all_kinds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = Site(tmp_path / "site")
    for path, raw in ALL.items():
        site.put(path, raw)
    report = site.build()
    site.check(report)
    assert not [problem for problem in report.problems if problem.severity == "error"]
    capsys.readouterr()
    assert run(["-C", str(site.folder), "check"]) == 0, capsys.readouterr()


@given(st.lists(st.lists(st.sampled_from(sorted(ALL)), min_size=1, max_size=12), min_size=2, max_size=4))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_saves_of_all_kinds_come_and_go(tmp_path_factory: pytest.TempPathFactory, turns: list[list[str]]) -> None:
    site = Site(tmp_path_factory.mktemp("site"))
    for paths in turns:
        for path in paths:
            if (site.folder / path).exists():
                site.drop(path)
            else:
                site.put(path, ALL[path])
        site.check(site.build())
