"""Building whole sites: what comes out of the first thread of the project, and what must hold of every build."""

from __future__ import annotations

import contextlib
import datetime
import html
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import Order, build, load
from generator.engine.render import render_batch
from generator.errors import ContentError, OutputError, ThreadpressError
from generator.markup import visible
from generator.threads import hashed_entry
from tests.small import (
    DEFAULTS,
    ROOT,
    Said,
    built,
    data_of,
    examples,
    news,
    note,
    output_of,
    prints,
    shown,
    tree,
    write,
)

SEED = (ROOT / "content" / "0179799118.txt").read_bytes()
"""The first thread of the project."""


class Page(HTMLParser):
    """A page as a browser would take it: its text, how deep lists nest, elements and their attributes."""

    EMPTY = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"])

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.words: list[str] = []
        self.lists = self.deepest = 0
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(data.decode())
        self.close()
        self.text = "".join(self.words)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.words.append(" " if tag in ("br", "p", "li", "article", "blockquote") else "")
        self.lists += tag in ("ol", "ul")
        self.deepest = max(self.deepest, self.lists)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.lists -= tag in ("ol", "ul")
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def ids(self) -> list[str]:
        return [found for _, attributes in self.elements if (found := attributes.get("id")) is not None]

    def articles(self) -> list[str]:
        return [str(attributes["id"]) for tag, attributes in self.elements if tag == "article"]


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The output of a site with the first thread of the project."""
    return output_of(tmp_path_factory.mktemp("seed"), {"content/0179799118.txt": SEED})


def test_the_first_thread_as_data(seed: dict[str, bytes]) -> None:
    data = data_of(seed, "threads/slashdot/0179799118.json")
    posts = data["posts"]
    assert (data["source"], data["id"], data["url"], data["tags"]) == ("slashdot", "0179799118", None, [])
    assert data["title"].startswith("Japan Asks OpenAI To Stop Sora 2")
    assert (data["posted"], data["posted_raw"]) == ("2025-10-15T17:22:00", "Wednesday October 15, 2025 @05:22PM")
    assert (data["author"], data["department"]) == (
        {"name": "msmash", "uid": None, "slug": "msmash"}, "irreplaceable-treasures",
    )  # fmt: skip
    assert data["masthead"].startswith("ARM Give a man a fire")
    assert data["footer"].startswith("Q: What do Bill Gates")
    assert [link["n"] for link in data["links"]] == [1]
    assert len(posts) == 29
    assert len({post["author"]["uid"] or post["author"]["name"] for post in posts}) == 18
    assert sum(post["truncated"] != "no" for post in posts) == 5
    assert sum(post["parent"] is None for post in posts) == 10
    assert all(post["posted"] is None and post["posted_raw"] is None for post in posts)
    assert shown(posts[:2], "subject", "score", "label") == [("Boo hoo", 2, None), ("Re:Boo hoo", 4, "Insightful")]
    assert all((post["parent"] is None) == (post["evidence"] is None) for post in posts)
    assert all(0 <= post["confidence"] <= 1 and round(post["confidence"], 2) == post["confidence"] for post in posts)


def test_the_first_thread_has_a_page_for_each_of_its_authors(seed: dict[str, bytes]) -> None:
    pages = [url for url in seed if re.fullmatch(r"authors/slashdot/[^/]+\.html", url)]
    assert len(pages) == 19
    assert "authors/slashdot/amimojo-196126.html" in pages
    assert seed["saves/0179799118.txt"] == SEED


def test_every_word_of_the_first_thread_is_on_its_page_and_in_its_data(seed: dict[str, bytes]) -> None:
    """Nothing is lost: each word that somebody wrote is found again, as often as it was saved."""
    data = data_of(seed, "threads/slashdot/0179799118.json")
    pieces = [data["masthead"], data["title"], data["body"], data["footer"]]
    pieces += [post["body"] for post in data["posts"]]
    text = Page(seed["threads/slashdot/0179799118.html"]).text
    for word in set(re.findall(r"\w+", " ".join(pieces))):
        assert len(re.findall(rf"\b{word}\b", text)) >= len(re.findall(rf"\b{word}\b", " ".join(pieces))), word
    values = " ".join(str(value) for value in [*data.values(), *data["posts"]])
    for line in SEED.decode().split("\n"):
        if line.startswith("News:"):
            line = line.removeprefix("News:")
        for word in re.findall(r"\w+", line.removesuffix(" dept.)")):
            assert word in values or word in ("Score", "by", "from", "the"), word


def test_posts_stand_on_the_page_in_the_order_of_the_data_each_with_its_anchor(seed: dict[str, bytes]) -> None:
    page = Page(seed["threads/slashdot/0179799118.html"])
    data = data_of(seed, "threads/slashdot/0179799118.json")
    assert page.articles() == [f"c{post['id']}" for post in data["posts"]]
    assert len(page.ids()) == len(set(page.ids()))
    assert page.open == []


def test_building_twice_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"content/0179799118.txt": SEED, "content/n.md": note()})
    built(tmp_path)
    before = prints(tmp_path / "output")
    report = built(tmp_path)
    assert (report.written, report.removed, report.rendered) == ((), (), ())
    assert prints(tmp_path / "output") == before


SITE: dict[str, str | bytes] = {
    "content/0179799118.txt": SEED,
    "content/0179799118.toml": 'tags = ["anime"]\n',
    "content/n/1.md": note(
        "one", ("Ünal", "id=1 uid=4", "Hello"), ("山田", "id=2 parent=1", "> Hello"), posted="2024-02-29"
    ),
    "content/n/2.md": note("two", ("C++", "", "A"), ("C#", "", "B"), tags=["İstanbul", "x"], author="Ünal"),
    "content/n/3.md": note("Two", ("c++", "", "A"), posted="2025-10-15T20:22:00Z"),
    "threadpress.toml": 'title = "Ünlü"\ntimezone = "America/New_York"\n[tags]\nlaw = ["japan"]\n',
}
BUILD = "import sys; from generator.cli import main; main(['build'])"


def run(site: Path, **environment: str) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    subprocess.run([sys.executable, "-c", BUILD], cwd=site, env=env, check=True, capture_output=True)


def test_the_same_content_gives_the_same_bytes_anywhere(tmp_path: Path) -> None:
    """Another folder, order of files, hash seed, zone, language and mask of the process."""
    here, there = write(tmp_path / "a", SITE), write(tmp_path / "b/c d", dict(reversed(list(SITE.items()))))
    run(here, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C", COLUMNS="40")
    run(there, PYTHONHASHSEED="2", TZ="Asia/Tokyo", LC_ALL="C.UTF-8", LANG="tr_TR.UTF-8", CI="1")
    assert tree(here / "output") == tree(there / "output")


def test_the_output_names_neither_place_nor_time_of_building(tmp_path: Path) -> None:
    today = datetime.datetime.now(datetime.UTC)
    unwelcome = [
        str(tmp_path),
        tmp_path.name,
        str(ROOT),
        os.uname().nodename,
        today.strftime("%Y-%m-%d"),
        str(today.year + 1),
    ]
    for url, data in output_of(tmp_path, SITE).items():
        text = re.sub(r"\b[0-9a-f]{8,64}\b", "", data.decode())  # hashes hold any four digits sooner or later
        assert not any(word in text for word in unwelcome if len(word) > 3), url


def test_the_sums_list_every_other_file(tmp_path: Path) -> None:
    output = output_of(tmp_path, SITE)
    listed = [line.split("  ", 1)[1] for line in output["SHA256SUMS"].decode().splitlines()]
    assert listed == sorted(output.keys() - {"SHA256SUMS"})
    subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=tmp_path / "output", check=True)


SAVES: dict[str, str | bytes] = {
    "content/101.txt": news("101", Said("Hello", "Boo"), Said("> Hello\nWell", "Re:", "Bob", "8")),
    "content/102.txt": news(
        "102", Said("Other", "Boo", "Ann B."), title="Sun", when="Thursday October 16, 2025 @05:22PM"
    ),
    "content/a": note("a", ("Ann", "id=1", "In a file without ending")),
}
Edit = Callable[[Path], object]


def put(path: str, data: str | bytes) -> Edit:
    return lambda site: write(site, {path: data})


def drop(path: str) -> Edit:
    return lambda site: (site / path).unlink(missing_ok=True)


def move(path: str, to: str) -> Edit:
    def edit(site: Path) -> None:
        if (site / path).exists():
            (site / to).parent.mkdir(parents=True, exist_ok=True)
            (site / path).rename(site / to)

    return edit


def into_a_folder(site: Path) -> None:
    """A save gives way to a folder of its name, and back."""
    path = site / "content/a"
    if path.is_dir():
        shutil.rmtree(path)
        write(site, {"content/a": SAVES["content/a"]})
    else:
        path.unlink(missing_ok=True)
        write(site, {"content/a/deep/b.md": note("b", ("Cid", "id=1", "In a folder"))})


EDITS: dict[str, Edit] = {
    "add an older thread": put(
        "content/99.txt", news("99", Said("Early", "Boo", "Zed", "9"), when="Friday January 1, 2021 @01:00AM")
    ),
    "add a newer save": put("content/101.2.txt", news("101", Said("Hello you", "Boo", "Ann", "7", "5, Funny"))),
    "drop the newer save": drop("content/101.2.txt"),
    "change a save": put("content/102.txt", news("102", Said("Changed", "Boo", "Ann C."), title="Rain")),
    "drop a save": drop("content/102.txt"),
    "move a save": move("content/101.txt", "content/_sub/CON.txt"),
    "move it back": move("content/_sub/CON.txt", "content/101.txt"),
    "add a sidecar": put("content/101.toml", 'title = "Corrected"\ntags = ["x"]\nfooter = false\n'),
    "change the sidecar": put("content/101.toml", 'tags = ["X", "y"]\n'),
    "drop the sidecar": drop("content/101.toml"),
    "a folder for a save": into_a_folder,
    "an author who takes a slug": put(
        "content/s.md", note("s", ("Ann", "uid=7", "x"), ("Ann 7", "", "y"), source="slashdot")
    ),
    "an id that differs by case": put("content/A.md", note("A", ("ann", "id=1", "x"))),
    "short pages": put("threadpress.toml", "threads_per_page = 1\nposts_per_page = 1\nlist_posts_per_page = 1\n"),
    "another title": put("threadpress.toml", 'title = "Other"\nsite_url = "https://example.org/x"\n'),
    "no saves, no data": put("threadpress.toml", "publish_saves = false\npublish_data = false\n"),
    "redact": put("threadpress.toml", f"redact = {[hashed_entry('slashdot/7'), hashed_entry('notes/a#1')]}\n"),
    "defaults again": drop("threadpress.toml"),
}


@settings(max_examples=examples(12))
@given(st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=6), st.sets(st.integers(0, 5)))
def test_after_any_edits_the_output_is_that_of_a_clean_build(
    tmp_path_factory: pytest.TempPathFactory, edits: list[str], skipped: set[int]
) -> None:
    """Some edits are built one by one, some together with the next."""
    site, fresh = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("fresh")
    built(write(site, SAVES))
    for number, name in enumerate(edits):
        EDITS[name](site)
        if number not in skipped:
            built(site)
    built(site)
    for path, data in tree(site).items():
        if path.startswith(("content/", "threadpress.toml")):
            write(fresh, {path: data})
    built(fresh)
    assert tree(site / "output") == tree(fresh / "output")


@pytest.mark.parametrize("name", sorted(EDITS))
def test_after_every_edit_too(tmp_path: Path, name: str) -> None:
    built(write(tmp_path, SAVES))
    EDITS[name](tmp_path)
    built(tmp_path)
    grown = tree(tmp_path / "output")
    shutil.rmtree(tmp_path / "output")
    built(tmp_path)
    assert grown == tree(tmp_path / "output")


def test_a_chain_of_a_thousand_replies_is_built_and_its_lists_stay_flat(tmp_path: Path) -> None:
    """Without recursion, and no deeper than browsers nest."""
    chain = [
        Said(f"Answer {number}", "Boo" if not number else "Re:", f"N{number % 2}", str(number % 2))
        for number in range(1000)
    ]
    output = output_of(tmp_path, {"content/1.txt": news("101", *chain)})
    page = Page(output["threads/slashdot/101.html"])
    assert page.deepest <= 8
    assert len(page.articles()) == 1000
    assert page.open == []


def test_a_branch_of_five_thousand_stated_replies_is_built(tmp_path: Path) -> None:
    posts = [
        ("N", f"id={number}" + (f" parent={number - 1}" if number else ""), f"Answer {number}")
        for number in range(5000)
    ]
    output = output_of(tmp_path, {"content/1.md": note("deep", *posts)})
    assert [post["parent"] for post in data_of(output, "threads/notes/deep.json")["posts"]] == [
        None,
        *map(str, range(4999)),
    ]
    articles = []
    for url in ("deep.html", *(f"deep/{number}.html" for number in range(2, 6))):
        page = Page(output[f"threads/notes/{url}"])
        assert page.deepest <= 8
        assert page.open == []
        articles += page.articles()
    assert articles == [f"c{number}" for number in range(5000)]
    assert 'threads/notes/deep.html#c999"' in output["threads/notes/deep/2.html"].decode()


def test_the_last_level_of_replies_says_whom_it_answers(tmp_path: Path) -> None:
    posts = [(f"N{number}", f"id={number}" + (f" parent={number - 1}" if number else ""), "x") for number in range(12)]
    page = output_of(tmp_path, {"content/1.md": note("deep", *posts)})["threads/notes/deep.html"].decode()
    assert all(f'href="#c{number}"' in page for number in range(11))


NASTY = """</script><script>alert(1)</script><img src=x onerror=alert(1)>"'&{{7*7}}{%x%}"""


