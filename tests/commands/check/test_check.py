"""`check` on small sites written by hand: each test breaks one thing of a site that is all right."""

from __future__ import annotations

import hashlib
import html
import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.commands.check.check import check_output
from generator.commands.check.leaks import leaks
from generator.commands.check.links import Destination, follow
from generator.commands.check.page import link_lines, read_page
from generator.errors import Problem
from generator.threads import Redactions, Runs
from generator.threads.runs import own_texts
from tests.golden import SITES
from tests.small import built, tree

PAGE = """<!doctype html>
<html lang="en"><head><title>A page</title><link rel="stylesheet" href="{root}assets/style.0a.css">{head}</head>
<body>
{body}
</body></html>
"""


def page(body: str = "", root: str = "", head: str = "") -> str:
    return PAGE.format(root=root, head=head, body=body)


def thread_data(*posts: tuple[str, str | None]) -> str:
    return json.dumps({"posts": [{"id": post, "parent": parent, "body": "Said"} for post, parent in posts]}, indent=1)


def site_files(**changes: str | None) -> dict[str, str]:
    """The files of a site that is all right, with some changed, added or (None) left out."""
    files: dict[str, str | None] = {
        "404.html": page('<a href="/index.html">Home</a>', "/"),
        "assets/style.0a.css": "body { color: #000 }\n",
        "authors/notes/ann.html": page('<a href="../../threads/notes/1.html#c7">said</a>', "../../"),
        "index.html": page('<a href="threads/notes/1.html">One</a> <a href="https://example.org/">elsewhere</a>'),
        "saves/1.md": "+++\nid = '1'\n+++\n",
        "threads/notes/1.html": page('<article id="c7"></article>\n<a href="1/2.html#c8">on</a>', "../../"),
        "threads/notes/1.json": thread_data(("7", None), ("8", "7")),
        "threads/notes/1/2.html": page('<article id="c8"><a href="../1.html#c7">to</a></article>', "../../../"),
    }
    files.update(changes)
    return {path: text for path, text in files.items() if text is not None}


