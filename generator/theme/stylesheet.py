"""Join and minify style sheets: CSS text in, CSS text out.

Comments are removed, and runs of white space become one space, or nothing beside braces, `;` and `,`. Strings and
`url()` stay as they are. Nothing is checked, reordered or rewritten. It takes linear time, whatever the text holds.

`rcssmin` (1.3.0) would save 50 bytes after gzip, but it does not support nesting: in a rule or in `@layer` it turns
`li :hover` into `li:hover`. It also turns `url('a b')` into `url('ab')`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_COMMENT = r"/\*(?:[^*]|\*(?!/))*+(?:\*/)?"
"""An unclosed comment goes on to the end, as in CSS."""
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
    """Join style sheets in the order given, since later rules win. Each one ends in a line end."""
    return "".join(_TOKEN.sub(_shrink, text) + "\n" for text in styles if text.strip())


def _shrink(token: re.Match[str]) -> str:
    gap = token["gap"]
    if gap is None:
        return token[0]
    start, end = token.span()
    previous, following = token.string[max(start - 1, 0) : start], token.string[end : end + 1]
    if previous in "{};," or following in "{}":
        return ""
    # A comment without spaces separates two words too, but is not a space: `a/**/.b` is not `a .b`.
    return " " if re.sub(_COMMENT, "", gap) else "/**/"
