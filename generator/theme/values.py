"""Values of options: what a site gives to one option comes in, what templates, styles and assets get of it goes out.

`TYPES` has a function for each type of an option. The only files that are read are those that a site names as values;
nothing is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import msgspec

from generator.files import open_file
from generator.markup import line_html
from generator.mending import suggest
from generator.theme import colours
from generator.theme.accent import UnreadableError, accent

LARGEST = 256 * 1024
"""Bytes of a file at most, unless its option says less."""
SVG, PNG = ".svg", ".png"
_SVG_NAMESPACE = b"http://www.w3.org/2000/svg"
_PNG_START = b"\x89PNG\r\n\x1a\n"


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An option as a `theme.toml` declares it."""

    type: str
    default: Any = None
    """None: not set, which templates see as an empty text."""
    help: str = ""
    """What it does, in one line."""
    min: int | None = None
    """Of a whole number."""
    max: int | None = None
    """Of a whole number; of a text, its characters; of a file, its bytes."""
    choices: tuple[str, ...] = ()
    """What a choice, or an entry of a table, can be."""
    css: str = ""
    """Style rules for where the option is set, with `$value` or the names of an accent's colours in them."""


class Asset(NamedTuple):
    """A file that a site has named."""

    name: str
    """Among the assets of the theme."""
    url: str
    data: bytes


class Taken(NamedTuple):
    """A value that can be taken."""

    value: Any
    """For templates."""
    names: Mapping[str, str] = {}
    """For `css`."""
    asset: Asset | None = None


class Fault(NamedTuple):
    """Something that is wrong with a value."""

    message: str
    hint: str
    entry: str = ""
    """The entry of a table that it is about."""


class WrongValueError(ValueError):
    """A value that can't be taken, with everything that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(faults)
        self.faults = faults


class Around(NamedTuple):
    """What a value is checked against, besides its option."""

    site: Path
    style: str
    """The style sheet of the theme."""


def named_files(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the names of files among the values of options, whether the files are there or not."""
    return tuple(value for value in given.values() if isinstance(value, str) and value.lower().endswith((SVG, PNG)))


def take(key: str, option: Option, value: Any, around: Around) -> Taken:
    """Check the value of one option; raises `WrongValueError`."""
    if option.type == "file":
        return _file(key, option, value, around)
    checked = TYPES[option.type](option, value)
    if option.type != "accent" or checked == "":
        return Taken(checked, {"value": str(checked)})
    try:
        return Taken(checked, accent(checked, around.style))
    except UnreadableError as unreadable:
        raise WrongValueError(*(Fault(*fault) for fault in unreadable.faults)) from unreadable


def _kind(value: Any) -> str:
    """Say of what kind a value of TOML is."""
    for kind, word in (
        (str, "text"), (bool, "true or false"), (int, "a whole number"), (float, "a number"), (dict, "a table"),
        (list, "a list"), (tuple, "a list"),
    ):  # fmt: skip
        if isinstance(value, kind):
            return word
    return "a date or time"


def _wrong_kind(wanted: str, value: Any) -> WrongValueError:
    return WrongValueError(Fault(f"expected {wanted}, got {_kind(value)}", f"give {wanted}"))


def _like(option: Option, value: Any) -> Any:
    """Take what is of the default's kind."""
    if _kind(value) != _kind(option.default):
        raise _wrong_kind(_kind(option.default), value)
    return value


