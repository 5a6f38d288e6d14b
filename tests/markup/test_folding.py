"""What is folded of a mail, and that nothing of it is lost."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.markup import mail_html
from generator.markup.folding import FULL, LONG
from generator.markup.plain import plain_html_fast

QUOTE = "\n".join(f"> line {number}" for number in range(LONG))


def folds(body: str) -> list[str]:
    """Give the names of what is folded."""
    return re.findall("<summary>(.*?)</summary>", mail_html(body, None))


@pytest.mark.parametrize(
    ("body", "folded"),
    [
        ("Text.\n\n-- \nAnn", ["Signature"]),
        ("Text.\n\n--\nAnn\nKite Club", ["Signature"]),
        ("Text.\n\n-- \n" + "line\n" * 50, []),
        ("Text.\n\n-- \n", []),
        ("-- \nAnn", []),
        ("One\n--option\ntwo", []),
        (f"Yes.\n\nBob wrote:\n{QUOTE}", [f"{LONG} quoted lines"]),
        (f"Bob wrote:\n{QUOTE}\n\nYes.", [f"{LONG} quoted lines"]),
        ("Yes.\n\n" + "> a\n" * FULL, [f"{FULL} quoted lines"]),
        ("Yes.\n\n" + "> a\n" * (FULL - 1), []),
        ("Bob wrote:\n" + "> a\n" * FULL + "\nYes.", []),
        ("Yes.\n\n" + "> a\n" * FULL + "\n" + "_" * 47 + "\nkites mailing list", [f"{FULL} quoted lines"]),
        ("Yes.\n-- \nAnn\n\nBob wrote:\n" + "> a\n" * FULL, ["Signature", f"{FULL} quoted lines"]),
        ("Yes.\n\n" + "> a\n" * FULL + "\n-- \nAnn", [f"{FULL} quoted lines", "Signature"]),
        ("Yes.\n\n-----Original Message-----\nFrom: Bob\n\nText.", ["The message that this answers"]),
        ("-----Original Message-----\nFrom: Bob\n\nText.", []),
        ("> a\n" * FULL, []),
    ],
)  # fmt: skip
def test_what_is_folded(body: str, folded: list[str]) -> None:
    assert folds(body) == folded


@given(
    st.text(alphabet=st.sampled_from("> -_a\n"), max_size=200)
    | st.lists(
        st.sampled_from(["> q", ">> r", "-- ", "--", "text", "", "_" * 40, "-----Original Message-----", ">"]),
        max_size=60,
    ).map("\n".join)
)
def test_nothing_is_lost_and_short_ones_are_as_before(body: str) -> None:
    made = mail_html(body, None)
    seen = html.unescape(re.sub(r"<summary>.*?</summary>|<[^>]*>", "", made))
    before = html.unescape(re.sub("<[^>]*>", "", plain_html_fast(body, None)))
    assert "".join(seen.split()) == "".join(before.split())
    assert made.count("<details>") == made.count("</details>")
    if "<details>" not in made:
        assert made == plain_html_fast(body, None)
