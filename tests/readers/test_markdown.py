"""The Markdown reader: single rules, then properties. Whole saves are under tests/saves/."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from generator.model import REMOVED, Author, Post, Thread
from generator.readers import markdown
from generator.readers.findings import Findings
from generator.readers.ids import post_id
from generator.readers.markdown.front_matter import Front, iso_time, read_front_matter
from generator.readers.markdown.markdown import sniff
from generator.readers.reading import Reading
from tests.rewriting import STORY, redacted, rewritten, thread_of

HEAD = '+++\nid = "7"\ntitle = "A Title"\n+++\n'


def read(text: str) -> Reading:
    return markdown.read(text.encode(), "save.md")


def only(text: str) -> Thread:
    """Read a save that must be fine."""
    reading = read(text)
    assert reading.problems == ()
    return thread_of(reading)


def complaints(text: str) -> list[tuple[str, int, str, str]]:
    return [(found.severity, found.line, found.message, found.hint) for found in read(text).problems]


def test_a_save_is_known_by_its_first_line() -> None:
    assert sniff(b"\n \n+++ \nid")
    assert sniff(b"\xef\xbb\xbf\r\n+++\rid")
    assert not sniff(b"++++\n")
    assert not sniff(b" +++\n")


def test_the_source_is_notes_unless_the_save_names_one() -> None:
    assert only(HEAD).key == ("notes", "7")
    assert only(HEAD.replace("id =", 'source = "mail"\nid =')).key == ("mail", "7")


def front(lines: str) -> Front | None:
    return read_front_matter(f'+++\nid = "7"\ntitle = "A Title"\n{lines}\n+++\n', Findings("", ""))


def test_front_matter() -> None:
    assert front('author = "pen"') == Front("7", "A Title", author=Author("notes", "pen"))
    assert front('[author]\nname = "pen"\nuid = "a.1"') == Front("7", "A Title", author=Author("notes", "pen", "a.1"))
    assert front('author.name = "pen"') == Front("7", "A Title", author=Author("notes", "pen"))
    assert front('tags = ["b", " a ", "b"]\ndepartment = ""') == Front("7", "A Title", tags=("b", "a"))
    assert front("posted = 2007-04-05 10:00:00z # noon") == Front(
        "7", "A Title", posted="2007-04-05T10:00:00Z", posted_raw="2007-04-05 10:00:00z"
    )


def test_a_key_that_is_set_twice_is_named_with_both_lines() -> None:
    (problem,) = read('\n+++\nid = "7"\ntitle = "A Title"\n\n"id" = "8"\n+++\nStory.\n').problems
    assert (problem.line, problem.message) == (6, "the front matter is not TOML: id is set already, in line 3")


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("tilte = 1", "did you mean title?"),
        ("wholly_else = 1", "known are id, title, source, url, posted, author, department, tags"),
        ("url = 'example.org'", "write an address that starts with https:// or http://"),
        ("url = 'javascript:alert(1)'", "write an address that starts with https:// or http://"),
        ("source = '-a'", "use small letters, digits and -, at most 40"),
        (f"source = '{'a' * 41}'", "use small letters, digits and -, at most 40"),
        ("posted = 10:00:00", "write 2007-04-05T10:00:00Z or 2007-04-05"),
        ("posted = '5 April'", "write 2007-04-05T10:00:00Z or 2007-04-05"),
        ("author = {name = 'a', uid = 'b@c'}", "use letters, digits, -, _ and . in quotes"),
        ("author = {name = 'a', uid = 12}", "use letters, digits, -, _ and . in quotes"),
        ("author = {name = 'a', nmae = 'b'}", "did you mean name?"),
        ("author = ' '", 'write author = "pg" or author = {name = "pg", uid = "12"}'),
        ("tags = ['']", 'write tags = ["one", "two"]'),
        ("department = 3", 'write it in quotes: department = "3"'),
        ("id = '8'", "put the two together, or delete one"),
        ("url = example.org", 'put text in quotes: url = "..."'),
        ("x = [" * 2000, 'write lines such as title = "My words"'),
        ("x = " + "[" * 5000, 'write lines such as title = "My words"'),
        ("x = " + "9" * 5000, 'write lines such as title = "My words"'),
    ],
)
def test_front_matter_errors_name_their_line(line: str, hint: str) -> None:
    text = f'\n+++\nid = "7"\ntitle = "A Title"\n\n{line}\n\n+++\nStory.\n'
    reading = read(text)
    assert reading.threads == ()
    (found,) = reading.problems
    assert (found.severity, found.hint) == ("error", hint)
    assert found.line == (3 if "9999" in line or "[[[" in line else 6)


def test_front_matter_that_is_never_closed_or_too_long() -> None:
    assert complaints('+++\nid = "7"\n\n## a {}\n')[0][1:3] == (1, "the front matter is never closed")
    assert "longer than" in complaints(HEAD.replace("id =", "# " + "x" * 40_000 + "\nid ="))[0][2]


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2007-04-05", "2007-04-05"),
        ("20070405", "2007-04-05"),
        ("2007-04-05T10:00:00Z", "2007-04-05T10:00:00Z"),
        ("2007-04-05t10:00z", "2007-04-05T10:00:00Z"),
        ("2007-04-05 10:00:00+00:00", "2007-04-05T10:00:00Z"),
        ("2007-04-05T10:00:00-05:30", "2007-04-05T10:00:00-05:30"),
        ("2007-04-05T10:00:00.250", "2007-04-05T10:00:00.250000"),
        (date(2007, 4, 5), "2007-04-05"),
        (datetime(2007, 4, 5, 10, tzinfo=timezone(timedelta(hours=2))), "2007-04-05T10:00:00+02:00"),
        ("2007", None),
        ("2007-W14", None),
        ("2007-02-30", None),
        ("2007-04-05x10:00", None),
        ("٢٠٠٧-04-05", None),
        ("", None),
        (20070405, None),
    ],
)
def test_times(value: object, iso: str | None) -> None:
    assert iso_time(value) == iso


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("## pg {}", Author("notes", "pg")),
        ("##\tpg\t{ }  ", Author("notes", "pg")),
        ("## a b c {uid=x_1.y-2}", Author("notes", "a b c", "x_1.y-2")),
        ("## {x} {y=1} {uid=2}", Author("notes", "{x} {y=1}", "2")),
        ('## a{subject="}" uid=3}', Author("notes", "a", "3")),
        ('## a {subject="{b=1}"}', Author("notes", "a")),
    ],
)
def test_post_lines(line: str, author: Author) -> None:
    (post,) = only(f"{HEAD}{line}\nText.").posts
    assert (post.author, post.body, post.id) == (author, "Text.", post_id(author, "Text."))


@pytest.mark.parametrize("line", ["## pg", "> ## pg {}", "## pg {", "## pg }", "## {}{ is code", "# `a = {}`"])
def test_other_headings_are_text(line: str) -> None:
    thread = only(f"{HEAD}Story.\n\n{line}\n")
    assert (thread.posts, thread.body) == ((), f"Story.\n\n{line}")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("##pg {id=1}", True),
        ("# pg {id=1}", True),
        ("### pg {id=1}", True),
        ("  ## pg {id=1}", True),
        ("## pg {id=1} and text", True),
        ("## pg {id=1", True),
        ("## pg (id=1 parent=2)", True),
        ("## pg [score=2]", True),
        ("##pg {}", True),
        ("### pg {}", True),
        (" ## pg {}", True),
        ("## pg {} ##", True),
        ("## pg {}\N{NO-BREAK SPACE}", True),
        ("## pg id=1}", True),
        ("## pg id=1 parent=2", True),
        ("\N{ZERO WIDTH NO-BREAK SPACE}## pg {id=1}", True),
        ("\N{ZERO WIDTH SPACE}## pg {}", True),
        ("\N{FULLWIDTH NUMBER SIGN}\N{FULLWIDTH NUMBER SIGN} pg {id=1}", True),
        ("## pg \N{FULLWIDTH LEFT CURLY BRACKET}id=1\N{FULLWIDTH RIGHT CURLY BRACKET}", True),
        ("# An {a=b} heading", False),
        ("## Why id=1 is the first", False),
        ("## id=1", False),
        ("    ## pg {id=1}", False),
        ("> ## pg {id=1}", False),
        ("```\n### pg {id=1}\n## pg {id=1\n```", False),
    ],
)
def test_what_is_nearly_a_post_line_is_text_and_told(line: str, told: bool) -> None:
    reading = read(f"{HEAD}Story.\n\n{line}\n")
    assert thread_of(reading).body == f"Story.\n\n{line}"
    assert [(problem.severity, problem.line) for problem in reading.problems] == ([("warning", 7)] if told else [])


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (HEAD.replace('"7"', '"8"') + "Story.\n\n## pg {}\n\nText.\n", True),
        ('\N{ZERO WIDTH NO-BREAK SPACE}+++ \n\ntitle="B"\nid="8"\n+++\n', True),
        ("News: 8\n\nA Title\n\n(Friday May 01, 2020 @01:02PM (editor) from the test dept.)\n\nStory.\n", True),
        (f"```\n{HEAD}```\n", False),
        ("+++\nOn top\n+++\n", False),
        ("News: 8 people came.\n", False),
    ],
)
def test_a_second_save_in_the_file_is_told(more: str, told: bool) -> None:
    reading = read(f"{HEAD}Story.\n\n## ann {{}}\n\nText.\n\n{more}")
    assert [(problem.severity, problem.line) for problem in reading.problems] == ([("warning", 11)] if told else [])
    assert len(reading.threads) == 1


def test_all_attributes() -> None:
    line = (
        "## pg {id=9224 posted=2007-04-05T10:00:00Z score=-13 label=Insightful parent=a uid=12"
        ' subject="a \\"b\\" \\\\ {c}"}'
    )
    (_, post) = only(f"{HEAD}## x {{id=a}}\n{line}\n\nText.\n").posts
    assert post == Post(
        id="9224",
        subject='a "b" \\ {c}',
        author=Author("notes", "pg", "12"),
        score=-13,
        label="Insightful",
        body="Text.",
        markup="markdown",
        posted="2007-04-05T10:00:00Z",
        posted_raw="2007-04-05T10:00:00Z",
        stated="a",
    )


@pytest.mark.parametrize(
    ("attributes", "message", "hint"),
    [
        ("lable=x", 'unknown key "lable" in a post line', "did you mean label?"),
        ("id=a.b", 'id can\'t be "a.b"', "use letters, digits, - and _, at most 100"),
        ("id=", 'id can\'t be ""', "use letters, digits, - and _, at most 100"),
        ("uid=a@b", 'uid can\'t be "a@b"', "use letters, digits, -, _ and ., at most 100"),
        ("score=1.5", 'score can\'t be "1.5"', "write a whole number"),
        ("posted=never", 'posted can\'t be "never"', "write it as 2007-04-05T10:00:00Z or 2007-04-05"),
        ("id=a id=b", "id stands twice in a post line", "leave one of them"),
        ("id", 'the braces in "## pg {id}" can\'t be read', "write key=value"),
        ('id="a', 'the braces in "## pg {id="a}" can\'t be read', "write key=value"),
        ('id="a"b=c', 'the braces in "## pg {id="a"b=c}" can\'t be read', "write key=value"),
    ],
)
def test_attributes_that_cannot_be_used(attributes: str, message: str, hint: str) -> None:
    ((severity, line, said, advice),) = complaints(f"{HEAD}Story.\n\n## pg {{{attributes}}}\nText.\n")
    assert (severity, line, said) == ("error", 7, message)
    assert advice.startswith(hint)


def test_ids_that_do_not_fit_together() -> None:
    lines = [
        "## a {id=first}",
        "## b {id=second parent=frist}",
        "## c {id=second parent=first}",
        "## d {id=d parent=d}",
    ]
    text = HEAD + "\n\n".join(lines)
    assert complaints(text) == [
        ("warning", 7, 'no post of this save has the id "frist" that parent names', "did you mean first?"),
        ("warning", 9, 'the id "second" stands at an earlier post too', "give every post an id of its own"),
        ("warning", 11, 'the post "d" names itself as its parent', "correct parent, or leave it out"),
    ]
    thread = thread_of(read(text))
    assert [post.stated for post in thread.posts] == ["", "frist", "first", "d"]


@pytest.mark.parametrize(
    ("text", "names", "warned"),
    [
        ("```\n## b {}\n```", [], []),
        ("~~~ a ` b\n## b {}\n~~~~  ", [], []),
        ("   ````\n## b {}\n```\n## c {}\n   ````", [], []),
        ("``` a ` b\n## b {}\n```", ["b"], []),
        ("    ```\n## b {}", ["b"], []),
        ("```\n~~~\n## b {}\n``` x\n## c {}\n```", [], []),
        ("```\n## b {}\n~~~", ["b"], [6]),
        ("````\n## b {}\n```\n## c {}\n```\n", ["b"], [6]),
        ("```\n## b {}\n```\n```\n## c {}", ["c"], [9]),
    ],
)
def test_fences(text: str, names: list[str], warned: list[int]) -> None:
    reading = read(f"{HEAD}## a {{}}\n{text}\n")
    thread = thread_of(reading)
    assert [post.author.name for post in thread.posts] == ["a", *names]
    assert [(problem.severity, problem.line) for problem in reading.problems] == [("warning", line) for line in warned]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("- ```\n  x\n  ```\n## b {}\n```\n## no {}\n```", ["b"]),
        ("1. ```\n   x\n   ```\n## b {}\n~~~\n## no {}\n~~~", ["b"]),
        ("- a\n  ```\n  x\n## b {}\n```\n## no {}\n```", ["b"]),
        ("- a\nlazy\n  ```\n## b {}", ["b"]),
        ("- a\n ```\n## no {}\n ```", []),
        ("> ```\n## b {}\n> ```\n## c {}", ["b", "c"]),
        ("> - ~~~\n## b {}", ["b"]),
        ("- > ```\n  ```\n## b {}\n```\n## no {}\n```", ["b"]),
        ("- - ```\n    ```\n## b {}", ["b"]),
        ("* ~~~\n  x\n\n  ~~~\n\n## b {}", ["b"]),
        ("- - -\n  ```\n## no {}\n```", []),
        ("text\n2. a\n   ```\n## no {}\n```", []),
        ("<pre>\n## b {}\n</pre>\n<!--\n## c {}\n-->", ["b", "c"]),
        ("[a]: /b 'c\n## b {}\n'", ["b"]),
        ("text\n## b {}\n---", ["b"]),
        ("-\n\n  ```\n## no {}\n```", []),
        ("- ```\n```\n## no {}\n```", []),
    ],
)
def test_code_in_lists_and_quotes_ends_with_them(text: str, names: list[str]) -> None:
    reading = read(f"{HEAD}## a {{}}\n{text}\n")
    assert [post.author.name for post in thread_of(reading).posts] == ["a", *names]


BLOCKS = st.lists(
    st.sampled_from(
        [
            *(
                "```",
                "  ```",
                "   ```",
                "    ```",
                "````",
                "~~~",
                "  ~~~",
                "``` x",
                "- ```",
                "1. ```",
                "- - ~~~",
                "> ```",
            ),
            *("- > ```", "- a", "-", "1. a", "2. a", "- - -", "+ # a", "  b", "   b", "lazy", "> q", "", "", "<pre>"),
            *("[a]: /b", "---", "#x=1", "# x=1", "\ta", "## no", "# x", "## p {}", "## p {}"),
        ]
    ),
    max_size=14,
)


def headings_at_the_margin(body: str) -> list[int]:
    """Find the post lines by the parser's own tokens: level-two headings in nothing else that start at the margin."""
    parser = MarkdownIt("commonmark", {"html": False}).disable("html_block")
    lines = body.split("\n")
    places = (token.map[0] for token in parser.parse(body) if token.type == "heading_open" and token.map)
    return [place for place in places if lines[place] == "## p {}"]


