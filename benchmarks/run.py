"""Measure builds of archives of several sizes and print the tables of docs/performance.md.

    .venv/bin/python -m benchmarks.run --threads 100 1000 --runs 5

Makes corpora (with `../shared/bench/make_corpus.py` if that exists, else its own) and builds them in every way that
matters to a user, also with Hugo and Pelican if they are installed. Run 1 of everything comes first, then run 2 of
everything, so that changes in the machine's speed affect all alike. Medians count. One more run of each build, the
last, is only for its memory. Deleting files makes new ones slow for about a minute, so wait a little before you measure
again."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from benchmarks.corpus import make_corpus
from benchmarks.hugo import hugo_rows
from benchmarks.measure import Command, Run, measure, peak
from benchmarks.ours import ROOT, our_rows
from benchmarks.pelican import MOST, pelican_rows
from benchmarks.ratios import ratios
from benchmarks.rows import Measured, Row, Size
from benchmarks.trash import Trash

SHARED = ROOT.parent / "shared" / "bench"
HEAD = """\
| threads | build | wall s | CPU s | memory MB | files | MB | posts/s | of Hugo's wall |
|---|---|---|---|---|---|---|---|---|"""


def main() -> None:
    """Measure what the command line asks for, and print tables and ratios."""
    options = _options()
    sizes: list[Size] = []
    print(HEAD)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        trash = Trash(folder / "trash")
        try:
            for threads in options.threads:
                sizes.append(_size(folder / str(threads), threads, options, trash))
                print("\n".join(table(sizes[-1])), flush=True)
                if options.json:
                    options.json.write_bytes(_report(sizes, options.jobs))
        finally:
            # Not after each size, since it would slow the next one.
            trash.empty()
    print("\n".join(["", *map(str, ratios(sizes))]))


def _report(sizes: Sequence[Size], jobs: int) -> bytes:
    """Give everything that was measured so far, as JSON."""
    machine = {"cores": os.cpu_count(), "python": sys.version.split()[0], "jobs": jobs}
    report = {"machine": machine, "sizes": sizes, "ratios": list(ratios(sizes))}
    return msgspec.json.format(msgspec.json.encode(report)) + b"\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--threads", type=int, nargs="+", default=[100, 1000], help="sizes of the archives")
    parser.add_argument("--runs", type=int, default=5, help="runs of each build; the median counts")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--only", help="keys of the rows to measure, for example cold,nothing,hugo-changed")
    parser.add_argument("--hugo", default=os.environ.get("HUGO") or installed("hugo"), help='its binary; "" for none')
    parser.add_argument(
        "--pelican", default=os.environ.get("PELICAN") or installed("pelican"), help='its command; "" for none'
    )
    parser.add_argument("--folder", type=Path, help="where corpora and sites go; default: a temporary folder")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every single run there")
    return parser.parse_args()


def installed(name: str) -> str | None:
    """Find a command beside this Python or on the path."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))
    return shutil.which(name, path=path)


def _size(folder: Path, threads: int, options: argparse.Namespace, trash: Trash) -> Size:
    """Measure all rows of one size."""
    posts = take_corpus(folder, threads)
    rows = choose(_rows(folder, threads, options, trash), options.only)
    runs: dict[str, list[Run]] = {row.key: [] for row in rows}
    for number in range(1, options.runs + 1):
        for row in rows:
            _prepare(row)
            run = measure(row.work) if isinstance(row.work, Command) else row.work()
            runs[row.key].append(run)
            print(f"{threads:,} threads, run {number}: {row.name}: {run.wall:.2f} s", file=sys.stderr, flush=True)
    return Size(threads, posts, tuple(_watch(row, runs[row.key]) for row in rows))


def _rows(folder: Path, threads: int, options: argparse.Namespace, trash: Trash) -> Iterator[Row]:
    yield from our_rows(folder, trash, options.jobs)
    if options.hugo and (SHARED / "hugo").is_dir() and (folder / "json").is_dir():
        yield from hugo_rows(options.hugo, SHARED, folder, threads, trash)
    if options.pelican and threads <= MOST:
        yield from pelican_rows(options.pelican, folder, trash)


def choose(rows: Iterable[Row], only: str | None) -> list[Row]:
    """Keep the rows with the given keys; an unknown key ends the program."""
    every = list(rows)
    if only is None:
        return every
    unknown = set(only.split(",")) - {row.key for row in every}
    if unknown:
        known = ", ".join(row.key for row in every)
        sys.exit(f"--only: there is no row {', '.join(sorted(unknown))} here; there are {known}")
    return [row for row in every if row.key in only.split(",")]


def _prepare(row: Row) -> None:
    row.prepare()
    os.sync()  # no build should wait for the disk to store what another one wrote


def _watch(row: Row, runs: Sequence[Run]) -> Measured:
    """Run once more for the memory, and count the files that this run leaves."""
    _prepare(row)
    memory = None
    if isinstance(row.work, Command):
        memory = peak(row.work)
    else:
        row.work()
    sizes = [file.stat().st_size for file in row.output.rglob("*") if file.is_file()]
    return Measured(row.key, row.name, row.rival, tuple(runs), memory, len(sizes), sum(sizes))


def table(size: Size) -> Iterator[str]:
    """Give the lines of the table, one for each row."""
    for row in size.rows:
        rival = size.row(row.rival)
        yield (
            f"| {size.threads:,} | {row.name} | {row.wall:.2f} | {row.cpu:.2f} | "
            f"{'' if row.memory is None else f'{row.memory / 1e6:.0f}'} | {row.files:,} | {row.size / 1e6:.0f} | "
            f"{size.posts / row.wall:,.0f} | {f'{row.wall / rival.wall:.3f}' if rival else ''} |"
        )


def take_corpus(folder: Path, threads: int) -> int:
    """Make a corpus, once, and give the number of posts."""
    saves = folder / "txt"
    if not saves.is_dir() and (SHARED / "make_corpus.py").is_file():
        maker = (sys.executable, f"{SHARED}/make_corpus.py", "--threads", str(threads), "--out", str(folder), "--json")
        subprocess.run(maker, check=True, stderr=subprocess.DEVNULL)
    elif not saves.is_dir():
        make_corpus(saves, threads)
    return sum(file.read_text(encoding="utf-8").count(" (Score:") for file in saves.iterdir())


if __name__ == "__main__":
    main()
