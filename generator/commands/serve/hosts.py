"""Which requests `serve` answers: only those that ask for this server by one of its names.

A page on the web could otherwise read the archive, by a name that leads to this machine (DNS rebinding). The user can
name further hosts (`--allow-host`); what they type is checked here too. Nothing is looked up.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

import msgspec
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?", re.A)
_NAME = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?", re.A)
_USUAL_PORTS = (80, 443)
"""Browsers leave these out of the name they ask for."""
_FAULTS = {
    "*": "has a wildcard in it; name each host in full, and give the option once for each",
    ",": "has a comma in it; give the option once for each host",
    "/": "has a path in it; give only NAME or NAME:PORT",
    "@": "has a user's name in it; give only NAME or NAME:PORT",
}
"""What is wrong with a text, by a sign in it."""


class AllowedHost(msgspec.Struct, frozen=True):
    """A further name under which the server may be asked."""

    name: str
    """In lower case; an IPv6 address without brackets."""
    port: int | None = None
    """None: the server's own, or none in the name that is asked for."""

    @classmethod
    def of(cls, text: str) -> AllowedHost:
        """Take `NAME[:PORT]`; raises `ValueError` with what is wrong."""
        match = _HOST.fullmatch(text.lower()) if text.isascii() else None
        if not match or not (_NAME.fullmatch(match[1]) or _is_address(match[1].strip("[]"))):
            raise ValueError(f"{text!r} {_fault(text)}")
        if match[2] and not 1 <= int(match[2]) <= 65535:
            raise ValueError(f"{text!r} has a port that is not from 1 to 65535")
        return cls(match[1].strip("[]"), int(match[2]) if match[2] else None)

    def is_asked_for(self, name: str, port: int | None, own: int) -> bool:
        """Say whether this is the host that was asked for; `own` is the server's port."""
        if self.port is None:
            return name == self.name and port in (own, None)
        return name == self.name and (port == self.port or (port is None and self.port in _USUAL_PORTS))

    def __str__(self) -> str:
        name = f"[{self.name}]" if ":" in self.name else self.name
        return name if self.port is None else f"{name}:{self.port}"


class Hosts(msgspec.Struct, frozen=True):
    """The names under which the server may be asked."""

    names: frozenset[str]
    port: int
    addresses: bool = False
    """Whether any numeric address will do: the server listens on all addresses of the machine."""
    further: tuple[AllowedHost, ...] = ()
    """What the user allows beyond that."""

    def allows(self, host: str) -> bool:
        """Say whether a `Host` header names this server."""
        match = _HOST.fullmatch(host.lower())
        if not match:
            return False
        if self._allows_further(match):
            return True
        if int(match[2] or 80) != self.port:
            return False
        name = match[1].strip("[]")
        if name in self.names:
            return True
        return self.addresses and _is_address(name)

    def allows_origin(self, origin: str, host: str) -> bool:
        """Say whether a page of this origin is ours, if it asks for this (allowed) host.

        A proxy may speak TLS, and ask us for another host than browsers ask it for.
        """
        scheme, _, shown = origin.lower().partition("://")
        match = _HOST.fullmatch(shown)
        if scheme == "http" and shown == host.lower():
            return True
        return scheme in ("http", "https") and match is not None and self._allows_further(match)

    def _allows_further(self, match: re.Match[str]) -> bool:
        name, port = match[1].strip("[]"), int(match[2]) if match[2] else None
        return any(allowed.is_asked_for(name, port, self.port) for allowed in self.further)


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
            await PlainTextResponse(_refusal(self.hosts, headers), 421)(scope, receive, send)


def _refusal(hosts: Hosts, asked: list[str]) -> str:
    """Say what the server answers to, and how to have it answer to more."""
    names = ", ".join(sorted(hosts.names))
    more = f"; also: {', '.join(map(str, hosts.further))}" if hosts.further else ""
    text = f"This server answers under these names only, with port {hosts.port}: {names}{more}\n"
    try:
        host = str(AllowedHost.of(asked[0]))
    except (ValueError, IndexError):
        host = "NAME[:PORT]"
    return f"{text}If this is your own way to it, start it with: threadpress serve --allow-host {host}\n"


def _is_address(name: str) -> bool:
    try:
        return bool(ipaddress.ip_address(name))
    except ValueError:
        return False


def _fault(text: str) -> str:
    """Say why a text is not `NAME[:PORT]`."""
    if "//" in text:
        return f"is an address; give only the host in it, {urlsplit(text).netloc or 'NAME[:PORT]'!r}"
    if not text.isascii():
        return "is not as browsers ask for it; give it in ASCII, with xn--"
    for sign, fault in _FAULTS.items():
        if sign in text:
            return fault
    if re.search(r"\s", text):
        return "has a space in it; give the option once for each host"
    if text.count(":") > 1:
        return "has more than one colon; write an IPv6 address as [::1] or [::1]:9000"
    return "is no name of a host" if text else "is empty; give NAME or NAME:PORT"
