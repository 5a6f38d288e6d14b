"""docs/themes.md is true: which template sees what, which blocks there are, and that the examples do what they say."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from generator.pages.fixed import Plain
from generator.theme.layers import read_layers
from generator.theme.options import offered
from generator.theme.theme import TEMPLATES, load_theme
from generator.theme.values import TYPES, Option
from tests.sample_pages import PAGES
from tests.small import ROOT, note, output_of

DOCS = (ROOT / "docs/themes.md").read_text(encoding="utf-8")
SHIPPED = ("default", "classic", "plain")
SITE = {"content/a.md": note("a", ("Ann", "score=5", "Fine.")), "threadpress.toml": 'theme = "mine"\n'}


def table() -> dict[str, tuple[str, list[str]]]:
    """The rows of the table of templates: what each sees, and its blocks."""
    rows = re.findall(r"^\| `([\w.]+\.(?:html|txt))` \| (.+?) \| .+? \| (.*?)\|$", DOCS, re.M)
    return {name: (sees, re.findall(r"`(\w+)`", blocks)) for name, sees, blocks in rows}


def blocks(template: str) -> list[str]:
    return re.findall(r"\{% block (\w+)", load_theme("default", None).templates[template].text)


def options_of(theme: str) -> set[str]:
    """The options that sites can set."""
    offers, problems = offered(read_layers(theme, None))
    assert problems == []
    assert all(offer.option.help for offer in offers.values())
    return {name for name, offer in offers.items() if offer.open}


def test_every_option_is_listed_with_the_themes_that_have_it() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ((?:`(?:default|classic|plain)`(?:, )?)+) \|", DOCS, re.M)
    listed = {theme: {name for name, themes in rows if f"`{theme}`" in themes} for theme in SHIPPED}
    assert listed == {theme: options_of(theme) for theme in SHIPPED}
    explained = (ROOT / "docs/configuration.md").read_text(encoding="utf-8").partition("## The theme\n")[2]
    assert set(re.findall(r"^- `(\w+)`", explained.partition("\n## ")[0], re.M)) == options_of("default")


def test_every_type_and_key_of_an_option_is_listed() -> None:
    section = DOCS.partition("\n## Options\n")[2].partition("\n## ")[0]
    _, keys, types = section.split("\n|---")[1:]
    listed = [name for row in re.findall(r"^\| (`.*?) \|", keys, re.M) for name in re.findall(r"`(\w+)`", row)]
    assert listed == [field.name for field in msgspec.structs.fields(Option)]
    assert re.findall(r"^\| `(\w+)` \|", types, re.M) == [name for name in TYPES if name]


def test_every_template_is_listed_with_what_it_sees() -> None:
    seen: dict[str, set[str]] = {template: set() for template in TEMPLATES}
    for template, page in PAGES.values():
        seen[template].add(f"`{type(page).__name__}`")
    seen["robots.txt"] = {f"`{Plain.__name__}`"}
    seen["base.html"] = {"any of these"}
    assert {name: {sees} for name, (sees, _) in table().items()} == seen


def test_every_block_is_listed_where_it_comes_from() -> None:
    base = blocks("base.html")
    assert table()["base.html"][1] == base
    for template in set(TEMPLATES) - {"base.html"}:
        assert table()[template][1] == [name for name in blocks(template) if name not in base], template


def examples() -> dict[str, dict[str, str]]:
    """Files of each example, by the words that begin it."""
    found: dict[str, dict[str, str]] = {}
    section = DOCS.partition("\n## Examples\n")[2].partition("\n## ")[0]
    for begins, text in re.findall(r"^(Only [^:]+):|^```\w+\n(.*?)^```", section, re.M | re.S):
        if begins:
            files = found.setdefault(begins, {})
        else:
            path = re.search(r"themes/mine/[\w./]+", text.partition("\n")[0])
            assert path, text
            assert text.count("\n") <= 4, "an example is short"
            files[path[0]] = text
    return found


def built(example: str, folder: Path) -> dict[str, str]:
    return built_of(folder, {**SITE, **examples()[example]})


def built_of(folder: Path, files: dict[str, str]) -> dict[str, str]:
    output = output_of(folder, files)
    return {path: data.decode() for path, data in output.items() if path.endswith((".html", ".css"))}


def style(output: dict[str, str]) -> str:
    (path,) = (path for path in output if path.endswith(".css"))
    assert path in output["index.html"]
    return output[path]


def test_the_options_in_the_documents_can_be_set(tmp_path: Path) -> None:
    (declaring,) = re.findall(r"^```toml\n(# themes/mine/theme.toml\n.*?columns.*?)^```", DOCS, re.M | re.S)
    files = {"themes/mine/theme.toml": declaring, "threadpress.toml": 'theme = "mine"\n[theme_options]\ncolumns = 2\n'}
    assert ".threads{columns: 2}" in style(built_of(tmp_path / "mine", SITE | files))
    configuration = (ROOT / "docs/configuration.md").read_text(encoding="utf-8").partition("## The theme\n")[2]
    (settings,) = re.findall(r"^```toml\n(theme = .*?)^```", configuration, re.M | re.S)
    output = built_of(tmp_path / "default", SITE | {"threadpress.toml": settings})
    assert "--accent: light-dark(#7a1f5c," in style(output)
    assert 'Write to <a href="https://example.org/desk"' in output["index.html"]


def test_these_are_the_examples() -> None:
    assert set(examples()) == {"Only the colours", "Only a block", "Only one template"}


def test_only_the_colours(tmp_path: Path) -> None:
    output = built("Only the colours", tmp_path)
    default = load_theme("default", None).assets["style.css"][1].decode()
    assert style(output).startswith(default)
    own = style(output).removeprefix(default)
    assert own.startswith(":root{--accent: light-dark(#7a1f5c,#e79cc9);")
    names = set(re.findall(r"(--[a-z-]+):", own))
    assert names
    assert names <= set(re.findall(r"(--[a-z-]+):", default))


def test_only_a_block(tmp_path: Path) -> None:
    output = built("Only a block", tmp_path)
    for page in ("index.html", "threads/notes/a.html", "authors/index.html"):
        assert "<p>Kept by the harbour library. Threads is an archive of saved discussions" in output[page]
    assert style(output) == load_theme("default", None).assets["style.css"][1].decode()


def test_only_one_template(tmp_path: Path) -> None:
    output = built("Only one template", tmp_path)
    main = output["404.html"].partition('<main id="main">')[2].partition("</main>")[0]
    assert main.strip() == '<h1>Not found</h1><p>Try <a href="/index.html">the index</a>.</p>'
    assert "Skip to the text" in output["404.html"]
    assert "Try <a" not in output["index.html"]


@pytest.mark.parametrize("theme", ["classic", "plain"])
def test_a_theme_that_comes_with_threadpress_needs_its_name_only(theme: str, tmp_path: Path) -> None:
    output = output_of(tmp_path, SITE | {"threadpress.toml": f'theme = "{theme}"\n'})
    (css,) = (data.decode() for path, data in output.items() if path.endswith(".css"))
    assert css == load_theme(theme, None).assets["style.css"][1].decode()
