"""Options of themes: who declares them, what sites may give, and that one run tells everything that is wrong."""

from __future__ import annotations

import re
import zlib
from pathlib import Path
from typing import Any

import pytest

from generator import config
from generator.errors import ConfigError, Problem, ThemeError
from generator.theme import option_names, theme_problems
from generator.theme.theme import Theme, load_theme
from tests.small import built, output_of, prints, write
from tests.theme.test_theme import render

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 1"><path d="M0 0h2v1z"/></svg>\n'
PNG = b"\x89PNG\r\n\x1a\n" + b"".join(
    len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
    for kind, data in ((b"IHDR", b"\0\0\0\1\0\0\0\1\10\0\0\0\0"), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
)
BASE = load_theme("default", None).assets["style.css"][1].decode()


def site_of(folder: Path, settings: str, **files: str | bytes) -> Path:
    """A site with these settings, in a folder of its own."""
    return write(folder, {"threadpress.toml": settings, **files})


def loaded(folder: Path, settings: str, **files: str | bytes) -> Theme:
    site = site_of(folder, settings, **files)
    settings_read, _ = config.load(site)
    return load_theme(settings_read.theme, site, settings_read.theme_options)


def complaints(folder: Path, settings: str, **files: str | bytes) -> list[str]:
    site = site_of(folder, settings, **files)
    try:
        settings_read, _ = config.load(site, theme_problems, option_names)
        load_theme(settings_read.theme, site, settings_read.theme_options)
    except (ConfigError, ThemeError) as error:
        return list(map(str, error.problems))
    return []


def theme(text: str, **files: str) -> dict[str, str]:
    """A theme `mine` of a site."""
    return {"themes/mine/theme.toml": text, **{f"themes/mine/{name}": data for name, data in files.items()}}


def added(theme: Theme) -> str:
    """What options added to the style sheet of the default theme."""
    css = theme.assets["style.css"][1].decode()
    assert css.startswith(BASE)
    return css.removeprefix(BASE)


# What a site may give


@pytest.mark.parametrize(
    "settings",
    ["", "[theme_options]\n", '[theme_options]\nwidth = 66\nlogo = ""\nfooter = " "\naccent = ""\n'],
)
def test_without_options_a_theme_is_as_it_was(settings: str, tmp_path: Path) -> None:
    plain, given = load_theme("default", None), loaded(tmp_path, settings)
    assert given == plain
    assert plain.options | {"labels": {}} == {"accent": "", "logo": "", "footer": "", "width": 66, "labels": {}}


def test_an_accent_is_published_in_the_style_sheet(tmp_path: Path) -> None:
    one = loaded(tmp_path, '[theme_options]\naccent = "#7A1f5c"\n')
    assert added(one).startswith(
        "@media screen{:root{--accent: light-dark(#7a1f5c,#cba0bd);--accent-soft: light-dark(#eee4e8,#2f292c);}}"
    )
    assert "@media screen and (prefers-contrast: more){:root{--accent: light-dark(#7a1f5c," in added(one)
    two = loaded(tmp_path, '[theme_options]\naccent = ["#7a1f5c", "#e79cc9"]\n')
    assert "--accent: light-dark(#7a1f5c,#e79cc9)" in added(two)
    assert one.digest != two.digest
    assert one.assets["style.css"][0] != two.assets["style.css"][0]


def test_a_width_is_published_in_the_style_sheet(tmp_path: Path) -> None:
    assert "--measure: 80ch" in added(loaded(tmp_path, "[theme_options]\nwidth = 80\n"))


def test_a_footer_line_is_text_with_links(tmp_path: Path) -> None:
    line = 'Kept by <b> & "us":\\n  https://example.org/a?b=1&c (see there). \u202eboo'
    html = render(loaded(tmp_path, f'[theme_options]\nfooter = "{line}"\n'.replace(' "us"', " 'us'")), "404.html")
    (own,) = re.findall('<p class="own" dir="auto">(.*)</p>', html)
    assert own.startswith("Kept by &lt;b&gt; &amp; 'us': ")
    address = "https://example.org/a?b=1&amp;c"
    assert f'<a href="{address}" rel="noopener noreferrer">{address}</a> (see there).' in own
    assert "\u202e" not in own


@pytest.mark.parametrize(("name", "data"), [("logo.svg", SVG), ("pictures/Our mark.PNG", PNG)])
def test_a_logo_stands_where_the_name_is(name: str, data: str | bytes, tmp_path: Path) -> None:
    settings = f'title = "A \\"B\\" & C"\n[theme_options]\nlogo = "{name}"\n'
    output = output_of(tmp_path, {"content/.keep": "", "threadpress.toml": settings, name: data})
    (url,) = (path for path in output if path.startswith("assets/logo."))
    assert re.fullmatch(r"assets/logo\.[0-9a-f]{8}\.(svg|png)", url)
    assert output[url] == (data.encode() if isinstance(data, str) else data)
    home = f'<img src="{url}" alt="A &#34;B&#34; &amp; C"></a>'
    assert home in output["index.html"].decode()
    assert f'<img src="/{url}"' in output["404.html"].decode()
    assert url in output["SHA256SUMS"].decode()


def test_line_ends_of_an_svg_do_not_matter(tmp_path: Path) -> None:
    settings = '[theme_options]\nlogo = "a.svg"\n'
    one = loaded(tmp_path, settings, **{"a.svg": SVG})
    assert loaded(tmp_path, settings, **{"a.svg": SVG.replace("\n", "\r\n")}) == one
    assert loaded(tmp_path, settings, **{"a.svg": SVG.replace("2 1", "2 2")}).digest != one.digest


def test_an_asset_of_an_option_takes_the_place_of_the_themes(tmp_path: Path) -> None:
    """Also if it has the same bytes, which would make two pages with one address."""
    files = theme('extends = "default"\n', **{"static/logo.svg": SVG})
    settings = 'theme = "mine"\n[theme_options]\nlogo = "a.svg"\n'
    output = output_of(tmp_path, {"content/.keep": "", "threadpress.toml": settings, "a.svg": SVG, **files})
    assert sum(path.startswith("assets/logo.") for path in output) == 1


def test_classic_takes_the_accent_for_its_bars_and_plain_takes_none(tmp_path: Path) -> None:
    css = loaded(tmp_path, 'theme = "classic"\n[theme_options]\naccent = "#7a1f5c"\n').assets["style.css"][1].decode()
    assert "--bar: light-dark(#7a1f5c,#62194a)" in css
    assert complaints(tmp_path, 'theme = "classic"\n[theme_options]\nwidth = 80\n') == [
        "threadpress.toml:3: unknown key 'width' in [theme_options]; known are accent, footer, labels, logo"
    ]
    assert complaints(tmp_path, 'theme = "plain"\n[theme_options]\naccent = "#7a1f5c"\n') == [
        "threadpress.toml:3: unknown key 'accent' in [theme_options]; known are footer, labels, logo"
    ]
    plain = loaded(tmp_path, 'theme = "plain"\n[theme_options]\nlogo = "a.svg"\nfooter = "Ours"\n', **{"a.svg": SVG})
    html = render(plain, "404.html")
    assert '<p class="own" dir="auto">Ours</p>' in html
    assert '<img src="/assets/logo.' in html


# What is refused


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('acent = "#123456"', "unknown key 'acent' in [theme_options]; did you mean 'accent'?"),
        ("x = 1", "unknown key 'x' in [theme_options]; known are accent, footer, labels, logo, width"),
        (
            'title = "x"',
            "unknown key 'title' in [theme_options]; "
            "it is no option of the theme: move it above the line [theme_options]",
        ),
        ("footer = 7", "footer: expected text, got a whole number; give text"),
        ('footer = ["a"]', "footer: expected text, got a list; give text"),
        (f'footer = "{"x" * 501}"', "footer: it has 501 characters; write 500 at most"),
        ('width = "66"', "width: expected a whole number from 40 to 100, got text; give a whole number from 40 to 100"),
        ("width = 66.0", "width: expected a whole number from 40 to 100, got a number; "),
        ("width = true", "width: expected a whole number from 40 to 100, got true or false; "),
        ("width = 39", "width: it can't be 39; give a whole number from 40 to 100"),
        ("width = 101", "width: it can't be 101; give a whole number from 40 to 100"),
        ('accent = "teal"', "accent: 'teal' is no colour; write it with six digits, like \"#00635b\""),
        ("accent = 0x00635b", "accent: expected a colour, or a list of two, got a whole number; "),
        ('accent = ["#00635b"]', "accent: a list of 1 is not what it takes; give one colour, or two: [light, dark]"),
        ('accent = ["#00635b", ""]', "accent: a list of 2 is not what it takes"),
        ('accent = ["#00635b", 7]', "accent: expected a colour, got a whole number"),
        ('accent = "#ffcc00"', "accent: #ffcc00 can't be read where pages are light: text in #ffcc00 on the paper"),
        ("labels = 1", "labels: expected a table, got a whole number; give a table"),
        ('labels = {Funny = "prase"}', "labels: Funny can't be 'prase'; did you mean 'praise'?"),
        ("logo = true", "logo: expected the name of a file, got true or false; give the name of a file"),
        ('logo = "lgo.svg"', "logo: there is no file lgo.svg; did you mean 'logo.svg'?"),
        ('logo = "a/logo.svg"', "logo: there is no file a/logo.svg; give its path from the folder of threadpress.toml"),
        ('logo = "../x.svg"', "logo: '../x.svg' is not in the site's folder; "),
        ('logo = "/x.svg"', "logo: '/x.svg' is not in the site's folder; "),
        ('logo = "logo.jpeg"', "logo: 'logo.jpeg' is no picture of a kind that can be used; "),
        ('logo = "folder.svg"', "logo: folder.svg can't be read: Is a directory; "),
        ('logo = "text.svg"', "logo: text.svg is not an SVG that browsers show; its first element must be <svg xmlns="),
        ('logo = "text.png"', "logo: text.png is not a PNG; "),
        ('logo = "large.svg"', "logo: large.svg has more than 200,000 bytes; "),
        ("since = 2009-05-03", "unknown key 'since' in [theme_options]; "),
        ("footer = 2009-05-03", "footer: expected text, got a date or time; give text"),
    ],
)
def test_a_wrong_option_is_told_with_its_line(given: str, expected: str, tmp_path: Path) -> None:
    files = {
        "logo.svg": SVG, "folder.svg/x": "", "text.svg": "<svg>", "text.png": SVG, "large.svg": SVG + " " * 200_000,
    }  # fmt: skip
    (complaint,) = complaints(tmp_path, f'title = "T"\n\n[theme_options]\n# mine\n{given}\n', **files)
    assert complaint.startswith("threadpress.toml:5: " + expected)