def write(folder: Path, files: dict[str, str], *, unlisted: tuple[str, ...] = ()) -> Path:
    """Write a site with its sums; `unlisted` files are written, but not listed."""
    output = folder / "output"
    sums = []
    for path, text in sorted(files.items()):
        target = output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
        if path not in unlisted:
            sums.append(f"{hashlib.sha256(text.encode()).hexdigest()}  {path}\n")
    (output / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    return output


def check(folder: Path, **changes: str | None) -> list[str]:
    return [str(problem) for problem in check_output(write(folder, site_files(**changes))).problems]


def test_a_good_site_has_no_problems_and_is_counted(tmp_path: Path) -> None:
    report = check_output(write(tmp_path, site_files()))
    assert report.problems == ()
    assert report.files == 9  # the list of sums is one of them
    assert report.links == 10  # five style sheets, five links; the one elsewhere is not looked at


@pytest.mark.parametrize("case", SITES.cases(), ids=lambda case: case.name)
def test_every_page_of_a_site_is_reached_by_links_from_its_index(tmp_path: Path, case: Path) -> None:
    shutil.copytree(case, tmp_path / "site")
    built(tmp_path / "site")
    pages = {path: text.decode() for path, text in tree(tmp_path / "site/output").items() if path.endswith(".html")}
    reached, ahead = {"index.html", "404.html"}, ["index.html"]
    while ahead:
        path = ahead.pop()
        goals = {
            goal.path
            for link in read_page(pages[path]).links
            if isinstance(goal := follow(link, path, ""), Destination)
        }
        ahead += goals & pages.keys() - reached
        reached |= goals
    assert sorted(pages.keys() - reached) == []


def test_a_folder_that_is_not_there_is_one_clear_problem(tmp_path: Path) -> None:
    report = check_output(tmp_path / "output")
    assert report.problems == (Problem("output", 0, "it is not there", "run `threadpress build` first"),)
    (tmp_path / "output").mkdir()
    assert [problem.path for problem in check_output(tmp_path / "output").problems] == ["output/SHA256SUMS"]


def test_what_is_there_but_cannot_be_read_is_not_said_to_be_missing(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.write_text("mine")
    (problem,) = check_output(output).problems
    assert str(problem).startswith("output: it can't be read (Not a directory); ")
    output.unlink()
    output.symlink_to("/nowhere/x")
    (problem,) = check_output(output).problems
    assert problem.hint.startswith("this is a link to /nowhere/x, which is not there: ")
    output.unlink()
    output.symlink_to(output)
    (problem,) = check_output(output).problems
    assert str(problem).startswith("output: it can't be read (Too many levels of symbolic links); ")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<a href="gone.html">x</a>', "output/index.html:4: links to gone.html, and there is no such file; "),
        ('\n\n<img src="gone.png" alt="">', "output/index.html:6: links to gone.png, and there is no such file; "),
        ('<script src="gone.js"></script>', "output/index.html:4: links to gone.js, and there is no such file; "),
        ('<form action="search.html"></form>', "output/index.html:4: links to search.html, and there is no such"),
        ('<a href="Threads/notes/1.html">x</a>', "there is threads/notes/1.html: upper and lower case must match"),
        ('<a href="threads/notes/1.html#c9">x</a>', "threads/notes/1.html has no id 'c9'; "),
        ('<a href="#here">x</a>', "index.html has no id 'here'; "),
        ('<a href="../index.html">x</a>', "output/index.html:4: links to ../index.html, which leaves the site; "),
        ('<a href="/index.html">x</a>', "output/index.html:4: links to /index.html, from the root of the host; "),
        ('<a href="threads/">x</a>', "output/index.html:4: links to threads/, which names a folder; "),
        ('<a href="threads/..">x</a>', "output/index.html:4: links to threads/.., which names a folder; "),
        ('<a href="javascript:void(0)">x</a>', "output/index.html:4: links to javascript:void(0); link to http, "),
        ('<a href=" data:text/html,x">x</a>', "output/index.html:4: links to data:text/html,x; link to http, "),
        ('<a href="//example.org/a.html">x</a>', "links to //example.org/a.html; link to http, https and mailto"),
        ('<img src="https://example.org/a.png" alt="">', "loads https://example.org/a.png from another place; "),
        ('<script src="//example.org/a.js"></script>', "loads //example.org/a.js from another place; "),
        ('<p id="a"><b id="a">', 'output/index.html:4: the id "a" again, first on line 4; '),
        ('<p id="a">\n<b id="a">', 'output/index.html:5: the id "a" again, first on line 4; '),
        ('<p id="">', "output/index.html:4: an empty id; "),
        ('<p style="color: red">', "output/index.html:4: <p> has an inline style; "),
        ("<style>p { color: red }</style>", "output/index.html:4: an inline <style>; "),
        ("\n<script>go()</script>", "output/index.html:5: an inline <script>; "),
        ('<p onclick="go()">', "output/index.html:4: <p> has an inline onclick handler; "),
    ],
)
def test_what_a_visitor_would_trip_over(tmp_path: Path, body: str, expected: str) -> None:
    (problem,) = check(tmp_path, **{"index.html": page(body)})
    assert expected in problem


def test_a_file_that_every_page_misses_is_named_ten_times_and_then_counted(tmp_path: Path) -> None:
    pages = {f"p{number:02}.html": page('\n<a href="gone.html">x</a>') for number in range(30)}
    problems = check(tmp_path, **pages)
    assert [problem.split(":")[:2] for problem in problems[1:]] == [[f"output/p{at}.html", "5"] for at in range(20, 30)]
    assert problems[0].startswith("output/gone.html: there is no such file, and 20 more links lead to it; ")


@pytest.mark.parametrize(
    "body",
    [
        '<a href="">x</a> <a href="#">x</a> <a href="#top">x</a> <a href="?q=a">x</a>',
        '<a href="./threads/../threads/notes/1.html?a=b#c7">x</a>',
        '<a href="%74hreads/notes/1.html#%637">x</a>',
        '<a href="HTTPS://example.org">x</a> <a href="mailto:ann@example.org">x</a>',
        '<p id="ein-über"></p><a href="#ein-%C3%BCber">x</a> <a href="#ein-über">x</a>',
        "<p>&lt;a href=&quot;gone.html&quot;&gt; <!-- <a href='gone.html'> --> a > b</p>",
        '<script type="application/ld+json">{"a": "<a href=gone.html>"}</script>',
    ],
)
def test_what_is_all_right(tmp_path: Path, body: str) -> None:
    assert check(tmp_path, **{"index.html": page(body)}) == []


