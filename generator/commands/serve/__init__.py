"""How can one see the site while it changes? A site's folder goes in, a local server that builds again comes out.

- `serve` starts the parts and connects them.
- `watched_files` says which files count, `symlinks` what has to be observed for links among them, `snapshot`
  which files changed.
- `watch` turns what the system reports about files into batches of changes.
- `build_process` builds, in a process of its own.
- `app` answers browsers over HTTP, `hosts` says which ones, `output_files` finds the files.
- `livereload` tells open pages to reload; `inject` puts its script, `livereload.js`, into each page.
"""

from generator.commands.serve.hosts import AllowedHost
from generator.commands.serve.serve import ServeOptions, serve

__all__ = ["AllowedHost", "ServeOptions", "serve"]
