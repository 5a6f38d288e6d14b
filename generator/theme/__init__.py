"""How does it look? A theme's name goes in, a `Theme` that turns a page's view into bytes comes out.

`layers` reads a theme's folders, `theme` makes one theme of them, `stylesheet` joins its style sheets. `options` says
what a site can set, `values` checks what it sets, and `accent` works out with `colours` what can be read. `templates`
renders with Jinja2, which `environment` sets up, `compiler` changes and `escaping` escapes for. `blocks` and `mistakes`
tell a theme's author what is wrong, `cache` keeps compiled templates, `slow` remembers slow ones, and `views` is what
every template sees. Jinja2 is imported only when something is rendered."""

from generator.theme.layers import shipped
from generator.theme.theme import TEMPLATES, Theme, load_theme, option_names, theme_problems
from generator.theme.values import named_files
from generator.theme.views import Head, Ref, Site

__all__ = [
    "TEMPLATES",
    "Head",
    "Ref",
    "Site",
    "Theme",
    "load_theme",
    "named_files",
    "option_names",
    "shipped",
    "theme_problems",
]