@pytest.mark.parametrize(
    ("theme", "told"),
    [
        ("default", "threadpress.toml:2: unknown key 'width'; it is an option of the theme: "),
        ("mine", "threadpress.toml:2: unknown key 'width'; it is an option of the theme: "),
        ("plain", "threadpress.toml:2: unknown key 'width'; known are "),
        ("defalt", "threadpress.toml:2: unknown key 'width'; known are "),
    ],
)
def test_an_option_among_the_settings_is_sent_to_its_table(theme: str, told: str, tmp_path: Path) -> None:
    mine = {"themes/mine/theme.toml": 'extends = "default"\n'}
    complaint = complaints(tmp_path, f'theme = "{theme}"\nwidth = 80\n', **mine)[-1]
    assert complaint.startswith(told)
    assert complaint.endswith("move it below a line [theme_options]") == (theme in ("default", "mine"))


def test_an_option_among_the_settings_does_not_hide_what_else_is_wrong(tmp_path: Path) -> None:
    told = complaints(tmp_path, 'accent = "#f00"\ntitel = "x"\n[theme_options]\nwidth = 7\n')
    assert [complaint.partition(":")[2][0] for complaint in told] == ["1", "2", "4"]


def test_one_run_tells_all_that_is_wrong(tmp_path: Path) -> None:
    settings = 'titel = "T"\n[tags]\nlaw = 1\n[theme_options]\nacent = 1\nwidth = 7\nlabels.Funny = "x"\n'
    assert [complaint.partition(": ")[0] for complaint in complaints(tmp_path, settings)] == [
        f"threadpress.toml:{line}" for line in (1, 2, 5, 6, 7)
    ]
    settings = 'theme = "defalt"\n[tags]\nlaw = 1\n[theme_options]\nacent = 1\n'
    assert [complaint.partition(": ")[0] for complaint in complaints(tmp_path, settings)] == [
        f"threadpress.toml:{line}" for line in (1, 2)
    ]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ('theme_options.acent = "#123456"\n', 1),
        ('\ntheme_options = { acent = "#123456" }\n', 2),
        ('[theme_options.acent]\na = "#123456"\n', 1),
        ('[theme_options]\n"acent" = "#123456"\n', 2),
        ('acent = 1\n[ theme_options ]\n  acent = "#123456"\n', 3),
        ('[theme_options]\nfooter = """\nacent\n"""\nacent = "#123456"\n', 5),
    ],
)
def test_the_line_is_that_of_the_key_however_it_is_written(settings: str, line: int, tmp_path: Path) -> None:
    told = [each for each in complaints(tmp_path, settings) if "[theme_options]" in each]
    assert told == [f"threadpress.toml:{line}: unknown key 'acent' in [theme_options]; did you mean 'accent'?"]


