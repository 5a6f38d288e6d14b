"""What `docs/reliability.md` says about the tests is so: those it names are there, and they try as much as it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Sized

import pytest

from tests import test_faults, test_growth
from tests.browser.test_hostile import PAYLOADS
from tests.commands.publish import test_killed
from tests.engine.test_incremental import TOUR
from tests.readers.test_mutated import MUTATED
from tests.small import ALL, ROOT, examples

PAGE = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
EXAMPLES = 50
"""Of a property that does not say how many, see `conftest`."""


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(tests(?:/[\w.]+)*)`", PAGE))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_every_promise_names_its_tests() -> None:
    promises = PAGE.partition("## What is promised\n")[2].partition("\n## ")[0].split("\n\n")
    found = [promise for promise in promises if promise.lstrip().startswith("**")]
    assert len(found) >= 10
    assert [promise for promise in found if not re.search(r"Tests:\s+`tests/\w+", promise)] == []


def properties(folder: str) -> int:
    """Count the examples that all properties in a folder are tried on."""
    total = 0
    for path in (ROOT / folder).rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                calls = {ast.unparse(each.func): each for each in node.decorator_list if isinstance(each, ast.Call)}
                if "given" in calls:
                    total += _tried(calls.get("settings"))
    return total


def _tried(settings: ast.Call | None) -> int:
    for keyword in settings.keywords if settings else ():
        match keyword:
            case ast.keyword("max_examples", ast.Constant(int(number))):
                return number
            case ast.keyword("max_examples", ast.Call(args=[ast.Constant(int(number))])):
                return examples(number)
    return EXAMPLES


PATTERNS: tuple[Sized, ...] = (test_growth.UNITS, test_growth.FILES, test_growth.ENTRIES, test_growth.SETTINGS)
FIGURES = {
    "kills of them at any moment": 3 * test_faults.MOMENTS,
    "sizes of a disk that is full": test_faults.DISKS,
    "flipped bits in files of the store": 30 * test_faults.FLIPS,
    "builds at the same time": 4 * test_faults.ROUNDS,
    "kills of a publication": test_killed.MOMENTS,
    "random histories of a site, compared with clean builds": examples(15) + examples(25),
    "edits, each compared with a clean build": len(TOUR),
    "damaged forms of each save in `tests/saves`": MUTATED,
    "patterns of an input that is doubled": sum(len(each) for each in PATTERNS),
    "payloads, each as text and as Markdown, in three themes": len(PAYLOADS),
    "other random inputs of the readers": properties("tests/readers"),
    "random inputs of all properties together": properties("tests"),
}
WITHOUT_END = ("kills at a change of the disk, of three builds", "changes of the disk that the system refuses in them")
"""The long form tries all that there are, or every third."""
if not ALL:
    FIGURES |= dict.fromkeys(WITHOUT_END, 3 * test_faults.KILLS)


def figure(row: str) -> int:
    """Read a figure of the page, of the form of the tests that runs."""
    cells = re.search(rf"^\| {re.escape(row)} \| ([^|]+) \| ([^|]+) \|", PAGE, re.M)
    assert cells, row
    return int(cells[2 if ALL else 1].replace(",", ""))


@pytest.mark.parametrize("row", FIGURES)
def test_the_tests_try_what_the_page_says(row: str) -> None:
    assert figure(row) <= FIGURES[row]


def test_every_figure_is_compared() -> None:
    table = PAGE.partition("## Figures\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\w[^|]+) \|", table, re.M)
    assert sorted(rows) == sorted({*FIGURES, *WITHOUT_END})
