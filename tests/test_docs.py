"""Every code block of the docs does what it says, as it would if it were pasted.

A page is a walk through one sandbox, block by block, without a network.

- `sh`, or an indented block: the commands are run.
- A block below `<!-- file: NAME -->`, or with the name in a comment that is its first line: it is written to that file.
  At the end of the section the site is built, and a warning is a failure, unless commands of the section have built it.
  A theme is then the site's theme.
- `text` below `<!-- output -->`: what the commands before it have said, with other numbers and ids.
- Any other `text`: a picture of something; nothing is done.

A block of any other kind is a failure, so none is passed over.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt

from tests.small import ROOT, built, tree, write

FRESH = ROOT / "generator/commands/new/fresh/README.md"
"""The page that a new site has."""
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), FRESH]
COMMENT = re.compile(r"^(?:#|/\*|\{#) ?([\w./-]+/[\w.-]+\.\w+)\b")
"""A first line that names the file."""
MARK = re.compile(r"<!-- (?:file: (\S+)|(output)) -->\n?")
"""What says what the block below it is."""

PROGRAMS = {
    # A server that is asked to end as soon as it serves; its port may be taken on this machine.
    "threadpress": """
if [ "$1" = serve ]; then
  timeout --signal=INT 5 "$PYTHON" -m generator "$@" --port 0 || [ $? = 124 ]
else
  exec "$PYTHON" -m generator "$@"
fi
""",
    "make": 'exec "$MAKE" --dry-run --directory "$ROOT" "$@" > /dev/null',
    # An environment that has what this one has, so that nothing has to be fetched.
    "python3": """
[ "$1 $2" = "-m venv" ] || exec "$PYTHON" "$@"
mkdir -p "$3/bin"
printf 'true\\n' > "$3/bin/activate"
cp "$BIN/pip" "$BIN/threadpress" "$BIN/python3" "$BIN/python" "$3/bin/"
""",
    "pip": "exit 0",
    # What pip is told to read is there.
    "python": """
