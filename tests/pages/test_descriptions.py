"""What pages say of themselves to search engines: something, on every page that they may list, and not too much."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sample_pages import Outline
from tests.small import ROOT

PAGES = [path for path in sorted((ROOT / "tests/sites").rglob("expected/**/*.html")) if path.name != "404.html"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT / "tests/sites").as_posix())
def test_every_page_describes_itself(path: Path) -> None:
    metas = Outline(path.read_text(encoding="utf-8")).all("meta")
    (description,) = (str(meta["content"]) for meta in metas if meta.get("name") == "description")
    assert 10 < len(description) <= 220
