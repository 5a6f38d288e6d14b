"""The files of the output as `serve` finds them: which file a path leads to."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.commands.serve.output_files import base_path, find, kind, read
from tests.small import write


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("preview")
    write(
        folder, {"secret.txt": "secret", "output/index.html": "index", "output/a/index.html": "a", "output/é.txt": "é"}
    )
    return folder / "output"


def test_paths_stand_for_files(output: Path) -> None:
    for path, name in (
        ("/", "index.html"),
        ("/a/", "a/index.html"),
        ("/a/index.html", "a/index.html"),
        ("/é.txt", "é.txt"),
    ):
        assert find(output, path) == output / name
    for path in ("/a", "/b", "/a/b/", "/index.html/", "//", "/../secret.txt", "/.", "/..", ""):
        assert find(output, path) in (None, output / "index.html" if path == "" else None)


@given(
    st.lists(
        st.sampled_from(["..", ".", "", "a", "secret.txt", "index.html", "\\", "%2e%2e", "\0", "~", "é"]), max_size=6
    )
)
@example(["", "..", "secret.txt"])
@example(["a", "..", "..", "secret.txt"])
def test_no_path_leads_out(output: Path, parts: list[str]) -> None:
    found = find(output, "/" + "/".join(parts))
    assert found is None or found.is_relative_to(output)


def test_a_path_of_the_host_is_as_good_as_none(output: Path) -> None:
    assert base_path("https://example.org/repo/") == "/repo/"
    assert base_path("https://example.org/") == base_path("") == "/"
    assert read(output, "/repo/a/", "/repo/") == read(output, "/a/") == ("index.html", b"a")
    assert read(output, "/repo/a/") is None
    assert read(output, "/a/a/", "/a/") == ("index.html", b"a")
    assert read(output, "/a/", "/a/") == ("index.html", b"a")  # what is there comes first


def test_kinds() -> None:
    assert kind("x.html") == "text/html; charset=utf-8"
    assert kind("x.CSS") == "text/css; charset=utf-8"
    assert kind("SHA256SUMS") == kind("save.md") == kind(".html.txt") == "text/plain; charset=utf-8"