@given(BLOCKS)
@settings(max_examples=400, deadline=None)
def test_post_lines_are_those_that_commonmark_sees(lines: list[str]) -> None:
    """But for code that is never closed, which ends at the next post line."""
    seen: list[int] = []
    start = 0
    while start < len(lines):
        here = headings_at_the_margin("\n".join(lines[start:]))
        rest = [place for place, line in enumerate(lines[start:]) if line == "## p {}" and place not in here]
        unclosed = [place for place in rest if is_unclosed(lines[start:], place)]
        if not unclosed:
            seen += [start + place for place in here]
            break
        seen += [start + place for place in here if place < unclosed[0]] + [start + unclosed[0]]
        start += unclosed[0] + 1
    reading = read(HEAD + "\n".join(lines))
    (saved_thread,) = reading.threads
    assert saved_thread.spans
    found = [reading.text.count("\n", len(HEAD), post.head(True, "")[0][0]) for post in saved_thread.spans().posts]
    assert found == seen


def is_unclosed(lines: list[str], place: int) -> bool:
    """Say whether a line is in code that goes on to the end, whatever follows."""
    tokens = MarkdownIt("commonmark", {"html": False}).disable("html_block").parse("\n".join([*lines, "## end"]))
    return any(
        token.type == "fence" and token.map and token.map[0] < place and token.map[1] > len(lines) for token in tokens
    )


