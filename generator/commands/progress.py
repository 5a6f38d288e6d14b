"""Shows how far a build is: counts of each stage come in; a bar on a terminal, or a plain line now and then, goes out.

Nothing is shown for work that is done quickly.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, TextIO

from generator.workers import Tell

if TYPE_CHECKING:
    from rich.progress import Progress, ProgressColumn, Task, TaskID
    from rich.text import Text

STAGES = {"scan": "Reading threads", "gather": "Sorting authors", "render": "Making pages"}
"""What the user is told of each stage that takes long in large sites."""
PATIENCE = 1.0
"""Seconds a stage may take before a bar shows."""
REDRAW = 0.1
"""Seconds between two drawings of a bar."""
EVERY = 10.0
"""Seconds between plain lines."""


@contextlib.contextmanager
def show_progress(stream: TextIO, environment: Mapping[str, str]) -> Iterator[Tell]:
    """Show progress on a stream: a bar on a terminal, removed at the end; plain lines elsewhere or if `CI` is set."""
    if stream.isatty() and not environment.get("CI"):
        with _bars(stream) as tell:
            yield tell
    else:
        yield _lines(stream)


def _lines(stream: TextIO) -> Tell:
    last = time.monotonic()

    def tell(stage: str, done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            print(f"{STAGES[stage]}: {done:,} of {total:,}", file=stream, flush=True)

    return tell


@contextlib.contextmanager
def _bars(stream: TextIO) -> Iterator[Tell]:
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        bars: list[Progress] = []
        tasks: dict[str, TaskID] = {}
        last = started

        def tell(stage: str, done: int, total: int) -> None:
            nonlocal last
            now = time.monotonic()
            if now - started < PATIENCE or now - last < REDRAW:
                return
            last = now
            if not bars:
                bars.append(stack.enter_context(_progress(stream)))
            if stage not in tasks:
                for other in tasks.values():
                    bars[0].remove_task(other)
                tasks.clear()
                tasks[stage] = bars[0].add_task(STAGES[stage], total=total)
            bars[0].update(tasks[stage], completed=done, total=total, refresh=True)

        yield tell


def _progress(stream: TextIO) -> Progress:
    """Make a bar: stage, bar, done of all, rate, time left. Most builds end before one is needed, so rich waits."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns: list[ProgressColumn] = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate()]
    console = Console(file=stream)
    # No thread of its own draws it, since worker processes are forked from this process.
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True, auto_refresh=False)
