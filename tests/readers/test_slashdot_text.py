"""The Slashdot text reader: the one real save, single rules, then properties. Whole saves are under tests/saves/."""

from __future__ import annotations

import string
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.model import REMOVED, Author, Post, Thread
from generator.readers.ids import post_id
from generator.readers.reading import Reading
from generator.readers.slashdot import starts as slashdot_starts
from generator.readers.slashdot import text as slashdot_text
from generator.readers.slashdot.text import sniff
from tests.rewriting import STORY, redacted_parts, rewritten, thread_of, with_ids, without_ids

REAL = Path(__file__).parents[2] / "content" / "0179799118.txt"
HEAD = "News: 7\n\nA Title\n\n(Friday May 01, 2020 @01:02PM (editor) from the test dept.)\n\nStory.\n\n"


def read(text: str) -> Reading:
    reading = slashdot_text.read(text.encode(), "save.txt")
    return msgspec.structs.replace(reading, problems=reading.all_problems())


def only(text: str, *, footer: bool = True) -> Thread:
    """Read a save that must be fine."""
    reading = read(text)
    assert reading.problems == ()
    return thread_of(reading, footer=footer)


def lenient(text: str, *, footer: bool = True) -> Thread:
    """Read a save that may have warnings."""
    reading = read(text)
    assert not reading.failed
    return thread_of(reading, footer=footer)


def problems(text: str) -> list[tuple[str, int, str]]:
    return [(problem.severity, problem.line, problem.message) for problem in read(text).problems]


def test_the_real_save() -> None:
    thread = only(REAL.read_text(encoding="utf-8"))
    assert thread.key == ("slashdot", "0179799118")
    assert thread.posted == "2025-10-15T17:22:00"
    assert thread.posted_raw == "Wednesday October 15, 2025 @05:22PM"
    assert thread.author == Author("slashdot", "msmash")
    assert thread.department == "irreplaceable-treasures"
    assert thread.masthead
    assert thread.masthead.startswith("ARM Give a man a fire")
    assert thread.footer
    assert thread.footer.startswith("Q: What do Bill Gates")
    assert [link.n for link in thread.links] == [1]
    assert thread.body.endswith("if the issue remains unresolved.")
    assert len(thread.posts) == 29
    assert [post.truncated for post in thread.posts].count("yes") == 5
    assert thread.posts[1].label == "Insightful"
    assert thread.posts[-1].author == Author("slashdot", "Mirnotoriety", "10462951")
    assert all(post.posted is None and post.stated is None for post in thread.posts)


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("by tide ( 12 )", Author("slashdot", "tide", "12")),
        ("by (negative) video ( 12 )", Author("slashdot", "(negative) video", "12")),
        ("by a ( 1 ) ( 0002 )", Author("slashdot", "a ( 1 )", "0002")),
        ("by  ( ( 3 )", Author("slashdot", " (", "3")),
        ("by Anonymous Coward", Author("slashdot", "Anonymous Coward")),
        ("by [removed]", Author("slashdot", "[removed]")),
        ("by tide ( 12 )\t ", Author("slashdot", "tide", "12")),
        ("by Anonymous", None),
        ("by Anonymous Coward too", None),
        ("by tide (12)", None),
        ("by tide ( twelve )", None),
        ("by tide ( ١٢ )", None),
        ("by tide ( 12 ), of course", None),
        ("by  ( 12 )", None),
    ],
)
def test_by_lines(line: str, author: Author | None) -> None:
    reading = read(f"{HEAD}Subject (Score:2)\n\n{line}\n\nText.\n")
    thread = thread_of(reading)
    assert [post.author for post in thread.posts] == ([author] if author else [])
    assert [problem.line for problem in reading.problems] == ([] if author else [9, 11])


@pytest.mark.parametrize(
    "subject", ["", "Re:", " indented", "Of (Score:5) scores", "a (Score:", "(Score:1)", "by me ( 1 )", "News: 1"]
)
def test_subjects_stay_as_saved(subject: str) -> None:
    (post,) = only(f"{HEAD}{subject} (Score:2)\n\nby a ( 1 )\n\nText.\n").posts
    assert (post.subject, post.score, post.body) == (subject, 2, "Text.")


@pytest.mark.parametrize(
    ("field", "score", "label"),
    [
        ("-1, Troll", -1, "Troll"),
        ("0", 0, None),
        ("5, Well, well", 5, "Well, well"),
        ("3, Funny (a bit)", 3, "Funny (a bit)"),
        ("3, (Score)", 3, "(Score)"),
    ],
)
def test_scores_and_labels(field: str, score: int, label: str | None) -> None:
    (post,) = only(f"{HEAD}Subject (Score:{field})\n\nby a ( 1 )\n").posts
    assert (post.score, post.label) == (score, label)


