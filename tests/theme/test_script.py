"""The default theme's script, read: what it weighs, what it never does. What it does is tested in browsers."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.sample_pages import THEME

SCRIPTS = {name: THEME.assets[name][1].decode() for name in ("early.js", "script.js", "moved.js")}


def test_scripts_are_small() -> None:
    sizes = {name: len(gzip.compress(text.encode(), mtime=0)) for name, text in SCRIPTS.items()}
    # Few pages load the third.
    assert sizes["script.js"] + sizes["early.js"] <= 10_000
    assert sizes["moved.js"] <= 1_200
    # This one holds the page up.
    assert len(SCRIPTS["early.js"]) < 1_200


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_do_nothing_that_the_policy_forbids_or_that_text_could_abuse(name: str) -> None:
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "eval",
        "Function(",
        "fetch",
        "XMLHttpRequest",
        "import",
    ):
        assert word not in SCRIPTS[name], word
    for word in ("http:", "https:", "document.cookie", 'setAttribute("style', "document.write", "sendBeacon"):
        assert word not in SCRIPTS[name], word


def test_every_script_is_strict_and_alone() -> None:
    parts, early, moved = (SCRIPTS[name].split("\n;\n")[:-1] for name in ("script.js", "early.js", "moved.js"))
    assert len(parts) == 9
    for part in (*parts, *early, *moved):
        assert part.count('  "use strict";\n') == 1
        assert part.rstrip().endswith("})();")
    # The first makes what the others share; they add no name of their own.
    assert [re.findall(r"^(?:const|let|var|function) (\w+)", part, re.M) for part in parts] == [["reader"], *[[]] * 8]
