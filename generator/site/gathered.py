"""Gathered: the summaries of all keys of one kind of row, compared with the last build."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

Sum = TypeVar("Sum")


class Gathered(msgspec.Struct, Generic[Sum], frozen=True):
    """The summary of each key's rows."""

    kept: Sequence[Sum] = ()
    """Summaries of keys that no change touched, as the last build left them."""
    fresh: Sequence[Sum] = ()
    """New summaries of touched keys."""
    last: Sequence[Sum] = ()
    """Summaries of touched keys and of keys that are gone, as the last build left them."""
