"""Fenced code to HTML: coloured by Pygments where that is safe and cheap, plain otherwise.

The text and the name of its language come in; `span` elements go out, with classes that
`themes/default/static/code.css` colours. This module guesses no language and changes no character of the code.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby

from pygments.lexers import LEXERS, find_lexer_class
from pygments.token import STANDARD_TYPES, _TokenType

from generator.markup.text import escape

MAX_CODE = 8_000
"""Characters of code in one body that are coloured; a block that would exceed this is shown plain.

Pygments' lexers are quadratic on hostile text, and some are worse (8,000 spaces and line feeds as C: 0.7 s), so their
work must be limited.
"""

_RUN = re.compile(r"(.{1,4}?)\1{99}|\s{200}", re.DOTALL)
"""A short text repeated many times, or very much white space: the worst lexers take minutes for it. Shown plain too."""

_SLOW = frozenset({"reg", "X++"})
"""Lexers that are not used, since they take minutes for 8,000 characters of words or brackets."""

_NAMES = {alias: name for _, name, aliases, _, _ in LEXERS.values() for alias in aliases if name not in _SLOW}
"""Pygments' own table. Its look-up by alias also searches for plugins: it is slow, and output would depend on them."""


def code_html(code: str, language: str, budget: int) -> tuple[str, int]:
    """Turn a block of code into HTML, and give what remains of the body's `budget` of characters to colour."""
    name = _NAMES.get(language.lower())
    if name is None or len(code) > budget or _RUN.search(code):
        return _block(escape(code)), budget
    return _block(_coloured(code, name) or escape(code)), budget - len(code)


def _block(html: str) -> str:
    return f'<div class="highlight"><pre><code>{html}</code></pre></div>'


def _coloured(code: str, name: str) -> str:
    """Colour code, or give "" if the lexer fails or loses a character.

    There are hundreds of lexers by as many authors, and they are run on anything that anybody ever posted. A fault in
    one may cost the colours, but not the build and not a character.
    """
    try:
        lexer = find_lexer_class(name)  # a fresh one each time: some keep state, and output must not depend on history
        tokens = [] if lexer is None else list(lexer(stripnl=False).get_tokens(code))
    except Exception:
        return ""
    if "".join(text for _, text in tokens) != code:
        return ""
    parts = []
    for css, run in groupby(tokens, key=lambda token: _css_class(token[0])):
        html = escape("".join(text for _, text in run))
        parts.append(f'<span class="{css}">{html}</span>' if css else html)
    return "".join(parts)


@lru_cache(maxsize=1024)
def _css_class(token: _TokenType) -> str:
    """Give the class of the nearest kind of token that has one; white space and plain text have none."""
    kind: _TokenType | None = token
    while kind is not None and kind not in STANDARD_TYPES:
        kind = kind.parent
    css = "" if kind is None else STANDARD_TYPES[kind]
    return "" if css == "w" else css
