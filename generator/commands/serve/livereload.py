"""Live reload: the messages between an open page and the server, over a socket. The page's side is `livereload.js`.

A page says which version of itself it shows (`PageState`), and is told what to do (`Instruction`): nothing, replace
style sheets, or load again. The server works that out for each page when the page asks, and after each build. So a page
misses nothing while it sleeps or while there is no server. Nothing is built or read from files here.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from generator.commands.serve.hosts import Hosts
from generator.commands.serve.inject import PageVersion
from generator.errors import Problem

MOST_PROBLEMS = 50
"""Problems that a page is told about at most."""
LARGEST_MESSAGE = 20_000
"""Bytes of a message from a page at most."""


class PageState(msgspec.Struct, frozen=True):
    """What a page sends: which version of itself it shows."""

    page: str
    """Its path, as in its address."""
    version: str
    styles: tuple[str, ...]


class Instruction(msgspec.Struct, frozen=True):
    """What a page is sent: what it has to do."""

    problems: tuple[Problem, ...]
    """To show over the page, since the last build failed."""
    more: int
    """How many further problems there are."""
    reload: bool
    styles: tuple[str, ...] | None
    """New addresses of the style sheets, if nothing else changed."""


def instruct(state: PageState, now: PageVersion, problems: tuple[Problem, ...]) -> Instruction:
    """Compare the version that a page shows with the page as it is `now`."""
    same = now.page == state.version and len(now.styles) == len(state.styles)
    return Instruction(
        problems=problems[:MOST_PROBLEMS],
        more=max(0, len(problems) - MOST_PROBLEMS),
        reload=not same,
        styles=now.styles if same and now.styles != state.styles else None,
    )


class OpenPages:
    """The pages that are open in browsers; `answer` says what a page has to do."""

    def __init__(self, answer: Callable[[PageState], Instruction], hosts: Hosts) -> None:
        self._answer = answer
        self._hosts = hosts
        self._wanted: set[asyncio.Event] = set()
        """An event for each page, set when the page is to be told. So no page takes another's turn, and a slow one
        misses nothing."""

    def tell_all(self) -> None:
        """Tell every page what it has to do now."""
        for wanted in self._wanted:
            wanted.set()

    async def talk(self, socket: WebSocket) -> None:
        """Tell one page what it has to do, when it asks and on `tell_all`, until it closes."""
        if not self._hosts.allows_origin(socket.headers.get("origin", ""), socket.headers["host"]):
            await socket.close()  # a page of another site; since nothing was accepted, it gets a 403
            return
        await socket.accept()
        wanted, states = asyncio.Event(), list[PageState]()
        self._wanted.add(wanted)
        telling = asyncio.create_task(self._tell(socket, wanted, states))
        try:
            while True:
                message = await socket.receive_text()
                if len(message) > LARGEST_MESSAGE:
                    break
                states[:] = [msgspec.json.decode(message, type=PageState)]
                wanted.set()
        except (WebSocketDisconnect, msgspec.DecodeError, KeyError):  # it was closed, or is not a page of ours
            pass
        finally:
            self._wanted.discard(wanted)
            telling.cancel()
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close()

    async def _tell(self, socket: WebSocket, wanted: asyncio.Event, states: list[PageState]) -> None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect, OSError):
            while True:
                await wanted.wait()
                wanted.clear()
                if states:
                    await socket.send_text(msgspec.json.encode(self._answer(states[-1])).decode())