def test_no_text_becomes_markup(tmp_path: Path) -> None:
    """Whatever a save, sidecar or setting holds: no element, attribute or template of it comes to life."""
    quoted = json.dumps(NASTY)
    name = NASTY.replace("{", "").replace("}", "")
    said = Said(NASTY, NASTY, NASTY, "7", f"1, {NASTY}")
    post = (name, f"id=1 label={quoted} subject={quoted}", f"{NASTY}\n\n[x](javascript:alert(1))")
    story = f"\u00a0{NASTY}\n\n[1] javascript:alert(1)"
    about: dict[str, Any] = {"title": NASTY, "story": NASTY, "author": NASTY, "department": NASTY, "tags": [NASTY]}
    files = {
        "content/1.txt": news("101", said, title=NASTY, who=NASTY, story=story, footer=NASTY),
        "content/2.md": note("t", post, **about),
        f"content/{NASTY.replace('/', '')}.txt": news("102"),
    }
    output = output_of(tmp_path, files, title=NASTY, description=NASTY, tags={NASTY: ("rain",)})
    assert len(output) > 20
    for url, data in output.items():
        if not url.endswith(".html"):
            continue
        page = Page(data)
        for tag, attributes in page.elements:
            assert tag not in ("img", "x"), url
            assert tag != "script" or "src" in attributes, url
            assert not any(name.startswith("on") for name in attributes), url
            assert not str(attributes.get("href", "")).strip().lower().startswith(("javascript:", "data:")), url
        assert page.open == []
    for url in ("index.html", "about.html", "threads/slashdot/101.html", "threads/notes/t.html"):
        assert NASTY in Page(output[url]).text, url


