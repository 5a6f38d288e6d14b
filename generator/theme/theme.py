"""Themes as data: templates, assets, options and a digest of all of them.

A name and the folder of a site come in; a `Theme` goes out, a frozen value that renders pages. A theme is a folder with
`theme.toml`, `templates/` and `static/`. One name can stand for two folders: a site's own `themes/NAME` wins, file by
file, over the theme of that name that comes with Threadpress. `extends` adds another theme below both. A template is
taken from the nearest folder that has it; ``{% extends "default/thread.html" %}`` takes it from a named theme, without
the site's changes to it. Links to files outside of a theme are refused; nothing is ever written.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from generator.errors import Problem, ThemeError, is_refusal
from generator.mending import suggest
from generator.theme.layers import BELOW, SETTINGS, File, Layer, read_layers
from generator.theme.options import choose, offered
from generator.theme.slow import read_slow
from generator.theme.stylesheet import bundle as one_style
from generator.theme.views import Head, Site
from generator.toml_lines import line_of

if TYPE_CHECKING:
    from generator.theme.templates import Templates

TEMPLATES = (
    "404.html",
    "about.html",
    "author.html",
    "authors.html",
    "base.html",
    "dates.html",
    "list.html",
    "moved.html",
    "robots.txt",
    "stats.html",
    "tags.html",
    "thread.html",
)
"""The templates that every theme must have, its own or those of the theme it extends."""


def _one_script(scripts: Iterable[str]) -> str:
    """Join scripts with semicolons; without one, a bracket at a script's start would call the end of the one before."""
    return "".join(f"{script}\n;\n" for script in scripts)


STYLE = "style.css"
BUNDLES: tuple[tuple[str, str, Callable[[Iterable[str]], str]], ...] = (
    ("styles", STYLE, one_style),
    ("scripts", "script.js", _one_script),
    ("early", "early.js", _one_script),
    ("moved", "moved.js", _one_script),
)
"""Key of `theme.toml`, the asset that its files are joined into, and the function that joins them."""


class Theme(msgspec.Struct, frozen=True, dict=True):
    """A theme that is ready to render. It can be sent to a worker, which then compiles the templates it uses."""

    templates: dict[str, File]
    """By the names that `extends` and `include` use: `thread.html` and `default/thread.html`."""
    assets: dict[str, tuple[str, bytes]]
    """By name: the URL of an asset, which has a hash of the bytes in it, and the bytes."""
    options: dict[str, Any]
    """What templates see of the options: the values of `[theme_options]`, else the theme's own defaults."""
    digest: str
    """Changes with every file of the theme and with what a site makes of its options, and with nothing else."""
    compiled: str = ""
    """Folder where compiled templates are kept; empty if they are not kept."""

    def render(self, template: str, page: Head, site: Site) -> bytes:
        """Render one page, as UTF-8.

        Raises `ThemeError` with template and line for anything that goes wrong in it: bad syntax, an unknown field,
        any error."""
        try:
            return self._templates.render(template, page=page, site=site)
        except Exception as error:
            # A template can raise any exception, and it is the theme's fault: templates reach no files, so that what
            # the system refuses is not asked for by them.
            if isinstance(error, MemoryError | ImportError) or (isinstance(error, OSError) and is_refusal(error)):
                raise
            from generator.theme.mistakes import explain

            raise ThemeError(explain(error, template, self.templates, page, site)) from error

    def slow_templates(self) -> tuple[Problem, ...]:
        """Give a warning for each template that had to be rendered in the slow way, in this or another process."""
        return tuple(sorted((read_slow(self.compiled) if self.compiled else self._templates.slow).values()))

    @functools.cached_property
    def _templates(self) -> Templates:
        """Make the templates. Jinja2 is imported only here, so a build that has nothing to render does without it."""
        from generator.theme.templates import Templates

        def load(name: str) -> tuple[str, str, None] | None:
            file = self.templates.get(name)
            return None if file is None else (file.text, file.path, None)

        return Templates(load, self.compiled, self.templates.keys())


