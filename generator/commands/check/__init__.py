"""Is the built site in order? The output folder goes in, a report of what a visitor would trip over comes out.

- `check` checks the site as a whole, `page` a single page, `documents` style sheets, feeds and data.
- `links` says where a link leads.
- `leaks` finds removed texts that are still there.
"""

from generator.commands.check.check import CheckReport, built_for, check_output, check_site

__all__ = ["CheckReport", "built_for", "check_output", "check_site"]
