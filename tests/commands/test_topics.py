"""`threadpress help`: everything in `docs/` that a user may need, for those who have only the command."""

from __future__ import annotations

import ast
import re

import pytest

from generator.cli import run, threadpress
from generator.commands.topics import ABOUT_THE_PROGRAM, Topic, find_topic, read_topics, topic_lines
from tests.small import ROOT

PAGES = {path.stem for path in (ROOT / "docs").glob("*.md")} - ABOUT_THE_PROGRAM


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert run(arguments) == code
    told = capsys.readouterr()
    return told.out + told.err


def test_every_page_is_a_topic_and_listed_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    listed = said(capsys, "help")
    for page in PAGES:
        assert re.search(rf"^  {page} +\w+ .+", listed, re.M), page
    assert {name for name, topic in read_topics().items() if topic.about} == PAGES


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_page_is_shown_whole_but_for_pictures(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    shown = said(capsys, "help", page)
    for heading in re.findall(r"^## `?(.+?)`?$", re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S), re.M):
        assert heading.replace("`", "") in shown, heading
    for indent, code in re.findall(r"^( *)```[^\n]*\n(.*?)^ *```$", text, re.M | re.S):
        for line in code.rstrip().split("\n"):
            # Code in an item of a list is moved with it, and keeps its whole length too.
            line = line.removeprefix(indent)
            assert re.search(rf"^ {{{4 + len(indent)},}}{re.escape(line)}$" if line else "^$", shown, re.M), line
    assert ".png" not in shown
    assert "<!--" not in shown
    assert not re.search(rf"\b({'|'.join(sorted(PAGES))})\.md", shown)
    prose = [line for line in shown.split("\n") if not line.startswith("    ")]
    assert max(map(len, prose)) <= 80


LONG = f"threadpress add {'a-long-name ' * 20}end"


@pytest.mark.parametrize("lead", ["", "1. text\n\n", "- text\n\n", "- text\n\n  1. more\n\n", "> text\n>\n"])
@pytest.mark.parametrize("width", ["20", "80", "300"])
def test_code_is_never_cut_or_wrapped(lead: str, width: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", width)
    indent = "> " if ">" in lead else " " * (5 * lead.count("- ") or 3 * len(lead[:1]))
    text = f"{lead}{indent}```sh\n{indent}{LONG}\n{indent}```\n"
    lines = list(topic_lines("it", {"it": Topic("it", "", text)}, ()))
    assert [line.lstrip(" ▌") for line in lines if "threadpress" in line] == [LONG]


@pytest.mark.parametrize(
    ("word", "begins"),
    [
        ("sidecar", "## Sidecars"),
        ("Sidecars", "## Sidecars"),
        ("tags", "## Tags"),
        ("slashdot", "## The Slashdot text save"),
        ("formats", "# Formats"),
        ("data", "## The thread as data"),
    ],
)
def test_sections_are_topics_too(word: str, begins: str) -> None:
    topic = find_topic(word, read_topics())
    assert topic
    assert topic.text.startswith(begins)
    assert topic.text.count("\n## ") == (0 if begins.startswith("## ") else topic.text.count("\n## "))


@pytest.mark.parametrize("name", sorted(threadpress.commands))
def test_commands_are_topics(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "help", name) == said(capsys, name, "--help")


def test_an_unknown_topic_is_wrong_usage_and_the_nearest_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "there is no topic 'formast'; did you mean 'formats'?" in said(capsys, "help", "formast", code=2)
    assert "there is no topic 'biuld'; did you mean 'build'?" in said(capsys, "help", "biuld", code=2)
    assert "`threadpress help` lists all topics" in said(capsys, "help", "qqqqqqq", code=2)
    for odd in ("", "-", "--x", "\0", "a" * 5_000):
        said(capsys, "help", odd, code=2)


def test_links_to_other_pages_become_commands() -> None:
    texts = [topic.text for topic in read_topics().values()]
    named = {name for text in texts for name in re.findall(r"`threadpress help ([a-z-]+)`", text)}
    assert named
    for name in named:
        assert find_topic(name, read_topics()), name


def test_words_that_are_far_off_are_not_proposed_and_other_words_for_a_topic_find_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = said(capsys, "help", "nothing", code=2)
    assert "there is no topic 'nothing'; `threadpress help` lists all topics" in told
    assert said(capsys, "help", "keyboard") == said(capsys, "help", "keys")


def test_topics_that_messages_and_helps_name_are_there(capsys: pytest.CaptureFixture[str]) -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "generator").rglob("*.py")]
    named = {name for text in sources for name in re.findall(r"threadpress help ([a-z][a-z-]*)", text)}
    assert named >= {"configuration", "formats", "sidecars", "themes", "publishing"}
    topics = read_topics()
    for name in named:
        assert name in topics or name in threadpress.commands, name


def test_no_message_points_to_a_file_that_only_the_checkout_has() -> None:
    """Nor do helps, which are docstrings of `cli`."""
    for path in sorted((ROOT / "generator").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        # A text that is a statement by itself is a docstring.
        explained = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and path.name != "cli.py"}
        for node in set(ast.walk(tree)) - explained:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(r"\bdocs/\w+\.md", node.value), f"{path}:{node.lineno}"


@pytest.mark.parametrize("name", ["", *sorted(threadpress.commands)])
def test_helps_fit_80_columns_and_are_not_cut(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = said(capsys, *([name] if name else []), "--help")
    assert max(map(len, shown.split("\n"))) <= 80
    usage, _, rest = shown.partition("\n")
    assert "..." not in rest
    assert usage.startswith("Usage: threadpress")
