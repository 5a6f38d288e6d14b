"""Mailboxes, archives of Pipermail and single messages, as programs of thirty years have written them."""

from __future__ import annotations

import email.message
import email.policy
import hashlib
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.readers import READERS, Reading, read_save, reader_of
from generator.readers.mail import bodies, head, mbox, subjects, threading
from tests.golden import SAVES

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
FROM = "From ann@example.org Thu Jan  1 00:00:00 2015\n"
CASES = [next(case.glob("save.*")).read_bytes() for case in SAVES.cases() if case.parent.name == "mail"]


def message(name: str, *above: str, text: str = "Text.", **fields: str) -> str:
    """Write a message of a mailbox."""
    head = {"From": "Ann <ann@example.org>", "Subject": "Kites", "Message-ID": f"<{name}>", **fields}
    if above:
        head["References"] = " ".join(f"<{each}>" for each in above)
    lines = "".join(f"{field.replace('_', '-')}: {value}\n" for field, value in head.items())
    return f"{FROM}{lines}\n{text}\n\n"


def read(*messages: str) -> Reading:
    raw = "".join(messages).encode()
    reader = reader_of(raw)
    assert reader is not None
    assert reader.NAME == "mail"
    return read_save(raw, "list/a.mbox")


def ids(reading: Reading) -> list[list[str]]:
    return [[post.id for post in saved.thread.posts] for saved in reading.threads]


def test_an_id_is_made_of_the_message_id() -> None:
    (saved,) = read(message("1@example.org")).threads
    assert saved.thread.posts[0].id == hashlib.sha256(b"1@example.org").hexdigest()[:12]


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("<1@example.org>", "1@example.org"),
        ("<1@example.org>", "<1@example.org> (added by a program)"),
        ("<1@example.org>", "\n <1@example.org>"),
        ("<a-very-long-id@example.org>", "<a-very-long-\n\tid@example.org>"),
    ],
)
def test_ids_are_equal_however_they_are_written(first: str, other: str) -> None:
    assert ids(read(message("", Message_ID=first))) == ids(read(message("", Message_ID=other)))


@pytest.mark.parametrize(
    ("fields", "parents"),
    [
        ({"References": "<1@x.org> <2@x.org>", "In-Reply-To": "<9@x.org>"}, ["1@x.org", "2@x.org"]),
        ({"References": "1@x.org 2@x.org"}, ["1@x.org", "2@x.org"]),
        ({"References": "", "In-Reply-To": "<9@x.org>"}, ["9@x.org"]),
        ({"In-Reply-To": 'Your message of "Mon" <9@x.org>'}, ["9@x.org"]),
        ({"In-Reply-To": "<9@x.org> (Ann's message of Mon)"}, ["9@x.org"]),
        ({"In-Reply-To": "Ann <ann@x.org> <9@x.org>"}, ["9@x.org"]),
        ({"In-Reply-To": "Ann <ann@x.org>'s message of Monday"}, []),
        ({"In-Reply-To": "<held@x.org> and more <ann@x.org>"}, ["held@x.org"]),
        ({"In-Reply-To": "Kites"}, []),
        ({}, []),
    ],
)
def test_what_a_message_answers(fields: dict[str, str], parents: list[str]) -> None:
    raw = {name.lower(): value.encode() for name, value in fields.items()}
    assert head.references(raw, {"held@x.org"}) == parents


def test_a_chain_of_missing_messages_has_one_place() -> None:
    (saved,) = read(message("d@x.org", "a@x.org", "b@x.org", "c@x.org")).threads
    missing, post = sorted(saved.thread.posts, key=lambda post: not post.missing)
    assert (missing.missing, post.missing) == (True, False)
    assert post.stated == missing.id
    assert missing.author.name == ""
    assert saved.refs[0] == hashlib.sha256(b"a@x.org").hexdigest()[:12]


