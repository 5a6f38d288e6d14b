"""How do saves get into the content folder? Files, folders, standard input and addresses go in; new files come out.

- `incoming` reads what the user named, `fetch` the addresses among it.
- `add` checks the saves and writes them, under the names that `file_names` gives them.
- `summary` says what each thread brings, in lines for the terminal.

What could not be read is reported, and then nothing is written. `add` gives an `AddReport`; `report_lines` makes of it
what `cli` prints.
"""

from generator.commands.add.add import AddReport, add, report_lines
from generator.commands.add.fetch import SCHEMES
from generator.commands.add.incoming import STDIN, is_named, is_source, receive

__all__ = ["SCHEMES", "STDIN", "AddReport", "add", "is_named", "is_source", "receive", "report_lines"]
