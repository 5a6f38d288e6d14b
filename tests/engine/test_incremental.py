"""Incremental builds: whatever happened to a site, the next build gives what a clean one would, and no more work."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.history import SHORT, Edit, Site, contents, edits, override
from tests.small import Said, examples, news, note


@settings(max_examples=examples(15))
@given(contents, st.lists(st.tuples(edits, st.sampled_from(["no", "build", "check"])), min_size=1, max_size=8))
def test_after_any_edits_the_output_is_that_of_a_clean_build_and_a_further_build_rests(
    tmp_path_factory: pytest.TempPathFactory, start: Mapping[str, str], steps: list[tuple[Edit, str]]
) -> None:
    site = Site(tmp_path_factory.mktemp("history") / "site")
    for path, data in start.items():
        site.put(path, data)
    site.build()
    for edit, then in steps:
        edit(site)
        if then != "no":
            report = site.build()
            if then == "check":
                site.check(report)
    site.check(site.build())


def said(name: str, uid: str | None, *bodies: str, number: str = "101", **about: str) -> str:
    """A save in which one person wrote."""
    return news(number, *(Said(body, "Boo", name, uid) for body in bodies), **about)


def slashdot(name: str, number: str = "s") -> str:
    """A Markdown save of the native source: there, anybody may lack a uid."""
    return note(number, (name, "", "Oh"), source="slashdot")


def rename_content(site: Site) -> None:
    """Call the folder of saves by another name; no date in it changes."""
    (site.folder / "content").rename(site.folder / "saves")
    site.put("threadpress.toml", f'{SHORT}content = "saves"\n')


def drop_all(site: Site) -> None:
    """Delete every save and sidecar."""
    for path in site.inputs():
        if path.startswith("saves/") and not path.endswith(".keep"):
            site.drop(path)


LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'


def options(site: Site, options: str, settings: str = "") -> None:
    """Give the theme options."""
    site.put("threadpress.toml", f"{SHORT}{settings}[theme_options]\n{options}\n")


LATE = "Thursday October 16, 2025 @05:22PM"
EARLY = "Friday January 1, 2021 @01:00AM"
ZONED = "2025-10-16T12:00:00Z"
"""Later than `LATE` in Tokyo, but not in Greenwich."""
LATE_MISTAKE = f"{news('102', story='x' * 5000)}\0"
TOUR: list[tuple[str, Edit]] = [
    ("a first save", lambda site: site.put("content/1.txt", said("Ann", "7", "Hello", "Who?", "How?", "Why?"))),
    ("a thread by the same author", lambda site: site.put("content/2.txt", said("Ann", "7", "Well", number="102"))),
    ("a sidecar", lambda site: site.put("content/1.toml", 'title = "Right"\n')),
    ("another sidecar of the same size", lambda site: site.put("content/1.toml", 'title = "Wrong"\n')),
    ("a tag of its own", lambda site: site.put("content/1.toml", 'tags = ["x"]\n')),
    ("a reply set right", lambda site: site.put("content/1.toml", '[replies]\nnone = "top"\n')),
    ("a sidecar with a mistake", lambda site: site.put("content/1.toml", "titel = 1\n")),
    ("a thread beside the mistake", lambda site: site.put("content/3.txt", said("BOB", "8", "Hm", number="103"))),
    ("only the mistake", lambda site: site.build()),
    ("no sidecar", lambda site: site.drop("content/1.toml")),
    ("a sidecar without a save", lambda site: site.put("content/9.toml", 'title = "Lost"\n')),
    ("words of the same size", lambda site: site.retype("content/1.txt")),
    ("a new name", lambda site: site.put("content/3.txt", said("Bob", "8", "Hm", number="103", when=LATE))),
    ("a new date", lambda site: site.put("content/3.txt", said("Bob", "8", "Hm", number="103", when=EARLY))),
    ("a newer name", lambda site: site.put("content/4.txt", said("Ann B.", "7", "Ah", number="104", when=LATE))),
    ("a name that wants a slug", lambda site: site.put("content/5.txt", slashdot("Ann 7"))),
    ("an editor who posts", lambda site: site.put("content/5.txt", slashdot("msmash"))),
    ("an editor whose slug is wanted", lambda site: site.put("content/6.txt", slashdot("MsMash!", "t"))),
    ("nobody else who wants it", lambda site: site.drop("content/6.txt")),
    ("a thread saved again", lambda site: site.put("content/1.2.txt", said("Ann", "7", "Hello", "Who?", "New"))),
    ("and once more, elsewhere", lambda site: site.put("content/sub/_n.txt", said("Ann", "7", "Other"))),
    ("the middle one gone", lambda site: site.drop("content/1.2.txt")),
    ("the first one renamed", lambda site: site.move("content/1.txt", "content/sub/CON.txt")),
    ("the bytes before", lambda site: site.revert("content/1.2.txt")),
    ("an undated thread", lambda site: site.put("content/a.md", note("a", ("Ann", "id=1", "Hi"), tags=["x"]))),
    ("a date with its zone", lambda site: site.put("content/z.md", note("z", ("Ann", "", "Hi"), posted=ZONED))),
    ("an id that is near", lambda site: site.put("content/A.md", note("A", ("Zoë", "id=1", "Hi"), author="Eve"))),
    ("an id no file can have", lambda site: site.put("content/con.md", note("con", ("Eve", "id=1", "Hi")))),
    ("a tag that is near", lambda site: site.put("content/4.toml", 'tags = ["X"]\n')),
    ("the same name elsewhere", lambda site: site.put("content/l.md", note("l", ("Ann", "", "Hi"), source="letters"))),
    ("the other id gone", lambda site: site.drop("content/A.md")),
    ("a save that is none", lambda site: site.put("content/2.txt", "Dear diary")),
    ("a save that is none from its head on", lambda site: site.put("content/2.txt", "News: x\n")),
    ("a save with a mistake behind its head", lambda site: site.put("content/2.txt", LATE_MISTAKE)),
    ("a save with a warning", lambda site: site.put("content/2.txt", news("102", Said("x", "Boo", score="9")))),
    ("a date only", lambda site: site.touch("content/2.txt", 10**18)),
    ("tags of the settings", lambda site: site.put("threadpress.toml", f'{SHORT}[tags]\nx = ["rain"]\n')),
    ("somebody removed", lambda site: site.put("threadpress.toml", f'{SHORT}redact = ["slashdot/7", "notes/ann"]\n')),
    ("nobody removed", lambda site: site.put("threadpress.toml", SHORT)),
    ("another zone", lambda site: site.put("threadpress.toml", f'{SHORT}timezone = "Asia/Tokyo"\n')),
    ("an address", lambda site: site.put("threadpress.toml", f'{SHORT}site_url = "https://example.org/x"\n')),
    ("no saves", lambda site: site.put("threadpress.toml", f"{SHORT}publish_saves = false\n")),
    ("no data", lambda site: site.put("threadpress.toml", f"{SHORT}publish_data = false\n")),
    ("long pages", lambda site: site.put("threadpress.toml", "")),
    ("short pages", lambda site: site.put("threadpress.toml", SHORT)),
    ("an accent", lambda site: options(site, 'accent = "#7a1f5c"')),
    ("another accent", lambda site: options(site, 'accent = "#7a1f5d"')),
    ("a line at the end", lambda site: options(site, 'footer = "Ours"')),
    ("a picture that nobody names", lambda site: site.put("logo.svg", LOGO)),
    ("a logo", lambda site: options(site, 'logo = "logo.svg"')),
    ("another logo", lambda site: site.put("logo.svg", LOGO.replace("1", "2"))),
    ("a theme without its colours", lambda site: options(site, 'logo = "logo.svg"', 'theme = "plain"\n')),
    ("no logo", lambda site: site.put("threadpress.toml", SHORT)),
    ("a template", lambda site: override(site, "author.html", "one")),
    ("another template", lambda site: override(site, "author.html", "two")),
    ("no template", lambda site: site.drop("themes/default/templates/author.html")),
    ("a page altered", lambda site: site.alter_output(7, b"x")),
    ("pages lost", lambda site: site.lose_output(3, 9)),
    ("the sums lost", lambda site: site.lose_sums()),
    ("the store lost", lambda site: site.damage_store(shutil.rmtree)),
    ("the folder of saves renamed", lambda site: rename_content(site)),
    ("no saves at all", lambda site: drop_all(site)),
]  # fmt: skip


def test_every_edit_by_itself_is_seen(tmp_path: Path) -> None:
    """One site that meets them all, built and compared after each."""
    site = Site(tmp_path / "site")
    for name, edit in TOUR:
        edit(site)
        try:
            site.check(site.build())
        except AssertionError as error:
            raise AssertionError(f"after {name}: {error}") from error
