"""Pages of Hypermail archives, of several of its versions."""

from __future__ import annotations

import collections
import hashlib
import html
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.readers import Reading, read_save, reader_of
from generator.threads.join import join_parts
from tests.golden import SAVES

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "hypermail-html"
CASES = [next(case.glob("save.*")).read_bytes() for case in SAVES.cases() if case.parent.name == "hypermail"]


def page(
    number: int, name: str, subject: str, *, link: str = "", reply: str = "", body: str = "Text.", more: str = ""
) -> str:
    """Write a page as Hypermail 2.3 does."""
    shown = html.escape(subject)
    return (
        f"<!DOCTYPE html>\n<html><head><title>{shown}</title></head><body>\n"
        f'<!-- sent="Tue, 20 Jan 1998 10:14:24 -0800" -->\n<!-- name="{name}" -->\n<!-- subject="{shown}" -->\n'
        f'<!-- id="{number}@example.org" -->\n{reply}{more}'
        f'<a href="date.html#msg{number}">by date</a>\n<!-- body="start" -->\n{body}\n<!-- body="end" -->\n'
        f"<ul>{link}</ul></body></html>"
    )


def link(words: str, number: int, name: str, subject: str) -> str:
    return f'<li><dfn>{words}</dfn>: <a href="{number:04d}.html" title="x">{name}: "{html.escape(subject)}"</a></li>\n'


def read(text: str) -> Reading:
    reading = read_save(text.encode(), "list/0001.html")
    assert reading.reader == "hypermail"
    return reading


def made(number: int) -> str:
    return hashlib.sha256(f"{number}@example.org".encode()).hexdigest()[:12]


def test_what_a_page_states() -> None:
    reply = '<!-- inreplyto="1@example.org" -->\n'
    (saved,) = read(page(2, "Ann", "Re: Kites", link=link("In reply to", 1, "Bob", "Kites"), reply=reply)).threads
    missing, post = saved.thread.posts
    assert (post.id, post.stated, post.guessed) == (made(2), made(1), None)
    assert (missing.id, missing.missing, missing.author.name, missing.subject) == (made(1), True, "Bob", "Kites")
    assert saved.partial


def test_what_a_page_guesses_is_resolved_by_the_page_that_it_links_to() -> None:
    """Archives start counting anew with each month, so another page with the number is no matter."""
    guess = link("Maybe in reply to", 1, "Bob", 'Kites & "strings"')
    pages = {
        "list/1/0001.html": page(1, "Bob", 'Kites & "strings"'),
        "list/1/0002.html": page(2, "Ann", 'Re: Kites & "strings"', link=guess, reply='<!-- inreplyto="Kites" -->\n'),
        "list/2/0001.html": page(1, "Dee", "Wind").replace("1@example.org", "11@example.org"),
    }
    joined = join_parts({path: read_save(text.encode(), path) for path, text in pages.items()})
    bob, ann, dee = joined.parts
    assert bob.thread.key == ann.thread.key == ("list", made(1))
    assert ann.thread.posts[0].guessed == made(1)
    assert ann.thread.posts[0].stated is None
    assert dee.thread.id == made(11)
    assert (bob.alone, ann.alone) == (made(1), made(2))


def test_pages_that_guess_the_same_are_one_thread_without_it() -> None:
    guess = link("Maybe in reply to", 1, "Bob", "Kites")
    pages = {f"list/{n}.html": page(n, f"Ann {n}", "Re: Kites", link=guess) for n in (2, 3)}
    joined = join_parts({path: read_save(text.encode(), path) for path, text in pages.items()})
    assert {part.thread.id for part in joined.parts} == {min(made(2), made(3))}
    assert all(part.thread.posts[0].guessed == "" for part in joined.parts)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ('<li> <b>In reply to:</b> <a href="0001.html">Bob: "Kites"</a>', "stated"),
        ('<li><strong>In reply to:</strong> <a href="0001.php">Bob: "Kites"</a>', "stated"),
        ("<li><dfn>In reply to</dfn>: <a href=0001.html title=x>Bob: &quot;Kites&quot;</a>", "stated"),
        ('<LI> <B>Maybe in reply to:</B> <A HREF="0001.html">Bob: "Kites"</A>', "guessed"),
        (
            '<li><strong>Maybe in reply to:</strong> <a href="https://example.org/01/0001.php">Bob: "Kites"</a>',
            "guessed",
        ),
        ('<li> <b>Next message:</b> <a href="0001.html">Bob: "Kites"</a>', ""),
    ],
)
def test_links_of_several_versions(written: str, found: str) -> None:
    pages = {"l/1.html": page(1, "Bob", "Kites"), "l/2.html": page(2, "Ann", "Re: Kites", link=written)}
    _, part = join_parts({path: read_save(text.encode(), path) for path, text in pages.items()}).parts
    post = part.thread.posts[-1]
    assert (post.stated or post.guessed or "") == (made(1) if found else "")
    assert not found or getattr(post, found) == made(1)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("One\n<br />\nTwo\n<br />\n<br />Three", "One\nTwo\n\nThree"),
        ("<p>\nOne\n<br>\n<p>Two\n<br>\n&nbsp;&nbsp;three", "One\n\nTwo\n  three"),
        ("<pre>\nOne\n  two\n\n<i>&gt; three</i>\n</pre>", "One\n  two\n\n> three"),
        ('<em class="quotelev1">&gt; a\n</em><br />\n<em class="quotelev2">&gt; &gt; b\n</em><br />', "> a\n> > b"),
        (
            '<a href="http://example.org/?a=1&amp;b=2">http://example.org/?a=1&amp;b=2</a>',
            "http://example.org/?a=1&b=2",
        ),
        ('see <a href="mailto:ann@example.org">ann@example.org</a>', "see ann@..."),
        ("1 &lt; 2 &amp; <strong>*bold*</strong>", "1 < 2 & *bold*"),
    ],
)
def test_pages_of_plain_text_become_plain_text_again(body: str, text: str) -> None:
    (saved,) = read(page(1, "Ann", "Kites", body=body)).threads
    assert (saved.thread.posts[0].body, saved.thread.posts[0].markup) == (text, "plain")


