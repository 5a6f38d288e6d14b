"""Check the blocks of templates: a parsed template comes in, a block that can never be shown is an error.

Jinja2 accepts a block whose name is in no template above. Nothing ever shows it, so somebody who mistyped the name sees
no change and no error. This module reads the templates above; it does not compile or render.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

import jinja2
from jinja2 import nodes

Load = Callable[[str], tuple[str, str, None] | None]
"""Text and path of a template, by its name."""


class UnknownBlock(jinja2.TemplateSyntaxError):
    """A block that no template above has."""

    def __init__(self, block: nodes.Block, template: str, path: str, offered: frozenset[str]) -> None:
        super().__init__(f"no template above has a block {block.name!r}", block.lineno, template, path)
        self.block = block.name
        self.offered = offered
        """Names of the blocks that the templates above have."""


class Blocks:
    """The blocks of all templates of a theme. A template is parsed when its blocks are first asked for."""

    def __init__(self, environment: jinja2.Environment, load: Load, names: Collection[str]) -> None:
        self._environment, self._load, self._names = environment, load, names
        self._outlines: dict[str, tuple[str | None, frozenset[str]]] = {}

    def check(self, source: nodes.Template, name: str, path: str) -> None:
        """Raise `UnknownBlock` for a block that no template above has.

        If a site replaced one of those above, the blocks of the original count too: the site's own base need not have
        all of them, and the templates that fill them are not wrong."""
        above = list(self._chain(_extended(source)))
        offered = self._of(above)
        for block in _outermost(source) if above else ():
            if block.name in offered:
                continue
            if block.name not in self._of(self._beside(above, path)):
                raise UnknownBlock(block, name, path, offered)

    def _beside(self, above: list[str], path: str) -> Iterator[str]:
        """Yield templates with the file names of those above, which may have replaced them; not the one at `path`."""
        replaced = {name.rpartition("/")[2] for name in above}
        for name in self._names:
            if name.rpartition("/")[2] in replaced and (file := self._load(name)) and file[1] != path:
                yield name

    def _chain(self, name: str | None) -> Iterator[str]:
        """Yield a template and those above it, as far as they exist."""
        passed = set()
        while name is not None and name not in passed and self._load(name):
            passed.add(name)
            yield name
            name = self._outline(name)[0]

    def _of(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._outline(name)[1] for name in names))

    def _outline(self, name: str) -> tuple[str | None, frozenset[str]]:
        """Give the name of what a template extends, and its own blocks."""
        if name not in self._outlines:
            file = self._load(name)
            assert file is not None
            parsed = self._environment.parse(file[0], name, file[1])
            blocks = frozenset(block.name for block in parsed.find_all(nodes.Block))
            self._outlines[name] = _extended(parsed), blocks
        return self._outlines[name]


def _extended(template: nodes.Template) -> str | None:
    """Name the template that this one extends, if the name is written in it."""
    extends = template.find(nodes.Extends)
    if extends is not None and isinstance(extends.template, nodes.Const):
        return str(extends.template.value)
    return None


def _outermost(template: nodes.Template) -> Iterator[nodes.Block]:
    """Yield the blocks that are in no other block: only blocks of a template above can show them."""
    waiting: list[nodes.Node] = [template]
    while waiting:
        node = waiting.pop()
        if isinstance(node, nodes.Block):
            yield node
        else:
            waiting += list(node.iter_child_nodes())[::-1]
