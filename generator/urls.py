"""Makes all URLs and slugs (SPEC sections 3 and 4): ids and names in, paths out. No other module makes any.

URLs are relative to the root of the site. They are made from ids, never from positions, and are safe as file names on
every system: ASCII, no name that Windows reserves, no leading ``_`` or ``.``. User data can't produce the path of one
of our own pages. `unique_slugs` keeps names in one folder apart, even if letter case is ignored. Published saves keep
their own names where they can; `save_files` keeps those apart in the same way.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
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
_THREAD = re.compile(r"threads/[^/]+/[^/]+\.html")
_RESERVED = frozenset({"index"})
"""Names of pages of ours in folders where all other names come from user data."""
LONGEST_RESERVED = 7
"""Characters of the longest name that Windows or we reserve."""
LONGEST = 80
"""Characters of a slug at most; with folder, page number and ending it still fits any file system."""


def digest(key: str) -> str:
    """Give a few characters that identify a key where its slug alone is not enough."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def slug(text: str) -> str:
    """Make lower-case ASCII words joined by `-`; empty if nothing of the text is left.

    Letters lose their accents. Letters without a Latin form are dropped; the caller then adds a digest.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = text.lower()
    return text if text.isalnum() else _OTHERS.sub("-", text).strip("-")


def is_safe_name(name: str) -> bool:
    """Say whether a name will do for a page as it is: not reserved by Windows or by us, and not too long."""
    if not 0 < len(name) <= LONGEST or name[0] in "_-.":
        return False
    return len(name) > LONGEST_RESERVED or (not _WINDOWS.fullmatch(name) and name.lower() not in _RESERVED)


def unique_slugs(wanted: Mapping[str, str]) -> dict[str, str]:
    """Give each key in one folder a slug of its own; `wanted` has the slug that each asks for, perhaps an empty one.

    If two ask for the same, letter case ignored, or a slug can't be a file name, the digest of the key is added. It is
    never a number by order, so the result does not depend on the order of `wanted`.
    """
    return _apart(wanted, str.lower, is_safe_name, _with_digest)


def _apart(
    wanted: Mapping[str, str],
    fold: Callable[[str], str],
    is_safe: Callable[[str], bool],
    with_digest: Callable[[str, str], str],
) -> dict[str, str]:
    """Give each key a name of its own in one folder: the one it asks for, or that with a digest.

    Two names are the same if `fold` makes them equal. `with_digest` gets a name and what to make the digest of.
    """
    folded = list(map(fold, wanted.values()))
    counts = Counter(folded)
    taken: dict[str, str] = {}
    crowded: list[str] = []
    for (key, want), name in zip(wanted.items(), folded, strict=True):
        if counts[name] == 1 and is_safe(want):
            taken[key] = want
        else:
            crowded.append(key)
    if crowded:
        names = set(map(fold, taken.values()))
        for key in sorted(crowded):
            name, salt = with_digest(wanted[key], key), 0
            while fold(name) in names:
                # A user can name one thing like another's name with its digest. Hashing again helps, in any order.
                salt += 1
                name = with_digest(wanted[key], f"{key} {salt}")
            names.add(fold(name))
            taken[key] = name
    return taken


def lone_slug(key: str, want: str) -> str:
    """Give the slug that a key gets if no other key wants the same."""
    return want if is_safe_name(want) else _with_digest(want, key)


def _with_digest(want: str, key: str) -> str:
    stem = re.sub(r"^[_.-]+", "", want)[: LONGEST - 9]
    return f"{stem}-{digest(key)}".lstrip("-")


def author_slug(name: str, uid: str | None) -> str:
    """Give the slug an author asks for: that of the name, then the uid. May be empty."""
    words = slug(name)
    return words if uid is None else f"{words}-{slug(uid)}".strip("-")


@functools.cache
def folder(source: str) -> str:
    """Give the folder of a source, which needs a digest if the source has the name of a page of ours."""
    return source if is_safe_name(source) else f"{source[: LONGEST - 9]}-{digest(source)}".lstrip("_-.")


def thread_page(source: str, stem: str) -> str:
    """Give the URL of the first page of a thread; `stem` is the slug of its id."""
    return f"threads/{folder(source)}/{stem}.html"


def thread_data(source: str, stem: str) -> str:
    """Give the URL of a thread's JSON."""
    return f"threads/{folder(source)}/{stem}.json"


def thread_pages(urls: Iterable[str]) -> frozenset[str]:
    """Pick the first pages of threads out of the URLs of a site: as many as it has threads."""
    return frozenset(url for url in urls if _THREAD.fullmatch(url))


def thread_posts(source: str, stem: str) -> str:
    """Give the URL of the list that says which page of a thread each post is on."""
    return f"threads/{folder(source)}/{stem}/posts.js"


def author_page(source: str, author: str) -> str:
    """Give the URL of an author's page; `author` is the author's slug."""
    return f"{author_folder(source)}/{author}.html"


def author_index(source: str) -> str:
    """Give the URL of the list of a source's authors."""
    return f"{author_folder(source)}/index.html"


@functools.cache
def author_folder(source: str) -> str:
    """Give the folder with the pages of a source's authors."""
    return f"{AUTHOR_PAGES}{folder(source)}"


def year_page(year: int) -> str:
    """Give the URL of a year."""
    return f"dates/{year:04d}.html"


def month_page(year: int, month: int) -> str:
    """Give the URL of a month."""
    return f"dates/{year:04d}/{month:02d}.html"


