"""The files of the output as `serve` finds them: the path of a URL in, a file's name and bytes out.

A path leads to a file only if that is in the output folder, whatever links say, and if no part of its name starts with
a dot. Nothing is changed here: `inject` puts the script into pages.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from generator.files import read_file
from generator.urls import INDEX, NOT_FOUND

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
"""The type of all other files: saves, sums, robots.txt."""
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


def find(output: Path, path: str) -> Path | None:
    """Find the file for the path of a URL, decoded once; a folder stands for the index in it."""
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
    except (OSError, ValueError, RuntimeError):  # the path is too long, leads out, or goes in a circle
        return None


def read(output: Path, path: str, base: str = "/") -> tuple[str, bytes] | None:
    """Give name and bytes of the file for a path; None if there is none.

    A site that was built for a path of its host (`base`) is found under that path too, since its 404.html links there.
    """
    for prefix in dict.fromkeys(("/", base)):
        if path.startswith(prefix) and (file := find(output, path[len(prefix) - 1 :])):
            try:
                return file.name, read_file(file)
            except OSError:  # a build has just removed it, or we may not read it
                continue
    return None


def read_missing(output: Path) -> bytes | None:
    """Give the page that is shown when a file is missing; None if there is no site."""
    file = read(output, f"/{NOT_FOUND}")
    return file and file[1]


def read_assets(output: Path, earlier: dict[str, bytes]) -> dict[str, bytes]:
    """Give all assets, by path. Those read `earlier` are not read again: an asset's name changes with its content."""
    folder = output / "assets"
    try:
        names = sorted(file.name for file in folder.iterdir())
    except OSError:
        return {}
    assets = {}
    for path in (f"/assets/{name}" for name in names):
        if path in earlier:
            assets[path] = earlier[path]
        elif file := read(output, path):
            assets[path] = file[1]
    return assets


def base_path(site_url: str) -> str:
    """Give the path that a site will have on its host, with a slash at both ends."""
    return urlsplit(site_url).path or "/"


def kind(name: str) -> str:
    """Give the content type of a file."""
    return KINDS.get(name.rpartition(".")[2].lower(), TEXT)