@given(st.lists(BLOCKS, min_size=2, max_size=3), st.data())
@settings(max_examples=100, deadline=None)
def test_changed_texts_leave_the_posts_where_they_are(bodies: list[list[str]], data: st.DataObject) -> None:
    texts = ("\n".join(line for line in lines if line != "## p {}") for lines in bodies)
    text = HEAD + "".join(f"## a {{}}\n{body}\n" for body in texts)
    odd = data.draw(st.sampled_from(["- a", "- ```", "  ```", "```", "lazy", "2. a"]))

    def change(body: str) -> str:
        return "\n".join(REMOVED if line == odd else line for line in body.split("\n"))

    values, after = redacted(read(text), (), change)
    assert [post.body for post in thread_of(read(after)).posts] == [post.body for post in values.posts]


# Properties.

LINES = st.one_of(
    st.text(
        st.one_of(
            st.sampled_from(" \t#>*_`~+{}=\"'\\\N{NO-BREAK SPACE}\u2028é漢"),
            st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\0"),
        ),
        max_size=20,
    ),
    st.sampled_from(["", " ", "+++", "## heading", "    ## a {}", "> ```", "News: 1"]),
).filter(
    lambda line: not line.lstrip(" ").startswith(("```", "~~~")) and not (line[:2] == "##" and line[-1:] in "} \t")
)
BODIES = (
    st.lists(LINES, min_size=1, max_size=6)
    .map("\n".join)
    .filter(lambda body: all(line.strip(" \t") for line in (body.split("\n")[0], body.split("\n")[-1])))
)
FENCED = BODIES.map(lambda body: f"```md\n## nobody {{id=x}}\n{body}\n```")
NAMES = st.from_regex(r"[a-zé(&.\"{]([ a-z\"){=}漢-]{0,8}[a-z])?", fullmatch=True)
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True)
UIDS = st.none() | st.from_regex(r"[A-Za-z0-9_.-]{1,6}", fullmatch=True)
TIMES = st.sampled_from(
    [None, "2007-04-05", "2007-04-05T10:00:00", "2007-04-05T10:00:00Z", "2007-04-05T10:00:00+02:00"]
)
VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\r\0"), min_size=1, max_size=10)