def _text(option: Option, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong_kind("text", value)
    if option.max is not None and len(value) > option.max:
        raise WrongValueError(Fault(f"it has {len(value):,} characters", f"write {option.max:,} at most"))
    return value


def _line(option: Option, value: Any) -> str:
    """Take one line of text; addresses in it become links."""
    line = " ".join(_text(option, value).split())
    return line_html(line) if line else ""


def _integer(option: Option, value: Any) -> int:
    low, high = option.min, option.max
    bounds = f" from {low} to {high}" if low is not None and high is not None else ""
    bounds = bounds or (f" of {low} or more" if low is not None else f" of {high} or less" if high is not None else "")
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_kind(f"a whole number{bounds}", value)
    if (low is not None and value < low) or (high is not None and value > high):
        raise WrongValueError(Fault(f"it can't be {value}", f"give a whole number{bounds}"))
    return value


def _flag(option: Option, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _wrong_kind("true or false", value)
    return value


def _choice(option: Option, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong_kind("text", value)
    if value not in option.choices:
        raise WrongValueError(Fault(f"it can't be {value!r}", suggest(value, option.choices)))
    return value


def _colour(option: Option, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong_kind("a colour", value)
    colour = colours.read(value) if value else ""
    if colour is None:
        raise WrongValueError(Fault(f"{value[:60]!r} is no colour", 'write it with six digits, like "#00635b"'))
    return colour


def _accent(option: Option, value: Any) -> Any:
    """Take a colour, or two: for light pages and for dark ones."""
    if isinstance(value, str):
        colour = _colour(option, value)
        return (colour,) if colour else ""
    if not isinstance(value, list | tuple):
        raise _wrong_kind("a colour, or a list of two", value)
    if len(value) != 2 or not all(value):
        raise WrongValueError(
            Fault(f"a list of {len(value)} is not what it takes", "give one colour, or two: [light, dark]")
        )
    return tuple(_colour(option, each) for each in value)


def _table(option: Option, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong_kind("a table", value)
    if option.choices:
        faults = [
            Fault(f"{name} can't be {str(each)!r}", suggest(str(each), option.choices), name)
            for name, each in value.items()
            if each not in option.choices
        ]
        if faults:
            raise WrongValueError(*faults)
    return value


TYPES: dict[str, Callable[[Option, Any], Any]] = {
    "text": _text,
    "line": _line,
    "integer": _integer,
    "flag": _flag,
    "choice": _choice,
    "colour": _colour,
    "accent": _accent,
    "file": _text,
    "table": _table,
    "": _like,
}
"""What checks a value of each type, and gives what templates see; the last is that of an option without a type."""


def _file(key: str, option: Option, value: Any, around: Around) -> Taken:
    """Read a picture of the site, which is published as an asset under the option's name."""
    if not isinstance(value, str):
        raise _wrong_kind("the name of a file", value)
    name = value
    if not name:
        return Taken("")
    ending = PurePosixPath(name).suffix.lower()
    if ending not in (SVG, PNG):
        raise WrongValueError(
            Fault(f"{name!r} is no picture of a kind that can be used", f"name a file that ends in {SVG} or {PNG}")
        )
    if "\0" in name or Path(name).is_absolute() or ".." in Path(name).parts:
        raise WrongValueError(
            Fault(f"{name!r} is not in the site's folder", "give its path from the folder of threadpress.toml")
        )
    data = _read(around.site, name, option.max or LARGEST)
    if ending == SVG:
        data = data.replace(b"\r\n", b"\n")  # so that a checkout on Windows gives the same site
    if ending == SVG and _SVG_NAMESPACE not in data:
        hint = f'its first element must be <svg xmlns="{_SVG_NAMESPACE.decode()}">'
        raise WrongValueError(Fault(f"{name} is not an SVG that browsers show", hint))
    if ending == PNG and not data.startswith(_PNG_START):
        raise WrongValueError(Fault(f"{name} is not a PNG", "save it as PNG; another ending doesn't make it one"))
    url = f"assets/{key}.{hashlib.sha256(data).hexdigest()[:8]}{ending}"
    return Taken(url, {}, Asset(key + ending, url, data))


def _read(site: Path, name: str, most: int) -> bytes:
    path = site / name
    try:
        with open_file(path) as file:
            data = file.read(most + 1)
    except FileNotFoundError:
        near = (each.name for each in path.parent.glob("*") if each.suffix.lower() in (SVG, PNG))
        folder = PurePosixPath(name).parent.as_posix()
        there = [each if folder == "." else f"{folder}/{each}" for each in near]
        hint = suggest(name, there) if there else "give its path from the folder of threadpress.toml"
        raise WrongValueError(Fault(f"there is no file {name}", hint)) from None
    except OSError as error:
        raise WrongValueError(
            Fault(f"{name} can't be read: {error.strerror or error}", "name a file that can be read")
        ) from error
    if len(data) > most:
        raise WrongValueError(Fault(f"{name} has more than {most:,} bytes", "make it smaller: every visitor loads it"))
    return data