@pytest.mark.parametrize("field", ["", "two", "1.5", "١", "9" * 5000, ", Funny"])
def test_a_score_that_is_no_number_is_an_error(field: str) -> None:
    reading = read(f"{HEAD}Subject (Score:{field})\n\nby a ( 1 )\n")
    assert reading.threads == ()
    (problem,) = reading.problems
    assert (problem.severity, problem.line) == ("error", 9)
    assert len(problem.message) < 120


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("A line above\nSubject (Score:2)\n\nby a ( 1 )\n", 16, "is right under other text"),
        ("Subject (Score:2)\nby a ( 1 )\n", 16, "is right under its subject"),
        ("Subject (Score:2)\n\nby a ( 1 )\nA line below\n", 17, "has no blank line on each side"),
        ("Subject (Score:2)\n\N{NO-BREAK SPACE}\nby a ( 1 )\n", 17, "has no blank line on each side"),
        ("Subject (Score:2) more\n\nby a ( 1 )\n", 15, "can't be read as a subject"),
        ("(Score:2)\n\nby a ( 1 )\n", 15, "can't be read as a subject"),
        ("Subject\N{NO-BREAK SPACE}(Score:2)\n\nby a ( 1 )\n", 15, "can't be read as a subject"),
        ("Subject (score:2)\n\nby a ( 1 )\n", 15, "can't be read as a subject"),
        ("Subject (Score 2)\n\nby a (1)\n", 15, "can't be read as a subject"),
        ("Subject [Score:2]\n\nby Anonymous Coward\n", 15, "can't be read as a subject"),
        ("Subject (Score:2)\n\nbya ( 1 )\n", 17, "can't be read as a by line"),
        ("Subject (Score:2)\n\nby a (1)\n", 17, "can't be read as a by line"),
        ("Subject (Score:2)\n\nBy a ( 1 )\n", 17, "can't be read as a by line"),
        ("Subject (Score:2)\n\n  by a ( 1 )\n", 17, "can't be read as a by line"),
        ("Subject (Score:2)\n\nby a ( 1 )\N{NO-BREAK SPACE}\n", 17, "can't be read as a by line"),
        ("Subject (Score:2)\n\nby a ( 1 ) on Monday\n", 17, "can't be read as a by line"),
        ("Subject (Score:2)\nby a (12) on Monday July 02, @04:06PM (#4)\n", 16, "can't be read as a by line"),
        ("Subject (Score:2)\n\na ( 1 )\n", 17, "can't be read as a by line"),
        ("Subject (Score:2) \tmore \n\nby a ( 1 )\n", 15, "can't be read as a subject"),
        ("Subject\n\nby a ( 1 )\n", 17, "no subject with a score is above it"),
        ("Subject\nby a ( 1 )\n", 16, "no subject with a score is above it"),
        ("Subject [Score:2]\nby a ( 1 )\n", 15, "can't be read as a subject"),
        ("Subject [Score:2]\n \t\nby a (1)\n", 15, "can't be read as a subject"),
        ("(Score:2)\nby Anonymous Coward\n", 15, "can't be read as a subject"),
        ("Subject (Score:2.5)\nby a ( 1 )\n", 15, "can't be read as a subject"),
        ("A line with (Score:2) in it\nby the way", 0, ""),
        ("Subject (Score:2)", 15, "no by line is below it"),
        ("Subject (Score:2)\n\nText.", 15, "no by line is below it"),
        ("Subject (Score:2)\nText.", 0, ""),
        ("Text.\nSubject (Score:2)\n\nText.", 0, ""),
        ("A line with (Score:2) in it\n\nby the way", 0, ""),
        ("a final score of 3\n\nby the way", 0, ""),
    ],
)
def test_what_only_looks_like_a_start_is_text_and_told(text: str, line: int, message: str) -> None:
    reading = read(f"{HEAD}Subject (Score:1)\n\nby b ( 2 )\n\nText.\n\n{text}")
    thread = thread_of(reading, footer=False)
    assert len(thread.posts) == 1
    assert thread.posts[0].body == f"Text.\n\n{text}".rstrip("\n")
    assert [(problem.severity, problem.line) for problem in reading.problems] == ([("warning", line)] if line else [])
    assert all(message in problem.message for problem in reading.problems)


def test_halves_of_a_start_with_text_between_are_both_told() -> None:
    said = problems(f"{HEAD}S (Score:1)\n\nby b ( 2 )\n\nText.\n\nSubject (Score:2)\n\nText\n\nby a ( 1 )\n")
    assert [(severity, line) for severity, line, _ in said] == [("warning", 15), ("warning", 19)]