@st.composite
def threads(draw: st.DrawFn) -> Thread:
    ids = draw(st.lists(IDS, max_size=4, unique=True))
    posts: list[Post] = []
    for number in ids:
        author, body = Author("notes", draw(NAMES), draw(UIDS)), draw(BODIES | FENCED | st.just(""))
        posted = draw(TIMES)
        posts.append(
            Post(
                id=draw(st.sampled_from([number, post_id(author, body)])),
                subject=draw(st.just("") | VALUES),
                author=author,
                score=draw(st.none() | st.integers(-100, 100)),
                label=draw(st.none() | VALUES),
                body=body,
                markup="markdown",
                posted=posted,
                posted_raw=posted,
                stated=draw(st.sampled_from(["", *(post.id for post in posts)])),
            )
        )
    posted = draw(TIMES)
    return Thread(
        source="notes",
        id=draw(IDS),
        title=draw(VALUES.map(str.strip).filter(bool)),
        body=draw(BODIES | FENCED | st.just("")),
        posts=tuple({post.id: post for post in posts}.values()),
        posted=posted,
        posted_raw=posted,
        author=draw(st.none() | st.builds(Author, st.just("notes"), NAMES, UIDS)),
        tags=draw(st.sampled_from([(), ("a",), ("a", "b c")])),
        markup="markdown",
    )


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def toml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


