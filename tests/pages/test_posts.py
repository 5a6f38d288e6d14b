"""Which subjects a page shows."""

from __future__ import annotations

from generator.model import TOP, Author, Post, Reply, Thread
from generator.pages.posts import telling_subjects


def shown(*posts: tuple[str, str | None]) -> list[str | None]:
    """Give the subjects that are shown of posts, each a subject and the index of its parent in one character."""
    made = tuple(Post(str(at), subject, Author("s", "Ann"), None, None, "") for at, (subject, _) in enumerate(posts))
    replies = tuple(TOP if parent is None else Reply(parent, "stated") for _, parent in posts)
    thread = Thread("s", "1", "Kites", "", made, replies=replies)
    return telling_subjects(thread, thread.tree())


def test_a_subject_is_shown_at_the_start_of_a_branch_and_where_it_changes() -> None:
    assert shown(("Wind", None), ("Re: Wind", "0"), ("Rain", "1"), ("Re:", "2")) == ["Wind", None, "Rain", None]


def test_the_title_is_not_shown_once_more() -> None:
    assert shown(("Kites", None), ("Re: Kites", "0"), ("Wind", "1"), ("Re: Kites", "2")) == [
        None,
        None,
        "Wind",
        "Re: Kites",
    ]


def test_an_answer_to_a_missing_post_has_the_subject_of_the_thread() -> None:
    assert shown(("", None), ("Re: Kites", "0"), ("Wind", "0")) == [None, None, "Wind"]
