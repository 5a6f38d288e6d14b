"""What we lean on in Jinja2's compiler, which is no public interface, and templates that need the general way."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import Any

import jinja2
import msgspec
import pytest
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext

from generator.theme.compiler import LEANS_ON, AttributeCompiler, Compiler
from generator.theme.templates import Templates
from generator.theme.theme import load_theme
from tests.theme.test_theme import MINE, render, write

CHANGED = "Jinja2 {} changed a part of its compiler that generator/theme/compiler.py leans on: {}"


def say(what: str) -> str:
    return CHANGED.format(jinja2.__version__, what)  # type: ignore[attr-defined,unused-ignore]


@pytest.mark.parametrize(("name", "parameters"), LEANS_ON.items(), ids=LEANS_ON.keys())
def test_the_methods_that_we_lean_on_are_there(name: str, parameters: tuple[str, ...]) -> None:
    method = getattr(CodeGenerator, name, None)
    assert method is not None, say(f"there is no CodeGenerator.{name}")
    taken = list(inspect.signature(method).parameters)[1:]
    assert tuple(taken[: len(parameters)]) == parameters, say(f"CodeGenerator.{name} takes {', '.join(taken)}")


def test_every_method_that_we_replace_is_in_the_list() -> None:
    replaced = {name for kind in (Compiler, AttributeCompiler) for name in vars(kind) if hasattr(CodeGenerator, name)}
    replaced -= {name for name in replaced if name.startswith("__")}
    assert replaced <= LEANS_ON.keys()


def test_a_frame_is_what_we_take_it_for() -> None:
    frame = Frame(EvalContext(jinja2.Environment(autoescape=True), "a.html"))
    assert frame.parent is None, say("a frame without a parent is no longer that of a template or block")
    assert frame.buffer is None, say("Frame.buffer is set from the start")
    assert frame.inner().parent is frame, say("Frame.inner has another parent")
    assert (frame.eval_ctx.autoescape, frame.eval_ctx.volatile) == (True, False), say("EvalContext differs")


def compiled(text: str, kind: type[CodeGenerator] = CodeGenerator) -> str:
    environment = jinja2.Environment(autoescape=True)
    environment.code_generator_class = kind
    environment.blocks = type("Any", (), {"check": lambda *_: None})()  # type: ignore[attr-defined]
    return str(environment.compile(text, "a.html", raw=True))


def test_jinja_writes_what_we_replace() -> None:
    own = compiled("{{ a.b }}{% block c %}{{ d }}{% endblock %}")
    assert "environment.getattr((undefined(name='a')" in own, say("attributes are read in another way")
    assert "escape(" in own, say("values are escaped in another way")
    assert "concat = environment.concat" in own, say("templates no longer have concat")
    assert own.partition("\n")[0].startswith("from jinja2.runtime import "), say("a template begins with other code")
    assert "def root(context, missing=missing, environment=environment):" in own, say("templates are other functions")


def test_what_we_write_instead_is_in_the_place() -> None:
    ours = compiled("{{ a.b }}{% block c %}{{ d }}{% endblock %}", AttributeCompiler)
    assert "getattr" not in ours, say("CodeGenerator.visit_Getattr is not asked")
    assert len(re.findall(r"escape_fast\(", ours)) == 2, say("CodeGenerator._output_child_pre is not asked")
    assert len(re.findall(r"yield concat\(t_\d+\)", ours)) == 3, say("leave_frame or visit_Block is not asked")
    turns = compiled("{% for a in b %}{{ a }}{% endfor %}", AttributeCompiler)
    assert re.search(r"if len\(t_\d+\) > \d+:\s+yield concat", turns), say("CodeGenerator.blockvisit is not asked")


def test_a_version_that_may_change_them_is_not_installed() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (jinja,) = (each for each in project["dependencies"] if each.startswith("jinja2"))
    assert re.search(r",<3\.\d+$", jinja)


# Templates that need the general way

SLOW = {
    # what needs it: the template, what it comes to, the line, what is asked for
    "an entry of a table": ("one\n{{ page.words.red }}", b"one\nrot", 2, "red"),
    "a field that may be there": ("{{ page.none is defined }}", b"False", 1, "none"),
    "a default": ("\n\n{{ page.none|default('x') }}", b"\n\nx", 3, "none"),
    "a block of one's own": ("{% block a %}x{% endblock %}{{ self.a() }}", b"xx", 1, "a"),
}


class Page(msgspec.Struct, frozen=True):
    words: dict[str, str]
    list: tuple[int, ...] = ()


def templates(text: str, folder: str = "") -> Templates:
    files = {"a.html": ("{% include 'b.html' %}", "themes/a.html", None), "b.html": (text, "themes/b.html", None)}
    return Templates(lambda name: files.get(name), folder, files.keys())


@pytest.mark.parametrize(("text", "expected", "line", "asked"), SLOW.values(), ids=SLOW.keys())
def test_a_template_that_needs_the_general_way_says_so(text: str, expected: bytes, line: int, asked: str) -> None:
    ours = templates(text)
    page = Page({"red": "rot"})
    assert (ours.render("a.html", page=page), ours.render("a.html", page=page)) == (expected, expected)
    (warning,) = ours.slow.values()
    assert (warning.path, warning.line, warning.severity) == ("themes/b.html", line, "warning")
    assert warning.message == f"a.html is rendered more slowly, since something here has no attribute {asked!r}"
    assert warning.hint.startswith(f"write [{asked!r}]")


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("{{ page.words['blue']|default('x') }}", b"x", "'blue'"),
        ("{{ page.words['blue'] is defined }}", b"False", "'blue'"),
        ("{{ page.list[3] is defined }}", b"False", "tuple index out of range"),
    ],
)
def test_so_does_one_that_asks_for_an_entry_that_is_not_there(text: str, expected: bytes, why: str) -> None:
    ours = templates(text)
    page = Page({"red": "rot"})
    assert (ours.render("a.html", page=page), ours.render("a.html", page=page)) == (expected, expected)
    (warning,) = ours.slow.values()
    assert warning.message == f"a.html is rendered more slowly, since Python can't do what stands here: {why}"


@pytest.mark.parametrize("text", ["{{ page.words['red'] }}", "{{ page.words.items()|length }}", "{{ page.words }}"])
def test_a_template_that_does_not_need_it_is_fast(text: str) -> None:
    ours = templates(text)
    ours.render("a.html", page=Page({"red": "rot"}))
    assert ours.slow == {}


@pytest.mark.parametrize("text", ["{{ page.none }}", "{{ none.x }}", "{{ 1 // 0 }}", "{{ page.words.none.x }}"])
def test_a_template_that_is_wrong_is_not_slow_for_that(text: str) -> None:
    """What is wrong with one page says nothing of the next."""
    ours = templates(text)
    with pytest.raises((jinja2.UndefinedError, ZeroDivisionError)):
        ours.render("a.html", page=Page({}))
    assert ours.slow == {}


def test_other_processes_know_it_too(tmp_path: Path) -> None:
    first = templates("{{ page.words.red }}", str(tmp_path))
    first.render("a.html", page=Page({"red": "rot"}))
    assert templates("{{ page.words.red }}", str(tmp_path)).slow == first.slow != {}


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff"])
def test_a_damaged_note_is_none(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.html.slow.json").write_bytes(raw)
    assert templates("x", str(tmp_path)).slow == {}


def test_a_theme_names_its_slow_templates(tmp_path: Path) -> None:
    write(tmp_path, MINE | {"mine/templates/404.html": "{{ page.none is defined }}"})
    theme: Any = load_theme("mine", tmp_path)
    assert theme.slow_templates() == ()
    render(theme, "404.html")
    (warning,) = theme.slow_templates()
    assert warning.path == "themes/mine/templates/404.html"


def test_no_shipped_template_is_slow() -> None:
    from tests.sample_pages import PAGES, SITE, THEME

    for template, page in PAGES.values():
        THEME.render(template, page, SITE)
    assert THEME.slow_templates() == ()