def saved(thread: Thread) -> str:
    """Write a thread as a user or a script would."""
    head = ["+++", f'id = "{thread.id}"', f"title = {toml(thread.title)}"]
    if thread.posted_raw:
        head.append(f"posted = {thread.posted_raw}")
    if thread.author:
        uid = f', uid = "{thread.author.uid}"' if thread.author.uid else ""
        head.append(f"author = {{name = {toml(thread.author.name)}{uid}}} # the comment")
    if thread.tags:
        head.append(f"tags = {list(thread.tags)!r}")
    blocks = ["\n".join([*head, "+++"]), thread.body]
    for post in thread.posts:
        pairs = {
            "id": post.id if post.id != post_id(post.author, post.body) else None,
            "uid": post.author.uid,
            "score": post.score,
            "posted": post.posted_raw,
            "parent": post.stated or None,
            "label": quoted(post.label) if post.label else None,
            "subject": quoted(post.subject) if post.subject else None,
        }
        written = " ".join(f"{key}={value}" for key, value in pairs.items() if value is not None)
        blocks.append(f"## {post.author.name} {{{written}}}")
        blocks.append(post.body)
    return "\n\n".join(blocks) + "\n"


@given(threads())
@settings(max_examples=60, deadline=None)
def test_threads_read_as_they_were_written(thread: Thread) -> None:
    assert thread_of(read(saved(thread))) == thread


