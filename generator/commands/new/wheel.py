"""Makes a wheel of files: their names and bytes in, the bytes of the wheel out.

A wheel is a zip file with a list of its files and their hashes, RECORD, as its last. The same files give the same bytes
on every machine: they are in order, dated 1980 and not compressed. What a compressor writes depends on its version, and
git compresses what it keeps anyway. Reads and writes nothing on disk.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Mapping

TAG = "py3-none-any"
"""Of a program that is nothing but Python: any Python 3, any system."""
WHEEL = f"Wheel-Version: 1.0\nGenerator: threadpress\nRoot-Is-Purelib: true\nTag: {TAG}\n"
"""What a wheel says of itself."""
_REGULAR = 0o100644
"""The mode of a file that everybody may read and nobody run."""
_UNIX = 3
"""What made the zip file; elsewhere the mode would not count."""


def wheel_name(stem: str) -> str:
    """Give the file name of a wheel, from the name and the version as its metadata folder has them."""
    return f"{stem}-{TAG}.whl"


def make_wheel(package: Mapping[str, bytes], stem: str, metadata: Mapping[str, bytes]) -> bytes:
    """Make a wheel of the files of a package and of those of its metadata, which are put into a folder of their own.

    `stem` is the name and the version of what is in the wheel, such as `threadpress-0.1.0`.
    """
    about = {f"{stem}.dist-info/{name}": content for name, content in {**metadata, "WHEEL": WHEEL.encode()}.items()}
    files = {**dict(sorted(package.items())), **dict(sorted(about.items()))}
    record = f"{stem}.dist-info/RECORD"
    lines = [f"{_quoted(name)},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[record] = "".join(f"{line}\n" for line in [*lines, f"{record},,"]).encode()

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = _UNIX
            entry.external_attr = _REGULAR << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


def _digest(content: bytes) -> str:
    """Give a hash as RECORD has it: base64 for addresses, without the padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def _quoted(name: str) -> str:
    """Write a name as a field of a CSV file."""
    return '"' + name.replace('"', '""') + '"' if any(mark in name for mark in ',"\n\r') else name
