"""Fenced code to HTML: coloured by Pygments with classes where that is safe and cheap, plain otherwise.

In come the text and the name of its language, out go `span` elements of classes that `themes/default/static/code.css`
colours. It will not guess a language, and it changes no character of the code.
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

Pygments' lexers are quadratic on hostile text, some worse (8,000 spaces and line feeds as C: 0.7 s), so their work
must have a bound.
"""

_RUN = re.compile(r"(.{1,4}?)\1{99}|\s{200}", re.DOTALL)
"""A short unit over and over, or a desert of white space: what takes the worst lexers minutes. Shown plain as well."""

_SLOW = frozenset({"reg", "X++"})
"""Lexers that take minutes for 8,000 characters of words or brackets: not used."""

_NAMES = {alias: name for _, name, aliases, _, _ in LEXERS.values() for alias in aliases if name not in _SLOW}
"""Pygments' own table. Its look-up by alias would also search for plugins: slow, and another output elsewhere."""


def code_html(code: str, language: str, budget: int) -> tuple[str, int]:
    """Turn a block of code into HTML, and give what remains of the body's `budget` of characters to colour."""
    name = _NAMES.get(language.lower())
    if name is None or len(code) > budget or _RUN.search(code):
        return _block(escape(code)), budget
    return _block(_coloured(code, name) or escape(code)), budget - len(code)


def _block(html: str) -> str:
    return f'<div class="highlight"><pre><code>{html}</code></pre></div>'


def _coloured(code: str, name: str) -> str:
    """Colour code, or give "" where the lexer fails or does not give back every character.

    Hundreds of lexers by as many hands, run on anything that anybody ever posted: a fault in one must cost the
    colours, not the build, and never a character.
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
