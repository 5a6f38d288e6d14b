"""Which requests `serve` answers: only those that ask for this server by one of its names.

A page on the web could otherwise read the archive, by a name that leads to this machine (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import re

import msgspec
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket


class Hosts(msgspec.Struct, frozen=True):
    """The names under which the server may be asked."""

    names: frozenset[str]
    port: int
    addresses: bool = False
    """Whether any numeric address will do: the server listens on all addresses of the machine."""

    def allows(self, host: str) -> bool:
        """Say whether a `Host` header names this server."""
        match = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?", host.lower(), re.A)
        if not match or int(match[2] or 80) != self.port:
            return False
        name = match[1].strip("[]")
        if name in self.names:
            return True
        try:
            return self.addresses and bool(ipaddress.ip_address(name))
        except ValueError:
            return False


class HostGuard:
    """An app that passes on the requests that `Hosts` allows, and refuses all others."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        headers = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        if len(headers) == 1 and self.hosts.allows(headers[0]):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close()
        else:
            names = ", ".join(sorted(self.hosts.names))
            text = f"This server answers under these names only, with port {self.hosts.port}: {names}\n"
            await PlainTextResponse(text, 421)(scope, receive, send)
