"""Damaged saves of Reddit and Discourse: no crash, always a thread or an error, and time that grows with the size."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.readers import READERS, Reader, read_save
from generator.readers.discourse import json as discourse_json
from generator.readers.ids import ID
from generator.readers.reddit import html as reddit_html
from generator.readers.reddit import json as reddit_json

SAVES = [
    path.read_bytes()
    for reader in (reddit_json, reddit_html, discourse_json)
    for path in (Path(__file__).parents[1] / "saves" / reader.NAME).glob("*/save.*")
]
PIECES = [
    b"", b"<", b">", b'"', b"null", b"{", b"}", b"[", b"]", b",", b":", b"-1", b"1e400", b"9" * 30, b'"id"', b"</div>",
    b"\\", b"\\u0000", b"\\ud800", b"\xff", b"\0", b"<div class='thing comment'>", b"<shreddit-comment>", b"\n",
]  # fmt: skip
CUTS = st.lists(st.tuples(st.floats(0, 1), st.integers(-40, 300), st.sampled_from(PIECES)), max_size=6)


@given(st.sampled_from(SAVES), CUTS)
def test_any_damage_gives_a_thread_or_an_error(raw: bytes, cuts: list[tuple[float, int, bytes]]) -> None:
    for place, length, piece in cuts:
        at = int(place * len(raw))
        raw = raw[:at] + piece + raw[max(at + length, 0) :]
    reading = read_save(raw, "save")
    assert reading.threads or reading.failed
    for saved in reading.threads:
        assert saved.thread.id or saved.partial
        assert saved.thread.title
        for post in saved.thread.posts:
            assert ID.fullmatch(post.id)
            assert post.missing <= (not post.body)
            f"{post.body}{post.author.name}{saved.thread.body}".encode()  # so no half characters


COMMENT = '{"kind":"t1","data":{"id":"c%d","parent_id":"t3_a","author":"ann","body":"Text.","replies":""}}'
THING = '<div class="thing id-t1_c%d comment"><div class="entry"><p class="tagline"></p></div><div class="child">'
NEW = '<shreddit-comment thingid="t1_c%d" author="ann">'
POST = '{"id":%d,"post_number":7,"topic_id":8,"username":"ann","cooked":"<p>Text.</p>","reply_to_post_number":3}'
LONG = {
    "comments": (reddit_json, '[{"kind":"Listing","data":{"children":[', COMMENT, ",", "]}}]"),
    "lists": (reddit_json, '{"kind":"Listing","data":', "[", "", ""),
    "things inside of things": (reddit_html, '<!doctype html><div class="commentarea">', THING, "", ""),
    "things beside things": (reddit_html, '<!doctype html><div class="commentarea">', THING + "</div></div>", "", ""),
    "comments inside of comments": (reddit_html, "<!doctype html>", NEW, "", ""),
    "tags": (reddit_html, "<!doctype html>t1_", '<div class="', "", ""),
    "posts": (discourse_json, '{"post_stream":{"posts":[', POST, ",", '],"stream":[1]},"id":8}'),
}


@pytest.mark.parametrize(("reader", "start", "piece", "between", "end"), LONG.values(), ids=LONG)
def test_time_grows_with_the_size(reader: Reader, start: str, piece: str, between: str, end: str) -> None:
    def seconds(count: int) -> float:
        pieces = (piece % (number + 1) if "%d" in piece else piece for number in range(count))
        raw = (start + between.join(pieces) + end).encode()
        begin = time.process_time()
        reader.sniff(raw)
        reader.read(raw, "save")
        return time.process_time() - begin

    seconds(100)
    # Time that grows with the square would be 64 times as long. The rest is what a busy machine adds.
    assert min(seconds(16_000), seconds(16_000)) < 24 * max(seconds(2_000), 0.02)


@pytest.mark.parametrize("reader", [reddit_json, reddit_html, discourse_json])
def test_readers_tell_saves_apart(reader: Reader) -> None:
    for other in READERS:
        for path in (Path(__file__).parents[1] / "saves" / other.NAME).glob("*/save.*"):
            assert reader.sniff(path.read_bytes()) is (reader is other), path
