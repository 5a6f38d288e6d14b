"""Marks: short hashes that show whether values have changed. Values come in, eight bytes go out.

Equal values have equal marks, in every process and in every build.
"""

from __future__ import annotations

import hashlib

import msgspec

_encode = msgspec.msgpack.Encoder(enc_hook=str).encode  # for Markup


def mark(*values: object) -> bytes:
    """Give the mark of some values; msgspec must be able to encode them."""
    return hashlib.blake2b(_encode(values), digest_size=8).digest()


def mark_of_bytes(data: bytes) -> bytes:
    """Give the mark of bytes, without the cost of encoding them."""
    return hashlib.blake2b(data, digest_size=8).digest()
