"""Where a link of the site leads: an address and its page in, a `Destination` in the site or a `Fault` out.

Nothing is opened or requested here: `check` finds out whether the destination exists.
"""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import unquote

import msgspec

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FOLLOWED = ("http:", "https:", "mailto:")
"""Kinds of address that a page may link to; all others are a trap or open another program."""

OWN_RELS = frozenset({"canonical", "alternate", "self"})
"""Values of `rel` for a link that gives the full address of this site."""

BLOCKED = "move it into a file of the theme's static folder: the pages' Content-Security-Policy blocks it"
RELATIVE = "use a link relative to the page that ends in a real file name"

Use = Literal["follow", "load", "own"]
"""`load`: the browser fetches it with the page; `own`: it is the full address of this site (canonical)."""


class Fault(msgspec.Struct, frozen=True):
    """Something that is wrong in a file, whatever other files hold."""

    line: int
    message: str
    hint: str


class FileLink(msgspec.Struct, frozen=True):
    """A link in a file of the site."""

    line: int
    """0 in a page: it is searched for when something is wrong with the link (`page.link_lines`)."""
    url: str
    use: Use


class Destination(msgspec.Struct, frozen=True):
    """Where a link leads inside the site."""

    path: str
    fragment: str


def follow(link: FileLink, page: str, site_url: str) -> Destination | Fault | None:
    """Say where a link on `page` leads, or what is wrong with it; None if it leads out of the site.

    `page` is the path of the page in the site. `site_url` ends with a slash, or is empty. A host shows 404.html at any
    path, so on that page links must start with the site's path (or with "/") and must not be relative.
    """
    url = link.url
    if link.use == "own" and site_url and url.startswith(site_url):
        return _inside(link, [], url.removeprefix(site_url) or "index.html")
    scheme = _SCHEME.match(url)
    if scheme or url.startswith("//"):
        if link.use == "load":
            return Fault(link.line, f"loads {url} from another place", BLOCKED)
        if link.use == "own":
            expected = f"does not start with {site_url}" if site_url else "is not a relative address"
            return Fault(link.line, f"{url} {expected}", "run `threadpress build` with the right site_url")
        if scheme and scheme[0].lower() in _FOLLOWED:
            return None
        return Fault(link.line, f"links to {url}", "link to http, https and mailto addresses only")
    if url.startswith(("#", "?")) or not url:
        return Destination(page, _fragment(url))
    if page == "404.html":
        base = base_path(site_url)
        if not url.startswith(base):
            message = f"links to {url}, which does not start with {base}"
            return Fault(
                link.line, message, "start the links of 404.html with the site's path: it is served at any depth"
            )
        return _inside(link, [], url.removeprefix(base))
    if url.startswith("/"):
        return Fault(link.line, f"links to {url}, from the root of the host", RELATIVE)
    return _inside(link, page.split("/")[:-1], url)


def base_path(site_url: str) -> str:
    """Give the path that a site has on its host, "/" or "/repo/"."""
    return "/" + site_url.partition("://")[2].partition("/")[2]


def _inside(link: FileLink, folder: list[str], url: str) -> Destination | Fault:
    """Follow a relative address from a folder of the site."""
    path = url.partition("#")[0].partition("?")[0]
    steps = path.split("/")
    if steps[-1] in ("", ".", ".."):
        hint = "name the file itself, as in index.html: a folder is no page when read from disk"
        return Fault(link.line, f"links to {link.url}, which names a folder", hint)
    at = list(folder)
    for step in steps:
        if step == "..":
            if not at:
                return Fault(link.line, f"links to {link.url}, which leaves the site", RELATIVE)
            at.pop()
        elif step != ".":
            at.append(unquote(step, errors="surrogateescape"))
    return Destination("/".join(at), _fragment(url))


def _fragment(url: str) -> str:
    return unquote(url.partition("#")[2])
