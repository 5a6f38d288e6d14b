"""Jinja2, set up for a million posts: the environment that themes are compiled in.

What templates say is compiled differently from Jinja2's default where that makes the same output cheaper: text is
escaped without a detour over `Markup` objects; `a.b`, `a["b"]` and `a(b)` are Python's own; words that need no escaping
are not escaped; and what a block puts out is collected, to be handed on in large pieces. Nearly all values that
templates see are structs, so `a.b` finds what Jinja2 would find. A template in which
it does not (`a.b` for `a["b"]`, an unknown name, or `a.b is defined`), and one that raises anything else, is compiled
again as Jinja2 does, and tells what is wrong as Jinja2 would.

One mistake that Jinja2 lets pass is an error here: a block that could never be shown (`blocks.py`).
"""

from __future__ import annotations

import contextlib
import functools
import keyword
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.utils import missing
from markupsafe import Markup, escape

from generator.markup import visible
from generator.theme.blocks import Blocks, Load
from generator.theme.compiled import Compiled

_MANY = 40
"""Between two turns of a loop, more pieces than that are handed on as one: about a post, often ASCII, which is encoded
at once."""


def quick_escape(value: Any) -> str:
    """Escape as `markupsafe.escape` does, and show characters that lie or that HTML forbids (`markup.visible`).

    The result is for output only, as it does not say that it is safe.
    """
    kind = value.__class__
    if kind is str:
        if value.isalnum():
            return value  # type: ignore[no-any-return]
        if not value.isprintable():
            value = visible(value)
        if "&" in value:  # to look for each is cheaper than to replace what is not there
            value = value.replace("&", "&amp;")
        if "'" in value:
            value = value.replace("'", "&#39;")
        if '"' in value:
            value = value.replace('"', "&#34;")
        if "<" in value:
            value = value.replace("<", "&lt;")
        if ">" in value:
            value = value.replace(">", "&gt;")
        return value  # type: ignore[no-any-return]
    if kind is Markup:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    if value is missing:
        raise AttributeError
    if hasattr(value, "__html__"):
        return escape(value)
    return quick_escape(str(value))


class _Escaping(CodeGenerator):
    """Compiles output as the module says. Jinja2's native types hook in at the same place."""

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("quick_escape(")
        if finalize.src is not None:
            self.write(finalize.src)


