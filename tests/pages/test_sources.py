"""Tests of what pages say where an archive has several sources, or a thread saves of several kinds."""

from pathlib import Path

import pytest

from tests import toys
from tests.small import Said, news, note, output_of


def other(name: str, *scores: int | None, source: str = "forum") -> str:
    """Write a Markdown save, with a post for each score."""
    said = (f" score={score}" if score is not None else "" for score in scores)
    posts = "".join(f"## bob {{id=p{number}{each}}}\nText.\n\n" for number, each in enumerate(said))
    return f'+++\nid = "{name}"\ntitle = "On {name}"\nsource = "{source}"\n+++\nA story.\n\n{posts}'


BOTH = {"content/101.txt": news("101", Said("Hello"), title="Rain"), "content/x.md": other("x", 4812, 12, -57)}


def pages(folder: Path, files: dict[str, str]) -> dict[str, str]:
    return {url: raw.decode() for url, raw in output_of(folder, files).items() if url.endswith(".html")}


def test_with_one_source_nothing_names_it(tmp_path: Path) -> None:
    found = pages(tmp_path, {"content/101.txt": BOTH["content/101.txt"]})
    assert "authors/slashdot/index.html" not in found
    assert "slashdot" not in found["index.html"].replace("threads/slashdot/", "")
    assert "data-steps" not in found["threads/slashdot/101.html"]


def test_with_several_the_lists_say_it_and_authors_can_be_filtered(tmp_path: Path) -> None:
    found = pages(tmp_path, BOTH)
    assert " · <bdi>forum</bdi>" in found["index.html"]
    assert "<bdi>forum</bdi>" in found["threads/forum/x.html"]
    assert 'href="../authors/forum/index.html"' in found["authors/index.html"]
    own = found["authors/forum/index.html"]
    assert "<h1>Authors on forum</h1>" in own
    assert ("authors/forum/bob.html" in own, "authors/slashdot/ann" in own) == (True, False)
    assert 'href="../../authors/forum/index.html" aria-current="page"' in own


def test_scores_without_limits_are_weighed_by_their_class(tmp_path: Path) -> None:
    thread = pages(tmp_path, BOTH)["threads/forum/x.html"]
    assert 'data-steps="-57 0 20"' in thread
    for css, score in (("s5", 4812), ("s3", 12), ("s-1", -57)):
        assert f'<span class="s {css}"><span class="vh">score </span>{score}</span>' in thread


def test_one_high_score_changes_how_its_source_is_shown_and_incremental_equals_clean(tmp_path: Path) -> None:
    low = {"content/a.md": other("a", 5, 3), "content/101.txt": BOTH["content/101.txt"]}
    output_of(tmp_path / "site", low)
    grown = output_of(tmp_path / "site", BOTH)
    assert grown == output_of(tmp_path / "clean", low | BOTH)
    assert b'class="s s2"><span class="vh">score </span>5<' in grown["threads/forum/a.html"]


def test_the_highest_scored_are_those_of_each_source(tmp_path: Path) -> None:
    files = {f"content/{n}.md": other(f"t{n}", 1000 + n) for n in range(10)}
    files |= {"content/101.txt": news("101", Said("Hello", score="5"), title="Rain")}
    best = pages(tmp_path, files)["index.html"].partition("Highest scored")[2].partition("</ol>")[0]
    assert [each.partition("<")[0] for each in best.split("score </span>")[1:]] == ["1,009", "1,008", "1,007", "5"]


def test_the_page_says_what_came_from_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toys.install(monkeypatch, tmp_path / "log")
    files = {
        "content/101.txt": news("101", Said("Hello"), Said("Well", "Re:", "Bob", "8"), title="Rain"),
        "content/101.many": toys.many([("101", [("1", "Ann", None, "One"), ("2", "Bob", "1", "Two")])], "slashdot"),
    }
    thread = pages(tmp_path / "site", files)["threads/slashdot/101.html"]
    assert "Its saves are of several kinds: who answers whom is from toy-many, the order of the posts" in thread
    assert "several kinds" not in pages(tmp_path / "one", {"content/n.md": note("n")})["threads/notes/n.html"]
