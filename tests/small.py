"""Small saves and sites that tests write themselves: values in, text and folders out.

`news` and `note` make saves of the two kinds, `site` lays a site out in a folder, `tree` reads a folder back.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from generator import BuildReport, Config, build, load

ROOT = Path(__file__).parent.parent
"""Of the project."""
LONG = os.environ.get("LONG_TESTS") in ("1", "all")
"""Whether the long forms of tests run as well."""
ALL = os.environ.get("LONG_TESTS") == "all"
"""Whether those run too that take many minutes: every fault, and a browser for every payload."""


def examples(many: int) -> int:
    """Say how many examples a costly property is tried on: all of `many` only where the long forms run."""
    return many if LONG else many // 3


class Said(msgspec.Struct, frozen=True):
    """A post of a save in the native format."""

    body: str
    subject: str = "Re:"
    name: str = "Ann"
    uid: str | None = "7"
    score: str = "1"

    def __str__(self) -> str:
        by = self.name if self.uid is None else f"{self.name} ( {self.uid} )"
        return f"{self.subject} (Score:{self.score})\n\nby {by}\n\n{self.body}\n"


def news(
    number: str = "101",
    *posts: Said,
    title: str = "Rain expected",
    when: str = "Wednesday October 15, 2025 @05:22PM",
    who: str = "msmash",
    story: str = "It may rain on Friday.",
    footer: str | None = "A quote for the road",
) -> str:
    """Write a save in the native format; without posts it has no footer."""
    blocks = [f"News: {number}\n", f"{title}\n", f"({when} ({who}) from the some-weather dept.)\n", f"{story}\n"]
    blocks += map(str, posts)
    if posts and footer:
        blocks.append(f"{footer}\n")
    return "\n".join(blocks)


def note(number: str = "n1", *posts: tuple[str, str, str], story: str = "A story.", **fields: str | list[str]) -> str:
    """Write a Markdown save; posts are (name, what stands in the braces, text)."""
    front = {"id": number, "title": "A note", **fields}
    lines = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in front.items())
    return f"+++\n{lines}+++\n{story}\n" + "".join(f"\n## {name} {{{about}}}\n{text}\n" for name, about, text in posts)


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Put files into a folder, as text (LF line ends) or bytes."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder


def tree(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder, by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def prints(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Inode, time of change and hash of every file: equal if and only if nobody wrote them."""
    return {
        path.relative_to(folder).as_posix(): (
            path.stat().st_ino,
            path.stat().st_mtime_ns,
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def built(site: Path, **changes: Any) -> BuildReport:
    """Build the site in a folder, with its configuration file and changes to it."""
    config, _ = load(site)
    return build(msgspec.structs.replace(config, **changes), site)


def output_of(folder: Path, files: Mapping[str, str | bytes], **changes: Any) -> dict[str, bytes]:
    """Build a site that holds these files, and read what comes out."""
    built(write(folder, files), **changes)
    return tree(folder / "output")


def data_of(output: Mapping[str, bytes], url: str) -> dict[str, Any]:
    """Parse a JSON file of the output."""
    value = json.loads(output[url])
    assert isinstance(value, dict)
    return value


def shown(posts: Sequence[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Some fields of the posts of a thread's data."""
    return [tuple(post[name] for name in names) for post in posts]


@contextlib.contextmanager
def mask(value: int) -> Iterator[None]:
    """Set the process's file mode mask for a while."""
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


DEFAULTS = Config()