def test_a_bad_save_stops_the_build_before_the_output_is_touched(tmp_path: Path) -> None:
    write(tmp_path, SAVES)
    built(tmp_path)
    before = prints(tmp_path / "output")
    write(tmp_path, {"content/102.txt": "News: x\n", "content/103.txt": b"\0", "content/101.toml": "titel = 1"})
    with pytest.raises(ContentError) as caught:
        built(tmp_path)
    assert {problem.path for problem in caught.value.problems} == {
        "content/101.toml",
        "content/102.txt",
        "content/103.txt",
    }
    assert prints(tmp_path / "output") == before


def test_keep_going_builds_the_rest(tmp_path: Path) -> None:
    write(tmp_path, {**SAVES, "content/102.txt": "News: x\n"})
    report = build(DEFAULTS, tmp_path, Order(keep_going=True))
    assert {problem.path for problem in report.problems if problem.severity == "error"} == {"content/102.txt"}
    rest = output_of(tmp_path / "rest", {path: data for path, data in SAVES.items() if "102" not in path})
    assert tree(tmp_path / "output") == rest


def test_strict_takes_warnings_for_errors(tmp_path: Path) -> None:
    write(tmp_path, {"content/1.txt": news("101", Said("x", "Boo", score="9"))})
    with pytest.raises(ContentError, match=r"content/1\.txt:9: warning: the score 9 is outside -1 to 5"):
        build(DEFAULTS, tmp_path, Order(strict=True))
    assert not (tmp_path / "output").exists()
    assert len(built(tmp_path).problems) == 1


