"""`inspect --edit`: a sidecar with the doubtful replies, valid and without effect until a line is chosen."""

from __future__ import annotations

import io
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import load
from generator.cli import run
from generator.commands.inspect.edit import CHOICES, sidecar_lines
from generator.commands.inspect.lookup import LookUp, look_up
from generator.model import Thread, nfc, nfd
from generator.readers import read_save
from generator.threads import Folder, Redactions, ThreadReading, read_group
from generator.threads.content import Group
from generator.threads.match import match_posts
from generator.threads.replies import infer
from generator.threads.sidecar import apply, parse
from tests import toys
from tests.rewriting import thread_of
from tests.small import Said, built, data_of, examples, news, note, output_of, prints, tree, write

SAVE = news(
    "101",
    Said("Rain is wet.", "Boo hoo", "Ann", "7"),
    Said("It is not.", "Re:", "Bob", "8"),
    Said("Says who?", "Re:", "Cid", "9"),
    Said("Snow is wetter.", "Re:", "Dee", "10"),
    Said("Ice is none of this.", "Something else", "Eve", "11"),
    footer=None,
)


def edited(site: Path, name: str, *, corrected: bool = True) -> str:
    found = look_up(load(site)[0], site, name, io.BytesIO(SAVE.encode()), corrected=corrected)
    return "\n".join([*sidecar_lines(found), ""])


def ids(site: Path) -> dict[str, str]:
    return {post["id"]: post["author"]["name"] for post in data_of(tree(site), "threads/slashdot/101.json")["posts"]}


def test_each_doubtful_reply_stands_with_the_posts_that_it_may_answer(tmp_path: Path) -> None:
    write(tmp_path, {"content/101.txt": SAVE})
    built(tmp_path)
    text = edited(tmp_path, "101")
    for number, name in ids(tmp_path / "output").items():
        text = text.replace(number, name)
    text = re.sub(r"\d+% sure$", "N% sure", text, flags=re.MULTILINE)
    assert text == (
        "# Rain expected\n"
        "# slashdot/101, 5 posts. 3 parents are inferred,\n"
        "# 2 of them less than 80% sure.\n"
        "#\n"
        f"# Save this as {tmp_path.as_posix()}/content/101.toml.\n"
        "# As it is it changes nothing: take the first # away from the lines that are right.\n"
        "# A line says: post = the post that it answers. Any other id of the thread will do,\n"
        '# and "top" is for a post that answers nobody.\n'
        "\n"
        "[replies]\n"
        "\n"
        '# Cid "Says who?": order, N% sure\n'
        '# "Cid" = "Bob"  # as it is, to Bob "It is not."\n'
        '# "Cid" = "Ann"  # to Ann "Rain is wet."\n'
        '# "Cid" = "top"  # answers nobody\n'
        "\n"
        '# Dee "Snow is wetter.": order, N% sure\n'
        '# "Dee" = "Cid"  # as it is, to Cid "Says who?"\n'
        '# "Dee" = "Bob"  # to Bob "It is not."\n'
        '# "Dee" = "Ann"  # to Ann "Rain is wet."\n'
        '# "Dee" = "top"  # answers nobody\n'
    )


def test_saved_as_it_is_it_changes_nothing_and_a_chosen_line_does(tmp_path: Path) -> None:
    before = output_of(tmp_path, {"content/101.txt": SAVE})
    text = edited(tmp_path, "content/101.txt" if Path.cwd() == tmp_path else str(tmp_path / "content/101.txt"))
    assert output_of(tmp_path, {"content/101.toml": text}) == before
    line = next(line for line in text.splitlines() if line.endswith('# to Ann "Rain is wet."'))
    output = output_of(tmp_path, {"content/101.toml": text.replace(line, line.removeprefix("# "))})
    post = data_of(output, "threads/slashdot/101.json")["posts"][2]
    assert (post["author"]["name"], post["evidence"], post["confidence"]) == ("Cid", "edited", 1)
    assert ids(tmp_path / "output")[post["parent"]] == "Ann"
    assert built(tmp_path).problems == ()


def test_what_is_corrected_already_is_not_doubtful_and_the_sidecar_is_named(tmp_path: Path) -> None:
    write(tmp_path, {"content/101.txt": SAVE, "content/101.2.txt": SAVE})
    built(tmp_path)
    cid = next(number for number, name in ids(tmp_path / "output").items() if name == "Cid")
    write(tmp_path, {"content/101.toml": f'[replies]\n{cid} = "top"\n'})
    for name in ("101", str(tmp_path / "content/101.txt")):
        text = edited(tmp_path, name)
        assert f'"{cid}" =' not in text
        assert "content/101.toml is there already" in text
        assert "\n# [replies]\n" in text
        assert tomllib.loads(text) == {}
    assert f'"{cid}" =' in edited(tmp_path, str(tmp_path / "content/101.txt"), corrected=False)


def test_of_a_newer_save_the_sidecar_that_is_there_is_named_and_no_second_one_proposed(tmp_path: Path) -> None:
    files = {"content/101.txt": SAVE, "content/101.2.txt": SAVE, "content/9.txt": news("9")}
    write(tmp_path, {**files, "content/101.toml": 'title = "Snow"\n'})
    there = f"{(tmp_path / 'content/101.toml').as_posix()} is there already"
    assert there in edited(tmp_path, str(tmp_path / "content/101.2.txt"))
    assert there in edited(tmp_path, "101")
    write(tmp_path, {"content/101.2.toml": ""})  # as a shell makes it that is to write there
    assert there in edited(tmp_path, str(tmp_path / "content/101.2.txt"))
    assert there in edited(tmp_path, "101")
    assert "content/9.toml" in edited(tmp_path, str(tmp_path / "content/9.txt"))


