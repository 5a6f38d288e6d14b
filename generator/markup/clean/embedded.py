"""Something embedded in saved HTML, a film or a preview: its tags come in; an address and a title go out."""

from __future__ import annotations

from generator.markup.clean.names import HEADINGS
from generator.markup.clean.tokens import Tag
from generator.markup.links import absolute


class Embedded:
    """Something embedded, of which a link will be made. Its content is looked through for an address and a title."""

    __slots__ = ("depth", "name", "title", "titled", "url")

    def __init__(self, name: str, url: str | None, title: str = "") -> None:
        self.name = name
        self.depth = 1
        """How many elements of that name are open."""
        self.url = url
        self.title = title
        self.titled = False
        """Whether text that comes belongs to the title."""

    def ends(self, tag: Tag, base: str | None) -> bool:
        """Take a tag inside it, and say whether that was its end tag."""
        if tag.name in HEADINGS:
            self.titled = not tag.ends and not self.title
        elif tag.name == self.name:
            self.depth += -1 if tag.ends else 1
        elif not tag.ends and self.url is None and tag.name != "img":
            self.url = first_address(tag.attributes(), base, "src", "href", "value")
        return not self.depth


def first_address(values: dict[str, str], base: str | None, *names: str) -> str | None:
    """Give the first of the named attributes that holds an address to link to."""
    urls = (absolute(values[name], base) for name in names if name in values)
    return next(filter(None, urls), None)