def test_what_is_wrong_is_told_by_every_build_though_nothing_changed(tmp_path: Path) -> None:
    """A warning, and with `keep_going` an error that shows in the save's head, behind it, or in its sidecar."""
    late = f"{news('103', story='x' * 5000)}\0"
    write(tmp_path, {"content/1.txt": news("101", Said("x", "Boo", score="9"))})
    for files in ({}, {"content/2.txt": "News: x\n"}, {"content/3.txt": late}, {"content/1.toml": "titel = 1"}):
        write(tmp_path, files)
        first, second = (build(DEFAULTS, tmp_path, Order(keep_going=True)) for _ in range(2))
        assert first.problems
        assert second.problems == first.problems
        assert second.written == ()
        with pytest.raises(ContentError):
            build(DEFAULTS, tmp_path, Order(strict=True))
    (tmp_path / "content/1.toml").unlink()
    write(tmp_path, {"content/3.txt": late[:-1], "content/2.txt": news("102")})
    (warning,) = built(tmp_path).problems
    assert (warning.severity, warning.path) == ("warning", "content/1.txt")
    assert {f"threads/slashdot/10{number}.html" for number in (1, 2, 3)} <= tree(tmp_path / "output").keys()


def test_a_file_of_others_in_the_way_is_named_and_nothing_else_changes(tmp_path: Path) -> None:
    write(tmp_path, {**SAVES, "output/about.html": "mine", "output/mine.txt": "mine"})
    with pytest.raises(OutputError, match=r"output/about\.html: this is not ours"):
        built(tmp_path)
    assert tree(tmp_path / "output") == {"about.html": b"mine", "mine.txt": b"mine"}


