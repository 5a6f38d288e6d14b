"""Compile templates to Python: Jinja2's compiler, changed where that makes the same output cheaper.

It depends on parts of `jinja2.compiler` that are not its public interface. `LEANS_ON` names them, a test looks at each,
and `pyproject.toml` keeps Jinja2 below the next minor version."""

from __future__ import annotations

import contextlib
import keyword
from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

from generator.theme.blocks import Blocks
from generator.theme.escaping import escape_fast

LEANS_ON = {
    "visit_Template": ("node", "frame"),
    "visit_Getattr": ("node", "frame"),
    "visit_Include": ("node", "frame"),
    "visit_Block": ("node", "frame"),
    "blockvisit": ("nodes", "frame"),
    "visit_Getitem": ("node", "frame"),
    "visit_Call": ("node", "frame", "forward_caller"),
    "visit_Test": ("node", "frame"),
    "visit_CondExpr": ("node", "frame"),
    "enter_frame": ("frame",),
    "leave_frame": ("frame", "with_python_scope"),
    "_output_child_pre": ("node", "frame", "finalize"),
    "visit": ("node",),
    "buffer": ("frame",),
    "write": ("x",),
    "writeline": ("x", "node", "extra"),
    "indent": (),
    "outdent": ("step",),
}
"""Methods of `CodeGenerator` that are called or replaced here, and their parameters."""


LONG = 40
"""A turn of a loop with more pieces than this is yielded by itself: a post has more, an entry of a list has fewer."""


class Compiler(CodeGenerator):
    """Compiles a template so that it escapes with `escape_fast`, and yields few large pieces.

    Jinja2 passes every piece of text through all the blocks that it is in. Collecting the pieces first saves a third of
    the time in templates.
    """

    _collected: str | None = None
    """The variable in which the current template or block collects its pieces."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802  # Jinja2's name
        """Compile a template, unless it has a block that can't be shown (`blocks`)."""
        blocks: Blocks = self.environment.blocks  # type: ignore[attr-defined]
        blocks.check(node, str(self.name), str(self.filename))
        self.writeline("from generator.theme.escaping import escape_fast")
        super().visit_Template(node, frame)

    def enter_frame(self, frame: Frame) -> None:
        """Begin a scope; the scope of a whole template or block collects its output."""
        super().enter_frame(frame)
        if frame.parent is None:
            self.buffer(frame)
            self._collected = frame.buffer

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:
        """End a scope; the scope of a whole template or block yields what it collected."""
        super().leave_frame(frame, with_python_scope)
        if frame.parent is None:
            self.writeline(f"yield concat({frame.buffer})")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        """Include a template. What was collected must come first, since Jinja2 yields the included one at once."""
        if node.with_context:
            super().visit_Include(node, frame)
        else:
            with self._yielding(frame):
                super().visit_Include(node, frame)

    def visit_Block(self, node: nodes.Block, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        """Yield a block by itself: one letter beyond Latin-1 around it would make all of it slow to encode."""
        with self._yielding(frame):
            super().visit_Block(node, frame)

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        """Compile a loop so that each long turn is yielded by itself: most are ASCII, which encodes fast."""
        super().blockvisit(nodes, frame)
        if frame.loop_frame and not frame.soft_frame and frame.buffer == self._collected:
            self.writeline(f"if len({frame.buffer}) > {LONG}:")
            self.indent()
            self._yield_collected(frame)
            self.outdent()

    @contextlib.contextmanager
    def _yielding(self, frame: Frame) -> Iterator[None]:
        """Yield what was collected, then what follows without collecting it."""
        if frame.buffer != self._collected:
            yield
            return
        self._yield_collected(frame)
        frame.buffer = None
        yield
        frame.buffer = self._collected

    def _yield_collected(self, frame: Frame) -> None:
        self.writeline(f"yield concat({frame.buffer})")
        self.writeline(f"{frame.buffer}.clear()")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("escape_fast(")


class AttributeCompiler(Compiler):
    """Compiles `a.b`, `a["b"]`, `a(b)` and `x if y else z` to Python's own, which is all that structs need.

    If `a` has no attribute `b`, Jinja2 goes on to look for `a["b"]`; code compiled here raises an error.
    """

    _shown: nodes.Expr | None = None
    """The expression that is put out next."""

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        """Compile `a.b`, if the name means the same in Python."""
        if keyword.iskeyword(node.attr) or not node.attr.isascii():
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(f").{node.attr}")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        """Compile `a["b"]`."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(")[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802  # Jinja2's
        """Compile a call without names: nothing that templates can call so takes a part of the context."""
        if forward_caller or node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(")(")
        for argument in node.args:
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        """Compile `is none`."""
        if node.name != "none":
            super().visit_Test(node, frame)
            return
        self.write("(")
        self.visit(node.node, frame)
        self.write(" is None)")

    def visit_CondExpr(self, node: nodes.CondExpr, frame: Frame) -> None:  # noqa: N802  # Jinja2's name
        """Compile a condition that is put out so that words of the template in it are escaped now."""
        if node is not self._shown:
            super().visit_CondExpr(node, frame)
            return
        frame = frame.soft()
        self.write("(")
        self._write_branch(node.expr1, frame)
        self.write(" if ")
        self.visit(node.test, frame)
        self.write(" else ")
        self._write_branch(node.expr2, frame)
        self.write(")")

    def _write_branch(self, node: nodes.Expr | None, frame: Frame) -> None:
        self._shown = node
        try:
            self.write(repr("" if node is None else str(escape_fast(node.as_const(frame.eval_ctx)))))
        except nodes.Impossible:
            assert node is not None
            self.write("(" if isinstance(node, nodes.CondExpr) else "escape_fast(")
            self.visit(node, frame)
            self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if isinstance(node, nodes.CondExpr) and frame.eval_ctx.autoescape and not frame.eval_ctx.volatile:
            self._shown = node
            self.write("(")
        else:
            self._shown = None
            super()._output_child_pre(node, frame, finalize)
