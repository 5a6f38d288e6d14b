"""`threadpress.toml` as a value: every key with its default and what it does.

`load` reads the file, which need not exist. It reports everything that is wrong at once: each key with its line and, if
the key is unknown, the most similar one. `with_flags` puts the values of command-line flags in place of the settings.
"""

from __future__ import annotations

import datetime
import functools
import os
import re
import zoneinfo
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec

from generator.errors import ConfigError, Problem, first_few, unreadable
from generator.files import read_text_file
from generator.mending import ENTRY, mend_entry, mend_value, suggest
from generator.sources import wrong_sources
from generator.toml import read_toml
from generator.toml_lines import line_of, line_of_entry

FILE_NAME = "threadpress.toml"
_RESERVED = {".git": "git", ".threadpress": "builds", ".threadpress-tmp": "builds"}  # content and output lie elsewhere

Words = Annotated[str, msgspec.Meta(pattern=r"\S")]
"""Text that is not blank."""
Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
SiteUrl = Annotated[str, msgspec.Meta(pattern=r"^(https?://[^\s/?#]+(/[^\s?#]*)?)?\Z")]
Folder = Annotated[str, msgspec.Meta(pattern=r"^[^\x00]+\Z")]


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of a site (SPEC section 6), checked."""

    title: Words = "Threads"
    """Name of the archive, on every page."""
    description: str = ""
    """One or two sentences for the about page, the index and search engines."""
    language: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")] = "en"
    """Language of the archive as a BCP 47 tag, for `<html lang>`."""
    site_url: SiteUrl = ""
    """Where the site will be, e.g. `https://example.org/repo/`. Without it canonical links are left out."""
    timezone: str = "UTC"
    """Zone of times that saves give without one, e.g. `America/New_York`. Threads are sorted by it."""
    theme: Folder = "default"
    """Name of a theme: a folder of the site's `themes/`, or one that comes with Threadpress."""
    theme_options: dict[str, Any] = {}
    """Options of the theme, instead of its own defaults."""
    content: Folder = "content"
    """Folder of the saves, relative to the configuration file."""
    output: Folder = "output"
    """Folder the site is written to, relative to the configuration file."""
    threads_per_page: Count = 100
    """Threads on a page of a list: index, month, tag."""
    posts_per_page: Count = 1000
    """Posts on a page of a thread."""
    list_posts_per_page: Count = 200
    """Posts on a page of an author."""
    publish_saves: bool | Literal["all"] = True
    """Whether text and Markdown saves are published under `saves/`; `"all"`: all kinds, with what else they hold."""
    publish_data: bool = True
    """Whether each thread is also published as JSON."""
    search: bool = True
    """For a later version: whether the site has a search page."""
    publish_database: bool = False
    """For a later version: whether the archive is also published as one database file."""
    wayback: bool = False
    """Whether links carry a link to the web archive's snapshot nearest the story's date."""
    noindex: bool = False
    """Whether search engines are asked to stay away."""
    author_feeds: bool = False
    """For a later version: whether each author has a feed."""
    redact: tuple[str, ...] = ()
    """What to remove: authors (`slashdot/196126`), posts (`slashdot/0179799118#ID`), or `sha256:` and a hash of one."""
    tags: dict[Words, tuple[Words, ...]] = {}
    """Tag = words: a thread gets the tag if its title or department has one of the words, whole and in any case."""
    sources: dict[str, str] = {}
    """Folder in the content folder = name of the source of those saves in it that don't say theirs."""


_PLACEHOLDER = re.compile(r"\b(?:NAME|REPOSITORY)\b")
"""In the address of the examples: what users put their own names in place of."""
LATER = {"search": True, "publish_database": True, "author_feeds": True}
"""Values that ask for something this version does not make yet; they are accepted, with a warning."""


CheckTheme = Callable[[str, dict[str, Any], Path], Iterable[Problem]]
"""Finds what is wrong with a theme and its options: the theme's name, the options and the folder of the site go in."""
NameOptions = Callable[[str, Path], Collection[str]]
"""Names the options that a site can set: the theme's name and the folder of the site go in."""