def test_content_is_never_changed(tmp_path: Path) -> None:
    write(tmp_path, {**SITE, "content/bad.txt": b"\xff\xfe\r\n"})
    before = prints(tmp_path / "content")
    with pytest.raises(ContentError):
        built(tmp_path)
    build(load(tmp_path)[0], tmp_path, Order(keep_going=True, clean=True))
    assert prints(tmp_path / "content") == before


def test_bom_and_windows_line_ends_change_nothing_but_the_saves(tmp_path: Path) -> None:
    windows = SEED.replace(b"\n", b"\r\n")
    assert b"\r\r" not in windows
    plain = output_of(tmp_path / "a", {"content/1.txt": SEED})
    other = output_of(tmp_path / "b", {"content/1.txt": b"\xef\xbb\xbf" + windows})
    assert other["saves/1.txt"] == b"\xef\xbb\xbf" + windows
    one, two = (data_of(output, "threads/slashdot/0179799118.json") for output in (plain, other))
    assert {**one, "saves": None} == {**two, "saves": None}


def test_windows_1252_is_read_with_a_warning(tmp_path: Path) -> None:
    write(tmp_path, {"content/1.txt": news("101", Said("The café’s “menu”", "Boo")).encode("cp1252")})
    (warning,) = built(tmp_path).problems
    assert (warning.severity, warning.path) == ("warning", "content/1.txt")
    assert data_of(tree(tmp_path / "output"), "threads/slashdot/101.json")["posts"][0]["body"] == "The café’s “menu”"


@pytest.mark.parametrize(
    "name",
    [
        "CON",
        "aux",
        "nul.txt",
        "..",
        ".",
        "A/B\\C",
        "index",
        "_x",
        "山田太郎",
        "محمد",
        "a\u202eb",
        "C#",
        "x" * 300,
        "%2e%2e",
    ],
)
def test_awkward_names_have_a_page_and_every_link_to_it_holds(tmp_path: Path, name: str) -> None:
    save = note("talk", (name, "id=1", "Hello"), ("Bob", "id=2 parent=1", "Hi"), tags=[name], author=name)
    output = output_of(tmp_path, {"content/talk.md": save})
    post = data_of(output, "threads/notes/talk.json")["posts"][0]
    assert post["author"]["name"] == name
    page = f"authors/notes/{post['author']['slug']}.html"
    assert page in output
    assert html.escape(visible(name), quote=False) in output[page].decode()
    for url, data in output.items():
        for tag, attributes in Page(data).elements if url.endswith(".html") and url != "404.html" else ():
            href = attributes.get("href")
            if tag == "a" and href and not re.match(r"https?:|#", href):
                target = os.path.normpath(os.path.join(os.path.dirname(url), href.partition("#")[0]))  # noqa: PTH118, PTH120
                assert target in output, (url, href)


class Meddling(Executor):
    """Works at once, and changes the site before the first thread is read for its pages."""

    def __init__(self, meddle: Callable[[], object]) -> None:
        self.meddle: Callable[[], object] | None = meddle

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn is render_batch and self.meddle:
            self.meddle()
            self.meddle = None
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except ThreadpressError as error:
            future.set_exception(error)
        return future


@pytest.mark.parametrize(
    "edit",
    [
        put("content/101.txt", news("101", Said("Hello", "Boo"))),
        put("content/101.txt", news("101", Said("Hello", "Boo"), Said("> Hello\nWell", "Re:", "Bob", "9"))),
        put("content/101.txt", news("101", *[Said("Hello", "Boo")] * 9)),
        put("content/101.txt", news("999")),
        put("content/101.txt", ""),
        drop("content/101.txt"),
    ],
)
def test_a_save_that_changes_while_the_site_is_built_is_told(tmp_path: Path, edit: Edit) -> None:
    write(tmp_path, {**SAVES, "content/103.txt": news("103", Said("Hello", "Boo"))})
    with pytest.raises(
        ContentError, match=r"^content/101\.txt: it changed while the site was being built; build again$"
    ):
        build(DEFAULTS, tmp_path, executor=Meddling(lambda: edit(tmp_path)))
    with contextlib.suppress(ContentError):
        built(tmp_path)
    write(tmp_path, SAVES)
    built(tmp_path)
    content = {path: data for path, data in tree(tmp_path).items() if path.startswith("content/")}
    assert tree(tmp_path / "output") == output_of(tmp_path / "fresh", content)


