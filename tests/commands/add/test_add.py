"""Adding: where saves go, what stays as it was, what is told, and what a failure leaves behind."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import ContentError, Problem, load
from generator.cli import run
from generator.commands.add.add import AddReport, add, write_files
from generator.commands.add.incoming import Incoming, Received
from generator.commands.add.summary import NOTHING_NEW, gain_line
from generator.engine.lock import FOLDER
from generator.threads.content import list_content
from tests import toys
from tests.small import ROOT, Said, built, data_of, news, note, prints, shown, tree, write

OLD = news("101", Said("Hello there", "Boo"), Said("Well, well", name="Bob", uid="8"))
NEW = news(
    "101", Said("Hello there", "Boo", score="4"), Said("Well, well", name="Bob", uid="8"), Said("Late", name="Cy")
)


def bring(site: Path, *saves: str | bytes, dry_run: bool = False) -> AddReport:
    """Add saves to a site; they are named save-1, save-2 ..."""
    raws = [save if isinstance(save, bytes) else save.encode() for save in saves]
    incoming = tuple(Incoming(f"save-{number}", raw) for number, raw in enumerate(raws, 1))
    return add(load(site)[0], site, Received(incoming), dry_run=dry_run)


def content(site: Path) -> dict[str, bytes]:
    return tree(site / "content") if (site / "content").exists() else {}


def test_a_new_thread_is_stored_under_its_id_to_the_byte(tmp_path: Path) -> None:
    raw = OLD.replace("\n", "\r\n").encode("utf-8-sig")
    report = bring(tmp_path, raw, note("pump"))
    assert content(tmp_path) == {"101.txt": raw, "pump.md": note("pump").encode()}
    assert report.added == ("content/101.txt", "content/pump.md")
    assert [card.page for card in report.threads] == ["threads/slashdot/101.html", "threads/notes/pump.html"]
    assert not (tmp_path / FOLDER).exists()


def test_saves_of_one_thread_are_numbered_in_the_order_given(tmp_path: Path) -> None:
    report = bring(tmp_path, OLD, note("x"), NEW)
    bring(tmp_path, news("101", title="Third"))
    assert list(content(tmp_path)) == ["101.2.txt", "101.3.txt", "101.txt", "x.md"]
    assert content(tmp_path)["101.2.txt"] == NEW.encode()
    first, _ = report.threads
    assert first.saves == ("content/101.txt", "content/101.2.txt")
    assert (first.posts, first.gain) == (3, None)


def test_a_newer_save_goes_beside_the_newest_whatever_that_is_called(tmp_path: Path) -> None:
    write(
        tmp_path, {"content/rain/Friday.txt": OLD, "content/101.txt": news("7"), "content/rain/friday.2.md": note("x")}
    )
    (card,) = bring(tmp_path, NEW).threads
    assert card.saves == ("content/rain/Friday.3.txt",)
    built(tmp_path)
    posts = data_of(tree(tmp_path / "output"), "threads/slashdot/101.json")["posts"]
    assert shown(posts, "body", "score") == [("Hello there", 4), ("Well, well", 1), ("Late", 1)]


def test_equal_bytes_are_not_stored_twice(tmp_path: Path) -> None:
    write(tmp_path, {"content/a.txt": OLD, "content/a.2.txt": NEW})
    before = prints(tmp_path / "content")
    report = bring(tmp_path, OLD, NEW, OLD)
    assert prints(tmp_path / "content") == before
    assert (report.added, report.threads) == ((), ())
    assert report.same_bytes == (
        ("save-1", "content/a.txt"), ("save-2", "content/a.2.txt"), ("save-3", "content/a.txt"),
    )  # fmt: skip
    assert bring(tmp_path, note("n"), note("n")).same_bytes == (("save-2", "content/n.md"),)


def test_what_a_newer_save_brings_is_counted(tmp_path: Path) -> None:
    write(tmp_path, {"content/101.txt": OLD})
    (card,) = bring(tmp_path, NEW).threads
    assert card.gain
    assert gain_line(card.gain) == "+1 post, 1 score changed"
    (card,) = bring(tmp_path, NEW + "\n\n").threads
    assert card.gain
    assert gain_line(card.gain) == NOTHING_NEW
    assert list(content(tmp_path)) == ["101.2.txt", "101.3.txt", "101.txt"]


def test_a_card_sums_up_the_merged_thread(tmp_path: Path) -> None:
    cut = "word " * 102 + "wo"
    write(tmp_path, {"content/101.txt": OLD, "content/101.toml": 'title = "Better"\n'})
    (card,) = bring(tmp_path, news("101", Said("Hello there", "Boo"), Said(cut, name="Dee", uid="9"))).threads
    assert (card.title, card.posted, card.posts, card.cut) == ("Better", "2025-10-15T17:22:00", 3, 1)
    assert (card.authors, card.new_authors) == (3, 1)


@pytest.mark.parametrize("with_store", [True, False])
def test_authors_are_known_from_the_store_or_from_the_saves(tmp_path: Path, with_store: bool) -> None:
    write(tmp_path, {"content/1.txt": news("1", Said("x", name="Ann")), "content/2.txt": news("2", Said("x", uid="8"))})
    if with_store:
        built(tmp_path)
        (tmp_path / "content/1.txt").unlink()  # the store still knows the author
    write(tmp_path, {"content/3.txt": news("3", Said("x", uid="9"))})  # the store does not know this one yet
    posts = [
        Said("a", uid="7"),
        Said("b", uid="8"),
        Said("c", uid="9"),
        Said("d", uid="10"),
        Said("e", name="Anonymous Coward", uid=None),
    ]
    (card,) = bring(tmp_path, news("4", *posts)).threads
    assert (card.authors, card.new_authors) == (5, 2)


def test_redaction_goes_for_what_is_told(tmp_path: Path) -> None:
    """Names, texts and counts are those of the pages; the file is stored as it is, like every save."""
    write(tmp_path, {"threadpress.toml": 'redact = ["slashdot/8"]\n', "content/101.txt": OLD})
    secret = Said("Secret words\n\nMore (Score:2)\n\nby the window\n\nThe end", "Re:", "Bob", "8")
    raw = news("101", Said("Hello there", "Boo"), secret, Said("x (Score:9)\n\nby a door", "Re:"))
    report = bring(tmp_path, raw)
    (card,) = report.threads
    assert (card.authors, card.new_authors) == (1, 0)
    assert [str(problem) for problem in report.problems] == [
        'save-1:33: warning: "by a door" can\'t be read as a by line, so the subject above it stays text; '
        "write by NAME ( UID ) or by Anonymous Coward if a post starts here"
    ]
    assert content(tmp_path)["101.2.txt"] == raw.encode()


def test_warnings_are_told_where_the_user_can_see_them(tmp_path: Path) -> None:
    report = bring(tmp_path, news("1", Said("x", score="9")), news("2", Said("Café")).encode("cp1252"))
    assert [str(problem).split(";")[0] for problem in report.problems] == [
        "save-1:9: warning: the score 9 is outside -1 to 5",
        "save-2:13: warning: byte 0xe9 is not UTF-8, so it was read as Windows-1252",
    ]
    assert len(report.added) == 2


def test_one_broken_save_stops_all_and_all_that_is_wrong_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as error:
        bring(tmp_path, OLD, "Dear diary", "", news("2", Said("x", score="many")), note("a b"))
    places = [(problem.path, problem.line) for problem in error.value.problems]
    assert places == [("save-2", 1), ("save-3", 1), ("save-4", 9), ("save-5", 2)]
    assert all(problem.hint for problem in error.value.problems)
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_had_stops_all_too(tmp_path: Path) -> None:
    problem = Problem("b", 0, "there is no such file", "check the path")
    with pytest.raises(ContentError) as error:
        add(load(tmp_path)[0], tmp_path, Received((Incoming("a", OLD.encode()),), (problem,)))
    assert error.value.problems == (problem,)
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"content/101.txt": OLD})
    before = prints(tmp_path)
    report = bring(tmp_path, NEW, OLD, note("n"), dry_run=True)
    assert prints(tmp_path) == before
    assert bring(tmp_path, NEW, OLD, note("n")) == report
    assert len(content(tmp_path)) == 3


def test_broken_saves_that_are_there_are_no_obstacle(tmp_path: Path) -> None:
    """They are told by `build`; a newer save may well be how they are mended."""
    write(tmp_path, {"content/101.txt": news("101", Said("x", score="many")), "content/diary.txt": "Dear diary"})
    (card,) = bring(tmp_path, OLD).threads
    assert card.saves == ("content/101.2.txt",)
    assert card.gain is None


def test_a_name_that_cannot_be_numbered_on_is_told(tmp_path: Path) -> None:
    name = "x" * 250 + ".txt"
    write(tmp_path, {f"content/{name}": OLD})
    with pytest.raises(ContentError, match=f"content/{name}: its name leaves no room .*; rename it, shorter"):
        bring(tmp_path, NEW)
    assert list(content(tmp_path)) == [name]


def test_pages_are_named_as_build_will_name_them(tmp_path: Path) -> None:
    """Ids that differ by letter case alone get a digest each, also the one that was there."""
    bring(tmp_path, note("pump"))
    (card,) = bring(tmp_path, note("Pump")).threads
    built(tmp_path)
    assert list(content(tmp_path)) == ["notes-Pump.md", "pump.md"]
    assert (tmp_path / "output" / card.page).is_file()
    assert card.page != "threads/notes/Pump.html"


def failing(files: dict[str, bytes], folder: Path) -> BaseException:
    with pytest.raises((ContentError, OSError)) as error:
        write_files(folder, files)
    return error.value


def test_a_file_that_came_up_meanwhile_is_not_replaced_and_nothing_stays(tmp_path: Path) -> None:
    write(tmp_path, {"b.txt": "mine"})
    before = prints(tmp_path)
    error = failing({"a.txt": b"a", "b.txt": b"b", "c.txt": b"c"}, tmp_path)
    assert "b.txt: another program has just put a file here; add the save again" in str(error)
    assert prints(tmp_path) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.txt"]


def test_a_link_to_nowhere_in_the_way_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("elsewhere")
    failing({"a.txt": b"a"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    write_files(tmp_path, {"a.txt": b"a"})
    assert tree(tmp_path) == {"a.txt": b"a"}
    assert isinstance(failing({"c.txt": b"c", "a.txt": b"b"}, tmp_path), ContentError)
    assert tree(tmp_path) == {"a.txt": b"a"}


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As much fits as is written before the second file is to be synced."""
    synced: list[int] = []

    def sync(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", sync)
    error = failing({"a.txt": b"a", "b.txt": b"b"}, tmp_path)
    assert isinstance(error, OSError)
    assert error.filename == str(tmp_path / "b.txt")
    assert list(tmp_path.iterdir()) == []


DIES = """
import os, sys
from generator.cli import run
synced, linked = [], []
def sync(handle):
    synced.append(handle)
    if sys.argv[1] == "write" and len(synced) == 2:
        os._exit(9)
def link(*names, **options):
    linked.append(names)
    if sys.argv[1] == "link" and len(linked) == 2:
        os._exit(9)
    os_link(*names, **options)
os_link, os.link, os.fsync = os.link, link, sync
sys.exit(run(["-C", sys.argv[2], "add", *sys.argv[3:]]))
"""


def die(site: Path, when: str) -> list[str]:
    """Let `add` die while it writes, or puts in place, three saves, and give what it left of its own."""
    brought = write(site.parent / "brought", {f"{number}.txt": news(number, Said("Hello", "Boo")) for number in "123"})
    command = [sys.executable, "-P", "-c", DIES, when, str(site), str(brought)]
    died = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False, capture_output=True)
    assert died.returncode == 9, died.stderr.decode()
    return own(site)


