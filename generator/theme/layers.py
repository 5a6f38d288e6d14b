"""Read the folders that a theme is made of: a name and the folder of a site in, `Layer`s out, nearest first.

One name can stand for two folders: a site's own `themes/NAME` comes before the theme of that name that comes with
Threadpress; then come the folders of the theme that `extends` names, and so on. Links to
files outside of a theme are refused. `theme` makes one theme of the layers. Nothing is ever written.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from generator import config
from generator.errors import Problem, ThemeError
from generator.files import read_file
from generator.mending import suggest
from generator.toml import read_toml
from generator.toml_lines import line_in, line_of
from generator.urls import is_device

ASSETS = frozenset({".css", ".js", ".svg"})
"""The kinds of static files that are allowed (SPEC section 4)."""
SETTINGS = "theme.toml"
BELOW = "..."
"""In a list of static files, this stands for the files that the theme below lists."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
"""The name of a static file must not start with `_`, since no published file's may (SPEC section 4).

The published name is longer by a hash.
"""


class File(msgspec.Struct, frozen=True):
    """A file of a theme that was read."""

    path: str
    """For messages: `themes/NAME/templates/thread.html`, wherever the theme is."""
    text: str


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a `theme.toml` says; for a folder without one, the defaults."""

    name: str = ""
    """Only for people; the program uses the folder's name."""
    extends: str | None = None
    """The theme that has what this one lacks."""
    styles: tuple[str, ...] | None = None
    """Static CSS files that are joined, in this order, into the asset `style.css`; None: as the theme below says.

    `BELOW` in it stands for the files that the theme below names.
    """
    scripts: tuple[str, ...] | None = None
    """Static JavaScript files that are joined in the same way into the asset `script.js`."""
    early: tuple[str, ...] | None = None
    """Scripts that must run before anything is drawn; they are joined into `early.js`."""
    moved: tuple[str, ...] | None = None
    """Scripts of pages that lead on to posts that have moved; they are joined into `moved.js`."""
    options: dict[str, Any] = {}
    """What sites can set in `[theme_options]`, as it is written; `options` reads it."""
    without: tuple[str, ...] = ()
    """Options of the theme below that sites can't set."""


class Layer(msgspec.Struct, frozen=True):
    """One folder of a theme that was read."""

    theme: str
    own: bool
    """Whether it belongs to the site, rather than to Threadpress."""
    settings: Settings
    toml: str
    """The text of its `theme.toml`, for finding line numbers."""
    templates: dict[str, File]
    static: dict[str, File]


_TAKES = {
    "name": "text",
    "extends": "the name of a theme",
    "styles": "a list of file names",
    "scripts": "a list of file names",
    "early": "a list of file names",
    "moved": "a list of file names",
    "options": "a table",
    "without": "a list of names of options",
}


def read_layers(name: str, site_root: Path | None) -> list[Layer]:
    """Read the folders that make up a theme, nearest first."""
    shelves = [(_built_in(), False)]
    if (
        site_root is not None
        and (site_root / "themes").is_dir()
        and (site_root / "themes").resolve() != _built_in().resolve()
    ):
        shelves.insert(0, (site_root / "themes", True))
    layers: list[Layer] = []
    asker, line, done = config.FILE_NAME, 0, set[str]()
    while True:
        if name in done:
            raise ThemeError(
                Problem(asker, line, f"the theme {name!r} extends itself", "let extends name another theme")
            )
        done.add(name)
        folders = [
            _layer(shelf / name, name, own)
            for shelf, own in shelves
            if _NAME.fullmatch(name) and (shelf / name).is_dir()
        ]
        if not folders:
            available = {
                path.name
                for shelf, _ in shelves
                for path in shelf.iterdir()
                if path.is_dir() and _NAME.fullmatch(path.name)
            }
            if asker == config.FILE_NAME and site_root is not None:
                line = line_in(config.text_of(site_root), "theme")
            raise ThemeError(Problem(asker, line, f"there is no theme {name!r}", suggest(name, available)))
        layers += folders
        # The site's own copy of a theme may name the original in `extends`; it extends it anyway.
        below = [layer for layer in folders if layer.settings.extends]
        if len(folders) == 2:
            below = [layer for layer in below if layer.settings.extends != name]
        if not below:
            return layers
        asker, line = f"themes/{name}/{SETTINGS}", line_of(below[0].toml, "extends")
        name = str(below[0].settings.extends)


def _built_in() -> Path:
    """Give the folder of the themes that come with Threadpress: in the package if it is installed, else beside it."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "themes"
    return inside if inside.is_dir() else package.parent / "themes"


def shipped() -> Path | None:
    """Give the folder of the themes that come with Threadpress if they may be edited, which is in a checkout."""
    folder = _built_in()
    return None if folder.parent == Path(__file__).resolve().parents[1] else folder


def _layer(folder: Path, theme: str, own: bool) -> Layer:
    place = f"themes/{theme}"
    toml = _read(folder / SETTINGS, folder, f"{place}/{SETTINGS}") if (folder / SETTINGS).is_file() else ""
    return Layer(
        theme=theme,
        own=own,
        settings=_settings(toml, f"{place}/{SETTINGS}"),
        toml=toml,
        templates=_files(folder, "templates", place),
        static=_files(folder, "static", place, ASSETS),
    )


def _settings(text: str, place: str) -> Settings:
    table = read_toml(text, place)
    if isinstance(table, Problem):
        raise ThemeError(table)
    values, problems = config.take(table, place, Settings, partial(line_of, text), lambda key: f"give {_TAKES[key]}")
    if problems:
        raise ThemeError(problems)
    return Settings(**values)


def _files(folder: Path, part: str, place: str, kinds: frozenset[str] | None = None) -> dict[str, File]:
    """Read the files of `templates/` or `static/`, which have no subfolders."""
    files: dict[str, File] = {}
    problems = []
    for path in sorted((folder / part).iterdir()) if (folder / part).is_dir() else ():
        shown = f"{place}/{part}/{path.name}"
        if path.name.startswith(".") or path.name.endswith("~"):
            continue
        if not _FILE.fullmatch(path.name) or (kinds and path.name.startswith("_")):
            problems.append(
                Problem(shown, 0, "a file of a theme can't have this name", "use letters, digits, '.', '-' and '_'")
            )
        elif is_device(path.name):
            problems.append(Problem(shown, 0, "Windows takes this name for a device", "rename it"))
        elif not path.is_file():
            problems.append(Problem(shown, 0, "this is no file", f"keep the files of {part}/ side by side"))
        elif kinds is not None and path.suffix not in kinds:
            problems.append(
                Problem(
                    shown, 0, "static files are CSS, JavaScript or SVG", f"end its name in {', '.join(sorted(kinds))}"
                )
            )
        else:
            files[path.name] = File(shown, _read(path, folder, shown))
    if problems:
        raise ThemeError(problems)
    return files


def _read(path: Path, folder: Path, place: str) -> str:
    """Read a text file that is in `folder`.

    Line ends become LF, so that a checkout on Windows gives the same site.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise ThemeError(Problem(place, 0, "this is a link that leads out of the theme", "put the file itself there"))
    raw = read_file(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ThemeError(
            Problem(place, line, f"byte 0x{raw[error.start]:02x} is not UTF-8", "save it as UTF-8")
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")
