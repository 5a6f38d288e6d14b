"""Check a built site as a visitor would meet it: the output folder in, a `CheckReport` out. A rim: it reads files.

It looks at what was published, not at how it came to be: pages (dead links and anchors, ids used twice, what the
policy blocks), data and feeds (whether they parse and lead somewhere), the sums, and whether removed texts are gone.
Files that SHA256SUMS does not list are not ours: pages may link to them, and removed texts must not stand in them
either, but nothing else about them is looked at. No network, and nothing is changed.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from generator.commands.check.leaks import leaks, needles
from generator.commands.check.visit import DOCUMENTS, Fault, Link, follow, line_of, visit
from generator.config import Config
from generator.engine.scan import traces
from generator.errors import Problem
from generator.threads.redact import Redactions
from generator.urls import SUMS

FIRST = "run `threadpress build` first"
BUILD = "run `threadpress build` again"
MEND = "run `threadpress build` again; if that does not help, mend the theme's template"
UNDO = "undo the change, or run `threadpress build` again"
TAKE_AWAY = "run `threadpress build` again, or delete the file if it is not the build's"

ENOUGH = 10
"""Places named for each file that is not there; every page may link to it."""

_SUM = re.compile(r"(\\?)([0-9a-f]{64}) [ *](.+)")


class CheckReport(msgspec.Struct, frozen=True):
    """What a check found."""

    problems: tuple[Problem, ...]
    """By place; those of the content first."""
    files: int
    """How many files of ours were read."""
    links: int
    """How many links inside the site were followed."""
    others: tuple[str, ...] = ()
    """Files in the output that are not ours."""


class _PostData(msgspec.Struct, frozen=True):
    """The part of a post's data that its thread's page must agree with."""

    id: str
    parent: str | None


class _ThreadData(msgspec.Struct, frozen=True):
    """As `_PostData`, of a thread."""

    posts: list[_PostData]


def check_site(config: Config, site: Path) -> CheckReport:
    """Check the output of the site in folder `site`, with the problems of its content, which are told first."""
    removed, found = traces(site / config.content, Redactions.of(config.redact), config.content)
    report = check_output(site / config.output, removed, config.site_url)
    return msgspec.structs.replace(report, problems=(*found, *report.problems))


def check_output(output: Path, removed: Sequence[str] = (), site_url: str = "") -> CheckReport:
    """Report everything in a built site that a visitor would trip over, and every removed text still there.

    `removed` holds names and texts as they stood in the saves. `site_url` is what the settings say; where the output
    names another (`build --site-url`) the output counts, and the difference is a warning. Problems name files from
    the output folder's own name on. Memory holds one file at a time, and a number for every id on a page.
    """
    for needed, place in ((output.is_dir(), output.name), ((output / SUMS).is_file(), f"{output.name}/{SUMS}")):
        if not needed:
            return CheckReport((Problem(place, 0, "it is not there", FIRST),), 0, 0)
    look = _Look(output, site_url)
    sums = look.read_sums()
    # Pages first, and from the back: authors and dates link to threads, so nearly every anchor is known by the time
    # a link to it is met. Data and feeds come after all pages.
    for path in sorted(sums, key=lambda path: (_is_page(path), path), reverse=True):
        look.read(path, sums[path])
    look.settle()
    look.search(removed)
    others = tuple(sorted(look.there - sums.keys() - {SUMS}))
    return CheckReport(tuple(sorted(look.problems)), look.files, look.links, others)


def built_for(output: Path) -> str:
    """Find the address that a site was built for: its index says so by its canonical link. Empty without one."""
    index = output / "index.html"
    canonical = visit(index.read_text("utf-8", "replace")).canonical if index.is_file() else None
    return (canonical or "").removesuffix("index.html")


class _Look:
    """A look at one output folder: what is known of it so far, and the problems."""

    def __init__(self, output: Path, site_url: str) -> None:
        self.output = output
        self.there = frozenset(_walk(output))
        self.folded: dict[str, str] = {}
        """Every file by its name in lower case, made when the first link is dead."""
        self.problems: list[Problem] = []
        self.files = 0
        self.links = 0
        self.dead: Counter[str] = Counter()
        """Links to each file that is not there."""
        self.pages: set[str] = set()
        self.anchors: set[int] = set()
        """Hashes of (page, id)."""
        self.open: list[tuple[str, Link, str, str]] = []
        """Links whose anchor was not known when they were met: where, which, page, fragment."""
        self.site_url = self._site_url(site_url)

    def _site_url(self, configured: str) -> str:
        """Take the address that the output was built for, and say so where it is not the configured one."""
        if not (self.output / "index.html").is_file():
            return configured
        built = built_for(self.output)
        if configured and built != configured:
            message = f"the site was built for {built or 'no address'}, and site_url is {configured}"
            self.report("index.html", 0, message, BUILD, warning=True)
        return built

    def report(self, path: str, line: int, message: str, hint: str, *, warning: bool = False) -> None:
        """Add a problem of a file of the site."""
        place = f"{self.output.name}/{path}"
        self.problems.append(Problem(place, line, message, hint, "warning" if warning else "error"))

    def read_sums(self) -> dict[str, str]:
        """Read SHA256SUMS: path to sum. Listed files that are not there are reported and left out."""
        sums: dict[str, str] = {}
        last = ""
        listed = os.fsdecode((self.output / SUMS).read_bytes()).removesuffix("\n")
        for number, line in enumerate(listed.split("\n"), 1):
            found = _SUM.fullmatch(line)
            if not found:
                self.report(SUMS, number, "this is no line of sha256sum", BUILD)
                continue
            path = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], found[3]) if found[1] else found[3]
            if path <= last:
                self.report(SUMS, number, f"{path} stands after {last}: the list is not sorted", BUILD)
            if path == SUMS or path not in self.there:
                self.report(SUMS, number, f"{path} is listed, but not there", BUILD)
            else:
                sums[path] = found[2]
            last = path
        for path in ("index.html", "404.html"):
            if path not in sums:
                self.report(SUMS, 0, f"{path} is not listed", BUILD)
        return sums

    def read(self, path: str, expected: str) -> None:
        """Read one file of ours and follow what it links to."""
        raw = self.bytes_of(path)
        if raw is None:
            return
        self.files += 1
        if hashlib.sha256(raw).hexdigest() != expected:
            self.report(path, 0, f"its bytes are not those that {SUMS} lists", UNDO)
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
        """Read a file; one that can't be read is a problem, for a host could not serve it either."""
        try:
            return (self.output / path).read_bytes()
        except OSError as error:
            self.report(path, 0, f"it can't be read ({error.strerror})", "check its permissions")
            return None

    def read_page(self, path: str, text: str) -> None:
        """Read a page: its ids become known, its links are followed."""
        page = visit(text)
        self.pages.add(path)
        self.anchors.update(hash((path, each)) for each in page.ids)
        for fault in page.faults:
            self.report(path, fault.line, fault.message, fault.hint)
        for link in page.links:
            self.follow(path, link)

    def read_links(self, path: str, text: str) -> None:
        """Follow what a style sheet, a feed or a site map names."""
        links, faults = DOCUMENTS[path.rpartition(".")[2]](text)
        for fault in faults:
            self.report(path, fault.line, fault.message, fault.hint)
        for link in links:
            self.follow(path, link)

    def read_thread(self, path: str, text: str) -> None:
        """Hold a thread's data against its pages."""
        try:
            posts = msgspec.json.decode(text, type=_ThreadData).posts
        except msgspec.DecodeError as error:
            self.report(path, 0, f"this is not the data of a thread: {error}", BUILD)
            return
        stem = path.removesuffix(".json")
        further = (f"{stem}/{number}.html" for number in itertools.count(2))
        pages = [f"{stem}.html", *itertools.takewhile(self.pages.__contains__, further)]
        ids = {post.id for post in posts}
        missing: list[str] = []
        at = 0
        for post in posts:
            # The next post mostly stands on the same page, so that one is asked first.
            turns = ((at + step) % len(pages) for step in range(len(pages)))
            found = next((turn for turn in turns if hash((pages[turn], f"c{post.id}")) in self.anchors), None)
            if found is None:
                missing.append(post.id)
            else:
                at = found
        strays = [post.parent for post in posts if post.parent is not None and post.parent not in ids]
        for wrong, what in ((missing, "stands on no page of the thread"), (strays, "is a parent, but no post, of it")):
            if wrong:
                more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
                self.report(path, line_of(text, json.dumps(wrong[0])), f"post {wrong[0]}{more} {what}", BUILD)

    def follow(self, path: str, link: Link) -> None:
        """See that what a link names is there."""
        goal = follow(link, path, self.site_url)
        if goal is None:
            return
        self.links += 1
        if isinstance(goal, Fault):
            self.report(path, goal.line, goal.message, goal.hint)
        elif goal.path not in self.there:
            self.dead[goal.path] += 1
            if self.dead[goal.path] <= ENOUGH:
                self.report(path, link.line, f"links to {link.url}, and there is no such file", self._near(goal.path))
        elif goal.fragment not in ("", "top") and hash((goal.path, goal.fragment)) not in self.anchors:
            self.open.append((path, link, goal.path, goal.fragment))

    def _near(self, path: str) -> str:
        """Hint at the file that a dead link may mean."""
        if not self.folded:
            self.folded = {each.lower(): each for each in self.there}
        same = self.folded.get(path.lower())
        return f"there is {same}: upper and lower case must match" if same else MEND

    def settle(self) -> None:
        """Report what only the whole site tells: anchors that never turned up, and how many links more are dead.

        Of files that are not ours, anchors are not known.
        """
        for path, count in self.dead.items():
            if count > ENOUGH:
                self.report(path, 0, f"there is no such file, and {count - ENOUGH} more links lead to it", BUILD)
        for path, link, page, fragment in self.open:
            if page in self.pages and hash((page, fragment)) not in self.anchors:
                self.report(path, link.line, f"links to {link.url}, and {page} has no id {fragment!r}", MEND)

    def search(self, removed: Iterable[str]) -> None:
        """Report every file, ours or not, that holds a removed text, in its name too. The text is not repeated."""
        sought = needles(removed)
        if not sought:
            return
        for path in sorted(self.there - {SUMS}):
            for _ in leaks(os.fsencode(path), sought):
                self.report(path, 0, "its name holds a name or text that was to be removed", TAKE_AWAY)
            for line in leaks(self.bytes_of(path) or b"", sought):
                self.report(path, line, "a name or text that was to be removed stands here", TAKE_AWAY)


def _is_page(path: str) -> bool:
    return path.endswith(".html") and not path.startswith("saves/")


def _walk(folder: Path) -> Iterator[str]:
    """Give the path of every file in a folder, with forward slashes, in no order."""
    for top, _, names in os.walk(folder):
        inner = Path(top).relative_to(folder).as_posix()
        for name in names:
            yield name if inner == "." else f"{inner}/{name}"
