"""HTML bodies to the HTML of pages: the same elements, with links, code and quotes as every other body has them.

The body comes in as `clean` made it. Whatever comes in, only the elements named here go out, each one closed, and all
else is shown as text: a body that was not cleaned looks odd, and does no harm. Bare addresses become links, code is
coloured, characters that deceive are shown, and quotes lead to the post they are from.
"""

from __future__ import annotations

import re

from generator.markup.links import close_link, is_safe, link_urls, open_link
from generator.markup.quotes import Cite, Numbered, cite_link, source_link
from generator.markup.text import attribute, escape
from generator.markup.words import TOKEN, plain_text, unescape_text

MAX_NESTED = 28
"""Elements inside each other; clean HTML has fewer."""

_ELEMENTS = frozenset({
    "abbr", "blockquote", "code", "del", "details", "em", "ins", "kbd", "li", "ol", "p", "q", "strong", "sub",
    "summary", "sup", "ul",
})  # fmt: skip
"""Elements that go out as they came in, nearly all of them without attributes."""
_VOID = frozenset({"br", "hr"})
_LITERAL = frozenset({"a", "code", "kbd", "summary"})
"""Elements in which an address is no link."""
_NUMBER = re.compile("[1-9][0-9]{0,8}")
_ATTRIBUTES = re.compile(r' (href|title|start|class|data-post)="([^"<>]*)"')
_CODE = re.compile(r'<pre><code(?: class="language-([A-Za-z0-9+#._-]{1,30})")?>')
_CODE_END = "</code></pre>"


def html_html(body: str, dated: str | None, cite: Cite | None = None, numbered: Numbered | None = None) -> str:
    """Turn clean HTML into the HTML of a page; `cite` and `numbered` are asked where quotes are from."""
    page = _Page(dated)
    quotes = _Quotes(page.parts, cite, numbered)
    at = 0
    while at < len(body):
        top = not page.open
        block = _CODE.match(body, at) if body.startswith("<pre>", at) else None
        end = body.find(_CODE_END, at) if block else -1
        if block and end >= 0:
            quotes.pass_by(top)
            page.code(unescape_text(body[block.end() : end]), block[1] or "")
            at = end + len(_CODE_END)
            continue
        match = TOKEN.match(body, at)
        assert match is not None  # it matches any character
        ends, name, values, text = match.groups()
        if text is not None:
            quotes.pass_by(top and not text.isspace())
            page.text(unescape_text(text))
        elif ends:
            page.end(name)
            if not top and not page.open:
                quotes.end(name, body, match.end())
        else:
            if top:
                quotes.start(name, values, at)
            page.start(name, values)
        at = match.end()
    quotes.pass_by(True)
    return page.html()


class _Page:
    """Collects the HTML of a body."""

    def __init__(self, dated: str | None) -> None:
        self.dated = dated
        self.parts: list[str] = []
        self.open: list[tuple[str, str]] = []
        """The elements that are open: name and end tag."""
        self.literal = 0
        """How many of them are such in which an address is no link."""
        self.budget = 0
        """How many characters of code have been coloured."""

    def text(self, text: str) -> None:
        """Show text."""
        if not self.open:
            if not text.strip():
                return
            self.start("p", "")
        self.parts.append(escape(text) if self.literal else link_urls(text, self.dated))

    def code(self, text: str, language: str) -> None:
        """Show a block of code."""
        from generator.markup.code import MAX_CODE, code_html  # Pygments is slow to import

        html, left = code_html(text, language, MAX_CODE - self.budget)
        self.budget = MAX_CODE - left
        self.parts.append(html)

    def start(self, name: str, values: str) -> None:
        """Start an element, or pass over it if it is none of ours or nests too deep."""
        attributes = dict(_ATTRIBUTES.findall(values))
        if name in _VOID:
            self.parts.append(f"<{name}>")
            return
        if len(self.open) >= MAX_NESTED or (name != "a" and name not in _ELEMENTS):
            return
        tag, end = f"<{name}>", f"</{name}>"
        if name == "a":
            url = unescape_text(attributes.get("href", ""))
            if self.literal or not is_safe(url):
                tag = end = ""
            else:
                tag, end = open_link(url, self.dated), close_link(url, self.dated)
        elif name == "p" and any(name == other for other, _ in self.open):
            tag = end = ""
        elif name == "p" and attributes.get("class") in ("heading", "who"):
            tag = f'<p class="{attributes["class"]}">'
        elif name == "ol" and _NUMBER.fullmatch(attributes.get("start", "")):
            tag = f'<ol start="{attributes["start"]}">'
        elif name == "abbr" and "title" in attributes:
            tag = f'<abbr title="{attribute(unescape_text(attributes["title"]))}">'
        self.open.append((name, end))
        self.literal += name in _LITERAL
        self.parts.append(tag)

    def end(self, name: str) -> None:
        """End an element, and with it those inside it that were left open."""
        if not any(name == other for other, _ in self.open):
            return
        while True:
            ended, tag = self.open.pop()
            self.literal -= ended in _LITERAL
            self.parts.append(tag)
            if ended == name:
                return

    def html(self) -> str:
        """End everything, and give the HTML."""
        self.parts += [tag for _, tag in reversed(self.open)]
        return "".join(self.parts)


class _Quotes:
    """Puts links to their sources after quotes: one after the last of several from one source, as in plain text."""

    def __init__(self, parts: list[str], cite: Cite | None, numbered: Numbered | None) -> None:
        self.parts, self.cite, self.numbered = parts, cite, numbered
        self.held = ""
        """The link to the source of the last quote."""
        self.at = 0
        """Where in `parts` there is room for the link of the quote before."""
        self.who: int | None = None
        """Where the line starts that says who is quoted, if nothing came after it."""
        self.said = 0
        """Where it ends."""
        self.number = 0
        self.begin = 0
        """Where the quote begins in the body."""

    def pass_by(self, top: bool) -> None:
        """Take note of something between quotes."""
        if top:
            self.parts.append(self.held)
            self.held, self.who = "", None

    def start(self, name: str, values: str, begin: int) -> None:
        """Take note of an element outside of all others."""
        if name == "p" and 'class="who"' in values:
            self.parts.append("")
            self.who = self.at = len(self.parts) - 1
        elif name == "blockquote":
            if self.who is None:
                self.parts.append("")
                self.at = len(self.parts) - 1
            self.said = len(self.parts)
            number = dict(_ATTRIBUTES.findall(values)).get("data-post", "")
            self.number = int(number) if _NUMBER.fullmatch(number) else 0
            self.begin = begin
        else:
            self.pass_by(True)

    def end(self, name: str, body: str, end: int) -> None:
        """Find the source of a quote that ended."""
        if name != "blockquote":
            return
        link = source_link(self.numbered(self.number) if self.numbered and self.number else None)
        if not link and self.cite:
            lines = [line.removeprefix("> ") for line in plain_text(body[self.begin : end], "html").split("\n")]
            link = cite_link(self.cite, [line for line in lines if line and not line.startswith(">")])
        if self.held != link:
            self.parts[self.at] = self.held
        if link and self.who is not None:
            # The link says it, too.
            self.parts[self.who + 1 : self.said] = [""] * (self.said - self.who - 1)
        self.held, self.who = link, None
