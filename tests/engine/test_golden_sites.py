"""Every site under tests/sites/ is built as its expected/ folder says."""

from pathlib import Path

import pytest

from tests import golden


@pytest.mark.parametrize("case", golden.SITES.cases(), ids=lambda case: case.name)
def test_site_is_built_as_expected(case: Path) -> None:
    assert not (told := golden.difference(golden.SITES, case)), told


def test_there_are_sites() -> None:
    assert len(golden.SITES.cases()) >= 2
