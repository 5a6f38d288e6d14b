"""Which source the saves of a folder are from, where they don't say: the folder's entry in `[sources]`, else its name.

Paths in the content folder and entries come in, names of sources go out, with what is wrong with the entries. The only
thing asked of the disk is whether the folders of entries are there.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from generator import urls
from generator.errors import Problem
from generator.model import nfc
from generator.toml import toml_text
from generator.toml_lines import line_of

TABLE = "sources"
"""The table of `threadpress.toml`."""
LONGEST = 40
"""Most characters of a source's name."""
SOURCE = re.compile(rf"[a-z0-9][a-z0-9-]{{0,{LONGEST - 1}}}")
"""Any name of a source."""
ITSELF = "."
"""How an entry names the content folder itself. It says nothing of the folders in it."""


def folder_key(folder: str) -> str:
    """Give the form in which folders are compared; empty for the content folder itself."""
    return "/".join(part for part in nfc(folder).split("/") if part not in ("", ITSELF))


def source_of(path: str, sources: Mapping[str, str]) -> str:
    """Say which source a save is from that does not say it; empty if that is unclear.

    The entry of the deepest folder counts that has one, else the name of the first folder. `sources` has folders as
    `folder_key` writes them.
    """
    folder, slash, _ = path.rpartition("/")
    if sources:
        above = folder_key(folder)
        while above:
            if above in sources:
                return sources[above]
            above = above.rpartition("/")[0]
    if not slash:
        return sources.get("", "")
    return urls.slug(folder.partition("/")[0])[:LONGEST].strip("-")


def mend_sourceless(path: str) -> str:
    """Say what to write where `source_of` gives nothing."""
    folder, slash, _ = path.partition("/")
    line = f'write {toml_text(folder if slash else ITSELF)} = "NAME" below [{TABLE}] in threadpress.toml'
    return line if slash else f"{line}, or move it into a folder named after the source"


def wrong_sources(sources: Mapping[str, str], text: str, path: str, content: Path) -> Iterator[Problem]:
    """Tell what is wrong with the entries; `text` is that of the file at `path`."""
    first: dict[str, str] = {}
    for folder, source in sources.items():
        line = _line(text, folder)
        if not SOURCE.fullmatch(source):
            yield Problem(path, line, f"{TABLE}: {source!r} can't be the name of a source", _mend(source))
        key = folder_key(folder)
        if (other := first.setdefault(key, folder)) != folder:
            yield Problem(path, line, f"{TABLE}: {folder!r} and {other!r} are the same folder", "delete one of them")
        elif os.path.isdir(content) and not os.path.isdir(content / key):  # noqa: PTH112  # Path raises for odd names
            message = f"{TABLE}: there is no folder {folder!r} in {content.name}/"
            yield Problem(path, line, message, _near(key, content), "warning")


def _line(text: str, folder: str) -> int:
    """Find the line of an entry; that of the table if the entry is written in another way."""
    forms = "|".join(re.escape(form) for form in (toml_text(folder), f"'{folder}'", folder))
    table = re.search(rf"^[ \t]*\[[ \t]*{TABLE}[ \t]*\]", text, re.MULTILINE)
    start = table.end() if table else 0
    entry = re.compile(rf"^[ \t]*(?:{TABLE}[ \t]*\.[ \t]*)?(?:{forms})[ \t]*=", re.MULTILINE).search(text, start)
    return text.count("\n", 0, entry.start()) + 1 if entry else line_of(text, TABLE)


def _mend(source: str) -> str:
    better = urls.slug(source)[:LONGEST].strip("-")
    rule = f"use small letters, digits and -, at most {LONGEST}"
    return f"{rule}, such as {better!r}" if better else rule


def _near(key: str, content: Path) -> str:
    """Name the folder that is most like one that is missing."""
    base = os.fspath(content)
    folders = [Path(each).relative_to(content).as_posix() for each, _, _ in os.walk(base) if each != base]
    inside = key.removeprefix(f"{folder_key(content.name)}/")
    near = [inside] if inside in folders else get_close_matches(key, folders, n=1, cutoff=0.5)
    return f"did you mean {near[0]!r}?" if near else "make it, or delete this line"