def load_theme(name: str, site_root: Path | None, given: Mapping[str, Any] | None = None) -> Theme:
    """Read the theme of that name, with everything that it extends.

    `site_root` is the folder whose `themes/` hold the site's own themes, `given` what it says in `[theme_options]`.
    Templates are compiled when first used, so their mistakes show in `Theme.render`. Raises `ThemeError` for an unknown
    name (with the nearest), a theme that extends itself, an unusable file, a missing template, or a wrong option.
    """
    layers = read_layers(name, site_root)
    templates = _named(layers)
    problems = [
        Problem(
            f"themes/{name}",
            0,
            f"the theme has no templates/{wanted}",
            'add it, or set extends = "default" in theme.toml',
        )
        for wanted in TEMPLATES
        if wanted not in templates
    ]
    texts, wrong = _static(layers)
    problems += wrong
    offers, wrong = offered(layers)
    problems += wrong
    chosen, wrong = choose(offers, given or {}, site_root or Path(), texts.get(STYLE, ""))
    problems += wrong
    if problems:
        raise ThemeError(problems)
    if chosen.css:
        texts[STYLE] = texts.get(STYLE, "") + one_style([chosen.css])
    assets = {asset: _asset(asset, text.encode()) for asset, text in texts.items()}
    assets |= {asset.name: (asset.url, asset.data) for asset in chosen.assets}
    parts = [f"{key}\0{file.path}\0{file.text}".encode("utf-8", "replace") for key, file in sorted(templates.items())]
    parts += [url.encode() for _, (url, _) in sorted(assets.items())]
    parts += [data for _, (_, data) in sorted(assets.items())]
    parts += [repr(layer.settings).encode("utf-8", "replace") for layer in layers]
    parts.append(repr(chosen.values).encode("utf-8", "replace"))
    digest = hashlib.sha256(b"".join(b"%d\0%b" % (len(part), part) for part in parts)).hexdigest()
    return Theme(templates=templates, assets=assets, options=chosen.values, digest=digest)


def theme_problems(name: str, given: Mapping[str, Any], site_root: Path) -> tuple[Problem, ...]:
    """Say what is wrong with a theme and its options: what `load_theme` would raise."""
    try:
        load_theme(name, site_root, given)
    except ThemeError as error:
        return error.problems
    return ()


def option_names(name: str, site_root: Path) -> tuple[str, ...]:
    """Name the options of a theme that a site can set; none if the theme can't be read."""
    try:
        offers, _ = offered(read_layers(name, site_root))
    except ThemeError:
        return ()
    return tuple(option for option, offer in offers.items() if offer.open)


def _named(layers: list[Layer]) -> dict[str, File]:
    """Give every template its names: `x.html` is the nearest one, `NAME/x.html` is the original one of theme NAME.

    "Original" means that the folder of Threadpress wins over the site's own folder of that name, so a site's
    `themes/default/templates/thread.html` can extend the original.
    """
    nearest: dict[str, File] = {}
    original: dict[str, File] = {}
    for theme in dict.fromkeys(layer.theme for layer in reversed(layers)):
        folders = [layer for layer in layers if layer.theme == theme]
        for layer in sorted(folders, key=lambda layer: not layer.own):
            original |= layer.templates
        for layer in reversed(folders):
            nearest |= layer.templates
        nearest |= {f"{theme}/{name}": file for name, file in original.items()}
    return nearest


def _static(layers: list[Layer]) -> tuple[dict[str, str], list[Problem]]:
    """Give the texts of the assets by name, the bundles first.

    A file that only a theme below puts into a bundle is not published at all.
    """
    static: dict[str, File] = {}
    for layer in reversed(layers):
        static |= layer.static
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    bundled: set[str] = set()
    for key, bundle_name, join in BUNDLES:
        files, wrong = _listed(layers, static, key)
        problems += wrong
        if files and bundle_name in static and bundle_name not in files:
            message = f"{bundle_name} is what the files of `{key}` become"
            problems.append(Problem(static[bundle_name].path, 0, message, "rename it"))
        bundled.update(*(getattr(layer.settings, key) or () for layer in layers))
        if files and not problems:
            texts[bundle_name] = join(static[file].text for file in files)
    texts |= {name: file.text for name, file in static.items() if name not in bundled}
    return texts, problems


def _listed(layers: list[Layer], static: Mapping[str, File], key: str) -> tuple[tuple[str, ...], list[Problem]]:
    """Put together the list `styles` or `scripts`, from the theme at the bottom up."""
    files: tuple[str, ...] = ()
    problems = []
    for layer in reversed(layers):
        named: tuple[str, ...] | None = getattr(layer.settings, key)
        if named is None:
            continue
        for file in named:
            if file != BELOW and file not in static:
                place, line = f"themes/{layer.theme}/{SETTINGS}", _line_of_item(layer.toml, key, file)
                problems.append(Problem(place, line, f"{key}: there is no static/{file}", suggest(file, static)))
        listed = [(files if file == BELOW else (file,)) for file in named]
        # If a file is named twice, the last place counts, as it would for the rules in it.
        files = tuple(reversed(dict.fromkeys(reversed(list(itertools.chain.from_iterable(listed))))))
    return files, problems


def _line_of_item(toml: str, key: str, item: str) -> int:
    """Find the line of an item of a list; if the item is written in an unusual way, give the line of the list."""
    line = line_of(toml, key)
    for number, text in enumerate(toml.split("\n")[line - 1 :] if line else (), line):
        if f'"{item}"' in text or f"'{item}'" in text:
            return number
    return line


def _asset(name: str, data: bytes) -> tuple[str, bytes]:
    stem, _, ending = name.rpartition(".")
    return f"assets/{stem}.{hashlib.sha256(data).hexdigest()[:8]}.{ending}", data
