"""The themes that come with Threadpress: each renders every page soundly, in colours that can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from generator.theme.theme import Theme, load_theme
from generator.theme.views import Head, Site
from tests.sample_pages import PAGES, SITE, Outline, post, thread
from tests.theme.test_style import contrast

SHELF = Path(__file__).parents[2] / "themes"
NAMES = ("default", "classic", "plain")
SCHEMES = ("light", "dark")
_RULE = re.compile(r"@media([^{]*)\{|([^{}]*)\{([^{}]*)\}|\}")

every_theme = pytest.mark.parametrize("name", NAMES)


def theme_and_site(name: str) -> tuple[Theme, Site]:
    theme = load_theme(name, None)
    assets = {asset: url for asset, (url, _) in theme.assets.items()}
    return theme, msgspec.structs.replace(SITE, assets=assets, options=theme.options)


def styles(name: str) -> str:
    return load_theme(name, None).assets["style.css"][1].decode()


def rules(css: str) -> Iterator[tuple[str, str, str]]:
    """Selector and body of each rule in order, and the media query it stands in, "" for none."""
    media = ""
    for rule in _RULE.finditer(css):
        if rule[1] is not None:
            media = rule[1]
        elif rule[2] is not None:
            yield rule[2].strip(), rule[3], media
        else:
            media = ""


def colours(name: str, scheme: str, selector: str = ":root", wish: str = "") -> dict[str, str]:
    """Custom properties with a colour that a theme sets on an element in one scheme, the last of each.

    `wish` is what people may ask their system for: its rules count then, too.
    """
    found: dict[str, str] = {}
    for selectors, body, media in rules(styles(name)):
        asked = media.replace("(prefers-color-scheme: dark)", "").strip()
        if not selectors.startswith(selector) or (asked and asked != wish) or ("dark" in media and scheme == "light"):
            continue
        for key, light, dark in re.findall(
            r"--([a-z-]+):\s*(?:light-dark\()?(#[0-9a-f]{6})\b(?:,\s*(#[0-9a-f]{6}))?", body
        ):
            found[key] = dark if dark and scheme == "dark" else light
    return found


def test_these_are_all() -> None:
    assert {path.name for path in SHELF.iterdir()} == set(NAMES)


@every_theme
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
def test_every_page_is_sound(name: str, page: tuple[str, Head]) -> None:
    theme, site = theme_and_site(name)
    template, view = page
    html = theme.render(template, view, site).decode()
    outline = Outline(html)
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.levels[0] == 1
    assert outline.levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(outline.levels)), outline.levels
    assert "<script>" not in html
    assert [attrs for _, attrs in outline.tags if "style" in attrs] == []
    assert f"{view.root}{theme.assets['style.css'][0]}" in html


@pytest.mark.parametrize(("wish", "least"), [("", 4.5), ("(prefers-contrast: more)", 7)])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", ["default", "classic"])
def test_every_colour_of_text_can_be_read(name: str, scheme: str, wish: str, least: float) -> None:
    found = colours(name, scheme, wish=wish)
    assert (found != colours(name, scheme)) == bool(wish)
    code = colours(name, scheme, ".highlight")
    pairs = [(text, ground) for text in ("ink", "muted", "accent", "warn") for ground in ("paper", "accent-soft")]
    pairs += [("paper", "accent"), ("accent", "paper")]
    if "bar" in found:
        pairs.append(("bar-ink", "bar"))
    weak = [(text, ground) for text, ground in pairs if contrast(found[text], found[ground]) < least]
    assert code
    weak += [(text, "paper") for text, colour in code.items() if contrast(colour, found["paper"]) < 4.5]
    assert weak == []


def test_plain_leaves_colours_to_the_browser() -> None:
    """Which makes both schemes readable, and its own are what people chose there."""
    assert "color-scheme: light dark" in styles("plain")
    named = set(re.findall(r"(?<![a-z-])color:\s*([^;}]+)|background:\s*([^;}]+)", styles("plain")))
    assert {a or b for a, b in named} <= {"LinkText", "Canvas", "CanvasText"}
    assert not re.search(r"#[0-9a-f]{3}|rgb|hsl", styles("plain"))


def test_plain_is_one_small_style_sheet() -> None:
    assert set(load_theme("plain", None).assets) == {"style.css", "icon.svg", "moved.js"}
    assert len(styles("plain")) < 3_000


def test_classic_is_the_default_and_more() -> None:
    assert set(styles("default").splitlines()) < set(styles("classic").splitlines())
    default, classic = load_theme("default", None), load_theme("classic", None)
    assert {name: file for name, file in classic.templates.items() if "/" not in name} == {
        name: file for name, file in default.templates.items() if "/" not in name
    }


def test_plain_says_in_words_what_others_draw() -> None:
    theme, site = theme_and_site("plain")
    stated = post(2, to=site.nav[0], opens=True, score=4, label="Insightful")
    view = thread(
        post(1), stated, msgspec.structs.replace(stated, id="p3", opens=False, inferred=True, evidence="why"), closes=2
    )
    text = re.sub(r"\s+", " ", Outline(theme.render("thread.html", view, site).decode()).text)
    assert "Ann, answering Threads, score 4, Insightful" in text
    assert "Ann, perhaps answering Threads, score 4, Insightful" in text
    assert "dotted" not in text