class _Quick(_Escaping):
    """Compiles to what is as short as can be where all goes well; it may raise anything where it does not.

    What a template or a block puts out is collected, and handed on in large pieces.
    """

    _shown: nodes.Expr | None = None
    """The expression that is put out next."""
    _collected: str | None = None
    """Where the present block or template collects."""

    def enter_frame(self, frame: Frame) -> None:
        super().enter_frame(frame)
        if frame.parent is None:
            self.buffer(frame)
            self._collected = frame.buffer

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        super().leave_frame(frame, with_python_scope)
        if frame.parent is None:
            self.writeline(f"yield concat({frame.buffer})")

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        super().blockvisit(nodes, frame)
        if frame.loop_frame and not frame.soft_frame and frame.buffer == self._collected:
            self.writeline(f"if len({frame.buffer}) > {_MANY}:")
            self.indent()
            self._hand_on(frame)
            self.outdent()

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        with self._handed_on(frame):
            super().visit_Block(node, frame)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        with self._handed_on(frame):
            super().visit_Include(node, frame)

    def pop_assign_tracking(self, frame: Frame) -> None:
        if frame.toplevel:
            super().pop_assign_tracking(frame)
        else:  # what loops and blocks set is told to no function, see `visit_Call`
            self._assign_stack.pop()

    @contextlib.contextmanager
    def _handed_on(self, frame: Frame) -> Iterator[None]:
        """Hand on what was collected, since what follows is put out by another template or block."""
        if frame.buffer != self._collected:
            yield
            return
        self._hand_on(frame)
        frame.buffer = None
        yield
        frame.buffer = self._collected

    def _hand_on(self, frame: Frame) -> None:
        self.writeline(f"yield concat({frame.buffer})")
        self.writeline(f"{frame.buffer}.clear()")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self._shown = node if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile else None
        if self._shown is None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self._open(node)

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        if node is not self._shown:
            super().visit_CondExpr(node, frame)
            return
        frame = frame.soft()
        self.write("(")
        self._show(node.expr1, frame)
        self.write(" if ")
        self.visit(node.test, frame)
        self.write(" else ")
        self._show(node.expr2, frame)
        self.write(")")

    def _show(self, node: nodes.Expr | None, frame: Frame) -> None:
        """Write a branch of a condition as it is shown: words of the template escaped now, "" without an `else`."""
        self._shown = node
        try:
            self.write(repr("" if node is None else str(quick_escape(node.as_const(frame.eval_ctx)))))
        except nodes.Impossible:
            assert node is not None
            self._open(node)
            self.visit(node, frame)
            self.write(")")

    def _open(self, node: nodes.Expr) -> None:
        self.write("(" if isinstance(node, nodes.CondExpr) else "quick_escape(")

    def visit_Name(self, node: nodes.Name, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        if node is self._shown:  # `quick_escape` finds out if it is unknown
            self.write(frame.symbols.ref(node.name))
        else:
            super().visit_Name(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        if keyword.iskeyword(node.attr):
            super().visit_Getattr(node, frame)
            return
        self._visit_owner(node.node, frame)
        self.write(f".{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        self._visit_owner(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802  # Jinja2's
        if forward_caller or node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        # Nothing that templates can call takes a part of the context, so Jinja2 need not look.
        self._visit_owner(node.node, frame)
        self.write("(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def _visit_owner(self, node: nodes.Expr, frame: Frame) -> None:
        """Write what is asked for something; if it is an unknown name, it has nothing of that kind either."""
        self.write("(")
        if isinstance(node, nodes.Name):
            self.write(frame.symbols.ref(node.name))
        else:
            self.visit(node, frame)
        self.write(")")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        if node.name != "none":
            super().visit_Test(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(" is None)")


class UnknownField(jinja2.UndefinedError):
    """What was asked for is not there; it knows what was asked of what, so that the nearest can be named."""

    def __init__(self, owner: Any, name: Any, message: str | None = None) -> None:
        super().__init__(message)
        self.owner = owner
        """What the template asked; `missing` if it was looking for a name of its own."""
        self.name = name


class _Unknown(jinja2.StrictUndefined):
    """Jinja2's own, but for the error, which it makes from a message alone."""

    __slots__ = ()

    def __init__(self, hint: str | None = None, obj: Any = missing, name: Any = None, exc: Any = None) -> None:
        super().__init__(hint, obj, name, functools.partial(UnknownField, obj, name))  # type: ignore[arg-type]


class _Template(jinja2.Template):
    @classmethod
    def _from_namespace(cls, environment: jinja2.Environment, namespace: Any, globals: Any) -> jinja2.Template:  # noqa: A002
        namespace["quick_escape"] = quick_escape
        return super()._from_namespace(environment, namespace, globals)

    def _get_default_module(self, ctx: Any = None) -> Any:
        """Give what others import; no page has globals of its own, so Jinja2 need not compare them with ours."""
        return super()._get_default_module()


class Environment(jinja2.Environment):
    """The environment of themes: strict, escaping, deterministic."""

    code_generator_class = _Escaping
    template_class = _Template

    def __init__(self, load: Load, compiled: str = "", names: Collection[str] = ()) -> None:
        super().__init__(
            bytecode_cache=Compiled(f"{compiled}/{type(self).__name__}") if compiled else None,
            loader=jinja2.FunctionLoader(load),
            autoescape=True,
            undefined=_Unknown,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        # The two that throw dice: the same page must have the same bytes.
        del self.filters["random"], self.globals["lipsum"]
        self._found: dict[Any, jinja2.Template] = {}
        self._blocks = Blocks(self, load, names)

    def _generate(self, source: nodes.Template, name: Any, filename: Any, defer_init: bool = False) -> str:
        """Compile a template that was parsed, unless it has a block that can't show; once, since bytecode is kept."""
        self._blocks.check(source, name, filename)
        return super()._generate(source, name, filename, defer_init)

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> jinja2.Template:  # noqa: A002
        """Find a template; every page asks for those it extends and imports, so what was found is kept."""
        if globals is not None or name not in self._found:
            return self._found.setdefault(name, super().get_template(name, parent, globals))
        return self._found[name]

    def render(self, name: str, values: dict[str, Any]) -> bytes:
        """Render a template, as UTF-8; what it raises names the template's line."""
        template = self.get_template(name)
        context = self.context_class(self, {**self.globals, **values}, template.name, template.blocks)
        try:
            return b"".join([piece.encode("utf-8", "replace") for piece in template.root_render_func(context)])
        except Exception:
            self.handle_exception()


class _QuickEnvironment(Environment):
    code_generator_class = _Quick


class Templates:
    """The templates of a theme, compiled when first used, or taken from the folder `compiled`."""

    def __init__(self, load: Load, compiled: str = "", names: Collection[str] = ()) -> None:
        self._quick, self._general = _QuickEnvironment(load, compiled, names), Environment(load, compiled, names)
        self._slow: set[str] = set()
        """Templates that need Jinja2's own way."""

    def render(self, name: str, **values: Any) -> bytes:
        """Render a template, as UTF-8; raises whatever it raises."""
        if name not in self._slow:
            try:
                return self._quick.render(name, values)
            except Exception:
                self._slow.add(name)
        return self._general.render(name, values)