def test_two_messages_with_one_id_both_stay_unless_they_are_copies() -> None:
    (saved,) = read(message("1@x.org"), message("1@x.org", text="Text.\n____\nA list's footer")).threads
    assert [post.body for post in saved.thread.posts] == ["Text.\n____\nA list's footer"]
    reading = read(message("1@x.org"), message("1@x.org", text="Something else."))
    assert sorted(post.body for saved in reading.threads for post in saved.thread.posts) == ["Something else.", "Text."]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ann at example.org (Ann B)", "Ann B"),
        ("ann@example.org (Ann B)", "Ann B"),
        ("Ann B <ann@example.org>", "Ann B"),
        ('"B, Ann" <ann@example.org>', "B, Ann"),
        (r'"Ann \"A\" B" <ann@example.org>', 'Ann "A" B'),
        ("'Ann' <ann@example.org>", "Ann"),
        ("=?utf-8?Q?=C3=84nn_=28B=29?= <ann@example.org>", "Änn (B)"),
        ("ann at example.org (=?iso-8859-1?Q?=C4nn?=)", "Änn"),
        ("ann@example.org", "ann"),
        ("<ann@example.org>", "ann"),
        ("ann at example.org", "ann"),
        ('"ann@example.org" <ann@example.org>', "ann"),
        ("ann at \N{LEFT DOUBLE QUOTATION MARK}example.org\N{RIGHT DOUBLE QUOTATION MARK}", "ann"),
        ("Ann", "Ann"),
        ("Ann (via a list) <list@example.org>", "Ann (via a list)"),
        ("", ""),
        ("<>", ""),
        ("()", ""),
    ],
)
def test_who_wrote_it(written: str, name: str) -> None:
    assert head.sender(written.encode()) == name


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Fri, 22 May 2015 06:38:22 -0500", "2015-05-22T06:38:22-05:00"),
        ("Fri, 22 May 2015 06:38:22 -0000", "2015-05-22T06:38:22+00:00"),
        ("Fri, 2 May 2015 06:38:22 +0000 (UTC)", "2015-05-02T06:38:22+00:00"),
        ("2 May 98 06:38 PDT", "1998-05-02T06:38:00-07:00"),
        ("2 May 2015 06:38:22", "2015-05-02T06:38:22"),
        ("Sat, 2 May 2015 06:38:22 CEST", "2015-05-02T06:38:22"),
        ("Sat, 2 May 2015 06:38:22 +9900", "2015-05-02T06:38:22"),
        ("Sat, 31 Feb 2015 06:38:22 +0100", None),
        ("Sat, 2 May 2015 25:38:22 +0100", None),
        ("soon", None),
        ("", None),
        ("1" * 5000, None),
    ],
)
def test_dates(written: str, date: str | None) -> None:
    assert head.date(written) == date


@pytest.mark.parametrize(
    ("line", "splits"),
    [
        ("From bob@example.org Thu Jan  1 00:00:00 2015", True),
        ("From bob at example.org  Thu Jan  1 00:00:00 2015", True),
        ("From bob@example.org Thu Jan  1 00:00 2015", True),
        ("From bob@example.org Thu, 1 Jan 2015 00:00:00 +0100 (CET)"[:-6], True),
        ("From 12345@xxx Thu Jan  1 00:00:00 +0000 2015", True),
        ("From - Thu Jan  1 00:00:00 2015", True),
        ("From bob Thu Jan  1 00:00:00 PST 1998 remote from host", True),
        ("From MAILER-DAEMON Thu Jan  1 00:00:00 2015", True),
        ("From here on it is 2015", False),
        ("From Thu Jan on", False),
        (">From bob@example.org Thu Jan  1 00:00:00 2015", False),
    ],
)
def test_what_starts_a_message(line: str, splits: bool) -> None:
    raw = f"{message('1@x.org')}{line}\nFrom: Bob <bob@x.org>\nMessage-ID: <2@x.org>\n\nTwo.\n".encode()
    assert len(list(mbox.split(raw))) == 1 + splits


def test_a_line_that_starts_a_message_needs_a_head_after_it() -> None:
    text = "As it says:\n\nFrom bob@example.org Thu Jan  1 00:00:00 2015\nand so on."
    (saved,) = read(message("1@x.org", text=text)).threads
    assert saved.thread.posts[0].body == "As it says:\n\nFrom bob@...  Thu Jan  1 00:00:00 2015\nand so on.".replace(
        "...  ", "... "
    )


def test_the_sign_before_from_goes_but_that_of_a_quote_stays() -> None:
    assert mbox.unescape(b"a\n>From b\n>>From c\n") == b"a\n>From b\n>>From c\n".replace(b"\n>From", b"\n>From")
    assert mbox.unescape(b"a\n>From b\nc\n") == b"a\nFrom b\nc\n"
    assert mbox.unescape(b"> a\n>From b\nc\n") == b"> a\n>From b\nc\n"
    assert mbox.unescape(b">From b\n> c\n") == b">From b\n> c\n"


