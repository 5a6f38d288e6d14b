"""What a long build says of itself, on a terminal and elsewhere."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from generator import Config, build
from generator.commands import progress
from generator.commands.progress import STAGES, show_progress
from tests.small import Said, news, write


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def told(stream: io.StringIO, environment: dict[str, str]) -> str:
    with show_progress(stream, environment) as tell:
        for done in (500, 1000):
            tell("scan", done, 1000)
        tell("render", 2000, 13_000)
    return stream.getvalue()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every stage took long."""
    for name in ("PATIENCE", "EVERY", "REDRAW"):
        monkeypatch.setattr(progress, name, 0.0)


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()])
def test_nothing_is_said_of_short_work(stream: io.StringIO) -> None:
    assert told(stream, {}) == ""


@pytest.mark.usefixtures("impatient")
def test_a_terminal_shows_a_bar_and_takes_it_away() -> None:
    said = told(Terminal(), {"TERM": "xterm", "COLUMNS": "100"})
    assert "Reading threads" in said
    assert "1000/1000" in said
    assert "Making pages" in said
    assert said.endswith("\x1b[2K")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("stream", "environment"), [(io.StringIO(), {}), (Terminal(), {"CI": "true"})])
def test_plain_lines_go_elsewhere_and_to_logs(stream: io.StringIO, environment: dict[str, str]) -> None:
    assert told(stream, environment).splitlines() == [
        "Reading threads: 500 of 1,000",
        "Reading threads: 1,000 of 1,000",
        "Making pages: 2,000 of 13,000",
    ]


def test_there_are_words_for_every_stage_that_tells_how_far_it_is(tmp_path: Path) -> None:
    write(tmp_path, {"content/1.txt": news("1", Said("Hello", "Boo"))})
    stages = set[str]()
    build(Config(), tmp_path, tell=lambda stage, done, total: stages.add(stage))
    assert stages == STAGES.keys()
