"""The only maker of URLs and slugs (SPEC sections 3 and 4).

URLs are relative to the root of the site, made from ids and never from positions, safe as file names on every system:
ASCII, no reserved Windows name, no leading ``_`` or ``.``. What user data names can't meet a reserved path.
`Slugs` settles names that would be equal, letter case ignored, over a whole site.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from urllib.parse import quote

INDEX = "index.html"
AUTHOR_PAGES = "authors/"
AUTHORS = "authors/index.html"
DATES = "dates/index.html"
TAGS = "tags/index.html"
STATS = "stats.html"
ABOUT = "about.html"
NOT_FOUND = "404.html"
ROBOTS = "robots.txt"
SUMS = "SHA256SUMS"

_WINDOWS = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)", re.I)
_OTHERS = re.compile(r"[^a-z0-9]+")
_RESERVED = frozenset({"index"})
"""Names of pages of ours in folders that otherwise hold what user data names."""
LONGEST_RESERVED = 7
"""Characters of the longest name that Windows or we reserve."""
LONGEST = 80
"""Characters of a slug; folders, page numbers and endings still fit any file system."""


def digest(key: str) -> str:
    """Give a few characters that stand for a key where its slug alone would not do."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def slug(text: str) -> str:
    """Make lower-case ASCII words joined by `-`; empty where nothing of the text is left.

    Letters with marks lose them; scripts without a Latin form vanish (the caller then adds a digest).
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = text.lower()
    return text if text.isalnum() else _OTHERS.sub("-", text).strip("-")


def is_safe_name(name: str) -> bool:
    """Say whether a name can stand for a page as it is: not reserved by Windows or by us, not too long."""
    if not 0 < len(name) <= LONGEST or name[0] in "_-.":
        return False
    return len(name) > LONGEST_RESERVED or (not _WINDOWS.fullmatch(name) and name.lower() not in _RESERVED)


def unique_slugs(wanted: Mapping[str, str]) -> dict[str, str]:
    """Settle the slugs of keys (key to wanted slug, perhaps empty) in one folder.

    Where two would be equal when letter case is ignored, or one can't be a file name, they get the digest of their
    key, never a number by order; so the result does not depend on the order of `wanted`.
    """
    counts: dict[str, int] = {}
    for want in wanted.values():
        folded = want.lower()
        counts[folded] = counts.get(folded, 0) + 1
    taken: dict[str, str] = {}
    crowded: list[str] = []
    for key, want in wanted.items():
        if counts[want.lower()] == 1 and is_safe_name(want):
            taken[key] = want
        else:
            crowded.append(key)
    if crowded:
        names = {name.lower() for name in taken.values()}
        for key in sorted(crowded):
            name, salt = _with_digest(wanted[key], key), 0
            while name.lower() in names:
                # A user can name one thing as another's digest; settle it by hashing on, still without order of input.
                salt += 1
                name = _with_digest(wanted[key], f"{key} {salt}")
            names.add(name.lower())
            taken[key] = name
    return taken


def lone_slug(key: str, want: str) -> str:
    """Give the slug that a key gets where nobody else wants the same."""
    return want if is_safe_name(want) else _with_digest(want, key)


def _with_digest(want: str, key: str) -> str:
    stem = re.sub(r"^[_.-]+", "", want)[: LONGEST - 9]
    return f"{stem}-{digest(key)}".lstrip("-")


def author_slug(name: str, uid: str | None) -> str:
    """Give the slug an author asks for: the name's, and the uid behind it. May be empty."""
    words = slug(name)
    return words if uid is None else f"{words}-{slug(uid)}".strip("-")


@functools.cache
def folder(source: str) -> str:
    """Give the folder of a source; a source may be called like a page of ours."""
    return source if is_safe_name(source) else f"{source[: LONGEST - 9]}-{digest(source)}".lstrip("_-.")


def thread_page(source: str, stem: str) -> str:
    """URL of the first page of a thread; `stem` is its id as `unique_slugs` settled it."""
    return f"threads/{folder(source)}/{stem}.html"


def thread_data(source: str, stem: str) -> str:
    """URL of a thread's JSON."""
    return f"threads/{folder(source)}/{stem}.json"


def author_page(source: str, author: str) -> str:
    """URL of an author's page; `author` is the settled slug."""
    return f"{author_folder(source)}/{author}.html"


@functools.cache
def author_folder(source: str) -> str:
    """Folder of the pages of a source's authors."""
    return f"{AUTHOR_PAGES}{folder(source)}"


def year_page(year: int) -> str:
    """URL of a year."""
    return f"dates/{year:04d}.html"


def month_page(year: int, month: int) -> str:
    """URL of a month."""
    return f"dates/{year:04d}/{month:02d}.html"


def tag_page(tag: str) -> str:
    """URL of a tag, by its settled slug."""
    return f"tags/{tag}.html"


def further(url: str) -> str:
    """Folder of the pages on which goes on what starts at `url`."""
    return f"{url.removesuffix('.html')}/"


def numbered(url: str, number: int) -> str:
    """URL of page `number` of what starts at `url`: X.html goes on at X/2.html."""
    return f"{url.removesuffix('.html')}/{number}.html"


STORY = "#story"
"""Fragment of a thread's story. Posts have a `c` before their ids, so no post can take it."""


def anchor(post_id: str) -> str:
    """Fragment of a post, with the `#`."""
    return f"#c{post_id}"


def save_file(path: str) -> str:
    """URL of a published save: its path in content/, parts renamed that a host would hide or Windows refuse.

    A renamed part carries a digest, so that it can't meet another.
    """
    return "saves/" + "/".join(_save_part(part) for part in path.split("/"))


ACTIVE = frozenset(
    ("css", "htm", "html", "js", "json", "mht", "mhtml", "mjs", "pdf", "shtml", "svg", "svgz", "swf", "wasm", "xht",
     "xhtml", "xml", "xsl", "xslt")
)  # fmt: skip
"""Endings by which a host would serve a save as something that runs or is shown, not as the text it is."""


def _save_part(part: str) -> str:
    stem = part.split(".")[0].rstrip(" ")
    ending = part.rpartition(".")[2]
    if (
        re.fullmatch(r"[^\x00-\x1f<>:\"|?*\\]{1,200}", part)
        and not part.startswith(("_", "."))
        and not part.endswith((".", " "))
        and not _WINDOWS.fullmatch(stem)
        and ending.lower() not in ACTIVE
    ):
        return part
    clean = re.sub(r"[\x00-\x1f<>:\"|?*\\]+", "-", part).strip("_. ")
    stem, dot, ending = clean.rpartition(".") if "." in clean else (clean, "", "")
    text = ".txt" if ending.lower() in ACTIVE else ""
    return f"{stem[:LONGEST]}-{digest(part)}{dot}{ending[:20]}{text}".lstrip("-_. ").rstrip(". ")


def root(url: str) -> str:
    """Give what leads from a page back to the root of the site: as many ``../`` as it is deep."""
    return "../" * url.count("/")


def link(path: str) -> str:
    """Percent-encode a path for a link; paths we make are plain, but saves keep the names their users gave them."""
    return quote(path, safe="/-._~!$&'()*+,;=@")
