"""An engine that builds one site again and again: what it remembers saves work, and changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import config
from generator.engine.build import BuildReport, Engine
from generator.errors import ContentError, OutputError
from tests.history import KEEP_GOING, Edit, Site, content_edits, contents, override, paths, saves
from tests.small import Said, examples, news, prints, tree


class Warm:
    """A site with an engine of its own."""

    def __init__(self, folder: Path) -> None:
        self.site = Site(folder)
        self.engine = Engine(folder)

    def build(self) -> BuildReport:
        """Build with the engine."""
        made, _ = config.load(self.site.folder)
        return self.engine.build(made)

    def put(self, **texts: str) -> BuildReport:
        """Save threads by number, each with one post, and build."""
        for number, text in texts.items():
            self.site.put(f"content/{number[1:]}.txt", news(number[1:], Said(text, "Boo")))
        return self.build()


@pytest.fixture
def warm(tmp_path: Path) -> Warm:
    """A site of two threads, built."""
    made = Warm(tmp_path / "site")
    made.put(_101="Hello", _102="Well")
    return made


edits: st.SearchStrategy[Edit] = content_edits | st.one_of(
    st.builds(
        lambda text: lambda site: site.put("threadpress.toml", text),
        st.sampled_from(["", "posts_per_page = 2\n", 'title = "Other"\n[tags]\nweather = ["rain"]\n']),
    ),
    st.builds(lambda word: lambda site: override(site, "thread.html", word), st.sampled_from(["one", "two"])),
    st.builds(lambda path, data: lambda site: site.put(path, data), paths, saves),
)


@settings(max_examples=examples(25))
@given(contents, st.lists(st.tuples(edits, st.sampled_from(["no", "warm", "warm", "cold", "check"])), max_size=8))
def test_after_any_edits_an_engine_gives_what_a_clean_build_gives(
    tmp_path_factory: pytest.TempPathFactory, start: Mapping[str, str], steps: list[tuple[Edit, str]]
) -> None:
    """Builds by others may come between, and the last thing done is always to compare."""
    site = Site(tmp_path_factory.mktemp("warm") / "site")
    engine = Engine(site.folder)

    def build() -> BuildReport:
        return engine.build(config.load(site.folder)[0], KEEP_GOING)

    for path, data in start.items():
        site.put(path, data)
    build()
    for edit, then in (*steps, (lambda _: None, "check")):
        edit(site)
        if then == "warm":
            build()
        elif then == "cold":
            site.build()
        elif then == "check":
            site.check(build())


def test_pages_are_ready_before_the_list_of_sums(warm: Warm) -> None:
    warm.site.put("content/102.txt", news("102", Said("Other words", "Boo")))
    output = warm.site.folder / "output"
    before, seen = tree(output), []
    warm.engine.build(config.load(warm.site.folder)[0], ready=lambda: seen.append(tree(output)))
    page, sums = "threads/slashdot/102.html", "SHA256SUMS"
    assert b"Other words" in seen[0][page]
    assert seen[0][sums] == before[sums] != tree(output)[sums]


def test_only_what_differs_is_rendered(warm: Warm) -> None:
    """As with a build of its own: the thread with its data, its author's page, and no list."""
    report = warm.put(_102="Other words")
    assert {url for url, _ in report.rendered} == {
        "threads/slashdot/102.html", "threads/slashdot/102.json", "saves/102.txt", "authors/slashdot/ann-7.html",
    }  # fmt: skip


