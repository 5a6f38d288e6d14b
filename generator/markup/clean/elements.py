"""What each element of saved HTML means: tags and text come in, and go to the `Writer` as what they say.

Nothing is written here but through `Writer`. Elements that are in no table are passed over, and their text stays.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from generator.markup.clean.blocks import DETAILS, Block, Writer, escape_text
from generator.markup.clean.embedded import Embedded, first_address
from generator.markup.clean.names import (
    BLOCKS,
    CODE,
    DROPPED,
    EMBEDDED,
    EMOJI,
    HEADINGS,
    HIDDEN,
    INLINE,
    LISTS,
    ROWS,
    SPOILERS,
    TERMS,
)
from generator.markup.clean.tokens import Tag
from generator.markup.links import absolute

_LANGUAGE = re.compile(r"(?:^|\s)(?:lang|language|highlight-source|brush)[-:_]([A-Za-z0-9+#._-]{1,30})(?=\s|$)")
_NO_LANGUAGE = frozenset({"auto", "none", "nohighlight", "text", "plaintext", "plain"})
_NUMBER = re.compile("[1-9][0-9]{0,8}")
_HEADING, _WHO = '<p class="heading">', '<p class="who">'


class Cleaner:
    """Takes the tokens of saved HTML, and gives HTML in its canonical form; see `clean.clean_html`."""

    def __init__(self, base: str | None, topic: str) -> None:
        self.base = base
        self.topic = topic
        self.writer = Writer()
        self.stack: list[tuple[str, int, int]] = []
        """The blocks that are open in the saved HTML: name, and how many blocks and elements were wanted outside it."""
        self.opened: Counter[str] = Counter()
        """How many of each name are in `stack`."""
        self.lines: dict[str, list[str]] = {}
        """For each element of a line that is open, by its name in the saved HTML, what was started; "" if nothing."""
        self.link = ""
        self.dropped = ""
        self.depth = 0
        """How many elements of the name `dropped` are open."""
        self.embedded: Embedded | None = None
        self.pre: list[str] | None = None
        self.language = ""
        self.who = self.post = ""
        """Whom the next `blockquote` quotes, and the number of the post."""
        self.last: dict[str, int] = {}
        """Where the last end tag of each name is."""

    def html(self, tokens: Sequence[Tag | str]) -> str:
        """Take all tokens, and give the HTML."""
        self.last = {token.name: at for at, token in enumerate(tokens) if isinstance(token, Tag) and token.ends}
        for at, token in enumerate(tokens):
            if isinstance(token, str):
                self._text(token)
            elif self.dropped:
                self._drop(token)
            elif self.embedded is not None:
                self._embed(self.embedded, token)
            elif self.pre is not None:
                self._code(self.pre, token)
            elif token.ends:
                self._end(token.name)
            else:
                self._start(token, at)
        self._end_code()
        return self.writer.html()

    def _text(self, text: str) -> None:
        if self.dropped:
            return
        if self.embedded is not None:
            if self.embedded.titled:
                self.embedded.title += text
        elif self.pre is not None:
            self.pre.append(text)
        else:
            self.writer.text(text)

    # What is dropped or replaced

    def _drop(self, token: Tag) -> None:
        if token.name == self.dropped:
            self.depth += -1 if token.ends else 1
            if not self.depth:
                self.dropped = ""

    def _embed(self, embedded: Embedded, token: Tag) -> None:
        if embedded.ends(token, self.base):
            self.embedded = None
            self._put_link(embedded.url, embedded.title)
            if embedded.name in BLOCKS:
                self.writer.flush()

    def _code(self, pre: list[str], token: Tag) -> None:
        """Take a tag inside a block of code."""
        if token.ends and token.name in CODE:
            self._end_code()
        elif token.name == "br":
            pre.append("\n")
        elif token.name in BLOCKS:
            if pre and not pre[-1].endswith("\n"):
                pre.append("\n")
        elif token.name == "img":
            pre.append(token.attributes().get("alt", ""))
        elif token.name == "code" and not token.ends and not self.language:
            self.language = _language(token.attributes().get("class", ""))

    def _end_code(self) -> None:
        if self.pre is not None:
            self.writer.code("".join(self.pre), self.language)
            self.pre = None
            self.writer.paragraph = ""

    def _put_link(self, url: str | None, words: str) -> None:
        """Put a link to something embedded; of something without an address, only its words."""
        words = " ".join(words.split()) or url or ""
        tag = f'<a href="{_quoted(url)}">' if url else ""
        started = bool(tag) and self.writer.start("a", tag)
        self.writer.text(words)
        if started:
            self.writer.stop("a")

    # Start tags

    def _start(self, tag: Tag, at: int) -> None:
        name = tag.name
        values = tag.attributes() if tag.text else {}
        classes = values["class"].lower().split() if "class" in values else []
        closed = self.last.get(name, -1) > at
        if name in DROPPED or (classes and (not HIDDEN.isdisjoint(classes) or ("meta" in classes and self.link))):
            if closed and not tag.text.endswith("/"):
                self.dropped, self.depth = name, 1
        elif name in _STARTS:
            _STARTS[name](self, values, classes)
        elif name in INLINE:
            self._start_inline(name, values, classes)
        elif name in EMBEDDED or "onebox" in classes or "lazyyt" in classes:
            self._start_embedded(name, values, closed)
        elif name in BLOCKS:
            self._start_block(name, values, classes)
        elif name in CODE:
            self.writer.flush()
            self.pre, self.language = [], _language(values.get("class", ""))

    def _start_inline(self, name: str, values: dict[str, str], classes: list[str]) -> None:
        element = INLINE[name]
        title = " ".join(values.get("title", "").split()) if element == "abbr" else ""
        tag = f'<abbr title="{_quoted(title)}">' if title else f"<{element}>"
        # Hypermail marks quoted lines so; their signs are there, too.
        passed = any(kind.startswith("quotelev") for kind in classes)
        started = not passed and self.writer.start(element, tag)
        self.lines.setdefault(name, []).append(element if started else "")

    def _start_link(self, values: dict[str, str], classes: list[str]) -> None:
        if self.link:
            self._stop("a")
        url = first_address(values, self.base, "href")
        started = (
            url is not None and not self.opened["summary"] and self.writer.start("a", f'<a href="{_quoted(url)}">')
        )
        self.lines.setdefault("a", []).append("a" if started else "")
        self.link = (url or "") if started else ""

    def _start_embedded(self, name: str, values: dict[str, str], closed: bool) -> None:
        url = first_address(values, self.base, "data-onebox-src", "src", "data")
        title = values.get("title", "")
        if video := values.get("data-youtube-id"):
            url, title = (
                absolute(f"https://www.youtube.com/watch?v={video}", None),
                values.get("data-youtube-title", ""),
            )
        if name in BLOCKS:
            self.writer.flush()
        if closed:
            self.embedded = Embedded(name, url, title)
        else:
            self._put_link(url, title)

    def _start_frame(self, values: dict[str, str], classes: list[str]) -> None:
        if url := first_address(values, self.base, "src", "data-src"):
            self._put_link(url, values.get("title", ""))

    def _start_image(self, values: dict[str, str], classes: list[str]) -> None:
        words = values.get("alt", "").strip() or values.get("title", "").strip()
        if not EMOJI.isdisjoint(classes):
            self.writer.text(words)
        elif {values.get("width"), values.get("height")} & {"0", "1"}:
            pass  # it counts readers
        elif self.link:
            self.writer.text(words or self.link)
        else:
            url = first_address(values, self.base, "src", "data-src", "data-original")
            self._put_link(url, words or ("" if url else "[image]"))

    def _start_input(self, values: dict[str, str], classes: list[str]) -> None:
        if values.get("type", "").lower() == "checkbox":
            self.writer.text("[x] " if "checked" in values else "[ ] ")

    def _start_line(self, values: dict[str, str], classes: list[str]) -> None:
        if self.link:
            self.writer.text(" ")
        else:
            self.writer.end_line()

    def _start_rule(self, values: dict[str, str], classes: list[str]) -> None:
        self.writer.rule()
        self.writer.paragraph = ""

    def _start_paragraph(self, values: dict[str, str], classes: list[str]) -> None:
        self.writer.flush()
        self.writer.paragraph = _HEADING if "heading" in classes else _WHO if "who" in classes else "<p>"

    def _start_block(self, name: str, values: dict[str, str], classes: list[str]) -> None:
        writer = self.writer
        if name not in ROWS:
            writer.flush()
            writer.paragraph = ""
        elif name != "tr":
            writer.separate(" | ")
        elif writer.has_text:
            writer.end_line()
        if name == "li" and writer.blocks and writer.blocks[-1].name == "li":
            writer.close(len(writer.blocks) - 1)
        elif name in TERMS and self.stack and self.stack[-1][0] in TERMS:
            self._end(self.stack[-1][0])
        self.stack.append((name, len(writer.blocks), len(writer.inline)))
        self.opened[name] += 1
        if name in HEADINGS or (name == "summary" and not writer.may_summarise):
            writer.paragraph = _HEADING
            writer.start("strong", "<strong>")
        elif name == "dt":
            writer.start("strong", "<strong>")
        elif name == "aside" and "quote" in classes:
            self.who = values.get("data-username", "")
            self.post = values.get("data-post", "") if values.get("data-topic", "") in ("", self.topic) else ""
        elif name == "div" and "title" in classes and self.opened["aside"]:
            writer.paragraph, self.who = _WHO, ""
        else:
            self._open(name, values, classes)

    def _open(self, name: str, values: dict[str, str], classes: list[str]) -> None:
        """Open the block that an element means, if it means one."""
        if name in LISTS:
            first = values.get("start", "")
            counted = name == "ol" and _NUMBER.fullmatch(first) and first != "1"
            self.writer.begin(Block(LISTS[name], f'<ol start="{first}">' if counted else f"<{LISTS[name]}>"))
        elif name == "li" and self.writer.blocks and self.writer.blocks[-1].name in ("ul", "ol"):
            self.writer.begin(Block("li", "<li>"))
        elif name == "blockquote" or (name == "div" and "quote" in classes):
            post = self.post or values.get("data-post", "")
            if self.who:
                self.writer.paragraph = _WHO
                self.writer.text(f"{self.who}:")
                self.writer.flush()
                self.writer.paragraph = ""
            numbered = f' data-post="{post}"' if _NUMBER.fullmatch(post) else ""
            self.writer.begin(Block("blockquote", f"<blockquote{numbered}>"))
            self.who = self.post = ""
        elif name == "details":
            self.writer.begin(Block("details", DETAILS))
        elif not SPOILERS.isdisjoint(classes):
            self.writer.begin(Block("details", f"{DETAILS}<summary>Spoiler</summary>"))

    # End tags

    def _end(self, name: str) -> None:
        if name == "p":
            self.writer.flush()
            self.writer.paragraph = ""
        elif name == "br":
            self.writer.end_line()
        elif name in INLINE or name == "a":
            self._stop(name)
        elif self.opened[name]:
            while True:
                ended, blocks, inline = self.stack.pop()
                self.opened[ended] -= 1
                if ended == name:
                    break
            self._end_block(name, blocks, inline)

    def _stop(self, name: str) -> None:
        started = self.lines.get(name)
        if started and (element := started.pop()):
            self.writer.stop(element)
            if element == "a":
                self.link = ""

    def _end_block(self, name: str, blocks: int, inline: int) -> None:
        writer = self.writer
        if name == "summary":
            writer.summarise()
        if name not in ROWS or writer.paragraph or len(writer.blocks) > blocks:
            writer.close(blocks)
            writer.paragraph = ""
        writer.stop_all(inline)
        if self.link and not any(element == "a" for element, _ in writer.inline):
            self.link = ""


_Start = Callable[[Cleaner, dict[str, str], list[str]], None]
_STARTS: dict[str, _Start] = {
    "a": Cleaner._start_link,
    "br": Cleaner._start_line,
    "embed": Cleaner._start_frame,
    "hr": Cleaner._start_rule,
    "iframe": Cleaner._start_frame,
    "img": Cleaner._start_image,
    "input": Cleaner._start_input,
    "p": Cleaner._start_paragraph,
}


def _language(classes: str) -> str:
    """Give the language of a block of code, as its classes name it."""
    match = _LANGUAGE.search(classes)
    return "" if match is None or match[1].lower() in _NO_LANGUAGE else match[1]


def _quoted(text: str) -> str:
    """Escape text for an attribute."""
    return escape_text(text).replace('"', "&quot;")
