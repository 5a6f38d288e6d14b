"""The output as `serve` shows it: a path in, a file out; a page in, its version out, or itself with a script.

Pages get the script and a policy that lets it connect here, in memory; the files stay as they are published. A path
leads to a file only if that lies in the output, whatever links say, and has no name that starts with a dot.
"""

from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from generator.urls import INDEX, NOT_FOUND

RESERVED = "/.threadpress/"
"""Where the script and its socket are: no published name starts with a dot (SPEC section 4)."""
KINDS = {
    "css": "text/css; charset=utf-8",
    "db": "application/octet-stream",
    "gz": "application/octet-stream",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "png": "image/png",
    "sqlite": "application/octet-stream",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "zip": "application/octet-stream",
}
TEXT = "text/plain; charset=utf-8"
"""What all other files are taken for: saves, sums, robots.txt."""
NO_SITE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>No site yet</title>
</head>
<body>
<main><h1>No site yet</h1>
<p>Threadpress is building the site, or could not build it. The pages show up here as soon as they are there.</p></main>
</body>
</html>
"""

_POLICY = re.compile(rb"<meta\s[^>]*http-equiv=[\"']?Content-Security-Policy\b[^>]*>", re.I)
_CONTENT = re.compile(rb"(content=)(?:\"([^\"]*)\"|'([^']*)')", re.I)
_STYLE = re.compile(rb"<link\s[^>]*rel=[\"']?stylesheet\b[^>]*>", re.I)
_HREF = re.compile(rb"(?<=\shref=)(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.I)


class Version(msgspec.Struct, frozen=True):
    """What a page shows, reduced to what can be compared."""

    page: str
    """A hash of all but the addresses of its style sheets."""
    styles: tuple[str, ...]
    """These addresses, as they are written in the page."""


def find(output: Path, path: str) -> Path | None:
    """Find the file that a path of a URL, decoded once, stands for; a folder stands for the index in it."""
    names = path.removeprefix("/").split("/")
    if names[-1] == "":
        names[-1] = INDEX
    if any(not name or name.startswith(".") or "\\" in name or "\0" in name for name in names):
        return None
    try:
        root = output.resolve()
        file = root.joinpath(*names).resolve()
        hidden = any(part.startswith(".") for part in file.relative_to(root).parts)
        return file if not hidden and file.is_file() else None
    except (OSError, ValueError, RuntimeError):  # too long, or it leads out, or round in a circle
        return None


def read(output: Path, path: str, base: str = "/") -> tuple[str, bytes] | None:
    """Give name and bytes of the file a path stands for; None if there is none.

    A site that is made for a path of its host (`base`) is found there as well: its 404.html names its links so.
    """
    for prefix in dict.fromkeys(("/", base)):
        if path.startswith(prefix) and (file := find(output, path[len(prefix) - 1 :])):
            try:
                return file.name, file.read_bytes()
            except OSError:  # a build has just removed it, or it is closed to us
                continue
    return None


def read_missing(output: Path) -> bytes | None:
    """Give the page that stands for all that is not there; None if there is no site."""
    found = read(output, f"/{NOT_FOUND}")
    return found and found[1]


def read_assets(output: Path, known: dict[str, bytes]) -> dict[str, bytes]:
    """Give all assets, by path; those that are known are not read again, as their names tell what they hold."""
    folder = output / "assets"
    try:
        names = sorted(file.name for file in folder.iterdir())
    except OSError:
        return {}
    assets = {}
    for path in (f"/assets/{name}" for name in names):
        if path in known:
            assets[path] = known[path]
        elif found := read(output, path):
            assets[path] = found[1]
    return assets


def base_path(site_url: str) -> str:
    """Give the path under which a site will stand, with a slash at both ends."""
    return urlsplit(site_url).path or "/"


def kind(name: str) -> str:
    """Say what type a file is served as."""
    return KINDS.get(name.rpartition(".")[2].lower(), TEXT)


def version(page: bytes) -> Version:
    """Reduce a page to what can be compared."""
    styles: list[str] = []

    def without_address(link: re.Match[bytes]) -> bytes:
        if href := _HREF.search(link[0]):
            styles.append(html.unescape((href[1] or href[2] or href[3] or b"").decode("utf-8", "replace")))
        return _HREF.sub(b"", link[0])

    rest = _STYLE.sub(without_address, page)
    return Version(hashlib.sha256(rest).hexdigest()[:16], tuple(styles))


def with_script(page: bytes, host: str) -> bytes:
    """Put the script into a page that is served at `host`, and let it through the page's own policy."""
    script = f'<script src="{RESERVED}live.js" data-version="{version(page).page}" defer></script>\n'.encode()
    page = _POLICY.sub(lambda meta: _CONTENT.sub(lambda found: _wider(found, host), meta[0], count=1), page, count=1)
    head, end, rest = page.partition(b"</head>")
    return head + script + end + rest if end else page + script


def _wider(found: re.Match[bytes], host: str) -> bytes:
    policy = html.unescape((found[2] or found[3] or b"").decode("utf-8", "replace"))
    rules: dict[str, list[str]] = {}
    for rule in policy.split(";"):
        if words := rule.split():
            rules.setdefault(words[0].lower(), words[1:])
    for name, wanted in (("script-src", ["'self'"]), ("connect-src", ["'self'", f"ws://{host}"])):
        allowed = rules.get(name, rules.get("default-src"))
        if allowed is not None:  # else all is allowed
            kept = [source for source in allowed if source.lower() != "'none'" and source not in wanted]
            rules[name] = kept + wanted
    text = "; ".join(" ".join((name, *sources)) for name, sources in rules.items())
    return found[1] + f'"{html.escape(text)}"'.encode()
