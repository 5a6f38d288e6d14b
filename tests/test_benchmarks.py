"""The benchmarks run and say what they should; how fast anything is, no test asks."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.corpus import make_corpus, make_thread
from benchmarks.hugo import add_line
from benchmarks.measure import Command, Run, measure, peak
from benchmarks.ours import ROOT, Site, add, change, forget, make_site
from benchmarks.pelican import END, article
from benchmarks.ratios import ratios
from benchmarks.rebuilds import measure_growth
from benchmarks.rows import Measured, Size
from benchmarks.run import choose, table
from benchmarks.trash import Trash
from benchmarks.writing import write_merely
from generator.model import Author, Post, Thread
from generator.readers import read_save

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")

OURS = {
    "cold": "cold, pages only",
    "nothing": "nothing changed",
    "changed": "one thread changed",
    "added": "one thread added",
    "restored": "restored (all times new), one thread changed",
    "theme": "another theme",
    "everything": "cold, everything",
    "one-job": "cold, pages only, one job",
    "writing": "merely writing",
}


def run(module: str, *arguments: str) -> str:
    command = [sys.executable, "-P", "-m", f"benchmarks.{module}", *arguments]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cells(output: str) -> list[list[str]]:
    """The rows of a Markdown table, without its head."""
    lines = [line for line in output.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def tree(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_whole_sitting(tmp_path: Path) -> None:
    """Five threads, one run, no rivals: a row of each kind, and nothing left of what was set aside."""
    sitting, report = tmp_path / "sitting", tmp_path / "report.json"
    options = ["--threads", "5", "--runs", "1", "--hugo", "", "--pelican", ""]
    output = run("run", *options, "--folder", str(sitting), "--json", str(report))
    rows = cells(output)
    assert [row[1] for row in rows] == list(OURS.values())
    assert all(row[0] == "5" and len(row) == 9 and row[8] == "" for row in rows)
    files = {row[1]: row[5] for row in rows}
    assert files["cold, pages only"] == files["nothing changed"] == files["merely writing"]
    assert int(files["one thread added"]) > int(files["one thread changed"])
    assert int(files["cold, everything"]) > int(files["cold, pages only"])
    assert re.search(r"^- 5 threads: cold, pages only: all jobs / one job: [0-9.]+$", output, re.M)
    assert not (sitting / "trash").exists()
    found = json.loads(report.read_bytes())["sizes"][0]
    assert {row["key"]: row["name"] for row in found["rows"]} == OURS
    assert all(len(row["runs"]) == 1 and row["runs"][0]["wall"] > 0 for row in found["rows"])
    assert all((row["memory"] is None) == (row["key"] == "writing") for row in found["rows"])


def test_some_rows_only(tmp_path: Path) -> None:
    """Rows that need an earlier build make one that is not measured."""
    options = ["--threads", "2", "--runs", "1", "--hugo", "", "--pelican", "", "--folder", str(tmp_path)]
    rows = cells(run("run", *options, "--only", "writing,nothing"))
    assert [row[1] for row in rows] == ["nothing changed", "merely writing"]
    with pytest.raises(SystemExit, match="there is no row colder"):
        choose([], "colder")


def test_long_threads() -> None:
    rows = cells(run("long", "--posts", "40", "--runs", "1"))
    assert [row[0] for row in rows] == ["pages only", "everything"]
    for _, long, short, ratio in rows:
        assert float(ratio) == pytest.approx(int(long) / int(short), rel=0.01)


def test_starting() -> None:
    rows = cells(run("start", "--runs", "1"))
    assert len(rows) == 4
    assert rows[0] == ["`python -c pass`", rows[0][1], "0"]
    assert all(float(wall) > 0 for _, wall, _ in rows)


def test_serving(tmp_path: Path) -> None:
    output = run("serve", "--threads", "3", "--runs", "2", "--hugo", "", "--folder", str(tmp_path))
    ((threads, name, median, worst, runs),) = cells(output)
    assert (threads, name, runs) == ("3", "threadpress serve", "2")
    assert 0 <= int(median) <= int(worst)
    assert re.search(
        rf"^from saving to serving, worst: {worst} ms \(at most 150 at 1,000: (kept|missed)\)$", output, re.M
    )


def test_a_failing_command_is_an_error(tmp_path: Path) -> None:
    command = Command((sys.executable, "-c", "import sys; sys.exit('no luck')"), tmp_path)
    with pytest.raises(RuntimeError, match="no luck"):
        measure(command)
    with pytest.raises(RuntimeError, match="no luck"):
        peak(command)


def test_measuring_counts_all_processes(tmp_path: Path) -> None:
    """A child's time and memory are its parent's; waiting takes wall time alone."""
    work = "import time; block = bytearray(b'x') * 30_000_000; end = time.process_time() + 0.2\n"
    work += "while time.process_time() < end: pass\ntime.sleep(0.1)"
    child = Command(
        (sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"), tmp_path
    )
    found = measure(child)
    assert found.cpu >= 0.2
    assert found.wall >= 0.3
    assert peak(child) >= 30_000_000


def test_what_is_set_aside_is_deleted_at_the_end(tmp_path: Path) -> None:
    trash, output = Trash(tmp_path / "trash", spare=0), tmp_path / "output"
    trash.take(output)  # there is none yet
    for text in ("first", "second"):
        output.mkdir()
        (output / "page").write_text(text)
        trash.take(output)
        assert not output.exists()
    assert sorted(tree(trash.folder).values()) == [b"first", b"second"]
    trash.empty()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_empties_the_trash(tmp_path: Path) -> None:
    trash = Trash(tmp_path / "trash", spare=1e18, rest=0)
    (tmp_path / "file").write_text("some text")
    trash.take(tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


def test_merely_writing_writes_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b/c", "b/d/e", "b/d/f"):
        file = tmp_path / "source" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name * 100)
    (tmp_path / "source" / "empty").touch()
    found = write_merely(tmp_path / "source", tmp_path / "target")
    assert tree(tmp_path / "target") == tree(tmp_path / "source")
    assert found.wall > 0


def test_sites_change_as_their_rows_say(tmp_path: Path) -> None:
    make_corpus(tmp_path / "txt", 3)
    site = Site(tmp_path / "site", Trash(tmp_path / "trash"), jobs=1)
    make_site(site.folder, tmp_path / "txt", "")
    (site.folder / ".threadpress").mkdir()
    site.output.mkdir()
    (site.output / "SHA256SUMS").touch()  # no build is asked for
    before = tree(site.folder / "content")
    change(site)
    after = tree(site.folder / "content")
    assert [len(after[name]) for name in before] == [len(text) for text in before.values()]
    assert sum(after[name] != text for name, text in before.items()) == 1
    add(site)
    add(site)
    added = set(tree(site.folder / "content")) - set(before)
    assert added == {"added-0.txt", "added-1.txt"}
    ids = {read_save((site.folder / "content" / name).read_bytes(), name).threads[0].thread.id for name in added}
    assert len(ids) == 2
    forget(site)
    assert set(tree(site.folder)) == {"threadpress.toml", *(f"content/{name}" for name in before)}


def test_the_corpus_is_the_same_everywhere(tmp_path: Path) -> None:
    posts = make_corpus(tmp_path, 2)
    texts = tree(tmp_path)
    threads = [read_save(text, name).threads[0].thread for name, text in sorted(texts.items())]
    assert [len(thread.posts) for thread in threads] == [52, 209]
    assert posts == 261
    assert hashlib.sha256(b"".join(texts[name] for name in sorted(texts))).hexdigest()[:16] == "78032d0afe65f38c"


def test_a_thread_as_long_as_one_likes() -> None:
    name, text, posts = make_thread(0, 1, 50, 70)
    reading = read_save(text.encode(), name)
    assert reading.problems == ()
    assert len(reading.threads[0].thread.posts) == posts == 70


def test_an_article_for_pelican() -> None:
    posts = [
        Post("a", "One & all", Author("slashdot", "pg; jl"), 2, None, "Less < more.\n\nNext."),
        Post("b", "Re:", Author("slashdot", "msmash"), 1, None, "Yes."),
        Post("c", "Re:", Author("slashdot", "msmash"), 1, None, "No."),
    ]
    thread = Thread("slashdot", "17", 'A "title"', "Story.", tuple(posts), posted="2020-01-02T03:04:00")
    page = article(thread)
    assert '<meta name="authors" content="pg, jl; msmash;">' in page
    assert '<meta name="slug" content="17">' in page
    assert '<meta name="date" content="2020-01-02T03:04:00">' in page
    assert "<title>A &quot;title&quot;</title>" in page
    assert "<p>Less &lt; more.</p>\n<p>Next.</p>" in page
    assert page.count("<article ") == 3
    assert page.endswith(END)


def test_a_rival_s_thread_in_the_middle_changes(tmp_path: Path) -> None:
    for name in ("_index", "a", "b", "c"):
        (tmp_path / f"{name}.md").write_text("text END")
    add_line(tmp_path, "*.md", " more", " END")
    assert {name: text for name, text in tree(tmp_path).items() if text != b"text END"} == {"b.md": b"text more END"}


def size(threads: int, **walls: float) -> Size:
    rows = (
        Measured(key.replace("_", "-"), key, "hugo", (Run(wall, 1), Run(wall, 3)), 600_000_000, 1, 1)
        for key, wall in walls.items()
    )
    return Size(threads, threads * 100, tuple(rows))


def test_ratios_stand_beside_their_bounds() -> None:
    found = ratios([size(1_000, cold=6, one_job=8, hugo=8), size(10_000, cold=66, hugo=60, hugo_changed=50, added=1)])
    assert list(map(str, found)) == [
        "- 1,000 threads: cold, pages only / Hugo, cold: 0.75 (at most 0.9: kept)",
        "- 1,000 threads: cold, pages only: all jobs / one job: 0.75 (at most 0.6: BROKEN)",
        "- 1,000 threads: memory, MB, of the build that needs most: 600",
        "- 10,000 threads: cold, pages only / Hugo, cold: 1.1 (at most 0.7: BROKEN)",
        "- 10,000 threads: one thread added / Hugo, one thread changed: 0.02 (at most 0.04: kept)",
        "- 10,000 threads: memory, MB, of the build that needs most: 600 (at most 500: BROKEN)",
        "- 10,000 threads: cold, pages only: time per post / that at 1,000 threads: 1.1 (at most 1.1: kept)",
    ]


def test_the_table_holds_medians_and_what_they_are_of_hugo_s() -> None:
    assert list(table(size(1_000, cold=4, hugo=8))) == [
        "| 1,000 | cold | 4.00 | 2.00 | 600 | 1 | 0 | 25,000 | 0.500 |",
        "| 1,000 | hugo | 8.00 | 2.00 | 600 | 1 | 0 | 12,500 | 1.000 |",
    ]


def test_the_growth_of_the_builder_is_what_it_has_at_the_end_by_what_it_had_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    growth = measure_growth(tmp_path, 3)
    sizes = [float(size) for size in re.findall(r"^\| \d+ \| ([0-9.]+) \|$", capsys.readouterr().out, re.M)]
    assert len(sizes) == 3
    assert growth == pytest.approx(sizes[-1] / sizes[0], rel=0.01)


def test_kinds_of_saves() -> None:
    output = run("kinds", "--threads", "3", "--messages", "30", "--runs", "1")
    rows = cells(output)
    assert [row[0] for row in rows] == ["text saves of Slashdot", "pages of Hacker News", "a mailbox"]
    assert rows[0][1] == rows[1][1]
    assert rows[2][1] == "30"
    assert all(float(row[2]) < float(row[3]) for row in rows)
