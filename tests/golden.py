"""Golden cases: folders that hold an input and, beside it, what it must become.

`GOLDENS` says where the cases are and what makes their output; adding a folder adds a case, which
`test_golden_saves.py` and its kin run. ``python -m tests.golden`` writes everything expected anew: read the diff
before you believe it. Whatever starts with ``expected`` in a case is output, the rest is input.
"""

from __future__ import annotations

import difflib
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from generator import build, load
from generator.model import Thread
from generator.readers import read_save
from tests.rewriting import with_ids

HERE = Path(__file__).parent
ADVICE = "If this is how it should be, run `python -m tests.golden` and read what changed."


class Golden(msgspec.Struct, frozen=True):
    """One kind of case."""

    folder: str
    """Where its cases are, relative to `tests/`."""
    pattern: str
    """Glob pattern of the cases' folders in it."""
    produce: Callable[[Path], dict[str, bytes]]
    """Makes the expected files of a case: path in the case's folder to content."""

    def cases(self) -> list[Path]:
        """Give the folders of all cases."""
        return sorted(path for path in (HERE / self.folder).glob(self.pattern) if path.is_dir())


def read_case(case: Path) -> dict[str, bytes]:
    """Read the one save of a case; its threads and problems are expected, as far as the save itself says them."""
    (save,) = (path for path in case.iterdir() if not path.name.startswith("expected"))
    reading = read_save(save.read_bytes(), save.name)
    threads = [told(saved.thread) for saved in reading.threads]
    value = {"threads": threads, "problems": msgspec.to_builtins(sorted(reading.all_problems()))}
    return {"expected.json": (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()}


def told(thread: Thread) -> dict[str, Any]:
    """Give a thread as it is expected: what only several saves together tell is left out, and what few sources have."""
    value: dict[str, Any] = msgspec.to_builtins(with_ids(thread))
    del value["partial"], value["former"]
    for post in value["posts"]:
        for name in ("number", "stated_number", "missing", "aliases", "updated", "guessed"):
            if not post[name]:
                del post[name]
    return value


SAVES = Golden("saves", "*/*", read_case)
"""tests/saves/READER/CASE/: a save, and what its reader makes of it."""


def build_case(case: Path) -> dict[str, bytes]:
    """Build the site of a case; assets, and what changes whenever one of them does, are not expected."""
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        shutil.copytree(case, site, ignore=shutil.ignore_patterns("expected*"))
        build(load(site)[0], site)
        made = {path.relative_to(site / "output").as_posix(): path for path in (site / "output").rglob("*")}
        return {
            f"expected/{url}": HASH.sub(rb"\1.HASH.", path.read_bytes())
            for url, path in sorted(made.items())
            if path.is_file() and not url.startswith("assets/") and url != "SHA256SUMS"
        }


HASH = re.compile(rb"(assets/[a-z-]+)\.[0-9a-f]{8}\.")

SITES = Golden("sites", "*", build_case)
"""tests/sites/NAME/: a site, and all its pages."""

GOLDENS = (SAVES, SITES)


def expected(case: Path) -> dict[str, bytes]:
    """Give what stands in a case's folder as expected: path to content."""
    files = (path for top in case.glob("expected*") for path in (top, *top.rglob("*")))
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in files if path.is_file()}


def difference(golden: Golden, case: Path) -> str:
    """Tell how the output of a case differs from what is expected; empty if it does not."""
    old, new = expected(case), golden.produce(case)
    lines: list[str] = []
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            before, after = (files.get(name, b"").decode("utf-8", "replace").split("\n") for files in (old, new))
            lines += difflib.unified_diff(before, after, f"{name} as expected", f"{name} as made", lineterm="")
    return "\n".join([f"{case.relative_to(HERE)} differs.", *lines, ADVICE]) if lines else ""


def rewrite(golden: Golden, case: Path) -> int:
    """Write what is expected of a case anew and give the number of files that changed."""
    old, new = expected(case), golden.produce(case)
    for name in old.keys() - new.keys():
        (case / name).unlink()
    changed = [name for name in new if new[name] != old.get(name)]
    for name in changed:
        (case / name).parent.mkdir(parents=True, exist_ok=True)
        (case / name).write_bytes(new[name])
    return len(changed) + len(old.keys() - new.keys())


if __name__ == "__main__":
    total = sum(rewrite(golden, case) for golden in GOLDENS for case in golden.cases())
    sys.stdout.write(f"{total} expected files changed\n")