def own(site: Path) -> list[str]:
    return sorted(
        path.name for path in (site / "content").rglob(".threadpress-*") if path.name != ".threadpress-adding"
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write(tmp_path / "site", {"content/101.txt": OLD})


THEIRS = {
    "content/.threadpress-0123456789abcdef-0": "mine",
    "content/a/.threadpress-0123456789abcdef-1": "mine",
    "content/.threadpress-notes": "mine",
}
"""Files of a user that are named as `add` might name one."""


@pytest.mark.parametrize("then", ["add", "add nothing new", "build"])
@pytest.mark.parametrize("when", ["write", "link"])
def test_what_an_add_that_died_has_left_is_removed_by_the_next_command(site: Path, when: str, then: str) -> None:
    write(site, THEIRS)
    left = die(site, when)
    assert len(left) == (2 if when == "write" else 3) + len(THEIRS)
    assert len(list_content(site / "content").saves) == (1 if when == "write" else 2)
    commands = {
        "add": ["add", str(site.parent / "brought/2.txt")],
        "add nothing new": ["add", str(site / "content/101.txt")],
        "build": ["build"],
    }
    assert run(["-C", str(site), *commands[then]]) == 0
    assert own(site) == sorted(Path(path).name for path in THEIRS)
    assert not (site / "content/.threadpress-adding").exists()
    after = tree(site)
    assert {path: after[path] for path in THEIRS} == {path: text.encode() for path, text in THEIRS.items()}
    assert all(after[f"content/{path}"] for path in list_content(site / "content").saves)


def test_a_dry_run_leaves_also_what_an_add_that_died_has_left(site: Path) -> None:
    die(site, "write")
    before = prints(site)
    assert run(["-C", str(site), "add", "--dry-run", str(site / "content/101.txt")]) == 0
    assert prints(site) == before


TOKEN = "0123456789abcdef"


@pytest.mark.parametrize(
    "note",
    [
        '["101.txt"]',
        f'["../.threadpress-{TOKEN}-0"]',
        f'["/.threadpress-{TOKEN}-0"]',
        f'["a/../.threadpress-{TOKEN}-0"]',
        f'["../content/a/.threadpress-{TOKEN}-1"]',
        f'[".threadpress-{TOKEN}-0", "../threadpress.toml"]',
        f'[".threadpress-{TOKEN}-9"]',
        '[".threadpress-notes"]',
        '[".threadpress-00000000000000aa-0"]',
        f'["x\\u0000/.threadpress-{TOKEN}-0"]',
        f'[".threadpress-{TOKEN}-0", 1]',
        "[",
        "",
        "\x00\xff",
    ],
)
def test_a_note_that_no_add_wrote_removes_nothing(site: Path, note: str) -> None:
    """What lies in a site may have come with it."""
    plain = f"content/.threadpress-{TOKEN}-9/x"
    write(site, {**THEIRS, f".threadpress-{TOKEN}-0": "", plain: "", f"content/.threadpress-adding/{TOKEN}": note})
    write(site, {"content/.threadpress-adding/notes.txt": "mine", f"content/.threadpress-adding/{TOKEN[::-1]}/x": ""})
    before = {path: data for path, data in tree(site).items() if not path.endswith(f"adding/{TOKEN}")}
    assert run(["-C", str(site), "build"]) == 0
    assert tree(site).items() >= before.items()
    assert run(["-C", str(site), "add", str(write(site.parent / "in", {"7.txt": NEW}) / "7.txt")]) == 0
    assert tree(site).items() >= before.items()


def test_links_where_notes_go_are_not_followed(site: Path) -> None:
    elsewhere = write(site.parent / "elsewhere", {TOKEN: f'[".threadpress-{TOKEN}-0"]', f".threadpress-{TOKEN}-0": ""})
    write(site, THEIRS)
    (site / "content/.threadpress-adding").symlink_to(elsewhere)
    before = tree(elsewhere), tree(site)
    brought = write(site.parent / "in", {"7.txt": NEW}) / "7.txt"
    assert run(["-C", str(site), "add", str(brought)]) == 1
    assert (tree(elsewhere), tree(site)) == before
    assert run(["-C", str(site), "build"]) == 0
    assert tree(elsewhere) == before[0]
    (site / "content/.threadpress-adding").unlink()
    (site / "content/.threadpress-adding").mkdir()
    (site / "content/.threadpress-adding" / TOKEN).symlink_to(elsewhere / TOKEN)
    assert run(["-C", str(site), "build"]) == 0
    assert own(site) == sorted(Path(path).name for path in THEIRS)


HOLDS = """
import sys
from pathlib import Path
from generator.engine import noted
content = Path(sys.argv[1])
with noted(content, ["a.txt"]) as unfinished:
    (content / unfinished["a.txt"]).write_text("half")
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_what_an_add_that_still_runs_is_writing_is_left_alone(site: Path) -> None:
    brought = write(site.parent / "in", {"7.txt": NEW}) / "7.txt"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", HOLDS, str(site / "content")],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdout.readline() == "held\n"
        (name,) = own(site)
        for command in (["build"], ["add", str(brought)]):
            assert run(["-C", str(site), *command]) == 0
            assert own(site) == [name]
        running.communicate("go\n")
    assert running.returncode == 0
    assert list(content(site)) == ["101.2.txt", "101.txt"]


def test_file_systems_without_locks_will_do(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    die(site, "write")
    monkeypatch.setattr(fcntl, "flock", refuse)
    assert run(["-C", str(site), "add", str(site / "content/101.txt")]) == 0
    assert run(["-C", str(site), "add", str(site.parent / "brought/2.txt")]) == 0
    assert own(site) == []


def _saves(texts: Iterable[str]) -> list[str]:
    return [news("1", *[Said(word, name=word) for word in text]) for text in texts]


@given(st.lists(st.text("abc", max_size=3, min_size=1), min_size=1, max_size=4), st.integers(0, 4))
def test_saves_that_are_added_build_what_saves_that_were_dropped_build(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], cut: int
) -> None:
    """In one call or in two, the thread is that of the files under the names that the contract gives."""
    saves = list(dict.fromkeys(_saves(texts)))
    added, dropped = (tmp_path_factory.mktemp(name) for name in ("added", "dropped"))
    for part in (saves[:cut], saves[cut:]):
        bring(added, *part)
    names = ["1.txt", *(f"1.{number}.txt" for number in range(2, 9))]
    write(dropped / "content", dict(zip(names, saves, strict=False)))
    assert content(added) == content(dropped)


def test_a_save_of_several_threads_keeps_its_own_name_and_each_has_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toys.install(monkeypatch, tmp_path / "log")
    site = tmp_path / "site"
    held = [("x", [("1", "Ann", None, "One")]), ("a", [("1", "Bob", None, "Two")])]
    report = bring(site, toys.many(held))
    assert report.added == ("content/save-1.many",)
    assert report.kinds == ("save-1: toy-many, 2 threads, 2 posts",)
    assert [(card.title, card.posts, card.page) for card in report.threads] == [
        ("Thread x", 1, "threads/list/x.html"), ("Thread a", 1, "threads/list/a.html"),
    ]  # fmt: skip
    more = [("a", [("1", "Bob", None, "Two"), ("2", "Cid", "1", "Three")]), ("n", [])]
    report = bring(site, toys.many(more))
    assert report.added == ("content/save-1.2.many",)
    assert [(card.title, card.gain and gain_line(card.gain), card.new_authors) for card in report.threads] == [
        ("Thread a", "+1 post", 1), ("Thread n", None, 0),
    ]  # fmt: skip
    assert bring(site, toys.many(held)).same_bytes == (("save-1", "content/save-1.many"),)


def test_saves_that_do_not_say_their_source_go_into_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toys.install(monkeypatch, tmp_path / "log")
    site = tmp_path / "site"
    loose = Incoming("a.eml", toys.message("a").encode())
    with pytest.raises(ContentError, match="does not say where its thread is from; name it: threadpress add --source"):
        add(load(site)[0], site, Received((loose,)))
    answer = Incoming("b.eml", toys.message("b", ["a"]).encode())
    own = Incoming("pump.md", note("pump").encode())
    report = add(load(site)[0], site, Received((loose, answer, own), source="a-list"))
    assert report.added == ("content/a-list/a.message", "content/a-list/a.2.message", "content/pump.md")
    assert [problem.message for problem in report.problems] == ["it says itself which source it is from"]
    assert (built(site).threads, "a-list/a.html" in str(tree(site / "output").keys())) == (2, True)
    again = add(load(site)[0], site, Received((loose,), source="a-list"))
    assert again.same_bytes == (("a.eml", "content/a-list/a.message"),)


def test_a_folder_that_has_another_source_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"threadpress.toml": '[sources]\nmail = "a-list"\n', "content/mail/t.md": note("t")})
    with pytest.raises(ContentError, match=r"content/mail/ is from a-list; write --source a-list"):
        add(load(tmp_path)[0], tmp_path, Received((), source="mail"))


def test_a_mailbox_keeps_its_name_in_each_quarter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toys.install(monkeypatch, tmp_path / "log")
    spring = toys.many([("x", [("1", "Ann", None, "One")]), ("y", [("1", "Bob", None, "Two")])])
    summer = toys.many([("x", [("2", "Ann", None, "Three")]), ("z", [("1", "Bob", None, "Two")])])
    saves = (
        Incoming("mail/2007 April.txt", spring.encode()),
        Incoming("http://example.org/2007-july.txt", summer.encode()),
    )
    report = add(load(tmp_path)[0], tmp_path, Received(saves))
    assert report.added == ("content/2007-April.many", "content/2007-july.many")


def test_messages_go_beside_those_they_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toys.install(monkeypatch, tmp_path / "log")
    site = tmp_path / "site"
    messages = [
        toys.message("c", ["a", "b"], source="list"),
        toys.message("x", source="list"),
        toys.message("b", ["a"], source="list"),
        toys.message("a", source="list"),
    ]
    report = bring(site, *messages[:2])
    assert report.added == ("content/a.message", "content/x.message")
    (card,) = bring(site, *messages[2:]).threads
    assert card.saves == ("content/a.2.message", "content/a.3.message")
    assert (card.posts, card.gain and gain_line(card.gain)) == (3, "+2 posts")


def test_a_save_that_does_not_say_where_it_is_from_is_not_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toys.install(monkeypatch, tmp_path / "log")
    with pytest.raises(ContentError) as error:
        bring(tmp_path / "site", toys.message("a"))
    assert str(error.value).startswith("save-1: this save does not say where its thread is from; ")
