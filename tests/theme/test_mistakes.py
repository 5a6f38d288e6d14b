"""A theme's mistakes, and what exactly is told of each: where, what is wrong, on which page, what may be meant."""

from __future__ import annotations

import errno
from pathlib import Path

import msgspec
import pytest

from generator.errors import ThemeError
from generator.theme.theme import load_theme
from tests.theme.test_theme import MINE, PAGE, render, site_for, write

CHILD = '{% extends "default/404.html" %}\n'
ENDLESS = "the template never ends: it extends, includes or calls itself"
SYNTAX = "correct the syntax (Jinja2)"

MISTAKES: dict[str, tuple[dict[str, str], str, str, str]] = {
    # what is wrong: the templates, 404.html first asked for; place; message; hint
    "an unknown field": (
        {"404.html": "one\n{{ page.titel }}\n"},
        "404.html:2",
        "Plain has no field 'titel'",
        "did you mean 'title'?",
    ),
    "a field like no other": (
        {"404.html": "{% for item in site.nav %}\n{{ item.link }}{% endfor %}"},
        "404.html:2",
        "Ref has no field 'link'",
        "known are name, url",
    ),
    "a field of a value that is none": (
        {"404.html": "{{ page.canonical.name }}"},
        "404.html:1",
        "'name' is asked of a value that is none here",
        "ask before whether it is there: {% if ... %}",
    ),
    "a field of a text": (
        {"404.html": "{{ page.title.name }}"},
        "404.html:1",
        "'str object' has no attribute 'name'",
        "`threadpress help themes` lists what templates see",
    ),
    "an unknown name": (
        {"404.html": "one\n\n{{ pages }}\n"},
        "404.html:3",
        "there is no 'pages'",
        "did you mean 'page'?",
    ),
    "a name like no other": (
        {"404.html": "{{ author }}"},
        "404.html:1",
        "there is no 'author'",
        "templates see page, site and what they set",
    ),
    "an unknown asset": (
        {"404.html": "\n{{ site.assets['styles.css'] }}"},
        "404.html:2",
        "there is no asset 'styles.css'",
        "did you mean 'style.css'?",
    ),
    "an unknown option": (
        {"404.html": "\n{{ site.options.lables }}"},
        "404.html:2",
        "there is no option 'lables'",
        "did you mean 'labels'?",
    ),
    "an unknown block": (
        {"404.html": CHILD + "\n{% block mian %}x{% endblock %}"},
        "404.html:3",
        "no template above has a block 'mian'",
        "did you mean 'main'?",
    ),
    "no block above": (
        {"404.html": CHILD + "{% block main %}\n{% block own %}{{ super() }}{% endblock %}{% endblock %}"},
        "404.html:3",
        "there is no parent block called 'own'",
        "correct the template",
    ),
    "an unknown template to include": (
        {"404.html": '\n{% include "_wrods.html" %}'},
        "404.html:2",
        "there is no template '_wrods.html'",
        "did you mean '_words.html'?",
    ),
    "an unknown template to extend": (
        {"404.html": "{% extends 'defualt/404.html' %}"},
        "404.html:1",
        "there is no template 'defualt/404.html'",
        "did you mean 'default/404.html'?",
    ),
    "an unknown macro": (
        {"404.html": "{% from '_words.html' import cuont %}\n{{ cuont(1, 'a') }}"},
        "404.html:2",
        "_words.html has no 'cuont' to import",
        "did you mean 'count'?",
    ),
    "an unknown macro of a template": (
        {"404.html": "{% import '_words.html' as words %}\n{{ words.cuont(1, 'a') }}"},
        "404.html:2",
        "_words.html has no 'cuont'",
        "did you mean 'count'?",
    ),
    "too much for a macro": (
        {"404.html": "{% from '_words.html' import count %}\n{{ count(1, 2, 3) }}"},
        "404.html:2",
        "TypeError: macro 'count' takes not more than 2 argument(s)",
        "correct the template",
    ),
    "too little for a macro": (
        {"404.html": "{% macro say(what) %}\n{{ what }}{% endmacro %}\n{{ say() }}"},
        "404.html:2",
        "parameter 'what' was not provided",
        "correct the template",
    ),
    "an unknown filter": (
        {"404.html": "\n{{ page.title|uper }}"},
        "404.html:2",
        "there is no filter 'uper'",
        "did you mean 'upper'?",
    ),
    "a filter like no other": (
        {"404.html": "\n{{ page.title|zzzz }}"},
        "404.html:2",
        "there is no filter 'zzzz'",
        "see Jinja2 for its filters",
    ),
    "an unknown test": (
        {"404.html": "\n{{ page.title is devined }}"},
        "404.html:2",
        "there is no test 'devined'",
        "did you mean 'defined'?",
    ),
    "chance": (
        {"404.html": "{{ [1, 2]|random }}"},
        "404.html:1",
        "no filter named 'random'",
        "the same page must have the same bytes: leave chance out",
    ),
    "an open tag": (
        {"404.html": "{% if page %}\n\nno end\n"},
        "404.html:2",
        "unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. "
        "The innermost block that needs to be closed is 'if'",
        SYNTAX,
    ),
    "an unknown tag": (
        {"404.html": "{% fro x in y %}\n"},
        "404.html:1",
        "encountered unknown tag 'fro'",
        SYNTAX,
    ),
    "a wrong sign": (
        {"404.html": "one\n{{ page..title }}\n"},
        "404.html:2",
        "expected name or number",
        SYNTAX,
    ),
    "an error in a call": (
        {"404.html": "one\ntwo\n{{ 1 // 0 }}"},
        "404.html:3",
        "ZeroDivisionError: integer division or modulo by zero",
        "correct the template",
    ),
    "a template that extends itself": (
        {"404.html": '{% extends "404.html" %}'},
        "404.html:1",
        ENDLESS,
        "let it name another",
    ),
    "a template that includes itself": (
        {"404.html": '\n{% include "404.html" %}'},
        "404.html:2",
        ENDLESS,
        "let it name another",
    ),
    "a field in an included template": (
        {"404.html": 'a\n{% include "part.html" %}', "part.html": "\n\n{{ site.nothing }}"},
        "part.html:3",
        "Site has no field 'nothing'",
        "did you mean 'options'?",
    ),
    "a field in an imported macro": (
        {
            "404.html": "{% from 'part.html' import show %}\n{{ show(page) }}",
            "part.html": "{% macro show(it) %}\n{{ it.titel }}{% endmacro %}",
        },
        "part.html:2",
        "Plain has no field 'titel'",
        "did you mean 'title'?",
    ),
    "a field in an extended template": (
        {"404.html": "{% extends 'part.html' %}", "part.html": "\n\n\n{{ site.titel }}"},
        "part.html:4",
        "Site has no field 'titel'",
        "did you mean 'title'?",
    ),
    "a field in a block of an original": (
        {"404.html": CHILD + "{% block main %}\n\n{{ page.titel }}{% endblock %}"},
        "404.html:4",
        "Plain has no field 'titel'",
        "did you mean 'title'?",
    ),
    "bad syntax in an included template": (
        {"404.html": '\n{% include "part.html" %}', "part.html": "\n\n{{ site. }}"},
        "part.html:3",
        "expected name or number",
        SYNTAX,
    ),
    "bad syntax in the base of all": (
        {"base.html": "\n{% blok main %}"},
        "base.html:2",
        "encountered unknown tag 'blok'",
        SYNTAX,
    ),
}