@given(threads(), st.data())
@settings(max_examples=60, deadline=None)
def test_rewriting_removes_what_is_gone_and_nothing_else(thread: Thread, data: st.DataObject) -> None:
    text = saved(thread)
    assert rewritten(text, ()) == text
    gone = data.draw(st.sets(st.integers(STORY, len(thread.posts) - 1)))
    nobody = Author("notes", REMOVED)
    left = tuple(
        msgspec.structs.replace(post, author=nobody, body=REMOVED) if at in gone else post
        for at, post in enumerate(thread.posts)
    )
    expected = msgspec.structs.replace(thread, posts=left)
    if STORY in gone:
        expected = msgspec.structs.replace(expected, author=thread.author and nobody, body=REMOVED)
    values, after = redacted(read(text), gone)
    assert values == thread_of(read(after)) == expected
    if STORY in gone and thread.author:
        assert "# the comment" not in after


def test_rewriting_changes_every_other_text() -> None:
    text = f"{HEAD}story\n## a {{uid=1 id=x}}\none\n## b {{}}\ntwo\n"
    assert rewritten(text, {0}, str.upper) == f"{HEAD}STORY\n## [removed] {{id=x}}\n[removed]\n## b {{}}\nTWO\n"


def test_a_text_that_lost_half_a_fence_goes_whole() -> None:
    """Else the other half would swallow the posts behind it."""
    text = f"{HEAD}## a {{}}\n```sh\nmake\n```\n## b {{}}\n```\nmake\n```\n"
    after = rewritten(text, (), lambda body: body.replace("```sh", REMOVED))
    assert after == f"{HEAD}## a {{}}\n{REMOVED}\n## b {{}}\n```\nmake\n```\n"


@pytest.mark.parametrize(
    "piece",
    [
        "```\n",
        "```a\n",
        "~~~\n```\n",
        "## a {}\n",
        "## a {b=}\n",
        "## a {parent=nobody}\n",
        "## a {id=x}\n",
        '{a=" {b=" c="',
        '{a=\\"',
        "{a=b ",
        "{}",
        "{" + " " * 50,
        "a=b ",
        "## \t",
        " \n",
        "+++\n",
        "+++\n\nid=\n",
        "News: 7\n\n",
        "# id=1 ",
        "[[a.a]]\n",
        "- ```\n",
        "- a\n  ```\n",
        "  ```\n  ```a\n",
        "- a\n  ~~~~\n## a {}\n",
    ],
)
def test_time_is_linear(piece: str) -> None:
    """Each takes a fraction of a second; anything quadratic would take minutes."""
    begin = time.process_time()
    body = piece * (40_000 // len(piece))
    for text in (HEAD + body, HEAD + "## a {" + body + "}", HEAD + '## a {subject="' + body + '"}', "+++\n" + body):
        reading = read(text)
        assert reading.threads or reading.problems
        if reading.threads:
            assert isinstance(rewritten(text, {STORY, 0} if thread_of(reading).posts else {STORY}), str)
    assert time.process_time() - begin < 5


def test_texts_that_would_take_too_long_are_told() -> None:
    quotes = ">>\nb\n" * 1000
    text = f"{HEAD}\n{quotes}\n## ann {{id=5}}\n\nshort\n\n## bob {{id=6}}\n\n{quotes}"
    assert read(text).threads
    message = "has too many quotes one right after the other, so it is shown as plain text"
    hint = "put an empty line after each quote"
    assert complaints(text) == [
        ("warning", 6, f"the story {message}", hint),
        ("warning", 2011, f'the post "6" {message}', hint),
    ]


def test_fences_of_many_lengths_take_linear_time() -> None:
    begin = time.process_time()
    rows = ["`" * length + "x" for length in range(1000, 3, -1)] + ["## a {}"] * 20_000
    assert len(read(HEAD + "\n".join(rows)).threads[0].thread.posts) == 20_000
    assert time.process_time() - begin < 5
