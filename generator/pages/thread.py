"""Thread pages: a thread with its posts, and what `link` found out about it: tags, neighbours, addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from markupsafe import Markup

from generator import dates, markup, urls
from generator.config import Config
from generator.costly import is_costly
from generator.model import Thread, Tree
from generator.pages.drawings import thread_map
from generator.pages.page import Page, head, tag_ref
from generator.pages.paging import Paging, cut_thread
from generator.pages.posts import Posts, PostView
from generator.site import Facts, Links, author_ref, mark, steps
from generator.theme import Head, Ref

KIND = "thread"
TEMPLATE = "thread.html"
UNSTATING = "slashdot-text"
"""The one kind of save that states neither who answers whom nor when."""


class StoryLink(msgspec.Struct, frozen=True):
    """An entry of the story's link list."""

    n: int | None
    """None for a line among the entries that has no number."""
    url: str
    """The address. For an entry that can't be read, the text that is there."""
    safe: bool
    """Whether the address may be a link (http, https, mailto)."""
    dated: str | None
    """The address of a web archive's snapshot near the story's date, if the site wants them."""


class SaveView(msgspec.Struct, frozen=True):
    """A file that the thread was read from."""

    path: str
    url: str | None
    """None if it is not published."""
    sha256: str
    reader: str
    withheld: bool = False
    """Whether it is not published because what was removed can't be taken out of it."""


class ThreadPage(Head, frozen=True, kw_only=True):
    """threads/SOURCE/ID.html and its further pages."""

    source: str
    id: str
    original: str | None
    """The address the thread was saved from."""
    original_dated: str | None
    day: str
    posted: str | None
    posted_raw: str | None
    author: Ref | None
    department: str | None
    tags: tuple[Ref, ...]
    masthead: str | None
    footer: str | None
    story: Markup
    """Empty on further pages. Quotes of it link to the id `story`."""
    links: tuple[StoryLink, ...]
    count: int
    """The number of posts on all pages."""
    authors: int
    posts: tuple[PostView, ...]
    closes: int
    """How many lists end after the last post."""
    paging: Paging
    older: Ref | None
    """The thread before this one by date."""
    newer: Ref | None
    saves: tuple[SaveView, ...]
    data: str | None
    """URL of the JSON, if published."""
    post_list: str | None = None
    """URL of the list that says which page each post is on, for `moved.js`; None if the thread has one page."""
    any_inferred: bool
    any_cut: bool
    any_kept: bool
    any_removed: bool = False
    """Whether names or texts of the thread were removed."""
    stated_by: tuple[str, ...] = ()
    """If its saves are of several kinds: the readers of those that state who answers whom, and when."""
    ordered_by: str = ""
    """And the reader of the save that gives order and scores."""
    any_times: bool = False
    """Whether a post has a time."""
    steps: tuple[int, ...] = ()
    """Where scores have no limits: the scores from which `view.js` can show posts; else, and without scores, empty."""
    map: Markup = Markup()
    """The posts of this page as a drawing, with a link to each; empty for few posts."""
    plain: bool = True
    """Whether the story is plain text; see `PostView.plain`."""


class ThreadContext(msgspec.Struct, frozen=True):
    """What the pages of a thread show besides what its saves say."""

    url: str
    older: Ref | None
    """The thread before this one by date."""
    newer: Ref | None
    tags: tuple[Ref, ...]
    exceptions: Mapping[str, str]
    """Slugs of its authors that are not made from their names in the thread."""
    saves: tuple[str | None, ...]
    """URL of each of its saves; None for one that is not published."""
    withheld: tuple[str, ...]
    """Those of its saves that can't be published, since what was removed can't be taken out of them."""
    data: str | None
    """URL of the JSON, if published."""
    post_list: str | None
    """URL of the list of its posts by page, if it has several."""
    authors: int
    unlimited: bool
    """Whether scores of its source have no limits."""
    removed: bool
    """Whether authors or posts of the thread were removed."""


def thread_context(links: Links, number: int, config: Config) -> ThreadContext:
    """Give what the pages of a thread show besides what its saves say."""
    facts = links.threads[number]
    return ThreadContext(
        url=links.urls[number],
        older=_name(links, number - 1),
        newer=_name(links, number + 1),
        tags=tuple(tag_ref(links, tag) for tag in links.tagged[number]),
        exceptions=links.exceptions[number],
        saves=save_urls(links, number),
        withheld=facts.withheld,
        data=urls.thread_data(facts.source, links.stems[number]) if config.publish_data else None,
        post_list=urls.thread_posts(facts.source, links.stems[number]) if facts.posts > config.posts_per_page else None,
        authors=facts.authors,
        unlimited=facts.source in links.unlimited,
        removed=facts.removed,
    )