@pytest.mark.parametrize(("files", "place", "message", "hint"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_told(files: dict[str, str], place: str, message: str, hint: str, tmp_path: Path) -> None:
    write(tmp_path, MINE | {f"mine/templates/{name}": text for name, text in files.items()})
    theme = load_theme("mine", tmp_path)
    for _ in range(2):  # the second time it is compiled already, perhaps
        with pytest.raises(ThemeError) as caught:
            theme.render("404.html", PAGE, site_for(theme))
        told = f"themes/mine/templates/{place}: {message} (while rendering 404.html); {hint}"
        assert [str(problem) for problem in caught.value.problems] == [told]


def test_a_fault_is_told_where_it_is_not_where_it_shows(tmp_path: Path) -> None:
    child = '{% extends "default/404.html" %}\n\n{% block main %}\n{% include "part.html" %}\n{% endblock %}\n'
    part = "\n\n{{ site.nothing }}\n"
    write(tmp_path, MINE | {"mine/templates/404.html": child, "mine/templates/part.html": part})
    with pytest.raises(ThemeError, match=r"^themes/mine/templates/part\.html:3: "):
        render(load_theme("mine", tmp_path), "404.html")


def test_a_template_nobody_wrote() -> None:
    theme = load_theme("default", None)
    with pytest.raises(ThemeError, match=r"there is no template 'thred.html'.*did you mean 'thread.html'"):
        render(theme, "thred.html")


BLOCKS_THAT_MAY_BE: dict[str, dict[str, str]] = {
    "a block inside another": {"404.html": CHILD + "{% block main %}{% block own %}{% endblock %}{% endblock %}"},
    "a block of the base": {"404.html": CHILD + "{% block head %}<!-- mine -->{% endblock %}"},
    "an original's, for a base without it": {"base.html": "{% block main %}{% endblock %}"},
    "a block of a base that is named by its theme": {
        "404.html": "{% extends 'default/base.html' %}{% block robots %}{% endblock %}"
    },
    "a base that is chosen while rendering": {
        "404.html": "{% extends 'default/base.html' if page else 'x' %}{% block main %}{% endblock %}"
    },
    "a block of a template that extends nothing": {"404.html": "{% block own %}{% endblock %}"},
}


@pytest.mark.parametrize("files", BLOCKS_THAT_MAY_BE.values(), ids=BLOCKS_THAT_MAY_BE.keys())
def test_blocks_that_show_are_no_mistake(files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, MINE | {f"mine/templates/{name}": text for name, text in files.items()})
    render(load_theme("mine", tmp_path), "404.html")


def test_a_block_that_cannot_show_is_told_in_any_build(tmp_path: Path) -> None:
    """Also when the template was compiled in an earlier one: nothing that is wrong is kept."""
    child = CHILD + "{% block mian %}{% endblock %}"
    write(tmp_path, MINE | {"mine/templates/404.html": child})
    theme = load_theme("mine", tmp_path)
    for _ in range(2):
        kept = type(theme)(
            **{name: getattr(theme, name) for name in theme.__struct_fields__} | {"compiled": str(tmp_path / "kept")}
        )
        with pytest.raises(ThemeError, match="'mian'"):
            render(kept, "404.html")


class _Short(msgspec.Struct, frozen=True):
    """Something a template sees, of a system that is short of something."""

    error: Exception

    @property
    def field(self) -> str:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EMFILE, "Too many open files", "x"),
        MemoryError(),
        ImportError("x.so: cannot open shared object file: Too many open files"),
    ],
)
def test_what_the_system_refuses_is_no_mistake_of_a_template(error: Exception, tmp_path: Path) -> None:
    write(tmp_path, MINE | {"mine/templates/404.html": "{{ page.title.field }}"})
    theme, page = load_theme("mine", tmp_path), msgspec.structs.replace(PAGE, title=_Short(error))
    with pytest.raises(type(error)) as raised:
        theme.render("404.html", page, site_for(theme))
    assert raised.value is error
