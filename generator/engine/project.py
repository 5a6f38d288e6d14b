"""Project: all that a build starts from besides the content, as one value."""

from __future__ import annotations

from pathlib import Path

import msgspec

from generator.config import Config
from generator.theme.theme import Theme


class Project(msgspec.Struct, frozen=True):
    """A site to build."""

    folder: Path
    """Of the site: where content and output lie."""
    config: Config
    theme: Theme

    @property
    def output(self) -> Path:
        """Folder of the site's files."""
        return self.folder / self.config.output
