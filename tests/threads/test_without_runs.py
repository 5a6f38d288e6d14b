"""Runs are taken out of texts: a sentence, or all of a quote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.threads.runs import Runs, own_texts
from generator.threads.without_runs import without_runs

SECRET = "The harbour master keeps two sets of books in a basket."
OTHER = "And a third set in the lighthouse, I am told."
RUNS = Runs(own_texts([(0, f"{SECRET}\n\n{OTHER}")], []))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (SECRET, "[removed]"),
        (f"> {SECRET}", "> [removed]"),
        (f"> {SECRET} Really?", "> [removed]"),
        (f">{SECRET}\n>\n> Mine.\n\nWell.", ">[removed]\n\nWell."),
        (f">> {SECRET}\n> I see.", ">> [removed]\n> I see."),
        (f"> > {SECRET}\n> I see.\n> > No.", "> > [removed]\n> I see.\n> > No."),
        ("> The harbour master keeps two\nsets of books in a basket. Who?", "> [removed]\n[removed] Who?"),
        ("> The harbour\n> master keeps two sets\n> of books in a basket.", "> [removed]"),
        ("  > The harbour master keeps two sets of books", "  > [removed]"),
        (f"{SECRET} -- are you sure?", "[removed] -- are you sure?"),
        (f"As you put it: {SECRET} Well, well.", "[removed] Well, well."),
        (f"You wrote:\n{SECRET} Well.", "You wrote:\n[removed] Well."),
        (f"Hm. {SECRET} {OTHER} So what?", "Hm. [removed] So what?"),
        (f"{SECRET}\n\n{OTHER}\n\nNo.", "[removed]\n\n[removed]\n\nNo."),
        ("One. You say \u201ckeeps two sets of books in a basket\u201d. Two.", "One. [removed] Two."),
        ("'The harbour master keeps two sets of books.' Prove it!", "[removed] Prove it!"),
        ("*The harbour master KEEPS two sets; of books*", "[removed]"),
        ("The harbour master\nkeeps two sets of books\nin a basket. Yes?", "[removed] Yes?"),
        ("| The harbour master keeps\n| two sets of books in a basket. Mine.", "[removed] Mine."),
        ("- Mine\n- the harbour master keeps two sets of books\n- that", "- Mine\n[removed]\n- that"),
        ("Yes! the harbour master keeps two sets of books", "Yes! [removed]"),
        ("Books are books.", "Books are books."),
        ("> keeps two sets of books", "> keeps two sets of books"),
    ],
)  # fmt: skip
def test_the_sentence_goes_or_the_whole_quote(text: str, left: str) -> None:
    assert without_runs(text, RUNS) == left
    assert without_runs(left, RUNS) == left


@pytest.mark.parametrize(
    "text",
    [
        "The [harbour master](https://example.org/a/b/c) keeps *two* sets of books.",
        "The &quot;harbour&quot; master keeps two sets of books",
        "The harbour<!-- x -->\n\n```\nmaster keeps two\n```\nsets of books in a basket",
        "[The harbour master][1] keeps two sets of books\n\n[1]: https://example.org/",
    ],
)
def test_what_markdown_hides_between_words_is_no_matter(text: str) -> None:
    assert "keeps two" not in without_runs(text, RUNS, "markdown")


WORDS = ["harbour", "books", "two", "sets", "master", "keeps", "the", "of", "in", "a", "basket", "told", ">"]
words = st.sampled_from([*WORDS, "\n", "\n\n", "."])
texts = st.lists(words, max_size=60).map(" ".join)


@given(texts, texts)
def test_no_run_is_left_and_what_repeats_nothing_stays(removed: str, text: str) -> None:
    runs = Runs(own_texts([(0, removed)], []))
    left = without_runs(text, runs)
    assert not runs.holds(left)
    assert without_runs(left, runs) == left
    assert left == text or runs.holds(text)
    assert without_runs(text, Runs(["quite another thing that nobody here has ever said"])) == text
