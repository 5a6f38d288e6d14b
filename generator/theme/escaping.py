"""Escape what a template outputs: any value in, text that is safe in HTML out."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from generator.markup import visible


def escape_fast(value: Any) -> str:
    """Escape as `markupsafe.escape` does, and show characters that mislead or that HTML forbids (`markup.visible`).

    The result is for output only. It is a plain `str`, since making a `Markup` of each text costs more than everything
    else here: a build would take a third longer.
    """
    kind = value.__class__
    if kind is str:
        if value.isalnum():
            return value  # type: ignore[no-any-return]
        if not value.isprintable():
            value = visible(value)
        if "&" in value:  # searching for a character is cheaper than replacing one that is not there
            value = value.replace("&", "&amp;")
        if "'" in value:
            value = value.replace("'", "&#39;")
        if '"' in value:
            value = value.replace('"', "&#34;")
        if "<" in value:
            value = value.replace("<", "&lt;")
        if ">" in value:
            value = value.replace(">", "&gt;")
        return value  # type: ignore[no-any-return]
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    if hasattr(value, "__html__"):
        return escape(value)
    return escape_fast(str(value))
