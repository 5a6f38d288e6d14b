"""Mistakes in templates, explained to their author: an exception in, a `Problem` with template and line out.

A template can raise nearly any exception, and it is the theme's fault. Nothing is rendered here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import jinja2
import msgspec
from jinja2.environment import TemplateModule
from jinja2.filters import FILTERS
from jinja2.tests import TESTS
from jinja2.utils import missing

from generator.errors import Problem
from generator.mending import suggest
from generator.theme.blocks import UnknownBlock
from generator.theme.environment import UnknownField
from generator.theme.layers import File
from generator.theme.views import Head, Site

_DOCS = "`threadpress help themes` lists what templates see"
_RANDOM = {"random"}
"""Filters of Jinja2 that themes don't get: the same page must have the same bytes."""


def explain(error: Exception, template: str, templates: Mapping[str, File], page: Head, site: Site) -> Problem:
    """Say what is wrong, in which line of which template, on which page, and what may have been meant.

    `template` is the one that was to be rendered; the line is the innermost one in any template of the theme.
    """
    path = templates[template].path if template in templates else template
    if isinstance(error, jinja2.TemplateSyntaxError):
        path, line = error.filename or path, error.lineno
    else:
        path, line = place_of(error, path, {file.path for file in templates.values()})
    message, hint = _say(error, templates, site)
    return Problem(path, line, f"{message} (while rendering {page.url})", hint)


def place_of(error: Exception, path: str, paths: Collection[str]) -> tuple[str, int]:
    """Find where an error happened: the innermost line in any of the templates `paths`, else `path` without a line."""
    line = 0
    step = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename in paths:
            path, line = step.tb_frame.f_code.co_filename, step.tb_lineno
        step = step.tb_next
    return path, line


def _say(error: Exception, templates: Mapping[str, File], site: Site) -> tuple[str, str]:
    """Write the message and the hint."""
    match error:
        case UnknownBlock():
            return str(error.message), suggest(error.block, error.offered)
        case jinja2.TemplateSyntaxError():
            message = error.message or "bad syntax"
            if message in (f"No filter named {name!r}." for name in _RANDOM):
                return message[:1].lower() + message[1:-1], "the same page must have the same bytes: leave chance out"
            if unknown := re.fullmatch(r"No (filter|test) named '(.*)'\.?", message):
                offered = FILTERS.keys() - _RANDOM if unknown[1] == "filter" else TESTS.keys()
                return f"there is no {unknown[1]} {unknown[2]!r}", _near(
                    unknown[2], offered, f"see Jinja2 for its {unknown[1]}s"
                )
            return message[:1].lower() + message[1:].rstrip("."), "correct the syntax (Jinja2)"
        case jinja2.TemplateNotFound():
            return f"there is no template {error.name!r}", suggest(str(error.name), templates)
        case UnknownField():
            return _unknown(error, templates, site)
        case jinja2.UndefinedError():
            return error.message or "an unknown field", _DOCS
        case RecursionError():
            return "the template never ends: it extends, includes or calls itself", "let it name another"
    return f"{type(error).__name__}: {error}", "correct the template"


def _unknown(error: UnknownField, templates: Mapping[str, File], site: Site) -> tuple[str, str]:
    """Say what does not exist, with the names that docs/themes.md uses."""
    owner, name = error.owner, error.name
    if owner is missing:
        message = error.message or ""
        if imported := re.match(r"the template '(.+?)' \(imported on .*\) does not export", message):
            text = templates[imported[1]].text if imported[1] in templates else ""
            return f"{imported[1]} has no {name!r} to import", suggest(name, _offered(text))
        if message != f"{name!r} is undefined":
            return message.rstrip("."), "correct the template"
        return f"there is no {name!r}", _near(name, ("page", "site"), "templates see page, site and what they set")
    if owner is site.assets:
        return f"there is no asset {name!r}", suggest(str(name), site.assets)
    if owner is site.options:
        return f"there is no option {name!r}", suggest(
            str(name), site.options
        ) if site.options else "theme.toml sets none"
    if isinstance(owner, TemplateModule):
        return f"{owner.__name__} has no {name!r}", suggest(str(name), _public(vars(owner)))
    if isinstance(owner, msgspec.Struct):
        fields = owner.__struct_fields__
        return f"{type(owner).__name__} has no field {name!r}", suggest(str(name), fields)
    if owner is None:
        return f"{name!r} is asked of a value that is none here", "ask before whether it is there: {% if ... %}"
    return error.message or f"there is no {name!r}", _DOCS


def _near(word: str, names: Iterable[str], otherwise: str) -> str:
    """Suggest the nearest name, if one is near; else give `otherwise`."""
    hint = suggest(word, names)
    return hint if hint.startswith("did you mean") else otherwise


def _offered(text: str) -> list[str]:
    """Give what can be imported from a template: its macros, and the variables it sets."""
    return re.findall(r"\{%[-+]?\s*(?:macro|set)\s+(\w+)", text)


def _public(names: Mapping[str, Any]) -> list[str]:
    return [name for name in names if not name.startswith("_")]
