"""Plan: every page of the site as data, before anything is rendered, each with a fingerprint of all it shows.

Views are not made here: most pages still have the recorded fingerprint and are not rendered (the engine decides that).
Pages of single authors are not listed one by one, since there are many and what they show is in the partitions; the
engine gets them from `author.author_outlines`. Two pages with one URL are an error that names both origins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from generator import urls
from generator.config import Config
from generator.errors import ContentError, Problem
from generator.pages import author, authors, data, dates, fixed, index, stats, tags, thread
from generator.pages.page import Page, PageKind
from generator.pages.saves import PublishedSave, published
from generator.site import AuthorSum, Links, mark
from generator.theme import Head, Ref, Site, Theme

KINDS: tuple[PageKind, ...] = (index, stats, dates, tags, fixed, authors)
"""Page kinds that are made from `Links`. A new one is a module, a template and a name here."""
THREAD_KINDS = (thread, data)
"""Page kinds that show one thread; its saves are read again to render them."""
ASSET = "asset"
"""The page kind of the theme's static files."""
_BY_NAME = {kind.KIND: kind for kind in KINDS}


class Plan(msgspec.Struct, frozen=True):
    """All files of the site."""

    site: Site
    """What every page shows."""
    pages: tuple[Page, ...]
    """Pages of `KINDS`, and assets."""
    threads: tuple[tuple[Page, ...], ...]
    """Pages of each thread, by its number."""
    saves: tuple[PublishedSave, ...]
    authors: Sequence[AuthorSum]
    """Each author has further pages (`author.author_urls`)."""

    def own(self) -> Iterator[Page]:
        """Yield all pages except those of single authors."""
        yield from self.pages
        for pages in self.threads:
            yield from pages
        yield from (save.page for save in self.saves)

    def urls(self, config: Config) -> dict[str, None]:
        """Give the URLs of all files, in an order that depends on the content alone."""
        urls_of_all = dict.fromkeys(page.url for page in self.own())
        size = config.list_posts_per_page
        folders = {source: urls.author_folder(source) for source in {each.source for each in self.authors}}
        urls_of_all |= dict.fromkeys(
            [f"{folders[each.source]}/{each.slug}.html" for each in self.authors]
        )  # as `AuthorSum.url`
        for each in self.authors:
            if each.posts + each.stories > size:
                urls_of_all |= dict.fromkeys(author.author_urls(each, config))
        return urls_of_all


def plan(links: Links, config: Config, theme: Theme) -> Plan:
    """List all files of the site, in an order that depends on the content alone."""
    planned = Plan(
        site=site_view(links, config, theme),
        pages=(*(page for kind in KINDS for page in kind.pages(links, config)), *_assets(theme)),
        threads=tuple(
            [
                tuple([page for kind in THREAD_KINDS for page in kind.pages(links, number, config)])
                for number in range(len(links.threads))
            ]
        ),
        saves=tuple(published(links, config)),
        authors=links.authors,
    )
    _refuse_duplicates(planned.own())
    return planned


def page_view(page: Page, links: Links, config: Config) -> Head:
    """Make the view of a page of one of `KINDS`."""
    return _BY_NAME[page.kind].view(page, links, config)


def _refuse_duplicates(pages: Iterable[Page]) -> None:
    """Raise `ContentError` if two pages have one URL. Authors' pages can't: their slugs are unique."""
    by_url: dict[str, Page] = {}
    problems = []
    for page in pages:
        other = by_url.setdefault(page.url, page)
        if other is not page:
            message = f"it makes the page {page.url}, and so does {other.origin}"
            problems.append(Problem(page.origin, 0, message, "rename one of them"))
    if problems:
        raise ContentError(problems)


def _assets(theme: Theme) -> Iterator[Page]:
    for name, (url, _) in sorted(theme.assets.items()):
        yield Page(url, ASSET, f"theme asset {name}", mark(url), key=name)


def site_view(links: Links, config: Config, theme: Theme) -> Site:
    """Make what every page shows of the site."""
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
        options=theme.options,
        sources=links.sources if len(links.sources) > 1 else (),
        unlimited=tuple(sorted(links.unlimited)),
    )
