"""Ids of posts: what they may consist of, and which one a post gets if its source gives none (SPEC section 3)."""

from __future__ import annotations

import hashlib
import re

from generator.model import Author

ID = re.compile(r"[A-Za-z0-9_-]+")
"""Any id, since links show it unescaped."""
ID_BYTES = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
SIGNIFICANT = 200
"""How many characters of the first block identify a post."""

_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def post_id(author: Author, body: str) -> str:
    """Make the id of a post from its author's key and the start of its first block, white space folded.

    Position, score, subject and what follows the first block don't count. So the id stays the same in a re-save with
    more posts, other scores or a text cut elsewhere, and after a wrong guess about the footer. Ten hexadecimal digits
    of SHA-256."""
    line = body.find("\n")
    if line < 0:
        block = body
    elif body.startswith("\n", line + 1):  # the common case: a block of one line
        block = body[:line]
    else:
        gap = _BLANK_LINE.search(body, line)
        block = body[: gap.start()] if gap else body
    head = block[:SIGNIFICANT]
    if not (head.isprintable() and "  " not in head and head[:1] != " " != head[-1:]):
        head = _folded(block)  # otherwise there is nothing to fold: the common case, and three times as fast
    return hashlib.sha256(f"{author.key}\n{head}".encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _folded(block: str) -> str:
    """Give the start of a block with its white space folded.

    A block may be megabytes long, and folding its start is usually enough. If the start is mostly white space, the
    whole block is folded.
    """
    text = " ".join(block[: SIGNIFICANT * 4].split())
    if len(text) < SIGNIFICANT < len(block):
        text = " ".join(block.split())
    return text[:SIGNIFICANT]
