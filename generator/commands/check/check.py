"""The command `check`: reads a built site as a visitor would. The output folder in, a `CheckReport` out.

It checks what is published, not how it was made: pages (dead links and anchors, ids used twice, what the policy
blocks), data and feeds (whether they parse, and where they lead), the sums, and whether removed texts are gone. Files
that SHA256SUMS does not list are not ours. Pages may link to them, and they must not hold removed texts either, but
nothing else about them is checked. It uses no network and changes nothing.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
from collections import Counter
from collections.abc import Set
from pathlib import Path
from urllib.parse import unquote

import msgspec

from generator.commands.check.documents import DOCUMENTS, line_of
from generator.commands.check.leaks import leaks
from generator.commands.check.links import Destination, Fault, FileLink, follow
from generator.commands.check.page import link_lines, read_page
from generator.commands.check.walk import unusable, walk
from generator.config import Config
from generator.engine import read_content
from generator.errors import NotAFile, Problem, hint_for, reason_of
from generator.files import read_file
from generator.model import Author
from generator.output import DELETE_IT
from generator.threads import Redactions, Runs
from generator.urls import SUMS

BUILD = "run `threadpress build` again"
MEND = "run `threadpress build` again; if that does not help, fix the theme's template"
TAKE_AWAY = "run `threadpress build` again, or delete the file if it is not the build's"

ENOUGH = 10
"""How many links are named for each missing file, since every page may link to it."""

_NO_REDACTIONS = Redactions()
_SUM = re.compile(r"(\\?)([0-9a-f]{64}) [ *](.+)")


class CheckReport(msgspec.Struct, frozen=True):
    """The result of a check."""

    problems: tuple[Problem, ...]
    """In the order of their files; those of the content first."""
    files: int
    """How many files of ours were read."""
    links: int
    """How many links inside the site were followed."""
    not_ours: tuple[str, ...] = ()
    """Files in the output that the build did not write."""


class _AuthorData(msgspec.Struct, frozen=True):
    """Who wrote something, as a thread's data names them."""

    name: str
    uid: str | None = None


class _PostData(msgspec.Struct, frozen=True):
    """The part of a post's data that must agree with its thread's page."""

    id: str
    parent: str | None
    author: _AuthorData | None = None


class _ThreadData(msgspec.Struct, frozen=True):
    """The same for a thread."""

    posts: list[_PostData]
    source: str = ""
    author: _AuthorData | None = None


def check_site(config: Config, site: Path) -> CheckReport:
    """Check the output of the site in folder `site`; the problems of its content come first in the report."""
    content = read_content(site, config)
    redactions = msgspec.structs.replace(Redactions.of(config.redact), runs=content.runs)
    report = check_output(site / config.output, config.site_url, redactions, config.output.rstrip("/"))
    return msgspec.structs.replace(report, problems=(*content.problems, *report.problems))


def check_output(
    output: Path,
    site_url: str = "",
    redactions: Redactions = _NO_REDACTIONS,
    shown: str = "output",
) -> CheckReport:
    """Report everything in a built site that a visitor would trip over, and every removed text still there.

    `redactions` says who must not be named, and has the runs that must not be there. `site_url` is what the
    settings say; if the output was built for another (`build --site-url`), that one counts, and there is a warning.
    Paths in problems begin with `shown`, the output folder as the settings name it. Memory holds one file at a time,
    and a number for every id on a page.
    """
    if problem := unusable(output, shown):
        return CheckReport((problem,), 0, 0)
    check = _Check(output, site_url, redactions, shown)
    sums = check.read_sums()
    # Pages first, in reverse order: authors and dates link to threads, so nearly every anchor has been read before a
    # link to it. Data and feeds come after all pages.
    for path in sorted(sums, key=lambda path: (_is_page(path), path), reverse=True):
        check.read(path, sums[path])
    check.check_anchors()
    if redactions.runs:
        check.search(redactions.runs)
    not_ours = tuple(sorted(check.all_files - sums.keys() - {SUMS}))
    return CheckReport(tuple(sorted(set(check.problems))), check.files_read, check.links_followed, not_ours)


def built_for(output: Path) -> str:
    """Find the address that a site was built for, by its index's canonical link; empty if there is none."""
    index = output / "index.html"
    canonical = read_page(read_file(index).decode("utf-8", "replace")).canonical if index.is_file() else None
    return (canonical or "").removesuffix("index.html")


