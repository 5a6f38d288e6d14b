"""Runs of removed texts go from the whole archive, in any order of builds, and `check` finds that they have."""

from __future__ import annotations

import contextlib
import json
import random
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator import load
from generator.commands.check import check_site
from generator.engine import build
from generator.errors import ContentError
from generator.threads import hashed_entry
from tests.executors import Hostile
from tests.history import Site
from tests.small import LONG, Said, built, data_of, news, note, output_of, tree, write

SECRET = "The harbour master keeps two sets of books in a basket."
CUT = "He has done so since the spring, as everybody on the quay"
REST = "knows who has seen him carry it to the lighthouse at night."
REDACT = 'redact = ["slashdot/7"]\n'

LEAK = news(
    "1", Said(f"{SECRET} {CUT}", "How the harbour master makes his money every single day", "Ann", "7"), Said("Well.")
)
FULL = news("1", Said(f"{SECRET} {CUT} {REST}", "How the harbour master makes his money every single day", "Ann", "7"))
QUOTES = news(
    "2",
    Said(
        f"> {SECRET} Really?\n\nUgly. They say \u201ckeeps two sets of books in a basket\u201d. So?",
        "Hi",
        "Bob",
        "8",
    ),
    Said("> as everybody on the quay\n> knows who has seen him carry it", "Re:", "Cid", "9"),
    story="A reader asks how the harbour master makes his money every single day. We don't know.",
    when="Friday October 17, 2025 @05:22PM",
)
QUIET = news("3", Said("Nothing to see here.", "Hi", "Dee", "10"), when="Saturday October 18, 2025 @05:22PM")


def bodies(output: Mapping[str, bytes], number: str) -> list[str]:
    data = data_of(output, f"threads/slashdot/{number}.json")
    return [data["body"], *(post["body"] for post in data["posts"])]


def faults(site: Path) -> list[str]:
    config, _ = load(site)
    return [str(problem) for problem in check_site(config, site).problems if problem.severity == "error"]


def test_runs_go_from_other_threads(tmp_path: Path) -> None:
    files = {"content/1.txt": LEAK, "content/2.txt": QUOTES, "content/3.txt": QUIET, "threadpress.toml": REDACT}
    output = output_of(tmp_path, files)
    assert bodies(output, "2") == [
        "[removed] We don't know.",
        "> [removed]\n\nUgly. [removed] So?",
        "> as everybody on the quay\n> knows who has seen him carry it",
    ]
    assert b"books in a basket" not in b"".join(output.values())
    assert output["saves/3.txt"] == QUIET.encode()
    assert output["saves/2.txt"].decode().count("[removed]") == 3
    assert faults(tmp_path) == []


def test_what_only_another_save_holds_of_a_removed_post_goes_too(tmp_path: Path) -> None:
    """The newer save cut it; somebody quotes what comes after."""
    first = note("t", ("Ann", "id=1", f"{SECRET} {CUT} {REST}"), ("Bob", "id=2", "Hm."))
    later = note("t", ("Ann", "id=1", f"{SECRET} {CUT}"), ("Bob", "id=2", f"> {REST}\n\nWell."))
    files = {"content/t.md": first, "content/t.2.md": later, "threadpress.toml": 'redact = ["notes/t#1"]\n'}
    output = output_of(tmp_path, files)
    assert b"lighthouse" not in b"".join(output.values())
    assert faults(tmp_path) == []


def test_a_redacted_build_equals_a_build_of_replaced_saves(tmp_path: Path) -> None:
    ann = f"{SECRET}\n\nThen go and look for yourself."
    files = {
        "content/a.md": note("a", ("Ann", "id=1 uid=7 subject=\"A basket case\"", ann),
                             ("Bob", "id=2 parent=1 subject=\"Re: A basket case\"", f"> {SECRET}\n\nNo.")),
        "content/b.md": note("b", ("Cid", "id=1", f"It's true. {SECRET} I saw it."), story=f"Heard: {SECRET}\n\nHm."),
    }  # fmt: skip
    replaced = {
        "content/a.md": note("a", ("[removed]", "id=1 subject=\"[removed]\"", "[removed]"),
                             ("Bob", "id=2 parent=1 subject=\"Re: [removed]\"", "> [removed]\n\nNo.")),
        "content/b.md": note("b", ("Cid", "id=1", "It's true. [removed] I saw it."), story="[removed]\n\nHm."),
    }  # fmt: skip
    redacted = output_of(tmp_path / "1", files, redact=("notes/7",))
    assert redacted == output_of(tmp_path / "2", replaced)