def test_without_what_the_last_build_left_only_what_differs_is_written(tmp_path: Path) -> None:
    """Store and list of sums are gone: files that equal ours are ours, and nobody writes them."""
    built(write(tmp_path, SITE))
    before = prints(tmp_path / "output")
    shutil.rmtree(tmp_path / ".threadpress")
    assert (built(tmp_path).written, prints(tmp_path / "output")) == ((), before)
    shutil.rmtree(tmp_path / ".threadpress")
    (tmp_path / "output/SHA256SUMS").unlink()
    assert built(tmp_path).written == ("SHA256SUMS",)
    after = prints(tmp_path / "output")
    assert {url for url in after if after[url] != before[url]} == {"SHA256SUMS"}


def test_a_build_that_has_nothing_to_do_tidies_up(tmp_path: Path) -> None:
    built(write(tmp_path, SAVES))
    write(tmp_path, {"output/.threadpress-tmp/file-1": "what a dead build left"})
    assert built(tmp_path).written == ()
    assert not (tmp_path / "output/.threadpress-tmp").exists()


@pytest.mark.parametrize("most", [0, 100, 6_000, 16_000, 20_000])
def test_a_full_disk_leaves_what_the_next_build_makes_right(tmp_path: Path, most: int) -> None:
    """The process may write no file longer than so many bytes, which is how a full disk looks."""
    write(tmp_path, SITE)
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most})); {BUILD}"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    stopped = subprocess.run(
        [sys.executable, "-c", limited], cwd=tmp_path, env=env, check=False, capture_output=True, text=True
    )
    assert stopped.returncode == 1, stopped.stderr
    place, said = stopped.stderr.splitlines()[0].split(": ", 1)
    assert said.startswith("File too large; a file may not get so large there: see `ulimit -f`")
    assert re.match(r"(output|\.threadpress)/", place), "the file is named"
    write(tmp_path, {"content/n/1.md": note("one", ("Ann", "id=1", "Hello again"))})
    (tmp_path / "content/n/2.md").unlink()
    built(tmp_path)
    fresh = {path: data for path, data in tree(tmp_path).items() if path.startswith(("content/", "threadpress.toml"))}
    assert tree(tmp_path / "output") == output_of(tmp_path / "fresh", fresh)


def test_an_empty_site_is_built(tmp_path: Path) -> None:
    output = output_of(tmp_path, {"content/.keep": ""})
    assert {"index.html", "authors/index.html", "about.html"} <= output.keys()


def empty(site: Path) -> None:
    for path in (site / "content").iterdir():
        path.unlink()


def move_away(site: Path) -> None:
    (site / "content").rename(site / "saves")


def unmount(site: Path) -> None:
    move_away(site)
    (site / "content").mkdir()


def link_to_nothing(site: Path) -> None:
    move_away(site)
    (site / "content").symlink_to("drive/saves")


def pass_over(site: Path) -> None:
    for path in (site / "content").iterdir():
        path.rename(path.with_name(f".{path.name}"))


def name_another_folder(site: Path) -> None:
    (site / "else").mkdir()
    write(site, {"threadpress.toml": 'content = "else"\n'})


def break_all(site: Path) -> None:
    for path in (site / "content").iterdir():
        path.write_text("Dear diary")


EMPTIED = [empty, move_away, unmount, link_to_nothing, pass_over, name_another_folder, break_all]


@pytest.mark.parametrize("store", ["kept", "lost", "of another version"])
@pytest.mark.parametrize("order", [Order(keep_going=True), Order(keep_going=True, clean=True)])
@pytest.mark.parametrize("edit", EMPTIED)
def test_content_that_has_become_empty_leaves_the_site_as_it_is(
    tmp_path: Path, edit: Callable[[Path], None], order: Order, store: str
) -> None:
    write(tmp_path, {"content/101.txt": news(), "content/102.txt": news("102")})
    built(tmp_path)
    before = prints(tmp_path / "output")
    edit(tmp_path)
    if store == "lost":
        shutil.rmtree(tmp_path / ".threadpress")
    elif store == "of another version":
        (tmp_path / ".threadpress/state").write_bytes(b"of another version")
    config, _ = load(tmp_path)
    for _ in range(2):
        with pytest.raises(ContentError) as raised:
            build(config, tmp_path, order)
        assert (
            f"{config.content}: there is no thread here any more, and a build would remove all of the site (2); see "
            "that the folder is the right one and its disk is mounted, or run `threadpress build --yes`"
        ) in str(raised.value)
        assert prints(tmp_path / "output") == before
    report = build(config, tmp_path, msgspec.structs.replace(order, yes=True))
    assert report.threads == 0
    fresh = write(tmp_path / "fresh", {"content/.keep": "", "threadpress.toml": f"content = {config.content!r}\n"})
    (fresh / config.content).mkdir(exist_ok=True)
    build(config, fresh, Order(yes=True))
    assert tree(tmp_path / "output") == tree(fresh / "output")
    assert build(config, tmp_path, order).threads == 0  # nothing is left to be lost


