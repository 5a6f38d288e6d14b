"""`threadpress.toml`: defaults, and every mistake with its line, all of them in one run."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.config import FILE_NAME, Config, load, parse, with_flags, zone
from generator.errors import ConfigError
from generator.mending import suggest


def complaints(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return [str(problem) for problem in caught.value.problems]


def test_without_a_file_all_is_as_the_documents_say(tmp_path: Path) -> None:
    config, warnings = load(tmp_path)
    assert config == Config()
    assert warnings == ()
    assert (config.title, config.content, config.output, config.theme) == ("Threads", "content", "output", "default")
    assert (config.publish_saves, config.publish_data, config.search) == (True, True, True)
    assert not any((config.publish_database, config.wayback, config.noindex, config.author_feeds, config.redact))


def test_every_key_of_the_contract_is_known() -> None:
    config, _ = parse(
        """
        title = "Weather talk"
        description = "Saved."
        language = "en-GB"
        site_url = "https://example.org/weather"
        timezone = "America/New_York"
        theme = "default"
        content = "saves"
        output = "public"
        threads_per_page = 10
        posts_per_page = 20
        list_posts_per_page = 30
        publish_saves = false
        publish_data = false
        search = false
        publish_database = false
        wayback = true
        noindex = true
        author_feeds = false
        redact = ["slashdot/196126", "slashdot/0179799118#1f", "notes/Ann B."]
        [theme_options]
        accent = "teal"
        [tags]
        law = ["court", "judge"]
        """
    )
    assert config.site_url == "https://example.org/weather/"
    assert config.tags == {"law": ("court", "judge")}
    assert config.redact[2] == "notes/Ann B."
    assert zone(config).utcoffset(datetime.datetime(2025, 10, 15)) == datetime.timedelta(hours=-4)


def test_a_bom_and_windows_line_ends_are_no_matter(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes('\ufefftitle = "T"\r\nnoindex = true\r\n'.encode())
    config, _ = load(tmp_path)
    assert (config.title, config.noindex) == ("T", True)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b'title = "\xff"\n')
    with pytest.raises(ConfigError, match=r"threadpress\.toml: it is not UTF-8 text"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("titel = 1", "threadpress.toml:1: unknown key 'titel'; did you mean 'title'?"),
        (
            "\n\nposts_per_pages = 5",
            "threadpress.toml:3: unknown key 'posts_per_pages'; did you mean 'posts_per_page'?",
        ),
        ("[tag]\nlaw = []", "threadpress.toml:1: unknown key 'tag'; did you mean 'tags'?"),
        ("title = 3", "threadpress.toml:1: title: expected text, got a whole number"),
        ('noindex = "yes"', "threadpress.toml:1: noindex: expected true or false, got text"),
        ("posts_per_page = 0", "threadpress.toml:1: posts_per_page: expected a whole number >= 1"),
        ("posts_per_page = 1.5", "threadpress.toml:1: posts_per_page: expected a whole number, got a number"),
        ('redact = "slashdot/1"', "threadpress.toml:1: redact: expected a list, got text"),
        ('redact = ["196126"]', "threadpress.toml:1: redact: '196126' names neither author nor post"),
        ('redact = ["sha256:12"]', "threadpress.toml:1: redact: 'sha256:12' names neither author nor post"),
        ('[tags]\nlaw = "court"', "threadpress.toml:1: tags: expected a list, got text"),
        ('site_url = "example.org"', "threadpress.toml:1: site_url can't be "),
        ('site_url = "https://example.org/?a"', "threadpress.toml:1: site_url can't be "),
        ('site_url = "https://example.org\\n"', "threadpress.toml:1: site_url can't be "),
        ('language = "en_GB"', "threadpress.toml:1: language can't be "),
        ('title = ""', "threadpress.toml:1: title can't be ''"),
        ('[tags]\nlaw = [""]', "threadpress.toml:1: tags can't be {'law': ['']}"),
        ('timezone = "Mars/Olympus"', "threadpress.toml:1: timezone: 'Mars/Olympus' is no known zone"),
        ('timezone = "../etc/passwd"', "threadpress.toml:1: timezone: '../etc/passwd' is no known zone"),
        ('timezone = ""', "threadpress.toml:1: timezone: '' is no known zone"),
        ('title = "x', "threadpress.toml:1: this is no TOML: "),
        (
            'a = 1\ntitle = "x"\n"title" = """y\n"""',
            "threadpress.toml:3: this is no TOML: title is set already, in line 2; put the two together, or delete one",
        ),
        ('[tags]\na = ["x"]\na = ["y"]', "threadpress.toml:3: this is no TOML: tags.a is set already, in line 2; "),
        ('[tags]\na = ["x"]\n\n[tags]', "threadpress.toml:4: this is no TOML: tags is set already, in line 1; "),
        ('tags.a = ["x"]\n[tags]', "threadpress.toml:2: this is no TOML: tags is set already, in line 1; "),
        ("title = 1\ntitle.x = 1", "threadpress.toml:2: this is no TOML: title.x is set already, in line 1; "),
        ("a = {x = 1, x = 2}", "threadpress.toml:1: this is no TOML: duplicate inline table key 'x'; "),
        ('output = "content"', "threadpress.toml:1: content and output lie in each other"),
        ('output = "."', "threadpress.toml:1: content and output lie in each other"),
        ('content = "output/saves"', "content and output lie in each other"),
        ('output = "./content/../content"', "threadpress.toml:1: content and output lie in each other"),
        ("a = " + "1" * 5000, "threadpress.toml: this is no TOML: exceeds the limit"),
        ("a = " + "[" * 5000, "threadpress.toml: this is no TOML: brackets nest too deep"),
        ('output = ".."', "threadpress.toml:1: content and output lie in each other"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_key(text: str, expected: str) -> None:
    (complaint,) = complaints(text)
    assert expected in complaint
    assert "; " in complaint  # and how to mend it


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("noindex = yes", "write true or false, in lower case and without quotes"),
        ("wayback = True", "write true or false, in lower case and without quotes"),
        ("wayback = off # not now", "write true or false, in lower case and without quotes"),
        ('noindex = "yes"', "write true, without quotes"),
        ('noindex = "FALSE"', "write false, without quotes"),
        ('noindex = "perhaps"', "write true or false"),
        ("noindex = 1", "write true or false"),
        ("title = Harbour talk", 'put text in quotes: title = "..."'),
        ("site_url = https://example.org/", 'put text in quotes: site_url = "..."'),
        ("title = “Harbour talk”", 'put text between straight quotes: title = "..."'),
        ("title =", "see https://toml.io for the notation"),
        ('site_url = "example.github.io/x"', 'begin with https:// and write "https://example.github.io/x"'),
        ('site_url = "//example.org"', 'begin with https:// and write "https://example.org"'),
        ('site_url = "ftp://example.org"', "`threadpress help configuration` says what site_url can be"),
        ('site_url = "ann@example.org"', "`threadpress help configuration` says what site_url can be"),
        ('posts_per_page = "50"', "write 50, without quotes"),
        ('posts_per_page = "many"', "write a whole number, such as 1000"),
        ('posts_per_page = "٥"', "write a whole number, such as 1000"),
        ('redact = ["Slashdot/30498"]', 'write "slashdot/30498"'),
        ('redact = [" slashdot / 30498"]', 'write "slashdot/30498"'),
        ('redact = ["SlashDot/0179799118#8ad9fb1e37"]', 'write "slashdot/0179799118#8ad9fb1e37"'),
        (f'redact = ["SHA256:{"0" * 64}"]', f'write "sha256:{"0" * 64}"'),
        ('redact = ["Fly Swatter"]', 'find what to write with `threadpress redact --find "Fly Swatter"`'),
        ('redact = "ann"', 'write ["ann"]'),
        ('redact = ["ann"]', "find what to write with `threadpress redact --find ann`"),
        ("redact = ['a \"b\" $c']", "find what to write with `threadpress redact --find 'a \"b\" $c'`"),
        ('redact = ["179#8ad9"]', 'write "SOURCE/UID", "SOURCE/NAME", "SOURCE/THREAD#POST" or "sha256:" and 64 digits'),
        ('redact = [""]', 'write "SOURCE/UID", "SOURCE/NAME", "SOURCE/THREAD#POST" or "sha256:" and 64 digits'),
        (
            'redact = ["sha256:12"]',
            'write "SOURCE/UID", "SOURCE/NAME", "SOURCE/THREAD#POST" or "sha256:" and 64 digits',
        ),
    ],
)
def test_a_hint_fits_what_was_written(text: str, hint: str) -> None:
    (complaint,) = complaints(f"\n{text}\ndescription = 'x'\n")
    assert complaint.startswith("threadpress.toml:2: ")
    assert complaint.endswith(f"; {hint}")


def test_an_output_that_leads_into_the_content_is_refused(tmp_path: Path) -> None:
    (tmp_path / "content").mkdir()
    (tmp_path / "output").symlink_to("content")
    with pytest.raises(ConfigError, match=r"content and output lie in each other"):
        load(tmp_path)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = 'titel = "T"\nnoindex = 1\nposts_per_page = -1\ntimezone = "Moon"\n[tagz]\n'
    assert [complaint.split(": ")[0] for complaint in complaints(text)] == [
        f"threadpress.toml:{line}" for line in (1, 2, 3, 4, 5)
    ]


def test_what_is_not_made_yet_is_a_warning() -> None:
    config, (warning,) = parse("author_feeds = true")
    assert config.author_feeds
    assert (warning.severity, warning.line) == ("warning", 1)


def test_flags_win_over_the_file() -> None:
    config, _ = parse('site_url = "https://example.org/"')
    assert with_flags(config, site_url=None) == config
    assert with_flags(config, site_url="https://example.com/a").site_url == "https://example.com/a/"
    assert with_flags(config, site_url="").site_url == ""
    with pytest.raises(ConfigError, match=r"--site-url: 'example\.com' is no http"):
        with_flags(config, site_url="example.com")


def test_the_nearest_word_is_named_or_all() -> None:
    assert suggest("titel", ["title", "tags"]) == "did you mean 'title'?"
    assert suggest("x", ["b", "a"]) == "known are a, b"


KEYS = [field.name for field in msgspec.structs.fields(Config)]
texts = st.text(st.characters(codec="utf-8"), max_size=20)
values = st.one_of(st.booleans(), st.integers(-5, 200_000), st.floats(allow_nan=False), texts, st.lists(texts))


def toml(value: Any) -> str:
    return str(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


@given(st.dictionaries(st.sampled_from(KEYS) | st.from_regex(r"[a-z_]{1,12}", fullmatch=True), values, max_size=6))
def test_any_file_is_a_config_or_problems_each_with_its_line(table: dict[str, Any]) -> None:
    lines = [f"{key} = {toml(value)}" for key, value in table.items()]
    try:
        config, warnings = parse("\n".join(lines))
    except ConfigError as error:
        for problem in error.problems:
            assert 1 <= problem.line <= len(lines)
            key = lines[problem.line - 1].split(" ")[0]
            others = ("content and output", " more errors of this kind ")
            assert key in problem.message or any(words in problem.message for words in others)
    else:
        assert table.keys() <= set(KEYS)
        assert all(1 <= warning.line <= len(lines) for warning in warnings)
        assert config.theme == table.get("theme", "default")


@pytest.mark.parametrize("key", ["output", "content"])
@pytest.mark.parametrize(
    "name", [".git", ".git/hooks", ".GIT", ".threadpress", ".threadpress/parts", "../.git", "x/.git", "link"]
)
def test_a_folder_of_git_or_of_builds_is_refused(tmp_path: Path, key: str, name: str) -> None:
    site = tmp_path / "repo/site"
    (site / ".git").mkdir(parents=True)
    (site / "link").symlink_to(".git")
    with pytest.raises(ConfigError) as raised:
        parse(f'title = "A"\n{key} = "{name}"\n', site)
    (problem,) = raised.value.problems
    assert problem.line == 2
    assert problem.message.startswith(f"{key} can't be in .")


@pytest.mark.parametrize("name", ["git", ".github", "output.git", ".threadpress2", "../elsewhere"])
def test_other_folders_are_none_of_git(tmp_path: Path, name: str) -> None:
    """Also where the site itself lies in such a folder."""
    site = tmp_path / ".git/site"
    site.mkdir(parents=True)
    assert parse(f'output = "{name}"\n', site)[0].output == name


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("https://NAME.github.io/REPOSITORY/", 2),
        ("https://ann.github.io/REPOSITORY", 2),
        ("https://ann.github.io/names/", 0),
        ("https://example.org/", 0),
    ],
)
def test_an_address_with_the_words_of_the_example_is_a_warning(address: str, line: int) -> None:
    _, warnings = parse(f'title = "T"\nsite_url = "{address}"\n')
    assert [(each.line, each.severity) for each in warnings] == ([(line, "warning")] if line else [])