def test_a_save_that_would_still_hold_a_run_is_not_published_and_its_page_says_so(tmp_path: Path) -> None:
    """A comment in front matter belongs to no text of the thread."""
    save = note("b", ("Cid", "id=1", "Well.")).replace("+++\nid", f"+++\n# {SECRET}\nid", 1)
    titled = note("c", ("Cid", "id=1", "Well."), title=f"Heard: {SECRET}")
    files = {"content/b.md": save, "content/c.md": titled, "content/a.txt": LEAK, "threadpress.toml": REDACT}
    output = output_of(tmp_path, files)
    assert sorted(url for url in output if url.startswith("saves/")) == ["saves/a.txt"]
    for name in "bc":
        page = output[f"threads/notes/{name}.html"].decode()
        assert "not published, since what was taken out" in page
    assert data_of(output, "threads/notes/c.json")["title"] == "[removed]"
    assert "not published" not in output["threads/slashdot/1.html"].decode()
    assert faults(tmp_path) == []


def test_a_title_in_a_sidecar_is_a_text_too(tmp_path: Path) -> None:
    files = {"content/1.txt": LEAK, "content/3.txt": QUIET, "content/3.toml": f'title = "{SECRET}"\n'}
    output = output_of(tmp_path, {**files, "threadpress.toml": REDACT})
    assert data_of(output, "threads/slashdot/3.json")["title"] == "[removed]"
    assert faults(tmp_path) == []


@pytest.mark.parametrize(
    ("subject", "answer", "left"),
    [
        ("Boo hoo", "Re:Boo hoo", ("[removed]", "Re:[removed]")),
        ("Boo hoo", "Re: boo, hoo!", ("[removed]", "Re: [removed]")),
        ("Boo hoo", "Re:", ("[removed]", "Re:")),
        ("Boo hoo", "Boo", ("[removed]", "Boo")),
        ("Boo hoo to everybody in this town", "Re:Boo hoo to everybody in t", ("[removed]", "Re:[removed]")),
        ("Re:", "Re:", ("Re:", "Re:")),
        ("Re:Mine", "Re:Mine", ("Re:Mine", "Re:Mine")),
        ("Re:Nobody's", "Re:Nobody's", ("Re:[removed]", "Re:[removed]")),
    ],
)
def test_subjects_of_removed_posts_go_also_behind_re(
    tmp_path: Path, subject: str, answer: str, left: tuple[str, str]
) -> None:
    save = news("1", Said("One.", "Mine", "Bob", "8"), Said("Two.", subject), Said("Three.", answer, "Cid", "9"))
    output = output_of(tmp_path, {"content/1.txt": save, "threadpress.toml": REDACT})
    posts = data_of(output, "threads/slashdot/1.json")["posts"]
    assert [post["subject"] for post in posts] == ["Mine", *left]
    copy = news("1", Said("One.", "Mine", "Bob", "8"), Said("[removed]", left[0], "[removed]", None),
                Said("Three.", left[1], "Cid", "9"))  # fmt: skip
    assert output["saves/1.txt"].decode() == copy


EDITS = (
    ("a quote comes", {"content/4.txt": QUOTES.replace("News: 2", "News: 4")}),
    ("what was cut comes", {"content/1.txt": FULL}),
    ("the removed text goes", {"content/1.txt": QUIET.replace("News: 3", "News: 1")}),
    ("a further save of the thread comes", {"content/1.2.txt": FULL}),
    ("nobody is removed", {"threadpress.toml": ""}),
    ("another is removed", {"threadpress.toml": 'redact = ["slashdot/8"]\n'}),
    ("it is said again elsewhere", {"content/5.txt": LEAK.replace("News: 1", "News: 5").replace("Ann", "Anna")}),
)


@pytest.mark.parametrize(("name", "edit"), EDITS)
def test_incremental_equals_clean(tmp_path: Path, name: str, edit: Mapping[str, str]) -> None:
    site = Site(tmp_path / "site")
    files = {"content/1.txt": LEAK, "content/2.txt": QUOTES, "content/3.txt": QUIET, "threadpress.toml": REDACT}
    for path, text in files.items():
        site.put(path, text)
    site.check(site.build())
    for path, text in edit.items():
        site.put(path, text)
    site.check(site.build())
    assert faults(site.folder) == []
    for path in edit:
        site.revert(path) if path in files else site.drop(path)
    site.check(site.build())
    assert faults(site.folder) == []


def test_saves_are_not_read_again_while_nothing_else_is_removed(tmp_path: Path) -> None:
    """A new thread changes nothing for the others; a new removed text is looked for in all of them."""
    site = Site(tmp_path / "site")
    for path, text in {"content/1.txt": LEAK, "content/2.txt": QUOTES, "threadpress.toml": REDACT}.items():
        site.put(path, text)
    site.build()
    site.put("content/3.txt", QUIET)
    pages = {url for url, _ in site.build().rendered if url.startswith("threads/")}
    assert "threads/slashdot/1.html" not in pages  # 2 has a new neighbour
    site.put("content/3.txt", QUIET + "\n")
    pages = {url for url, _ in site.build().rendered}
    assert not pages & {"threads/slashdot/1.html", "threads/slashdot/2.html"}