def test_lengths_that_lie_are_not_believed() -> None:
    reading = read(message("1@x.org", Content_Length="100000"), message("2@x.org", Content_Length="1"))
    assert [post.body for saved in reading.threads for post in saved.thread.posts] == ["Text.", "Text."]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\r\r\n"])
def test_line_ends_are_no_matter(end: str) -> None:
    text = message("1@x.org", text="One\n\nTwo") + message("2@x.org", "1@x.org")
    assert read_save(text.replace("\n", end).encode(), "list/a") == read_save(text.encode(), "list/a")


@pytest.mark.parametrize(
    ("subject", "reply", "base"),
    [
        ("Kites", False, "Kites"),
        ("Re: Kites", True, "Kites"),
        ("RE: AW: re[2]: [kites-l] Re: Kites", True, "Kites"),
        ("[kites-l] [PATCH] Kites", False, "[PATCH] Kites"),
        ("[kites-l]", False, "[kites-l]"),
        ("Re:", True, ""),
        ("Regarding: kites", False, "Regarding: kites"),
        ("R: a language", False, "R: a language"),
        ("Fwd: Kites", False, "Fwd: Kites"),
    ],
)
def test_what_programs_put_before_a_subject_comes_off(subject: str, reply: bool, base: str) -> None:
    assert subjects.fold(subject, {"kites-l"}) == (reply, base)


def test_the_tag_of_a_list_is_known_by_its_name_or_by_its_number() -> None:
    assert subjects.list_tags(["[Kites] a", "b"], {"kites"}) == {"kites"}
    assert subjects.list_tags(["[L] a", "Re: [L] b", "[l] c", "d"], ()) == {"l"}
    assert subjects.list_tags(["[PATCH] a", "[PATCH] b", "[PATCH] c"], ()) == frozenset()
    assert subjects.list_tags(["[L] a"], ()) == frozenset()


NAMES = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=5)), max_size=8, unique_by=lambda each: each[0]))
def test_every_id_has_a_place_and_there_is_no_circle(messages: list[tuple[str, list[str]]]) -> None:
    above = threading.parents(messages)
    assert set(above) == {name for own, references in messages for name in (own, *references)}
    for name in above:
        walk = {name}
        parent = above[name]
        while parent is not None:
            assert parent not in walk
            walk.add(parent)
            parent = above[parent]
    held = threading.threads(above)
    assert sorted(name for names in held for name in names) == sorted(above)
    for names in held:
        assert [name for name in names if above[name] is None] == names[:1]


def test_long_chains_take_no_recursion_and_no_long_time() -> None:
    messages = [(str(number), [str(number - 1)]) for number in range(1, 50_000)]
    start = time.process_time()
    assert len(threading.threads(threading.parents(reversed(messages)))) == 1
    assert time.process_time() - start < 3


# --- The quick way and the standard library's

TEXTS = st.text(alphabet=st.sampled_from("ab =é日\n.>-_"), max_size=200)


@given(
    TEXTS,
    st.sampled_from(["utf-8", "koi8-r", "iso-2022-jp", "windows-1252", "utf-7", "big5"]),
    st.sampled_from(["8bit", "quoted-printable", "base64"]),
)
def test_simple_messages_read_as_the_standard_library_reads_them(text: str, charset: str, encoding: str) -> None:
    made = email.message.EmailMessage(policy=email.policy.SMTP.clone(linesep="\n", utf8=True))
    try:
        text.encode(charset)
        made.set_content(text, charset=charset, cte=encoding)
    except ValueError:
        return
    raw = made.as_bytes()
    fields, body = head.split(raw)
    part = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(part, email.message.EmailMessage)
    said = bodies.read(fields, body)
    assert said.text.strip("\n") == part.get_content().replace("\r\n", "\n").strip("\n")
    assert not said.faults


