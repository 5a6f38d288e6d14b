"""The accent of a site: every text that it touches can be read, in every theme that takes one, or an error says why."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.theme.accent import NAMES, UnreadableError, accent, palettes
from generator.theme.theme import load_theme
from tests.theme.test_style import contrast

STYLES = {name: load_theme(name, None).assets["style.css"][1].decode() for name in ("default", "classic")}
COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)

every_theme = pytest.mark.parametrize("theme", STYLES)


def code(css: str, scheme: str) -> list[str]:
    """The colours that only code has; posts that were linked to show it on the soft ground."""
    pairs = re.findall(r"--code-[a-z]+: light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", css)
    assert pairs
    return [dark if scheme == "dark" else light for light, dark in pairs]


def weak_pairs(names: dict[str, str], css: str) -> list[tuple[str, str, float]]:
    """Pairs of text and ground that can't be read, of all that pages have."""
    pairs: list[tuple[str, str, float]] = [("#ffffff", names["fill"], 4.5), ("#ffffff", names["fill_strong"], 7)]
    for strong, kind, least in ((False, "", 4.5), (True, "_strong", 7)):
        for scheme, palette in palettes(css, strong=strong).items():
            colour, soft, paper = names[scheme + kind], names[f"{scheme}{kind}_soft"], palette["paper"]
            pairs += [(colour, paper, least), (paper, colour, least), (colour, soft, least)]
            pairs += [(palette[text], soft, least) for text in ("ink", "muted", "warn")]
            pairs += [(each, soft, 4.5) for each in code(css, scheme)]
    return [pair for pair in pairs if contrast(pair[0], pair[1]) < pair[2]]


@every_theme
def test_a_style_sheet_tells_its_colours(theme: str) -> None:
    for strong in (False, True):
        for palette in palettes(STYLES[theme], strong=strong).values():
            assert palette.keys() == {"paper", "ink", "muted", "warn"}
    assert palettes(STYLES["default"])["dark"]["paper"] == "#161614"
    assert palettes(STYLES["default"], strong=True)["dark"]["paper"] == "#000000"
    assert palettes(STYLES["classic"])["light"]["paper"] == "#ffffff"


def test_colours_in_brackets_of_other_rules_are_not_those_of_the_page() -> None:
    css = ":root{--paper:#fff;--ink:light-dark(#000,#fff)}@media print{:root{--paper:#000}}b{--ink:#123456}"
    assert palettes(css) == {
        "light": {"paper": "#ffffff", "ink": "#000000"},
        "dark": {"paper": "#ffffff", "ink": "#ffffff"},
    }
    assert palettes(":root{--paper:rgb(0 0 0)}")["light"] == {}


@every_theme
@given(COLOURS)
def test_one_colour_is_readable_everywhere_or_the_nearest_that_is_gets_named(theme: str, colour: str) -> None:
    css = STYLES[theme]
    try:
        names = accent((colour,), css)
    except UnreadableError as error:
        ((message, hint),) = error.faults
        assert message.startswith(f"{colour} can't be read where pages are light: ")
        better = hint.split('"')[1]
        names = accent((better,), css)
        assert contrast(better, palettes(css)["light"]["paper"]) >= 4.5
    else:
        assert names["light"] == colour
    assert names.keys() == set(NAMES)
    assert weak_pairs(names, css) == []


@every_theme
@given(COLOURS, COLOURS)
def test_two_colours_are_readable_or_each_that_is_not_is_told(theme: str, light: str, dark: str) -> None:
    css, faults = STYLES[theme], list[tuple[str, str]]()
    try:
        names = accent((light, dark), css)
    except UnreadableError as error:
        faults = error.faults
        better = {"light": light, "dark": dark}
        for message, hint in faults:
            better["light" if "where pages are light" in message else "dark"] = hint.split('"')[1]
        names = accent(tuple(better.values()), css)
        assert (names["light"] != light) + (names["dark"] != dark) == len(faults)
    assert weak_pairs(names, css) == []


def test_the_dark_accent_that_is_derived_is_as_bright_as_the_themes_own() -> None:
    own = accent(("#00635b",), STYLES["default"])
    assert own["dark"] == "#40bfb5"
    assert 8 <= contrast(own["dark"], "#161614") < 8.2


def told(*value: str) -> list[tuple[str, str]]:
    with pytest.raises(UnreadableError) as caught:
        accent(value, STYLES["default"])
    return caught.value.faults


def test_an_error_names_ratio_pair_and_a_colour_that_does() -> None:
    assert told("#ffcc00") == [
        (
            "#ffcc00 can't be read where pages are light: text in #ffcc00 on the paper #fbfaf7 "
            "has a contrast of 1.44:1, and needs 4.5:1",
            '"#816700" is the nearest colour that does',
        )
    ]
    # It can be read on the paper, but not on what is marked.
    assert told("#0a7f75") == [
        (
            "#0a7f75 can't be read where pages are light: text in #0a7f75 on the marked ground #e3eeea "
            "has a contrast of 4.1:1, and needs 4.5:1",
            '"#09776d" is the nearest colour that does',
        )
    ]
    assert [hint for _, hint in told("#ffff00", "#000000")] == [
        '"#6e6e00" is the nearest colour that does',
        '"#8d8d8d" is the nearest colour that does',
    ]


def test_what_a_theme_makes_unreadable_itself_is_not_blamed_on_the_accent() -> None:
    css = ":root{--paper:#ffffff;--ink:#000000;--muted:#aaaaaa}"
    assert accent(("#123456",), css)["light"] == "#123456"


def test_a_theme_on_which_nothing_can_be_read_is_said_to_need_another_colour() -> None:
    """No colour has 4.5 to 1 on the marked ground and leaves the ink readable there too."""
    with pytest.raises(UnreadableError) as caught:
        accent(("#0000ff",), ":root{--paper:#7a7a7a;--ink:#000000}")
    assert [hint for _, hint in caught.value.faults] == ["choose another colour"]


def test_a_style_sheet_without_colours_checks_only_the_accent_itself() -> None:
    assert accent(("#123456",), "")["light"] == "#123456"
