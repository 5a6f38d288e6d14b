"""The real `threadpress serve` on a free port of this machine, for tests: a site in, what it says and answers out."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import websockets.sync.client

from tests.small import ROOT

SERVE = [sys.executable, "-m", "generator", "serve"]
SOON = 20.0
"""Seconds after which something does not come any more."""
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


class Serving:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self._more = threading.Condition()
        self._ended = False
        threading.Thread(target=self._listen, daemon=True).start()
        address = self.wait(r"serving http://(\S+):(\d+)/")
        self.host, self.port = address[1], int(address[2])

    @property
    def url(self) -> str:
        """Ends with a slash."""
        return f"http://{self.host}:{self.port}/"

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._more:
                self.said.append(line.rstrip("\n"))
                self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()

    def wait(self, pattern: str, after: int = 0, within: float = SOON) -> re.Match[str]:
        """Wait until it says something, in a line from number `after` on."""
        end = time.monotonic() + within
        with self._more:
            while True:
                for line in self.said[after:]:
                    if found := re.search(pattern, line):
                        return found
                if self._ended or not self._more.wait(end - time.monotonic()):
                    raise AssertionError(f"it never said {pattern!r}, but: {self.said[after:]}")

    def built(self) -> Serving:
        """Wait for the first build."""
        self.wait(r" files? in .+/, | errors?; what was built before")
        return self

    def builds(self) -> list[str]:
        """What it said of builds, the first among them."""
        return [line for line in self.said if re.search(r" written, | errors?; what was built before", line)]

    def quiet(self, seconds: float = 0.25) -> int:
        """Let that time pass and say how many builds there were in it."""
        before = len(self.builds())
        time.sleep(seconds)
        return len(self.builds()) - before

    def get(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a path, exactly as it is written."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=SOON)
        with contextlib.closing(connection):
            connection.putrequest(method, path, skip_host=True)
            for name, value in {"Host": f"{self.host}:{self.port}", **(headers or {})}.items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())

    @contextlib.contextmanager
    def page(self, path: str) -> Iterator[Page]:
        """Open a page as a browser does: with its version, and a socket."""
        html = self.get(path).body.decode()
        version = re.search(r'data-version="(\w+)"', html)
        assert version, html
        styles = re.findall(r'rel="stylesheet" href="([^"]+)"', html)
        with websockets.sync.client.connect(
            f"ws://{self.host}:{self.port}/.threadpress/live", origin=websockets.Origin(self.url.rstrip("/"))
        ) as socket:
            yield Page(socket, {"page": path, "version": version[1], "styles": styles})

    def end(self, number: int = signal.SIGINT) -> int:
        """Tell it to end, and give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=SOON)


class Answer:
    """To a request."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.body = body


class Page:
    """The socket of an open page."""

    def __init__(self, socket: websockets.sync.client.ClientConnection, hello: dict[str, Any]) -> None:
        self.socket = socket
        self.hello = hello

    def ask(self, **changes: Any) -> dict[str, Any]:
        """Say which version is shown, and give the answer."""
        self.socket.send(json.dumps({**self.hello, **changes}))
        return self.news()

    def news(self) -> dict[str, Any]:
        """Wait for what the server tells."""
        told = json.loads(self.socket.recv(timeout=SOON))
        assert isinstance(told, dict)
        return told


@contextlib.contextmanager
def serving(site: Path, *options: str, **environment: str) -> Iterator[Serving]:
    """Serve a site on a free port while the block runs."""
    command = [*SERVE, *(options if "--port" in options else ("--port", "0", *options))]
    with subprocess.Popen(
        command, cwd=site, env={**ENVIRONMENT, **environment}, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Serving(process)
        finally:
            process.terminate()
            try:
                process.wait(timeout=SOON)
            except subprocess.TimeoutExpired:
                process.kill()
