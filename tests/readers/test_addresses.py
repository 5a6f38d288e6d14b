"""No address of mail gets through, and what is none stays."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.readers.addresses import mask, mask_html, name_of

ADDRESSES = {
    "ann@example.org": "ann@...",
    "<ann@example.org>,": "<ann@...>,",
    "mailto:ann.b+kites@lists.example.org?subject=x": "mailto:ann.b+kites@...?subject=x",
    "ann at example.org": "ann@...",
    "ann AT example DOT org": "ann@...",
    "ann [at] example [dot] org": "ann@...",
    "ann (at) example.org": "ann@...",
    "ann_at_example.org": "ann@...",
    "ann%40example.org": "ann%40...",
    "Email: me at example.org": "Email: me@...",
    "<look at example.org>": "<look@...>",
    "a@b@example.org": "a@b@...",
    "jürgen@exämple.org": "jürgen@...",
    '"ann b"@example.org': '"ann b"@...',
    "root@192.168.0.1": "root@...",
    "root@[192.168.0.1]": "root@...",
    "Message-ID: <20150101.GA1@host.example.org>": "Message-ID: <20150101.GA1@...>",
    "ann@example.org:8080": "ann@...:8080",
}
OTHERS = (
    "@decorator def f():", "https://example.org/@ann.b/1", "look at example.org", "It is at www.example.org.",
    "read ann at example.org/kites", "git@example.org:kites/tail.git", "git at example.org:kites/tail.git", "x@slot",
    "object@meta.data$x", "icon@2x.png", "kite@1.2.3", "kite@v1.0.tar.gz", "at 5.30 pm",
    "ann.domain.name.hidden", "ann_at_[hidden]", "a @ b", "", "@", "@example.org",
)  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), ADDRESSES.items())
def test_an_address_loses_its_host(text: str, shown: str) -> None:
    assert mask(text) == shown
    assert mask(f"Write to {text} or\n{text}") == f"Write to {shown} or\n{shown}"


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_address_stays(text: str) -> None:
    assert mask(text) == text


locals_ = st.from_regex(r"[A-Za-z0-9_+=-]([A-Za-z0-9._+=-]{0,10}[A-Za-z0-9_+=-])?", fullmatch=True)
hosts = st.from_regex(r"[a-z][a-z0-9-]{0,8}(\.[a-z][a-z0-9-]{0,8}){0,2}\.(org|com|info|museum)", fullmatch=True)
around = st.text(alphabet=st.sampled_from(" \n\t.,;:<>()[]\"'/?abé日"), max_size=8)


@given(st.lists(st.tuples(around, locals_, hosts), max_size=4), around)
def test_no_host_of_an_address_is_left(pieces: list[tuple[str, str, str]], end: str) -> None:
    text = "".join([f"{before}\n{local}@{host}" for before, local, host in pieces]) + "\n" + end
    shown = mask(text)
    assert not re.search(r"[\w.+-]@[\w-]+(\.[\w-]+)*\.(org|com|info|museum)\b", shown)
    assert mask(shown) == shown


@given(st.text(alphabet=st.sampled_from("a.@ %40[]()<>atdotATDOT_-:/$&#;x1é\n"), max_size=60))
def test_masking_twice_changes_nothing(text: str) -> None:
    assert mask(mask(text)) == mask(text)


def test_html_hides_addresses_in_entities_and_links() -> None:
    html = (
        '<a class=x href="mailto:ann@example.org">&#97;nn&#x40;example&#46;org</a> <i>bob&commat;example.org</i> &lt;'
    )
    assert mask_html(html) == "<a class=x>ann@...</a> <i>bob@...</i> &lt;"


@pytest.mark.parametrize(
    ("text", "name"),
    [("ann@example.org", "ann"), ("Ann  B", "Ann B"), ("Ann ann@example.org", "Ann ann@..."), ("", ""), ("@", "@")],
)
def test_who_is_named_by_an_address_has_the_name_in_it(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    "piece",
    ["a@", "a@b.", "a@b-", " at ", "a at b.", "a [at] ", "a at b dot ", '"a"@', "a%40b.", "(@)", "word ", "a@1.1.1."],
)
def test_time_is_linear(piece: str) -> None:
    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        start = time.process_time()
        mask(text)
        return time.process_time() - start

    assert min(seconds(200_000) for _ in range(2)) < 8 * min(seconds(50_000) for _ in range(3)) + 0.05
