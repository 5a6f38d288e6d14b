"""URLs and slugs: examples of awkward names first, then what holds whatever the names are."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import urls

SAFE_PART = re.compile(r"[^\x00-\x1f<>:\"|?*\\/]{1,255}")
WINDOWS = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}

COM = "COM\u00b9.x.txt"
"""A device too: Windows takes a raised digit for a digit."""

HIDDEN = "\u200c.git"
"""A Mac takes it for `.git`."""

names = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["index", "INDEX", "con", "CON", "aux", "nul", "com1", "LPT9", "..", ".", "_x", "-", "2", "a-1", ""]
    ),
)
ids = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True) | st.sampled_from(["index", "CON", "con", "_", "-", "2"])


def save_file(path: str) -> str:
    """The URL of a save that is alone in its folder."""
    return urls.save_files([path])[path]


def folded(url: str) -> str:
    """What is left of a name where neither letter case nor the composition of accents counts."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", url).casefold())


def is_safe(url: str) -> bool:
    """Every part of the URL is a file name on every system, and none is hidden."""
    return all(
        SAFE_PART.fullmatch(part)
        and not re.sub(r"[\u200b-\u200f\u2060-\u206f\ufeff]", "", part).startswith(("_", "."))
        and not re.fullmatch("[^~.]{1,6}~[0-9]+", part)
        and not part.endswith((".", " "))
        and part.split(".")[0].rstrip(" ").lower() not in WINDOWS
        for part in url.split("/")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AmiMoJo", "amimojo"),
        ("(negative) video", "negative-video"),
        ("Zoë  Müller", "zoe-muller"),
        ("A/B\\C", "a-b-c"),
        ("..", ""),
        ("山田太郎", ""),
        ("محمد", ""),
        ("ﬁne", "fine"),
        ("a\u202eb", "ab"),
        ("_x_", "x"),
    ],
)
def test_a_slug_is_lower_case_ascii_words(text: str, expected: str) -> None:
    assert urls.slug(text) == expected


def test_an_author_is_named_and_numbered() -> None:
    assert urls.author_page("slashdot", urls.author_slug("AmiMoJo", "196126")) == "authors/slashdot/amimojo-196126.html"
    assert urls.author_slug("山田太郎", "12") == "12"
    assert urls.author_slug("Anonymous Coward", None) == "anonymous-coward"


def test_names_that_stay_apart_keep_their_slugs() -> None:
    assert urls.unique_slugs({"s/1": "ann-1", "s/2": "bob"}) == {"s/1": "ann-1", "s/2": "bob"}


def test_names_that_would_meet_all_get_their_own_digest() -> None:
    slugs = urls.unique_slugs({"notes/@c++": "c", "notes/@c#": "c", "notes/@d": "d"})
    assert slugs == {
        "notes/@c++": f"c-{urls.digest('notes/@c++')}",
        "notes/@c#": f"c-{urls.digest('notes/@c#')}",
        "notes/@d": "d",
    }


def test_letter_case_does_not_keep_names_apart() -> None:
    slugs = urls.unique_slugs({"Abc": "Abc", "abc": "abc"})
    assert len({slug.casefold() for slug in slugs.values()}) == 2
    assert slugs["Abc"].startswith("Abc-")


@pytest.mark.parametrize("name", ["index", "Index", "con", "AUX", "nul", "com0", "LPT9", "_x", "-x", "", "a" * 81])
def test_names_that_are_reserved_or_no_file_names_get_a_digest(name: str) -> None:
    settled = urls.unique_slugs({name: name})[name]
    assert settled.endswith(urls.digest(name))
    assert urls.is_safe_name(settled)


def test_a_name_that_is_anothers_digest_does_not_take_its_place() -> None:
    stolen = f"con-{urls.digest('con')}"
    slugs = urls.unique_slugs({"con": "con", "thief": stolen})
    assert slugs["thief"] == stolen
    assert slugs["con"] not in ("con", stolen)


