"""Published saves: one copy of each file that threads were read from, however many threads are in it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from generator.config import Config
from generator.pages.page import Page
from generator.site import Links

KIND = "save"


class PublishedSave(msgspec.Struct, frozen=True, gc=False):
    """A file to publish."""

    page: Page
    """Its `key` is the path of the save."""
    thread: int
    """Number of a thread that was read from it: reading that thread's group again gives the bytes."""


def published(links: Links, config: Config) -> Iterator[PublishedSave]:
    """List the saves that are published."""
    left = dict(links.saves)
    for number, facts in enumerate(links.threads):
        for save in facts.saves:
            url = left.pop(save.path, None)
            if url is not None:
                origin = f"{config.content}/{save.path}"
                fingerprint = bytes.fromhex(save.sha256[:16])  # of the bytes as published
                yield PublishedSave(Page(url, KIND, origin, fingerprint, key=save.path), number)
