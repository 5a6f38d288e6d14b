"""Serve: a site in, its pages over HTTP until interrupted; built at once and again whenever a file changes.

Wires the rooms: `watch` tells what changed, `builder` builds, `live` serves and tells open pages. What is said on the
way goes to `say`, a line at a time. Whatever is wrong with the site, serving goes on with what there is.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import os
import signal
import socket
import threading
import webbrowser
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType

import msgspec
import uvicorn

from generator.commands.serve.builder import Builder, Outcome
from generator.commands.serve.live import HEADERS, LETTER, Hosts, Live
from generator.commands.serve.preview import base_path
from generator.commands.serve.watch import Watch
from generator.commands.serve.watched import area
from generator.config import Config, load
from generator.errors import Problem, ServeError, ThreadpressError

Say = Callable[[str], None]
GRACE = 1
"""Seconds that requests have to end when the server does."""
BACKLOG = 128


class Order(msgspec.Struct, frozen=True):
    """How to serve."""

    host: str = "127.0.0.1"
    port: int = 8000
    """0: any that is free."""
    open: bool = False
    """Show the site in a browser."""
    poll: bool = False
    """Look at all files now and then instead of being told of changes."""


class _Server(uvicorn.Server):
    """Leaves signals to us: one that hits while a build runs has more to end than the server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(site: Path, order: Order, say: Say) -> None:
    """Serve the site in a folder until the process is told to end.

    Returns on SIGTERM and raises `KeyboardInterrupt` on SIGINT. Raises `ServeError` if it can't listen where it is to.
    """
    with Builder(site) as builder, _listen(order.host, order.port) as listening:
        if asyncio.run(_serve(site, order, listening, builder, say)) == signal.SIGINT:
            raise KeyboardInterrupt


async def _serve(site: Path, order: Order, listening: socket.socket, builder: Builder, say: Say) -> int:
    port = listening.getsockname()[1]
    live = Live(_hosts(order.host, port))
    server = _Server(
        uvicorn.Config(
            live.app,
            ws="websockets-sansio",
            ws_max_size=LETTER,
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            headers=HEADERS,
            timeout_graceful_shutdown=GRACE,
        )
    )
    with _signals() as told:
        ended = asyncio.create_task(told.wait())
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        address = _address(order.host, port)
        say(f"serving {address} (Ctrl-C ends it)")
        if not _is_loopback(listening):
            say("warning: everybody on the network can read this site while it is served")
        if order.open:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        following = asyncio.create_task(_follow(site, order, builder, live, say))
        done, _ = await asyncio.wait({ended, serving, following}, return_when=asyncio.FIRST_COMPLETED)
        following.cancel()
        ended.cancel()
        server.should_exit = True
        # Ends the build, too, and with it the thread that waits for it.
        await asyncio.to_thread(builder.end)
        await asyncio.wait({serving, following})
        for task in done - {ended}:
            task.result()  # raises what it raised
        return told.number


async def _follow(site: Path, order: Order, builder: Builder, live: Live, say: Say) -> None:
    """Build, and build again after each batch of changes."""
    config, shown, changed = _settings(site), set[Problem](), tuple[str, ...]()
    live.output, live.base = site / config.output, base_path(config.site_url)
    watch = Watch(area(config, site), order.poll, say)
    say(f"watching {', '.join(dict.fromkeys(place.shown for place in (*watch.area.places, watch.area.settings)))}")

    def ready() -> None:
        """Pages are in place; called in another thread."""
        loop.call_soon_threadsafe(live.mended)

    loop = asyncio.get_running_loop()
    try:
        while True:
            live.building()
            outcome = await asyncio.to_thread(
                builder.build, lambda: say("waiting for another build of this site"), ready
            )
            if outcome.config:
                config = outcome.config
                live.output, live.base = site / config.output, base_path(config.site_url)
            live.problems = outcome.problems
            live.built()
            for problem in (*outcome.warnings, *outcome.problems):
                if problem.severity == "error" or problem not in shown:
                    say(str(problem))
            shown = {*outcome.warnings, *outcome.problems}
            say(tell(changed, outcome, config))
            # What changed in another folder before it was looked at is known only to a build after that.
            changed = () if watch.move(area(config, site)) else await watch.changes()
    finally:
        watch.close()


def _settings(site: Path) -> Config:
    """Settings to begin with; what is wrong with them the first build will tell."""
    try:
        return load(site)[0]
    except (ThreadpressError, OSError):
        return Config()


def tell(changed: Iterable[str], outcome: Outcome, config: Config) -> str:
    """Word what came of a build, in one line."""
    first, *others = (*changed, "")
    cause = f"{first} and {len(others) - 1} more: " if len(others) > 1 else f"{first}: " if first else ""
    took = f"{outcome.seconds * 1000:,.0f} ms"
    report = outcome.report
    if report is None:
        errors = sum(problem.severity == "error" for problem in outcome.problems)
        return f"{cause}{_count(errors, 'error')}; what was built before is served until that is mended"
    done = f"{outcome.written:,} written, {outcome.removed:,} removed, {took}"
    if cause:
        return f"{cause}{done}"
    return (
        f"{_count(report.threads, 'thread')}, {_count(report.posts, 'post')}, {_count(report.authors, 'author')}: "
        f"{_count(report.files, 'file')} in {config.output}/, {done}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


class _Told(asyncio.Event):
    """Set by the first signal, and knows which it was."""

    number = 0


@contextlib.contextmanager
def _signals() -> Iterator[_Told]:
    """Take the signals that tell a program to end; one more changes nothing."""
    told, loop = _Told(), asyncio.get_running_loop()

    def take(number: int, frame: FrameType | None) -> None:
        told.number = told.number or number
        loop.call_soon_threadsafe(told.set)

    before = {number: signal.signal(number, take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield told
    finally:
        for number, action in before.items():
            signal.signal(number, action)


def _listen(host: str, port: int) -> socket.socket:
    """Open the server's socket; browsers may connect from now on, and are answered a little later."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        problem = Problem("--host", 0, f"there is no address {host!r} here", "name one of this machine")
        raise ServeError(problem) from error
    try:
        if os.name == "posix":  # elsewhere it would let two programs share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise ServeError(_refused(host, port, error)) from error
    return listening


def _refused(host: str, port: int, error: OSError) -> Problem:
    if error.errno == errno.EADDRINUSE:
        return Problem("--port", 0, f"another program listens on port {port} of {host}", "name another port")
    if error.errno == errno.EACCES:
        return Problem("--port", 0, f"port {port} is not for everybody", "name one from 1024 on")
    what = (error.strerror or str(error)).lower()
    return Problem("--host", 0, f"{host!r} can't be listened on: {what}", "name an address of this machine")


def _hosts(host: str, port: int) -> Hosts:
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    return Hosts(frozenset({"localhost", "127.0.0.1", "::1", host.lower()}), port, everywhere)


def _is_loopback(listening: socket.socket) -> bool:
    return ipaddress.ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


def _address(host: str, port: int) -> str:
    """Give the address to open: that of this machine, where all of its are listened on."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"
