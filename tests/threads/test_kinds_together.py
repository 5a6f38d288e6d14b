"""The text save of a story and its saved page are one thread (SPEC section 3, "Aliases")."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from pathlib import Path

import msgspec
import pytest

from generator.model import Author, Post, Thread
from generator.readers import read_save
from generator.threads import Group, Redactions, read_group
from tests.history import Site
from tests.rewriting import with_ids
from tests.slashdot_page import FIRST, story_page
from tests.small import Said, news, write

EXAMPLE = Path(__file__).parents[2] / "content" / "0179799118.txt"
NOTHING = Redactions()


def thread_in(raw: bytes) -> Thread:
    (saved,) = read_save(raw, "save").threads
    return with_ids(saved.thread)


def merged(content: Path, *paths: str) -> Thread:
    (reading,) = read_group(content, Group(paths), NOTHING).threads
    return reading.thread


def parents_of(count: int) -> list[int | None]:
    """Some tree of so many posts: every third is at the top, the others answer the post before or the top one."""
    return [None if index % 3 == 0 else index - 1 if index % 2 else index - index % 3 for index in range(count)]


def test_the_example_and_its_page_are_one_thread_with_stated_parents_and_old_links(tmp_path: Path) -> None:
    raw = EXAMPLE.read_bytes()
    text = thread_in(raw)
    assert len(text.posts) == 29
    parents = parents_of(29)
    site = Site(tmp_path)
    site.put("content/0179799118.txt", raw.decode())
    site.put("content/page.html", story_page(text, parents))
    report = site.build()
    assert (report.threads, report.posts, report.problems) == (1, 29, ())
    folder = site.folder / "output/threads/slashdot"
    posts = json.loads((folder / "0179799118.json").read_bytes())["posts"]
    assert [post["id"] for post in posts] == [str(FIRST + index) for index in range(29)]
    assert [post["parent"] for post in posts] == [None if at is None else str(FIRST + at) for at in parents]
    assert {post["evidence"] for post in posts if post["parent"]} == {"stated"}
    assert [post["aliases"] for post in posts] == [[post.id] for post in text.posts]
    assert all(post["posted"] for post in posts)
    assert all(post["saves"] == [0, 1] for post in posts)
    pages = [folder / "0179799118.html", *sorted((folder / "0179799118").glob("*.html"))]
    anchors = {name for page in pages for name in re.findall(r'id="c([\w-]+)"', page.read_text())}
    assert anchors >= {post.id for post in text.posts}
    listed = (folder / "0179799118/posts.js").read_text()
    assert all(post.id in listed for post in text.posts)


def test_reading_in_any_order_gives_the_same(tmp_path: Path) -> None:
    raw = EXAMPLE.read_bytes()
    text = thread_in(raw)
    page = story_page(text, parents_of(29)).encode()
    cut = raw[: raw.index(b"by ", 6000)]
    found = []
    for number, order in enumerate(itertools.permutations([raw, page, cut])):
        folder = tmp_path / str(number)
        folder.mkdir()
        names = []
        for at, each in enumerate(order):
            names.append(f"0179799118.{at + 2}.{'html' if each is page else 'txt'}")
            (folder / names[-1]).write_bytes(each)
        thread = merged(folder, *names)
        found.append({post.id: (post.aliases, post.author, post.stated, post.posted) for post in thread.posts})
    assert all(each == found[0] for each in found)
    assert len(found[0]) == 29


NUMBER = "0000000007"
"""Of a text save, it has as many digits as that of a page is brought to."""
STORY = news(
    NUMBER,
    Said("Yes", "Boo"),
    Said("Yes", "Re:"),
    Said("A longer text, with [1]a marker and\na second line.", "Re:", "Bob", "8"),
    Said("No uid here", "Other", "Anonymous Coward", None),
)


def both(tmp_path: Path, text: str, page: str) -> Thread:
    write(tmp_path, {"a.txt": text, "a.html": page})
    return merged(tmp_path, "a.txt", "a.html")


def names(thread: Thread) -> list[tuple[str, tuple[str, ...]]]:
    return [(post.id, post.aliases) for post in thread.posts]


def test_equal_texts_of_one_author_are_matched_in_order(tmp_path: Path) -> None:
    text = thread_in(STORY.encode())
    thread = both(tmp_path, STORY, story_page(text, [None, 0, 1, None]))
    made = [text.posts[0].id, f"{text.posts[0].id}-2", text.posts[2].id, text.posts[3].id]
    assert names(thread) == [(str(FIRST + index), (name,)) for index, name in enumerate(made)]


def test_where_one_save_has_fewer_of_equal_texts_none_is_matched(tmp_path: Path) -> None:
    text = thread_in(STORY.encode())
    fewer = msgspec.structs.replace(text, posts=text.posts[1:])
    thread = both(tmp_path, STORY, story_page(fewer, [None, 0, None]))
    assert len(thread.posts) == 5
    assert [post.aliases for post in thread.posts].count(()) == 3


def test_a_cut_text_is_the_post_that_starts_so(tmp_path: Path) -> None:
    whole = "A text that goes on and on, word for word, until it ends. " * 12
    text = thread_in(news(NUMBER, Said(whole.strip(), "Boo"), Said("Short.", "Re:", "Bob", "8")).encode())
    page = story_page(text, [None, 0])
    thread = both(tmp_path, news(NUMBER, Said(whole[:512].strip(), "Boo"), Said("Short.", "Re:", "Bob", "8")), page)
    assert [post.id for post in thread.posts] == [str(FIRST), str(FIRST + 1)]
    assert all(post.aliases for post in thread.posts)
    assert (thread.posts[0].truncated, thread.posts[0].markup) == ("no", "html")
    assert thread.posts[0].body.endswith("until it ends.</p>")


def test_a_hidden_post_is_that_of_the_same_user_if_there_is_one_only(tmp_path: Path) -> None:
    text = thread_in(STORY.encode())
    thread = both(tmp_path, STORY, story_page(text, [None, 0, 1, None], hidden=[2]))
    assert (thread.posts[2].id, thread.posts[2].aliases) == (str(FIRST + 2), (text.posts[2].id,))
    assert (thread.posts[2].missing, thread.posts[2].body) == (False, text.posts[2].body)


def test_a_hidden_post_is_not_matched_among_several(tmp_path: Path) -> None:
    said = (Said("One.", "Boo"), Said("Two.", "Re:"))
    text = thread_in(news(NUMBER, *said).encode())
    thread = both(tmp_path, news(NUMBER, *said), story_page(text, [None, 0], hidden=[0, 1]))
    assert [post.missing for post in thread.posts].count(True) == 2
    assert len(thread.posts) == 4


def test_other_authors_with_equal_texts_stay_apart(tmp_path: Path) -> None:
    said = (Said("Same.", "Boo", "Ann", "7"),)
    text = thread_in(news(NUMBER, *said).encode())
    other = msgspec.structs.replace(
        text, posts=(msgspec.structs.replace(text.posts[0], author=Author("slashdot", "Bob", "8")),)
    )
    thread = both(tmp_path, news(NUMBER, *said), story_page(other, [None]))
    assert [post.aliases for post in thread.posts] == [(), ()]


def test_a_sidecar_may_name_posts_by_their_former_ids(tmp_path: Path) -> None:
    text = thread_in(STORY.encode())
    write(
        tmp_path,
        {
            "a.txt": STORY,
            "a.html": story_page(text, [None, 0, 1, None]),
            "a.toml": f'[replies]\n"{text.posts[3].id}" = "{text.posts[2].id}"\n',
        },
    )
    (reading,) = read_group(tmp_path, Group(("a.txt", "a.html"), ("a.toml",)), NOTHING).threads
    assert reading.thread.replies[3].parent == str(FIRST + 2)
    assert reading.thread.replies[3].evidence == "edited"


@pytest.mark.parametrize("hashed", [False, True])
def test_redaction_may_name_a_post_by_its_former_id(tmp_path: Path, hashed: bool) -> None:

    text = thread_in(STORY.encode())
    write(tmp_path, {"a.txt": STORY, "a.html": story_page(text, [None, 0, 1, None])})
    entry = f"slashdot/{NUMBER}#{text.posts[2].id}"
    if hashed:
        entry = "sha256:" + hashlib.sha256(entry.encode()).hexdigest()
    (reading,) = read_group(tmp_path, Group(("a.txt", "a.html")), Redactions.of([entry])).threads
    post = reading.thread.posts[2]
    assert (post.author.name, post.body) == ("[removed]", "[removed]")
    assert reading.hits


def test_ids_of_posts_that_no_other_save_has_stay_as_they_are(tmp_path: Path) -> None:
    more = news(NUMBER, Said("Only in the text.", "New", "Cid", "9"), Said("Yes", "Boo"))
    text = thread_in(news(NUMBER, Said("Yes", "Boo")).encode())
    thread = both(tmp_path, more, story_page(text, [None]))
    assert [bool(post.aliases) for post in thread.posts] == [False, True]
    assert isinstance(thread.posts[0], Post)
