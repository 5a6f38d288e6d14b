"""Themes: what stands in for what, what a wrong one is told, and that the result is a plain value."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from pathlib import Path

import jinja2
import pytest

from generator.errors import Problem, ThemeError
from generator.pages.fixed import Plain
from generator.theme.theme import TEMPLATES, Theme, load_theme
from generator.theme.views import Ref, Site

PAGE = Plain(url="404.html", root="/", title="Not <found>")


def site_for(theme: Theme) -> Site:
    return Site(
        title="Letters",
        description="",
        language="en",
        url="",
        noindex=False,
        nav=(Ref("Threads", "index.html"),),
        assets={name: url for name, (url, _) in theme.assets.items()},
        options=theme.options,
    )


def render(theme: Theme, template: str) -> str:
    return theme.render(template, PAGE, site_for(theme)).decode()


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / "themes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def problems_of(name: str, root: Path | None) -> tuple[Problem, ...]:
    with pytest.raises(ThemeError) as caught:
        load_theme(name, root)
    return caught.value.problems


MINE = {"mine/theme.toml": 'extends = "default"\n'}


# What is there


def test_the_default_theme_is_whole() -> None:
    theme = load_theme("default", None)
    assert set(TEMPLATES) <= set(theme.templates)
    assert set(theme.assets) == {"style.css", "script.js", "early.js", "moved.js", "icon.svg"}
    assert theme.options["labels"]["Funny"] == "funny"


def test_assets_are_named_by_their_content() -> None:
    theme = load_theme("default", None)
    for name, (url, _) in theme.assets.items():
        stem, ending = name.split(".")
        assert re.fullmatch(rf"assets/{stem}\.[0-9a-f]{{8}}\.{ending}", url)
    style = theme.assets["style.css"][1].decode()
    assert "/*" not in style
    # Tokens first: what comes later may use them.
    assert style.index("--paper:") < style.index("article")


def test_loading_twice_gives_the_same(tmp_path: Path) -> None:
    write(tmp_path, MINE)
    assert load_theme("mine", tmp_path) == load_theme("mine", tmp_path)


def test_a_theme_can_be_sent_to_a_worker() -> None:
    theme = load_theme("default", None)
    before = render(theme, "404.html")
    sent = pickle.loads(pickle.dumps(theme))
    assert sent == theme
    assert render(sent, "404.html") == before


def test_loading_does_not_import_the_template_engine() -> None:
    code = (
        "import sys; from generator.theme import load_theme; load_theme('default', None); "
        "sys.exit('jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# What stands in for what


def test_a_site_theme_holds_only_what_differs(tmp_path: Path) -> None:
    write(tmp_path, MINE | {"mine/templates/404.html": "Nothing here: {{ page.title }}\n"})
    theme = load_theme("mine", tmp_path)
    assert render(theme, "404.html") == "Nothing here: Not &lt;found&gt;\n"
    default = load_theme("default", tmp_path)
    assert theme.templates["thread.html"] == default.templates["thread.html"]
    assert theme.assets == default.assets
    assert theme.digest != default.digest


def test_a_template_can_extend_the_original_it_replaces(tmp_path: Path) -> None:
    page = '{% extends "default/404.html" %}{% block main %}<h1>Mine</h1>{% endblock %}'
    write(tmp_path, MINE | {"mine/templates/404.html": page})
    html = render(load_theme("mine", tmp_path), "404.html")
    assert "<h1>Mine</h1>" in html
    assert '<meta name="robots" content="noindex">' in html


def test_a_site_can_change_files_of_the_default_theme_in_place(tmp_path: Path) -> None:
    page = '{% extends "default/404.html" %}{% block main %}{{ super() }}<p>Ask Ann.</p>{% endblock %}'
    write(tmp_path, {"default/templates/404.html": page})
    html = render(load_theme("default", tmp_path), "404.html")
    assert "There is no page at this address." in html
    assert "<p>Ask Ann.</p>" in html


def test_the_nearest_base_serves_the_originals_too(tmp_path: Path) -> None:
    base = "<title>My base</title>{% block main %}{% endblock %}"
    write(tmp_path, MINE | {"mine/templates/base.html": base})
    html = render(load_theme("mine", tmp_path), "404.html")
    assert html.startswith("<title>My base</title>")
    assert "There is no page at this address." in html


def test_themes_extend_each_other_in_a_chain(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "top/theme.toml": 'extends = "middle"\n[options]\nsize = "large"\n',
            "top/templates/404.html": '{% include "middle/404.html" %} {% include "robots.txt" %}',
            "middle/theme.toml": 'extends = "default"\n[options]\nsize = "small"\ncolour = "red"\n',
            "middle/templates/404.html": "middle",
            "middle/templates/robots.txt": "{{ site.options.size }} {{ site.options.colour }}",
        },
    )
    theme = load_theme("top", tmp_path)
    assert render(theme, "404.html") == "middle large red"
    assert theme.templates["middle/about.html"] == theme.templates["default/about.html"]


TEMPLATES_OF_ANY_KIND = {
    "a field": "{{ page.title }}",
    "an item by its name": "{{ site.options.size }} {{ site.options.nested.title }}",
    "an item as a field of the same name": "{% set page = site.options.nested %}{{ page.title }}",
    "a word of Python's": "{{ site.options.class }}",
    "what may be there": "{{ site.options.weight is defined }} {{ site.options.size is defined }}",
    "a default": "{{ site.options.weight|default('light') }}",
    "a method": "{{ site.options.items()|length }} {{ page.title.upper() }}",
    "an item of a list": "{% for name in site.nav %}{{ loop.index }}{{ name.name }}{{ site.nav.0.name }}{% endfor %}",
}


@pytest.mark.parametrize("text", TEMPLATES_OF_ANY_KIND.values(), ids=TEMPLATES_OF_ANY_KIND.keys())
def test_templates_mean_what_they_mean_to_jinja2(text: str, tmp_path: Path) -> None:
    """Ours are compiled to quicker code; it must say the same."""
    options = '[options]\nsize = "large"\nclass = "wide"\nnested = {title = "<Inner>"}\n'
    write(tmp_path, {"mine/theme.toml": f'extends = "default"\n{options}', "mine/templates/404.html": text})
    theme = load_theme("mine", tmp_path)
    jinja = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(text)
    expected = jinja.render(page=PAGE, site=site_for(theme))
    assert [render(theme, "404.html") for _ in range(2)] == [expected] * 2


def test_styles_are_those_of_the_nearest_theme_that_names_them(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "mine/theme.toml": 'extends = "default"\nstyles = ["tokens.css", "own.css"]\n',
            "mine/static/own.css": "b { color: var(--ink) }\n",
            "mine/static/more.css": "u { color: var(--ink) }\n",
            "mine/static/tokens.css": ":root { --ink: #123456 }\n",
        },
    )
    theme = load_theme("mine", tmp_path)
    assert theme.assets["style.css"][1] == b":root{--ink: #123456}\nb{color: var(--ink)}\n"
    # What only the theme below lists is left out; a file that no list names is an asset of its own.
    assert set(theme.assets) == {"style.css", "script.js", "early.js", "moved.js", "icon.svg", "more.css"}


def test_a_theme_can_add_to_the_styles_of_the_one_below(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "top/theme.toml": 'extends = "middle"\nstyles = ["first.css", "...", "a.css"]\n',
            "top/static/first.css": "i{top:1}",
            "middle/theme.toml": 'extends = "bottom"\nstyles = ["...", "c.css"]\n',
            "middle/static/c.css": "i{top:4}",
            "bottom/theme.toml": 'extends = "default"\nstyles = ["a.css", "b.css"]\n',
            "bottom/static/a.css": "i{top:2}",
            "bottom/static/b.css": "i{top:3}",
        },
    )
    # A file that is named twice stands where it is named last.
    assert load_theme("top", tmp_path).assets["style.css"][1] == b"i{top:1}\ni{top:3}\ni{top:4}\ni{top:2}\n"
    assert load_theme("middle", tmp_path).assets["style.css"][1] == b"i{top:2}\ni{top:3}\ni{top:4}\n"


def test_themes_that_add_styles_follow_the_default(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"mine/theme.toml": 'extends = "default"\nstyles = ["...", "own.css"]\n', "mine/static/own.css": "b{top:0}"},
    )
    below = load_theme("default", None).assets["style.css"][1]
    assert load_theme("mine", tmp_path).assets["style.css"][1] == below + b"b{top:0}\n"


def test_scripts_become_one_in_the_order_given(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "mine/theme.toml": 'extends = "default"\nscripts = ["b.js", "a.js"]\n',
            "mine/static/a.js": "(() => { document.title += 'a' })()\n",
            "mine/static/b.js": "let b = 1 // no semicolon, and no line end",
        },
    )
    script = theme_script(tmp_path)
    # What opens with a bracket is no call of what stood before it, and no part of a comment.
    assert script == "let b = 1 // no semicolon, and no line end\n;\n(() => { document.title += 'a' })()\n\n;\n"


def theme_script(root: Path) -> str:
    return load_theme("mine", root).assets["script.js"][1].decode()


def test_a_theme_can_do_without_scripts(tmp_path: Path) -> None:
    write(tmp_path, {"mine/theme.toml": 'extends = "default"\nscripts = []\nearly = []\nmoved = []\n'})
    theme = load_theme("mine", tmp_path)
    assert set(theme.assets) == {"style.css", "icon.svg"}
    assert not re.search("<script|<button", render(theme, "404.html"))


def test_every_file_counts_in_the_digest_and_line_ends_do_not(tmp_path: Path) -> None:
    files = {
        "mine/theme.toml": 'extends = "default"\n',
        "mine/static/extra.js": "let a = 1;\nlet b = 2;\n",
        "mine/templates/404.html": "one\ntwo\n",
    }
    root = write(tmp_path / "a", files)
    first = load_theme("mine", root)
    windows = write(tmp_path / "b", files)
    for name in files:
        path = windows / "themes" / name
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_theme("mine", windows) == first
    for name, text in files.items():
        changed = write(tmp_path / name.replace("/", "-"), files | {name: text + "\n"})
        if name != "mine/theme.toml":
            assert load_theme("mine", changed).digest != first.digest, name
    options = write(tmp_path / "o", files | {"mine/theme.toml": 'extends = "default"\n[options]\nx = 1\n'})
    assert load_theme("mine", options).digest != first.digest


def test_editors_leavings_are_ignored(tmp_path: Path) -> None:
    write(tmp_path, MINE | {"mine/static/own.css~": "x", "mine/static/.swp": "x", "mine/templates/404.html~": "x"})
    assert load_theme("mine", tmp_path).assets == load_theme("default", None).assets


# What is refused, and how it is said


def test_an_unknown_theme_names_the_nearest(tmp_path: Path) -> None:
    write(tmp_path, {"evening/theme.toml": ""})
    (problem,) = problems_of("evning", tmp_path)
    assert problem == Problem("threadpress.toml", 0, "there is no theme 'evning'", "did you mean 'evening'?")
    (problem,) = problems_of("defualt", None)
    assert problem.hint == "did you mean 'default'?"


@pytest.mark.parametrize("name", ["../default", "themes/default", ".", "..", "", "a\0b", "/etc"])
def test_a_name_cannot_lead_out_of_the_themes(name: str, tmp_path: Path) -> None:
    write(tmp_path, MINE)
    (problem,) = problems_of(name, tmp_path)
    assert problem.message.startswith("there is no theme")


def test_an_unknown_theme_below_is_told_where_it_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"mine/theme.toml": 'name = "Mine"\nextends = "defalt"\n'})
    (problem,) = problems_of("mine", tmp_path)
    assert str(problem) == "themes/mine/theme.toml:2: there is no theme 'defalt'; did you mean 'default'?"


def test_themes_in_a_circle(tmp_path: Path) -> None:
    write(tmp_path, {"a/theme.toml": 'extends = "b"\n', "b/theme.toml": 'extends = "a"\n'})
    (problem,) = problems_of("a", tmp_path)
    assert problem.path == "themes/b/theme.toml"
    assert "extends itself" in problem.message


def test_a_theme_on_its_own_must_have_every_template(tmp_path: Path) -> None:
    write(tmp_path, {"mine/templates/base.html": ""})
    problems = problems_of("mine", tmp_path)
    assert [problem.message.split("/")[-1] for problem in problems] == sorted(set(TEMPLATES) - {"base.html"})
    assert 'extends = "default"' in problems[0].hint


@pytest.mark.parametrize(
    ("toml", "line", "message"),
    [
        ("extend = 'default'\n", 1, "unknown key 'extend'"),
        ("name = 'x'\nstyles = 'tokens.css'\n", 2, "styles: expected a list, got text"),
        ("name = 'x'\n\nextends =\n", 3, "this is no TOML"),
        ("extends = 'default'\nstyles = ['token.css']\n", 2, "styles: there is no static/token.css"),
        ("extends = 'default'\nstyles = [\n  '...',\n  \"token.css\",\n]\n", 4, "styles: there is no static/token.css"),
        ("extends = 'default'\nscripts = ['post.js']\n", 2, "scripts: there is no static/post.js"),
    ],
)
def test_a_wrong_theme_toml(toml: str, line: int, message: str, tmp_path: Path) -> None:
    write(tmp_path, {"mine/theme.toml": toml})
    (problem,) = problems_of("mine", tmp_path)
    assert (problem.path, problem.line) == ("themes/mine/theme.toml", line)
    assert problem.message.startswith(message)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("static/photo.png", "static files are CSS, JavaScript or SVG"),
        ("static/fonts/a.css", "this is no file"),
        ("templates/parts/a.html", "this is no file"),
        ("static/a b.css", "a file of a theme can't have this name"),
        ("static/con.css", "Windows takes this name for a device"),
        ("static/AUX.v2.js", "Windows takes this name for a device"),
        ("static/com1.svg", "Windows takes this name for a device"),
        (f"static/{'a' * 230}.css", "a file of a theme can't have this name"),
        ("static/_own.css", "a file of a theme can't have this name"),
        ("static/style.css", "style.css is what the files of `styles` become"),
        ("static/script.js", "script.js is what the files of `scripts` become"),
    ],
)
def test_a_file_that_cannot_be_used(name: str, message: str, tmp_path: Path) -> None:
    write(tmp_path, MINE | {f"mine/{name}": ""})
    (problem,) = problems_of("mine", tmp_path)
    assert problem.message == message
    assert f"themes/mine/{name}".startswith(problem.path)


def test_a_link_that_leads_out_of_the_theme(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("for nobody")
    write(tmp_path, MINE | {"mine/static/own.css": ""})
    (tmp_path / "themes/mine/static/link.css").symlink_to(secret)
    (problem,) = problems_of("mine", tmp_path)
    assert problem.path == "themes/mine/static/link.css"
    assert "leads out of the theme" in problem.message


def test_a_file_that_is_not_utf_8(tmp_path: Path) -> None:
    write(tmp_path, MINE | {"mine/templates/404.html": ""})
    (tmp_path / "themes/mine/templates/404.html").write_bytes(b"one\ntwo\nthr\xe9e\n")
    (problem,) = problems_of("mine", tmp_path)
    assert (problem.line, problem.message) == (3, "byte 0xe9 is not UTF-8")


# What is shown


@pytest.mark.parametrize(
    ("saved", "shown"),
    [
        ("\u202egnp.exe", "[U+202E]gnp.exe"),
        ("a\x1b[31m\x07", "a\u241b[31m\u2407"),
        ("\u05e9\u05dc\u05d5\u05dd\u200f!", "\u05e9\u05dc\u05d5\u05dd\u200f!"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
    ],
)
def test_control_characters_in_names_and_titles_are_shown(tmp_path: Path, saved: str, shown: str) -> None:
    write(tmp_path, {**MINE, "mine/templates/404.html": '<i title="{{ page.title }}">{{ page.title }}</i>'})
    theme = load_theme("mine", tmp_path)
    page = Plain(url="404.html", root="/", title=saved)
    assert theme.render("404.html", page, site_for(theme)).decode() == f'<i title="{shown}">{shown}</i>'
