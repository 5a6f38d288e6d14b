"""The option type `accent`: one colour or two come in, are checked against a theme, and all that follow go out.

A style sheet says what the accent has to be read on and with: its custom properties `--paper`, `--ink`, `--muted` and
`--warn` on `:root`, for light and for dark, and those for people who ask for more contrast. A colour that is written
there in another way than `#rrggbb` or `light-dark(#rrggbb, #rrggbb)` is not checked. Nothing is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from generator.theme import colours

LEAST, LEAST_STRONG = 450, 700
"""Contrast of text in hundredths (WCAG 2.2, AA), and where a reader asks for more (AAA)."""
VIVID = 800
"""Contrast on the paper that a dark accent gets if it is derived: about that of the theme's own."""
THIN = {"light": 10, "dark": 14}
"""How much of the accent is seen in `--accent-soft`, in percent."""
_STRONG = "@media (prefers-contrast: more)"
_COLOUR = r"(#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?)"
_TOKEN = re.compile(
    rf"--(paper|ink|muted|warn)\s*:\s*(?:{_COLOUR}|light-dark\(\s*{_COLOUR}\s*,\s*{_COLOUR}\s*\))\s*(?=;|$)"
)

Palette = Mapping[str, str]
"""Colour by the name of its custom property."""


class Weak(NamedTuple):
    """Two colours that stand on each other and are too alike."""

    text: str
    ground: str
    """Words for the ground, with its colour."""
    contrast: int


class UnreadableError(ValueError):
    """An accent that can't be read; holds a message and a hint for each of its colours that can't."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


def accent(value: tuple[str, ...], css: str) -> dict[str, str]:
    """Give the colours that follow from an accent, by name, for the style sheet `css` of a theme.

    `value` has a colour for light and, if it is not to be derived, one for dark. Raises `UnreadableError`.
    """
    usual, strict = palettes(css), palettes(css, strong=True)
    chosen = dict(zip(THIN, value, strict=False))
    faults = [_fault(colour, scheme, usual[scheme]) for scheme, colour in chosen.items()]
    if any(faults):
        raise UnreadableError([fault for fault in faults if fault])
    if "dark" not in chosen:
        chosen["dark"] = _for_dark(chosen["light"], usual["dark"])
    names: dict[str, str] = {}
    for scheme, colour in chosen.items():
        strong = _readable(colour, scheme, strict[scheme], LEAST_STRONG) or colour
        names[scheme], names[f"{scheme}_soft"] = colour, soft(colour, scheme, usual[scheme])
        names[f"{scheme}_strong"], names[f"{scheme}_strong_soft"] = strong, soft(strong, scheme, strict[scheme])
    names["fill"] = colours.mix(names["light"], colours.BLACK, 20)
    names["fill_strong"] = colours.mix(names["light_strong"], colours.BLACK, 20)
    return names


NAMES = (
    *(f"{scheme}{kind}" for scheme in THIN for kind in ("", "_soft", "_strong", "_strong_soft")), "fill", "fill_strong",
)  # fmt: skip
"""Names of the colours that `accent` gives, for the `css` of an option."""


def palettes(css: str, *, strong: bool = False) -> dict[str, Palette]:
    """Read the colours of a style sheet for light and dark; `strong`: for a reader who asks for more contrast."""
    found: dict[str, dict[str, str]] = {scheme: {} for scheme in THIN}
    for around, body in _rules(css):
        if around == (":root",) or (strong and around == (_STRONG, ":root")):
            for name, both, light, dark in _TOKEN.findall(body):
                found["light"][name] = str(colours.read(both or light))
                found["dark"][name] = str(colours.read(both or dark))
    return dict(found)


def soft(colour: str, scheme: str, palette: Palette) -> str:
    """Give the ground for what is marked: the paper, with a little of the accent."""
    paper = palette.get("paper", colours.WHITE if scheme == "light" else colours.BLACK)
    return colours.mix(paper, colour, THIN[scheme])


def _weak(colour: str, scheme: str, palette: Palette, least: int) -> Iterator[Weak]:
    """Yield the pairs of text and ground with the accent in them that can't be read.

    The paper on the accent, as in a score of 5, has the contrast of the accent on the paper. What can't be read on the
    paper either is the theme's fault.
    """
    pale = soft(colour, scheme, palette)
    pairs = [(colour, f"the marked ground {pale}", pale)]
    if paper := palette.get("paper"):
        pairs.insert(0, (colour, f"the paper {paper}", paper))
        others = [palette[name] for name in ("ink", "muted", "warn") if name in palette]
        readable = [text for text in others if colours.contrast(text, paper) >= least]
        pairs += [(text, f"the marked ground {pale}, which is made of {colour},", pale) for text in readable]
    for text, words, ground in pairs:
        if (contrast := colours.contrast(text, ground)) < least:
            yield Weak(text, words, contrast)


def _fault(colour: str, scheme: str, palette: Palette) -> tuple[str, str] | None:
    """Say why a colour can't be read, and which would do; None if it can."""
    weak = next(_weak(colour, scheme, palette, LEAST), None)
    if weak is None:
        return None
    better = _readable(colour, scheme, palette, LEAST)
    message = (
        f"{colour} can't be read where pages are {scheme}: text in {weak.text} on {weak.ground} "
        f"has a contrast of {colours.ratio(weak.contrast)}, and needs {colours.ratio(LEAST)}"
    )
    return message, f'"{better}" is the nearest colour that does' if better else "choose another colour"


def _readable(colour: str, scheme: str, palette: Palette, least: int) -> str | None:
    """Find the nearest colour that can be read."""
    return colours.nearest(colour, lambda each: not any(_weak(each, scheme, palette, least)))


def _for_dark(light: str, palette: Palette) -> str:
    """Derive the accent for dark pages from that for light ones."""
    for least in (VIVID, LEAST):

        def fits(each: str, least: int = least) -> bool:
            paper = palette.get("paper", colours.BLACK)
            return colours.contrast(each, paper) >= least and not any(_weak(each, "dark", palette, LEAST))

        if colour := colours.on_other_ground(light, fits):
            return colour
    return light


def _rules(css: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the declarations of each rule, with what stands before the brackets around them."""
    around: list[str] = []
    for text, bracket in re.findall(r"([^{}]*)([{}])", css):
        if bracket == "{":
            around.append(" ".join(text.rpartition(";")[2].split()))
        elif around:
            yield tuple(around), text
            around.pop()
