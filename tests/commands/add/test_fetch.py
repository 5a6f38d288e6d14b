"""Fetching over a real connection to a server on this machine: what comes, what is refused, and in which words."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from generator.commands.add.fetch import Limits, fetch, shown
from generator.errors import ContentError
from tests.web import Answer, serve

QUICK = Limits(size=1000, silence=0.5, seconds=1.5, redirects=3)


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy between this machine and itself."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def redirect(target: str, status: int = 302) -> Answer:
    return Answer(status=status, headers=(("Location", target),))


def typed(kind: str, body: bytes = b"x") -> Answer:
    return Answer(body, headers=(("Content-Type", kind),))


ANSWERS = {
    "/plain": Answer(b"News: 1\r\n\xe9"),
    "/markdown": typed("text/markdown; charset=utf-8", b"+++"),
    "/octets": typed("application/octet-stream", b"+++"),
    "/untyped": Answer(b"+++", headers=()),
    "/full": Answer(b"x" * 1000),
    "/packed": Answer(gzip.compress(b"x" * 1000), headers=(("Content-Encoding", "gzip"),)),
    "/as%20it%20is": Answer(b"x", headers=(("Content-Encoding", "Identity"),)),
    "/twice%20packed": Answer(gzip.compress(gzip.compress(b"x" * 1000)), headers=(("Content-Encoding", "gzip, GZIP"),)),
    "/moved": redirect("/plain", 301),
    "/twice": redirect("ROOT/moved", 307),
    "/slow": Answer(b"abc", pause=0.05),
    "/page": typed("text/html; charset=utf-8", b"<!DOCTYPE html>"),
    "/image": typed("image/png"),
    "/json": typed("application/json"),
    "/odd": typed("x/\u00e9\x1b[31m"),
    "/gone": Answer(status=410),
    "/empty": Answer(status=204),
    "/part": Answer(b"half", status=206),
    "/broken": Answer(status=503),
    "/round": redirect("/round"),
    "/file": redirect("file:///etc/passwd"),
    "/ftp": redirect("ftp://user:secret@127.0.0.1/x"),
    "/script": redirect("javascript:alert(1)"),
    "/large": Answer(b"x" * 1001),
    "/announced": Answer(b"", announce=10**12),
    "/bomb": Answer(gzip.compress(b"x" * 5_000_000), headers=(("Content-Encoding", "gzip"),)),
    "/silent": Answer(b"a", pause=3),
    "/dripping": Answer(b"a" * 100, pause=0.1),
    "/short": Answer(b"abc", announce=9),
}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/plain", b"News: 1\r\n\xe9"),
        ("/markdown", b"+++"),
        ("/octets", b"+++"),
        ("/untyped", b"+++"),
        ("/full", b"x" * 1000),
        ("/as%20it%20is", b"x"),
        ("/moved", b"News: 1\r\n\xe9"),
        ("/twice", b"News: 1\r\n\xe9"),
        ("/slow", b"abc"),
    ],
)
def test_bytes_come_as_they_are(path: str, expected: bytes) -> None:
    with serve(ANSWERS) as web:
        assert fetch(web.root + path, QUICK) == expected
    assert web.asked[0][1]["User-Agent"] == "threadpress"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/nowhere", "the server answered 404 Not Found; check the address"),
        ("/gone", "the server answered 410 Gone; "),
        ("/empty", "the server answered 204 No Content; "),
        ("/part", "the server answered 206 Partial Content; "),
        ("/broken", "the server answered 503 Service Unavailable; "),
        ("/page", "the server sent a web page, not a save; "),
        ("/image", "the server sent image/png, and a save is text; "),
        ("/json", "the server sent application/json, and a save is text; "),
        ("/odd", "the server sent x/é␛[31m, and a save is text; "),
        ("/round", "it redirects more than 3 times; "),
        ("/file", "it leads to file://127.0.0.1"),
        ("/ftp", "it leads to ftp://127.0.0.1/x, and only http and https are fetched; "),
        ("/script", "it leads to something that is no http(s) address; "),
        ("/large", "it is larger than 0.001 MB, and a save is one thread; "),
        ("/announced", "it is larger than 0.001 MB, "),
        ("/packed", "the server sent it compressed (gzip), though asked not to; save the thread, and add the file"),
        ("/twice%20packed", "the server sent it compressed (gzip, GZIP), though asked not to; "),
        ("/bomb", "the server sent it compressed (gzip), though asked not to; "),
        ("/silent", "nothing came for 0.5 seconds; "),
        ("/dripping", "it took longer than 1.5 seconds; "),
        ("/short", "it can't be fetched ("),
    ],
)
def test_what_is_no_save_is_one_problem_that_names_the_address(path: str, expected: str) -> None:
    started = time.monotonic()
    with serve(ANSWERS) as web:
        with pytest.raises(ContentError) as error:
            fetch(web.root + path, QUICK)
        assert time.monotonic() - started < 3
        (problem,) = error.value.problems
        assert str(problem).startswith(f"{web.root}{path}: {expected}")
        assert problem.hint


@contextlib.contextmanager
def talking(say: Callable[[socket.socket], None]) -> Iterator[str]:
    """Run a server that says what it likes to whoever asks, until nobody listens."""

    def answer() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listening.accept()
            with connection:
                connection.recv(10_000)
                say(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    thread.join(10)
    assert not thread.is_alive()


def _drip(connection: socket.socket) -> None:
    for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def _hint(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        time.sleep(0.001)


def _drip_the_length(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"1\r\nx\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("say", [_drip, _hint, _drip_the_length])
def test_an_answer_that_never_ends_is_ended(say: Callable[[socket.socket], None]) -> None:
    started = time.monotonic()
    with talking(say) as address, pytest.raises(ContentError) as error:
        fetch(address, Limits(silence=5, seconds=0.5))
    assert str(error.value.problems[0]) == (
        f"{address}: it took longer than 0.5 seconds; try again later, or save the thread and add the file"
    )
    assert time.monotonic() - started < 4


def test_headers_without_an_end_are_told() -> None:
    def say(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * 100_000)

    with talking(say) as address, pytest.raises(ContentError, match=r"it can't be fetched \("):
        fetch(address, Limits(silence=5, seconds=5))


def test_a_name_that_is_never_found_does_not_keep_anybody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    looking = threading.Event()

    def look_up(*_: object) -> list[object]:
        looking.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    started = time.monotonic()
    with pytest.raises(ContentError, match="it took longer than"):
        fetch("http://example.org/", Limits(silence=0.2, seconds=0.3))
    assert time.monotonic() - started < 4
    looking.set()


@pytest.mark.parametrize("address", ["http://", "http:///x", "http://127.0.0.1:x/", "http://\udcff/"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ContentError, match="this is no address; "):
        fetch(address, QUICK)


def test_a_server_that_is_not_there_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ContentError, match=r"it can't be fetched \(.+\); check the address and the connection"):
        fetch(f"http://127.0.0.1:{port}/", QUICK)


def test_what_the_environment_gets_wrong_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://127.0.0.1:1")
    with pytest.raises(ContentError, match="proxy or certificates can't be used"):
        fetch("http://example.org/", QUICK)


def test_passwords_are_sent_but_never_shown() -> None:
    with serve(ANSWERS) as web:
        address = web.root.replace("//", "//ann:secret@")
        assert fetch(f"{address}/plain", QUICK)
        assert web.asked[0][1]["Authorization"].startswith("Basic ")
        with pytest.raises(ContentError) as error:
            fetch(f"{address}/nowhere", QUICK)
        assert "secret" not in str(error.value)
        assert web.root in str(error.value)
    assert shown("https://a:b@c@example.org/x?y=z@w\x1b\n\udcff") == "https://example.org/x?y=z@w␛ \\udcff"
