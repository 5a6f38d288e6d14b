"""How does the site get onto the web? The output goes in, a commit on a branch of a remote comes out.

`publish` decides what is published and whether it may be, and puts what was done into words; `git` runs the `git`
command.
"""

from generator.commands.publish.publish import PublishReport, Target, first_note, publish, report_lines

__all__ = ["PublishReport", "Target", "first_note", "publish", "report_lines"]