def test_a_save_with_subjects_but_no_posts_is_told() -> None:
    post = "Some words (Score:5, Insightful)\nby a (12) on Monday July 02, @04:06PM (#4)\n\nText.\n\n"
    said = problems(HEAD + post + post)
    assert [(severity, line) for severity, line, _ in said] == [("warning", line) for line in (9, 10, 15)]
    assert "has no post that can be read" in said[0][2]
    assert problems(f"{HEAD}Words (Score:2) in a story") == []


def test_a_by_line_is_used_once() -> None:
    thread = lenient(f"{HEAD}One (Score:1)\n\nby x (Score: ( 12 )\n\nby y ( 3 )\n\nText.\n", footer=False)
    assert [post.author.name for post in thread.posts] == ["x (Score:"]
    assert thread.posts[0].body == "by y ( 3 )\n\nText."


def test_a_post_may_follow_the_dated_line_at_once() -> None:
    thread = only(HEAD.removesuffix("\nStory.\n\n") + "Subject (Score:2)\n\nby a ( 1 )")
    assert (thread.body, len(thread.posts)) == ("", 1)


@pytest.mark.parametrize(
    ("when", "posted"),
    [
        ("Wednesday October 15, 2025 @05:22PM", "2025-10-15T17:22:00"),
        ("Monday January 06, 2014 @12:05AM", "2014-01-06T00:05:00"),
        ("Monday January 06, 2014 @12:05PM", "2014-01-06T12:05:00"),
        ("February 29, 2016 @11:59pm", "2016-02-29T23:59:00"),
    ],
)
def test_times(when: str, posted: str) -> None:
    thread = only(HEAD.replace("Friday May 01, 2020 @01:02PM", when))
    assert (thread.posted, thread.posted_raw) == (posted, when)


@pytest.mark.parametrize(
    "when", ["soon", "Monday Januar 06, 2014 @12:05AM", "February 30, 2016 @01:00AM", "May 01, 2020 @13:00PM"]
)
def test_a_time_that_cannot_be_read_is_kept_raw(when: str) -> None:
    text = HEAD.replace("Friday May 01, 2020 @01:02PM", when)
    thread = thread_of(read(text))
    assert (thread.posted, thread.posted_raw) == (None, when)
    assert [(severity, line) for severity, line, _ in problems(text)] == [("warning", 5)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("News: seven\n" + HEAD.partition("\n")[2], [1]),
        (f"News: {'7' * 41}\n" + HEAD.partition("\n")[2], [1]),
        (HEAD.replace("A Title\n\n", ""), [3]),
        (HEAD.replace("(Friday May 01, 2020 @01:02PM (editor) from the test dept.)", ""), [7]),
        ("News: 7", [1, 1]),
        ("News: 7\n\n\N{NO-BREAK SPACE} Only a quote\n", [4, 4]),
        ("News:\n\nA Title\n", [1, 4]),
    ],
)
def test_missing_pieces_of_the_head(text: str, lines: list[int]) -> None:
    reading = read(text)
    assert reading.threads == ()
    assert [(problem.severity, problem.line) for problem in reading.problems] == [("error", line) for line in lines]
    assert all("expected" in problem.message and problem.hint for problem in reading.problems)


def test_a_masthead_may_stand_on_the_title() -> None:
    thread = only(HEAD.replace("\n\nA Title\n\n", "\n\N{NO-BREAK SPACE}Quote\nA Title\n"))
    assert (thread.masthead, thread.title) == ("Quote", "A Title")


def test_footer() -> None:
    text = f"{HEAD}Subject (Score:2)\n\nby a ( 1 )\n\nOne.\n\nTwo.\n \nQ: a\nA: b\n\n"
    with_footer, without = only(text), only(text, footer=False)
    assert (with_footer.footer, with_footer.posts[0].body) == ("Q: a\nA: b", "One.\n\nTwo.")
    assert (without.footer, without.posts[0].body) == (None, "One.\n\nTwo.\n \nQ: a\nA: b")
    assert with_footer.posts[0].id == without.posts[0].id


@pytest.mark.parametrize(
    ("length", "end", "truncated"),
    [
        (507, "x", "no"),
        (508, "x", "yes"),
        (516, "x", "yes"),
        (517, "x", "no"),
        (512, ".", "unknown"),
        (512, "?”)", "unknown"),
        (512, "…", "unknown"),
        (512, ",", "yes"),
        (512, "(", "yes"),
    ],
)
def test_cut_posts(length: int, end: str, truncated: str) -> None:
    body = "x" * (length - len(end)) + end
    (post,) = only(f"{HEAD}Subject (Score:2)\n\nby a ( 1 )\n\n{body}\n\nFooter.\n").posts
    assert (post.body, post.truncated) == (body, truncated)


