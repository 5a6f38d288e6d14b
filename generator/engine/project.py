"""Project: all that a build starts from besides the content, as one value."""

from __future__ import annotations

from pathlib import Path

import msgspec

from generator.config import Config
from generator.theme import Theme
from generator.threads import Folder


class Project(msgspec.Struct, frozen=True):
    """A site to build."""

    folder: Path
    """Of the site: the content and the output are in it."""
    config: Config
    theme: Theme

    @property
    def content(self) -> Path:
        """Folder of the saves."""
        return self.folder / self.config.content

    @property
    def saves(self) -> Folder:
        """That folder, with what the settings say of the saves in it."""
        return Folder.of(self.config, self.folder)

    @property
    def output(self) -> Path:
        """Folder of the site's files."""
        return self.folder / self.config.output
