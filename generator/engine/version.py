"""What a page depends on besides content and plan, as digests: program, libraries, settings, theme."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import msgspec

from generator.config import Config
from generator.theme import Theme

LIBRARIES = ("jinja2", "markdown_it_py", "markupsafe", "mdurl", "msgspec", "nh3", "pygments")
"""Distributions whose version can change a page, as their folders spell them."""


def digests(config: Config, theme: Theme) -> tuple[str, str]:
    """Give the digest of what reading saves depends on besides the saves, and that of what every page depends on."""
    reading = reading_digest(config)
    settings = msgspec.json.encode(config, order="deterministic").decode()
    return reading, _digest(reading, settings, theme.digest)


def reading_digest(config: Config) -> str:
    """Give the digest of what reading saves depends on besides the saves."""
    return _digest(_program(), repr((config.content, config.redact, config.timezone, config.posts_per_page)))


def _program() -> str:
    """Digest of our own modules, Python's version, and those of the libraries.

    Versions are read off the names of folders: asking `importlib.metadata` costs more than all else here.
    """
    parts = [sys.version.split()[0]]
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        parts += (path.relative_to(package).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
    names = (path.name for path in Path(msgspec.__file__).parent.parent.glob("*.dist-info"))
    parts += sorted(name for name in names if name.lower().partition("-")[0] in LIBRARIES)
    return _digest(*parts)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