def test_a_save_is_known_by_its_first_line() -> None:
    assert sniff(b"News:")
    assert sniff(b"\xef\xbb\xbf \t\r\n\n News: x")
    assert not sniff(b"Newsflash: 7")
    assert not sniff(b"x\nNews: 7")


@pytest.mark.parametrize(
    ("subject", "score", "label"),
    [
        ("Re:Boo hoo (Score:4", 4, None),
        ("Re:Boo hoo (Score:4 \t", 4, None),
        ("Re:Boo hoo (Score:4, Insightful", 4, "Insightful"),
        ("Re:Boo hoo (Score:4, Insightful}", 4, "Insightful}"),
        ("(a) b (Score:4,", 4, None),
    ],
)
def test_a_subject_whose_bracket_does_not_close_is_told(subject: str, score: int, label: str | None) -> None:
    text = f"{HEAD}A (Score:1)\n\nby a ( 1 )\n\nOne.\n\n{subject}\n\nby b ( 2 )\n\nTwo.\n"
    (warning,) = read(text).problems
    assert (warning.severity, warning.line) == ("warning", 15)
    read_as = f"score {score} and {label}" if label else f"score {score} without a label"
    assert warning.message == f'"{subject.rstrip()}" has no closing bracket, so it was read as {read_as}'
    post = lenient(text).posts[1]
    assert (post.score, post.label) == (score, label)


def test_a_fault_that_repeats_is_told_three_times_and_counted() -> None:
    post = "Re: (Score:two)\n\nby a ( 1 )\n\nText.\n\n"
    assert [line for _, line, _ in problems(HEAD + post * 4)] == [9, 15, 21, 27]
    told = read(f"{HEAD}{post * 26}S (Score:x)\n\nby a ( 1 )\n\nText.\n").problems
    assert [problem.line for problem in told] == [9, 15, 21, 27]
    assert {problem.severity for problem in told} == {"error"}
    assert told[3].message == "24 more errors of this kind are in this file, up to line 165"
    assert told[3].hint == told[0].hint


def test_faults_of_several_kinds_are_counted_apart() -> None:
    text = HEAD + "Re: (Score:two)\n\nby a ( 1 )\n\nText.\n\n" * 5
    told = read(f"{text}{HEAD.replace('7', 'seven', 1)}").problems
    assert len([problem for problem in told if "no whole number" in problem.message]) == 3
    assert [problem.message for problem in told if "more errors" in problem.message] == [
        "2 more errors of this kind are in this file, up to line 33"
    ]


def test_where_a_thread_stands_is_known_to_the_letter() -> None:
    text = f"{HEAD}[1] https://example.org/\n\nS (Score:2)\n\nby a ( 1 )\n\nOne.\n\nTwo.\n\n\N{NO-BREAK SPACE}End. \n"
    (saved,) = read(text).threads
    assert saved.spans
    spans = saved.spans()
    assert spans.footer
    assert spans.last_body
    assert text[slice(*spans.story)] == saved.thread.body == "Story."
    assert text[slice(*spans.posts[0].body)] == saved.thread.posts[0].body == "One.\n\nTwo."
    assert text[slice(*spans.footer)] == saved.thread.footer == "End."
    assert text[slice(*spans.last_body)] == saved.last_body == "One.\n\nTwo.\n\n\N{NO-BREAK SPACE}End. "
    assert [(text[start:end], new) for start, end, new in spans.removed_story] == [
        ("editor", "[removed]"), ("Story.\n\n[1] https://example.org/", "[removed]"),
    ]  # fmt: skip


# Properties. Texts are made of what could go wrong, and of anything.

