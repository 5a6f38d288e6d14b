"""Writes down what was found of a person: people in, lines of TOML for the list `redact` out."""

from __future__ import annotations

from collections.abc import Iterator

from generator import dates
from generator.commands.redact.find import Found, Person
from generator.commands.terminal import count, one_line
from generator.toml import toml_text


def found_lines(found: Found, name: str) -> Iterator[str]:
    """Write the entries, each below a comment that says whom it removes; all of it can be pasted into the list."""
    if found.people:
        yield "# For redact = [...] in threadpress.toml. Of two entries, either will do; a hash names nobody."
    else:
        yield f"# Nobody is called {toml_text(name)} in these saves."
    for person in found.people:
        yield f"# {_about(person)}"
        if "#" not in f"{person.author.uid or person.author.name}":
            yield f"{toml_text(person.entry)},"
            yield f"# {toml_text(person.hashed)},"
        else:
            yield f"{toml_text(person.hashed)},"
    if found.near:
        yield "# Similar names:"
    for person in found.near:
        yield f"#   {_names(person)}: {toml_text(person.entry)}"


def _about(person: Person) -> str:
    """Say who somebody is, and what they wrote."""
    wrote = [count(person.posts, "post")] if person.posts or not person.stories else []
    if person.stories:
        wrote.append("1 story" if person.stories == 1 else f"{person.stories:,} stories")
    words = f"{_names(person)}: {' and '.join(wrote)} in {count(person.threads, 'thread')}"
    if person.first:
        first, last = dates.day(person.first), dates.day(person.last)
        words += f", {first}" if first == last else f", {first} to {last}"
    return words + (", in redact already" if person.removed else "")


def _names(person: Person) -> str:
    uid = "" if person.author.uid is None else f" ({one_line(person.author.uid)})"
    return f"{' or '.join(map(one_line, person.names))}{uid} in {person.author.source}"
