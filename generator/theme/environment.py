"""Jinja2 as themes get it: strict, escaping, without random filters. Templates by name in, pages as bytes out.

One mistake that Jinja2 lets pass is an error here: a block that could never be shown (`blocks`).
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from typing import Any

import jinja2
from jinja2.utils import missing

from generator.theme.blocks import Blocks, Load
from generator.theme.cache import BytecodeFolder
from generator.theme.compiler import AttributeCompiler, Compiler


class UnknownField(jinja2.UndefinedError):
    """A field or name that does not exist. It knows who was asked for what, so the nearest name can be suggested."""

    def __init__(self, owner: Any, name: Any, message: str | None = None) -> None:
        super().__init__(message)
        self.owner = owner
        """The value that the template asked; `missing` if it used a plain name."""
        self.name = name


class _Unknown(jinja2.StrictUndefined):
    """Jinja2's own undefined value, but its error is an `UnknownField`, not just a message."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = missing, name: Any = None, exc: Any = None) -> None:
        super().__init__(hint, obj, name, functools.partial(UnknownField, obj, name))  # type: ignore[arg-type]


class _Template(jinja2.Template):
    def _get_default_module(self, ctx: Any = None) -> Any:
        """Give what others import; no page has globals of its own, so Jinja2 need not compare them with ours."""
        return super()._get_default_module()


class Environment(jinja2.Environment):
    """Compiles templates in which `a.b` works for any `a`, as in Jinja2."""

    code_generator_class = Compiler
    template_class = _Template

    def __init__(self, load: Load, compiled: str = "", names: Collection[str] = ()) -> None:
        """Load templates with `load`; `names` are all their names; keep compiled ones in the folder `compiled`."""
        super().__init__(
            bytecode_cache=BytecodeFolder(compiled, type(self).__name__) if compiled else None,
            loader=jinja2.FunctionLoader(load),
            autoescape=True,
            undefined=_Unknown,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._kept: dict[str, jinja2.Template] = {}
        # These two are random, but the same page must have the same bytes.
        del self.filters["random"], self.globals["lipsum"]
        self.blocks = Blocks(self, load, names)

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> jinja2.Template:  # noqa: A002
        """Find a template; every page asks for those it extends and imports, so each is kept once it was found."""
        if globals is not None or name not in self._kept:
            return self._kept.setdefault(name, super().get_template(name, parent, globals))
        return self._kept[name]

    def render(self, name: str, values: dict[str, Any]) -> bytes:
        """Render a template as UTF-8. Tracebacks of errors name the template's line.

        The context is made here, since `Template.render` is so slow at it that a build would take 2 % longer.
        """
        template = self.get_template(name)
        context = self.context_class(self, {**self.globals, **values}, template.name, template.blocks)
        try:
            # Piece by piece: one letter beyond Latin-1 would make all of a page wide, and slow to encode.
            return b"".join([piece.encode("utf-8", "replace") for piece in template.root_render_func(context)])
        except Exception:
            self.handle_exception()


class AttributeEnvironment(Environment):
    """Compiles templates in which `a.b` works only if `a` has an attribute `b`; else they raise `AttributeError`."""

    code_generator_class = AttributeCompiler