def load(
    site: Path, check_theme: CheckTheme = lambda *_: (), name_options: NameOptions = lambda *_: ()
) -> tuple[Config, tuple[Problem, ...]]:
    """Read the configuration of the site in folder `site`; without a file, the defaults.

    Returns it with its warnings. Raises `ConfigError` with all problems. The build checks the options of the theme; if
    it will not come to that, `check_theme` does so here, since one run is to tell all that is wrong. `name_options`
    tells whether an unknown key is an option of the theme.
    """
    return parse(text_of(site), site, check_theme, name_options)


def text_of(site: Path) -> str:
    """Read the text of the configuration file of the site in folder `site`; "" without one."""
    try:
        return read_text_file(site / FILE_NAME, "utf-8-sig")
    except FileNotFoundError as error:
        if not os.path.islink(site / FILE_NAME):  # noqa: PTH114
            return ""
        # Without what it leads to, names would be published that the settings remove.
        raise ConfigError(unreadable(FILE_NAME, error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(Problem(FILE_NAME, 0, "it is not UTF-8 text", "save it as UTF-8")) from error


def parse(
    text: str,
    site: Path = Path(),
    check_theme: CheckTheme = lambda *_: (),
    name_options: NameOptions = lambda *_: (),
) -> tuple[Config, tuple[Problem, ...]]:
    """Make a `Config` of TOML text; see `load`."""
    table = read_toml(text, FILE_NAME)
    if isinstance(table, Problem):
        raise ConfigError(table)
    default = Config()

    def mend(key: str) -> str:
        better = mend_value(key, table[key], getattr(default, key))
        return better or f"`threadpress help configuration` says what {key} can be"

    unknown = table.keys() - {field.name for field in msgspec.structs.fields(Config)}
    theme = table["theme"] if isinstance(table.get("theme"), str) else default.theme
    misplaced = unknown.intersection(name_options(theme, site)) if unknown else ()
    settings = {key: value for key, value in table.items() if key not in misplaced}
    values, problems = take(settings, FILE_NAME, Config, functools.partial(line_of, text), mend)
    for key in misplaced:
        hint = "it is an option of the theme: move it below a line [theme_options]"
        problems.append(Problem(FILE_NAME, line_of(text, key), f"unknown key {key!r}", hint))
    problems += _meaning(values, text, site)
    if any(problem.severity == "error" for problem in problems):
        theme, options = values.get("theme", default.theme), values.get("theme_options", {})
        raise ConfigError((*problems, *check_theme(theme, options, site)))
    if "site_url" in values:
        values["site_url"] = _with_slash(values["site_url"])
    return Config(**values), tuple(problems)


def _meaning(values: dict[str, Any], text: str, site: Path) -> Iterable[Problem]:
    """Check what types can't say about the values."""
    if "timezone" in values:
        try:
            zoneinfo.ZoneInfo(values["timezone"])
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            yield Problem(
                FILE_NAME,
                line_of(text, "timezone"),
                f"timezone: {values['timezone']!r} is no known zone",
                'name it as in the IANA list, e.g. "America/New_York", or install the Python package tzdata',
            )
    if wrong := _wrong_address(values.get("site_url", "")):
        hint = "write it like https://example.org/repo/"
        yield Problem(FILE_NAME, line_of(text, "site_url"), f"site_url: {wrong}", hint)
    elif _PLACEHOLDER.search(values.get("site_url", "")):
        message = "site_url: NAME and REPOSITORY stand for what yours are called"
        yield Problem(FILE_NAME, line_of(text, "site_url"), message, "put your own names there", "warning")
    wrong_entries = [entry for entry in values.get("redact", ()) if not ENTRY.fullmatch(entry)]
    yield from first_few(
        wrong_entries,
        lambda entry: Problem(
            FILE_NAME,
            line_of_entry(text, "redact", entry),
            f"redact: {entry!r} names neither author nor post",
            mend_entry(entry),
        ),
    )
    yield from wrong_sources(values.get("sources", {}), text, FILE_NAME, site / values.get("content", "content"))
    # Compare real paths, since `..` and symbolic links can also lead from one into the other.
    content, output = (Path(os.path.realpath(site / values.get(key, key))) for key in ("content", "output"))
    if content == output or content in output.parents or output in content.parents:
        line = line_of(text, "output") or line_of(text, "content")
        yield Problem(FILE_NAME, line, "content and output lie in each other", "name two separate folders")
    for key, folder in (("content", content), ("output", output)):
        if name := _reserved(folder, Path(os.path.realpath(site))):
            message = f"{key} can't be in {name}: that folder belongs to {_RESERVED[name]}"
            yield Problem(FILE_NAME, line_of(text, key), message, "name another folder")
    for key, asked in LATER.items():
        if values.get(key) == asked:
            yield Problem(
                FILE_NAME, line_of(text, key), f"{key} is not made by this version", "leave it out", "warning"
            )


def _reserved(folder: Path, site: Path) -> str:
    """Give the part of a folder's path, from where it leaves that of the site, that nobody may name; else ""."""
    inside = {folder, *folder.parents} - {site, *site.parents}
    return min((name for each in inside if (name := each.name.lower()) in _RESERVED), default="")


def with_flags(config: Config, *, site_url: str | None) -> Config:
    """Put the values of command-line flags in place of the settings; a flag that was not given is None."""
    if site_url is None:
        return config
    try:
        url = msgspec.convert(site_url, SiteUrl)
        wrong = _wrong_address(url)
    except msgspec.ValidationError:
        wrong = f"{site_url!r} is no http(s) address"
    if wrong:
        raise ConfigError(Problem("--site-url", 0, wrong, "write it like https://example.org/repo/"))
    return msgspec.structs.replace(config, site_url=_with_slash(url))


def _wrong_address(url: str) -> str:
    """Say what is wrong with an address that has the right form; empty if nothing is."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"it can't be read ({error})"
    if parts.username is not None:
        return "it has the name of a user in it, which would be published"
    return "no site can be at port 0" if port == 0 else ""


def _with_slash(url: str) -> str:
    return url.rstrip("/") + "/" if url else ""


def zone(config: Config) -> datetime.tzinfo:
    """Give the zone of times that name none."""
    return datetime.UTC if config.timezone == "UTC" else zoneinfo.ZoneInfo(config.timezone)


def take(
    table: dict[str, Any],
    path: str,
    kind: type[msgspec.Struct],
    place: Callable[[str], int],
    mend: Callable[[str], str],
) -> tuple[dict[str, Any], list[Problem]]:
    """Convert the values of a table to the types of a struct's fields.

    Keys that the struct does not have, and values that can't be converted, are left out, with a problem for each.
    `place` gives the line of a key, and `mend` says what to do about a wrong value of a key.
    """
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    unknown: list[str] = []
    for key, value in table.items():
        if key not in fields:
            unknown.append(key)
            continue
        try:
            values[key] = msgspec.convert(value, fields[key])
        except msgspec.ValidationError as error:
            problems.append(Problem(path, place(key), plainly(key, value, error), mend(key)))

    def tell(key: str) -> Problem:
        return Problem(path, place(key), f"unknown key {key!r}", suggest(key, fields))

    return values, sorted([*problems, *first_few(unknown, tell)])


def find_entries(site: Path, key: str, entries: Iterable[str]) -> list[int]:
    """Find the 1-based line of `threadpress.toml` where a list has each of some entries; 0 if that is unclear.

    Problems that only a build can find are told with the line that the file has now.
    """
    try:
        text = text_of(site)
    except (OSError, ConfigError):
        text = ""
    return [line_of_entry(text, key, entry) for entry in entries]


def plainly(key: str, value: object, error: msgspec.ValidationError) -> str:
    """Put msgspec's message about a key's value into the words of a TOML file, which has neither patterns nor null."""
    text, _, _ = str(error).partition(" - at ")
    if " matching regex " in text:
        return f"{key} can't be {ascii(value)[:60]}"
    text = text.replace(" | null`", "`")
    for type_name, word in (
        ("`str`", "text"),
        ("`int`", "a whole number"),
        ("`bool`", "true or false"),
        ("`array`", "a list"),
        ("`object`", "a table"),
        ("`float`", "a number"),
    ):
        text = text.replace(type_name, word)
    return f"{key}: {text[:1].lower()}{text[1:]}"
