"""Which site is a command about? What `-C` named comes in, if anything; the way to the site's folder goes out.

A folder is a site if it holds the settings or a folder of saves. Nothing is made here, and no settings are read.
`in_site` is the option that every command about a site has.
"""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import click

from generator.config import FILE_NAME, Config
from generator.errors import ConfigError, Problem

CONTENT = Config().content
"""The folder of saves of a site without settings."""


def find_site(named: Path | None, *, needed: bool = True) -> Path:
    """Give the way to the site from the present folder.

    Without a name it is the present folder, else the nearest one above with settings. If there is no site, raises
    `ConfigError`; unless `needed`, the folder is then given all the same, for commands that can do without a site.
    """
    folder = Path() if named is None else named
    if _is_site(folder):
        return folder
    if named is None and (above := _nearest_above()) is not None:
        return above
    if not needed:
        return folder
    raise ConfigError(
        Problem(
            folder.as_posix(),
            0,
            f"this is no site: there is neither {FILE_NAME} nor {CONTENT}/ in it",
            "go to your site, or name its folder with -C DIR, or make a new one with `threadpress new DIR`",
        )
    )


def _is_site(folder: Path) -> bool:
    # os.path answers False where the methods of Path raise, e.g. for a folder that may not be entered. Of a content
    # folder that can't be used, such as a link to a disk that is not mounted, the command itself says what is wrong.
    return os.path.lexists(folder / FILE_NAME) or os.path.lexists(folder / CONTENT)


def _nearest_above() -> Path | None:
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it was removed while the user was in it
        return None
    for steps, folder in enumerate(here.parents, 1):
        if os.path.lexists(folder / FILE_NAME):
            return Path(*[os.pardir] * steps)
    return None


class Call:
    """What is learned while a command runs, and needed when it has failed."""

    command: str | None = None
    """The command's name; None until it is read."""
    site: Path | None = None
    """The way to the site from the present folder; None until it is found."""


NAMED = "named"
"""The parameter of the whole program that holds the folder of a `-C` before the command's name."""


class _Folder(click.Path):
    """The name of a folder. An empty one, as from a variable that is not set, does not mean the present folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("a folder's name can't be empty", param, ctx)
        return super().convert(value, param, ctx)


DIR = _Folder(path_type=Path)
_WITHOUT_SITE = frozenset({"inspect"})
"""Commands that can do without a site: a save can be looked at anywhere."""


def named_folder(context: click.Context, option: click.Parameter, named: Path | None) -> Path | None:
    """Give the folder of a `-C`: of the one after the command's name, else of the one before."""
    return context.parent.params.get(NAMED) if named is None and context.parent else named


def _callback(context: click.Context, option: click.Parameter, named: Path | None) -> Path:
    """Find the site for a command, and make a note of it for messages."""
    named = named_folder(context, option, named)
    if named is not None and not os.path.isdir(named):  # noqa: PTH112
        hint = f"name the folder of a site, or make a new one with `threadpress new {shlex.quote(str(named))}`"
        if os.path.lexists(named):
            hint = "name the folder of a site; `threadpress new DIR` makes a new one"
        raise click.BadParameter(f"there is no folder {str(named)!r}; {hint}", context, option)
    site = find_site(named, needed=context.command.name not in _WITHOUT_SITE)
    call = context.find_object(Call)
    if call:
        call.site = site
    return site


in_site = click.option("-C", "site", metavar="DIR", type=DIR, callback=_callback, help="The site's folder.")
"""For every command about a site: its function gets the way to the folder as `site`."""
