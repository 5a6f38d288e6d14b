"""Fetches a save from the network: its address in, its bytes out, within limits.

Only http and https are used, after redirects too. Whatever goes wrong is one problem that names the address. There are
no cookies and no retries, and nothing is written to disk. Readers decide whether the bytes are a save.

The limit of time is for everything from looking up the host's name to the last byte. What is read piece by piece can
outlast any limit on one piece: so the exchange goes on in a thread, and whoever waits for it ends it. The size of
headers is limited by h11, which reads 100 KB of them at most.
"""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from typing import TYPE_CHECKING, Any

import msgspec

from generator.errors import ContentError, Problem
from generator.markup import visible

if TYPE_CHECKING:
    import httpx

LARGEST = 100_000_000
"""Bytes of a save at most: some 100,000 posts."""
SCHEMES = ("http", "https")
_TEXT_TYPES = {"application/octet-stream", "application/markdown", "application/x-markdown"}
"""Content types other than `text/...` that servers give to text files."""


class Limits(msgspec.Struct, frozen=True):
    """What one address may cost."""

    size: int = LARGEST
    """Bytes of the answer."""
    silence: float = 20.0
    """Seconds to wait for the connection, and for each piece of the answer."""
    seconds: float = 120.0
    """For all of it, redirects included."""
    redirects: int = 8


_USUAL = Limits()


def fetch(address: str, limits: Limits = _USUAL) -> bytes:
    """Get the bytes behind an address; raises `ContentError` with one problem."""
    connections = _Connections()
    answers: list[bytes | BaseException] = []

    def exchange() -> None:
        try:
            answers.append(_exchange(address, limits, connections))
        except BaseException as error:  # raised again by whoever waits
            answers.append(error)

    # If it hangs where it can't be ended, as in looking up a name, it must not keep the program from ending.
    thread = threading.Thread(target=exchange, daemon=True)
    try:
        thread.start()
        thread.join(limits.seconds)
        late = thread.is_alive()  # asked before the connections are cut, which is an error there
    finally:
        connections.end()
    if late or not answers:
        message = f"it took longer than {limits.seconds:g} seconds"
        raise _problem(shown(address), message, "try again later, or save the thread and add the file")
    answer = answers[0]
    if isinstance(answer, BaseException):
        raise answer
    return answer


class _Connections:
    """The connections of an exchange, so that another thread can end them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = False
        self._sockets: list[socket.socket] = []

    def note(self, event: str, info: dict[str, Any]) -> None:
        """Take note of a new connection. This is what httpx calls with all that happens."""
        if event == "connection.connect_tcp.complete":
            with self._lock:
                # A copy, since encryption takes the socket apart and makes another one of it.
                self._sockets.append(info["return_value"].get_extra_info("socket").dup())
            if self._ended:
                self.end()

    def end(self) -> None:
        """End all connections, now and later: who reads from one, gets no more."""
        with self._lock:
            self._ended = True
            for each in self._sockets:
                with contextlib.suppress(OSError), each:
                    each.shutdown(socket.SHUT_RDWR)
            self._sockets.clear()


def _exchange(address: str, limits: Limits, connections: _Connections) -> bytes:
    """Do what `fetch` does, however long it takes."""
    import httpx  # slow to import, so only those who fetch pay for it

    name = shown(address)
    headers = {
        "User-Agent": "threadpress",
        "Accept": "text/plain, text/markdown, text/*;q=0.5, */*;q=0.1",
        "Accept-Encoding": "identity",  # so that the announced size is the size of what comes
    }
    try:
        client = httpx.Client(headers=headers, timeout=limits.silence)
    except (ImportError, ValueError, OSError) as error:  # caused by variables such as HTTPS_PROXY and SSL_CERT_FILE
        message = f"the environment's proxy or certificates can't be used ({_quoted(str(error))})"
        raise _problem(name, message, "correct or unset these variables") from error
    try:
        with client:
            request = _first(client, address, name)
            request.extensions["trace"] = connections.note
            for _ in range(limits.redirects + 1):
                if request.url.scheme not in SCHEMES:
                    raise _problem(
                        name,
                        f"it leads to {_quoted(shown(str(request.url)))}, and only http and https are fetched",
                        "give the address of the save itself",
                    )
                response = client.send(request, stream=True)
                try:
                    if response.next_request is None:
                        return _body(response, name, limits)
                    request = response.next_request
                finally:
                    response.close()
            raise _problem(
                name, f"it redirects more than {limits.redirects} times", "give the address of the save itself"
            )
    except httpx.TimeoutException as error:
        message = f"nothing came for {limits.silence:g} seconds"
        raise _problem(name, message, "try again later, or save the thread and add the file") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        message = "it leads to something that is no http(s) address"
        raise _problem(name, message, "give the address of the save itself") from error
    except httpx.HTTPError as error:
        why = _quoted(str(error)) if str(error) else type(error).__name__
        raise _problem(name, f"it can't be fetched ({why})", "check the address and the connection") from error


def _first(client: httpx.Client, address: str, name: str) -> httpx.Request:
    """Make the request for an address as the user wrote it."""
    import httpx

    try:
        request = client.build_request("GET", address)
    except (httpx.InvalidURL, UnicodeError):
        request = None
    if request is None or not request.url.host:
        raise _problem(name, "this is no address", "write it like https://example.org/thread.txt")
    return request


def _body(response: httpx.Response, name: str, limits: Limits) -> bytes:
    """Read an answer as far as the limits allow."""
    import httpx

    if response.status_code != 200:
        phrase = httpx.codes.get_reason_phrase(response.status_code)
        message = f"the server answered {response.status_code} {phrase}".rstrip()
        raise _problem(name, message, "check the address, or save the thread and add the file")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise _problem(
            name, "the server sent a web page, not a save", "give the address of the text, or save the thread as text"
        )
    if kind and not kind.startswith("text/") and kind not in _TEXT_TYPES:
        message = f"the server sent {_quoted(kind)}, and a save is text"
        raise _problem(name, message, "give the address of the text, or save the thread as text")
    coding = response.headers.get("Content-Encoding", "")
    if not {each.strip().lower() for each in coding.split(",")} <= {"", "identity"}:
        # A few bytes can become any number of them, and each coding of several is undone as a whole.
        message = f"the server sent it compressed ({_quoted(coding)}), though asked not to"
        raise _problem(name, message, "save the thread, and add the file")
    announced = response.headers.get("Content-Length", "")
    raw = bytearray()
    if not (announced.isdecimal() and len(announced) < 20 and int(announced) > limits.size):
        for piece in response.iter_raw():
            raw += piece
            if len(raw) > limits.size:
                break
        else:
            return bytes(raw)
    raise too_large(name, limits.size)


def shown(address: str) -> str:
    """Write an address as messages show it: without a password, and without characters that a terminal obeys."""
    text = " ".join(address.encode("utf-8", "backslashreplace").decode().split())
    return visible(re.sub(r"^([A-Za-z]+://)[^/?#]*@", r"\1", text))


def too_large(name: str, size: int = LARGEST) -> ContentError:
    """Report a save that is larger than any thread."""
    message = f"it is larger than {size / 1_000_000:g} MB, and a save is one thread"
    return _problem(name, message, "check what it is; if it is a save, copy it into the content folder")


def _quoted(text: str) -> str:
    text = visible(" ".join(text.split()))
    return f"{text[:119]}…" if len(text) > 120 else text


def _problem(name: str, message: str, hint: str) -> ContentError:
    return ContentError(Problem(name, 0, message, hint))
