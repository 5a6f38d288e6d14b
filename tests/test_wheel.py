"""The wheel by itself: installed where the checkout can't be seen, it builds a site with its own theme."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

from generator.commands.new.program import program_files
from tests.installing import borrowing_venv, python_in, run

REPO = Path(__file__).parents[1]
SAVE = """+++
id = "1"
title = "A thread for the wheel"
+++
The story.

## ann {}
A post.
"""


def contents(wheel: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_builds_a_site_by_itself(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, REPO, cwd=tmp_path)
    (wheel,) = tmp_path.glob("threadpress-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    themes = {path.name for path in (REPO / "themes").iterdir()}
    pages = {path.name for path in (REPO / "docs").glob("*.md")}
    wanted = {
        "generator/commands/serve/livereload.js",
        *(f"generator/themes/{theme}/theme.toml" for theme in themes),
        *(f"generator/docs/{page}" for page in pages),
    }
    assert wanted <= set(names)
    assert not [name for name in names if not name.startswith(("generator/", "threadpress-"))]
    assert not [name for name in names if name.endswith(".png")], "pictures of the docs would be most of it"
    assert [name for name in names if name.endswith("licenses/LICENSE")]

    home = tmp_path / "venv"
    scripts = borrowing_venv(home)
    python = python_in(scripts)
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)

    assert "The Slashdot text save" in run(scripts / "threadpress", "help", "formats", cwd=tmp_path)

    fresh = tmp_path / "fresh"
    run(scripts / "threadpress", "new", fresh, cwd=tmp_path)
    run(scripts / "threadpress", "build", "--strict", cwd=fresh)
    assert (fresh / "output/threads/slashdot/1.html").is_file()
    # What it puts beside a site is this wheel again, and what the checkout would put there; only the description in the
    # checkout's metadata is as old as its installation.
    (carried,) = (path for path in program_files() if path.endswith(".whl"))
    files = contents((fresh / carried).read_bytes())
    assert files.keys() == set(names)
    about = {name for name in names if ".dist-info/" in name}
    assert {name: files[name] for name in files.keys() - about} == {
        name: content for name, content in contents(program_files()[carried]).items() if name not in about
    }

    site = tmp_path / "site"
    (site / "content").mkdir(parents=True)
    (site / "content/one.md").write_text(SAVE, encoding="utf-8")
    package = run(python, "-c", "import generator; print(generator.__file__)", cwd=site).strip()
    assert Path(package).is_relative_to(home)
    run(scripts / "threadpress", "build", cwd=site)
    run(scripts / "threadpress", "check", cwd=site)
    page = (site / "output/threads/notes/1.html").read_text(encoding="utf-8")
    assert "A thread for the wheel" in page
    (style,) = (site / "output/assets").glob("style.*.css")
    assert style.name in page

    for theme in sorted(themes):
        (site / "threadpress.toml").write_text(f'theme = "{theme}"\n', encoding="utf-8")
        run(scripts / "threadpress", "build", cwd=site)
        run(scripts / "threadpress", "check", cwd=site)
        (new,) = (site / "output/assets").glob("style.*.css")
        assert (new.name == style.name) == (theme == "default")
