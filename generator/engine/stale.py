"""Stale: why a page must be rendered. This is the whole policy; `build --explain` prints its reasons.

A page is as it should be if its fingerprint is the recorded one and its file has the bytes that were written then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from generator.output import FINGERPRINT, SHA256, Output
from generator.pages import Page

Reason = Literal[
    "it is new",
    "the store does not know it",
    "settings, theme or program changed",
    "what it shows changed",
    "its file is missing",
    "its file is not what was written",
]


def reason(fingerprint: bytes, record: bytes | None, present: bytes | None, *, same_site: bool) -> Reason | None:
    """Say why a page must be rendered, or None if its file can stay.

    `fingerprint` is the page's, `record` what the last build recorded of it, and `present` the hash of the file in its
    place, if that is ours; `same_site`: settings, theme and program are those of the record.
    """
    if record is None:
        return "it is new" if present is None else "the store does not know it"
    if not same_site:
        return "settings, theme or program changed"
    if record[FINGERPRINT] != fingerprint:
        return "what it shows changed"
    if present is None:
        return "its file is missing"
    if present != record[SHA256]:
        return "its file is not what was written"
    return None


class Stale:
    """Tells stale pages from others, by what lies in the output."""

    def __init__(self, output: Output, *, same_site: bool) -> None:
        self.output = output
        self.same_site = same_site

    @property
    def undisturbed(self) -> bool:
        """Whether every page that nothing touched can stay."""
        return self.same_site and self.output.survey.whole

    def reasons(self, pages: Iterable[Page]) -> Iterator[tuple[Page, Reason]]:
        """Yield the pages that must be rendered, each with the reason."""
        records, present = self.output.records, self.output.survey.hash_of
        recorded = records.fingerprint if self.undisturbed else lambda _: b""
        for page in pages:
            if recorded(page.url) == page.fingerprint:
                continue  # as `reason` would say
            why = reason(page.fingerprint, records.get(page.url), present(page.url), same_site=self.same_site)
            if why:
                yield page, why

    def can_stay(self, url: str) -> bool:
        """Say whether a page that nothing touched can stay as it is."""
        record = self.output.records.get(url)
        return self.same_site and record is not None and self.output.survey.hash_of(url) == record[SHA256]
