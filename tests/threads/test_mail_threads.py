"""Threads of mail are the same however their messages are spread over files."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import build, load
from generator.model import Thread
from generator.threads import Group, Redactions, read_group

FROM = "From ann@example.org Thu Jan  1 00:00:00 2015\n"


def made(name: str) -> str:
    return hashlib.sha256(f"{name}@example.org".encode()).hexdigest()[:12]


def mail(name: str, *above: str, day: int = 1, subject: str = "Kites", more: str = "") -> str:
    references = " ".join(f"<{each}@example.org>" for each in above)
    return (
        f"{FROM}From: Ann {name} <ann@example.org>\nDate: Thu, {day} Jan 2015 00:00:00 +0000\nSubject: {subject}\n"
        f"Message-ID: <{name}@example.org>\n{f'References: {references}' + chr(10) if above else ''}{more}\n"
        f"Text of {name}.\n\n"
    )


def read(files: dict[str, str]) -> dict[str, Thread]:
    """Read a group of files from the folder `list`, by the id of each thread."""
    loose = {f"list/{name}": text.encode() for name, text in files.items()}
    reading = read_group(Path(), Group(tuple(sorted(loose))), Redactions.of(()), loose=loose)
    assert not reading.problems
    return {each.thread.id: each.thread for each in reading.threads}


def tree(thread: Thread) -> dict[str, tuple[str | None, bool]]:
    return {post.id: (reply.parent, post.missing) for post, reply in zip(thread.posts, thread.replies, strict=True)}


def test_a_thread_goes_on_in_the_next_file() -> None:
    q1 = mail("a") + mail("b", "a", day=2)
    q2 = mail("c", "a", "b", day=3) + mail("d", "c", day=4)
    (thread,) = read({"1.mbox": q1, "2.mbox": q2}).values()
    assert thread.id == made("a")
    assert tree(thread) == {
        made("a"): (None, False), made("b"): (made("a"), False), made("c"): (made("b"), False),
        made("d"): (made("c"), False),
    }  # fmt: skip
    assert [post.saves for post in thread.posts] == [(0,), (0,), (1,), (1,)]
    assert thread.title == "Kites"
    assert thread.former == ()


def test_missing_messages_keep_their_place_until_a_file_has_them() -> None:
    alone = read({"2.mbox": mail("c", "a", "b")})
    assert tree(alone[made("a")]) == {made("c"): (made("b"), False), made("b"): (None, True)}
    (thread,) = read({"1.mbox": mail("a"), "2.mbox": mail("c", "a", "b", day=3)}).values()
    assert tree(thread)[made("b")] == (made("a"), True)
    (thread,) = read({"1.mbox": mail("a") + mail("b", "a"), "2.mbox": mail("c", "a", "b", day=3)}).values()
    assert tree(thread)[made("b")] == (made("a"), False)


def test_answers_of_messages_that_nobody_has_hang_under_the_nearest_that_somebody_has() -> None:
    (thread,) = read({"1.mbox": mail("a"), "2.mbox": mail("e", "a", "b", "c", "d", day=3)}).values()
    assert tree(thread) == {made("a"): (None, False), made("d"): (made("a"), True), made("e"): (made("d"), False)}


def test_what_a_message_says_itself_beats_what_others_say() -> None:
    (thread,) = read({"1.mbox": mail("a") + mail("b", "a") + mail("c", "b"), "2.mbox": mail("d", "a", "c")}).values()
    assert tree(thread)[made("c")] == (made("b"), False)


def test_an_earlier_root_leaves_the_address_that_the_thread_had() -> None:
    (thread,) = read({"1.mbox": mail("a"), "2.mbox": mail("b", "a"), "3.mbox": mail("c", "b")}).values()
    assert (thread.id, thread.former) == (made("a"), (made("b"),))


def test_the_root_of_a_thread_may_be_later_than_its_answers() -> None:
    (thread,) = read(
        {"1.mbox": mail("a", day=9, subject="Re: Kites") + mail("b", "a", day=2, subject="Re: Kites")}
    ).values()
    assert tree(thread) == {made("a"): (None, False), made("b"): (made("a"), False)}


NAMES = "abcdefg"


@settings(max_examples=60)
@given(st.data())
def test_the_files_that_messages_are_in_are_no_matter(data: st.DataObject) -> None:
    chains: dict[str, tuple[str, ...]] = {}
    for name in NAMES:
        parent = data.draw(st.sampled_from(["", *chains]))
        chains[name] = (*chains[parent], parent) if parent else ()
    held = [name for name in NAMES if data.draw(st.integers(0, 4))]
    mails = {name: mail(name, *chains[name], day=at + 1) for at, name in enumerate(NAMES)}
    whole = read({"0.mbox": "".join(mails[name] for name in held)}) if held else {}
    files: dict[str, str] = {}
    for name in held:
        for number in data.draw(st.sets(st.integers(0, 3), min_size=1)):
            files[f"{number}.mbox"] = files.get(f"{number}.mbox", "") + mails[name]
    if not held:
        return
    spread = read(files)
    assert {name: tree(thread) for name, thread in spread.items()} == {name: tree(each) for name, each in whole.items()}
    for name, thread in spread.items():
        bodies = {post.id: post.body for post in thread.posts}
        assert bodies == {post.id: post.body for post in whole[name].posts}
        roots = {name if not chains[name] else chains[name][0] for name in held if made(name) in bodies}
        assert {made(root) for root in roots} == {thread.id}
        assert thread.former == ()


def test_addresses_are_in_no_published_byte(tmp_path: Path) -> None:
    """Also of a site with all kinds of pages, and where a thread has moved."""
    content = tmp_path / "content" / "list"
    content.mkdir(parents=True)
    (tmp_path / "threadpress.toml").write_text('site_url = "https://kites.test/"\n')
    evil = (
        mail("a", subject="Write to bob@secret.example")
        .replace("ann@example.org", "ann@secret.example")
        .replace(
            "Text of a.",
            "bob@secret.example, <cid@secret.example> or dee at secret.example\nmailto:eve@secret.example?x "
            "https://x.test/?to=fay%40secret.example\n> gil AT secret DOT example\n\n-- \nhal (at) secret.example",
        )
    )
    html = mail("h", more="Content-Type: text/html\n").replace(
        "Text", '<a href="mailto:x@secret.example">x&#64;secret.example</a>'
    )
    (content / "1.mbox").write_text(evil + html)
    (content / "2.mbox").write_text(mail("b", "a").replace("Ann b <ann@example.org>", "ivy@secret.example"))
    (content / "3.mbox").write_text(mail("c", "b").replace("Ann c", '"jim@secret.example"'))
    facts = {
        "name": "kay@secret.example",
        "email": "kay@secret.example",
        "id": "d@x.org",
        "subject": "To lou@secret.example",
    }
    comments = "".join(f'<!-- {name}="{value}" -->\n' for name, value in facts.items())
    body = '<!-- body="start" -->\nmax@secret.example\n<!-- body="end" -->\n'
    (content / "p.html").write_text(f"<!DOCTYPE html>\n{comments}{body}")
    build(load(tmp_path)[0], tmp_path)
    files = [file for file in (tmp_path / "output").rglob("*") if file.is_file()]
    assert (tmp_path / "output/threads/list" / f"{made('b')}.html") in files  # it leads on
    for file in files:
        text = file.read_text(encoding="utf-8", errors="replace")
        assert not re.search("secret.{0,3}(?:example|DOT)", text), file
        assert not re.search(r"[\w.+-]+@example\.org", text), file
    page = (tmp_path / "output/threads/list" / f"{made('a')}.html").read_text()
    for name in ("bob", "cid", "dee", "eve", "hal"):
        assert f"{name}@..." in page


SAMPLES = Path(__file__).parents[3] / "shared" / "samples"


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/samples")
def test_addresses_of_real_mail_are_in_no_published_byte(tmp_path: Path) -> None:
    addresses: set[str] = set()
    for folder in ("pipermail", "mbox", "hypermail-html"):
        (tmp_path / "content" / folder).mkdir(parents=True)
        for file in (SAMPLES / folder).iterdir():
            raw = file.read_bytes()
            (tmp_path / "content" / folder / file.name).write_bytes(raw)
            text = raw.decode("latin-1")
            addresses |= set(re.findall(r"[\w.+=$-]+@[\w-]+(?:\.[\w-]+)*\.[a-zA-Z]{2,}", text))
            spelt = re.findall(r"^From:? (\S+ at \S+\.[a-zA-Z]{2,})\s", text, re.MULTILINE)
            addresses |= {*spelt, *(each.replace(" at ", "@") for each in spelt)}
    assert len(addresses) > 400
    build(load(tmp_path)[0], tmp_path)
    for file in (tmp_path / "output").rglob("*"):
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            assert not (leaks := [each for each in addresses if each in text]), (file, leaks)
