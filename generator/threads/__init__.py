"""What is a thread, from all its saves?

The files of the content folder come in, grouped by the threads they share. Whole `Thread`s go out: redacted, merged,
with replies and corrections. For each save the bytes to publish go out too. `read_group` does all of it; `site` and
`pages` get its threads. Nothing here decides when a file is read, and nothing is written.
"""

from generator.threads.content import (
    SIDECAR,
    Folder,
    Group,
    Input,
    Listing,
    group_files,
    is_ignored,
    is_left_behind,
    list_content,
    stem,
    stray_sidecars,
)
from generator.threads.join import SOURCELESS
from generator.threads.merge import age
from generator.threads.quote_sources import STORY, QuoteSources
from generator.threads.read import (
    WITHOUT_REPLIES,
    FileReading,
    FirstReading,
    GroupReading,
    ThreadReading,
    changed,
    read_group,
    read_removed,
)
from generator.threads.redactions import (
    HASHED,
    NEARLY,
    Redactions,
    author_entry,
    entry_key,
    hashed_author,
    hashed_entry,
)
from generator.threads.runs import Runs
from generator.threads.sidecar import TOP_LEVEL

__all__ = (
    "HASHED", "NEARLY", "SIDECAR", "SOURCELESS", "STORY", "TOP_LEVEL", "WITHOUT_REPLIES", "FileReading",
    "FirstReading", "Folder", "Group", "GroupReading", "Input", "Listing", "QuoteSources", "Redactions", "Runs",
    "ThreadReading", "age", "author_entry", "changed", "entry_key", "group_files", "hashed_author", "hashed_entry",
    "is_ignored", "is_left_behind", "list_content", "read_group", "read_removed", "stem", "stray_sidecars",
)  # fmt: skip
