"""Colours: WCAG's contrast in whole numbers, and colours of the same hue that meet a wish."""

from __future__ import annotations

import colorsys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.theme import colours
from tests.theme.test_style import contrast

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#00635b", "#00635b"),
        ("#ABCDEF", "#abcdef"),
        ("#0aF", "#00aaff"),
        ("00635b", None),
        ("#00635", None),
        ("#00635b ", None),
        ("#00635b\n", None),
        ("#00635g", None),
        ("#٠٠٠", None),
        ("teal", None),
        ("rgb(0, 0, 0)", None),
        ("", None),
    ],
)
def test_a_colour_has_three_digits_or_six(text: str, expected: str | None) -> None:
    assert colours.read(text) == expected


def test_contrast_is_that_of_wcag_rounded_down() -> None:
    assert colours.contrast("#000000", "#ffffff") == 2100
    assert colours.contrast("#777777", "#ffffff") == 447
    assert colours.contrast("#767676", "#ffffff") == 454
    assert colours.contrast("#123456", "#123456") == 100


@given(COLOURS, COLOURS)
def test_contrast_is_what_floats_give(one: str, other: str) -> None:
    assert colours.contrast(one, other) == colours.contrast(other, one)
    assert abs(colours.contrast(one, other) / 100 - contrast(one, other)) < 0.0101


def test_no_machine_rounds_the_light_of_a_channel_in_another_way() -> None:
    """The last digits of a float differ from machine to machine; here they are a million times too small to matter."""
    for value in range(256):
        part = value / 255
        light = 10_000_000 * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
        assert abs(light % 1 - 0.5) > 0.001


def test_a_ratio_is_written_as_people_do() -> None:
    assert [colours.ratio(each) for each in (449, 450, 700, 1000, 101, 2100)] == [
        "4.49:1", "4.5:1", "7:1", "10:1", "1.01:1", "21:1",
    ]  # fmt: skip


def test_a_mix_lies_between() -> None:
    assert colours.mix("#000000", "#ffffff", 0) == "#000000"
    assert colours.mix("#000000", "#ffffff", 100) == "#ffffff"
    assert colours.mix("#fbfaf7", "#00635b", 10) == "#e2ebe7"


@given(COLOURS, st.integers(0, 510))
def test_another_lightness_keeps_hue_and_vividness(colour: str, lightness: int) -> None:
    """As Python's own HSL has it, but for rounding."""
    hue, _, vivid = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)))
    expected = colorsys.hls_to_rgb(hue, lightness / 510, vivid)
    got = colours.lit(colour, lightness)
    for part, at in zip(expected, (1, 3, 5), strict=True):
        assert abs(int(got[at : at + 2], 16) - 255 * part) <= 1


@given(COLOURS)
def test_the_nearest_colour_to_one_that_fits_is_itself(colour: str) -> None:
    assert colours.nearest(colour, lambda _: True) == colour


def test_the_nearest_colour_has_the_most_similar_lightness() -> None:
    def readable(colour: str) -> bool:
        return colours.contrast(colour, "#ffffff") >= 450

    found = colours.nearest("#ffcc00", readable)
    assert found == "#907300"
    assert colours.contrast(found, "#ffffff") < 460
    assert colours.nearest("#ffcc00", lambda _: False) is None
