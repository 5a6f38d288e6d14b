"""The command `serve`: a site's folder in, its pages over HTTP until interrupted. Builds at the start and on changes.

This module connects the parts: `watch` says what changed, `build_process` builds, `app` answers browsers and tells open
pages. Messages go to `say`, a line at a time. Whatever is wrong with the site, serving continues with what there is.
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

from generator.commands.serve.app import HEADERS, App
from generator.commands.serve.build_process import BuildProcess, Outcome
from generator.commands.serve.hosts import AllowedHost, Hosts
from generator.commands.serve.livereload import LARGEST_MESSAGE
from generator.commands.serve.output_files import base_path
from generator.commands.serve.watch import Watch
from generator.commands.serve.watched_files import watched_files
from generator.commands.terminal import count
from generator.config import Config, load
from generator.errors import HINTS, Problem, ServeError, ThreadpressError, reason_of

Say = Callable[[str], None]
GRACE = 1
"""Seconds that requests have to finish when the server ends."""
BACKLOG = 128


class ServeOptions(msgspec.Struct, frozen=True):
    """How to serve."""

    host: str = "127.0.0.1"
    port: int = 8000
    """0: any free one."""
    open: bool = False
    """Show the site in a browser."""
    poll: bool = False
    """Look at all files now and then, instead of asking the system to report changes."""
    allowed_hosts: tuple[AllowedHost, ...] = ()
    """Further names under which the server may be asked."""


class _Server(uvicorn.Server):
    """Leaves signals to us, since a signal has to end the build too, not only the server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(site: Path, options: ServeOptions, say: Say) -> None:
    """Serve the site in a folder until the process is told to end.

    Returns on SIGTERM and raises `KeyboardInterrupt` on SIGINT. Raises `ServeError` if it can't listen at the address.
    """
    with BuildProcess(site) as builder, _listen(options.host, options.port) as listening:
        if asyncio.run(_serve(site, options, listening, builder, say)) == signal.SIGINT:
            raise KeyboardInterrupt


async def _serve(site: Path, options: ServeOptions, listening: socket.socket, builder: BuildProcess, say: Say) -> int:
    """Serve until a signal comes, and give its number."""
    port = listening.getsockname()[1]
    app = App(_hosts(options, port))
    server = _Server(
        uvicorn.Config(
            app.asgi,
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE,
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
    with _signals() as signalled:
        ended = asyncio.create_task(signalled.wait())
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        address = _address(options.host, port)
        say(f"serving {address} (Ctrl-C ends it)")
        if options.allowed_hosts:
            say(f"also answering to {', '.join(map(str, options.allowed_hosts))}")
        if not _is_loopback(listening):
            say("warning: everybody on the network can read this site while it is served")
        if options.open:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        building = asyncio.create_task(_keep_building(site, options, builder, app, say))
        done, _ = await asyncio.wait({ended, serving, building}, return_when=asyncio.FIRST_COMPLETED)
        building.cancel()
        ended.cancel()
        server.should_exit = True
        # This ends the build as well, and so the thread that waits for it.
        await asyncio.to_thread(builder.end)
        await asyncio.wait({serving, building})
        for task in done - {ended}:
            task.result()  # raises what it raised
        return signalled.number


async def _keep_building(site: Path, options: ServeOptions, builder: BuildProcess, app: App, say: Say) -> None:
    """Build, and build again after each batch of changes."""
    config, said, changed = _settings(site), set[Problem](), tuple[str, ...]()
    app.output, app.base = site / config.output, base_path(config.site_url)
    watch = Watch(watched_files(config, site), options.poll, say)
    watched = (*watch.watched.folders, watch.watched.settings)
    say(f"watching {', '.join(dict.fromkeys(path.shown for path in watched))}")

    def ready() -> None:
        """Pass on that the pages are in place; called in another thread."""
        loop.call_soon_threadsafe(app.pages_written)

    loop = asyncio.get_running_loop()
    try:
        while True:
            app.building()
            outcome = await asyncio.to_thread(
                builder.build, lambda: say("waiting for another build of this site"), ready
            )
            if outcome.config:
                config = outcome.config
                app.output, app.base = site / config.output, base_path(config.site_url)
            app.problems = outcome.problems
            app.built()
            for problem in (*outcome.warnings, *outcome.problems):
                if problem.severity == "error" or problem not in said:
                    say(str(problem.seen_from_here(site)))
            said = {*outcome.warnings, *outcome.problems}
            say(summary(changed, outcome, config))
            # Changes in a folder that was not watched yet are only noticed by another build.
            changed = () if watch.switch(watched_files(config, site)) else await watch.changes()
    finally:
        watch.close()


def _settings(site: Path) -> Config:
    """Read the settings to begin with; the first build will report what is wrong with them."""
    try:
        return load(site)[0]
    except (ThreadpressError, OSError):
        return Config()


def summary(changed: Iterable[str], outcome: Outcome, config: Config) -> str:
    """Say in one line what a build did, and which files it was for."""
    first, *others = (*changed, "")
    cause = f"{first} and {len(others) - 1} more: " if len(others) > 1 else f"{first}: " if first else ""
    took = f"{outcome.seconds * 1000:,.0f} ms"
    report = outcome.report
    if report is None:
        errors = sum(problem.severity == "error" for problem in outcome.problems)
        return f"{cause}{count(errors, 'error')}; what was built before is served until that is mended"
    done = f"{outcome.written:,} written, {outcome.removed:,} removed, {took}"
    if cause:
        return f"{cause}{done}"
    return (
        f"{count(report.threads, 'thread')}, {count(report.posts, 'post')}, {count(report.authors, 'author')}: "
        f"{count(report.files, 'file')} in {config.output}/, {done}"
    )


class _Signalled(asyncio.Event):
    """Set by the first signal; holds its number."""

    number = 0


@contextlib.contextmanager
def _signals() -> Iterator[_Signalled]:
    """Take the signals that tell a program to end; further ones change nothing."""
    signalled, loop = _Signalled(), asyncio.get_running_loop()

    def take(number: int, frame: FrameType | None) -> None:
        signalled.number = signalled.number or number
        loop.call_soon_threadsafe(signalled.set)

    earlier_actions = {number: signal.signal(number, take) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield signalled
    finally:
        for number, action in earlier_actions.items():
            signal.signal(number, action)


def _listen(host: str, port: int) -> socket.socket:
    """Open the server's socket. Browsers may connect from now on, and are answered a little later."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        message = f"there is no address {host!r} here ({reason_of(error)})"
        problem = Problem("--host", 0, message, "name one of this machine")
        raise ServeError(problem) from error
    try:
        if os.name == "posix":  # on other systems it would let two programs share a port
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
        return Problem("--port", 0, f"port {port} needs administrator rights", "name one from 1024 on")
    hint = HINTS.get(error.errno or 0, "name an address of this machine")
    return Problem("--host", 0, f"can't listen on {host!r} ({reason_of(error)})", hint)


def _hosts(options: ServeOptions, port: int) -> Hosts:
    try:
        everywhere = ipaddress.ip_address(options.host).is_unspecified
    except ValueError:
        everywhere = False
    names = frozenset({"localhost", "127.0.0.1", "::1", options.host.lower()})
    return Hosts(names, port, everywhere, options.allowed_hosts)


def _is_loopback(listening: socket.socket) -> bool:
    return ipaddress.ip_address(listening.getsockname()[0].partition("%")[0]).is_loopback


def _address(host: str, port: int) -> str:
    """Give the address to open; if the server listens on all addresses, that of this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}/"