def test_files_that_are_not_ours_can_be_linked_to_and_are_not_read(tmp_path: Path) -> None:
    files = site_files(
        **{"notes.html": "<p style='x'><a href='gone'>", "index.html": page('<a href="notes.html#b">x</a>')}
    )
    assert check_output(write(tmp_path, files, unlisted=("notes.html",))).problems == ()


def test_saves_are_not_pages(tmp_path: Path) -> None:
    assert check(tmp_path, **{"saves/old.html": "<p style='x'><a href='gone'>", "saves/old.json": "{"}) == []


def test_the_404_page_is_served_at_any_depth(tmp_path: Path) -> None:
    (problem,) = check(tmp_path, **{"404.html": page('<a href="index.html">Home</a>', "/")})
    assert problem.startswith("output/404.html:4: links to index.html, which does not start with /; ")


def with_address(address: str, base: str) -> dict[str, str]:
    """A site built for an address."""
    head = f'<link rel="canonical" href="{address}index.html">'
    return site_files(
        **{"index.html": page(head=head), "404.html": page(f'<a href="{base}threads/notes/1.html#c7">One</a>', base)}
    )


def test_a_site_under_a_path_says_so_itself(tmp_path: Path) -> None:
    output = write(tmp_path, with_address("https://example.org/repo/", "/repo/"))
    assert check_output(output).problems == ()
    assert check_output(output, site_url="https://example.org/repo/").problems == ()
    (problem,) = check_output(output, site_url="https://example.net/").problems
    assert problem.severity == "warning"
    assert "was built for https://example.org/repo/" in problem.message


def test_a_404_page_for_another_path_is_wrong(tmp_path: Path) -> None:
    output = write(tmp_path, with_address("https://example.org/repo/", "/"))
    assert {problem.message for problem in check_output(output).problems} == {
        "links to /assets/style.0a.css, which does not start with /repo/",
        "links to /threads/notes/1.html#c7, which does not start with /repo/",
    }


def test_feeds_and_site_maps_lead_to_what_is_there(tmp_path: Path) -> None:
    files = with_address("https://example.org/repo/", "/repo/")
    files["sitemap.xml"] = (
        '<?xml version="1.0" encoding="utf-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        "<url><loc>https://example.org/repo/index.html</loc></url>\n"
        "<url><loc>https://example.org/repo/gone.html</loc></url>\n<url><loc>https://example.org/x.html</loc></url>\n</urlset>"
    )
    files["feed.xml"] = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="https://example.org/repo/feed.xml"/>\n'
        '<entry><link href="https://example.org/repo/threads/notes/1.html#c1"/>\n'
        '<link rel="related" href="https://example.net/"/></entry></feed>'
    )
    files["feed.json"] = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "feed_url": "https://example.org/repo/feed.json",
            "items": [{"url": "https://example.org/repo/1.html", "external_url": "https://example.net/"}],
        },
        indent=1,
    )
    problems = [str(problem).split(";")[0] for problem in check_output(write(tmp_path, files)).problems]
    assert problems == [
        "output/feed.json:6: links to https://example.org/repo/1.html, and there is no such file",
        "output/feed.xml:2: links to https://example.org/repo/threads/notes/1.html#c1,"
        " and threads/notes/1.html has no id 'c1'",
        "output/sitemap.xml:4: links to https://example.org/repo/gone.html, and there is no such file",
        "output/sitemap.xml:5: https://example.org/x.html does not start with https://example.org/repo/",
    ]


def test_broken_documents_name_the_line(tmp_path: Path) -> None:
    problems = check(tmp_path, **{"feed.xml": "<feed>\n<entry></feed>", "data.json": '{"a": 1,\n}'})
    assert [problem.split(";")[0] for problem in problems] == [
        "output/data.json:2: this is not JSON: Expecting property name enclosed in double quotes",
        "output/feed.xml:2: this is not XML: mismatched tag",
    ]


