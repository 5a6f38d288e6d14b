"""Fenced code: what is coloured and what is not, no character lost, every class styled, every colour readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygments.token import STANDARD_TYPES

from generator.markup import post_html
from generator.markup.code import MAX_CODE
from tests.sample_pages import Outline
from tests.theme.test_style import contrast, palettes

CODE = "\n".join(["```python", *(f"x{number} = 'a'" for number in range(20)), "```"])
STYLES = Path(__file__).parents[2] / "themes/default/static/code.css"
INHERITED = frozenset({"w", "esc", "x", "n", "nl", "nn", "nv", "nx", "vc", "vg", "vi", "o", "p", "pm", "g"})
"""Classes that have the colour of the text: names, operators, punctuation."""


def coloured(body: str) -> int:
    return len(Outline(str(post_html(body, "markdown"))).all("span"))


def test_code_that_would_take_long_is_not_coloured() -> None:
    assert coloured(CODE) > 0
    assert coloured(f"```python\n{'x = 1  ' * (MAX_CODE // 7 + 1)}\n```") == 0
    lines = "\n".join(f"x{number} = 'a'" for number in range(MAX_CODE // 11))
    assert len(lines) > MAX_CODE * 0.9
    one = f"```python\n{lines[: MAX_CODE - 100]}\n```\n"
    assert 0 < coloured(one) == coloured(one + one) < coloured(one + "```python\nx = 1\n```")


@pytest.mark.parametrize("unit", ["\n", "#", "()", "'\\", " \n", " \t\n\n \t\t"])
def test_the_same_over_and_over_is_not_coloured(unit: str) -> None:
    assert coloured(f"```c\nx = 1;\n{unit * 25}\n```") > 0
    assert coloured(f"```c\nx = 1;\n{unit * 200}\n```") == 0


@given(
    st.sampled_from(["python", "c", "html", "diff", "console", "php", "json", "yaml", "make", "tex", "pycon", "text"]),
    st.text(st.sampled_from("abx19 \t\n'\"<>&#$%{}()[]:;=+-*/\\.,|!?@~^"), max_size=60),
)
def test_code_keeps_every_character(language: str, code: str) -> None:
    html = post_html(f"``````{language}\n{code}\n``````", "markdown")
    assert Outline(str(html)).text == f"{code}\n\n"


def test_code_whose_lexer_loses_a_character_is_not_coloured() -> None:
    body = "```robotframework\n{}\n```"
    assert coloured(body.format("*** Settings ***\nLibrary  a")) > 0
    assert coloured(body.format("*** Settings ***\nLibrary\ta")) == 0
    assert "Library\ta" in post_html(body.format("*** Settings ***\nLibrary\ta"), "markdown")


def test_slow_languages_are_not_coloured() -> None:
    assert coloured("```registry\n[a]\n```") == coloured("```xpp\nint a;\n```") == 0


def test_every_class_of_code_is_styled_or_inherits() -> None:
    styled = set(re.findall(r"\.([a-z][a-z0-9]*)(?=[,)])", STYLES.read_text(encoding="utf-8")))
    assert styled.isdisjoint(INHERITED)
    assert styled | INHERITED == set(STANDARD_TYPES.values()) - {""}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "accent-soft"])
def test_every_colour_of_code_can_be_read(scheme: str, ground: str) -> None:
    css = STYLES.read_text(encoding="utf-8")
    colours = palettes()[scheme]
    used = set(re.findall(r"color: var\(--([a-z-]+)\);", css))
    assert css.count("color: ") == len(re.findall(r"color: var\(", css)) >= len(used) > 4
    assert {name: contrast(colours[name], colours[ground]) >= 4.5 for name in used} == dict.fromkeys(used, True)
