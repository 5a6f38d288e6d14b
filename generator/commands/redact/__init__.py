"""What has to be written into `redact` for a person? A name comes in, entries go out. Nothing is changed.

`find` reads the content folder as it is, without any build, and `lines` writes down what it found.
"""

from generator.commands.redact.find import Found, Person, find_person
from generator.commands.redact.lines import found_lines

__all__ = ["Found", "Person", "find_person", "found_lines"]
