"""The default theme's style sheet: contrast by computing, tokens, and what pages weigh."""

from __future__ import annotations

import re

import pytest

from tests.sample_pages import PAGES, THEME, Outline, html_of, thread_html


def rules() -> str:
    return THEME.assets["style.css"][1].decode()


def palettes() -> dict[str, dict[str, str]]:
    """Colours by scheme and name, as they are where nobody asks for more contrast: that is said further down."""
    colours = re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), ?(#[0-9a-f]{6})\)", rules())[::-1]
    return {"light": {name: light for name, light, _ in colours}, "dark": {name: dark for name, _, dark in colours}}


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        *((text, ground) for text in ("ink", "muted", "accent", "warn") for ground in ("paper", "accent-soft")),
        ("paper", "accent"),
    ],
)
def test_every_text_can_be_read_on_every_ground(scheme: str, text: str, ground: str) -> None:
    colours = palettes()[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


def test_light_and_dark_differ_in_every_colour() -> None:
    light, dark = palettes()["light"], palettes()["dark"]
    assert [name for name in light if light[name] == dark[name]] == []


def test_the_browsers_frame_has_the_colour_of_the_paper() -> None:
    metas = Outline(thread_html()).all("meta")
    shown = {str(meta["media"]): meta["content"] for meta in metas if meta.get("name") == "theme-color"}
    assert shown == {f"(prefers-color-scheme: {name})": colours["paper"] for name, colours in palettes().items()}


def test_every_token_in_use_is_set() -> None:
    used = set(re.findall(r"var\((--[a-z-]+)\)", rules()))
    assert used <= set(re.findall(r"(--[a-z-]+):", rules()))


def test_every_class_of_a_page_has_a_rule_or_a_meaning() -> None:
    meanings = re.compile(r"(h|p|u|e|dt)-[a-z-]+|b[0-8]|s[12]|pages|home")
    styled = set(re.findall(r"\.([a-z][a-z0-9-]*|s-1)", rules()))
    for template, page in PAGES.values():
        for _, attrs in Outline(html_of(page, template)).tags:
            for name in str(attrs.get("class") or "").split():
                assert name in styled or meanings.fullmatch(name), name
