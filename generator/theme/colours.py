"""Colours: `#rrggbb` in, contrasts and related colours out. Nothing here knows a theme.

All of it is whole numbers, so that every machine gives the same colours. Contrast is that of WCAG 2.2, in hundredths
and rounded down: 449 is not enough where 450 is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

WHITE, BLACK = "#ffffff", "#000000"
_SCALE = 10_000_000
_LINEAR = tuple(
    round(_SCALE * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4))
    for part in (value / 255 for value in range(256))
)
"""How much light each value of a channel gives. None of them is near the middle between two whole numbers (a test
looks), so the last digits of a machine's floats don't matter."""
_STEPS = 510
"""Lightness goes from 0 (black) to 510 (white): it is the sum of the smallest and the largest channel."""

Channels = tuple[int, int, int]


def read(text: str) -> str | None:
    """Give a colour that is written as `#abc` or `#aabbcc` in its long form, lower case; None if it is no colour."""
    match = re.fullmatch(r"#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text)
    if match is None:
        return None
    digits = match[1].lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> int:
    """Give the contrast of two colours in hundredths, 100 to 2100."""
    low, high = sorted((_luminance(one), _luminance(other)))
    least = 10_000 * _SCALE // 20
    return 100 * (high + least) // (low + least)


def ratio(hundredths: int) -> str:
    """Write a contrast as people do: `4.49:1`, `7:1`."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + ":1"


def mix(ground: str, colour: str, percent: int) -> str:
    """Lay a colour over a ground, so thin that so many percent of it are seen."""
    parts = zip(_channels(ground), _channels(colour), strict=True)
    red, green, blue = ((below * (100 - percent) + above * percent + 50) // 100 for below, above in parts)
    return _write((red, green, blue))


def nearest(colour: str, fits: Callable[[str], bool]) -> str | None:
    """Find the colour of the same hue and the most similar lightness that fits; None if there is none."""
    start = _lightness(colour)
    for distance in range(_STEPS + 1):
        for lightness in (start - distance, start + distance):
            if 0 <= lightness <= _STEPS and fits(candidate := lit(colour, lightness)):
                return candidate
    return None


def on_other_ground(colour: str, fits: Callable[[str], bool]) -> str | None:
    """Find the colour of the same hue, half as vivid, that is as light or dark as is needed to fit.

    It starts from the middle: on a dark ground a vivid colour glares.
    """
    return nearest(lit(colour, _STEPS // 2, half=True), fits)


def lit(colour: str, lightness: int, *, half: bool = False) -> str:
    """Give a colour the lightness 0 to 510, keeping its hue and how vivid it is, or half as vivid (HSL)."""
    channels = _channels(colour)
    low, high = min(channels), max(channels)
    if low == high:
        value = (lightness + 1) // 2
        return _write((value, value, value))
    # In HSL, what a colour could differ from grey at most depends on its lightness.
    most, room = (255 - abs(each - 255) for each in (low + high, lightness))
    spread, whole = (high - low) * room, most * (2 if half else 1)
    wide = 2 * whole * (high - low)
    base = lightness * whole - spread  # twice the smallest channel, times `whole`
    red, green, blue = (
        (base * (high - low) + 2 * spread * (channel - low) + wide // 2) // wide for channel in channels
    )
    return _write((red, green, blue))


def _lightness(colour: str) -> int:
    channels = _channels(colour)
    return min(channels) + max(channels)


def _luminance(colour: str) -> int:
    red, green, blue = (_LINEAR[channel] for channel in _channels(colour))
    return 2126 * red + 7152 * green + 722 * blue


def _channels(colour: str) -> Channels:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _write(channels: Channels) -> str:
    return "#" + "".join(f"{max(0, min(255, channel)):02x}" for channel in channels)
