"""A thread as lines: what stands in them, however deep and whatever its names hold."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from generator.commands.inspect.tree import ASCII, DRAWN_LEVELS, LINES, Guides, tree_lines
from generator.model import TOP, Author, Post, Reply, SaveRef, Thread


def thread(parents: list[int | None], **fields: object) -> Thread:
    posts = tuple(
        Post(f"p{number}", "Re:", Author("notes", f"Ann {number}"), None, None, "x") for number in range(len(parents))
    )
    replies = tuple(TOP if parent is None else Reply(f"p{parent}", "stated") for parent in parents)
    plain = Thread(
        "notes", "n", "A title", "A story.", posts, replies=replies, saves=(SaveRef("n.md", "", "markdown"),)
    )
    return msgspec.structs.replace(plain, **fields)


def drawn(thread: Thread, signs: Guides = LINES) -> list[str]:
    return [line.plain for line in tree_lines(thread, signs)]


def posts_of(lines: list[str]) -> list[str]:
    """The lines of posts, which end in an id."""
    return [line.partition("  stated")[0].partition("  #")[0] for line in lines if "  #" in line]


def test_who_answers_whom_is_drawn() -> None:
    found = thread([None, 0, 1, 0, None, 4])
    assert posts_of(drawn(msgspec.structs.replace(found, title="T"))) == [
        '├─ Ann 0  "Re:"',
        "│  ├─ Ann 1",
        "│  │  └─ Ann 2",
        "│  └─ Ann 3",
        '└─ Ann 4  "Re:"',
        "   └─ Ann 5",
    ]
    assert posts_of(drawn(found, ASCII)) == [
        '|- Ann 0  "Re:"',
        "|  |- Ann 1",
        "|  |  `- Ann 2",
        "|  `- Ann 3",
        '`- Ann 4  "Re:"',
        "   `- Ann 5",
    ]


def test_a_line_says_all_there_is_to_a_post() -> None:
    author = Author("slashdot", "Bob", "8")
    posts = (
        Post("a", "Hello", author, -1, "Troll", "x", saves=(0,)),
        Post("b", "Re:Hello", author, 5, None, "x", truncated="yes", saves=(0, 1)),
        Post("c", "Other", Author("slashdot", "[removed]"), None, "Funny", "x", truncated="unknown", saves=(1,)),
        Post("d", "Re:", author, 0, None, "x", saves=(1,)),
        Post("e", "Re:", author, 0, None, "x", saves=(1,)),
    )
    replies = (TOP, Reply("a", "quote", 0.987), Reply("b", "order", 0.3), Reply("c", "edited"), Reply("d", "stated"))
    saves = (SaveRef("1.txt", "", "slashdot-text"), SaveRef("1.2.txt", "", "slashdot-text"))
    found = Thread(
        "slashdot",
        "1",
        "Rain",
        "",
        posts,
        posted="2025-10-15T17:22:00",
        posted_raw="raw",
        author=Author("slashdot", "msmash"),
        department="wet",
        tags=("law",),
    )
    assert drawn(msgspec.structs.replace(found, replies=replies, saves=saves)) == [
        "Rain",
        "slashdot/1, Wednesday 15 October 2025, 17:22, posted by msmash, from the wet dept., tag law",
        "5 posts by 1 author, 2 replies inferred, 1 cut, 1 perhaps cut",
        "1.txt (slashdot-text)",
        "1.2.txt (slashdot-text)",
        '└─ Bob (8)  -1, Troll  "Hello"  #a  not in the newest save',
        "   └─ Bob (8)  5  quote 99%  cut  #b",
        '      └─ [removed]  Funny  "Other"  order 30%  perhaps cut  #c',
        "         └─ Bob (8)  0  edited  #d",
        "            └─ Bob (8)  0  stated  #e",
    ]


def test_a_thread_without_posts_or_date_is_its_head() -> None:
    assert drawn(thread([])) == ["A title", "notes/n", "0 posts by 0 authors", "n.md (markdown)"]
    assert drawn(thread([], posted_raw="some day"))[1] == "notes/n, some day"


def test_a_chain_of_three_thousand_replies_takes_lines_of_a_bounded_length() -> None:
    lines = posts_of(drawn(thread([None, *range(2999)])))
    assert len(lines) == 3000
    assert lines[DRAWN_LEVELS] == "   " * DRAWN_LEVELS + "└─ Ann 24"
    assert lines[DRAWN_LEVELS + 1] == "   " * DRAWN_LEVELS + "└─ (level 26) Ann 25"
    assert lines[-1] == "   " * DRAWN_LEVELS + "└─ (level 3000) Ann 2999"


@given(st.text(), st.text(), st.text())
def test_no_control_character_reaches_the_terminal(title: str, name: str, subject: str) -> None:
    post = Post("i\x1b", subject, Author("notes", name), 1, name, "x")
    found = thread([], posts=(post,), replies=(TOP,), title=title, department=subject, tags=(name,))
    for line in tree_lines(found):
        assert line.plain.isprintable() or not [char for char in line.plain if char < " " or "\x7f" <= char <= "\x9f"]
        assert len(line.plain.splitlines()) <= 1


@given(st.lists(st.integers(0, 30), max_size=40))
def test_every_post_has_one_line_behind_its_parent(choices: list[int]) -> None:
    parents: list[int | None] = [
        None if not number or not choice else choice % number for number, choice in enumerate(choices)
    ]
    lines = posts_of(drawn(thread(parents)))
    order = [int(line.partition("Ann ")[2].split(" ")[0]) for line in lines]
    assert sorted(order) == list(range(len(parents)))
    depth: dict[int, int] = {}
    for line, number in zip(lines, order, strict=True):
        parent = parents[number]
        depth[number] = 0 if parent is None else depth[parent] + 1
        if depth[number] <= DRAWN_LEVELS:
            assert line.index("Ann") == 3 * depth[number] + 3