def test_an_entry_of_a_table_has_a_line_of_its_own(tmp_path: Path) -> None:
    settings = '[theme_options]\nwidth = 66\n[theme_options.labels]\nTroll = "quiet"\nFunny = "loud"\nDull = "dul"\n'
    assert [complaint.partition(";")[0] for complaint in complaints(tmp_path, settings)] == [
        "threadpress.toml:5: labels: Funny can't be 'loud'",
        "threadpress.toml:6: labels: Dull can't be 'dul'",
    ]


def test_a_wrong_option_leaves_the_last_site_as_it_is(tmp_path: Path) -> None:
    site = site_of(tmp_path, "", **{"content/.keep": ""})
    built(site)
    before = prints(site / "output")
    write(site, {"threadpress.toml": '[theme_options]\naccent = "#ffcc00"\nlogo = "a.svg"\n'})
    with pytest.raises(ThemeError) as caught:
        built(site)
    assert [problem.line for problem in caught.value.problems] == [2, 3]
    assert prints(site / "output") == before


# What a theme may declare


ALL = """
extends = "default"
[options]
size = "large"
[options.word]
type = "text"
max = 5
[options.many]
type = "integer"
default = 3
min = 1
css = "b { top: ${value}px }"
[options.open]
type = "flag"
default = true
[options.side]
type = "choice"
choices = ["left", "right"]
default = "left"
css = "b { float: $value }"
[options.shade]
type = "colour"
css = "b { color: $value }"
"""