LINE_CHARS = st.one_of(
    st.sampled_from("ab .:,()[]>#*\t\N{NO-BREAK SPACE}\u2028\x85\x0cé漢"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\0"),
)
LINES = st.text(LINE_CHARS, max_size=20)
NAMES = st.text(LINE_CHARS, min_size=1, max_size=12).filter(str.strip)
LABELS = st.text(LINE_CHARS, min_size=1, max_size=12).filter(
    lambda text: text == text.strip(" ") and "Score:" not in text
)
BODIES = (
    st.lists(st.one_of(LINES, st.sampled_from(["", " \t", "by a ( 1 )", "[1] https://example.org/"])), max_size=6)
    .map(lambda lines: "\n".join([*lines, "end"]))
    .filter(lambda body: "Score:" not in body and body.partition("\n")[0].strip(" \t") != "")
)
AUTHORS = st.one_of(
    st.builds(Author, st.just("slashdot"), NAMES, st.text(string.digits, min_size=1, max_size=9)),
    st.just(Author("slashdot", "Anonymous Coward")),
)


@st.composite
def posts(draw: st.DrawFn) -> Post:
    author, body = draw(AUTHORS), draw(BODIES)
    return Post(
        id=post_id(author, body),
        subject=draw(LINES),
        author=author,
        score=draw(st.integers(-1, 5)),
        label=draw(st.none() | LABELS),
        body=body,
    )


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    found = tuple(draw(st.lists(posts(), max_size=4)))
    return Thread(
        source="slashdot",
        id=draw(st.text(string.digits, min_size=1, max_size=12)),
        title="A Title",
        body=draw(BODIES.filter(lambda body: "[" not in body)),
        posts=found,
        posted="2020-05-01T13:02:00",
        posted_raw="Friday May 01, 2020 @01:02PM",
        author=Author("slashdot", "editor"),
        department="test",
        footer="The end." if found else None,
    )


def saved(thread: Thread) -> str:
    """Write a thread as the site saves it."""
    assert thread.author
    blocks = [f"News: {thread.id}", "A Title"]
    blocks += [f"({thread.posted_raw} ({thread.author.name}) from the test dept.)", thread.body]
    for post in thread.posts:
        score = f"{post.score}, {post.label}" if post.label else f"{post.score}"
        by = post.author.name if post.author.uid is None else f"{post.author.name} ( {post.author.uid} )"
        blocks += [f"{post.subject} (Score:{score})", f"by {by}", post.body]
    return "\n\n".join([*blocks, thread.footer] if thread.footer else blocks)


@given(threads())
@settings(max_examples=60, deadline=None)
def test_threads_read_as_they_were_written(thread: Thread) -> None:
    assert lenient(saved(thread)) == thread


@given(threads(), st.data())
@settings(max_examples=60, deadline=None)
def test_rewriting_removes_what_is_gone_and_nothing_else(thread: Thread, data: st.DataObject) -> None:
    text = saved(thread)
    assert rewritten(text, ()) == text
    gone = data.draw(st.sets(st.integers(STORY, len(thread.posts) - 1)))
    nobody = Author("slashdot", REMOVED)
    left = tuple(
        msgspec.structs.replace(post, author=nobody, body=REMOVED, id=post_id(nobody, REMOVED)) if at in gone else post
        for at, post in enumerate(thread.posts)
    )
    expected = msgspec.structs.replace(thread, posts=left)
    if STORY in gone:
        expected = msgspec.structs.replace(expected, author=nobody, body=REMOVED)
    assert lenient(rewritten(text, gone)) == expected


def test_rewriting_changes_every_other_text() -> None:
    posts = "S (Score:2)\n\nby a ( 1 )\n\nOne.\n\nT (Score:2)\n\nby b ( 2 )\n\nTwo.\n\nEnd.\n"
    text = f"{HEAD}[1] https://example.org/\n\n{posts}"
    after = rewritten(text, {0}, str.upper)
    assert after == text.replace("a ( 1 )", "[removed]").replace("One.", "[removed]").replace("Two.", "TWO.").replace(
        "End.", "END."
    ).replace("Story.", "STORY.")
    assert "example.org" not in rewritten(text, {STORY})


@pytest.mark.parametrize("more", ["", "\n", "\n\nT (Score:1)\n\nby b ( 2 )\n"])
def test_rewriting_where_there_is_no_text(more: str) -> None:
    text = HEAD.removesuffix("\nStory.\n\n") + "S (Score:2)\n\nby a ( 1 )" + more
    posts = range(len(only(text).posts))
    thread = only(rewritten(text, {STORY, *posts}))
    assert thread.body == REMOVED
    assert [(post.author.name, post.body) for post in thread.posts] == [(REMOVED, REMOVED) for _ in posts]


# Link lists.


def links(lines: str) -> tuple[str, list[tuple[int | None, str]], list[int]]:
    """Give the body of a story that ends in some lines, its links, and the lines of the warnings (1: the first)."""
    reading = read(f"{HEAD.removesuffix('Story.' + chr(10) * 2)}{lines}\n\nS (Score:2)\n\nby a ( 1 )\n\nText.\n")
    thread = thread_of(reading)
    assert len(thread.posts) == 1
    return thread.body, [(link.n, link.url) for link in thread.links], [one.line - 6 for one in reading.problems]


A, B, C = (f"https://example.org/{name}" for name in "abc")


@pytest.mark.parametrize(
    ("lines", "expected", "warned"),
    [
        (f"[1] {A}\n[2] {B} c.pdf\n[3] {C}", [(1, A), (2, f"{B} c.pdf"), (3, C)], [4]),
        (f"[1] {A}\n[2] {B}\n[3] {C} d", [(1, A), (2, B), (3, f"{C} d")], [5]),
        (f"[1] {A} b\n[2] {B}", [(1, f"{A} b"), (2, B)], [3]),
        (f"[1] {A} b", [(1, f"{A} b")], [3]),
        (f"[1] {A}\n[2]\n[3] {C}", [(1, A), (2, ""), (3, C)], [4]),
        (f"[1] {A}\n[2] see page 3\n[3] {C}", [(1, A), (2, "see page 3"), (3, C)], [4]),
        (f"[1] {A}\n[2] www.example.org/b\n[3] {C}", [(1, A), (2, "www.example.org/b"), (3, C)], [4]),
        (f"[1] {A}\n[2] <{B}>\n[3] {C}", [(1, A), (2, f"<{B}>"), (3, C)], [4]),
        (f"[1] {A}\n[2] ftp://a/b\n[3] javascript:b", [(1, A), (2, "ftp://a/b"), (3, "javascript:b")], []),
        (f"[1] {A}\n{B}\n[3] {C}", [(1, A), (None, B), (3, C)], [4]),
        (f"[1] {A}\n[] {B}\n[3] {C}", [(1, A), (None, f"[] {B}"), (3, C)], [4]),
        (f"[1] {A}\n2. {B}\n[3] {C}", [(1, A), (None, f"2. {B}"), (3, C)], [4]),
        (f"[3] {A}\n[1] {B}\n[7] {C}", [(3, A), (1, B), (7, C)], []),
        (f"[1] {A}\n[1] {B}\n[2] {C}", [(1, A), (1, B), (2, C)], [4]),
        (f"[1] {A}\n[2] {B}/long-\npath.html\n[3] {C}", [(1, A), (2, f"{B}/long-\npath.html"), (3, C)], [5]),
        (f"[1] {A}\n-----\n[3] {C}", [(1, A), (None, "-----"), (3, C)], [4]),
        (f"[1] {A}\nReferences:\n[3] {C}", [(1, A), (None, "References:"), (3, C)], [4]),
        (f"[1] {A}-\nword\n[3] {C}", [(1, f"{A}-\nword"), (3, C)], [4]),
        (f"[1] {A}\n[2] {B}\nSome more words.\n[3] {C}", [(1, A), (2, B), (None, "Some more words."), (3, C)], [5]),
        (f"[1] {A}\n  [2] {B}\n[3]{C}", [(1, A), (2, B), (3, C)], []),
        (f"[1] {A}\n\n[2] {B} c\n\n[3] {C}", [(1, A), (2, f"{B} c"), (3, C)], [5]),
        (f"[1] {A}\n\n{B}\n\n[3] {C}", [(1, A), (None, B), (3, C)], [5]),
        (f"[1] page.html\n[2] {B}\n[3] {C}", [(1, "page.html"), (2, B), (3, C)], [3]),
        (f"[1]\n[2] {B}", [(1, ""), (2, B)], [3]),
        (f"[1] <{A}>\n[2] {B}", [(1, f"<{A}>"), (2, B)], [3]),
        (f"[1] see page 3\n[2] {B}", [(1, "see page 3"), (2, B)], [3]),
        (f"[1] example.org\n\n[2] {B}\n\n[3] {C}", [(1, "example.org"), (2, B), (3, C)], [3]),
        (f"{A}\n[2] {B}", [(None, A), (2, B)], [3]),
        (f"(1) {A}\n[2] {B}", [(None, f"(1) {A}"), (2, B)], [3]),
        (f"[1] {A}\n\n(2) {B} c\n\n[3] {C}", [(1, A), (None, f"(2) {B} c"), (3, C)], [5]),
        (f"[1] {A}\n\nSome words.\n\n[2] {B}\n[3] {C}", [(1, A), (None, "Some words."), (2, B), (3, C)], [5]),
        ("[1] page.html", [(1, "page.html")], [3]),
        ("[1] a b\n[2]", [(1, "a b"), (2, "")], [3, 4]),
    ],
)  # fmt: skip
def test_one_odd_entry_of_a_link_list_does_not_cost_the_others(
    lines: str, expected: list[tuple[int | None, str]], warned: list[int]
) -> None:
    assert links(f"Story [1]a . [2]b .\n\n{lines}") == ("Story [1]a . [2]b .", expected, warned)


@pytest.mark.parametrize(
    ("story", "body", "expected", "warned"),
    [
        (f"Story.\n\nLinks:\n[1] {A}\n[2] {B}", "Story.\n\nLinks:", [(1, A), (2, B)], []),
        (f"Story.\n\n[1] A word starts this.\n\n[1] {A}", "Story.\n\n[1] A word starts this.", [(1, A)], []),
        (f"Story.\n\n[1] {A}\n\nMore story.", f"Story.\n\n[1] {A}\n\nMore story.", [], [3]),
        (f"Story.\n\n[1] {A}\nand so on", f"Story.\n\n[1] {A}\nand so on", [], [3]),
        (f"Story.\n\n{A}\n\n[1] {B}", f"Story.\n\n{A}", [(1, B)], []),
        (f"Story.\n\nLinks:\n[1] page\n[2] {B}", "Story.\n\nLinks:", [(1, "page"), (2, B)], [4]),
        (f"Story.\n\nLinks:\n[1] {A}\n{B}\n[3] {C}", "Story.\n\nLinks:", [(1, A), (None, B), (3, C)], [5]),
        (f"Story.\n\n[1] starts this.\n[1] {A}\n[2] {B}", "Story.\n\n[1] starts this.", [(1, A), (2, B)], []),
        ("Story.\n\n[1] is a marker", "Story.\n\n[1] is a marker", [], []),
        ("Story.\n\n[sic]\n[1]", "Story.\n\n[sic]\n[1]", [], []),
    ],
)
def test_where_a_link_list_starts(
    story: str, body: str, expected: list[tuple[int | None, str]], warned: list[int]
) -> None:
    assert links(story) == (body, expected, warned)


@pytest.mark.parametrize(
    ("post", "severity", "line", "said"),
    [
        ("S (Score:2)\n\nby ann\n\nText.", "warning", 13, "can't be read as a by line"),
        ("S (Score:2)\nby ann ( 1 )\n\nText.", "warning", 12, "is right under its subject"),
        ("S (Score:2)\n\nby ann ( 1 )\nText.", "warning", 13, "has no blank line on each side"),
        ("S\n\nby ann ( 1 )\n\nText.", "warning", 13, "looks like the by line of a post"),
        ("S (Score 2)\n\nby ann ( 1 )\n\nText.", "warning", 11, "can't be read as a subject"),
        ("S (Score:two)\n\nby ann ( 1 )\n\nText.", "error", 11, "is no whole number"),
    ],
)
@pytest.mark.parametrize("more", ["", "T (Score:1)\n\nby bob ( 2 )\n\nMore text.\n\nA quote.\n"])
def test_a_list_above_what_is_nearly_a_post_gets_no_warning_too(
    post: str, severity: str, line: int, said: str, more: str
) -> None:
    told = problems(f"{HEAD.rstrip()}\n\n[1] {A}\n\n{post}\n\n{more}")
    assert [one[:2] for one in told if said in one[2]] == [(severity, line)]
    assert not [one for one in told if "link list" in one[2]]


@given(
    st.lists(
        st.sampled_from([f"[1] {A}", f"[2] {B} c", f"[3] {C}", "[4]", "", "words", B, "  [5] x", "[6]y"]), max_size=8
    )
)
@settings(max_examples=200, deadline=None)
def test_no_line_of_a_story_is_lost(lines: list[str]) -> None:
    story = "\n".join(["Story.", "", *lines])
    body, listed, _ = links(story)
    shown = " ".join([body, *(f"[{number}] {url}" if number is not None else url for number, url in listed)])
    assert shown.split() == story.split()


# Several saves in one file.


def test_a_further_save_is_a_thread_of_its_own() -> None:
    one = f"{HEAD}S (Score:2)\n\nby a ( 1 )\n\nOne.\n\nA quote.\n"
    two = (
        one.replace("News: 7", "News: 0008")
        .replace("A Title", "\N{NO-BREAK SPACE} Quote\n\nB Title")
        .replace("One", "Two")
    )
    for between in ("", "\n", "\n\n\n", "\N{ZERO WIDTH NO-BREAK SPACE}"):
        reading = read(one + between + two)
        assert reading.problems == ()
        assert [with_ids(saved.thread) for saved in reading.threads] == [thread_of(read(one)), thread_of(read(two))]


def test_a_mistake_in_a_further_save_has_its_line() -> None:
    good = f"{HEAD}S (Score:2)\n\nby a ( 1 )\n\nOne.\n\n"
    reading = read(good + good.replace("News: 7", "News: 8").replace("Score:2", "Score:two"))
    assert [(problem.severity, problem.line) for problem in reading.problems] == [("error", 23)]
    assert reading.meant == (("slashdot", "7"), ("slashdot", "8"))


@pytest.mark.parametrize(
    ("head", "lines"),
    [
        (HEAD.replace("News: 7", "News 8"), [15]),
        (HEAD.replace("News: 7", "news: 8"), [15]),
        (HEAD.replace("News: 7", "End of it. News: 8"), [15]),
        (HEAD.replace("News: 7", "  News: 8"), [15]),
        (HEAD.replace("News: 7\n\n", ""), [17]),
        (HEAD.replace("A Title", "A Title\n\nand more"), [15]),
        (HEAD.replace("News: 7", "News: 8").replace(" @01:02PM", ""), [15]),
        (HEAD.replace("News: 7", "News: 8").replace("(Friday", "Friday"), [15]),
        ("News: 8\n\nA Title\n\nStory.\n", [15]),
        ("A quote.\n\nNews: 8\n", [17]),
        ("\N{ZERO WIDTH NO-BREAK SPACE}News: 8\n", [15]),
        ('+++\nid = "8"\ntitle = "A Title"\n+++\nStory.\n', [15]),
        ('A quote.\n+++ \n\ntitle = "A Title"\nid = "8"\n+++\nStory.\n', [16]),
        ("+++\nOK\n+++", []),
        ("News: 8 is how it starts.", []),
        ("Write to me @example.org (really (no) from the heart)", []),
    ],
)
def test_what_only_looks_like_a_further_save_is_told(head: str, lines: list[int]) -> None:
    reading = read(f"{HEAD}S (Score:2)\n\nby a ( 1 )\n\nOne.\n\n{head}")
    assert len(reading.threads) == 1
    assert [(problem.severity, problem.line) for problem in reading.problems] == [("warning", line) for line in lines]


@given(st.lists(threads(), min_size=1, max_size=3), st.data())
@settings(max_examples=40, deadline=None)
def test_several_saves_in_one_file_read_and_redact_as_each_alone(saves: list[Thread], data: st.DataObject) -> None:
    saves = [msgspec.structs.replace(thread, id=f"{number}{thread.id}") for number, thread in enumerate(saves)]
    reading = read("\n\n".join(map(saved, saves)))
    assert [with_ids(one.thread) for one in reading.threads] == saves
    gone = [data.draw(st.sets(st.integers(STORY, len(thread.posts) - 1))) for thread in saves]
    values, copy = redacted_parts(reading, gone)
    assert [without_ids(one.thread) for one in read(copy).threads] == list(map(without_ids, values))


STARTS = [" (Score:2)\n\nby ", "a", "(", " (", " ( 1 )", "\n", "\n\n", "\n\n", "Anonymous Coward", " "]


@given(st.lists(st.sampled_from(STARTS), max_size=12).map("".join))
@settings(max_examples=200, deadline=None)
def test_the_fast_way_to_a_start_is_the_same(text: str) -> None:
    at = text.find(" (Score:")
    while at >= 0:
        if fast := slashdot_starts._SUBJECT_END_FAST.match(text, at):
            whole = slashdot_starts._SUBJECT_END.match(text, at)
            assert whole
            assert (whole[1], whole[3], whole[4], whole.end()) == (fast[1], fast[2], fast[3], fast.end())
            assert whole.start(2) == at + len(f" (Score:{fast[1]}\n\n")
        at = text.find(" (Score:", at + 1)


@pytest.mark.parametrize(
    "piece",
    [
        " (Score:",
        "a (Score:2)\n\n",
        "\n\na (Score:2)\n\nby b",
        "a (Score:2)\n\nby a ( 1 )\n\n",
        "\n[1] https://example.org/\n",
        "( ",
        "(a (b) from the ",
        "by (" + " " * 50,
        " \n",
        "\t",
        "\N{NO-BREAK SPACE}a\n",
        "a (Score:2)\nby x\n",
        "\n\nby a ( 1 )",
        "by\n",
        "by\n\n",
        "[1] https://example.org/ a\n",
        "[1] https://example.org/\n\na\n",
        "[1] a\n",
        "(Friday May 01, 2020 @01:02PM (a) from the b dept.)\n",
        "News: 7\n\nT\n\n(Friday May 01, 2020 @01:02PM (a))\n\n",
        "News: 7\n",
        "News: " + "7" * 50,
        "+++\n\n",
        "+++\nid=\n",
        "@",
    ],
)
def test_time_is_linear(piece: str) -> None:
    """Each takes a fraction of a second; anything quadratic would take minutes."""
    begin = time.process_time()
    for head in ("News: 7\n\n", "News: 7\n\nT\n\n(" + piece.replace("\n", ""), HEAD, HEAD + "a (Score:2)\n\nby "):
        text = head + piece * (100_000 // len(piece))
        reading = read(text)
        assert reading.threads or reading.problems
        if len(reading.threads) == 1:
            assert isinstance(rewritten(text, {STORY, 0} if thread_of(reading).posts else {STORY}), str)
    assert time.process_time() - begin < 5


def test_a_list_with_odd_lines_between_its_entries_takes_linear_time() -> None:
    begin = time.process_time()
    lines = "\n\n".join(f"[{number}] https://example.org/\n\nodd" for number in range(10_000))
    reading = read(f"{HEAD}{lines}\n\n[20000] https://example.org/\n\nS (Score:2)\n\nby a ( 1 )\n\nText.\n")
    assert len(thread_of(reading).links) == 20_001
    assert time.process_time() - begin < 5
