"""Pages of the default theme made of values written by hand, one or more of every kind, and what to ask of the HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import msgspec
from markupsafe import Markup

from generator.pages.author import AuthorPage, AuthorThread, AuthorTotals
from generator.pages.authors import AuthorList, AuthorRow
from generator.pages.dates import DateCount, Dates
from generator.pages.drawings import columns, share
from generator.pages.fixed import About, Moved, Plain
from generator.pages.lists import Bar, BestPost, ThreadGroup, ThreadList, ThreadRow
from generator.pages.paging import Paging
from generator.pages.posts import PostView
from generator.pages.stats import Share, Stats
from generator.pages.tags import TagCloud
from generator.pages.thread import SaveView, StoryLink, ThreadPage
from generator.site import AuthorPost
from generator.theme.theme import load_theme
from generator.theme.views import Head, Ref, Site

THEME = load_theme("default", None)
EVIL = '<script>x()</script>"\' onclick="y()" {{ 7*7 }} &lt;'
VOID = frozenset({"link", "meta", "br", "hr", "img", "input", "wbr", "col"})

SITE = Site(
    title="Letters",
    description="What friends wrote.",
    language="en",
    url="",
    noindex=False,
    nav=(Ref("Threads", "index.html"), Ref("Authors", "authors/index.html")),
    assets={name: url for name, (url, _) in THEME.assets.items()},
    options=THEME.options,
)


class Outline(HTMLParser):
    """What a browser would make of a page, as far as the tests ask; fails on tags that don't match."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.levels: list[int] = []
        self.lists: dict[str, int] = {}
        self.parents: dict[str, str | None] = {}
        self.text = ""
        self._items: list[str | None] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert len(found) == len(attrs), f"an attribute twice in {tag}"
        self.tags.append((tag, found))
        if name := found.get("id"):
            self.ids.append(name)
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if tag == "li":
            self._items.append(None)
        if tag == "article":
            anchor = str(found["id"])
            self.lists[anchor] = sum(name == "ol" for name, _ in self.open)
            self.parents[anchor] = self._items[-2] if len(self._items) > 1 else None
            self._items[-1] = anchor
        if tag not in VOID:
            self.open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> too many"
        assert self.open.pop()[0] == tag
        if tag == "li":
            self._items.pop()

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, css: str = "") -> list[dict[str, str | None]]:
        """Attributes of all elements of this name, and class if given."""
        return [
            attrs for name, attrs in self.tags if name == tag and (not css or css in str(attrs.get("class")).split())
        ]


def html_of(page: Head, template: str, site: Site = SITE) -> str:
    return THEME.render(template, page, site).decode()


def post(number: int = 1, **changes: Any) -> PostView:
    given: dict[str, Any] = {
        "id": f"p{number}",
        "author": Ref("Ann", "authors/notes/ann.html"),
        "uid": None,
        "score": None,
        "label": None,
        "subject": None,
        "body": Markup("<p>Said.</p>"),
        "to": None,
        "inferred": False,
        "evidence": "",
        "truncated": "no",
        "kept": False,
        "day": "",
        "posted": None,
        "deep": False,
        "opens": False,
        "closes": 0,
    }
    return PostView(**given | changes)


def thread(*posts: PostView, **changes: Any) -> ThreadPage:
    """A thread; its first post opens the list of posts, which ends behind the last one unless `closes` says more."""
    posts = tuple(msgspec.structs.replace(post, opens=True) if n == 0 else post for n, post in enumerate(posts))
    given: dict[str, Any] = {
        "url": "threads/notes/1.html",
        "root": "../../",
        "title": "A walk",
        "source": "notes",
        "id": "1",
        "original": None,
        "original_dated": None,
        "day": "Sunday 3 May 2009",
        "posted": "2009-05-03",
        "posted_raw": None,
        "author": Ref("Bo", "authors/notes/bo.html"),
        "department": None,
        "tags": (),
        "masthead": None,
        "footer": None,
        "story": Markup("<p>We walked.</p>"),
        "links": (),
        "count": len(posts),
        "authors": 1,
        "posts": posts,
        "closes": min(1, len(posts)),
        "paging": Paging(1),
        "older": None,
        "newer": None,
        "saves": (SaveView("1.md", "saves/1.md", "0" * 64, "markdown"),),
        "data": None,
        "any_inferred": any(post.inferred for post in posts),
        "any_cut": any(post.truncated != "no" for post in posts),
        "any_kept": any(post.kept for post in posts),
    }
    return ThreadPage(**given | changes)


def thread_html(*posts: PostView, **changes: Any) -> str:
    return html_of(thread(*posts, **changes), "thread.html")