def tag_page(tag: str) -> str:
    """Give the URL of a tag, by its slug."""
    return f"tags/{tag}.html"


def further(url: str) -> str:
    """Give the folder with the further pages of what starts at `url`."""
    return f"{url.removesuffix('.html')}/"


def numbered(url: str, number: int) -> str:
    """Give the URL of page `number` of what starts at `url`: X.html continues at X/2.html."""
    return f"{url.removesuffix('.html')}/{number}.html"


STORY = "#story"
"""Fragment of a thread's story. No post can have it, since those of posts start with `c`."""


def anchor(post_id: str) -> str:
    """Give the fragment of a post, with the `#`."""
    return f"#c{post_id}"


def save_files(paths: Iterable[str]) -> dict[str, str]:
    """Give the URL of each published save: its path in content/, with those parts renamed that can't stay as they are.

    A host hides some names and Windows refuses some. Others would be one name on a system that ignores letter case, or
    how accents are composed: then all of these are renamed. A renamed part gets a digest, so the result does not
    depend on the order of `paths`.
    """
    split = {path: tuple(_with_folders(path)) if "/" in path else (("", path),) for path in paths}
    folders: dict[str, dict[str, str]] = {}
    for parts in split.values():
        for folder, part in parts:
            folders.setdefault(folder, {})[part] = part
    names = {folder: _apart(wanted, _fold, _can_stay_fast, _renamed) for folder, wanted in folders.items()}
    return {path: "saves/" + "/".join([names[folder][part] for folder, part in parts]) for path, parts in split.items()}


def _with_folders(path: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a path, each with the path of the folder it is in."""
    start = 0
    for part in path.split("/"):
        yield path[:start], part
        start += len(part) + 1


def _fold(name: str) -> str:
    """Give what is left of a name on systems that ignore letter case, composition, and characters that don't show."""
    if name.isascii():
        return name.lower()
    # Folded twice, since taking letters apart can leave some that fold once more.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", _shown(name).casefold()).casefold())


def _shown(name: str) -> str:
    """Leave out the characters of a name that don't show (Unicode's Cf, such as a zero width joiner)."""
    return name if name.isascii() else "".join([char for char in name if unicodedata.category(char) != "Cf"])


ACTIVE = frozenset(
    ("css", "htm", "html", "js", "json", "mht", "mhtml", "mjs", "pdf", "shtml", "svg", "svgz", "swf", "wasm", "xht",
     "xhtml", "xml", "xsl", "xslt")
)  # fmt: skip
"""Endings for which a host would serve a save as something that runs or is displayed, not as the text it is."""
_UNUSABLE = r"\x00-\x1f<>:\"|?*\\"
_PLAIN_PART_FAST = re.compile(r"[0-9]{1,40}(?:\.[0-9]{1,4})?\.(?:md|txt)")
"""What nearly all parts are: all that may be wrong with others need not be looked for."""
_USABLE_PART = re.compile(f"[^{_UNUSABLE}]{{1,200}}")
_UNUSABLE_RUN = re.compile(f"[{_UNUSABLE}]+")
_SHORT = re.compile(r"[^~.]{1,6}~[0-9]+")
"""The name without an ending that Windows gives a file besides its own. `git~1` is `.git` there, `GITMOD~1` is
`.gitmodules`; git leaves out the first without a word, and reads the second."""
LONGEST_STEM = 160
"""Bytes of a renamed part before its digest; with digest and ending it still fits any file system."""


def _can_stay(part: str) -> bool:
    """Say whether a part of a save's path can be published as it is.

    Characters that don't show are passed over at its beginning: on a Mac a name is hidden behind them too.
    """
    return (
        _USABLE_PART.fullmatch(part) is not None
        and not _shown(part).startswith(("_", "."))
        and not part.endswith((".", " "))
        and not is_device(part)
        and not _SHORT.fullmatch(part)
        and part.rpartition(".")[2].lower() not in ACTIVE
    )


def _can_stay_fast(part: str) -> bool:
    return _PLAIN_PART_FAST.fullmatch(part) is not None or _can_stay(part)


def is_device(part: str) -> bool:
    """Say whether Windows takes a name for a device, whatever comes after its first dot."""
    return _WINDOWS.fullmatch(part.partition(".")[0].rstrip(" ")) is not None


def _renamed(part: str, key: str) -> str:
    """Give another name for a part of a save's path, with the digest of `key` before its ending."""
    clean = part if _shown(part)[:1] == part[:1] else _shown(part)
    clean = _UNUSABLE_RUN.sub("-", clean).lstrip("-_. ").rstrip("_. ")
    stem, dot, ending = clean.rpartition(".") if "." in clean else (clean, "", "")
    if is_device(stem):
        stem = stem.replace(".", "-")
    stem = stem[:LONGEST].encode("utf-8", "surrogatepass")[:LONGEST_STEM].decode("utf-8", "ignore")
    text = ".txt" if ending.lower() in ACTIVE else ""
    return f"{stem}-{digest(key)}{dot}{ending[:20]}{text}".lstrip("-_. ").rstrip(". ")


def root(url: str) -> str:
    """Give the way from a page back to the root of the site: a ``../`` for each folder it is in."""
    return "../" * url.count("/")


def link(path: str) -> str:
    """Percent-encode a path for a link. Paths that we make don't need it, but saves keep the names their users gave."""
    return quote(path, safe="/-._~!$&'()*+,;=@")
