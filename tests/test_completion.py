"""Shell completion: the lines of the README, each in its shell, complete commands, options and file names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.small import ROOT, write

ASK = {
    # What the shell calls to complete the last word, without a terminal.
    "bash": """
        complete -p threadpress | grep -q -- '-F _threadpress_completion'
        compopt() {{ printf 'told: %s %s\\n' "$@"; }}
        COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
        _threadpress_completion threadpress
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """,
    "fish": "complete -C '{words}'",
    # A shell in a terminal of its own, in which somebody presses Tab.
    "zsh": """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'PS1=""; autoload -Uz compinit; compinit -u -D; {line}; print REA""DY'
        zpty -r -m shell text '*READY*'
        zpty -w -n shell $'{words}\\t'
        zpty -r -m shell text '*{last}[^a-z]*'
        print -r -- "$text"
    """,
}


def lines() -> dict[str, str]:
    """The lines of the README, by shell."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return {
        match[2]: match[1].strip()
        for match in re.finditer(r"^(.*_THREADPRESS_COMPLETE=(\w+)_source.*?)  #", text, re.M)
    }


def completed(shell: str, words: str, last: str, folder: Path) -> str:
    """Have a shell complete the last of some words, and give all it prints."""
    scripts = folder / "bin"
    write(scripts, {"threadpress": f'#!/bin/sh\nexec "{sys.executable}" -m generator "$@"\n'})
    (scripts / "threadpress").chmod(0o755)
    line = lines()[shell]
    script = ASK[shell].format(words=words, line=line, last=last)
    result = subprocess.run(
        [shell, "-c", script if shell == "zsh" else f"{line}\n{script}"],
        cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(folder)},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_readme_has_a_line_for_each_shell() -> None:
    assert set(lines()) == set(ASK)


@pytest.mark.parametrize("shell", sorted(ASK))
@pytest.mark.parametrize(
    ("words", "last"),
    [("threadpress pu", "publish"), ("threadpress build --keep", "--keep-going"), ("threadpress add sav", "saved.txt")],
)
def test_words_are_completed(tmp_path: Path, shell: str, words: str, last: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: apt install {shell}")
    write(tmp_path, {"saved.txt": "", "other.txt": ""})
    if (shell, last) == ("bash", "saved.txt"):  # bash does this itself, once it is told to do as it does by default
        last = "told: -o default"
    text = completed(shell, words, last, tmp_path)
    assert last in text
    assert "other.txt" not in text
