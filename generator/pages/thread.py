"""Posts: one thread and what its plan says in, the views of its pages out. No files, no templates."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from markupsafe import Markup

from generator import dates, markup, urls
from generator.config import Config
from generator.model import INFERRED, Evidence, Thread, Tree
from generator.pages.drawings import thread_map
from generator.pages.lists import head
from generator.pages.paging import page_url
from generator.pages.plan import Page, ThreadPlan
from generator.pages.views import PostView, SaveView, StoryLink, ThreadPage
from generator.site.facts import Facts
from generator.site.links import author_ref
from generator.theme.views import Ref
from generator.threads.quotes import STORY, Quotes
from generator.threads.read import Loaded

LEVELS = 8
"""Lists nested at most; deeper replies stand flat in the last (browsers flatten a DOM of 512 elements)."""

WHY = {
    "quote": "it quotes that post",
    "subject": "of the subject",
    "name": "it names that author",
    "turn": "the two take turns",
    "order": "of the order of the posts",
}
"""Evidence of an inferred reply in words, behind "because"."""


class Posts:
    """One thread on its way to its pages: everything that is worked out once for all of them."""

    def __init__(self, loaded: Loaded, facts: Facts, plan: ThreadPlan, config: Config) -> None:
        assert loaded.thread is not None
        self.thread = thread = loaded.thread
        self.tree = loaded.tree
        self.facts = facts
        self.plan = plan
        self.config = config
        self.dated = thread.posted[:10].replace("-", "") if config.wayback and thread.posted else None
        self.subjects = telling_subjects(thread, self.tree)
        self.quotes = Quotes(thread, self.tree.parents)
        self.single = len(thread.posts) <= config.posts_per_page
        self.place = {} if self.single else {index: place for place, index in enumerate(self.tree.order)}

    def page(self, page: Page) -> ThreadPage:
        """Make the view of one page of the thread."""
        thread, config, plan, cut = self.thread, self.config, self.plan, page.cut
        assert cut is not None
        first = cut.paging.number == 1
        posts, last = self._posts(cut.start, cut.stop, page.url)
        return ThreadPage(
            **head(page.url, config),
            title=thread.title if first else f"{thread.title}, page {cut.paging.number}",
            description=(first and markup.summary(thread.body, thread.links, thread.markup, 200))
            or f"{thread.title}, page {cut.paging.number} of the discussion.",
            source=thread.source,
            id=thread.id,
            original=thread.url if thread.url and markup.is_safe(thread.url) else None,
            original_dated=self._dated(thread.url),
            day=dates.day_and_time(thread.posted),
            posted=thread.posted,
            posted_raw=thread.posted_raw,
            author=author_ref(thread.author, plan.odd) if thread.author else None,
            department=thread.department,
            tags=plan.tags,
            masthead=thread.masthead,
            footer=thread.footer,
            story=markup.story_html(thread.body, thread.links if first else (), thread.markup, self.dated)
            if first
            else Markup(),
            plain=thread.markup == "plain",
            links=tuple(
                StoryLink(link.n, link.url, markup.is_safe(link.url), self._dated(link.url)) for link in thread.links
            )
            if first
            else (),
            count=len(thread.posts),
            authors=self.facts.authors,
            posts=posts,
            map=thread_map(thread.posts, self.tree, cut.start, cut.stop),
            closes=last,
            paging=cut.paging,
            older=plan.older,
            newer=plan.newer,
            saves=tuple(
                SaveView(
                    save.path,
                    urls.link(urls.save_file(save.path)) if config.publish_saves else None,
                    save.sha256,
                    save.reader,
                )
                for save in thread.saves
            ),
            data=plan.data,
            any_inferred=any(post.inferred for post in posts),
            any_cut=any(post.truncated != "no" for post in posts),
            any_kept=any(post.kept for post in posts),
            any_removed=self.facts.removed,
        )

    def _dated(self, url: str | None) -> str | None:
        return markup.archived(url, self.dated) if url and self.dated and markup.is_safe(url) else None

    def _posts(self, start: int, stop: int, url: str) -> tuple[tuple[PostView, ...], int]:
        """Views of the posts from `start` to `stop` in reading order, and how deep the last one stands."""
        posts, replies, subjects, odd = self.thread.posts, self.thread.replies, self.subjects, self.plan.odd
        parents, depths = self.tree.parents, self.tree.depths
        newest, dated, post_html = len(self.thread.saves) - 1, self.dated, markup.post_html
        views: list[PostView] = []
        levels: dict[int, int] = {}
        """How deep the replies of each post stand."""
        answered: dict[int, Ref] = {}
        before = -1
        for index in self.tree.order[start:stop]:
            post, reply, parent = posts[index], replies[index], parents[index]
            to, level = None, 0
            if parent is not None:
                to = answered.get(parent)
                if to is None:
                    to = answered[parent] = Ref(posts[parent].author.name, self._place(parent, url))
                level = levels.get(parent, 0)
            levels[index] = level + 1 if level + 1 < LEVELS else level
            inferred = reply.evidence in INFERRED
            views.append(
                PostView(  # by place: there are a million of them, and names cost five times as much
                    post.id,
                    author_ref(post.author, odd),
                    post.author.uid,
                    post.score,
                    post.label,
                    subjects[index],
                    post_html(post.body, post.markup, dated, self._cite(index, url))
                    if ">" in post.body
                    else post_html(post.body, post.markup, dated),
                    to,
                    inferred,
                    _grounds(reply.evidence, reply.confidence) if reply.evidence and inferred else "",
                    post.truncated,
                    newest not in post.saves,
                    dates.day_and_time(post.posted) if post.posted else "",
                    post.posted,
                    depths[index] >= LEVELS,
                    level > before,
                    before - level if before > level else 0,
                    post.markup == "plain",
                )
            )
            before = level
        return tuple(views), before + 1

    def _cite(self, index: int, url: str) -> markup.Cite:
        """Tell where the quotes of a post are from, for a page of the thread."""

        def cite(lines: Sequence[str]) -> tuple[str, str] | None:
            source = self.quotes.source(index, lines)
            if source is None:
                return None
            if source == STORY:
                return self._on_page(1, url) + urls.STORY, "the story"
            return self._place(source, url), self.thread.posts[source].author.name

        return cite

    def _place(self, index: int, url: str) -> str:
        """Link to a post of this thread from one of its pages."""
        fragment = urls.anchor(self.thread.posts[index].id)
        if self.single:
            return fragment
        return self._on_page(self.place[index] // self.config.posts_per_page + 1, url) + fragment

    def _on_page(self, number: int, url: str) -> str:
        """Link from one page of the thread to another; empty to itself."""
        page = page_url(self.plan.url, number)
        return "" if page == url else urls.root(url) + page


@functools.cache
def _grounds(evidence: Evidence, confidence: float) -> str:
    """Why we think so, in words."""
    return f"inferred, {confidence:.0%} sure, because {WHY[evidence]}"


def telling_subjects(thread: Thread, tree: Tree) -> list[str | None]:
    """Give the subject of each post where it says something: at the start of a branch, or when it changed."""
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