class _Check:
    """The check of one output folder: what has been read so far, and the problems."""

    def __init__(self, output: Path, site_url: str, redactions: Redactions, shown: str) -> None:
        self.output, self.shown, self.redactions = output, shown, redactions
        closed: list[OSError] = []
        self.all_files = frozenset(walk(output, closed))
        self.by_lower_case: dict[str, str] = {}
        """Every file by its path in lower case; filled when the first link is dead."""
        self.problems: list[Problem] = []
        self.listed: Set[str] = frozenset()
        for error in closed:
            path = Path(error.filename).relative_to(output).as_posix()
            self.report(path, 0, f"it can't be read ({reason_of(error)})", hint_for(error), warning=True)
        self.files_read = 0
        self.links_followed = 0
        self.dead_links: Counter[str] = Counter()
        """How many links there are to each missing file."""
        self.pages: set[str] = set()
        self.anchors: set[int] = set()
        """Hashes of (page, id)."""
        self.undecided: list[tuple[str, int, FileLink, Destination]] = []
        """Links read before their anchor was: the file, which of its links it is, the link, where it leads."""
        self.link_lines: tuple[str, list[int]] = ("", [])
        """The page whose lines were needed last, and the line of each of its links."""
        self.site_url = self._site_url(site_url)

    def _site_url(self, configured: str) -> str:
        """Give the address that the output was built for, and report if it differs from the configured one."""
        if not (self.output / "index.html").is_file():
            return configured
        built = built_for(self.output)
        if configured and built != configured:
            message = f"the site was built for {built or 'no address'}, and site_url is {configured}"
            self.report("index.html", 0, message, BUILD, warning=True)
        return built

    def report(self, path: str, line: int, message: str, hint: str, *, warning: bool = False) -> None:
        """Add a problem with a file of the site."""
        self.problems.append(Problem(f"{self.shown}/{path}", line, message, hint, "warning" if warning else "error"))

    def read_sums(self) -> dict[str, str]:
        """Read SHA256SUMS: path to sum. Missing files are reported and left out."""
        sums: dict[str, str] = {}
        last = ""
        listed = os.fsdecode(read_file(self.output / SUMS)).removesuffix("\n")
        self.files_read = 1  # this one
        for number, line in enumerate(listed.split("\n"), 1):
            match = _SUM.fullmatch(line)
            if not match:
                self.report(SUMS, number, "this is no line of sha256sum", BUILD)
                continue
            path = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], match[3]) if match[1] else match[3]
            if path <= last:
                self.report(SUMS, number, f"{path} stands after {last}: the list is not sorted", BUILD)
            if path == SUMS or path not in self.all_files:
                self.report(SUMS, number, f"{path} is listed, but not there", BUILD)
            else:
                sums[path] = match[2]
            last = path
        for path in ("index.html", "404.html"):
            if path not in sums:
                self.report(SUMS, 0, f"{path} is not listed", BUILD)
        self.listed = sums.keys()
        return sums

    def read(self, path: str, expected: str) -> None:
        """Read one file of ours and follow what it links to."""
        raw = self.bytes_of(path)
        if raw is None:
            return
        self.files_read += 1
        if hashlib.sha256(raw).hexdigest() != expected:
            self.report(path, 0, f"its bytes are not those that {SUMS} lists", DELETE_IT)
        if path.startswith("saves/"):
            return
        kind = path.rpartition(".")[2]
        if kind != "html" and kind not in DOCUMENTS:
            return
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            self.report(path, raw.count(b"\n", 0, error.start) + 1, "this is not UTF-8", MEND)
            return
        if kind == "html":
            self.read_page(path, text)
        elif kind == "json" and path.startswith("threads/"):
            self.read_thread(path, text)
        else:
            self.read_links(path, text)

    def bytes_of(self, path: str) -> bytes | None:
        """Read a file. If that fails it is reported, since a host could not serve the file either.

        A pipe or device that is not ours is only odd: it can hold no text.
        """
        try:
            return read_file(self.output / path)
        except OSError as error:
            odd = isinstance(error, NotAFile) and path not in self.listed
            self.report(path, 0, f"it can't be read ({reason_of(error)})", hint_for(error), warning=odd)
            return None

    def read_page(self, path: str, text: str) -> None:
        """Read a page: note its ids and follow its links."""
        page = read_page(text)
        self.pages.add(path)
        self.anchors.update(hash((path, each)) for each in page.ids)
        for fault in page.faults:
            self.report(path, fault.line, fault.message, fault.hint)
        for number, link in enumerate(page.links):
            self.follow(path, number, link)

    def read_links(self, path: str, text: str) -> None:
        """Follow the links of a style sheet, a feed or a site map."""
        links, faults = DOCUMENTS[path.rpartition(".")[2]](text)
        for fault in faults:
            self.report(path, fault.line, fault.message, fault.hint)
        for number, link in enumerate(links):
            self.follow(path, number, link)

    def read_thread(self, path: str, text: str) -> None:
        """Compare a thread's data with its pages."""
        try:
            data = msgspec.json.decode(text, type=_ThreadData)
        except msgspec.DecodeError as error:
            self.report(path, 0, f"this is not the data of a thread: {error}", BUILD)
            return
        posts = data.posts
        if self.redactions:
            self.check_authors(path, text, data)
        stem = path.removesuffix(".json")
        further = (f"{stem}/{number}.html" for number in itertools.count(2))
        pages = [f"{stem}.html", *itertools.takewhile(self.pages.__contains__, further)]
        ids = {post.id for post in posts}
        missing: list[str] = []
        page = 0
        for post in posts:
            # The next post is mostly on the same page, so that one is tried first.
            order = ((page + step) % len(pages) for step in range(len(pages)))
            holder = next((number for number in order if hash((pages[number], f"c{post.id}")) in self.anchors), None)
            if holder is None:
                missing.append(post.id)
            else:
                page = holder
        strays = [post.parent for post in posts if post.parent is not None and post.parent not in ids]
        for wrong, what in ((missing, "stands on no page of the thread"), (strays, "is a parent, but no post, of it")):
            if wrong:
                more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
                self.report(path, line_of(text, json.dumps(wrong[0])), f"post {wrong[0]}{more} {what}", BUILD)

    def check_authors(self, path: str, text: str, data: _ThreadData) -> None:
        """Report authors that were to be removed and are named in a thread's data all the same."""
        named = dict.fromkeys(each for each in (data.author, *(post.author for post in data.posts)) if each)
        for each in named:
            if self.redactions.hit_author(Author(data.source, each.name, each.uid)):
                line = line_of(text, msgspec.json.encode(each.name).decode())
                self.report(path, line, "an author who was to be removed is named here", BUILD)

    def follow(self, path: str, number: int, link: FileLink) -> None:
        """Make sure that a link leads somewhere; `number` says which link of the file it is."""
        goal = follow(link, path, self.site_url)
        if goal is None:
            return
        self.links_followed += 1
        if isinstance(goal, Fault):
            self.report(path, self._line(path, number, link), goal.message, goal.hint)
        elif goal.path not in self.all_files:
            self.dead_links[goal.path] += 1
            if self.dead_links[goal.path] <= ENOUGH:
                message = f"links to {link.url}, and there is no such file"
                self.report(path, self._line(path, number, link), message, self._hint(goal.path))
        elif goal.fragment not in ("", "top") and hash((goal.path, goal.fragment)) not in self.anchors:
            self.undecided.append((path, number, link, goal))

    def _line(self, path: str, number: int, link: FileLink) -> int:
        """Give the line of a link; in a page it has to be searched for, which is done only for links with problems."""
        if not path.endswith(".html"):
            return link.line
        if self.link_lines[0] != path:
            text = (self.bytes_of(path) or b"").decode("utf-8", "replace")
            self.link_lines = path, link_lines(text, read_page(text).links)
        return self.link_lines[1][number]

    def _hint(self, path: str) -> str:
        """Name the file that a dead link may mean."""
        if not self.by_lower_case:
            self.by_lower_case = {each.lower(): each for each in self.all_files}
        same = self.by_lower_case.get(path.lower())
        return f"there is {same}: upper and lower case must match" if same else MEND

    def check_anchors(self) -> None:
        """Report what only the whole site shows: missing anchors, and how many more links to missing files there are.

        Anchors in files that are not ours can't be checked.
        """
        for path, count in self.dead_links.items():
            if count > ENOUGH:
                self.report(path, 0, f"there is no such file, and {count - ENOUGH} more links lead to it", BUILD)
        for path, number, link, goal in self.undecided:
            if goal.path in self.pages and hash((goal.path, goal.fragment)) not in self.anchors:
                message = f"links to {link.url}, and {goal.path} has no id {goal.fragment!r}"
                self.report(path, self._line(path, number, link), message, MEND)

    def search(self, runs: Runs) -> None:
        """Report every file, ours or not, that holds a run of a removed text; don't repeat the text.

        Names of our own files are made of ids, which stay.
        """
        for path in sorted(self.all_files - {SUMS}):
            if path not in self.listed and runs.holds(unquote(path)):
                self.report(path, 0, "its name holds a text that was to be removed", TAKE_AWAY)
            for line in leaks(path, self.bytes_of(path) or b"", runs):
                self.report(path, line, "a text that was to be removed stands here", TAKE_AWAY)


def _is_page(path: str) -> bool:
    return path.endswith(".html") and not path.startswith("saves/")
