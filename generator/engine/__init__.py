"""What is to be done, and in what order?

A site's folder and settings come in; its pages are in the output when a build is done, and a report comes out. `build`
is the spine: read it first. `Engine` builds one site again and again. Nothing else decides what is read, rendered or
written again.
"""

from generator.engine.build import BuildReport, Engine, Order, build, up_to_date
from generator.engine.inputs import Looked, look, read_content, settled
from generator.engine.lock import FOLDER, lock, own_folder
from generator.engine.partition import Damaged
from generator.engine.store import LastBuild, Store
from generator.engine.unfinished import clear_unfinished, noted
from generator.engine.version import reading_digest

__all__ = [
    "FOLDER",
    "BuildReport",
    "Damaged",
    "Engine",
    "LastBuild",
    "Looked",
    "Order",
    "Store",
    "build",
    "clear_unfinished",
    "lock",
    "look",
    "noted",
    "own_folder",
    "read_content",
    "reading_digest",
    "settled",
    "up_to_date",
]