SAVE = news("102", Said("Well", "Boo", "Ann", "7", "4, Funny"), Said("Hm", "Re: Boo", "Bo", "8", "3"))
CHANGES = {
    "a body": ("Well", "Better"),
    "a subject": ("Boo (", "Bah ("),
    "a score": ("Score:3", "Score:2"),
    "the best score": ("Score:4", "Score:5"),
    "the order of scores": ("Score:3", "Score:4"),
    "a label": ("Funny", "Troll"),
    "the name of an author": ("by Bo", "by Bob"),
    "the number of an author": ("( 8 )", "( 9 )"),
    "an author": ("by Bo ( 8 )", "by Ann ( 7 )"),
    "a post more": ("A quote for", str(Said("More")) + "\nA quote for"),
    "the title": ("Rain expected", "Sun expected"),
    "the hour": ("05:22PM", "06:22PM"),
    "the year": ("Wednesday October 15, 2025", "Tuesday October 15, 2024"),
    "who posted it": ("msmash", "timothy"),
    "the department": ("some-weather", "no-weather"),
    "the story": ("on Friday", "on Sunday"),
    "the footer": ("the road", "the way"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_changes_in_a_save_is_seen_wherever_it_shows(warm: Warm, change: tuple[str, str]) -> None:
    """With as many threads as it takes for the index to name the best of them."""
    for number in range(103, 112):
        warm.site.put(f"content/{number}.txt", news(str(number), Said("Hello", "Hi", score="3")))
    warm.site.put("content/102.txt", SAVE)
    warm.build()
    assert change[0] in SAVE
    warm.site.put("content/102.txt", SAVE.replace(*change))
    warm.site.check(warm.build())
    warm.site.put("content/102.2.txt", SAVE)
    warm.site.check(warm.build())


def test_a_file_of_the_users_where_a_new_page_goes_stays_and_is_told_of(warm: Warm) -> None:
    theirs = warm.site.folder / "output/threads/slashdot/103.html"
    theirs.write_text("mine")
    with pytest.raises(OutputError, match=r"output/threads/slashdot/103\.html: this is not ours"):
        warm.put(_103="New")
    assert theirs.read_text() == "mine"
    theirs.unlink()
    warm.site.check(warm.build())


def test_a_page_that_was_altered_stays_and_is_told_of(warm: Warm) -> None:
    page = warm.site.folder / "output/threads/slashdot/102.html"
    page.write_text("altered")
    with pytest.raises(
        OutputError, match=r"output/threads/slashdot/102\.html: it was changed since the build that wrote it"
    ):
        warm.put(_102="Other words")
    assert page.read_text() == "altered"


def test_a_folder_that_became_a_link_is_not_written_through(warm: Warm, tmp_path: Path) -> None:
    folder, away = warm.site.folder / "output/threads/slashdot", tmp_path / "away"
    folder.rename(away)
    folder.symlink_to(away)
    before = prints(away)
    with pytest.raises(OutputError, match=r"output/threads/slashdot: this is not ours"):
        warm.put(_102="Other words")
    assert prints(away) == before


def test_an_obsolete_page_that_was_altered_is_not_removed(warm: Warm) -> None:
    page = warm.site.folder / "output/threads/slashdot/102.html"
    page.write_text("altered")
    warm.site.drop("content/102.txt")
    report = warm.build()
    assert page.read_text() == "altered"
    assert "threads/slashdot/102.html" not in report.removed
    assert "threads/slashdot/102.json" in report.removed
    warm.site.rest(report)


def test_what_a_build_by_somebody_else_did_is_seen(warm: Warm) -> None:
    warm.site.put("content/103.txt", news("103", Said("Theirs", "Boo")))
    warm.site.build()
    report = warm.build()
    assert (report.threads, report.rendered, report.written) == (3, (), ())
    warm.site.check(warm.put(_101="Changed"))


def test_a_store_that_is_lost_is_made_again(warm: Warm) -> None:
    for path in (warm.site.folder / ".threadpress/rows").iterdir():
        path.unlink()
    warm.site.check(warm.put(_101="Changed"))
    (warm.site.folder / ".threadpress/state").unlink()
    warm.site.check(warm.put(_101="Changed again"))


def test_a_broken_save_costs_no_memory(warm: Warm) -> None:
    """That the engine still remembers shows in what it doesn't look at: a page that it has no reason to touch."""
    page = warm.site.folder / "output/threads/slashdot/101.html"
    page.write_text("altered")
    warm.site.put("content/102.txt", "News: 102\n")
    with pytest.raises(ContentError, match=r"content/102\.txt"):
        warm.build()
    report = warm.put(_102="Mended")
    assert "threads/slashdot/102.html" in report.written
    assert page.read_text() == "altered"


def test_a_build_that_was_cut_off_is_made_good_by_looking_at_everything(warm: Warm) -> None:
    folder = warm.site.folder / "output"
    (folder / ".threadpress-tmp").mkdir()
    (folder / "threads/slashdot/101.html").unlink()
    warm.site.check(warm.put(_102="Other words"))