def given(folder: Path, options: str, text: str = ALL) -> Theme:
    return loaded(folder, f'theme = "mine"\n[theme_options]\n{options}', **theme(text))


def test_a_theme_of_a_site_declares_options_of_every_type(tmp_path: Path) -> None:
    values = given(tmp_path, "").options
    own: dict[str, Any] = {"size": "large", "word": "", "many": 3, "open": True, "side": "left", "shade": ""}
    assert {name: values[name] for name in own} == own
    assert values["width"] == 66  # as in the theme below
    assert added(given(tmp_path, "")) == ""
    assert added(given(tmp_path, 'many = 4\nside = "right"\nshade = "#ABC"\n')) == (
        "b{top: 4px}b{float: right}b{color: #aabbcc}\n"
    )
    wrong = 'size = 1\nword = "longer"\nmany = 0\nopen = "yes"\nside = "lft"\nshade = "red"\nwidth = 1\n'
    site = {"themes/mine/theme.toml": ALL}
    assert [
        each.split(": ", 1)[1] for each in complaints(tmp_path, f'theme = "mine"\n[theme_options]\n{wrong}', **site)
    ] == [
        "size: expected text, got a whole number; give text",
        "word: it has 6 characters; write 5 at most",
        "many: it can't be 0; give a whole number of 1 or more",
        "open: expected true or false, got text; give true or false",
        "side: it can't be 'lft'; did you mean 'left'?",
        "shade: 'red' is no colour; write it with six digits, like \"#00635b\"",
        "width: it can't be 1; give a whole number from 40 to 100",
    ]