def test_workers_make_the_same(tmp_path: Path) -> None:
    files = {"content/1.txt": LEAK, "content/2.txt": QUOTES, "content/3.txt": QUIET, "threadpress.toml": REDACT}
    serial = output_of(tmp_path / "a", files)
    write(tmp_path / "b", files)
    config, _ = load(tmp_path / "b")
    with Hostile(3) as executor:
        build(config, tmp_path / "b", executor=executor)
    assert tree(tmp_path / "b/output") == serial


WORDS = (
    *("the", "harbour", "master", "keeps", "two", "sets", "of", "books", "in", "a", "basket", "he", "said"),
    *("that", "it's", "don't", "well-known", "12", "Ünï", "人"),
)
JOINTS = (
    " ",
    " ",
    " ",
    " ",
    " ",
    ", ",
    "\n",
    "\n> ",
    "\n\n",
    ". ",
    "! ",
    "\n>> ",
    " [1]",
    " *x* ",
    " (",
    "](u) ",
    "&amp;",
)


def _text(random_: random.Random, said: list[str]) -> str:
    """Some words, or words of somebody else in another dress."""
    if said and random_.random() < 0.6:
        other = random_.choice(said)
        text = random_.choice((
            other, f"> {other}", f"Ah. {other} Oh.", other.upper(),
            other.replace(" ", "\n> "), other.replace(" ", "\n"),
            f"\u201c{other[: len(other) // 2]}\u201d?", other[len(other) // 3 :], f"[{other}](https://example.org/x)",
        ))  # fmt: skip
    else:
        text = "".join(random_.choice(WORDS) + random_.choice(JOINTS) for _ in range(random_.randrange(1, 40)))
    said.append(text.strip() or "x")
    return said[-1]


def random_site(seed: int) -> dict[str, str]:
    """A site with little to say, so that everybody repeats everybody, in other marks and lines."""
    random_ = random.Random(seed)
    said: list[str] = []
    people = ("Ann", "7"), ("Bob", "8"), ("Cid", "9"), ("Anonymous Coward", None)
    files = {}
    for number in range(1, random_.randrange(2, 5)):
        posts = []
        for _ in range(random_.randrange(6)):
            name, uid = random_.choice(people)
            line = re.sub(r"\s+|\(", " ", _text(random_, said))[:60].strip() or "x"
            posts.append((name, uid, random_.choice(("Re:", f"Re:{line}", line)), _text(random_, said)))
        story = _text(random_, said)
        title = re.sub(r"\s+", " ", _text(random_, said))[:80].strip()
        if random_.random() < 0.5:
            files[f"content/{number}.txt"] = news(
                str(number), *(Said(body, subject, name, uid) for name, uid, subject, body in posts),
                title=title, story=story, footer=random_.choice((None, _text(random_, said))),
            )  # fmt: skip
        else:
            lines = [(name, f'id={at} subject="{subject.translate({34: 39, 92: 47})}"' + (f" uid={uid}" if uid else ""),
                      body) for at, (name, uid, subject, body) in enumerate(posts)]  # fmt: skip
            files[f"content/{number}.md"] = note(f"n{number}", *lines, story=story, title=title, tags=[title[:30]])
    entries = [f"{source}/{name}" for source in ("slashdot", "notes") for name in ("7", "8")]
    hashed = [hashed_entry(entry) for entry in random_.sample(entries, random_.randrange(1, 4))]
    files["threadpress.toml"] = f"redact = {json.dumps(hashed)}\n"
    return files


@pytest.mark.parametrize("start", range(0, 200 if LONG else 40, 10))
def test_check_agrees_with_every_build(tmp_path: Path, start: int) -> None:
    checked = seed = 0
    while checked < 10:
        site = write(tmp_path / str(seed), random_site(1000 * start + seed))
        seed += 1
        config, _ = load(site)
        with contextlib.suppress(ContentError):  # an odd save
            build(config, site)
            checked += 1
            assert faults(site) == [], seed


def test_check_finds_what_a_build_would_take_out(tmp_path: Path) -> None:
    files = {"content/1.txt": LEAK, "content/2.txt": QUOTES, "content/3.txt": QUIET}
    write(tmp_path, files)
    built(tmp_path)
    write(tmp_path, {"threadpress.toml": REDACT})
    told = faults(tmp_path)
    for path in ("threads/slashdot/2.html", "threads/slashdot/2.json", "saves/1.txt", "saves/2.txt"):
        assert any(line.startswith(f"output/{path}:") and "was to be removed" in line for line in told)
    assert not any("slashdot/3" in line or "saves/3" in line for line in told)
