"""Debian's Firefox, driven through Marionette, which it has built in.

Playwright's Firefox is a build of its own and asks the released one for commands that it does not know yet; geckodriver
is in none of the package registries. Marionette is JSON behind its length, over a socket of this machine
(https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATIENCE = 60.0
"""Seconds for Firefox to start, or to answer."""


class Firefox:
    """A browser with one page."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._answers = connection.makefile("rb")
        self._number = 0
        greeting = self._read()
        assert greeting["marionetteProtocol"] == 3
        self._call("WebDriver:NewSession")

    def goto(self, url: str) -> None:
        """Open a page and wait until it is loaded; raises `RuntimeError` for one that can't be."""
        self._call("WebDriver:Navigate", url=url)

    def evaluate(self, function: str) -> Any:
        """Call a JavaScript function on the page and give what it returns."""
        return self._call("WebDriver:ExecuteScript", script=f"return ({function})()", args=[])["value"]

    def quit(self) -> None:
        """End the browser."""
        self._call("Marionette:Quit", flags=["eForceQuit"])

    def _call(self, command: str, **parameters: object) -> Any:
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._connection.sendall(b"%d:%b" % (len(message), message))
        _, number, error, result = self._read()
        assert number == self._number
        if error:
            raise RuntimeError(f"{command} {parameters}: {error['error']}: {error['message']}")
        return result

    def _read(self) -> Any:
        size = b""
        while (digit := self._answers.read(1)) != b":":
            assert digit, "Firefox has ended"
            size += digit
        return json.loads(self._answers.read(int(size)))


@contextlib.contextmanager
def started(executable: Path, profile: Path) -> Iterator[Firefox]:
    """Start Firefox, headless and with a profile of its own, and end it."""
    (profile / "user.js").write_text('user_pref("marionette.port", 0);\n', encoding="utf-8")
    command: list[str | Path] = [executable, "--headless", "--marionette", "--no-remote", "--profile", profile]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            with socket.create_connection(("127.0.0.1", _port(process, profile)), timeout=PATIENCE) as connection:
                firefox = Firefox(connection)
                yield firefox
                firefox.quit()
            process.wait(PATIENCE)
        finally:
            process.kill()


def _port(process: subprocess.Popen[bytes], profile: Path) -> int:
    """Wait until Firefox says where it listens: it writes the number of the port that it found free."""
    told = profile / "MarionetteActivePort"
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert process.poll() is None, f"Firefox ended at once, with {process.returncode}"
        if told.is_file() and (text := told.read_text(encoding="utf-8").strip()):
            return int(text)
        time.sleep(0.05)
    raise TimeoutError("Firefox did not start")
