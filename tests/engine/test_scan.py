"""Scan: which files are saves of which thread, and what one thread becomes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.engine.inputs import look, read_content
from generator.engine.lock import FOLDER
from generator.engine.partition import PARTITIONS, partition_of
from generator.engine.project import Project
from generator.engine.scan import Content, scan
from generator.engine.spool import take_part
from generator.engine.store import NOTHING, Store
from generator.errors import Problem
from generator.model import TOP
from generator.readers import read_save
from generator.site import AUTHORS, Contribution, Facts, Row, contribution_in, posts_in, replies_of, row_keys
from generator.theme import load_theme
from generator.threads import (
    Folder,
    Group,
    Redactions,
    ThreadReading,
    group_files,
    list_content,
    read_group,
    stray_sidecars,
)
from generator.workers import Workers
from tests.rewriting import thread_of
from tests.small import DEFAULTS, Said, news, note, write


def scanned(site: Path, content: str = "content") -> Content:
    """Scan a site in which nothing was built before."""
    with Workers(None, 1) as workers:
        config = msgspec.structs.replace(DEFAULTS, content=content)
        project = Project(site, config, load_theme(config.theme, site))
        return scan(project, NOTHING, Store(site / FOLDER), workers, same=False)


def group(content: Path) -> tuple[list[Group], list[Problem]]:
    """List the files of a folder, read each, and group them."""
    listing = list_content(content)
    problems = [*listing.problems, *stray_sidecars(listing)]
    ties = {}
    for path in listing.saves:
        reading = read_group(Folder(content), Group((path,)), Redactions())
        problems += reading.problems
        ties.update({file.path: file.ties for file in reading.files if not file.failed})
    return group_files(listing, ties), problems


def complaints(content: Path) -> list[str]:
    """What scan says of a content folder, which `check` must say as well."""
    found = scanned(content.parent, content.name).problems
    assert read_content(content.parent, msgspec.structs.replace(DEFAULTS, content=content.name)).problems == found
    return [str(problem).replace(content.name, "content", 1) for problem in found]


def loaded(content: Path, source: str = "slashdot", name: str = "101") -> ThreadReading:
    threads = read_content(content.parent, msgspec.structs.replace(DEFAULTS, content=content.name)).threads
    (found,) = (each for each in threads if each.thread.key == (source, name))
    return found


def replies(content: Path, source: str = "slashdot", name: str = "101") -> dict[str, str | None]:
    """Bodies of the posts, each with the body of its parent."""
    thread = loaded(content, source, name).thread
    bodies = {post.id: post.body for post in thread.posts}
    return {
        bodies[post.id]: None if reply.parent is None else bodies[reply.parent]
        for post, reply in zip(thread.posts, thread.replies, strict=True)
    }


def test_saves_and_sidecars_are_found_and_the_rest_is_passed_over(tmp_path: Path) -> None:
    write(
        tmp_path,
        dict.fromkeys(
            [
                "1.txt",
                "1.toml",
                "sub/ü/2.md",
                "noending",
                ".hidden",
                ".git/x",
                "a.txt~",
                "README",
                "README.md",
                "b.TOML",
            ],
            "",
        ),
    )
    listed = list_content(tmp_path)
    assert (list(listed.saves), list(listed.sidecars), listed.problems) == (
        ["1.txt", "b.TOML", "noending", "sub/ü/2.md"], ["1.toml"], (),
    )  # fmt: skip


def test_saves_of_one_thread_are_grouped_from_the_oldest_with_their_sidecars(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            **dict.fromkeys(["101.txt", "101.2.txt", "101.10.txt"], news("101")),
            **dict.fromkeys(["101.toml", "101.10.toml"], ""),
            "talk.md": note("talk"),
            "other/talk.md": note("talk", source="letters"),
        },
    )
    found, problems = group(tmp_path)
    assert problems == []
    assert found == [
        Group(("101.txt", "101.2.txt", "101.10.txt"), ("101.toml", "101.10.toml")),
        Group(("other/talk.md",)),
        Group(("talk.md",)),
    ]


def test_a_sidecar_alone_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, {"101.toml": "", "102.txt": news("102")})
    assert complaints(tmp_path) == [
        "content/101.toml: warning: there is no save beside this sidecar; name it as the save, with .toml at the end"
    ]


def test_of_several_sidecars_the_newest_wins_and_speaks_for_the_thread(tmp_path: Path) -> None:
    last = Said("One block.\n\nAnother, no footer.", "Boo")
    write(
        tmp_path,
        {
            "101.txt": news("101", last, footer=None),
            "101.2.txt": news("101", last, footer=None),
            "101.toml": 'title = "Old"\nurl = "https://example.org/"',
            "101.2.toml": 'title = "New"\nfooter = false',
        },
    )
    thread = loaded(tmp_path).thread
    assert (thread.title, thread.url, thread.footer) == ("New", None, None)
    assert thread.posts[0].body == last.body


def test_mistakes_in_an_older_sidecar_are_told_too(tmp_path: Path) -> None:
    write(tmp_path, {"1.txt": news(), "1.2.txt": news(), "1.toml": "titel = 1", "1.2.toml": "tag = 1"})
    assert [complaint.split(";")[0] for complaint in complaints(tmp_path)] == [
        "content/1.2.toml:1: unknown key 'tag'",
        "content/1.toml:1: unknown key 'titel'",
    ]


def test_a_missing_folder_is_one_problem(tmp_path: Path) -> None:
    assert complaints(tmp_path / "content") == ["content: there is no such folder; make it and put your saves into it"]


def test_what_is_no_save_is_told_and_all_of_it(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.txt": "", "b.txt": "Dear diary", "c.png": b"\x89PNG\r\n\x1a\n\0\0", "d.txt": news(), "e.md": "+++\n"},
    )
    found = complaints(tmp_path)
    assert [complaint.split(": ")[0] for complaint in found] == [
        "content/a.txt:1", "content/b.txt:1", "content/c.png:3", "content/e.md:1",
    ]  # fmt: skip
    assert [facts.key for facts in scanned(tmp_path.parent, tmp_path.name).facts] == [("slashdot", "101")]


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to("nowhere")
    assert [complaint.split(";")[0] for complaint in complaints(tmp_path)] == [
        "content/gone.txt: this is a link to nowhere, and that is not there",
        "content/pipe.txt: this is no file that can be read",
    ]


def test_a_link_to_a_folder_is_not_followed_and_told(tmp_path: Path) -> None:
    write(tmp_path, {"content/1.txt": news(), "elsewhere/2.txt": news("102")})
    (tmp_path / "content/more").symlink_to("../elsewhere")
    (tmp_path / "content/round").symlink_to(".")
    (tmp_path / "content/3.txt").symlink_to("../elsewhere/2.txt")
    assert list(list_content(tmp_path / "content").saves) == ["1.txt", "3.txt"]
    assert complaints(tmp_path / "content") == [
        f"content/{name}: warning: this link to a folder is not followed; put the folder itself here"
        for name in ("more", "round")
    ]


def test_a_name_that_is_no_text_is_told(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")).write_text(news())
    assert complaints(tmp_path) == ["content/\\udcff.txt: the file's name is not UTF-8; rename it"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is closed to this user")
def test_what_is_closed_to_us_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"closed/1.txt": news("1"), "2.txt": news("2"), "3.txt": news("3")})
    (tmp_path / "closed").chmod(0)
    (tmp_path / "2.txt").chmod(0)
    try:
        assert [complaint.split(" (")[0] for complaint in complaints(tmp_path)] == [
            "content/2.txt: it can't be read", "content/closed: it can't be read",
        ]  # fmt: skip
    finally:
        (tmp_path / "closed").chmod(0o755)


@pytest.mark.parametrize(
    "save",
    [
        note("talk").strip(),
        '+++\nid = "talk"\ntitle = "No line end behind the closing line"\n+++',
        news("101", footer=None).strip(),
        "\ufeff" + news("101"),
        news("101").replace("\n", "\r\n"),
        "\n\n" + news("101"),
        note("talk", story="x" * 4096),
        note("talk", title="ü" * 4096),
        note("talk", title="t" * (4066), story="é"),
    ],
)
def test_a_save_is_read_whatever_its_beginning(tmp_path: Path, save: str) -> None:
    write(tmp_path, {"save": save})
    found, problems = group(tmp_path)
    assert problems == []
    (saved,) = read_save(save.encode(), "save").threads
    assert found == [Group(("save",))]
    assert [facts.key for facts in scanned(tmp_path.parent, tmp_path.name).facts] == [saved.thread.key]
    assert complaints(tmp_path) == []


pieces = st.sampled_from(
    ["News: 101\n", "News: ", "+++\n", 'id = "a"\n', 'title = "T"\n', 'source = "x"\n', "\n", " ", "\ufeff",
     "A title\n", "\r\n",
     "(Wednesday October 15, 2025 @05:22PM (msmash) from the x dept.)\n", "Boo (Score:2)\n\n", "by Ann ( 7 )\n\n", "\0",
     "ü", "## Ann {id=1}\n", "## Ann {id=1 parent=1}\n", "+++", "x" * 4096]
)  # fmt: skip
saves = (
    st.lists(pieces, max_size=12).map("".join).map(str.encode)
    | st.binary(max_size=60)
    | st.builds(
        lambda text, cut, junk: text.encode()[:cut] + junk,
        st.sampled_from([news("1", Said("Hi", "Boo")), note()]),
        st.integers(0, 300),
        st.binary(max_size=3),
    )
)


@given(saves)
def test_any_file_is_a_thread_or_told(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    """Nothing a file can hold makes scanning fail, and it finds what the reader reads."""
    folder = tmp_path_factory.mktemp("content")
    (folder / "save").write_bytes(raw)
    content = scanned(folder.parent, folder.name)
    errors = [problem for problem in content.problems if problem.severity == "error"]
    assert bool(content.facts) != bool(errors)
    assert all(problem.path == f"{folder.name}/save" for problem in content.problems)
    if content.facts:
        (saved,) = read_save(raw, "save").threads
        assert [facts.key for facts in content.facts] == [saved.thread.key]


def test_a_resave_keeps_ids_though_posts_scores_cuts_and_footers_differ(tmp_path: Path) -> None:
    long = "A long text that goes on. " * 39 + "It ends."
    first = news(
        "101",
        Said(long[:512], "Boo", score="1"),
        Said("Short, and the last one.\n\nWhat follows is taken for a footer.", "Re:", "Bob", "8"),
        footer=None,
    )
    second = news(
        "101",
        Said("New at the top", "Ahead", "Cid", "9"),
        Said(long, "Boo", score="5, Insightful"),
        Said("Short, and the last one.\n\nWhat follows is taken for a footer.", "Re:", "Bob", "8"),
        Said("An answer", "Re:", "Cid", "9"),
    )
    write(tmp_path, {"101.txt": first, "101.2.txt": second})
    old, new = (thread_of(read_save(text.encode(), "")) for text in (first, second))
    assert [post.id for post in old.posts] == [post.id for post in new.posts[1:3]]
    thread = loaded(tmp_path).thread
    assert [(post.id, post.saves) for post in thread.posts] == [
        (post.id, saves) for post, saves in zip(new.posts, [(1,), (0, 1), (0, 1), (1,)], strict=True)
    ]
    assert (thread.posts[1].body, thread.posts[1].score, thread.posts[1].truncated) == (long, 5, "no")
    assert thread.posts[2].body == "Short, and the last one.\n\nWhat follows is taken for a footer."


def test_posts_that_are_the_same_to_the_letter_are_numbered(tmp_path: Path) -> None:
    write(tmp_path, {"101.txt": news("101", *[Said("Me too!", "Boo", "Anonymous Coward", None)] * 3)})
    thread = loaded(tmp_path).thread
    first = thread.posts[0].id
    assert [post.id for post in thread.posts] == [first, f"{first}-2", f"{first}-3"]


def test_a_parent_is_stated_though_only_an_older_save_has_it(tmp_path: Path) -> None:
    """The newer save lost a post (it was hidden, say); its replies still say whom they answer."""
    old = note("talk", ("Ann", "id=1", "First"), ("Bob", "id=2 parent=1", "Second"), ("Cid", "id=3 parent=2", "Third"))
    new = note("talk", ("Ann", "id=1", "First"), ("Cid", "id=3 parent=2", "Third"))
    write(tmp_path, {"talk.md": old, "talk.2.md": new})
    assert replies(tmp_path, "notes", "talk") == {"First": None, "Second": "First", "Third": "Second"}


def test_stated_parents_of_two_saves_make_no_circle(tmp_path: Path) -> None:
    old = note("talk", ("Ann", "id=1", "First"), ("Bob", "id=2 parent=1", "Second"))
    new = note("talk", ("Ann", "id=1 parent=2", "First"))
    write(tmp_path, {"talk.md": old, "talk.2.md": new})
    thread = loaded(tmp_path, "notes", "talk").thread
    assert sorted(thread.tree().order) == [0, 1]


def test_a_wrong_id_in_a_sidecar_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, {"talk.md": note("talk", ("Ann", "id=first", "x")), "talk.toml": '[replies]\nfirts = "top"'})
    (warning,) = complaints(tmp_path)
    assert warning == "content/talk.toml:2: warning: no post has the id 'firts'; did you mean 'first'?"


def test_facts_and_entries_say_who_wrote_what_and_where(tmp_path: Path) -> None:
    save = news(
        "101", Said("Text", "Boo", score="3, Funny"), Said("> Text\nI see.", "Re:", "Bob", "8", "-1"), who="Eve"
    )
    write(tmp_path, {"1.txt": save})
    facts, rows = scan_one(tmp_path)
    assert (facts.title, facts.posts, facts.authors, facts.best, facts.removed) == ("Rain expected", 2, 2, 3, False)
    assert (facts.posted, facts.department) == ("2025-10-15T17:22:00", "some-weather")
    assert (facts.group, facts.problems) == (Group(("1.txt",)), ())
    assert facts.read == (("1.txt", hashlib.sha256(save.encode()).hexdigest()),)
    assert [(row.name, row.posts, row.story, row.scores, row.year) for row in rows] == [
        ("Eve", 0, 1, (), 2025), ("Ann", 1, 0, (3,), 2025), ("Bob", 1, 0, (-1,), 2025),
    ]  # fmt: skip
    assert row_keys(facts, "authors") == ["slashdot/@eve", "slashdot/7", "slashdot/8"]
    assert facts.names == "Eve\nAnn\nBob"
    ((), (ann,), (bob,)) = (posts_in(row, 0, row.posts) for row in rows)
    assert (ann.subject, ann.excerpt, ann.label, ann.to, ann.parent) == ("Boo", "Text", "Funny", None, "")
    assert (bob.to, bob.parent, bob.inferred) == ("Ann", ann.id, True)


def test_replies_can_be_had_from_the_facts(tmp_path: Path) -> None:
    posts = [
        ("Ann", "id=1", "First"),
        ("Bob", "id=2 parent=1", "Second"),
        ("Cid", "id=3", "> Second\nNo."),
        ("D", "id=4", "x"),
    ]
    write(tmp_path, {"talk.md": note("talk", *posts)})
    thread = loaded(tmp_path, "notes", "talk").thread
    facts, _ = scan_one(tmp_path)
    assert replies_of(facts, thread) == thread.replies
    fewer = msgspec.structs.replace(thread, posts=thread.posts[:1])
    assert replies_of(facts, fewer) == (TOP,)


def scan_one(content: Path) -> tuple[Facts, tuple[Contribution, ...]]:
    """What scan makes of the one thread in a folder: its facts, and what it leaves for the authors' pages."""
    found = scanned(content.parent, content.name)
    (facts,), (spool,) = found.facts, found.spools
    parts = [msgspec.msgpack.decode(take_part(part), type=list[Row]) for part in spool]
    assert len(parts) == PARTITIONS
    assert all(partition_of((row.kind, row.key)) == number for number, part in enumerate(parts) for row in part)
    by_author = {row.key: row for part in parts for row in part}
    return facts, tuple(contribution_in(by_author[author].value) for author in row_keys(facts, AUTHORS))


def test_the_files_of_a_folder_are_listed_once_however_many_groups_there_are(tmp_path: Path) -> None:
    write(tmp_path, {"content/a.md": note("1"), "content/b.md": note("2")})
    looked = look(tmp_path / "content", NOTHING, same=False)
    assert looked.files is looked.files
