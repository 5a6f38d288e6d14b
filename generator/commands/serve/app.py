"""The web app behind `serve`: the pages of the output over HTTP, and the socket for live reload.

Pages get the live-reload script on their way out. Nothing is built here: `serve` says when a build begins and ends, and
what was wrong with it. Only requests that name this server are answered, and only its own pages can use the socket
(`hosts`).
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from generator.commands.serve import inject, livereload, output_files
from generator.commands.serve.hosts import HostGuard, Hosts
from generator.commands.serve.livereload import Instruction, OpenPages, PageState
from generator.config import Config
from generator.errors import Problem

HEADERS = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]
"""Of every response. There is no CORS."""
PATIENCE = 3.0
"""Seconds to wait for a missing file while a build may be about to write it."""


class App:
    """The app, and what it knows about the site."""

    def __init__(self, hosts: Hosts) -> None:
        self.output = Path(Config().output)
        self.base = "/"
        """The path that the published site will have on its host."""
        self.problems: tuple[Problem, ...] = ()
        self._idle = asyncio.Event()
        """Set while no build runs."""
        self._assets: dict[str, bytes] = {}
        """All assets there have been, by path."""
        self._pages = OpenPages(self.instruct, hosts)
        routes = [
            Route(f"{inject.RESERVED}live.js", _script),
            WebSocketRoute(f"{inject.RESERVED}live", self._pages.talk),
            Route("/{path:path}", self._serve),
        ]
        self.asgi: ASGIApp = HostGuard(Starlette(routes=routes), hosts)

    def building(self) -> None:
        """Note that a build has begun."""
        self._idle.clear()

    def built(self) -> None:
        """Note that the build has ended, whether it succeeded or failed, and tell every open page what to do."""
        # After a failed build, old pages may name assets that the build has removed.
        self._assets |= output_files.read_assets(self.output, self._assets)
        self._idle.set()
        self._pages.tell_all()

    def pages_written(self) -> None:
        """Note that all pages of a build are written, so there are no problems; the build ends a little later."""
        self.problems = ()
        self.built()

    def instruct(self, state: PageState) -> Instruction:
        """Say what a page that shows this version has to do."""
        _, page = self._page(unquote(state.page))
        return livereload.instruct(state, inject.version(page), self.problems)

    def _page(self, path: str) -> tuple[int, bytes]:
        """Give the page shown at a path, with its status, as it is on disk."""
        if file := output_files.read(self.output, path, self.base):
            return 200, file[1]
        missing = output_files.read_missing(self.output)
        return (503, output_files.NO_SITE) if missing is None else (404, missing)

    async def _serve(self, request: Request) -> Response:
        path: str = request.scope["path"]
        file = output_files.read(self.output, path, self.base)
        if file is None and path in self._assets:
            file = path, self._assets[path]
        if file is None and not self._idle.is_set() and output_files.read_missing(self.output) is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), PATIENCE)
            file = output_files.read(self.output, path, self.base)
        if file is None and output_files.read(self.output, f"{path}/", self.base):
            return RedirectResponse(quote(f"{path}/"))
        name, data = file or ("404.html", b"")
        status = 200
        if file is None:
            status, data = self._page(path)
        kind = output_files.kind(name)
        if kind.startswith("text/html"):
            data = inject.with_script(data, request.headers["host"])
        return Response(data, status, {"Content-Type": kind})


async def _script(request: Request) -> Response:
    return Response(inject.SCRIPT.read_bytes(), headers={"Content-Type": output_files.KINDS["js"]})
