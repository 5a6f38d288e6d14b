"""Measure whether the process that builds for `serve` grows when it builds again and again.

    .venv/bin/python -m benchmarks.rebuilds --runs 300

Changes one save of a small archive before each build, and prints how much memory the process has now and then (Linux
only). A bound says how much it may grow after the first tenth of the builds, which fill caches.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.corpus import make_corpus
from generator.commands.serve.build_process import BuildProcess

THREADS = 20
BOUND = 1.2
"""Memory at the end, as a multiple of that after a tenth of the builds."""


def main() -> None:
    """Measure what the command line asks for, and print the bound."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=300)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as temporary:
        growth = measure_growth(Path(temporary), runs)
    print(f"\ngrowth of the builder: {growth:.2f} (at most {BOUND}: {'kept' if growth <= BOUND else 'missed'})")


def measure_growth(site: Path, runs: int) -> float:
    """Build a site so often, print its memory ten times, and give the last as a multiple of the first of these."""
    make_corpus(site / "content", THREADS)
    save = min((site / "content").iterdir())
    text = save.read_text(encoding="utf-8")
    step, seen = max(runs // 10, 1), list[float]()
    print("| builds | MB |\n|---|---|")
    with BuildProcess(site) as process:
        for number in range(1, runs + 1):
            save.write_text(f"{text}Once more, {number}.\n", encoding="utf-8")
            outcome = process.build(lambda: None, lambda: None)
            if outcome.problems:
                raise SystemExit("\n".join(map(str, outcome.problems)))
            if number % step == 0:
                seen.append(megabytes(process.pid))
                print(f"| {number:,} | {seen[-1]:.1f} |", flush=True)
    return seen[-1] / seen[0]


def megabytes(pid: int) -> float:
    """Say how much memory a process has."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