@pytest.mark.parametrize("forms", [(nfc, nfd), (nfd, nfc)])
def test_a_sidecar_whose_name_is_composed_otherwise_is_the_one(
    tmp_path: Path, forms: tuple[Callable[[str], str], ...]
) -> None:
    save, sidecar = (form("content/café") for form in forms)
    write(tmp_path, {f"{save}.txt": SAVE, f"{sidecar}.toml": 'title = "Snow"\n'})
    text = edited(tmp_path, str(tmp_path / f"{save}.txt"))
    assert text.startswith("# Snow\n")
    assert f"{sidecar}.toml is there already" in text


@pytest.mark.parametrize("name", ["101", "content/101.txt"])
def test_it_can_be_written_right_into_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A shell makes the file first, empty."""
    write(tmp_path, {"content/101.txt": SAVE})
    monkeypatch.chdir(tmp_path)
    text = edited(Path(), name)
    write(tmp_path, {"content/101.toml": ""})
    assert edited(Path(), name) == text


def test_the_sidecar_goes_beside_the_newest_save(tmp_path: Path) -> None:
    write(tmp_path, {"content/a/101.txt": SAVE, "content/a/101.2.txt": SAVE})
    path = (tmp_path / "content/a/101.2.toml").as_posix()
    assert f"# Save this as {path}.\n" in edited(tmp_path, "slashdot/101")
    assert "# Save this as NAME.toml beside the save" in edited(tmp_path, "-")


def test_stated_replies_are_not_doubtful(tmp_path: Path) -> None:
    write(tmp_path, {"content/n.md": note("n", ("Ann", "id=1", "One."), ("Bob", "id=2 parent=1", "Two."))})
    text = edited(tmp_path, "n")
    assert "2 posts. 0 parents are inferred,\n# 0 of them less than 80% sure.\n" in text
    assert tomllib.loads(text) == {"replies": {}}
    assert text.endswith("\n[replies]\n")


def test_a_save_of_several_threads_gets_a_table_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toys.install(monkeypatch, tmp_path / "log")
    threads = [(name, [("1", "Ann", None, "Hi"), ("2", "Bob", "1", "Ho")]) for name in ("x", "y")]
    write(tmp_path, {"content/all.many": toys.many(threads)})
    text = edited(tmp_path, str(tmp_path / "content/all.many"))
    assert tomllib.loads(text) == {"x": {"replies": {}}, "y": {"replies": {}}}
    assert tomllib.loads(edited(tmp_path, "y")) == {"y": {"replies": {}}}
    write(tmp_path, {"content/all.toml": text})
    assert built(tmp_path).problems == ()


def test_the_command_prints_it_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {"content/101.txt": SAVE})
    monkeypatch.chdir(tmp_path)
    before = prints(tmp_path)
    assert run(["inspect", "--edit", "content/101.txt"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "# Save this as content/101.toml.\n" in told.out
    assert tomllib.loads(told.out) == {"replies": {}}
    assert prints(tmp_path) == before


def looked_up(thread: Thread) -> LookUp:
    return LookUp((ThreadReading(thread, thread.tree()),), (), "content/1.toml")


names = st.text("ABc\u0301\x85\x1b\"'\\# ", min_size=1, max_size=6).filter(str.strip)
said = st.builds(
    Said,
    st.text("ab >\x1b\u2028\"'\\#\n", max_size=30),
    st.sampled_from(["Re:", "Re:", "Re:Boo", "Boo"]),
    names,
    st.sampled_from(["1", "2", "3"]),
)


@settings(max_examples=examples(300))
@given(st.lists(said, max_size=12))
def test_it_is_valid_and_each_of_its_lines_says_what_it_does(posts: list[Said]) -> None:
    reading = read_save(news("1", *posts, footer=None).encode("utf-8", "surrogatepass"), "1.txt")
    (thread,) = match_posts([thread_of(reading)])
    thread = msgspec.structs.replace(thread, replies=infer(thread))
    lines = list(sidecar_lines(looked_up(thread)))
    assert all(len(line.splitlines()) <= 1 for line in lines)
    plain, problems = parse("\n".join(lines).encode(), "1.toml")
    assert (apply(thread, plain)[0], problems) == (thread, ())
    at = {post.id: index for index, post in enumerate(thread.posts)}
    for number, line in enumerate(lines):
        if " = " in line and line.startswith('# "'):
            chosen = [*lines[:number], line.removeprefix("# "), *lines[number + 1 :]]
            correction, problems = parse("\n".join(chosen).encode(), "1.toml")
            ((child, parent),) = correction.sidecar.replies.items()
            after, more = apply(thread, correction)
            assert (problems, more) == ((), ())
            reply = after.replies[at[child]]
            assert reply.parent == (None if parent == "top" else parent)
            assert ("as it is" in line) == (parent == thread.replies[at[child]].parent)


def test_a_long_chain_offers_a_bounded_number_of_parents() -> None:
    thread = thread_of(
        read_save(news("1", *(Said(f"Text {n}", "Re:", f"N{n}", str(n)) for n in range(3000))).encode(), "1")
    )
    thread = msgspec.structs.replace(thread, replies=infer(thread))
    lines = list(sidecar_lines(looked_up(thread)))
    assert len(lines) < 3000 * (CHOICES + 3) + 20


def test_a_removed_author_is_named_nowhere(tmp_path: Path) -> None:
    write(tmp_path, {"101.txt": SAVE})
    (read,) = read_group(Folder(tmp_path), Group(("101.txt",)), Redactions.of(["slashdot/9"])).threads
    text = "\n".join(sidecar_lines(looked_up(read.thread)))
    assert "Cid" not in text
    assert "Says who" not in text
    assert '[removed] "[removed]"' in text