def test_html_stays_html() -> None:
    (saved,) = read(page(1, "Ann", "Kites", body="<table><tr><td>ann@example.org</table>")).threads
    assert (saved.thread.posts[0].body, saved.thread.posts[0].markup) == ("<table><tr><td>ann@...</table>", "html")


def test_lists_of_an_archive_are_passed_over() -> None:
    start = '<html><head><meta name="generator" content="hypermail 2.2.0">'
    reading = read(f"{start}<title>by thread</title></head><ul><li>Kites</ul></html>")
    assert not reading.threads
    assert not reading.failed
    (problem,) = reading.problems
    assert "holds no message" in problem.message
    stripped = read(f"{start}<meta name=Subject content=Kites></head><span id=from>Ann</span></html>")
    assert stripped.failed


@given(st.sampled_from(CASES), st.data())
def test_no_bytes_make_it_fail(raw: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(0, 5))):
        at = data.draw(st.integers(0, len(raw)))
        end = min(len(raw), at + data.draw(st.integers(0, 40)))
        raw = (
            raw[:at]
            + data.draw(st.one_of(st.binary(max_size=8), st.sampled_from([b'" -->', b"<a href=", b">"])))
            + raw[end:]
        )
    if reader_of(raw) is not None:
        reading = read_save(raw, "list/0001.html")
        assert reading.threads or reading.problems


@pytest.mark.parametrize(
    "piece",
    [
        "<a href=x>",
        '<!-- name="',
        "<li><b>In reply to:</b> <a ",
        "<em>",
        "<!--",
        "<",
        "<br>\n",
        "&",
        "<li>a/b attachment: ",
    ],
)
def test_time_is_linear(piece: str) -> None:
    def seconds(size: int, where: str) -> float:
        filling = piece * (size // len(piece))
        text = page(1, "Ann", "Kites", **{where: filling})
        start = time.process_time()
        read_save(text.encode(), "list/0001.html")
        return time.process_time() - start

    for where in ("body", "link", "more"):
        assert min(seconds(160_000, where) for _ in range(2)) < 8 * min(seconds(40_000, where) for _ in range(2)) + 0.2


@pytest.mark.skipif(not SAMPLES.exists(), reason="needs ../shared/samples")
def test_a_real_archive() -> None:
    files = sorted(SAMPLES.glob("*.html"))
    raws = {f"everything/{file.name}": file.read_bytes() for file in files}
    joined = join_parts({path: read_save(raw, path) for path, raw in raws.items()})
    posts = {part.path.rpartition("/")[2]: part.thread.posts[-1] for part in joined.parts}
    ids = {}
    for file in files:
        name = re.search(r'<!-- id="(.*?)" -->', file.read_text("latin-1"))
        assert name
        ids[file.name] = hashlib.sha256(name[1].encode()).hexdigest()[:12]
    told: collections.Counter[str] = collections.Counter()
    for file in files:
        found = re.search(r'<dfn>(In|Maybe in) reply to</dfn>: <a href="(.*?)"', file.read_text("latin-1"))
        post = posts[file.name]
        assert post.id == ids[file.name]
        if found:
            told[found[1]] += 1
            assert (post.stated if found[1] == "In" else post.guessed) == ids[found[2]]
    assert told == {"In": 141, "Maybe in": 101}
    assert len(posts) == 300