@given(st.dictionaries(names, st.one_of(ids, names.map(urls.slug)), max_size=12), st.randoms())
def test_slugs_are_safe_apart_and_do_not_depend_on_order(wanted: dict[str, str], random: object) -> None:
    settled = urls.unique_slugs(wanted)
    assert settled.keys() == wanted.keys()
    assert all(urls.is_safe_name(slug) and slug.isascii() and is_safe(slug) for slug in settled.values())
    assert len({slug.casefold() for slug in settled.values()}) == len(wanted)
    turned = list(wanted.items())
    random.shuffle(turned)  # type: ignore[attr-defined]
    assert urls.unique_slugs(dict(turned)) == settled


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("0179799118.txt", "saves/0179799118.txt"),
        ("2025/Ein Gespräch, 東京.md", "saves/2025/Ein Gespräch, 東京.md"),
        ("a#b%20c.txt", "saves/a#b%20c.txt"),
        ("_drafts/x.txt", f"saves/drafts-{hashlib.sha256(b'_drafts').hexdigest()[:8]}/x.txt"),
        ("con.txt", f"saves/con-{hashlib.sha256(b'con.txt').hexdigest()[:8]}.txt"),
        ("what?.txt", f"saves/what--{hashlib.sha256(b'what?.txt').hexdigest()[:8]}.txt"),
        ("con.a.txt", f"saves/con-a-{hashlib.sha256(b'con.a.txt').hexdigest()[:8]}.txt"),
        ("-?con.a.b.txt", f"saves/con-a-b-{hashlib.sha256(b'-?con.a.b.txt').hexdigest()[:8]}.txt"),
        (COM, f"saves/COM\u00b9-x-{hashlib.sha256(COM.encode()).hexdigest()[:8]}.txt"),
        ("pump.", f"saves/pump-{hashlib.sha256(b'pump.').hexdigest()[:8]}"),
        ("git~1.txt", "saves/git~1.txt"),
        ("notes~1.txt", "saves/notes~1.txt"),
        ("git~1", f"saves/git~1-{hashlib.sha256(b'git~1').hexdigest()[:8]}"),
        ("GIT~1/x.txt", f"saves/GIT~1-{hashlib.sha256(b'GIT~1').hexdigest()[:8]}/x.txt"),
        ("GITMOD~1", f"saves/GITMOD~1-{hashlib.sha256(b'GITMOD~1').hexdigest()[:8]}"),
        ("gi7eba~12", f"saves/gi7eba~12-{hashlib.sha256(b'gi7eba~12').hexdigest()[:8]}"),
        (HIDDEN, f"saves/git-{hashlib.sha256(HIDDEN.encode()).hexdigest()[:8]}"),
        (f"{HIDDEN}/x.txt", f"saves/git-{hashlib.sha256(HIDDEN.encode()).hexdigest()[:8]}/x.txt"),
        ("\u06cc\u200c\u062e.txt", "saves/\u06cc\u200c\u062e.txt"),
    ],
)
def test_a_save_keeps_its_path_unless_a_host_or_windows_refuses_it(path: str, expected: str) -> None:
    assert save_file(path) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pump.md", "pump.md"),
        ("PUMP.MD", "pump.md"),
        ("caf\u00e9.md", "cafe\u0301.md"),
        ("CAF\u00c9.md", "cafe\u0301.md"),
        ("\u03a3.md", "\u03c2.md"),
        ("pump.md", "pu\u200bmp.md"),
        ("Pump/a.md", "pump/a.md"),
        ("Pump/a.md", "pump/b.md"),
        ("2025/Pump/a.md", "2025/pump/a.md"),
        ("Pump", "pump/a.md"),
    ],
)
def test_saves_that_are_one_on_another_system_both_get_a_digest(one: str, other: str) -> None:
    def renamed(path: str) -> str:
        """Names the part that differs after its digest."""
        mine, others = path.split("/"), (other if path == one else one).split("/")
        at = next(at for at, part in enumerate(mine) if part != others[at])
        stem, dot, ending = mine[at].rpartition(".") if "." in mine[at] else (mine[at], "", "")
        mine[at] = f"{stem}-{urls.digest(mine[at])}{dot}{ending}"
        return "saves/" + "/".join(mine)

    assert urls.save_files([one, other, "other.md"]) == {
        one: renamed(one),
        other: renamed(other),
        "other.md": "saves/other.md",
    }


def test_the_same_name_in_two_folders_stays() -> None:
    assert urls.save_files(["a/Pump.md", "b/pump.md"]) == {
        "a/Pump.md": "saves/a/Pump.md",
        "b/pump.md": "saves/b/pump.md",
    }


def test_a_save_that_is_named_as_another_is_published_does_not_take_its_place() -> None:
    stolen = save_file("_x.txt").removeprefix("saves/")
    settled = urls.save_files(["_x.txt", stolen.upper()])
    assert settled[stolen.upper()] == f"saves/{stolen.upper()}"
    assert folded(settled["_x.txt"]) != folded(f"saves/{stolen}")


