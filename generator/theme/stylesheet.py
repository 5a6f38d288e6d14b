"""Style sheets joined and made short: CSS text in, CSS text out.

Only what can't matter goes: comments, and white space beyond one character or beside braces, `;` and `,`. Strings and
`url()` stay as they are. It does not check, reorder or rewrite, and it is linear in the text, whatever that holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_COMMENT = r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
"""One that is never closed reaches to the end, as in CSS."""
_TOKEN = re.compile(
    rf"""
    "(?:[^"\\\n]|\\.)*+"?            # a string, even if it is not closed
  | '(?:[^'\\\n]|\\.)*+'?
  | url\([^)]*+\)?                   # may hold // and /* unquoted
  | (?P<gap>(?:\s|{_COMMENT})++)
    """,
    re.X | re.S | re.I,
)


def bundle(styles: Iterable[str]) -> str:
    """Join style sheets, one a line, in the order given: later rules win over earlier ones."""
    return "".join(_TOKEN.sub(_shrink, text) + "\n" for text in styles if text.strip())


def _shrink(token: re.Match[str]) -> str:
    gap = token["gap"]
    if gap is None:
        return token[0]
    start, end = token.span()
    before, after = token.string[max(start - 1, 0) : start], token.string[end : end + 1]
    if before in "{};," or after in "{}":
        return ""
    # A comment alone parts two words without being a space.
    return " " if re.sub(_COMMENT, "", gap) else "/**/"
