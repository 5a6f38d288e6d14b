"""What lies in the output folder, and how does a file get there?

Records of the last build and the bytes of pages go in; files, `SHA256SUMS` and new records come out. `Output` is the
folder as one build meets it, `Writer` writes single files for workers. Nothing of the user's is ever removed.
"""

from generator.output.folder import DELETE_IT, NOTHING, Finished, Left, Output
from generator.output.records import FINGERPRINT, SHA256, Records, page_record
from generator.output.sums import ALWAYS, parse_sums, read_listed, read_sums
from generator.output.survey import Digests
from generator.output.write import Writer, is_unfinished

__all__ = [
    "ALWAYS",
    "DELETE_IT",
    "FINGERPRINT",
    "NOTHING",
    "SHA256",
    "Digests",
    "Finished",
    "Left",
    "Output",
    "Records",
    "Writer",
    "is_unfinished",
    "page_record",
    "parse_sums",
    "read_listed",
    "read_sums",
]
