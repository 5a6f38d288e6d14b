"""Live: the pages of the output over HTTP, and a socket on which each open page learns whether it still holds.

A page says which version of itself it shows, and is told what to do: nothing, swap style sheets, or load again. That is
worked out from the files, for each page by itself, whenever it asks and after each build: so nothing is lost on pages
that slept, or while no server was there. Problems of a failed build are told along with it. Nothing is built here, and
only this machine's browser is answered, and only on pages of its own (`Hosts`).
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
from pathlib import Path
from urllib.parse import quote, unquote

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from generator.commands.serve import preview
from generator.commands.serve.preview import RESERVED
from generator.config import Config
from generator.errors import Problem

SCRIPT = Path(__file__).parent / "livereload.js"
HEADERS = [
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]
"""Of every response. There is no CORS."""
PATIENCE = 3.0
"""Seconds that a file which is not there is waited for while a build may be about to write it."""
SHOWN = 50
"""Problems that a page is told of at most."""
LETTER = 20_000
"""Bytes of a message of a page at most."""


class Hosts(msgspec.Struct, frozen=True):
    """Names under which the server may be asked: others are those of strangers' pages (DNS rebinding)."""

    names: frozenset[str]
    port: int
    addresses: bool = False
    """Whether any numeric address will do: the server listens on all of the machine's."""

    def take(self, host: str) -> bool:
        """Say whether a `Host` header names this server."""
        found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?", host.lower(), re.A)
        if not found or int(found[2] or 80) != self.port:
            return False
        name = found[1].strip("[]")
        if name in self.names:
            return True
        try:
            return self.addresses and bool(ipaddress.ip_address(name))
        except ValueError:
            return False


class Hello(msgspec.Struct, frozen=True):
    """What a page says of itself."""

    page: str
    """Its path, as in its address."""
    version: str
    styles: tuple[str, ...]


class News(msgspec.Struct, frozen=True):
    """What a page is told."""

    problems: tuple[Problem, ...]
    more: int
    """Problems that are not listed."""
    reload: bool
    styles: tuple[str, ...] | None
    """Addresses of the style sheets, where only they are others."""


class Live:
    """The app, and what it knows of the site."""

    def __init__(self, hosts: Hosts) -> None:
        self.output = Path(Config().output)
        self.base = "/"
        """The path under which the site will stand."""
        self.problems: tuple[Problem, ...] = ()
        self._idle = asyncio.Event()
        self._assets: dict[str, bytes] = {}
        self._tabs: set[asyncio.Event] = set()
        routes = [
            Route(f"{RESERVED}live.js", _script),
            WebSocketRoute(f"{RESERVED}live", self._talk),
            Route("/{path:path}", self._serve),
        ]
        self.app: ASGIApp = Guard(Starlette(routes=routes), hosts)

    def building(self) -> None:
        """Take note that a build has begun."""
        self._idle.clear()

    def built(self) -> None:
        """Take note that it has ended, well or not, and tell every open page what that means for it."""
        # Pages that a failed build did not replace may name assets that it has removed.
        self._assets |= preview.read_assets(self.output, self._assets)
        self._idle.set()
        for tab in self._tabs:
            tab.set()

    def mended(self) -> None:
        """Take note that a build has all its pages in place, so that there is no problem; it ends a little later."""
        self.problems = ()
        self.built()

    def news(self, hello: Hello) -> News:
        """Say what a page that shows this version has to do."""
        _, page = self._page(unquote(hello.page))
        now = preview.version(page)
        same = now.page == hello.version and len(now.styles) == len(hello.styles)
        return News(
            problems=self.problems[:SHOWN],
            more=max(0, len(self.problems) - SHOWN),
            reload=not same,
            styles=now.styles if same and now.styles != hello.styles else None,
        )

    def _page(self, path: str) -> tuple[int, bytes]:
        """Give the page shown at a path, with its status, as it is on disk."""
        if found := preview.read(self.output, path, self.base):
            return 200, found[1]
        missing = preview.read_missing(self.output)
        return (503, preview.NO_SITE) if missing is None else (404, missing)

    async def _serve(self, request: Request) -> Response:
        path: str = request.scope["path"]
        found = preview.read(self.output, path, self.base)
        if found is None and path in self._assets:
            found = path, self._assets[path]
        if found is None and not self._idle.is_set() and preview.read_missing(self.output) is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), PATIENCE)
            found = preview.read(self.output, path, self.base)
        if found is None and preview.read(self.output, f"{path}/", self.base):
            return RedirectResponse(quote(f"{path}/"))
        name, data = found or ("404.html", b"")
        status = 200
        if found is None:
            status, data = self._page(path)
        if preview.kind(name).startswith("text/html"):
            data = preview.with_script(data, request.headers["host"])
        return Response(data, status, {"Content-Type": preview.kind(name)})

    async def _talk(self, socket: WebSocket) -> None:
        """Tell a page its news, when it asks and after each build."""
        if socket.headers.get("origin", "").lower() != f"http://{socket.headers['host']}".lower():
            await socket.close()  # somebody else's page; as nothing was accepted this is a 403
            return
        await socket.accept()
        tab, hellos = asyncio.Event(), list[Hello]()
        self._tabs.add(tab)
        telling = asyncio.create_task(self._tell(socket, tab, hellos))
        try:
            while True:
                letter = await socket.receive_text()
                if len(letter) > LETTER:
                    break
                hellos[:] = [msgspec.json.decode(letter, type=Hello)]
                tab.set()
        except (WebSocketDisconnect, msgspec.DecodeError, KeyError):  # it has left, or is no page of ours
            pass
        finally:
            self._tabs.discard(tab)
            telling.cancel()
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close()

    async def _tell(self, socket: WebSocket, tab: asyncio.Event, hellos: list[Hello]) -> None:
        """Each page has an event of its own: none can take another's news away, and a slow one misses none."""
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
            while True:
                await tab.wait()
                tab.clear()
                if hellos:
                    await socket.send_text(msgspec.json.encode(self.news(hellos[-1])).decode())


async def _script(request: Request) -> Response:
    return Response(SCRIPT.read_bytes(), headers={"Content-Type": preview.KINDS["js"]})


class Guard:
    """Answers only who asked for this server by one of its names."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        asked = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(asked) == 1 and self.hosts.take(asked[0]):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close()
        else:
            names = ", ".join(sorted(self.hosts.names))
            text = f"This server answers under these names only, with port {self.hosts.port}: {names}\n"
            await PlainTextResponse(text, 421)(scope, receive, send)
