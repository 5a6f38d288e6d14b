"""Threadpress's rows: two sites with the same corpus, and what happens to them before each build.

One site has only pages, as with other generators; the other has everything that a build makes by default. Nothing is
deleted in between (see `trash`).
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import msgspec

from benchmarks.corpus import make_thread
from benchmarks.measure import Command, Run, measure
from benchmarks.rows import Row
from benchmarks.trash import Trash
from benchmarks.writing import write_merely

ROOT = Path(__file__).resolve().parent.parent
PAGES_ONLY = "publish_data = false\npublish_saves = false\nsearch = false\n"
YOUNG = 2.1
"""Seconds to wait, since a build hashes files that changed less than two seconds before the last build; usually few
did."""


class Site(msgspec.Struct, frozen=True):
    """A folder that Threadpress builds."""

    folder: Path
    trash: Trash
    jobs: int

    @property
    def output(self) -> Path:
        """Where its pages go."""
        return self.folder / "output"

    def command(self, jobs: int | None = None) -> Command:
        """Give the command of the build."""
        return Command(
            (sys.executable, "-P", "-m", "generator", "build", "--jobs", str(jobs or self.jobs)),
            self.folder,
            {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""},  # an installed program is compiled
        )

    def saves(self) -> list[Path]:
        """Give the saves of the corpus, without those that were added later."""
        return sorted(file for file in (self.folder / "content").iterdir() if not file.name.startswith("added-"))

    def ready(self) -> None:
        """Build the site if that was not done yet."""
        if not (self.output / "SHA256SUMS").exists():
            measure(self.command())


def make_site(folder: Path, saves: Path, settings: str) -> None:
    """Make a site with a copy of all saves, once."""
    folder.mkdir(exist_ok=True)
    (folder / "threadpress.toml").write_text(settings, encoding="utf-8")
    if not (folder / "content").exists():
        shutil.copytree(saves, folder / "content")


def our_rows(folder: Path, trash: Trash, jobs: int) -> list[Row]:
    """Give all builds of the corpus `folder/txt`, in the order of the table."""
    pages, full = Site(folder / "pages", trash, jobs), Site(folder / "full", trash, jobs)
    make_site(pages.folder, folder / "txt", PAGES_ONLY)
    make_site(full.folder, folder / "txt", "")
    time.sleep(YOUNG)
    copy = folder / "written"

    def ours(key: str, name: str, prepare: Callable[[Site], None], rival: str = "hugo-changed") -> Row:
        return Row(key, name, functools.partial(prepare, pages), pages.command(), pages.output, rival)

    return [
        ours("cold", "cold, pages only", forget, "hugo"),
        ours("nothing", "nothing changed", Site.ready),
        ours("changed", "one thread changed", change),
        ours("added", "one thread added", add),
        ours("restored", "restored (all times new), one thread changed", restore),
        ours("theme", "another theme", restyle, "hugo"),
        Row("everything", "cold, everything", lambda: forget(full), full.command(), full.output, "hugo"),
        Row("one-job", "cold, pages only, one job", lambda: forget(pages), pages.command(1), pages.output, "hugo"),
        Row("writing", "merely writing", lambda: _clear(pages, copy), lambda: _write(pages, copy), copy, "hugo"),
    ]


def forget(site: Site) -> None:
    """Reset the site, as if it was never built."""
    site.trash.take(site.output)
    site.trash.take(site.folder / ".threadpress")
    for added in (site.folder / "content").glob("added-*"):
        site.trash.take(added)


def change(site: Site) -> None:
    """Change one score in the middle of the archive."""
    site.ready()
    saves = site.saves()
    save = saves[len(saves) // 2]
    text = save.read_text(encoding="utf-8")
    one, other = ("(Score:2)", "(Score:1)") if "(Score:2)" in text else ("(Score:1)", "(Score:2)")
    save.write_text(text.replace(one, other, 1), encoding="utf-8", newline="\n")


def add(site: Site) -> None:
    """Add a new thread, which is the newest; each call adds a different one."""
    site.ready()
    number = next(each for each in count() if not _added(site, each).exists())
    _, text, _ = make_thread(1_000_000 + number, 1_000_000, 500)
    _added(site, number).write_text(text.replace("News: ", "News: 9", 1), encoding="utf-8", newline="\n")


def _added(site: Site, number: int) -> Path:
    return site.folder / "content" / f"added-{number}.txt"


def restore(site: Site) -> None:
    """Give every file of content and output a new time, as if a backup was restored, and change one save."""
    change(site)
    for folder in (site.folder / "content", site.output):
        for file in folder.rglob("*"):
            if file.is_file():
                os.utime(file)
    time.sleep(YOUNG)


def restyle(site: Site) -> None:
    """Change the theme's CSS, differently each time, so that every page is stale."""
    site.ready()
    folder = site.folder / "themes" / "default" / "static"
    folder.mkdir(parents=True, exist_ok=True)
    style = folder / "tokens.css"
    number = int(style.read_text(encoding="utf-8").rpartition("z-index: ")[2].split()[0]) + 1 if style.exists() else 1
    original = (ROOT / "themes" / "default" / "static" / "tokens.css").read_text(encoding="utf-8")
    style.write_text(f"{original}\nhtml {{ z-index: {number} }}\n", encoding="utf-8")


def _clear(site: Site, copy: Path) -> None:
    site.ready()
    site.trash.take(copy)


def _write(site: Site, copy: Path) -> Run:
    return write_merely(site.output, copy)
