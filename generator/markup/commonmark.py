"""Markdown bodies to HTML: CommonMark without raw HTML and without images (SPEC section 2.2).

The body comes in as saved and goes out as HTML. markdown-it-py parses it, but its renderer is not used: every element
and attribute that can come out is in this file, or in `links`, `quotes` and `code`, whatever the parser makes. Images
and bare URLs become links, headings become bold paragraphs, and addresses that are not allowed stay text. There are no
ids, tables or footnotes. Only sites with Markdown saves import this module: markdown-it-py and Pygments are slow to
start.
"""

from __future__ import annotations

from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.parser_block import RuleFuncBlockType
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.token import Token

from generator.markup.code import MAX_CODE, code_html
from generator.markup.links import close_link, is_safe, link_urls, open_link
from generator.markup.quotes import Cite, cite_link
from generator.markup.text import escape, visible

MAX_BLOCKS = 16
"""Levels of nested quotes (one each) and lists (two each); deeper signs stay in the text.

markdown-it-py's own limit drops the text instead.
"""

MAX_EMPHASIS = 8
"""Levels of nested emphasis; deeper ones show their text without it."""

_ELEMENTS = {
    "paragraph": "p",
    "blockquote": "blockquote",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
}
_EMPHASIS = ("em", "strong")
_INTERRUPTED = ["paragraph", "reference", "blockquote"]


def markdown_html(body: str, dated: str | None, cite: Cite | None = None) -> str:
    """Turn a Markdown body into HTML; `cite` is asked where quotes are from."""
    parts: list[str] = []
    held = ""
    budget = MAX_CODE
    for token in _PARSER.parse(body):
        kind, _, end = token.type.rpartition("_")
        if cite and not token.level and token.nesting >= 0:
            link = cite_link(cite, _quoted(body, token)) if token.type == "blockquote_open" else ""
            if held != link:  # after the last of several quotes from one source
                parts.append(held)
            held = link
        if token.type == "inline":
            parts.append(_inline_html(token.children or [], dated))
        elif kind == "heading":
            parts.append('<p class="heading"><strong>' if end == "open" else "</strong></p>\n")
        elif kind in _ELEMENTS:
            if not token.hidden:
                parts.append(_element(token, _ELEMENTS[kind], end))
            elif end == "close":
                parts.append("\n")  # separates the text of a tight list's item from the list inside it
        elif token.type in ("fence", "code_block"):
            language = token.info.split()[0] if token.info.strip() else ""
            html, budget = code_html(token.content, language, budget)
            parts.append(html + "\n")
        elif token.type == "hr":
            parts.append("<hr>\n")
        else:
            raise AssertionError(f"the Markdown parser made a block of kind {token.type}")
    parts.append(held)
    return "".join(parts)


def _quoted(body: str, quote: Token) -> list[str]:
    """Give the lines of a quote as they were before they were quoted, without those that it quotes itself."""
    start, end = quote.map or (0, 0)
    lines = (line.lstrip().removeprefix(">").strip() for line in body.split("\n")[start:end])
    return [line for line in lines if line and not line.startswith(">")]


def _element(token: Token, name: str, end: str) -> str:
    if end == "close":
        return f"</{name}>\n"
    start = token.attrGet("start") if name == "ol" else None
    return f"<{name}>" if start is None else f'<{name} start="{int(start)}">'


def _inline_html(tokens: Sequence[Token], dated: str | None) -> str:
    """Turn the flat tokens of one paragraph into HTML.

    `closers` holds the end tag of each open element: "" for emphasis nested too deep and for a link inside a link,
    which HTML does not allow.
    """
    parts: list[str] = []
    closers: list[str] = []
    linked = 0
    for token in tokens:
        kind, _, end = token.type.rpartition("_")
        if token.type == "text":
            parts.append(escape(token.content) if linked else link_urls(token.content, dated))
        elif token.type == "softbreak":
            parts.append("\n")
        elif token.type == "hardbreak":
            parts.append("<br>\n")
        elif token.type == "code_inline":
            parts.append(f"<code>{escape(token.content)}</code>")
        elif token.type == "image":
            parts.append(_image_html(token, dated, inside=linked > 0))
        elif kind == "link" and end == "open":
            linked += 1
            url = str(token.attrGet("href"))
            opener, closer = "", ""
            if linked == 1 and is_safe(url):
                opener = open_link(url, dated, str(token.attrGet("title") or ""))
                closer = close_link(url, dated)
            parts.append(opener)
            closers.append(closer)
        elif kind in _EMPHASIS and end == "open":
            deep = len(closers) >= MAX_EMPHASIS
            parts.append("" if deep else f"<{kind}>")
            closers.append("" if deep else f"</{kind}>")
        elif end == "close":
            linked -= kind == "link"
            parts.append(closers.pop())
        else:
            raise AssertionError(f"the Markdown parser made a piece of kind {token.type}")
    return "".join(parts)


def _image_html(token: Token, dated: str | None, inside: bool) -> str:
    """Turn an image into a link with its words, or its address if it has none; inside a link, into the words only."""
    url = str(token.attrGet("src"))
    words = "".join(_words(child) for child in token.children or []) or url
    if inside or not is_safe(url):
        return escape(words)
    title = str(token.attrGet("title") or "")
    return f"{open_link(url, dated, title)}{escape(words)}{close_link(url, dated)}"


def _words(token: Token) -> str:
    """Give the text of a token in the description of an image; of an image inside it, the source text."""
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


class _Parser(MarkdownIt):
    """markdown-it-py with our list of allowed addresses; a link to any other address stays text, as it was written."""

    def normalizeLink(self, url: str) -> str:  # noqa: N802 (its name)
        # The library would encode control characters as if they belonged to the address, and fail on surrogates.
        return super().normalizeLink(url) if visible(url) == url else url

    def validateLink(self, url: str) -> bool:  # noqa: N802 (its name)
        return is_safe(url)


def _bounded(rule: RuleFuncBlockType) -> RuleFuncBlockType:
    """Keep a rule from starting a block inside another one at the deepest level."""

    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < MAX_BLOCKS and rule(state, start, end, silent)

    return bounded


def _make_parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "maxNesting": MAX_BLOCKS + 4})
    parser.disable(["html_block", "html_inline"])
    parser.block.ruler.at("blockquote", _bounded(blockquote), {"alt": [*_INTERRUPTED, "list"]})
    parser.block.ruler.at("list", _bounded(list_block), {"alt": _INTERRUPTED})
    return parser


_PARSER = _make_parser()
"""It has no state, so one parser does for all bodies."""
