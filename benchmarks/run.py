"""Measure builds and write the table of docs/performance.md.

    .venv/bin/python -m benchmarks.run --threads 100 1000 --runs 5

Makes corpora (with `../shared/bench/make_corpus.py` where that is, else its own), and builds them cold, again, with one
thread changed, with one added, and with another theme; for Hugo too where `hugo` and `../shared/bench/hugo` are. All
of one size runs in one sitting, Threadpress and Hugo in turn; the table shows medians, and ratios to Hugo's.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.corpus import make_corpus, make_thread
from benchmarks.measure import Measure, measure

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "bench"
PAGES_ONLY = "publish_data = false\npublish_saves = false\nsearch = false\n"


def main() -> None:
    """Run what the command line asks for and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--runs", type=int, default=5, help="runs of each build; the median counts")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--hugo", default=os.environ.get("HUGO") or shutil.which("hugo"))
    parser.add_argument("--folder", type=Path, help="where corpora and sites go; default: a temporary folder")
    options = parser.parse_args()
    print("| threads | build | wall s | CPU s | memory MB | files | MB | posts/s | of Hugo's wall |")
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        for threads in options.threads:
            for line in _size(folder / str(threads), threads, options):
                print(line, flush=True)


def _size(folder: Path, threads: int, options: argparse.Namespace) -> list[str]:
    """All rows of one size."""
    posts = _corpus(folder, threads)
    command = [sys.executable, "-m", "generator", "build", "--jobs", str(options.jobs)]
    pages, full = folder / "pages", folder / "full"
    for site, settings in ((pages, PAGES_ONLY), (full, "")):
        site.mkdir(exist_ok=True)
        (site / "threadpress.toml").write_text(settings, encoding="utf-8")
        if not (site / "content").exists():
            shutil.copytree(folder / "txt", site / "content")
    hugo = _Hugo(options.hugo, folder) if options.hugo and (SHARED / "hugo").is_dir() else None
    builds: dict[str, tuple[Callable[[], None], Path]] = {
        "cold, pages only": (lambda: _forget(pages), pages),
        "nothing changed": (lambda: None, pages),
        "one thread changed": (lambda: _change(pages), pages),
        "one thread added": (lambda: _add(pages), pages),
        "another theme": (lambda: _restyle(pages), pages),
        "cold, everything": (lambda: _forget(full), full),
    }
    found: dict[str, list[Measure]] = {}
    for _ in range(options.runs):
        for name, (prepare, site) in builds.items():
            prepare()
            found.setdefault(name, []).append(measure(command, site, {"PYTHONPATH": str(ROOT)}))
        if hugo:
            hugo.forget()
            found.setdefault("Hugo, cold", []).append(hugo.build())
            hugo.change()
            found.setdefault("Hugo, one thread changed", []).append(hugo.build())
    cold = statistics.median(run.wall for run in found["Hugo, cold"]) if hugo else None
    warm = statistics.median(run.wall for run in found["Hugo, one thread changed"]) if hugo else None
    outputs = {name: site / "output" for name, (_, site) in builds.items()}
    if hugo:
        outputs |= {"Hugo, cold": hugo.output, "Hugo, one thread changed": hugo.output}
    return [
        _row(threads, name, runs, outputs[name], posts, warm if "cold" not in name and "theme" not in name else cold)
        for name, runs in found.items()
    ]


def _row(threads: int, name: str, runs: list[Measure], output: Path, posts: int, rival: float | None) -> str:
    wall, cpu = (statistics.median(getattr(run, field) for run in runs) for field in ("wall", "cpu"))
    memory = max(run.memory for run in runs)
    sizes = [file.stat().st_size for file in output.rglob("*") if file.is_file()]
    ratio = f"{wall / rival:.3f}" if rival else ""
    return (
        f"| {threads:,} | {name} | {wall:.2f} | {cpu:.2f} | {memory / 1e6:.0f} | {len(sizes):,} | "
        f"{sum(sizes) / 1e6:.0f} | {posts / wall:,.0f} | {ratio} |"
    )


def _corpus(folder: Path, threads: int) -> int:
    """Make the corpus, once; gives the number of posts."""
    saves = folder / "txt"
    if not saves.is_dir():
        if (SHARED / "make_corpus.py").is_file():
            maker = [
                sys.executable,
                f"{SHARED}/make_corpus.py",
                "--threads",
                str(threads),
                "--out",
                str(folder),
                "--json",
            ]
            subprocess.run(maker, check=True, stderr=subprocess.DEVNULL)
        else:
            make_corpus(saves, threads)
    return sum(file.read_text(encoding="utf-8").count(" (Score:") for file in saves.iterdir())


def _forget(site: Path) -> None:
    shutil.rmtree(site / "output", ignore_errors=True)
    shutil.rmtree(site / ".threadpress", ignore_errors=True)


def _change(site: Path) -> None:
    """Change one score in the middle of the archive."""
    saves = sorted((site / "content").iterdir())
    save = saves[len(saves) // 2]
    text = save.read_text(encoding="utf-8")
    one, other = ("(Score:2)", "(Score:1)") if "(Score:2)" in text else ("(Score:1)", "(Score:2)")
    save.write_text(text.replace(one, other, 1), encoding="utf-8", newline="\n")


def _add(site: Path) -> None:
    """Add a thread, another one each time."""
    number = len(list((site / "content").glob("added-*")))
    _, text, _ = make_thread(1_000_000 + number, 1_000_000, 500)
    text = text.replace("News: ", "News: 9", 1)
    (site / "content" / f"added-{number}.txt").write_text(text, encoding="utf-8", newline="\n")


def _restyle(site: Path) -> None:
    """Change the theme: every page is stale."""
    folder = site / "themes" / "default" / "static"
    folder.mkdir(parents=True, exist_ok=True)
    style = folder / "tokens.css"
    original = (ROOT / "themes" / "default" / "static" / "tokens.css").read_text(encoding="utf-8")
    number = (
        int(style.read_text(encoding="utf-8").rpartition("z-index: ")[2].split(" ")[0]) + 1 if style.exists() else 1
    )
    style.write_text(f"{original}\nhtml {{ z-index: {number} }}\n", encoding="utf-8")


class _Hugo:
    """Hugo on the same threads, prepared as a skilled user would (see `../shared/bench/README.md`)."""

    def __init__(self, binary: str, folder: Path) -> None:
        self.binary, self.work, self.output = binary, folder / "hugo", folder / "hugo-output"
        if not (self.work / "hugo.toml").exists():
            convert = [sys.executable, f"{SHARED}/hugo/json2hugo.py", f"{folder}/json", str(self.work), "--mode", "a"]
            subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
            shutil.copytree(SHARED / "hugo" / "site", self.work, dirs_exist_ok=True)

    def forget(self) -> None:
        shutil.rmtree(self.output, ignore_errors=True)

    def change(self) -> None:
        pages = sorted((self.work / "content").rglob("*.md"))
        page = pages[len(pages) // 2]
        page.write_text(page.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")

    def build(self) -> Measure:
        command = [self.binary, "--quiet", "-s", str(self.work), "-d", str(self.output)]
        return measure(command, self.work, {"GOGC": "400", "HUGO_MEMORYLIMIT": os.environ.get("HUGO_MEMORYLIMIT", "6")})


if __name__ == "__main__":
    main()
