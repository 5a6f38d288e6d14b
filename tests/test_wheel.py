"""The wheel by itself: installed where the checkout can't be seen, it builds a site with its own theme."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

REPO = Path(__file__).parents[1]
SAVE = """+++
id = "1"
title = "A thread for the wheel"
+++
The story.

## ann {}
A post.
"""


def run(*command: str | os.PathLike[str], cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


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

    # The packages it needs are borrowed from here, so that nothing is asked of the network; the checkout is not: what
    # makes it importable here (an editable install's .pth file) counts only in the folder it stands in.
    home = tmp_path / "venv"
    venv.create(home, symlinks=os.name != "nt")
    scripts, own = (
        Path(sysconfig.get_path(name, "venv", vars={"base": os.fspath(home), "platbase": os.fspath(home)}))
        for name in ("scripts", "purelib")
    )
    (own / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    python = scripts / Path(sys.executable).name
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=tmp_path)

    assert "The Slashdot text save" in run(scripts / "threadpress", "help", "formats", cwd=tmp_path)

    fresh = tmp_path / "fresh"
    run(scripts / "threadpress", "new", fresh, cwd=tmp_path)
    run(scripts / "threadpress", "build", "--strict", cwd=fresh)
    assert (fresh / "output/threads/slashdot/1.html").is_file()

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