def test_a_theme_gives_options_of_the_one_below_other_defaults(tmp_path: Path) -> None:
    text = (
        'extends = "default"\n[options]\nwidth = 80\naccent = "#7a1f5c"\nfooter = "Ours <3"\nlabels = {Odd = "quiet"}\n'
    )
    mine = given(tmp_path, "", text)
    assert mine.options["labels"] == {"Odd": "quiet"}
    assert "Ours &lt;3" in render(mine, "404.html")
    assert "--measure: 80ch" in added(mine)
    assert "--accent: light-dark(#7a1f5c," in added(mine)
    assert "--measure" not in added(given(tmp_path, "width = 66", text))


def test_a_theme_can_keep_options_for_itself(tmp_path: Path) -> None:
    text = 'extends = "default"\nwithout = ["width"]\n[options]\nwidth = 80\n'
    assert "--measure: 80ch" in added(given(tmp_path, "", text))
    with pytest.raises(ThemeError, match=r"threadpress\.toml:3: unknown key 'width'"):
        given(tmp_path, "width = 70", text)
    write(tmp_path, {"themes/top/theme.toml": 'extends = "mine"\n[options]\nwidth = 90\n'})
    assert load_theme("top", tmp_path, {"width": 70}).options["width"] == 70


def test_a_theme_without_options_says_so(tmp_path: Path) -> None:
    files = {f"themes/bare/templates/{name}": "x" for name in load_theme("default", None).templates if "/" not in name}
    assert complaints(tmp_path, 'theme = "bare"\n[theme_options]\nwidth = 1\n', **files) == [
        "threadpress.toml:3: unknown key 'width' in [theme_options]; this theme has no options"
    ]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ('[options.a]\ntype = "colr"\n', 2, "options: a: there is no type 'colr'; did you mean 'colour'?"),
        ('[options.a]\ntype = "text"\ndefualt = ""\n', 2, "options: a: unknown key 'defualt'; did you mean 'default'?"),
        ('[options.a]\ntype = "choice"\n', 2, "options: a: a choice needs choices; "),
        ('[options.a]\ntype = "integer"\nmax = "9"\n', 2, "options: a: max: expected a whole number, got text; "),
        ('[options.a]\ntype = "integer"\ndefault = "9"\n', 2, "options: a: expected a whole number, got text; "),
        ('[options.a]\ntype = "file"\ndefault = "a.svg"\n', 2, "options: a: a file has no default; "),
        ('[options.nul]\ntype = "file"\n', 2, "options: nul: no asset can have this name; "),
        ('[options."../a"]\ntype = "file"\n', 2, "options: ../a: no asset can have this name; "),
        ('[options.a]\ntype = "text"\ncss = "b { top: $value }"\n', 2, "options: a: css: $value stands for nothing; "),
        (
            '[options.a]\ntype = "integer"\ncss = "b { top: $valuepx }"\n',
            2,
            "options: a: css: $valuepx stands for nothing; possible are $value",
        ),
        ('[options.a]\ntype = "integer"\ncss = "$ 1"\n', 2, "options: a: css: a $ stands for nothing; "),
        ("[options]\nwidth = 7\n", 3, "options: width: it can't be 7; give a whole number from 40 to 100"),
        ('[options]\naccent = "#ffcc00"\n', 3, "options: accent: #ffcc00 can't be read where pages are light: "),
        ('without = ["widht"]\n', 2, "without: there is no option 'widht'; did you mean 'width'?"),
        ("without = 1\n", 2, "without: expected a list, got a whole number; give a list of names of options"),
    ],
)
def test_a_mistake_in_a_declaration_is_told_with_its_line(text: str, line: int, expected: str, tmp_path: Path) -> None:
    (complaint,) = complaints(tmp_path, 'theme = "mine"\n', **theme(f'extends = "default"\n{text}'))
    assert complaint.startswith(f"themes/mine/theme.toml:{line}: {expected}")


def test_what_the_api_is_given_has_no_line() -> None:
    with pytest.raises(ThemeError) as caught:
        load_theme("default", None, {"acent": ""})
    assert caught.value.problems == (
        Problem("threadpress.toml", 0, "unknown key 'acent' in [theme_options]", "did you mean 'accent'?"),
    )
