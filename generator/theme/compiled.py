"""Compiled templates: Jinja2's bytecode, kept in files from one build to the next.

Compiling what a build uses costs as much as rendering a thousand posts. A file is believed only if it carries its own
hash: bytecode that was damaged would not fail, it would do something else.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


class Compiled(jinja2.BytecodeCache):
    """A folder of compiled templates, for one program, one theme and one way to compile."""

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template from its file, if there is one that can be trusted."""
        try:
            data = (self.folder / bucket.key).read_bytes()
        except OSError:
            return
        if hashlib.sha256(data[32:]).digest() == data[:32]:
            bucket.bytecode_from_string(data[32:])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Put a template into its file; another process may do the same."""
        data = bucket.bytecode_to_string()
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = self.folder / f"{bucket.key}.{os.getpid()}"
        temporary.write_bytes(hashlib.sha256(data).digest() + data)
        temporary.replace(self.folder / bucket.key)
