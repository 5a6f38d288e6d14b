"""Hugo's rows: the same threads, prepared as a skilled user would prepare them (see `../shared/bench/README.md`).

The converter in that folder makes Hugo's input, one Markdown document for each thread; that is not measured. It needs
the corpus as JSON too, so there are no such rows without `../shared`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from benchmarks.measure import Command, measure
from benchmarks.rows import Row
from benchmarks.trash import Trash

LARGE = 10_000
"""The number of threads from which Hugo is faster with a small cache."""


def hugo_rows(binary: str, shared: Path, folder: Path, threads: int, trash: Trash) -> list[Row]:
    """Give Hugo's builds of the corpus `folder/json`."""
    work, output = hugo_site(shared, folder), folder / "hugo-output"
    arguments = (binary, "--quiet", "-s", str(work), "-d", str(output))
    command = Command(arguments, work, tuning(threads))

    def change() -> None:
        if not output.exists():
            measure(command)
        add_line(work / "content" / "t", "*.md", "\nOne more line.\n")

    return [
        Row("hugo", "Hugo, cold", lambda: trash.take(output), command, output, "hugo"),
        Row("hugo-changed", "Hugo, one thread changed", change, command, output, "hugo-changed"),
    ]


def hugo_site(shared: Path, folder: Path) -> Path:
    """Make Hugo's site from the corpus `folder/json`, once, and give its folder."""
    work = folder / "hugo"
    if not (work / "hugo.toml").exists():
        convert = (sys.executable, f"{shared}/hugo/json2hugo.py", f"{folder}/json", str(work), "--mode", "a")
        subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
        shutil.copytree(shared / "hugo" / "site", work, dirs_exist_ok=True)
    return work


def tuning(threads: int) -> dict[str, str]:
    """Give the environment variables with which Hugo is fastest."""
    limit = os.environ.get("HUGO_MEMORYLIMIT") or ("1" if threads >= LARGE else "6")
    return {"GOGC": "400", "HUGO_MEMORYLIMIT": limit}


def add_line(folder: Path, pattern: str, text: str, ending: str = "") -> None:
    """Change the middle one of a rival's threads: add text to its end, or before `ending`."""
    pages = sorted(page for page in folder.rglob(pattern) if page.name != "_index.md")
    page = pages[len(pages) // 2]
    body = page.read_text(encoding="utf-8").removesuffix(ending)
    page.write_text(f"{body}{text}{ending}", encoding="utf-8")
