"""What is drawn: the map of a thread, and charts."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from generator import urls
from generator.model import TOP, Author, Post, Reply, Thread
from generator.pages.drawings import DEEPEST, LEAST, columns, thread_map
from generator.readers.markdown.front_matter import ID
from tests.sample_pages import Outline
from tests.small import Said, news, output_of

ANN = Author("notes", "Ann")
MARK = re.compile(r'<a href="#c(\w+)" tabindex="-1"><path(?: class="(\w+)")? d="M(\d+) (\d+)h8v1H\3"/></a>')


def thread(parents: list[int | None], scores: list[int | None] | None = None) -> Thread:
    posts = tuple(
        Post(str(number), "", ANN, scores[number] if scores else None, None, "text") for number in range(len(parents))
    )
    replies = tuple(TOP if parent is None else Reply(str(parent), "stated") for parent in parents)
    return Thread("notes", "1", "Title", "Story", posts, replies=replies)


def marks(made: Thread, start: int = 0, stop: int = 1000) -> list[tuple[str, str, int, int]]:
    """Of each mark: id of the post, class, column, row."""
    html = thread_map(made.posts, made.tree(), (start, stop))
    found = MARK.findall(html)
    assert html.count("<path") == len(found)
    return [(post, css, int(x) // 2, int(y)) for post, css, x, y in found]


def test_a_map_says_order_depth_and_score_of_each_post() -> None:
    made = thread([None, 0, 1, 0, None, 4], [1, 5, None, -1, 3, 99])
    assert marks(made) == [
        ("0", "", 0, 0),
        ("1", "m5", 1, 1),
        ("2", "", 2, 2),
        ("3", "m0", 1, 3),
        ("4", "m3", 0, 4),
        ("5", "m5", 1, 5),
    ]


def test_a_map_is_read_as_the_posts_are_and_not_as_they_were_saved() -> None:
    assert [post for post, _, _, _ in marks(thread([2, None, None, 0, None]))] == ["1", "2", "0", "3", "4"]


@given(st.from_regex(ID, fullmatch=True))
def test_marks_need_no_escaping_since_no_id_that_a_save_may_state_does(number: str) -> None:
    assert escape(urls.anchor(number)) == urls.anchor(number)


def test_what_a_chart_says_in_words_is_escaped() -> None:
    drawn = columns('<"', [('"><script>', 1), ("&", 2)])
    assert 'aria-label="&lt;&#34;. &#34;&gt;&lt;script&gt;: 1, &amp;: 2"' in drawn
    assert drawn.count("<") == 3


def test_few_posts_need_no_map() -> None:
    assert marks(thread([None] * (LEAST - 1))) == []
    assert len(marks(thread([None] * LEAST))) == LEAST


def test_a_page_maps_its_own_posts() -> None:
    made = thread([None, 0, 1, *[None] * 7])
    assert [(post, row) for post, _, _, row in marks(made, 2, 8)] == [(str(n), n - 2) for n in range(2, 8)]


trees = st.integers(LEAST, 60).flatmap(
    lambda count: st.tuples(*(st.none() | st.integers(0, n - 1) if n else st.none() for n in range(count)))
)


@given(trees, st.data())
def test_any_tree_has_a_mark_for_each_post_a_row_lower_and_at_most_a_column_further(
    parents: tuple[int | None, ...], data: st.DataObject
) -> None:
    scores = data.draw(st.lists(st.none() | st.integers(-9, 9), min_size=len(parents), max_size=len(parents)))
    made = thread(list(parents), scores)
    tree, found = made.tree(), marks(made)
    assert [post for post, _, _, _ in found] == [made.posts[index].id for index in tree.order]
    assert [row for _, _, _, row in found] == list(range(len(parents)))
    assert [column for _, _, column, _ in found] == [min(tree.depths[index], DEEPEST) for index in tree.order]
    assert all(after[2] <= before[2] + 1 for before, after in pairwise(found))


def test_a_page_shows_the_map_and_every_mark_leads_to_a_post(tmp_path: Path) -> None:
    posts = [Said(f"Post {n}", "Boo" if n < 2 else "Re:", f"P{n}", str(n), str(n - 1)) for n in range(7)]
    output = output_of(tmp_path, {"content/1.txt": news("101", *posts), "content/2.txt": news("102", *posts[:2])})
    page = Outline(output["threads/slashdot/101.html"].decode())
    assert len(page.all("nav", "map")) == 1
    drawn = [str(attrs["href"])[1:] for attrs in page.all("a") if attrs.get("tabindex") == "-1"]
    assert drawn == [str(attrs["id"]) for attrs in page.all("article")]
    assert not Outline(output["threads/slashdot/102.html"].decode()).all("nav", "map")


def test_where_scores_have_no_limits_their_class_counts() -> None:
    made = thread([None] * 6, [4812, 340, 12, 3, -57, 0])
    html = thread_map(made.posts, made.tree(), (0, 6), unlimited=True)
    assert [css for _, css, _, _ in MARK.findall(html)] == ["m5", "m4", "m3", "", "m0", "m0"]
