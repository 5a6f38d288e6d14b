"""Options: what the `theme.toml` files of a theme declare, and what a site's `[theme_options]` make of it.

Layers of a theme and the values that a site gives come in. Out come the values that templates see, the style rules and
the assets that follow from them, and a `Problem` for everything that is wrong.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from generator import config
from generator.errors import Problem
from generator.theme.accent import NAMES
from generator.theme.layers import SETTINGS, Layer
from generator.theme.values import TYPES, Around, Asset, Fault, Option, Taken, WrongValueError, take
from generator.toml import line_in, line_of

TABLE = "theme_options"


class Offer(NamedTuple):
    """An option that a theme has."""

    option: Option
    default: Any
    """That of the option, or what a theme above the one that declares it says instead; None: not set."""
    place: str
    line: int
    """Where the default is said."""
    open: bool = True
    """Whether sites can set it."""


class Chosen(NamedTuple):
    """What a site's `[theme_options]` make of a theme."""

    values: dict[str, Any]
    """What templates see, by the name of the option."""
    css: str
    assets: tuple[Asset, ...]


def offered(layers: Sequence[Layer]) -> tuple[dict[str, Offer], list[Problem]]:
    """Collect the options of a theme from its layers, nearest first.

    A theme has the options of the one that it extends. It can declare them anew, give them other defaults, or not let
    sites set them (`without`): then templates still see the default.
    """
    offers: dict[str, Offer] = {}
    problems: list[Problem] = []
    for layer in reversed(layers):
        place = f"themes/{layer.theme}/{SETTINGS}"
        for name, value in layer.settings.options.items():
            line = line_in(layer.toml, "options", name)
            try:
                option, default = _declared(value, offers.get(name))
            except WrongValueError as wrong:
                problems += [
                    Problem(place, line, f"options: {name}: {fault.message}", fault.hint) for fault in wrong.faults
                ]
            else:
                offers[name] = Offer(option, default, place, line)
        for name in layer.settings.without:
            if name in offers:
                offers[name] = offers[name]._replace(open=False)
            else:
                line = line_of(layer.toml, "without")
                problems.append(Problem(place, line, f"without: there is no option {name!r}", _near(name, offers)))
    return offers, problems


def choose(
    offers: Mapping[str, Offer], given: Mapping[str, Any], site: Path, style: str
) -> tuple[Chosen, list[Problem]]:
    """Check what the site in folder `site` gives to options; `style` is the style sheet of the theme."""
    around = Around(site, style)
    taken: dict[str, Taken] = {}
    problems: list[Problem] = []
    faults: list[tuple[str, Fault]] = []
    for name, offer in offers.items():
        try:
            taken[name] = Taken("") if offer.default is None else take(name, offer.option, offer.default, around)
        except WrongValueError as wrong:
            place, line = offer.place, offer.line
            problems += [
                Problem(place, line, f"options: {name}: {fault.message}", fault.hint) for fault in wrong.faults
            ]
    allowed = [name for name, offer in offers.items() if offer.open]
    for name, value in given.items():
        if name not in allowed:
            faults.append((name, Fault(f"unknown key {name!r} in [{TABLE}]", _unknown(name, allowed))))
            continue
        try:
            taken[name] = take(name, offers[name].option, value, around)
        except WrongValueError as wrong:
            faults += [(name, fault._replace(message=f"{name}: {fault.message}")) for fault in wrong.faults]
    if faults:
        text = config.text_of(site)
        for name, fault in faults:
            line = line_in(text, TABLE, *filter(None, (name, fault.entry)))
            problems.append(Problem(config.FILE_NAME, line, fault.message, fault.hint))
    values = {name: each.value for name, each in taken.items()}
    assets = tuple(each.asset for each in taken.values() if each.asset)
    return Chosen(values, "\n".join(_rules(offers, taken)), assets), problems


def _rules(offers: Mapping[str, Offer], taken: Mapping[str, Taken]) -> Iterator[str]:
    """Yield the style rules of options that are not as the theme's own style sheet has them."""
    for name, each in taken.items():
        option = offers[name].option
        if option.css and each.value not in ("", option.default):
            yield string.Template(option.css).substitute(each.names)


def _declared(value: Any, below: Offer | None) -> tuple[Option, Any]:
    """Read one entry of `[options]` as an option and its default: a table with the key `type` declares an option.

    Anything else is a default: of the option of that name `below`, else of a new one that takes values of its kind.
    """
    if not (isinstance(value, dict) and "type" in value):
        return below.option if below else Option("", value), value
    values, problems = config.take(
        value, "", SETTINGS, Option, lambda _: "`threadpress help themes` says what an option takes"
    )
    if problems:
        raise WrongValueError(*(Fault(problem.message, problem.hint) for problem in problems))
    option = Option(**values)
    if option.type not in TYPES:
        raise WrongValueError(
            Fault(f"there is no type {option.type!r}", config.nearest(option.type, filter(None, TYPES)))
        )
    if option.type == "choice" and not option.choices:
        raise WrongValueError(Fault("a choice needs choices", 'list them: choices = ["one", "other"]'))
    if option.type == "file" and option.default:
        raise WrongValueError(Fault("a file has no default", "leave it out: what is not the site's is in static/"))
    _check_css(option)
    return option, option.default


def _check_css(option: Option) -> None:
    """Find what stands for nothing in the `css` of an option."""
    names: tuple[str, ...] = ()
    if option.type == "accent":
        names = NAMES
    elif option.type in ("integer", "choice", "colour"):
        names = ("value",)
    wanted = string.Template(option.css)
    strange = set(wanted.get_identifiers()).difference(names)
    if strange or not wanted.is_valid():
        what = f"${min(strange)} stands for nothing" if strange else "a $ stands for nothing"
        hint = f"possible are {', '.join(f'${name}' for name in names)}" if names else "write rules without $"
        raise WrongValueError(Fault(f"css: {what}", hint))


def _unknown(name: str, names: Iterable[str]) -> str:
    """Say what to do about a key that the theme doesn't have."""
    if name in {field.name for field in msgspec.structs.fields(config.Config)}:
        return f"it is no option of the theme: move it above the line [{TABLE}]"
    return _near(name, names)


def _near(name: str, names: Iterable[str]) -> str:
    listed = list(names)
    return config.nearest(name, listed) if listed else "this theme has no options"
