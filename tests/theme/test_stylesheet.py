"""Style sheets joined: what goes, what stays, and in linear time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.theme.stylesheet import bundle

CASES = {
    "comments go": ("/* why */ a { color: red } /* because */", "a{color: red}"),
    "a comment between words stays a gap": ("a/* x */b { }", "a/**/b{}"),
    "a comment with spaces around is one space": ("main /* x */ p {}", "main p{}"),
    "a space that matters stays": ("a :hover { margin: 0 auto; }", "a :hover{margin: 0 auto;}"),
    "a string keeps its comment": (
        'p::before { content: "/* no  comment */" }',
        'p::before{content: "/* no  comment */"}',
    ),
    "a string keeps its escaped quote": (r'q { quotes: "\"  /*" "*/" }', r'q{quotes: "\"  /*" "*/"}'),
    "single quotes too": ("p { content: '/*  */' }", "p{content: '/*  */'}"),
    "an address keeps its slashes": ("p { background: url(icon.svg?/*x*/) }", "p{background: url(icon.svg?/*x*/)}"),
    "an open comment reaches to the end": ("a {} /* b {}", "a{}"),
    "an address keeps its spaces": ("p { background: url('a  b.svg') }", "p{background: url('a  b.svg')}"),
    "a space that matters stays in a rule": ("a { b :hover { top: 0 } }", "a{b :hover{top: 0}}"),
    "and in a layer": ("@layer a, b; @layer a { p :hover { top : 0 } }", "@layer a,b;@layer a{p :hover{top : 0}}"),
    "and after the rule's own name": ("a { & .b { top: 0 } &:hover { top: 0 } }", "a{& .b{top: 0}&:hover{top: 0}}"),
    "sums keep their spaces": ("a { top: calc(1px + (2px - 3px)) }", "a{top: calc(1px + (2px - 3px))}"),
    "relations stay": ("a:has(> b + c) ~ d {}", "a:has(> b + c) ~ d{}"),
    "conditions stay": ("@container x (width > 3em) { a {} }", "@container x (width > 3em){a{}}"),
    "lines become one": ("a,\nb {\n  top: 0;\n  left: 0;\n}\n", "a,b{top: 0;left: 0;}"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_only_what_cannot_matter_goes(text: str, expected: str) -> None:
    assert bundle([text]) == expected + "\n"


def test_files_stand_in_order_one_a_line() -> None:
    assert bundle(["a {}", "", "  \n", "b {}"]) == "a{}\nb{}\n"


def test_an_open_comment_does_not_swallow_the_next_file() -> None:
    assert bundle(["a {} /* b {}", "c {}"]) == "a{}\nc{}\n"


@given(st.text(alphabet="ab {};,:/*\"'\\\n()url", max_size=60).filter(lambda text: "/*" not in text))
def test_without_comments_only_white_space_goes(text: str) -> None:
    short = bundle([text])
    assert re.sub(r"\s", "", short) == re.sub(r"\s", "", text)
    assert len(short) <= len(text) + 1


@pytest.mark.parametrize("unit", ["/*", "/* x */", '"', "url(", "/", " ", "\\'", "*/"])
def test_hostile_text_takes_linear_time(unit: str) -> None:
    start = time.perf_counter()
    bundle([unit * 200_000])
    assert time.perf_counter() - start < 2
