"""Every save under tests/saves/ reads as its expected.json says."""

from pathlib import Path

import pytest

from generator.readers import READERS
from tests import golden


@pytest.mark.parametrize("case", golden.SAVES.cases(), ids=lambda case: f"{case.parent.name}/{case.name}")
def test_save_reads_as_expected(case: Path) -> None:
    assert not (told := golden.difference(golden.SAVES, case)), told


def test_every_reader_has_cases() -> None:
    assert {case.parent.name for case in golden.SAVES.cases()} == {reader.NAME for reader in READERS}


def test_a_difference_is_told_and_can_be_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "HERE", tmp_path)
    case = tmp_path / "saves" / "markdown" / "mine"
    case.mkdir(parents=True)
    (case / "save.md").write_text('+++\nid = "1"\ntitle = "One"\n+++\nText.\n')
    (case / "expected-before.json").write_text("{}")
    assert golden.SAVES.cases() == [case]
    told = golden.difference(golden.SAVES, case)
    assert '+      "title": "One",' in told
    assert "-{}" in told
    assert "python -m tests.golden" in told
    assert golden.rewrite(golden.SAVES, case) == 2
    assert golden.difference(golden.SAVES, case) == ""
    assert golden.rewrite(golden.SAVES, case) == 0
