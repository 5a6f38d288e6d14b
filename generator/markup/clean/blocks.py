"""Writes HTML in one canonical form: what a text has of paragraphs, lists and emphasis comes in, HTML goes out.

Blocks and elements in the line are asked for (`begin`, `start`) and written only once there is text in them, so nothing
is ever empty, nested too deep, or nested the wrong way. White space is folded. A blank line ends a paragraph. Lines
that start with ``>`` become `blockquote`, as in plain text. The same text always gives the same bytes, and reading what
was written gives it again.
"""

from __future__ import annotations

import re

MAX_BLOCKS = 16
"""Blocks inside each other; text that is deeper goes into the deepest one."""
MAX_INLINE = 8
"""Elements inside each other in a line of text; deeper ones show their text without it."""

DETAILS = "<details>"
_BLANK = " \u00a0\u200b\u2060\ufeff"
"""Characters that show nothing; a line of them is blank."""

_SPACES = re.compile(r"[ \t\n\r\f]+")
_UNQUOTED = frozenset({"a", "code", "kbd"})
"""Elements in which ``>`` is no sign of a quote."""


class Block:
    """A block that is asked for; it is written once there is something in it."""

    __slots__ = ("name", "tag", "used")

    def __init__(self, name: str, tag: str) -> None:
        self.name = name
        self.tag = tag
        self.used = False