AWKWARD = [
    "CON",
    "aux.md",
    "nul .txt",
    "_",
    "_.txt",
    "...",
    " ",
    "a\\b",
    "x.",
    "con.",
    "\n",
    "a" * 255,
    "con.a.txt",
    COM,
    HIDDEN,
    "\u200d_\u200c.x",
    "git~1",
    "GITIGN~2",
    "-~1",
]
ALIKE = ["A", "a", "A.md", "a.md", "caf\u00e9", "cafe\u0301", "CAF\u00c9", "\U0001f600" * 63 + "."]
parts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=60).filter(
    lambda part: part not in (".", "..") and len(part.encode()) <= 255
) | st.sampled_from(AWKWARD + ALIKE)


@given(st.lists(st.lists(parts, min_size=1, max_size=3).map("/".join), unique=True, max_size=8))
def test_published_saves_have_safe_names_and_stay_apart(paths: list[str]) -> None:
    settled = urls.save_files(paths)
    assert urls.save_files(paths[::-1]) == settled
    published = [settled[path] for path in paths]
    assert len(set(map(folded, published))) == len(paths)
    names = {url[: at.start()] for url in published for at in re.finditer("/|$", url)}
    assert len(set(map(folded, names))) == len(names), "a folder has one spelling"
    for url in published:
        assert is_safe(url), url
        assert ".." not in PurePosixPath(url).parts
        assert "\n" not in url
        assert all(len(part.encode()) <= 255 for part in url.split("/"))


@given(
    st.lists(st.tuples(ids, ids), unique=True, max_size=6),
    st.lists(st.tuples(ids, names, st.none() | names), unique=True, max_size=6),
    st.lists(names, unique=True, max_size=6),
    st.lists(st.lists(parts, min_size=1, max_size=2).map("/".join), unique=True, max_size=4),
)
def test_nothing_users_name_meets_a_page_of_ours_or_each_other(
    threads: list[tuple[str, str]],
    authors: list[tuple[str, str, str | None]],
    tags: list[str],
    saves: list[str],
) -> None:
    """All URLs of a site with pages two and three of everything: none twice, though letter case were ignored.

    Sources are lower-case, as readers see to it.
    """
    made = [urls.INDEX, urls.AUTHORS, urls.DATES, urls.TAGS, urls.ABOUT, urls.NOT_FOUND, urls.ROBOTS, urls.SUMS]
    made += [urls.year_page(2025), urls.month_page(2025, 10)]
    threads = sorted({(source.lower(), name) for source, name in threads})
    for source in {source for source, _ in threads}:
        stems = urls.unique_slugs({name: name for other, name in threads if other == source})
        for stem in stems.values():
            made += [urls.thread_page(source, stem), urls.thread_data(source, stem)]
    people = {(source.lower(), uid or f"@{name.casefold()}"): (name, uid) for source, name, uid in authors}
    for source in {source for source, _ in people}:
        mine = {
            f"{other}/{key}": urls.author_slug(name, uid)
            for (other, key), (name, uid) in people.items()
            if other == source
        }
        made += [urls.author_page(source, slug) for slug in urls.unique_slugs(mine).values()]
    made += [urls.tag_page(slug) for slug in urls.unique_slugs({tag: urls.slug(tag) for tag in tags}).values()]
    made += [urls.numbered(url, number) for url in made if url.endswith(".html") for number in (1, 2, 3)]
    assert len({url.casefold() for url in made}) == len(made)
    files = made + list(urls.save_files(saves).values())
    assert len(set(map(folded, files))) == len(files)
    assert all(is_safe(url) for url in files)
    # What is a folder for one page is no file of another.
    folders = {str(parent) for url in made for parent in PurePosixPath(url).parents}
    assert not folders & set(made)


def test_links_lead_back_to_the_root_and_are_encoded() -> None:
    assert urls.root("index.html") == ""
    assert urls.root("threads/slashdot/1/2.html") == "../../../"
    assert urls.link("saves/a b#c%20?.txt") == "saves/a%20b%23c%2520%3F.txt"
    assert urls.numbered("dates/2025/10.html", 2) == "dates/2025/10/2.html"
    assert urls.anchor("1f") == "#c1f"


def test_threads_are_counted_by_their_first_pages() -> None:
    pages = ["threads/a/1.html", "threads/b/1.html"]
    others = ["threads/a/1/2.html", "threads/a/1.json", "authors/a/1.html", "saves/threads/a/1.html", "index.html"]
    assert urls.thread_pages([*pages, *others]) == set(pages)
