"""Undo `format=flowed` (RFC 3676): lines that end in a space go on in the next. Text comes in, text goes out."""

from __future__ import annotations


def unwrap(text: str, *, delete_space: bool) -> str:
    """Join the lines of each paragraph. With `delete_space`, the space that marks a line is no part of the text."""
    done: list[str] = []
    paragraph: list[str] = []
    depth = 0
    for line in text.split("\n"):
        quotes = len(line) - len(line.lstrip(">"))
        words = line[quotes:].removeprefix(" ")
        signature = words == "-- "
        if paragraph and (quotes != depth or signature):
            done.append(_quoted(depth, "".join(paragraph)))
            paragraph = []
        depth = quotes
        if words.endswith(" ") and not signature:
            paragraph.append(words[:-1] if delete_space else words)
        else:
            paragraph.append(words)
            done.append(_quoted(depth, "".join(paragraph)))
            paragraph = []
    if paragraph:
        done.append(_quoted(depth, "".join(paragraph)))
    return "\n".join(done)


def _quoted(depth: int, words: str) -> str:
    words = words if words == "-- " else words.rstrip(" ")
    if not depth:
        # A sign of a quote that is none had a space before it, and the page knows it by that too.
        return f" {words}" if words.startswith(">") else words
    return f"{'>' * depth} {words}" if words else ">" * depth
