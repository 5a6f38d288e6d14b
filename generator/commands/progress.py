"""Progress: how far each stage is comes in, a bar on a terminal or now and then a plain line goes out.

Says nothing of work that is done at once. Nothing here decides anything.
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

STAGES = {"scan": "Reading threads", "ingest": "Sorting authors", "render": "Making pages"}
"""Stages that take long in large sites, in words."""
PATIENCE = 1.0
"""Seconds a stage may take before a bar shows."""
BLINK = 0.1
"""Seconds between two pictures of a bar."""
EVERY = 10.0
"""Seconds between plain lines."""


@contextlib.contextmanager
def watch(stream: TextIO, environment: Mapping[str, str]) -> Iterator[Tell]:
    """Show progress on a stream: bars on a terminal, lines elsewhere and where `CI` is set; none stays behind."""
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
            if now - started < PATIENCE or now - last < BLINK:
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
    """Stage, bar, done of all, rate, time left. Rich comes in here: most builds end before there is much to show."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns: list[ProgressColumn] = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate()]
    console = Console(file=stream)
    # Without a thread of its own to draw it: processes are forked from this one.
    return Progress(*columns, TimeRemainingColumn(), console=console, transient=True, auto_refresh=False)
