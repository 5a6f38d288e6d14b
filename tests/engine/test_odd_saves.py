"""Whole sites of saves that are odd: what is published of them, and what the build says."""

from __future__ import annotations

import codecs
from pathlib import Path

from tests.small import Said, built, data_of, news, output_of, shown, tree, write

TWO = news("1", Said("One secret.", name="ann", uid="1"), story="Story one.") + news(
    "2", Said("Two.", name="bob", uid="2"), Said("A secret of ann.", name="ann", uid="1"), story="Story two."
)


def test_two_saves_in_one_file_are_two_threads_that_share_it(tmp_path: Path) -> None:
    output = output_of(tmp_path, {"content/both.txt": TWO, "content/both.toml": '["2"]\ntitle = "Another"\n'})
    one, two = (data_of(output, f"threads/slashdot/{number}.json") for number in "12")
    assert (one["body"], two["body"], two["title"]) == ("Story one.", "Story two.", "Another")
    assert shown(one["posts"], "body") == [("One secret.",)]
    assert shown(two["posts"], "body") == [("Two.",), ("A secret of ann.",)]
    assert one["saves"] == two["saves"]
    assert output["saves/both.txt"] == TWO.encode()


def test_a_redaction_reaches_every_save_in_a_file(tmp_path: Path) -> None:
    settings = 'redact = ["slashdot/1"]\n'
    output = output_of(tmp_path, {"content/both.txt": TWO, "threadpress.toml": settings})
    assert output["saves/both.txt"].decode() == TWO.replace("by ann ( 1 )", "by [removed]").replace(
        "One secret.", "[removed]"
    ).replace("A secret of ann.", "[removed]")
    again = output_of(tmp_path / "again", {"content/both.txt": output["saves/both.txt"]})
    for number in "12":
        url = f"threads/slashdot/{number}.json"
        first, second = data_of(output, url), data_of(again, url)
        assert shown(first["posts"], "subject", "body", "author") == shown(second["posts"], "subject", "body", "author")


def test_a_utf_16_save_is_published_as_it_is_or_redacted_as_utf_8(tmp_path: Path) -> None:
    raw = codecs.BOM_UTF16_LE + news("1", Said("Été", name="ann", uid="1")).replace("\n", "\r\n").encode("utf-16-le")
    output = output_of(tmp_path / "a", {"content/1.txt": raw})
    assert output["saves/1.txt"] == raw
    assert shown(data_of(output, "threads/slashdot/1.json")["posts"], "body") == [("Été",)]
    output = output_of(tmp_path / "b", {"content/1.txt": raw, "threadpress.toml": 'redact = ["slashdot/1"]\n'})
    assert output["saves/1.txt"].decode() == news("1", Said("[removed]", name="[removed]", uid=None))


def test_an_odd_entry_of_a_link_list_is_shown_as_text(tmp_path: Path) -> None:
    links = (
        "[1] https://example.org/a\n[2] https://example.org/b c.pdf\nhttps://example.org/d\n[3] https://example.org/e"
    )
    story = f"Story [1]here . And [2]there . And [3]more .\n\n{links}"
    output = output_of(tmp_path, {"content/1.txt": news("1", Said("One."), story=story)})
    page = output["threads/slashdot/1.html"].decode()
    assert ">here</a>" in page
    assert "[2]there" in page
    assert ">more</a>" in page
    assert '<li value="2">https://example.org/b c.pdf</li>' in page
    assert '<li class="unnumbered"><a' in page
    assert data_of(output, "threads/slashdot/1.json")["links"] == [
        {"n": 1, "url": "https://example.org/a"},
        {"n": 2, "url": "https://example.org/b c.pdf"},
        {"n": None, "url": "https://example.org/d"},
        {"n": 3, "url": "https://example.org/e"},
    ]


def test_a_build_says_how_many_files_it_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"content/1.txt": news("1"), "content/#1.txt#": "draft", "content/README": "words"})
    note = "passed over 1 file in content/ that other programs left there"
    assert note in built(tmp_path).notes
    assert note in built(tmp_path).notes  # also where there is nothing to do
    write(tmp_path, {"content/__MACOSX/a": "", "content/Thumbs.db": ""})
    assert "passed over 3 files in content/ that other programs left there" in built(tmp_path).notes
    assert not any("#" in path for path in tree(tmp_path / "output"))
