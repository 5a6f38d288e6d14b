"""Cache: compiled templates, kept in a folder from one build to the next.

Compiling what a build uses takes as long as rendering a thousand posts. Jinja2 itself can keep the result in files. If
the folder is missing, full or read-only, or a file can't be read, that only costs time. The caller must choose a folder
that belongs to one version of the program and one theme, and into which nobody else writes: what is in it is run.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket


class BytecodeFolder(jinja2.FileSystemBytecodeCache):
    """A folder of compiled templates.

    `environment` is part of the file names, since one environment must not run what another one compiled.
    """

    def __init__(self, folder: str, environment: str) -> None:
        super().__init__(folder, f"{environment}-%s")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a template from its file, if there is one that can be read."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # pickle, which reads the file, raises nearly anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write a template to its file, under a temporary name first, since another process may do the same."""
        with contextlib.suppress(OSError):
            Path(self.directory).mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