def save_urls(links: Links, number: int) -> tuple[str | None, ...]:
    """Give the URLs of a thread's saves; None for one that is not published."""
    return tuple([links.saves.get(save.path) for save in links.threads[number].saves])


def _name(links: Links, number: int) -> Ref | None:
    return Ref(links.threads[number].title, links.urls[number]) if 0 <= number < len(links.threads) else None


def pages(links: Links, number: int, config: Config) -> Iterator[Page]:
    """List the pages of a thread."""
    threads, addresses = links.threads, links.urls
    facts, url = threads[number], addresses[number]
    tags = [(tag, links.tag_slugs[tag]) for tag in links.tagged[number]]
    around = [(threads[at].title, addresses[at]) for at in (number - 1, number + 1) if 0 <= at < len(threads)]
    saves = save_urls(links, number)
    unlimited, withheld = facts.source in links.unlimited, facts.withheld
    shown = (saves, withheld, tags, links.exceptions[number])
    fingerprint = mark(facts.content, url, shown, number > 0, around, unlimited)
    for cut in cut_thread(url, facts.posts, config.posts_per_page):
        yield Page(cut.url, KIND, origin(facts, config), fingerprint, TEMPLATE, cut=cut)


def origin(facts: Facts, config: Config) -> str:
    """Name the newest file that a thread was read from."""
    return f"{config.content}/{facts.group.saves[-1]}"


class ThreadViews:
    """Makes the views of a thread's pages; what all of them need is worked out once."""

    def __init__(self, thread: Thread, tree: Tree, context: ThreadContext, config: Config) -> None:
        self.thread = thread
        self.tree = tree
        self.context = context
        self.config = config
        self.posts = Posts(thread, tree, context.url, context.exceptions, config)
        self.posts.unlimited = context.unlimited
        kinds = dict.fromkeys([save.reader for save in thread.saves])
        stated = len(kinds) > 1 and any(reply.evidence == "stated" for reply in thread.replies)
        self.stated_by = tuple([kind for kind in kinds if kind != UNSTATING]) if stated else ()
        scores = [post.score for post in thread.posts]
        self.steps = steps(scores) if context.unlimited and any(score is not None for score in scores) else ()
        self.any_times = any(post.posted for post in thread.posts)

    def view(self, page: Page) -> ThreadPage:
        """Make the view of one page."""
        thread, config, context, cut = self.thread, self.config, self.context, page.cut
        assert cut is not None
        first = cut.paging.number == 1
        posts, last = self.posts.views(cut.start, cut.stop, page.url)
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
            author=author_ref(thread.author, context.exceptions) if thread.author else None,
            department=thread.department,
            tags=context.tags,
            masthead=thread.masthead,
            footer=thread.footer,
            story=markup.story_html(thread.body, thread.links if first else (), thread.markup, self.posts.dated)
            if first
            else Markup(),
            plain=thread.markup == "plain" or (thread.markup == "markdown" and is_costly(thread.body)),
            links=tuple(
                StoryLink(link.n, link.url, markup.is_safe(link.url), self._dated(link.url)) for link in thread.links
            )
            if first
            else (),
            count=len(thread.posts),
            authors=context.authors,
            posts=posts,
            map=thread_map(thread.posts, self.tree, (cut.start, cut.stop), unlimited=context.unlimited),
            closes=last,
            paging=cut.paging,
            older=context.older,
            newer=context.newer,
            saves=tuple(
                SaveView(save.path, url and urls.link(url), save.sha256, save.reader, save.path in context.withheld)
                for save, url in zip(thread.saves, context.saves, strict=True)
            ),
            data=context.data,
            post_list=context.post_list,
            any_inferred=any(post.inferred for post in posts),
            any_cut=any(post.truncated != "no" for post in posts),
            any_kept=any(post.kept for post in posts),
            any_removed=context.removed,
            stated_by=self.stated_by,
            ordered_by=thread.saves[thread.newest_whole].reader if thread.saves else "",
            any_times=self.any_times,
            steps=self.steps,
        )

    def _dated(self, url: str | None) -> str | None:
        return markup.archived(url, self.posts.dated) if url and self.posts.dated and markup.is_safe(url) else None
