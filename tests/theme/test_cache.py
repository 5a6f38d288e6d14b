"""Compiled templates in a folder: taken from it, shared by no two environments, no harm where it can't be used."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from generator.theme.cache import BytecodeFolder


class Counting(jinja2.Environment):
    """An environment that counts what it compiles."""

    def __init__(self, folder: Path, name: str = "one", text: str = "{{ 1 + 1 }}") -> None:
        loader = jinja2.DictLoader({"a.html": text})
        super().__init__(loader=loader, bytecode_cache=BytecodeFolder(str(folder), name))
        self.compiled = 0

    def render(self) -> str:
        return self.get_template("a.html").render()

    def compile(self, *args: object, **kwargs: object) -> object:  # type: ignore[override]
        self.compiled += 1
        return super().compile(*args, **kwargs)  # type: ignore[call-overload]


def test_what_one_build_compiled_the_next_one_takes(tmp_path: Path) -> None:
    first, second = Counting(tmp_path / "a" / "b"), Counting(tmp_path / "a" / "b")
    assert (first.render(), second.render()) == ("2", "2")
    assert (first.compiled, second.compiled) == (1, 0)


def test_environments_share_no_files(tmp_path: Path) -> None:
    first, second = Counting(tmp_path, "one"), Counting(tmp_path, "two")
    assert (first.render(), second.render()) == ("2", "2")
    assert (first.compiled, second.compiled) == (1, 1)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_template_that_changed_is_compiled_again(tmp_path: Path) -> None:
    assert (Counting(tmp_path).render(), Counting(tmp_path, text="{{ 1 + 2 }}").render()) == ("2", "3")


def test_a_folder_that_cannot_be_made_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert Counting(tmp_path / "file").render() == "2"
    assert Counting(tmp_path / "file" / "below").render() == "2"


@pytest.mark.parametrize("keep", [0, 1, 10, 20, 60])
def test_a_file_that_was_cut_is_not_used(tmp_path: Path, keep: int) -> None:
    Counting(tmp_path).render()
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:keep])
    again = Counting(tmp_path)
    assert again.render() == "2"
    assert again.compiled == 1
    assert Counting(tmp_path).render() == "2"


def test_a_file_of_something_else_is_not_used(tmp_path: Path) -> None:
    Counting(tmp_path).render()
    (file,) = tmp_path.iterdir()
    file.write_bytes(bytes(len(file.read_bytes())))
    assert Counting(tmp_path).render() == "2"
