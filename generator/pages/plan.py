"""Plan: every page of the site as data, before anything is rendered, each with a fingerprint of all it shows.

Pages of authors are planned by author, since there are so many: what they show lies in the partitions, and their
fingerprints are worked out there. `stale` is the policy of what is rendered. Two pages with one URL are an error that
names both origins.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import msgspec

from generator import urls
from generator.config import Config
from generator.errors import ContentError, Problem
from generator.output.records import FINGERPRINT, SHA256, Records
from generator.pages.lists import (
    ListPage,
    author_cuts,
    author_slice,
    lists,
    same_lists,
    same_summaries,
    summaries,
    tag_ref,
)
from generator.pages.paging import Cut, cut_list, cut_thread
from generator.site.authors import AuthorSum
from generator.site.facts import Facts
from generator.site.links import Links
from generator.theme.theme import Theme
from generator.theme.views import Head, Ref, Site

_encode = msgspec.msgpack.Encoder(enc_hook=str).encode  # for Markup


AUTHORS = "authors.html"
"""Template of the authors' index."""


def fingerprint(*values: Any) -> bytes:
    """Eight bytes that stand for values, which msgspec can encode."""
    return hashlib.blake2b(_encode(values), digest_size=8).digest()


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the site."""

    url: str
    kind: Literal["view", "thread", "data", "save", "asset"]
    origin: str
    """What asks for it, for the message when two pages want one URL."""
    fingerprint: bytes
    template: str = ""
    view: Head | None = None
    """What a `view` page shows; None: not worked out, as it is what the last build showed there."""
    key: str = ""
    """Path of a `save` page, name of an `asset`."""
    cut: Cut | None = None
    """Which posts a `thread` page shows, or which authors one of their index does."""


class ThreadPlan(msgspec.Struct, frozen=True):
    """A thread's files, and what they show that its saves don't say."""

    number: int
    url: str
    older: Ref | None
    """The thread before this one by date."""
    newer: Ref | None
    tags: tuple[Ref, ...]
    odd: dict[str, str]
    """Slugs of its authors that don't follow from their names here."""
    data: str | None
    """URL of the JSON, if published."""
    pages: tuple[Page, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """The site."""

    site: Site
    threads: tuple[ThreadPlan, ...]
    authors: Sequence[AuthorSum]
    summaries: tuple[Page, ...]
    lists: tuple[Page, ...]
    others: tuple[Page, ...]
    """Of the authors' index, and assets."""

    @property
    def pages(self) -> tuple[Page, ...]:
        """All but those of threads and of single authors."""
        return (*self.summaries, *self.lists, *self.others)

    def own_urls(self) -> Iterator[str]:
        """Yield the URLs of all files but those of single authors."""
        yield from (page.url for page in self.pages)
        yield from (page.url for thread in self.threads for page in thread.pages)

    def urls(self, config: Config) -> dict[str, None]:
        """Give the URLs of all files, in an order that depends on the content alone."""
        found = dict.fromkeys(self.own_urls())
        size = config.list_posts_per_page
        folders = {source: urls.author_folder(source) for source in {author.source for author in self.authors}}
        found |= dict.fromkeys([f"{folders[author.source]}/{author.slug}.html" for author in self.authors])  # as `url`
        for author in self.authors:
            if author.posts + author.stories > size:
                found |= dict.fromkeys(author_urls(author, config))
        return found


def author_urls(author: AuthorSum, config: Config) -> tuple[str, ...]:
    """Give the URLs of an author's pages."""
    count, size = author.posts + author.stories, config.list_posts_per_page
    return (author.url,) if count <= size else tuple(cut.url for cut in cut_list(author.url, count, size))


class Ranked(NamedTuple):
    """How the last build, under the same settings and theme, ranked authors, and what is known of its pages."""

    authors: Sequence[AuthorSum]
    records: Records


class Web(NamedTuple):
    """How a site was linked and planned: what the next build in the same process need not work out again."""

    links: Links
    planned: Plan
    named: Mapping[str, tuple[Place, bytes]]
    """What `places` gives."""


class Place(NamedTuple):
    """A thread as author pages name it."""

    title: str
    url: str
    day: str
    posted: str | None


def places(links: Links, before: Web | None = None) -> dict[str, tuple[Place, bytes]]:
    """Give how author pages name each thread and the fingerprint of that, by order key, oldest thread first."""
    known = before.named if before else {}
    named = {}
    for facts, row in zip(links.threads, links.rows, strict=True):
        place = Place(row.title, row.url, row.day, row.posted)
        was = known.get(facts.order)
        named[facts.order] = was if was and was[0] == place else (place, fingerprint(place))
    return named


Reason = Literal[
    "it is new",
    "the store does not know it",
    "settings, theme or program changed",
    "what it shows changed",
    "its file is missing",
    "its file is not what was written",
]


def stale(page: bytes, record: bytes | None, present: bytes | None, *, same_site: bool) -> Reason | None:
    """Say why a page must be rendered, or None if its file stands as it should.

    `page` is its fingerprint, `record` what the store knows of it, `present` the hash of the file in place, if that is
    ours; `same_site`: settings, theme and program are those of the record.
    """
    if record is None:
        return "it is new" if present is None else "the store does not know it"
    if not same_site:
        return "settings, theme or program changed"
    if record[FINGERPRINT] != page:
        return "what it shows changed"
    if present is None:
        return "its file is missing"
    if present != record[SHA256]:
        return "its file is not what was written"
    return None


def plan(links: Links, config: Config, theme: Theme, before: Web | None = None, ranked: Ranked | None = None) -> Plan:
    """List all files of the site, in an order that depends on nothing but their content.

    `before` is how the site was, under the same settings and theme. It and `ranked` change nothing, but save time.
    """
    planned = Plan(
        site=site_view(links, config, theme),
        threads=tuple(
            made if made.pages else msgspec.structs.replace(made, pages=thread_pages(made, facts, config))
            for made, facts in zip(thread_plans(links, config, before), links.threads, strict=True)
        ),
        authors=links.authors,
        summaries=before.planned.summaries
        if before and same_summaries(links, before.links)
        else tuple(map(_list_page, summaries(links, config))),
        lists=before.planned.lists
        if before and same_lists(links, before.links)
        else tuple(map(_list_page, lists(links, config))),
        others=(*_author_pages(links, config, ranked), *_assets(theme)),
    )
    _refuse_duplicates(planned, config)
    return planned


def _refuse_duplicates(planned: Plan, config: Config) -> None:
    """Raise `ContentError` where two pages have one URL. Authors' slugs are unique, and nothing else is put there."""
    seen: dict[str, Page] = {}
    problems = []
    for page in (*planned.pages, *(page for thread in planned.threads for page in thread.pages)):
        other = seen.setdefault(page.url, page)
        if other is not page:
            message = f"it makes the page {page.url}, and so does {other.origin}"
            problems.append(Problem(page.origin, 0, message, "rename one of them"))
    if problems:
        raise ContentError(problems)


def _list_page(page: ListPage) -> Page:
    template, view, origin = page
    return Page(
        url=view.url,
        kind="view",
        origin=origin,
        template=template,
        view=view,
        fingerprint=fingerprint(template, view),
    )


def _author_pages(links: Links, config: Config, ranked: Ranked | None) -> Iterator[Page]:
    for cut, same in author_cuts(links.authors, ranked.authors if ranked else ()):
        known = ranked.records.fingerprint(cut.url) if ranked and same else b""
        view = None if known else author_slice(links, cut, config)
        yield Page(
            url=cut.url,
            kind="view",
            origin="authors",
            template=AUTHORS,
            view=view,
            cut=cut,
            fingerprint=known or fingerprint(AUTHORS, view),
        )


def _assets(theme: Theme) -> Iterator[Page]:
    for name, (url, _) in sorted(theme.assets.items()):
        yield Page(url=url, kind="asset", origin=f"theme asset {name}", key=name, fingerprint=fingerprint(url))


def site_view(links: Links, config: Config, theme: Theme) -> Site:
    """What every page shows of the site."""
    nav = [Ref("Threads", urls.INDEX), Ref("Authors", urls.AUTHORS), Ref("Dates", urls.DATES)]
    if links.tags:
        nav.append(Ref("Tags", urls.TAGS))
    nav += (Ref("Stats", urls.STATS), Ref("About", urls.ABOUT))
    return Site(
        title=config.title,
        description=config.description,
        language=config.language,
        url=config.site_url,
        noindex=config.noindex,
        nav=tuple(nav),
        assets={name: url for name, (url, _) in theme.assets.items()},
        options={**theme.options, **config.theme_options},
    )


def thread_plans(links: Links, config: Config, before: Web | None = None) -> Iterator[ThreadPlan]:
    """Yield the plan of every thread, oldest first: with its pages where it is as `before`, else without."""
    known: dict[str, tuple[Facts, ThreadPlan]] = {}
    if before:
        pairs = zip(before.links.threads, before.planned.threads, strict=True)
        known = {facts.order: (facts, made) for facts, made in pairs}
    refs = [Ref(row.title, row.url) for row in links.rows]
    last = len(refs) - 1
    for number, (facts, stem) in enumerate(zip(links.threads, links.stems, strict=True)):
        older = refs[number - 1] if number > 0 else None
        newer = refs[number + 1] if number < last else None
        tags = tuple([tag_ref(links, tag) for tag in links.tagged[number]])
        was, made = known.get(facts.order, (None, None))
        if was is facts and made and (older, newer, tags, links.urls[number]) == (
            made.older, made.newer, made.tags, made.url,
        ):  # fmt: skip
            yield made if made.number == number else msgspec.structs.replace(made, number=number)
            continue
        yield ThreadPlan(
            number=number,
            url=links.urls[number],
            older=older,
            newer=newer,
            tags=tags,
            odd=facts.odd or {},
            data=urls.thread_data(facts.source, stem) if config.publish_data else None,
        )


def thread_pages(plan: ThreadPlan, facts: Facts, config: Config) -> tuple[Page, ...]:
    """List the files of one thread."""
    group = facts.group
    origin = f"{config.content}/{group.saves[-1]}"
    shown = (facts.read, group, plan.url, plan.tags, plan.odd)
    around = fingerprint(shown, plan.older, plan.newer)
    pages = [
        Page(url=cut.url, kind="thread", origin=origin, template="thread.html", cut=cut, fingerprint=around)
        for cut in cut_thread(plan.url, facts.posts, config.posts_per_page)
    ]
    if plan.data:
        pages.append(Page(url=plan.data, kind="data", origin=origin, fingerprint=fingerprint(shown)))
    if config.publish_saves:
        pages += (
            Page(
                url=urls.save_file(save.path),
                kind="save",
                origin=f"{config.content}/{save.path}",
                key=save.path,
                fingerprint=fingerprint(save.sha256),
            )
            for save in facts.saves
        )
    return tuple(pages)
