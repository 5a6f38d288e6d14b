"""Measure one thread of 20,000 posts against twenty of 1,000: time per post must not grow with the thread.

    .venv/bin/python -m benchmarks.long

Both are cold builds with one job, of pages only and of everything, in turn. CPU time counts, since a build waits for
nothing but the disk.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.corpus import make_thread
from benchmarks.measure import measure
from benchmarks.ours import PAGES_ONLY, Site, forget, make_site
from benchmarks.trash import Trash

MANY = 20
"""How many short threads are together as long as the long one."""
BOUND = 1.3
"""The most time that a post of the long thread may take, as a multiple of the time of a post of the others."""


def main() -> None:
    """Build both archives and print the time per post in each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--posts", type=int, default=20_000, help="posts in the long thread")
    parser.add_argument("--runs", type=int, default=5, help="runs of each build; the median counts")
    options = parser.parse_args()
    posts = options.posts // MANY * MANY
    print(f"| build | 1 x {posts:,}, CPU microseconds a post | {MANY} x {posts // MANY:,} | ratio, at most {BOUND} |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        trash = Trash(folder / "trash")
        for threads in (1, MANY):
            _make(folder / f"saves-{threads}", threads, posts // threads)
        for name, settings in (("pages only", PAGES_ONLY), ("everything", "")):
            sites = []
            for threads in (1, MANY):
                site = Site(folder / f"{name}-{threads}", trash, jobs=1)
                make_site(site.folder, folder / f"saves-{threads}", settings)
                sites.append(site)
            long, short = (statistics.median(times) / posts for times in _measure(sites, options.runs))
            print(f"| {name} | {long * 1e6:.0f} | {short * 1e6:.0f} | {long / short:.2f} |", flush=True)


def _make(folder: Path, threads: int, posts: int) -> None:
    """Write threads of that many posts each. The number of authors depends only on the number of all posts."""
    folder.mkdir()
    for number in range(threads):
        name, text, _ = make_thread(number, threads, max(20, threads * posts // 8), posts)
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _measure(sites: list[Site], runs: int) -> list[list[float]]:
    """Give the CPU seconds of cold builds for each site; run 1 of all sites comes first."""
    seconds: list[list[float]] = [[] for _ in sites]
    for _ in range(runs):
        for site, times in zip(sites, seconds, strict=True):
            forget(site)
            times.append(measure(site.command()).cpu)
    return seconds


if __name__ == "__main__":
    main()
