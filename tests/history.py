"""Sites with a past: edits as values, a folder that they are made in, and the claims that every build must meet.

`Site` holds a folder. Its methods edit it; `build` builds it as a user would next, and `check` compares what came out
with a clean build of the same content in a folder that has no past.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path

from hypothesis import strategies as st

from generator import config
from generator.engine.build import BuildReport, Order, build
from generator.errors import OutputError
from generator.threads import hashed_entry
from tests.small import Said, news, note, prints, tree, write

KEEP_GOING = Order(keep_going=True, yes=True)
"""A site with a past may have become empty."""
SHORT = "threads_per_page = 2\nposts_per_page = 3\nlist_posts_per_page = 2\n"
"""Settings that cut all lists, so that little content makes many pages."""
INPUTS = ("content/", "saves/", "themes/", "threadpress.toml", "logo.svg")


class Site:
    """A site in a folder, built again and again."""

    def __init__(self, folder: Path, *, bare: bool = False) -> None:
        """Take a folder; unless `bare`, put an empty content folder and `SHORT` into it."""
        self.folder = folder
        self.old: dict[str, list[bytes]] = {}
        """What each file held before, oldest first."""
        self.fresh = (folder.with_name(f"{folder.name}-{number}") for number in itertools.count())
        if not bare:
            write(folder, {"content/.keep": "", "threadpress.toml": SHORT})

    def put(self, path: str, data: str | bytes) -> None:
        """Make or change a file."""
        target = self.folder / path
        if target.is_file():
            self.old.setdefault(path, []).append(target.read_bytes())
        write(self.folder, {path: data})

    def drop(self, path: str) -> None:
        """Delete a file, if there is one."""
        if (self.folder / path).is_file():
            self.old.setdefault(path, []).append((self.folder / path).read_bytes())
            (self.folder / path).unlink()

    def revert(self, path: str) -> None:
        """Give a file back what it held before its last change."""
        if self.old.get(path):
            write(self.folder, {path: self.old[path].pop()})

    def move(self, path: str, to: str) -> None:
        """Rename a file, over another if there is one."""
        if (self.folder / path).is_file():
            (self.folder / to).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).replace(self.folder / to)

    def retype(self, path: str) -> None:
        """Change words of a file, and neither its size nor its date."""
        target = self.folder / path
        if target.is_file():
            before = target.stat()
            text = target.read_bytes()
            for word, other in ((b"Hello", b"Jello"), (b"Well", b"Bell"), (b"Why", b"How"), (b"Rain", b"Pain")):
                text = text.replace(word, other) if word in text else text.replace(other, word)
            target.write_bytes(text)
            os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))

    def touch(self, path: str, when: int) -> None:
        """Change the date of a file only."""
        if (self.folder / path).is_file():
            os.utime(self.folder / path, ns=(when, when))

    def inputs(self) -> dict[str, bytes]:
        """Everything that a build reads."""
        return {path: data for path, data in tree(self.folder).items() if path.startswith(INPUTS)}

    def build(self, order: Order = KEEP_GOING, executor: Executor | None = None) -> BuildReport:
        """Build it."""
        settings, _ = config.load(self.folder)
        return build(settings, self.folder, order, executor)

    def clean(self) -> tuple[dict[str, bytes], BuildReport]:
        """Build the same content in a folder without a past; give the output and the report."""
        fresh = next(self.fresh)
        write(fresh, self.inputs())
        settings, _ = config.load(fresh)
        report = build(settings, fresh, KEEP_GOING)
        output = tree(fresh / "output")
        shutil.rmtree(fresh)
        return output, report

    def check(self, report: BuildReport) -> None:
        """Compare the last build, which gave `report`, with a clean one; a further build must find nothing to do."""
        output, clean = self.clean()
        found = tree(self.folder / "output")
        assert found.keys() == output.keys()
        assert [url for url in output if found[url] != output[url]] == []
        told = (report.threads, report.posts, report.authors, report.files, report.problems, report.notes)
        assert told == (clean.threads, clean.posts, clean.authors, clean.files, clean.problems, clean.notes)
        rendered = [url for url, _ in report.rendered]
        assert len(rendered) == len(set(rendered))
        assert {*report.written} <= {*rendered, "SHA256SUMS"}
        assert all(reason for _, reason in report.rendered)
        self.rest(report)

    def rest(self, last: BuildReport) -> None:
        """Build again; nothing may be rendered, written or removed, and all that is told must be told again."""
        before = prints(self.folder / "output")
        report = self.build()
        assert (report.rendered, report.written, report.removed) == ((), (), ())
        assert prints(self.folder / "output") == before
        assert report.problems == last.problems
        assert (report.threads, report.posts, report.files) == (last.threads, last.posts, last.files)

    def alter_output(self, number: int, junk: bytes) -> None:
        """Change a file of the output: a build must not touch it, and says so if it is in its way."""
        found = sorted(url for url in tree(self.folder / "output") if url != "SHA256SUMS")
        if found:
            url = found[number % len(found)]
            path = self.folder / "output" / url
            path.write_bytes(path.read_bytes() + junk)
            altered = prints(self.folder / "output")[url]
            told = url
            try:
                self.build()
            except OutputError as error:
                told = str(error)
            assert url in told
            assert prints(self.folder / "output")[url] == altered
            path.unlink()

    def lose_output(self, number: int, count: int) -> None:
        """Delete files of the output."""
        for url in sorted(tree(self.folder / "output"))[number : number + count]:
            (self.folder / "output" / url).unlink()

    def lose_sums(self) -> None:
        """Delete the list of sums while the store still knows all files."""
        self.build()
        (self.folder / "output/SHA256SUMS").unlink(missing_ok=True)
        self.build()

    def damage_store(self, harm: Callable[[Path], object]) -> None:
        """Do something to `.threadpress/`; the list of sums is in place meanwhile."""
        self.build()
        harm(self.folder / ".threadpress")


# What there is to write about. Few words, so that much meets: one person under two names, names that want one slug,
# ids that differ by case only or can't be file names, threads without a date, one name in two sources.

PEOPLE: tuple[tuple[str, str | None], ...] = (
    ("Ann", "7"),
    ("Ann B.", "7"),
    ("Anonymous Coward", None),
    ("BOB", "8"),
    ("Bob", "9"),
    ("山田", "10"),
)
NAMES = ("Ann", "ann", "Bob", "Ann 7", "msmash", "Eve", "山田", "CON")
WORDS = ("Hello", "Well, what", "> Hello\nWhy", "Who?\n\nHow", "H" * 30, "Bob: hm", "Was a b c")
DAYS = ("Wednesday October 15, 2025 @05:22PM", "Thursday October 16, 2025 @05:22PM", "Friday January 1, 2021 @01:00AM")
DATES = ("", "2025-10-15", "2025-10-16T23:30:00", "2025-10-16T23:30:00-05:00", "1999-12-31")
TITLES = ("Rain expected", "Sun & <moon>", "Harbour")

said = st.builds(
    lambda body, subject, who, score: Said(body, subject, who[0], None if who[1] is None else who[1], score),
    st.sampled_from(WORDS),
    st.sampled_from(["Boo", "Re:", "Re:Boo"]),
    st.sampled_from(PEOPLE),
    st.sampled_from(["1", "5, Funny", "-1, Troll", "9"]),
)
texts = st.builds(
    lambda number, posts, title, when, who, footer: news(
        number, *posts, title=title, when=when, who=who, footer=footer
    ),
    st.sampled_from(["101", "102", "0101", "9"]),
    st.lists(said, max_size=5),
    st.sampled_from(TITLES),
    st.sampled_from(DAYS),
    st.sampled_from(["msmash", "BOB", "Ann"]),
    st.sampled_from([None, "A quote"]),
)


def _note(number: str, source: str, posts: list[tuple[str, str]], title: str, day: str, who: str, tag: str) -> str:
    about: dict[str, str | list[str]] = {"title": title, "source": source}
    about |= {"posted": day} if day else {}
    about |= {"author": who} if who else {}
    about |= {"tags": [tag]} if tag else {}
    said = [(name, f"id={at} score={at}", text) for at, (name, text) in enumerate(posts)]
    return note(number, *said, story="A story.", **about)


notes = st.builds(
    _note,
    st.sampled_from(["a", "A", "con", "index", "101"]),
    st.sampled_from(["notes", "notes", "letters", "slashdot"]),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(WORDS)), max_size=5),
    st.sampled_from(TITLES),
    st.sampled_from(DATES),
    st.sampled_from(["", *NAMES]),
    st.sampled_from(["", "", "x", "X", "C++"]),
)
saves = texts | notes
STEMS = ("101", "101.2", "102", "102.10", "sub/_n", "sub/CON", "n", "N")
paths = st.sampled_from([f"content/{stem}.txt" for stem in STEMS])
sidecars = st.sampled_from([f"content/{stem}.toml" for stem in STEMS])
CORRECTIONS = ('title = "Right"\n', 'tags = ["x", "y"]\n', "footer = false\n", 'url = "https://example.org/1"\n', "",
               '[replies]\n1 = "top"\n2 = "0"\n', "titel = 1\n", 'title = "')  # fmt: skip
# Hashed, since a plain entry stops the build if only something near it is published (`test_unmatched`).
SETTINGS = (
    "",
    SHORT,
    f'{SHORT}title = "Other"\n',
    f'{SHORT}site_url = "https://example.org/x/"\n',
    f'{SHORT}timezone = "Asia/Tokyo"\n',
    f"{SHORT}publish_saves = false\n",
    f"{SHORT}publish_data = false\n",
    f"{SHORT}redact = {[hashed_entry(entry) for entry in ('slashdot/7', 'notes/ann', 'slashdot/bob', 'notes/a#1')]}\n",
    f'{SHORT}[tags]\nweather = ["rain"]\n',
    "threads_per_page = 1\nposts_per_page = 1\nlist_posts_per_page = 1\n",
    "threads_per_page = 1\nposts_per_page = 2\nlist_posts_per_page = 3\nwayback = true\nnoindex = true\n",
)
TEMPLATES = ("thread.html", "author.html", "list.html", "about.html", "robots.txt")
BROKEN = (b"News: x\n", b"\0", b"", b"Dear diary", news("101", title="Caf\u00e9").encode("cp1252"), b"+++\nid = 1\n")


def override(site: Site, name: str, word: str) -> None:
    """Give the site a template of its own."""
    site.put(f"themes/default/templates/{name}", f'{{% include "default/{name}" %}}\n{word}\n')


def flip(path: Path, place: int, bit: int) -> None:
    """Change one bit of a file."""
    if path.is_file() and (raw := bytearray(path.read_bytes())):
        raw[place % len(raw)] ^= 1 << bit
        path.write_bytes(raw)


def cut(path: Path, part: float) -> None:
    """Drop the end of a file."""
    if path.is_file():
        raw = path.read_bytes()
        path.write_bytes(raw[: int(len(raw) * part)])


def swap(one: Path, other: Path) -> None:
    """Let two files change places."""
    if one.is_file() and other.is_file():
        first, second = one.read_bytes(), other.read_bytes()
        one.write_bytes(second)
        other.write_bytes(first)


partitions = st.integers(0, 31).map("authors/{:02d}".format)
parts = st.floats(0, 0.999)
spots = st.tuples(st.integers(0, 2**20), st.integers(0, 7))
harms: st.SearchStrategy[Callable[[Path], object]] = st.one_of(
    st.just(lambda store: shutil.rmtree(store)),
    st.just(lambda store: (store / "state").unlink(missing_ok=True)),
    st.just(lambda store: (store / "ingesting").touch()),
    st.just(lambda store: shutil.rmtree(store / "authors", ignore_errors=True)),
    st.builds(lambda part: lambda store: cut(store / "state", part), parts),
    st.builds(lambda spot: lambda store: flip(store / "state", *spot), spots),
    st.builds(lambda name: lambda store: (store / name).unlink(missing_ok=True), partitions),
    st.builds(lambda name, junk: lambda store: write(store, {name: junk}), partitions, st.binary(max_size=200)),
    st.builds(lambda name, part: lambda store: cut(store / name, part), partitions, parts),
    st.builds(lambda name, spot: lambda store: flip(store / name, *spot), partitions, spots),
    st.builds(lambda name, other: lambda store: swap(store / name, store / other), partitions, partitions),
)

Edit = Callable[[Site], object]
content_edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(lambda path, data: lambda site: site.put(path, data), paths, saves),
    st.builds(lambda path, data: lambda site: site.put(path, data), paths, saves),
    st.builds(lambda path: lambda site: site.drop(path), paths | sidecars),
    st.builds(lambda path, to: lambda site: site.move(path, to), paths, paths),
    st.builds(lambda path: lambda site: site.revert(path), paths | sidecars),
    st.builds(lambda path: lambda site: site.retype(path), paths),
    st.builds(lambda path, when: lambda site: site.touch(path, when), paths, st.sampled_from([0, 10**18, 4 * 10**18])),
    st.builds(lambda path, data: lambda site: site.put(path, data), sidecars, st.sampled_from(CORRECTIONS)),
    st.builds(lambda path, data: lambda site: site.put(path, data), paths, st.sampled_from(BROKEN)),
)
other_edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(lambda text: lambda site: site.put("threadpress.toml", text), st.sampled_from(SETTINGS)),
    st.builds(
        lambda name, word: lambda site: override(site, name, word),
        st.sampled_from(TEMPLATES),
        st.sampled_from(["one", "two"]),
    ),
    st.builds(lambda name: lambda site: site.drop(f"themes/default/templates/{name}"), st.sampled_from(TEMPLATES)),
    st.builds(lambda at, junk: lambda site: site.alter_output(at, junk), st.integers(0, 99), st.sampled_from([b"x"])),
    st.builds(lambda at, count: lambda site: site.lose_output(at, count), st.integers(0, 60), st.integers(1, 40)),
    st.just(lambda site: site.lose_sums()),
    st.builds(lambda harm: lambda site: site.damage_store(harm), harms),
)
edits = content_edits | content_edits | other_edits
contents: st.SearchStrategy[Mapping[str, str]] = st.dictionaries(paths, saves, min_size=2, max_size=6)
