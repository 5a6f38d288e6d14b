"""Measure how long Threadpress takes to start, which every command and every warm build pays for.

    .venv/bin/python -m benchmarks.start

Prints milliseconds of wall time, medians of runs in turn, with and without Python's own start.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.corpus import make_corpus
from benchmarks.measure import Command, measure
from benchmarks.ours import ROOT, YOUNG

PLAIN = "python -c pass"
COMMANDS: dict[str, tuple[str, ...]] = {
    PLAIN: ("-c", "pass"),
    'python -c "import generator.cli"': ("-c", "import generator.cli"),
    "python -m generator --version": ("-m", "generator", "--version"),
    "python -m generator build, nothing to do": ("-m", "generator", "build"),
}


def main() -> None:
    """Start everything in turn and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=21, help="runs of each command; the median counts")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        site = Path(temporary)
        make_corpus(site / "content", 1)
        time.sleep(YOUNG)
        commands = {
            name: Command((sys.executable, "-P", *arguments), site, {"PYTHONPATH": str(ROOT)})
            for name, arguments in COMMANDS.items()
        }
        for command in commands.values():  # compiles what is not compiled yet, and builds the site
            measure(command)
        walls: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(options.runs):
            for name, command in commands.items():
                walls[name].append(measure(command).wall)
    print("| command | wall ms | without Python's own start |")
    print("|---|---|---|")
    plain = statistics.median(walls[PLAIN])
    for name, times in walls.items():
        wall = statistics.median(times)
        print(f"| `{name}` | {wall * 1000:.0f} | {(wall - plain) * 1000:.0f} |")


if __name__ == "__main__":
    main()