def test_style_sheets_load_what_is_there(tmp_path: Path) -> None:
    css = (
        "/* url(a.png) */\np { background: url('gone.svg') }\n@import \"style.0a.css\";\nq { src: url(../index.html) }"
    )
    (problem,) = check(tmp_path, **{"assets/style.0a.css": css})
    assert problem.startswith("output/assets/style.0a.css:2: links to gone.svg, and there is no such file; ")


def test_the_list_of_a_threads_posts_leads_to_each_of_them(tmp_path: Path) -> None:
    one, two = "../../../threads/notes/1.html", "../../../threads/notes/1/2.html"

    def faults(text: str) -> list[str]:
        return [problem.split(";")[0] for problem in check(tmp_path, **{"threads/notes/1/posts.js": text})]

    def posts(**pages: str) -> str:
        return f"threadpressPosts({json.dumps(pages, indent=1)});\n"

    assert faults(posts(**{one: "7", two: "8"})) == []
    assert faults(posts(**{one: "8 7", two: "8 9"})) == [
        f"output/threads/notes/1/posts.js:2: links to {one}#c8, and threads/notes/1.html has no id 'c8'",
        f"output/threads/notes/1/posts.js:3: links to {two}#c9, and threads/notes/1/2.html has no id 'c9'",
    ]
    assert faults(posts(**{"3.html": "8"})) == [
        "output/threads/notes/1/posts.js:2: links to 3.html#c8, and there is no such file"
    ]
    (fault,) = faults(posts(**{one: "7"})[:-5] + ");\n")
    assert fault.startswith("output/threads/notes/1/posts.js: this is no list of posts: ")
    assert faults("threadpressPosts(list);\n")
    assert faults("console.log(location.hash);\n") == []


def test_data_agree_with_the_pages(tmp_path: Path) -> None:
    changed = thread_data(("7", None), ("9", "7"), ("8", "6"), ("10", None))
    assert [problem.split(";")[0] for problem in check(tmp_path, **{"threads/notes/1.json": changed})] == [
        "output/threads/notes/1.json:9: post 9 (and 1 more) stands on no page of the thread",
        "output/threads/notes/1.json:15: post 6 is a parent, but no post, of it",
    ]
    (problem,) = check(tmp_path, **{"threads/notes/1.json": '{"posts": [{"id": 7}]}'})
    assert "output/threads/notes/1.json: this is not the data of a thread: " in problem


