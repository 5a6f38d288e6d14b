"""Pages as `serve` sends them: their versions, and the script in them."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.commands.serve.inject import version, with_script

PAGE = b"""<!doctype html>
<html><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; script-src 'self'">
<link rel="icon" href="a.svg"><link rel="stylesheet" href="../a.css?x=1&amp;y=2">
<LINK href='b.css' rel=stylesheet>
</head><body><p>Text</p></body></html>
"""


def test_a_version_is_all_but_the_addresses_of_style_sheets() -> None:
    one = version(PAGE)
    assert one.styles == ("../a.css?x=1&y=2", "b.css")
    restyled = PAGE.replace(b"a.css", b"c.css").replace(b"b.css", b"d.css")
    assert version(restyled).page == one.page
    assert version(restyled).styles == ("../c.css?x=1&y=2", "d.css")
    for changed in (
        PAGE.replace(b"Text", b"Test"),
        PAGE.replace(b"a.svg", b"b.svg"),
        PAGE.replace(b'<link rel="stylesheet"', b'<link media="print" rel="stylesheet"'),
        PAGE.replace(b"<LINK href='b.css' rel=stylesheet>", b""),
    ):
        assert version(changed).page != one.page


def policy(page: bytes) -> dict[str, list[str]]:
    (found,) = re.findall(rb'Content-Security-Policy" content="([^"]*)"', page)
    text = found.decode().replace("&#x27;", "'")
    return {rule.split()[0]: rule.split()[1:] for rule in text.split(";")}


def test_a_page_gets_the_script_and_may_connect_to_where_it_comes_from() -> None:
    shown = with_script(PAGE, "localhost:8000")
    script = re.compile(rb'<script src="/\.threadpress/live\.js" data-version="(\w+)" defer></script>\n(?=</head>)')
    assert script.findall(shown) == [version(PAGE).page.encode()]
    assert policy(shown) == {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "connect-src": ["'self'", "ws://localhost:8000"],
    }
    meta = re.compile(rb"<meta http-equiv[^>]+>")
    assert meta.sub(b"", script.sub(b"", shown)) == meta.sub(b"", PAGE)


@pytest.mark.parametrize(
    ("written", "scripts", "connections"),
    [
        ("default-src 'none'", ["'self'"], ["'self'", "ws://h"]),
        ("default-src 'self' x.example", ["x.example", "'self'"], ["x.example", "'self'", "ws://h"]),
        ("script-src 'none'; connect-src y.example", ["'self'"], ["y.example", "'self'", "ws://h"]),
        ("Script-Src 'NONE' ; ;", ["'self'"], None),
        ("img-src 'none'", None, None),
    ],
)
def test_policies_of_other_themes(written: str, scripts: list[str] | None, connections: list[str] | None) -> None:
    for quote in ("\"'", "'&#39;"):
        text = written.replace("'", quote[1:])
        page = f"<meta content={quote[0]}{text}{quote[0]} http-equiv=Content-Security-Policy><title>x</title>".encode()
        shown = with_script(page, "h").replace(b" http-equiv=Content-Security-Policy", b"")
        found = policy(shown.replace(b"<meta content", b'<meta http-equiv="Content-Security-Policy" content'))
        assert found.get("script-src") == scripts
        assert found.get("connect-src") == connections


@given(st.binary(max_size=300))
@example(b"</head>")
@example(b'<meta http-equiv="Content-Security-Policy">')
@example(b"<link rel=stylesheet href=><link rel=stylesheet>")
def test_any_bytes_can_be_shown(page: bytes) -> None:
    shown = with_script(page, "localhost:8000")
    assert b"/.threadpress/live.js" in shown
    assert version(page) == version(page)
    assert page.partition(b"</head>")[2] in shown
