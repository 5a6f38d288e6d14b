"""What the user names becomes bytes, in the order named; what can't be had is told, all of it."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path

import pytest

from generator.commands.add.incoming import Incoming, Received, is_named, receive
from tests.small import write
from tests.web import Answer, serve


def got(*names: str, stdin: bytes = b"") -> Received:
    return receive(names, io.BytesIO(stdin))


def told(received: Received) -> list[str]:
    return [str(problem) for problem in received.problems]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_files_come_in_the_order_they_are_named_and_unchanged(here: Path) -> None:
    write(here, {"b.txt": b"\xff\r\n", "a/.hidden": "h", "README": "r"})
    first = Incoming("b.txt", b"\xff\r\n")
    assert got("b.txt", "./a/.hidden", "README", "b.txt") == Received(
        (first, Incoming("a/.hidden", b"h"), Incoming("README", b"r"), first)
    )


def test_standard_input_is_one_save() -> None:
    assert got("-", stdin=b"News: 1") == Received((Incoming("stdin", b"News: 1"),))


def test_a_folder_gives_what_build_would_read_oldest_first(here: Path) -> None:
    write(
        here,
        {
            f"old/{name}": name
            for name in ("9.10.txt", "9.txt", "9.9.txt", "sub/1.md", ".x", "x~", "README.md", "9.toml")
        },
    )
    received = got("old/")
    assert [save.name for save in received.saves] == ["old/9.txt", "old/9.9.txt", "old/9.10.txt", "old/sub/1.md"]
    assert told(received) == [
        "old/9.toml: warning: sidecars are not brought in; copy it beside the save once that is in the content folder, "
        "under the save's name"
    ]


def test_what_other_programs_left_is_passed_over_with_a_warning(here: Path) -> None:
    write(
        here, {"1.txt": "1", "#1.txt#": "no", "Thumbs.db": "no", "p.html": "page", "p_files/a.js": "no", ".2": "meant"}
    )
    received = got("#1.txt#", "1.txt", "Thumbs.db", "p.html", "p_files", ".2", ".")
    assert [save.raw for save in received.saves] == [b"1", b"page", b"meant", b"1", b"page"]
    assert told(received) == [
        f"{name}: warning: it is passed over, since other programs leave files of such names; rename it if it is a save"
        for name in ("#1.txt#", "Thumbs.db")
    ] + ["p_files: warning: it is passed over, since it belongs to the saved page beside it; add the page alone"]


def test_an_address_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serve({"/1.txt": Answer(b"News: 1")}) as web:
        address = f"{web.root.replace('http', 'HTTP')}/1.txt"
        received = got(address, f"{web.root}/2.txt")
    assert received.saves == (Incoming(address, b"News: 1"),)
    assert told(received) == [
        f"{web.root}/2.txt: the server answered 404 Not Found; check the address, or save the thread and add the file"
    ]


def test_all_that_cannot_be_had_is_told(here: Path) -> None:
    write(here, {"good.txt": "x", "empty/.x": ""})
    (here / "dangling").symlink_to("nowhere")
    received = got("none.txt", "good.txt", "good.txt/x", "empty", "dangling", "x" * 300, "ftp://example.org/x", "a\x1b")
    assert [save.name for save in received.saves] == ["good.txt"]
    assert told(received) == [
        "none.txt: there is no such file; check the path",
        "good.txt/x: it can't be read (Not a directory); a part of this path is no folder: move that away, or correct "
        "the path",
        "empty: there is no save in this folder; name a save, or another folder",
        "dangling: there is no such file; check the path",
        f"{'x' * 300}: it can't be read (File name too long); use shorter names, or move the site to a folder with a "
        "shorter path",
        "ftp://example.org/x: ftp is not fetched, only http and https; save the thread and add the file",
        "a␛: there is no such file; check the path",
    ]


def test_no_other_scheme_is_spoken(here: Path) -> None:
    write(here, {"secret.txt": "News: 1"})
    for name in (f"file://{here}/secret.txt", "data://x", "FILE:///etc/passwd"):
        received = got(name)
        assert (received.saves, len(received.problems)) == ((), 1)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are text there")
def test_names_that_are_not_utf_8_can_be_added_and_shown(here: Path) -> None:
    name = os.fsdecode(b"caf\xe9.txt")
    write(here, {name: "x"})
    assert got(name).saves == (Incoming("caf\\udce9.txt", b"x"),)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_read_as_a_file_is(here: Path) -> None:
    os.mkfifo(here / "pipe")
    writer = threading.Thread(target=(here / "pipe").write_bytes, args=(b"News: 1",))
    writer.start()
    assert got("pipe").saves == (Incoming("pipe", b"News: 1"),)
    writer.join()


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no endless file")
def test_what_has_no_end_is_refused() -> None:
    received = got("/dev/zero")
    assert received.saves == ()
    assert told(received)[0].startswith("/dev/zero: it is larger than 100 MB, and a save is one thread; ")


def test_what_names_something_to_receive(here: Path) -> None:
    write(here, {"1.txt": "x"})
    assert [is_named(name) for name in ("-", "1.txt", ".", "ftp://x", "http://x")] == [True] * 5
    assert [is_named(name) for name in ("slashdot/1", "1", "x" * 5000)] == [False] * 3
