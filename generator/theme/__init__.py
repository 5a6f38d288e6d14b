"""How does it look? A theme's folder goes in, a `Theme` that turns a page's view into bytes comes out."""

from generator.theme.theme import TEMPLATES, Theme, load_theme
from generator.theme.views import Head, Ref, Site

__all__ = ["TEMPLATES", "Head", "Ref", "Site", "Theme", "load_theme"]
