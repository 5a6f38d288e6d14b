"""Names of elements and classes in saved HTML, by what they mean. A list, and nothing that does anything."""

from __future__ import annotations

INLINE = {
    "i": "em", "cite": "em", "dfn": "em", "var": "em", "em": "em", "b": "strong", "strong": "strong",
    "tt": "code", "code": "code", "samp": "code", "kbd": "kbd", "q": "q", "sub": "sub", "sup": "sup",
    "s": "del", "strike": "del", "del": "del", "ins": "ins", "abbr": "abbr", "acronym": "abbr",
}  # fmt: skip
"""Elements in a line of text, and what they become. Links are not in the table."""
BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "html",
    "legend", "li", "main", "menu", "nav", "ol", "p", "search", "section", "summary", "table", "tbody", "tfoot",
    "thead", "td", "th", "tr", "ul",
})  # fmt: skip
ROWS = frozenset({"tr", "td", "th"})
"""Blocks that don't end a paragraph."""
TERMS = frozenset({"dt", "dd"})
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = {"ul": "ul", "ol": "ol", "menu": "ul", "dir": "ul"}
CODE = frozenset({"pre", "xmp", "listing", "plaintext"})
DROPPED = frozenset({"script", "style", "svg", "math", "template", "head", "select", "button", "datalist", "canvas"})
"""Elements that go with their content."""
EMBEDDED = frozenset({"video", "audio", "object"})
HIDDEN = frozenset({"footnote-backref", "quote-controls", "avatar", "site-icon", "sf-hidden"})
"""Classes of what a site put there for its own sake."""
EMOJI = frozenset({"emoji", "emoticon", "smiley", "wp-smiley", "smile"})
SPOILERS = frozenset({"spoiler", "spoiled"})
