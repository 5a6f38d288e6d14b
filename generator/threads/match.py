"""Which posts of several saves are the same post? Saves of one thread come in, and go out with equal ids for those.

Every post has an id from here on. If its source gives none, one is made of its author and its text (SPEC section 3). A
post with the source's own id in one save and with a made one in another is one post if author and text are equal. Then
the source's id counts, and the made one stays as an alias.

Linear in posts and text but for sorting, also where one author wrote them all.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from generator.markup import plain_text
from generator.model import Post, Thread
from generator.readers import post_id

SURE = 40
"""Fewest letters of a text that was cut which say that it is the beginning of another."""

_LINK_MARKER = re.compile(r"\[[0-9]{1,4}\]")
_NO_LETTERS = re.compile(r"[\W_]+")


def match_posts(saves: Sequence[Thread], ids: Sequence[str] = ()) -> tuple[Thread, ...]:
    """Give the same id to posts of several saves that are the same post, and different ids to all others.

    Posts of one save are always different, even if their ids are equal. `ids` are what this gave the posts of a thread
    with only one save before, if that is known: making them takes long.
    """
    if len(saves) == 1 and len(ids) == len(saves[0].posts):
        return (_with_names(saves[0], ids, {}),)
    named = [unique_ids([post.id or _made(post) for post in thread.posts]) for thread in saves]
    aliases = _match_made(saves, named) if len(saves) > 1 else {}
    return tuple(_with_names(thread, names, aliases) for thread, names in zip(saves, named, strict=True))


def _made(post: Post) -> str:
    return post_id(post.author, plain_text(post.body, post.markup))


def _with_names(thread: Thread, names: Sequence[str], native: Mapping[str, str]) -> Thread:
    """Give posts their ids; `native` has the source's own id for made ones."""
    replace = msgspec.structs.replace
    posts = []
    for post, name in zip(thread.posts, names, strict=True):
        if not post.id and name in native:
            posts.append(replace(post, id=native[name], aliases=(name,)))
        else:
            posts.append(post if post.id == name else replace(post, id=name))
    return replace(thread, posts=tuple(posts))


def unique_ids(ids: Sequence[str]) -> Sequence[str]:
    """Add `-2`, `-3` ... to ids that posts of one save share, in order. This is the one case where order counts."""
    taken = set(ids)
    if len(taken) == len(ids):
        return ids
    count: dict[str, int] = {}
    result = []
    for name in ids:
        number = count[name] = count.get(name, 0) + 1
        unique = name
        if number > 1:
            while f"{name}-{number}" in taken:
                number += 1
            count[name] = number
            unique = f"{name}-{number}"
            taken.add(unique)
        result.append(unique)
    return result


class _Version(msgspec.Struct, frozen=True):
    """A post, under the id it has so far."""

    name: str
    post: Post
    letters: str
    """What is compared of its text."""


def _match_made(saves: Sequence[Thread], named: Sequence[Sequence[str]]) -> dict[str, str]:
    """Find the source's own id for made ids."""
    made: dict[str, dict[str, _Version]] = defaultdict(dict)
    """By author, each post that has a made id, in order: the version with the longest text."""
    native: dict[str, dict[str, _Version]] = defaultdict(dict)
    for thread, names in zip(saves, named, strict=True):
        for post, name in zip(thread.posts, names, strict=True):
            versions = (native if post.id else made)[post.author.key]
            version = _Version(name, post, letters_of(post))
            if name not in versions or len(version.letters) > len(versions[name].letters):
                versions[name] = version
    own = {name for versions in native.values() for name in versions}
    result: dict[str, str] = {}
    for author, ours in made.items():
        if theirs := native.get(author):
            for name, match in _match_author(list(ours.values()), list(theirs.values())):
                if name not in own and name not in result:
                    result[name] = match
    return result


def _match_author(made: list[_Version], native: list[_Version]) -> Iterator[tuple[str, str]]:
    """Match the posts of one author: by equal texts, then by cut ones, then the one that is hidden."""
    present = [version for version in native if not version.post.missing]
    matched: set[str] = set()
    for match in (_match_equal, _match_cut):
        rest, left = ([version for version in side if version.name not in matched] for side in (made, present))
        for pair in match(rest, left):
            if matched.isdisjoint(pair):
                matched.update(pair)
                yield pair
    rest = [version for version in made if version.name not in matched]
    hidden = [version for version in native if version.post.missing and version.post.author.uid is not None]
    if len(rest) == len(hidden) == 1:
        yield rest[0].name, hidden[0].name


def _match_equal(made: list[_Version], native: list[_Version]) -> Iterator[tuple[str, str]]:
    """Match posts whose texts are equal. Several with one text are matched in order if there are as many of each."""
    texts: dict[str, tuple[list[_Version], list[_Version]]] = {}
    for side, versions in enumerate((made, native)):
        for version in versions:
            texts.setdefault(version.letters, ([], []))[side].append(version)
    for ours, theirs in texts.values():
        if len(ours) == len(theirs):
            yield from ((our.name, their.name) for our, their in zip(ours, theirs, strict=True))


def _match_cut(made: list[_Version], native: list[_Version]) -> Iterator[tuple[str, str]]:
    """Match a text that was cut with the one text that starts so."""
    for cut, whole, swap in ((made, native, False), (native, made, True)):
        ordered = sorted((version.letters, version.name) for version in whole)
        claims: dict[str, list[str]] = defaultdict(list)
        for version in cut:
            if version.post.truncated == "no" or len(version.letters) < SURE:
                continue
            at = bisect_left(ordered, (version.letters, ""))
            starts = [name for letters, name in ordered[at : at + 2] if letters.startswith(version.letters)]
            if len(starts) == 1:
                claims[starts[0]].append(version.name)
        for name, claimants in claims.items():
            if len(claimants) == 1:
                yield (name, claimants[0]) if swap else (claimants[0], name)


def letters_of(post: Post) -> str:
    """Give what is compared of a post's text: no white space, punctuation, markup or markers of links."""
    text = _LINK_MARKER.sub("", plain_text(post.body, post.markup))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    letters = _NO_LETTERS.sub("", text).casefold()
    return letters or "".join(text.split())
