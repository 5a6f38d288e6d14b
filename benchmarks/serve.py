"""Measure how long it takes from saving a file to the new page being served, by Threadpress and by Hugo.

    .venv/bin/python -m benchmarks.serve --threads 1000 --runs 20

Starts the server on an archive of that size, changes one save in its middle again and again, and requests the page
until its bytes change. The time starts at the file's own time of writing, which may be a few milliseconds early on some
systems. With a `hugo` (`--hugo`, `HUGO`) and `../shared/bench`, `hugo server` is measured in the same way."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from benchmarks.hugo import hugo_site, tuning
from benchmarks.measure import Command
from benchmarks.ours import ROOT, make_site
from benchmarks.run import SHARED, installed, take_corpus

BOUNDS = {1_000: 150.0, 10_000: 400.0}
"""The most milliseconds from saving to serving, by number of threads; the worst run counts."""
START, CHANGE = 600.0, 120.0
"""The most seconds that a server may take to start serving, and to serve a change."""
PAUSE = 1.0
"""Seconds between a served change and the next one: people look at the page before they change it again."""
BETWEEN = 0.0005
"""Seconds between two requests for the page."""


class Case(msgspec.Struct, frozen=True):
    """A server to measure."""

    name: str
    command: Command
    port: int
    save: Path
    """The file to change."""
    page: str
    """Path of the page made from it."""
    change: Callable[[str], str]
    """Gives the changed text for a text."""
    rest: bytes = b""
    """What it prints when it has built everything; empty for a server that serves nothing before that."""


def main() -> None:
    """Measure what the command line asks for and print the table and the bounds."""
    options = _options()
    print("| threads | server | median ms | worst ms | runs |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve() / str(options.threads)
        take_corpus(folder, options.threads)
        cases = [_ours(folder)]
        if options.hugo and (SHARED / "hugo").is_dir() and (folder / "json").is_dir():
            cases.append(_hugo(options.hugo, folder, options.threads))
        found = {}
        for case in cases:
            times = found[case.name] = measure_changes(case, options.runs)
            median, worst = statistics.median(times), max(times)
            print(f"| {options.threads:,} | {case.name} | {median:.0f} | {worst:.0f} | {len(times)} |", flush=True)
    worst = max(found[cases[0].name])
    for threads, bound in BOUNDS.items():
        if options.threads <= threads:
            verdict = "kept" if worst <= bound else "missed"
            print(f"\nfrom saving to serving, worst: {worst:.0f} ms (at most {bound:.0f} at {threads:,}: {verdict})")
            break


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--threads", type=int, default=1000, help="size of the archive")
    parser.add_argument("--runs", type=int, default=20, help="changes that are measured")
    parser.add_argument("--hugo", default=os.environ.get("HUGO") or installed("hugo"), help='its binary; "" for none')
    parser.add_argument("--folder", type=Path, help="where corpus and sites go; default: a temporary folder")
    return parser.parse_args()


def _ours(folder: Path) -> Case:
    site, port = folder / "serve", _free_port()
    make_site(site, folder / "txt", "")
    saves = sorted((site / "content").iterdir())
    save = saves[len(saves) // 2]
    command = (sys.executable, "-P", "-m", "generator", "serve", "--port", str(port))
    number = save.read_text(encoding="utf-8").split(maxsplit=2)[1]  # "News: ID"
    page = f"/threads/slashdot/{number}.html"
    return Case(
        "threadpress serve", Command(command, site, {"PYTHONPATH": str(ROOT)}), port, save, page, other_score, b" ms"
    )


def other_score(text: str) -> str:
    """Change the score of the first post that has one of two given scores."""
    one, other = ("(Score:2)", "(Score:1)") if "(Score:2)" in text else ("(Score:1)", "(Score:2)")
    return text.replace(one, other, 1)


def _hugo(binary: str, folder: Path, threads: int) -> Case:
    work, port = hugo_site(SHARED, folder), _free_port()
    saves = sorted(page for page in (work / "content" / "t").rglob("*.md") if page.name != "_index.md")
    save = saves[len(saves) // 2]
    page = f"/{save.relative_to(work / 'content').with_suffix('.html').as_posix()}"
    command = (binary, "server", "--quiet", "--renderToMemory", "-s", str(work), "--bind", "127.0.0.1", "-p", str(port))
    return Case(
        "hugo server", Command(command, work, tuning(threads)), port, save, page, lambda text: f"{text}\n\nOne more.\n"
    )


def measure_changes(case: Case, runs: int) -> list[float]:
    """Give the milliseconds from saving to serving for each run."""
    times = []
    with _running(case) as connection:
        for number in range(runs + 1):
            old_page = ask(connection, case.page)
            case.save.write_text(case.change(case.save.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
            end = time.monotonic() + CHANGE
            while ask(connection, case.page) == old_page:
                if time.monotonic() > end:
                    raise TimeoutError(f"{case.name} never served the change")
                time.sleep(BETWEEN)
            if number:  # the first run fills caches that the others use
                times.append((time.time_ns() - case.save.stat().st_mtime_ns) / 1e6)
            time.sleep(PAUSE)
    return times


def ask(connection: http.client.HTTPConnection, path: str) -> bytes:
    """Request a page; empty if there is none yet."""
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read()
    return body if response.status == 200 else b""


@contextlib.contextmanager
def _running(case: Case) -> Iterator[http.client.HTTPConnection]:
    """Start the server, wait until it serves and is idle, and stop it afterwards."""
    with subprocess.Popen(
        case.command.arguments,
        cwd=case.command.folder,
        env={**os.environ, **case.command.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        said: list[bytes] = []
        threading.Thread(target=_listen, args=(process, said), daemon=True).start()
        try:
            end = time.monotonic() + START
            while not (_serves(case) and case.rest in b"".join(said)):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"{case.name} does not serve:\n{b''.join(said).decode(errors='replace')}")
                time.sleep(0.1)
            time.sleep(5 * PAUSE)
            yield http.client.HTTPConnection("127.0.0.1", case.port, timeout=CHANGE)
        finally:
            process.terminate()


def _listen(process: subprocess.Popen[bytes], said: list[bytes]) -> None:
    """Read what the server prints; otherwise it would block when the pipe is full."""
    assert process.stdout
    said.extend(process.stdout)


def _serves(case: Case) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", case.port, timeout=CHANGE)
    with contextlib.closing(connection), contextlib.suppress(OSError):
        return ask(connection, case.page) != b"" and ask(connection, "/") != b""
    return False


def _free_port() -> int:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        port: int = server.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
