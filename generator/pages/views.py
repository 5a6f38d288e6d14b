"""What templates see: `site`, the same for every page, and `page`, one of the structs below (docs/themes.md).

URLs are relative to the root of the site and stand behind `page.root` in a template, as in
``{{ page.root }}{{ thread.url }}``. `Markup` values come from `markup.py` and are safe to show; everything else is
escaped by the template engine.
"""

from __future__ import annotations

import msgspec
from markupsafe import Markup

from generator.site.links import ThreadRow
from generator.site.rows import AuthorPost
from generator.theme.views import Head, Ref


class Paging(msgspec.Struct, frozen=True):
    """Where a page stands among the pages of one list or thread."""

    number: int
    """1-based. Of a list, 0 is the front page, which holds the newest."""
    older: str | None = None
    """The page before (lists: with older entries)."""
    newer: str | None = None
    """The page after (lists: the front page)."""
    pages: tuple[Ref, ...] = ()
    """Pages by number, those far away in steps; empty where naming them would change a finished page."""
    count: int = 1
    """Pages there are, where they are named; 0 on those pages of a ranking that others may follow."""


class ThreadGroup(msgspec.Struct, frozen=True):
    """Threads of one month, or of a year, under one heading."""

    name: str
    """"October 2025", or "Undated"."""
    url: str | None
    threads: tuple[ThreadRow, ...]


class Bar(msgspec.Struct, frozen=True):
    """A bar of the year ribbon: one month or year and its threads."""

    name: str
    url: str | None
    count: int
    level: int
    """0 (none) to 8 (as many as the fullest), for a class."""


class BestPost(msgspec.Struct, frozen=True):
    """One of the highest scored posts of the site."""

    url: str
    """Its place in its thread."""
    score: int
    author: Ref
    thread: Ref


class ThreadList(Head, frozen=True, kw_only=True):
    """index.html, dates/YYYY/MM.html, tags/TAG.html and their older pages."""

    kind: str
    """`index`, `month` or `tag`."""
    groups: tuple[ThreadGroup, ...]
    paging: Paging
    up: Ref | None = None
    """The list this one is a part of (a month's year)."""
    total: int | None = None
    """Threads over all pages; on the front page only."""
    ribbon: tuple[tuple[Ref, tuple[Bar, ...]], ...] = ()
    """(year, its twelve months), newest year first; on the front page of the index only."""
    discussed: tuple[ThreadRow, ...] = ()
    """Threads with most posts; on the front page of the index only, where there are threads enough."""
    praised: tuple[BestPost, ...] = ()
    """Posts with the highest scores, in the same way."""


class DateCount(msgspec.Struct, frozen=True):
    """A year or month, with what it holds."""

    name: str
    url: str | None
    threads: int
    posts: int


class Dates(Head, frozen=True, kw_only=True):
    """dates/index.html (all years) and dates/YYYY.html (the months of one)."""

    up: Ref | None
    rows: tuple[DateCount, ...]
    ribbon: tuple[tuple[Ref, tuple[Bar, ...]], ...]
    older: Ref | None = None
    newer: Ref | None = None


class AuthorRow(msgspec.Struct, frozen=True):
    """An author as lists show them."""

    name: str
    uid: str | None
    url: str
    posts: int
    threads: int
    first: str
    """Years of the first and last thread, "" without dates."""
    last: str


class AuthorList(Head, frozen=True, kw_only=True):
    """authors/index.html and its further pages."""

    authors: tuple[AuthorRow, ...]
    paging: Paging
    total: int | None = None


class TagCloud(Head, frozen=True, kw_only=True):
    """tags/index.html."""

    tags: tuple[tuple[Ref, int], ...]


class AuthorThread(msgspec.Struct, frozen=True):
    """A thread on an author's page, with what the author wrote there."""

    title: str
    url: str
    day: str
    """"15 October 2025", or "" without a date."""
    posted: str | None
    """ISO 8601, for <time datetime>."""
    pages: dict[int, str]
    """URLs of those of the thread's pages that the posts lead to, by their number from 0."""
    story: bool
    """Whether the author posted the story."""
    posts: tuple[AuthorPost, ...]


class Share(msgspec.Struct, frozen=True):
    """A row of a table of counts."""

    name: str
    count: int
    bar: Markup
    """The count as a drawing, against the largest of its table."""
    url: str | None = None
    """The page of what is counted, if it has one."""


