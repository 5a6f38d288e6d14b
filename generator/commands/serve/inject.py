"""Puts the live-reload script into pages on their way to the browser. A page comes in; it goes out with the script.

The script needs to connect to the server, so the page's own policy is widened for it. The files stay as they will be
published. A page carries its version, by which `livereload` finds out whether it changed.
"""

from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path

import msgspec

SCRIPT = Path(__file__).parent / "livereload.js"
RESERVED = "/.threadpress/"
"""Where the script and its socket are: no published name starts with a dot (SPEC section 4)."""

_POLICY = re.compile(rb"<meta\s[^>]*http-equiv=[\"']?Content-Security-Policy\b[^>]*>", re.I)
_CONTENT = re.compile(rb"(content=)(?:\"([^\"]*)\"|'([^']*)')", re.I)
_STYLE = re.compile(rb"<link\s[^>]*rel=[\"']?stylesheet\b[^>]*>", re.I)
_HREF = re.compile(rb"(?<=\shref=)(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.I)


class PageVersion(msgspec.Struct, frozen=True):
    """A page, reduced to what has to be compared."""

    page: str
    """A hash of everything but the addresses of its style sheets."""
    styles: tuple[str, ...]
    """These addresses, as they are written in the page."""


def version(page: bytes) -> PageVersion:
    """Reduce a page to what has to be compared."""
    styles: list[str] = []

    def without_address(link: re.Match[bytes]) -> bytes:
        if href := _HREF.search(link[0]):
            styles.append(html.unescape((href[1] or href[2] or href[3] or b"").decode("utf-8", "replace")))
        return _HREF.sub(b"", link[0])

    rest = _STYLE.sub(without_address, page)
    return PageVersion(hashlib.sha256(rest).hexdigest()[:16], tuple(styles))


def with_script(page: bytes, host: str) -> bytes:
    """Put the script into a page that is served at `host`, and allow it in the page's own policy."""
    script = f'<script src="{RESERVED}live.js" data-version="{version(page).page}" defer></script>\n'.encode()
    page = _POLICY.sub(lambda meta: _CONTENT.sub(lambda rule: _wider(rule, host), meta[0], count=1), page, count=1)
    head, end, rest = page.partition(b"</head>")
    return head + script + end + rest if end else page + script


def _wider(content: re.Match[bytes], host: str) -> bytes:
    """Let a policy, given as the `content` attribute of its element, allow the script and its socket."""
    policy = html.unescape((content[2] or content[3] or b"").decode("utf-8", "replace"))
    rules: dict[str, list[str]] = {}
    for rule in policy.split(";"):
        if words := rule.split():
            rules.setdefault(words[0].lower(), words[1:])
    for name, wanted in (("script-src", ["'self'"]), ("connect-src", ["'self'", f"ws://{host}"])):
        allowed = rules.get(name, rules.get("default-src"))
        if allowed is not None:  # without a rule everything is allowed
            kept = [source for source in allowed if source.lower() != "'none'" and source not in wanted]
            rules[name] = kept + wanted
    text = "; ".join(" ".join((name, *sources)) for name, sources in rules.items())
    return content[1] + f'"{html.escape(text)}"'.encode()
