"""A web server on this machine for tests: a table of answers in, addresses out."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """What the server says to one path."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain"),)
    pause: float = 0.0
    """Seconds before every byte of the body."""
    announce: int | None = None
    """Content-Length, if it is not that of the body."""


class Web:
    """A server that runs: where it is, and what it was asked."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.asked: list[tuple[str, Mapping[str, str]]] = []


@contextlib.contextmanager
def serve(answers: Mapping[str, Answer]) -> Iterator[Web]:
    """Serve the answers, by path, while the block runs; all else is not found."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            web.asked.append((self.path, dict(self.headers)))
            answer = answers.get(self.path, Answer(b"Not here", 404))
            with contextlib.suppress(ConnectionError):  # whoever has read enough leaves
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value.replace("ROOT", web.root))
                self.send_header(
                    "Content-Length", str(len(answer.body) if answer.announce is None else answer.announce)
                )
                self.end_headers()
                if not answer.pause:
                    self.wfile.write(answer.body)
                    return
                for byte in answer.body:
                    time.sleep(answer.pause)
                    self.wfile.write(bytes([byte]))

        def log_message(self, *_: object) -> None:
            """Say nothing: what was asked is in `asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        web = Web(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield web
        finally:
            server.shutdown()
            thread.join()
