"""Say how to mend a value of `threadpress.toml`, where the cause can be told from what was written, or a wrong name.

The name of a setting and its wrong value, or a line that is no TOML, come in; a hint goes out, None where nothing
better can be said than what the setting takes. Nothing here decides what is right.
"""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Collection, Iterable

_UNQUOTED = re.compile(r"""[ \t]*([\w.\-"']+)[ \t]*=[ \t]*([^\W\d][^#\n]*|[“”„‘’][^\n]*)""")
"""A line that sets a key to words without quotes, or in quotes of print."""
_YES_OR_NO = re.compile(r"(true|yes|on)|false|no|off", re.IGNORECASE)
ENTRY = re.compile(r"sha256:[0-9a-fA-F]{64}|[a-z0-9-]+/[^#]+(#[A-Za-z0-9_-]+)?")
"""What an entry of `redact` looks like."""
_SHELL_SIGNS = frozenset('"$`\\!\n')


LONGEST = 100
"""Characters of a word, at most, for which a similar name is looked for."""
MOST = 5_000
"""Names, at most, among which one is looked for: comparing one with a word takes up to 20 microseconds."""
LISTED = 40
"""Names, at most, that a hint lists."""


def nearest(word: str, names: Collection[str], cutoff: float = 0.6) -> str | None:
    """Find the name that was probably meant by a word, if one is near, and looking for it does not take long."""
    if len(word) > LONGEST or len(names) > MOST:
        return None
    return next(iter(difflib.get_close_matches(word, names, n=1, cutoff=cutoff)), None)


def suggest(word: str, allowed: Iterable[str]) -> str:
    """Write a hint for a word that is wrong: the allowed word most like it, or the allowed words, if not too many."""
    names = sorted(allowed)
    close = nearest(word, names, cutoff=0.5)
    if close is not None:
        return f"did you mean {close!r}?"
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"known are {', '.join(names[:LISTED])}{more}"


def mend_line(line: str) -> str | None:
    """Say how to mend a line whose value is no TOML."""
    unquoted = _UNQUOTED.match(line)
    if unquoted is None:
        return None
    key, value = unquoted[1], unquoted[2].strip()
    if _YES_OR_NO.fullmatch(value):
        return "write true or false, in lower case and without quotes"
    if value[0] in "“”„‘’":
        return f'put text between straight quotes: {key} = "..."'
    return f'put text in quotes: {key} = "..."'


def mend_value(key: str, value: object, right: object) -> str | None:
    """Say how to mend a value of the wrong type; `right` is any value that the setting can have."""
    if key == "redact" and isinstance(value, str):
        return f'write ["{value}"]' if value.isprintable() and not set(value) & set('"\\') else "write a list"
    if key == "publish_saves":
        return 'write true, false or "all"'
    if isinstance(right, bool):
        said = isinstance(value, str) and _YES_OR_NO.fullmatch(value.strip())
        if not said:
            return "write true or false"
        return f"write {'true' if said[1] else 'false'}, without quotes"
    if isinstance(right, int) and isinstance(value, str):
        number = value.strip()
        plain = number.isascii() and number.isdigit() and len(number) < 7
        return f"write {int(number)}, without quotes" if plain else f"write a whole number, such as {right}"
    if key == "site_url" and isinstance(value, str) and re.fullmatch(r"(//)?[^\s/?#:@]+\.[^\s?#@]+", value):
        return f'begin with https:// and write "https://{value.removeprefix("//")}"'
    return None


def mend_entry(entry: str) -> str:
    """Say what to write in place of an entry of `redact` that has not the right form."""
    source, slash, rest = entry.strip().partition("/")
    near = f"{source.strip().lower()}/{rest.strip()}" if slash else source.lower()
    if ENTRY.fullmatch(near):
        return f'write "{near}"'
    if entry.strip() and not slash and "#" not in entry and not near.startswith("sha256:"):
        return f"find what to write with `threadpress redact --find {in_shell(entry.strip())}`"
    return 'write "SOURCE/UID", "SOURCE/NAME", "SOURCE/THREAD#POST" or "sha256:" and 64 digits'


def in_shell(word: str) -> str:
    """Write a word as shells take it, in double quotes where that is enough: `cmd` of Windows knows no others."""
    quoted = shlex.quote(word)
    return quoted if quoted == word or _SHELL_SIGNS & set(word) else f'"{word}"'