def test_content_that_has_become_empty_while_the_settings_changed(tmp_path: Path) -> None:
    """These settings make all saves be read again, and there is none."""
    write(tmp_path, {"content/101.txt": news(), "content/.keep": ""})
    built(tmp_path)
    (tmp_path / "content/101.txt").unlink()
    with pytest.raises(ContentError, match=r"all of the site \(1\)"):
        built(tmp_path, posts_per_page=7)
    report = build(msgspec.structs.replace(DEFAULTS, posts_per_page=7), tmp_path, Order(yes=True))
    assert (report.threads, (tmp_path / "output/threads").exists()) == (0, False)


@pytest.mark.parametrize("order", [Order(), Order(keep_going=True), Order(clean=True)])
@pytest.mark.parametrize("place", ["", "sub/site"])
def test_a_fresh_clone_without_a_thread_is_not_built_by_mistake(tmp_path: Path, order: Order, place: str) -> None:
    """In a fresh clone nothing says what was published."""
    site = write(tmp_path / place, {"content/README": "saves", "content/101.toml": ""})
    (tmp_path / ".git").mkdir()
    with pytest.raises(ContentError) as raised:
        build(DEFAULTS, site, order)
    assert (
        "content: there is no thread here, so the site would be empty; bring in a save with `threadpress add FILE`, "
        "or run `threadpress build --yes` if that is meant"
    ) in str(raised.value)
    assert not (site / "output").exists()
    (site / "content/101.toml").unlink()
    assert build(DEFAULTS, site, msgspec.structs.replace(order, yes=True)).threads == 0
    assert build(DEFAULTS, site, order).threads == 0  # it was said once
    shutil.rmtree(site / ".threadpress")
    assert build(DEFAULTS, site, order).threads == 0


def test_settings_of_a_site_reach_its_pages(tmp_path: Path) -> None:
    config: dict[str, Any] = {
        "title": "Harbour talk",
        "language": "de",
        "noindex": True,
        "site_url": "https://example.org/h/",
    }
    output = output_of(tmp_path, SAVES, **config)
    thread = output["threads/slashdot/101.html"].decode()
    assert '<html lang="de"' in thread
    assert "Harbour talk" in thread
    assert '<meta name="robots" content="noindex' in thread
    assert 'href="https://example.org/h/threads/slashdot/101.html"' in thread
    assert 'href="/h/index.html"' in output["404.html"].decode()
    assert "Disallow: /" in output["robots.txt"].decode()
    assert b"canonical" not in output_of(tmp_path, {}, **{**config, "site_url": ""})["threads/slashdot/101.html"]


def test_the_report_counts(tmp_path: Path) -> None:
    report = built(write(tmp_path, SAVES))
    assert (report.threads, report.posts, report.authors) == (3, 4, 3)
    assert report.files == len(tree(tmp_path / "output"))
    assert set(report.written) == tree(tmp_path / "output").keys()
    assert {url for url, _ in report.rendered} == set(report.written) - {"SHA256SUMS"}
    assert msgspec.structs.replace(report, notes=()).problems == ()


def test_authors_are_counted_alike_everywhere(tmp_path: Path) -> None:
    """Those who wrote posts; who only posted the story has a page, and is counted apart in the index of authors."""
    files = {"content/101.txt": news("101", Said("Hello", "Boo"), Said("Well", "Re:", "Bob", "8"))}
    report = built(write(tmp_path, files))
    assert report.authors == 2
    pages = {path: text.decode().replace("&nbsp;", " ") for path, text in tree(tmp_path / "output").items()}
    assert "with 2 posts by 2 authors" in pages["about.html"]
    assert "2 posts by 2 authors" in pages["threads/slashdot/101.html"]
    for path in ("index.html", "dates/2025/10.html", "stats.html"):
        assert "2 posts · 2 authors" in pages[path]
    assert "2 authors, by number of posts, and 1 who only posted stories<" in pages["authors/index.html"]
    assert "authors/slashdot/msmash.html" in pages