@given(TEXTS, st.sampled_from(["8bit", "quoted-printable", "base64"]))
def test_a_text_in_a_part_reads_as_one_without_parts(text: str, encoding: str) -> None:
    made = email.message.EmailMessage(policy=email.policy.SMTP.clone(linesep="\n", utf8=True))
    made.set_content(text, charset="utf-8", cte=encoding)
    alone = bodies.read(*head.split(made.as_bytes()))
    made.make_mixed()
    parts = bodies.read(*head.split(made.as_bytes()))
    assert parts.text.strip("\n") == (alone.text.strip("\n") if text.strip() else "")


# --- Any bytes


@given(st.sampled_from(CASES), st.data())
def test_no_bytes_make_it_fail(raw: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 5))):
        at = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), at + data.draw(st.integers(0, 40)))
        new = data.draw(
            st.one_of(st.binary(max_size=8), st.sampled_from([b"\n\n", b"=?", b"?=", b"--outer", b"\nFrom "]))
        )
        raw = raw[:at] + new + raw[end:]
    reading = read_save(raw, "list/a.mbox")
    assert reading.threads or reading.failed
    for saved in reading.threads:
        for post in saved.thread.posts:
            assert not re.search(
                r"\w@\w[\w-]*(\.\w[\w-]*)*\.(org|com)\b", f"{post.body}{post.subject}{post.author.name}"
            )
            assert re.fullmatch("[0-9a-f]{12}", post.id) or "-" in post.id


@pytest.mark.parametrize(
    "piece",
    [
        "From a Thu Jan  1 00:00:00 2015\nFrom: a\n\nb\n\n", "\nFrom a Thu Jan",
        "References: <a@b>\n\t", "=?utf-8?Q?a?= ",
        "<a@b> ", "begin 644 a\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n", "(", "> ", '"', "\n", "a=\n",
        "-------------- next part --------------\nA non-text attachment was scrubbed...\n", "[a] ", "Re: ", " ",
    ],
)  # fmt: skip
def test_time_is_linear(piece: str) -> None:
    def seconds(size: int, start: str) -> float:
        raw = (start + piece * (size // len(piece))).encode()
        began = time.process_time()
        read_save(raw, "list/a.mbox")
        return time.process_time() - began

    top = f"{FROM}From: a\nSubject: b\n"
    for start in (top + "\n", top + "X-Y: ", top + "Content-Type: multipart/mixed; boundary=b\n\n", top + "Subject: "):
        assert min(seconds(160_000, start) for _ in range(2)) < 8 * min(seconds(40_000, start) for _ in range(2)) + 0.2


def test_other_kinds_are_no_mail() -> None:
    mail = next(reader for reader in READERS if reader.NAME == "mail")
    for case in SAVES.cases():
        raw = next(case.glob("save.*")).read_bytes()
        assert mail.sniff(raw) == (case.parent.name == "mail"), case
    assert not mail.sniff(
        b"From: <Saved by Blink>\nSnapshot-Content-Location: https://example.org/\nSubject: a\n\n<html>"
    )


# --- Real mailboxes


def raw_messages(raw: bytes) -> list[str]:
    parts = re.split(rb"^From [^\n]* [0-9]{4}\n", raw, flags=re.MULTILINE)[1:]
    return [part.split(b"\n\n", 1)[0].decode("latin-1") for part in parts]


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/samples")
@pytest.mark.parametrize(("name", "messages", "threads"), [("2015q2.txt", 187, 41), ("2015q4.txt", 132, 35)])
def test_parents_in_a_real_archive_are_those_it_states(name: str, messages: int, threads: int) -> None:
    raw = (SAMPLES / "pipermail" / name).read_bytes()
    reading = read_save(raw, f"list/{name}")
    assert len(reading.threads) == threads
    posts = {post.id: post for saved in reading.threads for post in saved.thread.posts}
    assert sum(not post.missing for post in posts.values()) == messages
    heads = raw_messages(raw)
    assert len(heads) == messages
    for written in heads:
        own, parents = (
            re.findall("<(.*?)>", found[1]) if (found := re.search(field, written, re.MULTILINE)) else []
            for field in (r"^Message-ID:(.*)", r"^References:((?:.*\n[ \t]+)*.*)")
        )
        parents = parents or re.findall("^In-Reply-To: <(.*?)>", written, re.MULTILINE)
        made = [hashlib.sha256(each.encode()).hexdigest()[:12] for each in (*parents[-1:], *own)]
        assert posts[made[-1]].stated == (made[0] if parents else "")
        assert not parents or made[0] in posts