class Writer:
    """Collects text in blocks. The blocks wanted now are in `blocks`, the elements of the line in `inline`."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.blocks: list[Block] = []
        self.inline: list[tuple[str, str]] = []
        """Name and start tag of each."""
        self.paragraph = ""
        """The start tag of the paragraph that was asked for; empty where the text just stands there."""
        self._rule = False
        self._written: list[Block] = []
        """The blocks that are open in `parts`."""
        self._same = 0
        """How many of them are still the blocks wanted: the first so many."""
        self._lines: list[tuple[int, str]] = []
        """The finished lines of the paragraph, with the depth of their quotes. A blank line is empty."""
        self._line: list[str] = []
        self._started: list[str] = []
        """The elements that are open in `_line`; the first `_going` of them are still wanted."""
        self._going = 0
        self._gap = ""
        self._depth = 0
        self._ink = False

    # Blocks

    def begin(self, block: Block) -> None:
        """Ask for a block around what follows; nothing happens if it would be too deep."""
        self.flush()
        if block.name != "li":
            self._enter_item()
        if len(self.blocks) < MAX_BLOCKS:
            self.blocks.append(block)

    def close(self, depth: int) -> None:
        """Leave the blocks that are deeper than `depth`."""
        self.flush()
        while len(self.blocks) > depth:
            block = self.blocks.pop()
            self._same = min(self._same, len(self.blocks))
            if block.name == "details" and not block.used and block.tag != DETAILS:
                # Nothing follows the summary, and its text must stay.
                text = block.tag.removeprefix(f"{DETAILS}<summary>").removesuffix("</summary>")
                text = text if "<strong>" in text else f"<strong>{text}</strong>"
                self._put(f'<p class="heading">{text}</p>')

    def flush(self) -> None:
        """End the paragraph."""
        if not self._lines and not self._line and not self._depth:
            return
        self.end_line()
        group: list[str] = []
        depth = 0
        for here, line in (*self._lines, (0, "")):
            if group and (not line or here != depth):
                self._put_paragraph("<br>".join(group), depth)
                group = []
            self._same = min(self._same, len(self.blocks) + here)
            if line:
                group.append(line)
                depth = here
        self._lines = []

    def code(self, text: str, language: str) -> None:
        """Put a block of code."""
        self.flush()
        text = text.replace("\r", "\n").strip("\n").rstrip()
        if text:
            kind = f' class="language-{language}"' if language else ""
            self._put(f"<pre><code{kind}>{escape_text(text)}\n</code></pre>")

    @property
    def may_summarise(self) -> bool:
        """Whether details were just asked for, and have no summary yet."""
        return bool(self.blocks) and self.blocks[-1].tag == DETAILS and not self.blocks[-1].used

    def summarise(self) -> None:
        """Make the paragraph the summary of the details that were just asked for, if there are any."""
        if not self.may_summarise:
            return
        self.end_line()
        text = " ".join("&gt;" * depth + line for depth, line in self._lines if line)
        self._lines = []
        if text:
            self.blocks[-1].tag = f"{DETAILS}<summary>{text}</summary>"

    def rule(self) -> None:
        """Ask for a line across before what comes next."""
        self.flush()
        self._rule = True

    def html(self) -> str:
        """End everything, and give what was written."""
        self.close(0)
        self.parts += [f"</{block.name}>" for block in reversed(self._written)]
        self._written = []
        return "".join(self.parts)

    def _put_paragraph(self, line: str, quotes: int) -> None:
        inside = self._enter(quotes)
        if inside is not None and inside.name == "li" and not inside.used and not self.paragraph:
            self.parts.append(line)
        else:
            self.parts.append(f"{self.paragraph or '<p>'}{line}</p>")
        self._mark()

    def _put(self, html: str) -> None:
        self._enter(0)
        self.parts.append(html)
        self._mark()

    def _mark(self) -> None:
        for block in self._written:
            block.used = True

    def _enter(self, quotes: int) -> Block | None:
        """Write the end and start tags that lead from the blocks that are open to those that are wanted."""
        self._enter_item()
        wanted = self.blocks + [Block("blockquote", "<blockquote>") for _ in range(quotes)]
        wanted[: self._same] = self._written[: self._same]
        self.parts += [f"</{block.name}>" for block in reversed(self._written[self._same :])]
        around = wanted[self._same - 1].name if self._same else ""
        if self._rule and self.parts and around not in ("ul", "ol"):
            self.parts.append("<hr>")
        self._rule = False
        for block in wanted[self._same :]:
            if block.tag == DETAILS:
                block.tag += "<summary>More</summary>"
            self.parts.append(block.tag)
        self._written = wanted
        self._same = len(wanted)
        return wanted[-1] if wanted else None

    def _enter_item(self) -> None:
        """Ask for an item where a list was asked for last: what stands right in a list belongs to the item before."""
        depth = len(self.blocks)
        if depth and self.blocks[-1].name in ("ul", "ol"):
            going = depth == self._same < len(self._written) and self._written[depth].name == "li"
            self.blocks.append(self._written[depth] if going else Block("li", "<li>"))
            self._same += going

    # Lines

    def start(self, name: str, tag: str) -> bool:
        """Ask for an element around the text that follows; False if it is there already, or would be too deep."""
        if len(self.inline) >= MAX_INLINE or any(name == other for other, _ in self.inline):
            return False
        self.inline.append((name, tag))
        return True

    def stop(self, name: str) -> None:
        """Leave an element of the line, and no other that was started inside it."""
        for index, (other, _) in enumerate(self.inline):
            if other == name:
                del self.inline[index]
                self._going = min(self._going, index)

    def stop_all(self, depth: int) -> None:
        """Leave the elements of the line that are deeper than `depth`."""
        del self.inline[depth:]
        self._going = min(self._going, depth)

    def separate(self, gap: str) -> None:
        """Put something between the text of the line so far and more of it, if there is more."""
        if self._ink:
            self._gap = gap

    def text(self, text: str) -> None:
        """Add text to the line."""
        if not text:
            return
        words = _SPACES.sub(" ", text)
        if words[0] == " ":
            self._gap = self._gap or " "
            words = words[1:]
        if not self._line and words[:1] == ">":
            words = self._signs(words)
        gap = words[-1:] == " "
        words = words[:-1] if gap else words
        if words:
            self.put(escape_text(words))
            self._ink = self._ink or bool(words.strip(_BLANK))
        if gap:
            self._gap = " "

    def put(self, html: str) -> None:
        """Add HTML to the line, in the elements that are wanted."""
        self._line += [f"</{name}>" for name in reversed(self._started[self._going :])]
        if self._gap and self._line:
            self._line.append(self._gap)
        self._line += [tag for _, tag in self.inline[self._going :]]
        self._started = [name for name, _ in self.inline]
        self._going = len(self._started)
        self._gap = ""
        self._line.append(html)

    def end_line(self) -> None:
        """End the line, and with it a paragraph if it is blank."""
        self._line += [f"</{name}>" for name in reversed(self._started)]
        self._lines.append((self._depth, "".join(self._line) if self._ink else ""))
        self._line, self._started = [], []
        self._going = self._depth = 0
        self._gap = ""
        self._ink = False

    @property
    def has_text(self) -> bool:
        """Whether there is text in the line."""
        return self._ink

    def _signs(self, words: str) -> str:
        """Take the signs of a quote off the start of a line."""
        if any(name in _UNQUOTED for name, _ in self.inline):
            return words
        room = MAX_BLOCKS - len(self.blocks) - self._depth
        while words[:1] == ">" and room > 0:
            words = words[1:].removeprefix(" ")
            self._depth += 1
            room -= 1
        return words


def escape_text(text: str) -> str:
    """Write text as clean HTML, in which a space that doesn't break can be seen."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u00a0", "&nbsp;")
