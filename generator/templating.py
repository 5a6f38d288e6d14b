"""Jinja2, set up for a million posts: the environment that themes are compiled in.

Two things about templates are compiled differently from Jinja2's default, and both only make the same output cheaper:
text is escaped without a detour over `Markup` objects, and `a.b` is Python's own attribute access. On 96,000 posts the
two save half of the time in templates. Nearly all values that templates see are structs, so `a.b` finds what Jinja2
would find; a template in which it does not (`a.b` for `a["b"]`, or `a.b is defined`) is compiled again as Jinja2 does.
"""

from __future__ import annotations

import keyword
from collections.abc import Callable
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from markupsafe import Markup, escape

from generator.markup import visible


def quick_escape(value: Any) -> str:
    """Escape as `markupsafe.escape` does, and show characters that lie or that HTML forbids (`markup.visible`).

    The result is for output only, as it does not say that it is safe.
    """
    kind = type(value)
    if kind is str:
        if value.isalnum():
            return value  # type: ignore[no-any-return]
        if not value.isprintable():
            value = visible(value)
        if "&" in value:
            value = value.replace("&", "&amp;")
        if "<" in value:
            value = value.replace("<", "&lt;")
        if ">" in value:
            value = value.replace(">", "&gt;")
        if '"' in value:
            value = value.replace('"', "&#34;")
        if "'" in value:
            value = value.replace("'", "&#39;")
        return value  # type: ignore[no-any-return]
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    if hasattr(value, "__html__"):
        return escape(value)
    return quick_escape(str(value))


class _Escaping(CodeGenerator):
    """Compiles output as the module says. Jinja2's native types hook in at the same place."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("environment.quick_escape(")
        if finalize.src is not None:
            self.write(finalize.src)


class _Quick(_Escaping):
    """Compiles attribute access as the module says, too."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        if keyword.iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")


class Environment(jinja2.Environment):
    """The environment of themes: strict, escaping, deterministic."""

    code_generator_class = _Escaping
    quick_escape = staticmethod(quick_escape)

    def __init__(self, load: Callable[[str], tuple[str, str, None] | None]) -> None:
        super().__init__(
            loader=jinja2.FunctionLoader(load),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        # The two that throw dice: the same page must have the same bytes.
        del self.filters["random"], self.globals["lipsum"]


class _QuickEnvironment(Environment):
    code_generator_class = _Quick


class Templates:
    """The templates of a theme, compiled when first used."""

    def __init__(self, load: Callable[[str], tuple[str, str, None] | None]) -> None:
        self._quick, self._general = _QuickEnvironment(load), Environment(load)
        self._slow: set[str] = set()
        """Templates that need Jinja2's own attribute access."""

    def render(self, name: str, **values: Any) -> str:
        """Render a template; raises whatever it raises."""
        if name not in self._slow:
            try:
                return self._quick.get_template(name).render(values)
            except AttributeError:
                self._slow.add(name)
        return self._general.get_template(name).render(values)