ROW = ThreadRow(EVIL, "threads/notes/1.html", "3 May 2009", "2009-05-03", 1200, 1, 5, EVIL, Ref("Bo", None))
BARE = ThreadRow("Undated", "threads/notes/2.html", "", None, 0, 0, None, None, None)
BARS = tuple(Bar(f"{name} 2009", "dates/2009/05.html" if n == 4 else None, n == 4, n) for n, name in enumerate("JFMAM"))
YEARS = ((Ref("2010", "dates/2010.html"), BARS), (Ref("2009", "dates/2009.html"), BARS))
SPLIT = Paging(
    2,
    "authors/index.html",
    "authors/index/3.html",
    (Ref("1", "authors/index.html"), Ref("2", "authors/index/2.html"), Ref("7", "authors/index/7.html")),
    7,
)
FULL_POST = post(
    9,
    author=Ref(EVIL, None),
    score=-7,
    label=EVIL,
    subject=EVIL,
    to=Ref(EVIL, "#cp1"),
    inferred=True,
    evidence=EVIL,
    truncated="yes",
    kept=True,
    day="Monday 4 May 2009, 10:00",
    posted="2009-05-04T10:00:00Z",
    deep=True,
    opens=True,
    plain=False,
)

PAGES: dict[str, tuple[str, Head]] = {
    "thread": ("thread.html", thread(post(), FULL_POST, closes=2)),
    "thread with everything": (
        "thread.html",
        thread(
            post(),
            title=EVIL,
            original="https://example.org/?a=1&b=2",
            original_dated="https://web.archive.org/web/2009/https://example.org/",
            posted_raw=EVIL,
            department=EVIL,
            tags=(Ref(EVIL, "tags/a.html"),),
            masthead=EVIL,
            footer=EVIL,
            links=(
                StoryLink(1, "https://example.org/", True, "https://web.archive.org/x"),
                StoryLink(9, EVIL, False, None),
            ),
            count=3000,
            paging=Paging(1, None, "threads/notes/1/2.html", (Ref("1", "threads/notes/1.html"),), 2),
            older=Ref(EVIL, "threads/notes/0.html"),
            newer=Ref(EVIL, "threads/notes/2.html"),
            saves=(SaveView(EVIL, None, "0" * 64, "markdown"),),
            data="threads/notes/1.json",
            post_list="threads/notes/1/posts.js",
        ),
    ),
    "thread without posts": ("thread.html", thread(day="", posted=None, author=None, authors=0, saves=())),
    "index": (
        "list.html",
        ThreadList(
            url="index.html",
            root="",
            title="Letters",
            description=EVIL,
            kind="index",
            groups=(ThreadGroup("May 2009", "dates/2009/05.html", (ROW, ROW)), ThreadGroup("Undated", None, (BARE,))),
            paging=Paging(0, "index/1.html"),
            total=1203,
            ribbon=YEARS,
        ),
    ),
    "index of many threads": (
        "list.html",
        ThreadList(
            url="index.html",
            root="",
            title="Letters",
            kind="index",
            groups=(ThreadGroup("May 2009", "dates/2009/05.html", (ROW,)),),
            paging=Paging(0),
            total=12,
            discussed=(ROW, BARE),
            praised=(
                BestPost("threads/notes/1.html#cp1", 99, Ref(EVIL, "authors/notes/ann.html"), Ref(EVIL, ROW.url)),
                BestPost("threads/notes/2.html#cp1", 4, Ref("Ann", "authors/notes/ann.html"), Ref("A walk", BARE.url)),
            ),
        ),
    ),
    "older index": (
        "list.html",
        ThreadList(
            url="index/1.html",
            root="../",
            title="Letters, page 1",
            kind="index",
            groups=(),
            paging=Paging(1, None, "index.html"),
        ),
    ),
    "month": (
        "list.html",
        ThreadList(
            url="dates/2009/05.html",
            root="../../",
            title="May 2009",
            kind="month",
            groups=(ThreadGroup("May 2009", "dates/2009/05.html", (ROW,)),),
            paging=Paging(0),
            up=Ref("2009", "dates/2009.html"),
            total=1,
        ),
    ),
    "years": (
        "dates.html",
        Dates(
            url="dates/index.html",
            root="../",
            title="Dates",
            up=None,
            rows=(DateCount("2009", "dates/2009.html", 1200, 3),),
            ribbon=YEARS,
        ),
    ),
    "year": (
        "dates.html",
        Dates(
            url="dates/2009.html",
            root="../",
            title="2009",
            up=Ref("Dates", "dates/index.html"),
            rows=(DateCount("May 2009", None, 1, 3),),
            ribbon=YEARS[1:],
            older=Ref("2008", "dates/2008.html"),
        ),
    ),
    "no dates": ("dates.html", Dates(url="dates/index.html", root="../", title="Dates", up=None, rows=(), ribbon=())),
    "author": (
        "author.html",
        AuthorPage(
            url="authors/notes/ann.html",
            root="../../",
            title=EVIL,
            name=EVIL,
            uid="12",
            source="notes",
            threads=(
                AuthorThread(
                    ROW.title,
                    ROW.url,
                    ROW.day,
                    ROW.posted,
                    {0: "threads/notes/1.html", 1: "threads/notes/1/2.html"},
                    True,
                    (
                        AuthorPost("p1", 0, EVIL, EVIL, 9, EVIL, None, "", 0, False, "no"),
                        AuthorPost("p2", 1, "Re:", "So", 2, "Funny", EVIL, EVIL, 0, True, "yes"),
                        AuthorPost("p3", 0, "Re:", "So", None, None, EVIL, "p2", 1, False, "yes"),
                    ),
                ),
                AuthorThread(BARE.title, BARE.url, BARE.day, BARE.posted, {0: BARE.url}, True, ()),
            ),
            paging=Paging(0, "authors/notes/ann/1.html"),
            totals=AuthorTotals(2, 1, 2, "2008", "2009", 2.5, (EVIL, "Annie")),
        ),
    ),
    "author of many posts": (
        "author.html",
        AuthorPage(
            url="authors/notes/ann.html",
            root="../../",
            title="Ann",
            name="Ann",
            uid=None,
            source="notes",
            threads=(),
            paging=Paging(0),
            totals=AuthorTotals(
                20,
                0,
                2,
                "2008",
                "2009",
                2.5,
                (),
                answers=((Ref(EVIL, "authors/notes/bo.html"), 3), (Ref("Cy", "authors/notes/cy.html"), 1)),
                more_answers=12,
                answered=((Ref("Bo", "authors/notes/bo.html"), 1),),
                years=columns("Posts by year", [("2008", 3), ("2009", 17)]),
                scores=columns("Posts by score", [(-1, 0), (0, 20)]),
                labels=((EVIL, 3), ("Funny", 1)),
            ),
        ),
    ),
    "older posts of an author": (
        "author.html",
        AuthorPage(
            url="authors/notes/ann/1.html",
            root="../../../",
            title="Ann, page 1",
            name="Ann",
            uid=None,
            source="notes",
            threads=(),
            paging=Paging(1, None, "authors/notes/ann.html"),
        ),
    ),
    "authors": (
        "authors.html",
        AuthorList(
            url="authors/index/2.html",
            root="../../",
            title="Authors, page 2",
            authors=(AuthorRow(EVIL, "12", "authors/notes/a.html", 1200, 3, "2008", "2009"),),
            paging=SPLIT,
        ),
    ),
    "no authors": (
        "authors.html",
        AuthorList(url="authors/index.html", root="../", title="Authors", authors=(), paging=Paging(1), total=0),
    ),
    "tags": (
        "tags.html",
        TagCloud(url="tags/index.html", root="../", title="Tags", tags=((Ref(EVIL, "tags/a.html"), 1),)),
    ),
    "no tags": ("tags.html", TagCloud(url="tags/index.html", root="../", title="Tags", tags=())),
    "stats": (
        "stats.html",
        Stats(
            url="stats.html",
            root="",
            title="Statistics",
            threads=3,
            posts=1200,
            authors=2,
            first="May 2009",
            last="June 2009",
            undated=1,
            timeline=columns("Posts by month", [("May 2009", 3), ("June 2009", 1196)]),
            months=(
                Share("June 2009", 1196, share(1196, 1196), "dates/2009/06.html"),
                Share("May 2009", 3, share(3, 4)),
            ),
            scores=(Share("0", 3, share(3, 4)),),
            labels=(Share(EVIL, 3, share(3, 4)),),
            sizes=(Share("1–9", 3, share(3, 4)),),
            active=(Share(EVIL, 3, share(3, 4), "authors/notes/ann.html"),),
        ),
    ),
    "no stats": (
        "stats.html",
        Stats(
            url="stats.html",
            root="",
            title="Statistics",
            threads=0,
            posts=0,
            authors=0,
            first="",
            last="",
            undated=0,
            timeline=Markup(),
            months=(),
            scores=(),
            labels=(),
            sizes=(),
            active=(),
        ),
    ),
    "about": (
        "about.html",
        About(
            url="about.html",
            root="",
            title="About",
            threads=1,
            posts=2,
            authors=3,
            first="1 May 2009",
            last="3 May 2009",
            saves=2,
            readers=(("markdown", 1), ("slashdot-text", 1)),
            data=True,
            removed=True,
        ),
    ),
    "moved": (
        "moved.html",
        Moved(url="threads/s/2.html", root="../../", title=EVIL, thread=Ref(EVIL, "threads/s/1.html")),
    ),
    "not found": ("404.html", Plain(url="404.html", root="/repo/", title="Not found")),
}
