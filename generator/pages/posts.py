"""Posts: the posts of one thread come in, what its pages show of them goes out, flat and in reading order. No files."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import msgspec
from markupsafe import Markup

from generator import dates, markup, urls
from generator.config import Config
from generator.costly import is_costly
from generator.model import INFERRED, Evidence, Thread, Tree
from generator.pages.paging import page_url
from generator.readers import MAIL
from generator.site import author_ref
from generator.theme import Ref
from generator.threads import STORY, QuoteSources

LEVELS = 8
"""How deep lists nest at most. Deeper replies stay flat in the last one (browsers flatten a DOM of 512 elements)."""

WHY = {
    "quote": "it quotes that post",
    "subject": "of the subject",
    "name": "it names that author",
    "turn": "the two take turns",
    "order": "of the order of the posts",
}
"""Evidence of an inferred reply in words, to be shown after "because"."""


class PostView(msgspec.Struct, frozen=True):
    """A post on its thread's page.

    Posts are flat, in reading order. `opens` and `closes` say how the nested lists start and end between them: `opens`
    starts a list inside the post before. Otherwise `closes` lists, each with its item, end before this post's item.
    """

    id: str
    """Without the `c` that anchors start with."""
    author: Ref
    uid: str | None
    score: int | None
    label: str | None
    subject: str | None
    """Only if it says something: at the start of a branch, or if it changed."""
    body: Markup
    to: Ref | None
    """The parent's author, with the parent's address; None for a top-level post."""
    inferred: bool
    evidence: str
    """Why this is the parent, in words, with the confidence; empty unless inferred."""
    truncated: str
    """`yes`, `unknown` or `no`."""
    kept: bool
    """Whether only saves older than the newest whole one have the post."""
    day: str
    posted: str | None
    deep: bool
    """Whether the post is deeper than the indentation shows."""
    opens: bool
    closes: int
    plain: bool = True
    """Whether the body is plain text, where line breaks and spaces count. Otherwise it was Markdown or HTML."""
    missing: bool = False
    """Whether no save holds the text of the post."""
    aliases: tuple[str, ...] = ()
    """Other ids of the post: links to them lead here too."""


class Posts:
    """Makes the views of a thread's posts; what all its pages need is worked out once.

    `url` is the thread's first page, `exceptions` are as for `author_ref`.
    """

    def __init__(self, thread: Thread, tree: Tree, url: str, exceptions: Mapping[str, str], config: Config) -> None:
        self.thread = thread
        self.tree = tree
        self.url = url
        self.exceptions = exceptions
        self.config = config
        self.dated = thread.posted[:10].replace("-", "") if config.wayback and thread.posted else None
        """The date for links to a web archive's snapshots; None if there are no such links."""
        self.subjects = telling_subjects(thread, tree)
        self.quotes = QuoteSources(thread, tree.parents)
        self.mails = frozenset(number for number, save in enumerate(thread.saves) if save.reader in MAIL)
        """Those of its saves that hold mails."""
        self.single = len(thread.posts) <= config.posts_per_page
        self.position = {} if self.single else {index: position for position, index in enumerate(tree.order)}

    def views(self, start: int, stop: int, url: str) -> tuple[tuple[PostView, ...], int]:
        """Give views of the posts `start` to `stop` in reading order on page `url`, and the depth of the last one."""
        posts, replies, subjects, exceptions = self.thread.posts, self.thread.replies, self.subjects, self.exceptions
        parents, depths = self.tree.parents, self.tree.depths
        newest, dated, post_html = self.thread.newest_whole, self.dated, markup.post_html
        mails = self.mails
        views: list[PostView] = []
        levels: dict[int, int] = {}
        """The level of the lists that each post's replies are in."""
        answered: dict[int, Ref] = {}
        last_level = -1
        for index in self.tree.order[start:stop]:
            post, reply, parent = posts[index], replies[index], parents[index]
            to, level = None, 0
            if parent is not None:
                to = answered.get(parent)
                if to is None:
                    to = answered[parent] = Ref(posts[parent].author.shown, self._place(parent, url))
                level = levels.get(parent, 0)
            levels[index] = level + 1 if level + 1 < LEVELS else level
            inferred = reply.evidence in INFERRED
            views.append(
                PostView(  # by position: there are a million of them, and names cost five times as much
                    post.id,
                    author_ref(post.author, exceptions),
                    post.author.uid,
                    post.score,
                    post.label,
                    subjects[index],
                    markup.mail_html(post.body, dated, self._cite(index, url))
                    if mails and post.markup == "plain" and mails.issuperset(post.saves)
                    else post_html(post.body, post.markup, dated, self._cite(index, url), self._numbered(url))
                    if ">" in post.body
                    else post_html(post.body, post.markup, dated),
                    to,
                    inferred,
                    _grounds(reply.evidence, reply.confidence) if reply.evidence and inferred else "",
                    post.truncated,
                    post.saves[-1] < newest,
                    dates.day_and_time(post.posted) if post.posted else "",
                    post.posted,
                    depths[index] >= LEVELS,
                    level > last_level,
                    last_level - level if last_level > level else 0,
                    post.markup == "plain" or (post.markup == "markdown" and is_costly(post.body)),
                    post.missing,
                    post.aliases,
                )
            )
            last_level = level
        return tuple(views), last_level + 1

    def _cite(self, index: int, url: str) -> markup.Cite:
        """Make the function that tells where quotes of a post are from, for a page of the thread."""

        def cite(lines: Sequence[str]) -> tuple[str, str] | None:
            source = self.quotes.source(index, lines)
            return None if source is None else self._source(source, url)

        return cite

    def _numbered(self, url: str) -> markup.Numbered:
        """Make the function that tells which post has a number of the source's, for a page of the thread."""

        def numbered(number: int) -> tuple[str, str] | None:
            source = self.quotes.numbers.get(number)
            return None if source is None else self._source(source, url)

        return numbered

    def _source(self, source: int, url: str) -> tuple[str, str]:
        """Link to what a quote is from, and name its author."""
        if source == STORY:
            return self._on_page(1, url) + urls.STORY, "the story"
        return self._place(source, url), self.thread.posts[source].author.shown

    def _place(self, index: int, url: str) -> str:
        """Link to a post of this thread from one of its pages."""
        fragment = urls.anchor(self.thread.posts[index].id)
        if self.single:
            return fragment
        return self._on_page(self.position[index] // self.config.posts_per_page + 1, url) + fragment

    def _on_page(self, number: int, url: str) -> str:
        """Link from page `url` to another page of the thread; empty if it is the same page."""
        page = page_url(self.url, number)
        return "" if page == url else urls.root(url) + page


@functools.cache
def _grounds(evidence: Evidence, confidence: float) -> str:
    """Say in words why a post is the parent."""
    return f"inferred, {confidence:.0%} sure, because {WHY[evidence]}"


def telling_subjects(thread: Thread, tree: Tree) -> list[str | None]:
    """Give each post's subject if it says something: at the start of a branch, or if it changed; else None."""
    posts, parents = thread.posts, tree.parents
    base = [""] * len(posts)
    shown: list[str | None] = [None] * len(posts)
    for index in tree.order:
        subject, parent = posts[index].subject, parents[index]
        bare = subject[3:].strip() if subject[:3].lower() == "re:" else None
        if parent is None:
            base[index] = bare or subject
            shown[index] = subject or None
        elif bare == "" or not subject or (bare is not None and base[parent].startswith(bare)):
            base[index] = base[parent]
        else:
            base[index] = bare or subject
            shown[index] = None if subject == base[parent] else subject
    return shown