def test_sums_are_sorted_and_true(tmp_path: Path) -> None:
    output = write(tmp_path, site_files())
    sums = (output / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums[1], sums[2] = sums[2], sums[1]
    (output / "SHA256SUMS").write_text("\n".join([*sums, "0" * 64 + "  zz.txt", "some words"]) + "\n", encoding="utf-8")
    (output / "saves/1.md").write_text("changed", encoding="utf-8")
    assert [str(problem).split(";")[0] for problem in check_output(output).problems] == [
        "output/SHA256SUMS:3: assets/style.0a.css stands after authors/notes/ann.html: the list is not sorted",
        "output/SHA256SUMS:9: zz.txt is listed, but not there",
        "output/SHA256SUMS:10: this is no line of sha256sum",
        "output/saves/1.md: its bytes are not those that SHA256SUMS lists",
    ]


def test_a_site_without_an_index_is_no_site(tmp_path: Path) -> None:
    assert "output/SHA256SUMS: index.html is not listed; run `threadpress build` again" in check(
        tmp_path, **{"index.html": None}
    )


def test_names_that_sha256sum_escapes(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such names")
    output = write(tmp_path, site_files())
    (output / "saves/a\\b").write_bytes(b"")
    lines = (output / "SHA256SUMS").read_text(encoding="utf-8").splitlines(keepends=True)
    lines.insert(5, f"\\{hashlib.sha256(b'').hexdigest()}  saves/a\\\\b\n")
    (output / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    assert check_output(output).problems == ()


def test_a_page_that_is_not_utf8(tmp_path: Path) -> None:
    output = write(tmp_path, site_files())
    (output / "index.html").write_bytes(b"<p>\n\xff")
    messages = [str(problem) for problem in check_output(output).problems]
    assert any(message.startswith("output/index.html:2: this is not UTF-8; ") for message in messages)


REMOVED = 'Nobody who "reads" <this> & that,\nsaid  Zoë & Jörg.'


def removing(*texts: str) -> Redactions:
    return Redactions(runs=Runs(own_texts([(0, text) for text in texts], [])))


@pytest.mark.parametrize(
    "text",
    [
        REMOVED,
        REMOVED.upper().replace("&", " \u2014 "),
        "<p>nobody who &quot;reads&quot; &lt;this&gt; &amp; that,<br>said Zo&#235; &amp; Jörg.</p>",
        "<p>Nobody who <em>&#34;reads&#34;</em> &lt;this&gt; &amp; that,</p><p>said Zoë &#38; Jörg.</p>",
        "<blockquote>Nobody who &quot;reads&quot; &lt;this&gt; &amp; that,</blockquote>&gt; said Zoë &amp; Jörg.",
        json.dumps(REMOVED),
        json.dumps(REMOVED, ensure_ascii=False),
        json.dumps("<p>Nobody who &quot;reads&quot; &lt;this&gt; &amp; that,</p>\n<p>said Zoë &amp; Jörg."),
        json.dumps(REMOVED).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
        "&lt;p&gt;Nobody who &amp;quot;reads&amp;quot; &amp;lt;this&amp;gt; &amp;amp; that,&lt;/p&gt;"
        " said Zoë &amp;#38; Jörg.",
    ],
)
@pytest.mark.parametrize("path", ["feed.xml", "assets/search.0a.js", "foreign.txt"])
def test_removed_texts_are_found_in_any_dress(tmp_path: Path, path: str, text: str) -> None:
    before = "<a>\n" if path.endswith("xml") else "one\n "
    files = site_files(**{path: f"{before}{text}"})
    output = write(tmp_path, files, unlisted=("foreign.txt",))
    problems = check_output(output, redactions=removing(REMOVED, "not there at all")).problems
    told = [problem for problem in problems if "was to be removed" in problem.message]
    assert {problem.path for problem in told} == {f"output/{path}"}
    assert text != REMOVED or 2 in {problem.line for problem in told}
    assert "Nobody" not in str(told)  # the report may be read by others


@pytest.mark.parametrize("path", ["saves/2.md", "threads/x/1.json", "other.html"])
def test_removed_texts_are_found_wherever_they_are(tmp_path: Path, path: str) -> None:
    text = {"json": json.dumps([REMOVED]), "html": f"<p>{html.escape(REMOVED)}</p>"}.get(path.split(".")[1], REMOVED)
    output = write(tmp_path, site_files(**{path: text}))
    problems = check_output(output, redactions=removing(REMOVED)).problems
    assert f"output/{path}" in {problem.path for problem in problems if "was to be removed" in problem.message}


@pytest.mark.parametrize("text", ["Nobody who reads", "that, said Zoë & Jörg", "nobody who reads it or that, said Zoë"])
def test_fewer_than_eight_words_in_a_row_are_nobodys(tmp_path: Path, text: str) -> None:
    output = write(tmp_path, site_files(**{"saves/2.md": text}))
    assert check_output(output, redactions=removing(REMOVED)).problems == ()


def test_names_of_files_count_if_they_are_not_ours(tmp_path: Path) -> None:
    path = "nobody-who-reads-this-that-said-zoë-jörg.txt"
    for unlisted in ((path,), ()):
        output = write(tmp_path / str(len(unlisted)), site_files(**{path: "x"}), unlisted=unlisted)
        problems = check_output(output, redactions=removing(REMOVED)).problems
        assert len(problems) == len(unlisted)
        assert all("its name holds" in problem.message for problem in problems)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@example("á+%aBø^")
@example("\\name")
def test_any_removed_text_is_found_as_saved_and_as_data(text: str) -> None:
    said = f"we all know what was said about {text} and the harbour and its old master"
    runs = Runs(own_texts([(0, said)], []))
    found = [
        list(leaks(path, data.encode(), runs))
        for path, data in (("a.md", f"a\n {said} "), ("a.json", json.dumps(["", said])))
    ]
    assert all(found)


@given(
    st.lists(st.sampled_from(["<a href='", "<!--", "-->", "'>", "<script>", "</script>", "&", "x ", "<", "<p id=a>"]))
)
def test_no_text_is_too_odd_for_the_parser(parts: list[str]) -> None:
    page = read_page("".join(parts))
    assert len(link_lines("".join(parts), page.links)) == len(page.links)
