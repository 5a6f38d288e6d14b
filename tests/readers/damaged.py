"""Saves that were damaged: pieces are lost, doubled, swapped or put in, as no program would do it on purpose."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = (
    b"", b"<", b">", b'"', b"</table>", b"<table>", b"<td class=default>", b"</td>", b"<li>", b"</ul>", b"<ul>",
    b"<script>", b"<!--", b"<p>", b"{", b"}", b"[", b"]", b",", b"null", b"-1", b"\\", b"\xff", b"\0", b"&#0;",
    b"9" * 30, "\N{ARABIC-INDIC DIGIT THREE}".encode(), b"id=", b"cid=", b"item?id=", b"D2.comments({", b"Score:",
    b"\r", b"</a>",
)  # fmt: skip


def damaged(saves: list[bytes]) -> st.SearchStrategy[bytes]:
    """Give variants of some saves."""
    places = st.floats(0, 1)
    cuts = st.lists(st.tuples(places, st.integers(-40, 400), st.sampled_from(PIECES)), max_size=6)
    return st.builds(_cut, st.sampled_from(saves), cuts)


def _cut(raw: bytes, cuts: list[tuple[float, int, bytes]]) -> bytes:
    for place, length, piece in cuts:
        at = int(place * len(raw))
        # A negative length says what a piece that stands there twice.
        raw = raw[:at] + piece + raw[at + length :]
    return raw