@pytest.mark.parametrize(
    ("redact", "others"),
    [('redact = ["notes/bob"]', ("bob", "bob")), ("", ("[removed]", "[deleted]"))],
)
def test_whoever_was_taken_out_is_no_author_anywhere(redact: str, others: tuple[str, str], tmp_path: Path) -> None:
    posts = [("ann", "", "Yes."), *((name, "", f"Text {number}.") for number, name in enumerate(others))]
    files = {"content/1.md": note("1", *posts, posted="2025-10-15"), "threadpress.toml": f"{redact}\n"}
    report = built(write(tmp_path, files))
    assert (report.posts, report.authors) == (3, 1)
    pages = {path: text.decode().replace("&nbsp;", " ") for path, text in tree(tmp_path / "output").items()}
    assert "with 3 posts by 1 author" in pages["about.html"]
    assert "3 posts by 1 author" in pages["threads/notes/1.html"]
    for path in ("index.html", "dates/2025/10.html", "stats.html"):
        assert re.search("3 posts · 1 author\\b", pages[path]), path
    assert [path for path in pages if re.fullmatch("authors/notes/.*", path)] == ["authors/notes/ann.html"]


def test_keep_going_builds_a_thread_from_those_of_its_saves_that_can_be_read(tmp_path: Path) -> None:
    """And says again what is wrong, and stops without the flag, as long as it is."""
    write(tmp_path, {"content/101.txt": news("101", Said("Fine.", "A")), "content/101.2.txt": "News: 101\n\ncut off\n"})
    for _ in range(2):
        report = build(DEFAULTS, tmp_path, Order(keep_going=True))
        assert (report.threads, report.posts) == (1, 1)
        assert [problem.path for problem in report.problems if problem.severity == "error"] == ["content/101.2.txt"]
    with pytest.raises(ContentError):
        build(DEFAULTS, tmp_path)


def test_a_redaction_that_matches_nothing_is_a_warning_in_every_build(tmp_path: Path) -> None:
    write(tmp_path, {"content/101.txt": news("101", Said("Fine.", "A", "Ann", "7"), footer=None)})
    settings = msgspec.structs.replace(DEFAULTS, redact=("slashdot/Ann", "slashdot/7", "sha256:" + "0" * 64))
    for _ in range(2):
        told = [problem.message for problem in build(settings, tmp_path).problems]
        assert told == [
            'redact: "slashdot/Ann" matches nothing',
            'redact: "sha256:' + "0" * 64 + '" matches nothing',
        ]


def test_a_footer_behind_a_removed_post_is_a_warning(tmp_path: Path) -> None:
    """Its end may have been taken for the footer, and only the user can tell."""
    write(tmp_path, {"content/101.txt": news("101", Said("Fine.", "A", "Ann", "7"), footer="Perhaps hers.")})
    settings = msgspec.structs.replace(DEFAULTS, redact=("slashdot/7",))
    assert "closing quote" in build(settings, tmp_path).problems[0].message
    write(tmp_path, {"content/101.toml": "footer = false\n"})
    assert build(settings, tmp_path).problems == ()
    assert not any(b"Perhaps hers." in data for data in tree(tmp_path / "output").values())


def test_a_save_that_a_host_would_show_as_a_page_is_published_as_text(tmp_path: Path) -> None:
    write(tmp_path, {"content/101.html": news("101", Said("<script>alert(1)</script>", "A"))})
    build(DEFAULTS, tmp_path)
    published = [path.name for path in (tmp_path / "output" / "saves").iterdir()]
    assert len(published) == 1
    assert published[0].endswith(".html.txt")


def test_the_description_of_a_story_has_no_markers(tmp_path: Path) -> None:
    story = "They were [1]asked to stop . And [2] stays.\n\n[1] https://example.org/"
    write(tmp_path, {"content/101.txt": news("101", story=story)})
    build(DEFAULTS, tmp_path)
    page = (tmp_path / "output" / "threads" / "slashdot" / "101.html").read_text(encoding="utf-8")
    assert '<meta name="description" content="They were asked to stop. And [2] stays.">' in page


def test_what_was_wrong_with_a_file_is_forgotten_with_the_file(tmp_path: Path) -> None:
    """Also where nothing else changed, so that the build has nothing to do."""
    write(tmp_path, {"content/101.txt": news("101"), "content/102.txt": "News: x\n"})
    assert build(DEFAULTS, tmp_path, Order(keep_going=True)).problems
    (tmp_path / "content" / "102.txt").unlink()
    report = build(DEFAULTS, tmp_path)
    assert (report.problems, report.written) == ((), ())