[ "$1 $2" = "-m pip" ] || exec "$PYTHON" "$@"
while [ $# -gt 0 ]; do [ "$1" != -r ] || [ -f "$2" ] || exit 1; shift; done
""",
    # Their own arguments come first, then the command that they run.
    "uv": """while [ "$1" != threadpress ]; do shift; done; exec "$@" """,
    "docker": """[ "$1" = build ] || { while [ "$1" != threadpress ]; do shift; done; exec "$@"; }""",
}
"""Commands that would use the network, or build and test this very checkout, with what is run in place of them."""


class Block(NamedTuple):
    """A code block; or the heading of a section, as a block of the kind `#`."""

    kind: str
    """`sh`, `file`, `output`; else its language."""
    text: str
    line: int
    path: str = ""
    """Of a file."""


def blocks(page: Path) -> Iterator[Block]:
    mark = None
    for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "heading_open":
            yield Block("#", "", line)
        elif token.type == "code_block":
            yield Block("sh", token.content, line)
        elif token.type == "fence":
            path = mark[1] if mark else (COMMENT.match(token.content) or [None, None])[1]
            kind = "file" if path else "output" if mark else token.info.strip()
            yield Block(kind, token.content, line, path or "")
        mark = MARK.fullmatch(token.content) if token.type == "html_block" else None


class Sandbox:
    """A home, a checkout with a site in it, its remote, and the programs that docs name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.place = folder / "checkout"
        self.remote = folder / "remote.git"
        self.said = ""
        bin_folder = folder / "bin"
        write(bin_folder, {name: f"#!/bin/sh\n{script.strip()}\n" for name, script in PROGRAMS.items()})
        for program in bin_folder.iterdir():
            program.chmod(0o755)
        addresses = ("URL", "https://github.com/NAME/REPOSITORY.git")
        instead = "".join(f"insteadOf = {address}\n" for address in addresses)
        write(
            folder / "home",
            {
                ".gitconfig": f'[user]\nname = A Test\nemail = test@example.org\n[url "{self.remote}"]\n{instead}',
                "Downloads/thread.txt": (ROOT / "content/0179799118.txt").read_bytes(),
            },
        )
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
            "HOME": str(folder / "home"),
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PYTHON": sys.executable,
            "MAKE": shutil.which("make") or "make",
            "ROOT": str(ROOT),
            "BIN": str(bin_folder),
            "BROWSER": "true",
            "COLUMNS": "80",
            **dict.fromkeys(("http_proxy", "https_proxy", "all_proxy"), "http://127.0.0.1:9"),
        }
        self.place.mkdir()
        self.run(f"git init --quiet --bare {self.remote} && git init --quiet -b main && git remote add origin URL")
        self.run("threadpress new .")
        shutil.copy(ROOT / "content/0179799118.txt", self.place / "content")

    def run(self, commands: str) -> None:
        """Run commands one after the other, as a shell would that they are pasted into, and stay where they end.

        After each line its code is asked for, since `bash -e` goes on after a `false && true`.
        """
        lines = re.sub(r"(?<!\\)\n", "\n[ $? = 0 ] || exit 1\n", f"{commands.strip()}\n")
        told = subprocess.run(
            ["bash", "-c", f'{lines}pwd > "$HOME/place"'],
            cwd=self.place, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, f"{commands}\n{told.stdout}{told.stderr}"
        self.said = told.stdout
        self.place = Path((self.folder / "home/place").read_text(encoding="utf-8").rstrip("\n"))


def shape(text: str) -> str:
    """Leave out what differs from time to time: numbers, and ids of commits."""
    return re.sub(r"\d[\d,]*", "N", re.sub(r"\b[0-9a-f]{10}\b", "ID", text.strip()))


def walk(page: Path, sandbox: Sandbox) -> None:
    waiting = False
    for block in [*blocks(page), Block("#", "", 0)]:
        place = f"{page.name}:{block.line}"
        match block.kind:
            case "#":
                if waiting:
                    sandbox.run("threadpress build --strict && threadpress check")
                waiting = False
            case "sh":
                sandbox.run(block.text)
                waiting = waiting and "threadpress" not in block.text
            case "file":
                write(sandbox.place, {block.path: block.text})
                if theme := re.match(r"themes/(\w+)/", block.path):
                    write(sandbox.place, {"threadpress.toml": f'theme = "{theme[1]}"\n'})
                waiting = True
            case "output":
                assert shape(block.text) in shape(sandbox.said), f"{place}: it says: {sandbox.said}"
            case kind:
                assert kind == "text", f"{place}: say what is to be done with this block, see tests/test_docs.py"


PUBLISHED = {"README": "slashdot/1", "tutorial": "harbour/rain", "publishing": "slashdot/1"}
"""Pages at whose end the site is on its branch, and a thread of it."""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: "fresh" if page == FRESH else page.stem)
@pytest.mark.skipif(not (shutil.which("bash") and shutil.which("git")), reason="there is no bash, or no git")
def test_what_is_pasted_does_what_the_page_says(page: Path, tmp_path: Path) -> None:
    if all(block.kind in ("#", "text") for block in blocks(page)):
        return
    sandbox = Sandbox(tmp_path)
    if page == FRESH:
        sandbox.run("threadpress new ../my-threads && cd ../my-threads")
    walk(page, sandbox)
    if page.stem in PUBLISHED:
        sandbox.run(f"git -C {sandbox.remote} ls-tree -r --name-only gh-pages")
        assert set(sandbox.said.split()) == {*tree(sandbox.place / "output"), ".nojekyll", ".gitattributes"}
        assert f"threads/{PUBLISHED[page.stem]}.html" in sandbox.said
    if page.stem == "tutorial":
        assert set(tree(sandbox.place / "content")) == {"rain.md", "rain.2.md"}
        thread = (sandbox.place / "output/threads/harbour/rain.html").read_text(encoding="utf-8")
        assert "Bring a coat." in thread
        assert "https://ann.github.io/harbour-talk/threads/harbour/rain.html" in thread


def test_who_publishes_by_the_tutorial_does_not_let_github_build_too() -> None:
    text = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    assert -1 < text.find("\nrm .github/workflows/pages.yml\n") < text.index("\ngit add .")


def test_the_page_about_removing_says_what_stays(tmp_path: Path) -> None:
    text = (ROOT / "docs/removing.md").read_text(encoding="utf-8")
    assert "subject lines of the removed posts go too" in text
    save = '+++\nid = "1"\ntitle = "T"\n+++\nS\n\n## bob {subject="On bob"}\nText.\n'
    site = write(tmp_path, {"content/1.md": save, "threadpress.toml": 'redact = ["notes/bob"]\n'})
    built(site)
    (post,) = json.loads(tree(site / "output")["threads/notes/1.json"])["posts"]
    assert (post["author"]["name"], post["subject"], post["body"]) == ("[removed]", "[removed]", "[removed]")


def test_a_block_that_nothing_is_done_with_is_noticed(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "sandbox")
    for text in ("```python\nprint()\n```\n", "```toml\ntitle = 1\n```\n", "```\nthreadpress build\n```\n"):
        page = write(tmp_path, {"page.md": text}) / "page.md"
        with pytest.raises(AssertionError, match="say what is to be done"):
            walk(page, sandbox)


def test_a_block_that_fails_is_noticed(tmp_path: Path) -> None:
    sandbox = Sandbox(tmp_path / "sandbox")
    for text in (
        "    threadpress biuld\n",
        "    false && true\n    true\n",
        "<!-- file: threadpress.toml -->\n```toml\ntitel = 1\n```\n",
    ):
        page = write(tmp_path, {"page.md": text}) / "page.md"
        with pytest.raises(AssertionError, match=r"rror|false"):
            walk(page, sandbox)