class AuthorTotals(msgspec.Struct, frozen=True):
    """What an author did in all."""

    posts: int
    stories: int
    threads: int
    first: str
    last: str
    median: float | None
    names: tuple[str, ...]
    """Other names used, oldest first."""
    answers: tuple[tuple[Ref, int], ...] = ()
    """Whom the author answers, most often first; answers to oneself don't count."""
    more_answers: int = 0
    """People beyond those."""
    answered: tuple[tuple[Ref, int], ...] = ()
    """Who answers the author, most often first."""
    more_answered: int = 0
    years: Markup = Markup()
    """Posts by year as a drawing; empty for few posts, or where all are of one year."""
    scores: Markup = Markup()
    """Posts by score, -1 to 5, as a drawing; empty for few posts, or without scores."""
    labels: tuple[tuple[str, int], ...] = ()
    """Labels that the posts got, most often first; empty for few posts."""


class AuthorPage(Head, frozen=True, kw_only=True):
    """authors/SOURCE/SLUG.html and its older pages."""

    name: str
    uid: str | None
    source: str
    threads: tuple[AuthorThread, ...]
    paging: Paging
    totals: AuthorTotals | None = None
    """On the front page only."""


class PostView(msgspec.Struct, frozen=True):
    """A post on its thread's page.

    Posts come flat, in reading order. `opens` and `closes` say how the nested lists move between them: `opens` starts
    a list inside the post before; else `closes` lists (each with its item) end before the item of this post starts.
    """

    id: str
    """Without the `c` that anchors start with."""
    author: Ref
    uid: str | None
    score: int | None
    label: str | None
    subject: str | None
    """Only where it says something: at the start of a branch, or when it changed."""
    body: Markup
    to: Ref | None
    """Author of the parent, with the parent's place; None for a top-level post."""
    inferred: bool
    evidence: str
    """Why we think so, in words, with the confidence; empty unless inferred."""
    truncated: str
    """`yes`, `unknown` or `no`."""
    kept: bool
    """Whether only an older save of several holds the post."""
    day: str
    posted: str | None
    deep: bool
    """Whether the post stands deeper than the indentation shows."""
    opens: bool
    closes: int
    plain: bool = True
    """Whether the body is plain text, whose line breaks and spaces count; else it was Markdown."""


class StoryLink(msgspec.Struct, frozen=True):
    """An entry of the story's link list."""

    n: int
    url: str
    safe: bool
    """Whether the address may be linked to (http, https, mailto)."""
    dated: str | None
    """The address of a web archive's snapshot near the story's date, where the site asks for them."""


class SaveView(msgspec.Struct, frozen=True):
    """A file that the thread was read from."""

    path: str
    url: str | None
    """None where saves are not published."""
    sha256: str
    reader: str


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
    """Empty on further pages. Quotes of it lead to the id `story`."""
    links: tuple[StoryLink, ...]
    count: int
    """Posts over all pages."""
    authors: int
    posts: tuple[PostView, ...]
    closes: int
    """Lists to end after the last post."""
    paging: Paging
    older: Ref | None
    """The thread before this one by date."""
    newer: Ref | None
    saves: tuple[SaveView, ...]
    data: str | None
    """URL of the JSON, if published."""
    any_inferred: bool
    any_cut: bool
    any_kept: bool
    any_removed: bool = False
    """Whether the thread holds names or texts that were removed."""
    map: Markup = Markup()
    """The posts of this page as a drawing, a link each; empty where they are few."""
    plain: bool = True
    """Whether the story is plain text; see `PostView.plain`."""


class Stats(Head, frozen=True, kw_only=True):
    """stats.html."""

    threads: int
    posts: int
    authors: int
    first: str
    """Months of the first and the last dated thread, "" without dates."""
    last: str
    undated: int
    """Posts of threads without a date."""
    timeline: Markup
    """Posts by month as a drawing, from the first month to the last."""
    months: tuple[Share, ...]
    """Those with posts, newest first."""
    scores: tuple[Share, ...]
    """Posts by score; empty without scores."""
    labels: tuple[Share, ...]
    """Posts by label, most often first."""
    sizes: tuple[Share, ...]
    """Threads by number of posts."""
    active: tuple[Share, ...]
    """Authors with most posts."""


class About(Head, frozen=True, kw_only=True):
    """about.html."""

    threads: int
    posts: int
    authors: int
    first: str
    last: str
    saves: int
    readers: tuple[tuple[str, int], ...]
    """Kinds of save and how many of each."""
    data: bool
    removed: bool
    """Whether any name or text was removed."""


class Plain(Head, frozen=True, kw_only=True):
    """404.html and robots.txt."""
